"""Who pays what: the cost of bundling together, split over the players."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.gains import members, proportional, shapley, shapley_range
from bundling.hubs.coalition import CoalitionCosts, coalition_costs
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


def _slack(amount: FloatArray | float) -> FloatArray:
    return _TOLERANCE_EUR + 1e-6 * np.abs(np.asarray(amount, dtype=np.float64))


def _verdict(pays: float, bound: float, cost: float) -> str:
    """Whether paying `pays` is no more than an amount known to lie between bound and cost."""
    if pays <= bound + _slack(bound):
        return "yes"
    return "no" if pays > cost + _slack(cost) else "open"
