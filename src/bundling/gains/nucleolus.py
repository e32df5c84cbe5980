"""Nucleolus and prenucleolus from the costs of all coalitions."""

from __future__ import annotations

import math
import time

import numpy as np

from bundling.errors import Fault, InputError
from bundling.gains.coalition_rows import solve_with_coalitions
from bundling.gains.game import BoolArray, FloatArray, IntArray, coalition_sums, players_of
from bundling.mip import LinearModel

_DUAL = 1e-9


def nucleolus(cost: FloatArray, *, time_limit: float = math.inf) -> FloatArray:
    """Split so that the least satisfied coalition is as satisfied as can be, and so on.

    Nobody pays more than alone: the nucleolus is sought among the splits that are individually
    rational, the prenucleolus among all. Both are the same whenever the core is not empty, and
    then they lie in it.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition.
    time_limit
        Wall seconds for all linear models together.

    Returns
    -------
    numpy.ndarray
        What each player pays.

    Raises
    ------
    bundling.InputError
        When all together cost more than each alone: then somebody pays more than alone whatever
        the split, and there is no nucleolus. `prenucleolus` always exists.
    bundling.SolverError
        When HiGHS does not finish.

    Notes
    -----
    D. Schmeidler, "The nucleolus of a characteristic function game", SIAM Journal on Applied
    Mathematics 17 (1969). A linear model a step: the least saving of the coalitions still open is
    raised as far as it goes, and those whose saving is at it in every optimum (a dual above 0)
    are closed there, with all whose payment follows from theirs. It ends when the closed ones fix
    the split, after at most ``n - 1`` steps. Each model is solved by row generation.
    """
    alone = cost[1 << np.arange(players_of(cost))]
    if cost[-1] > alone.sum() + 1e-9 * max(1.0, float(np.abs(cost).max())):
        rule = f"all together cost {cost[-1]:.2f}, more than each alone: {alone.sum():.2f}"
        raise InputError([Fault("cost", "", (), rule, "Ask for the prenucleolus.")])
    return _climb(cost, alone, time_limit)


def prenucleolus(cost: FloatArray, *, time_limit: float = math.inf) -> FloatArray:
    """Split as the nucleolus does, but let players pay more than alone where that helps others.

    Parameters and errors as in `nucleolus`, which see; it exists for every game.

    Notes
    -----
    A.I. Sobolev (1975): the prenucleolus is the one split that is efficient, anonymous, covariant
    and consistent on reduced games.
    """
    return _climb(cost, np.full(players_of(cost), np.inf), time_limit)


def _climb(cost: FloatArray, most: FloatArray, time_limit: float) -> FloatArray:
    """Raise the least saving step by step; nobody pays more than `most`."""
    ends = time.perf_counter() + time_limit
    players = most.size
    if players == 1:
        return np.array([float(cost[-1])])
    scale = 1.0 / max(1e-300, float(np.abs(cost).max()))
    limit = scale * np.asarray(cost, dtype=np.float64)
    closed = np.ones((1, players))  # coalitions whose payment is settled, independent ones only
    paid = np.array([limit[-1]])
    start: IntArray | None = None
    while closed.shape[0] < players:
        open_ = _undecided(closed)
        model = LinearModel()
        pays = model.add_columns("pays", players, lower=-np.inf, upper=scale * most)
        least = int(model.add_columns("least saving", 1, lower=-np.inf, cost=-1.0)[0])
        row, player = np.nonzero(closed)
        model.add_rows("paid", paid.size, (row, pays[player], 1.0), lower=paid, upper=paid)
        left = ends - time.perf_counter()
        found = solve_with_coalitions(
            model, pays, limit, open_, extra=least, start=start, time_limit=left
        )
        raised = float(found.values[least])
        start = found.coalitions
        tight = found.coalitions[np.abs(found.duals) > _DUAL].tolist()
        settled = [(s, limit[s] - raised) for s in tight]
        # A player held at what it pays alone, with a price on it, pays that in every optimum.
        held = np.flatnonzero((np.abs(found.reduced_costs[pays]) > _DUAL) & np.isfinite(most))
        settled += [(1 << p, scale * most[p]) for p in held.tolist()]
        for s, amount in settled:
            one = (s >> np.arange(players) & 1).astype(np.float64)
            more = np.vstack([closed, one])
            if np.linalg.matrix_rank(more) > closed.shape[0]:
                closed, paid = more, np.append(paid, amount)
    split: FloatArray = np.linalg.solve(closed, paid) / scale
    return split


def _undecided(closed: FloatArray) -> BoolArray:
    """Coalitions whose payment does not follow from those of the closed ones.

    A coalition follows when it is a combination of the closed ones: when it is at a right angle
    to all vectors that are so to these. One random vector of that kind tells, with probability
    1; two are taken, from a fixed seed.
    """
    players = closed.shape[1]
    _, _, basis = np.linalg.svd(closed)
    free = basis[closed.shape[0] :]
    random = np.random.default_rng(20030405)
    found = np.zeros(1 << players, dtype=bool)
    for _ in range(2):
        found |= np.abs(coalition_sums(random.normal(size=free.shape[0]) @ free)) > 1e-9
    return found
