"""What the reasons say about plans: when sites open, what differs; and plans changed by hand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bundling.siting.flows import flows
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.siting.tables import opening_year

_SHOWN = 3


def opened(problem: SitingProblem, plan: SitingSolution | None) -> dict[int, int]:
    """Sites that open, and their first year."""
    if plan is None:
        return {}
    years = opening_year(problem, plan)
    return {s: year for s, year in enumerate(years) if year is not None}


def names(problem: SitingProblem, sites: Sequence[int]) -> str:
    """Names of sites, the first few and how many more."""
    shown = ", ".join(problem.site_names[s] for s in sites[:_SHOWN])
    return shown if len(sites) <= _SHOWN else f"{shown} and {len(sites) - _SHOWN} more"


def what_differs(
    problem: SitingProblem,
    before: SitingSolution | None,
    after: SitingSolution | None,
    *,
    besides: int = -1,
) -> str:
    """Say which sites open, do not open, or open in another year, `besides` one; or nothing."""
    old, new = opened(problem, before), opened(problem, after)
    old.pop(besides, None)
    new.pop(besides, None)
    groups = (
        ("opens", "open", [s for s in new if s not in old]),
        ("does not open", "do not open", [s for s in old if s not in new]),
        ("opens earlier", "open earlier", [s for s in new if s in old and new[s] < old[s]]),
        ("opens later", "open later", [s for s in new if s in old and new[s] > old[s]]),
    )
    parts = [
        f"{names(problem, sites)} {one if len(sites) == 1 else many}"
        for one, many, sites in groups
        if sites
    ]
    return "; ".join(parts)


def unserved_kwh(problem: SitingProblem, plan: SitingSolution | None) -> list[float]:
    """Energy not served on the mean day of each planning year; ``nan`` without a plan."""
    if plan is None:
        return [float("nan")] * problem.num_years
    return [float(kwh) for kwh in flows(problem, plan).unserved_kwh.sum(axis=0)]


def without_site(problem: SitingProblem, plan: SitingSolution, site: int) -> SitingSolution:
    """Take a site's new chargers, and all energy served there, out of a plan.

    It need not keep every rule; who uses it as a plan checks it.
    """
    step, chargers, served = plan.step.copy(), plan.chargers.copy(), plan.served.copy()
    step[site], chargers[site] = -1, 0
    served[problem.pair_site == site] = 0.0
    return SitingSolution(step, chargers, served, plan.upgraded, plan.dispatch)


def with_site(
    problem: SitingProblem, plan: SitingSolution, site: int, charger: int
) -> Iterator[SitingSolution]:
    """Add one charger at a site in the last year, on each connection: plans that may be used.

    They need not keep every rule; who uses one as a plan checks it.
    """
    for k in range(problem.num_steps):
        step, chargers = plan.step.copy(), plan.chargers.copy()
        step[site, -1] = k
        chargers[site, charger, -1] += 1
        yield SitingSolution(step, chargers, plan.served, plan.upgraded, plan.dispatch)


def electric_chargers(problem: SitingProblem) -> list[int]:
    """Charger types that give electricity, smallest first."""
    kinds = np.arange(problem.num_chargers)
    if problem.carriers is not None:
        kinds = kinds[problem.carriers.charger == 0]
    return [int(c) for c in kinds[np.argsort(problem.charger_kw[kinds], kind="stable")]]
