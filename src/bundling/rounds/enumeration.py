"""Exact optimum of a part of a few stops: every order of every subset, then the best partition."""

from __future__ import annotations

from itertools import combinations, permutations

from bundling.rounds.candidates import Candidate, Choice, candidate, choose
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem

MOST_STOPS = 5
"""Up to 325 sequences per fleet entry; 6 stops would be 1,956."""


def all_candidates(problem: RoundsProblem, part: Part) -> list[Candidate]:
    """Return the cheapest feasible order of every subset of stops by every fleet entry."""
    found = []
    for i, v in enumerate(part.vehicles):
        mine = [s for s, can in zip(part.stops, part.possible[i], strict=True) if can]
        for size in range(1, len(mine) + 1):
            for subset in combinations(mine, size):
                orders = (candidate(problem, v, order) for order in permutations(subset))
                priced = [route for route in orders if route is not None]
                if priced:
                    found.append(min(priced, key=lambda route: (route.cost_eur, route.stops)))
    return found


def solve_exactly(problem: RoundsProblem, part: Part, *, seed: int) -> Choice:
    """Return the optimum of `part`; routes None means it is proved infeasible."""
    return choose(problem, part, all_candidates(problem, part), seed=seed)
