"""The only definition of what a refuelling plan serves: every flow is driven."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.location.refuelling.problem import ROUND, RefuellingProblem
from bundling.location.refuelling.solution import RefuellingSolution
from bundling.result import Evaluation

BoolArray = NDArray[np.bool_]
_EPS = 1e-9


def served(problem: RefuellingProblem, solution: RefuellingSolution) -> BoolArray:
    """Whether the vehicles of each flow can drive without running dry ``[Q]``."""
    if problem.detour_share > 0.0:
        return _served_with_detours(problem, solution)
    stations = set(problem.site_node[solution.is_open].tolist())
    node, length = problem.path_node.tolist(), problem.path_length.tolist()
    answer = np.zeros(problem.num_flows, dtype=bool)
    for q in range(problem.num_flows):
        begin, end = int(problem.path_start[q]), int(problem.path_start[q + 1])
        stops = [place in stations for place in node[begin:end]]
        legs = length[begin + 1 : end]
        reach = float(problem.reach[q])
        if problem.trip == ROUND:
            answer[q] = _round(stops, legs, reach)
        else:
            answer[q] = _one_way(
                stops, legs, reach, problem.start_share * reach, problem.end_share * reach
            )
    return answer


def _round(stops: list[bool], legs: list[float], reach: float) -> bool:
    """Drive there and back from one station to the next, until the first comes again."""
    if True not in stops:
        return False
    around = [*stops, *stops[-2:0:-1]]  # every visit once, on the way there and back
    ways = [*legs, *reversed(legs)]
    first = around.index(True)
    left = reach
    for k in range(len(ways)):
        at = (first + k) % len(ways)
        left -= ways[at]
        if left < -_EPS * reach:
            return False
        if around[(at + 1) % len(around)]:
            left = reach
    return True


def _one_way(
    stops: list[bool], legs: list[float], reach: float, left: float, needed: float
) -> bool:
    """Drive from the origin to the destination."""
    if stops[0]:
        left = reach
    for way, stop in zip(legs, stops[1:], strict=True):
        left -= way
        if left < -_EPS * reach:
            return False
        if stop:
            left = reach
    return left >= needed - _EPS * reach


def _served_with_detours(problem: RefuellingProblem, solution: RefuellingSolution) -> BoolArray:
    """Let every flow go from station to station, as far as its detour allows."""
    stations = problem.site_node[solution.is_open]
    legs = problem.distance[np.ix_(stations, stations)]
    around = problem.trip == ROUND
    answer = np.zeros(problem.num_flows, dtype=bool)
    for q in range(problem.num_flows):
        origin = problem.path_node[problem.path_start[q]]
        goal = problem.path_node[problem.path_start[q + 1] - 1]
        reach, shortest = problem.reach[q], problem.distance[origin, goal]
        slack = 1.0 + _EPS
        most = shortest * (1.0 + problem.detour_share) * slack
        if not around and shortest <= reach * (problem.start_share - problem.end_share) * slack:
            answer[q] = True
            continue
        first = reach * (0.5 if around else problem.start_share) * slack
        last = reach * (0.5 if around else 1.0 - problem.end_share) * slack
        there, back = problem.distance[origin, stations], problem.distance[stations, goal]
        gone = np.where(there <= first, there, np.inf)
        usable = np.where(legs <= reach * slack, legs, np.inf)
        for _ in range(len(stations)):
            farther = np.minimum(gone, (gone[:, None] + usable).min(axis=0, initial=np.inf))
            if (farther == gone).all():
                break
            gone = farther
        answer[q] = bool(((gone + back <= most) & (back <= last)).any())
    return answer


def evaluate(problem: RefuellingProblem, solution: RefuellingSolution) -> Evaluation:
    """Recompute costs and indicators of a plan from the data alone.

    Returns
    -------
    bundling.Evaluation
        Costs in the problem's unit: ``unserved`` and ``opening``. Indicators: ``served`` and
        ``served_share`` by volume, ``served_flows``, ``open_sites``.
    """
    done = served(problem, solution)
    total, volume = float(problem.volume.sum()), float(problem.volume[done].sum())
    return Evaluation(
        {
            "unserved": float(problem.volume[~done].sum()),
            "opening": float(problem.fixed_cost[solution.is_open].sum()),
        },
        {
            "served": volume,
            "served_share": volume / total if total > 0 else 1.0,
            "served_flows": float(done.sum()),
            "open_sites": float(solution.is_open.sum()),
        },
    )
