"""Map layers of a siting plan, in the state of its last planning year."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.features import Layer, collection, feature, positions
from bundling.siting.explain import unserved
from bundling.siting.flows import flows
from bundling.siting.grid import subtree_sums
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.siting.tables import opening_year
from bundling.units import KW_PER_MW


def layers(problem: SitingProblem, solution: SitingSolution) -> dict[str, Layer]:
    """Return GeoJSON layers in WGS84: ``sites``, ``demand``, ``grid_nodes`` and ``served``.

    ``sites`` has every candidate with ``state`` new, extended (existing and new), existing, free
    (not chosen) or forbidden. ``served`` has a line from each demand point to each site that
    serves it.
    """
    year = problem.num_years - 1
    return {
        "grid_nodes": _grid_nodes(problem, solution, year),
        "served": _served(problem, solution, year),
        "demand": _demand(problem, solution, year),
        "sites": _sites(problem, solution, year),
    }


def _point(x_m: float, y_m: float, properties: dict[str, Any]) -> dict[str, Any]:
    return feature("Point", positions(x_m, y_m)[0], properties)


def site_state(problem: SitingProblem, solution: SitingSolution, site: int, year: int) -> str:
    """Return ``new``, ``extended``, ``existing``, ``forbidden`` or ``free``."""
    has_existing = bool(problem.existing_kw[site] > 0)
    if solution.step[site, year] >= 0:
        return "extended" if has_existing else "new"
    if has_existing:
        return "existing"
    return "forbidden" if problem.forbidden[site] else "free"


def _sites(problem: SitingProblem, solution: SitingSolution, year: int) -> Layer:
    flow = flows(problem, solution)
    served = np.zeros(problem.num_sites)
    np.add.at(served, problem.pair_site, flow.pair_kwh[:, year])
    opened = opening_year(problem, solution)
    features = []
    for s in range(problem.num_sites):
        count = solution.chargers[s, :, year]
        step = int(solution.step[s, year])
        chargers = ", ".join(
            f"{int(count[c])} x {problem.charger_ids[c]}" for c in np.flatnonzero(count)
        )
        features.append(
            _point(
                problem.site_x_m[s],
                problem.site_y_m[s],
                {
                    "id": problem.site_ids[s],
                    "name": problem.site_names[s],
                    "kind": problem.site_kinds[s],
                    "state": site_state(problem, solution, s, year),
                    "year": problem.years[year],
                    "opened_year": opened[s],
                    "chargers": chargers,
                    "connection": problem.step_ids[step] if step >= 0 else None,
                    "installed_kw": round(float(problem.charger_kw @ count), 1),
                    "existing_kw": round(float(problem.existing_kw[s]), 1),
                    "peak_load_kw": round(float(flow.load_kw[s, year].max()), 1),
                    "served_kwh_per_day": round(float(served[s]), 1),
                },
            )
        )
    return collection(features)


def _demand(problem: SitingProblem, solution: SitingSolution, year: int) -> Layer:
    flow = flows(problem, solution)
    reasons = {
        item.demand: item.reason for item in unserved(problem, solution) if item.year == year
    }
    return collection(
        [
            _point(
                problem.demand_x_m[d],
                problem.demand_y_m[d],
                {
                    "id": problem.demand_ids[d],
                    "name": problem.demand_names[d],
                    "kind": problem.demand_kinds[d],
                    "year": problem.years[year],
                    "asked_kwh_per_day": round(float(problem.demand_kwh[d, year]), 1),
                    "unserved_kwh_per_day": round(float(flow.unserved_kwh[d, year]), 1),
                    "reason": reasons.get(d),
                },
            )
            for d in range(problem.num_demands)
        ]
    )


def _grid_nodes(problem: SitingProblem, solution: SitingSolution, year: int) -> Layer:
    flow = flows(problem, solution)
    at_node = np.zeros_like(problem.headroom_kw)
    np.add.at(at_node, problem.site_node, flow.new_kw)
    used = subtree_sums(problem.node_parent, at_node + problem.base_load_kw)[:, year]
    features = []
    for g in range(problem.num_nodes):
        headroom = problem.headroom_kw[g, year]
        limited = bool(np.isfinite(headroom).any())
        hour = int((headroom - used[g]).argmin()) if limited else int(used[g].argmax())
        free = float(headroom[hour] - used[g, hour]) if limited else None
        features.append(
            _point(
                problem.node_x_m[g],
                problem.node_y_m[g],
                {
                    "id": problem.node_ids[g],
                    "name": problem.node_names[g],
                    "year": problem.years[year],
                    "hour": hour,
                    "headroom_mw": round(float(headroom[hour]) / KW_PER_MW, 4) if limited else None,
                    "load_mw": round(float(used[g, hour]) / KW_PER_MW, 4),
                    "free_mw": None if free is None else round(free / KW_PER_MW, 4),
                },
            )
        )
    return collection(features)


def _served(problem: SitingProblem, solution: SitingSolution, year: int) -> Layer:
    flow = flows(problem, solution)
    features = []
    for p in np.flatnonzero(solution.served[:, year] > 0):
        d, s = int(problem.pair_demand[p]), int(problem.pair_site[p])
        ends = positions(
            [problem.demand_x_m[d], problem.site_x_m[s]],
            [problem.demand_y_m[d], problem.site_y_m[s]],
        )
        features.append(
            feature(
                "LineString",
                ends,
                {
                    "demand": problem.demand_names[d],
                    "site": problem.site_names[s],
                    "year": problem.years[year],
                    "kwh_per_day": round(float(flow.pair_kwh[p, year]), 1),
                    "distance_km": round(float(problem.pair_km[p]), 2),
                },
            )
        )
    return collection(features)
