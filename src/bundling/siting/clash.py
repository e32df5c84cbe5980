"""Which limits of a board cannot be kept together, in words.

Two answers, since they tell different things. The *clash*: a smallest set of limits that cannot
all be kept; every one of them is needed for that (found by leaving out one limit after the other,
J. W. Chinneck, E. W. Dravnieks, "Locating minimal infeasible constraint sets in linear programs",
ORSA Journal on Computing 3 (1991) 157-168). And the *least to give*: by how much the limits would
have to move, all together, as shares of themselves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.mip import LinearModel, solve_model
from bundling.result import Status
from bundling.siting.limit_rows import BUDGET, CEILING, COVERAGE, KEUR, POWER
from bundling.siting.milp import build
from bundling.siting.problem import SitingProblem

FloatArray = NDArray[np.float64]
_LEAST = 1e-6
_ONE_TRY_S = 20.0


@dataclass(frozen=True)
class _Limit:
    """One row that a board set: where it stands, its words, and how a unit of it reads."""

    row: int
    words: str
    unit: float
    reads: str


def explain_clash(problem: SitingProblem, *, time_limit: float, seed: int = 0) -> list[str]:
    """Say which limits clash, and how much they would have to give.

    Parameters
    ----------
    problem
        A problem of which the search found that no plan keeps all limits.
    time_limit
        Wall seconds; what is not known then is said.
    seed
        For HiGHS.
    """
    clock = Clock(time_limit)
    model = build(problem).model
    limits = _limits(problem, model)
    if not limits:
        return ["HiGHS finds no plan at all, though none of the limits is set. Please report it."]
    clash, proved = _smallest_clash(model, limits, clock, seed)
    which = "; ".join(limit.words for limit in clash)
    together = "cannot be kept" if len(clash) == 1 else "cannot all be kept"
    lines = [f"No plan keeps all limits. {_sentence(which)} {together}."]
    if len(clash) > 1 and proved:
        lines.append("Leaving out any one of these makes a plan possible.")
    elif not proved:
        lines.append("The time limit ended the search for a smaller set of limits that clash.")
    return lines + _least_to_give(model, limits, clock, seed)


def _number(amount: float) -> str:
    return f"{amount:,.0f}" if abs(amount) >= 100.0 else f"{amount:.3g}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _limits(problem: SitingProblem, model: LinearModel) -> list[_Limit]:
    """Every row of a limit that asks for something."""
    found: list[_Limit] = []
    for block in model.row_blocks:
        rows = range(block.start, block.start + block.size)
        years = problem.num_years
        for i, row in enumerate(rows):
            year = problem.years[i % years]
            if block.name == BUDGET and problem.budget is not None:
                eur = problem.budget.eur[i]
                if np.isfinite(eur):
                    words = f"the budget of {eur:,.0f} EUR in {year}"
                    found.append(_Limit(row, words, KEUR, "EUR more"))
            elif block.name == COVERAGE and problem.coverage is not None:
                area, share = problem.coverage.area_ids[i // years], problem.coverage.min_share
                if share[i // years, i % years] > 0:
                    words = f"coverage of {share[i // years, i % years]:.0%} in {area} in {year}"
                    found.append(_Limit(row, words, 100.0, "% of its energy less"))
            elif block.name == POWER and problem.power_rules is not None:
                asked = problem.power_rules.min_kw[i // years, i % years]
                if asked > 0:
                    name = problem.power_rules.ids[i // years]
                    words = f"{asked:,.0f} kW for {name} in {year}"
                    found.append(_Limit(row, words, KEUR, "kW less"))
            elif block.name.startswith(CEILING):
                name = block.name.removeprefix(f"{CEILING} on ")
                most = float(getattr(problem.impacts, f"max_{name}"))
                unit = KEUR if name == "capital_eur" else 1.0
                reads = f"{name.rsplit('_', 1)[1]} more"
                found.append(_Limit(row, f"the ceiling of {most:,.0f} on {name}", unit, reads))
    return found


def _smallest_clash(
    model: LinearModel, limits: list[_Limit], clock: Clock, seed: int
) -> tuple[list[_Limit], bool]:
    """Leave out one limit after the other; it belongs to the clash when a plan appears."""
    left = list(limits)
    half = Clock(max(1e-3, clock.left / 2))
    for limit in limits:
        if half.left <= 0:
            return left, False
        rest = [other for other in left if other is not limit]
        try_s = min(half.left, _ONE_TRY_S)
        outcome = solve_model(
            _with_slack(model, [x for x in limits if x not in rest], free=True),
            time_limit=try_s,
            gap=math.inf,
            seed=seed,
        )
        if outcome.status is Status.INFEASIBLE:
            left = rest
    return left, True


def _with_slack(model: LinearModel, limits: list[_Limit], *, free: bool) -> LinearModel:
    """Copy the model with a column for each limit by which it may be missed.

    `free` lets it be missed at no price and drops all costs; otherwise missing is the only cost.
    """
    other = LinearModel()
    other.__dict__.update({name: _copy(value) for name, value in model.__dict__.items()})
    lower, upper = model.row_lower, model.row_upper
    other._cost = [np.zeros(model.num_columns)]
    rows = np.array([limit.row for limit in limits], dtype=np.int64)
    bound = np.where(np.isfinite(upper[rows]), upper[rows], lower[rows])
    scale = np.maximum(np.abs(bound), 0.01)
    price = 0.0 if free else 1.0 / scale
    columns = other.add_columns("slack", len(rows), cost=price)
    if len(rows):
        other.add_terms(rows, columns, np.where(np.isfinite(upper[rows]), -1.0, 1.0))
    return other


def _copy(value: object) -> object:
    return list(value) if isinstance(value, list) else value


def _least_to_give(model: LinearModel, limits: list[_Limit], clock: Clock, seed: int) -> list[str]:
    """Say by how much limits must move, when all may and the sum of their shares is least."""
    elastic = _with_slack(model, limits, free=False)
    outcome = solve_model(elastic, time_limit=max(clock.left, 1.0), gap=1e-3, seed=seed)
    if outcome.values is None:
        return ["How much the limits would have to give is not known: the time limit ended it."]
    given = outcome.values[model.num_columns :]
    parts = [
        f"{limit.words}: {_number(amount * limit.unit)} {limit.reads}"
        for limit, amount in zip(limits, given, strict=True)
        if amount > _LEAST
    ]
    return [f"Least to give for a plan to exist: {'; '.join(parts)}."] if parts else []
