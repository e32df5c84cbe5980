"""Who pays what: the cost of bundling together, split over the players."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.gains import (
    DearerTogether,
    LeastCore,
    Splits,
    all_splits,
    dearer_together,
    least_core,
    least_core_range,
)
from bundling.hubs.coalition import CoalitionCosts, coalition_costs
from bundling.hubs.leaving import AboutAll, Leaving, about_all, leaving
from bundling.hubs.problem import FloatArray, HubsProblem
from bundling.hubs.sharing_views import BoardViews
from bundling.result import OnEvent, Result
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Sharing(BoardViews):
    """All ways to split the cost of the grand coalition, EUR a player.

    Attributes
    ----------
    coalitions
        Cost and bound of every coalition.
    kg
        Freight of each player.
    tonne_km
        Its tonne-kilometres over the road distance from origin to destination.
    splits
        What each player pays, by method: ``proportional`` (to the cost alone), ``by_weight``,
        ``by_tonne_km``, ``shapley``, ``nucleolus``, ``prenucleolus``, ``equal_profit``,
        ``equal_charge``, ``alternative_cost_avoided``, ``cost_gap``; and which have no answer.
    emissions
        The same of the emissions of the coalitions' plans, kg CO2e. Plans are made for their
        cost, so a coalition may well emit more together than apart.
    """

    coalitions: CoalitionCosts
    kg: FloatArray
    tonne_km: FloatArray
    splits: Splits
    emissions: Splits

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
    def alone_bound_eur(self) -> FloatArray:
        """Least that each player can pay alone."""
        bound: FloatArray = self.coalitions.bound_eur[1 << np.arange(len(self.players))]
        return bound

    @property
    def total_eur(self) -> float:
        """Cost of all together."""
        return float(self.coalitions.cost_eur[-1])

    @property
    def gap(self) -> float:
        """Largest relative gap among the coalitions' costs."""
        return self.coalitions.gap

    @property
    def range_from(self) -> str:
        """Why a share is not known to the cent."""
        return "costs have a gap"

    @property
    def looked_at(self) -> int:
        """Coalitions: every one there is."""
        return int(self.coalitions.cost_eur.size) - 1

    @property
    def solved(self) -> int:
        """Coalitions the solver was given."""
        return self.coalitions.solved

    @property
    def looked_at_all(self) -> bool:
        """Whether the cost of every coalition is known: it is."""
        return True

    @property
    def proportional_eur(self) -> FloatArray:
        """Split by what each player would pay alone."""
        return self.splits.pays["proportional"]

    @property
    def by_weight_eur(self) -> FloatArray:
        """Split by weight."""
        return self.splits.pays["by_weight"]

    @property
    def shapley_eur(self) -> FloatArray:
        """Shapley value of the costs of the best plans known."""
        return self.splits.pays["shapley"]

    @property
    def shapley_low_eur(self) -> FloatArray:
        """Least the Shapley value of the true (unknown) optimal costs can be."""
        return self.splits.low["shapley"]

    @property
    def shapley_high_eur(self) -> FloatArray:
        """Most the Shapley value of the true (unknown) optimal costs can be."""
        return self.splits.high["shapley"]

    def least_core(self) -> LeastCore:
        """Find what keeps every coalition in, at the costs of the best plans known."""
        return least_core(self.coalitions.cost_eur)

    def least_core_range(self) -> tuple[float, float]:
        """Lowest and highest epsilon of the least core of the true optimal costs, EUR."""
        return least_core_range(self.coalitions.cost_eur, self.coalitions.bound_eur)

    def dearer_together(self) -> DearerTogether:
        """Find the two coalitions that lose most by merging, if any do."""
        return dearer_together(self.coalitions.cost_eur, self.coalitions.bound_eur)

    def leaving(self, pays: FloatArray, player: int) -> Leaving:
        """Find the best way out of a player that is asked `pays` with the others."""
        return leaving(self, pays, player)

    def about_all(self) -> AboutAll:
        """Find whether anything keeps all in, and whether some lose by merging."""
        return about_all(self)

    def emissions_of(self, method: str) -> tuple[FloatArray, FloatArray] | None:
        """CO2e alone and its part of all, kg a player; None where the split has no answer."""
        if method not in self.emissions.pays:
            return None
        alone = self.coalitions.co2e_kg[1 << np.arange(len(self.players))]
        return alone, self.emissions.pays[method]

    def table(self) -> pd.DataFrame:
        """One row a player.

        Columns: ``player, kg, alone_eur, proportional_eur, by_weight_eur, shapley_eur,
        shapley_low_eur, shapley_high_eur, saving_eur`` (alone less Shapley), ``rational`` (does
        the player pay no more than alone, under Shapley: ``yes``, ``no``, or ``open`` when the
        gap of the values leaves it undecided), ``gap`` of the coalition values, and a column
        ``<method>_eur`` for each further split.
        """
        from bundling.hubs.sharing_tables import table

        return table(self)

    def stability(self) -> pd.DataFrame:
        """For each split: is it in the core, and which coalition gains most by leaving.

        Returns
        -------
        pandas.DataFrame
            ``split, in_core`` (``yes``, ``no`` or ``open``), ``rational`` (does nobody pay more
            than alone, in the same words), ``leaving`` (the coalition that pays most above its own
            cost, empty when none does), ``excess_eur``, and ``range_known`` (whether the shares
            are known to lie between `Splits.low` and `Splits.high`). A coalition leaves for
            certain when it has a plan in hand that costs less than it is asked to pay. Methods
            without an answer have ``none`` in ``in_core`` and their reason in ``leaving``.
        """
        from bundling.hubs.sharing_tables import stability

        return stability(self)

    def emissions_table(self) -> pd.DataFrame:
        """One row a player: ``player, alone_kg`` CO2e, and its part of all under every split."""
        from bundling.hubs.sharing_tables import emissions_table

        return emissions_table(self)


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
        With more than 12 players: use `bundling.hubs.share_many`, or group shippers by ``player``.
    """
    coalitions = coalition_costs(
        problem, time_limit=time_limit, gap=gap, seed=seed, grand=grand, on_event=on_event
    )
    players = coalitions.players
    owner = [players.index(problem.shipper_player[shipper]) for shipper in problem.shipment_shipper]
    kg, tonne_km = np.zeros(len(players)), np.zeros(len(players))
    np.add.at(kg, owner, problem.shipment_kg)
    km = problem.distance_m[problem.shipment_origin, problem.shipment_destination] / METRES_PER_KM
    np.add.at(tonne_km, owner, problem.shipment_kg / 1000.0 * km)
    weights = {"by_weight": kg, "by_tonne_km": tonne_km}
    return Sharing(
        coalitions=coalitions,
        kg=kg,
        tonne_km=tonne_km,
        splits=all_splits(coalitions.cost_eur, coalitions.bound_eur, weights=weights),
        emissions=all_splits(coalitions.co2e_kg, weights=weights),
    )
