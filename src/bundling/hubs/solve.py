"""Solve a hubs problem: local search for a good plan, then HiGHS for the proof and the rest."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from bundling.certify import Clock, certify, fingerprint, versions, without_solution
from bundling.hubs.check import check, count_checks
from bundling.hubs.evaluate import evaluate
from bundling.hubs.explain import shortages, stranded
from bundling.hubs.legs import Legs, build_legs
from bundling.hubs.local_search import search
from bundling.hubs.milp import HubsModel, build
from bundling.hubs.plan import Plan
from bundling.hubs.problem import FloatArray, HubsProblem, IntArray
from bundling.hubs.solution import HubsSolution
from bundling.mip import solve_model
from bundling.result import Event, Limit, OnEvent, Result, RunInfo, Status

_SEARCH_SHARE = 0.25
"""Part of the time limit the local search may take; HiGHS gets the rest."""
_MARGIN = 0.02
"""Part of the time limit kept for reading and checking the answer."""
_STEPS_PER_SHIPMENT = 20
_LARGE = 4_000
"""Options from which HiGHS solves its root node by interior point: on the province (14,000 columns)
simplex had no bound after 60 s, interior point after 6 s."""
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
    return solve_within(problem, Clock(time_limit), gap, seed, on_event, _SEARCH_SHARE)


def solve_within(
    problem: HubsProblem,
    clock: Clock,
    gap: float,
    seed: int,
    on_event: OnEvent | None,
    search_share: float,
) -> Result:
    """Do as `solve` does, with `search_share` of the time limit at most for the local search."""
    time_limit = clock.time_limit
    legs = build_legs(problem)
    reasons = stranded(problem, legs)
    if reasons:
        return _nothing(problem, clock, gap, seed, Status.INFEASIBLE, Limit.NONE, reasons)
    watch = _Watch(
        clock, on_event, float(problem.shipment_service_h.sum() * problem.service_eur_per_h)
    )
    plan = search(
        problem,
        legs,
        seed=seed,
        iterations=_STEPS_PER_SHIPMENT * problem.num_shipments,
        stop=lambda: watch.stopped or clock.elapsed > search_share * time_limit,
        improved=watch.improved,
    )
    best = None if plan is None else _Fleet.cheapest(legs, plan)
    if best is not None and best.breaks_limits(problem):
        plan = best = None
    bound, limit = -math.inf, Limit.TIME
    if watch.stopped or (plan is not None and plan.interrupted):
        limit = Limit.INTERRUPT
    elif clock.left > 0:
        model = build(problem, legs)
        start = None if plan is None else model.values(legs, _options(plan), plan.mixes())
        outcome = solve_model(
            model.linear,
            time_limit=max(0.05, clock.left - _MARGIN * time_limit),
            gap=_model_gap(gap, plan, watch.constant_eur),
            seed=seed,
            start=start,
            lp_method="ipx" if legs.shipment.size >= _LARGE else "choose",
            step="hubs",
            on_event=watch.forward,
        )
        bound, limit = outcome.bound + watch.constant_eur, outcome.limit
        if outcome.status is Status.FAILED and best is None:
            why = [f"HiGHS broke down: {outcome.message}"]
            return _nothing(problem, clock, gap, seed, Status.FAILED, limit, why)
        if outcome.status is Status.INFEASIBLE:
            why = shortages(problem, legs, time_limit=clock.left)
            return _nothing(problem, clock, gap, seed, Status.INFEASIBLE, Limit.NONE, why)
        if outcome.values is not None:
            found = _Fleet.from_model(problem, legs, model, outcome.values)
            best = found if best is None or found.cost_eur < best.cost_eur else best
    if best is None:
        why = [f"No plan was found in {clock.elapsed:.0f} s, nor a proof that there is none."]
        return _nothing(problem, clock, gap, seed, Status.UNKNOWN, limit, why, bound)
    solution = best.solution(legs)
    return certify(
        problem,
        solution,
        evaluation=evaluate(problem, solution),
        violations=check(problem, solution),
        checks=count_checks(problem, solution),
        claimed=best.cost_eur + watch.constant_eur,
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


@dataclass(frozen=True)
class _Fleet:
    """Routes with the vehicles on every leg.

    Attributes
    ----------
    option
        Option row of each shipment.
    counts
        ``[leg, vehicle type]``.
    cost_eur
        Without service hours.
    """

    option: IntArray
    counts: IntArray
    cost_eur: float

    @classmethod
    def cheapest(cls, legs: Legs, plan: Plan) -> _Fleet:
        """Take the cheapest listed vehicles on each leg of a plan."""
        counts = np.zeros(legs.cost_eur.shape, dtype=np.int64)
        for k, mix in enumerate(plan.mixes()):
            if mix >= 0:
                counts[k] = legs.mixes[k].counts[mix]
        return cls(_options(plan), counts, plan.cost)

    @classmethod
    def from_model(
        cls, problem: HubsProblem, legs: Legs, model: HubsModel, values: FloatArray
    ) -> _Fleet:
        """Take HiGHS' routes, and on each leg its vehicles or cheaper listed ones."""
        option, theirs = model.options(values, legs), model.counts(values, legs)
        plan = Plan(problem, legs)
        plan.load_options(option.tolist())
        used = np.array(plan.leg_users, dtype=np.int64) > 0
        ours = cls.cheapest(legs, plan).counts
        cost_ours = (ours * legs.cost_eur).sum(axis=1)
        cost_theirs = np.where(used, (theirs * legs.cost_eur).sum(axis=1), 0.0)
        # HiGHS keeps rows to 1e-6 of their size, which the check allows for as well.
        cheaper = used & (cost_ours <= cost_theirs)
        mixed = np.where(cheaper[:, None], ours, theirs * used[:, None])
        rest = plan.cost - math.fsum(plan.leg_cost)
        best = cls(option, mixed, rest + float(np.minimum(cost_ours, cost_theirs)[used].sum()))
        if best.breaks_limits(problem):
            best = cls(option, theirs * used[:, None], rest + float(cost_theirs.sum()))
        return best

    def breaks_limits(self, problem: HubsProblem) -> bool:
        """Whether more vehicles of a type are used than exist."""
        return bool((self.counts.sum(axis=0) > problem.vehicle_limit).any())

    def solution(self, legs: Legs) -> HubsSolution:
        """Return the decisions."""
        leg, vehicle = np.nonzero(self.counts)
        return HubsSolution(
            route=legs.hub[self.option],
            leg_kind=legs.kind[leg],
            leg_start=legs.start[leg],
            leg_end=legs.end[leg],
            leg_vehicle=vehicle,
            leg_count=self.counts[leg, vehicle],
        )


def _options(plan: Plan) -> IntArray:
    """Option row of each shipment of a plan."""
    return np.array(plan.option, dtype=np.int64)


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
