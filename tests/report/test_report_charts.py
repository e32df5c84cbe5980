"""Drawings: they hold what they are given, in proportion, and no text becomes markup."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from report_fakes import PAYLOADS

from bundling.report.barchart import Bar, bar_chart
from bundling.report.chart import Chart
from bundling.report.hourchart import Hours, hour_chart
from bundling.report.waterfall import waterfall

HOSTILE = " ".join(PAYLOADS[:6])


def bars(chart: Chart) -> list[ElementTree.Element]:
    root = ElementTree.fromstring(str(chart.svg))  # our own text, well formed or it fails here
    return [element for element in root.iter() if element.tag == "rect"]


def widths_of(chart: Chart) -> list[float]:
    return [float(bar.attrib["width"]) for bar in bars(chart)]


def words(chart: Chart) -> str:
    return " ".join(ElementTree.fromstring(str(chart.svg)).itertext())


def test_bars_are_in_proportion_and_losses_go_the_other_way() -> None:
    chart = bar_chart("x", [Bar("a", (100.0,)), Bar("b", (50.0,)), Bar("c", (-50.0,))], write=str)
    one, half, loss = widths_of(chart)
    assert one == pytest.approx(2 * half, abs=0.2)
    assert loss == pytest.approx(half, abs=0.2)
    x = [float(bar.attrib["x"]) for bar in bars(chart)]
    assert x[2] + loss == pytest.approx(x[0], abs=0.2)


def test_two_series_stand_under_each_other_with_a_key() -> None:
    series = (("#111111", "alone"), ("#222222", "together"))
    chart = bar_chart("x", [Bar("a", (10.0, 5.0), "-50 %")], write=str, series=series)
    assert len(bars(chart)) == 4  # two bars and two in the key
    assert "5.0 (-50 %)" in words(chart)
    assert "together" in words(chart)


def test_bars_of_nothing_are_drawn() -> None:
    assert len(bars(bar_chart("x", [Bar("a", (0.0,))], write=str))) == 1


def test_a_waterfall_leads_from_the_first_total_to_the_last() -> None:
    steps = [("a", 30.0), ("b", -10.0)]
    chart = waterfall("x", ("alone", 100.0), steps, ("all", 80.0), write=str)
    first, down, up, last = bars(chart)
    named = {"first": first, "down": down, "up": up, "last": last}
    end = {name: float(b.attrib["x"]) + float(b.attrib["width"]) for name, b in named.items()}
    assert end["first"] == pytest.approx(end["down"], abs=0.2)
    assert end["up"] == pytest.approx(end["last"], abs=0.2)
    assert float(down.attrib["x"]) == pytest.approx(float(up.attrib["x"]), abs=0.2)
    assert down.attrib["fill"] != up.attrib["fill"]
    assert "− 30.0" in words(chart)
    assert "+ 10.0" in words(chart)


def test_small_savings_are_stretched_and_the_totals_marked_as_cut() -> None:
    chart = waterfall("x", ("alone", 1000.0), [("a", 10.0)], ("all", 990.0), write=str)
    total, step, _ = widths_of(chart)
    assert step > 0.2 * total
    assert str(chart.svg).count("<path") == 2  # a wave in each total
    whole = waterfall("x", ("alone", 1000.0), [("a", 900.0)], ("all", 100.0), write=str)
    assert "<path" not in str(whole.svg)


def test_nothing_saved_is_drawn() -> None:
    chart = waterfall("x", ("alone", 100.0), [("a", 0.0)], ("all", 100.0), write=str)
    assert len(bars(chart)) == 3


def test_hours_show_only_the_busy_part_of_the_day() -> None:
    into, out = np.zeros(24), np.zeros(24)
    into[8], out[10] = 4.0, 2.0
    chart = hour_chart("x", [Hours("hub", into, out)], up="in", down="out", write=str)
    up, down, _key = bars(chart)
    assert float(up.attrib["height"]) == pytest.approx(2 * float(down.attrib["height"]), abs=0.2)
    assert float(up.attrib["y"]) < float(down.attrib["y"])
    said = words(chart)
    assert "07:00" in said
    assert "04:00" not in said


@pytest.mark.parametrize("kind", ["bars", "waterfall", "hours"])
def test_hostile_labels_stay_text(kind: str) -> None:
    if kind == "bars":
        chart = bar_chart(HOSTILE, [Bar(HOSTILE, (1.0,), HOSTILE)], write=lambda _x: HOSTILE)
    elif kind == "waterfall":
        chart = waterfall(HOSTILE, (HOSTILE, 2.0), [(HOSTILE, 1.0)], (HOSTILE, 1.0),
                          write=lambda _x: HOSTILE)  # fmt: skip
    else:
        day = np.ones(24)
        chart = hour_chart(HOSTILE, [Hours(HOSTILE, day, day)], up=HOSTILE, down=HOSTILE,
                           write=lambda _x: HOSTILE)  # fmt: skip
    tags = set(re.findall(r"<([a-z]+)", str(chart.svg)))
    assert tags <= {"svg", "rect", "text", "line", "path", "title"}
    assert HOSTILE.split("\u2028")[0][:25] in words(chart)
