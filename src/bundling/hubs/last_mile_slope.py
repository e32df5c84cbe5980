"""Slope scaling: prices of tours a vehicle that are right for the plan they lead to.

The tours of a departure are concave in its addresses, so no price a vehicle is right for every
plan. Kim and Pardalos (1999), "A solution approach to the fixed charge network flow problem using a
dynamic slope scaling procedure", Operations Research Letters 24(4) 195-203: solve with a price a
vehicle, see what each departure carries, take the price that makes its tours right, solve again.
Every plan is judged by the same estimate, and the cheapest by it is kept, the plan without tours
among them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

import pandas as pd

from bundling.certify import Clock
from bundling.result import Event, Limit, OnEvent, Result

Seen = Mapping[Any, float]

_SAME: Final = 1e-4
_LEAST_S: Final = 0.05


class Estimate(Protocol):
    """What judges a plan with its tours."""

    @property
    def objective_eur(self) -> float:
        """Cost of the plan with tours."""
        ...

    @property
    def vehicle_km(self) -> float:
        """Kilometres of the plan with tours."""
        ...

    @property
    def holds(self) -> bool:
        """Whether the tours are driven within the hours there are."""
        ...


E = TypeVar("E", bound=Estimate)


@dataclass(frozen=True)
class Scaled(Generic[E]):
    """A plan that knows its tours.

    Attributes
    ----------
    result
        The checked answer to the problem with tours it was found for. Its bound is a bound of that
        problem, whose prices a vehicle are those of one plan: it bounds no other plan's tours.
    estimate
        Tours of the plan, with the range of its cost.
    history
        One row a solve: prices (``plain``, ``expected``, ``slope 1`` ...), objective with tours,
        vehicle_km, holds (the tours are within the hours there are), kept.
    """

    result: Result
    estimate: E
    history: pd.DataFrame


def slope_scaling(
    problem: Any,
    pose: Callable[[Seen], Any],
    judge: Callable[[Result], tuple[E, Seen]],
    solve: Callable[..., Result],
    *,
    rounds: int,
    time_limit: float,
    gap: float,
    seed: int,
    on_event: OnEvent | None,
) -> Scaled[E] | None:
    """Solve a problem again and again with the prices its plans ask for.

    Parameters
    ----------
    problem
        The problem without tours.
    pose
        Gives the problem with tours, from what was seen of single departures in plans before.
    judge
        Gives the estimate of a plan, and what is seen in it.
    solve
        Of the family.
    rounds
        Solves with prices seen in the plans before, at most; fewer when they repeat.
    time_limit, gap, seed, on_event
        As for `bundling.solve`; the time is for all solves together.

    Returns
    -------
    Scaled or None
        The plan with the cheapest estimate, among those that hold where there are any; None when
        no solve found a plan.
    """
    clock = Clock(time_limit)
    tries = ["plain", "expected", *(f"slope {k + 1}" for k in range(rounds))]
    found: list[tuple[str, Result, E]] = []
    seen: dict[Any, float] = {}
    go_on = True

    def tell(event: Event) -> bool:
        nonlocal go_on
        go_on = go_on and (on_event is None or on_event(event) is not False)
        return go_on

    for number, name in enumerate(tries):
        if not go_on or (found and clock.left < 0.02 * time_limit):
            break
        posed = pose(seen) if number else problem
        limit = max(_LEAST_S, clock.left / (len(tries) - number))
        result = solve(posed, time_limit=limit, gap=gap, seed=seed, on_event=tell)
        go_on = go_on and result.limit is not Limit.INTERRUPT
        if result.solution is None:
            continue
        estimate, told = judge(result)
        found.append((name, result, estimate))
        same = all(math.isclose(km, seen.get(k, -1.0), rel_tol=_SAME) for k, km in told.items())
        seen.update(told)
        if number > 1 and same:
            break
    if not found:
        return None
    best = min(range(len(found)), key=lambda k: (not found[k][2].holds, found[k][2].objective_eur))
    history = pd.DataFrame(
        {
            "prices": [name for name, _, _ in found],
            "objective_eur": [estimate.objective_eur for _, _, estimate in found],
            "vehicle_km": [estimate.vehicle_km for _, _, estimate in found],
            "holds": [estimate.holds for _, _, estimate in found],
            "kept": [k == best for k in range(len(found))],
        }
    )
    return Scaled(found[best][1], found[best][2], history)
