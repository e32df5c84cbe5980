"""Google OR-Tools' routing solver on electric rounds from one depot.

Guided local search. Two ways to state the battery, of which `STATIONS` chooses:

* stations as optional nodes, a few copies of each, and energy as a dimension that falls on the way
  and may rise there, by as much as the vehicle stands still;
* energy beyond the battery at a price that charging on the way has at least, with its time: a soft
  limit, since OR-Tools finds no first solution where some stops need a charge.

It cannot state consumption by load (that of half a full vehicle counts), curves (the mean power up
to full counts), and prices at stations and by hour. Costs are whole tenths of a cent. Charges are
put in again afterwards for its sequences (`peer_repair`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from peer_repair import repaired

from bundling.rounds import RoundsProblem, RoundsSolution
from bundling.rounds.reach import find_reach

NOT_STATED = "consumption by load; charging curves; prices of stations by hour"
STATIONS = False
"""Whether stations are nodes; without, energy beyond the battery has a price."""
_COPIES = 2
"""Most visits to a station by all vehicles together."""
_MONEY = 1000.0
_DAY_S = 86_400
_FREE = 10**9
_REPAIR_SHARE = 0.05
_DETOUR, _LEAST_EUR, _NEVER_EUR = 1.3, 0.5, 100.0
"""Factor for detours, least EUR a kWh charged on the way, and EUR a kWh that cannot be."""

Matrix = NDArray[np.int64]


@dataclass(frozen=True)
class _Entry:
    """A fleet entry in whole numbers: matrices over the nodes of the model, and callbacks."""

    cost: int
    seconds: int
    wh: int
    used_wh: int


def solve(
    problem: RoundsProblem, time_limit: float, seed: int, *, stations: bool = STATIONS
) -> RoundsSolution | None:
    """Return OR-Tools' rounds with charges, or None when it found none; it uses no seed."""
    del seed
    found = _sequences(problem, (1.0 - _REPAIR_SHARE) * time_limit, stations)
    return None if found is None else repaired(problem, found)


def _sequences(
    problem: RoundsProblem, time_limit: float, stations: bool
) -> list[tuple[int, tuple[int, ...]]] | None:
    from ortools.constraint_solver import pywrapcp

    first = problem.num_depots + problem.num_stops
    copies = (
        np.repeat(np.arange(first, first + problem.num_stations), _COPIES)
        if stations
        else np.zeros(0, dtype=np.int64)
    )
    nodes = np.concatenate([np.arange(first), copies])
    fleet = [v for v, count in enumerate(problem.count.tolist()) for _ in range(count)]
    ends = problem.vehicle_depot[fleet].tolist()
    manager = pywrapcp.RoutingIndexManager(len(nodes), len(fleet), ends, ends)
    model = pywrapcp.RoutingModel(manager)
    entries = [_entry(problem, model, nodes, v) for v in range(problem.num_vehicles)]
    for k, v in enumerate(fleet):
        model.SetArcCostEvaluatorOfVehicle(entries[v].cost, k)
        model.SetFixedCostOfVehicle(round(_MONEY * float(problem.fixed_eur[v])), k)
    _add_time(problem, model, manager, fleet, entries)
    stops = np.arange(problem.num_stops)
    add_loads(problem, model, fleet, len(nodes), problem.num_depots, stops)
    _add_battery(problem, model, manager, fleet, entries, copies)
    possible = find_reach(problem).possible(problem)
    for s in range(problem.num_stops):
        may = [k for k, v in enumerate(fleet) if possible[v, s]]
        model.VehicleVar(manager.NodeToIndex(problem.num_depots + s)).SetValues([-1, *may])
    for i, node in enumerate(copies):
        may = [k for k, v in enumerate(fleet) if problem.curve_of[v, node - first] >= 0]
        index = manager.NodeToIndex(first + i)
        model.AddDisjunction([index], 0)
        model.VehicleVar(index).SetValues([-1, *may])

    answer = model.SolveWithParameters(search_parameters(time_limit))
    if answer is None:
        return None
    found = []
    for k, v in enumerate(fleet):
        index = answer.Value(model.NextVar(model.Start(k)))
        stops = []
        while not model.IsEnd(index):
            node = manager.IndexToNode(index)
            if node < first:
                stops.append(node - problem.num_depots)
            index = answer.Value(model.NextVar(index))
        found.append((v, tuple(stops)))
    return found


def _entry(problem: RoundsProblem, model: Any, nodes: NDArray[np.int64], v: int) -> _Entry:
    block = np.ix_(nodes, nodes)
    km = problem.distance_of(v)[block] / 1000.0
    levied_km = problem.levied_of(v)[block] / 1000.0
    service_s = np.zeros(len(nodes))
    depots = problem.num_depots
    service_s[depots : depots + problem.num_stops] = problem.service_s
    seconds = problem.time_of(v)[block] / problem.speed_factor[v] + service_s[:, None]
    rate = float(problem.kwh_per_km[v])
    rate += float(problem.kwh_per_km_per_t[v]) * 0.5 * _mean_load_t(problem, v)
    kwh = km * rate
    eur = km * float(problem.eur_per_km[v]) + kwh * float(problem.eur_per_kwh[v])
    eur += levied_km * float(problem.levy_eur_per_km[v])

    def whole(values: NDArray[np.float64]) -> int:
        return int(model.RegisterTransitMatrix(np.rint(values).astype(np.int64).tolist()))

    return _Entry(whole(_MONEY * eur), whole(seconds), whole(-1000.0 * kwh), whole(1000.0 * kwh))


def _mean_load_t(problem: RoundsProblem, v: int) -> float:
    """Return what a vehicle that is full in kg or m3 carries at the start, t."""
    kg, m3 = problem.delivery_kg.sum(), problem.delivery_m3.sum()
    by_volume = problem.capacity_m3[v] * kg / m3 if m3 > 0 else np.inf
    return float(min(problem.capacity_kg[v], by_volume)) / 1000.0


def _add_time(
    problem: RoundsProblem, model: Any, manager: Any, fleet: list[int], entries: list[_Entry]
) -> None:
    transits = [entries[v].seconds for v in fleet]
    model.AddDimensionWithVehicleTransits(transits, _DAY_S, _DAY_S, False, "time")
    time_of = model.GetDimensionOrDie("time")
    for k, v in enumerate(fleet):
        per_s = _MONEY * float(problem.eur_per_h[v]) / 3600.0
        time_of.SetSpanCostCoefficientForVehicle(round(per_s), k)
        time_of.SetSpanUpperBoundForVehicle(int(problem.shift_s[v]), k)
        depot = int(problem.vehicle_depot[v])
        opens, closes = int(problem.depot_open_s[depot]), int(problem.depot_close_s[depot])
        time_of.CumulVar(model.Start(k)).SetRange(opens, closes)
        time_of.CumulVar(model.End(k)).SetRange(opens, closes)
        model.AddVariableMinimizedByFinalizer(time_of.CumulVar(model.End(k)))
        model.AddVariableMaximizedByFinalizer(time_of.CumulVar(model.Start(k)))
    for s in range(problem.num_stops):
        index = manager.NodeToIndex(problem.num_depots + s)
        early, late = int(problem.tw_early_s[s]), int(problem.tw_late_s[s])
        time_of.CumulVar(index).SetRange(early, late)


def search_parameters(time_limit: float) -> Any:
    """Guided local search from parallel cheapest insertion, for so many seconds."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = (
        routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    )
    parameters.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )
    parameters.time_limit.FromMilliseconds(int(1000 * time_limit))
    return parameters


def add_loads(
    problem: RoundsProblem, model: Any, fleet: list[int], nodes: int, first: int, stops: Any
) -> None:
    """Keep what is on board within the vehicle: it starts at the deliveries, pickups come on.

    Stops `stops` are the nodes from number `first` on, of `nodes` in all.
    """
    part = slice(first, first + len(stops))
    for name, delivery, pickup, capacity, unit in (
        ("kg", problem.delivery_kg[stops], problem.pickup_kg[stops], problem.capacity_kg, 10.0),
        ("m3", problem.delivery_m3[stops], problem.pickup_m3[stops], problem.capacity_m3, 1000.0),
    ):
        most = [int(unit * float(capacity[v])) for v in fleet]
        given, change = np.zeros((2, nodes), dtype=np.int64)
        given[part] = np.ceil(delivery * unit)
        change[part] = np.ceil(pickup * unit) - given[part]
        at = model.RegisterUnaryTransitVector(given.tolist())
        model.AddDimensionWithVehicleCapacity(at, 0, most, True, f"{name} out")
        if not pickup.any():
            continue
        at = model.RegisterUnaryTransitVector(change.tolist())
        model.AddDimensionWithVehicleCapacity(at, 0, most, False, name)
        out, aboard = model.GetDimensionOrDie(f"{name} out"), model.GetDimensionOrDie(name)
        for k in range(len(fleet)):
            # Else freight picked up on the way could be what is delivered.
            first = aboard.CumulVar(model.Start(k))
            model.solver().Add(first == out.CumulVar(model.End(k)))


def _add_battery(
    problem: RoundsProblem,
    model: Any,
    manager: Any,
    fleet: list[int],
    entries: list[_Entry],
    copies: NDArray[np.int64],
) -> None:
    usable = problem.usable_kwh
    if not len(copies):
        _price_energy(problem, model, fleet, entries)
        return
    most = [int(1000.0 * usable[v]) if usable[v] > 0 else _FREE for v in fleet]
    transits = [entries[v].wh for v in fleet]
    model.AddDimensionWithVehicleTransitAndCapacity(transits, max(most), most, False, "wh")
    wh, time_of = model.GetDimensionOrDie("wh"), model.GetDimensionOrDie("time")
    for k, full in enumerate(most):
        wh.CumulVar(model.Start(k)).SetValue(full)
        wh.SlackVar(model.Start(k)).SetValue(0)
    first = problem.num_depots + problem.num_stops
    for node in range(problem.num_depots, first):
        wh.SlackVar(manager.NodeToIndex(node)).SetValue(0)
    solver = model.solver()
    for i, node in enumerate(copies):
        index = manager.NodeToIndex(first + i)
        curves = problem.curve_of[:, node - first]
        rates = [
            float(problem.curve_s[c].max() / problem.curve_kwh[c].max()) for c in curves if c >= 0
        ]
        # Seconds a Wh, the slowest of the vehicles that may charge here, in thousandths.
        slow = int(np.ceil(max(rates, default=0.0)))
        solver.Add(time_of.SlackVar(index) * 1000 >= wh.SlackVar(index) * slow)


def _price_energy(
    problem: RoundsProblem, model: Any, fleet: list[int], entries: list[_Entry]
) -> None:
    """Let energy beyond the battery cost what charging it on the way costs at least."""
    transits = [entries[v].used_wh for v in fleet]
    model.AddDimensionWithVehicleTransits(transits, 0, _FREE, True, "wh")
    wh = model.GetDimensionOrDie("wh")
    for k, v in enumerate(fleet):
        if problem.usable_kwh[v] > 0:
            price = round(_MONEY * _charging_eur_per_kwh(problem, v) / 1000.0)
            most = int(1000.0 * float(problem.usable_kwh[v]))
            wh.SetCumulVarSoftUpperBound(model.End(k), most, max(1, price))


def _charging_eur_per_kwh(problem: RoundsProblem, v: int) -> float:
    """Price of a kWh at the stations in the mean, with the driver's time and a part for detours."""
    there = np.flatnonzero(problem.curve_of[v] >= 0)
    if not len(there):
        return _DETOUR * _NEVER_EUR
    levels, seconds = (
        table[problem.curve_of[v, there[0]]] for table in (problem.curve_kwh, problem.curve_s)
    )
    waiting = float(problem.eur_per_h[v]) * float(seconds[1] / levels[1]) / 3600.0
    price = float(problem.station_eur_per_kwh[there].mean()) - float(problem.eur_per_kwh[v])
    return max(_LEAST_EUR, _DETOUR * (price + waiting))
