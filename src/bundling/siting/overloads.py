"""Base loads above the headroom, and the reinforcements that cure them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.siting.amounts import over
from bundling.siting.grid import subtree_sums
from bundling.siting.problem import SitingProblem
from bundling.units import KW_PER_MW

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def all_upgrades(problem: SitingProblem) -> IntArray:
    """Every reinforcement as early as it can be there, 0 or 1 [U, Y]."""
    if problem.upgrades is None:
        return np.zeros((0, problem.num_years), dtype=np.int64)
    there = np.array(problem.years)[None, :] >= problem.upgrades.first_year[:, None]
    return there.astype(np.int64)


def overload_kw(problem: SitingProblem, upgraded: IntArray | None = None) -> FloatArray:
    """Sum base loads over each node and all below it, less its headroom; at least 0 [G, Y, T].

    Parameters
    ----------
    problem
        The problem.
    upgraded
        Reinforcements that are there, 0 or 1 [U, Y]; none when None.
    """
    base = subtree_sums(problem.node_parent, problem.base_load_kw)
    return over(base, _headroom_kw(problem, upgraded))


def forbidden_overload_kw(problem: SitingProblem) -> FloatArray:
    """Overload that reinforcements must cure in the worst hour [G, Y]; 0 where it is reported."""
    if problem.base_overload != "forbidden":
        return np.zeros((problem.num_nodes, problem.num_years))
    worst: FloatArray = overload_kw(problem).max(axis=2)
    return worst


def base_overloads(problem: SitingProblem, upgraded: IntArray | None = None) -> list[str]:
    """Say at which nodes and in which year the base load alone is above the headroom.

    Parameters
    ----------
    problem
        The problem.
    upgraded
        Reinforcements that are there, 0 or 1 [U, Y]; none when None.
    """
    base = subtree_sums(problem.node_parent, problem.base_load_kw)
    headroom = _headroom_kw(problem, upgraded)
    excess = overload_kw(problem, upgraded)
    words = []
    for g, y in np.argwhere(excess.max(axis=2) > 0):
        hour = int(excess[g, y].argmax())
        more = headroom[g, y, hour] - problem.headroom_kw[g, y, hour]
        free = "is free with all that reinforcements add" if more > 0 else "is free"
        words.append(
            f"{problem.node_names[g]}, {problem.years[y]}: depots alone take "
            f"{base[g, y, hour] / KW_PER_MW:.3g} MW at {problem.hour_name(hour)} where "
            f"{headroom[g, y, hour] / KW_PER_MW:.3g} MW {free}: "
            f"{excess[g, y, hour] / KW_PER_MW:.3g} MW short. No charger can be added there then."
        )
    return words


def _headroom_kw(problem: SitingProblem, upgraded: IntArray | None) -> FloatArray:
    if problem.upgrades is None or upgraded is None:
        return problem.headroom_kw
    headroom = problem.headroom_kw.copy()
    more = problem.upgrades.kw[:, None] * upgraded
    np.add.at(headroom, problem.upgrades.node, more[:, :, None])
    return headroom
