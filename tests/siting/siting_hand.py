"""Small problems with round numbers, worked out by hand where they are used."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.siting.problem import SitingProblem


def two_sites(**changes: Any) -> SitingProblem:
    """One demand of 2,400 kWh a day, flat: 100 kW. Two sites on two substations.

    Site near: 500 EUR a year, no detour, substation with 50 kW free. Site far: 700 EUR a year,
    0.005 EUR/kWh detour, substation with 1,000 kW free. Chargers of 50 kW at 1,000 EUR a year.
    One connection of 200 kW: 100 + 200 EUR a year, 10 EUR/kW, 0.01 EUR/kWh. Energy 0.10 EUR/kWh,
    unserved 1 EUR/kWh, 100 days a year, no losses, everything in use at once.
    """
    values: dict[str, Any] = {
        "years": (2030,),
        "node_ids": ("sub-near", "sub-far"),
        "node_names": ("Near", "Far"),
        "node_parent": [-1, -1],
        "node_x_m": [200_000.0, 210_000.0],
        "node_y_m": [500_000.0, 500_000.0],
        "headroom_kw": np.array([50.0, 1000.0])[:, None, None] * np.ones((2, 1, 24)),
        "base_load_kw": np.zeros((2, 1, 24)),
        "site_ids": ("near", "far"),
        "site_names": ("Site near", "Site far"),
        "site_kinds": ("estate", "corridor"),
        "site_node": [0, 1],
        "site_x_m": [200_100.0, 210_100.0],
        "site_y_m": [500_100.0, 500_100.0],
        "max_chargers": [4, 4],
        "fixed_eur_per_year": [500.0, 700.0],
        "existing_kw": [0.0, 0.0],
        "forbidden": [False, False],
        "charger_ids": ("dc50",),
        "charger_kw": [50.0],
        "charger_eur_per_year": [1000.0],
        "charger_efficiency": 1.0,
        "utilisation_limit": 1.0,
        "step_ids": ("200kw",),
        "step_max_kw": [200.0],
        "step_one_off_eur_per_year": [100.0],
        "step_fixed_eur_per_year": [200.0],
        "step_eur_per_kw_year": [10.0],
        "step_transport_eur_per_kwh": [0.01],
        "step_contract": ("firm",),
        "existing_transport_eur_per_kwh": 0.02,
        "demand_ids": ("demand",),
        "demand_names": ("Demand",),
        "demand_kinds": ("estate",),
        "demand_x_m": [200_000.0],
        "demand_y_m": [500_200.0],
        "demand_kwh": [[2400.0]],
        "demand_profile": np.full((1, 24), 1 / 24),
        "demand_min_kw": [0.0],
        "demand_reach_km": [15.0],
        "pair_demand": [0, 0],
        "pair_site": [0, 1],
        "pair_km": [0.2, 10.0],
        "pair_eur_per_kwh": [0.0, 0.005],
        "price_eur_per_kwh": np.full(24, 0.10),
        "unserved_eur_per_kwh": 1.0,
        "days_per_year": 100.0,
        "discount_rate": 0.0,
        "tail_years": 1,
    }
    return SitingProblem(**(values | changes))


def growing_site(second_one_off: float) -> SitingProblem:
    """One site, 2026 and 2030 (four years each, no discounting), 50 kW and then 100 kW.

    Connections of 60 kW (100 EUR a year one-off) and 200 kW (`second_one_off`); nothing else
    differs between them.
    """
    return two_sites(
        years=(2026, 2030),
        headroom_kw=np.full((2, 2, 24), 1000.0),
        base_load_kw=np.zeros((2, 2, 24)),
        max_chargers=[4, 0],
        demand_kwh=[[1200.0, 2400.0]],
        step_ids=("60kw", "200kw"),
        step_max_kw=[60.0, 200.0],
        step_one_off_eur_per_year=[100.0, second_one_off],
        step_fixed_eur_per_year=[0.0, 0.0],
        step_eur_per_kw_year=[10.0, 10.0],
        step_transport_eur_per_kwh=[0.01, 0.01],
        step_contract=("firm", "firm"),
        tail_years=4,
    )
