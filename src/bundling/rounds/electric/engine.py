"""The electric search: two annealing searches on two threads, few routes first where that counts.

What helped so far: trying places in the order of their detour by the stations really visited, so
that few places cost a run of labels; two stations in a row for small problems (c208C5 of Schneider
et al. is 164.34 without and 158.48 with them).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from bundling.result import Event, Limit, OnEvent
from bundling.rounds.electric.anneal import anneal, drop_route, fill, read_routes, write_routes
from bundling.rounds.electric.arrays import Data, State, Work, new_state, new_work
from bundling.rounds.electric.build import build
from bundling.rounds.electric.plan import route_of
from bundling.rounds.electric.random import generator
from bundling.rounds.electric.routes import total_eur
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route

_WORKERS = 2
_FEWER_SHARE = 0.35
"""Part of the time to find fewer routes, where vehicles cost more than all else."""
_REMOVED = 10.0
_HOT, _COLD = 0.1, 0.002
"""Temperatures, as parts of the variable cost of an average stop."""
_FEWER_HEAT = 0.1
_SMALL = 30
_ROOM_SMALL, _ROOM = (32, 16), (6, 4)
"""Labels a stop, and stations between two places, for up to `_SMALL` stops and for more."""
_POOL = 20_000
_POLL_S = 0.05
_CHUNK_S = 0.1
_nap = time.sleep


@dataclass
class Found:
    """What the search has so far.

    Attributes
    ----------
    routes
        Routes of the best solution; None while none serves every stop that must be served.
    cost_eur
        Its cost as the kernels count it.
    iterations
        Iterations of all workers.
    limit
        Why it stopped.
    improvements
        Seconds, cost and bound of each improvement.
    absent
        Stops not served in the best attempt, when there is no solution.
    """

    routes: list[Route] | None = None
    cost_eur: float = math.inf
    iterations: int = 0
    limit: Limit = Limit.TIME
    improvements: list[tuple[float, float, float]] = field(default_factory=list)
    absent: tuple[str, ...] = ()


class _Searcher:
    """One search: its solutions and its random numbers. All its work is done in the kernels."""

    def __init__(self, data: Data, labels: int, seed: int) -> None:
        n = len(data.early_s)
        routes = min(n, int(data.vehicles.sum()))
        self.data, self.rng = data, generator(seed)
        self.current, self.trial = (new_state(data, routes, labels) for _ in range(2))
        self.work: Work = new_work(labels)
        self.best = np.zeros((routes, 2 + n), dtype=np.int64)
        self.best_eur = np.array([np.inf])
        self.absences = np.ones(n)
        self.pool = np.zeros((_POOL, 2 + n), dtype=np.int64)
        self.pooled = np.zeros(1, dtype=np.int64)
        self.iterations = 0

    def begin(self) -> None:
        """Build a first solution; it may leave stops out."""
        fill(self.data, self.current, self.work, self.rng)
        routes = np.zeros_like(self.best)
        write_routes(self.current, routes)
        read_routes(self.data, self.trial, self.work, routes)
        if self._complete(self.current):
            self.best[:] = routes
            self.best_eur[0] = total_eur(self.data, self.current)

    def take(self, routes: NDArray[np.int64], eur: float) -> None:
        """Go on from other routes."""
        for state in (self.current, self.trial):
            read_routes(self.data, state, self.work, routes)
        self.best[:] = routes
        self.best_eur[0] = eur

    def run(self, iterations: int, heat: float, *, fewer: bool) -> None:
        """Anneal at one temperature."""
        eur = np.array([np.inf]) if fewer else self.best_eur
        routes = np.zeros_like(self.best) if fewer else self.best
        self.iterations += anneal(
            self.data, self.current, self.trial, self.work, iterations, heat, heat, _REMOVED,
            fewer, self.absences, routes, eur, self.pool, self.pooled, self.rng,
        )  # fmt: skip
        if fewer and eur[0] < np.inf:
            self.best[:] = routes
            self.best_eur[0] = eur[0]

    def shorten(self) -> None:
        """Take one route away from the solution, for `run` to place its stops elsewhere."""
        if self._complete(self.current):
            drop_route(self.current, self.absences)
            routes = np.zeros_like(self.best)
            write_routes(self.current, routes)
            read_routes(self.data, self.trial, self.work, routes)

    def _complete(self, state: State) -> bool:
        return bool((np.isinf(self.data.prize_eur) <= (state.route >= 0)).all())


def search(
    problem: RoundsProblem,
    *,
    seed: int,
    time_limit: float,
    elapsed: Callable[[], float],
    on_event: OnEvent | None,
    max_iterations: int | None,
) -> Found:
    """Search `problem` until its time or its iterations end.

    Parameters
    ----------
    seed
        With `max_iterations` the same seed gives the same answer.
    time_limit
        Seconds on the clock of `elapsed` at which to stop.
    elapsed
        Clock of the caller.
    on_event
        Called a few times a second; False stops.
    max_iterations
        Iterations of each of the two searches.
    """
    found = Found()
    small = problem.num_stops <= _SMALL
    labels, stations = _ROOM_SMALL if small else _ROOM
    data = build(problem, stations_a_gap=stations, chains=small)
    states = np.random.SeedSequence(seed % 2**32).generate_state(_WORKERS)
    searchers = [_Searcher(data, labels, int(state)) for state in states]
    halt = threading.Event()

    def watch(jobs: Sequence[Callable[[], None]]) -> None:
        """Run jobs side by side, with an eye on Ctrl-C and a caller who has enough."""
        with ThreadPoolExecutor(len(jobs), "electric") as pool:
            futures = [pool.submit(job) for job in jobs]
            while not all(future.done() for future in futures):
                try:
                    _nap(_POLL_S)
                    _tell(found, searchers, elapsed(), on_event, halt)
                except KeyboardInterrupt:
                    if halt.is_set():
                        raise
                    halt.set()
                except BaseException:
                    halt.set()
                    raise
            for future in futures:
                future.result()

    watch([searcher.begin for searcher in searchers])
    begun = elapsed()
    budget = _Budget(begun, time_limit, elapsed, halt, max_iterations)
    if _vehicles_first(data, searchers[0]):
        watch([lambda s=s: _fewer(s, budget) for s in searchers])  # type: ignore[misc]
    best = min(searchers, key=lambda s: float(s.best_eur[0]))
    if math.isinf(best.best_eur[0]):
        watch([lambda s=s: _first(s, budget) for s in searchers])  # type: ignore[misc]
        best = min(searchers, key=lambda s: float(s.best_eur[0]))
    if math.isfinite(best.best_eur[0]):
        routes, eur = best.best.copy(), float(best.best_eur[0])
        for searcher in searchers:
            searcher.take(routes, eur)
        watch([lambda s=s: _improve(s, budget) for s in searchers])  # type: ignore[misc]
    best = min(searchers, key=lambda s: float(s.best_eur[0]))
    found.iterations = sum(s.iterations for s in searchers)
    interrupted = halt.is_set()
    found.limit = (
        Limit.INTERRUPT
        if interrupted
        else (Limit.TIME if elapsed() >= budget.ends else Limit.ITERATIONS)
    )
    if math.isinf(best.best_eur[0]):
        missing = np.flatnonzero((best.current.route < 0) & np.isinf(data.prize_eur))
        found.absent = tuple(problem.stop_ids[s] for s in missing)
        return found
    state = new_state(data, len(best.best), labels)
    read_routes(data, state, best.work, best.best)
    found.cost_eur = float(best.best_eur[0])
    found.routes = [
        route_of(problem, data, state, best.work, r)
        for r in range(len(state.size))
        if state.size[r] > 0
    ]
    return found


@dataclass
class _Budget:
    """How much of the time, or of the iterations, is gone."""

    begun: float
    ends: float
    elapsed: Callable[[], float]
    halt: threading.Event
    max_iterations: int | None

    def gone(self, searcher: _Searcher) -> float:
        """Part that is gone, 1 at the end."""
        if self.halt.is_set():
            return 1.0
        part = (self.elapsed() - self.begun) / max(1e-9, self.ends - self.begun)
        if self.max_iterations is not None:
            # By iterations alone, so that the answer does not depend on the machine.
            done = searcher.iterations / max(1, self.max_iterations)
            return 1.0 if part >= 1.0 else done
        return part


def _vehicles_first(data: Data, searcher: _Searcher) -> bool:
    """Whether one vehicle costs more than all that is not the price of a vehicle."""
    eur = float(searcher.best_eur[0])
    if math.isinf(eur):
        return False
    fixed = float(data.fixed_eur[searcher.best[searcher.best[:, 1] > 0, 0]].sum())
    return float(data.fixed_eur.min()) > eur - fixed


def _per_stop(searcher: _Searcher) -> float:
    """Variable money of an average stop in the best solution."""
    data, best = searcher.data, searcher.best
    used = best[best[:, 1] > 0]
    variable = float(searcher.best_eur[0]) - float(data.fixed_eur[used[:, 0]].sum())
    return max(1e-6, variable / max(1, int(used[:, 1].sum())))


class _Steps:
    """Chunks of iterations short enough to end in time."""

    def __init__(self, searcher: _Searcher, budget: _Budget) -> None:
        self.searcher, self.budget, self.size = searcher, budget, 8

    def run(self, heat: float, *, fewer: bool) -> None:
        size = self.size
        if self.budget.max_iterations is not None:
            size = min(50, self.budget.max_iterations - self.searcher.iterations)
        begun = self.budget.elapsed()
        before = self.searcher.iterations
        self.searcher.run(max(1, size), heat, fewer=fewer)
        took, done = self.budget.elapsed() - begun, self.searcher.iterations - before
        self.size = max(1, min(500, int(done * _CHUNK_S / max(took, 1e-6)), 2 * self.size))


def _fewer(searcher: _Searcher, budget: _Budget) -> None:
    data = searcher.data
    least = max(1, math.ceil(_most_needed(data)))
    heat = _FEWER_HEAT * _per_stop(searcher)
    steps = _Steps(searcher, budget)
    while budget.gone(searcher) < _FEWER_SHARE and int((searcher.best[:, 1] > 0).sum()) > least:
        searcher.shorten()
        steps.run(heat, fewer=True)


def _most_needed(data: Data) -> float:
    """Routes that the freight alone asks for."""
    must = np.isinf(data.prize_eur)
    most = 0.0
    for freight in (data.delivery, data.pickup):
        capacity = data.capacity.max(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            needed = freight[must].sum(axis=0) / capacity
        most = max(most, float(np.nan_to_num(needed, nan=0.0, posinf=0.0).max()) - 1e-9)
    return most


def _first(searcher: _Searcher, budget: _Budget) -> None:
    """Place the stops the first solution left out."""
    steps = _Steps(searcher, budget)
    while math.isinf(searcher.best_eur[0]) and budget.gone(searcher) < 0.9:
        steps.run(1e-6, fewer=True)


def _improve(searcher: _Searcher, budget: _Budget) -> None:
    stop = _per_stop(searcher)
    hot, cold = _HOT * stop, _COLD * stop
    begun = budget.gone(searcher)
    steps = _Steps(searcher, budget)
    while (gone := budget.gone(searcher)) < 1.0:
        part = (gone - begun) / max(1e-9, 1.0 - begun)
        steps.run(hot * (cold / hot) ** part, fewer=False)


def _tell(
    found: Found,
    searchers: Sequence[_Searcher],
    seconds: float,
    on_event: OnEvent | None,
    halt: threading.Event,
) -> None:
    cost = min(float(searcher.best_eur[0]) for searcher in searchers)
    if cost < found.cost_eur:
        found.cost_eur = cost
        found.improvements.append((seconds, cost, -math.inf))
    event = Event("rounds", seconds, cost, -math.inf)
    if on_event is not None and not halt.is_set() and on_event(event) is False:
        halt.set()
