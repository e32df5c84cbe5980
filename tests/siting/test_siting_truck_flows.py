"""Windows of truck flows: by hand, and every choice of sites driven by one truck."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from truck_cases import can_drive, drive, line, plane

from bundling import InputError
from bundling.siting.truck_flows import (
    NO_REACH,
    NO_SITES,
    NO_WAY,
    truck_windows,
)
from bundling.siting.truck_inputs import Roads, Truck, in_km
from bundling.siting.truck_paths import stops, ways

# 300 kWh at 1 kWh/km, full at the start, empty allowed: kilometres are kWh.
SMALL = Truck(300.0, 1.0, 1.0, 0.0, 0.0, 1000.0)


def _places(roads, origin, destination, site_node, access, detour_km):
    found = ways(
        roads.nodes, roads.source, roads.target, roads.km, roads.kmh,
        np.array([origin]), np.array([destination]),
    )  # fmt: skip
    near = stops(
        found, roads.nodes, roads.source, roads.target, roads.km,
        np.asarray(site_node), np.asarray(access, dtype=float), detour_km,
    )  # fmt: skip
    where = {
        int(s): (float(x), float(d))
        for s, x, d in zip(near.site, near.km, near.detour_km, strict=True)
    }
    return float(found.km[0]), where


def test_one_window_by_hand():
    # 400 km with a range of 300: 100 kWh in one stop, at km 100 (full before) to km 300 (empty).
    found = truck_windows(line(41), [0], [40], [5.0], np.arange(41), truck=SMALL, detour_km=0.0)
    assert found.window_flow.tolist() == [0]
    assert found.window_kwh_per_truck == pytest.approx([100.0])
    assert found.pair_site.tolist() == list(range(10, 31))
    assert (found.pair_detour_km == 0).all()
    assert found.trucks_per_day.tolist() == [[5.0]]
    # 400 km at 80 km/h is 5 hours: the one stop is the break the driver takes anyway.
    assert found.extra_stops.tolist() == [0]


def test_a_break_limits_what_a_stop_gives():
    # 500 km: 200 kWh, but a stop gives 0.75 h x 160 kW = 120: two stops of 100 kWh.
    weak = Truck(300.0, 1.0, 1.0, 0.0, 0.0, 160.0)
    found = truck_windows(line(51), [0], [50], [1.0], np.arange(51), truck=weak, detour_km=0.0)
    assert found.window_kwh_per_truck == pytest.approx([100.0, 100.0])
    assert found.extra_stops.tolist() == [1]  # 6.25 h of driving has one break


def test_the_detour_costs_energy_and_shrinks_the_window():
    roads = line(41)
    access = np.full(41, 2.0)
    found = truck_windows(
        roads, [0], [40], [1.0], np.arange(41), site_access_km=access, truck=SMALL, detour_km=4.0
    )
    assert found.window_kwh_per_truck == pytest.approx([104.0])
    assert found.pair_site.tolist() == list(range(11, 30))  # 104 to 296 km
    assert (found.pair_detour_km == 4.0).all()


def test_a_site_beside_the_way_is_left_for_at_the_nearest_node():
    # Node 5 hangs on node 2, 3 km away, one way out and another way back of 4 km.
    roads = Roads(
        6,
        np.array([0, 1, 2, 3, 2, 5]), np.array([1, 2, 3, 4, 5, 2]),
        np.array([10.0, 10.0, 10.0, 10.0, 3.0, 4.0]), np.full(6, 80.0),
    )  # fmt: skip
    km, where = _places(roads, 0, 4, [5], [0.0], 10.0)
    assert km == pytest.approx(40.0)
    assert where == {0: (pytest.approx(20.0), pytest.approx(7.0))}


def test_flows_are_told_apart():
    roads = line(80)
    cut = Roads(82, roads.source, roads.target, roads.km, roads.kmh)  # two nodes without a road
    found = truck_windows(
        cut,
        [0, 0, 0, 0, 40],
        [20, 80, 79, 40, 79],
        [[1.0, 2.0]] * 5,
        [5, 6, 20],
        truck=SMALL,
        detour_km=0.0,
    )
    assert found.never_needs.tolist() == [0]
    assert found.unserved.tolist() == [1, 2, 4]
    assert found.unserved_reason == (NO_WAY, NO_REACH, NO_SITES)
    assert found.group_of_flow.tolist() == [-1, -1, -1, 0, -1]


def test_equal_windows_are_one_group_with_the_mean_of_the_energy():
    args = (line(41), [0, 0, 1], [40, 40, 40], [[3.0, 6.0], [1.0, 2.0], [2.0, 2.0]], [20, 25])
    found = truck_windows(*args, truck=SMALL, detour_km=0.0)
    assert found.trucks_per_day.tolist() == [[6.0, 10.0]]
    # Weights 9, 3 and 4 of 16; the third way is 390 km.
    assert found.window_kwh_per_truck == pytest.approx([(12 * 100 + 4 * 90) / 16])
    apart = truck_windows(*args, truck=SMALL, detour_km=0.0, merge=False)
    assert len(apart.trucks_per_day) == 3
    total = (apart.trucks_per_day[apart.window_flow].sum(axis=1) * apart.window_kwh_per_truck).sum()
    merged = (
        found.trucks_per_day[found.window_flow].sum(axis=1) * found.window_kwh_per_truck
    ).sum()
    assert merged == pytest.approx(total)


@st.composite
def cases(draw):
    nodes = draw(st.integers(12, 45))
    chosen = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=9, unique=True))
    access = [draw(st.floats(0.0, 4.0)) for _ in chosen]
    start = draw(st.floats(0.4, 1.0))
    reserve = draw(st.floats(0.0, 0.2))
    truck = Truck(
        draw(st.floats(150.0, 400.0)), 1.1, start, reserve,
        draw(st.floats(reserve, 0.6)), draw(st.floats(80.0, 600.0)),
    )  # fmt: skip
    return nodes, sorted(chosen), access, truck


@given(cases())
@settings(max_examples=80, deadline=None)
def test_every_choice_of_sites_drives(case):
    nodes, chosen, access, truck = case
    roads = line(nodes)
    found = truck_windows(
        roads, [0], [nodes - 1], [1.0], chosen, site_access_km=access, truck=truck, detour_km=6.0
    )
    km, where = _places(roads, 0, nodes - 1, chosen, access, 6.0)
    every = list(where.values())
    if len(found.never_needs):
        assert drive(truck, km, [])
        return
    if len(found.unserved):
        return
    sites = [found.pair_site[found.pair_window == w] for w in range(len(found.window_flow))]
    choices = itertools.islice(itertools.product(*sites), 400)
    for choice in choices:
        visits = [
            (*where[int(s)], kwh) for s, kwh in zip(choice, found.window_kwh_per_truck, strict=True)
        ]
        assert drive(truck, km, visits)
        assert max(found.window_kwh_per_truck) <= truck.stop_kwh + 1e-6
        # The exact test agrees that the chosen sites do.
        assert can_drive(truck, km, [where[int(s)] for s in choice], len(choice))
    assert can_drive(truck, km, every, len(sites))


@given(cases())
@settings(max_examples=80, deadline=None)
def test_one_stop_windows_give_up_nothing_without_detours(case):
    """With one stop and sites on the way, windows say the same as the exact test."""
    nodes, chosen, _, truck = case
    roads = line(nodes)
    km, where = _places(roads, 0, nodes - 1, chosen, [0.0] * len(chosen), 0.0)
    found = truck_windows(roads, [0], [nodes - 1], [1.0], chosen, truck=truck, detour_km=0.0)
    if can_drive(truck, km, list(where.values()), 1) and not len(found.never_needs):
        assert len(found.window_flow) == 1
        inside = set(found.pair_site.tolist())
        for j in where:
            assert (j in inside) == can_drive(truck, km, [where[j]], 1)


@given(cases())
@settings(max_examples=80, deadline=None)
def test_without_detours_windows_exist_whenever_sites_can_serve(case):
    nodes, chosen, _, truck = case
    km, where = _places(line(nodes), 0, nodes - 1, chosen, [0.0] * len(chosen), 0.0)
    found = truck_windows(line(nodes), [0], [nodes - 1], [1.0], chosen, truck=truck, detour_km=0.0)
    assert (len(found.unserved) == 0) == can_drive(truck, km, list(where.values()), 6)


def test_spare_stops_may_widen_windows():
    # 500 km of 300: one stop of 200 must lie at km 200 to 300; two of 100 have 200 km each.
    sites = np.arange(51)
    one = truck_windows(line(51), [0], [50], [1.0], sites, truck=SMALL, detour_km=0.0)
    two = truck_windows(
        line(51), [0], [50], [1.0], sites, truck=SMALL, detour_km=0.0, spare_stops=1
    )
    assert one.pair_site.tolist() == list(range(20, 31))
    assert np.bincount(two.pair_window).tolist() == [21, 21]
    assert two.window_kwh_per_truck == pytest.approx([100.0, 100.0])


def test_a_thousand_nodes_and_eleven_thousand_flows():
    roads = plane(1000, 0)
    rng = np.random.default_rng(1)
    origin, destination = rng.integers(0, 1000, (2, 11_000))
    sites = rng.permutation(1000)[:300]
    found = truck_windows(
        roads, origin, destination, rng.uniform(1, 50, (11_000, 3)), sites, truck=Truck(400.0)
    )
    served = found.trucks_per_day.sum(axis=0)
    assert len(found.window_flow) > len(served) > 0
    counts = [len(found.never_needs), len(found.unserved), (found.group_of_flow >= 0).sum()]
    assert sum(counts) == 11_000
    assert (found.window_kwh_per_truck <= Truck(400.0).stop_kwh + 1e-6).all()


def test_every_fault_is_named_at_once():
    with pytest.raises(InputError) as caught:
        truck_windows(
            line(5), [0, 9], [1, 2], [1.0, np.nan], [7], site_access_km=-1.0,
            truck=Truck(start_share=1.2, charge_kw=0.0),
        )  # fmt: skip
    named = {(fault.table, fault.column) for fault in caught.value.faults}
    assert named == {
        ("flows", "origin"), ("sites", "node"), ("flows", "trucks_per_day"), ("sites", "access_km"),
        ("truck", "start_share"), ("truck", "charge_kw"),
    }  # fmt: skip
    with pytest.raises(InputError, match="less than the reserve"):
        truck_windows(line(3), [0], [1], [1.0], [0], truck=Truck(end_share=0.05))
    assert in_km(SMALL)["start_km"] == 300.0


def test_no_sites_at_all():
    found = truck_windows(line(41), [0], [40], [1.0], np.zeros(0, np.int64), truck=SMALL)
    assert found.unserved_reason == (NO_SITES,)
    assert found.trucks_per_day.shape == (0, 1)
