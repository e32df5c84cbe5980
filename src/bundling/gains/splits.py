"""All splits of one game beside each other, and what is known of each when values have a gap."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from bundling.errors import InputError
from bundling.gains.equal_profit import equal_profit
from bundling.gains.game import FloatArray, players_of
from bundling.gains.nucleolus import nucleolus, prenucleolus
from bundling.gains.proportional import proportional, proportional_range
from bundling.gains.separable import alternative_cost_avoided, cost_gap, equal_charge
from bundling.gains.shapley import shapley, shapley_range

METHODS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "shapley": shapley,
    "nucleolus": nucleolus,
    "prenucleolus": prenucleolus,
    "equal_profit": lambda cost: equal_profit(cost).split_eur,
    "equal_charge": equal_charge,
    "alternative_cost_avoided": alternative_cost_avoided,
    "cost_gap": cost_gap,
}
"""Splits that follow from the costs of the coalitions alone, by name."""

PROPORTIONAL = "proportional"
"""Name of the split in proportion to what each pays alone."""


@dataclass(frozen=True, eq=False)
class Splits:
    """What each player pays under every method.

    Attributes
    ----------
    pays
        By method, ``[players]``; each sums to the cost of all.
    low, high
        By method: between these each player's share under that method lies, whatever the true
        costs are between bound and cost. ``nan`` where no such range is known for the method
        and the costs have a gap: the share then is that of the best plans in hand.
    missing
        By method that has no answer for this game: why.
    """

    pays: Mapping[str, FloatArray]
    low: Mapping[str, FloatArray]
    high: Mapping[str, FloatArray]
    missing: Mapping[str, str]


def all_splits(
    cost: FloatArray,
    bound: FloatArray | None = None,
    *,
    weights: Mapping[str, FloatArray] | None = None,
) -> Splits:
    """Split the cost of all by every method.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition (or its emissions), ``n`` up to some 15.
    bound
        ``[2 ** n]``: proved lower bounds; without them the costs are taken as exact.
    weights
        Splits in proportion to something else, by name: ``[players]`` each, for instance kg.

    Raises
    ------
    ValueError
        When the costs are not one number for each coalition, or weights not one from 0 up for
        each player.
    """
    cost = np.asarray(cost, dtype=np.float64)
    players = players_of(cost)
    if not np.isfinite(cost).all():
        raise ValueError(f"the cost of coalition {int(np.argmin(np.isfinite(cost)))} is no number")
    for name, weight in (weights or {}).items():
        if np.shape(weight) != (players,):
            raise ValueError(f"{name} has not one weight for each of {players} players")
    lower = cost if bound is None else np.asarray(bound, dtype=np.float64)
    pays: dict[str, FloatArray] = {}
    missing: dict[str, str] = {}
    alone = cost[1 << np.arange(players)]
    pays[PROPORTIONAL] = proportional(np.maximum(0.0, alone), float(cost[-1]))
    for name, weight in (weights or {}).items():
        pays[name] = proportional(weight, float(cost[-1]))
    for name, method in METHODS.items():
        try:
            pays[name] = method(cost)
        except InputError as error:
            missing[name] = error.faults[0].rule
    exact = bool(np.all(np.abs(cost - lower) <= 1e-9 * np.maximum(1.0, np.abs(cost))))
    unknown = np.full(players, math.nan)
    low = {name: split if exact else unknown for name, split in pays.items()}
    high = dict(low)
    if not exact:
        low["shapley"], high["shapley"] = shapley_range(cost, lower)
        low["equal_charge"], high["equal_charge"] = _equal_charge_range(cost, lower)
        low[PROPORTIONAL], high[PROPORTIONAL] = proportional_range(
            lower[1 << np.arange(players)], alone, float(lower[-1]), float(cost[-1])
        )
        for name, weight in (weights or {}).items():
            if math.isfinite(lower[-1]):
                low[name], high[name] = proportional(weight, float(lower[-1])), pays[name]
    return Splits(pays, low, high, missing)


def _equal_charge_range(cost: FloatArray, bound: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Bound shares, which rise with the cost of all, and fall with that of all but the player.

    The equal charge is ``(c(N) + sum_j c(N - j)) / n - c(N - i)``.
    """
    n = players_of(cost)
    without = cost.size - 1 - (1 << np.arange(n))
    if n == 1:
        return np.array([float(bound[-1])]), np.array([float(cost[-1])])
    ends = []
    for up, down in ((bound, cost), (cost, bound)):
        others = up[without].sum() - up[without]
        with np.errstate(invalid="ignore"):
            ends.append((up[-1] + others) / n - (n - 1) / n * down[without])
    low, high = ends
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)
