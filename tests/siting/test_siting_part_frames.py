"""Tables of the parts: there and back without loss, and every fault of them at once."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parts_cases import PARTS, with_parts
from siting_cases import make
from siting_hand import two_sites

from bundling.certify import fingerprint
from bundling.errors import InputError
from bundling.siting import SitingProblem


def whole(seed: int = 1) -> SitingProblem:
    """A problem with all parts."""
    return with_parts(make(seed, sites=3, demands=4, years=(2028, 2032)), PARTS, seed)


def faults_of(tables):
    with pytest.raises(InputError) as caught:
        SitingProblem.from_tables(tables)
    return {(fault.table, fault.column): fault for fault in caught.value.faults}


@settings(max_examples=40, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.too_slow])  # fmt: skip
@given(st.sets(st.sampled_from(PARTS)), st.integers(0, 1000))
def test_there_and_back_without_loss(parts, seed):
    parts = tuple(part for part in PARTS if part in parts)
    problem = make(seed, sites=1 + seed % 3, demands=1 + seed % 4, chargers=1 + seed % 3)
    problem = with_parts(problem, parts, seed)
    again = SitingProblem.from_tables(problem.to_tables())
    assert fingerprint(again) == fingerprint(problem)


def test_as_text_there_and_back(tmp_path):
    """Empty cells, infinite budgets and days with spaces survive a CSV file."""
    problem = whole()
    link = problem.demand_link.copy()
    link[:] = [5, -1, 5, -1]
    problem = problem.replace(
        demand_link=link, budget=dataclasses.replace(problem.budget, eur=[np.inf, 1e5])
    )
    for name, frame in problem.to_tables().items():
        if name == "demand":
            frame["link"] = frame["link"].where(frame["link"] >= 0)
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    tables = {path.stem: pd.read_csv(path) for path in tmp_path.glob("*.csv")}
    again = SitingProblem.from_tables(tables)
    assert again.day_ids == ("working day", "sunday")
    assert again.demand_link.tolist() == [5, -1, 5, -1]
    assert again.budget.eur.tolist() == [np.inf, 1e5]
    np.testing.assert_array_equal(again.coverage.demand_area, problem.coverage.demand_area)
    np.testing.assert_array_equal(again.power_rules.member, problem.power_rules.member)
    np.testing.assert_allclose(again.headroom_kw, problem.headroom_kw, rtol=1e-12)
    np.testing.assert_allclose(again.storage.pv_kw_per_kwp, problem.storage.pv_kw_per_kwp)
    np.testing.assert_allclose(again.step_available, problem.step_available)


def test_a_problem_without_parts_has_the_tables_it_always_had():
    tables = two_sites().to_tables()
    assert set(tables) == {
        "parameters", "nodes", "node_hours", "sites", "chargers", "steps", "demand",
        "demand_years", "profiles", "pairs", "prices",
    }  # fmt: skip
    assert list(tables["node_hours"]) == ["node_id", "year", "hour", "headroom_kw", "base_load_kw"]
    assert list(tables["prices"]) == ["hour", "eur_per_kwh"]
    assert "reserved" not in tables["steps"]
    assert not {"link", "area", "carrier"} & set(tables["demand"])


def test_with_several_days_the_hour_tables_say_which():
    tables = whole().to_tables()
    for name in ("node_hours", "profiles", "prices", "step_hours", "pv_profile"):
        assert list(tables[name]["day"].unique()) == ["working day", "sunday"]
    assert list(tables["days"]) == ["day", "share"]


def test_every_missing_table_of_a_part_is_named():
    tables = whole().to_tables()
    for name in ("days", "storage_costs", "carriers", "budgets", "coverage", "power_rule_sites"):
        del tables[name]
    found = faults_of(tables)
    assert set(found) == {
        ("days", ""), ("storage_costs", ""), ("carriers", ""), ("budgets", ""), ("coverage", ""),
        ("power_rule_sites", ""),
    }  # fmt: skip
    assert found["days", ""].remedy == "Give this table."


def test_every_missing_column_of_a_part_is_named():
    tables = whole().to_tables()
    gone = {
        "days": "share", "node_hours": "day", "profiles": "day", "prices": "day",
        "step_hours": "available", "site_storage": "pv_max_kwp", "pv_profile": "day",
        "upgrades": "capital_eur", "chargers": "carrier", "sites": "min_carriers",
        "steps": "capital_eur", "demand": "area", "power_rules": "min_charger_kw",
    }  # fmt: skip
    for name, column in gone.items():
        tables[name] = tables[name].drop(columns=column)
    assert set(faults_of(tables)) == set(gone.items())


def test_every_unknown_reference_and_wrong_number_is_named():
    tables = whole().to_tables()

    def spoil(table, column, value, row=0):
        tables[table][column] = tables[table][column].astype(object)
        tables[table].loc[row, column] = value

    spoil("days", "share", "most")
    spoil("demand", "link", 1.5)
    spoil("demand", "carrier", "coal", row=2)
    spoil("demand", "area", "north", row=3)
    spoil("chargers", "carrier", "coal")
    spoil("sites", "min_carriers", "two")
    spoil("sites", "capital_eur", "much")
    spoil("upgrades", "node_id", "sub-9")
    spoil("upgrades", "first_year", 2030.5)
    spoil("carriers", "eur_per_kwh", "?")
    spoil("budgets", "year", 2050)
    spoil("coverage", "min_share", "all")
    spoil("power_rules", "min_charger_kw", 10.0)
    spoil("power_rule_sites", "site_id", "site-99")
    spoil("storage_costs", "year", 2050)
    spoil("site_storage", "battery_max_kwh", "big")
    spoil("step_hours", "hour", 24)
    spoil("pv_profile", "hour", 24)
    spoil("steps", "reserved", "yes")
    parameters = tables["parameters"].set_index("key")["value"].astype(object)
    parameters["battery_hours"] = "long"
    parameters["max_co2e_t"] = "little"
    tables["parameters"] = parameters.drop("battery_efficiency").reset_index()
    found = faults_of(tables)
    assert set(found) == {
        ("days", "share"), ("demand", "link"), ("demand", "carrier"), ("demand", "area"),
        ("chargers", "carrier"), ("sites", "min_carriers"), ("sites", "capital_eur"),
        ("upgrades", "node_id"), ("upgrades", "first_year"), ("carriers", "eur_per_kwh"),
        ("budgets", "eur"), ("coverage", "min_share"), ("power_rules", "min_charger_kw"),
        ("power_rule_sites", "site_id"), ("storage_costs", "battery_eur_per_kwh_year"),
        ("storage_costs", "battery_eur_per_kw_year"), ("storage_costs", "pv_eur_per_kwp_year"),
        ("site_storage", "battery_max_kwh"), ("step_hours", "available"),
        ("pv_profile", "pv_kw_per_kwp"), ("steps", "reserved"), ("parameters", "value"),
        ("parameters", "key"),
    }  # fmt: skip
    assert found["demand", "carrier"].rows == ("3",)
    assert found["demand", "area"].rows == ("4",)
    assert found["parameters", "key"].rows == ("battery_efficiency",)


def test_a_carrier_column_without_the_table_is_not_ignored():
    """Else hydrogen would be served by charging points."""
    tables = two_sites().to_tables()
    tables["demand"]["carrier"] = "hydrogen"
    assert set(faults_of(tables)) == {
        ("carriers", ""), ("chargers", "carrier"), ("sites", "min_carriers"),
    }  # fmt: skip


def test_a_day_twice_is_refused():
    tables = whole().to_tables()
    tables["days"]["day"] = "sunday"
    assert ("days", "day") in faults_of(tables)


def test_values_that_cannot_be_name_the_table_and_column_they_stand_in():
    problem = whole()
    wrong = {
        "storage": dataclasses.replace(problem.storage, battery_max_kwh=[-1.0, 0.0, 0.0]),
        "budget": dataclasses.replace(problem.budget, site_eur=[-1.0, 0.0, 0.0]),
        "coverage": dataclasses.replace(problem.coverage, demand_area=[9, 0, 0, 0]),
        "impacts": dataclasses.replace(problem.impacts, max_nox_kg=-1.0),
    }
    with pytest.raises(InputError) as caught:
        problem.replace(**wrong)
    assert {(fault.table, fault.column) for fault in caught.value.faults} == {
        ("site_storage", "battery_max_kwh"), ("sites", "capital_eur"), ("demand", "area"),
        ("parameters", "max_nox_kg"),
    }  # fmt: skip


def test_half_a_charger_is_refused():
    tables = two_sites().to_tables()
    tables["sites"]["max_chargers"] = [1.5, 4.0]
    fault = faults_of(tables)["sites", "max_chargers"]
    assert fault.rule == "'1.5' is not a whole number"


def test_contract_forms_of_one_connection_cost_the_same_to_build():
    problem = whole()
    capital = problem.budget.step_eur.copy()
    capital[1] += 1.0
    with pytest.raises(InputError, match="one-off costs differ"):
        problem.replace(budget=dataclasses.replace(problem.budget, step_eur=capital))
