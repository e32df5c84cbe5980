"""Rows of a study by place and year: sites with their grid and their waits, and grid nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.result import Result
from bundling.siting.flows import flows, node_loads, room_kw
from bundling.siting.queueing import waiting
from bundling.units import KW_PER_MW

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.siting import SitingProblem

Row = dict[str, Any]

_SESSION_KWH = 200.0
"""Energy of a visit of which waits are reckoned; as `pose` takes for passing trucks."""

_MORE_KW = 1.0
"""Headroom that counts as more."""


def phasing_rows(region: Region, _name: str, result: Result) -> Iterator[Row]:
    """Give a row for each open site and year."""
    problem, plan = result.problem, result.solution
    flow = flows(problem, plan)
    capacity = _capacity_mw(region)
    is_open = plan.step >= 0
    for s in np.flatnonzero(is_open.any(axis=1)):
        opened = problem.years[int(is_open[s].argmax())]
        node = int(problem.site_node[s])
        for y, year in enumerate(problem.years):
            chargers = int(plan.chargers[s, :, y].sum())
            if not is_open[s, y]:
                continue
            kw = float(problem.charger_kw @ plan.chargers[s, :, y])
            row: Row = {
                "site_id": problem.site_ids[s],
                "name": problem.site_names[s],
                "kind": problem.site_kinds[s],
                "opened_year": opened,
                "year": year,
                "connection": problem.step_ids[plan.step[s, y]],
                "contract": problem.step_contract[plan.step[s, y]],
                "contract_kw": float(flow.contract_kw[s, y]),
                "node_id": problem.node_ids[node],
                "capacity_mw": capacity.get(problem.node_ids[node]),
                "next_headroom_year": _next_headroom_year(problem, node, y),
                "chargers": chargers,
                "installed_kw": kw,
                "mwh_per_year": float(flow.site_kwh[s, y]) * problem.days_per_year / KW_PER_MW,
            }
            if plan.dispatch is not None:
                row["battery_kwh"] = float(plan.dispatch.battery_kwh[s, y])
                row["pv_kwp"] = float(plan.dispatch.pv_kwp[s, y])
            busiest_kw = float(flow.load_kw[s, y].max())
            yield row | _waits(busiest_kw, kw, chargers, float(problem.existing_kw[s]))


def _waits(load_kw: float, installed_kw: float, chargers: int, existing_kw: float) -> Row:
    """Return waits in the busiest hour, as if all chargers had their mean power (Erlang C).

    Existing power counts as more chargers of that power, since it serves part of the load.
    """
    if chargers == 0 or load_kw <= 0:
        return {"wait_share": None, "wait_minutes_p90": None}
    mean_kw = installed_kw / chargers
    minutes = 60.0 * _SESSION_KWH / mean_kw
    found = waiting(chargers + int(existing_kw // mean_kw), load_kw / _SESSION_KWH, minutes)
    return {
        "wait_share": float(found.wait_probability),
        "wait_minutes_p90": float(found.p90_wait_minutes),
    }


def grid_rows(region: Region, _name: str, result: Result) -> Iterator[Row]:
    """Give a row for each grid node that sets a limit and year, in its tightest hour."""
    problem, plan = result.problem, result.solution
    flow = flows(problem, plan)
    used = node_loads(problem, flow.reserved_kw)
    room = room_kw(problem, plan)
    forms: dict[tuple[int, int], set[str]] = {}
    contracted = np.zeros((problem.num_nodes, problem.num_years))
    for s, y in np.argwhere(plan.step >= 0):
        key = (int(problem.site_node[s]), int(y))
        forms.setdefault(key, set()).add(problem.step_contract[plan.step[s, y]])
        contracted[key] += flow.contract_kw[s, y] / KW_PER_MW
    capacity = _capacity_mw(region)
    for g in range(problem.num_nodes):
        if np.isinf(problem.headroom_kw[g]).all():
            continue
        for y, year in enumerate(problem.years):
            hour = int((room[g, y] - used[g, y]).argmin())
            node = problem.node_ids[g]
            yield {
                "node_id": node,
                "name": problem.node_names[g],
                "year": year,
                "capacity_mw": capacity.get(node),
                "tightest_hour": problem.hour_name(hour),
                "headroom_mw": problem.headroom_kw[g, y, hour] / KW_PER_MW,
                "taken_mw": used[g, y, hour] / KW_PER_MW,
                "free_mw": (room[g, y, hour] - used[g, y, hour]) / KW_PER_MW,
                "contracts": ", ".join(sorted(forms.get((g, y), ()))),
                "contracted_mw": contracted[g, y],
                "next_headroom_year": _next_headroom_year(problem, g, y),
            }


def _capacity_mw(region: Region) -> dict[str, float]:
    """Capacity of the grid nodes by identifier, where it is known."""
    found = region.table("grid_nodes").dropna(subset=["capacity_mw"])
    ids, mw = found["node_id"].astype(str), found["capacity_mw"].astype(float)
    return dict(zip(ids, mw, strict=True))


def _next_headroom_year(problem: SitingProblem, node: int, y: int) -> int | None:
    """Next planning year in which the node has more headroom than in year `y`."""
    most = problem.headroom_kw[node].max(axis=1)
    later = (problem.years[z] for z in range(y + 1, len(most)) if most[z] > most[y] + _MORE_KW)
    return next(later, None)
