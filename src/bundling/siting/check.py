"""Is a siting plan allowed? One function a rule; no solver here.

Amounts are compared with a relative tolerance of 1e-6: the solver's own feasibility tolerance.
An excess below that is a rounding error of floating-point sums, not power anyone could measure.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bundling.result import Violation
from bundling.siting.evaluate import Flows, flows
from bundling.siting.grid import subtree_sums
from bundling.siting.problem import HOURS, SitingProblem
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]
TOLERANCE = 1e-6


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
        *_base_load(problem),
        *_grid_headroom(problem, flow),
    ]


def count_checks(problem: SitingProblem, solution: SitingSolution) -> int:  # noqa: ARG001
    """Count the places where a rule applies."""
    s, c, y, g = problem.num_sites, problem.num_chargers, problem.num_years, problem.num_nodes
    levels = len(np.unique(problem.demand_min_kw))
    shares = problem.num_pairs * y + problem.num_demands * y
    sites = s * y * 4 + s * (c + 1) * (y - 1) + s * levels * y * HOURS
    return shares + sites + 2 * g * y * HOURS


def _over(amount: FloatArray, limit: FloatArray) -> FloatArray:
    """How far `amount` lies above `limit`, 0 within tolerance."""
    limit = np.broadcast_to(limit, amount.shape)
    scale = np.maximum(1.0, np.abs(np.where(np.isinf(limit), 0.0, limit)))
    excess = np.where(np.isinf(limit), 0.0, amount - np.where(np.isinf(limit), 0.0, limit))
    return np.where(excess > TOLERANCE * scale, excess, 0.0)


def _shape(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    s, c, y = problem.num_sites, problem.num_chargers, problem.num_years
    expected = {"step": (s, y), "chargers": (s, c, y), "served": (problem.num_pairs, y)}
    for name, shape in expected.items():
        found = getattr(solution, name).shape
        if found != shape:
            yield Violation("shape", f"{name} {found} instead of {shape}", 1.0, "")
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
    over = _over(met, np.array(1.0))
    for d, y in np.argwhere(over > 0):
        where = f"{problem.demand_ids[d]} {problem.years[y]}"
        yield Violation("demand served at most once", where, float(over[d, y]), "share")


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
    over = solution.chargers.sum(axis=1) - problem.max_chargers[:, None]
    for s, y in np.argwhere(over > 0):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        yield Violation("room for chargers", where, float(over[s, y]), "chargers")


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
    """Load of demand that needs at least some power <= chargers of that power in use at once."""
    for level in np.unique(problem.demand_min_kw):
        needs = problem.demand_min_kw[problem.pair_demand] >= level
        load = np.zeros_like(flow.load_kw)
        shares = problem.demand_profile[problem.pair_demand[needs]]
        drawn = flow.pair_kwh[needs] / problem.charger_efficiency
        np.add.at(load, problem.pair_site[needs], drawn[:, :, None] * shares[:, None, :])
        fit = np.where(problem.charger_kw >= level, problem.charger_kw, 0.0)
        installed = np.einsum("c,scy->sy", fit, solution.chargers)
        limit = problem.utilisation_limit * installed + problem.existing_kw[:, None]
        over = _over(load, limit[:, :, None])
        for s, y in np.argwhere(over.max(axis=2) > 0):
            hour = int(over[s, y].argmax())
            fast = f" of {level:g} kW and more" if level > 0 else ""
            where = f"{problem.site_ids[s]} {problem.years[y]} {hour:02d}:00"
            yield Violation(f"charger power{fast}", where, float(over[s, y].max()), "kW")


def _connection_power(
    problem: SitingProblem, solution: SitingSolution, flow: Flows
) -> Iterator[Violation]:
    limit = np.where(solution.step >= 0, problem.step_max_kw[solution.step], 0.0)
    over = _over(flow.peak_kw, limit)
    for s, y in np.argwhere(over > 0):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        yield Violation("connection power", where, float(over[s, y]), "kW")


def _chargers_stay(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    gone = solution.chargers[:, :, :-1] - solution.chargers[:, :, 1:]
    for s, c, y in np.argwhere(gone > 0):
        where = f"{problem.site_ids[s]} {problem.charger_ids[c]} {problem.years[y + 1]}"
        yield Violation("chargers stay", where, float(gone[s, c, y]), "chargers")


def _connection_never_smaller(
    problem: SitingProblem, solution: SitingSolution
) -> Iterator[Violation]:
    for s, y in np.argwhere(solution.step[:, 1:] < solution.step[:, :-1]):
        where = f"{problem.site_ids[s]} {problem.years[y + 1]}"
        steps = float(solution.step[s, y] - solution.step[s, y + 1])
        yield Violation("connection never smaller", where, steps, "steps")


def _base_load(problem: SitingProblem) -> Iterator[Violation]:
    """Keep base loads within the headroom, where the problem forbids overloads."""
    if problem.base_overload != "forbidden":
        return
    base = subtree_sums(problem.node_parent, problem.base_load_kw)
    over = _over(base, problem.headroom_kw)
    for g, y in np.argwhere(over.max(axis=2) > 0):
        hour = int(over[g, y].argmax())
        where = f"{problem.node_names[g]} {problem.years[y]} {hour:02d}:00"
        yield Violation("base load within headroom", where, float(over[g, y].max()), "kW")


def _grid_headroom(problem: SitingProblem, flow: Flows) -> Iterator[Violation]:
    """Keep new load below a node within what the base load leaves of its headroom."""
    new = np.zeros_like(problem.headroom_kw)
    np.add.at(new, problem.site_node, flow.new_kw)
    over = _over(subtree_sums(problem.node_parent, new), problem.room_kw)
    for g, y in np.argwhere(over.max(axis=2) > 0):
        hour = int(over[g, y].argmax())
        where = f"{problem.node_names[g]} {problem.years[y]} {hour:02d}:00"
        yield Violation("grid headroom", where, float(over[g, y].max()), "kW")
