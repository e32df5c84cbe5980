"""Bounds of hub location never exceed what any plan costs; capacities with multiple allocation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import on_a_line, public_folder

import bundling
from bundling.io.hub_files import read_ap, read_node_values
from bundling.location import HubLocationProblem, hub_location, p_hub_median
from bundling.location.hubs import single as single_allocation
from bundling.location.hubs.arrays import arrays_of, status_of
from bundling.location.hubs.check import check
from bundling.location.hubs.choice import choose_roomy
from bundling.location.hubs.kernel import ranked
from bundling.location.hubs.message_bound import MessageBound
from bundling.location.hubs.messages import sweep
from bundling.location.hubs.multiple import RoutePrices
from bundling.location.hubs.shared_room import onward, split, toll_bound
from bundling.result import Status


def scattered(
    seed: int, nodes: int, *, plane: bool = True, **options: object
) -> HubLocationProblem:
    """Towns on a plane, or with any distances at all, and flow between half of the pairs."""
    rng = np.random.default_rng(seed)
    place = rng.random((nodes, 2)) * 100
    km = np.hypot(*(place[:, None] - place).transpose(2, 0, 1))
    if not plane:
        km = rng.integers(1, 60, (nodes, nodes)) * (1.0 - np.eye(nodes))
    flow = rng.random((nodes, nodes)) * rng.integers(0, 2, (nodes, nodes))
    costs = rng.uniform(50, 300, nodes)
    return hub_location(flow, km, costs, chi=3.0, alpha=0.6, delta=2.0, **options)


def cheapest(problem: HubLocationProblem, hubs: tuple[int, ...]) -> float:
    """Least cost of single allocation to these hubs, by trying every allocation."""
    nodes = problem.num_nodes
    choices = [(i,) if i in hubs else hubs for i in range(nodes)]
    every = np.array(list(itertools.product(*choices)))
    own = problem.chi * problem.distance * problem.sent[:, None]
    own = own + problem.delta * problem.distance.T * problem.received[:, None]
    between = [(problem.flow * problem.distance[np.ix_(at, at)]).sum() for at in every]
    total = own[np.arange(nodes), every].sum(axis=1) + problem.alpha * np.array(between)
    return float(total.min() + problem.fixed_cost[list(hubs)].sum())


@given(seed=st.integers(0, 10_000), plane=st.booleans())
@settings(max_examples=10, deadline=None)
def test_no_set_of_hubs_goes_below_its_bound(*, seed: int, plane: bool) -> None:
    problem = scattered(seed, 6, plane=plane)
    data, status, stop = arrays_of(problem), status_of(problem), np.zeros(1, dtype=np.bool_)
    routes = RoutePrices(data, 1, 6)
    bounds = [routes.bound(status, data.ceiling, 30, stop)]
    state = MessageBound(data, status, routes.messages(np.arange(6)), np.zeros(6), 0.0)
    prices = routes.node_prices()
    for _ in range(6):
        bounds.append(state.priced(prices, 1, 6, data.ceiling, np.ones(6))[0])
        state.pass_on(prices)
    # Prices of routes lose nothing when they become messages.
    assert bounds[1].bound >= bounds[0].bound - 1e-6 * abs(bounds[0].bound)
    for size in (1, 2, 3):
        for hubs in itertools.combinations(range(6), size):
            cost = cheapest(problem, hubs)
            for linear in bounds:
                assert linear.base + linear.rest[list(hubs)].sum() <= cost * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_labels_passed_over_change_no_message(seed: int) -> None:
    """On a plane no detour is shorter, and most labels undercut nothing."""
    data = arrays_of(scattered(seed, 15))
    assert data.metric
    rng = np.random.default_rng(seed)
    first = -np.abs(rng.normal(0, 30, (15, 15, 15))) * data.flow[:, :, None]
    turned = np.ascontiguousarray(data.transfer.T)
    results = []
    for metric in (True, False):
        messages, paid, node = first.copy(), np.zeros((15, 15)), np.zeros(15)
        for forward in (True, False):
            sweep(
                data.flow, data.back, data.transfer, turned, metric, data.unary, paid,
                np.arange(15), messages, node, forward,
            )  # fmt: skip
        results.append(messages)
    assert np.allclose(results[0], results[1])
    assert not arrays_of(scattered(seed, 15, plane=False)).metric


def test_hubs_or_parts_of_them_have_room_for_all() -> None:
    # The third pays for itself and has room for 1 of 5; of the first 4/5 is needed: -1 + 0.8.
    rest, room, part = np.array([1.0, 2.0, -1.0]), np.array([5.0, 5.0, 1.0]), np.zeros(3)
    status = np.zeros(3, dtype=np.int64)
    assert choose_roomy(rest, status, room, 5.0, 1, 3, part) == pytest.approx(-0.2)
    assert part.tolist() == [0.8, 0.0, 1.0]
    # Two hubs at least cost 0, which is more.
    assert choose_roomy(rest, status, room, 5.0, 2, 3, part) == pytest.approx(0.0)
    assert part.tolist() == [1.0, 0.0, 1.0]
    assert choose_roomy(rest, status, room, 12.0, 1, 3, part) == np.inf


@given(st.lists(st.floats(-5, 5) | st.just(np.inf), max_size=40))
@settings(max_examples=30, deadline=None)
def test_ranks_are_in_order(values: list[float]) -> None:
    array = np.array(values, dtype=float)
    order = ranked(array)
    assert sorted(order.tolist()) == list(range(len(values)))
    assert array[order].tolist() == sorted(values)


def test_what_a_full_hub_cannot_take_goes_first_to_the_other() -> None:
    # Four units from 0 to 10, both hubs. First at 0: 0 + 5 + 0; first at 10: 10 + 0 + 0.
    flow = np.array([[0.0, 4.0], [0.0, 0.0]])
    problem = p_hub_median(flow, on_a_line(0, 10), 2, alpha=0.5, single=False, capacity=[3.0, 9.0])
    result = bundling.solve(problem, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(3 * 5 + 10)
    assert sorted(result.solution.share.tolist()) == pytest.approx([0.25, 0.75])
    free = bundling.solve(problem.replace(capacity=np.array([4.0, 9.0])), gap=0.0)
    assert free.objective == pytest.approx(20)


@given(seed=st.integers(0, 10_000), plane=st.booleans())
@settings(max_examples=8, deadline=None)
def test_tolls_bound_what_the_split_costs(*, seed: int, plane: bool) -> None:
    rng = np.random.default_rng(seed)
    problem = scattered(seed, 8, plane=plane, single=False)
    hubs = np.array([1, 4, 6])
    total = float(problem.sent.sum())
    capacity = np.full(8, 1.0)
    capacity[hubs] = total * (0.05 + rng.dirichlet(np.ones(3)))
    problem = problem.replace(capacity=capacity)
    data = arrays_of(problem)
    plan = split(data, hubs, 30.0, lambda: False)
    assert check(problem, plan) == []
    cost = bundling.evaluate(problem, plan).objective - float(problem.fixed_cost[hubs].sum())
    via, _ = onward(data, hubs)
    tolls, near = np.zeros(3), np.ascontiguousarray(data.collect[:, hubs])
    bound = toll_bound(data.flow, near, via, capacity[hubs], tolls, np.inf, 300)
    assert bound <= cost * (1 + 1e-9)
    assert bound >= 0.97 * cost


@pytest.mark.parametrize("seed", [1, 2])
def test_freedom_never_costs_and_limits_never_pay(seed: int) -> None:
    """Single allocation and capacities can only cost; fixed costs, all proved."""
    found = {}
    for alone, limited in itertools.product((True, False), (True, False)):
        problem = scattered(seed, 15, single=alone)
        if limited:
            total = float(problem.sent.sum())
            problem = problem.replace(capacity=np.full(15, 0.3 * total))
        result = bundling.solve(problem, gap=0.0, time_limit=60)
        assert result.status is Status.OPTIMAL
        found[alone, limited] = result.objective
    slack = 1e-6 * found[False, False]
    assert found[False, False] <= found[True, False] + slack
    assert found[False, True] <= found[True, True] + slack
    assert found[False, False] <= found[False, True] + slack
    assert found[True, False] <= found[True, True] + slack


def test_without_flow_no_hub_is_needed() -> None:
    problem = hub_location(np.zeros((3, 3)), on_a_line(0, 1, 2), [5.0, 4.0, 6.0], single=False)
    result = bundling.solve(problem.replace(least_open=0))
    assert (result.status, result.objective) == (Status.OPTIMAL, 0.0)
    result = bundling.solve(problem.replace(least_open=2, capacity=np.full(3, 1.0)))
    assert result.objective == pytest.approx(9.0)


def test_with_little_memory_the_same_is_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = scattered(5, 12)
    most = bundling.solve(problem, gap=0.0)
    monkeypatch.setattr(single_allocation, "_MOST_MESSAGES", 12 * 12 * 4)
    least = bundling.solve(problem, gap=0.0)
    assert most.status is least.status is Status.OPTIMAL
    assert least.objective == pytest.approx(most.objective)


@pytest.mark.parametrize(
    ("fixed", "capacity", "single", "best"),
    [("L", "T", True, 272218.32), ("T", "T", False, 339965.87)],
)  # fmt: skip
def test_public_post_with_forty_places_is_proved(
    fixed: str, capacity: str, best: float, *, single: bool
) -> None:
    """40LT once went on for ever: a plan cost no more than an earlier bound of its node."""
    home = public_folder("hub_ap")
    data = read_ap(home / "AP_40.txt")
    problem = hub_location(
        data.flow, data.distance, read_node_values(home / f"Fcost{fixed}.40", 40),
        capacity=read_node_values(home / f"Cap{capacity}.40", 40), single=single, chi=data.chi,
        alpha=data.alpha, delta=data.delta,
    )  # fmt: skip
    result = bundling.solve(problem, gap=0.0, time_limit=60)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(best, abs=0.01)
