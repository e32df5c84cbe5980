"""The happy nucleolus: stable even when the core is empty, and how much is then left to pay."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bundling.gains.coalition_rows import solve_with_coalitions
from bundling.gains.game import FloatArray, players_of
from bundling.gains.nucleolus import prenucleolus
from bundling.mip import LinearModel


@dataclass(frozen=True, eq=False)
class HappyNucleolus:
    """A split in which no coalition pays more than its cost.

    Attributes
    ----------
    split_eur
        What each player pays.
    shortfall_eur
        What somebody else must pay (the cost of stability): the cost of all less the split's sum;
        0 when the core is not empty.
    """

    split_eur: FloatArray
    shortfall_eur: float


def happy_nucleolus(cost: FloatArray, *, time_limit: float = math.inf) -> HappyNucleolus:
    """Collect as much as keeps every coalition in, and divide it as the nucleolus does.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition.
    time_limit
        Wall seconds, for each of the two parts.

    Raises
    ------
    bundling.SolverError
        When HiGHS does not finish.

    Notes
    -----
    J. Blauth, A. Ellerbrock, V. Traub, J. Vygen, "Cost allocation for set covering: the happy
    nucleolus" (2024): the nucleolus after the cost of all has been lowered to the most that can
    be collected without a coalition paying more than its cost. With a core it is the nucleolus.
    """
    players = players_of(cost)
    if players == 1:
        return HappyNucleolus(np.array([float(cost[-1])]), 0.0)
    scale = 1.0 / max(1e-300, float(np.abs(cost).max()))
    model = LinearModel()
    pays = model.add_columns("pays", players, lower=-np.inf, cost=-1.0)
    open_ = np.ones(cost.size, dtype=bool)
    open_[0] = False
    found = solve_with_coalitions(model, pays, scale * cost, open_, time_limit=time_limit)
    collected = min(float(cost[-1]), float(found.values[pays].sum()) / scale)
    if cost[-1] - collected <= 1e-7 / scale:
        collected = float(cost[-1])
    game = np.array(cost, dtype=np.float64)
    game[-1] = collected
    return HappyNucleolus(prenucleolus(game, time_limit=time_limit), float(cost[-1]) - collected)
