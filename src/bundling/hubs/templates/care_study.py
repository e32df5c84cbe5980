"""Care logistics four ways: direct, with a hub where it pays, all through it, and on fixed days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bundling.certify import Clock
from bundling.hubs.scheduled.warm_up import warm_up
from bundling.hubs.scheduled.week_solve import WeekResult, solve_week
from bundling.hubs.templates.care import care_week
from bundling.hubs.templates.care_sites import Care


@dataclass(frozen=True, eq=False)
class CareStudy:
    """A week of care logistics in several ways.

    Attributes
    ----------
    care
        What was asked.
    ways
        Names of the ways.
    results
        A week each.
    """

    care: Care
    ways: tuple[str, ...]
    results: tuple[WeekResult, ...]

    def table(self) -> pd.DataFrame:
        """One row a way, of a week.

        Columns: ``way, visits_per_site`` (vehicles that come with goods), ``trips`` (loaded, to
        the hub and back from sites among them), ``km, co2e_kg, eur`` (rent included, wages at the
        doors not), ``rent_eur, gap``, and ``eur_per_visit_spared`` against the first way.
        """
        rows = []
        for way, result in zip(self.ways, self.results, strict=True):
            whole = result.table().iloc[-1]
            rows.append(
                {
                    "way": way,
                    "visits_per_site": self._visits(result),
                    "trips": whole["trips"],
                    "km": whole["vehicle_km"],
                    "co2e_kg": whole["co2e_kg"],
                    "eur": result.objective,
                    "rent_eur": result.rent_eur,
                    "gap": result.gap,
                }
            )
        found = pd.DataFrame(rows)
        spared = (found["visits_per_site"].iloc[0] - found["visits_per_site"]) * len(
            self.care.sites
        )
        more = found["eur"] - found["eur"].iloc[0]
        found["eur_per_visit_spared"] = (more / spared).where(spared > 0)
        return found

    def _visits(self, result: WeekResult) -> float:
        """Visits with goods to a site in the week, mean over the sites.

        The vehicles of one departure divide the sites of the town among them.
        """
        sites = self.care.sites["town"].astype(str).value_counts()
        visits = 0.0
        for day in result.results:
            if day.solution is None:
                return float("nan")
            problem = day.problem
            lane, plan = day.solution.trip_lane, day.solution
            # Vehicles from one place at one time go round the town together, whatever their type.
            rounds = np.column_stack(
                [problem.lane_from[lane], problem.lane_to[lane], plan.trip_slot, plan.trip_group]
            )
            for _, end, *_ in np.unique(rounds, axis=0).tolist():
                town = problem.location_ids[end].removeprefix("sites of ")
                visits += float(sites.get(town, 0))
        return visits / float(sites.sum())


def care_hub(
    care: Care,
    *,
    fixed_days: Sequence[str] = ("mon", "thu"),
    time_limit: float = 90.0,
    gap: float = 0.01,
    seed: int = 0,
) -> CareStudy:
    """Compare care logistics without a hub and with one.

    What a hub brings a care site is fewer vehicles at its door, which no cost of transport shows:
    so besides the plan of least cost there are two in which everything goes through the hub, with
    what each visit less would cost.

    Parameters
    ----------
    care
        Sites, suppliers and hub.
    fixed_days
        Days on which everything comes that does not come every day.
    time_limit
        Wall seconds for all solves together.
    gap, seed
        For each day.

    Raises
    ------
    bundling.InputError
        When a fixed day is none.
    """
    weeks = {
        "direct": care_week(care, hub=False),
        "hub where it pays": care_week(care, hub=True),
        "all through the hub": care_week(care, hub=True, direct=False),
        "all through the hub on fixed days": care_week(
            care, hub=True, direct=False, fixed_days=fixed_days
        ),
    }
    warm_up(weeks["direct"].problems[0])
    clock = Clock(time_limit)
    results: list[WeekResult] = []
    for week in weeks.values():
        share = max(0.05, clock.left / (len(weeks) - len(results)))
        results.append(solve_week(week, time_limit=share, gap=gap, seed=seed))
    return CareStudy(care, tuple(weeks), tuple(results))
