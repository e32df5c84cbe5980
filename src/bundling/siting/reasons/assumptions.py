"""Which assumption decides: the problem solved again at its low and its high value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.result import Result, Status
from bundling.siting.held import solve_held
from bundling.siting.layout import SCALARS
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.plans import opened, what_differs
from bundling.siting.reasons.rerun import Rerun, Shares, dearer, known, rerun

Changer = Callable[[SitingProblem, float], SitingProblem]

_COLUMNS = [
    "assumption", "side", "value", "present_value", "objective_eur", "bound_eur", "eur", "low_eur",
    "high_eur", "keep_eur", "low_keep_eur", "high_keep_eur", "sites_changed", "approximate",
    "words",
]  # fmt: skip
_TABLE = ("assumption", "change", "low", "high")


def tornado(
    result: Result,
    assumptions: pd.DataFrame,
    *,
    time_limit: float = 120.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> pd.DataFrame:
    """Solve again with each assumption at its low and its high value, the others as they are.

    Parameters
    ----------
    result
        A siting result with a plan.
    assumptions
        A row each. ``assumption``: its name. ``change``: a scalar field of the problem, such as
        ``"unserved_eur_per_kwh"``, which takes the value; a field of numbers, such as
        ``"demand_kwh"``, which is multiplied by it; or a function of the problem and the value
        that returns the changed problem. ``low``, ``high``: the values.
    time_limit
        Wall seconds for all re-solves together.
    gap, seed
        As in `bundling.siting.solve`.

    Returns
    -------
    pandas.DataFrame
        Two rows an assumption, `side` low and high, the largest swing of cost first.
        ``objective_eur`` and ``bound_eur`` of the re-solve; ``eur`` how much dearer than the
        present plan, between ``low_eur`` and ``high_eur``; ``keep_eur`` how much dearer it would be
        to keep the sites, connections and chargers of the present plan than to take the best then:
        an assumption decides where this is large; ``sites_changed`` how many sites open that did
        not, or the reverse, or in another year; ``approximate`` when bounds differ. ``inf`` where
        no plan keeps all limits then.

    Raises
    ------
    ValueError
        When there is no plan.
    bundling.InputError
        With every fault of the table, or of a problem it makes.
    """
    base = known(result)
    raise_if(_faults(base.problem, assumptions))
    shares = Shares(time_limit, 4 * len(assumptions))
    rows = [
        _row(base, record, side, shares, gap, seed)
        for record in assumptions.to_dict("records")
        for side in ("low", "high")
    ]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    size = frame["eur"].abs().groupby(frame["assumption"]).transform("max")
    order = np.lexsort((np.arange(len(frame)) // 2, -size.fillna(np.inf).to_numpy()))
    return frame.iloc[order].reset_index(drop=True)


def changed(problem: SitingProblem, change: str | Changer, value: float) -> SitingProblem:
    """Return the problem with one assumption at a value; see `tornado`."""
    if not isinstance(change, str):
        return change(problem, value)
    if change in SCALARS:
        whole = _is_whole(problem, change)
        return problem.replace(**{change: int(value) if whole else float(value)})
    return problem.replace(**{change: getattr(problem, change) * value})


def _faults(problem: SitingProblem, table: pd.DataFrame) -> Iterator[Fault]:
    missing = [column for column in _TABLE if column not in table.columns]
    for column in missing:
        yield Fault("assumptions", column, (), "is missing", f"Give the columns {_TABLE}.")
    if missing:
        return
    twice = table["assumption"][table["assumption"].duplicated()]
    if len(twice):
        rows = tuple(map(str, twice))
        yield Fault("assumptions", "assumption", rows, "appears more than once", "Rename one.")
    numbers = {field.name for field in fields(problem) if field.type == "FloatArray"}
    for record in table.to_dict("records"):
        name, change = str(record["assumption"]), record["change"]
        if not callable(change) and change not in SCALARS and change not in numbers:
            rule = f"{change!r} is no number or numbers of a siting problem, and no function"
            yield Fault("assumptions", "change", (name,), rule, "Give one of them.")
        for side in ("low", "high"):
            value = record[side]
            if not isinstance(value, (int, float)) or not np.isfinite(value):
                rule = f"{value!r} is no number"
                yield Fault("assumptions", side, (name,), rule, "Give a number.")
            elif change in SCALARS and _is_whole(problem, change) and value != int(value):
                rule = f"{value:g} is no whole number, as {change} is"
                yield Fault("assumptions", side, (name,), rule, "Give a whole number.")


def _is_whole(problem: SitingProblem, field: str) -> bool:
    return isinstance(getattr(problem, field), int)


def _row(
    base: Rerun, record: dict[Any, Any], side: str, shares: Shares, gap: float, seed: int
) -> dict[str, Any]:
    problem, plan = base.problem, base.solution
    assert plan is not None
    change, value = record["change"], float(record[side])
    other_problem = changed(problem, change, value)
    held = solve_held(
        other_problem,
        plan,
        years=problem.num_years,
        time_limit=shares.next(),
        gap=gap,
        seed=seed,
    )
    plans = [plan] if held.solution is None else [plan, held.solution]
    other = rerun(other_problem, seconds=shares.next(), gap=gap, seed=seed, plans=plans)
    kept = Rerun(
        other_problem,
        held.solution,
        held.objective,
        max(held.bound, other.bound),
        infeasible=held.status is Status.INFEASIBLE,
    )
    dear, keep = dearer(base, other), dearer(other, kept, least=0.0)
    before, after = opened(problem, plan), opened(other_problem, other.solution)
    sites = len({*before.items()} ^ {*after.items()})
    moved = {s for s in before if s in after and before[s] != after[s]}
    present = np.nan
    if isinstance(change, str):
        present = float(getattr(problem, change)) if change in SCALARS else 1.0
    return {
        "assumption": record["assumption"],
        "side": side,
        "value": value,
        "present_value": present,
        "objective_eur": other.objective,
        "bound_eur": other.bound,
        **dear.columns(),
        **keep.columns("keep_eur"),
        "sites_changed": sites - len(moved),
        "approximate": not (dear.exact and keep.exact),
        "words": _words(base, other, record, side, dear.eur, keep.words),
    }


def _words(
    base: Rerun, other: Rerun, record: dict[Any, Any], side: str, eur: float, keep: str
) -> str:
    start = f"{record['assumption']} at {record[side]:g}: "
    if other.infeasible:
        return start + "no plan keeps all limits."
    if other.solution is None:
        return start + "no plan found within the time limit."
    if np.isinf(other.objective - base.objective):
        return start + "not known."
    size = f"{abs(eur):,.0f} EUR {'more' if eur >= 0 else 'less'}"
    about = "" if other.proved and base.proved else "about "
    differs = what_differs(base.problem, base.solution, other.solution)
    then = f"{differs}; keeping the present sites costs {keep} more than that"
    if not differs:
        then = "the same sites open"
    return f"{start}the plan costs {about}{size}; {then}."
