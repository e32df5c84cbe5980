"""Exact optimum of a part of a few stops: every order of every subset, then the best partition."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, permutations

from bundling.rounds.candidates import Candidate, Choice, candidate, choose
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem

MOST_STOPS = 5
"""Up to 325 sequences per fleet entry; 6 stops would be 1,956."""


def all_candidates(problem: RoundsProblem, part: Part) -> list[Candidate]:
    """Return the cheapest feasible order of every subset of stops by every fleet entry.

    With several trips a day every way to cut the order into trips is tried too.
    """
    found = []
    for i, v in enumerate(part.vehicles):
        mine = [s for s, can in zip(part.stops, part.possible[i], strict=True) if can]
        for size in range(1, len(mine) + 1):
            for subset in combinations(mine, size):
                orders = (
                    candidate(problem, v, order, reloads)
                    for order in permutations(subset)
                    for reloads in _cuts(size, int(problem.max_trips[v]))
                )
                priced = [route for route in orders if route is not None]
                if priced:
                    found.append(min(priced, key=lambda route: (route.cost_eur, route.stops)))
    return found


def _cuts(stops: int, most: int) -> Iterator[tuple[int, ...]]:
    """Ways to cut a sequence into `most` trips at most."""
    for trips in range(1, min(stops, most) + 1):
        yield from combinations(range(1, stops), trips - 1)


def solve_exactly(problem: RoundsProblem, part: Part, *, seed: int) -> Choice:
    """Return the optimum of `part`; routes None means it is proved infeasible."""
    return choose(problem, part, all_candidates(problem, part), seed=seed)
