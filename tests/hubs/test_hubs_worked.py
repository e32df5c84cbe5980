"""Two problems worked by hand, and the laws any right answer obeys."""

from __future__ import annotations

import numpy as np
import pytest
from hubs_cases import half_trucks, make, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st

import bundling
from bundling import Limit, Status
from bundling.models import hubs as reference
from bundling.models.solve import solve_reference

SEEDS = st.integers(0, 10_000)
FEW = settings(max_examples=15, deadline=None, derandomize=True)


def test_two_half_trucks_share_one_truck() -> None:
    # Shippers at x = -3 and x = +3 km, hub at 0, customer 40 km up the road; 500 kg each.
    # One type: 1,000 kg, 50 EUR a trip, 1 EUR/km.
    # Direct: distance sqrt(3^2 + 40^2) = 40.1123 km; 2 trips: 2 (50 + 80.2247) = 260.45 EUR.
    # Via the hub: two linehauls of 3 km, 2 (50 + 6) = 112, one truck of 40 km, 50 + 80 = 130,
    # rent 10: together 252 EUR, so bundling saves one truck on the long road and 8.45 EUR.
    result = bundling.solve(half_trucks(rent_eur=10.0), gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.limit is Limit.NONE
    assert result.objective == pytest.approx(252.0)
    assert result.solution.route.tolist() == [0, 0]
    assert result.evaluation is not None
    assert result.evaluation.costs_eur["rent"] == pytest.approx(10.0)
    assert result.evaluation.costs_eur["vehicles"] == pytest.approx(150.0)
    assert result.evaluation.indicators["vehicle_km"] == pytest.approx(6 + 6 + 80)
    assert result.evaluation.indicators["kg_via_hub"] == pytest.approx(1000.0)
    # Carried: 500 * 3 twice and 1000 * 40; offered: 1000 * 3 twice and 1000 * 40.
    assert result.evaluation.indicators["load_rate"] == pytest.approx(43_000 / 46_000)


def test_two_half_trucks_go_direct_when_the_hub_is_dear() -> None:
    # The same with rent 20: via the hub 262 EUR, direct 260.45 EUR.
    result = bundling.solve(half_trucks(rent_eur=20.0), gap=0.0)
    assert result.objective == pytest.approx(2 * (50 + 2 * np.hypot(3, 40)))
    assert result.solution.open_hubs.size == 0


def test_deliveries_and_pickups_share_a_vehicle_and_hours_ask_for_more() -> None:
    # 900 kg out and 800 kg back between two places 10 km apart, van of 1,000 kg, 30 EUR + 1 EUR/km:
    # one trip, 30 + 20 = 50 EUR. Driving takes 20 km at 60 km/h, a third of an hour.
    # With 4 h of work at each of the two shipments, 8 h no longer fit in a shift of 8 - 1/3 h:
    # two trips, 100 EUR, and 8 h of work at 25 EUR, 200 EUR.
    problem = make(
        xy_km=[(0, 0), (10, 0)],
        shipments=[(0, 1, 900.0), (0, 1, 800.0)],
        hubs=[],
        capacity_kg=[1000.0],
        fixed_eur=[30.0],
        eur_per_km=[1.0],
        shipment_pickup=np.array([False, True]),
        service_eur_per_h=25.0,
    )
    assert bundling.solve(problem, gap=0.0).objective == pytest.approx(50.0)
    busy = problem.replace(shipment_service_h=np.array([4.0, 4.0]))
    assert bundling.solve(busy, gap=0.0).objective == pytest.approx(300.0)


def test_a_shipper_at_the_hub_needs_no_linehaul() -> None:
    # Shipper at the hub: its shipment via the hub rides with the other on the 40 km leg.
    problem = half_trucks(rent_eur=0.0)
    problem = problem.replace(shipment_origin=np.array([0, 2]))
    # linehaul of 3 km: 56 EUR, one truck of 40 km: 130 EUR; both direct: 130.22 + 130 EUR.
    assert bundling.solve(problem, gap=0.0).objective == pytest.approx(186.0)


@FEW
@given(SEEDS)
def test_arrays_and_pyomo_find_the_same_optimum(seed: int) -> None:
    problem = random_problem(
        seed, shipments=3 + seed % 4, destinations=2, rent_eur=5.0, far_km=50.0 * (seed % 2)
    )
    if seed % 3 == 0:
        problem = problem.replace(vehicle_limit=np.array([np.inf, 3.0, 4.0, np.inf]))
    if seed % 5 == 0:
        problem = problem.replace(shipment_direct=np.arange(problem.num_shipments) % 2 == 0)
    ours = bundling.solve(problem, time_limit=30, gap=0.0)
    theirs, objective = solve_reference(reference.build, reference.read, problem)
    assert ours.objective == pytest.approx(objective, rel=1e-6)
    if theirs is None:
        assert ours.status is Status.INFEASIBLE
        assert ours.reasons
    else:
        assert ours.status is Status.OPTIMAL
        assert bundling.check(problem, theirs) == []
        assert bundling.evaluate(problem, theirs).objective == pytest.approx(objective)


@FEW
@given(SEEDS)
def test_dropping_a_hub_never_helps(seed: int) -> None:
    problem = random_problem(seed, shipments=6, hubs=3, destinations=2, rent_eur=3.0, far_km=60.0)
    fields = ("location", "rent_eur", "capacity_kg", "capacity_m3", "handling_eur_per_m3")
    fewer = problem.replace(
        hub_ids=problem.hub_ids[:2],
        **{f"hub_{name}": getattr(problem, f"hub_{name}")[:2] for name in fields},
    )
    all_three = bundling.solve(problem, gap=0.0).objective
    assert all_three <= bundling.solve(fewer, gap=0.0).objective + 1e-6


@FEW
@given(SEEDS, st.floats(0.0, 40.0))
def test_lower_rent_never_costs_more(seed: int, rent_eur: float) -> None:
    problem = random_problem(seed, shipments=6, destinations=2, rent_eur=rent_eur, far_km=60.0)
    cheaper = problem.replace(hub_rent_eur=0.5 * problem.hub_rent_eur)
    assert (
        bundling.solve(cheaper, gap=0.0).objective
        <= bundling.solve(problem, gap=0.0).objective + 1e-6
    )


def test_hubs_do_pay_in_some_random_problems() -> None:
    # Guards the laws above: with no hub ever used they would say nothing.
    used = [
        bundling.solve(
            random_problem(seed, shipments=6, destinations=2, rent_eur=3.0, far_km=60.0), gap=0.0
        )
        for seed in range(6)
    ]
    assert sum(result.solution.open_hubs.size > 0 for result in used) >= 3


def test_same_seed_same_answer_and_the_result_travels() -> None:
    import pickle

    problem = random_problem(3, shipments=16, hubs=3, origins=5, destinations=5, rent_eur=60.0)
    first = bundling.solve(problem, time_limit=60, gap=1e-3, seed=5)
    again = bundling.solve(pickle.loads(pickle.dumps(problem)), time_limit=60, gap=1e-3, seed=5)
    assert first.objective == again.objective
    assert first.solution.to_dict() == again.solution.to_dict()
    assert first.run.problem_hash == again.run.problem_hash
    assert first.bound <= first.objective
    assert first.gap <= 1e-3 + 1e-9


def test_an_event_that_returns_false_stops_with_the_best_so_far() -> None:
    problem = random_problem(3, shipments=40, hubs=3, origins=8, destinations=10, rent_eur=60.0)
    seen = []
    result = bundling.solve(problem, on_event=lambda event: seen.append(event) or False)
    assert result.status is Status.FEASIBLE
    assert result.limit is Limit.INTERRUPT
    assert result.bound == -np.inf
    assert seen[0].step == "hubs"
    assert result.objective <= seen[0].objective + 1e-6
