"""Search the large parts of a rounds problem on two threads, within the time there is."""

from __future__ import annotations

import math
import threading
import time
import warnings
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from bundling.certify import Clock
from bundling.result import Event, Limit, OnEvent
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.pyvrp_engine import QUICK, STEADY, Tempo
from bundling.rounds.search import Found, search

SEARCH_SHARE = 0.9
"""Part of the time for PyVRP; the rest is for the choice among routes, and for proof."""
_WORKERS = 2
_POLL_S = 0.05
_nap = time.sleep  # a name of its own, so that a test can interrupt the wait
_PATIENCE, _PATIENCE_PER_STOP = 2_000, 1_000
"""Iterations without improvement after which a task gives up the rest of its time."""
_SHARE_POWER = 1.5
"""Search time of a part grows with (number of stops) to this power."""


@dataclass
class Task:
    """One PyVRP run: a part, a seed, a tempo, its share of the time, and what it has found."""

    part: int
    seed: int
    seconds: float
    tempo: Tempo = QUICK
    found: Found = field(default_factory=Found)
    limit: Limit = Limit.ITERATIONS


def share_out(parts: Sequence[Part], large: Sequence[int], seed: int, seconds: float) -> list[Task]:
    """Give each large part its share of two workers' time; one too big runs twice.

    The second run is PyVRP as it is by itself, so that both together are at least as good.
    """
    if not large:
        return []
    weight = {k: len(parts[k].stops) ** _SHARE_POWER for k in large}
    each = _WORKERS * max(0.05, seconds) / sum(weight.values())
    tasks = []
    for k in large:
        share = weight[k] * each
        runs = _WORKERS if share > 1.2 * seconds else 1
        for j in range(runs):
            state = np.random.SeedSequence([seed % 2**32, k, j]).generate_state(1)
            tasks.append(Task(k, int(state[0]), share / runs, STEADY if j else QUICK))
    return sorted(tasks, key=lambda task: (-task.seconds, task.part, task.seed))


def search_parts(
    problem: RoundsProblem,
    parts: Sequence[Part],
    tasks: Sequence[Task],
    clock: Clock,
    on_event: OnEvent | None,
    max_iterations: int | None,
    fixed_eur: float,
) -> tuple[Limit, list[tuple[float, float, float]]]:
    """Run all tasks on the workers, watching for the end, Ctrl-C and a caller who has enough.

    `fixed_eur` is what is certain beside the tasks; events and improvements include it.
    PyVRP gives the interpreter lock free while it searches: two runs in two threads take 1.1 times
    as long as one on two cores.
    """
    if not tasks:
        return Limit.NONE, []
    halt = threading.Event()
    deadline = max(0.05, SEARCH_SHARE * clock.time_limit - 0.1)
    waiting = [task.seconds for task in tasks]
    improvements: list[tuple[float, float, float]] = []
    interrupted = False
    with warnings.catch_warnings(), ThreadPoolExecutor(_WORKERS, "rounds") as workers:
        # PyVRP warns that it struggles to find a feasible solution; we look at that ourselves.
        warnings.filterwarnings("ignore", message=r"\s*A penalty parameter has reached")
        futures: list[Future[None]] = [
            workers.submit(
                _work,
                problem,
                parts[task.part],
                task,
                clock,
                deadline,
                halt,
                max_iterations,
                waiting,
            )
            for task in tasks
        ]
        while not all(future.done() for future in futures):
            try:
                _nap(_POLL_S)
                cost = fixed_eur + _cost_now(tasks)
                if not improvements or cost < improvements[-1][1]:
                    improvements.append((clock.elapsed, cost, -math.inf))
                if on_event is not None and not halt.is_set():
                    event = Event("rounds", clock.elapsed, cost, -math.inf)
                    if on_event(event) is False:
                        interrupted = True
                        halt.set()
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                halt.set()
            except BaseException:
                halt.set()
                raise
        for future in futures:
            future.result()
    if interrupted:
        return Limit.INTERRUPT, improvements
    timed = any(task.limit is Limit.TIME for task in tasks)
    return (Limit.TIME if timed else Limit.ITERATIONS), improvements


def _cost_now(tasks: Sequence[Task]) -> float:
    best: dict[int, float] = {}
    for task in tasks:
        best[task.part] = min(best.get(task.part, math.inf), task.found.cost_eur)
    return math.fsum(best.values())


def _work(
    problem: RoundsProblem,
    part: Part,
    task: Task,
    clock: Clock,
    deadline: float,
    halt: threading.Event,
    max_iterations: int | None,
    waiting: list[float],
) -> None:
    # Tasks start in order. What earlier ones left unused goes to the rest, by their shares.
    share = min(1.0, _WORKERS * task.seconds / sum(waiting))
    waiting.pop(0)
    ends = clock.elapsed + share * max(0.0, deadline - clock.elapsed)
    patience = _PATIENCE + _PATIENCE_PER_STOP * len(part.stops)

    def stop(iterations: int, since_best: int) -> bool:
        if halt.is_set():
            return True
        if clock.elapsed >= ends:
            task.limit = Limit.TIME
            return True
        return since_best >= patience or (
            max_iterations is not None and iterations >= max_iterations
        )

    search(problem, part, seed=task.seed, stop=stop, found=task.found, tempo=task.tempo)
