"""Tables, map layers and the plot of a solution."""

from __future__ import annotations

import json

import numpy as np
import pytest
from rounds_cases import city_problem, line_problem

from bundling.rounds.solve import solve


@pytest.fixture(scope="module")
def result():
    # Set in Zwolle, so that the map layers lie there.
    problem = city_problem(15, seed=3, depots=2)
    return solve(
        problem.replace(
            stop_x_m=problem.stop_x_m + 203_000,
            stop_y_m=problem.stop_y_m + 503_000,
            depot_x_m=problem.depot_x_m + 203_000,
            depot_y_m=problem.depot_y_m + 503_000,
        ),
        max_iterations=50,
    )


def test_tables_add_up(result) -> None:
    tables = result.tables
    assert list(tables) == ["routes", "visits", "fleet"]
    routes, visits, fleet = tables["routes"], tables["visits"], tables["fleet"]
    assert routes["cost_eur"].sum() == pytest.approx(result.objective)
    assert routes["kwh"].sum() == pytest.approx(result.evaluation.indicators["kwh"])
    assert fleet["cost_eur"].sum() == pytest.approx(result.objective)
    assert fleet["vehicles"].sum() == len(routes) == len(result.solution.routes)
    assert sorted(visits["stop_id"]) == sorted(result.problem.stop_ids)
    assert (visits["start_s"] >= visits["tw_early_s"] - 1e-6).all()
    assert (routes["load_share"] <= 1 + 1e-6).all()
    hours = routes["driving_h"] + routes["waiting_h"] + routes["service_h"]
    assert np.allclose(hours, routes["duration_h"])


def test_tables_by_hand() -> None:
    routes = solve(line_problem()).tables["routes"]
    row = routes.iloc[0]
    assert (row["departure_clock"], row["return_clock"]) == ("07:50", "08:50")
    assert row["load_share"] == pytest.approx(1.0)
    assert row["km"] == pytest.approx(40.0)


def test_layers_are_plain_geojson_in_the_netherlands(result) -> None:
    from bundling.rounds.layers import layers

    found = json.loads(json.dumps(layers(result.problem, result.solution), allow_nan=False))
    assert set(found) == {"round_routes", "round_stops", "round_depots"}
    assert len(found["round_stops"]["features"]) == 15
    for feature in found["round_stops"]["features"]:
        lon, lat = feature["geometry"]["coordinates"]
        assert 5.9 < lon < 6.3
        assert 52.4 < lat < 52.6
        assert round(lon, 6) == lon
    line = found["round_routes"]["features"][0]
    assert line["geometry"]["type"] == "LineString"
    assert line["geometry"]["coordinates"][0] == line["geometry"]["coordinates"][-1]


def test_plot_draws_every_round_without_pyplot(result) -> None:

    axes = result.plot()
    # One line a round, one for the stops, one for the depots.
    assert len(axes.lines) == len(result.solution.routes) + 2
    assert axes.get_xlabel() == "RD x (km)"
    assert result.plot(ax=axes) is axes
