"""Pareto fronts of two aims by epsilon-constraint.

One aim is minimised under a ceiling on the other, for ceilings from its least amount to what it
is when the first aim alone counts (Y. Y. Haimes, L. S. Lasdon, D. A. Wismer, "On a bicriterion
formulation of the problems of integrated system identification and system optimization", IEEE
Transactions on Systems, Man, and Cybernetics 1 (1971) 296-297). Unlike weighted sums this also
finds plans in the dents of the front, of which integer problems are full.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.siting.aims import CAPITAL, COST, amounts, ceiling, least, need
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.rerun import Rerun, Shares
from bundling.siting.solution import SitingSolution

_SAME = 1e-6
"""Relative difference below which two amounts are one."""


@dataclass(frozen=True, eq=False)
class Front:
    """Plans of which none is better than another in both aims.

    Attributes
    ----------
    x, y
        The two aims.
    minimised, limited
        Which of them was minimised, and which was limited.
    points
        A row a plan, by rising amount of `limited`: the amount of every aim that the problem has
        numbers for; ``ceiling`` on `limited`; ``bound``: no plan within the ceiling has less of
        `minimised`; ``approximate`` when the plan is not proved to reach the bound.
    plans
        The plans, in the order of the rows.
    words
        What is proved; or why there is no plan.
    """

    x: str
    y: str
    minimised: str
    limited: str
    points: pd.DataFrame
    plans: tuple[SitingSolution, ...]
    words: tuple[str, ...]


def pareto(
    problem: SitingProblem,
    x: str,
    y: str,
    *,
    points: int = 7,
    time_limit: float = 120.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> Front:
    """Find a Pareto front of two aims.

    Parameters
    ----------
    problem
        Its own limits hold for every plan.
    x, y
        Two of ``"cost_eur"``, ``"unserved_mwh"``, ``"co2e_t"``, ``"nox_kg"``, ``"capital_eur"``.
        Cost is minimised when it is one of them. Of two others the first is, unless it is
        capital; then, of all plans with the least of it, the cheapest is taken.
    points
        Number of ceilings; fewer plans come back where some are the same or dominated.
    time_limit
        Wall seconds for all solves together.
    gap, seed
        As in `solve`.

    Raises
    ------
    ValueError
        When the aims are one, unknown or without numbers in the problem, or `points` is below 2.
    """
    if x == y or points < 2:
        raise ValueError("a front needs two aims and at least 2 points")
    need(problem, x)
    need(problem, y)
    main, side = (y, x) if y == COST or (x == CAPITAL and y != COST) else (x, y)
    each = 1 if main == COST else 2
    shares = Shares(time_limit, 1 + each * points)
    top = _best(problem, main, shares, gap, seed, ())
    if top.solution is None:
        words = top.reasons or ("No plan was found within the time limit.",)
        return Front(x, y, main, side, pd.DataFrame(), (), words)
    highest = amounts(problem, top.solution)[side]
    bottom = least(problem, side, seconds=shares.next(), gap=gap, seed=seed, plans=(top.solution,))
    runs: list[Rerun] = []
    ceilings = np.linspace(bottom.objective, highest, points)
    known = tuple(plan for plan in (bottom.solution, top.solution) if plan is not None)
    for most in ceilings[:-1]:
        limited = ceiling(problem, side, float(most))
        runs.append(_best(limited, main, shares, gap, seed, known))
        known = (*known, *(run.solution for run in runs[-1:] if run.solution is not None))
    runs.append(top)
    return _front(problem, (x, y), main, side, ceilings, runs, bottom)


def _best(
    problem: SitingProblem,
    aim: str,
    shares: Shares,
    gap: float,
    seed: int,
    plans: tuple[SitingSolution, ...],
) -> Rerun:
    """Least of an aim and, of the plans with that, the cheapest; `objective` is that of the aim."""
    first = least(problem, aim, seconds=shares.next(), gap=gap, seed=seed, plans=plans)
    if aim == COST or first.solution is None:
        return first
    second = least(
        ceiling(problem, aim, first.objective),
        COST,
        seconds=shares.next(),
        gap=gap,
        seed=seed,
        plans=(first.solution,),
    )
    if second.solution is None:
        return first
    reached = amounts(problem, second.solution)[aim]
    return replace(first, solution=second.solution, objective=reached)


def _front(
    problem: SitingProblem,
    axes: tuple[str, str],
    main: str,
    side: str,
    ceilings: NDArray[np.float64],
    runs: list[Rerun],
    bottom: Rerun,
) -> Front:
    """Collect the plans, drop dominated ones, and let bounds of looser ceilings count."""
    rows: list[dict[str, float | bool]] = []
    plans = []
    bound = -np.inf
    for most, run in sorted(zip(ceilings, runs, strict=True), key=lambda pair: -pair[0]):
        # Less is allowed below a lower ceiling, so a bound holds there too.
        bound = max(bound, run.bound)
        if run.solution is None:
            continue
        own = amounts(problem, run.solution)
        tolerance = _SAME * max(1.0, abs(own[main]))
        rows.append(
            {
                **own,
                "ceiling": float(most),
                "bound": min(bound, own[main]),
                "approximate": own[main] - bound > 2 * tolerance,
            }
        )
        plans.append(run.solution)
    order = _undominated([(row[side], row[main]) for row in rows])
    frame = pd.DataFrame([rows[i] for i in order])
    words = [f"{len(order)} plans, from {len(runs)} ceilings on {side}."]
    if frame["approximate"].any():
        words.append(f"Not all are proved best: least {main} lies between bound and plan.")
    if not bottom.proved:
        words.append(
            f"The least {side} is not proved: it may be as low as {bottom.bound:,.6g}, and the "
            f"front may go on below its first plan."
        )
    return Front(*axes, main, side, frame, tuple(plans[i] for i in order), tuple(words))


def _undominated(points: list[tuple[float | bool, float | bool]]) -> list[int]:
    """Return the points that no other is as good as in both, by rising first amount."""
    order = sorted(range(len(points)), key=lambda i: points[i])
    kept: list[int] = []
    for i in order:
        first, second = points[i]
        if kept:
            before = points[kept[-1]]
            if second >= before[1] - _SAME * max(1.0, abs(before[1])):
                continue
            if first <= before[0] + _SAME * max(1.0, abs(before[0])):
                kept.pop()  # less of the second for the same of the first
        kept.append(i)
    return kept
