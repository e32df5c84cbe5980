"""A rounds solution as data frames."""

from __future__ import annotations

import pandas as pd

from bundling.rounds.evaluate import RouteFigures, all_figures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import clock_from_seconds

_ROUTES = (
    "route", "depot_id", "vehicle_id", "vehicle_type", "departure_clock", "return_clock",
    "departure_s", "return_s", "stops", "km", "levied_km", "driving_h", "waiting_h", "service_h",
    "duration_h", "peak_kg", "peak_m3", "load_share", "kwh", "usable_kwh", "charge_kw", "co2e_kg",
    "nox_g", "cost_eur",
)  # fmt: skip
_VISITS = (
    "route", "sequence", "stop_id", "arrival_clock", "arrival_s", "start_s", "end_s",
    "tw_early_s", "tw_late_s", "delivery_kg", "delivery_m3", "pickup_kg", "pickup_m3",
    "load_kg", "load_m3", "used_kwh",
)  # fmt: skip
_FLEET = ("depot_id", "vehicle_type", "vehicles", "stops", "km", "hours", "kwh", "cost_eur")


def tables(problem: RoundsProblem, solution: RoundsSolution) -> dict[str, pd.DataFrame]:
    """Return the solution as tables.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``routes`` (one row a round, numbered from 1), ``visits`` (one row a stop on a round),
        ``fleet`` (one row for each depot and vehicle type used).
    """
    figures = all_figures(problem, solution)
    routes = pd.DataFrame(
        [_route_row(problem, number, route) for number, route in enumerate(figures, 1)],
        columns=list(_ROUTES),
    )
    visits = pd.DataFrame(
        [
            row
            for number, route in enumerate(figures, 1)
            for row in _visit_rows(problem, number, route)
        ],
        columns=list(_VISITS),
    )
    fleet = (
        routes.groupby(["depot_id", "vehicle_type"], sort=True)
        .agg(
            vehicles=("route", "size"),
            stops=("stops", "sum"),
            km=("km", "sum"),
            hours=("duration_h", "sum"),
            kwh=("kwh", "sum"),
            cost_eur=("cost_eur", "sum"),
        )
        .reset_index()
    )
    return {"routes": routes, "visits": visits, "fleet": fleet[list(_FLEET)]}


def _route_row(problem: RoundsProblem, number: int, route: RouteFigures) -> tuple[object, ...]:
    v = problem.vehicle_index[route.vehicle]
    shares = [
        peak / float(limit[v])
        for peak, limit in (
            (route.peak_kg, problem.capacity_kg),
            (route.peak_m3, problem.capacity_m3),
        )
        if limit[v] > 0
    ]
    return (
        number, route.depot, route.vehicle, route.vehicle_type,
        clock_from_seconds(route.departure_s), clock_from_seconds(route.return_s),
        route.departure_s, route.return_s, len(route.visits), route.km, route.levied_km,
        route.driving_h, route.waiting_h, route.service_h, route.duration_h, route.peak_kg,
        route.peak_m3, max(shares, default=0.0), route.kwh, route.usable_kwh, route.charge_kw,
        route.co2e_kg, route.nox_g, route.cost_eur,
    )  # fmt: skip


def _visit_rows(
    problem: RoundsProblem, number: int, route: RouteFigures
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for position, visit in enumerate(route.visits, start=1):
        s = problem.stop_index[visit.stop]
        rows.append(
            (
                number,
                position,
                visit.stop,
                clock_from_seconds(visit.arrival_s),
                visit.arrival_s,
                visit.start_s,
                visit.end_s,
                float(problem.tw_early_s[s]),
                float(problem.tw_late_s[s]),
                float(problem.delivery_kg[s]),
                float(problem.delivery_m3[s]),
                float(problem.pickup_kg[s]),
                float(problem.pickup_m3[s]),
                visit.load_kg,
                visit.load_m3,
                visit.used_kwh,
            )
        )
    return rows
