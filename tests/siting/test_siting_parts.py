"""Answers worked out by hand for every part a siting problem may have."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from siting_hand import two_sites

from bundling.result import Status
from bundling.siting import solve
from bundling.siting.carriers import Carriers
from bundling.siting.limits import Budget, Coverage
from bundling.siting.storage import Storage
from bundling.siting.upgrades import Upgrades

NEAR = {"pair_demand": [0], "pair_site": [0], "pair_km": [0.2], "pair_eur_per_kwh": [0.0]}
ROOMY = {"headroom_kw": np.full((2, 1, 24), 1000.0)}


def profile(**kw_at_hour):
    """Hourly shares of a day with these powers, ``h8=100`` for 100 kW at 08:00."""
    day = np.zeros((1, 24))
    for hour, kw in kw_at_hour.items():
        day[0, int(hour[1:])] = kw
    return day / day.sum()


def objective(problem):
    result = solve(problem, gap=0.0)
    assert result.status is Status.OPTIMAL
    return result.objective


def shaved_peak(battery_max_kwh: float):
    """100 kW at 08:00 and 50 kW at 09:00 where the grid has 50 kW free; no losses."""
    return two_sites(
        **NEAR,
        demand_kwh=[[150.0]],
        demand_profile=profile(h8=100.0, h9=50.0),
        storage=Storage(
            battery_max_kwh=[battery_max_kwh, 0.0],
            battery_eur_per_kwh_year=[10.0],
            battery_eur_per_kw_year=[1.0],
            pv_max_kwp=[0.0, 0.0],
            pv_eur_per_kwp_year=[50.0],
            pv_kw_per_kwp=np.zeros(24),
            battery_efficiency=1.0,
        ),
    )


def test_a_battery_shaves_the_peak_under_the_headroom():
    """500 site + 2,000 chargers + 300 connection + 50 kW x 10 + 15,000 kWh x 0.11
    + 50 kWh x 10 + 50 kW x 1 = 5,500.
    """
    result = solve(shaved_peak(100.0), gap=0.0)
    assert result.objective == pytest.approx(5500)
    own = result.solution.dispatch
    assert own.battery_kwh[0, 0] == pytest.approx(50)
    assert own.discharge_kw[0, 0, 8] == pytest.approx(50)
    assert result.evaluation.costs_eur["batteries"] == pytest.approx(550)


def test_without_the_battery_half_is_not_served():
    """500 + 1,000 + 300 + 500 + 7,500 kWh x 0.11, and 7,500 kWh x 1 EUR not served."""
    assert objective(shaved_peak(0.0)) == pytest.approx(2300 + 825 + 7500)


def test_panels_pay_when_the_sun_is_cheaper_than_the_grid():
    """A load of 100 kW at noon; a kWp gives 0.5 kW then, for 4 EUR a year.

    Per kWp it saves 0.5 x (100 days x 0.11 + 10 of the contract) = 10.5: 200 kWp, no grid at all.
    500 + 2,000 + 300 + 800 = 3,600.
    """
    sun = np.zeros(24)
    sun[12] = 0.5
    problem = two_sites(
        **NEAR,
        demand_kwh=[[100.0]],
        demand_profile=profile(h12=1.0),
        storage=Storage([0.0] * 2, [1.0], [1.0], [500.0, 0.0], [4.0], sun),
    )
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(3600)
    assert result.solution.dispatch.pv_kwp[0, 0] == pytest.approx(200)


def test_panels_serve_where_the_grid_has_no_room_at_all():
    """As before, with a node that is full: panels need no grid, and the plan is the same."""
    sun = np.zeros(24)
    sun[12] = 0.5
    problem = two_sites(
        **NEAR,
        demand_kwh=[[100.0]],
        demand_profile=profile(h12=1.0),
        storage=Storage([0.0] * 2, [1.0], [1.0], [500.0, 0.0], [4.0], sun),
    )
    full = problem.replace(headroom_kw=np.zeros_like(problem.headroom_kw))
    result = solve(full, gap=0.0)
    assert result.objective == pytest.approx(3600)
    assert result.solution.dispatch.pv_kwp[0, 0] == pytest.approx(200)


def two_forms(**changes):
    """A firm contract of 10 EUR/kW and one of 4 EUR/kW that gives power from 22:00 to 06:00."""
    night = np.array([1.0 if hour >= 22 or hour < 6 else 0.0 for hour in range(24)])
    values = {
        "step_ids": ("200kw firm", "200kw night"),
        "step_max_kw": [200.0, 200.0],
        "step_one_off_eur_per_year": [100.0, 100.0],
        "step_fixed_eur_per_year": [200.0, 200.0],
        "step_eur_per_kw_year": [10.0, 4.0],
        "step_transport_eur_per_kwh": [0.01, 0.01],
        "step_contract": ("firm", "time-block"),
        "step_available": np.stack([np.ones(24), night]),
        "demand_kwh": [[800.0]],
        "demand_profile": night[None, :] / 8,
    }
    return two_sites(**(NEAR | ROOMY | values | changes))


def test_a_night_contract_for_trucks_that_charge_at_night():
    """500 + 2,000 + 300 + 100 kW x 4 + 80,000 kWh x 0.11 = 12,000; firm would be 600 more."""
    result = solve(two_forms(), gap=0.0)
    assert result.objective == pytest.approx(12_000)
    assert result.solution.step[0, 0] == 1


def test_one_truck_at_noon_needs_the_firm_contract():
    """50 kWh more at noon: 500 + 2,000 + 300 + 1,000 + 85,000 kWh x 0.11 = 13,150."""
    shares = 800.0 * two_forms().demand_profile
    shares[0, 12] = 50.0
    problem = two_forms(
        demand_ids=("night", "noon"), demand_names=("Night", "Noon"),
        demand_kinds=("estate",) * 2, demand_x_m=[0.0] * 2, demand_y_m=[0.0] * 2,
        demand_kwh=[[800.0], [50.0]],
        demand_profile=np.concatenate([two_forms().demand_profile, profile(h12=1.0)]),
        demand_min_kw=[0.0] * 2, demand_reach_km=[15.0] * 2,
        pair_demand=[0, 1], pair_site=[0, 0], pair_km=[0.2] * 2, pair_eur_per_kwh=[0.0] * 2,
    )  # fmt: skip
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(13_150)
    assert result.solution.step[0, 0] == 0


def test_changing_the_contract_form_buys_no_second_connection():
    """Only night trucks in 2026, noon too in 2030: one connection of 100 EUR a year throughout."""
    night = two_forms().demand_profile[0]
    problem = two_forms(
        years=(2026, 2030), tail_years=4,
        headroom_kw=np.full((2, 2, 24), 1000.0), base_load_kw=np.zeros((2, 2, 24)),
        demand_ids=("night", "noon"), demand_names=("Night", "Noon"),
        demand_kinds=("estate",) * 2, demand_x_m=[0.0] * 2, demand_y_m=[0.0] * 2,
        demand_kwh=[[800.0, 800.0], [0.0, 50.0]],
        demand_profile=np.stack([night, profile(h12=1.0)[0]]),
        demand_min_kw=[0.0] * 2, demand_reach_km=[15.0] * 2,
        pair_demand=[0, 1], pair_site=[0, 0], pair_km=[0.2] * 2, pair_eur_per_kwh=[0.0] * 2,
    )  # fmt: skip
    result = solve(problem, gap=0.0)
    assert result.solution.step[0].tolist() == [1, 0]
    assert result.objective == pytest.approx(4 * 12_000 + 4 * 13_150)


def reinforced(eur_per_year: float):
    """The full substation of `two_sites` may get 50 kW more."""
    upgrades = Upgrades(("more",), ("Second cable",), [0], [50.0], [2030], [eur_per_year])
    return two_sites(**NEAR, upgrades=upgrades)


def test_a_reinforcement_that_pays():
    """With it 500 + 2,000 + 300 + 1,000 + 26,400 = 30,200; without it 15,500 and 120,000 unserved.

    So it pays up to 105,300 EUR a year.
    """
    result = solve(reinforced(105_000.0), gap=0.0)
    assert result.objective == pytest.approx(30_200 + 105_000)
    assert result.solution.upgraded.tolist() == [[1]]


def test_a_reinforcement_that_does_not_pay():
    result = solve(reinforced(106_000.0), gap=0.0)
    assert result.objective == pytest.approx(15_500 + 120_000)
    assert result.solution.upgraded.tolist() == [[0]]


def hub(least: int, hydrogen_kwh: float):
    """Electricity at near as in `two_sites`, and trucks that ask for hydrogen at 0.30 EUR/kWh."""
    return two_sites(
        **ROOMY,
        charger_ids=("dc50", "h2"), charger_kw=[50.0, 100.0],
        charger_eur_per_year=[1000.0, 3000.0],
        demand_ids=("electric", "hydrogen"), demand_names=("Electric", "Hydrogen"),
        demand_kinds=("estate",) * 2, demand_x_m=[0.0] * 2, demand_y_m=[0.0] * 2,
        demand_kwh=[[2400.0], [hydrogen_kwh]], demand_profile=np.full((2, 24), 1 / 24),
        demand_min_kw=[0.0] * 2, demand_reach_km=[15.0] * 2,
        pair_demand=[0, 1], pair_site=[0, 0], pair_km=[0.2] * 2, pair_eur_per_kwh=[0.0] * 2,
        carriers=Carriers(
            ("electricity", "hydrogen"), [0.0, 0.3], [0, 1], [0, 1], [least, 1]
        ),
    )  # fmt: skip


def test_a_clean_energy_hub_sells_two_carriers():
    """30,200 for electricity, a dispenser of 3,000 and 120,000 kWh x 0.30, no grid for these."""
    result = solve(hub(2, 1200.0), gap=0.0)
    assert result.objective == pytest.approx(30_200 + 3000 + 36_000)
    assert result.solution.chargers[0, :, 0].tolist() == [2, 1]
    assert result.evaluation.costs_eur["grid power"] == pytest.approx(1000)


def test_a_hub_has_its_second_carrier_also_when_nobody_asks_for_it():
    assert objective(hub(2, 0.0)) == pytest.approx(30_200 + 3000)
    assert objective(hub(1, 0.0)) == pytest.approx(30_200)


def two_places(**changes):
    """50 kW that only near can serve and 100 kW that only far can, in 2026 and 2030."""
    values = {
        "years": (2026, 2030), "tail_years": 4,
        "headroom_kw": np.full((2, 2, 24), 1000.0), "base_load_kw": np.zeros((2, 2, 24)),
        "demand_ids": ("a", "b"), "demand_names": ("A", "B"), "demand_kinds": ("estate",) * 2,
        "demand_x_m": [0.0] * 2, "demand_y_m": [0.0] * 2,
        "demand_kwh": [[1200.0] * 2, [2400.0] * 2], "demand_profile": np.full((2, 24), 1 / 24),
        "demand_min_kw": [0.0] * 2, "demand_reach_km": [15.0] * 2,
        "pair_demand": [0, 1], "pair_site": [0, 1], "pair_km": [0.2, 10.0],
        "pair_eur_per_kwh": [0.0, 0.005],
    }  # fmt: skip
    return two_sites(**(values | changes))


def budget(eur, site_eur=10_000.0, charger_eur=0.0):
    return Budget([eur] * 2, [site_eur] * 2, [charger_eur], [0.0], [])


def test_a_budget_builds_one_site_a_year():
    """Far first, 31,600 and 120,000 unserved at near; then near too, 15,500. Four years each."""
    result = solve(two_places(budget=budget(10_000.0)), gap=0.0)
    assert (result.solution.step >= 0).tolist() == [[False, True], [True, True]]
    assert result.objective == pytest.approx(4 * (31_600 + 120_000) + 4 * (31_600 + 15_500))


def test_a_site_is_built_a_year_before_its_chargers():
    """10,000 for the site in 2026 and for two chargers in 2030: 800 and nothing served at first.

    Only near counts: 240,000 unserved in each of the first four years, then 30,200.
    """
    problem = two_places(
        demand_kwh=[[2400.0] * 2, [0.0] * 2], budget=budget(10_000.0, charger_eur=5000.0)
    )
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(4 * 240_800 + 4 * 30_200)
    assert result.solution.chargers[0, 0].tolist() == [0, 2]


def test_chargers_are_bought_a_year_early_when_money_is_short_later():
    """50 kW at near in 2026 and 100 kW in 2030, when there is no money for a second charger.

    Two at once: 500 + 2,000 + 300 + 500 + 13,200 = 16,500, then 30,200.
    """
    problem = two_places(
        demand_kwh=[[1200.0, 2400.0], [0.0, 0.0]],
        budget=dataclasses.replace(budget(0.0, charger_eur=5000.0), eur=[20_000.0, 0.0]),
    )
    result = solve(problem, gap=0.0)
    assert result.solution.chargers[0, 0].tolist() == [2, 2]
    assert result.objective == pytest.approx(4 * 16_500 + 4 * 30_200)


def test_a_budget_and_a_coverage_that_clash_are_named():
    problem = two_places(
        budget=budget(10_000.0), coverage=Coverage(("region",), [0, 0], [[1.0, 1.0]])
    )
    result = solve(problem, gap=0.0)
    assert result.status is Status.INFEASIBLE
    text = " ".join(result.reasons)
    assert "budget of 10,000 EUR in 2026" in text
    assert "coverage of 100% in region in 2026" in text


def test_a_flow_with_a_stop_without_site_is_not_served_at_all():
    """Both stops of 50 kW, one of them out of reach of any site: 240,000 kWh not served."""
    problem = two_places(demand_kwh=[[1200.0] * 2] * 2, pair_demand=[0], pair_site=[0],
                         pair_km=[0.2], pair_eur_per_kwh=[0.0], demand_link=[3, 3])  # fmt: skip
    result = solve(problem, gap=0.0)
    assert result.objective == pytest.approx(8 * 240_000)
    assert (result.solution.step == -1).all()
    alone = solve(problem.replace(demand_link=None), gap=0.0)
    assert alone.objective == pytest.approx(8 * (15_500 + 120_000))


def test_a_stop_that_asks_for_nothing_yet_holds_up_no_flow():
    """Its stop out of reach asks for energy from 2030 on: served until then, not afterwards."""
    problem = two_places(demand_kwh=[[1200.0] * 2, [0.0, 1200.0]], pair_demand=[0], pair_site=[0],
                         pair_km=[0.2], pair_eur_per_kwh=[0.0], demand_link=[3, 3])  # fmt: skip
    result = solve(problem, gap=0.0)
    served = result.solution.served[0]
    assert served.tolist() == [1.0, 0.0]
    # What was built stays: 500 + 1,000 + 300 a year, without load.
    assert result.objective == pytest.approx(4 * 15_500 + 4 * (1800 + 240_000))


def test_quiet_days_count_for_the_days_they_stand_for():
    """100 kW on 60 % of the days: 144,000 kWh a year, and chargers and contract for 100 kW.

    500 + 2,000 + 300 + 1,000 + 144,000 x 0.11 = 19,640.
    """
    busy = np.concatenate([np.ones(24), np.zeros(24)])
    problem = two_sites(
        **NEAR,
        day_ids=("busy", "quiet"),
        day_share=[0.6, 0.4],
        headroom_kw=np.full((2, 1, 48), 1000.0),
        base_load_kw=np.zeros((2, 1, 48)),
        demand_kwh=[[1440.0]],
        demand_profile=busy[None, :] / (24 * 0.6),
        price_eur_per_kwh=np.where(busy > 0, 0.10, -5.0),
        step_available=np.ones((1, 48)),
    )
    assert objective(problem) == pytest.approx(19_640)
    room = problem.headroom_kw.copy()
    room[0, 0, 24:] = 0.0
    assert objective(dataclasses.replace(problem, headroom_kw=room)) == pytest.approx(19_640)


def overloaded(*kw, **changes):
    """`two_sites` where depots at Far take 1,800 kW at 17:00 of 1,000 kW, which is forbidden.

    Reinforcements of Far with these powers, for 3,000 EUR a year each.
    """
    base = np.zeros((2, 1, 24))
    base[1, 0, 17] = 1800.0
    count = len(kw)
    names = tuple(f"more-{u}" for u in range(count))
    upgrades = Upgrades(names, names, [1] * count, kw, [2030] * count, [3000.0] * count)
    values = {"base_load_kw": base, "base_overload": "forbidden", "upgrades": upgrades}
    return two_sites(**(values | changes))


def test_a_reinforcement_cures_a_forbidden_overload():
    """100 kW of the 900 are left at 17:00, enough for everybody at far.

    700 + 2,000 + 300 + 1,000 + 240,000 kWh x 0.115, and 3,000 for the reinforcement.
    """
    result = solve(overloaded(900.0), gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.violations == ()
    assert result.reasons == ()
    assert result.solution.upgraded.tolist() == [[1]]
    assert result.objective == pytest.approx(4000 + 27_600 + 3000)


def test_what_the_cure_leaves_is_all_that_far_can_take():
    """50 kW at far and 50 kW at near: one charger, one connection and 500 of power each."""
    assert objective(overloaded(850.0)) == pytest.approx(4800 + 240_000 * 0.11 + 600 + 3000)


def test_reinforcements_that_cure_only_together_are_both_built_and_leave_no_room():
    """Near serves 50 kW: 500 + 1,000 + 300 + 500 + 120,000 kWh x 0.11; the rest is lost."""
    result = solve(overloaded(500.0, 400.0), gap=0.0)
    assert result.solution.upgraded.tolist() == [[1], [1]]
    assert result.objective == pytest.approx(2300 + 13_200 + 120_000 + 6000)


def test_a_node_without_sites_needs_its_cure_too():
    """Far feeds nobody; its reinforcement is built all the same."""
    result = solve(overloaded(900.0, site_node=[0, 0]), gap=0.0)
    assert result.solution.upgraded.tolist() == [[1]]
    assert result.objective == pytest.approx(2300 + 13_200 + 120_000 + 3000)


def test_an_overload_no_reinforcement_cures_is_infeasible():
    result = solve(overloaded(300.0, 200.0))
    assert result.status is Status.INFEASIBLE
    [reason] = result.reasons
    assert reason == (
        "Far, 2030: depots alone take 1.8 MW at 17:00 where 1.5 MW is free with all that "
        "reinforcements add: 0.3 MW short. No charger can be added there then."
    )


def test_a_reinforcement_that_comes_too_late_cures_nothing():
    late = Upgrades(("late",), ("Late",), [1], [900.0], [2031], [3000.0])
    result = solve(overloaded(upgrades=late))
    assert result.status is Status.INFEASIBLE
    assert "1 MW is free: 0.8 MW short" in result.reasons[0]


def test_money_for_the_cure_may_be_what_lacks():
    budget = Budget(
        eur=[9000.0], site_eur=[0.0, 0.0], charger_eur=[0.0], step_eur=[0.0], upgrade_eur=[10_000.0]
    )
    result = solve(overloaded(900.0, budget=budget))
    assert result.status is Status.INFEASIBLE
    assert "budget of 9,000 EUR in 2030" in result.reasons[0]


def test_a_reported_overload_is_reinforced_only_when_that_pays():
    """Unserved at far costs 120,000 a year in any case unless 3,000 buys the room."""
    result = solve(overloaded(900.0, base_overload="reported"), gap=0.0)
    assert result.solution.upgraded.tolist() == [[1]]
    assert result.reasons == ()
    dear = dataclasses.replace(overloaded(900.0).upgrades, eur_per_year=[500_000.0])
    result = solve(overloaded(base_overload="reported", upgrades=dear), gap=0.0)
    assert result.solution.upgraded.tolist() == [[0]]
    assert result.reasons[0].startswith("Far, 2030: depots alone take 1.8 MW at 17:00")
