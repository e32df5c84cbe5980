"""Small and synthetic rounds problems that the tests in this folder share."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.rounds import RoundsProblem


def line_problem(**changes: Any) -> RoundsProblem:
    """Build two stops on a line east of a depot, at 10 and 20 km; 1 km takes 60 s.

    One e-van: 100 EUR a day, 0.50 EUR/km, 36 EUR/h, 0.30 EUR/kWh, 0.2 kWh/km + 0.1 per tonne.
    """
    x = np.array([0.0, 10_000.0, 20_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    fields: dict[str, Any] = {
        "depot_ids": ("hub",),
        "depot_x_m": [0.0],
        "depot_y_m": [0.0],
        "depot_open_s": [0.0],
        "depot_close_s": [86_400.0],
        "stop_ids": ("near", "far"),
        "stop_x_m": x[1:],
        "stop_y_m": [0.0, 0.0],
        "stop_depot": [0, 0],
        "delivery_kg": [400.0, 600.0],
        "delivery_m3": [2.0, 3.0],
        "pickup_kg": [0.0, 0.0],
        "pickup_m3": [0.0, 0.0],
        "tw_early_s": [8 * 3600.0, 8 * 3600.0],
        "tw_late_s": [12 * 3600.0, 12 * 3600.0],
        "service_s": [600.0, 600.0],
        "vehicle_ids": ("hub/evan",),
        "vehicle_types": ("evan",),
        "vehicle_depot": [0],
        "count": [2],
        "capacity_kg": [1000.0],
        "capacity_m3": [10.0],
        "shift_s": [8 * 3600.0],
        "fixed_eur": [100.0],
        "eur_per_km": [0.5],
        "eur_per_h": [36.0],
        "levy_eur_per_km": [0.0],
        "eur_per_kwh": [0.3],
        "usable_kwh": [60.0],
        "kwh_per_km": [0.2],
        "kwh_per_km_per_t": [0.1],
        "charge_kw": [11.0],
        "co2e_kg_per_km": [0.0],
        "co2e_kg_per_kwh": [0.4],
        "nox_g_per_km": [0.0],
        "speed_factor": [1.0],
        "distance_m": distance,
        "time_s": distance * 0.06,
    }
    return RoundsProblem(**(fields | changes))


def charging_problem(**changes: Any) -> RoundsProblem:
    """Build the line with a small battery and a station at 15 km, between the two stops.

    The battery gives 6 kWh; the station charges 12 kW (5 min a kWh) at any level, for 0.50 EUR a
    kWh before 09:00 and 0.90 EUR after.
    """
    x = np.array([0.0, 10_000.0, 20_000.0, 15_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    fields: dict[str, Any] = {
        "usable_kwh": [6.0],
        "distance_m": distance,
        "time_s": distance * 0.06,
        "station_ids": ("post",),
        "station_x_m": [15_000.0],
        "station_y_m": [0.0],
        "station_eur_per_kwh": [[0.5] * 9 + [0.9] * 15],
        "curve_of": [[0]],
        "curve_kwh": [[0.0, 6.0]],
        "curve_s": [[0.0, 1800.0]],
    }
    return line_problem(**(fields | changes))


FLEET: dict[str, dict[str, float]] = {
    "bike": {
        "capacity_kg": 200, "capacity_m3": 1.5, "shift_s": 28_800, "fixed_eur": 15,
        "eur_per_km": 0.05, "eur_per_h": 28, "levy_eur_per_km": 0, "eur_per_kwh": 0.3,
        "usable_kwh": 3, "kwh_per_km": 0.03, "kwh_per_km_per_t": 0.05, "charge_kw": 1,
        "co2e_kg_per_km": 0, "co2e_kg_per_kwh": 0.37, "nox_g_per_km": 0, "speed_factor": 0.6,
    },
    "evan": {
        "capacity_kg": 900, "capacity_m3": 10, "shift_s": 32_400, "fixed_eur": 45,
        "eur_per_km": 0.12, "eur_per_h": 33, "levy_eur_per_km": 0, "eur_per_kwh": 0.3,
        "usable_kwh": 60, "kwh_per_km": 0.22, "kwh_per_km_per_t": 0.06, "charge_kw": 50,
        "co2e_kg_per_km": 0, "co2e_kg_per_kwh": 0.37, "nox_g_per_km": 0, "speed_factor": 1,
    },
    "erigid": {
        "capacity_kg": 7500, "capacity_m3": 45, "shift_s": 32_400, "fixed_eur": 130,
        "eur_per_km": 0.2, "eur_per_h": 38, "levy_eur_per_km": 0.035, "eur_per_kwh": 0.3,
        "usable_kwh": 250, "kwh_per_km": 1.0, "kwh_per_km_per_t": 0.02, "charge_kw": 150,
        "co2e_kg_per_km": 0, "co2e_kg_per_kwh": 0.37, "nox_g_per_km": 0, "speed_factor": 0.95,
    },
    "dvan": {
        "capacity_kg": 1100, "capacity_m3": 10.5, "shift_s": 32_400, "fixed_eur": 38,
        "eur_per_km": 0.25, "eur_per_h": 33, "levy_eur_per_km": 0, "eur_per_kwh": 0,
        "usable_kwh": 0, "kwh_per_km": 0, "kwh_per_km_per_t": 0, "charge_kw": 0,
        "co2e_kg_per_km": 0.293, "co2e_kg_per_kwh": 0, "nox_g_per_km": 0.5, "speed_factor": 1,
    },
}  # fmt: skip
"""Vehicle types in the order of size of the Dutch market, figures rounded."""


def city_problem(
    stops: int,
    *,
    seed: int = 0,
    depots: int = 1,
    fleet: tuple[str, ...] = tuple(FLEET),
    count: int | None = None,
    radius_m: float = 4000.0,
    depot_at_m: float = 6000.0,
    zone_share: float = 0.3,
    **changes: Any,
) -> RoundsProblem:
    """Build an invented city: stops around a centre with a zone, depots on a ring around it."""
    rng = np.random.default_rng(seed)
    angle = rng.uniform(0, 2 * np.pi, depots)
    depot_xy = depot_at_m * np.c_[np.cos(angle), np.sin(angle)]
    stop_xy = rng.normal(0, radius_m / 2, (stops, 2))
    xy = np.r_[depot_xy, stop_xy]
    distance = 1.3 * np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    early = rng.choice([7, 8, 9, 10, 12], stops) * 3600.0
    late = np.minimum(early + rng.choice([2, 4, 8], stops) * 3600.0, 18 * 3600.0)
    in_zone = rng.random(stops) < zone_share
    pickup = rng.random(stops) < 0.15
    kg = np.round(rng.lognormal(3.8, 0.8, stops), 1)
    m3 = np.round(kg / rng.uniform(100, 250, stops), 3)
    entries = [(d, name) for d in range(depots) for name in fleet]
    barred = np.array(
        [[1 if zone and name == "dvan" else 0 for zone in in_zone] for _, name in entries]
    ).reshape(len(entries), stops)
    fields: dict[str, Any] = {
        "depot_ids": tuple(f"hub-{d}" for d in range(depots)),
        "depot_x_m": depot_xy[:, 0],
        "depot_y_m": depot_xy[:, 1],
        "depot_open_s": np.full(depots, 5 * 3600.0),
        "depot_close_s": np.full(depots, 22 * 3600.0),
        "stop_ids": tuple(f"stop-{s}" for s in range(stops)),
        "stop_x_m": stop_xy[:, 0],
        "stop_y_m": stop_xy[:, 1],
        "stop_depot": rng.integers(0, depots, stops),
        "delivery_kg": np.where(pickup, 0, kg),
        "delivery_m3": np.where(pickup, 0, m3),
        "pickup_kg": np.where(pickup, kg, 0),
        "pickup_m3": np.where(pickup, m3, 0),
        "tw_early_s": early,
        "tw_late_s": late,
        "service_s": rng.choice([240.0, 480.0, 900.0], stops),
        "vehicle_ids": tuple(f"hub-{d}/{name}" for d, name in entries),
        "vehicle_types": tuple(name for _, name in entries),
        "vehicle_depot": [d for d, _ in entries],
        "count": [stops if count is None else count] * len(entries),
        **{key: [FLEET[name][key] for _, name in entries] for key in FLEET["bike"]},
        "distance_m": distance,
        "time_s": distance / (30 / 3.6),
        "barred": barred,
        "bar_rules": ("zero-emission zone zone-test on 2030-03-12",),
    }
    return RoundsProblem(**(fields | changes))


def electric_city(stops: int, seed: int, **changes: Any) -> RoundsProblem:
    """Build a city whose batteries are small, with three stations of two kinds of curve."""
    rng = np.random.default_rng([seed, stops])
    problem = city_problem(stops, seed=seed, fleet=("evan", "erigid"), zone_share=0.0)
    xy = np.r_[
        np.c_[problem.depot_x_m, problem.depot_y_m],
        np.c_[problem.stop_x_m, problem.stop_y_m],
        rng.normal(0, 3000.0, (3, 2)),
    ]
    distance = 1.3 * np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    fields = {
        "distance_m": distance,
        "time_s": distance / (30 / 3.6),
        "levied_m": np.zeros_like(distance),
        "usable_kwh": np.array([5.0, 16.0]),
        "start_kwh": np.array([4.5, 16.0]),
        "station_ids": ("slow", "fast", "square"),
        "station_x_m": xy[-3:, 0],
        "station_y_m": xy[-3:, 1],
        "station_eur_per_kwh": np.array([[0.4] * 24, [0.7] * 24, [0.5] * 24]),
        "curve_of": np.array([[0, 1, 1], [2, 3, 3]]),
        "curve_kwh": np.array([[0, 4, 5.0], [0, 4, 5.0], [0, 12, 16.0], [0, 12, 16.0]]),
        "curve_s": np.array([[0, 1200, 2400], [0, 400, 900], [0, 3600, 7000], [0, 900, 2000.0]]),
    }
    return problem.replace(**(fields | changes))


def one_rate_city(stops: int, seed: int, **changes: Any) -> RoundsProblem:
    """Build that city with one charging rate, one price of energy and no price of hours.

    What it costs to put a stop into a route is then known exactly from labels and rests.
    """
    fields = {
        "eur_per_h": [0.0, 0.0],
        "kwh_per_km_per_t": [0.0, 0.0],
        "eur_per_kwh": [0.5, 0.5],
        "station_eur_per_kwh": np.full((3, 24), 0.5),
        "curve_of": np.array([[0, 0, 0], [1, 1, 1]]),
        "curve_kwh": np.array([[0, 5.0], [0, 16.0]]),
        "curve_s": np.array([[0, 1500.0], [0, 4800.0]]),
    }
    return electric_city(stops, seed, **(fields | changes))


def small_problem(stops: int, *, seed: int, **changes: Any) -> RoundsProblem:
    """Build a small problem in which every rule binds now and then; not always feasible."""
    rng = np.random.default_rng([seed, stops])
    count = int(rng.choice([1, 2, stops]))
    problem = city_problem(
        stops, seed=seed, depots=2, fleet=("bike", "evan", "dvan"), count=count, zone_share=0.5
    )
    heavy = problem.delivery_kg * rng.choice([1.0, 6.0], stops)
    span = rng.choice([1800.0, 3600.0, 4 * 3600.0], stops)
    return problem.replace(
        **{
            "stop_depot": np.where(rng.random(stops) < 0.5, -1, problem.stop_depot),
            "delivery_kg": heavy,
            "pickup_kg": np.where(rng.random(stops) < 0.4, 150.0, 0.0),
            "tw_late_s": problem.tw_early_s + span,
            "usable_kwh": problem.usable_kwh * rng.choice([0.06, 0.3, 1.0], problem.num_vehicles),
            "shift_s": np.full(problem.num_vehicles, rng.choice([3, 6, 9]) * 3600.0),
            "levied_m": problem.distance_m * 0.25,
            "levy_eur_per_km": np.where(problem.kwh_per_km > 0, 0.02, 0.2),
            **changes,
        }
    )
