"""Sequences of stops from a peer that knows no batteries, with charges put in; split where needed.

Every peer's answer goes through here, so all of them get the best charges for their sequences: the
exact labels of the electric search (at most one charge between two stops, at one of the three
stations nearest to the gap). A sequence that no charges repair is cut in two where that is
cheapest, or after its longest part that can be repaired, until every part is.
"""

from __future__ import annotations

from collections.abc import Sequence

from bundling.rounds import RoundsProblem, RoundsSolution, Route
from bundling.rounds.electric.pooled import with_charges
from bundling.rounds.evaluate import evaluate
from bundling.rounds.schedule import sequence_timing

Sequenced = tuple[int, tuple[int, ...]]
"""A fleet entry and its stops in order."""


def repaired(problem: RoundsProblem, sequences: Sequence[Sequenced]) -> RoundsSolution:
    """Return a solution with the sequences; one stop that nothing repairs is kept as it is."""
    routes: list[Route] = []
    waiting = [(v, tuple(stops)) for v, stops in sequences if stops]
    while waiting:
        later: list[Sequenced] = []
        for (v, stops), route in zip(waiting, with_charges(problem, waiting), strict=True):
            if route is not None:
                routes.append(route)
            elif len(stops) == 1:
                timing = sequence_timing(problem, v, list(stops))
                stop = (problem.stop_ids[stops[0]],)
                routes.append(Route(problem.vehicle_ids[v], stop, timing.departure_s))
            else:
                done, rest = _split(problem, v, stops)
                routes += done
                later += [(v, part) for part in rest]
        waiting = later
    return RoundsSolution(tuple(sorted(routes, key=lambda r: (r.vehicle, r.departure_s, r.stops))))


def _split(
    problem: RoundsProblem, v: int, stops: tuple[int, ...]
) -> tuple[list[Route], list[tuple[int, ...]]]:
    """Return routes of both halves of the best cut, or of the longest beginning, and what is left.

    Where not even the first stop can be served alone, it is left alone.
    """
    cuts = range(1, len(stops))
    first = with_charges(problem, [(v, stops[:i]) for i in cuts])
    second = with_charges(problem, [(v, stops[i:]) for i in cuts])
    both = [[a, b] for a, b in zip(first, second, strict=True) if a is not None and b is not None]
    if both:
        return min(both, key=lambda pair: cost_eur(problem, pair)), []
    longest = max((i for i, a in zip(cuts, first, strict=True) if a is not None), default=0)
    if not longest:
        return [], [stops[:1], stops[1:]]
    head = first[longest - 1]
    return ([] if head is None else [head]), [stops[longest:]]


def cost_eur(problem: RoundsProblem, routes: Sequence[Route]) -> float:
    """Cost of some routes; stops that are in none of them cost nothing."""
    costs = evaluate(problem, RoundsSolution(tuple(routes))).costs_eur
    return sum(eur for name, eur in costs.items() if name != "unserved")
