"""Share among few players over all their coalitions, among many over some: one door to both."""

from __future__ import annotations

from bundling.hubs.coalition import MOST_PLAYERS
from bundling.hubs.problem import HubsProblem
from bundling.hubs.sharing import Sharing, share
from bundling.hubs.sharing_many import ManySharing, share_many
from bundling.result import OnEvent, Result


def share_by_size(
    problem: HubsProblem,
    *,
    time_limit: float,
    gap: float,
    seed: int = 0,
    grand: Result | None = None,
    on_event: OnEvent | None = None,
) -> Sharing | ManySharing:
    """Split the cost by `share` where every coalition can be solved, else by `share_many`.

    Parameters, result and errors are those of the two.
    """
    players = {problem.shipper_player[shipper] for shipper in problem.shipment_shipper}
    split = share if len(players) <= MOST_PLAYERS else share_many
    return split(problem, time_limit=time_limit, gap=gap, seed=seed, grand=grand, on_event=on_event)
