"""The equal profit method: stable, and relative savings as even as that allows."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.gains.coalition_rows import solve_with_coalitions
from bundling.gains.core import least_core
from bundling.gains.game import FloatArray, players_of
from bundling.mip import LinearModel


@dataclass(frozen=True, eq=False)
class EqualProfit:
    """A split by the equal profit method.

    Attributes
    ----------
    split_eur
        What each player pays.
    spread
        Largest difference between two players' relative savings, as a part of what they pay alone.
    epsilon_eur
        What a coalition may pay above its own cost: 0, or, when the core is empty, the epsilon of
        the least core.
    """

    split_eur: FloatArray
    spread: float
    epsilon_eur: float


def equal_profit(cost: FloatArray, *, time_limit: float = math.inf) -> EqualProfit:
    """Keep every coalition, and make the largest difference in relative saving small.

    Several splits may have the same largest difference; of those, one that a linear model finds.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition; every player's own cost is above 0.
    time_limit
        Wall seconds for each of two linear models.

    Raises
    ------
    bundling.InputError
        When a player costs nothing alone: it has no relative saving.
    bundling.SolverError
        When HiGHS does not finish.

    Notes
    -----
    M. Frisk, M. Göthe-Lundgren, K. Jörnsten, M. Rönnqvist, "Cost allocation in collaborative
    forest transportation", European Journal of Operational Research 205 (2010): minimise the
    largest ``x_i / c_i - x_j / c_j`` over the core, here the spread between the highest and the
    lowest ``x_i / c_i``. When the core is empty the least core takes its place.
    """
    players = players_of(cost)
    alone = cost[1 << np.arange(players)]
    free = np.flatnonzero(alone <= 0)
    rule = "cost nothing alone, so a saving has nothing to be a part of"
    names = tuple(f"player {p + 1}" for p in free)
    raise_if([Fault("cost", "", names, rule, "Leave them out.")] if free.size else [])
    if players == 1:
        return EqualProfit(np.array([float(cost[-1])]), 0.0, 0.0)
    epsilon = max(0.0, least_core(cost, time_limit=time_limit).epsilon_eur)
    scale = 1.0 / float(np.abs(cost).max())
    model = LinearModel()
    pays = model.add_columns("pays", players, lower=-np.inf)
    low, high = model.add_columns("share", 2, lower=-np.inf, cost=[-1.0, 1.0]).tolist()
    total = scale * float(cost[-1])
    model.add_rows("paid", 1, (0, pays, 1.0), lower=total, upper=total)
    row = np.arange(players)
    weight = scale * alone
    model.add_rows("no less", players, (row, pays, 1.0), (row, low, -weight), lower=0.0)
    model.add_rows("no more", players, (row, pays, 1.0), (row, high, -weight), upper=0.0)
    open_ = np.ones(cost.size, dtype=bool)
    open_[[0, -1]] = False
    # The least core was found to 2e-9 of the largest cost: leave it room.
    limit = scale * (cost + epsilon) + (1e-8 if epsilon > 0 else 0.0)
    found = solve_with_coalitions(model, pays, limit, open_, time_limit=time_limit)
    split = found.values[pays] / scale
    part = split / alone
    return EqualProfit(split, float(part.max() - part.min()), epsilon)
