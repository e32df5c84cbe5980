"""Bounds prove no more than is true, whatever prices they are told."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from location_cases import best_by_hand

from bundling.location import facility_location
from bundling.location.facility.capacitated import Capacitated
from bundling.location.sites import branch, tree, warm
from bundling.location.sites.clients import Clients
from bundling.location.sites.lists import sorted_lists
from bundling.location.sites.plain import Plain
from bundling.location.sites.relax import FREE, ascend
from bundling.mip import GrowingLp, LinearModel
from bundling.result import Limit


def plain_case(seed: int) -> tuple[Plain, float]:
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 30, (12, 7)).astype(float)
    fixed = rng.integers(5, 30, 7).astype(float)
    must = np.full(12, np.inf)
    problem = facility_location(cost, fixed)
    return Plain(sorted_lists(cost, must), must, fixed, 1, 7), best_by_hand(problem)


@pytest.mark.parametrize("seed", range(6))
def test_any_prices_give_a_bound(seed: int) -> None:
    plain, best = plain_case(seed)
    rng = np.random.default_rng(seed)
    status, usage = np.full(7, FREE), np.zeros(7)
    prices = rng.random(12) * 60
    bound, _, _ = ascend(
        plain.lists, plain.missed, plain.fixed, status, 1, 7, prices, usage, math.inf, best, 1, 1.0
    )
    assert bound <= best + 1e-9
    status = np.full(7, FREE)
    better, _, _ = ascend(
        plain.lists, plain.missed, plain.fixed, status, 1, 7, prices, usage, math.inf, best,
        300, 1.0,
    )  # fmt: skip
    assert bound <= better <= best + 1e-9
    assert (status == FREE).all()  # nothing can be decided without a cost to beat


@pytest.mark.parametrize("seed", range(6))
def test_what_a_bound_decides_keeps_a_best_plan(seed: int) -> None:
    plain, best = plain_case(seed)
    status, usage = np.full(7, FREE), np.zeros(7)
    prices = plain.first_prices(np.ones(7, dtype=bool))
    ascend(
        plain.lists, plain.missed, plain.fixed, status, 1, 7, prices, usage, best + 1e-6, best,
        300, 1.0,
    )  # fmt: skip
    found = branch.search(
        plain, status, [], gap=0.0, stopped=lambda found: Limit.NONE, left=lambda: 60.0
    )
    assert found.cost == best


def test_prices_beyond_missing_a_client_prove_nothing_more() -> None:
    # One client that may be missed for 2, and a site that serves it for 5: the best is 2.
    clients = Clients(
        np.array([0, 1]), np.array([0], dtype=np.int32), np.array([2.0]), np.array([5.0]), 0, 1
    )
    status, usage, prices = np.full(1, FREE), np.zeros(1), np.array([99.0])
    bound, _, _ = ascend(
        clients.lists, clients.missed, clients.fixed, status, 0, 1, prices, usage, math.inf, 2.0,
        1, 1.0,
    )  # fmt: skip
    assert bound <= 2.0


def test_capacities_ask_for_a_number_of_sites() -> None:
    problem = facility_location(
        np.ones((4, 3)), 10.0, demand=[2.0, 2.0, 2.0, 1.0], capacity=[5.0, 4.0, 3.0]
    )
    assert Capacitated(problem).least == 2  # 5 + 4 hold 7


def test_a_search_that_is_stopped_keeps_its_bound() -> None:
    rng = np.random.default_rng(3)
    cost = np.hypot(*(rng.random((60, 1, 2)) - rng.random((1, 60, 2))).transpose(2, 0, 1))
    must = np.full(60, np.inf)
    plain = Plain(sorted_lists(cost, must), must, np.zeros(60), 7, 7)
    status = np.full(60, FREE)
    start = plain.greedy(status)
    part = branch.search(
        plain, status, [start], gap=0.0, left=lambda: 60.0,
        stopped=lambda found: Limit.ITERATIONS if found.nodes >= 3 else Limit.NONE,
    )  # fmt: skip
    whole = branch.search(
        plain, status, [start], gap=0.0, stopped=lambda found: Limit.NONE, left=lambda: 60.0
    )
    assert whole.limit is Limit.NONE
    assert part.bound <= whole.cost + 1e-9
    assert whole.bound == pytest.approx(whole.cost, rel=1e-6)


def test_the_tree_stops_in_time() -> None:
    rng = np.random.default_rng(5)
    covers = rng.random((3000, 150)) < 0.08
    problem = facility_location(np.where(covers, 0.0, np.inf)[covers.any(axis=1)], 1.0)
    lists = sorted_lists(problem.cost, np.full(problem.num_clients, np.inf))
    clients = Clients(
        lists.start, lists.site, np.full(problem.num_clients, np.inf), problem.fixed_cost, 0, 150
    )
    status = np.full(150, FREE)
    start = clients.greedy(status)
    ends = time.perf_counter() + 1.0
    found = tree.search(
        clients, status, [start], gap=0.0, left=lambda: max(0.0, ends - time.perf_counter()),
        stopped=lambda found: Limit.TIME if time.perf_counter() > ends else Limit.NONE,
    )  # fmt: skip
    assert found.limit is Limit.TIME
    assert 0 < found.bound < found.cost == clients.price(found.is_open)


@pytest.mark.parametrize("kept", [True, False])
def test_compiling_is_told_and_done_once(monkeypatch, *, kept: bool) -> None:
    monkeypatch.setattr(warm, "_DONE", set())
    monkeypatch.setattr(warm, "_is_kept", lambda kernel: kept)
    heard: list[str] = []
    done: list[int] = []
    for _ in range(2):
        warm.warm_up("test", ascend, lambda: done.append(1), lambda e: heard.append(e.message))
    assert heard == ([] if kept else [warm.COMPILING])
    assert done == [1]


def test_a_growing_model_goes_on_from_where_it_stood() -> None:
    model = LinearModel()
    x = model.add_columns("x", 2, upper=4.0, cost=[-1.0, -1.0])
    model.add_rows("sum", 1, (0, x, 1.0), upper=6.0)
    lp = GrowingLp(model)
    answer = lp.solve(10.0)
    assert answer is not None
    assert answer.objective == pytest.approx(-6)
    lp.add_rows(
        np.array([-np.inf]), np.array([1.0]), np.array([0, 1]), np.array([0]), np.array([1.0])
    )
    answer = lp.solve(10.0)
    assert answer is not None
    assert answer.objective == pytest.approx(-5)
    assert answer.values.tolist() == [1.0, 4.0]
    assert answer.row_duals[1] == pytest.approx(-1)
    lp.set_bounds(np.array([1]), np.array([5.0]), np.array([5.0]))
    lp.set_bounds(np.array([0]), np.array([2.0]), np.array([4.0]))
    assert lp.solve(10.0) is None
    assert lp.is_infeasible
    lp.set_bounds(np.array([0, 1]), np.zeros(2), np.array([4.0, 4.0]))
    answer = lp.solve(10.0)
    assert answer is not None
    assert not lp.is_infeasible
    assert answer.objective == pytest.approx(-5)
