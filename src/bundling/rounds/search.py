"""Search one part with PyVRP, keep the battery exactly, and choose the best routes seen.

PyVRP knows the battery only as a largest distance. The search starts with the optimistic one (the
range of an empty vehicle). As soon as its best solution holds a route that the load-dependent
consumption breaks, the limit of that vehicle type is tightened to what the broken routes could
drive, and the search goes on from a repaired solution; the last resort is the range of a full
vehicle, which no route can break. At the end the exact costs decide: a set partitioning over all
routes seen in improving solutions, each priced for every vehicle type that can drive it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bundling.rounds import pyvrp_engine
from bundling.rounds.candidates import Candidate, Choice, candidate, choose
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.pyvrp_engine import Search, Sequenced
from bundling.units import METRES_PER_KM

FloatArray = NDArray[np.float64]

_TIGHTENINGS = 4
_SETTLED = 200
"""Iterations without improvement after which a solution's batteries are looked at."""
_MOST_POOLED = 4000
_REPAIR_S = 1.0
"""Seconds to choose routes to go on from after a battery was found broken."""


@dataclass
class Found:
    """What searching one part has given so far; read by the thread that waits for it.

    Attributes
    ----------
    pool
        Sequences seen, newest last.
    best
        The best solution in which every battery is kept; empty while there is none.
    cost_eur
        Cost of the best solution as PyVRP counts it; ``inf`` while there is none.
    iterations
        Iterations done.
    tightened
        How often a battery made the search tighten a distance limit.
    """

    pool: dict[Sequenced, None] = field(default_factory=dict)
    best: list[Sequenced] = field(default_factory=list)
    cost_eur: float = math.inf
    iterations: int = 0
    tightened: int = 0


def search(
    problem: RoundsProblem,
    part: Part,
    *,
    seed: int,
    stop: Callable[[int, int], bool],
    found: Found,
) -> None:
    """Run PyVRP on `part` and write what it finds into `found`.

    Parameters
    ----------
    problem, part
        What to solve.
    seed
        For PyVRP.
    stop
        Called with the iterations done and the iterations since the last improvement; True ends
        the search.
    found
        Filled while the search runs, so that an interrupt loses nothing.
    """
    limits = _range_m(problem, part, load_kg=np.zeros(problem.num_vehicles))
    full = np.minimum(problem.capacity_kg, _freight_kg(problem, part))
    safest = _range_m(problem, part, load_kg=full)
    start: list[Sequenced] = []
    while True:
        watch = _Watch(problem, found, stop, found.iterations)
        run = pyvrp_engine.run(
            problem,
            part,
            max_distance_m=limits,
            seed=seed + found.tightened,
            stop=watch,
            start=start,
        )
        watch.look(run)
        found.pool.update(run.pool)
        if watch.broken or not run.feasible:
            wanted = watch.broken if run.feasible else run.best
            found.pool.update(dict.fromkeys(_pieces(run.best, wanted)))
        if not watch.broken or found.tightened >= _TIGHTENINGS or stop(found.iterations, 0):
            return
        found.tightened += 1
        last = found.tightened == _TIGHTENINGS
        limits = np.minimum(limits, safest) if last else _tighter(problem, watch.broken, limits)
        repaired = choose(problem, part, price(problem, part, found.pool), time_limit=_REPAIR_S)
        start = [(route.vehicle, route.stops) for route in repaired.routes or ()]


class _Watch:
    """Stops a run when asked, or when its best solution has stood a while and breaks a battery."""

    def __init__(
        self, problem: RoundsProblem, found: Found, stop: Callable[[int, int], bool], before: int
    ) -> None:
        self.problem, self.found, self.stop, self.before = problem, found, stop, before
        self.best_eur, self.best_at, self.looked = math.inf, 0, False
        self.broken: list[Sequenced] = []

    def __call__(self, run: Search) -> bool:
        self.found.iterations = self.before + run.iterations
        if run.cost_eur < self.best_eur:
            self.best_eur, self.best_at, self.looked = run.cost_eur, run.iterations, False
        since = run.iterations - self.best_at
        if not self.looked and since >= _SETTLED:
            self.look(run)
            if self.broken:
                return True
        return self.stop(self.found.iterations, since)

    def look(self, run: Search) -> None:
        """See whether the best solution of `run` keeps every battery, load by load."""
        self.looked = True
        self.broken = [route for route in run.best if _kwh(self.problem, *route)[1] > 1.0]
        if not self.broken and run.cost_eur < self.found.cost_eur:
            self.found.best, self.found.cost_eur = list(run.best), run.cost_eur


def price(problem: RoundsProblem, part: Part, pool: Iterable[Sequenced]) -> list[Candidate]:
    """Price every pooled sequence for every fleet entry of the part that can drive it.

    Routes of one stop are added, so that the choice can always fall back on them.
    """
    sequences = dict.fromkeys(stops for _, stops in pool)
    newest = list(sequences)[-_MOST_POOLED:]
    singles = [(s,) for s in part.stops]
    priced = (
        candidate(problem, v, stops)
        for stops in dict.fromkeys([*newest, *singles])
        for v in part.vehicles
    )
    return [route for route in priced if route is not None]


def best_of(
    problem: RoundsProblem,
    part: Part,
    runs: Sequence[Found],
    *,
    time_limit: float,
    seed: int,
    price_extra_eur: float | None = None,
) -> Choice:
    """Choose the cheapest routes among those seen by `runs`, by exact cost.

    The answer is never worse than the best solution of the runs.
    """
    start: list[Candidate] = []
    for run in runs:
        routes = [candidate(problem, v, stops) for v, stops in run.best]
        kept = [route for route in routes if route is not None]
        cost = math.fsum(route.cost_eur for route in kept)
        if len(kept) == len(routes) > 0 and (
            not start or cost < math.fsum(route.cost_eur for route in start)
        ):
            start = kept
    pool = dict.fromkeys(route for run in runs for route in run.pool)
    return choose(
        problem,
        part,
        price(problem, part, pool),
        time_limit=time_limit,
        seed=seed,
        price_extra_eur=price_extra_eur,
        start=start,
    )


def _freight_kg(problem: RoundsProblem, part: Part) -> float:
    stops = list(part.stops)
    return float((problem.delivery_kg[stops] + problem.pickup_kg[stops]).sum())


def _range_m(problem: RoundsProblem, part: Part, *, load_kg: FloatArray) -> FloatArray:
    """Distance a battery lasts at a constant load ``[V]``, ``inf`` without one.

    Counted as the engine counts distance, which adds to levied metres: the optimistic range gets
    the largest addition there can be, so that it cuts off nothing.
    """
    rate = problem.kwh_per_km + problem.kwh_per_km_per_t * load_kg / 1000.0
    metres = np.full(problem.num_vehicles, np.inf)
    uses = rate > 0
    metres[uses] = problem.usable_kwh[uses] / rate[uses] * METRES_PER_KM
    if not load_kg.any():
        for v in part.vehicles:
            metres[v] *= 1.0 + pyvrp_engine.levy_factor(problem, part, v)
    metres[~np.isfinite(metres)] = np.inf
    return metres


def _kwh(problem: RoundsProblem, v: int, stops: tuple[int, ...]) -> tuple[float, float]:
    """Distance in m of a sequence, and its consumption as a share of the usable energy."""
    if problem.usable_kwh[v] <= 0:
        return 0.0, 0.0
    chosen = np.array(stops)
    nodes = np.r_[problem.vehicle_depot[v], problem.num_depots + chosen, problem.vehicle_depot[v]]
    legs = problem.distance_m[nodes[:-1], nodes[1:]]
    change = problem.pickup_kg[chosen] - problem.delivery_kg[chosen]
    load = problem.delivery_kg[chosen].sum() + np.r_[0.0, np.cumsum(change)]
    rate = problem.kwh_per_km[v] + problem.kwh_per_km_per_t[v] * load / 1000.0
    kwh = float((legs * rate).sum()) / METRES_PER_KM
    return float(legs.sum()), kwh / float(problem.usable_kwh[v])


def _tighter(problem: RoundsProblem, broken: Iterable[Sequenced], limits: FloatArray) -> FloatArray:
    tighter = limits.copy()
    for v, stops in broken:
        metres, share = _kwh(problem, v, stops)
        tighter[v] = min(tighter[v], 0.995 * metres / share)
    return tighter


def _pieces(best: list[Sequenced], wanted: Iterable[Sequenced]) -> list[Sequenced]:
    """All stretches of the wanted routes, to cut one that cannot be driven into some that can."""
    chosen = set(wanted)
    return [
        (v, stops[i:j])
        for v, stops in best
        if (v, stops) in chosen
        for i in range(len(stops))
        for j in range(i + 1, len(stops) + 1)
    ] + [route for route in best if route not in chosen]
