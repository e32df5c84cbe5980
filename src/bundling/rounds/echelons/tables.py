"""A two-echelon solution as data frames."""

from __future__ import annotations

import pandas as pd

from bundling.rounds.echelons.evaluate import hub_kg, ready_s, truck_figures, used_hubs
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import TwoEchelonSolution
from bundling.rounds.tables import tables as tables_of_rounds
from bundling.units import clock_from_seconds

_TRUCKS = (
    "truck", "departure_clock", "return_clock", "departure_s", "return_s", "hubs", "km", "kg",
    "load_share", "co2e_kg", "cost_eur",
)  # fmt: skip
_CALLS = ("truck", "sequence", "hub_id", "arrival_clock", "arrival_s", "ready_s", "kg")
_HUBS = ("hub_id", "trucks", "ready_clock", "ready_s", "kg", "rounds", "cost_eur")


def tables(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> dict[str, pd.DataFrame]:
    """Return the solution as tables.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``trucks`` (one row a truck, numbered from 1), ``truck_calls`` (one row a hub on its way),
        ``hubs`` (one row a hub that is used), and the tables of the rounds
        (`bundling.rounds.tables`).
    """
    trucks, calls = list[tuple[object, ...]](), list[tuple[object, ...]]()
    for number, truck in enumerate(solution.trucks, 1):
        figures = truck_figures(problem, truck)
        trucks.append(
            (
                number,
                clock_from_seconds(figures.departure_s),
                clock_from_seconds(figures.return_s),
                figures.departure_s,
                figures.return_s,
                len(figures.calls),
                figures.km,
                figures.kg,
                figures.kg / problem.truck_capacity_kg if problem.truck_capacity_kg else 0.0,
                figures.km * problem.truck_co2e_kg_per_km,
                problem.truck_fixed_eur + figures.km * problem.truck_eur_per_km,
            )
        )
        for position, call in enumerate(figures.calls, 1):
            at = clock_from_seconds(call.arrival_s)
            row = (number, position, call.hub, at, call.arrival_s, call.ready_s, call.kg)
            calls.append(row)
    made = {
        "trucks": pd.DataFrame(trucks, columns=list(_TRUCKS)),
        "truck_calls": pd.DataFrame(calls, columns=list(_CALLS)),
        "hubs": pd.DataFrame(_hub_rows(problem, solution), columns=list(_HUBS)),
    }
    return made | tables_of_rounds(problem.second, solution.rounds)


def _hub_rows(problem: TwoEchelonProblem, solution: TwoEchelonSolution) -> list[tuple[object, ...]]:
    second = problem.second
    kg, ready = hub_kg(problem, solution), ready_s(problem, solution)
    rows: list[tuple[object, ...]] = []
    for hub in used_hubs(problem, solution):
        h = problem.hub_index[hub]
        calls = sum(drop.hub == hub for truck in solution.trucks for drop in truck.drops)
        rounds = sum(
            int(second.vehicle_depot[second.vehicle_index[route.vehicle]]) == h
            for route in solution.rounds.routes
        )
        at = ready.get(hub, float("nan"))
        clock = clock_from_seconds(at) if hub in ready else ""
        rows.append((hub, calls, clock, at, kg[hub], rounds, float(problem.hub_eur[h])))
    return rows
