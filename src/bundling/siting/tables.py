"""A siting plan as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.siting.evaluate import yearly_costs
from bundling.siting.explain import unserved
from bundling.siting.flows import flows, node_loads
from bundling.siting.grid import subtree_sums
from bundling.siting.part_tables import part_tables
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.units import KW_PER_MW


def tables(problem: SitingProblem, solution: SitingSolution) -> dict[str, pd.DataFrame]:
    """Return the plan by site, charger type, grid node, demand point and cost component.

    Returns
    -------
    dict of pandas.DataFrame
        ``sites``: every site and year with new or existing power: opening year, connection,
        chargers, powers (kW), energy (kWh a day, in the vehicles) and cost (EUR a year, of this
        year, energy included). ``chargers``: new chargers standing by site, type and year.
        ``grid``: every node that sets a limit and year, in the hour with the least left: headroom,
        base load, new load, what is left (MW). ``demand``: energy asked for, served and not
        (kWh a day) with the reason. ``assignment``: who is served where. ``costs``: EUR a year by
        component and year, and discounted. With several typical days the hour of ``grid`` names
        its day; headroom counts the reinforcements chosen, and new load what contracts keep free.
        Frames of the parts of the problem: see `bundling.siting.part_tables`.
    """
    return {
        "sites": _sites(problem, solution),
        "chargers": _chargers(problem, solution),
        "grid": _grid(problem, solution),
        "demand": _demand(problem, solution),
        "assignment": _assignment(problem, solution),
        "costs": _costs(problem, solution),
    } | part_tables(problem, solution)


def opening_year(problem: SitingProblem, solution: SitingSolution) -> list[int | None]:
    """First year in which each site has a new connection; None when never."""
    is_open = solution.step >= 0
    return [problem.years[int(row.argmax())] if row.any() else None for row in is_open]


def _sites(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    flow = flows(problem, solution)
    served = np.zeros_like(flow.site_kwh)
    np.add.at(served, problem.pair_site, flow.pair_kwh)
    yearly = yearly_costs(problem, solution)
    # What is not served and what the grid gets stand at no site.
    elsewhere = ("unserved", "reinforcements")
    cost = sum(amount for name, amount in yearly.items() if name not in elsewhere)
    installed = np.einsum("c,scy->sy", problem.charger_kw, solution.chargers)
    opened = opening_year(problem, solution)
    rows = []
    for s in range(problem.num_sites):
        for y, year in enumerate(problem.years):
            step = int(solution.step[s, y])
            if step < 0 and problem.existing_kw[s] == 0:
                continue
            rows.append(
                {
                    "site_id": problem.site_ids[s],
                    "name": problem.site_names[s],
                    "kind": problem.site_kinds[s],
                    "node_id": problem.node_ids[problem.site_node[s]],
                    "year": year,
                    "opened_year": opened[s],
                    "connection_step": problem.step_ids[step] if step >= 0 else None,
                    "connection_kw": float(problem.step_max_kw[step]) if step >= 0 else 0.0,
                    "new_chargers": int(solution.chargers[s, :, y].sum()),
                    "installed_kw": float(installed[s, y]),
                    "existing_kw": float(problem.existing_kw[s]),
                    "peak_load_kw": float(flow.load_kw[s, y].max()),
                    "new_peak_kw": float(flow.peak_kw[s, y]),
                    "served_kwh_per_day": float(served[s, y]),
                    "cost_eur_per_year": float(np.asarray(cost)[s, y]),
                }
            )
    columns = [
        "site_id", "name", "kind", "node_id", "year", "opened_year", "connection_step",
        "connection_kw", "new_chargers", "installed_kw", "existing_kw", "peak_load_kw",
        "new_peak_kw", "served_kwh_per_day", "cost_eur_per_year",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).astype({"opened_year": "Int64"})


def _chargers(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    s, c, y = np.nonzero(solution.chargers)
    ids, types = (
        np.array(problem.site_ids, dtype=object),
        np.array(problem.charger_ids, dtype=object),
    )
    count = solution.chargers[s, c, y]
    return pd.DataFrame(
        {
            "site_id": ids[s],
            "charger_type": types[c],
            "year": np.array(problem.years, dtype=np.int64)[y],
            "chargers": count,
            "installed_kw": count * problem.charger_kw[c],
        }
    )


def _grid(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    flow = flows(problem, solution)
    new = node_loads(problem, flow.reserved_kw)
    base = subtree_sums(problem.node_parent, problem.base_load_kw)
    headroom = problem.headroom_kw.copy()
    if problem.upgrades is not None:
        more = problem.upgrades.kw[:, None] * solution.upgraded
        np.add.at(headroom, problem.upgrades.node, more[:, :, None])
    left = headroom - base - new
    rows = []
    for g in range(problem.num_nodes):
        for y, year in enumerate(problem.years):
            if np.isinf(problem.headroom_kw[g, y]).all():
                continue
            hour = int(left[g, y].argmin())
            rows.append(
                {
                    "node_id": problem.node_ids[g],
                    "name": problem.node_names[g],
                    "year": year,
                    "hour": hour if len(problem.day_ids) == 1 else problem.hour_name(hour),
                    "headroom_mw": headroom[g, y, hour] / KW_PER_MW,
                    "base_load_mw": base[g, y, hour] / KW_PER_MW,
                    "new_load_mw": new[g, y, hour] / KW_PER_MW,
                    "free_mw": left[g, y, hour] / KW_PER_MW,
                }
            )
    columns = [
        "node_id", "name", "year", "hour", "headroom_mw", "base_load_mw", "new_load_mw", "free_mw",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _demand(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    flow = flows(problem, solution)
    reasons = {(item.demand, item.year): item for item in unserved(problem, solution)}
    rows = []
    for d in range(problem.num_demands):
        for y, year in enumerate(problem.years):
            item = reasons.get((d, y))
            node = problem.node_names[item.node] if item is not None and item.node >= 0 else None
            rows.append(
                {
                    "demand_id": problem.demand_ids[d],
                    "name": problem.demand_names[d],
                    "kind": problem.demand_kinds[d],
                    "year": year,
                    "asked_kwh_per_day": float(problem.demand_kwh[d, y]),
                    "served_kwh_per_day": float(problem.demand_kwh[d, y] - flow.unserved_kwh[d, y]),
                    "unserved_kwh_per_day": float(flow.unserved_kwh[d, y]),
                    "reason": None if item is None else item.reason,
                    "full_node": node,
                }
            )
    columns = [
        "demand_id", "name", "kind", "year", "asked_kwh_per_day", "served_kwh_per_day",
        "unserved_kwh_per_day", "reason", "full_node",
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def _assignment(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    flow = flows(problem, solution)
    p, y = np.nonzero(solution.served)
    demands, sites = (
        np.array(problem.demand_ids, dtype=object),
        np.array(problem.site_ids, dtype=object),
    )
    return pd.DataFrame(
        {
            "demand_id": demands[problem.pair_demand[p]],
            "site_id": sites[problem.pair_site[p]],
            "year": np.array(problem.years, dtype=np.int64)[y],
            "share": solution.served[p, y],
            "served_kwh_per_day": flow.pair_kwh[p, y],
            "distance_km": problem.pair_km[p],
            "detour_eur_per_kwh": problem.pair_eur_per_kwh[p],
        }
    )


def _costs(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    yearly = {name: amount.sum(axis=0) for name, amount in yearly_costs(problem, solution).items()}
    frame = pd.DataFrame({"component": list(yearly)})
    for y, year in enumerate(problem.years):
        frame[f"eur_per_year_{year}"] = [float(amount[y]) for amount in yearly.values()]
    frame["npv_eur"] = [float(amount @ problem.year_weights) for amount in yearly.values()]
    return frame
