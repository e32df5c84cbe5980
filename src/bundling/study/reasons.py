"""The reasons behind one scenario of a study: worth of the grid, what waits, what it costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from bundling.certify import Clock
from bundling.result import Result
from bundling.siting.reasons import Congestion, congestion, headroom_value, what_waits

_CONGESTION, _WAITS = 0.25, 0.5
"""Parts of the time; the rest is for re-solving with one more MW."""
_RESOLVED = 2
"""Nodes and years for which one more MW is re-solved."""


@dataclass(frozen=True, eq=False)
class StudyReasons:
    """Why the plan of one scenario is what it is.

    Attributes
    ----------
    scenario
        Its name.
    value
        What one more MW is worth by node and year, from that year on; see
        `bundling.siting.reasons.headroom_value`.
    waits
        What each site waits for; see `bundling.siting.reasons.what_waits`. None without time.
    congestion
        What the limits of the grid cost; see `bundling.siting.reasons.congestion`. None without
        time.
    """

    scenario: str
    value: pd.DataFrame
    waits: pd.DataFrame | None
    congestion: Congestion | None

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Tables ``headroom_value``, ``waits``, ``congestion`` and ``congestion_sites``."""
        found = {"headroom_value": self.value}
        if self.waits is not None:
            found["waits"] = self.waits
        if self.congestion is not None:
            found["congestion"] = _congestion(self.congestion)
            found["congestion_sites"] = self.congestion.sites
        for frame in found.values():
            if "scenario" not in frame:
                frame.insert(0, "scenario", self.scenario)
        return found


def study_reasons(
    scenario: str, result: Result, *, time_limit: float, gap: float, seed: int
) -> StudyReasons:
    """Work out the reasons of a result with a plan.

    Parameters
    ----------
    scenario
        Name of the scenario.
    result
        Its result.
    time_limit
        Wall seconds for all re-solves together; 0 for marginal values only, which need none.
    gap, seed
        Of each re-solve.
    """
    value = headroom_value(result, lasting=True)
    if time_limit <= 0:
        return StudyReasons(scenario, value, None, None)
    clock = Clock(time_limit)
    whole = congestion(result, nodes=(), time_limit=_CONGESTION * time_limit, gap=gap, seed=seed)
    waits = what_waits(result, time_limit=_WAITS * time_limit, gap=gap, seed=seed)
    places = _places(result, value, whole)
    if places:
        value = headroom_value(
            result,
            resolve=places,
            lasting=True,
            time_limit=max(clock.left, 1.0),
            gap=gap,
            seed=seed,
        )
    return StudyReasons(scenario, value, waits, whole)


def _places(result: Result, value: pd.DataFrame, whole: Congestion) -> list[tuple[str, int]]:
    """Nodes and years to re-solve: of the highest marginal value, then where sites would change.

    A node at which nothing was worth building has no marginal value, and may be worth most: where
    sites open otherwise without limits, more room is tried from the first year on.
    """
    top = value[value["eur_per_mw"] > 0].nlargest(_RESOLVED, "eur_per_mw")
    places = [(str(row["node_id"]), int(row["year"])) for row in top.to_dict("records")]
    problem = result.problem
    changed = whole.sites[
        whole.sites["opened_year"].fillna(0) != whole.sites["opened_year_without"].fillna(0)
    ]
    node = dict(zip(problem.site_ids, problem.site_node, strict=True))
    limited = np.isfinite(problem.headroom_kw).any(axis=(1, 2))
    counts = pd.Series([int(node[site]) for site in changed["site_id"]], dtype=int).value_counts()
    for g in sorted(counts.index, key=lambda g: (-counts[g], g)):
        place = (problem.node_ids[g], problem.years[0])
        if limited[g] and place not in places:
            places.append(place)
    return places[:_RESOLVED]


def _congestion(found: Congestion) -> pd.DataFrame:
    """Energy not served by year with and without the limits, and what they cost in every row."""
    frame = found.unserved.rename(
        columns={
            "kwh_per_day": "unserved_kwh_per_day",
            "kwh_per_day_without": "unserved_free_kwh_per_day",
        }
    )
    for name, value in found.cost.columns("cost_eur").items():
        frame[name] = value
    return frame
