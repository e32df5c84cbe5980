"""Search one part with PyVRP, keep the battery exactly, and choose the best routes seen.

PyVRP knows the battery only as a largest distance, beside that of the vehicle. The search starts
with the optimistic one (the range of an empty vehicle). As soon as its best solution holds a route
that the load-dependent consumption breaks, the limit of that vehicle type is tightened to what the
broken routes could drive, and the search goes on from a repaired solution; the last resort is the
range of a full vehicle, which no route can break. At the end the exact costs decide: a set
partitioning over all routes seen in improving solutions, each priced for every vehicle type that
can drive it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from bundling.rounds import pyvrp_engine
from bundling.rounds.candidates import Candidate, Choice, candidate, choose, left_out_eur
from bundling.rounds.evaluate import route_figures
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.pyvrp_engine import QUICK, Search, Tempo
from bundling.rounds.pyvrp_inputs import levy_factor
from bundling.rounds.sequenced import Pool, Sequenced, add_to, merged
from bundling.rounds.solution import Route
from bundling.units import METRES_PER_KM

FloatArray = NDArray[np.float64]

_TIGHTENINGS = 4
_SETTLED = 200
"""Iterations without improvement after which a solution's batteries are looked at."""
_RESTART_SEED = 1_000_003
_MOST_POOLED = 4000
_REPAIR_S = 1.0
"""Seconds to choose routes to go on from after a battery was found broken."""
_SLACK = 1e-5
_STALE, _STALE_PER_STOP = 8_000, 50
"""Iterations without improvement after which a quick run begins anew."""


@dataclass
class Found:
    """What searching one part has given so far; read by the thread that waits for it.

    Attributes
    ----------
    pool
        Sequences seen.
    best
        The best solution in which every battery is kept; empty while there is none.
    cost_eur
        Cost of the best solution as PyVRP counts it; ``inf`` while there is none.
    iterations
        Iterations done.
    best_at
        Iterations done when `best` was found.
    tightened
        How often a battery made the search tighten a distance limit.
    restarts
        How often the search began anew.
    """

    pool: Pool = field(default_factory=dict)
    best: list[Sequenced] = field(default_factory=list)
    cost_eur: float = math.inf
    iterations: int = 0
    best_at: int = 0
    tightened: int = 0
    restarts: int = 0


def search(
    problem: RoundsProblem,
    part: Part,
    *,
    seed: int,
    stop: Callable[[int, int], bool],
    found: Found,
    tempo: Tempo = QUICK,
) -> None:
    """Run PyVRP on `part` and write what it finds into `found`.

    A quick run that finds nothing better any more begins anew from another random solution: the
    choice at the end thrives on routes of different descents.

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
    tempo
        How PyVRP is driven.
    """
    empty = np.zeros(problem.num_vehicles)
    limits = np.minimum(_range_m(problem, part, load_kg=empty), problem.max_distance_m)
    full = np.minimum(problem.capacity_kg, _freight_kg(problem, part))
    safest = _range_m(problem, part, load_kg=full)
    start: list[Sequenced] = []
    while True:
        stale = _STALE + _STALE_PER_STOP * len(part.stops) if tempo.restarts else math.inf
        watch = _Watch(problem, found, stop, stale)
        run = pyvrp_engine.run(
            problem,
            part,
            max_distance_m=limits,
            seed=seed + found.tightened + _RESTART_SEED * found.restarts,
            stop=watch,
            start=start,
            tempo=tempo,
        )
        watch.look(run)
        found.pool = merged((found.pool, run.pool))
        if watch.broken or not run.feasible:
            wanted = watch.broken if run.feasible else run.best
            add_to(found.pool, _pieces(run.best, wanted), -math.inf)  # chosen from first
        if stop(found.iterations, found.iterations - found.best_at):
            return
        if not watch.broken or found.tightened >= _TIGHTENINGS:
            if not watch.stale:
                return
            found.restarts += 1
            start = []
            continue
        found.tightened += 1
        last = found.tightened == _TIGHTENINGS
        limits = np.minimum(limits, safest) if last else _tighter(problem, watch.broken, limits)
        repaired = choose(problem, part, price(problem, part, found.pool), time_limit=_REPAIR_S)
        start = [Sequenced(r.vehicle, r.stops, r.reloads) for r in repaired.routes or ()]


class _Watch:
    """Stops a run when asked, or when its best solution has stood a while and breaks a battery."""

    def __init__(
        self,
        problem: RoundsProblem,
        found: Found,
        stop: Callable[[int, int], bool],
        stale_after: float,
    ) -> None:
        self.problem, self.found, self.stop, self.stale_after = problem, found, stop, stale_after
        self.before = found.iterations
        self.best_eur, self.best_at, self.looked, self.stale = math.inf, 0, False, False
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
        self.stale = since >= self.stale_after
        return self.stale or self.stop(
            self.found.iterations, self.found.iterations - self.found.best_at
        )

    def look(self, run: Search) -> None:
        """See whether the best solution of `run` keeps every battery, load by load."""
        self.looked = True
        self.broken = [route for route in run.best if _kwh(self.problem, route)[1] > 1.0]
        if not self.broken and run.cost_eur < self.found.cost_eur:
            self.found.best, self.found.cost_eur = list(run.best), run.cost_eur
            self.found.best_at = self.before + self.best_at


def price(
    problem: RoundsProblem,
    part: Part,
    pool: Pool,
    time_left: Callable[[], float] = lambda: math.inf,
) -> list[Candidate]:
    """Price every pooled sequence for every fleet entry of the part that can drive it.

    Routes of one stop are added, so that the choice can always fall back on them. Routes of the
    cheapest solutions come first; when `time_left` says 0 or less, the rest is left.
    """
    best_first = dict.fromkeys(r[1:] for r in sorted(pool, key=pool.__getitem__))
    singles = (((s,), ()) for s in part.stops)
    found = []
    for stops, reloads in (*singles, *islice(best_first, _MOST_POOLED)):
        if time_left() <= 0.0:
            break
        entries = part.vehicles
        if not reloads:  # most entries are out for what they carry, which is quick to see
            chosen = list(stops)
            kg, m3 = problem.delivery_kg[chosen].sum(), problem.delivery_m3[chosen].sum()
            roomy = (problem.capacity_kg >= kg * (1 - _SLACK) - _SLACK) & (
                problem.capacity_m3 >= m3 * (1 - _SLACK) - _SLACK
            )
            entries = tuple(v for v in entries if roomy[v])
        priced = (candidate(problem, v, stops, reloads) for v in entries)
        found += [route for route in priced if route is not None]
    return found


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
    ends = time.perf_counter() + time_limit

    def time_left() -> float:
        return ends - time.perf_counter()

    start: list[Candidate] = []
    best_eur = math.inf
    for run in runs:
        routes = [candidate(problem, *route) for route in run.best]
        kept = [route for route in routes if route is not None]
        cost = math.fsum(r.cost_eur for r in kept) + left_out_eur(problem, part, kept)
        if len(kept) == len(routes) > 0 and cost < best_eur:
            start, best_eur = kept, cost
    return choose(
        problem,
        part,
        price(problem, part, merged(run.pool for run in runs), time_left),
        time_limit=max(0.1, time_left()),
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
    # Nothing charges on the way, so a vehicle has what it starts with.
    rate = problem.kwh_per_km + problem.kwh_per_km_per_t * load_kg / 1000.0
    metres = np.full(problem.num_vehicles, np.inf)
    uses = rate > 0
    metres[uses] = problem.start_kwh[uses] / rate[uses] * METRES_PER_KM
    if not load_kg.any():
        for v in part.vehicles:
            metres[v] *= 1.0 + levy_factor(problem, part, v)
    metres[~np.isfinite(metres)] = np.inf
    return metres


def _kwh(problem: RoundsProblem, route: Sequenced) -> tuple[float, float]:
    """Distance in m of a sequence, and its consumption as a share of the energy at its start."""
    v = route.vehicle
    if problem.usable_kwh[v] <= 0:
        return 0.0, 0.0
    names = tuple(problem.stop_ids[s] for s in route.stops)
    driven = route_figures(problem, Route(problem.vehicle_ids[v], names, 0.0, (), route.reloads))
    start = float(problem.start_kwh[v])
    if start <= 0:
        return driven.km * METRES_PER_KM, math.inf if driven.kwh > 0 else 0.0
    return driven.km * METRES_PER_KM, driven.kwh / start


def _tighter(problem: RoundsProblem, broken: Iterable[Sequenced], limits: FloatArray) -> FloatArray:
    tighter = limits.copy()
    for route in broken:
        metres, share = _kwh(problem, route)
        tighter[route.vehicle] = min(tighter[route.vehicle], 0.995 * metres / share)
    return tighter


def _pieces(best: list[Sequenced], wanted: Iterable[Sequenced]) -> list[Sequenced]:
    """All stretches of the wanted routes, to cut one that cannot be driven into some that can."""
    chosen = set(wanted)
    return [
        Sequenced(route.vehicle, route.stops[i:j])
        for route in best
        if route in chosen
        for i in range(len(route.stops))
        for j in range(i + 1, len(route.stops) + 1)
    ] + [route for route in best if route not in chosen]
