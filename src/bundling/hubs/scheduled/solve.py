"""Solve a day of departures: search, the whole model where it is small, our own recomputation."""

from __future__ import annotations

import dataclasses
import math
import threading
from concurrent.futures import ThreadPoolExecutor

from bundling.certify import Clock, certify, run_info, without_solution
from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.capped import CappedSearch
from bundling.hubs.scheduled.check import check, count_checks
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.explain import no_way
from bundling.hubs.scheduled.least_emission import least_emission, words
from bundling.hubs.scheduled.milp import build, is_small, read, without_departures
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.search import Found, Search
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.split import split_parts
from bundling.hubs.scheduled.start import values_of
from bundling.hubs.scheduled.untimed import can_be_stated, untimed_bound
from bundling.hubs.scheduled.warm_up import warm_up
from bundling.mip import solve_model
from bundling.result import OPTIMAL_GAP, Event, Limit, OnEvent, Result, Status

METHOD = "ruin and recreate over a day of departures, then MIP by HiGHS where it is small"
_SEARCH_SHARE = 0.3
"""Part of the time for the search where HiGHS comes after it."""
_UNTIMED_SHARE = 0.5
"""Part of the time left for the bound that forgets the clock, before the whole model."""
_SHARED_SHARE = 0.25
"""Largest part of the time for the bound by shares of prices, where the other can be stated."""
_FINE_GAP = 1e-3
"""Up to this gap a proof is asked for, so that what can be proved is called optimal."""
_END_SHARE = 0.97


def solve(
    problem: ScheduledProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find the departures, hubs and vehicles of least cost.

    Parameters
    ----------
    problem
        Shipments, hubs, lanes and sailings of a day. Shipments that may be divided are
        (`split.split_parts`): the result's problem is then that of the parts.
    time_limit
        Wall seconds for the whole call; compiling, once on a machine, is not counted.
    gap
        Stop when the relative gap between objective and bound is at most this.
    seed
        Same input, seed and version give the same answer unless the time limit ends the search.
    on_event
        Called with progress; return False to stop with the best found so far.

    Returns
    -------
    bundling.Result
        `INFEASIBLE` names the shipments that no departures bring in time. The bound is the best of
        `bound`, of `untimed`, and of the whole model where the day is small. Where
        no plan keeps the cap on CO2e, the least found and proved is told.

    Raises
    ------
    bundling.ModelMismatch
        When the search's answer and our recomputation differ.
    """
    problem = split_parts(problem)
    warm_up(problem)
    clock = Clock(time_limit)
    run = run_info(problem, METHOD, "highspy", "numba", seed=seed, time_limit=time_limit, gap=gap)
    capped = math.isfinite(problem.co2e_cap_kg)
    search = CappedSearch(problem, seed) if capped else Search(problem, seed)
    small = is_small(problem, search.day)
    by_steps = small or not math.isfinite(time_limit)
    watch = _Watch(clock, on_event, math.nan if by_steps else gap)
    part = Clock(max(0.05, (_SEARCH_SHARE if small else _END_SHARE) * clock.left))
    found, proved = _beside(problem, search, part, watch, by_steps=by_steps)
    stuck = found.without_way
    if stuck.size:
        stuck = without_departures(problem, search.day, stuck)
    if stuck.size:
        return without_solution(
            problem,
            status=Status.INFEASIBLE,
            limit=Limit.NONE,
            reasons=no_way(problem, stuck),
            run=dataclasses.replace(run, wall_s=clock.elapsed),
        )
    plan, cost, bound = found.solution, found.cost_eur, proved
    limit = Limit.INTERRUPT if found.interrupted else _limit_of(found, clock)
    status, message = Status.UNKNOWN, ""
    near = OPTIMAL_GAP if small and gap <= _FINE_GAP else gap
    if watch.is_close or _close(cost, proved, near):
        limit = _limit_at_gap(cost, proved)
    elif small and limit is not Limit.INTERRUPT:
        try:
            untimed = untimed_bound(
                problem,
                time_limit=max(0.05, _UNTIMED_SHARE * clock.left),
                gap=gap / 2.0 if gap > _FINE_GAP else 0.0,
                seed=seed,
                on_event=lambda event: watch.told(cost, max(proved, event.bound)),
            )
            bound = max(proved, untimed)
            if _close(cost, bound, near):
                limit = _limit_at_gap(cost, bound)
            else:
                plan, cost, whole, limit, status, message = _whole(
                    problem, found, clock, gap, seed, watch
                )
                bound = max(bound, whole)
        except KeyboardInterrupt:  # while the model was stated: the search's plan stands
            limit = Limit.INTERRUPT
    run = dataclasses.replace(
        run, wall_s=clock.elapsed, improvements=tuple(watch.seen), iterations=found.steps
    )
    if plan is None:
        infeasible = status is Status.INFEASIBLE
        why: list[str] = []
        if isinstance(search, CappedSearch) and limit is not Limit.INTERRUPT:
            infeasible, why = _cap_told(problem, search, clock, small, infeasible, watch)
        return without_solution(
            problem,
            status=Status.INFEASIBLE if infeasible else Status.UNKNOWN,
            limit=Limit.NONE if infeasible else limit,
            reasons=why
            or [
                "each shipment has a way by itself, but hubs and vessels do not take all together"
                if infeasible
                else f"no plan for all was found in {clock.elapsed:.1f} s {message}".strip()
            ],
            run=run,
            bound=bound,
        )
    return certify(
        problem,
        plan,
        evaluation=evaluate(problem, plan),
        violations=check(problem, plan),
        checks=count_checks(problem, plan),
        claimed=cost,
        bound=bound,
        limit=limit,
        run=run,
    )


class _Watch:
    """Passes events on, remembers better plans, and ends the search at the gap asked for."""

    def __init__(self, clock: Clock, on_event: OnEvent | None, gap: float) -> None:
        self.clock = clock
        self.on_event = on_event
        self.gap = gap
        self.is_close = False
        self.began = 0.0
        self.bound = -math.inf
        self.seen: list[tuple[float, float, float]] = []

    def tell(self, cost: float) -> bool:
        """Tell of the cost at hand; False when the caller wants to stop or the gap is reached."""
        self.is_close = _close(cost, self.bound, self.gap)
        return not self.is_close and self(
            Event("hubs.scheduled", self.clock.elapsed - self.began, cost, self.bound)
        )

    def __call__(self, event: Event) -> bool:
        event = dataclasses.replace(event, seconds=self.began + event.seconds)
        if math.isfinite(event.objective) and (
            not self.seen or event.objective < self.seen[-1][1] - 1e-9
        ):
            self.seen.append((event.seconds, event.objective, event.bound))
        return self.on_event is None or self.on_event(event) is not False

    def told(self, cost: float, bound: float) -> bool:
        """Tell of the cost at hand beside a bound that grows; as `tell`."""
        self.prove(bound)
        return self.tell(cost)

    def prove(self, bound: float) -> None:
        """Take a better bound, told from another thread."""
        self.bound = max(self.bound, bound)


def _close(cost: float, bound: float, gap: float) -> bool:
    return math.isfinite(cost - bound) and cost - bound <= gap * abs(cost)


def _limit_at_gap(cost: float, bound: float) -> Limit:
    return Limit.NONE if cost - bound <= OPTIMAL_GAP * abs(cost) else Limit.GAP


def _beside(
    problem: ScheduledProblem,
    search: Search,
    clock: Clock,
    watch: _Watch,
    *,
    by_steps: bool,
) -> tuple[Found, float]:
    """Search on one core while a bound grows on another; `by_steps` both go on to their ends."""
    halt = threading.Event()

    def prove() -> float:
        until = clock.time_limit
        if not by_steps and can_be_stated(problem):
            until *= _SHARED_SHARE
        shared = shared_bound(problem, lambda: halt.is_set() or clock.elapsed >= until, watch.prove)
        if by_steps or halt.is_set() or clock.left <= 0.0:
            return shared
        untimed = untimed_bound(
            problem, time_limit=clock.left, seed=search.seed, cancelled=halt.is_set,
            on_event=lambda event: watch.prove(event.bound),
        )  # fmt: skip
        watch.prove(untimed)
        return max(shared, untimed)

    with ThreadPoolExecutor(1) as pool:
        bound = pool.submit(prove)
        try:
            found = search.run(clock, watch.tell, by_steps=by_steps)
            if by_steps and not found.interrupted and not found.without_way.size:
                try:
                    return found, bound.result()
                except KeyboardInterrupt:  # the plan stands, with what is proved
                    found = dataclasses.replace(found, interrupted=True)
        finally:
            halt.set()
        return found, bound.result()


def _cap_told(
    problem: ScheduledProblem,
    search: CappedSearch,
    clock: Clock,
    small: bool,
    infeasible: bool,
    watch: _Watch,
) -> tuple[bool, list[str]]:
    """Whether it is proved that no plan keeps the cap, and the words; none where it is not why."""
    known = search.least_kg
    part = Clock(max(0.05, _END_SHARE * clock.left))
    found, proved = least_emission(
        problem, known, small=small, clock=part, seed=search.seed, tell=watch.tell
    )
    if math.isinf(proved) and proved > 0:
        return True, []  # there is no plan without a cap either
    infeasible = infeasible or proved > problem.co2e_cap_kg * (1 + 1e-6) + 1e-6
    if not infeasible:
        return False, [f"no plan that keeps it was found: {words(problem, found, proved)}"]
    return True, [f"no plan keeps the emission cap: {words(problem, found, proved)}"]


def _limit_of(found: Found, clock: Clock) -> Limit:
    ended = math.isfinite(clock.time_limit) and clock.left < 0.05 * clock.time_limit
    return Limit.TIME if ended or found.solution is None else Limit.ITERATIONS


def _whole(
    problem: ScheduledProblem,
    found: Found,
    clock: Clock,
    gap: float,
    seed: int,
    watch: _Watch,
) -> tuple[ScheduledSolution | None, float, float, Limit, Status, str]:
    """Give the whole model to HiGHS with the plan found as a start."""
    built = build(problem)
    watch.began = clock.elapsed
    outcome = solve_model(
        built.model,
        time_limit=max(0.05, _END_SHARE * clock.left),
        gap=gap,
        seed=seed,
        start=None if found.solution is None else values_of(problem, built, found.solution),
        step="hubs.scheduled",
        on_event=watch,
    )
    plan, cost = found.solution, found.cost_eur
    if outcome.values is not None and outcome.objective < cost - 1e-9:
        plan = read(problem, built, outcome.values)
        cost = evaluate(problem, plan).objective
        if cost > outcome.objective * (1 + 1e-6) + 1e-4 and found.cost_eur < cost:
            plan, cost = found.solution, found.cost_eur
    return plan, cost, outcome.bound, outcome.limit, outcome.status, outcome.message
