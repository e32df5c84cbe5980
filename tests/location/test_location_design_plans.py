"""Network design: ways, pieces and regions by hand, and the laws of making plans better."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from design_cases import random_case
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csgraph, csr_array

from bundling.location import DesignProblem, network_design
from bundling.location.design.check import check
from bundling.location.design.elite import make_better, pool_of
from bundling.location.design.model import Built, build, read, usable
from bundling.location.design.origins import add_streams
from bundling.location.design.pieces import Pieces, link, slots_of, unlink
from bundling.location.design.plan import Plan, settle
from bundling.location.design.regions import Regions, state
from bundling.location.design.reroute import net_of, reroute
from bundling.location.design.root import relax
from bundling.location.design.slopes import first_plan
from bundling.location.design.ways import Fill, Room, fill, send, shortest
from bundling.mip import LinearModel


def two_ways() -> DesignProblem:
    """Two goods of 2 from A to D, over B or over C; each half of a way costs 5 to open."""
    return network_design(
        [("A", "B"), ("B", "D"), ("A", "C"), ("C", "D")], [("A", "D"), ("A", "D")],
        unit_cost=1.0, fixed_cost=5.0, quantity=2.0, capacity=4.0,
    )  # fmt: skip


def begun(problem: DesignProblem) -> tuple[Built, Plan]:
    whole = build(problem, usable(problem))
    plan, _ = first_plan(problem, whole, lambda: 10.0, rounds=1)
    assert plan is not None
    return whole, plan


def regions_of(problem: DesignProblem, whole: Built) -> Regions:
    pool = np.ones(problem.num_arcs, dtype=bool)
    return Regions(problem, whole, pool, seed=1, left=lambda: 10.0, halt=threading.Event())


def room_of(num_nodes: int) -> Room:
    numbers = [np.empty(num_nodes, dtype=kind) for kind in (float, np.int64, np.bool_, np.int64)]
    return Room(*numbers)


def filled(problem: DesignProblem, load: list[float]) -> Fill:
    net = net_of(problem, np.argsort(problem.tail, kind="stable"))
    now = Fill(*(np.zeros(len(load)) for _ in range(3)))
    for a, units in enumerate(load):
        fill(net, now, a, units)
    return now


def test_what_is_left_on_an_arc() -> None:
    problem = network_design(
        [("A", "B")] * 3, [("A", "B")], unit_cost=1.0, fixed_cost=[7.0, 7.0, 0.0], capacity=4.0,
        most_facilities=3, quantity=20.0,
    )  # fmt: skip
    now = filled(problem, [0.0, 5.0, 5.0])
    assert now.spare.tolist() == pytest.approx([0.0, 3.0, 7.0])
    assert now.more.tolist() == pytest.approx([3.0, 1.0, 0.0])


def test_goods_take_the_open_way_in_part() -> None:
    # 3 of 4 units are on A-B and B-D: 1 of 2 goes along for 2, both by C would cost 2 + 10 / 2.
    problem = two_ways()
    way = np.empty(4, dtype=np.int64)
    now = filled(problem, [3.0, 0.0, 3.0, 0.0])  # by tail: A-B, A-C, B-D, C-D
    net = net_of(problem, np.argsort(problem.tail, kind="stable"))
    sent = send(net, now, np.ones(4), 1.0, 0, net.destination[0], 2.0, room_of(4), way)
    assert sent == pytest.approx(1)
    assert way.tolist() == [0, 2, -1, -1]


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.5, 4.0))
def test_ways_are_as_short_as_dijkstra_finds_them(seed: int, units: float) -> None:
    problem = random_case(2 * seed)
    order = np.argsort(problem.tail, kind="stable")
    net, count = net_of(problem, order), problem.num_arcs
    now = Fill(*(np.zeros(count) for _ in range(3)))
    for a in range(count):
        fill(net, now, a, 0.0)
    length = np.full((7, 7), np.inf)
    fixed = problem.fixed_cost / units
    np.minimum.at(length, (problem.tail, problem.head), problem.unit_cost + fixed + 1e-12)
    there = np.isfinite(length)
    graph = csr_array((length[there], np.nonzero(there)), (7, 7))
    # Alone in its facility, many = 1: each arc is charged whole.
    found = shortest(net, now, np.ones(count), 1.0, net.origin[0], net.destination[0], units,
                     room_of(7))  # fmt: skip
    apart = csgraph.dijkstra(graph, indices=problem.origin[0])[problem.destination[0]]
    assert found == pytest.approx(apart, abs=1e-6)


def test_lists_know_who_passes() -> None:
    pieces = Pieces(
        np.array([0, 1, 0]), np.array([1.0, 2.0, 3.0]), np.array([[0, 1], [1, -1], [2, -1]])
    )
    slots = slots_of(pieces, 2, 3, 2)

    def on(a: int) -> list[int]:
        entry, found = int(slots.first[a]), []
        while entry >= 0:
            found.append(entry // 2)
            entry = int(slots.after[entry])
        return sorted(found)

    assert [on(a) for a in range(3)] == [[0], [0, 1], [2]]
    assert slots.count[0] == 2
    unlink(slots, 0)
    assert [on(a) for a in range(3)] == [[], [1], [2]]
    assert slots.count[0] == 3
    assert slots.first_of.tolist() == [2, 1]
    slots.commodity[0] = 0
    link(slots, 0)
    assert [on(a) for a in range(3)] == [[0], [0, 1], [2]]


def test_more_than_any_link_holds_is_split() -> None:
    # 5 units; the links hold 3, 3 and 2 and cost 6, 1 and 1: the cheap two hold it all.
    problem = network_design(
        [("A", "B")] * 3, [("A", "B")], unit_cost=1.0, fixed_cost=[6.0, 1.0, 1.0], quantity=5.0,
        capacity=[3.0, 3.0, 2.0],
    )  # fmt: skip
    whole = build(problem, usable(problem))
    dear = settle(problem, whole, np.array([1, 1, 0]), 5.0)
    assert dear is not None
    assert dear.cost == pytest.approx(12)
    plan = reroute(
        problem, whole, dear, steps=2000, left=lambda: 10.0, halt=threading.Event(),
        tell=lambda _: None, seed=0,
    )  # fmt: skip
    assert plan.cost == pytest.approx(7)


def test_streams_hold_all_goods_of_an_origin() -> None:
    problem, model = two_ways(), LinearModel()
    streams = add_streams(problem, model, np.arange(4), problem.unit_cost)
    assert streams.own.tolist() == [0, 0]
    assert streams.units.tolist() == [4.0]
    assert model.num_columns == 4


def test_a_region_holds_the_other_arcs() -> None:
    problem = two_ways()
    free = np.array([True, True, False, False])
    _, streams, count = state(problem, np.array([0, 0, 1, 1]), free)
    assert (count >= 0).tolist() == free.tolist()
    assert sorted(streams.arc.tolist()) == [0, 1, 2, 3]
    _, streams, _ = state(problem, np.array([1, 1, 0, 0]), free)
    assert sorted(streams.arc.tolist()) == [0, 1]


def test_a_region_shuts_the_second_way() -> None:
    # Both ways open: 20 + 8. One way holds all: 10 + 8.
    problem = two_ways()
    whole = build(problem, usable(problem))
    flow = np.zeros(len(whole.arc))
    flow[(whole.commodity == 0) == (whole.arc < 2)] = 2.0
    both = Plan(flow, np.ones(4, dtype=np.int64), 28.0)
    regions = regions_of(problem, whole)
    better, is_hard = regions.decide(both, np.array([True, True, False, False]), 5.0)
    assert better.cost == pytest.approx(18)
    assert better.facilities.tolist() == [0, 0, 1, 1]
    assert not is_hard
    assert regions.cross(better, both).cost == pytest.approx(18)
    assert regions.cross(better, better) is better


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 10_000))
def test_plans_never_get_worse(seed: int) -> None:
    problem = random_case(seed, 8, ample=32.0)
    whole, plan = begun(problem)
    regions = regions_of(problem, whole)
    for _ in range(4):
        following = regions.step(plan)
        assert following.cost <= plan.cost
        plan = following
    assert check(problem, read(whole, plan.flow, plan.facilities)) == []


def test_all_arcs_together_give_the_best_plan() -> None:
    problem = random_case(3, 8, ample=32.0)
    whole, plan = begun(problem)
    all_arcs = np.ones(problem.num_arcs, dtype=bool)
    best, _ = regions_of(problem, whole).decide(plan, all_arcs, 10.0)
    root = relax(problem, whole, lambda: 10.0, lambda _: True, lambda: plan.cost)
    assert root.bound <= best.cost + 1e-6
    assert pool_of(root, best)[best.facilities > 0].all()
    halt, told = threading.Event(), [math.inf]

    def tell(better: Plan) -> None:
        told.append(min(told[-1], better.cost))
        if better.cost <= best.cost * (1 + 1e-4):
            halt.set()

    found = make_better(
        problem, whole, root, plan, plan, left=lambda: 10.0, seed=0, halt=halt, tell=tell
    )
    assert found.cost <= told[-1] + 1e-9
    assert found.cost == pytest.approx(best.cost, rel=1e-3)
