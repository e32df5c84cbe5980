"""Laws of the optimum, on random days small enough to solve to a proof."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scheduled_cases import random_day

import bundling
from bundling import Status
from bundling.hubs.scheduled import ScheduledProblem
from bundling.hubs.scheduled.bound import shared_bound

FEW = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
SEEDS = st.integers(0, 10**6)
SLACK = 1e-5


def day(seed: int) -> ScheduledProblem:
    return random_day(seed, shut=0.0)


def optimum(problem: ScheduledProblem) -> float:
    """Least cost of a day; ``inf`` when there is no plan."""
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.status in (Status.OPTIMAL, Status.INFEASIBLE)
    return result.objective


@given(SEEDS)
@FEW
def test_a_hub_more_never_costs_more(seed: int) -> None:
    problem = day(seed)
    capacity = np.array(problem.hub_capacity)
    capacity[0] = 0.0
    assert optimum(problem) <= optimum(problem.replace(hub_capacity=capacity)) + SLACK


@given(SEEDS)
@FEW
def test_a_sailing_more_never_costs_more(seed: int) -> None:
    problem = day(seed)
    none = problem.replace(sailing_limit=np.zeros(problem.num_sailings))
    assert optimum(problem) <= optimum(none) + SLACK


@given(SEEDS)
@FEW
def test_more_time_never_costs_more(seed: int) -> None:
    problem = day(seed)
    due = np.minimum(problem.shipment_due_slot + 1, problem.num_slots - 1)
    release = np.maximum(problem.shipment_release_slot - 1, 0)
    cost = optimum(problem)
    assert optimum(problem.replace(shipment_due_slot=due)) <= cost + SLACK
    assert optimum(problem.replace(shipment_release_slot=release)) <= cost + SLACK


@given(SEEDS)
@FEW
def test_more_hubs_on_the_way_never_cost_more(seed: int) -> None:
    problem = day(seed)
    more = problem.replace(max_hubs=problem.max_hubs + 1)
    assert optimum(more) <= optimum(problem) + SLACK


@given(SEEDS)
@FEW
def test_apart_never_cheaper_than_together(seed: int) -> None:
    """Where nothing is scarce two plans, one on top of the other, are a plan for both."""
    problem = day(seed)
    problem = problem.replace(
        hub_capacity=np.full_like(problem.hub_capacity, np.inf),
        sailing_limit=np.full(problem.num_sailings, 9),
    )
    ones = np.arange(problem.num_shipments) % 2 == 0
    apart = optimum(problem.only(ones)) + optimum(problem.only(~ones))
    assert optimum(problem) <= apart + SLACK


@given(SEEDS)
@FEW
def test_twice_the_prices_twice_the_cost(seed: int) -> None:
    problem = day(seed)
    prices = (
        "hub_fixed_eur", "hub_handling_eur", "lane_eur", "lane_empty_eur", "sailing_slot_eur",
        "sailing_eur",
    )  # fmt: skip
    dear = problem.replace(
        co2e_eur_per_kg=2.0 * problem.co2e_eur_per_kg,
        **{name: 2.0 * getattr(problem, name) for name in prices},
    )
    cost, twice = optimum(problem), optimum(dear)
    assert math.isinf(cost) == math.isinf(twice)
    assert math.isinf(cost) or math.isclose(2.0 * cost, twice, abs_tol=SLACK)


@given(SEEDS)
@FEW
def test_the_order_of_the_shipments_does_not_matter(seed: int) -> None:
    problem = day(seed)
    turned = problem.only(np.arange(problem.num_shipments)[::-1])
    cost, other = optimum(problem), optimum(turned)
    assert math.isinf(cost) == math.isinf(other)
    assert math.isinf(cost) or math.isclose(cost, other, abs_tol=SLACK)


@given(SEEDS)
@FEW
def test_the_shared_bound_is_one(seed: int) -> None:
    problem = day(seed)
    cost = optimum(problem)
    if math.isfinite(cost):
        assert shared_bound(problem, lambda: False) <= cost + SLACK
