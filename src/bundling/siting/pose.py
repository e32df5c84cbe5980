"""From a region, years and the rules of a day to a siting problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.demand import (
    Point,
    corridor_points,
    estate_points,
    handed_over,
)
from bundling.siting.detour import detour_pairs
from bundling.siting.problem import HOURS, SitingProblem
from bundling.units import KW_PER_MW

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rules import RuleBook

FloatArray = NDArray[np.float64]

QUAY_KM = 3.0
"""Farthest a connection at a quay site is from a berth in the same harbour; own assumption."""

SITE_KWH_PER_YEAR = 1_000_000.0
"""Yearly use of a public site, which decides the bracket of the energy tax."""


def pose(
    region: Region,
    *,
    day: date | None = None,
    year: int = 2030,
    years: Sequence[int] | None = None,
    base_load_kw: Mapping[str, ArrayLike] | None = None,
    extra_demand: pd.DataFrame | None = None,
    extra_points: Sequence[Point] = (),
    extra_profiles: pd.DataFrame | None = None,
    rules: RuleBook | None = None,
    network: Any = None,
    reach_km: float | None = None,
    tail_years: int = 1,
    utilisation_limit: float = 0.7,
    corridor_min_kw: float = 350.0,
    corridor_session_kwh: float = 200.0,
    shortfall_session_kwh: float = 50.0,
    connection_life_years: float = 30.0,
    base_overload: str = "reported",
) -> SitingProblem:
    """Pose the choice of charging sites.

    Parameters
    ----------
    region
        Tables used: site_candidates, charger_types, connection_steps, grid_nodes, grid_headroom,
        energy_prices, demand_profiles, vehicle_types, fleets, business_parks, motorway_nodes,
        motorway_edges, truck_flows. `bundling.siting.demand` says how demand is made.
        ``grid_reinforcements`` are not added: later years of ``grid_headroom`` contain them.
    day
        Day whose levy and energy tax hold; 1 January of the first year when None.
    year, years
        One planning year, or several (which go first), ascending.
    base_load_kw
        Load of depots by grid node and hour of the day [24], in every year.
    extra_demand
        Demand that another step hands over: demand_id, name, kind, rd_x_m, rd_y_m, kwh, profile.
    extra_points, extra_profiles
        Demand points made elsewhere, such as nights at truck parkings and ships at quays, and
        rows to add to ``demand_profiles``. Ships are joined to quays within `QUAY_KM` only.
    rules
        Dated rules; the library's own when None.
    network
        Anything with ``travel(from_xy, to_xy) -> Travel``; the region's plane network when None.
    reach_km
        Largest road distance to a site; assumption ``max_service_distance_km`` when None.
    tail_years
        Years the last planning year stands for; with one year and 1, costs are EUR per year.
    utilisation_limit
        Share of the installed power in use in the busiest hour. Own assumption: at 70 % of the
        chargers busy, queues stay short from about ten chargers a site.
    corridor_min_kw
        Smallest charger of use to passing trucks. 350 kW gives 262 kWh in the break of 45
        minutes, and is the power the AFIR regulation (EU 2023/1804) asks for along corridors.
    corridor_session_kwh, shortfall_session_kwh
        Energy of one visit: it spreads the cost of the detour. Own assumptions.
    connection_life_years
        Life over which the one-off cost of a connection is spread. Own assumption.
    base_overload
        See `SitingProblem`: by default depots that overload a node are reported in words.

    Returns
    -------
    SitingProblem
        A detour is the way to the site and back: kilometres, hours, energy and levy of the mean
        electric vehicle of the class. The energy price includes the energy tax of a site of
        `SITE_KWH_PER_YEAR`. Existing sites transport at the price of the smallest step.

    Raises
    ------
    bundling.InputError
        When headroom starts after the first year, or a profile or grid node is unknown.
    """
    from bundling.network import PlaneNetwork
    from bundling.rules import RuleBook as Book

    span = (year,) if years is None else tuple(int(one) for one in years)
    when = date(span[0], 1, 1) if day is None else day
    book = Book.default() if rules is None else rules
    points = corridor_points(region, span, session_kwh=corridor_session_kwh, min_kw=corridor_min_kw)
    points += estate_points(region, span)
    if extra_demand is not None:
        points += handed_over(extra_demand, span, shortfall_session_kwh)
    points += list(extra_points)
    sites = region.table("site_candidates").reset_index(drop=True)
    price = _prices(region, book, when)
    reach = region.assumption("max_service_distance_km") if reach_km is None else reach_km
    ways = PlaneNetwork.from_region(region) if network is None else network
    pairs = detour_pairs(region, points, sites, ways, book, when, float(price.mean()), reach)
    pairs = _ships_at_quays(points, sites, pairs)
    rate = region.assumption("discount_rate")
    return SitingProblem(
        years=span,
        **_grid(region, span, base_load_kw or {}),
        **_sites(region, sites),
        **_equipment(region, rate, connection_life_years),
        charger_efficiency=region.assumption("charger_efficiency"),
        utilisation_limit=utilisation_limit,
        **_demand(region, points, len(span), reach, extra_profiles),
        **pairs,
        price_eur_per_kwh=price,
        unserved_eur_per_kwh=region.assumption("unserved_eur_per_kwh"),
        days_per_year=region.assumption("working_days_per_year"),
        discount_rate=rate,
        tail_years=tail_years,
        base_overload=base_overload,
    )


def annuity(rate: float, life_years: float) -> float:
    """Yearly payment for 1 EUR over its life; ``rate / (1 - (1 + rate) ** -life)``."""
    return 1.0 / life_years if rate == 0 else rate / (1.0 - (1.0 + rate) ** -life_years)


def _prices(region: Region, book: RuleBook, day: date) -> FloatArray:
    frame = region.table("energy_prices").sort_values("hour")
    if frame["hour"].tolist() != list(range(HOURS)):
        rule = "does not have each hour from 0 to 23 once"
        raise_if([Fault("energy_prices", "hour", (), rule, "Complete the table.")])
    tax = book.energy_tax_eur_per_kwh(SITE_KWH_PER_YEAR, day)
    return frame["eur_per_kwh"].to_numpy(dtype=np.float64) + tax


def _grid(region: Region, years: tuple[int, ...], loads: Mapping[str, ArrayLike]) -> dict[str, Any]:
    nodes = region.table("grid_nodes").reset_index(drop=True)
    table = region.table("grid_headroom")
    place = {str(node): i for i, node in enumerate(nodes["node_id"])}
    headroom = np.full((len(nodes), len(years), HOURS), np.inf)
    faults = []
    for node, rows in table.groupby("node_id"):
        rows = rows.sort_values("year")
        known = rows["year"].to_numpy(dtype=np.int64)
        row = np.searchsorted(known, np.array(years), side="right") - 1
        if row[0] < 0:
            rule = f"starts in {known[0]}, after the planning year {years[0]}"
            faults.append(
                Fault("grid_headroom", "year", (str(node),), rule, "Add an earlier year.")
            )
            continue
        mw = rows["headroom_mw"].to_numpy(dtype=np.float64)[row]
        headroom[place[str(node)]] = mw[:, None] * KW_PER_MW
    base = np.zeros_like(headroom)
    for node, load in loads.items():
        hours = np.asarray(load, dtype=np.float64)
        if str(node) not in place:
            faults.append(
                Fault("grid_nodes", "node_id", (str(node),), "has a base load but is no node",
                      "Use the node_id of a grid node.")
            )  # fmt: skip
        elif hours.shape != (HOURS,):
            faults.append(
                Fault("base_load_kw", "", (str(node),), f"has shape {hours.shape}",
                      "Give 24 values, kW by hour.")
            )  # fmt: skip
        else:
            base[place[str(node)]] += hours[None, :]
    raise_if(faults)
    parents = [
        -1 if pd.isna(parent) or parent == "" else place[str(parent)]
        for parent in nodes["parent_id"]
    ]
    return {
        "node_ids": tuple(nodes["node_id"].astype(str)),
        "node_names": tuple(nodes["name"].astype(str)),
        "node_parent": parents,
        "node_x_m": nodes["rd_x_m"],
        "node_y_m": nodes["rd_y_m"],
        "headroom_kw": headroom,
        "base_load_kw": base,
    }


def _sites(region: Region, sites: pd.DataFrame) -> dict[str, Any]:
    node = {str(name): i for i, name in enumerate(region.table("grid_nodes")["node_id"])}
    return {
        "site_ids": tuple(sites["site_id"].astype(str)),
        "site_names": tuple(sites["name"].astype(str)),
        "site_kinds": tuple(sites["kind"].astype(str)),
        "site_node": [node[str(name)] for name in sites["node_id"]],
        "site_x_m": sites["rd_x_m"],
        "site_y_m": sites["rd_y_m"],
        "max_chargers": sites["max_chargers"],
        "fixed_eur_per_year": sites["fixed_eur_per_year"],
        "existing_kw": sites["existing_kw"],
        "forbidden": sites["natura2000"].astype(bool),
    }


def _equipment(region: Region, rate: float, connection_life_years: float) -> dict[str, Any]:
    chargers = region.table("charger_types")
    steps = region.table("connection_steps").sort_values("max_kw")
    yearly = [
        capital * (annuity(rate, life) + share)
        for capital, life, share in zip(
            chargers["capital_eur"], chargers["life_years"], chargers["opex_share"], strict=True
        )
    ]
    months = 12.0
    return {
        "charger_ids": tuple(chargers["charger_type"].astype(str)),
        "charger_kw": chargers["power_kw"],
        "charger_eur_per_year": yearly,
        "step_ids": tuple(steps["step"].astype(str)),
        "step_max_kw": steps["max_kw"],
        "step_one_off_eur_per_year": steps["one_off_eur"] * annuity(rate, connection_life_years),
        "step_fixed_eur_per_year": steps["yearly_eur"],
        "step_eur_per_kw_year": steps["kw_contract_eur_per_kw_year"]
        + months * steps["kw_max_eur_per_kw_month"],
        "step_transport_eur_per_kwh": steps["transport_eur_per_kwh"],
        "step_contract": ("firm",) * len(steps),
        "existing_transport_eur_per_kwh": float(steps["transport_eur_per_kwh"].iloc[0]),
    }


def _ships_at_quays(
    points: list[Point], sites: pd.DataFrame, pairs: dict[str, Any]
) -> dict[str, Any]:
    """Drop pairs of a ship and a site that is no quay near it."""
    demand, site = (
        np.asarray(pairs[name], dtype=np.int64) for name in ("pair_demand", "pair_site")
    )
    ship = np.array([point.kind == "quay" for point in points], dtype=bool)
    quay = (sites["kind"].astype(str) == "quay").to_numpy()
    km = np.asarray(pairs["pair_km"], dtype=np.float64)
    kept = ~ship[demand] | (quay[site] & (km <= QUAY_KM)) if len(points) else np.zeros(0, bool)
    found: dict[str, Any] = {name: np.asarray(values)[kept] for name, values in pairs.items()}
    found["pair_eur_per_kwh"] = np.where(ship[demand][kept], 0.0, found["pair_eur_per_kwh"])
    return found


def _demand(
    region: Region,
    points: list[Point],
    years: int,
    reach_km: float,
    extra_profiles: pd.DataFrame | None = None,
) -> dict[str, Any]:
    table = region.table("demand_profiles")
    if extra_profiles is not None:
        table = pd.concat([table, extra_profiles], ignore_index=True)
    shapes = {
        str(name): rows.sort_values("hour")["share"].to_numpy(dtype=np.float64)
        for name, rows in table.groupby("profile")
    }
    unknown = tuple(sorted({point.profile for point in points} - set(shapes)))
    if unknown:
        rule = f"no profile {', '.join(unknown)}"
        raise_if([Fault("demand_profiles", "profile", (), rule, "Add its 24 shares.")])
    return {
        "demand_ids": tuple(point.demand_id for point in points),
        "demand_names": tuple(point.name for point in points),
        "demand_kinds": tuple(point.kind for point in points),
        "demand_x_m": [point.x_m for point in points],
        "demand_y_m": [point.y_m for point in points],
        "demand_kwh": np.array([point.kwh for point in points]).reshape(len(points), years),
        "demand_profile": np.array([shapes[point.profile] for point in points]).reshape(
            len(points), HOURS
        ),
        "demand_min_kw": [point.min_kw for point in points],
        "demand_reach_km": [reach_km] * len(points),
    }
