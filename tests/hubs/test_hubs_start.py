"""A start solution must not mislead HiGHS."""

from __future__ import annotations

import numpy as np
import pytest
from hubs_cases import random_problem

import bundling
from bundling import Status
from bundling.hubs import HubsProblem
from bundling.hubs.legs import build_legs
from bundling.hubs.local_search import search
from bundling.hubs.milp import build
from bundling.mip import solve_model


def test_a_start_does_not_change_the_optimum() -> None:
    # HiGHS 1.16 counts the start of this model without the cost presolve has fixed, and would
    # claim 13 % less than any plan costs.
    problem = misleading()
    legs = build_legs(problem)
    model = build(problem, legs)
    plan = search(problem, legs, iterations=50)
    assert plan is not None
    option = np.array(plan.option)
    start = model.values(legs, option, plan.mixes())
    assert model.linear.cost @ start == pytest.approx(plan.cost)
    rows = model.linear.matrix() @ start
    assert (rows >= model.linear.row_lower - 1e-9).all()
    assert (rows <= model.linear.row_upper + 1e-9).all()
    plain = solve_model(model.linear)
    started = solve_model(model.linear, start=start)
    assert plain.status is started.status is Status.OPTIMAL
    assert started.objective == pytest.approx(plain.objective)
    assert started.bound == pytest.approx(plain.objective)
    assert bundling.solve(problem, gap=0.0).objective == pytest.approx(plain.objective)


def misleading() -> HubsProblem:
    """Small vehicles, no hours and no volume: presolve settles a shipment and its cost."""
    problem = random_problem(5590, shipments=4, hubs=1, origins=2, destinations=3, rent_eur=0.0)
    return problem.replace(
        hub_location=np.array([1]),
        vehicle_capacity_kg=0.15 * problem.vehicle_capacity_kg,
        vehicle_capacity_m3=0.2 * problem.vehicle_capacity_m3,
        shipment_service_h=np.zeros(4),
        shipment_m3=np.zeros(4),
    )
