"""Make a plan better a few commodities at a time.

Large neighbourhood search with a solver inside (P. Shaw, "Using constraint programming and local
search methods to solve vehicle routing problems", CP 1998; for network design with a solver
M. Hewitt, G. L. Nemhauser, M. W. P. Savelsbergh, "Combining exact and heuristic approaches for the
capacitated fixed-charge network flow problem", INFORMS Journal on Computing 22 (2010) 314-325):
commodities that share arcs are routed anew together, facilities are free where no other commodity
needs them, and the rest stays as it is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.location.design.plan import Plan, restrict, settle, start_values
from bundling.location.design.problem import DesignProblem
from bundling.mip import Parts, solve_model
from bundling.result import Limit

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_PAIRS = 1200
"""Pairs of a commodity and an arc that are free at first: what HiGHS settles in a second or so."""
_NODES = 50
_STEP_S = 6.0


def improve(
    problem: DesignProblem,
    whole: Built,
    keep: BoolArray,
    plan: Plan,
    *,
    left: Callable[[], float],
    seed: int,
    halt: threading.Event,
    tell: Callable[[Plan], object],
    steps: int | None = None,
    enough: float = -np.inf,
) -> Plan:
    """Return a plan that costs no more.

    Parameters
    ----------
    problem, whole
        The problem and its whole model.
    keep
        Pairs ``[P]`` worth looking at; those that the plan uses are looked at always.
    plan
        To begin with.
    left
        Seconds left.
    seed
        Of the order of neighbourhoods.
    halt
        Set when the search should end; set here on Ctrl-C.
    tell
        Called with each better plan.
    steps
        How many neighbourhoods to look at; None: until time or `halt` ends it.
    enough
        Cost at which the search ends.
    """
    keep = keep | (plan.flow > 0)
    part = restrict(problem, whole, keep)
    parts, rng = Parts(part.model), np.random.default_rng(seed)
    pairs_each = max(1.0, float(keep.sum()) / problem.num_commodities)
    size = float(np.clip(_PAIRS / pairs_each, 2, problem.num_commodities))
    done = 0
    while left() > 0 and not halt.is_set() and plan.cost > enough:
        if steps is not None and done >= steps:
            break
        done += 1
        chosen = _together(problem, whole, plan, int(size), rng)
        free = np.ones(part.model.num_columns, dtype=bool)
        free[part.flow] = chosen[part.commodity]
        values = start_values(part, keep, plan)
        small = parts.part(free, values)
        outcome = solve_model(
            small.model,
            time_limit=max(0.05, min(left(), _STEP_S)),
            gap=1e-4,
            seed=seed,
            max_nodes=_NODES,
            start=values[small.columns],
            cancelled=halt.is_set,
        )
        if outcome.limit is Limit.INTERRUPT:
            halt.set()
        hard = outcome.limit in (Limit.TIME, Limit.ITERATIONS)
        size = float(np.clip(size * (0.8 if hard else 1.1), 2, problem.num_commodities))
        if outcome.values is None:
            continue
        found = small.whole(values, outcome.values)
        if float(part.model.cost @ found) >= plan.cost * (1 - 1e-7):
            continue
        count = np.zeros(problem.num_arcs, dtype=np.int64)
        paid = np.flatnonzero(part.count >= 0)
        count[paid] = np.round(found[part.count[paid]]).astype(np.int64)
        settled = settle(problem, whole, count, left())
        if settled is None or settled.cost >= plan.cost * (1 - 1e-9):
            continue
        used = settled.flow > 0
        if (used & ~keep).any():
            keep = keep | used
            part = restrict(problem, whole, keep)
            parts = Parts(part.model)
        plan = settled
        tell(plan)
    return plan


def _together(
    problem: DesignProblem, whole: Built, plan: Plan, size: int, rng: np.random.Generator
) -> BoolArray:
    """Choose commodities that share arcs with one taken by chance, ever further from it."""
    used = np.flatnonzero(plan.flow > 0)
    k, a = whole.commodity[used], whole.arc[used]
    chosen = np.zeros(problem.num_commodities, dtype=bool)
    chosen[k[rng.integers(len(k))]] = True
    while chosen.sum() < size:
        arcs = np.zeros(problem.num_arcs, dtype=bool)
        arcs[a[chosen[k]]] = True
        # A commodity is nearer the more of the chosen arcs it shares.
        shared = np.bincount(k, weights=arcs[a] * 1.0, minlength=problem.num_commodities)
        shared = np.where(chosen, -1.0, shared + rng.random(problem.num_commodities))
        more = min(size - int(chosen.sum()), max(1, size // 4))
        chosen[np.argsort(-shared, kind="stable")[:more]] = True
    return chosen
