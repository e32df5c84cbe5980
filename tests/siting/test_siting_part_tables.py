"""Frames of the parts, held against the evaluation and against answers worked out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from parts_cases import PARTS, with_parts
from siting_cases import make
from siting_hand import growing_site, two_sites

from bundling.siting import solve
from bundling.siting.limits import Budget, Coverage, Impacts, PowerRules
from bundling.siting.storage import Storage
from bundling.siting.upgrades import Upgrades

PLAIN = {"sites", "chargers", "grid", "demand", "assignment", "costs"}


def tables_of(problem):
    result = solve(problem, gap=0.0)
    assert result.solution is not None
    return result.tables


def test_only_the_parts_that_are_there_have_frames():
    assert set(tables_of(two_sites())) == PLAIN


@pytest.mark.parametrize("seed", range(4))
def test_all_parts_of_a_random_problem(seed):
    problem = make(seed, sites=3, demands=3, years=(2028, 2032))
    problem = with_parts(problem, PARTS, seed)
    loose = dataclasses.replace(problem.budget, eur=[np.inf, 1e7])
    free = dataclasses.replace(problem.impacts, max_capital_eur=1e8, max_unserved_mwh=1e6)
    rules = dataclasses.replace(problem.power_rules, member=np.zeros((1, 3)), min_kw=[[0.0, 0.0]])
    cover = dataclasses.replace(problem.coverage, min_share=0.0 * problem.coverage.min_share)
    problem = problem.replace(budget=loose, impacts=free, power_rules=rules, coverage=cover)
    result = solve(problem, gap=1e-2)
    tables = result.tables
    assert set(tables) == PLAIN | {"storage", "reinforcements", "contracts", "limits"}
    last = tables["storage"].query("year == 2032")
    assert last["battery_kwh"].sum() == pytest.approx(
        result.evaluation.indicators["battery_kwh_2032"]
    )
    assert (tables["limits"]["spare_value"] >= -1e-6).all()
    assert (tables["grid"]["free_mw"] > -1e-6).all()
    costs = tables["costs"].set_index("component")
    for y, year in enumerate(problem.years):
        rows = tables["contracts"].query(f"year == {year}")
        spent = costs.loc["grid power", f"eur_per_year_{year}"]
        assert rows["eur_per_year"].sum() == pytest.approx(spent, abs=1e-6)
        chosen = tables["reinforcements"]["chosen_year"]
        there = (chosen.notna() & (chosen.fillna(9999) <= year)).sum()
        assert there == result.solution.upgraded[:, y].sum()


def test_a_battery_that_is_filled_once_a_day():
    """50 kWh a day on 100 days through 50 kWh: see the shaved peak in `test_siting_parts`."""
    problem = two_sites(
        pair_demand=[0], pair_site=[0], pair_km=[0.2], pair_eur_per_kwh=[0.0],
        demand_kwh=[[150.0]],
        demand_profile=[[0.0] * 8 + [2 / 3, 1 / 3] + [0.0] * 14],
        storage=Storage([100.0, 0.0], [10.0], [1.0], [0.0] * 2, [50.0], np.zeros(24), 1.0, 1.0,
                        0.001),
    )  # fmt: skip
    [row] = tables_of(problem)["storage"].to_dict("records")
    assert row == {
        "site_id": "near", "year": 2030, "battery_kwh": pytest.approx(50),
        "battery_kw": pytest.approx(50), "pv_kwp": 0.0, "cycles_per_year": pytest.approx(100),
        "pv_kwh_per_day": 0.0,
    }  # fmt: skip


def test_a_reinforcement_chosen_and_one_not_and_the_room_they_give():
    problem = two_sites(
        pair_demand=[0], pair_site=[0], pair_km=[0.2], pair_eur_per_kwh=[0.0],
        upgrades=Upgrades(("cable", "other"), ("Cable", "Other"), [0, 0], [80.0, 80.0],
                          [2030, 2030], [1000.0, 2000.0]),
    )  # fmt: skip
    tables = tables_of(problem)
    frame = tables["reinforcements"].set_index("reinforcement_id")
    assert frame.loc["cable", "chosen_year"] == 2030
    assert pd.isna(frame.loc["other", "chosen_year"])
    near = tables["grid"].set_index("node_id").loc["sub-near"]
    assert near["headroom_mw"] == pytest.approx(0.130)
    assert near["free_mw"] == pytest.approx(0.030)


def test_contract_form_and_the_hour_of_the_peak():
    """50 kW all day but 100 kW at 07:00, when the contract gives half its power."""
    profile = np.full((1, 24), 50.0)
    profile[0, 7] = 100.0
    available = np.ones((1, 24))
    available[0, 7] = 0.5
    problem = two_sites(
        demand_kwh=[[1250.0]], demand_profile=profile / 1250.0, step_contract=("time-block",),
        step_available=available, headroom_kw=np.full((2, 1, 24), 1000.0),
    )  # fmt: skip
    [row] = tables_of(problem)["contracts"].to_dict("records")
    assert (row["site_id"], row["contract_form"]) == ("near", "time-block")
    assert row["contracted_kw"] == pytest.approx(200)
    assert (row["peak_kw"], row["peak_hour"]) == (pytest.approx(100), "07:00")
    assert row["eur_per_year"] == pytest.approx(2000)


def test_hours_name_their_day_when_there_are_several():
    busy = np.concatenate([np.ones(24), np.zeros(24)])
    problem = two_sites(
        day_ids=("busy", "quiet"), day_share=[0.5, 0.5],
        headroom_kw=np.full((2, 1, 48), 1000.0), base_load_kw=np.zeros((2, 1, 48)),
        demand_profile=busy[None, ::-1] / 12, price_eur_per_kwh=np.full(48, 0.1),
        step_available=np.ones((1, 48)), step_reserved=[1.0],
    )  # fmt: skip
    tables = tables_of(problem)
    assert tables["contracts"]["peak_hour"].tolist() == ["quiet 00:00"]
    # The contract keeps its power free on the other day as well.
    grid = tables["grid"].set_index("node_id")
    assert grid["hour"].tolist() == ["busy 00:00"] * 2
    assert grid["new_load_mw"].sum() == pytest.approx(0.2)


def test_limits_say_what_is_asked_what_is_found_and_what_is_left():
    problem = growing_site(150.0).replace(
        budget=Budget([30_000.0, np.inf], [20_000.0] * 2, [4000.0], [1000.0, 2000.0], []),
        coverage=Coverage(("west",), [0], [[0.9, 0.5]]),
        power_rules=PowerRules(("corridor",), [[True, True]], [[0.0, 90.0]], [50.0]),
        impacts=Impacts(0.2, 0.9, 2.0, max_co2e_t=500.0),
    )
    frame = tables_of(problem)["limits"]
    rows = [tuple(row) for row in frame.itertuples(index=False)]
    exact = {row[:3]: row[3:] for row in rows if not pd.isna(row[2])}
    # 2026: site, one charger, the connection of 200 kW; 2030: one charger more.
    assert exact["budget", "", 2026] == pytest.approx((30_000, 26_000, 4000, "EUR"))
    assert exact["budget", "", 2030] == pytest.approx((np.inf, 4000, np.inf, "EUR"))
    assert exact["coverage", "west", 2030] == pytest.approx((0.5, 1.0, 0.5, "share"))
    assert exact["power rule", "corridor", 2030] == pytest.approx((90, 100, 10, "kW"))
    [ceiling] = [row for row in rows if pd.isna(row[2])]
    # 4 years of 120 and 4 of 240 MWh at 0.2 t.
    assert ceiling[:2] == ("ceiling", "co2e")
    assert ceiling[3:] == pytest.approx((500, 288, 212, "t"))


def test_a_report_reads_the_new_frames_in_both_languages():
    """Every column and every code has words."""
    from bundling.report.messages import LANGUAGES, catalogue
    from bundling.siting.part_tables import _COLUMNS
    from bundling.siting.validate import FORMS

    codes = {f"table.siting.{name}" for name in _COLUMNS}
    codes |= {f"col.{column}" for columns in _COLUMNS.values() for column in columns}
    codes |= {f"value.{form}" for form in FORMS}
    codes |= {f"value.{rule}" for rule in ("budget", "coverage", "power rule", "ceiling")}
    codes |= {f"cost.{part}" for part in ("batteries", "solar panels", "reinforcements")}
    for language in LANGUAGES:
        assert codes <= set(catalogue()[language])
