"""One search on one thread, the budget it has, and the steps in which it spends it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.electric.anneal import anneal, drop_route, fill, read_routes, write_routes
from bundling.rounds.electric.arrays import (
    COUNT,
    FIXED,
    PRIZE,
    Data,
    State,
    Work,
    new_state,
    new_work,
)
from bundling.rounds.electric.random import generator
from bundling.rounds.electric.routes import total_eur

_REMOVED = 10.0
_POOL_CELLS = 4_000_000
"""Room for routes to recombine: this many stops in all."""
_POOL_ROWS = 20_000
_CHUNK_S = 0.1
_PUT_IN = 50
"""Iterations in which the stops that a first solution leaves out are to come in."""


class Searcher:
    """One search: its solutions and its random numbers. All its work is done in the kernels.

    `most_routes` limits the routes of all fleet entries together; no limit when not given.
    """

    def __init__(
        self, data: Data, labels: int, seed: int, *, most_routes: int | None = None
    ) -> None:
        n = len(data.stop)
        routes = min(n, int(data.kind[:, COUNT].sum()))
        if most_routes is not None:
            routes = min(routes, most_routes)
        self.data, self.rng, self.room = data, generator(seed), labels
        self.current, self.trial = (new_state(data, routes, labels) for _ in range(2))
        self.work: Work = new_work(data, labels)
        self.best = np.zeros((routes, 2 + n), dtype=np.int64)
        self.best_eur = np.array([np.inf])
        self.absences = np.ones(n)
        self.penalty = np.array([np.inf, np.inf])
        rows = min(_POOL_ROWS, _POOL_CELLS // (2 + n))
        self.pool = np.zeros((rows, 2 + n), dtype=np.int64)
        self.pool_eur = np.zeros(rows)
        self.pooled = np.zeros(1, dtype=np.int64)
        self.iterations = 0
        self.fewest_absent = n

    @property
    def num_routes(self) -> int:
        """Routes of the best solution."""
        return int((self.best[:, 1] > 0).sum())

    @property
    def eur(self) -> float:
        """Cost of the best solution; infinite while there is none."""
        return float(self.best_eur[0])

    @property
    def eur_per_stop(self) -> float:
        """Variable money of an average stop in the best solution."""
        used = self.best[self.best[:, 1] > 0]
        variable = self.eur - float(self.data.fleet[used[:, 0], FIXED].sum())
        return max(1e-6, variable / max(1, int(used[:, 1].sum())))

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

    def begin_from(self, routes: NDArray[np.int64]) -> None:
        """Go on from routes that may leave stops out or be beyond a battery, if they come to less.

        Routes that cannot be driven are left out, and their stops put in as in any iteration.
        """
        before, before_eur = self.best.copy(), self.eur
        read_routes(self.data, self.trial, self.work, routes)
        routes = routes.copy()
        routes[~np.isfinite(self.trial.eur)] = 0
        self.take(routes, np.inf)
        for _ in range(_PUT_IN):
            self.run(1, 1e-6, fewer=False)
            if self.eur < np.inf:
                break
        if before_eur < self.eur:
            self.take(before, before_eur)

    def freeze(self, routes: NDArray[np.bool_]) -> None:
        """Leave these routes ``[R]`` of the solution as they are from now on."""
        for state in (self.current, self.trial):
            state.frozen[:] = routes

    def latest(self, most: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the latest routes of the pool ``[P, 2 + n]`` and their costs, `most` at most."""
        count, size = int(self.pooled[0]), len(self.pool)
        rows = np.arange(max(0, count - min(most, size)), count) % size
        return self.pool[rows], self.pool_eur[rows]

    @property
    def now(self) -> NDArray[np.int64]:
        """Routes of the solution it goes on from."""
        routes = np.zeros_like(self.best)
        write_routes(self.current, routes)
        return routes

    @property
    def now_eur(self) -> float:
        """Cost of the solution it goes on from."""
        return float(total_eur(self.data, self.current))

    def run(self, iterations: int, heat: float, *, fewer: bool) -> None:
        """Anneal at one temperature."""
        eur = np.array([np.inf]) if fewer else self.best_eur
        routes = np.zeros_like(self.best) if fewer else self.best
        self.iterations += anneal(
            self.data, self.current, self.trial, self.work, iterations, heat, heat, _REMOVED,
            fewer, self.absences, self.penalty, routes, eur, self.pool, self.pool_eur,
            self.pooled, self.rng,
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
        return bool((np.isinf(self.data.stop[:, PRIZE]) <= (state.route >= 0)).all())


@dataclass
class Budget:
    """How much of the time, or of the iterations, is gone."""

    begun: float
    ends: float
    elapsed: Callable[[], float]
    halt: threading.Event
    max_iterations: int | None

    def gone(self, searcher: Searcher) -> float:
        """Part that is gone, 1 at the end."""
        if self.halt.is_set():
            return 1.0
        part = (self.elapsed() - self.begun) / max(1e-9, self.ends - self.begun)
        if self.max_iterations is not None:
            # By iterations alone, so that the answer does not depend on the machine.
            done = searcher.iterations / max(1, self.max_iterations)
            return 1.0 if part >= 1.0 else done
        return part

    def part_of(self, seconds: float, iterations: int) -> float:
        """Part of the budget that so many seconds, or iterations where these count, are."""
        if self.max_iterations is not None:
            return iterations / max(1, self.max_iterations)
        return seconds / max(1e-9, self.ends - self.begun)


class Steps:
    """Chunks of iterations short enough to end in time."""

    def __init__(self, searcher: Searcher, budget: Budget) -> None:
        self.searcher, self.budget, self.size = searcher, budget, 8

    def run(self, heat: float, *, fewer: bool) -> None:
        """Do one chunk at one temperature."""
        size = self.size
        if self.budget.max_iterations is not None:
            size = min(50, self.budget.max_iterations - self.searcher.iterations)
        begun = self.budget.elapsed()
        before = self.searcher.iterations
        self.searcher.run(max(1, size), heat, fewer=fewer)
        took, done = self.budget.elapsed() - begun, self.searcher.iterations - before
        self.size = max(1, min(500, int(done * _CHUNK_S / max(took, 1e-6)), 2 * self.size))
