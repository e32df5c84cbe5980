"""The only definition of what a covering plan covers and costs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.location.covering.problem import CoveringProblem
from bundling.location.covering.solution import CoveringSolution
from bundling.result import Evaluation


def times_covered(problem: CoveringProblem, solution: CoveringSolution) -> NDArray[np.int64]:
    """How many open sites cover each client ``[I]``."""
    ends = np.concatenate([[0], np.cumsum(solution.is_open[problem.site])])
    times: NDArray[np.int64] = ends[problem.start[1:]] - ends[problem.start[:-1]]
    return times


def evaluate(problem: CoveringProblem, solution: CoveringSolution) -> Evaluation:
    """Recompute costs and indicators of a plan from the data alone.

    Returns
    -------
    bundling.Evaluation
        Costs in the problem's unit: ``uncovered``, without clients that must be covered, and
        ``opening``. Indicators: ``covered`` and ``covered_share`` by weight, ``covered_twice``,
        ``open_sites``.
    """
    times = times_covered(problem, solution)
    counts = np.isfinite(problem.weight)
    weight = np.where(counts, problem.weight, 0.0)
    total, covered = float(weight.sum()), float(weight[times > 0].sum())
    return Evaluation(
        {
            "uncovered": float(weight[times == 0].sum()),
            "opening": float(problem.fixed_cost[solution.is_open].sum()),
        },
        {
            "covered": covered,
            "covered_share": covered / total if total > 0 else 1.0,
            "covered_twice": float(weight[times > 1].sum()),
            "open_sites": float(solution.is_open.sum()),
        },
    )
