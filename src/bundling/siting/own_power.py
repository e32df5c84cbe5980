"""Where batteries and solar panels may stand in a region, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.siting.assumed import assumed
from bundling.siting.flows import site_loads
from bundling.siting.grid import ancestry
from bundling.siting.pose import annuity
from bundling.siting.problem import HOURS, SitingProblem
from bundling.siting.storage import Storage

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_SUN_UP, _SUN_DOWN = 6.0, 20.0
"""Hours between which a mean day has sun; own assumption."""


def short_of_room(problem: SitingProblem) -> BoolArray:
    """Sites below a node that cannot serve all who reach its sites, in some year and hour [S].

    Everybody is counted at every site within reach, each for the share of an even split.
    """
    each = np.bincount(problem.pair_demand, minlength=problem.num_demands)
    kwh = problem.demand_kwh[problem.pair_demand] / each[problem.pair_demand][:, None]
    load = site_loads(problem, kwh, problem.electric)
    above = ancestry(problem.node_parent)[:, problem.site_node]
    asked = np.einsum("gs,syt->gyt", above.astype(np.float64), load)
    full = (asked > problem.room_kw).any(axis=(1, 2))
    short: BoolArray = above[full].any(axis=0)
    return short


def with_own_power(problem: SitingProblem, region: Region) -> SitingProblem:
    """Return the problem with room for a battery and panels at sites that are short of grid.

    Elsewhere a battery would only trade on prices, which is not what a region builds sites for;
    leaving it out there keeps the model small.
    """
    short = np.where(short_of_room(problem) & problem.buildable, 1.0, 0.0)
    years = problem.num_years
    rate, opex = problem.discount_rate, assumed(region, "storage_opex_share")

    def yearly(key: str, life: str) -> FloatArray:
        price = assumed(region, key) * (annuity(rate, assumed(region, life)) + opex)
        return np.full(years, price)

    return problem.replace(
        storage=Storage(
            battery_max_kwh=short * assumed(region, "battery_room_kwh"),
            battery_eur_per_kwh_year=yearly("battery_eur_per_kwh", "battery_life_years"),
            battery_eur_per_kw_year=yearly("battery_eur_per_kw", "battery_life_years"),
            battery_efficiency=assumed(region, "battery_efficiency"),
            pv_max_kwp=short * assumed(region, "pv_room_kwp"),
            pv_eur_per_kwp_year=yearly("pv_eur_per_kwp", "pv_life_years"),
            pv_kw_per_kwp=np.tile(_sun(region), problem.num_hours // HOURS),
        )
    )


def _sun(region: Region) -> FloatArray:
    """Return what a kWp gives by hour of the mean day [24]: half a sine from sunrise to sunset."""
    middle = np.arange(HOURS) + 0.5
    height = np.sin((middle - _SUN_UP) / (_SUN_DOWN - _SUN_UP) * np.pi)
    shape = np.where((middle > _SUN_UP) & (middle < _SUN_DOWN), height, 0.0)
    profile: FloatArray = shape / shape.sum() * assumed(region, "pv_kwh_per_kwp") / 365.0
    return profile
