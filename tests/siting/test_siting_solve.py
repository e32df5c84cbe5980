"""Answers worked out by hand, and what a solve promises about status, limits and events."""

from __future__ import annotations

import numpy as np
import pytest
from siting_cases import make
from siting_hand import growing_site, two_sites

import bundling
from bundling.result import Limit, Status
from bundling.siting import solve


def test_headroom_forces_the_dearer_site():
    """All at far: 700 site + 2 x 1,000 chargers + 300 connection + 100 kW x 10 = 4,000;
    240,000 kWh a year x (0.01 transport + 0.10 energy + 0.005 detour) = 27,600; total 31,600.
    Half at each: 200 EUR more (500 + 300 for the second site, less 600 of detours). All at near
    would be 30,200 but needs 100 kW where 50 are free.
    """
    result = solve(two_sites(), gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(31_600)
    assert result.evaluation.costs_eur == pytest.approx(
        {
            "sites": 700,
            "chargers": 2000,
            "connections": 300,
            "grid power": 1000,
            "grid transport": 2400,
            "energy": 24_000,
            "detours": 1200,
            "unserved": 0,
        }
    )
    assert result.solution.step[:, 0].tolist() == [-1, 0]
    assert result.reasons == ()


def test_with_headroom_the_near_site_is_chosen():
    """500 + 2,000 + 300 + 1,000 + 240,000 x 0.11 = 30,200."""
    result = solve(two_sites(headroom_kw=np.full((2, 1, 24), 1000.0)), gap=0.0)
    assert result.objective == pytest.approx(30_200)
    assert result.solution.step[:, 0].tolist() == [0, -1]


def test_base_load_takes_room_and_the_reason_says_how_much_is_short():
    """Near only: of 50 kW free a depot takes 20, so 30 kW = 720 kWh a day are served.

    500 + 1,000 + 300 + 300 + 72,000 x 0.11 = 10,020; unserved 168,000 kWh x 1 EUR.
    """
    base = np.zeros((2, 1, 24))
    base[0] = 20.0
    problem = two_sites(base_load_kw=base, pair_demand=[0], pair_site=[0], pair_km=[0.2],
                        pair_eur_per_kwh=[0.0])  # fmt: skip
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(10_020 + 168_000)
    assert result.reasons == (
        "2030: 1,680 kWh a day not served (Demand): Near is full, 0.07 MW short at 00:00.",
    )


def test_an_area_limits_its_substations_together():
    """An area with 60 kW above both: 60 of 100 kW, so 1,440 of 2,400 kWh a day.

    The first 50 kW at far: 2 chargers for 60 kW. All at far costs 700 + 2,000 + 300 + 600 +
    144,000 x 0.115 = 20,160; unserved 96,000.
    """
    problem = two_sites(
        node_ids=("sub-near", "sub-far", "area"),
        node_names=("Near", "Far", "Area"),
        node_parent=[2, 2, -1],
        node_x_m=[200_000.0, 210_000.0, 205_000.0],
        node_y_m=[500_000.0] * 3,
        headroom_kw=np.array([50.0, 1000.0, 60.0])[:, None, None] * np.ones((3, 1, 24)),
        base_load_kw=np.zeros((3, 1, 24)),
    )
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(20_160 + 96_000)
    assert "Area is full, 0.04 MW short" in result.reasons[0]


def test_existing_chargers_serve_for_energy_and_transport_alone():
    """240,000 kWh x (0.10 + 0.02) = 28,800 and no new load on the full substation."""
    problem = two_sites(existing_kw=[100.0, 0.0], headroom_kw=np.zeros((2, 1, 24)))
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(28_800)
    assert (result.solution.step == -1).all()


def test_an_extended_site_counts_only_load_above_existing_chargers():
    """60 kW exist, 40 kW new: 500 + 1,000 + 300 + 400 + 240,000 x 0.11 = 28,600."""
    problem = two_sites(existing_kw=[60.0, 0.0])
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(28_600)
    assert result.tables["sites"].set_index("site_id").loc["near", "new_peak_kw"] == pytest.approx(
        40
    )


def test_slow_chargers_do_not_help_those_who_need_fast_ones():
    """Only the 150 kW charger counts: 700 + 1,500 + 300 + 1,000 + 27,600 = 31,100."""
    problem = two_sites(
        charger_ids=("dc50", "dc150"),
        charger_kw=[50.0, 150.0],
        charger_eur_per_year=[100.0, 1500.0],
        demand_min_kw=[150.0],
    )
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(31_100)
    assert result.solution.chargers[1, :, 0].tolist() == [0, 1]


def test_losses_are_bought_and_loaded_but_not_asked_for():
    """At 80 % efficiency 100 kW in the vehicles are 125 kW at the grid: 3 chargers, 300,000 kWh.

    700 + 3,000 + 300 + 1,250 + 300,000 x 0.11 + 240,000 x 0.005 = 39,450.
    """
    result = solve(two_sites(charger_efficiency=0.8), gap=0.0)
    assert result.objective == pytest.approx(39_450)
    assert result.evaluation.indicators["served_kwh_per_day_2030"] == pytest.approx(2400)
    assert result.evaluation.indicators["grid_kwh_per_day_2030"] == pytest.approx(3000)


def test_the_larger_connection_is_bought_at_once_when_that_is_cheaper():
    """One-off parts over 4 + 4 years: 150 at once is 1,200; 100 and then 150 more is 1,400."""
    result = solve(growing_site(150.0), gap=0.0)
    assert result.solution.step[0].tolist() == [1, 1]
    # 4 years of 500 + 1,000 + 150 + 500 + 13,200, and of 500 + 2,000 + 150 + 1,000 + 26,400.
    assert result.objective == pytest.approx(4 * 15_350 + 4 * 30_050)


def test_a_small_connection_comes_first_when_the_large_one_can_wait():
    """250 at once is 2,000; 100 and then 250 more is 400 + 1,400 = 1,800."""
    result = solve(growing_site(250.0), gap=0.0)
    assert result.solution.step[0].tolist() == [0, 1]
    assert result.objective == pytest.approx(4 * 15_300 + 4 * 30_250)
    assert result.solution.chargers[0, 0].tolist() == [1, 2]


def test_later_years_are_discounted_and_stand_for_the_years_until_the_next():
    """2026, 2027 | 2028 .. 2030 at 10 %: 1 + 1/1.1 and 1.1^-2 + 1.1^-3 + 1.1^-4."""
    problem = growing_site(150.0).replace(years=(2026, 2028), discount_rate=0.1, tail_years=3)
    assert problem.year_weights == pytest.approx(
        [1 + 1 / 1.1, 1.1**-2 + 1.1**-3 + 1.1**-4], rel=1e-12
    )


def test_base_load_above_headroom_is_infeasible_in_words():
    base = np.zeros((2, 1, 24))
    base[1, 0, 17] = 1800.0
    result = solve(two_sites(base_load_kw=base))
    assert result.status is Status.INFEASIBLE
    assert result.solution is None
    [reason] = result.reasons
    assert reason == (
        "Far, 2030: depots alone take 1.8 MW at 17:00 where 1 MW is free: 0.8 MW short. "
        "No charger can be added there then."
    )


def test_a_reported_overload_leaves_no_room_in_that_hour_only():
    """Nothing at all can be charged at far at 17:00, and demand is flat: near alone has 50 kW."""
    base = np.zeros((2, 1, 24))
    base[1, 0, 17] = 1800.0
    result = solve(two_sites(base_load_kw=base, base_overload="reported"), gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.reasons[0].startswith("Far, 2030: depots alone take 1.8 MW at 17:00")
    assert result.solution.step[:, 0].tolist() == [0, -1]
    # 500 + 1,000 + 300 + 500 + 120,000 x 0.11, and 120,000 kWh unserved.
    assert result.objective == pytest.approx(15_500 + 120_000)


def test_nothing_asked_costs_nothing():
    result = solve(two_sites(demand_kwh=[[0.0]]), gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == 0.0
    assert (result.solution.step == -1).all()


def test_without_any_site_everything_is_unserved():
    problem = two_sites(pair_demand=[], pair_site=[], pair_km=[], pair_eur_per_kwh=[])
    result = solve(problem)
    assert result.objective == pytest.approx(240_000)
    assert result.reasons == ("2030: 2,400 kWh a day not served (Demand): no site within reach.",)


def test_the_same_seed_gives_the_same_answer():
    problem = make(5, sites=5, demands=5, years=(2028, 2032))
    first, second = (bundling.solve(problem, gap=1e-6, seed=7) for _ in range(2))
    assert first.solution.to_dict() == second.solution.to_dict()
    assert first.bounds == second.bounds


def test_a_short_limit_is_kept_and_said():
    problem = make(1, sites=60, demands=60, substations=12, extent_km=40.0, years=(2026, 2030))
    result = solve(problem, time_limit=3.0, gap=0.0)
    assert result.status is Status.FEASIBLE
    assert result.limit is Limit.TIME
    assert result.run.wall_s < 6.0
    assert result.gap > 0  # infinite on a slow machine: no bound yet
    assert result.bound < result.objective


def test_events_are_in_euro_and_can_stop_the_search():
    problem = make(1, sites=60, demands=60, substations=12, extent_km=40.0)
    seen = []

    def stop_at_once(event):
        seen.append(event)
        return False

    result = solve(problem, gap=0.0, on_event=stop_at_once)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE
    assert seen[0].step == "siting"
    assert seen[-1].objective >= result.objective - 1.0
