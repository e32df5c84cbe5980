"""The cost of congestion: the same problem on a grid that sets no limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bundling.result import Result
from bundling.siting.problem import SitingProblem
from bundling.siting.reasons.plans import opened, unserved_kwh, what_differs
from bundling.siting.reasons.rerun import Change, Rerun, Shares, cheaper, known, rerun

_NODE_COLUMNS = [
    "node_id", "name", "eur", "low_eur", "high_eur", "approximate", "then", "words",
]  # fmt: skip


@dataclass(frozen=True, eq=False)
class Congestion:
    """What the limits of the grid cost and change.

    Attributes
    ----------
    cost
        What would be saved without any of them, net present EUR.
    sites
        Every site that opens with or without them: ``site_id``, ``name``, ``opened_year`` with
        the limits and ``opened_year_without`` them.
    unserved
        ``year``, ``kwh_per_day`` not served with them and ``kwh_per_day_without`` them.
    nodes
        What would be saved if one node alone set no limit: ``node_id``, ``name``, ``eur`` with
        ``low_eur`` and ``high_eur``, ``approximate``, ``then`` (what changes) and ``words``.
        Savings of nodes do not add up: a substation freed below a full area helps nobody.
    words
        All of it in a few sentences.
    """

    cost: Change
    sites: pd.DataFrame
    unserved: pd.DataFrame
    nodes: pd.DataFrame
    words: tuple[str, ...]


def congestion(
    result: Result,
    nodes: Sequence[str] | None = None,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> Congestion:
    """Say what the limits of the grid cost, together and node by node.

    Parameters
    ----------
    result
        A siting result with a plan.
    nodes
        Identifiers of the nodes to free one by one; all that set a limit when None.
    time_limit
        Wall seconds for all re-solves together.
    gap, seed
        As in `bundling.siting.solve`.

    Raises
    ------
    ValueError
        When there is no plan, or a node is unknown.
    """
    base = known(result)
    problem, plan = base.problem, base.solution
    assert plan is not None
    limited = np.isfinite(problem.headroom_kw).any(axis=(1, 2))
    if nodes is None:
        wanted = [int(g) for g in np.flatnonzero(limited)]
    else:
        unknown = [node for node in nodes if node not in problem.node_ids]
        if unknown:
            raise ValueError(f"no grid node of this problem: {', '.join(map(repr, unknown))}")
        wanted = [problem.node_ids.index(node) for node in nodes]
    shares = Shares(time_limit, 1 + len(wanted))
    # A reinforcement adds nothing to room without end; the problem says so by way of `inf - inf`.
    with np.errstate(invalid="ignore"):
        free = rerun(
            problem.replace(headroom_kw=np.full_like(problem.headroom_kw, np.inf)),
            seconds=shares.next(),
            gap=gap,
            seed=seed,
            plans=[plan],
        )
        rows = [_free_one(base, free, g, shares.next(), gap, seed) for g in wanted]
    cost = cheaper(base, free)
    unserved = pd.DataFrame(
        {
            "year": problem.years,
            "kwh_per_day": unserved_kwh(problem, plan),
            "kwh_per_day_without": unserved_kwh(problem, free.solution),
        }
    )
    return Congestion(
        cost=cost,
        sites=_sites(problem, base, free),
        unserved=unserved,
        nodes=pd.DataFrame(rows, columns=_NODE_COLUMNS),
        words=_words(cost, base, free, unserved),
    )


def _free_one(
    base: Rerun, free: Rerun, node: int, seconds: float, gap: float, seed: int
) -> dict[str, object]:
    problem = base.problem
    assert base.solution is not None
    headroom = problem.headroom_kw.copy()
    headroom[node] = np.inf
    plans = [plan for plan in (base.solution, free.solution) if plan is not None]
    other = rerun(
        problem.replace(headroom_kw=headroom),
        seconds=seconds,
        gap=gap,
        seed=seed,
        plans=plans,
        bound=free.bound,
    )
    saved = cheaper(base, other)
    then = what_differs(problem, base.solution, other.solution)
    name = problem.node_names[node]
    words = f"Without the limit of {name} alone the plan costs {saved.words} less."
    if saved.exact and saved.eur <= 0.005:
        words = f"Without the limit of {name} alone nothing is saved."
    return {
        "node_id": problem.node_ids[node],
        "name": name,
        **saved.columns(),
        "then": then,
        "words": words,
    }


def _sites(problem: SitingProblem, base: Rerun, free: Rerun) -> pd.DataFrame:
    old, new = opened(problem, base.solution), opened(problem, free.solution)
    sites = sorted({*old, *new})
    frame = pd.DataFrame(
        {
            "site_id": [problem.site_ids[s] for s in sites],
            "name": [problem.site_names[s] for s in sites],
            "opened_year": [old.get(s) for s in sites],
            "opened_year_without": [new.get(s) for s in sites],
        }
    )
    return frame.astype({"opened_year": "Int64", "opened_year_without": "Int64"})


def _words(cost: Change, base: Rerun, free: Rerun, unserved: pd.DataFrame) -> tuple[str, ...]:
    words = [f"Congestion costs {cost.words} (net present)."]
    if not cost.exact:
        words.append("The search was cut short or stopped at its gap, so this is an interval.")
    differs = what_differs(base.problem, base.solution, free.solution)
    words.append(f"On a grid without limits {differs}." if differs else "The same sites open.")
    years = zip(
        unserved["year"], unserved["kwh_per_day"], unserved["kwh_per_day_without"], strict=True
    )
    for year, kwh, other in years:
        if abs(kwh - other) >= 0.5:
            words.append(
                f"{year}: {kwh:,.0f} kWh a day not served, {other:,.0f} on a grid without limits."
            )
    return tuple(words)
