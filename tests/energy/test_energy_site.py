"""Contracts, battery, PV, typical days: plans worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from energy_cases import two_vans

import bundling
from bundling.energy import EnergyProblem
from bundling.energy.assets import Battery, Pv
from bundling.energy.flows import export_kw, import_kw, stored_kwh
from bundling.energy.offers import (
    capacity_limiting,
    firm,
    fully_variable,
    group_offer,
    time_block,
    time_duration,
)
from bundling.energy.offers_rules import offers_from_rules
from bundling.errors import InputError
from bundling.result import Status
from bundling.rules import RuleBook


def site(slots: int = 2, **changes) -> EnergyProblem:
    """No vehicles: a base load of 10 kW in every hour, price 0.10 then 0.30 EUR/kWh."""
    data = {
        "vehicle_ids": (),
        "arrival_s": [],
        "departure_s": [],
        "need_kwh": [],
        "charge_kw": [],
        "charger_kw": [],
        "price_eur_per_kwh": np.where(np.arange(slots) % 2, 0.30, 0.10),
        "connection_kw": np.inf,
        "base_load_kw": 10.0,
        "efficiency": 1.0,
        "start_s": 0.0,
        "slot_s": 3600.0,
    }
    return EnergyProblem(**(data | changes))


LOSSLESS = {"charge_efficiency": 1.0, "discharge_efficiency": 1.0}


def test_a_battery_moves_load_to_the_cheap_hour():
    # 5 kWh bought at 0.10 instead of 0.30: saves 1.00; the base load's own bill is left out.
    result = bundling.solve(site(battery=Battery(kwh=5, kw=10, **LOSSLESS)))
    assert result.objective == pytest.approx(-1.0)
    assert import_kw(result.problem, result.solution).tolist() == pytest.approx([15, 5])
    assert stored_kwh(result.problem, result.solution.site).tolist() == [pytest.approx([0, 5, 0])]


def test_losses_wear_and_leakage_by_hand():
    # In 0.8, out 0.5: 10 kWh bought gives 8 stored (the size) and 4 back. 4 x 0.30 - 10 x 0.10 =
    # 0.20 saved, less 4 kWh of wear at 0.01: 0.16.
    battery = Battery(8, 20, charge_efficiency=0.8, discharge_efficiency=0.5,
                      cycle_eur_per_kwh=0.01)  # fmt: skip
    assert bundling.solve(site(battery=battery)).objective == pytest.approx(-0.16)
    # Half leaks away in an hour: 8 stored at 01:00 is 4 at 02:00, so only 4 kWh are there to
    # take out during the second hour: 2 kWh back, 0.60 - 1.00 < 0, and nothing is done.
    leaky = Battery(8, 20, charge_efficiency=0.8, discharge_efficiency=0.5, loss_share_per_h=0.5)
    assert bundling.solve(site(battery=leaky)).objective == pytest.approx(0.0)


def test_start_and_end_are_kept():
    # 6 kWh at the start, 2 at the end: 4 kWh replace 0.30.
    battery = Battery(6, 10, start_kwh=6, end_kwh=2, **LOSSLESS)
    result = bundling.solve(site(battery=battery))
    assert result.objective == pytest.approx(-4 * 0.30)
    closed = bundling.solve(site(battery=Battery(6, 10, start_kwh=6, **LOSSLESS)))
    # Full at the start and at the end: nothing can be moved from the first hour to the second,
    # and moving back costs 0.20 a kWh.
    assert closed.objective == pytest.approx(0.0)


def test_a_battery_is_sized():
    # A kWh saves 0.20 and costs 0.05, a kW 0.10: 0.05 left on each, up to 10 kWh of load.
    battery = Battery(
        max_more_kwh=50, max_more_kw=50, eur_per_kwh=0.05, eur_per_kw=0.10, **LOSSLESS
    )
    result = bundling.solve(site(battery=battery))
    assert result.objective == pytest.approx(-0.5)
    assert result.evaluation.indicators["battery_kwh"] == pytest.approx(10)
    assert result.evaluation.indicators["battery_kw"] == pytest.approx(10)
    assert result.evaluation.costs_eur["battery"] == pytest.approx(1.5)
    dear = Battery(max_more_kwh=50, max_more_kw=50, eur_per_kwh=0.11, eur_per_kw=0.10, **LOSSLESS)
    assert bundling.solve(site(battery=dear)).objective == pytest.approx(0.0)


def test_pv_is_used_fed_in_and_curtailed():
    # 30 kW of sun in the second hour: 10 for the base load at 0.30, 12 fed in at 0.05, 8 lost.
    pv = Pv([0, 1], kwp=30)
    result = bundling.solve(site(pv=pv, feed_in_kw=12, feed_in_eur_per_kwh=0.05))
    assert result.objective == pytest.approx(-3.0 - 0.6)
    assert export_kw(result.problem, result.solution).tolist() == pytest.approx([0, 12])
    assert result.evaluation.indicators["kwh_curtailed"] == pytest.approx(8)
    assert result.tables["connection"]["curtailed_kw"].tolist() == pytest.approx([0, 8])


def test_pv_is_sized_to_what_it_earns():
    # A kWp costs 0.20 and saves 0.30 up to 10 kWp; beyond, feeding in brings 0.05 only.
    pv = Pv([0, 1], max_more_kwp=100, eur_per_kwp=0.20)
    result = bundling.solve(site(pv=pv, feed_in_kw=np.inf, feed_in_eur_per_kwh=0.05))
    assert result.solution.site.more_kwp == pytest.approx(10)
    assert result.objective == pytest.approx(-1.0)


def test_one_meter_counts_one_way():
    # Feeding in at 0.50 while drawing at 0.10 would be a money pump; the meter sees 10 - 10 kW.
    pv = Pv([1, 0], kwp=10)
    result = bundling.solve(site(pv=pv, feed_in_kw=np.inf, feed_in_eur_per_kwh=[0.5, 0.0]))
    assert result.objective == pytest.approx(-1.0)
    assert result.status is Status.OPTIMAL


def test_a_paid_kwh_does_not_burn_in_the_battery():
    # At -0.20 EUR/kWh an unused battery of 50 % efficiency would burn energy all day if it could
    # charge and discharge at once. It can only fill: 4 kWh stored of 8 drawn, given back (2 kWh)
    # in the hour at +0.10.
    battery = Battery(4, 100, charge_efficiency=0.5, discharge_efficiency=0.5)
    problem = site(price_eur_per_kwh=[-0.20, 0.10], battery=battery)
    result = bundling.solve(problem)
    assert result.objective == pytest.approx(-8 * 0.20 - 2 * 0.10)
    assert (
        np.minimum(result.solution.site.charge_kw, result.solution.site.discharge_kw) == 0
    ).all()


def test_the_cheapest_contract_wins():
    # a needs 20 kWh and b 10 kWh. Block 01:00-04:00: 30 kWh in three hours, at least 10 kW, and b
    # is there in one of them, so 10 kW in it: kW 10. Firm: 7.5 kW in all four hours.
    problem = two_vans(connection_kw=np.inf, price_eur_per_kwh=[0.1] * 4)
    offers = (
        firm(problem, name="day and night", eur_per_kw=1.0),
        time_block(problem, [("01:00", "04:00")], name="block", eur_per_kw=0.7),
    )
    result = bundling.solve(problem.replace(offers=offers))
    assert result.problem.offers[result.solution.site.offer].name == "block"
    assert result.solution.site.contract_kw == pytest.approx(10)
    assert result.objective == pytest.approx(3.0 + 7.0)
    assert any("day and night" in reason and "10.50" in reason for reason in result.reasons)
    cheaper = (offers[0], time_block(problem, [("01:00", "04:00")], name="b", eur_per_kw=0.8))
    assert bundling.solve(problem.replace(offers=cheaper)).objective == pytest.approx(3.0 + 7.5)


def test_peak_price_and_fixed_price_of_an_offer():
    problem = two_vans(connection_kw=np.inf, price_eur_per_kwh=[0.1] * 4)
    offer = firm(problem, fixed_eur=2.0, peak_eur_per_kw=1.0)
    result = bundling.solve(problem.replace(offers=(offer,), paid_peak_kw=5.0))
    assert result.objective == pytest.approx(3.0 + 2.0 + 2.5)


def test_forms_of_contract():
    problem = two_vans()
    assert firm(problem).availability.tolist() == [1] * 4
    assert group_offer(problem).form == "group"
    night = time_block(problem, [("23:00", "02:00")])
    assert night.availability.tolist() == [1, 1, 0, 0]
    assert fully_variable([1, 0.5, 0, 1], max_kw=9).availability.tolist() == [1, 0.5, 0, 1]
    lowered = capacity_limiting(problem, [("02:00", "03:00")], lowered_to=0.4, fixed_eur=-5)
    assert lowered.availability.tolist() == pytest.approx([1, 1, 0.4, 1])
    # 85 % of 20 hours is 17: three hours go, those of the highest load.
    load = np.r_[np.zeros(17), 3, 2, 1]
    duration = time_duration(site(20), load)
    assert duration.availability.tolist() == [1] * 17 + [0] * 3
    # Of four hours not one may go.
    assert time_duration(problem, [1, 2, 3, 4]).availability.tolist() == [1] * 4
    with pytest.raises(TypeError, match="an offer has no eur"):
        firm(problem, eur=1)


def test_typical_days_count_as_often_as_they_occur():
    # Two days of two hours: 10 and 3 times. A battery of 5 kWh saves 1.00 each day.
    problem = site(4, day_weight=[10, 3], battery=Battery(5, 10, **LOSSLESS))
    result = bundling.solve(problem)
    assert result.objective == pytest.approx(-13.0)
    # Sized over the 13 days at 2.00 a kWh: 13 x 0.20 = 2.60 earned; at 2.70 it is not worth it.
    for price, size in ((2.0, 10.0), (2.7, 0.0)):
        sized = Battery(kw=10, max_more_kwh=100, eur_per_kwh=price, **LOSSLESS)
        found = bundling.solve(problem.replace(battery=sized))
        assert found.solution.site.more_kwh == pytest.approx(size)


def test_seasons_have_peaks_of_their_own():
    # Base 10 kW in day 1 and 4 kW in day 2. One season: 10 kW of peak at 1 EUR. Two seasons: 3 of
    # 4 days at 10 kW and 1 of 4 at 4 kW.
    problem = site(4, base_load_kw=[10, 10, 4, 4], day_weight=[3, 1], peak_eur_per_kw=1.0)
    assert bundling.solve(problem).objective == pytest.approx(10.0)
    seasons = problem.replace(day_season=("summer", "winter"))
    assert bundling.solve(seasons).objective == pytest.approx(7.5 + 1.0)


def test_off_grid():
    # 20 kWh of load, sun of 1 kWh per kWp in the second hour only. 20 kWp fill the battery with
    # the 10 kWh that the first hour of the next day needs.
    battery = Battery(
        max_more_kwh=100, max_more_kw=100, eur_per_kwh=1.0, eur_per_kw=0.0, **LOSSLESS
    )
    pv = Pv([0, 1], max_more_kwp=100, eur_per_kwp=1.0)
    result = bundling.solve(site(connection_kw=0.0, battery=battery, pv=pv))
    assert result.status is Status.OPTIMAL
    assert result.solution.site.more_kwp == pytest.approx(20)
    assert result.solution.site.more_kwh == pytest.approx(10)
    assert result.evaluation.costs_eur["battery"] == pytest.approx(10)
    # With 15 kWp at most, 5 of the 20 kWh cannot be served.
    small = Pv([0, 1], max_more_kwp=15, eur_per_kwp=1.0)
    short = bundling.solve(site(connection_kw=0.0, battery=battery, pv=small))
    assert short.status is Status.INFEASIBLE
    assert "5.0 kWh of 20.0 kWh base load cannot be served" in short.reasons[0]
    assert "no connection" in short.reasons[0]


def test_no_offer_is_large_enough():
    problem = two_vans(connection_kw=np.inf)
    offers = (firm(problem, name="small", max_kw=5.0), firm(problem, name="tiny", max_kw=1.0))
    result = bundling.solve(problem.replace(offers=offers))
    assert result.status is Status.INFEASIBLE
    # 30 kWh needed; 5 kW over four hours is 20 kWh, 1 kW is 4 kWh.
    assert "10.0 kWh of 30.0 kWh cannot be charged" in result.reasons[0]
    assert "Offer small: 10.0 kWh short." in result.reasons
    assert "Offer tiny: 26.0 kWh short." in result.reasons


def test_a_priced_shortfall_behind_a_contract_is_explained():
    problem = two_vans(connection_kw=np.inf, shortfall_eur_per_kwh=1.0)
    offers = (firm(problem, name="small", max_kw=5.0, eur_per_kw=0.1),)
    result = bundling.solve(problem.replace(offers=offers))
    assert result.status is Status.OPTIMAL
    assert any("10.0 kWh of it cannot be charged here" in reason for reason in result.reasons)


def test_tariffs_hold_from_a_size_and_have_a_price_per_kwh():
    # 7.5 kW would do. Small: at most 7 kW. Large: from 20 kW, 0.02 EUR/kWh.
    problem = two_vans(connection_kw=np.inf, price_eur_per_kwh=[0.1] * 4)
    offers = (
        firm(problem, name="small", max_kw=7.0, eur_per_kw=0.1, transport_eur_per_kwh=0.08),
        firm(problem, name="large", min_kw=20.0, eur_per_kw=0.2, transport_eur_per_kwh=0.02),
    )
    result = bundling.solve(problem.replace(offers=offers))
    assert result.solution.site.contract_kw == pytest.approx(20.0)
    assert result.evaluation.costs_eur["transport"] == pytest.approx(0.6)
    assert result.objective == pytest.approx(3.0 + 0.6 + 4.0)
    eight = (firm(problem, name="eight", max_kw=8.0, eur_per_kw=0.1, transport_eur_per_kwh=0.08),)
    cheap = bundling.solve(problem.replace(offers=(*offers, *eight)))
    assert cheap.objective == pytest.approx(3.0 + 2.4 + 0.75)


def test_offers_from_the_rule_tables():
    problem = two_vans(connection_kw=np.inf)
    book, day = RuleBook.default(), date(2026, 6, 1)
    offers = offers_from_rules(
        problem, book, day, operator="enexis", grid_load=[0, 0, 0, 1],
        forms=("firm", "time_block", "tdtr85", "group"),
    )  # fmt: skip
    by_name = {offer.name: offer for offer in offers}
    middle = by_name["enexis_ms_ls firm"]
    assert (middle.min_kw, middle.max_kw) == (50.0, 125.0)
    assert middle.eur_per_kw == pytest.approx(50.40 / 365)
    assert middle.peak_eur_per_kw == pytest.approx(3.71 * 12 / 365)
    assert by_name["enexis_ms_d tdtr85"].eur_per_kw == 0.0
    assert by_name["enexis_ms_d tdtr85"].transport_eur_per_kwh == pytest.approx(0.0125)
    assert by_name["enexis_ls time_block"].availability.tolist() == [1, 1, 1, 1]  # 23:00 to 06:00
    result = bundling.solve(problem.replace(offers=offers))
    assert result.status is Status.OPTIMAL
    with pytest.raises(InputError) as caught:
        offers_from_rules(problem, book, day, operator="nobody", forms=("odd", "tdtr85"))
    assert len(caught.value.faults) == 3
