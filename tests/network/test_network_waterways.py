"""Barge travel: locks, draught, and the quickest way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_cases import FakeRegion

from bundling.errors import InputError
from bundling.network import Waterways

NODES = [(node, 0.0, 0.0) for node in ("a", "b", "c", "d", "island")]
# a - b 10 km at 10 km/h with a lock of 40 min; b - c 6 km at 12 km/h; the long way round a - d - c
# is 20 km at 10 km/h without a lock.
EDGES = [
    ("ab", "a", "b", 10.0, 2.8, 10.0),
    ("bc", "b", "c", 6.0, 3.5, 12.0),
    ("ad", "a", "d", 12.0, None, 10.0),
    ("dc", "d", "c", 8.0, 3.0, 10.0),
]
LOCKS = [("lock-1", "ab", 40.0), ("lock-gate", "ab", 0.0), ("lock-dry", None, 30.0)]
TABLES = {"waterway_nodes": NODES, "waterway_edges": EDGES, "locks": LOCKS}
WATER = Waterways.from_region(FakeRegion(TABLES))


def test_by_hand() -> None:
    travel = WATER.travel(["a"], ["b", "c", "d", "a"])
    # a-b: 1 h + 40 min. a-c through b: 1 h 40 + 30 min = 2 h 10, but round by d exactly 2 h.
    assert travel.time_s[0] == pytest.approx([6_000.0, 7_200.0, 4_320.0, 0.0])
    assert travel.distance_m[0] == pytest.approx([10_000.0, 20_000.0, 12_000.0, 0.0])
    assert travel.lock_count[0].tolist() == [2, 0, 0, 0]
    assert travel.draught_m[0, 0] == 2.8
    assert travel.draught_complete[0].tolist() == [True, False, False, True]
    assert travel.draught_m[0, 1] == 3.0  # a-d is not known, so 3.0 is no promise
    assert np.isnan(travel.draught_m[0, 2])


def test_way_names_edges_and_locks() -> None:
    way = WATER.way("b", "a")
    assert way is not None
    assert (way.edges, way.locks) == (("ab",), ("lock-1", "lock-gate"))
    assert (way.distance_m, way.time_s) == (10_000.0, pytest.approx(6_000.0))
    there = WATER.way("a", "c")
    assert there is not None
    assert there.edges == ("ad", "dc")
    nowhere = WATER.way("a", "a")
    assert nowhere is not None
    assert (nowhere.edges, nowhere.time_s) == ((), 0.0)


def test_draught_closes_shallow_stretches() -> None:
    travel = WATER.travel(["a"], ["b", "c"], draught_m=2.9)
    # a-b (2.8 m) is closed: b is reached round by d and c.
    assert travel.distance_m[0] == pytest.approx([26_000.0, 20_000.0])
    assert WATER.way("a", "b", draught_m=3.6) is None
    closed = WATER.travel(["a"], ["b", "d"], draught_m=3.6)
    assert np.isinf(closed.time_s[0, 0])
    assert closed.lock_count[0].tolist() == [-1, 0]
    assert np.isnan(closed.draught_m[0, 0])
    assert not closed.draught_complete[0, 0]
    assert np.isfinite(closed.time_s[0, 1])  # not known to be shallow, so open


def test_island_and_lock_without_an_edge() -> None:
    assert np.isinf(WATER.travel(["a"], ["island"]).distance_m[0, 0])
    assert WATER.way("a", "island") is None
    assert WATER.locks_off_graph == ("lock-dry",)


def test_faults_all_at_once() -> None:
    with pytest.raises(InputError, match="no such waterway node"):
        WATER.travel(["a", "x"])
    wrong = {
        "waterway_nodes": NODES,
        "waterway_edges": [("ab", "a", "x", 1.0, None, None), ("bc", "b", "c", -1.0, None, 10.0)],
        "locks": [("lock-1", "zz", 40.0)],
    }
    with pytest.raises(InputError) as caught:
        Waterways.from_region(FakeRegion(wrong))
    places = {(fault.table, fault.column, fault.rows) for fault in caught.value.faults}
    assert places == {
        ("waterway_edges", "length_km", ("bc",)),
        ("waterway_edges", "speed_kmh", ("ab",)),
        ("waterway_edges", "target", ("ab",)),
        ("locks", "edge_id", ("lock-1",)),
    }
    with pytest.raises(InputError, match="no waterways"):
        Waterways.from_region(FakeRegion({}))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_laws(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count = 7
    edges = [
        (f"e{k}", str(u), str(v), float(rng.uniform(1, 20)),
         None if rng.random() < 0.3 else float(rng.uniform(1.5, 4)), 10.0)
        for k, (u, v) in enumerate(rng.integers(0, count, size=(10, 2)))
    ]  # fmt: skip
    tables = {
        "waterway_nodes": [(str(i), 0.0, 0.0) for i in range(count)],
        "waterway_edges": edges,
        "locks": [("l", "e0", 30.0), ("m", "e1", 5.0)],
    }
    water = Waterways.from_region(FakeRegion(tables))
    ids = [str(i) for i in range(count)]
    travel = water.travel(ids)
    assert travel.time_s == pytest.approx(travel.time_s.T)
    assert (np.diag(travel.time_s) == 0).all()
    deeper = water.travel(ids, draught_m=2.5)
    # Closing stretches never makes a way quicker; on what is left the bottleneck carries the ship.
    assert (deeper.time_s >= travel.time_s - 1e-9).all()
    assert not (deeper.draught_m < 2.5).any()
    for i in range(count):
        for j in range(count):
            way = water.way(ids[i], ids[j])
            assert (way is None) == np.isinf(travel.time_s[i, j])
            if way is not None:
                assert way.time_s == pytest.approx(travel.time_s[i, j], abs=1e-6)
                assert len(way.locks) == travel.lock_count[i, j]
