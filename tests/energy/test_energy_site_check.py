"""Rules of contract, battery, PV and plugs: a broken plan per rule; faults, tables, JSON, plot."""

from __future__ import annotations

import dataclasses
import io
import json

import numpy as np
import pandas as pd
import pytest
from energy_cases import small_sites, two_vans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundling
from bundling.certify import fingerprint
from bundling.energy import EnergyProblem, EnergySolution
from bundling.energy.assets import Battery, Plugs, Pv
from bundling.energy.check import check, count_checks
from bundling.energy.layers import layers
from bundling.energy.offers import ContractOffer, firm
from bundling.energy.solution import Seats, SitePlan
from bundling.errors import InputError
from bundling.result import Status

FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


def depot(**changes) -> EnergyProblem:
    """Two vans with a battery of 10 kWh and 5 kW, 4 kWp, and a contract of at most 20 kW."""
    problem = two_vans(connection_kw=np.inf)
    data = {
        "offers": (
            ContractOffer("night", "time-block", 20.0, 0.1, 0.0, 0.0, [1, 1, 1, 0.5]),
            firm(problem, name="day", eur_per_kw=9.0, min_kw=18.0),
        ),
        "battery": Battery(10, 5, max_more_kwh=5, charge_efficiency=1, discharge_efficiency=1),
        "pv": Pv([0, 0, 0, 1], kwp=4, max_more_kwp=2, eur_per_kwp=1),
        "feed_in_kw": 1.0,
    }
    return problem.replace(**(data | changes))


GOOD = EnergySolution(
    np.array([[0.0, 2.0, 8.0, 10.0], [0.0, 10.0, 0.0, 0.0]]),
    np.zeros(2),
    SitePlan([0, 4, 0, 0], [0, 0, 0, 4], [2.0], [0, 0, 0, 3], offer=0, contract_kw=16.0),
)


def test_a_good_plan_passes():
    assert check(depot(), GOOD) == []
    assert count_checks(depot(), GOOD) > count_checks(two_vans(), EnergySolution(
        GOOD.power_kw, GOOD.shortfall_kwh
    ))  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "rules"),
    [
        ({"offer": 2}, {"exactly one offer"}),
        ({"offer": -1}, {"exactly one offer"}),
        ({"pv_kw": [0, 0, 0]}, {"one number per slot"}),
        ({"pv_kw": [0, 0, 0, np.nan]}, {"finite numbers"}),
        ({"more_kw": np.inf}, {"finite numbers"}),
        ({"contract_kw": 15.0}, {"contracted power"}),
        ({"contract_kw": 21.0}, {"size of the offer"}),
        ({"offer": 1, "contract_kw": 16.0}, {"size of the offer"}),
        # 5 kW of sun: 1 kW above what 4 kWp give.
        ({"pv_kw": [0, 0, 0, 5]}, {"PV power"}),
        ({"pv_kw": [-1, 0, 0, 3]}, {"pv_kw not negative"}),
        ({"charge_kw": [6, 4, 0, 0], "start_kwh": [0]}, {"battery power"}),
        ({"charge_kw": [0, 4, 1, 0], "discharge_kw": [0, 0, 1, 4]}, {"battery one way at a time"}),
        ({"charge_kw": [5, 4, 0, 0]}, {"battery full"}),
        ({"charge_kw": [0, 0, 0, 0]}, {"battery empty", "battery at the end"}),
        ({"charge_kw": [0, 3, 0, 0]}, {"battery at the end"}),
        ({"more_kwh": 6.0}, {"most that may be added"}),
        ({"more_kwp": 3.0}, {"most that may be added"}),
        ({"more_kwp": -1.0, "pv_kw": [0, 0, 0, 3]}, {"more_kwp not negative"}),
    ],
)
def test_one_broken_plan_per_rule(changes, rules):
    plan = dataclasses.replace(GOOD.site, **changes)
    broken = check(depot(), EnergySolution(GOOD.power_kw, GOOD.shortfall_kwh, plan))
    assert {found.rule for found in broken} == rules


def test_feeding_in_and_given_ends():
    # 5 kW at 00:00 into the grid, where 1 kW may be.
    plan = dataclasses.replace(
        GOOD.site, charge_kw=[0, 4, 5, 0], discharge_kw=[5, 0, 0, 4], start_kwh=[5]
    )
    broken = check(depot(), EnergySolution(GOOD.power_kw, GOOD.shortfall_kwh, plan))
    assert [(found.rule, found.where, found.amount) for found in broken] == [
        ("feed-in limit", "00:00", 4.0)
    ]
    asked = Battery(10, 5, charge_efficiency=1, discharge_efficiency=1, start_kwh=1, end_kwh=3)
    (start, end) = check(depot(battery=asked), GOOD)
    assert (start.rule, start.amount) == ("battery at the start", 1.0)
    assert (end.rule, end.amount) == ("battery at the end", 1.0)


def test_plans_come_with_what_is_planned():
    bare = EnergySolution(GOOD.power_kw, GOOD.shortfall_kwh)
    assert [found.rule for found in check(depot(), bare)] == ["plan of the site"]
    assert [found.rule for found in check(two_vans(), GOOD)] == ["plan of the site"]
    shared = two_vans(plugs=Plugs(("p",), 10.0))
    assert [found.rule for found in check(shared, bare)] == ["plan of the plugs"]
    seated = EnergySolution(GOOD.power_kw, GOOD.shortfall_kwh, seats=Seats([0, 0], [0, 0], [4, 2]))
    assert [found.rule for found in check(two_vans(), seated)] == ["plan of the plugs"]


@pytest.mark.parametrize(
    ("rule_of_plugs", "plug", "first", "end", "rules"),
    [
        ("stay", [0, 1], [0, 0], [4, 2], set()),
        ("session", [0, 1], [1, 1], [4, 2], set()),
        ("stay", [0, 1, 1], [0, 0], [4, 2], {"one plug per vehicle"}),
        ("stay", [0, 2], [0, 0], [4, 2], {"plug that exists"}),
        ("session", [0, 1], [1, 1], [5, 2], {"span within the horizon"}),
        # b leaves at 02:00.
        ("session", [0, 1], [1, 1], [4, 3], {"on the plug while parked"}),
        ("session", [0, 1], [2, 1], [4, 2], {"charging on a plug"}),
        ("stay", [0, -1], [0, 0], [4, 2], {"charging on a plug"}),
        ("stay", [2, 1], [0, 0], [4, 2], {"power of the plug"}),
        ("stay", [0, 0], [0, 0], [4, 2], {"one vehicle per plug"}),
        ("session", [0, 0], [1, 1], [4, 2], {"one vehicle per plug"}),
    ],
)
def test_one_broken_use_of_plugs_per_rule(rule_of_plugs, plug, first, end, rules):
    kw = [10.0, 10.0, 5.0] if "power of the plug" in rules else [10.0, 10.0]
    plugs = Plugs(tuple("pqr"[: len(kw)]), kw, rule_of_plugs)
    solution = EnergySolution(GOOD.power_kw, np.zeros(2), seats=Seats(plug, first, end))
    assert {found.rule for found in check(two_vans(plugs=plugs), solution)} == rules


def test_every_fault_of_a_site_at_once():
    with pytest.raises(InputError) as caught:
        two_vans(
            offers=(
                ContractOffer("a", "odd", -1.0, np.nan, 0.0, -1.0, [1, 1, 1, 2]),
                ContractOffer("a", "firm", np.inf, -1.0, 0.0, 0.0, [1, 1], -1.0, -1.0),
            ),
            battery=Battery(
                -1, 5, charge_efficiency=0, loss_share_per_h=1, start_kwh=9, end_kwh=None
            ),
            pv=Pv([0, 0, -1, np.nan], kwp=-1),
            plugs=Plugs(("p", "p"), [0.0, 1.0], "odd"),  # type: ignore[arg-type]
            feed_in_kw=-1.0,
            feed_in_eur_per_kwh=np.nan,
            day_weight=[1.0, 0.0],
            day_season=("x",),
        )
    found = {(fault.table, fault.column) for fault in caught.value.faults}
    assert found == {
        ("slots", "feed_in_kw"), ("slots", "feed_in_eur_per_kwh"),
        ("days", "weight"), ("days", "season"), ("vehicles", "departure_s"),
        ("offers", "offer"), ("offers", "form"), ("offers", "max_kw"), ("offers", "eur_per_kw"),
        ("offers", "peak_eur_per_kw"), ("offers", "availability"), ("offers", "min_kw"),
        ("offers", "transport_eur_per_kwh"),
        ("battery", "kwh"), ("battery", "charge_efficiency"), ("battery", "loss_share_per_h"),
        ("battery", "start_kwh"),
        ("pv", "kwp"), ("pv", "profile_kw_per_kwp"),
        ("plugs", "plug"), ("plugs", "kw"), ("settings", "plug_rule"),
    }  # fmt: skip
    assert all(fault.remedy for fault in caught.value.faults)
    with pytest.raises(InputError, match="no multiple of the 3 days"):
        two_vans(day_weight=[1, 1, 1])
    with pytest.raises(InputError, match="open start would be energy for nothing"):
        two_vans(battery=Battery(5, 5, end_kwh=1))
    with pytest.raises(InputError, match="is empty"):
        two_vans(day_weight=[])


@FEW
@given(small_sites(plugs=True))
def test_tables_there_and_back(problem):
    tables = problem.to_tables()
    assert fingerprint(EnergyProblem.from_tables(**tables)) == fingerprint(problem)
    read = {
        name: pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str)
        for name, frame in tables.items()
    }
    assert fingerprint(EnergyProblem.from_tables(**read)) == fingerprint(problem)


def test_faults_of_site_tables():
    tables = depot().to_tables()
    tables["offers"] = tables["offers"].drop(columns="max_kw")
    tables["slots"] = tables["slots"].drop(columns="pv_kw_per_kwp")
    with pytest.raises(InputError) as caught:
        EnergyProblem.from_tables(**tables, plugs=pd.DataFrame({"plug": ["p"]}))
    found = {(fault.table, fault.column) for fault in caught.value.faults}
    assert found == {("slots", "pv_kw_per_kwp"), ("plugs", "kw"), ("offers", "max_kw")}
    other = depot().to_tables()
    other["slots"]["availability: nobody"] = 1.0
    with pytest.raises(InputError, match="names no offer 'nobody'"):
        EnergyProblem.from_tables(**other)


def test_solution_through_json_and_tables_and_plot():
    problem = depot(plugs=Plugs(("p", "q"), [10.0, 22.0], "session"))
    result = bundling.solve(problem, gap=0.0)
    assert result.status is Status.OPTIMAL
    again = EnergySolution.from_dict(json.loads(json.dumps(result.solution.to_dict())))
    assert fingerprint(again) == fingerprint(result.solution)
    tables = result.tables
    assert list(tables) == ["schedule", "vehicles", "connection", "costs", "site", "plugs"]
    assert "night" in tables["site"]["value"].tolist()
    indicators = result.evaluation.indicators
    assert tables["connection"]["total_kw"].max() == pytest.approx(indicators["peak_kw"])
    assert tables["connection"]["kwh_grid"].sum() == pytest.approx(indicators["kwh_grid"])
    assert tables["costs"]["eur"].sum() == pytest.approx(result.objective)
    ax = result.plot()
    texts = {text.get_text() for text in ax.get_legend().get_texts()}
    assert {"PV used", "battery charging", "contract", "at the meter"} <= texts
    placed = problem.replace(x_m=202_600.0, y_m=502_900.0)
    (feature,) = layers(placed, result.solution)["depots"]["features"]
    assert feature["properties"]["contract_kw"] == pytest.approx(indicators["contract_kw"], abs=0.1)


@FEW
@given(small_sites(), st.floats(0.0, 5.0), st.floats(0.0, 5.0))
def test_more_battery_and_more_pv_never_cost_more(problem, more, kwp):
    problem = problem.replace(
        battery=problem.battery or Battery(2.0, 3.0),
        pv=problem.pv or Pv(np.linspace(0, 1, problem.num_slots), kwp=1.0),
    )
    better = problem.replace(
        battery=dataclasses.replace(
            problem.battery,
            kwh=problem.battery.kwh + more,
            kw=problem.battery.kw + more,
        ),
        pv=dataclasses.replace(problem.pv, kwp=problem.pv.kwp + kwp),
    )
    assert bundling.solve(better).objective <= bundling.solve(problem).objective + 1e-5


@FEW
@given(small_sites(), st.floats(0.0, 60.0), st.floats(-1.0, 1.0))
def test_one_more_offer_never_costs_more(problem, size, price):
    offer = firm(problem, name="new", max_kw=size, eur_per_kw=0.1, fixed_eur=price)
    old = problem.offers or (firm(problem, name="old", max_kw=40.0, eur_per_kw=0.1),)
    fewer = bundling.solve(problem.replace(offers=old))
    more = bundling.solve(problem.replace(offers=(*old, offer)))
    assert more.objective <= fewer.objective + 1e-5


def test_same_input_same_plan():
    problem = depot(plugs=Plugs(("p", "q"), [10.0, 22.0], "session"))
    first, second = (bundling.solve(problem, seed=5) for _ in range(2))
    assert fingerprint(first.solution) == fingerprint(second.solution)
