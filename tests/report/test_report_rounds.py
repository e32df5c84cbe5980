"""Rounds in the report: every cost, table, column and layer has words in both languages."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bundling.report import sections
from bundling.report.mapstyles import RULES
from bundling.report.mapview import map_view
from bundling.report.messages import LANGUAGES, Messages, unit_of
from bundling.report.words import answer
from bundling.result import Bounds, Limit, Result, RunInfo, Status
from bundling.rounds import Charge, RoundsSolution, Route, evaluate
from bundling.rounds.layers import layers

sys.path.insert(0, str(Path(__file__).parents[1] / "rounds"))
from rounds_cases import charging_problem


@pytest.fixture(name="result")
def _result() -> Result:
    """Rounds with everything that adds a cost, a table or a column; far is left out."""
    problem = charging_problem(
        prize_eur=[99.0, 20.0], max_trips=[2], regular_s=[1800.0], overtime_eur_per_h=[20.0],
        capacity_rolls=[9.0], delivery_rolls=[2.0, 3.0], stop_x_m=[213e3, 223e3],
        stop_y_m=[503e3] * 2, depot_x_m=[203e3], depot_y_m=[503e3], station_x_m=[218e3],
        station_y_m=[503e3], break_rule=("atw",), depot_kw=np.full((1, 96), 22.0),
    )  # fmt: skip
    route = Route("hub/evan", ("near",), 28_200.0, (Charge(1, "post", 1.0),))
    solution = RoundsSolution((route,))
    evaluation = evaluate(problem, solution)
    return Result(
        problem, solution, Status.FEASIBLE, Limit.TIME, Bounds(evaluation.objective),
        evaluation, (), (), RunInfo("by hand", 0, 1.0, 0.0, 0.0),
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_costs_tables_and_columns_have_words(result: Result, lang: str) -> None:
    m = Messages(lang)
    codes = [f"cost.{name}" for name in result.evaluation.costs_eur]
    codes += [f"col.{name}" for name in result.evaluation.indicators]
    for name, frame in result.tables.items():
        codes.append(f"table.rounds.{name}")
        codes += [f"col.{column}" for column in sections.for_people(frame).columns]
    assert {"cost.charging", "cost.overtime", "cost.unserved"} <= set(codes)
    assert {"table.rounds.charging", "table.rounds.left_out", "col.level_kwh"} <= set(codes)
    assert sorted({code for code in codes if not m.has(code)}) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_layers_have_words_and_a_style_of_their_own(result: Result, lang: str) -> None:
    m = Messages(lang)
    for name, collection in layers(result.problem, result.solution).items():
        assert m.has(f"map.layer.{name}")
        assert ("rounds", name) in RULES
        for feature in collection["features"]:
            assert [k for k in feature["properties"] if not m.has(f"col.{k}")] == []


def test_a_rate_without_a_prefix_has_a_unit() -> None:
    assert unit_of("eur_per_kwh") == "EUR/kWh"
    assert unit_of("kwh_per_day") == "kWh/day"
    assert unit_of("eur") == unit_of("km") == ""
    assert Messages("nl").label("eur_per_kwh") == "Prijs (EUR/kWh)"
    assert Messages("en").label("my_price_eur_per_kwh") == "My price (EUR/kWh)"


def test_stations_charges_and_stops_left_out_are_layers(result: Result) -> None:
    made = layers(result.problem, result.solution)
    (station,) = made["round_stations"]["features"]
    assert station["properties"] == {
        "station_id": "post", "charges": 1, "charged_kwh": 1.0, "cost_eur": 0.5,
        "first_charge_clock": "08:15", "last_charge_clock": "08:20",
    }  # fmt: skip
    (charge,) = made["round_charges"]["features"]
    # 6 kWh less 10 x 0.24 and 5 x 0.2 on arrival.
    assert charge["properties"]["level_before_kwh"] == pytest.approx(2.6)
    (missing,) = made["round_left_out"]["features"]
    assert missing["properties"]["stop_id"] == "far"
    (line,) = made["round_routes"]["features"]
    assert len(line["geometry"]["coordinates"]) == 4  # hub, near, post, hub
    # The hub gives back what was not charged on the way: 2.4 + 1 + 3 less 1 kWh.
    assert made["round_depots"]["features"][0]["properties"]["kwh"] == pytest.approx(5.4)


def test_the_map_draws_them(result: Result) -> None:
    view = map_view(Messages("nl"), [("rounds", result)], {}, {})
    (group,) = view.groups
    assert {layer.id for layer in group.layers} == {
        "rounds-round_routes", "rounds-round_stops", "rounds-round_depots",
        "rounds-round_stations", "rounds-round_charges", "rounds-round_left_out",
    }  # fmt: skip


def test_what_is_left_out_is_listed_with_the_reason(result: Result) -> None:
    step = SimpleNamespace(name="rounds Zwolle", result=result)
    frame = sections.unserved([step])["unserved.rounds"]
    assert frame["step"].tolist() == ["Zwolle"]
    assert frame["stop_id"].tolist() == ["far"]
    assert "round 1" in frame["reason"].iloc[0]


def test_the_answer_tells_of_charges_and_stops_left_out(result: Result) -> None:
    english = " ".join(answer(Messages("en"), result).paragraphs)
    assert "On the way vehicles charge 1 time, 1 kWh together." in english
    assert "1 address is on no round: serving it costs more" in english
    dutch = " ".join(answer(Messages("nl"), result).paragraphs)
    assert "Onderweg wordt 1 keer geladen, samen 1 kWh." in dutch
    assert "1 adres staat op geen rit" in dutch


def test_the_page_of_rounds_shows_all_of_it(result: Result, tmp_path: Path) -> None:
    text = result.report(tmp_path / "rounds.html", lang="en").read_text(encoding="utf-8")
    for words in ("Charging on the way", "Stops on no round", "Charging stations", "Overtime"):
        assert words in text
