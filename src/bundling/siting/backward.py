"""A plan from the last year back.

Demand grows, and what is built stays, so the last year decides most: it is planned alone, as well
as time allows; then each year before it chooses among the sites and chargers of the year after it.
Such a year is a small integer program (a quarter of the sites at 500 sites), its plan of the year
after is a start, and all years together are a plan of the whole. On an invented province of 500
sites and ten years this came to 416.4 M EUR in 220 s, where slope scaling over all years at once
ended at 450.7; on Overijssel without batteries to 54.7 M in 69 s, within 0.5 % of the bound.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.mip import solve_model
from bundling.result import Limit
from bundling.siting.milp import Built, build, read
from bundling.siting.neighbourhoods import improve
from bundling.siting.problem import SitingProblem
from bundling.siting.settle import settle
from bundling.siting.slopes import first_plan, only_year
from bundling.siting.solution import SitingSolution
from bundling.siting.start import columns_of, columns_of_plan

FloatArray = NDArray[np.float64]

_FIRST_SHARE = 0.3
"""Largest part of the last year's time for a first plan of it."""
_LAST_SHARE = 0.5
"""Part of the time for the last year."""
_NEAR_SHARE = 0.3
"""Part of a year's time for neighbourhoods; the rest is for the integer program of the year."""
_NEAR_SHARE_STORED = 0.8
"""The same with batteries, with which HiGHS alone hardly improves a year."""
_GAP = 1e-3
_NODES = 5000


def plan_back(
    problem: SitingProblem,
    clock: Clock,
    seed: int,
    halt: threading.Event,
    start: SitingSolution | None = None,
) -> SitingSolution | None:
    """Return a plan of the steps and chargers of all years; None when time does not suffice.

    Its other decisions are those of the years one by one and may have to be settled again.

    Parameters
    ----------
    problem
        The problem. What ties years or places together (budgets, coverage, rules, ceilings) is
        not looked at.
    clock
        Time for all years.
    seed
        For HiGHS and the neighbourhoods.
    halt
        Set when the search should end, and set here on Ctrl-C; then there is no plan.
    start
        A plan to begin with: its last year is made better, instead of one by slope scaling.
    """
    years = problem.num_years
    limit = Clock(max(0.05, _LAST_SHARE * clock.left))
    last = _last_year(problem, limit, seed, halt, start)
    if last is None:
        return None
    plans = [last]
    for y in reversed(range(years - 1)):
        if halt.is_set():
            return None
        now = Clock(max(0.05, clock.left / (y + 1)))
        plan = _year_before(problem, y, plans, now, seed, halt)
        if plan is None:
            return None
        plans.insert(0, plan)
    return SitingSolution(
        step=np.concatenate([plan.step for plan in plans], axis=1),
        chargers=np.concatenate([plan.chargers for plan in plans], axis=2),
        served=np.concatenate([plan.served for plan in plans], axis=1),
        upgraded=np.concatenate([plan.upgraded for plan in plans], axis=1),
    )


def _last_year(
    problem: SitingProblem,
    clock: Clock,
    seed: int,
    halt: threading.Event,
    start: SitingSolution | None,
) -> SitingSolution | None:
    alone = only_year(problem, problem.num_years - 1)
    built = build(alone)
    if start is not None:
        now = slice(problem.num_years - 1, None)
        last = SitingSolution(
            start.step[:, now],
            start.chargers[:, :, now],
            start.served[:, now],
            start.upgraded[:, now],
        )
        return _improved(alone, built, columns_of_plan(built, last), clock, seed, halt)
    limit = Clock(max(0.05, _FIRST_SHARE * clock.left))
    first = first_plan(alone, limit, seed, halt=halt)
    if first is None:
        return None
    return _improved(alone, built, columns_of(built, *first), clock, seed, halt)


def _year_before(
    problem: SitingProblem,
    y: int,
    later: list[SitingSolution],
    clock: Clock,
    seed: int,
    halt: threading.Event,
) -> SitingSolution | None:
    """Plan year `y` with what stands in the year after it, `later[0]`."""
    after = later[0]
    alone = only_year(problem, y)
    alone = alone.replace(forbidden=problem.forbidden | (after.step[:, 0] < 0))
    built = _within(problem, y, build(alone), later)
    return _improved(alone, built, columns_of_plan(built, after), clock, seed, halt)


def _improved(
    alone: SitingProblem,
    built: Built,
    values: FloatArray,
    clock: Clock,
    seed: int,
    halt: threading.Event,
) -> SitingSolution | None:
    """Make the whole numbers in `values` a plan, and that better: nearby first, then all."""
    settled, _ = settle(built.model, values, seed, max(0.05, clock.left))
    if settled is None or halt.is_set():
        return None
    share = _NEAR_SHARE if alone.storage is None else _NEAR_SHARE_STORED
    near = Clock(max(0.05, share * clock.left))
    values = improve(alone, built, settled, near, seed, halt=halt)
    outcome = solve_model(
        built.model,
        time_limit=max(0.05, clock.left),
        gap=_GAP,
        seed=seed,
        start=values,
        max_nodes=_NODES,
        cancelled=halt.is_set,
    )
    if outcome.limit is Limit.INTERRUPT:
        halt.set()
    if outcome.values is not None and outcome.objective < float(built.model.cost @ values):
        values = outcome.values
    return read(alone, built, values)


def _within(problem: SitingProblem, y: int, built: Built, later: list[SitingSolution]) -> Built:
    """Bound a model of year `y` by what stands the year after, and price what will not be there.

    A smaller connection than that of the year after is bought for good, so all years pay for it.
    """
    model, after = built.model, later[0]
    upper, cost = model.upper, model.cost
    chargers = built.chargers[:, :, 0]
    upper[chargers] = np.minimum(upper[chargers], after.chargers[built.build, :, 0])
    size = problem.step_size
    largest = size[after.step[built.build, 0]]
    step = built.step[:, :, 0]
    upper[step] = np.where(size[None, :] <= largest[:, None], upper[step], 0.0)
    if problem.num_upgrades:
        upgraded = built.upgraded[:, 0]
        upper[upgraded] = np.minimum(upper[upgraded], after.upgraded[:, 0])
    stored, dispatch = built.stored, after.dispatch
    if stored is not None and dispatch is not None:
        for columns, stands in (
            (stored.kwh, dispatch.battery_kwh),
            (stored.kw, dispatch.battery_kw),
            (stored.kwp, dispatch.pv_kwp),
        ):
            upper[columns[:, 0]] = np.minimum(upper[columns[:, 0]], stands[stored.sites, 0])
    weights = problem.year_weights
    all_years = float(weights[y:].sum() / weights[y])
    paid = np.zeros(built.bought.shape[:2], dtype=bool)
    for plan in later:
        there = plan.step[built.build, 0]
        paid[np.flatnonzero(there >= 0), size[there[there >= 0]]] = True
    cost[built.bought[:, :, 0]] *= np.where(paid, 1.0, all_years)
    bounded = model.with_bounds(model.lower, upper, cost=cost)
    return replace(built, model=bounded)
