"""The hour rows of the siting model: loads against chargers, connections and grid nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.siting.grid import ancestry
from bundling.siting.problem import SitingProblem
from bundling.siting.reduce import binding_hours

if TYPE_CHECKING:
    from bundling.siting.milp import Built

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Terms = list[tuple[IntArray, IntArray, FloatArray]]


class _Rows:
    """Terms and bounds of a block whose number of rows is not known beforehand."""

    def __init__(self) -> None:
        self.terms: Terms = []
        self.upper: list[float] = []

    def add(self, columns: IntArray, coefficients: FloatArray) -> None:
        """Add terms to the row that `close` ends."""
        row = np.full(len(columns), len(self.upper), dtype=np.int64)
        self.terms.append((row, columns, np.broadcast_to(coefficients, columns.shape)))

    def close(self, upper: float) -> None:
        """End the row with its upper bound."""
        self.upper.append(upper)


def add_power_rows(problem: SitingProblem, built: Built) -> None:
    """Add the rows of site peaks, charger classes and grid nodes."""
    place = np.full(problem.num_sites, -1)
    place[built.build] = np.arange(len(built.build))
    by_site = _loads_by_site(problem, built)
    _peak_rows(problem, built, place, by_site)
    _class_rows(problem, built, place, by_site)
    _grid_rows(problem, built, by_site)


def _loads_by_site(problem: SitingProblem, built: Built) -> list[IntArray]:
    small = built.reduced
    order = np.argsort(small.load_sites, kind="stable")
    ends = np.searchsorted(small.load_sites[order], np.arange(problem.num_sites + 1))
    return [order[ends[s] : ends[s + 1]] for s in range(problem.num_sites)]


def _peak_rows(
    problem: SitingProblem, built: Built, place: IntArray, by_site: list[IntArray]
) -> None:
    """Load in every hour <= existing power + the peak paid for."""
    rows, small = _Rows(), built.reduced
    for site, loads in enumerate(by_site):
        shares = small.group_profile[small.load_groups[loads]]
        for hour in binding_hours(shares) if len(loads) else ():
            for y in range(problem.num_years):
                rows.add(built.load[loads, y], shares[:, hour])
                if place[site] >= 0:
                    rows.add(built.peak[place[site], :, y], np.array(-1.0))
                rows.close(float(problem.existing_kw[site]))
    _flush(built, "peak of the day", rows)


def _class_rows(
    problem: SitingProblem, built: Built, place: IntArray, by_site: list[IntArray]
) -> None:
    """Load that needs fast chargers <= existing power + those chargers, as far as in use at once.

    Classes are nested: what needs 350 kW also counts where 50 kW will do. So one row for each
    class and hour is enough (Hall's condition for nested sets).
    """
    rows, small = _Rows(), built.reduced
    slowest = problem.charger_kw.min()
    for level in np.unique(small.group_min_kw[small.group_min_kw > slowest]):
        fit = np.flatnonzero(problem.charger_kw >= level)
        for site, everything in enumerate(by_site):
            loads = everything[small.group_min_kw[small.load_groups[everything]] >= level]
            shares = small.group_profile[small.load_groups[loads]]
            for hour in binding_hours(shares) if len(loads) else ():
                for y in range(problem.num_years):
                    rows.add(built.load[loads, y], shares[:, hour])
                    if place[site] >= 0:
                        delivered = problem.utilisation_limit * problem.charger_kw[fit]
                        rows.add(built.chargers[place[site], fit, y], -delivered)
                    rows.close(float(problem.existing_kw[site]))
    _flush(built, "power of fast chargers", rows)


def _grid_rows(problem: SitingProblem, built: Built, by_site: list[IntArray]) -> None:
    """Keep new load below a node within its room, in every hour that can bind.

    A site without existing chargers adds its load; one with adds ``new``, its load above them,
    a column of its own. A node that even all reachable demand cannot fill gets no rows.
    """
    model, small = built.model, built.reduced
    above = ancestry(problem.node_parent)
    room = problem.room_kw
    rows, over = _Rows(), _Rows()
    new_column: dict[tuple[int, int, int], int] = {}
    for node in range(problem.num_nodes):
        below = built.build[above[node][problem.site_node[built.build]]]
        plain = below[problem.existing_kw[below] == 0]
        topped = below[problem.existing_kw[below] > 0]
        loads = np.concatenate([np.zeros(0, dtype=np.int64), *(by_site[s] for s in plain)])
        around = np.concatenate([loads, *(by_site[s] for s in topped)]).astype(np.int64)
        if not len(around):
            continue
        groups = np.unique(small.load_groups[around])
        for y in range(problem.num_years):
            limit = room[node, y]
            most = small.demand_power_kw[below, : y + 1].max(axis=1).sum()
            if limit.min() >= most:
                continue
            for hour in binding_hours(small.group_profile[groups], limit):
                rows.add(built.load[loads, y], small.group_profile[small.load_groups[loads], hour])
                for site in topped:
                    key = (int(site), y, int(hour))
                    if key not in new_column:
                        new_column[key] = int(model.add_columns(f"new {key}", 1)[0])
                        mine = by_site[site]
                        over.add(
                            built.load[mine, y],
                            small.group_profile[small.load_groups[mine], hour],
                        )
                        over.add(np.array([new_column[key]]), np.array(-1.0))
                        over.close(float(problem.existing_kw[site]))
                    rows.add(np.array([new_column[key]]), np.array(1.0))
                rows.close(float(limit[hour]))
    _flush(built, "load above existing chargers", over)
    _flush(built, "grid headroom", rows)


def _flush(built: Built, name: str, rows: _Rows) -> None:
    if rows.upper:
        parts = zip(*rows.terms, strict=True)
        row, column, value = (np.concatenate(part) for part in parts)
        built.model.add_rows(name, len(rows.upper), (row, column, value), upper=rows.upper)
