"""A rounds solution as map layers: GeoJSON in WGS84 (RFC 7946), coordinates to 6 decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bundling.features import collection, feature, positions
from bundling.rounds.evaluate import all_figures, left_out
from bundling.rounds.figures import ChargeEvent, RouteFigures, Visit
from bundling.rounds.itinerary import itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import clock_from_seconds


def layers(problem: RoundsProblem, solution: RoundsSolution) -> dict[str, dict[str, Any]]:
    """Return map layers of the solution.

    Returns
    -------
    dict of str to dict
        FeatureCollections ``round_depots`` (points), ``round_stops`` (points, in the order of the
        rounds) and ``round_routes`` (lines from call to call: the order, not the road). Also
        ``round_stations`` (points) and ``round_charges`` (one point a charge, at its station) when
        the problem has stations, and ``round_left_out`` (points) when stops may be left out.
    """
    at = positions(
        np.r_[problem.depot_x_m, problem.stop_x_m, problem.station_x_m],
        np.r_[problem.depot_y_m, problem.stop_y_m, problem.station_y_m],
    )
    place = dict(zip(problem.node_ids, at, strict=True))
    figures = all_figures(problem, solution)
    made = {
        "round_routes": [
            feature(
                "LineString",
                [place[route.depot], *(at[step.node] for step in itinerary(problem, driven))],
                _route_facts(number, route),
            )
            for number, (route, driven) in enumerate(
                zip(figures, solution.routes, strict=True), start=1
            )
        ],
        "round_stops": [
            feature("Point", place[visit.stop], _visit_facts(problem, number, order, route, visit))
            for number, route in enumerate(figures, start=1)
            for order, visit in enumerate(route.visits, start=1)
        ],
        "round_depots": [
            feature("Point", place[depot], _depot_facts(figures, depot))
            for depot in problem.depot_ids
        ],
    }
    if problem.num_stations:
        made["round_stations"] = [
            feature("Point", place[station], _station_facts(figures, station))
            for station in problem.station_ids
        ]
        made["round_charges"] = [
            feature("Point", place[event.station], _charge_facts(number, order, route, event))
            for number, route in enumerate(figures, start=1)
            for order, event in enumerate(route.charges, start=1)
        ]
    if problem.has_optional_stops:
        made["round_left_out"] = [
            feature("Point", place[problem.stop_ids[s]], _left_out_facts(problem, s))
            for s in left_out(problem, solution)
        ]
    return {name: collection(features) for name, features in made.items()}


def _route_facts(number: int, route: RouteFigures) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "route": number,
        "depot_id": route.depot,
        "vehicle_type": route.vehicle_type,
        "departure": clock_from_seconds(route.departure_s),
        "return": clock_from_seconds(route.return_s),
        "stops": len(route.visits),
        "km": round(route.km, 3),
        "kwh": round(route.kwh, 3),
        "cost_eur": round(route.cost_eur, 2),
    }
    if route.end_depot != route.depot:
        facts["end_depot_id"] = route.end_depot
    if route.reloads:
        facts["trips"] = 1 + len(route.reloads)
    if route.charges:
        facts["charges"] = len(route.charges)
        facts["charged_kwh"] = round(route.charged_kwh, 3)
    return facts


def _visit_facts(
    problem: RoundsProblem, number: int, order: int, route: RouteFigures, visit: Visit
) -> dict[str, Any]:
    s = problem.stop_index[visit.stop]
    return {
        "stop_id": visit.stop,
        "route": number,
        "sequence": order,
        "vehicle_type": route.vehicle_type,
        "arrival": clock_from_seconds(visit.arrival_s),
        "delivery_kg": float(problem.delivery_kg[s]),
        "pickup_kg": float(problem.pickup_kg[s]),
    }


def _depot_facts(figures: Sequence[RouteFigures], depot: str) -> dict[str, Any]:
    """Count rounds that begin or end at a depot; kWh it must give back to those that end."""
    here = [route for route in figures if depot in (route.depot, route.end_depot)]
    owed = [max(0.0, route.depot_kwh) for route in here if route.end_depot == depot]
    return {"depot_id": depot, "rounds": len(here), "kwh": round(sum(owed), 3)}


def _station_facts(figures: Sequence[RouteFigures], station: str) -> dict[str, Any]:
    here = [event for route in figures for event in route.charges if event.station == station]
    facts: dict[str, Any] = {"station_id": station, "charges": len(here)}
    if here:
        facts["charged_kwh"] = round(sum(event.kwh for event in here), 3)
        facts["cost_eur"] = round(sum(event.eur for event in here), 2)
        facts["first_charge_clock"] = clock_from_seconds(min(event.start_s for event in here))
        facts["last_charge_clock"] = clock_from_seconds(max(event.end_s for event in here))
    return facts


def _charge_facts(
    number: int, order: int, route: RouteFigures, event: ChargeEvent
) -> dict[str, Any]:
    return {
        "station_id": event.station,
        "route": number,
        "sequence": order,
        "vehicle_type": route.vehicle_type,
        "start_clock": clock_from_seconds(event.start_s),
        "end_clock": clock_from_seconds(event.end_s),
        "level_before_kwh": round(event.level_before_kwh, 3),
        "level_after_kwh": round(event.level_after_kwh, 3),
        "kwh": round(event.kwh, 3),
        "cost_eur": round(event.eur, 2),
    }


def _left_out_facts(problem: RoundsProblem, s: int) -> dict[str, Any]:
    prize = float(problem.prize_eur[s])
    return {
        "stop_id": problem.stop_ids[s],
        "delivery_kg": float(problem.delivery_kg[s]),
        "pickup_kg": float(problem.pickup_kg[s]),
        "prize_eur": round(prize, 2) if np.isfinite(prize) else None,
    }
