"""From a region to its question over years: week, contract forms, own power, scenarios."""

from __future__ import annotations

import numpy as np
import pytest
from siting_hand import two_sites

import bundling
from bundling.errors import InputError
from bundling.siting.contracts import Form, with_contracts
from bundling.siting.long_term import pose_long_term
from bundling.siting.milp import build
from bundling.siting.own_power import short_of_room, with_own_power
from bundling.siting.scenarios import scenario
from bundling.siting.week import with_week


@pytest.fixture(scope="module")
def region():
    return bundling.load("overijssel")


def test_a_week_keeps_the_energy_of_a_year(region):
    """2,400 kWh on a working day, 15 % of it in a weekend: 0.7 + 0.3 x 0.15 of it on a mean day."""
    week = with_week(two_sites(), region)
    assert week.demand_kwh[0, 0] == pytest.approx(2400 * (0.7 + 0.3 * 0.15))
    day = week.demand_kwh[0, 0] * week.demand_profile[0]
    assert day[:24].sum() == pytest.approx(2400.0)
    assert day[24:].sum() == pytest.approx(360.0)
    assert week.hour_name(30) == "weekend 06:00"


def test_contract_forms_share_one_connection(region):
    closed = Form("time-block", (8,), 0.0, 0.5)
    forms = with_contracts(two_sites(), (Form("firm", (), 1.0, 1.0), closed))
    assert forms.step_ids == ("200kw", "200kw time-block")
    assert forms.step_size.tolist() == [0, 0]
    assert forms.step_eur_per_kw_year.tolist() == [10.0, 5.0]
    assert forms.step_available[1, 8] == 0
    assert forms.step_available[1].sum() == 23
    small = with_contracts(two_sites(step_max_kw=[100.0]), (Form("firm", (), 1.0, 1.0), closed))
    assert small.step_ids == ("200kw",)  # other forms are for large users only


def test_own_power_stands_where_the_grid_is_short(region):
    """Half of 100 kW is counted at each site: node Near has 50 kW, node Far 1,000."""
    assert short_of_room(two_sites()).tolist() == [False, False]
    tight = two_sites(demand_kwh=[[2640.0]])
    assert short_of_room(tight).tolist() == [True, False]
    store = with_own_power(tight, region).storage
    assert (store.battery_max_kwh > 0).tolist() == [True, False]
    assert store.pv_kw_per_kwp.sum() == pytest.approx(900 / 365)


def test_a_late_grid_has_no_more_room_and_more_demand_asks_for_more(region):
    mid = pose_long_term(region, nights_and_ships=False)
    late = pose_long_term(scenario(region, delay_years=3), nights_and_ships=False)
    assert (late.headroom_kw <= mid.headroom_kw).all()
    assert (late.headroom_kw < mid.headroom_kw).any()
    low, high = (
        pose_long_term(scenario(region, demand=name), nights_and_ships=False).demand_kwh.sum()
        for name in ("low", "high")
    )
    assert low < mid.demand_kwh.sum() < high


def test_the_region_itself_is_the_middle_scenario(region):
    assert scenario(region).name == region.name


def test_unknown_scenarios_are_refused_at_once(region):
    with pytest.raises(InputError) as caught:
        scenario(region, demand="huge", delay_years=-1)
    assert [fault.column for fault in caught.value.faults] == ["demand", "delay_years"]


def test_the_whole_question_of_a_province_is_built_in_one_go(region):
    problem = pose_long_term(
        region, budget_eur=[2e6, 3e6, 5e6, 9e6], min_share={"Zwolle": 0.8, "Deventer": 0.8}
    )
    assert problem.num_hours == 48
    assert {"corridor", "estate", "parking", "quay"} == set(problem.demand_kinds)
    assert set(problem.step_contract) == {"firm", "time-block", "time-duration", "variable"}
    ships = np.flatnonzero(np.array(problem.demand_kinds) == "quay")
    of_ships = np.isin(problem.pair_demand, ships)
    kinds = np.array(problem.site_kinds)[problem.pair_site]
    assert set(kinds[of_ships]) == {"quay"}
    model = build(problem).model
    assert np.isfinite(model.cost).all()
    names = {block.name for block in model.row_blocks}
    assert {"budget", "coverage", "battery level", "power the grid keeps free"} <= names


def test_coverage_of_a_place_without_demand_is_refused(region):
    with pytest.raises(InputError, match="Amsterdam"):
        pose_long_term(region, min_share={"Amsterdam": 0.5})
