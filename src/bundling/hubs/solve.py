"""Solve a hubs problem: local search for a good plan, then HiGHS for the proof and the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.hubs import milp
from bundling.hubs.check import check, count_checks
from bundling.hubs.evaluate import evaluate
from bundling.hubs.explain import shortages, stranded
from bundling.hubs.legs import Legs, build_legs
from bundling.hubs.local_search import search
from bundling.hubs.plan import Plan
from bundling.hubs.problem import FloatArray, HubsProblem, IntArray
from bundling.hubs.solution import HubsSolution
from bundling.result import Event, Limit, OnEvent, Result, RunInfo, Status

_SEARCH_SHARE = 0.4
"""Part of the time limit the local search may take; HiGHS gets the rest."""
_STEPS_PER_SHIPMENT = 20
_METHOD = "local search, then MIP by HiGHS"


def solve(
    problem: HubsProblem,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Find which hubs open and how each shipment travels, at least cost.

    Parameters
    ----------
    problem
        The problem.
    time_limit
        Wall seconds for the whole call.
    gap
        Stop when ``(objective - bound) / objective`` is at most this.
    seed
        Same input and seed give the same answer unless time ends the search.
    on_event
        Progress; returning False stops with the best found so far.

    Returns
    -------
    Result
        With a `HubsSolution`, or without one and with the reasons in words.
    """
    clock = Clock(time_limit)
    legs = build_legs(problem)
    reasons = stranded(problem, legs)
    if reasons:
        return _nothing(problem, clock, gap, seed, Status.INFEASIBLE, Limit.NONE, reasons)
    watch = _Watch(clock, on_event, float(problem.shipment_service_h.sum() * problem.service_eur_per_h))
    plan = search(
        problem,
        legs,
        seed=seed,
        iterations=_STEPS_PER_SHIPMENT * problem.num_shipments,
        stop=lambda: watch.stopped or clock.elapsed > _SEARCH_SHARE * time_limit,
        improved=watch.improved,
    )
    if plan is not None and _breaks_limits(problem, legs, plan.mixes()):
        plan = None
    best, bound, limit = plan, -math.inf, Limit.TIME
    if watch.stopped or (plan is not None and plan.interrupted):
        limit = Limit.INTERRUPT
    elif clock.left > 0:
        model = milp.build(problem, legs)
        start = None
        if plan is not None:
            options = np.array(plan.option, dtype=np.int64)
            start = milp.start_values(model, problem, legs, options, plan.mixes())
        outcome = milp.solve_milp(
            model,
            time_limit=max(0.05, clock.left - 0.02 * time_limit),
            gap=_model_gap(gap, plan, watch.constant_eur),
            seed=seed,
            start=start,
            on_event=watch.forward,
        )
        bound, limit = outcome.bound + watch.constant_eur, outcome.limit
        if outcome.status is Status.FAILED and plan is None:
            why = [f"HiGHS broke down: {outcome.message}"]
            return _nothing(problem, clock, gap, seed, Status.FAILED, limit, why)
        if outcome.status is Status.INFEASIBLE:
            why = shortages(problem, legs, time_limit=clock.left)
            return _nothing(problem, clock, gap, seed, Status.INFEASIBLE, Limit.NONE, why)
        if outcome.values is not None:
            best = _better(problem, legs, plan, model, outcome.values)
    if best is None:
        why = [f"No plan was found in {clock.elapsed:.0f} s, nor a proof that there is none."]
        return _nothing(problem, clock, gap, seed, Status.UNKNOWN, limit, why, bound)
    solution = read_plan(legs, best)
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=best.cost + watch.constant_eur,
        bound=bound,
        limit=limit,
        run=_run(problem, clock, gap, seed, tuple(watch.seen)),
    )


@dataclass
class _Watch:
    """Keeps the improvements of both methods, in EUR of the whole problem, and passes them on."""

    clock: Clock
    on_event: OnEvent | None
    constant_eur: float
    stopped: bool = False
    seen: list[tuple[float, float, float]] = field(default_factory=list)

    def improved(self, cost: float) -> None:
        self.forward(Event("hubs", self.clock.elapsed, cost))

    def forward(self, event: Event) -> bool:
        objective, bound = event.objective + self.constant_eur, event.bound + self.constant_eur
        now = self.clock.elapsed
        if not self.seen or objective < self.seen[-1][1] - 1e-9:
            self.seen.append((now, objective, bound))
        told = Event("hubs", now, objective, bound, event.message)
        if self.on_event is not None and self.on_event(told) is False:
            self.stopped = True
        return not self.stopped


def read_plan(legs: Legs, plan: Plan) -> HubsSolution:
    """Return the decisions of a plan."""
    mixes = plan.mixes()
    leg, vehicle, count = [], [], []
    for k in np.flatnonzero(mixes >= 0):
        counts = legs.mixes[k].counts[mixes[k]]
        for v in np.flatnonzero(counts):
            leg.append(k)
            vehicle.append(v)
            count.append(counts[v])
    rows = np.array(leg, dtype=np.int64)
    return HubsSolution(
        route=legs.hub[np.array(plan.option, dtype=np.int64)],
        leg_kind=legs.kind[rows],
        leg_start=legs.start[rows],
        leg_end=legs.end[rows],
        leg_vehicle=np.array(vehicle, dtype=np.int64),
        leg_count=np.array(count, dtype=np.int64),
    )


def _better(
    problem: HubsProblem, legs: Legs, plan: Plan | None, model: milp.HubsModel, values: FloatArray
) -> Plan | None:
    """Read HiGHS' routes, give each leg its cheapest vehicles, and keep the cheaper plan."""
    chosen = np.flatnonzero(values[model.choose_columns] > 0.5)
    option = np.zeros(problem.num_shipments, dtype=np.int64)
    option[legs.shipment[chosen]] = chosen
    found = Plan(problem, legs)
    found.load_options(option.tolist())
    if _breaks_limits(problem, legs, found.mixes()):
        # With limited vehicles the cheapest on each leg may be too many of one type together.
        found.take_mixes(model.mixes(values))
    return found if plan is None or found.cost < plan.cost else plan


def _breaks_limits(problem: HubsProblem, legs: Legs, mixes: IntArray) -> bool:
    used = np.zeros(problem.num_vehicles)
    for k in np.flatnonzero(mixes >= 0):
        used += legs.mixes[k].counts[mixes[k]]
    return bool((used > problem.vehicle_limit).any())


def _model_gap(gap: float, plan: Plan | None, constant_eur: float) -> float:
    """Gap to ask of the model, which does not know the constant part of the cost."""
    if plan is None or plan.cost <= 0:
        return gap
    return gap * (plan.cost + constant_eur) / plan.cost


def _run(
    problem: HubsProblem,
    clock: Clock,
    gap: float,
    seed: int,
    improvements: tuple[tuple[float, float, float], ...] = (),
) -> RunInfo:
    return RunInfo(
        method=_METHOD,
        seed=seed,
        time_limit_s=clock.time_limit,
        gap_target=gap,
        wall_s=clock.elapsed,
        versions=versions("highspy", "numpy"),
        problem_hash=fingerprint(problem),
        improvements=improvements,
    )


def _nothing(
    problem: HubsProblem,
    clock: Clock,
    gap: float,
    seed: int,
    status: Status,
    limit: Limit,
    reasons: list[str],
    bound: float = -math.inf,
) -> Result:
    return without_solution(
        problem,
        status=status,
        limit=limit,
        reasons=reasons,
        run=_run(problem, clock, gap, seed),
        bound=bound,
    )
