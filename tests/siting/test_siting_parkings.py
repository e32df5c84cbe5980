"""Nights at truck parkings."""

from __future__ import annotations

from functools import cache
from importlib import resources

import numpy as np
import pandas as pd
import pytest

import bundling
from bundling import InputError
from bundling.region import Region
from bundling.siting.assumed import FILE, assumed, assumed_years, assumption_table
from bundling.siting.parkings import overnight_points, parking_table
from tiny_region import X0, Y0, tiny_tables

LINES = {"N1": [(X0, Y0), (X0 + 10_000, Y0)]}


@cache
def region(bays=(None, 40, None, None), extra=()):
    tables = tiny_tables()
    tables["truck_parkings"] = pd.DataFrame(
        {
            "parking_id": ["tp-a", "tp-b", "tp-c", "tp-far"],
            "name": ["A", None, "C", "Far"],
            "municipality": ["Tiny"] * 4,
            "truck_bays": pd.array(list(bays), dtype="Int64"),
            # b lies 100 m from a; far lies 3 km from the line.
            "rd_x_m": [X0 + 1000, X0 + 1100, X0 + 5000, X0 + 5000],
            "rd_y_m": [Y0 + 500.0, Y0 + 500.0, Y0 - 1500.0, Y0 + 3000.0],
        }
    )
    own = tables["assumptions"]
    rows = [
        {"unit": "kWh", "note": "", "key": key, "value": v, "low": v, "high": v, "source": "mine"}
        for key, v in extra
    ]
    if rows:
        tables["assumptions"] = pd.concat([own, pd.DataFrame(rows)], ignore_index=True)
    return Region("tiny", "Tiny", tables)


def test_parkings_on_one_spot_are_one_and_far_ones_do_not_count():
    table = parking_table(region(), lines=LINES)
    assert table["parking_id"].tolist() == ["tp-a", "tp-c"]
    assert table["bays"].tolist() == [40, 20]
    assert table["bays_source"].tolist() == ["table", "assumption"]
    assert table["distance_km"].tolist() == pytest.approx([0.5, 1.5])
    own = parking_table(region(), lines=LINES, bays={"tp-c": 7})
    assert own["bays"].tolist() == [40, 7]


def test_the_night_by_hand():
    here = region()
    points = overnight_points(here, (2026, 2030), lines=LINES)
    assert [point.demand_id for point in points] == ["overnight-tp-a", "overnight-tp-c"]
    share = [here.assumption(f"electric_flow_share_{year}") for year in (2026, 2030)]
    assert points[0].kwh == pytest.approx([40 * 0.9 * 0.8 * part * 300 for part in share])
    assert points[0].kind == "parking"
    assert points[0].profile == "overnight"
    assert points[0].min_kw == pytest.approx(300 / 9)


def test_a_region_may_have_its_own_assumption():
    here = region(extra=(("overnight_session_kwh", 100.0),))
    assert assumed(here, "overnight_session_kwh") == 100
    assert overnight_points(here, (2030,), lines=LINES)[0].session_kwh == 100
    shown = assumption_table(here).set_index("key")
    assert shown.loc["overnight_session_kwh", "source"] == "mine"
    assert len(shown) == len(assumption_table())
    assert set(assumed_years(here, "shore_power_share")) == {2026, 2030, 2035}
    with pytest.raises(KeyError, match="no assumption 'x'"):
        assumed(here, "x")


def test_every_assumption_has_a_range_and_a_source():
    table = assumption_table()
    assert table["key"].is_unique
    assert ((table["low"] <= table["value"]) & (table["value"] <= table["high"])).all()
    assert table["source"].str.len().min() > 0


def test_every_published_assumption_names_its_year_and_licence():
    file = resources.files("bundling.rules").joinpath(FILE)
    with file.open(encoding="utf-8") as lines:
        table = pd.read_csv(lines, keep_default_na=False, dtype=str)
    assert (table[["source", "licence"]] != "").all(axis=None)
    published = table[table["licence"] != "assumption"]
    assert published["year"].str.fullmatch(r"\d{4}").all()
    cited = assumption_table().set_index("key")["source"]
    assert cited["battery_eur_per_kwh"] == (
        "Danish Energy Agency through PyPSA technology-data, commit 634cdc1a (2025), CC-BY-4.0"
    )
    assert cited["parking_bays"] == "own assumption"


def test_faults_at_once():
    with pytest.raises(InputError) as caught:
        parking_table(region(), lines={"N1": [(0, 0)]}, bays={"tp-x": 1, "tp-a": np.nan})
    assert [fault.table for fault in caught.value.faults] == ["lines", "bays", "bays"]
    with pytest.raises(InputError, match="do not ascend"):
        overnight_points(region(), (2030, 2026))


def test_overijssel_has_parkings_on_both_corridors():
    table = parking_table(bundling.load("overijssel"))
    assert {"De Hop", "Boermark", "Bolder", "Struik", "De Poppe"} <= set(table["name"])
    assert {"Haerst", "De Markte", "Dekkersland"} <= set(table[table["corridor"] == "A28"]["name"])
    assert (table["bays_source"] == "assumption").all()
