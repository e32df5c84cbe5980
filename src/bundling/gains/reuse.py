"""Shapley value from random coalitions, each of which tells something of every player."""

from __future__ import annotations

import math

import numpy as np

from bundling.gains.game import BoolArray, FloatArray, IntArray
from bundling.gains.oracle import ValueOracle

_PILOT = 3
"""Coalitions of each size in the pilot, a player; a straight line takes one."""


class Reuse:
    """Estimates of the Shapley value by size of coalition, less what a straight line foretells.

    Among coalitions of `k` players, let ``D[k, i]`` be the mean cost of those with player `i` less
    that of those without. Then player `i` pays ``(c(N) + sum_k D[k, i]) / n``, and one coalition
    says something of ``D[k]`` for all players, where a marginal cost speaks of one. Sizes 1 and
    ``n - 1`` are asked in full. For others coalitions are drawn, each with its complement (of
    which even deviations cancel), and only what a straight line in who takes part leaves
    unexplained counts: the line comes from earlier draws, so that estimates have no bias.

    It suits costs whose noise is alike for all players, such as whole trucks; marginal costs suit
    those of which most players feel nothing, such as an airport's.

    Notes
    -----
    P. Kolpaczki, V. Bengs, M. Muschalik, E. Hüllermeier, "Approximating the Shapley value without
    marginal contributions", AAAI 38 (2024), for strata by size without marginals; I. Covert, S.
    Lee, "Improving KernelSHAP", AISTATS (2021), for pairs with the complement and the line.

    Parameters
    ----------
    oracle
        Costs without a gap, of 4 players or more.
    rng
        Where coalitions are drawn from.
    """

    def __init__(self, oracle: ValueOracle, rng: np.random.Generator) -> None:
        n = oracle.players
        self._oracle, self._rng = oracle, rng
        self.sizes: IntArray = np.arange(2, n // 2 + 1)
        """Sizes drawn from, each standing for its complement's too."""
        one = np.eye(n, dtype=bool)
        alone, without = oracle(one)[:, 0], oracle(~one)[:, 0]
        whole = float(oracle(np.ones((1, n), dtype=bool))[0, 0])
        # In less out, at size 1 and n - 1: deviations from the mean of all, n / (n - 1) times.
        known = (alone - alone.mean() - without + without.mean()) * n / (n - 1)
        self._known: FloatArray = (whole + known) / n
        self._level = np.zeros((n + 1, 2))  # of the line, by size and side
        self._slope = np.zeros((n + 1, 2, n))
        self._seen = np.zeros(n + 1)

    def pilot(self) -> FloatArray:
        """Fit the lines; give the spread of a pair around them, by size, ``[sizes]``."""
        n = self._oracle.players
        spread = np.zeros(self.sizes.size)
        for at, k in enumerate(self.sizes.tolist()):
            count = _PILOT * n
            held, value = self._draw(k, count)
            z = held - k / n
            middle, mean = z.mean(axis=0), value.mean(axis=0)
            off, around = value - mean, z - middle
            # One column too many, since the players of a coalition are k: any ridge does.
            gram = around.T @ around + 1e-9 * count * np.eye(n)
            self._slope[k] = np.linalg.solve(gram, around.T @ off).T
            self._level[k] = mean - self._slope[k] @ middle
            left = off - around @ self._slope[k].T
            self._slope[k, 1] *= -1.0  # the complement's z has the other sign
            self._seen[k] = count / 2.0
            spread[at] = (left[:, 0] - left[:, 1]).std() * math.sqrt(count / (count - n))
        return spread

    def shares(self, counts: IntArray) -> FloatArray:
        """Estimate from `counts` pairs of each size, ``[players]``; they sum to the cost of all."""
        n = self._oracle.players
        total = np.zeros(n)
        for k, count in zip(self.sizes.tolist(), counts.tolist(), strict=True):
            held, value = self._draw(k, count)
            z = held - k / n
            weight = 1.0 / (count * (k / n) * (1.0 - k / n))
            for side, sign in ((0, 1.0), (1, -1.0)):
                line = self._level[k, side] + sign * (z @ self._slope[k, side])
                told = self._slope[k, side] - self._slope[k, side].mean()
                found = told * n / (n - 1) + sign * weight * ((value[:, side] - line) @ z)
                # At half of the players both sides are one size, whose mean counts once.
                total += found * (0.5 if 2 * k == n else 1.0)
                part = count / (count + self._seen[k])
                self._level[k, side] += part * (value[:, side].mean() - self._level[k, side])
                self._slope[k, side] += part * (found * (n - 1) / n - self._slope[k, side])
            self._seen[k] += count
        share: FloatArray = self._known + total / n
        return share

    def _draw(self, size: int, count: int) -> tuple[BoolArray, FloatArray]:
        """Draw coalitions of a size: who is in them, their costs and their complements'."""
        chance = self._rng.random((count, self._oracle.players))
        held: BoolArray = chance <= np.partition(chance, size - 1, axis=1)[:, size - 1 : size]
        cost = self._oracle(np.concatenate([held, ~held]))[:, 0]
        return held, cost.reshape(2, count).T
