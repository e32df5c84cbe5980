"""Whether a coalition ever costs more than its parts: then working together does not pay for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundling.gains.game import FloatArray, IntArray, players_of

MOST_PLAYERS = 15
"""``3 ** n / 2`` pairs are tried; above this too many."""


@dataclass(frozen=True)
class DearerTogether:
    """The two coalitions that lose most by merging; of those that lose for certain, if any do.

    Attributes
    ----------
    one, other
        Coalitions without a common player, as indices of the game; both 0 when none lose.
    loss_eur
        What they cost together above what they cost apart; at most 0 when the game is subadditive.
    pairs
        How many pairs lose.
    certain
        Whether they lose whatever the true costs are, between bound and cost.
    """

    one: int
    other: int
    loss_eur: float
    pairs: int
    certain: bool

    @property
    def is_subadditive(self) -> bool:
        """Whether no two coalitions lose by merging."""
        return self.pairs == 0


def dearer_together(
    cost: FloatArray, bound: FloatArray | None = None, *, tolerance_eur: float = 1e-6
) -> DearerTogether:
    """Look for two coalitions that cost more together than apart.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition, at most 15 players.
    bound
        ``[2 ** n]``: proved lower bounds of the costs; the costs themselves when None.
    tolerance_eur
        Losses up to this, and up to a millionth of the cost, are not counted.

    Raises
    ------
    ValueError
        When the costs are not one for each coalition, or the players are too many.
    """
    players = players_of(cost)
    if players > MOST_PLAYERS:
        raise ValueError(f"{players} players make too many pairs; at most {MOST_PLAYERS}")
    bound = cost if bound is None else bound
    worst, one, other, pairs, certain = -np.inf, 0, 0, 0, False
    for whole in range(3, cost.size):
        if whole & (whole - 1) == 0:
            continue
        parts = parts_of(whole)
        rest = whole - parts
        loss = cost[whole] - cost[parts] - cost[rest]
        slack = tolerance_eur + 1e-6 * abs(float(cost[whole]))
        pairs += int(np.count_nonzero(loss > slack))
        sure = bound[whole] - cost[parts] - cost[rest] > slack
        for_certain = bool(sure.any())
        k = int(np.argmax(np.where(sure, loss, -np.inf) if for_certain else loss))
        if (for_certain, loss[k]) > (certain, worst):
            certain, worst = for_certain, float(loss[k])
            one, other = int(parts[k]), int(rest[k])
    if pairs == 0:
        one = other = 0
        worst = min(worst, 0.0) if np.isfinite(worst) else 0.0
    return DearerTogether(one, other, worst, pairs, certain)


def parts_of(whole: int) -> IntArray:
    """List the proper parts of a coalition that hold its highest player, as indices."""
    bits = [1 << p for p in range(whole.bit_length()) if whole >> p & 1]
    found = np.array([bits[-1]], dtype=np.int64)
    for bit in bits[:-1]:
        found = np.concatenate([found, found | bit])
    return found[:-1]
