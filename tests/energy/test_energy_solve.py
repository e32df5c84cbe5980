"""Schedules worked out by hand, and what they must cost."""

from __future__ import annotations

import math

import numpy as np
import pytest
from energy_cases import night, two_vans

import bundling
from bundling.energy.baseline import charge_on_arrival
from bundling.energy.check import check
from bundling.energy.evaluate import evaluate, grid_kw
from bundling.result import Event, Limit, Status


def test_cheap_slots_and_connection():
    result = bundling.solve(two_vans())
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(3.80)
    assert result.bound == pytest.approx(3.80)
    np.testing.assert_allclose(result.solution.power_kw, [[0, 2, 8, 10], [0, 10, 0, 0]], atol=1e-6)
    assert result.evaluation.costs_eur == pytest.approx(
        {"energy": 3.8, "transport": 0.0, "peak": 0.0, "shortfall": 0.0}
    )


def test_losses_draw_more_from_the_grid():
    # Efficiency 0.8: 10 kW into a battery draws 12.5 kW, so the connection of 12 kW gives 9.6 kW.
    # b: 9.6 in slot 1 and 0.4 in slot 0; a: 9.6 in slot 3, 9.6 in slot 2, 0.8 in slot 0.
    # Grid: 12 x 0.10 + 12 x 0.10 + 12 x 0.20 + (1.2 / 0.8) x 0.30 = 5.25 EUR.
    result = bundling.solve(two_vans(efficiency=0.8, co2e_kg_per_kwh=0.3))
    assert result.objective == pytest.approx(5.25)
    assert result.evaluation.indicators["kwh_battery"] == pytest.approx(30.0)
    assert result.evaluation.indicators["kwh_grid"] == pytest.approx(37.5)
    assert result.evaluation.indicators["co2e_kg"] == pytest.approx(11.25)


def test_transport_is_paid_per_grid_kwh():
    result = bundling.solve(two_vans(transport_eur_per_kwh=0.05))
    assert result.objective == pytest.approx(3.80 + 30 * 0.05)
    assert result.evaluation.costs_eur["transport"] == pytest.approx(1.5)


def test_peak_charge_flattens_the_load():
    # 30 kWh in 4 hours: the peak is at least 7.5 kW. At 1 EUR/kW flat is best, since one kW of
    # peak saves at most 0.30 - 0.10 EUR a slot. Energy: 7.5 x (.3 + .1 + .2 + .1) = 5.25 EUR.
    result = bundling.solve(two_vans(peak_eur_per_kw=1.0))
    assert result.objective == pytest.approx(5.25 + 7.5)
    np.testing.assert_allclose(grid_kw(result.problem, result.solution), 7.5, atol=1e-6)


def test_small_peak_charge_is_traded_against_the_price():
    # Load within a peak P <= 12: slots 1 and 3 full (a gives b the room), slot 2 up to P, rest in
    # slot 0. For 10 <= P <= 12 slot 0 is empty and slot 3 is at most 10 (a's charger), so
    # energy = .1 P + .1 x 10 + .2 (20 - P): a kW more saves 0.10 EUR. Below 10 slot 0 fills:
    # energy = (.1 + .2 + .1) P + .3 (30 - 3 P): a kW more saves 0.50 EUR.
    # At 0.3 EUR/kW the best P is 10: 0.4 x 10 + 0 + 0.3 x 10 = 7 EUR.
    result = bundling.solve(two_vans(peak_eur_per_kw=0.3))
    assert result.objective == pytest.approx(7.0)
    assert result.evaluation.indicators["peak_kw"] == pytest.approx(10.0)
    # With 11 kW paid anyway that kW is free: .1 x 11 + .1 x 10 + .2 x 9 = 3.9 EUR.
    paid = bundling.solve(two_vans(peak_eur_per_kw=0.3, paid_peak_kw=11.0))
    assert paid.objective == pytest.approx(3.9)
    assert paid.evaluation.costs_eur["peak"] == 0.0


def test_base_load_takes_room_and_counts_for_the_peak():
    # Base 4 kW in slot 1 leaves 8 kW there. b: 8 in slot 1, 2 in slot 0; a: 10 and 10.
    # 0.8 + 0.6 + 1.0 + 2.0 = 4.40 EUR.
    result = bundling.solve(two_vans(base_load_kw=[0, 4, 0, 0]))
    assert result.objective == pytest.approx(4.4)
    assert result.evaluation.indicators["peak_kw"] == pytest.approx(12.0)
    assert result.evaluation.indicators["charging_peak_kw"] == pytest.approx(10.0)


def test_partial_slots_count_pro_rata():
    # a is there from 00:30 to 01:15: half of slot 0 and a quarter of slot 1, so at 10 kW
    # 5 kWh at 0.30 and 2.5 kWh at 0.10: 1.75 EUR for its 7.5 kWh, and no more fits.
    problem = two_vans(
        arrival_s=[1800, 0], departure_s=[4500, 7200], need_kwh=[7.5, 0.0], connection_kw=np.inf
    )
    np.testing.assert_allclose(problem.limit_kw[0], [5.0, 2.5, 0.0, 0.0])
    assert bundling.solve(problem).objective == pytest.approx(1.75)
    more = bundling.solve(problem.replace(need_kwh=[8.0, 0.0]))
    assert more.status is Status.INFEASIBLE


def test_a_negative_price_buys_no_more_than_the_need():
    result = bundling.solve(two_vans(price_eur_per_kwh=[-0.1, -0.2, -0.1, -0.2]))
    # 12 + 10 at -0.2 and 8 at -0.1.
    assert result.objective == pytest.approx(-5.2)
    assert result.status is Status.OPTIMAL
    assert result.evaluation.indicators["kwh_battery"] == pytest.approx(30.0)


def test_equal_cost_charges_earliest():
    result = bundling.solve(two_vans(price_eur_per_kwh=0.2 * np.ones(4)))
    # 30 kWh as early as the connection lets: 12, 12, 6, 0.
    np.testing.assert_allclose(grid_kw(result.problem, result.solution), [12, 12, 6, 0], atol=1e-6)


def test_same_input_same_schedule():
    first, second = (bundling.solve(night(30), seed=3) for _ in range(2))
    np.testing.assert_array_equal(first.solution.power_kw, second.solution.power_kw)
    assert first.run.problem_hash == second.run.problem_hash


def test_a_night_of_vehicles():
    result = bundling.solve(night(60))
    assert result.status is Status.OPTIMAL
    assert result.limit is Limit.NONE
    assert result.gap <= 1e-6
    assert check(result.problem, result.solution) == []
    assert result.evaluation.indicators["kwh_battery"] == pytest.approx(
        result.problem.need_kwh.sum()
    )
    unplanned = evaluate(result.problem, charge_on_arrival(result.problem))
    assert result.objective < unplanned.objective


def test_no_vehicles():
    result = bundling.solve(night(0))
    assert result.status is Status.OPTIMAL
    assert result.objective == 0.0
    assert result.solution.power_kw.shape == (0, 96)


def test_events_can_stop_it():
    seen: list[Event] = []
    stopped = bundling.solve(two_vans(), on_event=lambda event: seen.append(event) or False)
    assert (stopped.status, stopped.limit) == (Status.UNKNOWN, Limit.INTERRUPT)
    assert len(seen) == 1
    assert stopped.solution is None

    def not_after_the_first(event: Event) -> bool:
        seen.append(event)
        return math.isinf(event.objective)

    early = bundling.solve(two_vans(), on_event=not_after_the_first)
    assert early.status is Status.OPTIMAL
    assert seen[-1].objective == pytest.approx(3.8)


def test_time_limit_gives_no_false_answer():
    result = bundling.solve(night(400), time_limit=0.01)
    assert result.status is Status.UNKNOWN
    assert result.limit is Limit.TIME
    assert result.bound == -math.inf
    assert "more time" in result.reasons[0]


def test_charging_on_arrival():
    # a: 10 + 10 at once, b: 10 at once: 20 kW in slot 0, 10 in slot 1, over the 12 kW.
    schedule = charge_on_arrival(two_vans())
    np.testing.assert_allclose(schedule.power_kw, [[10, 10, 0, 0], [10, 0, 0, 0]])
    (broken,) = check(two_vans(), schedule)
    assert (broken.rule, broken.where, broken.amount) == ("grid connection", "00:00", 8.0)
    assert evaluate(two_vans(), schedule).objective == pytest.approx(20 * 0.3 + 10 * 0.1)
