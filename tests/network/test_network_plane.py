"""Plane travel: areas, detours, bridges, motorways."""

from __future__ import annotations

import pickle
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_cases import BRIDGES, RIVER, FakeRegion

from bundling.errors import InputError
from bundling.network import PlaneNetwork, Travel

PLAIN = PlaneNetwork.from_region(FakeRegion({}))
# A motorway from x = 210 km to x = 260 km, 52 km long, both ways.
MOTORWAY = {
    "motorway_nodes": [("w", 210_000.0, 500_000.0), ("e", 260_000.0, 500_000.0)],
    "motorway_edges": [("w", "e", 52.0), ("e", "w", 52.0)],
}


def test_area_types_by_hand() -> None:
    # 10 km straight, a half of 5 km at each end.
    # Urban end: 3 km x 1.4 = 4.2 km at 10 m/s (420 s) and 2 km x 1.2 = 2.4 km at 15 m/s (160 s).
    # Centre end: of the 3 km, 0.8 km x 1.4 at 5 m/s (224 s), 2.2 km x 1.4 at 10 m/s (308 s).
    # Rural end: 5 km x 1.2 = 6 km at 15 m/s (400 s).
    ends = [(220_000.0, 500_000.0), (230_000.0, 500_000.0)]
    expected = {
        ("urban", "urban"): (13_200.0, 1_160.0),
        ("centre", "urban"): (13_200.0, 1_272.0),
        ("rural", "urban"): (12_600.0, 980.0),
        ("rural", "rural"): (12_000.0, 800.0),
    }
    for (first, second), (metres, seconds) in expected.items():
        for area in ([first, second], [second, first]):
            travel = PLAIN.travel(ends, from_area=area)
            assert travel.distance_m[0, 1] == pytest.approx(metres)
            assert travel.time_s[0, 1] == pytest.approx(seconds)
            assert travel.levied_m[0, 1] == 0
    # Without area types all is urban.
    assert PLAIN.travel(ends).time_s[0, 1] == pytest.approx(1_160.0)


def test_river_is_crossed_at_the_bridge() -> None:
    network = PlaneNetwork.from_region(FakeRegion({"river_points": RIVER, "bridges": BRIDGES}))
    # 3 km west and 3 km east of the river, 4 km south of the north bridge: 5 + 5 km straight.
    west, east = (197_000.0, 496_000.0), (203_000.0, 496_000.0)
    travel = network.travel([west], [east], from_area=["rural"], to_area=["rural"])
    assert travel.distance_m[0, 0] == pytest.approx(12_000.0)
    # On one side it is straight.
    south = (197_000.0, 486_000.0)
    beside = network.travel([west], [south], from_area=["rural"], to_area=["rural"])
    assert beside.distance_m[0, 0] == pytest.approx(12_000.0)


def test_motorway_by_hand() -> None:
    network = PlaneNetwork.from_region(FakeRegion(MOTORWAY), ramp_spacing_m=np.inf)
    assert network.motorways is not None
    assert len(network.motorways.ramp_xy) == 2
    a, b = (210_000.0, 501_000.0), (260_000.0, 499_000.0)
    travel = network.travel([a], [b], from_area=["rural"], to_area=["rural"])
    # 1 km to the ramp and 1 km from it, each 1.2 km at 15 m/s (80 s); 52 km at 25 m/s (2,080 s).
    assert travel.time_s[0, 0] == pytest.approx(2_240.0)
    assert travel.distance_m[0, 0] == pytest.approx(54_400.0)
    assert travel.levied_m[0, 0] == pytest.approx(52_000.0)


def test_motorway_only_when_quicker_and_trip_long_enough() -> None:
    network = PlaneNetwork.from_region(FakeRegion(MOTORWAY), ramp_spacing_m=np.inf)
    short = network.travel([(210_000.0, 500_000.0)], [(219_000.0, 500_000.0)])
    far_off = network.travel([(210_000.0, 540_000.0)], [(260_000.0, 540_000.0)])
    assert short.levied_m[0, 0] == 0
    assert far_off.levied_m[0, 0] == 0
    never = PlaneNetwork.from_region(FakeRegion(MOTORWAY), motorway_from_m=np.inf)
    assert never.travel([(210_000.0, 500_000.0)], [(260_000.0, 500_000.0)]).levied_m[0, 0] == 0


def test_ramps_in_between() -> None:
    # 52 km in pieces of at most 13 km: 4 pieces, 3 ramps in between, shared by both directions.
    network = PlaneNetwork.from_region(FakeRegion(MOTORWAY), ramp_spacing_m=13_000.0)
    assert network.motorways is not None
    x = np.sort(network.motorways.ramp_xy[:, 0])
    assert x == pytest.approx([210_000, 222_500, 235_000, 247_500, 260_000])
    # Joins at the first ramp in between and leaves at the last.
    travel = network.travel([(222_500.0, 500_500.0)], [(247_500.0, 500_500.0)])
    assert travel.levied_m[0, 0] == pytest.approx(26_000.0)


@pytest.mark.parametrize("km", [30.0, 70.0])
def test_no_ramps_on_an_edge_that_is_bent_or_misplaced(km: float) -> None:
    # 30 km of road between points 50 km apart: an end is not where the table says.
    tables = {**MOTORWAY, "motorway_edges": [("w", "e", km)]}
    network = PlaneNetwork.from_region(FakeRegion(tables), ramp_spacing_m=5_000.0)
    assert network.motorways is not None
    assert len(network.motorways.ramp_xy) == 2


def test_one_way_motorway_is_not_driven_back() -> None:
    tables = {**MOTORWAY, "motorway_edges": [("w", "e", 52.0)]}
    network = PlaneNetwork.from_region(FakeRegion(tables))
    travel = network.travel([(210_000.0, 500_000.0), (260_000.0, 500_000.0)])
    assert travel.levied_m[0, 1] > 0
    assert travel.levied_m[1, 0] == 0


def test_input_faults_all_at_once() -> None:
    with pytest.raises(InputError) as caught:
        PlaneNetwork.from_region(
            FakeRegion({}, detour_factor_urban=0.9, speed_rural_kmh=0.0, speed_centre_kmh=-1.0)
        )
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError, match="no bridge crosses") as caught:
        PlaneNetwork.from_region(FakeRegion({"river_points": RIVER[:1]}))
    assert len(caught.value.faults) == 2


def test_wrong_arguments() -> None:
    with pytest.raises(ValueError, match="unknown area types"):
        PLAIN.travel([(200_000.0, 500_000.0)], from_area=["suburb"])
    with pytest.raises(ValueError, match="1 entries for 2 points"):
        PLAIN.travel([(200_000.0, 500_000.0)] * 2, from_area=["urban"])
    with pytest.raises(ValueError, match="finite"):
        PLAIN.travel([(200_000.0, np.nan)])
    with pytest.raises(ValueError, match="shape"):
        PLAIN.travel([200_000.0, 500_000.0])
    with pytest.raises(ValueError, match="differ in shape"):
        Travel(np.zeros((1, 2)), np.zeros((2, 1)), np.zeros((1, 2)))


def test_no_points_give_empty_matrices() -> None:
    full = PlaneNetwork.from_region(
        FakeRegion({"river_points": RIVER, "bridges": BRIDGES, **MOTORWAY})
    )
    assert full.travel([]).time_s.shape == (0, 0)
    assert full.travel([(200_000.0, 500_000.0)], []).time_s.shape == (1, 0)


def test_network_and_travel_pickle() -> None:
    ends = [(190_000.0, 490_000.0), (240_000.0, 500_000.0)]
    network = PlaneNetwork.from_region(
        FakeRegion({"river_points": RIVER, "bridges": BRIDGES, **MOTORWAY})
    )
    again = pickle.loads(pickle.dumps(network)).travel(ends)
    assert (pickle.loads(pickle.dumps(again)).time_s == network.travel(ends).time_s).all()


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_laws(seed: int) -> None:
    rng = np.random.default_rng(seed)
    network = PlaneNetwork.from_region(
        FakeRegion({"river_points": RIVER, "bridges": BRIDGES, **MOTORWAY})
    )
    points = np.column_stack([rng.uniform(180e3, 270e3, 9), rng.uniform(470e3, 520e3, 9)])
    area = list(rng.choice(["centre", "urban", "rural"], 9))
    travel = network.travel(points, from_area=area)
    straight = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    for matrix in (travel.distance_m, travel.time_s, travel.levied_m):
        assert matrix == pytest.approx(matrix.T)
        assert np.diag(matrix) == pytest.approx(0)
        assert (matrix >= 0).all()
    assert (travel.levied_m <= travel.distance_m + 1e-6).all()
    # Off the motorway no way, over the river or not, is shorter than straight line x least detour.
    on_roads = travel.levied_m == 0
    assert (travel.distance_m >= 1.2 * straight - 1e-6)[on_roads].all()
    # No way is quicker than the straight line at motorway speed.
    assert (travel.time_s >= straight / 25.0 - 1e-6).all()
    # Taking the motorway away never makes a trip quicker, nor adds levy.
    without = PlaneNetwork.from_region(FakeRegion({"river_points": RIVER, "bridges": BRIDGES}))
    bare = without.travel(points, from_area=area)
    assert (bare.time_s >= travel.time_s - 1e-6).all()
    assert not bare.levied_m.any()
    # A block of the matrix is the matrix of the block.
    block = network.travel(points[:4], points[4:], from_area=area[:4], to_area=area[4:])
    assert block.time_s == pytest.approx(travel.time_s[:4, 4:])


def test_600_by_600_in_seconds() -> None:
    rng = np.random.default_rng(3)
    network = PlaneNetwork.from_region(
        FakeRegion({"river_points": RIVER, "bridges": BRIDGES, **MOTORWAY}), ramp_spacing_m=500.0
    )
    points = np.column_stack([rng.uniform(180e3, 270e3, 600), rng.uniform(470e3, 520e3, 600)])
    start = time.process_time()
    network.travel(points)
    # Measured 0.2 s; the bound leaves room for a busy machine.
    assert time.process_time() - start < 3.0
