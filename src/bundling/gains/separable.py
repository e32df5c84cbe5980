"""Separable costs, and three ways to split what is left of the cost of all.

The separable cost of a player is what the cost of all falls by when it leaves. What these do not
cover is split equally, by what each avoids by joining, or by what each can be made to concede.
"""

from __future__ import annotations

import numpy as np

from bundling.errors import Fault, InputError
from bundling.gains.game import FloatArray, coalition_sums, players_of
from bundling.gains.proportional import proportional


def separable_costs(cost: FloatArray) -> FloatArray:
    """Find what the cost of all falls by when each player leaves."""
    without = cost.size - 1 - (1 << np.arange(players_of(cost)))
    found: FloatArray = cost[-1] - cost[without]
    return found


def equal_charge(cost: FloatArray) -> FloatArray:
    """Pay the separable cost, and an equal part of the rest.

    Notes
    -----
    S.H. Tijs, T.S.H. Driessen, "Game theory and cost allocation problems", Management Science 32
    (1986), section 3 (equal charge method, ECM).
    """
    own = separable_costs(cost)
    split: FloatArray = own + (cost[-1] - own.sum()) / own.size
    return split


def alternative_cost_avoided(cost: FloatArray) -> FloatArray:
    """Pay the separable cost, and of the rest in proportion to what joining avoids.

    That is the cost alone less the separable cost, not below 0 (ACAM; the "separable costs,
    remaining benefits" method of water boards).

    Raises
    ------
    bundling.InputError
        When the method has no answer: nobody avoids anything, and yet the separable costs are not
        the cost of all. An equal part of what is missing would fall on a dummy player too.

    Notes
    -----
    S.H. Tijs, T.S.H. Driessen (1986), section 3; J.S. Ransmeier, "The Tennessee Valley Authority"
    (1942).
    """
    own = separable_costs(cost)
    avoided = np.maximum(0.0, cost[1 << np.arange(own.size)] - own)
    rest = float(cost[-1] - own.sum())
    slack = 1e-9 * max(1.0, float(np.abs(cost).max()))
    if avoided.sum() <= slack < abs(rest):
        rule = "nobody avoids anything by joining, and the separable costs are not the cost of all"
        raise InputError([Fault("cost", "", (), rule, "Take another method.")])
    split: FloatArray = own + proportional(avoided, rest)
    return split


def cost_gap(cost: FloatArray) -> FloatArray:
    """Pay the separable cost, and of the rest in proportion to the most one can be made to concede.

    The gap of a coalition is its cost less its players' separable costs; a player concedes at
    most the smallest gap of a coalition that holds it.

    Raises
    ------
    bundling.InputError
        When the method has no answer: a gap is below 0, or what all concede together does not
        cover the gap of all.

    Notes
    -----
    S.H. Tijs, T.S.H. Driessen (1986), section 4 (cost gap method, the tau value of the game).
    """
    own = separable_costs(cost)
    gap = cost - coalition_sums(own)
    slack = 1e-9 * max(1.0, float(np.abs(cost).max()))
    coalition = np.arange(cost.size)
    concedes = np.array([gap[(coalition >> p) & 1 == 1].min() for p in range(own.size)])
    remedy = "Take another method."
    if gap[1:].min() < -slack:
        rule = "a coalition costs less than its players' separable costs: the cost gap is below 0"
        raise InputError([Fault("cost", "", (), rule, remedy)])
    if concedes.sum() < gap[-1] - slack:
        rule = "the gap of all is larger than what all concede together"
        raise InputError([Fault("cost", "", (), rule, remedy)])
    split: FloatArray = own + proportional(np.maximum(0.0, concedes), float(gap[-1]))
    return split
