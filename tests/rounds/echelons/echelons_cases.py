"""A two-echelon problem on a line, worked out by hand, and random small ones."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np

from bundling.rounds import RoundsProblem, RoundsSolution, Route
from bundling.rounds.echelons import Drop, TruckRoute, TwoEchelonProblem, TwoEchelonSolution

sys.path.insert(0, str(Path(__file__).parents[1]))
from rounds_cases import line_problem

HUBS_KM, STOPS_KM = np.array([10.0, 30.0]), np.array([12.0, 28.0])


def line_rounds(**changes: Any) -> RoundsProblem:
    """Hubs ``west`` and ``east`` at 10 and 30 km, stops ``near`` and ``far`` at 12 and 28 km.

    1 km takes 60 s and costs 1 EUR; vans carry 1000 kg and use 0.2 of 60 kWh a km; nothing else
    costs money. The stops want 400 and 600 kg at any time of the day.
    """
    x = 1000.0 * np.r_[HUBS_KM, STOPS_KM]
    distance = np.abs(x[:, None] - x)
    two = np.ones(2)
    fields: dict[str, Any] = {
        "depot_ids": ("west", "east"),
        "depot_x_m": x[:2],
        "depot_y_m": [0.0, 0.0],
        "depot_open_s": [0.0, 0.0],
        "depot_close_s": [86_400.0, 86_400.0],
        "stop_x_m": x[2:],
        "stop_depot": [-1, -1],
        "tw_early_s": [0.0, 0.0],
        "tw_late_s": [86_400.0, 86_400.0],
        "vehicle_ids": ("west/van", "east/van"),
        "vehicle_types": ("van", "van"),
        "vehicle_depot": [0, 1],
        "count": [2, 2],
        "capacity_kg": 1000.0 * two,
        "capacity_m3": 10.0 * two,
        "shift_s": 86_400.0 * two,
        "fixed_eur": 0.0 * two,
        "eur_per_km": two,
        "eur_per_h": 0.0 * two,
        "levy_eur_per_km": 0.0 * two,
        "eur_per_kwh": 0.0 * two,
        "usable_kwh": 60.0 * two,
        "kwh_per_km": 0.2 * two,
        "kwh_per_km_per_t": 0.0 * two,
        "charge_kw": 11.0 * two,
        "co2e_kg_per_km": 0.0 * two,
        "co2e_kg_per_kwh": 0.4 * two,
        "nox_g_per_km": 0.0 * two,
        "speed_factor": two,
        "distance_m": distance,
        "time_s": distance * 0.06,
    }
    return line_problem(**(fields | changes))


def line_echelons(second: dict[str, Any] | None = None, **changes: Any) -> TwoEchelonProblem:
    """Give the line of `line_rounds` a depot at 0 km with two trucks of 1000 kg.

    A truck costs 100 EUR and 0.2 EUR a km; 1 km takes 60 s. So both hubs are in use for 100 EUR +
    60 km x 0.2 EUR + 2 x 4 km x 1 EUR = 120 EUR; ``west`` alone is 100 + 4 + 36 = 140 EUR.
    """
    x = np.r_[0.0, 1000.0 * HUBS_KM]
    distance = np.abs(x[:, None] - x)
    fields: dict[str, Any] = {
        "depot_id": "depot",
        "depot_x_m": 0.0,
        "depot_y_m": 0.0,
        "depot_open_s": 0.0,
        "depot_close_s": 86_400.0,
        "truck_count": 2,
        "truck_capacity_kg": 1000.0,
        "truck_fixed_eur": 100.0,
        "truck_eur_per_km": 0.2,
        "truck_co2e_kg_per_km": 0.5,
        "truck_distance_m": distance,
        "truck_time_s": distance * 0.06,
        "second": line_rounds(**(second or {})),
    }
    return TwoEchelonProblem(**(fields | changes))


def by_both_hubs(
    *, west_s: float = 600.0, east_s: float = 1800.0, truck_s: float = 0.0
) -> TwoEchelonSolution:
    """One truck to both hubs, one van from each to the stop beside it."""
    rounds = (Route("west/van", ("near",), west_s), Route("east/van", ("far",), east_s))
    truck = TruckRoute(truck_s, (Drop("west", 400.0), Drop("east", 600.0)))
    return TwoEchelonSolution((truck,), RoundsSolution(rounds))


def random_echelons(
    seed: int, *, stops: int = 4, hubs: int = 2, **changes: Any
) -> TwoEchelonProblem:
    """Build a small problem in a square of 40 km with two stations; not always feasible.

    Vans must charge now and then, windows are tight, and every charge is a full one.
    """
    rng = np.random.default_rng([seed, stops, hubs])
    places = hubs + stops + 2
    xy = 1000.0 * rng.integers(0, 41, (places, 2))
    home = np.r_[[[20_000.0, 60_000.0]], xy[:hubs]]
    distance = _ways(xy)
    early = rng.integers(20, 90, stops) * 60.0
    ones = np.ones(hubs)
    second = dict[str, Any](
        depot_ids=tuple(f"hub-{h}" for h in range(hubs)),
        depot_x_m=xy[:hubs, 0],
        depot_y_m=xy[:hubs, 1],
        depot_open_s=0.0 * ones,
        depot_close_s=86_400.0 * ones,
        stop_ids=tuple(f"stop-{s}" for s in range(stops)),
        stop_x_m=xy[hubs:-2, 0],
        stop_y_m=xy[hubs:-2, 1],
        stop_depot=np.full(stops, -1),
        delivery_kg=rng.integers(1, 5, stops) * 100.0,
        **dict.fromkeys(("delivery_m3", "pickup_kg", "pickup_m3"), np.zeros(stops)),
        tw_early_s=early,
        tw_late_s=early + rng.choice([600.0, 3600.0, 14_400.0], stops),
        service_s=np.full(stops, 300.0),
        vehicle_ids=tuple(f"hub-{h}/van" for h in range(hubs)),
        vehicle_types=("van",) * hubs,
        vehicle_depot=np.arange(hubs),
        count=np.full(hubs, stops),
        **{
            name: float(value) * ones
            for name, value in {
                "capacity_kg": 800, "capacity_m3": 10, "shift_s": 86_400, "fixed_eur": 5,
                "eur_per_km": 1, "eur_per_h": 0, "levy_eur_per_km": 0, "eur_per_kwh": 0,
                "usable_kwh": 14, "kwh_per_km": 0.2, "kwh_per_km_per_t": 0, "charge_kw": 30,
                "co2e_kg_per_km": 0, "co2e_kg_per_kwh": 0, "nox_g_per_km": 0, "speed_factor": 1,
            }.items()
        },
        distance_m=distance,
        time_s=distance * 0.06,
        recharge="full",
        station_ids=("post-0", "post-1"),
        station_x_m=xy[-2:, 0],
        station_y_m=xy[-2:, 1],
        station_eur_per_kwh=np.zeros((2, 24)),
        curve_of=np.zeros((hubs, 2)),
        curve_kwh=[[0.0, 10.0, 14.0]],
        curve_s=[[0.0, 1200.0, 2400.0]],
    )  # fmt: skip
    fields: dict[str, Any] = {
        "truck_distance_m": _ways(home),
        "truck_time_s": _ways(home) * 0.06,
        "truck_capacity_kg": 5000.0,
        "second": second,
    }
    return line_echelons(**(fields | changes))


def city_echelons(*, stops: int = 14, **changes: Any) -> TwoEchelonProblem:
    """Build a city of 5 km with three hubs, each with vans and cargo bikes; hours cost money.

    A truck of 500 kg drives 20 km from the depot, and is unloaded between six and nine.
    """
    rng = np.random.default_rng(3)
    hubs = np.array([[-2500.0, 0.0], [1500.0, 2000.0], [1000.0, -2500.0]])
    xy = np.r_[hubs, rng.normal(0.0, 1800.0, (stops, 2))]
    home = np.r_[[[15_000.0, 8000.0]], hubs]
    names = ("west", "north", "south")
    kg = rng.integers(20, 110, stops) * 1.0
    early = 3600.0 * rng.choice([7, 8, 9, 10], stops)
    second = dict[str, Any](
        depot_ids=names,
        depot_x_m=hubs[:, 0],
        depot_y_m=hubs[:, 1],
        depot_open_s=np.full(3, 6 * 3600.0),
        depot_close_s=np.full(3, 18 * 3600.0),
        stop_ids=tuple(f"stop-{s}" for s in range(stops)),
        stop_x_m=xy[3:, 0],
        stop_y_m=xy[3:, 1],
        stop_depot=np.full(stops, -1),
        delivery_kg=kg,
        delivery_m3=kg / 100.0,
        **dict.fromkeys(("pickup_kg", "pickup_m3"), np.zeros(stops)),
        tw_early_s=early,
        tw_late_s=early + 7200.0,
        service_s=np.full(stops, 240.0),
        vehicle_ids=tuple(f"{name}/{kind}" for name in names for kind in ("van", "bike")),
        vehicle_types=("van", "bike") * 3,
        vehicle_depot=np.repeat([0, 1, 2], 2),
        count=np.tile([3, 4], 3),
        **{
            name: np.tile([float(van), float(bike)], 3)
            for name, (van, bike) in {
                "capacity_kg": (800, 150), "capacity_m3": (8, 1.5), "shift_s": (28_800, 28_800),
                "fixed_eur": (45, 8), "eur_per_km": (0.12, 0.02), "eur_per_h": (33, 25),
                "levy_eur_per_km": (0, 0), "eur_per_kwh": (0.25, 0.25), "usable_kwh": (40, 2),
                "kwh_per_km": (0.25, 0.03), "kwh_per_km_per_t": (0.05, 0), "charge_kw": (11, 1),
                "co2e_kg_per_km": (0, 0), "co2e_kg_per_kwh": (0.27, 0.27),
                "nox_g_per_km": (0, 0), "speed_factor": (1, 0.7),
            }.items()
        },
        distance_m=1.3 * _ways(xy),
        time_s=1.3 * _ways(xy) / 8.0,
    )  # fmt: skip
    fields: dict[str, Any] = {
        "depot_x_m": 15_000.0,
        "depot_y_m": 8000.0,
        "depot_open_s": 5 * 3600.0,
        "depot_close_s": 14 * 3600.0,
        "truck_count": 4,
        "truck_capacity_kg": 500.0,
        "truck_eur_per_km": 0.9,
        "truck_distance_m": 1.3 * _ways(home),
        "truck_time_s": 1.3 * _ways(home) / 15.0,
        "second": second,
        "hub_capacity_kg": [600.0, 600.0, 600.0],
        "hub_handling_s": [900.0] * 3,
        "hub_eur": [30.0] * 3,
        "hub_open_s": [6 * 3600.0] * 3,
        "hub_close_s": [9 * 3600.0] * 3,
    }
    return line_echelons(**(fields | changes))


def _ways(xy: Any) -> Any:
    return np.rint(np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1)))
