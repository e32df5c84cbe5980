"""Who gets what of a joint saving: games in which every coalition has a cost.

A game of `n` players is an array of ``2 ** n`` costs, EUR; bit `p` of the index stands for player
`p`, so that index 0 is nobody (cost 0) and the last one is all together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.errors import SolverError
from bundling.mip import LinearModel, solve_model

FloatArray = NDArray[np.float64]

_TOLERANCE_EUR = 1e-6


def members(count: int) -> NDArray[np.bool_]:
    """Which players each coalition holds, ``[2 ** count, count]``."""
    coalition = np.arange(2**count)[:, None]
    held: NDArray[np.bool_] = (coalition >> np.arange(count)) & 1 == 1
    return held


def proportional(weights: FloatArray, total: float) -> FloatArray:
    """Split `total` in proportion to `weights`, equally when all are 0."""
    weights = np.asarray(weights, dtype=np.float64)
    sum_of = float(weights.sum())
    if sum_of <= 0:
        return np.full(weights.size, total / max(1, weights.size))
    return total * weights / sum_of


def shapley(values: FloatArray) -> FloatArray:
    """Shapley value of a game.

    Parameters
    ----------
    values
        ``[2 ** players]``: value of every coalition; bit `p` of the index stands for player `p`.

    Returns
    -------
    numpy.ndarray
        One value a player; they sum to the value of all together.

    Notes
    -----
    L.S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953):
    each player pays the mean of what joining adds, over all orders of joining.
    """
    return _marginals(np.asarray(values, float), np.asarray(values, float))


def shapley_range(cost: FloatArray, bound: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest Shapley value when every coalition lies between `bound` and `cost`."""
    with np.errstate(invalid="ignore"):
        low, high = _marginals(bound, cost), _marginals(cost, bound)
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def _marginals(joined: FloatArray, before: FloatArray) -> FloatArray:
    """Mean over orders of ``joined[s + p] - before[s]``."""
    players = int(math.log2(joined.size))
    if joined.size != 2**players or joined.size != before.size:
        raise ValueError(f"{joined.size} values are not one for each coalition")
    coalition = np.arange(joined.size)
    members_of = np.array([int(s).bit_count() for s in coalition])
    weight = np.array([1.0 / (players * math.comb(players - 1, size)) for size in range(players)])
    found = np.zeros(players)
    for p in range(players):
        without = coalition[(coalition >> p) & 1 == 0]
        added = joined[without | (1 << p)] - before[without]
        found[p] = float(weight[members_of[without]] @ added)
    return found


def best_partition(cost: FloatArray) -> FloatArray:
    """Cost of every coalition when it may also split up into smaller ones that work apart.

    With it no coalition costs more than its parts together, which joint contracts alone do not
    promise. All ways to split are tried, by size: ``3 ** n`` sums.
    """
    best = np.array(cost, dtype=np.float64)
    for whole in sorted(range(best.size), key=int.bit_count):
        part = (whole - 1) & whole
        while part > whole - part:
            best[whole] = min(best[whole], best[part] + best[whole - part])
            part = (part - 1) & whole
    return best


@dataclass(frozen=True)
class CoreCheck:
    """Whether a split is in the core: no coalition pays more than it costs on its own.

    Attributes
    ----------
    in_core
        Whether no coalition gains by leaving.
    leaving
        The coalition that gains most, as an index of the game; 0 when none does.
    excess_eur
        What it pays above its own cost; 0 when none does.
    """

    in_core: bool
    leaving: int
    excess_eur: float


def check_core(cost: FloatArray, split: FloatArray) -> CoreCheck:
    """Look for the coalition that gains most by leaving, when `split` is what each player pays."""
    excess = members(split.size) @ split - cost
    excess[0] = excess[-1] = -np.inf
    worst = int(np.argmax(excess))
    if excess[worst] <= _TOLERANCE_EUR + 1e-6 * abs(cost[worst]):
        return CoreCheck(True, 0, 0.0)
    return CoreCheck(False, worst, float(excess[worst]))


def nucleolus(cost: FloatArray, *, time_limit: float = math.inf) -> FloatArray:
    """Split the cost so that the least satisfied coalition is as satisfied as can be, and so on.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition.
    time_limit
        Wall seconds for each of the linear models.

    Returns
    -------
    numpy.ndarray
        What each player pays; it is in the core whenever the core is not empty.

    Raises
    ------
    bundling.SolverError
        When HiGHS does not finish.

    Notes
    -----
    D. Schmeidler, "The nucleolus of a characteristic function game", SIAM Journal on Applied
    Mathematics 17 (1969). A linear model a step: the least saving of the coalitions still open is
    raised as far as it goes, and those whose saving is at it in every optimum (a dual above 0)
    are closed there. It ends when the closed ones fix the split.
    """
    players = int(math.log2(cost.size))
    if players == 1:
        return np.array([float(cost[-1])])
    held = members(players).astype(np.float64)
    closed = {cost.size - 1: float(cost[-1])}  # what coalitions pay together
    scale = 1.0 / max(1.0, float(np.abs(cost).max()))
    while np.linalg.matrix_rank(held[sorted(closed)]) < players:
        fixed = np.array(sorted(closed))
        # What the closed coalitions already decide is no longer open, closed itself or not.
        rest = held - held @ np.linalg.pinv(held[fixed]) @ held[fixed]
        still = np.flatnonzero(np.abs(rest).max(axis=1) > 1e-7)
        model = LinearModel()
        pays = model.add_columns("pays", players, lower=-np.inf)
        least = model.add_columns("least saving", 1, lower=-np.inf, cost=-1.0)
        row, player = np.nonzero(held[still])
        saving = model.add_rows(
            "saving",
            still.size,
            (row, pays[player], 1.0),
            (np.arange(still.size), least[0], 1.0),
            upper=scale * cost[still],
        )
        row, player = np.nonzero(held[fixed])
        paid = scale * np.array([closed[s] for s in fixed])
        model.add_rows("paid", fixed.size, (row, pays[player], 1.0), lower=paid, upper=paid)
        outcome = solve_model(model, time_limit=time_limit, lp_method="simplex")
        if outcome.values is None or outcome.row_duals is None:
            raise SolverError(f"the nucleolus was not found: {outcome.message}")
        raised = float(outcome.values[least[0]])
        tight = np.flatnonzero(np.abs(outcome.row_duals[saving]) > 1e-9)
        for s in still[tight]:
            closed[int(s)] = float(cost[s]) - raised / scale
    fixed = np.array(sorted(closed))
    split, *_ = np.linalg.lstsq(held[fixed], np.array([closed[s] for s in fixed]), rcond=None)
    return np.asarray(split, dtype=np.float64)
