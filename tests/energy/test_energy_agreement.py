"""The array model and the Pyomo reference find the same optimum; and laws any optimum obeys."""

from __future__ import annotations

import numpy as np
import pytest
from energy_cases import small_problems, small_sites, two_vans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundling
from bundling.energy import EnergyProblem
from bundling.energy.check import check
from bundling.energy.duals import dual_bound
from bundling.energy.evaluate import evaluate
from bundling.energy.lp import build
from bundling.energy.shortage import least_shortages
from bundling.energy.shortage_site import least_site_shortages
from bundling.mip import solve_model
from bundling.models import energy as reference
from bundling.models.solve import solve_reference
from bundling.result import Status

FEW = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def reference_optimum(problem: EnergyProblem) -> float | None:
    """Cost of the Pyomo model's optimum, its schedule checked; None when it is infeasible."""
    schedule, objective = solve_reference(reference.build, reference.read, problem)
    if schedule is None:
        return None
    assert check(problem, schedule) == []
    assert evaluate(problem, schedule).objective == pytest.approx(objective, abs=1e-6)
    return objective


def test_reference_on_the_hand_worked_case():
    assert reference_optimum(two_vans()) == pytest.approx(3.8)
    assert reference_optimum(two_vans(peak_eur_per_kw=0.3)) == pytest.approx(7.0)
    assert reference_optimum(two_vans(need_kwh=[35, 10])) is None


@FEW
@given(small_problems())
def test_same_optimum_with_priced_shortfall(problem):
    result = bundling.solve(problem)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(reference_optimum(problem), abs=1e-6, rel=1e-7)


@FEW
@given(small_problems(strict=True))
def test_same_verdict_and_optimum_when_all_needs_count(problem):
    result, optimum = bundling.solve(problem), reference_optimum(problem)
    if optimum is None:
        assert result.status is Status.INFEASIBLE
        assert least_shortages(problem).missing_kwh.sum() > 0
        assert result.reasons
    else:
        assert result.status is Status.OPTIMAL
        assert result.objective == pytest.approx(optimum, abs=1e-6, rel=1e-7)


@FEW
@given(small_problems(), st.floats(0.0, 20.0))
def test_a_larger_connection_never_costs_more(problem, extra):
    larger = problem.replace(connection_kw=problem.connection_kw + extra)
    assert bundling.solve(larger).objective <= bundling.solve(problem).objective + 1e-6


@FEW
@given(small_problems(), st.integers(0, 5), st.floats(0.0, 0.3))
def test_a_lower_price_never_costs_more(problem, slot, discount):
    price = problem.price_eur_per_kwh.copy()
    price[slot % price.size] -= discount
    lower = bundling.solve(problem.replace(price_eur_per_kwh=price))
    assert lower.objective <= bundling.solve(problem).objective + 1e-6


@FEW
@given(small_problems(), st.integers(0, 3), st.floats(0.0, 10.0))
def test_more_need_is_never_cheaper(problem, vehicle, extra):
    # Without negative prices, that is.
    problem = problem.replace(price_eur_per_kwh=np.abs(problem.price_eur_per_kwh))
    need = problem.need_kwh.copy()
    need[vehicle % need.size] += extra
    more = bundling.solve(problem.replace(need_kwh=need))
    assert more.objective >= bundling.solve(problem).objective - 1e-6


@FEW
@given(small_problems(), st.randoms(use_true_random=False))
def test_the_order_of_vehicles_does_not_matter(problem, random):
    order = list(range(problem.num_vehicles))
    random.shuffle(order)
    fields = ("arrival_s", "departure_s", "need_kwh", "charge_kw", "charger_kw")
    shuffled = problem.replace(
        vehicle_ids=tuple(problem.vehicle_ids[j] for j in order),
        **{name: getattr(problem, name)[order] for name in fields},
    )
    assert bundling.solve(shuffled).objective == pytest.approx(
        bundling.solve(problem).objective, abs=1e-6
    )


@FEW
@given(small_problems(), st.floats(0.5, 4.0))
def test_money_scales(problem, factor):
    dearer = problem.replace(
        price_eur_per_kwh=factor * problem.price_eur_per_kwh,
        transport_eur_per_kwh=factor * problem.transport_eur_per_kwh,
        peak_eur_per_kw=factor * problem.peak_eur_per_kw,
        shortfall_eur_per_kwh=factor * (problem.shortfall_eur_per_kwh or 0.0),
    )
    assert bundling.solve(dearer).objective == pytest.approx(
        factor * bundling.solve(problem).objective, abs=1e-6
    )


@FEW
@given(small_problems(), st.integers(0, 2**32 - 1))
def test_any_duals_give_a_valid_bound(problem, seed):
    charging = build(problem)
    outcome = solve_model(charging.model)
    duals = np.random.default_rng(seed).normal(0, 1, charging.model.num_rows)
    assert dual_bound(charging.model, duals) <= outcome.objective + 1e-7
    assert dual_bound(charging.model, outcome.row_duals) == pytest.approx(
        outcome.objective, abs=1e-6
    )


@settings(FEW, max_examples=25)
@given(small_sites())
def test_same_optimum_with_contracts_battery_and_pv(problem):
    result, optimum = bundling.solve(problem, gap=0.0), reference_optimum(problem)
    if optimum is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
    else:
        assert result.status is Status.OPTIMAL
        assert result.objective == pytest.approx(optimum, abs=1e-5, rel=1e-6)


@settings(FEW, max_examples=20)
@given(small_sites(plugs=True))
def test_same_optimum_with_plugs(problem):
    result, optimum = bundling.solve(problem, gap=0.0), reference_optimum(problem)
    if optimum is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
    else:
        assert result.status is Status.OPTIMAL
        assert result.objective == pytest.approx(optimum, abs=1e-5, rel=1e-6)


@settings(FEW, max_examples=15)
@given(small_sites(plugs=True, strict=True))
def test_same_verdict_and_what_is_short_when_all_needs_count(problem):
    problem = problem.replace(need_kwh=0.15 * problem.need_kwh)
    result, optimum = bundling.solve(problem, gap=0.0), reference_optimum(problem)
    if optimum is None:
        assert result.status is Status.INFEASIBLE
        assert least_site_shortages(problem)[0].total_kwh > 0
        assert "cannot be" in result.reasons[0]
    else:
        assert result.status is Status.OPTIMAL
        assert result.objective == pytest.approx(optimum, abs=1e-5, rel=1e-6)
