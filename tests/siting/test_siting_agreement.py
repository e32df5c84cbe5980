"""The array model and the Pyomo reference find the same optimum; and laws any optimum obeys."""

from __future__ import annotations

import numpy as np
import pyomo.environ as pyo
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from siting_cases import make

from bundling.models import siting as reference
from bundling.result import Status
from bundling.siting import SitingProblem, check, evaluate, solve

FEW = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@st.composite
def small_problems(draw: st.DrawFn) -> SitingProblem:
    """Up to 3 sites, 3 demand points, 2 years, 3 charger types and 3 connection steps."""
    return make(
        draw(st.integers(0, 10_000)),
        sites=draw(st.integers(1, 3)),
        demands=draw(st.integers(1, 3)),
        substations=draw(st.integers(1, 2)),
        years=draw(st.sampled_from([(2030,), (2028, 2032)])),
        chargers=draw(st.integers(1, 3)),
        steps=draw(st.integers(1, 5)),
        reach_km=25.0,
        kwh_high=draw(st.sampled_from([800.0, 4000.0])),
    )


def optimum(problem: SitingProblem) -> float:
    result = solve(problem, gap=0.0, time_limit=60.0)
    assert result.status is Status.OPTIMAL
    return result.objective


@FEW
@given(small_problems())
def test_arrays_and_pyomo_agree(problem):
    model = reference.build(problem)
    pyo.SolverFactory("highs").solve(model, options={"mip_rel_gap": 1e-9})
    plan = reference.read(model, problem)
    assert check(problem, plan) == []
    cost = evaluate(problem, plan).objective
    assert cost == pytest.approx(pyo.value(model.cost), rel=1e-6)
    assert optimum(problem) == pytest.approx(cost, rel=2e-6)


@FEW
@given(small_problems(), st.data())
def test_another_site_never_costs_more(problem, data):
    gone = data.draw(st.integers(0, problem.num_sites - 1))
    forbidden = problem.forbidden.copy()
    forbidden[gone] = True
    existing = problem.existing_kw.copy()
    existing[gone] = 0.0
    fewer = problem.replace(forbidden=forbidden, existing_kw=existing)
    assert optimum(problem) <= optimum(fewer) * (1 + 2e-6)


@FEW
@given(small_problems(), st.floats(1.0, 3.0))
def test_more_headroom_never_costs_more(problem, factor):
    roomier = problem.replace(headroom_kw=problem.headroom_kw * factor)
    assert optimum(roomier) <= optimum(problem) * (1 + 2e-6)


@FEW
@given(small_problems(), st.floats(1.05, 3.0))
def test_a_higher_price_of_unserved_energy_never_serves_less(problem, factor):
    def unserved_kwh(one: SitingProblem) -> float:
        """Discounted kWh not served, the amount that the price multiplies."""
        result = solve(one, gap=0.0, time_limit=60.0)
        return result.evaluation.costs_eur["unserved"] / one.unserved_eur_per_kwh

    dearer = problem.replace(unserved_eur_per_kwh=problem.unserved_eur_per_kwh * factor)
    before = unserved_kwh(problem)
    assert unserved_kwh(dearer) <= before + 1e-4 * max(1.0, before)


@FEW
@given(small_problems())
def test_two_equal_halves_of_a_demand_point_cost_the_same(problem):
    """Splitting a point in two at the same place changes nothing; the model merges them again."""
    half = problem.demand_kwh.copy()
    half[0] /= 2.0
    mine = np.flatnonzero(problem.pair_demand == 0)
    extra = np.full(len(mine), problem.num_demands)

    def longer(values, more):
        return np.concatenate([values, more])

    split = problem.replace(
        demand_ids=(*problem.demand_ids, "twin"),
        demand_names=(*problem.demand_names, "Twin"),
        demand_kinds=(*problem.demand_kinds, problem.demand_kinds[0]),
        demand_x_m=longer(problem.demand_x_m, problem.demand_x_m[:1]),
        demand_y_m=longer(problem.demand_y_m, problem.demand_y_m[:1]),
        demand_kwh=longer(half, half[:1]),
        demand_profile=longer(problem.demand_profile, problem.demand_profile[:1]),
        demand_min_kw=longer(problem.demand_min_kw, problem.demand_min_kw[:1]),
        demand_reach_km=longer(problem.demand_reach_km, problem.demand_reach_km[:1]),
        pair_demand=longer(problem.pair_demand, extra),
        pair_site=longer(problem.pair_site, problem.pair_site[mine]),
        pair_km=longer(problem.pair_km, problem.pair_km[mine]),
        pair_eur_per_kwh=longer(problem.pair_eur_per_kwh, problem.pair_eur_per_kwh[mine]),
    )
    assert optimum(split) == pytest.approx(optimum(problem), rel=2e-6)
