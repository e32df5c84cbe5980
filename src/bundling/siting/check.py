"""Is a siting plan allowed? One function a rule; no solver here.

Amounts are compared with a relative tolerance of 1e-6: the solver's own feasibility tolerance.
An excess below that is a rounding error of floating-point sums, not power anyone could measure.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bundling.result import Violation
from bundling.siting import check_parts
from bundling.siting.amounts import TOLERANCE, over
from bundling.siting.flows import Flows, flows, node_loads, room_kw, site_loads
from bundling.siting.overloads import overload_kw
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]


def check(problem: SitingProblem, solution: SitingSolution) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible.

    A solution of the wrong shape gives that violation alone.
    """
    shapes = list(_shape(problem, solution))
    if shapes:
        return shapes
    flow = flows(problem, solution)
    return [
        *_served_share(problem, solution),
        *_demand_served_once(problem, solution),
        *_forbidden_site(problem, solution),
        *_room_for_chargers(problem, solution),
        *_chargers_need_connection(problem, solution),
        *_charger_power(problem, solution, flow),
        *_connection_power(problem, solution, flow),
        *_chargers_stay(problem, solution),
        *_connection_never_smaller(problem, solution),
        *_base_load(problem, solution),
        *_grid_headroom(problem, solution, flow),
        *_contract_hours(problem, solution, flow),
        *_served_alike(problem, solution),
        *check_parts.check(problem, solution, flow),
    ]


def count_checks(problem: SitingProblem, solution: SitingSolution) -> int:  # noqa: ARG001
    """Count the places where a rule applies."""
    s, c, y, g = problem.num_sites, problem.num_chargers, problem.num_years, problem.num_nodes
    hours = problem.num_hours
    levels = len(np.unique(problem.demand_min_kw))
    shares = problem.num_pairs * y + problem.num_demands * y
    sites = s * y * (4 + hours) + s * (c + 1) * (y - 1) + s * levels * y * hours
    linked = int((problem.demand_link >= 0).sum()) * y
    return shares + sites + linked + 2 * g * y * hours + check_parts.count_checks(problem)


def _shape(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    s, c, y = problem.num_sites, problem.num_chargers, problem.num_years
    expected = {"step": (s, y), "chargers": (s, c, y), "served": (problem.num_pairs, y)}
    for name, shape in expected.items():
        found = getattr(solution, name).shape
        if found != shape:
            yield Violation("shape", f"{name} {found} instead of {shape}", 1.0, "")
            return
    expected = {"upgraded": (problem.num_upgrades, y)}
    if (problem.storage is None) != (solution.dispatch is None):
        has = "has no" if solution.dispatch is None else "has a"
        yield Violation("shape", f"{has} dispatch of batteries and PV", 1.0, "")
        return
    parts: list[tuple[object, dict[str, tuple[int, ...]]]] = [(solution, expected)]
    if solution.dispatch is not None:
        hourly = (s, y, problem.num_hours)
        sizes: dict[str, tuple[int, ...]]
        sizes = dict.fromkeys(("battery_kwh", "battery_kw", "pv_kwp"), (s, y))
        parts += [(solution.dispatch, sizes)]
        parts += [
            (solution.dispatch, dict.fromkeys(("charge_kw", "discharge_kw", "pv_kw"), hourly))
        ]
    for thing, shapes in parts:
        for name, shape in shapes.items():
            if getattr(thing, name).shape != shape:
                found = getattr(thing, name).shape
                yield Violation("shape", f"{name} {found} instead of {shape}", 1.0, "")
                return
            if not np.isfinite(getattr(thing, name)).all():
                yield Violation("shape", f"{name} is no number", float("nan"), "")
                return
    bad = (solution.step < -1) | (solution.step >= problem.num_steps)
    if bad.any():
        yield Violation("unknown connection step", "step", float(bad.sum()), "")
    if not np.isfinite(solution.served).all():
        yield Violation("served share", "served", float("nan"), "")


def _served_share(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    for p, y in np.argwhere(solution.served < -TOLERANCE):
        where = f"{problem.demand_ids[problem.pair_demand[p]]} {problem.years[y]}"
        yield Violation("served share not negative", where, -float(solution.served[p, y]), "share")


def _demand_served_once(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    met = np.zeros_like(problem.demand_kwh)
    np.add.at(met, problem.pair_demand, solution.served)
    excess = over(met, np.array(1.0))
    for d, y in np.argwhere(excess > 0):
        where = f"{problem.demand_ids[d]} {problem.years[y]}"
        yield Violation("demand served at most once", where, float(excess[d, y]), "share")


def _forbidden_site(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    new = (solution.step >= 0) | (solution.chargers > 0).any(axis=1)
    for s, y in np.argwhere(new & problem.forbidden[:, None]):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        yield Violation("forbidden site", where, 1.0, "site")


def _room_for_chargers(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    for s, c, y in np.argwhere(solution.chargers < 0):
        where = f"{problem.site_ids[s]} {problem.charger_ids[c]} {problem.years[y]}"
        number = -float(solution.chargers[s, c, y])
        yield Violation("number of chargers not negative", where, number, "chargers")
    excess = solution.chargers.sum(axis=1) - problem.max_chargers[:, None]
    for s, y in np.argwhere(excess > 0):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        yield Violation("room for chargers", where, float(excess[s, y]), "chargers")


def _chargers_need_connection(
    problem: SitingProblem, solution: SitingSolution
) -> Iterator[Violation]:
    loose = (solution.chargers.sum(axis=1) > 0) & (solution.step < 0)
    for s, y in np.argwhere(loose):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        number = float(solution.chargers[s, :, y].sum())
        yield Violation("chargers need a connection", where, number, "chargers")


def _charger_power(
    problem: SitingProblem, solution: SitingSolution, flow: Flows
) -> Iterator[Violation]:
    """Load of demand that needs at least some power <= chargers of that power in use at once.

    Each carrier has chargers of its own; what exists already gives electricity.
    """
    of_charger = np.zeros(problem.num_chargers, dtype=np.int64)
    of_demand = np.zeros(problem.num_demands, dtype=np.int64)
    names: tuple[str, ...] = ("electricity",)
    if problem.carriers is not None:
        of_charger, of_demand = problem.carriers.charger, problem.carriers.demand
        names = problem.carriers.ids
    for carrier, name in enumerate(names):
        mine = of_demand == carrier
        for level in np.unique(problem.demand_min_kw[mine]):
            load = site_loads(problem, flow.pair_kwh, mine & (problem.demand_min_kw >= level))
            fit = (problem.charger_kw >= level) & (of_charger == carrier)
            installed = np.einsum("c,scy->sy", np.where(fit, problem.charger_kw, 0.0),
                                  solution.chargers)  # fmt: skip
            limit = problem.utilisation_limit * installed
            if carrier == 0:
                limit = limit + problem.existing_kw[:, None]
            excess = over(load, limit[:, :, None])
            for s, y in np.argwhere(excess.max(axis=2) > 0):
                hour = int(excess[s, y].argmax())
                fast = f" of {level:g} kW and more" if level > 0 else ""
                fast += "" if carrier == 0 else f" for {name}"
                where = f"{problem.site_ids[s]} {problem.years[y]} {problem.hour_name(hour)}"
                yield Violation(f"charger power{fast}", where, float(excess[s, y].max()), "kW")


def _connection_power(
    problem: SitingProblem, solution: SitingSolution, flow: Flows
) -> Iterator[Violation]:
    limit = np.where(solution.step >= 0, problem.step_max_kw[solution.step], 0.0)
    excess = over(np.maximum(flow.contract_kw, flow.peak_kw), limit)
    for s, y in np.argwhere(excess > 0):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        yield Violation("connection power", where, float(excess[s, y]), "kW")


def _contract_hours(
    problem: SitingProblem, solution: SitingSolution, flow: Flows
) -> Iterator[Violation]:
    """Take no new power in hours in which the contract gives none."""
    is_open = solution.step >= 0
    closed = problem.step_available[np.where(is_open, solution.step, 0)] == 0
    excess = np.where(closed & is_open[:, :, None], over(flow.new_kw, np.array(0.0)), 0.0)
    for s, y in np.argwhere(excess.max(axis=2) > 0):
        hour = int(excess[s, y].argmax())
        where = f"{problem.site_ids[s]} {problem.years[y]} {problem.hour_name(hour)}"
        yield Violation("hours of the contract", where, float(excess[s, y].max()), "kW")


def _served_alike(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    """Serve all stops of a truck flow to the same share; one that asks nothing is no stop."""
    met = np.zeros_like(problem.demand_kwh)
    np.add.at(met, problem.pair_demand, solution.served)
    for link in np.unique(problem.demand_link[problem.demand_link >= 0]):
        mine = problem.demand_link == link
        asks = problem.demand_kwh[mine] > 0
        most = np.where(asks, met[mine], -np.inf).max(axis=0)
        least = np.where(asks, met[mine], np.inf).min(axis=0)
        spread = np.where(asks.any(axis=0), most, 0.0) - np.where(asks.any(axis=0), least, 0.0)
        for y in np.flatnonzero(spread > 10 * TOLERANCE):
            first = problem.demand_ids[int(np.flatnonzero(mine)[0])]
            where = f"{first} and its other stops {problem.years[y]}"
            yield Violation("stops of a flow served alike", where, float(spread[y]), "share")


def _chargers_stay(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    gone = solution.chargers[:, :, :-1] - solution.chargers[:, :, 1:]
    for s, c, y in np.argwhere(gone > 0):
        where = f"{problem.site_ids[s]} {problem.charger_ids[c]} {problem.years[y + 1]}"
        yield Violation("chargers stay", where, float(gone[s, c, y]), "chargers")


def _connection_never_smaller(
    problem: SitingProblem, solution: SitingSolution
) -> Iterator[Violation]:
    size = np.append(problem.step_size, -1)[solution.step]
    for s, y in np.argwhere(size[:, 1:] < size[:, :-1]):
        where = f"{problem.site_ids[s]} {problem.years[y + 1]}"
        steps = float(size[s, y] - size[s, y + 1])
        yield Violation("connection never smaller", where, steps, "steps")


def _base_load(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    """Keep base loads within the headroom and reinforcements, where overloads are forbidden."""
    if problem.base_overload != "forbidden":
        return
    excess = overload_kw(problem, solution.upgraded)
    for g, y in np.argwhere(excess.max(axis=2) > 0):
        hour = int(excess[g, y].argmax())
        where = f"{problem.node_names[g]} {problem.years[y]} {problem.hour_name(hour)}"
        yield Violation("base load within headroom", where, float(excess[g, y].max()), "kW")


def _grid_headroom(
    problem: SitingProblem, solution: SitingSolution, flow: Flows
) -> Iterator[Violation]:
    """Keep new load below a node within what the base load leaves of its headroom."""
    excess = over(node_loads(problem, flow.reserved_kw), room_kw(problem, solution))
    for g, y in np.argwhere(excess.max(axis=2) > 0):
        hour = int(excess[g, y].argmax())
        where = f"{problem.node_names[g]} {problem.years[y]} {problem.hour_name(hour)}"
        yield Violation("grid headroom", where, float(excess[g, y].max()), "kW")
