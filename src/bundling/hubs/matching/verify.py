"""Hold the estimate of a group's saving against the hubs problem of that group, solved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.coalition import coalition_costs
from bundling.hubs.matching.pairs import saving_of
from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.trips import Planner
from bundling.hubs.problem import HubsProblem

if TYPE_CHECKING:
    import pandas as pd


def verify_groups(
    lanes: MatchingProblem,
    hubs: HubsProblem,
    groups: Sequence[Sequence[str]],
    *,
    time_limit: float = 120.0,
    gap: float = 1e-3,
    seed: int = 0,
) -> pd.DataFrame:
    """Solve the hubs problem of each group, and of each member alone.

    Parameters
    ----------
    lanes
        The matching problem the estimate comes from; over one day, as the hubs problem is.
    hubs
        The hubs problem, whose players carry the names of the shippers.
    groups
        Names of the members of each group.
    time_limit
        Wall seconds for all groups together, shared equally; what one leaves over goes to the
        rest.
    gap, seed
        As in `coalition_costs`.

    Returns
    -------
    pandas.DataFrame
        ``group, estimate_eur``; ``saving_eur`` of the best plans known, and ``low_eur, high_eur``
        between which the saving of optimal plans lies; ``verdict``: ``gains`` or ``loses`` when
        these leave no doubt about the sign, else ``open``. The hubs problem may use hubs and all
        vehicle types, so that both are seldom equal.

    Raises
    ------
    bundling.InputError
        When a name is not among the shippers, or not among the players.
    """
    import pandas as pd

    players = set(hubs.shipper_player)
    unknown = [
        name
        for group in groups
        for name in group
        if name not in lanes.shipper_ids or name not in players
    ]
    rule = "is not a shipper of the lanes and a player of the hubs problem"
    raise_if([Fault("groups", "", tuple(unknown), rule, "Use a name of both.")] if unknown else [])
    planner, clock, rows = Planner(lanes), Clock(time_limit), []
    owner = np.array([hubs.shipper_player[k] for k in hubs.shipment_shipper], dtype=object)
    for done, group in enumerate(groups):
        members = tuple(sorted(lanes.shipper_ids.index(name) for name in group))
        limit = max(0.05, clock.left / (len(groups) - done))
        costs = coalition_costs(
            hubs.only(np.isin(owner, list(group))), time_limit=limit, gap=gap, seed=seed
        )
        single = 1 << np.arange(len(costs.players))
        alone, alone_bound = costs.cost_eur[single].sum(), costs.bound_eur[single].sum()
        low = float(alone_bound - costs.cost_eur[-1])
        high = float(alone - costs.bound_eur[-1])
        rows.append(
            {
                "group": " + ".join(group),
                "estimate_eur": saving_of(lanes, planner, members),
                "saving_eur": float(alone - costs.cost_eur[-1]),
                "low_eur": low,
                "high_eur": high,
                "verdict": "gains" if low > 1e-6 else "loses" if high < -1e-6 else "open",
            }
        )
    columns = ["group", "estimate_eur", "saving_eur", "low_eur", "high_eur", "verdict"]
    return pd.DataFrame(rows, columns=columns)
