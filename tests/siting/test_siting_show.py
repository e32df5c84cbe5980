"""Tables, map layers, plot and the reasons for energy that stays unserved."""

from __future__ import annotations

import json

import numpy as np
import pytest
from siting_cases import make
from siting_hand import growing_site, two_sites

from bundling.siting import solve
from bundling.siting.explain import CONNECTION, GRID_FULL, NO_ROOM, NO_SITE, NOT_ALLOWED, PRICE
from bundling.siting.explain import unserved as find_unserved
from bundling.siting.layers import layers


@pytest.fixture(scope="module")
def result():
    problem = make(3, sites=6, demands=6, years=(2028, 2032), headroom_high_kw=1500.0)
    return solve(problem, gap=1e-3)


def near_only(**changes):
    values = {"pair_demand": [0], "pair_site": [0], "pair_km": [0.2], "pair_eur_per_kwh": [0.0]}
    return two_sites(**(values | changes))


def reason(problem):
    found = find_unserved(problem, solve(problem, gap=0.0).solution)
    assert len(found) == 1
    return found[0].reason


ROOMY = np.full((2, 1, 24), 1000.0)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (near_only(pair_demand=[], pair_site=[], pair_km=[], pair_eur_per_kwh=[]), NO_SITE),
        (near_only(forbidden=[True, False]), NOT_ALLOWED),
        (near_only(), GRID_FULL),
        (near_only(headroom_kw=ROOMY, max_chargers=[1, 0]), NO_ROOM),
        (near_only(headroom_kw=ROOMY, step_max_kw=[60.0]), CONNECTION),
        (near_only(headroom_kw=ROOMY, unserved_eur_per_kwh=0.05), PRICE),
    ],
)
def test_the_reason_is_what_stands_in_the_way(problem, expected):
    assert reason(problem) == expected


def test_tables_add_up_to_the_evaluation(result):
    tables, evaluation = result.tables, result.evaluation
    assert set(tables) == {"sites", "chargers", "grid", "demand", "assignment", "costs"}
    assert tables["costs"]["npv_eur"].sum() == pytest.approx(evaluation.objective)
    last = tables["demand"][tables["demand"]["year"] == 2032]
    assert last["served_kwh_per_day"].sum() == pytest.approx(
        evaluation.indicators["served_kwh_per_day_2032"]
    )
    sites = tables["sites"][tables["sites"]["year"] == 2032]
    assert sites["served_kwh_per_day"].sum() == pytest.approx(last["served_kwh_per_day"].sum())
    assert sites["installed_kw"].sum() == pytest.approx(
        tables["chargers"].query("year == 2032")["installed_kw"].sum()
    )
    costs = tables["costs"].set_index("component")["eur_per_year_2032"]
    assert sites["cost_eur_per_year"].sum() == pytest.approx(costs.sum() - costs["unserved"])
    assert tables["assignment"].query("year == 2032")["served_kwh_per_day"].sum() == pytest.approx(
        last["served_kwh_per_day"].sum()
    )


def test_grid_table_shows_the_hour_with_the_least_left(result):
    grid = result.tables["grid"]
    assert (grid["free_mw"] > -1e-6).all()
    left = grid["headroom_mw"] - grid["base_load_mw"] - grid["new_load_mw"]
    np.testing.assert_allclose(left, grid["free_mw"], atol=1e-12)


def test_unserved_demand_has_a_reason_and_served_demand_has_none(result):
    demand = result.tables["demand"]
    short = demand["unserved_kwh_per_day"] > 0.5
    assert short.any()
    assert demand.loc[short, "reason"].notna().all()
    assert demand.loc[~short, "reason"].isna().all()


def test_opening_year_in_the_table():
    plan = solve(growing_site(250.0), gap=0.0)
    sites = plan.tables["sites"]
    assert sites["opened_year"].tolist() == [2026, 2026]
    assert sites["connection_step"].tolist() == ["60kw", "200kw"]


def test_layers_are_plain_geojson(result):
    made = layers(result.problem, result.solution)
    assert set(made) == {"sites", "demand", "grid_nodes", "served"}
    assert json.loads(json.dumps(made, allow_nan=False)) == made
    assert len(made["sites"]["features"]) == result.problem.num_sites
    point = made["sites"]["features"][0]["geometry"]["coordinates"]
    assert 3.0 < point[0] < 8.0
    assert 50.0 < point[1] < 54.0
    lines = made["served"]["features"]
    assert sum(line["properties"]["kwh_per_day"] for line in lines) == pytest.approx(
        result.evaluation.indicators["served_kwh_per_day_2032"], abs=1.0
    )


def test_states_of_sites():
    problem = two_sites(existing_kw=[60.0, 0.0])
    made = layers(problem, solve(problem, gap=0.0).solution)
    states = [feature["properties"]["state"] for feature in made["sites"]["features"]]
    assert states == ["extended", "free"]


def test_plot_draws_on_given_and_on_new_axes(result):
    axes = result.plot()
    assert axes.get_xlabel() == "RD x (km)"
    assert "2032" in axes.get_title()
    assert result.plot(ax=axes) is axes
    labels = {text.get_text() for text in axes.get_legend().get_texts()}
    assert "new site" in labels
