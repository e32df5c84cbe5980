"""Who pays what: the cost of bundling together, split over the players."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.coalition import CoalitionCosts, coalition_costs, members
from bundling.hubs.problem import FloatArray, HubsProblem
from bundling.result import OnEvent, Result

if TYPE_CHECKING:
    import pandas as pd

_TOLERANCE_EUR = 1e-6


@dataclass(frozen=True, eq=False)
class Sharing:
    """Three ways to split the cost of the grand coalition, EUR a player.

    Attributes
    ----------
    coalitions
        Cost and bound of every coalition.
    kg
        Freight of each player.
    proportional_eur
        Split by what each player would pay alone.
    by_weight_eur
        Split by weight.
    shapley_eur
        Shapley value of the costs of the best plans known.
    shapley_low_eur, shapley_high_eur
        Between these lies the Shapley value of the true (unknown) optimal costs.
    """

    coalitions: CoalitionCosts
    kg: FloatArray
    proportional_eur: FloatArray
    by_weight_eur: FloatArray
    shapley_eur: FloatArray
    shapley_low_eur: FloatArray
    shapley_high_eur: FloatArray

    @property
    def players(self) -> tuple[str, ...]:
        """Names of the players."""
        return self.coalitions.players

    @property
    def alone_eur(self) -> FloatArray:
        """What each player would pay alone, hubs included."""
        alone: FloatArray = self.coalitions.cost_eur[1 << np.arange(len(self.players))]
        return alone

    @property
    def total_eur(self) -> float:
        """Cost of all together."""
        return float(self.coalitions.cost_eur[-1])

    @property
    def gap(self) -> float:
        """Largest relative gap among the coalitions' costs."""
        return self.coalitions.gap

    def table(self) -> pd.DataFrame:
        """One row a player.

        Columns: ``player, kg, alone_eur, proportional_eur, by_weight_eur, shapley_eur,
        shapley_low_eur, shapley_high_eur, saving_eur`` (alone less Shapley), ``rational`` (does
        the player pay no more than alone, under Shapley: ``yes``, ``no``, or ``open`` when the
        gap of the values leaves it undecided) and ``gap`` of the coalition values.
        """
        import pandas as pd

        alone_bound = self.coalitions.bound_eur[1 << np.arange(len(self.players))]
        return pd.DataFrame(
            {
                "player": list(self.players),
                "kg": self.kg,
                "alone_eur": self.alone_eur,
                "proportional_eur": self.proportional_eur,
                "by_weight_eur": self.by_weight_eur,
                "shapley_eur": self.shapley_eur,
                "shapley_low_eur": self.shapley_low_eur,
                "shapley_high_eur": self.shapley_high_eur,
                "saving_eur": self.alone_eur - self.shapley_eur,
                "rational": [
                    _verdict(pays, bound, cost)
                    for pays, bound, cost in zip(
                        self.shapley_eur, alone_bound, self.alone_eur, strict=True
                    )
                ],
                "gap": self.gap,
            }
        )

    def stability(self) -> pd.DataFrame:
        """For each split: is it in the core, and which coalition gains most by leaving.

        Returns
        -------
        pandas.DataFrame
            ``split, in_core`` (``yes``, ``no`` or ``open``), ``leaving`` (the coalition that pays
            most above its own cost, empty when none does) and ``excess_eur``. A coalition leaves
            for certain when it has a plan in hand that costs less than it is asked to pay.
        """
        import pandas as pd

        held = members(len(self.players))[1:-1]
        cost, bound = self.coalitions.cost_eur[1:-1], self.coalitions.bound_eur[1:-1]
        rows = []
        for name, split in (
            ("proportional", self.proportional_eur),
            ("by_weight", self.by_weight_eur),
            ("shapley", self.shapley_eur),
        ):
            asked = held @ split
            excess = asked - cost
            worst = int(np.argmax(excess)) if excess.size else -1
            leaves = worst >= 0 and excess[worst] > _slack(cost[worst])
            verdict = (
                "no" if leaves else "yes" if (asked <= bound + _slack(bound)).all() else "open"
            )
            who = [p for p, here in zip(self.players, held[worst], strict=True) if here]
            rows.append(
                {
                    "split": name,
                    "in_core": verdict,
                    "leaving": " + ".join(who) if leaves else "",
                    "excess_eur": float(excess[worst]) if leaves else 0.0,
                }
            )
        return pd.DataFrame(rows)


def share(
    problem: HubsProblem,
    *,
    time_limit: float = 120.0,
    gap: float = 1e-3,
    seed: int = 0,
    grand: Result | None = None,
    on_event: OnEvent | None = None,
) -> Sharing:
    """Solve all coalitions of up to 12 players and split the cost of all together.

    Parameters
    ----------
    problem, time_limit, gap, seed, grand, on_event
        As in `coalition_costs`.

    Raises
    ------
    bundling.InputError
        With more than 12 players: group shippers by ``player``.
    """
    coalitions = coalition_costs(
        problem, time_limit=time_limit, gap=gap, seed=seed, grand=grand, on_event=on_event
    )
    players = coalitions.players
    owner = [players.index(problem.shipper_player[shipper]) for shipper in problem.shipment_shipper]
    kg = np.zeros(len(players))
    np.add.at(kg, owner, problem.shipment_kg)
    alone = coalitions.cost_eur[1 << np.arange(len(players))]
    total = float(coalitions.cost_eur[-1])
    low, high = shapley_range(coalitions.cost_eur, coalitions.bound_eur)
    return Sharing(
        coalitions=coalitions,
        kg=kg,
        proportional_eur=proportional(alone, total),
        by_weight_eur=proportional(kg, total),
        shapley_eur=shapley(coalitions.cost_eur),
        shapley_low_eur=low,
        shapley_high_eur=high,
    )


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


def _slack(amount: FloatArray | float) -> FloatArray:
    return _TOLERANCE_EUR + 1e-6 * np.abs(np.asarray(amount, dtype=np.float64))


def _verdict(pays: float, bound: float, cost: float) -> str:
    """Whether paying `pays` is no more than an amount known to lie between bound and cost."""
    if pays <= bound + _slack(bound):
        return "yes"
    return "no" if pays > cost + _slack(cost) else "open"
