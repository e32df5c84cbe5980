"""From one working day to a working day and a weekend day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.siting.assumed import assumed
from bundling.siting.problem import SitingProblem

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]

DAYS = ("working day", "weekend")
DAYS_PER_YEAR = 365.0


def with_week(problem: SitingProblem, region: Region) -> SitingProblem:
    """Return the problem with two typical days instead of one.

    The day of `problem` becomes the working day. A weekend day asks for the share
    ``weekend_KIND`` of its energy, at the same hours, prices and headroom: what is known of the
    grid is the room at its busiest, so none is added for weekends.

    Raises
    ------
    KeyError
        When a kind of demand has no assumption ``weekend_KIND``.
    """
    weekend = assumed(region, "weekend_day_share")
    working = 1.0 - weekend
    ratio = np.array([assumed(region, f"weekend_{kind}") for kind in problem.demand_kinds])
    mean = working + weekend * ratio
    shares = problem.demand_profile / mean[:, None]
    return problem.replace(
        day_ids=DAYS,
        day_share=[working, weekend],
        days_per_year=DAYS_PER_YEAR,
        headroom_kw=np.tile(problem.headroom_kw, 2),
        base_load_kw=np.tile(problem.base_load_kw, 2),
        price_eur_per_kwh=np.tile(problem.price_eur_per_kwh, 2),
        demand_kwh=problem.demand_kwh * mean[:, None],
        demand_profile=np.concatenate([shares, shares * ratio[:, None]], axis=1),
        step_available=np.tile(problem.step_available, 2),
    )
