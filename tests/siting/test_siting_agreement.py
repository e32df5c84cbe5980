"""The array model and the Pyomo reference find the same optimum; and laws any optimum obeys."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parts_cases import PARTS, with_parts
from siting_cases import make

from bundling.models import siting as reference
from bundling.models.solve import solve_reference
from bundling.result import Status
from bundling.siting import SitingProblem, SitingSolution, check, evaluate, solve

FEW = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
LAWS = settings(FEW, max_examples=6)
GAP = 5e-7
"""Searches stop at this gap and at no time limit: what is found does not depend on the machine."""


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
    result = solve(problem, gap=GAP, time_limit=math.inf)
    assert result.status is Status.OPTIMAL
    return result.objective


def by_reference(problem: SitingProblem) -> tuple[SitingSolution | None, float]:
    return solve_reference(reference.build, reference.read, problem, time_limit=math.inf)


@FEW
@given(small_problems())
def test_arrays_and_pyomo_agree(problem):
    plan, found = by_reference(problem)
    assert plan is not None
    assert check(problem, plan) == []
    least = evaluate(problem, plan).objective
    assert least == pytest.approx(found, rel=1e-6)
    assert optimum(problem) == pytest.approx(least, rel=2e-6)


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
    """Two plans within `GAP` of their optimum can break this by their two gaps over the rise."""
    dearer = problem.replace(unserved_eur_per_kwh=problem.unserved_eur_per_kwh * factor)
    usual, served = (solve(one, gap=GAP, time_limit=math.inf) for one in (problem, dearer))
    before, after = (
        result.evaluation.costs_eur["unserved"] / result.problem.unserved_eur_per_kwh
        for result in (usual, served)
    )
    rise = dearer.unserved_eur_per_kwh - problem.unserved_eur_per_kwh
    assert after <= before + GAP * (usual.objective + served.objective) / rise + 1e-4


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


def cost(problem: SitingProblem) -> float:
    """Least cost, ``inf`` when no plan keeps all limits."""
    result = solve(problem, gap=GAP, time_limit=math.inf)
    if result.status is Status.INFEASIBLE:
        assert result.reasons
        return np.inf
    assert result.status is Status.OPTIMAL
    return result.objective


@st.composite
def problems_with_parts(draw: st.DrawFn, *needed: str) -> SitingProblem:
    """A small problem with any of the parts, those in `needed` among them."""
    problem = make(
        draw(st.integers(0, 10_000)),
        sites=draw(st.integers(1, 3)),
        demands=draw(st.integers(1, 3)),
        substations=draw(st.integers(1, 2)),
        years=draw(st.sampled_from([(2030,), (2028, 2032)])),
        chargers=draw(st.integers(1, 2)),
        steps=draw(st.integers(1, 3)),
        reach_km=25.0,
        kwh_high=draw(st.sampled_from([800.0, 4000.0])),
    )
    others = draw(st.sets(st.sampled_from(PARTS), max_size=5))
    parts = tuple(part for part in PARTS if part in others or part in needed)
    return with_parts(problem, parts, draw(st.integers(0, 100)))


def part(thing, **changes):
    """A part of a problem with some numbers changed."""
    return dataclasses.replace(thing, **changes)


@settings(FEW, max_examples=12)
@given(problems_with_parts())
def test_arrays_and_pyomo_agree_with_all_parts(problem):
    plan, found = by_reference(problem)
    if plan is None:
        assert cost(problem) == np.inf
        return
    assert check(problem, plan) == []
    least = evaluate(problem, plan).objective
    assert least == pytest.approx(found, rel=1e-6)
    assert cost(problem) == pytest.approx(least, rel=2e-6)


@FEW
@given(problems_with_parts("upgrades"), st.floats(0.5, 1.5))
def test_arrays_and_pyomo_agree_where_overloads_are_forbidden(problem, part_of_cure):
    """Depots take all the headroom of a reinforced node and a part of what can be added."""
    node, kw = problem.upgrades.node[0], problem.upgrades.kw[0]
    base = problem.base_load_kw.copy()
    free = np.where(np.isinf(problem.headroom_kw), 0.0, problem.headroom_kw)[node]
    base[node] = free + part_of_cure * kw
    headroom = problem.headroom_kw.copy()
    headroom[np.arange(problem.num_nodes) != node] += 1e6
    overloaded = problem.replace(base_load_kw=base, headroom_kw=headroom, base_overload="forbidden")
    plan, _ = solve_reference(reference.build, reference.read, overloaded)
    if plan is None:
        assert cost(overloaded) == np.inf
        return
    assert check(overloaded, plan) == []
    assert cost(overloaded) == pytest.approx(evaluate(overloaded, plan).objective, rel=2e-6)


@LAWS
@given(problems_with_parts("contracts"))
def test_another_contract_form_never_costs_more(problem):
    firm = np.arange(0, problem.num_steps, 2)
    fields = [name for name in problem.__dataclass_fields__ if name.startswith("step_")]
    fewer = {name: np.array(getattr(problem, name))[firm] for name in fields}
    if problem.budget is not None:
        fewer["budget"] = part(problem.budget, step_eur=problem.budget.step_eur[firm])
    assert cost(problem) <= cost(problem.replace(**fewer)) * (1 + 2e-6)


@LAWS
@given(problems_with_parts("contracts"), st.integers(0, 23))
def test_a_contract_that_opens_longer_never_costs_more(problem, hour):
    """Where the grid keeps nothing free for it: else longer hours would take more room."""
    longer = problem.step_available.copy()
    longer[1::2, hour::24] = 1.0
    assert cost(problem.replace(step_available=longer)) <= cost(problem) * (1 + 2e-6)


@settings(FEW, max_examples=4)
@given(problems_with_parts("storage"), st.sampled_from(["battery_max_kwh", "pv_max_kwp"]))
def test_room_for_storage_never_costs_more(problem, field):
    store = problem.storage
    less = part(store, **{field: 0.0 * getattr(store, field)})
    more = part(store, **{field: 2.0 * getattr(store, field)})
    dear = cost(problem.replace(storage=less))
    usual = cost(problem)
    assert usual <= dear * (1 + 2e-6)
    assert cost(problem.replace(storage=more)) <= usual * (1 + 2e-6)


@LAWS
@given(problems_with_parts("upgrades"))
def test_a_reinforcement_offered_never_costs_more(problem):
    without = {"upgrades": None}
    if problem.budget is not None:
        without["budget"] = part(problem.budget, upgrade_eur=np.zeros(0))
    assert cost(problem) <= cost(problem.replace(**without)) * (1 + 2e-6)


@LAWS
@given(problems_with_parts("budget"), st.floats(1.0, 2.0))
def test_a_larger_budget_never_costs_more(problem, factor):
    larger = part(problem.budget, eur=problem.budget.eur * factor)
    assert cost(problem.replace(budget=larger)) <= cost(problem) * (1 + 2e-6)


@LAWS
@given(problems_with_parts("coverage"), st.floats(0.0, 1.0))
def test_less_coverage_never_costs_more(problem, factor):
    lower = part(problem.coverage, min_share=problem.coverage.min_share * factor)
    assert cost(problem.replace(coverage=lower)) <= cost(problem) * (1 + 2e-6)
