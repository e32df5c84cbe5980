"""Why no network will do, and what holds a plan back, in words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.evaluate import evaluate
from bundling.location.design.model import build, usable
from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.mip import LinearModel, solve_model
from bundling.result import Status

FloatArray = NDArray[np.float64]

_SHOWN = 5


def clashes(problem: DesignProblem) -> list[str]:
    """Say what cannot be, as far as counting tells: no way, or too little room at a node."""
    allowed = usable(problem)
    k = np.arange(problem.num_commodities)
    begins = np.zeros(problem.num_commodities, dtype=bool)
    for j in k:
        begins[j] = (allowed[j] & (problem.tail == problem.origin[j])).any()
    words = [
        f"{problem.commodity_ids[j]}: no way leads from {problem.node_ids[problem.origin[j]]} to "
        f"{problem.node_ids[problem.destination[j]]}"
        for j in np.flatnonzero(~begins)
    ]
    nodes = problem.num_nodes
    room = problem.total_capacity
    for ends, places, verb in (
        (problem.tail, problem.origin, "leave"),
        (problem.head, problem.destination, "reach"),
    ):
        can = np.bincount(ends, weights=room, minlength=nodes)
        must = np.bincount(places, weights=problem.quantity, minlength=nodes)
        words.extend(
            f"{must[i]:,.6g} units must {verb} {problem.node_ids[i]} and its arcs carry "
            f"{can[i]:,.6g} with all their facilities: {must[i] - can[i]:,.6g} short"
            for i in np.flatnonzero(can < must * (1 - 1e-9))
        )
    return words


def shortage(problem: DesignProblem, time_limit: float) -> list[str]:
    """Say how much cannot be carried with all facilities there may be: an elastic linear program.

    Empty when everything can be carried, or the time did not do.
    """
    built = build(problem.replace(fixed_cost=np.zeros(problem.num_arcs)), usable(problem))
    model, count = built.model, problem.num_commodities
    carried = built.model.with_bounds(model.lower, model.upper, cost=np.zeros(model.num_columns))
    left = carried.add_columns("left", count, upper=problem.quantity, cost=1.0)
    _balance_what_is_left(carried, left)
    outcome = solve_model(carried, time_limit=max(0.1, time_limit))
    if outcome.status is not Status.OPTIMAL or outcome.values is None:
        return []
    short = outcome.values[left]
    if outcome.objective <= 1e-6 * (1 + float(problem.quantity.sum())):
        return []
    order = np.argsort(-short, kind="stable")[:_SHOWN]
    named = ", ".join(
        f"{short[j]:,.6g} of {problem.quantity[j]:,.6g} of {problem.commodity_ids[j]}"
        for j in order
        if short[j] > 1e-6
    )
    words = (
        f"with all facilities there may be, {outcome.objective:,.6g} of "
        f"{problem.quantity.sum():,.6g} units cannot be carried; one way to fall short: {named}"
    )
    return [words]


def _balance_what_is_left(model: LinearModel, left: NDArray[np.int64]) -> None:
    """Let a part of each commodity stay where it begins and be there where it ends."""
    rows = next(block for block in model.row_blocks if block.name == "balance")
    supply = model.row_lower[rows.start : rows.start + rows.size]
    # Rows of a commodity follow each other, and each has one source and one sink.
    sources, sinks = np.flatnonzero(supply > 0), np.flatnonzero(supply < 0)
    model.add_terms(rows.start + sources, left, 1.0)
    model.add_terms(rows.start + sinks, left, -1.0)


def explain(problem: DesignProblem, solution: DesignSolution) -> list[str]:
    """Say what a plan spends, which arcs are full, and what more room on them is worth.

    The worth of room is that of the plan's own network: facilities stay where they are, so the
    figures are exact for a small change of the flows and approximate for the best plan.
    """
    costs = evaluate(problem, solution)
    opened = int((solution.facilities > 0).sum())
    spent = (
        f"{opened} of {problem.num_arcs} arcs are open; facilities cost "
        f"{costs.costs_eur['facilities']:,.0f} {problem.unit}, carrying "
        f"{costs.costs_eur['carrying']:,.0f} {problem.unit}"
    )
    worth = worth_of_capacity(problem, solution)
    most = np.argsort(-worth, kind="stable")[:_SHOWN]
    return [
        spent,
        *(
            f"{problem.arc_ids[a]} is full: with the network as it is, a unit more of room there "
            f"saves about {worth[a]:,.4g} {problem.unit}"
            for a in most[worth[most] > 1e-6]
        ),
    ]


def worth_of_capacity(
    problem: DesignProblem, solution: DesignSolution, *, time_limit: float = 30.0
) -> FloatArray:
    """Return what one unit more of capacity saves on each arc ``[A]``, facilities held.

    Duals of the capacity rows of the linear program of the flows; 0 where an arc is not full, and
    everywhere when the time does not do.
    """
    held = problem.replace(
        capacity=np.where(solution.facilities > 0, problem.capacity, 0.0),
        most_facilities=solution.facilities,
        fixed_cost=np.zeros(problem.num_arcs),
    )
    built = build(held, usable(held))
    # Only the rows may say that an arc is full: a column at its bound would take their dual.
    unbounded = np.full(built.model.num_columns, np.inf)
    flows = built.model.with_bounds(built.model.lower, unbounded)
    outcome = solve_model(flows, time_limit=time_limit)
    worth = np.zeros(problem.num_arcs)
    if outcome.row_duals is None or outcome.status is not Status.OPTIMAL:
        return worth
    rows = next(block for block in built.model.row_blocks if block.name == "capacity")
    duals = outcome.row_duals[rows.start : rows.start + rows.size]
    worth[built.capped] = np.maximum(0.0, -duals)
    return worth
