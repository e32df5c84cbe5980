"""Costs of coalitions that are asked for one by one, when all are too many."""

from __future__ import annotations

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.gains import ValueOracle
from bundling.hubs.coalition import SEARCH_SHARE
from bundling.hubs.problem import HubsProblem
from bundling.hubs.solve import solve_within


def coalition_oracle(
    problem: HubsProblem, *, time_limit: float = 5.0, gap: float = 1e-3, seed: int = 0
) -> tuple[tuple[str, ...], ValueOracle]:
    """Make an oracle of what coalitions of players cost, each solved when first asked for.

    For `bundling.gains.sampled_shapley` and `least_core_by_rows`, above the players that
    `coalition_costs` takes.

    Parameters
    ----------
    problem
        The problem of all players; `shipper_player` says who they are.
    time_limit
        Wall seconds for each coalition; its gap is carried as a bound.
    gap, seed
        For each coalition, as in `solve`.

    Returns
    -------
    tuple
        Names of the players in the order of the oracle, and the oracle. It raises
        `bundling.InputError` when a coalition has no feasible plan.
    """
    player_of = [problem.shipper_player[k] for k in problem.shipment_shipper]
    players = tuple(dict.fromkeys(str(name) for name in player_of))
    owner = np.array([players.index(str(name)) for name in player_of], dtype=np.int64)

    def value(coalition: tuple[int, ...]) -> tuple[float, float]:
        part = problem.only(np.isin(owner, coalition))
        result = solve_within(part, Clock(time_limit), gap, seed, None, SEARCH_SHARE)
        if result.solution is None:
            who = ", ".join(players[p] for p in coalition)
            remedy = "Correct the data, or give more time."
            raise_if([Fault("shipments", "", (who,), " ".join(result.reasons), remedy)])
        return float(result.objective), float(result.bound)

    return players, ValueOracle.one_by_one(len(players), value)
