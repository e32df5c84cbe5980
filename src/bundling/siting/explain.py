"""Why energy stays unserved, and where depots alone overload the grid, in words.

Without limits of a board a siting problem always has a plan, since unserved energy has a price; so
there is no elastic model here (limits that clash: `bundling.siting.clash`). The exception is a base
load above the headroom, which no site can help.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bundling.siting.flows import Flows, flows, node_loads, room_kw, site_loads
from bundling.siting.grid import binding_ancestors
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.units import KW_PER_MW

FloatArray = NDArray[np.float64]

NO_SITE = "no site within reach"
NOT_ALLOWED = "no new chargers allowed at any site within reach"
GRID_FULL = "substation full"
NO_ROOM = "no room for more chargers"
CONNECTION = "largest connection reached"
FLOW = "another stop of its flow cannot be served"
PRICE = "not worth its price"

_SLACK = 1e-4
"""Share of a limit below which what is left counts as nothing."""
_LEAST_KWH = 0.5
"""Unserved energy a day below which nobody wants to read a reason."""


@dataclass(frozen=True)
class Unserved:
    """Energy of a demand point that is not served in a year.

    Attributes
    ----------
    demand, year
        Indices.
    kwh
        Energy a day, in the vehicles.
    reason
        One of the constants of this module.
    node
        Grid node that is full, nearest to the cheapest site; -1 for other reasons.
    """

    demand: int
    year: int
    kwh: float
    reason: str
    node: int = -1


def unserved(problem: SitingProblem, solution: SitingSolution) -> list[Unserved]:
    """List the unserved energy of every demand point and year with the reason for it.

    The reason is the first thing in the way at the sites within reach: no site, none where
    building is allowed, grid full at all that remain, no room or connection left at all that
    remain. As soon as one site has nothing in its way, more there is not worth its price, unless
    another stop of the same truck flow has something in its way.
    """
    flow = flows(problem, solution)
    state = _Blocked(problem, solution, flow)
    order = np.lexsort((problem.pair_eur_per_kwh, problem.pair_demand))
    ends = np.searchsorted(problem.pair_demand[order], np.arange(problem.num_demands + 1))
    found = []
    for d, y in np.argwhere(flow.unserved_kwh > _LEAST_KWH):
        sites = problem.pair_site[order[ends[d] : ends[d + 1]]]
        reason, node = _reason(state, sites, int(d), int(y))
        found.append(Unserved(int(d), int(y), float(flow.unserved_kwh[d, y]), reason, node))
    link = problem.demand_link
    stuck = {
        (int(link[item.demand]), item.year)
        for item in found
        if item.reason != PRICE and link[item.demand] >= 0
    }
    return [
        replace(item, reason=FLOW)
        if item.reason == PRICE and (int(link[item.demand]), item.year) in stuck
        else item
        for item in found
    ]


def _reason(state: _Blocked, sites: NDArray[np.int64], demand: int, year: int) -> tuple[str, int]:
    if not len(sites):
        return NO_SITE, -1
    allowed = [int(s) for s in sites if state.problem.buildable[s]]
    if not allowed:
        return NOT_ALLOWED, -1
    blocks = [state.block(site, demand, year) for site in allowed]
    for reason in (PRICE, GRID_FULL, NO_ROOM, CONNECTION):
        for found, node in blocks:
            if found == reason:
                return reason, node
    return PRICE, -1


class _Blocked:
    """What stands in the way of more load at each site."""

    def __init__(self, problem: SitingProblem, solution: SitingSolution, flow: Flows) -> None:
        self.problem = problem
        self.solution = solution
        self.flow = flow
        self.carrier = np.zeros(problem.num_demands, dtype=np.int64)
        self.of_charger = np.zeros(problem.num_chargers, dtype=np.int64)
        if problem.carriers is not None:
            self.carrier, self.of_charger = problem.carriers.demand, problem.carriers.charger
        used, room = node_loads(problem, flow.reserved_kw), room_kw(problem, solution)
        self.full = room - used <= _SLACK * np.maximum(room, 1.0)
        limited: NDArray[np.bool_] = np.any(np.isfinite(problem.headroom_kw), axis=(1, 2))
        self.chains = binding_ancestors(problem.node_parent, limited)

    def block(self, site: int, demand: int, year: int) -> tuple[str, int]:
        """First thing in the way of more for `demand` at `site`, and the full node if any."""
        problem, carrier = self.problem, int(self.carrier[demand])
        asks = problem.demand_profile[demand] > 0
        # Hours in which existing chargers are all in use, so that more is new load.
        new = self.flow.load_kw[site, year] >= problem.existing_kw[site] * (1 - _SLACK)
        for node in self.chains[int(problem.site_node[site])] if carrier == 0 else ():
            if (self.full[node, year] & asks & new).any():
                return GRID_FULL, node
        chargers = self.solution.chargers[site, :, year]
        if chargers.sum() >= problem.max_chargers[site]:
            # Only a row of the largest chargers leaves nothing to exchange.
            own = np.where(self.of_charger == carrier, problem.charger_kw, 0.0)
            limit = problem.utilisation_limit * float(own @ chargers)
            limit += float(problem.existing_kw[site]) if carrier == 0 else 0.0
            load = site_loads(problem, self.flow.pair_kwh, self.carrier == carrier)[site, year]
            if load.max() >= limit * (1 - _SLACK):
                return NO_ROOM, -1
        contract = self.flow.contract_kw[site, year]
        if carrier == 0 and contract >= problem.step_max_kw[-1] * (1 - _SLACK):
            return CONNECTION, -1
        return PRICE, -1


def explain_unserved(problem: SitingProblem, solution: SitingSolution) -> list[str]:
    """Say in words, most energy first, what stays unserved, where and why."""
    found = unserved(problem, solution)
    lines: list[tuple[float, str]] = []
    for year in range(problem.num_years):
        mine = [item for item in found if item.year == year]
        lines += _full_nodes(problem, [item for item in mine if item.reason == GRID_FULL], year)
        for reason in (NO_SITE, NOT_ALLOWED, NO_ROOM, CONNECTION, FLOW, PRICE):
            some = [item for item in mine if item.reason == reason]
            if some:
                kwh = sum(item.kwh for item in some)
                lines.append((kwh, _line(problem, some, problem.years[year], kwh, reason)))
    return [text for _, text in sorted(lines, key=lambda line: -line[0])]


def _full_nodes(
    problem: SitingProblem, items: list[Unserved], year: int
) -> Iterator[tuple[float, str]]:
    for node in sorted({item.node for item in items}):
        some = [item for item in items if item.node == node]
        kwh = sum(item.kwh for item in some)
        shares = problem.demand_profile[[item.demand for item in some]]
        each = np.array([item.kwh for item in some]) / problem.charger_efficiency
        load = each @ shares
        hour = int(load.argmax())
        reason = (
            f"{problem.node_names[node]} is full, {load[hour] / KW_PER_MW:.2g} MW short "
            f"at {problem.hour_name(hour)}"
        )
        yield kwh, _line(problem, some, problem.years[year], kwh, reason)


def _line(problem: SitingProblem, items: list[Unserved], year: int, kwh: float, reason: str) -> str:
    largest = sorted(items, key=lambda item: -item.kwh)
    names = ", ".join(problem.demand_names[item.demand] for item in largest[:3])
    more = f" and {len(items) - 3} more" if len(items) > 3 else ""
    return f"{year}: {kwh:,.0f} kWh a day not served ({names}{more}): {reason}."
