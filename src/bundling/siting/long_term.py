"""The question of a region over years: all demand, contract forms, batteries, panels, budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.assumed import assumed
from bundling.siting.contracts import forms, with_contracts
from bundling.siting.flow_demand import with_flows
from bundling.siting.limits import Budget, Coverage, Impacts
from bundling.siting.own_power import with_own_power
from bundling.siting.parkings import overnight_points
from bundling.siting.pose import pose
from bundling.siting.problem import SitingProblem
from bundling.siting.quays import quay_points
from bundling.siting.truck_inputs import Truck
from bundling.siting.truck_region import region_windows
from bundling.siting.week import with_week

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rules import RuleBook

FloatArray = NDArray[np.float64]

YEARS = (2026, 2028, 2030, 2035)


def pose_long_term(
    region: Region,
    *,
    years: Sequence[int] = YEARS,
    contracts: bool = True,
    own_power: bool = True,
    nights_and_ships: bool = True,
    flows: Truck | None = None,
    flow_corridor: str = "rest",
    budget_eur: ArrayLike | None = None,
    min_share: Mapping[str, float] | None = None,
    tail_years: int = 5,
    rules: RuleBook | None = None,
    **choices: Any,
) -> SitingProblem:
    """Pose the choice of charging sites over planning years, with all that decides it.

    Parameters
    ----------
    region
        The region, or a scenario of it (`bundling.siting.scenarios`).
    years, tail_years
        Planning years, and the years the last one stands for.
    contracts
        Offer time-block, time-duration and variable contracts beside firm ones
        (`bundling.siting.contracts`), which then reserve their power on the grid.
    own_power
        Offer batteries and panels at sites short of grid (`bundling.siting.own_power`).
    nights_and_ships
        Add nights at truck parkings and shore power at quays to the demand of corridors and parks.
    flows, flow_corridor
        Truck whose flows through the region charge on their way, as linked demand, and what becomes
        of the demand of corridors: `corridor` of `bundling.siting.flow_demand.with_flows`. None
        leaves the demand of corridors as it is, a share of the energy of every truck.
    budget_eur
        Money for building by planning year; None for no limit. Building is priced all the same.
    min_share
        Least share of the energy served in the last year, by municipality of the demand.
    rules
        Dated rules; the library's own when None.
    **choices
        For `bundling.siting.pose.pose`.

    Returns
    -------
    SitingProblem
        Two typical days (`bundling.siting.week`). Emissions are counted, without a ceiling.

    Raises
    ------
    bundling.InputError
        As `pose`, and when `min_share` names no municipality with demand.
    """
    from bundling.rules import RuleBook as Book

    span = tuple(int(year) for year in years)
    book = Book.default() if rules is None else rules
    more: dict[str, Any] = {}
    if nights_and_ships:
        ships, profiles = quay_points(region, span)
        more = {
            "extra_points": [*overnight_points(region, span), *ships],
            "extra_profiles": profiles,
        }
    problem = pose(region, years=span, tail_years=tail_years, rules=book, **more, **choices)
    if flows is not None:
        found = region_windows(region, span, truck=flows)
        problem = with_flows(problem, region, found, corridor=flow_corridor, min_kw=flows.charge_kw)
    problem = with_week(problem, region)
    if contracts:
        problem = with_contracts(problem, forms(region))
    if own_power:
        problem = with_own_power(problem, region)
    problem = problem.replace(
        budget=_budget(region, problem, budget_eur), impacts=_impacts(region, book, span)
    )
    if min_share:
        problem = problem.replace(coverage=_coverage(region, problem, min_share))
    return problem


def _budget(region: Region, problem: SitingProblem, eur: ArrayLike | None) -> Budget:
    """Prices of building, from the same tables as the yearly costs."""
    chargers = region.table("charger_types")
    steps = region.table("connection_steps").set_index("step")["one_off_eur"]
    once = [float(steps[name.split(" ")[0]]) for name in problem.step_ids]
    most = np.full(problem.num_years, np.inf) if eur is None else np.asarray(eur, dtype=np.float64)
    return Budget(
        eur=np.broadcast_to(most, (problem.num_years,)),
        site_eur=np.full(problem.num_sites, assumed(region, "site_building_eur")),
        charger_eur=chargers["capital_eur"].to_numpy(dtype=np.float64),
        step_eur=np.array(once),
        upgrade_eur=np.zeros(problem.num_upgrades),
        battery_eur_per_kwh=assumed(region, "battery_eur_per_kwh"),
        battery_eur_per_kw=assumed(region, "battery_eur_per_kw"),
        pv_eur_per_kwp=assumed(region, "pv_eur_per_kwp"),
    )


def _impacts(region: Region, book: RuleBook, years: tuple[int, ...]) -> Impacts:
    from datetime import date

    return Impacts(
        grid_co2e_kg_per_kwh=book.co2e_kg_per_unit("electric", date(years[0], 1, 1)),
        diesel_co2e_kg_per_kwh=assumed(region, "diesel_co2e_kg_per_kwh"),
        diesel_nox_g_per_kwh=assumed(region, "diesel_nox_g_per_kwh"),
    )


def municipality_of_demand(region: Region, problem: SitingProblem) -> list[str]:
    """Municipality of the candidate site nearest to each demand point, straight line [D]."""
    sites = region.table("site_candidates")
    names = sites["municipality"].astype(str).tolist()
    away = np.hypot(
        problem.demand_x_m[:, None] - problem.site_x_m[None, :],
        problem.demand_y_m[:, None] - problem.site_y_m[None, :],
    )
    return [names[int(s)] for s in away.argmin(axis=1)]


def _coverage(region: Region, problem: SitingProblem, min_share: Mapping[str, float]) -> Coverage:
    where = municipality_of_demand(region, problem)
    unknown = tuple(sorted(set(min_share) - set(where)))
    if unknown:
        rule = "has no demand"
        raise_if([Fault("coverage", "area", unknown, rule, f"Use one of {sorted(set(where))}.")])
    areas = tuple(sorted(min_share))
    share = np.zeros((len(areas), problem.num_years))
    share[:, -1] = [min_share[area] for area in areas]
    place = {area: i for i, area in enumerate(areas)}
    return Coverage(areas, np.array([place.get(area, -1) for area in where]), share)
