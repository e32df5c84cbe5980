"""Siting problems of any size, made by a seed: for benchmarks, when no region is that large.

Every number is synthetic. Sizes and tariffs are like those of Dutch regions: substations under
areas under one root, some with hardly any room until they are reinforced; parks whose fleets charge
at the depot or at night, corridors that ask for 350 kW; four typical days; prices of chargers and
connections of the order of those in the regions. No row is a fact about a place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.siting import SitingProblem
from bundling.siting.storage import Storage

FloatArray = NDArray[np.float64]

DAYS = ("winter working day", "summer working day", "winter weekend", "summer weekend")
_SHARES = (0.35, 0.35, 0.15, 0.15)
_QUIET = {"corridor": 0.3, "depot": 0.15, "overnight": 0.5}
"""Energy of a weekend day over that of a working day."""
_NEAREST = 8
"""Sites within reach of a demand point, at most."""
_HOUR = np.arange(24)
_POWER_KW = np.array([22.0, 50.0, 150.0, 350.0, 1000.0])
_CAPITAL_EUR = np.array([3000.0, 20_000.0, 60_000.0, 86_500.0, 260_000.0])
_ANNUITY = 0.17


def _profiles() -> dict[str, FloatArray]:
    shapes = {
        "corridor": 0.3 + np.exp(-(((_HOUR - 12.5) / 3.5) ** 2)),
        "depot": 0.2 + np.exp(-(((_HOUR - 17.0) / 3.0) ** 2)),
        "overnight": 0.1 + 1.0 * ((_HOUR >= 19) | (_HOUR < 6)),
    }
    return {name: shape / shape.sum() for name, shape in shapes.items()}


def siting_network(
    sites: int = 500,
    substations: int = 150,
    years: tuple[int, ...] = tuple(range(2026, 2036)),
    *,
    seed: int = 1,
    battery_share: float = 0.0,
) -> SitingProblem:
    """Return a province of `sites` candidate sites under `substations`.

    Parameters
    ----------
    sites, substations
        Sizes; there are as many demand points as sites, on a square with 5 sites per 100 km2.
    years
        Planning years; demand grows some 25 % a year.
    seed
        Same seed, same problem.
    battery_share
        Share of the sites with room for a battery and panels.
    """
    rng = np.random.default_rng(seed)
    extent_m = 1000.0 * np.sqrt(sites * 20.0)
    areas = max(1, substations // 15)
    node_xy = rng.uniform(0, extent_m, (1 + areas + substations, 2))
    site_xy = rng.uniform(0, extent_m, (sites, 2))
    demand_xy = rng.uniform(0, extent_m, (sites, 2))

    def nearest(places: FloatArray, to: FloatArray) -> NDArray[np.int64]:
        found: NDArray[np.int64] = np.linalg.norm(places[:, None] - to[None], axis=2).argmin(axis=1)
        return found

    stations = node_xy[1 + areas :]
    parent = np.concatenate([[-1], np.zeros(areas), 1 + nearest(stations, node_xy[1 : 1 + areas])])
    count, hours = len(years), 24 * len(DAYS)
    room = rng.choice([200.0, 1000.0, 5000.0], substations, p=[0.3, 0.4, 0.3])
    when = rng.integers(0, count + 2, substations)
    more = rng.choice([2000.0, 10_000.0], substations)
    by_year = room[:, None] + more[:, None] * (np.arange(count)[None, :] >= when[:, None])
    other = 1.0 - 0.35 * np.exp(-(((_HOUR - 18.0) / 2.5) ** 2))  # what households leave
    season = np.concatenate([other, np.minimum(1.0, other + 0.15), other + 0.1, other + 0.2])
    headroom = np.zeros((1 + areas + substations, count, hours))
    headroom[1 + areas :] = by_year[:, :, None] * season
    for a in range(areas):
        mine = np.flatnonzero(parent[1 + areas :] == 1 + a)
        headroom[1 + a] = 0.75 * headroom[1 + areas + mine].sum(axis=0)
    headroom[0] = np.inf

    kinds = rng.choice(["depot", "overnight", "corridor"], sites, p=[0.45, 0.35, 0.2])
    profiles = _profiles()
    share = np.array(_SHARES)
    profile = np.zeros((sites, hours))
    for kind, shape in profiles.items():
        quiet = np.array([1.0, 1.0, _QUIET[kind], _QUIET[kind]])
        profile[kinds == kind] = np.outer(quiet / (share @ quiet), shape).ravel()
    growth = 1.25 ** (np.array(years) - years[0])
    kwh = rng.lognormal(np.log(150.0), 0.8, sites)[:, None] * growth

    km = 1.3 * np.linalg.norm(demand_xy[:, None] - site_xy[None], axis=2) / 1000.0
    order = np.argsort(km, axis=1, kind="stable")[:, :_NEAREST]
    pair_demand = np.repeat(np.arange(sites), order.shape[1])
    pair_site = order.ravel()
    pair_km = km[pair_demand, pair_site]
    near = pair_km <= 15.0
    pair_demand, pair_site, pair_km = pair_demand[near], pair_site[near], pair_km[near]
    price = 0.12 + 0.03 * np.cos((_HOUR - 19) / 24 * 2 * np.pi)
    summer = price - 0.05 * np.exp(-(((_HOUR - 13.0) / 3.0) ** 2))
    return SitingProblem(
        years=years,
        node_ids=(
            "root",
            *(f"area-{i}" for i in range(areas)),
            *(f"sub-{i}" for i in range(substations)),
        ),
        node_names=(
            "Root",
            *(f"Area {i}" for i in range(areas)),
            *(f"Station {i}" for i in range(substations)),
        ),
        node_parent=parent.astype(np.int64),
        node_x_m=node_xy[:, 0],
        node_y_m=node_xy[:, 1],
        headroom_kw=headroom,
        base_load_kw=np.zeros_like(headroom),
        site_ids=tuple(f"site-{i}" for i in range(sites)),
        site_names=tuple(f"Site {i}" for i in range(sites)),
        site_kinds=("estate",) * sites,
        site_node=1 + areas + nearest(site_xy, stations),
        site_x_m=site_xy[:, 0],
        site_y_m=site_xy[:, 1],
        max_chargers=rng.integers(4, 25, sites),
        fixed_eur_per_year=rng.uniform(8000, 30_000, sites).round(),
        existing_kw=np.where(rng.random(sites) < 0.05, 300.0, 0.0),
        forbidden=rng.random(sites) < 0.05,
        charger_ids=tuple(f"dc{int(kw)}" for kw in _POWER_KW),
        charger_kw=_POWER_KW,
        charger_eur_per_year=(_CAPITAL_EUR * _ANNUITY).round(2),
        charger_efficiency=0.93,
        utilisation_limit=0.7,
        step_ids=("3x160a", "3x250a", "630kva", "1750kva", "6mva", "10mva"),
        step_max_kw=np.array([105.0, 165.0, 600.0, 1660.0, 5700.0, 9500.0]),
        step_one_off_eur_per_year=np.array([170.0, 220.0, 720.0, 1600.0, 10_950.0, 16_450.0]),
        step_fixed_eur_per_year=np.array([822.0, 822.0, 2094.0, 2094.0, 5001.0, 8111.0]),
        step_eur_per_kw_year=np.array([94.9, 94.9, 73.8, 73.8, 64.9, 95.9]),
        step_transport_eur_per_kwh=np.array([0.025, 0.025, 0.025, 0.025, 0.0152, 0.0]),
        step_contract=("firm",) * 6,
        existing_transport_eur_per_kwh=0.025,
        demand_ids=tuple(f"demand-{i}" for i in range(sites)),
        demand_names=tuple(f"Demand {i}" for i in range(sites)),
        demand_kinds=tuple("corridor" if kind == "corridor" else "estate" for kind in kinds),
        demand_x_m=demand_xy[:, 0],
        demand_y_m=demand_xy[:, 1],
        demand_kwh=kwh,
        demand_profile=profile,
        demand_min_kw=np.where(kinds == "corridor", 350.0, 0.0),
        demand_reach_km=np.full(sites, 15.0),
        pair_demand=pair_demand,
        pair_site=pair_site,
        pair_km=pair_km,
        pair_eur_per_kwh=2.0 * pair_km * 0.9 / 150.0,
        price_eur_per_kwh=np.concatenate([price, summer, price - 0.02, summer - 0.03]),
        unserved_eur_per_kwh=0.9,
        days_per_year=365.0,
        discount_rate=0.05,
        tail_years=5,
        day_ids=DAYS,
        day_share=share,
        storage=_storage(rng, sites, count, battery_share) if battery_share else None,
    )


def _storage(rng: np.random.Generator, sites: int, years: int, share: float) -> Storage:
    room = rng.random(sites) < share
    sun = np.maximum(0.0, np.sin((_HOUR - 6.0) / 14.0 * np.pi))
    return Storage(
        battery_max_kwh=np.where(room, 2000.0, 0.0),
        battery_eur_per_kwh_year=np.linspace(26.0, 20.0, years),
        battery_eur_per_kw_year=np.linspace(30.0, 23.0, years),
        pv_max_kwp=np.where(room, 300.0, 0.0),
        pv_eur_per_kwp_year=np.linspace(78.0, 62.0, years),
        pv_kw_per_kwp=np.concatenate([0.25 * sun, 0.75 * sun, 0.25 * sun, 0.75 * sun]),
    )
