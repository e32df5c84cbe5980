"""Solve a week of departures: every day by itself, hubs that are rented for the week.

Days touch each other only through the rent. With the rent spread evenly over the days, a day pays
for a hub at most its part of what the week pays, so that the sum of the days' bounds is a bound on
the week. Plans then are made for sets of hubs: those the days chose, with their rent paid, each
set of one less, and none; the best of them is the answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bundling.certify import Clock, certify
from bundling.hubs.scheduled.check import check, count_checks
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.loads import handled
from bundling.hubs.scheduled.problem import BoolArray, FloatArray
from bundling.hubs.scheduled.solve import solve
from bundling.hubs.scheduled.split import split_parts
from bundling.hubs.scheduled.warm_up import warm_up
from bundling.hubs.scheduled.week import Week, with_hubs
from bundling.result import Limit, Result

_MEASURES = (
    "vehicle_km", "empty_km", "sailing_km", "trips", "trips_into_zone", "shipments_through_hubs",
    "co2e_kg", "nox_kg",
)  # fmt: skip
_FIRST_SHARE = 0.5
"""Part of the time for the days with the rent spread over them."""


@dataclass(frozen=True, eq=False)
class WeekResult:
    """The plan of a week.

    Attributes
    ----------
    week
        What was asked.
    results
        A result a day, each recomputed and checked; rent of the week is not in it.
    hubs
        Identifiers of the hubs that are rented.
    rent_eur
        Their rent.
    bound
        No plan of the week costs less, EUR; ``-inf`` when nothing is proved.
    """

    week: Week
    results: tuple[Result, ...]
    hubs: tuple[str, ...]
    rent_eur: float
    bound: float

    @property
    def objective(self) -> float:
        """Cost of the week, EUR; ``inf`` when some day has no plan."""
        return math.fsum(result.objective for result in self.results) + self.rent_eur

    @property
    def gap(self) -> float:
        """Relative gap between cost and bound."""
        if not math.isfinite(self.objective) or not math.isfinite(self.bound):
            return math.inf
        return max(0.0, self.objective - self.bound) / max(abs(self.objective), 1e-9)

    def table(self) -> pd.DataFrame:
        """One row a day and one for the week.

        Columns: ``day, status, shipments, eur`` (the row ``week`` has the rent in it),
        ``rent_eur, vehicle_km, empty_km, sailing_km, trips, trips_into_zone,
        shipments_through_hubs, co2e_kg, nox_kg, load_rate`` (of the week: mean over its trips).
        """
        rows = []
        for day, result in zip(self.week.day_names, self.results, strict=True):
            told = {} if result.evaluation is None else dict(result.evaluation.indicators)
            row = {"day": day, "status": str(result.status), "eur": result.objective}
            row |= {"shipments": result.problem.num_shipments, "rent_eur": 0.0}
            rows.append(row | {name: told.get(name) for name in (*_MEASURES, "load_rate")})
        frame = pd.DataFrame(rows)
        total = frame[["shipments", "eur", *_MEASURES]].sum()
        trips = frame["trips"].astype(float)
        filled = float((frame["load_rate"].astype(float) * trips).sum() / max(1.0, trips.sum()))
        whole = {
            "day": "week",
            "status": f"gap {self.gap:.1%}" if math.isfinite(self.gap) else "no gap known",
            **total.to_dict(),
            "eur": self.objective,
            "rent_eur": self.rent_eur,
            "load_rate": filled,
        }
        order = ["day", "status", "shipments", "eur", "rent_eur", *_MEASURES, "load_rate"]
        return pd.concat([frame, pd.DataFrame([whole])], ignore_index=True)[order]

    def shippers(self) -> pd.DataFrame:
        """One row a shipper: shipments, load, cost and CO2e of the week, the rent left out.

        Days without a plan are not in it.

        Raises
        ------
        ValueError
            When no day has a plan.
        """
        parts = [result.tables["shippers"] for result in self.results if result.solution]
        if not parts:
            raise ValueError("no day of the week has a plan")
        whole = pd.concat(parts, ignore_index=True).drop(columns="cost_share")
        return whole.groupby("shipper_id", sort=False, as_index=False).sum()


def solve_week(
    week: Week, *, time_limit: float = 120.0, gap: float = 1e-3, seed: int = 0
) -> WeekResult:
    """Find departures, hubs and vehicles for every day of a week.

    Days with the same freight are solved once.

    Parameters
    ----------
    week
        The days.
    time_limit
        Wall seconds for all.
    gap, seed
        For each day.

    Returns
    -------
    WeekResult
        The best week found, with a bound.
    """
    warm_up(week.problems[0])
    clock = Clock(time_limit)
    solver = _Days(week, clock, gap, seed)
    every = np.ones(len(week.hub_week_eur), dtype=bool)
    spread = week.hub_week_eur / len(week.problems)
    first = solver.solve(every, spread, _FIRST_SHARE * time_limit)
    bound = math.fsum(solver.bounds) + float(spread.sum()) * len(week.problems)
    best = _week(week, first, bound)
    used = _used(week, first)
    if not used.any() or not week.hub_week_eur[used].any():
        return best
    sets = [used]
    if used.sum() > 1:
        sets += [used & (np.arange(len(used)) != k) for k in np.flatnonzero(used)]
    sets.append(np.zeros_like(used))
    for row, keep in enumerate(sets):
        if solver.stopped or (clock.left < 0.02 * time_limit and row):
            break
        found = solver.solve(keep, np.zeros(len(used)), clock.left / (len(sets) - row))
        other = _week(week, found, bound)
        best = other if other.objective < best.objective - 1e-9 else best
    return best


class _Days:
    """Solves the days for a set of hubs, the same day once.

    Attributes
    ----------
    bounds
        Of the days without any rent, from the first call, in which every hub may be used.
    stopped
        Whether the user interrupted.
    """

    def __init__(self, week: Week, clock: Clock, gap: float, seed: int) -> None:
        self.week, self.clock, self.gap, self.seed = week, clock, gap, seed
        keys = [(p.shipment_ids, p.sailing_ids) for p in week.problems]
        self.same = [keys.index(key) for key in keys]
        self.bounds: list[float] = []
        self.stopped = False

    def solve(self, keep: BoolArray, rent_eur: FloatArray, seconds: float) -> list[Result]:
        """Solve all days with the hubs `keep` at a rent a day, in about so many seconds.

        Returns
        -------
        list of Result
            Of the days as they stand in the week, without rent.
        """
        part, own = Clock(max(seconds, 1e-3)), sorted(set(self.same))
        done: dict[int, Result] = {}
        for row, k in enumerate(own):
            day = self.week.problems[k]
            rented = with_hubs(day.replace(hub_fixed_eur=day.hub_fixed_eur + rent_eur), keep)
            left = 0.0 if self.stopped else min(part.left, self.clock.left)
            limit = max(0.05, left / (len(own) - row))
            done[k] = solve(rented, time_limit=limit, gap=self.gap, seed=self.seed)
            self.stopped |= done[k].limit is Limit.INTERRUPT
        if not self.bounds:
            # A day that pays no rent costs at most all rents less.
            self.bounds = [done[k].bound - float(rent_eur.sum()) for k in self.same]
        return [self._as_it_is(k, done[k], rent_eur) for k in self.same]

    def _as_it_is(self, k: int, result: Result, rent_eur: FloatArray) -> Result:
        """Return the same plan for the day without rent, recomputed and checked anew."""
        if result.solution is None:
            return result
        day = split_parts(self.week.problems[k])  # as `solve` does
        used = handled(day, result.solution).any(axis=1)
        return certify(
            day,
            result.solution,
            evaluation=evaluate(day, result.solution),
            violations=check(day, result.solution),
            checks=count_checks(day, result.solution),
            claimed=result.objective - float(rent_eur[used].sum()),
            bound=self.bounds[self.same.index(k)],
            limit=result.limit,
            run=result.run,
        )


def _used(week: Week, results: list[Result]) -> BoolArray:
    """Hubs of the week through which some day sends freight [H]."""
    used = np.zeros(len(week.hub_week_eur), dtype=bool)
    for result in results:
        if result.solution is not None:
            used |= handled(result.problem, result.solution).any(axis=1)
    return used


def _week(week: Week, results: list[Result], bound: float) -> WeekResult:
    used = _used(week, results)
    rent = float(week.hub_week_eur[used].sum())
    ids = week.problems[0].hub_ids
    hubs = tuple(hub for hub, at in zip(ids, used, strict=True) if at)
    return WeekResult(week, tuple(results), hubs, rent, bound)
