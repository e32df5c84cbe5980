"""AFIR on corridors: by hand, and the rules against the table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling import InputError
from bundling.rules import RuleBook
from bundling.siting.afir import afir_stretches, afir_table
from bundling.siting.afir_targets import afir_places, target
from bundling.siting.corridors import Corridor, corridor_sites, tent_status
from bundling.siting.power_rules import power_rules


def corridor(km=100.0, network="core", trucks=None):
    return Corridor("A1", "A1 east", network, ("west", "middle", "east"), (0.0, km / 2, km), trucks)


def sites(rows, years=(2030,), directions=None):
    """Make (km, kW, points) rows, the same in every year."""
    frame = pd.DataFrame(
        [
            {"site_id": f"s{i}", "corridor_id": "A1", "km": km, "year": year, "kw": kw,
             "points_350kw": points, "direction": directions[i] if directions else "both"}
            for i, (km, kw, points) in enumerate(rows)
            for year in years
        ]
    )  # fmt: skip
    return corridor_sites(frame)


def test_targets_by_date():
    asked = [target(corridor(), year) for year in (2024, 2025, 2027, 2030, 2035)]
    assert asked[0] is None
    assert [t.pool_kw for t in asked[1:]] == [1400, 2800, 3600, 3600]
    assert [t.spacing_km for t in asked[1:]] == [120, 120, 60, 60]
    assert [t.length_share for t in asked[1:]] == [0.15, 0.5, 1, 1]
    quiet = target(corridor(network="comprehensive", trucks=700.0), 2030)
    assert (quiet.spacing_km, quiet.pool_kw, quiet.shared) == (100, 1500, True)
    assert target(corridor(trucks=700.0), 2030).spacing_km == 100


def test_two_pools_on_a_hundred_kilometres():
    # Both directions at one pool: 2 x 3,600 kW and 2 x 2 points.
    table = afir_table([corridor()], sites([(30, 7200, 4), (80, 7200, 4)]))
    assert table["met"].tolist() == [True, True]
    assert table["largest_gap_km"].tolist() == [50, 50]
    assert table["kw_found"].tolist() == [3600, 3600]
    assert table["words"][0] == "met: 2 pools, the longest stretch 50 km from middle to east"


def test_what_is_short_is_said():
    table = afir_table([corridor()], sites([(30, 7200, 4), (80, 5000, 4)]))
    assert table["met"].tolist() == [False, False]
    assert table["largest_gap_km"][0] == 70
    assert table["share_found"][0] == pytest.approx(0.3)
    assert table["kw_found"][0] == 2500
    assert table["words"][0] == (
        "short: 70 km from middle to east without a pool of 3600 kW; the strongest site there has "
        "2500 kW for this direction"
    )
    # A quiet road may serve both directions from one pool.
    quiet = afir_table([corridor(trucks=1500.0)], sites([(30, 7200, 4), (80, 5000, 4)]))
    assert quiet["met"].all()
    nothing = afir_table([corridor(50.0)], sites([(30, 100, 0)]))
    assert not nothing["met"].any()
    assert nothing["words"][0].startswith("short: no pool of 3600 kW; the strongest")


def test_directions_points_exits_and_pools_outside():
    one_way = sites([(30, 3600, 2), (80, 3600, 2)], directions=["forth", "forth"])
    assert afir_table([corridor()], one_way)["met"].tolist() == [True, False]
    few_points = sites([(30, 7200, 4), (80, 7200, 3)])
    assert not afir_table([corridor()], few_points)["met"].any()
    outside = sites([(-20, 7200, 4), (40, 7200, 4), (100, 7200, 4)])
    table = afir_table([corridor()], outside)
    assert table["largest_gap_km"][0] == 60
    assert table["met"].all()
    far = pd.DataFrame({"site_id": ["a"], "corridor_id": ["A1"], "km": [30.0], "year": [2030],
                        "kw": [9000.0], "points_350kw": [9], "access_km": [3.5]})  # fmt: skip
    assert afir_table([corridor(50.0)], corridor_sites(far))["pools"].tolist() == [0, 0]


def test_partial_targets_compare_the_share_of_the_length():
    table = afir_table([corridor(400.0)], sites([(50, 5600, 2)], years=(2027,)))
    # The stretch of 50 km is within 120 km, that of 350 km is not: 12.5 % of the 50 % asked for.
    assert table["share_found"][0] == pytest.approx(0.125)
    assert not table["met"][0]
    parts = afir_stretches([corridor(400.0)], sites([(50, 5600, 2)], years=(2027,)))
    assert parts[parts["direction"] == "forth"]["length_km"].tolist() == [50, 350]
    assert parts["met"].tolist() == [True, False] * 2


def test_a_user_may_replace_the_rules():
    book = RuleBook.default().with_overrides(
        {"afir_pools": pd.DataFrame({
            "network": ["core"], "length_share": [0.5], "spacing_km": [120], "pool_kw": [2800],
            "points_350kw": [2], "valid_from": ["2027-12-31"], "valid_to": ["2030-12-30"]})}
    )  # fmt: skip
    assert target(corridor(), 2027, book).points_350kw == 2


def test_parkings_and_urban_nodes():
    frame = pd.DataFrame(
        {
            "place_id": ["p", "p", "p", "u", "u"],
            "place_kind": ["safe_parking"] * 3 + ["urban_node"] * 2,
            "year": [2026, 2027, 2030, 2026, 2030],
            "stations": [0, 2, 2, 0, 0],
            "kw": [0.0, 200.0, 400.0, 1000.0, 1000.0],
        }
    )
    table = afir_places(frame)
    assert table["year"].tolist() == [2027, 2030, 2026, 2030]
    assert table["met"].tolist() == [True, False, True, False]
    assert table["kw_required"].tolist() == [0, 0, 900, 1800]


def test_power_rules_by_hand():
    # 100 km, spacing 60: [0, 60], behind 30 (30, 90]; behind 80 the rest is no whole window.
    rules = power_rules([corridor()], sites([(30, 0, 0), (80, 0, 0)]), [2027, 2030, 2035])
    assert [rule.site_ids for rule in rules] == [("s0",), ("s1",)]
    assert rules[0].min_kw == (0.0, 7200.0, 7200.0)
    assert rules[0].min_points == (0, 4, 4)
    assert rules[0].min_charger_kw == 350
    assert rules[1].words == "A1 east from km 30 to km 90: 7200 kW by 2030, 7200 kW by 2035"
    apart = sites([(30, 0, 0), (30, 0, 0)], directions=["forth", "both"])
    made = power_rules([corridor(50.0)], apart, [2030])
    assert {rule.site_ids: rule.min_kw[0] for rule in made} == {
        ("s1",): 3600.0,  # the way back, which only this site serves
        ("s0", "s1"): 7200.0,
    }
    empty = power_rules([corridor()], sites([(10, 0, 0)]), [2030])
    assert empty[-1].site_ids == ()
    assert empty[-1].words.endswith("no site lies there")
    partial = power_rules([corridor()], sites([(30, 0, 0)]), [2027], partial=True)
    assert partial[0].min_kw == (5600.0,)


@given(
    st.lists(st.integers(0, 150), min_size=1, max_size=8, unique=True),
    st.data(),
    st.sampled_from([60.0, 100.0, 150.0]),
)
@settings(deadline=None)
def test_rules_and_table_agree_on_whole_pools(places, data, km):
    places = [float(at) for at in places if at <= km] or [0.0]
    is_open = data.draw(st.lists(st.booleans(), min_size=len(places), max_size=len(places)))
    kw = np.where(is_open, 7200.0, 0.0)
    held = sites([(at, power, 4) for at, power in zip(places, kw, strict=True)])
    road = corridor(km)
    power = dict(zip(held.site_ids, kw, strict=True))
    kept = all(
        sum(power[site] for site in rule.site_ids) >= rule.min_kw[0]
        for rule in power_rules([road], held, [2030])
    )
    assert kept == afir_table([road], held)["met"].all()


def test_the_status_of_the_roads_is_an_assumption():
    status = tent_status()
    assert status["corridor_id"].tolist() == ["A1", "A28", "A35"]
    assert (status["source"] == "own assumption").all()


def test_every_fault_is_named_at_once():
    with pytest.raises(InputError) as caught:
        corridor_sites(pd.DataFrame({
            "site_id": ["a", "a", "b"], "corridor_id": ["A1"] * 3, "km": [1.0, 1.0, np.nan],
            "year": [2030, 2030, 2030], "kw": [1.0, 2.0, -3.0], "points_350kw": [1, 1, 1],
            "direction": ["both", "both", "up"]}))  # fmt: skip
    assert [fault.column for fault in caught.value.faults] == ["km", "kw", "direction", "site_id"]
    bad = Corridor("A2", "A2", "main", ("x", "y"), (0.0, -1.0))
    with pytest.raises(InputError) as caught:
        afir_table([bad], sites([(1, 1, 1)]), [2031])
    assert [fault.column for fault in caught.value.faults] == [
        "network", "node_km", "corridor_id", "year",
    ]  # fmt: skip
    with pytest.raises(InputError, match="points_350kw: the column is missing"):
        corridor_sites(pd.DataFrame({"site_id": [], "corridor_id": [], "km": [], "year": [],
                                     "kw": []}))  # fmt: skip
    with pytest.raises(InputError, match="neither safe_parking"):
        afir_places(pd.DataFrame({"place_id": ["a"], "place_kind": ["x"], "year": [2030],
                                  "stations": [1], "kw": [1]}))  # fmt: skip
