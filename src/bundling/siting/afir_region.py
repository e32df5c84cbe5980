"""AFIR for a region's siting plan: its corridors, the sites along them, the plan held against it.

`bundling.siting.afir` says how the regulation is read. What is added here, and assumed:

- A corridor is a line drawn by hand, its chainage the straight length between its points: a few
  per cent less than the road. Its first point is at the west.
- A site lies on a corridor when it is at most `most_km` from the line, straight. The regulation
  measures by road from the nearest exit, which is longer, and exits are not in the data.
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
from bundling.siting.corridors import Corridor, CorridorSites, corridor_sites, tent_status
from bundling.siting.limits import PowerRules
from bundling.siting.parkings import CORRIDOR_LINES, Line
from bundling.siting.power_rules import MIN_CHARGER_KW, power_rules
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rules import RuleBook

FloatArray = NDArray[np.float64]

AFIR_LINES: Mapping[str, Line] = {
    **CORRIDOR_LINES,
    "A35": (
        (236_500, 485_500), (239_500, 483_300), (244_400, 481_100), (247_600, 478_300),
        (249_300, 474_300), (252_200, 470_300), (255_000, 468_900), (257_800, 469_100),
    ),
}  # fmt: skip
"""`CORRIDOR_LINES` and the A35 from Wierden over Azelo and Buren to Enschede, RD New metres; drawn
by hand through the motorway nodes, an assumption."""
MOST_KM = 3.0
"""Farthest from the line: AFIR calls 3 km from an exit "along" the road."""
_NODE_KM = 1.0
"""A motorway node this near to a point of a line gives the point its name."""
_COLUMNS = ("site_id", "name", "kind", "corridor_id", "km", "access_km")


def region_corridors(
    region: Region,
    lines: Mapping[str, Line] | None = None,
    trucks_per_day: Mapping[str, float] | None = None,
) -> list[Corridor]:
    """Corridors of a region, by default the A1, A28 and A35 through Overijssel.

    Parameters
    ----------
    region
        Its ``motorway_nodes`` name the points of the lines.
    lines
        Points in RD New metres; `AFIR_LINES` when None.
    trucks_per_day
        Heavy vehicles a day by corridor; without it no exception of AFIR is made.

    Raises
    ------
    bundling.InputError
        When a line has fewer than two points, or stands in no row of `tent_status`.
    """
    drawn = AFIR_LINES if lines is None else lines
    status = tent_status().set_index("corridor_id")["network"]
    faults = _line_faults(drawn) + [
        Fault("lines", str(road), (), "has no known TEN-T network", "Add it to tent_status.")
        for road in drawn
        if road not in status.index
    ]
    raise_if(faults)
    nodes = region.table("motorway_nodes")
    xy = nodes[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    names = [f"{row['name']} ({row['node_id']})" for row in nodes.to_dict("records")]
    made = []
    for road, line in drawn.items():
        points = np.array(line, dtype=np.float64)
        km = _chainage_km(points)
        ids = []
        for point, at in zip(points, km, strict=True):
            away = np.linalg.norm(xy - point, axis=1)
            near = len(away) and float(away.min()) <= _NODE_KM * METRES_PER_KM
            ids.append(names[int(away.argmin())] if near else f"{road} km {at:.0f}")
        trucks = None if trucks_per_day is None else trucks_per_day.get(road)
        made.append(Corridor(road, road, str(status[road]), tuple(ids), tuple(km.tolist()), trucks))
    return made


def sites_on_corridors(
    where: SitingProblem | Region,
    most_km: float = MOST_KM,
    lines: Mapping[str, Line] | None = None,
) -> pd.DataFrame:
    """Sites along the corridors, of every kind; a site near two corridors has a row for each.

    Parameters
    ----------
    where
        A problem, or a region with ``site_candidates``.
    most_km
        Farthest from the line, straight.
    lines
        As for `region_corridors`.

    Returns
    -------
    pandas.DataFrame
        ``site_id``, ``name``, ``kind``, ``corridor_id``, ``km`` of the nearest point of the line,
        ``access_km`` from it; by corridor and place.

    Raises
    ------
    bundling.InputError
        When `most_km` is negative or no number, or a line has fewer than two points.
    """
    drawn = AFIR_LINES if lines is None else lines
    faults = _line_faults(drawn)
    if not 0 <= most_km < np.inf:
        rule = f"{most_km:g} is not a number of at least 0"
        faults.append(Fault("sites_on_corridors", "most_km", (), rule, "Give km."))
    raise_if(faults)
    if isinstance(where, SitingProblem):
        ids, names, kinds = where.site_ids, where.site_names, where.site_kinds
        xy = np.column_stack([where.site_x_m, where.site_y_m])
    else:
        table = where.table("site_candidates")
        ids, names, kinds = (
            tuple(table[column].astype(str)) for column in ("site_id", "name", "kind")
        )
        xy = table[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    rows = []
    for road, line in drawn.items():
        km, away = _project(xy, np.array(line, dtype=np.float64))
        rows += [
            (ids[s], names[s], kinds[s], road, float(km[s]), float(away[s]))
            for s in np.flatnonzero(away <= most_km)[np.argsort(km[away <= most_km], kind="stable")]
        ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


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
) -> tuple[PowerRules, list[str]]:
    """Return AFIR as power rules of a problem, and in words those that no plan can keep.

    Each rule of `bundling.siting.power_rules` becomes one on the power of its sites, and where it
    asks for points one on chargers of at least 350 kW. The latter counts kW: 350 for each point, so
    that a charger of 1,000 kW stands for more than one; `afir_of_plan` counts the points. Sites
    that may not be built on and hold nothing are no members.

    Parameters
    ----------
    problem, region
        The problem and its region.
    lines, trucks_per_day, existing_points, most_km, rules
        As for `afir_of_plan`.
    partial
        As for `bundling.siting.power_rules.power_rules`.

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
    leave_out: bool = False,
) -> SitingProblem:
    """Ask for AFIR in a problem, beside the power rules already there.

    Parameters
    ----------
    problem, region, lines, trucks_per_day, existing_points, most_km, rules, partial
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


def _line_faults(lines: Mapping[str, Line]) -> list[Fault]:
    return [
        Fault("lines", str(name), (), "has fewer than two points", "Draw it with two or more.")
        for name, line in lines.items()
        if len(line) < 2
    ]


def _chainage_km(line: FloatArray) -> FloatArray:
    """Distance of each point of a line from the first one."""
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1) / METRES_PER_KM
    return np.concatenate([[0.0], np.cumsum(steps)])


def _project(xy: FloatArray, line: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Chainage of the nearest point of a line and the distance from it, km."""
    begin, step = line[:-1], np.diff(line, axis=0)
    square = (step**2).sum(axis=1)
    along = ((xy[:, None] - begin) * step).sum(axis=2) / np.where(square > 0, square, 1.0)
    along = np.clip(along, 0.0, 1.0)
    away = np.linalg.norm(xy[:, None] - begin - along[:, :, None] * step, axis=2)
    best = away.argmin(axis=1)
    row = np.arange(len(xy))
    at = _chainage_km(line)
    km: FloatArray = at[best] + along[row, best] * np.diff(at)[best]
    distance: FloatArray = away[row, best] / METRES_PER_KM
    return km, distance
