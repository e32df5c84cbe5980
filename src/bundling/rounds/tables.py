"""A rounds solution as data frames."""

from __future__ import annotations

import pandas as pd

from bundling.rounds.charging import price_eur_per_kwh
from bundling.rounds.connection import QUARTER_S, QUARTERS_PER_HOUR
from bundling.rounds.evaluate import RouteFigures, all_figures, left_out
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import clock_from_seconds

_ROUTES = (
    "route", "depot_id", "vehicle_id", "vehicle_type", "departure_clock", "return_clock",
    "departure_s", "return_s", "stops", "km", "levied_km", "driving_h", "waiting_h", "service_h",
    "duration_h", "peak_kg", "peak_m3", "load_share", "kwh", "usable_kwh", "charge_kw", "co2e_kg",
    "nox_g", "cost_eur", "end_depot_id", "trips", "charging_h", "reloading_h", "peak_rolls",
    "charged_kwh", "lowest_kwh",
)  # fmt: skip
_VISITS = (
    "route", "sequence", "stop_id", "arrival_clock", "arrival_s", "start_s", "end_s",
    "tw_early_s", "tw_late_s", "delivery_kg", "delivery_m3", "pickup_kg", "pickup_m3",
    "load_kg", "load_m3", "used_kwh", "level_kwh", "trip", "delivery_rolls", "pickup_rolls",
    "load_rolls",
)  # fmt: skip
_CHARGING = (
    "route", "sequence", "station_id", "vehicle_id", "before_stop_id", "arrival_clock",
    "start_clock", "arrival_s", "start_s", "end_s", "level_before_kwh", "level_after_kwh", "kwh",
    "eur_per_kwh", "cost_eur",
)  # fmt: skip
_LEFT_OUT = ("stop_id", "delivery_kg", "delivery_m3", "pickup_kg", "pickup_m3", "prize_eur")
_DEPOT = ("route", "depot_id", "vehicle_id", "quarter", "start_clock", "kwh", "kw", "eur_per_kwh")
_BREAKS = ("route", "sequence", "vehicle_id", "before_stop_id", "start_clock", "start_s", "end_s")
_FLEET = ("depot_id", "vehicle_type", "vehicles", "stops", "km", "hours", "kwh", "cost_eur")


def tables(problem: RoundsProblem, solution: RoundsSolution) -> dict[str, pd.DataFrame]:
    """Return the solution as tables.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``routes`` (one row a round, numbered from 1), ``visits`` (one row a stop on a round),
        ``fleet`` (one row for each depot and vehicle type used). Also ``charging`` (one row a
        charge on the way) when the problem has stations, ``breaks`` (one row a break) when drivers
        are under a rule on breaks, ``depot_charging`` (one row a round and quarter hour) when
        charging at depots is planned, and ``left_out`` (one row a stop that is not served) when
        stops may be left out.
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
    made = {"routes": routes, "visits": visits, "fleet": fleet[list(_FLEET)]}
    if problem.num_stations:
        made["charging"] = pd.DataFrame(
            [
                row
                for number, route in enumerate(figures, 1)
                for row in _charge_rows(problem, number, route)
            ],
            columns=list(_CHARGING),
        )
    if problem.break_rule:
        rows = [
            row for number, route in enumerate(figures, 1) for row in _break_rows(number, route)
        ]
        made["breaks"] = pd.DataFrame(rows, columns=list(_BREAKS))
    if problem.plans_depot_charging:
        made["depot_charging"] = pd.DataFrame(
            _depot_rows(problem, solution, figures), columns=list(_DEPOT)
        )
    if problem.has_optional_stops:
        missing = list(left_out(problem, solution))
        columns = {name: getattr(problem, name)[missing] for name in _LEFT_OUT[1:]}
        names = [problem.stop_ids[s] for s in missing]
        made["left_out"] = pd.DataFrame({"stop_id": names} | columns, columns=list(_LEFT_OUT))
    return made


def _route_row(problem: RoundsProblem, number: int, route: RouteFigures) -> tuple[object, ...]:
    v = problem.vehicle_index[route.vehicle]
    shares = [
        peak / float(limit[v])
        for peak, limit in (
            (route.peak_kg, problem.capacity_kg),
            (route.peak_m3, problem.capacity_m3),
            (route.peak_rolls, problem.capacity_rolls),
        )
        if limit[v] > 0
    ]
    return (
        number, route.depot, route.vehicle, route.vehicle_type,
        clock_from_seconds(route.departure_s), clock_from_seconds(route.return_s),
        route.departure_s, route.return_s, len(route.visits), route.km, route.levied_km,
        route.driving_h, route.waiting_h, route.service_h, route.duration_h, route.peak_kg,
        route.peak_m3, max(shares, default=0.0), route.kwh, route.usable_kwh, route.charge_kw,
        route.co2e_kg, route.nox_g, route.cost_eur, route.end_depot, len(route.reloads) + 1,
        route.charging_h, route.reloading_h, route.peak_rolls, route.charged_kwh, route.lowest_kwh,
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
                visit.level_kwh,
                visit.trip,
                float(problem.delivery_rolls[s]),
                float(problem.pickup_rolls[s]),
                visit.load_rolls,
            )
        )
    return rows


def _charge_rows(
    problem: RoundsProblem, number: int, route: RouteFigures
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for position, event in enumerate(route.charges, start=1):
        last = event.before == len(route.visits)
        rows.append(
            (
                number,
                position,
                event.station,
                route.vehicle,
                "" if last else route.visits[event.before].stop,
                clock_from_seconds(event.arrival_s),
                clock_from_seconds(event.start_s),
                event.arrival_s,
                event.start_s,
                event.end_s,
                event.level_before_kwh,
                event.level_after_kwh,
                event.kwh,
                price_eur_per_kwh(problem, problem.station_index[event.station], event.start_s),
                event.eur,
            )
        )
    return rows


def _break_rows(number: int, route: RouteFigures) -> list[tuple[object, ...]]:
    return [
        (
            number,
            position,
            route.vehicle,
            "" if event.before == len(route.visits) else route.visits[event.before].stop,
            clock_from_seconds(event.start_s),
            event.start_s,
            event.end_s,
        )
        for position, event in enumerate(route.breaks, start=1)
    ]


def _depot_rows(
    problem: RoundsProblem, solution: RoundsSolution, figures: tuple[RouteFigures, ...]
) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for charge in solution.depot_charging:
        route = figures[charge.route]
        prices = problem.depot_eur_per_kwh[problem.depot_ids.index(route.end_depot)]
        rows.append(
            (
                charge.route + 1,
                route.end_depot,
                route.vehicle,
                charge.quarter,
                clock_from_seconds(charge.quarter * QUARTER_S),
                charge.kwh,
                charge.kwh * QUARTERS_PER_HOUR,
                float(prices[charge.quarter % len(prices)]),
            )
        )
    return rows
