"""What closing a hub costs: by hand, within its bounds, and never negative when proved."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hubs_cases import half_trucks, random_problem
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundling
from bundling import Status
from bundling.hubs.closing import closing_costs
from bundling.hubs.varied import with_rent, without_hub, without_hubs


def test_closing_the_only_hub_costs_what_bundling_saves() -> None:
    problem = half_trucks(rent_eur=5.0)
    result = bundling.solve(problem, gap=0.0, time_limit=10.0)
    direct = bundling.solve(without_hubs(problem), gap=0.0, time_limit=10.0)
    assert result.solution.open_hubs.size == 1
    (closing,) = closing_costs(result, gap=0.0, time_limit=10.0)
    assert closing.is_exact
    # Direct two trips of 50 + 2 * sqrt(40^2 + 3^2); through the hub 2 * 56 in, 130 out, rent 5.
    assert closing.extra_eur == pytest.approx(100 + 4 * math.hypot(40, 3) - 247)
    assert closing.extra_eur == pytest.approx(direct.objective - result.objective)
    assert closing.least_eur == pytest.approx(closing.extra_eur)


def test_a_hub_that_freight_needs_is_indispensable() -> None:
    problem = half_trucks(rent_eur=5.0)
    problem = problem.replace(shipment_direct=np.zeros(problem.num_shipments, dtype=bool))
    result = bundling.solve(problem, gap=0.0, time_limit=10.0)
    (closing,) = closing_costs(result, gap=0.0, time_limit=10.0)
    assert math.isinf(closing.extra_eur)


def test_at_a_rent_above_its_worth_a_hub_closes() -> None:
    """The worth of a hub is the rent that is still left for it: a law of the definition."""
    problem = half_trucks(rent_eur=5.0)
    result = bundling.solve(problem, gap=0.0, time_limit=10.0)
    (closing,) = closing_costs(result, gap=0.0, time_limit=10.0)
    rent = float(problem.hub_rent_eur[0])
    dearer = bundling.solve(
        with_rent(problem, rent + closing.extra_eur + 1.0), gap=0.0, time_limit=10.0
    )
    cheaper = bundling.solve(
        with_rent(problem, rent + closing.extra_eur - 1.0), gap=0.0, time_limit=10.0
    )
    assert dearer.solution.open_hubs.size == 0
    assert cheaper.solution.open_hubs.size == 1


@given(st.integers(0, 10**6))
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_plan_without_a_hub_beats_the_best_one(seed: int) -> None:
    problem = random_problem(seed)
    result = bundling.solve(problem, gap=0.0, time_limit=10.0)
    if result.status is not Status.OPTIMAL:
        return
    for closing in closing_costs(result, gap=0.0, time_limit=10.0):
        assert closing.extra_eur >= -1e-6
        assert closing.least_eur <= closing.most_eur + 1e-6


def test_leaving_a_hub_out_leaves_the_others() -> None:
    problem = random_problem(1, hubs=2)
    left = without_hub(problem, 0)
    assert left.hub_ids == problem.hub_ids[1:]
    assert left.hub_rent_eur.tolist() == problem.hub_rent_eur[1:].tolist()


def test_no_plan_has_nothing_to_close() -> None:
    problem = half_trucks(rent_eur=5.0)
    problem = problem.replace(allowed=np.zeros_like(problem.allowed))
    with pytest.raises(ValueError, match="no plan to explain"):
        closing_costs(bundling.solve(problem, time_limit=5.0))
