"""What can be built now, and what waits for which reinforcement.

A site that opens later than the first planning year may wait for room on the grid, or only for
demand to grow. To tell them apart, headroom that comes later is moved to the first year and the
problem solved again: of all nodes together, and then of one node and year at a time. A site that
opens earlier then waited for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from bundling.certify import Clock
from bundling.result import Result
from bundling.siting.grid import ancestry
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.plans import opened
from bundling.siting.reasons.rerun import Rerun, Shares, cheaper, known, rerun

_COLUMNS = [
    "site_id", "name", "opened_year", "kw_first_year", "kw_last_year", "now", "waits_for_node",
    "waits_for_year", "would_open_year", "saved_eur", "low_saved_eur", "high_saved_eur",
    "approximate", "words",
]  # fmt: skip
_SEVERAL = "several"
_FIRST = 0.3
"""Part of the time for all headroom at once: what does not open earlier then is not tried again."""
_LEAST_S = 0.05


@dataclass(frozen=True)
class _More:
    """More room at a node from a year on: headroom decided on, or a reinforcement to choose."""

    node: int
    year: int
    upgrade: int = -1


def what_waits(
    result: Result, *, time_limit: float = 60.0, gap: float = 1e-4, seed: int = 0
) -> pd.DataFrame:
    """Say of each site that opens whether it can be built now, and what it waits for if not.

    Parameters
    ----------
    result
        A siting result with a plan.
    time_limit
        Wall seconds for all re-solves together.
    gap, seed
        As in `bundling.siting.solve`.

    Returns
    -------
    pandas.DataFrame
        A row a site that opens. ``kw_first_year`` and ``kw_last_year``: power of its chargers.
        ``now``: it opens in the first planning year. ``waits_for_node`` and ``waits_for_year``:
        more headroom at this node from this year on is what it waits for, since it opens in
        ``would_open_year`` when only that comes in the first year; the earliest of several such;
        node ``"several"`` when it opens earlier only if all that comes later comes at once.
        Empty when it waits for demand. ``saved_eur`` is what moving this headroom saves, with
        bounds. ``approximate``: a plan behind the row is not proved best, so another plan as good
        may open the site in another year.

    Raises
    ------
    ValueError
        When there is no plan.
    """
    base = known(result)
    problem, plan = base.problem, base.solution
    assert plan is not None
    years = opened(problem, plan)
    late = [s for s, year in years.items() if year > problem.years[0]]
    more = _later_room(problem, late)
    clock = Clock(time_limit)
    runs: list[tuple[_More | None, Rerun]] = []
    if more:
        first = time_limit * max(_FIRST, 1 / (1 + len(more)))
        runs.append((None, _move(base, more, first, gap, seed)))
        earlier = opened(problem, runs[0][1].solution)
        late = [s for s in late if earlier.get(s, years[s]) < years[s]]
        feeds = ancestry(problem.node_parent)
        # Nodes that feed no waiting site cannot be what it waits for.
        more = [item for item in more if feeds[item.node, problem.site_node[late]].any()]
        shares = Shares(max(clock.left, _LEAST_S), len(more))
        runs += [(item, _move(base, [item], shares.next(), gap, seed)) for item in more]
    rows = [_row(base, s, years[s], runs) for s in sorted(years)]
    frame = pd.DataFrame(rows, columns=_COLUMNS)
    return frame.astype({"waits_for_year": "Int64", "would_open_year": "Int64"})


def _later_room(problem: SitingProblem, late: list[int]) -> list[_More]:
    """All that gives more room after the first year, above a site that opens late."""
    feeds = ancestry(problem.node_parent)
    nodes = [g for g in range(problem.num_nodes) if feeds[g, problem.site_node[late]].any()]
    found = []
    for g in nodes:
        grows = (problem.headroom_kw[g, 1:] > problem.headroom_kw[g, :-1]).any(axis=1)
        found += [_More(g, int(y) + 1) for y in np.flatnonzero(grows)]
        if problem.upgrades is not None:
            for u in np.flatnonzero(problem.upgrades.node == g):
                if problem.upgrades.first_year[u] > problem.years[0]:
                    there = np.array(problem.years) >= problem.upgrades.first_year[u]
                    if there.any():
                        found.append(_More(g, int(there.argmax()), int(u)))
    return found


def _move(base: Rerun, more: list[_More], seconds: float, gap: float, seed: int) -> Rerun:
    """Solve again with these moved to the first year."""
    problem = base.problem
    assert base.solution is not None
    headroom, upgrades = problem.headroom_kw.copy(), problem.upgrades
    for item in more:
        if item.upgrade >= 0 and upgrades is not None:
            first = upgrades.first_year.copy()
            first[item.upgrade] = problem.years[0]
            upgrades = replace(upgrades, first_year=first)
        else:
            now = headroom[item.node, : item.year]
            headroom[item.node, : item.year] = np.maximum(
                now, problem.headroom_kw[item.node, item.year]
            )
    changed = problem.replace(headroom_kw=headroom, upgrades=upgrades)
    return rerun(changed, seconds=seconds, gap=gap, seed=seed, plans=[base.solution])


def _row(
    base: Rerun, site: int, year: int, runs: list[tuple[_More | None, Rerun]]
) -> dict[str, Any]:
    problem, plan = base.problem, base.solution
    assert plan is not None
    name = problem.site_names[site]
    kw = problem.charger_kw @ plan.chargers[site]
    now = year == problem.years[0]
    row: dict[str, Any] = dict.fromkeys(_COLUMNS)
    row |= {
        "site_id": problem.site_ids[site],
        "name": name,
        "opened_year": year,
        "kw_first_year": float(kw[0]),
        "kw_last_year": float(kw[-1]),
        "now": now,
        "saved_eur": 0.0,
        "low_saved_eur": 0.0,
        "high_saved_eur": 0.0,
        "approximate": not base.proved,
    }
    if now:
        return row | {"words": f"{name} can be built now."}
    waits = [
        (opened(problem, run.solution).get(site, year), order, item, run)
        for order, (item, run) in enumerate(runs)
        if opened(problem, run.solution).get(site, year) < year
    ]
    row["approximate"] |= not all(run.proved for _, run in runs)
    alone = [found for found in waits if found[2] is not None]
    if not waits:
        words = f"{name} opens in {year}, also with later headroom at once: it waits for demand."
        return row | {"words": words + _doubt(bool(row["approximate"]))}
    would, _, item, run = min(alone or waits, key=lambda found: found[:2])
    saved = cheaper(base, run)
    row |= {"would_open_year": would, **saved.columns("saved_eur")}
    row["approximate"] |= not base.proved or not run.proved
    if item is None:
        row["waits_for_node"] = _SEVERAL
        words = f"{name} opens in {year} and waits for more headroom at several nodes: with all"
    else:
        node, since = problem.node_names[item.node], problem.years[item.year]
        row["waits_for_node"] = problem.node_ids[item.node]
        row["waits_for_year"] = since
        words = f"{name} opens in {year} and waits for more headroom at {node} in {since}: with"
    words += f" that in {problem.years[0]} it opens in {would}."
    return row | {"words": words + _doubt(bool(row["approximate"]))}


def _doubt(approximate: bool) -> str:
    return " Not proved: another plan about as good may differ." if approximate else ""
