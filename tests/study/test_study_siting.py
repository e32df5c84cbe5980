"""A study of two scenarios: every table adds up, and the files hold what the tables hold."""

from __future__ import annotations

import math

import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

import bundling
from bundling.cli import main
from bundling.errors import InputError
from bundling.study import siting_study


@pytest.fixture(scope="module")
def study():
    region = bundling.load("zwolle")
    return siting_study(
        region,
        demands=("mid",),
        delays=(0, 3),
        years=(2028, 2035),
        time_limit=16.0,
        gap=0.1,
        reasons_limit=0.0,
        own_power=False,
    )


def test_a_late_grid_never_costs_less(study):
    planned, late = study.results.values()
    assert late.objective >= planned.bound * (1 - 1e-6)


def test_supply_meets_the_summary(study):
    tables = study.tables
    for row in tables["summary"].to_dict("records"):
        mine = tables["supply_demand"]
        mine = mine[(mine["scenario"] == row["scenario"]) & (mine["year"] == 2035)]
        share = mine["served_mwh_per_year"].sum() / mine["asked_mwh_per_year"].sum()
        assert share == pytest.approx(row["served_share_last_year"])


def test_coverage_grows_to_what_is_served(study):
    tables = study.tables
    for name, curve in tables["coverage"].groupby("scenario"):
        shares = curve["served_share"].to_numpy()
        assert (np.diff(shares) >= 0).all()
        summary = tables["summary"].set_index("scenario").loc[name]
        assert shares[-1] == pytest.approx(summary["served_share_last_year"])


def test_costs_per_kwh_are_those_of_the_result(study):
    """Times what is served, all years give the net present cost without unserved energy."""
    frame = study.tables["cost_per_kwh"]
    for name, result in study.results.items():
        mine = frame[frame["scenario"] == name]
        eur = mine["total_eur_per_kwh"] * mine["served_mwh"] * 1000
        costs = result.evaluation.costs_eur
        assert eur @ result.problem.year_weights == pytest.approx(
            result.objective - costs["unserved"]
        )


def test_no_node_is_overloaded_and_later_room_is_named(study):
    grid = study.tables["grid"]
    assert (grid["free_mw"] > -1e-3).all()
    later = grid.dropna(subset=["next_headroom_year"])
    assert (later["next_headroom_year"] > later["year"]).all()


def test_phasing_opens_before_it_stands(study):
    phasing = study.tables["phasing"]
    assert (phasing["opened_year"] <= phasing["year"]).all()
    assert (phasing["installed_kw"] > 0).all()
    waits = phasing["wait_share"].dropna()
    assert ((waits >= 0) & (waits <= 1)).all()


def test_files_hold_the_tables(study, tmp_path):
    paths = study.write(tmp_path)
    book = openpyxl.load_workbook(paths[-2], read_only=True)
    assert len(book.sheetnames) == len(study.tables) + 2
    phasing = pd.read_csv(tmp_path / "phasing.csv")
    assert phasing["site_id"].tolist() == study.tables["phasing"]["site_id"].tolist()
    assert not list(tmp_path.glob(".*"))


def test_no_scenario_is_refused():
    with pytest.raises(InputError, match="there are none"):
        siting_study(bundling.load("zwolle"), demands=())


def test_the_command_writes_and_tells(tmp_path):
    done = CliRunner().invoke(
        main,
        ["siting", "zwolle", "--out", str(tmp_path), "--demand", "low", "--delay", "0",
         "--time-limit", "8", "--reasons-limit", "3", "--gap", "0.3", "--no-own-power"],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "low, grid as planned" in done.output
    summary = pd.read_csv(tmp_path / "summary.csv")
    assert math.isfinite(summary["npv_eur"][0])
