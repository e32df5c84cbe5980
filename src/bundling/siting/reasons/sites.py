"""Why a site is open, and why another is not: what the plan would cost the other way round."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bundling.result import Result
from bundling.siting.grid import ancestry
from bundling.siting.limits import PowerRules
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.plans import (
    electric_chargers,
    opened,
    what_differs,
    with_site,
    without_site,
)
from bundling.siting.reasons.rerun import Change, Rerun, Shares, dearer, known, rerun

OPEN, NOT_OPEN = "open", "not open"
_COLUMNS = [
    "site_id", "name", "state", "opened_year", "otherwise", "eur", "low_eur", "high_eur",
    "approximate", "then", "words",
]  # fmt: skip


def why_sites(
    result: Result,
    sites: Sequence[str] | None = None,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> pd.DataFrame:
    """Say what each open site saves, and what it would cost to open each other one.

    An open site is forbidden and the problem solved again. A site that is not open is made to have
    at least one electric charger in the last planning year, by a power rule of its own, and the
    problem is solved again; when, how large and who charges there is free.

    Parameters
    ----------
    result
        A siting result with a plan.
    sites
        Identifiers of the sites to explain; all when None.
    time_limit
        Wall seconds for all re-solves together.
    gap, seed
        As in `bundling.siting.solve`.

    Returns
    -------
    pandas.DataFrame
        A row a site: ``state``, ``opened_year``, ``otherwise`` (what was tried: without it, with
        it), ``eur`` (how much dearer that is, net present EUR) with ``low_eur`` and ``high_eur``,
        between which the true difference lies, ``approximate`` when these differ, ``then`` (what
        else changes) and ``words``. ``eur`` is ``inf`` where no plan keeps all limits then, or
        nothing may be built.

    Raises
    ------
    ValueError
        When there is no plan, or a site is unknown.
    """
    base = known(result)
    problem = base.problem
    wanted = list(problem.site_ids) if sites is None else list(sites)
    unknown = [site for site in wanted if site not in problem.site_ids]
    if unknown:
        raise ValueError(f"no site of this problem: {', '.join(map(repr, unknown))}")
    index = [problem.site_ids.index(site) for site in wanted]
    is_open = opened(problem, base.solution)
    runs = sum(s in is_open or bool(problem.buildable[s]) for s in index)
    shares = Shares(time_limit, runs)
    rows = []
    for s in index:
        if s in is_open:
            rows.append(_why_open(base, s, is_open[s], shares.next(), gap, seed))
        elif not problem.buildable[s] or not electric_chargers(problem):
            rows.append(_may_not(problem, s))
        else:
            rows.append(_why_not(base, s, shares.next(), gap, seed))
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return frame.astype({"opened_year": "Int64", "approximate": bool})


def _row(
    problem: SitingProblem,
    site: int,
    change: Change,
    *,
    year: int | None,
    otherwise: str,
    then: str,
    words: str,
) -> dict[str, Any]:
    return {
        "site_id": problem.site_ids[site],
        "name": problem.site_names[site],
        "state": NOT_OPEN if year is None else OPEN,
        "opened_year": year,
        "otherwise": otherwise,
        **change.columns(),
        "then": then,
        "words": words,
    }


def _why_open(
    base: Rerun, site: int, year: int, seconds: float, gap: float, seed: int
) -> dict[str, Any]:
    problem, plan = base.problem, base.solution
    assert plan is not None
    forbidden = problem.forbidden.copy()
    forbidden[site] = True
    other = rerun(
        problem.replace(forbidden=forbidden),
        seconds=seconds,
        gap=gap,
        seed=seed,
        plans=[without_site(problem, plan, site)],
    )
    change = dearer(base, other, least=0.0)
    name = problem.site_names[site]
    then = ""
    if other.solution is not None:
        then = what_differs(problem, plan, other.solution, besides=site)
    if other.infeasible:
        words = f"{name} is open because no plan keeps all limits without it."
    elif change.exact and change.eur <= 0.005:
        words = f"{name} is open, but a plan without it costs no more."
    else:
        words = f"{name} is open: without it the best plan costs {change.words} more."
    words += f" Then {then}." if then else ""
    return _row(problem, site, change, year=year, otherwise="without it", then=then, words=words)


def _why_not(base: Rerun, site: int, seconds: float, gap: float, seed: int) -> dict[str, Any]:
    problem, plan = base.problem, base.solution
    assert plan is not None
    charger = electric_chargers(problem)[0]
    other = rerun(
        problem.replace(power_rules=with_rule(problem, site, problem.charger_kw[charger])),
        seconds=seconds,
        gap=gap,
        seed=seed,
        plans=with_site(problem, plan, site, charger),
    )
    change = dearer(base, other, least=0.0)
    name = problem.site_names[site]
    then = ""
    if other.solution is not None:
        then = what_differs(problem, plan, other.solution, besides=site)
    if other.infeasible:
        words = f"{name} is not open because no plan with it keeps all limits."
    elif change.exact and change.eur <= 0.005:
        words = f"{name} is not open, but a plan with it costs no more."
    else:
        words = f"{name} is not open: with it the best plan costs {change.words} more."
    words += f" {_hindrance(problem, site)}"
    return _row(
        problem, site, change, year=None, otherwise="with it", then=then, words=words.strip()
    )


def _may_not(problem: SitingProblem, site: int) -> dict[str, Any]:
    change = Change(math.inf, math.inf, math.inf, exact=True)
    name = problem.site_names[site]
    if problem.forbidden[site]:
        words = f"{name} is not open: no new chargers are allowed there."
    elif problem.max_chargers[site] == 0:
        words = f"{name} is not open: there is no room for a charger."
    else:
        words = f"{name} is not open: no charger type gives electricity."
    return _row(problem, site, change, year=None, otherwise="not tried", then="", words=words)


def with_rule(problem: SitingProblem, site: int, kw: float) -> PowerRules:
    """Power rules of the problem, and one that asks for `kw` of new chargers at a site.

    It holds in the last planning year, so that when to open stays free: what is built stays.
    """
    years = problem.num_years
    member = np.zeros((1, problem.num_sites), dtype=bool)
    member[0, site] = True
    least = np.zeros((1, years))
    least[0, -1] = problem.existing_kw[site] + kw  # existing power counts in a rule
    old = problem.power_rules
    if old is None:
        return PowerRules((f"open {problem.site_ids[site]}",), member, least, np.zeros(1))
    return PowerRules(
        ids=(*old.ids, f"open {problem.site_ids[site]}"),
        member=np.vstack([old.member, member]),
        min_kw=np.vstack([old.min_kw, least]),
        min_charger_kw=np.append(old.min_charger_kw, 0.0),
    )


def _hindrance(problem: SitingProblem, site: int) -> str:
    """Say what stands in the way of a site, first things first; empty when it is cost alone."""
    mine = problem.pair_demand[problem.pair_site == site]
    if not len(mine):
        return "Nobody asks for energy within its reach."
    if not problem.demand_kwh[mine].any():
        return "Those within its reach ask for no energy."
    above = ancestry(problem.node_parent)[:, problem.site_node[site]]
    asks = (problem.demand_profile[mine] > 0).any(axis=0)
    # Room of the tightest hour in which somebody charges, at each node above, by year.
    room = problem.most_room_kw[above][:, :, asks].min(axis=2)
    for g, row in zip(np.flatnonzero(above), room, strict=True):
        if (row <= 0).all():
            return f"{problem.node_names[g]} has no room in some hours of every year."
        if row[0] <= 0:
            first = problem.years[int((row > 0).argmax())]
            return f"{problem.node_names[g]} has no room at all hours before {first}."
    return ""
