"""The load on the connection of a depot: what vehicles take there, by the quarter hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bundling.rounds.figures import ChargeEvent, RouteFigures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution
from bundling.units import SECONDS_PER_HOUR

QUARTER_S = 900.0
QUARTERS_PER_HOUR = SECONDS_PER_HOUR / QUARTER_S


def depot_kwh(figures: RouteFigures) -> float:
    """Energy a vehicle must get back at its end depot after its round, kWh."""
    return max(0.0, figures.depot_kwh)


def stays_s(problem: RoundsProblem, figures: RouteFigures, quarter: int) -> float:
    """How long a vehicle is at its end depot in a quarter between its return and `ready_by_s`."""
    ready = float(problem.ready_by_s[problem.vehicle_index[figures.vehicle]])
    start = max(figures.return_s, quarter * QUARTER_S)
    return max(0.0, min(ready, (quarter + 1) * QUARTER_S) - start)


def presence(problem: RoundsProblem, figures: RouteFigures) -> range:
    """Quarters in which a vehicle is at its end depot for some time."""
    ready = float(problem.ready_by_s[problem.vehicle_index[figures.vehicle]])
    first = int(figures.return_s // QUARTER_S)
    return range(first, max(first, int(-(-ready // QUARTER_S))))


def station_load_kwh(
    problem: RoundsProblem, rounds: Sequence[RouteFigures]
) -> dict[tuple[int, int], float]:
    """Energy charged on the way at stations behind a depot's connection, by depot and quarter."""
    load: dict[tuple[int, int], float] = {}
    for figures in rounds:
        for event in figures.charges:
            k = problem.station_index[event.station]
            depot = int(problem.station_depot[k])
            if depot >= 0:
                v = problem.vehicle_index[figures.vehicle]
                for quarter, kwh in _by_quarter(problem, v, k, event):
                    load[depot, quarter] = load.get((depot, quarter), 0.0) + kwh
    return load


def depot_load_kwh(
    problem: RoundsProblem, solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> dict[tuple[int, int], float]:
    """All energy charged behind the connections of depots, by depot and quarter."""
    load = station_load_kwh(problem, rounds)
    for charge in solution.depot_charging:
        vehicle = problem.vehicle_index[rounds[charge.route].vehicle]
        place = (int(problem.end_depot[vehicle]), charge.quarter)
        load[place] = load.get(place, 0.0) + charge.kwh
    return load


def peak_kw(
    problem: RoundsProblem, solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> float:
    """Highest load on one connection, the mean of a quarter hour, kW."""
    load = depot_load_kwh(problem, solution, rounds)
    return max(load.values(), default=0.0) * QUARTERS_PER_HOUR


def depot_price_eur(
    problem: RoundsProblem, solution: RoundsSolution, rounds: Sequence[RouteFigures]
) -> float:
    """Return what charging after the rounds costs by `depot_eur_per_kwh`, EUR."""
    total = 0.0
    for charge in solution.depot_charging:
        vehicle = problem.vehicle_index[rounds[charge.route].vehicle]
        prices = problem.depot_eur_per_kwh[problem.end_depot[vehicle]]
        total += charge.kwh * float(prices[charge.quarter % len(prices)])
    return total


def _by_quarter(
    problem: RoundsProblem, vehicle: int, station: int, event: ChargeEvent
) -> Iterator[tuple[int, float]]:
    """Energy of one charge by quarter, along the charging curve of the vehicle there."""
    curve = int(problem.curve_of[vehicle, station])
    first, last = int(event.start_s // QUARTER_S), int(event.end_s // QUARTER_S)
    if curve < 0 or event.end_s <= event.start_s:
        yield first, event.kwh
        return
    levels, seconds = problem.curve_kwh[curve], problem.curve_s[curve]
    begun = float(np.interp(event.level_before_kwh, levels, seconds)) - event.start_s
    edges = [event.start_s, *(q * QUARTER_S for q in range(first + 1, last + 1)), event.end_s]
    reached = np.interp([edge + begun for edge in edges], seconds, levels)
    yield from enumerate(np.diff(reached).tolist(), start=first)
