"""The hour rows of the siting model: loads against chargers, contracts and grid nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.siting.grid import ancestry
from bundling.siting.overloads import forbidden_overload_kw
from bundling.siting.problem import SitingProblem
from bundling.siting.reduce import binding_hours
from bundling.siting.storage_rows import add_storage_links

if TYPE_CHECKING:
    from bundling.siting.milp import Built

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class _Rows:
    """Terms and bounds of a block whose number of rows is not known beforehand."""

    def __init__(self) -> None:
        self.rows: list[IntArray] = []
        self.columns: list[IntArray] = []
        self.values: list[FloatArray] = []
        self.upper: list[FloatArray] = []
        self.size = 0

    def new(self, upper: FloatArray) -> IntArray:
        """Add rows with these upper bounds; return their numbers, in the same shape."""
        rows = np.arange(self.size, self.size + upper.size).reshape(upper.shape)
        self.upper.append(upper.ravel())
        self.size += upper.size
        return rows

    def add(self, rows: ArrayLike, columns: ArrayLike, coefficients: ArrayLike) -> None:
        """Add terms to rows; the three broadcast together."""
        r, c, v = np.broadcast_arrays(rows, columns, coefficients)
        self.rows.append(r.ravel())
        self.columns.append(c.ravel())
        self.values.append(v.ravel())

    def flush(self, built: Built, name: str) -> None:
        """State the block."""
        if self.size:
            built.model.add_rows(
                name,
                self.size,
                (
                    np.concatenate(self.rows),
                    np.concatenate(self.columns),
                    np.concatenate(self.values),
                ),
                upper=np.concatenate(self.upper),
            )


def add_power_rows(problem: SitingProblem, built: Built) -> None:
    """Add the rows of site peaks, charger classes, grid nodes and their base loads."""
    small = built.reduced
    electric = np.flatnonzero(small.electric_loads)
    by_site = _loads_by_site(problem, built, electric)
    add_storage_links(problem, built, by_site)
    _peak_rows(problem, built, by_site)
    _class_rows(problem, built)
    _grid_rows(problem, built, by_site)
    _base_load_rows(problem, built)


def _loads_by_site(problem: SitingProblem, built: Built, loads: IntArray) -> list[IntArray]:
    sites = built.reduced.load_sites[loads]
    order = loads[np.argsort(sites, kind="stable")]
    ends = np.searchsorted(np.sort(sites), np.arange(problem.num_sites + 1))
    return [order[ends[s] : ends[s + 1]] for s in range(problem.num_sites)]


def _stored(built: Built, site: int) -> int:
    """Place of a site among those with batteries or PV, -1 for none."""
    return -1 if built.stored is None else int(built.stored.place[site])


def _peak_rows(problem: SitingProblem, built: Built, by_site: list[IntArray]) -> None:
    """Load in every hour <= existing power + what the contract gives in that hour."""
    rows, small = _Rows(), built.reduced
    years = np.arange(problem.num_years)
    for site, loads in enumerate(by_site):
        spot, store = int(built.place[site]), _stored(built, site)
        if not len(loads) and store < 0:
            continue
        shares = small.group_profile[small.load_groups[loads]]
        if store >= 0:
            hours = np.arange(problem.num_hours)
        else:
            hours = binding_hours(shares, problem.step_available if spot >= 0 else None)
        mine = rows.new(np.full((len(hours), len(years)), float(problem.existing_kw[site])))
        if store >= 0:
            assert built.stored is not None
            rows.add(mine, built.stored.draw[store][:, hours].T, 1.0)
        else:
            rows.add(mine[:, None], built.load[loads][None], shares[:, hours].T[:, :, None])
        if spot >= 0:
            gives = problem.step_available[:, hours].T
            rows.add(mine[:, None], built.peak[spot][None], -gives[:, :, None])
    rows.flush(built, "peak of the day")


def _class_rows(problem: SitingProblem, built: Built) -> None:
    """Load that needs fast chargers <= existing power + those chargers, as far as in use at once.

    Classes are nested: what needs 350 kW also counts where 50 kW will do. So one row for each
    class and hour is enough (Hall's condition for nested sets). Of electricity without batteries
    the peak says it for the slowest class.
    """
    rows, small = _Rows(), built.reduced
    of_charger = np.zeros(problem.num_chargers, dtype=np.int64)
    if problem.carriers is not None:
        of_charger = problem.carriers.charger
    for z in np.unique(small.group_carrier):
        carrier = int(z)
        own = of_charger == carrier
        loads = np.flatnonzero(small.group_carrier[small.load_groups] == carrier)
        by_site = _loads_by_site(problem, built, loads)
        slowest = problem.charger_kw[own].min(initial=np.inf)
        levels = np.unique(small.group_min_kw[small.group_carrier == carrier])
        for level in np.unique(np.append(0.0, levels[levels > slowest])):
            fit = np.flatnonzero(own & (problem.charger_kw >= level))
            for site, everything in enumerate(by_site):
                plain = carrier == 0 and _stored(built, site) < 0
                if level == 0.0 and plain and _full_at_all_hours(problem):
                    continue
                some = everything[small.group_min_kw[small.load_groups[everything]] >= level]
                if len(some):
                    _class_row(problem, built, rows, site, some, fit, carrier)
    rows.flush(built, "power of chargers")


def _full_at_all_hours(problem: SitingProblem) -> bool:
    """Whether every contract gives all its power at all hours, so that the peak is the load's."""
    return bool((problem.step_available == 1.0).all())


def _class_row(
    problem: SitingProblem,
    built: Built,
    rows: _Rows,
    site: int,
    loads: IntArray,
    fit: IntArray,
    carrier: int,
) -> None:
    small, spot = built.reduced, int(built.place[site])
    shares = small.group_profile[small.load_groups[loads]]
    hours = binding_hours(shares)
    existing = float(problem.existing_kw[site]) if carrier == 0 else 0.0
    mine = rows.new(np.full((len(hours), problem.num_years), existing))
    rows.add(mine[:, None], built.load[loads][None], shares[:, hours].T[:, :, None])
    if spot >= 0:
        delivered = problem.utilisation_limit * problem.charger_kw[fit]
        rows.add(mine[:, None], built.chargers[spot][fit][None], -delivered[None, :, None])


def _grid_rows(problem: SitingProblem, built: Built, by_site: list[IntArray]) -> None:
    """Keep what is taken below a node within its room, in every hour that can bind.

    A site adds its load, or what it draws where it has a battery or panels. One with existing
    chargers, or a contract for which the grid keeps power free, adds ``taken``, a column of its
    own. A node that even all reachable demand cannot fill gets no rows.
    """
    small = built.reduced
    above = ancestry(problem.node_parent)
    room, more = problem.room_kw, problem.upgrade_kw
    keeps = bool((problem.step_reserved > 0).any())
    kept = np.unique(problem.step_reserved[:, None] * problem.step_available, axis=0)
    least = np.where(problem.step_available > 0, problem.step_available, 1.0).min()
    at = np.zeros(0) if problem.upgrades is None else problem.upgrades.node
    own_column = (problem.existing_kw[built.build] > 0) | keeps
    stored = np.array([_stored(built, int(s)) for s in built.build], dtype=np.int64)
    taken = _Taken(problem, built, by_site)
    rows = _Rows()
    for node in range(problem.num_nodes):
        below = above[node][problem.site_node[built.build]]
        plain = built.build[below & ~own_column & (stored < 0)]
        drawing = stored[below & ~own_column & (stored >= 0)]
        apart = built.build[below & own_column]
        loads = np.concatenate([np.zeros(0, dtype=np.int64), *(by_site[s] for s in plain)])
        around = np.concatenate([loads, *(by_site[s] for s in apart)]).astype(np.int64)
        if not len(around) and not len(drawing):
            continue
        varied = len(drawing) > 0 or bool((stored[below & own_column] >= 0).any())
        shares = small.group_profile[np.unique(small.load_groups[around])]
        used = small.demand_power_kw[built.build[below]]
        for y in range(problem.num_years):
            most = used[:, : y + 1].max(axis=1).sum() / (least if keeps else 1.0)
            if room[node, y].min() >= most:
                continue
            limit = room[node, y]
            hours = np.flatnonzero(np.isfinite(limit))
            if not varied and problem.upgrades is None:
                # What a contract keeps free counts like a share: the more, the tighter.
                hours = binding_hours(np.vstack([shares, kept]), limit)
            mine = rows.new(limit[hours])
            profile = small.group_profile[small.load_groups[loads]][:, hours].T
            rows.add(mine[:, None], built.load[loads, y][None], profile)
            if len(drawing):
                assert built.stored is not None
                rows.add(mine[:, None], built.stored.draw[drawing, y][:, hours].T, 1.0)
            for site in apart:
                rows.add(mine, taken.columns(int(site), y, hours), 1.0)
            for u in np.flatnonzero(at == node):
                rows.add(mine, np.full(len(hours), built.upgraded[u, y]), -more[u, y, hours])
    taken.flush()
    rows.flush(built, "grid headroom")


def _base_load_rows(problem: SitingProblem, built: Built) -> None:
    """Reinforcements cure every overload by base loads, where overloads are forbidden.

    A node without a reinforcement gets a row without terms, which nothing can keep.
    """
    short = forbidden_overload_kw(problem)
    nodes, years = np.nonzero(short)
    if not len(nodes):
        return
    terms = []
    if problem.upgrades is not None:
        rows, upgrades = np.nonzero(nodes[:, None] == problem.upgrades.node[None, :])
        columns = built.upgraded[upgrades, years[rows]]
        terms = [(rows, columns, problem.upgrades.kw[upgrades])]
    built.model.add_rows("base load within headroom", len(nodes), *terms, lower=short[nodes, years])


class _Taken:
    """Columns for what a site takes of the grid's room, made where a node asks for them."""

    def __init__(self, problem: SitingProblem, built: Built, by_site: Sequence[IntArray]) -> None:
        self.problem = problem
        self.built = built
        self.by_site = by_site
        self.known: dict[tuple[int, int], IntArray] = {}
        self.above, self.kept = _Rows(), _Rows()

    def columns(self, site: int, y: int, hours: IntArray) -> IntArray:
        """Return the columns of a site and year in these hours."""
        problem, built = self.problem, self.built
        known = self.known.setdefault((site, y), np.full(problem.num_hours, -1))
        fresh = hours[known[hours] < 0]
        if len(fresh):
            known[fresh] = built.model.add_columns(f"taken {site} {y}", len(fresh))
            existing = np.full(len(fresh), float(problem.existing_kw[site]))
            mine = self.above.new(existing)
            self.above.add(mine, known[fresh], -1.0)
            store = _stored(built, site)
            if store >= 0:
                assert built.stored is not None
                self.above.add(mine, built.stored.draw[store, y, fresh], 1.0)
            else:
                small, loads = built.reduced, self.by_site[site]
                shares = small.group_profile[small.load_groups[loads]][:, fresh].T
                self.above.add(mine[:, None], built.load[loads, y][None], shares)
            if (problem.step_reserved > 0).any():
                share = problem.step_reserved[:, None] * problem.step_available[:, fresh]
                mine = self.kept.new(np.zeros(len(fresh)))
                self.kept.add(mine, known[fresh], -1.0)
                peaks = built.peak[built.place[site], :, y]
                self.kept.add(mine[:, None], peaks[None], share.T)
        return known[hours]

    def flush(self) -> None:
        """State the rows of all columns made."""
        self.above.flush(self.built, "load above existing chargers")
        self.kept.flush(self.built, "power the grid keeps free")
