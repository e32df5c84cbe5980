"""A plan to start from: is it one of this problem, and what are its columns in the model.

The model leaves out what cannot be of use (see `bundling.siting.milp`); where a plan has it, the
nearest thing the model has takes its place. So the plan itself is kept beside the search, which
may end without a better one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.result import Result
from bundling.siting.check import check
from bundling.siting.evaluate import evaluate
from bundling.siting.milp import Built
from bundling.siting.overloads import all_upgrades, forbidden_overload_kw
from bundling.siting.problem import SitingProblem
from bundling.siting.settle import settle
from bundling.siting.solution import SitingSolution

if TYPE_CHECKING:
    from bundling.siting.search import Answer

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SAME = ("years", "site_ids", "charger_ids", "step_ids")
"""What two problems share when a plan of one says something in the other."""


def plan_of(problem: SitingProblem, start: SitingSolution | Result) -> SitingSolution:
    """Return the plan in `start` as a plan of `problem`.

    Parameters
    ----------
    problem
        The problem to be solved.
    start
        A plan, or a result, of this problem or of one with the same years, sites, chargers and
        connection steps. Reinforcements, service, batteries and panels of another size are left
        out: they are chosen anew.

    Raises
    ------
    bundling.InputError
        With everything in which the problems differ, or when the result has no plan.
    """
    raise_if(list(_faults(problem, start)))
    plan = start.solution if isinstance(start, Result) else start
    assert isinstance(plan, SitingSolution)
    served, upgraded, dispatch = plan.served, plan.upgraded, plan.dispatch
    if served.shape != (problem.num_pairs, problem.num_years):
        served = np.zeros((problem.num_pairs, problem.num_years))
    if upgraded.shape != (problem.num_upgrades, problem.num_years):
        upgraded = np.zeros((problem.num_upgrades, problem.num_years), dtype=np.int64)
    if problem.storage is None:
        dispatch = None
    return SitingSolution(plan.step, plan.chargers, served, upgraded, dispatch)


def _faults(problem: SitingProblem, start: object) -> Iterator[Fault]:
    if not isinstance(start, SitingSolution | Result):
        rule = f"is a {type(start).__name__}"
        yield Fault("start", "", (), rule, "Give a siting plan or its result.")
        return
    plan = start.solution if isinstance(start, Result) else start
    if not isinstance(plan, SitingSolution):
        yield Fault("start", "", (), "holds no siting plan", "Give a result with a solution.")
        return
    told = False
    if isinstance(start, Result):
        for name in _SAME:
            if getattr(start.problem, name, None) != getattr(problem, name):
                told = True
                rule = "differ from those of this problem"
                yield Fault("start", name, (), rule, "Start from a plan of the same ones.")
    sites, years = problem.num_sites, problem.num_years
    for name, shape in (
        ("step", (sites, years)),
        ("chargers", (sites, problem.num_chargers, years)),
    ):
        found = getattr(plan, name).shape
        if found != shape and not told:
            rule = f"has shape {found}, expected {shape}"
            yield Fault("start", name, (), rule, "Start from a plan of the same sites and years.")
    beyond = (plan.step < -1) | (plan.step >= problem.num_steps)
    if beyond.any() and not told:
        rule = f"names steps beyond the {problem.num_steps} of this problem"
        yield Fault("start", "step", (), rule, "Start from a plan of the same steps.")


def columns_of(built: Built, step: IntArray, chargers: IntArray) -> FloatArray:
    """Values of all columns with these whole numbers, the others 0; see `settle`."""
    values = np.zeros(built.model.num_columns)
    numbers = np.arange(built.step.shape[1])[None, :, None]
    values[built.step] = step[built.build][:, None, :] == numbers
    values[built.chargers] = chargers[built.build]
    return values


def columns_of_plan(built: Built, plan: SitingSolution) -> FloatArray:
    """Values of all columns with the whole numbers of a plan, the others 0; see `settle`.

    A step the model leaves out becomes the largest it has below it, which carries all the site can
    use; chargers beyond what can be of use are left out, and so are sites that can serve nobody.
    """
    model = built.model
    values = np.zeros(model.num_columns)
    step = plan.step[built.build]
    there = model.upper[built.step] > 0.5
    numbers = np.arange(built.step.shape[1])[None, :, None]
    fits = there & (numbers <= step[:, None, :])
    kept = np.where(fits, numbers, -1).max(axis=1, initial=-1)
    values[built.step] = kept[:, None, :] == numbers
    values[built.chargers] = np.minimum(plan.chargers[built.build], model.upper[built.chargers])
    values[built.upgraded] = np.minimum(plan.upgraded, model.upper[built.upgraded])
    return values


def better_start(
    built: Built, plan: SitingSolution | None, found: FloatArray | None, seed: int, seconds: float
) -> FloatArray | None:
    """Return the cheaper of `plan`, settled within `seconds`, and the values `found`."""
    if plan is None:
        return found
    values, cost = settle(built.model, columns_of_plan(built, plan), seed, max(0.05, seconds))
    if found is not None and float(built.model.cost @ found) <= cost:
        return found
    return values


def cure(problem: SitingProblem) -> SitingSolution | None:
    """Return a plan of reinforcements alone, where overloads must be cured; None elsewhere.

    Slope scaling knows no reinforcements, so without it the search would begin with nothing.
    """
    if not forbidden_overload_kw(problem).any():
        return None
    nothing = SitingSolution(
        np.full((problem.num_sites, problem.num_years), -1),
        np.zeros((problem.num_sites, problem.num_chargers, problem.num_years), dtype=np.int64),
        np.zeros((problem.num_pairs, problem.num_years)),
    )
    return replace(nothing, upgraded=all_upgrades(problem))


def keep_better(problem: SitingProblem, plan: SitingSolution | None, answer: Answer) -> Answer:
    """Return the answer with `plan` in it, where that is feasible and costs less."""
    if plan is None or check(problem, plan):
        return answer
    cost = evaluate(problem, plan).objective
    if cost >= answer.objective_eur:
        return answer
    return replace(answer, solution=plan, objective_eur=cost)
