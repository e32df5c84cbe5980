"""The years one by one never prove more than is true, and all of it when they do not touch."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parts_cases import PARTS, with_parts
from siting_cases import make
from siting_hand import growing_site

from bundling.certify import Clock
from bundling.result import Status
from bundling.siting import solve
from bundling.siting.slopes import only_year
from bundling.siting.year_bounds import years_bound


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(st.integers(0, 10_000), st.sets(st.sampled_from(PARTS), max_size=4))
def test_never_above_the_optimum(seed, parts):
    base = make(seed, sites=3, demands=3, years=(2028, 2032), steps=2, chargers=2)
    problem = with_parts(base, tuple(sorted(parts)), seed)
    result = solve(problem, gap=0.0, time_limit=math.inf)
    if result.status is Status.INFEASIBLE:
        return
    assert years_bound(problem, Clock(), 0) <= result.objective * (1 + 1e-6)


def test_a_plan_that_each_year_would_choose_alone_is_proved():
    """One connection suits both years, so nothing is lost by looking at them one by one."""
    problem = growing_site(100.0).replace(demand_kwh=[[1200.0, 1200.0]])
    best = solve(problem, gap=0.0).objective
    assert years_bound(problem, Clock(), 0) == pytest.approx(best, rel=1e-5)


def test_the_sum_is_weighted_by_the_years():
    problem = make(4, sites=4, demands=4, years=(2028, 2032))
    alone = [solve(only_year(problem, y), gap=0.0).objective for y in range(2)]
    assert years_bound(problem, Clock(), 0) == pytest.approx(alone @ problem.year_weights, rel=2e-3)
