"""The Shapley value from the costs of all coalitions, exact."""

from __future__ import annotations

import math

import numpy as np

from bundling.gains.game import FloatArray, players_of


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

    Raises
    ------
    ValueError
        When the values are not one for each coalition.

    Notes
    -----
    L.S. Shapley, "A value for n-person games", Contributions to the Theory of Games II (1953):
    each player pays the mean of what joining adds, over all orders of joining. 20 players take a
    tenth of a second; above that `sampled_shapley` asks for fewer values.
    """
    values = np.asarray(values, dtype=np.float64)
    return _marginals(values, values)


def shapley_range(cost: FloatArray, bound: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Lowest and highest Shapley value when every coalition lies between `bound` and `cost`."""
    with np.errstate(invalid="ignore"):
        low, high = _marginals(bound, cost), _marginals(cost, bound)
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def _marginals(joined: FloatArray, before: FloatArray) -> FloatArray:
    """Mean over orders of ``joined[s + p] - before[s]``."""
    players = players_of(joined)
    if joined.size != before.size:
        raise ValueError(f"{before.size} values are not one for each coalition")
    size = np.bitwise_count(np.arange(joined.size))
    by_size = [1.0 / (players * math.comb(players - 1, k)) for k in range(players)]
    weight = np.array([*by_size, 0.0])[size]
    found = np.zeros(players)
    for p in range(players):
        # Axis 1 tells whether player p is in: views, since gathers of a million take ten times.
        shape = (-1, 2, 1 << p)
        mine = weight.reshape(shape)[:, 0]
        added = joined.reshape(shape)[:, 1] - before.reshape(shape)[:, 0]
        found[p] = float((mine * added).sum())
    return found
