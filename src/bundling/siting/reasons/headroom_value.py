"""What one more megawatt at a grid node is worth, in two ways that answer different questions.

*Marginal, with what is built held*: the dual values of the model's linear program with sites,
connections and chargers fixed. It says what the next kilowatt would save in operation, expressed
per megawatt. A whole megawatt saves at most that as long as nothing more is built, and may save
more when something is: a substation at which nothing was worth building has a marginal value of 0.

*Re-solved*: the least cost with one more megawatt, all decisions taken anew. This is what a
reinforcement is worth; it takes a solve for each node and year.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import ModelMismatch
from bundling.mip import solve_model
from bundling.result import Result, Status
from bundling.siting.held import hold
from bundling.siting.milp import EUR_PER_UNIT
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.rerun import Change, Shares, cheaper, known, rerun
from bundling.siting.solution import SitingSolution
from bundling.siting.upgrades import Upgrades
from bundling.units import KW_PER_MW

FloatArray = NDArray[np.float64]

MARGINAL = "marginal, with what is built held"
RESOLVED = "re-solved"
_COLUMNS = [
    "node_id", "name", "year", "eur_per_mw", "low_eur_per_mw", "high_eur_per_mw", "kind",
    "approximate", "words",
]  # fmt: skip
_LEAST_EUR = 0.5
"""Values below this per megawatt are dust of the solver."""


def headroom_value(
    result: Result,
    *,
    resolve: Sequence[tuple[str, int]] = (),
    lasting: bool = False,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> pd.DataFrame:
    """Value of one more MW of headroom by grid node and planning year.

    Parameters
    ----------
    result
        A siting result with a plan.
    resolve
        ``(node_id, year)`` for which the value is also found by solving again with one more MW.
    lasting
        One more MW from that planning year on, rather than while that planning year holds.
    time_limit
        Wall seconds for all re-solves together.
    gap, seed
        As in `bundling.siting.solve`, for the re-solves.

    Returns
    -------
    pandas.DataFrame
        One row a node that sets a limit and year with `kind` `MARGINAL`, and one more with `kind`
        `RESOLVED` for each asked for. ``eur_per_mw`` is a saving of net present cost over all
        calendar years that the planning years stand for, EUR; ``low_eur_per_mw`` and
        ``high_eur_per_mw`` are the bounds on what one whole MW saves (with what is built held, for
        the first kind); ``approximate`` is True for all of the first kind, and where a
        re-solve was cut short; ``words`` says it all.

    Raises
    ------
    ValueError
        When there is no plan, or an unknown node or year is asked for.
    bundling.ModelMismatch
        When the plan does not fit into its own model: a bug.
    """
    base = known(result)
    problem = base.problem
    assert base.solution is not None
    places = [_place(problem, node, year) for node, year in resolve]
    rows = list(_marginal(problem, base.solution, lasting=lasting))
    shares = Shares(time_limit, len(places))
    for g, y in places:
        headroom = problem.headroom_kw.copy()
        headroom[g, _years(y, lasting)] += KW_PER_MW
        other = rerun(
            problem.replace(headroom_kw=headroom),
            seconds=shares.next(),
            gap=gap,
            seed=seed,
            plans=[base.solution],
        )
        saved = cheaper(base, other)
        words = f"One more MW at {problem.node_names[g]} {_when(problem, y, lasting)} saves "
        rows.append(_row(problem, g, y, saved, RESOLVED, f"{words}{saved.words}."))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _place(problem: SitingProblem, node: str, year: int) -> tuple[int, int]:
    if node not in problem.node_ids:
        raise ValueError(f"{node!r} is no grid node of this problem")
    if year not in problem.years:
        raise ValueError(f"{year} is none of the planning years {problem.years}")
    return problem.node_ids.index(node), problem.years.index(year)


def _years(y: int, lasting: bool) -> slice:
    return slice(y, None if lasting else y + 1)


def _when(problem: SitingProblem, y: int, lasting: bool) -> str:
    return f"from {problem.years[y]} on" if lasting else f"in {problem.years[y]}"


def _row(
    problem: SitingProblem, g: int, y: int, saved: Change, kind: str, words: str
) -> dict[str, Any]:
    return {
        "node_id": problem.node_ids[g],
        "name": problem.node_names[g],
        "year": problem.years[y],
        **saved.columns("eur_per_mw"),
        "kind": kind,
        "words": words,
    }


def _marginal(
    problem: SitingProblem, plan: SitingSolution, *, lasting: bool
) -> Iterator[dict[str, Any]]:
    nodes = np.flatnonzero(np.isfinite(problem.headroom_kw).any(axis=(1, 2)))
    value = _duals(problem, plan, nodes)
    if lasting:
        value = np.cumsum(value[:, ::-1], axis=1)[:, ::-1]
    for row, g in enumerate(nodes):
        for y in range(problem.num_years):
            eur = float(value[row, y])
            # By convexity the first kilowatt saves most: a whole MW saves 0 to this.
            saved = Change(eur, 0.0, eur, exact=False)
            name, when = problem.node_names[g], _when(problem, y, lasting)
            words = f"With what is built held, more room at {name} {when} saves nothing."
            if eur > 0:
                words = (
                    f"With what is built held, the next kW at {name} {when} saves about "
                    f"{eur / KW_PER_MW:,.2f} EUR: {eur:,.0f} EUR per MW, and less for a whole one."
                )
            words += " Approximate: with more room more may be built; re-solve to know."
            yield _row(problem, int(g), y, saved, MARGINAL, words)


def _duals(problem: SitingProblem, plan: SitingSolution, nodes: NDArray[np.int64]) -> FloatArray:
    """Return what more room at each node and year saves, at the margin, EUR per MW [nodes, Y].

    A free reinforcement of 1 MW at each node, which nobody takes, marks the rows of the grid: its
    coefficients there times the rows' duals are what taking it would save.
    """
    marked = _with_free_mw(problem, nodes)
    first = 0 if problem.upgrades is None else problem.upgrades.size
    built, model = hold(marked, plan, problem.num_years)
    lower, upper = model.lower, model.upper
    upgraded = np.zeros(built.upgraded.shape)
    upgraded[:first] = plan.upgraded
    lower[built.upgraded] = upper[built.upgraded] = upgraded
    outcome = solve_model(
        model.with_bounds(lower, upper, integer=np.zeros_like(model.integer)),
    )
    if outcome.status is not Status.OPTIMAL or outcome.row_duals is None:
        raise ModelMismatch(
            f"the plan does not fit into the siting model it came from: {outcome.message}. "
            f"This is a bug in bundling or in the solver; please report it with the input."
        )
    duals = np.zeros(model.num_rows)
    for block in model.row_blocks:
        if block.name == "grid headroom":
            duals[block.index] = outcome.row_duals[block.index]
    saved = (model.matrix().T @ duals)[built.upgraded[first:]] * EUR_PER_UNIT
    return np.where(saved > _LEAST_EUR, saved, 0.0)


def _with_free_mw(problem: SitingProblem, nodes: NDArray[np.int64]) -> SitingProblem:
    count = len(nodes)
    old = problem.upgrades
    if old is None:
        old = Upgrades((), (), np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0))  # type: ignore[arg-type]
    names = tuple(f"one more MW at node {g}" for g in nodes)
    upgrades = Upgrades(
        ids=(*old.ids, *names),
        names=(*old.names, *names),
        node=np.append(old.node, nodes),
        kw=np.append(old.kw, np.full(count, KW_PER_MW)),
        first_year=np.append(old.first_year, np.full(count, problem.years[0])),
        eur_per_year=np.append(old.eur_per_year, np.zeros(count)),
    )
    budget = problem.budget
    if budget is not None:
        budget = replace(budget, upgrade_eur=np.append(budget.upgrade_eur, np.zeros(count)))
    return problem.replace(upgrades=upgrades, budget=budget)
