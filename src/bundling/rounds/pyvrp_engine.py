"""The one door to PyVRP 0.14: a part of a rounds problem in, sequences of stops out.

PyVRP counts in 64-bit integers. The scales here, and what rounding to the nearest costs:

* money in 1e-9 EUR: a km cost is off by at most 0.005 EUR per 1,000 km, an hour by 0.002 EUR;
* distance in 0.1 m and time in 1 ms: off by at most half a unit per leg;
* loads in 1e-7 of the smallest capacity in the part: off by at most 5e-8 of it per stop.

The largest sum that can occur (penalty 1e6 times the total violation) stays under 1e18, a tenth of
what fits. All answers are priced and checked again in floating point outside.

What PyVRP cannot express is approximated here and made exact by the caller: energy is charged per
km at a typical load; the battery is a largest distance; a levy is an extra distance on levied
roads; a stop that a vehicle type may not visit lies two days away for that type's profile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

FloatArray = NDArray[np.float64]
Sequenced = tuple[int, tuple[int, ...]]
"""A fleet entry and the stops it serves, as positions in the problem."""

_TICKS_PER_EUR = 1e9
_TICKS_PER_M = 10.0
_TICKS_PER_S = 1e3
_LOAD_TICKS = 1e7
_MAX_PENALTY = 1e6
_HISTORY = 100
"""Length of the late-acceptance history; PyVRP's own 300 gave 0.5 % worse at 3,000 iterations."""
_FAR_S = 2 * 86_400.0


@dataclass
class Search:
    """What a run of PyVRP reports while it runs, and what it has found.

    Attributes
    ----------
    best
        Best sequences so far; may break a limit when `feasible` is false.
    feasible
        Whether `best` keeps PyVRP's limits and serves every stop.
    cost_eur
        Cost of `best` as PyVRP counts it; ``inf`` when not feasible.
    iterations
        Iterations done.
    pool
        Sequences seen in improving solutions, for the route pool.
    """

    best: list[Sequenced] = field(default_factory=list)
    feasible: bool = False
    cost_eur: float = np.inf
    iterations: int = 0
    pool: dict[Sequenced, None] = field(default_factory=dict)


def run(
    problem: RoundsProblem,
    part: Part,
    *,
    max_distance_m: FloatArray,
    seed: int,
    stop: Callable[[Search], bool],
    start: Sequence[Sequenced] = (),
) -> Search:
    """Search `part` until `stop` says so.

    Parameters
    ----------
    problem, part
        What to solve: the part's stops by the part's fleet entries.
    max_distance_m
        Longest route per fleet entry ``[V]``; ``inf`` where there is no battery.
    seed
        Same seed and number of iterations give the same answer.
    stop
        Asked before each iteration.
    start
        Sequences to start from.

    Returns
    -------
    Search
        The best found. Run it in a thread of its own: a KeyboardInterrupt would lose the answer.
    """
    import pyvrp
    import pyvrp.search as ps

    data = _data(pyvrp, problem, part, max_distance_m)
    found = Search()
    rng = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
    search = ps.LocalSearch(
        data,
        rng,
        ps.compute_neighbours(data, ps.NeighbourhoodParams()),
        ps.PerturbationManager(ps.PerturbationParams()),
    )
    for operator in ps.OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    params = pyvrp.PenaltyParams(max_penalty=_MAX_PENALTY)
    penalties = pyvrp.PenaltyManager(_first_penalties(data), params)
    if start:
        first = _solution(pyvrp, data, part, start)
    else:
        random = pyvrp.Solution.make_random(data, rng)
        first = search(random, penalties.max_cost_evaluator(), exhaustive=True)
    _note(found, part, first)
    algorithm = pyvrp.IteratedLocalSearch(
        data,
        penalties,
        search,
        first,
        pyvrp.IteratedLocalSearchParams(
            history_length=_HISTORY, callbacks=_callbacks(pyvrp, found, part)
        ),
    )
    algorithm.run(lambda _cost: stop(found), collect_stats=False, display=False)
    return found


def _callbacks(pyvrp: Any, found: Search, part: Part) -> Any:
    base: Any = pyvrp.IteratedLocalSearchCallbacks

    class Watch(base):  # type: ignore[misc]  # PyVRP is imported late and untyped here
        def on_iteration(self, _current: Any, _candidate: Any, _best: Any, _cost: Any) -> None:
            found.iterations += 1

        def on_best(self, best: Any) -> None:
            _note(found, part, best)

    return Watch()


def _note(found: Search, part: Part, solution: Any) -> None:
    feasible = bool(solution.is_feasible()) and bool(solution.is_complete())
    found.best = _sequences(part, solution)
    found.feasible = feasible
    cost = solution.fixed_vehicle_cost() + solution.distance_cost() + solution.duration_cost()
    found.cost_eur = cost / _TICKS_PER_EUR if feasible else np.inf
    if feasible:
        found.pool.update(dict.fromkeys(found.best))


def _sequences(part: Part, solution: Any) -> list[Sequenced]:
    return [
        (
            part.vehicles[route.vehicle_type()],
            tuple(part.stops[visit.idx] for visit in route if visit.is_client()),
        )
        for route in solution.routes()
        if route.num_clients()
    ]


def _solution(pyvrp: Any, data: Any, part: Part, start: Sequence[Sequenced]) -> Any:
    stop_at = {s: i for i, s in enumerate(part.stops)}
    type_at = {v: i for i, v in enumerate(part.vehicles)}
    routes = [pyvrp.Route(data, [stop_at[s] for s in stops], type_at[v]) for v, stops in start]
    return pyvrp.Solution(data, routes)


def _first_penalties(data: Any) -> tuple[list[float], float, float]:
    """Price a violation like the vehicle, time or distance it saves, with a margin.

    PyVRP starts from the middle of its penalty range, which fits its own benchmark units and not
    ours, and then needs tens of thousands of iterations to come down.
    """
    types = data.vehicle_types()
    vehicle = float(np.mean([t.fixed_cost for t in types])) + float(
        np.mean([t.unit_duration_cost for t in types]) * 2 * SECONDS_PER_HOUR * _TICKS_PER_S
    )
    loads = [
        4.0 * vehicle / max(1.0, float(np.mean([t.capacity[k] for t in types])))
        for k in range(data.num_load_dimensions)
    ]
    late = 8.0 * max(1.0, float(np.mean([t.unit_duration_cost for t in types])))
    far = 8.0 * max(1.0, float(np.mean([t.unit_distance_cost for t in types])))
    return loads, late, far


def _data(pyvrp: Any, problem: RoundsProblem, part: Part, max_distance_m: FloatArray) -> Any:
    depots = sorted({int(problem.vehicle_depot[v]) for v in part.vehicles})
    nodes = np.array([*depots, *(problem.num_depots + s for s in part.stops)], dtype=np.int64)
    kg_tick, m3_tick = _load_ticks(problem, part)
    clients = [
        pyvrp.Client(
            location=len(depots) + i,
            delivery=[
                round(float(problem.delivery_kg[s]) / kg_tick),
                round(float(problem.delivery_m3[s]) / m3_tick),
            ],
            pickup=[
                round(float(problem.pickup_kg[s]) / kg_tick),
                round(float(problem.pickup_m3[s]) / m3_tick),
            ],
            service_duration=round(float(problem.service_s[s]) * _TICKS_PER_S),
            tw_early=round(float(problem.tw_early_s[s]) * _TICKS_PER_S),
            tw_late=round(float(problem.tw_late_s[s]) * _TICKS_PER_S),
        )
        for i, s in enumerate(part.stops)
    ]
    profiles: dict[tuple[bytes, float, float], int] = {}
    distances: list[NDArray[np.int64]] = []
    durations: list[NDArray[np.int64]] = []
    types = []
    for position, v in enumerate(part.vehicles):
        per_km = _eur_per_km(problem, part, v)
        factor = levy_factor(problem, part, v)
        mask = part.possible[position]
        key = (mask.tobytes(), float(problem.speed_factor[v]), factor)
        if key not in profiles:
            profiles[key] = len(profiles)
            far = np.r_[np.zeros(len(depots), bool), ~mask]
            distance = problem.distance_m[np.ix_(nodes, nodes)]
            distance = distance + factor * problem.levied_m[np.ix_(nodes, nodes)]
            duration = problem.time_s[np.ix_(nodes, nodes)] / problem.speed_factor[v]
            barred = far[:, None] | far[None, :]
            distance = np.where(barred, 10.0 * distance.max(initial=1.0), distance)
            duration = np.where(barred, _FAR_S, duration)
            np.fill_diagonal(distance, 0.0)
            np.fill_diagonal(duration, 0.0)
            distances.append(np.rint(distance * _TICKS_PER_M).astype(np.int64))
            durations.append(np.rint(duration * _TICKS_PER_S).astype(np.int64))
        extra = {}
        if np.isfinite(max_distance_m[v]):
            extra["max_distance"] = int(max_distance_m[v] * _TICKS_PER_M)
        depot = int(problem.vehicle_depot[v])
        types.append(
            pyvrp.VehicleType(
                num_available=min(int(problem.count[v]), len(part.stops)),
                capacity=[
                    round(float(problem.capacity_kg[v]) / kg_tick),
                    round(float(problem.capacity_m3[v]) / m3_tick),
                ],
                start_depot=depots.index(depot),
                end_depot=depots.index(depot),
                fixed_cost=round(float(problem.fixed_eur[v]) * _TICKS_PER_EUR),
                tw_early=round(float(problem.depot_open_s[depot]) * _TICKS_PER_S),
                tw_late=round(float(problem.depot_close_s[depot]) * _TICKS_PER_S),
                shift_duration=round(float(problem.shift_s[v]) * _TICKS_PER_S),
                unit_distance_cost=round(per_km / METRES_PER_KM / _TICKS_PER_M * _TICKS_PER_EUR),
                unit_duration_cost=round(
                    float(problem.eur_per_h[v]) / SECONDS_PER_HOUR / _TICKS_PER_S * _TICKS_PER_EUR
                ),
                profile=profiles[key],
                **extra,
            )
        )
    xs = np.r_[problem.depot_x_m, problem.stop_x_m][nodes]
    ys = np.r_[problem.depot_y_m, problem.stop_y_m][nodes]
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(float(x), float(y)) for x, y in zip(xs, ys, strict=True)],
        clients=clients,
        depots=[pyvrp.Depot(i) for i in range(len(depots))],
        vehicle_types=types,
        distance_matrices=distances,
        duration_matrices=durations,
    )


def _eur_per_km(problem: RoundsProblem, part: Part, v: int) -> float:
    """Cost of a km in the search: energy is priced at half the load of a full vehicle."""
    stops = list(part.stops)
    kg = float((problem.delivery_kg[stops] + problem.pickup_kg[stops]).sum())
    m3 = float((problem.delivery_m3[stops] + problem.pickup_m3[stops]).sum())
    full = min(float(problem.capacity_kg[v]), kg)
    if m3 > 0:
        full = min(full, float(problem.capacity_m3[v]) * kg / m3)
    kwh_per_km = float(problem.kwh_per_km[v] + problem.kwh_per_km_per_t[v] * full / 2 / 1000.0)
    return float(problem.eur_per_km[v]) + float(problem.eur_per_kwh[v]) * kwh_per_km


def levy_factor(problem: RoundsProblem, part: Part, v: int) -> float:
    """Metres that one levied metre counts extra in the search, for fleet entry `v`."""
    levy, per_km = float(problem.levy_eur_per_km[v]), _eur_per_km(problem, part, v)
    if levy == 0.0 or per_km <= 0.0:
        return 0.0
    nodes = [int(problem.vehicle_depot[v]), *(problem.num_depots + s for s in part.stops)]
    return levy / per_km if problem.levied_m[np.ix_(nodes, nodes)].any() else 0.0


def _load_ticks(problem: RoundsProblem, part: Part) -> tuple[float, float]:
    """Size of an integer load unit, kg and m3."""
    ticks = []
    for capacity in (problem.capacity_kg, problem.capacity_m3):
        positive = [float(capacity[v]) for v in part.vehicles if capacity[v] > 0]
        ticks.append((min(positive) if positive else 1.0) / _LOAD_TICKS)
    return ticks[0], ticks[1]
