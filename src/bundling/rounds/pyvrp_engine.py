"""The one door to PyVRP 0.14: a part of a rounds problem in, sequences of stops out.

`pyvrp_model` states the part, in the whole numbers of `pyvrp_units`. PyVRP's penalties are kept in
its own range and multiplied by what one of them means in those numbers, so that the same search
suits a city in EUR and an instance in units of the literature.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.pyvrp_model import Model
from bundling.rounds.sequenced import Pool, Sequenced, add_to

FloatArray = NDArray[np.float64]

_MOST_MONEY = 2.0**60
"""No penalty of a solution may exceed this many ticks; PyVRP does not notice an overflow."""
_CALIBRATION, _UPDATE = 5_000, 500
"""Iterations in which penalties are found, and iterations between updates after them."""
_SAMPLED = 20
"""Every so many iterations the routes of a solution that is nearly the best join the pool."""
_NEARLY = 1.02


@dataclass(frozen=True)
class Tempo:
    """How PyVRP is driven.

    Attributes
    ----------
    first_penalty
        In PyVRP's range of 0.1 to 1e5.
    first_update
        Iterations between two updates of the penalties at the beginning.
    history
        Length of the late-acceptance history.
    restarts
        Whether a run that stands still begins anew.
    """

    first_penalty: float
    first_update: int
    history: int
    restarts: bool


QUICK = Tempo(first_penalty=4.0, first_update=50, history=100, restarts=True)
"""Good after a few thousand iterations, and over many starts."""
STEADY = Tempo(first_penalty=5e4, first_update=500, history=300, restarts=False)
"""PyVRP's own settings: penalties come down in tens of thousands of iterations, to good effect."""


@dataclass
class Search:
    """What a run of PyVRP reports while it runs, and what it has found.

    Attributes
    ----------
    best
        Best sequences so far; may break a limit when `feasible` is false.
    feasible
        Whether `best` keeps PyVRP's limits and serves every stop that must be.
    cost_eur
        Cost of `best` as PyVRP counts it, with the prizes of stops left out; ``inf`` when not
        feasible.
    iterations
        Iterations done.
    pool
        Sequences seen in good solutions.
    """

    best: list[Sequenced] = field(default_factory=list)
    feasible: bool = False
    cost_eur: float = np.inf
    iterations: int = 0
    pool: Pool = field(default_factory=dict)


def run(
    problem: RoundsProblem,
    part: Part,
    *,
    max_distance_m: FloatArray,
    seed: int,
    stop: Callable[[Search], bool],
    start: Sequence[Sequenced] = (),
    tempo: Tempo = QUICK,
) -> Search:
    """Search `part` until `stop` says so.

    Parameters
    ----------
    problem, part
        What to solve: the part's stops by the part's fleet entries.
    max_distance_m
        Longest route per fleet entry ``[V]``; ``inf`` for none.
    seed
        Same seed and number of iterations give the same answer.
    stop
        Asked before each iteration.
    start
        Sequences to start from.
    tempo
        How PyVRP is driven.

    Returns
    -------
    Search
        The best found. Run it in a thread of its own: a KeyboardInterrupt would lose the answer.
    """
    import pyvrp
    import pyvrp.search as ps

    model = Model(pyvrp, problem, part, max_distance_m)
    data = model.data
    found = Search()
    rng = pyvrp.RandomNumberGenerator(seed=seed % 2**32)
    search = ps.LocalSearch(
        data,
        rng,
        ps.compute_neighbours(data, ps.NeighbourhoodParams()),
        ps.PerturbationManager(ps.PerturbationParams()),
    )
    for operator in ps.OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    params = _penalty_params(pyvrp, model, tempo)
    penalties = _penalties(pyvrp, model, tempo, params)
    if start:
        first = model.solution(start)
    else:
        random = pyvrp.Solution.make_random(data, rng)
        first = search(random, penalties.max_cost_evaluator(), exhaustive=True)
    _note(found, model, first)
    algorithm = pyvrp.IteratedLocalSearch(
        data,
        penalties,
        search,
        first,
        pyvrp.IteratedLocalSearchParams(
            history_length=tempo.history, callbacks=_callbacks(pyvrp, found, model, params)
        ),
    )
    algorithm.run(lambda _cost: stop(found), collect_stats=False, display=False)
    return found


def _callbacks(pyvrp: Any, found: Search, model: Model, params: Any) -> Any:
    base: Any = pyvrp.IteratedLocalSearchCallbacks

    class Watch(base):  # type: ignore[misc]  # PyVRP is imported late and untyped here
        def on_iteration(self, _current: Any, candidate: Any, best: Any, cost: Any) -> None:
            found.iterations += 1
            if (
                found.iterations % _SAMPLED == 0
                and found.feasible
                and candidate.is_feasible()
                and cost.cost(candidate) < _NEARLY * cost.cost(best)
            ):
                add_to(found.pool, model.sequences(candidate), model.cost_eur(candidate))
            if found.iterations == _CALIBRATION:
                params.solutions_between_updates = _UPDATE

        def on_best(self, best: Any) -> None:
            _note(found, model, best)

    return Watch()


def _note(found: Search, model: Model, solution: Any) -> None:
    found.best = model.sequences(solution)
    found.feasible = (
        bool(solution.is_feasible()) and bool(solution.is_complete()) and model.allowed(found.best)
    )
    found.cost_eur = np.inf
    if found.feasible:
        found.cost_eur = model.cost_eur(solution)
        add_to(found.pool, found.best, found.cost_eur)


def _penalty_params(pyvrp: Any, model: Model, tempo: Tempo) -> Any:
    params = pyvrp.PenaltyParams(solutions_between_updates=tempo.first_update)
    worst = model.units.leg * max(1.0, *model.worst_in_legs)
    params.max_penalty = min(params.max_penalty, _MOST_MONEY / worst)
    return params


def _penalties(pyvrp: Any, model: Model, tempo: Tempo, params: Any) -> Any:
    """PyVRP's manager of penalties, with a unit of its own for each dimension."""
    base: Any = pyvrp.PenaltyManager
    units = model.units
    scale = np.array([*units.over, units.late, units.far])

    class Penalties(base):  # type: ignore[misc]  # PyVRP is imported late and untyped here
        def cost_evaluator(self) -> Any:
            loads, late, far = self.penalties()
            return evaluator(np.array([*loads, late, far]))

        def max_cost_evaluator(self) -> Any:
            return evaluator(np.full(len(scale), params.max_penalty))

    def evaluator(values: FloatArray) -> Any:
        *loads, late, far = (values * scale).tolist()
        return pyvrp.CostEvaluator(loads, late, far)

    first = tempo.first_penalty
    return Penalties(([first] * len(units.over), first, first), params)
