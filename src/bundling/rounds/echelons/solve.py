"""Solve a two-echelon problem: proof for small ones, search over trucks and rounds for others."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.result import Event, Limit, OnEvent, Result, RunInfo, Status
from bundling.rounds.coupling import is_coupled
from bundling.rounds.echelons.check import check, count_checks
from bundling.rounds.echelons.evaluate import evaluate
from bundling.rounds.echelons.exact import Proved, beyond_exact, solve_exactly
from bundling.rounds.echelons.joint import JointSearch
from bundling.rounds.echelons.outcome import hub_loads
from bundling.rounds.echelons.partition import warm_up
from bundling.rounds.echelons.plans import Plan, truck_routes
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.search import Search
from bundling.rounds.echelons.solution import TwoEchelonSolution
from bundling.rounds.electric.warm import warm_up as warm_up_search
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.supported import raise_if_unsupported
from bundling.rounds.tolerance import exceeds

_RESERVE_S = 0.4
"""Seconds kept for putting the answer together and checking it."""
_QUICK_STOPS = 10
"""Up to this number the proof is there before a search would be."""
_TELL_S = 0.25
"""Time between two events during the proof."""
_SEARCH_SHARE = 0.3
"""Part of the time for a search before the proof is tried, so that there is an answer."""


def solve(
    problem: TwoEchelonProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
    max_iterations: int | None = None,
) -> Result:
    """Find cheap routes of trucks and rounds for `problem`.

    To pose one, write the rounds as a `RoundsProblem` whose depots are the city hubs: one fleet
    entry for each hub and type of vehicle (``north/van``, ``north/bike``), `stop_depot` -1 so that
    the search chooses the hub, and `depot_open_s` as if freight were always there. Around it
    `TwoEchelonProblem` puts the trucks (number, capacity, ways from the depot to the hubs) and the
    hubs (hours in which trucks are unloaded, handling time, capacity, cost of a day). A vehicle
    leaves when the last truck to its hub has been unloaded; several trucks may go to one hub, and
    one truck to several. `TwoEchelonProblem.from_tables` reads all of it from data frames::

        problem = TwoEchelonProblem.from_tables(
            {
                **rounds.to_tables(),  # depots, stops, vehicles, ways of the second echelon
                "trucks": trucks,  # one row: count, capacity_kg, costs, hours of the depot
                "hubs": hubs,  # a row each: capacity, handling, hours, cost
                "truck_distance_m": metres,  # depot and hubs, by id
                "truck_time_s": seconds,
            }
        )
        result = bundling.solve(problem, time_limit=60)
        result.tables["truck_calls"], result.tables["routes"]

    Up to 15 stops and 3 hubs, with full charges and enough room in one truck, the answer is proved
    best where time allows. Otherwise nothing is proved, and the bound is ``-inf``. Trucks and
    rounds are searched together (`joint`). Where rounds share more than hubs (docks, connectors,
    power), or vehicles drive several trips, each plan of the trucks gets a search for rounds of its
    own (`search`); what a hub gets in total, and the number of vehicles at all hubs together, are
    no part of those: where an answer breaks such a limit, the search is done again with fewer
    vehicles at a hub.

    Parameters
    ----------
    problem
        What to solve.
    time_limit
        Wall seconds for the whole call.
    gap
        Recorded; nothing between no proof and a full one is known.
    seed
        Random seed.
    on_event
        Called a few times a second while searching; return False to stop with the best so far.
    max_iterations
        Iterations of the longest search for rounds; with it, and a time limit that is not reached,
        the same input and seed give the same answer.

    Returns
    -------
    Result
        INFEASIBLE only when proved.

    Raises
    ------
    bundling.errors.SolverError
        When the rounds have fields that their search cannot honour; it names them.
    """
    clock = Clock(time_limit)
    run = RunInfo(
        method="labels and dynamic programming over all plans of the trucks",
        seed=seed,
        time_limit_s=time_limit,
        gap_target=gap,
        wall_s=clock.elapsed,
        versions=versions("numba", "pyvrp", "numpy"),
        problem_hash=fingerprint(problem),
    )
    reasons = _too_small(problem)
    if reasons:
        return without_solution(
            problem, status=Status.INFEASIBLE, limit=Limit.NONE, reasons=reasons, run=run
        )
    compiled = _warm_up(problem, on_event)
    ends = time_limit - _RESERVE_S
    kind = JointSearch if _in_one(problem) else Search
    search = kind(problem, seed, ends, lambda: clock.elapsed - compiled, max_iterations, on_event)
    provable = not beyond_exact(problem)
    if provable:
        search.time_limit = ends * _SEARCH_SHARE
    if not provable or problem.num_stops > _QUICK_STOPS:
        search.run()
    run = replace(run, method=f"search over trucks and rounds ({search.tried} searches)")
    if isinstance(search, JointSearch):
        run = replace(run, iterations=search.iterations)
    if provable and not search.stopped:
        proved = _proof(problem, search, lambda: clock.elapsed - compiled < ends)
        if proved is not None:
            run = replace(run, improvements=tuple(search.improvements), wall_s=clock.elapsed)
            return _proved(problem, proved, run)
        if not search.stopped:
            search.limit = Limit.TIME
        if search.best is None and not search.stopped:
            search.time_limit = ends
            search.run()
    run = replace(run, improvements=tuple(search.improvements), wall_s=clock.elapsed)
    best = search.best
    if best is None or best.trucks is None:
        tried = f"{search.tried} searches"
        words = [f"no plan of the trucks was found from which rounds serve all stops, in {tried}"]
        return without_solution(
            problem, status=Status.UNKNOWN, limit=search.limit, reasons=words, run=run
        )
    return _finished(problem, best.trucks, best.routes, best.eur, -math.inf, search.limit, run)


def _proof(
    problem: TwoEchelonProblem, search: Search | JointSearch, in_time: Callable[[], bool]
) -> Proved | None:
    """Try the proof; Ctrl-C ends it where the search has an answer already."""
    told = time.monotonic()

    def go_on() -> bool:
        nonlocal told
        if search.on_event is not None and time.monotonic() - told > _TELL_S:
            told = time.monotonic()
            if search.on_event(Event("rounds", search.elapsed(), search.eur)) is False:
                search.limit = Limit.INTERRUPT
        return in_time() and not search.stopped

    try:
        return solve_exactly(problem, in_time=go_on)
    except KeyboardInterrupt:
        if search.best is None:
            raise
        search.limit = Limit.INTERRUPT
        return None


def _in_one(problem: TwoEchelonProblem) -> bool:
    """Whether trucks and rounds can be searched together: rounds share nothing but the hubs."""
    second = problem.second
    raise_if_unsupported(second)
    return not (is_coupled(second) or bool((second.max_trips > 1).any()))


def _warm_up(problem: TwoEchelonProblem, on_event: OnEvent | None) -> float:
    """Compile the kernels, which is not counted as time of the solve; return the seconds it took.

    Small problems need the proof's alone, unless there is no time for it.
    """
    begun = Clock()
    exact = not beyond_exact(problem)
    if exact:
        warm_up()
    if _in_one(problem) and not (exact and problem.num_stops <= _QUICK_STOPS):
        warm_up_search(on_event)
    return begun.elapsed


def _too_small(problem: TwoEchelonProblem) -> list[str]:
    """Say why no plan can carry the freight that must be served."""
    second = problem.second
    kg = math.fsum(
        float(w) for w, p in zip(second.delivery_kg, second.prize_eur, strict=True) if math.isinf(p)
    )
    room = problem.truck_count * problem.truck_capacity_kg
    words = []
    if exceeds(kg, room):
        words.append(f"the trucks carry {room:,.1f} kg, and the stops need {kg:,.1f} kg")
    room = float(problem.hub_capacity_kg.sum())
    if exceeds(kg, room):
        words.append(f"the hubs take {room:,.1f} kg, and the stops need {kg:,.1f} kg")
    return words


def _proved(problem: TwoEchelonProblem, proved: Proved, run: RunInfo) -> Result:
    run = replace(run, method="labels and dynamic programming over all plans of the trucks")
    if proved.plan is None:
        words = ["no plan of the trucks lets rounds serve all stops: all were tried"]
        return without_solution(
            problem, status=Status.INFEASIBLE, limit=Limit.NONE, reasons=words, run=run
        )
    return _finished(problem, proved.plan, proved.routes, proved.eur, proved.eur, Limit.NONE, run)


def _finished(
    problem: TwoEchelonProblem,
    plan: Plan,
    routes: Sequence[Route],
    eur: float,
    bound: float,
    limit: Limit,
    run: RunInfo,
) -> Result:
    """Write the solution, recompute and check it."""
    order = {vehicle: v for v, vehicle in enumerate(problem.second.vehicle_ids)}
    ordered = sorted(routes, key=lambda r: (order[r.vehicle], r.departure_s, r.stops))
    trucks = truck_routes(problem, plan, hub_loads(problem, ordered))
    solution = TwoEchelonSolution(trucks or (), RoundsSolution(tuple(ordered)))
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=eur,
        bound=bound,
        limit=limit,
        run=run,
    )
