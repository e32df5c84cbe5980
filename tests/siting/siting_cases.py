"""Seeded siting problems of any size, for tests and timings; every number is invented."""

from __future__ import annotations

import numpy as np

from bundling.siting.problem import SitingProblem

_HOUR = np.arange(24)


def _profile(shape: np.ndarray) -> np.ndarray:
    return shape / shape.sum()


PROFILES = {
    "corridor": _profile(0.3 + np.exp(-(((_HOUR - 12.5) / 3.5) ** 2))),
    "depot": _profile(0.2 + np.exp(-(((_HOUR - 17.0) / 3.0) ** 2))),
    "overnight": _profile(0.1 + 1.0 * ((_HOUR >= 19) | (_HOUR < 6))),
}


def make(
    seed: int = 0,
    *,
    sites: int = 4,
    demands: int = 4,
    substations: int = 2,
    years: tuple[int, ...] = (2030,),
    reach_km: float = 15.0,
    extent_km: float = 20.0,
    chargers: int = 4,
    steps: int = 5,
    existing: bool = True,
    kwh_low: float = 300.0,
    kwh_high: float = 9000.0,
    headroom_high_kw: float = 4000.0,
) -> SitingProblem:
    """A region of `extent_km` square; substations below one area node; demand grows by year."""
    rng = np.random.default_rng(seed)
    count = len(years)
    node_xy = rng.uniform(0, extent_km * 1000, (substations + 1, 2))
    site_xy = rng.uniform(0, extent_km * 1000, (sites, 2))
    demand_xy = rng.uniform(0, extent_km * 1000, (demands, 2))
    nearest = np.linalg.norm(site_xy[:, None] - node_xy[None, 1:], axis=2).argmin(axis=1) + 1
    tight = rng.choice([0.05, 0.3, 1.0], size=substations)
    headroom = np.zeros((substations + 1, count, 24))
    growth = 1.0 + 0.5 * np.arange(count)
    headroom[1:] = (tight * headroom_high_kw * rng.uniform(0.5, 1.0, substations))[:, None, None]
    headroom *= growth[None, :, None]
    headroom[0] = headroom[1:].sum(axis=0) * 0.7
    base = np.zeros_like(headroom)
    base[1] = np.minimum(0.2 * headroom[1], 30.0 * (1 + np.sin(_HOUR / 4.0)))
    kwh = rng.uniform(kwh_low, kwh_high, demands)[:, None] * growth[None, :]
    kind = rng.integers(0, 3, demands)
    names = list(PROFILES)
    km = 1.3 * np.linalg.norm(demand_xy[:, None] - site_xy[None], axis=2) / 1000
    pair_demand, pair_site = np.nonzero(km <= reach_km)
    pair_km = km[pair_demand, pair_site]
    power = np.array([22.0, 50.0, 150.0, 350.0, 1000.0])[-chargers:]
    capital = np.array([3000.0, 20000.0, 60000.0, 86500.0, 260000.0])[-chargers:]
    annuity = 0.06 / (1 - 1.06**-10) + 0.04
    return SitingProblem(
        years=years,
        node_ids=("area", *(f"sub-{i}" for i in range(substations))),
        node_names=("Area", *(f"Station {i}" for i in range(substations))),
        node_parent=[-1] + [0] * substations,
        node_x_m=node_xy[:, 0],
        node_y_m=node_xy[:, 1] + 480_000,
        headroom_kw=headroom,
        base_load_kw=base,
        site_ids=tuple(f"site-{i}" for i in range(sites)),
        site_names=tuple(f"Site {i}" for i in range(sites)),
        site_kinds=("estate",) * sites,
        site_node=nearest,
        site_x_m=site_xy[:, 0],
        site_y_m=site_xy[:, 1] + 480_000,
        max_chargers=rng.integers(2, 13, sites),
        fixed_eur_per_year=rng.uniform(4000, 20000, sites).round(),
        existing_kw=np.where(rng.random(sites) < 0.15, 150.0, 0.0) * existing,
        forbidden=rng.random(sites) < 0.05,
        charger_ids=tuple(f"dc{int(kw)}" for kw in power),
        charger_kw=power,
        charger_eur_per_year=(capital * annuity).round(2),
        charger_efficiency=0.93,
        utilisation_limit=0.7,
        step_ids=("173kva", "630kva", "1750kva", "6mva", "10mva")[:steps],
        step_max_kw=[156, 567, 1575, 5400, 9000][:steps],
        step_one_off_eur_per_year=[250, 800, 1790, 12230, 18370][:steps],
        step_fixed_eur_per_year=[822, 2094, 2094, 5001, 5792][:steps],
        step_eur_per_kw_year=[94.9, 73.8, 73.8, 64.9, 95.9][:steps],
        step_transport_eur_per_kwh=[0.025, 0.025, 0.025, 0.0152, 0.0][:steps],
        step_contract=("firm",) * steps,
        existing_transport_eur_per_kwh=0.025,
        demand_ids=tuple(f"demand-{i}" for i in range(demands)),
        demand_names=tuple(f"Demand {i}" for i in range(demands)),
        demand_kinds=tuple("corridor" if k == 0 else "estate" for k in kind),
        demand_x_m=demand_xy[:, 0],
        demand_y_m=demand_xy[:, 1] + 480_000,
        demand_kwh=kwh,
        demand_profile=np.array([PROFILES[names[k]] for k in kind]).reshape(demands, 24),
        demand_min_kw=np.where(kind == 0, 350.0, 0.0),
        demand_reach_km=np.full(demands, reach_km),
        pair_demand=pair_demand,
        pair_site=pair_site,
        pair_km=pair_km,
        pair_eur_per_kwh=2 * pair_km * 0.9 / 200,
        price_eur_per_kwh=0.09 + 0.03 * np.cos((_HOUR - 19) / 24 * 2 * np.pi),
        unserved_eur_per_kwh=0.6,
        days_per_year=255.0,
        discount_rate=0.04,
        tail_years=1 if count == 1 else 5,
    )


def province(seed: int = 0, years: tuple[int, ...] = (2026, 2028, 2030, 2035)) -> SitingProblem:
    """As large as Overijssel: 150 sites, 150 demand points, 31 substations, 4 chargers."""
    return make(
        seed,
        sites=150,
        demands=150,
        substations=31,
        years=years,
        extent_km=70.0,
        headroom_high_kw=6000.0,
    )
