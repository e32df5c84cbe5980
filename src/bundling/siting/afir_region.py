"""AFIR for a region's siting plan: its corridors, the sites along them, the plan held against it.

`bundling.siting.afir` says how the regulation is read. What is added here, and assumed:

- Corridors and the sites along them are those of `bundling.siting.corridor_lines`.
- Every site serves both directions, since no side of the road is known.
- Existing power counts as power. How many of its points give 350 kW is not known: none, unless
  told. The regulation asks for chargers of trucks, and chargers that stand today mostly are not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.afir import afir_table
from bundling.siting.corridor_lines import MOST_KM
from bundling.siting.corridor_lines import region_corridors as region_corridors
from bundling.siting.corridor_lines import sites_on_corridors as sites_on_corridors
from bundling.siting.corridors import CorridorSites, corridor_sites
from bundling.siting.limits import PowerRules
from bundling.siting.parkings import Line
from bundling.siting.power_rules import MIN_CHARGER_KW, power_rules
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rules import RuleBook

FloatArray = NDArray[np.float64]


def afir_of_plan(
    region: Region,
    problem: SitingProblem,
    solution: SitingSolution,
    *,
    lines: Mapping[str, Line] | None = None,
    trucks_per_day: Mapping[str, float] | None = None,
    existing_points: Mapping[str, float] | None = None,
    most_km: float = MOST_KM,
    rules: RuleBook | None = None,
) -> pd.DataFrame:
    """AFIR table of a plan, for its planning years; see `bundling.siting.afir.afir_table`.

    A site holds its existing power and that of its new electric chargers, whatever its connection
    lets through at once; points are the new chargers of at least 350 kW and `existing_points`.

    Parameters
    ----------
    region, problem, solution
        The region, its problem, and the plan.
    lines, trucks_per_day, most_km
        As for `region_corridors` and `sites_on_corridors`.
    existing_points
        Existing points of at least 350 kW by site; none when None.
    rules
        Dated rules; the library's own when None.

    Raises
    ------
    bundling.InputError
        As the functions named, and when `existing_points` names no site.
    """
    corridors = region_corridors(region, lines, trucks_per_day)
    there = _existing(problem, existing_points)
    on = sites_on_corridors(problem, most_km, lines)
    electric = np.ones(problem.num_chargers, dtype=bool)
    if problem.carriers is not None:
        electric = problem.carriers.charger == 0
    fast = electric & (problem.charger_kw >= MIN_CHARGER_KW)
    power = np.where(electric, problem.charger_kw, 0.0)
    kw = problem.existing_kw[:, None] + np.einsum("c,scy->sy", power, solution.chargers)
    points = there[:, None] + solution.chargers[:, fast].sum(axis=1)
    held = _on(problem, on, problem.years, kw, points)
    return afir_table(corridors, held, problem.years, rules)


def afir_limits(
    problem: SitingProblem,
    region: Region,
    *,
    lines: Mapping[str, Line] | None = None,
    trucks_per_day: Mapping[str, float] | None = None,
    existing_points: Mapping[str, float] | None = None,
    most_km: float = MOST_KM,
    rules: RuleBook | None = None,
    partial: bool = False,
    pool_sites: Sequence[str] | None = None,
) -> tuple[PowerRules, list[str]]:
    """Return AFIR as power rules of a problem, and in words those that no plan can keep.

    Each rule of `bundling.siting.power_rules` becomes one on the power of its sites, and where it
    asks for points one on chargers of at least 350 kW. The latter counts kW: 350 for each point, so
    that a charger of 1,000 kW stands for more than one; `afir_of_plan` counts the points. Sites
    that may not be built on and hold nothing are no members.

    The law wants the power of a window at one place, and these rules want it at its sites together.
    With `pool_sites` that lie one in a window, or all large enough, a plan that keeps the rules has
    the power of pools.

    Parameters
    ----------
    problem, region
        The problem and its region.
    lines, trucks_per_day, existing_points, most_km, rules
        As for `afir_of_plan`.
    partial
        As for `bundling.siting.power_rules.power_rules`.
    pool_sites
        The only sites that count; all along the corridors when None.

    Returns
    -------
    PowerRules, list of str
        Rules without any site, or that ask for more than fits on their sites, are in the list and
        not among the rules; nor is a longer stretch around one that asks for too much. The grid may
        stand in the way of more; only solving shows that.
    """
    there = _existing(problem, existing_points)
    on = sites_on_corridors(problem, most_km, lines)
    use = problem.buildable | (problem.existing_kw > 0)
    if pool_sites is not None:
        lost = tuple(sorted(set(pool_sites) - set(on["site_id"])))
        if lost:
            why = f"is no site within {most_km:g} km of a corridor"
            raise_if([Fault("pool_sites", "site_id", lost, why, "Choose others.")])
        on = on[on["site_id"].isin(list(pool_sites))]
    on = on[on["site_id"].isin(np.array(problem.site_ids, dtype=object)[use])]
    nothing = np.zeros((problem.num_sites, 1))
    held = _on(problem, on, (problem.years[-1],), nothing, nothing)
    corridors = region_corridors(region, lines, trucks_per_day)
    made = power_rules(corridors, held, problem.years, rules, partial=partial)
    electric = np.ones(problem.num_chargers, dtype=bool)
    if problem.carriers is not None:
        electric = problem.carriers.charger == 0
    largest = float(problem.charger_kw[electric].max(initial=0.0))
    new = np.where(problem.buildable, problem.max_chargers, 0).astype(np.float64)
    limits: list[tuple[str, NDArray[np.bool_], FloatArray, float]] = []
    words = []
    for rule in made:
        member = np.isin(np.array(problem.site_ids, dtype=object), rule.site_ids)
        kw, points = np.array(rule.min_kw), np.array(rule.min_points, dtype=np.float64)
        if not member.any():
            words.append(rule.words)
            continue
        most_kw = float((problem.existing_kw + new * largest)[member].sum())
        most_points = float(there[member].sum())
        most_points += float(new[member].sum()) if largest >= MIN_CHARGER_KW else 0.0
        if kw.max() > most_kw or points.max() > most_points:
            words.append(
                f"{rule.words}; its sites have room for {most_kw:.0f} kW and {most_points:.0f} "
                f"points of {MIN_CHARGER_KW:.0f} kW, and {points.max():.0f} points are asked for"
            )
            continue
        limits.append((rule.rule_id, member, kw, 0.0))
        lacking = np.maximum(points - there[member].sum(), 0.0)
        if lacking.any():
            # Existing power counts in every rule of a problem: ask for it on top, so that only
            # new chargers bring points.
            asked = np.where(lacking > 0, lacking * rule.min_charger_kw, 0.0)
            asked += np.where(lacking > 0, problem.existing_kw[member].sum(), 0.0)
            limits.append((f"{rule.rule_id}-points", member, asked, rule.min_charger_kw))
    return _as_part(problem, limits), words


def with_afir(
    problem: SitingProblem,
    region: Region,
    *,
    lines: Mapping[str, Line] | None = None,
    trucks_per_day: Mapping[str, float] | None = None,
    existing_points: Mapping[str, float] | None = None,
    most_km: float = MOST_KM,
    rules: RuleBook | None = None,
    partial: bool = False,
    pool_sites: Sequence[str] | None = None,
    leave_out: bool = False,
) -> SitingProblem:
    """Ask for AFIR in a problem, beside the power rules already there.

    Parameters
    ----------
    problem, region, lines, trucks_per_day, existing_points, most_km, rules, partial, pool_sites
        As for `afir_limits`.
    leave_out
        Whether rules that no plan can keep are left out: `afir_limits` says which. Otherwise they
        are faults.

    Raises
    ------
    bundling.InputError
        With every rule that no plan can keep, unless left out, and when the problem has a rule of
        the same name.
    """
    asked, lost = afir_limits(
        problem,
        region,
        lines=lines,
        trucks_per_day=trucks_per_day,
        existing_points=existing_points,
        most_km=most_km,
        rules=rules,
        partial=partial,
        pool_sites=pool_sites,
    )
    remedy = "Add sites there, or leave such rules out."
    faults = [] if leave_out else [Fault("afir", "sites", (), one, remedy) for one in lost]
    old = problem.power_rules
    if old is not None:
        twice = tuple(sorted(set(old.ids) & set(asked.ids)))
        if twice:
            rule = "is a power rule of the problem already"
            faults.append(Fault("power_rules", "rule", twice, rule, "Ask for AFIR once."))
    raise_if(faults)
    if not asked.ids:
        return problem
    if old is None:
        return problem.replace(power_rules=asked)
    return problem.replace(
        power_rules=PowerRules(
            (*old.ids, *asked.ids),
            np.concatenate([old.member, asked.member]),
            np.concatenate([old.min_kw, asked.min_kw]),
            np.concatenate([old.min_charger_kw, asked.min_charger_kw]),
        )
    )


def _as_part(
    problem: SitingProblem, limits: Sequence[tuple[str, NDArray[np.bool_], FloatArray, float]]
) -> PowerRules:
    count = len(limits)
    return PowerRules(
        tuple(name for name, _, _, _ in limits),
        np.array([member for _, member, _, _ in limits], dtype=bool).reshape(
            count, problem.num_sites
        ),
        np.array([kw for _, _, kw, _ in limits]).reshape(count, problem.num_years),
        np.array([least for _, _, _, least in limits], dtype=np.float64),
    )


def _on(
    problem: SitingProblem,
    on: pd.DataFrame,
    years: Sequence[int],
    kw: FloatArray,
    points: FloatArray,
) -> CorridorSites:
    """Sites on corridors with their power and points in each year."""
    place = {site: s for s, site in enumerate(problem.site_ids)}
    rows = [
        {
            "site_id": row["site_id"],
            "corridor_id": row["corridor_id"],
            "km": row["km"],
            "access_km": row["access_km"],
            "year": year,
            "kw": kw[place[row["site_id"]], y],
            "points_350kw": points[place[row["site_id"]], y],
        }
        for row in on.to_dict("records")
        for y, year in enumerate(years)
    ]
    names = ["site_id", "corridor_id", "km", "access_km", "year", "kw", "points_350kw"]
    made = corridor_sites(pd.DataFrame(rows, columns=names))
    if made.years:
        return made
    # Without any site the years are not in the table, and AFIR is asked for all the same.
    none = np.zeros((0, len(years)))
    return CorridorSites((), (), made.km, (), made.access_km, tuple(years), none, none)


def _existing(problem: SitingProblem, points: Mapping[str, float] | None) -> FloatArray:
    """Existing points of at least 350 kW [S]."""
    given = {} if points is None else points
    unknown = tuple(sorted(set(given) - set(problem.site_ids)))
    faults = []
    if unknown:
        rule = "is no site of the problem"
        faults.append(Fault("existing_points", "site_id", unknown, rule, "Use its site_id."))
    bad = tuple(name for name, count in given.items() if not 0 <= count < np.inf)
    if bad:
        rule = "is not a number of at least 0"
        faults.append(Fault("existing_points", "points", bad, rule, "Give a count."))
    raise_if(faults)
    return np.array([given.get(site, 0.0) for site in problem.site_ids], dtype=np.float64)
