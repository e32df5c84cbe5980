"""Regret over scenarios: what a plan made for one future costs in another.

Each scenario has its best plan. Of each plan the decisions that must be taken now are held in every
other scenario and the rest is decided anew; what it then costs above the best plan of that
scenario is its regret there. The plan whose largest regret is smallest is the best *of these
candidates*: a plan that is best in no scenario may have less still, see `least_regret`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bundling.result import Result, Status
from bundling.siting.held import solve_held
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.rerun import Change, Rerun, Shares, dearer
from bundling.siting.solution import SitingSolution
from bundling.siting.solve import solve


@dataclass(frozen=True, eq=False)
class Regret:
    """What each plan costs in each scenario.

    Attributes
    ----------
    scenarios
        The problems by name.
    years
        Number of first planning years whose decisions are held.
    best
        Cheapest plan known of each scenario, with its bound; it counts what any plan found there.
    held
        Answer of each plan held in each scenario, by ``(plan, scenario)``.
    table
        A row a plan and scenario: ``cost_eur`` of the plan held there, ``best_eur`` of the best
        plan known, ``regret_eur`` the difference, between ``low_regret_eur`` and
        ``high_regret_eur``; ``approximate`` when these differ; ``words``. ``inf`` where the
        scenario does not allow the plan.
    summary
        A row a plan, the least maximal regret first: ``max_regret_eur`` with bounds,
        ``worst_scenario``, ``approximate``.
    choice
        Name of the plan with the least maximal regret of all candidates; None when each is ``inf``
        somewhere.
    words
        What is said by it, and what is not.
    """

    scenarios: Mapping[str, SitingProblem]
    years: int
    best: Mapping[str, Rerun]
    held: Mapping[tuple[str, str], Rerun]
    table: pd.DataFrame
    summary: pd.DataFrame
    choice: str | None
    words: tuple[str, ...]


def regret(
    scenarios: Mapping[str, SitingProblem],
    *,
    years: int | None = 1,
    plans: Mapping[str, SitingSolution] | None = None,
    time_limit: float = 300.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> Regret:
    """Solve each scenario, and hold each plan in each other one.

    Parameters
    ----------
    scenarios
        Problems by name, with the same sites, chargers, connection steps and planning years;
        demand, headroom, prices and limits may differ.
    years
        Number of first planning years in which the plan's connections and chargers are held, also
        where it builds nothing: 1 for decisions taken now, None for all. Who charges where,
        batteries, panels, reinforcements and later years are decided anew.
    plans
        More candidates by name, with arrays for these sites, chargers and years.
    time_limit
        Wall seconds for all solves together.
    gap, seed
        As in `solve`.

    Raises
    ------
    ValueError
        When there is no scenario, they do not match, or names of plans and scenarios clash.
    """
    more = dict(plans or {})
    first = _matching(scenarios)
    clash = sorted(set(more) & set(scenarios))
    if clash:
        raise ValueError(f"a plan and a scenario are both called {clash[0]!r}")
    held_years = first.num_years if years is None else years
    if not 1 <= held_years <= first.num_years:
        raise ValueError(f"years must be 1 to {first.num_years}, not {years}")
    count = len(scenarios)
    shares = Shares(time_limit, count + count * (count - 1 + len(more)))
    best: dict[str, Rerun] = {}
    for name, problem in scenarios.items():
        found = solve(problem, time_limit=shares.next(), gap=gap, seed=seed)
        best[name] = as_rerun(found)
    candidates = {name: run.solution for name, run in best.items()} | more
    held: dict[tuple[str, str], Rerun] = {}
    for name, plan in candidates.items():
        for scenario, problem in scenarios.items():
            if plan is None:
                continue
            if name == scenario:
                held[name, scenario] = best[name]
                continue
            found = solve_held(
                problem, plan, years=held_years, time_limit=shares.next(), gap=gap, seed=seed
            )
            held[name, scenario] = as_rerun(found)
    for scenario, run in best.items():
        # A plan of another scenario may turn out cheaper than what a search cut short had found.
        own = [other for (_, where), other in held.items() if where == scenario]
        cheapest = min([run, *own], key=lambda other: other.objective)
        best[scenario] = replace(
            run, solution=cheapest.solution, objective=cheapest.objective, infeasible=run.infeasible
        )
    return tables_of(scenarios, held_years, best, held)


def as_rerun(found: Result) -> Rerun:
    """Take over the answer of a solve, with or without a plan."""
    infeasible = found.status is Status.INFEASIBLE
    bound = math.inf if infeasible else found.bound
    return Rerun(
        found.problem, found.solution, found.objective, bound, infeasible, tuple(found.reasons)
    )


def _matching(scenarios: Mapping[str, SitingProblem]) -> SitingProblem:
    """Return the first problem, after seeing that plans of one fit into all."""
    if not scenarios:
        raise ValueError("no scenarios: give at least one problem")
    name, first = next(iter(scenarios.items()))
    for other, problem in scenarios.items():
        for field in ("years", "site_ids", "charger_ids", "charger_kw", "step_ids", "step_max_kw"):
            if not np.array_equal(getattr(problem, field), getattr(first, field)):
                raise ValueError(f"scenario {other!r} has other {field} than {name!r}")
    return first


def tables_of(
    scenarios: Mapping[str, SitingProblem],
    years: int,
    best: Mapping[str, Rerun],
    held: Mapping[tuple[str, str], Rerun],
) -> Regret:
    """Put what plans cost where into tables and words; see `Regret`."""
    rows = []
    for (name, scenario), run in held.items():
        if best[scenario].solution is None:
            continue
        # No plan costs less than the best one, so a bound on that is one on this.
        there = replace(run, bound=max(run.bound, best[scenario].bound))
        rows.append(_row(name, scenario, there, best[scenario]))
    table = pd.DataFrame(rows)
    words = [
        f"Scenario {name!r} has no plan and is left out: {' '.join(run.reasons)}"
        for name, run in best.items()
        if run.solution is None
    ]
    if table.empty:
        return Regret(scenarios, years, best, held, table, table, None, tuple(words))
    summary = _summary(table)
    top = summary.iloc[0]
    choice = None
    if np.isfinite(top["max_regret_eur"]):
        choice = str(top["plan"])
        words += _choice_words(summary)
    else:
        words.append("Each plan is impossible, or not known to be possible, in some scenario.")
    return Regret(scenarios, years, best, held, table, summary, choice, tuple(words))


def _row(name: str, scenario: str, run: Rerun, best: Rerun) -> dict[str, Any]:
    change = dearer(best, run, least=0.0)
    if run.infeasible:
        words = f"The plan of {name} is not possible in {scenario}: {' '.join(run.reasons)}"
    elif run.solution is None:
        words = f"No plan was found in {scenario} with what {name} builds first."
    elif change.exact and change.eur < 0.005:
        words = f"The plan of {name} is best in {scenario} as well."
        words = f"The plan of {name} is best in {scenario}." if name == scenario else words
    else:
        words = f"The plan of {name} costs {change.words} more in {scenario} than the best there."
    return {
        "plan": name,
        "scenario": scenario,
        "cost_eur": run.objective,
        "best_eur": best.objective,
        **change.columns("regret_eur"),
        "words": words,
    }


def _summary(table: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for name, mine in table.groupby("plan", sort=False):
        # A regret that is not known may be any: it counts as unbounded.
        known = mine["regret_eur"].fillna(np.inf)
        change = Change(
            float(known.max()),
            float(mine["low_regret_eur"].max()),
            float(mine["high_regret_eur"].max()),
            exact=not mine["approximate"].any(),
        )
        rows.append(
            {
                "plan": name,
                **change.columns("max_regret_eur"),
                "worst_scenario": mine["scenario"].iloc[int(known.to_numpy().argmax())],
            }
        )
    frame = pd.DataFrame(rows)
    return frame.sort_values("max_regret_eur", kind="stable").reset_index(drop=True)


def _choice_words(summary: pd.DataFrame) -> list[str]:
    top = summary.iloc[0]
    chosen = (
        f"Of {len(summary)} candidates the plan of {top['plan']} has the least maximal regret, "
        f"{top['max_regret_eur']:,.0f} EUR, in {top['worst_scenario']}."
    )
    caveat = (
        "It is the best of these candidates, not proved best of all plans: a plan that is best in "
        "no scenario may have less regret."
    )
    words = [chosen, caveat]
    rivals = summary[1:][summary["low_max_regret_eur"][1:] < top["high_max_regret_eur"] - 0.01]
    if len(rivals):
        names = ", ".join(rivals["plan"])
        words.append(f"Searches were cut short: {names} may have as little.")
    return words
