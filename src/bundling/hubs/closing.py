"""Which hub is worth its rent: what the day costs without each open one."""

from __future__ import annotations

import math

from bundling.certify import Clock
from bundling.hubs.scheduled.closing import Closing, closing_of
from bundling.hubs.solve import solve
from bundling.hubs.varied import without_hub
from bundling.result import Event, Limit, OnEvent, Result


def closing_costs(
    result: Result,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> list[Closing]:
    """Solve the day anew without each open hub, one at a time; those that cost most come first.

    What closing costs has the rent taken off already. So a hub stays worth it until its rent rises
    by that much.

    Parameters
    ----------
    result
        A solved `bundling.hubs.HubsProblem`.
    time_limit
        Wall seconds for all hubs together; a hub for which none are left is not in the answer.
    gap, seed
        As in `bundling.solve`.
    on_event
        Told before each hub; returning False stops with the hubs done.

    Raises
    ------
    ValueError
        When the result has no solution.
    """
    if result.solution is None:
        raise ValueError(f"no plan to explain: {result.status}. " + " ".join(result.reasons))
    problem = result.problem
    opened = result.solution.open_hubs.tolist()
    clock, found = Clock(time_limit), []
    for number, hub in enumerate(opened):
        told = Event("closing", clock.elapsed, message=problem.hub_ids[hub])
        if clock.left <= 0 or (on_event is not None and on_event(told) is False):
            break
        share = max(0.05, clock.left / (len(opened) - number))
        closed = solve(
            without_hub(problem, hub), time_limit=share, gap=gap, seed=seed, on_event=on_event
        )
        found.append(closing_of(problem.hub_ids[hub], result, closed))
        if closed.limit is Limit.INTERRUPT:
            break
    return sorted(found, key=lambda c: (math.isnan(c.extra_eur), -c.extra_eur, c.hub_id))
