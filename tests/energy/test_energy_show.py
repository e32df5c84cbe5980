"""Tables, plot and map layer of a schedule."""

from __future__ import annotations

import json

import pytest
from energy_cases import night, two_vans

import bundling
from bundling.energy.layers import layers


def test_tables_of_the_hand_worked_case():
    tables = bundling.solve(two_vans(base_load_kw=[1, 0, 0, 0])).tables
    assert list(tables) == ["schedule", "vehicles", "connection", "costs"]
    schedule = tables["schedule"][["vehicle", "slot", "start_clock", "charging_kw", "kwh"]]
    assert schedule.to_numpy().tolist() == [
        ["a", 2, "01:00", pytest.approx(2), pytest.approx(2)],
        ["a", 3, "02:00", pytest.approx(8), pytest.approx(8)],
        ["a", 4, "03:00", pytest.approx(10), pytest.approx(10)],
        ["b", 2, "01:00", pytest.approx(10), pytest.approx(10)],
    ]
    vehicles = tables["vehicles"].set_index("vehicle")
    assert vehicles.loc["a", ["first_charge_clock", "last_charge_clock"]].tolist() == [
        "01:00",
        "04:00",
    ]
    assert vehicles["charged_kwh"].tolist() == pytest.approx([20, 10])
    assert vehicles["energy_eur"].tolist() == pytest.approx([0.2 + 1.6 + 1.0, 1.0])
    connection = tables["connection"]
    assert connection["total_kw"].tolist() == pytest.approx([1, 12, 8, 10])
    assert connection["limit_kw"].tolist() == [12.0] * 4
    assert tables["costs"]["eur"].sum() == pytest.approx(3.8)


def test_a_vehicle_that_does_not_charge_has_no_clock():
    vehicles = bundling.solve(two_vans(need_kwh=[0, 10])).tables["vehicles"]
    assert vehicles["first_charge_clock"].tolist() == [None, "01:00"]


def test_days_are_counted_over_midnight():
    connection = bundling.solve(night(3)).tables["connection"]
    assert connection["day"].tolist() == [0] * 48 + [1] * 48
    assert connection["start_clock"].iloc[[0, 47, 48]].tolist() == ["12:00", "23:45", "00:00"]


def test_tables_add_up():
    result = bundling.solve(night(12, shortfall_eur_per_kwh=0.4, room=0.7))
    tables, indicators = result.tables, result.evaluation.indicators
    assert tables["connection"]["kwh_grid"].sum() == pytest.approx(indicators["kwh_grid"])
    assert tables["connection"]["total_kw"].max() == pytest.approx(indicators["peak_kw"])
    assert tables["schedule"]["kwh"].sum() == pytest.approx(indicators["kwh_battery"])
    vehicles = tables["vehicles"]
    assert (vehicles["charged_kwh"] + vehicles["missing_kwh"]).tolist() == pytest.approx(
        vehicles["need_kwh"].tolist()
    )
    costs = result.evaluation.costs_eur
    assert vehicles["energy_eur"].sum() == pytest.approx(costs["energy"] + costs["transport"])


def test_plot_with_and_without_axes():
    from matplotlib.figure import Figure

    result = bundling.solve(night(5))
    own = result.plot()
    assert own.get_title() == "depot"
    assert {text.get_text() for text in own.get_legend().get_texts()} == {
        "base load",
        "charging",
        "charging on arrival",
        "connection",
        "price",
    }
    given = Figure().subplots()
    assert result.plot(ax=given) is given
    given.figure.canvas.draw()


def test_plot_without_a_limit():
    result = bundling.solve(night(2, connection_kw=float("inf")))
    texts = {text.get_text() for text in result.plot().get_legend().get_texts()}
    assert "connection" not in texts


def test_layer_is_plain_geojson():
    result = bundling.solve(night(5, x_m=202_600.0, y_m=502_900.0, name="Voorst"))
    layer = layers(result.problem, result.solution)["depots"]
    (feature,) = json.loads(json.dumps(layer))["features"]
    assert feature["geometry"]["coordinates"] == pytest.approx([6.088, 52.512], abs=2e-3)
    assert feature["properties"]["name"] == "Voorst"
    assert feature["properties"]["vehicles"] == 5
    assert feature["properties"]["peak_on_arrival_kw"] >= feature["properties"]["peak_kw"]
    nowhere = two_vans()
    assert layers(nowhere, bundling.solve(nowhere).solution)["depots"]["features"] == []
