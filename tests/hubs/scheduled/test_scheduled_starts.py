"""First plans: the best of several choices of hubs is left, and nothing of the others."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bundling.certify import Clock
from bundling.hubs.scheduled import evaluate, search
from bundling.hubs.scheduled.search import Search
from bundling.hubs.scheduled.starts import start
from bundling.hubs.scheduled.state import day_of, nothing_moves, room_for
from bundling.instances.bundling_networks import bundling_network


@pytest.fixture(scope="module")
def network():
    """Six hubs within reach of everybody, where two or three would do."""
    return bundling_network(6, 60, zones=12, seed=4)


def first(problem, trials):
    """Start with so many trials; return the account, and costs of all plans that were tried."""
    account, costs, asked = nothing_moves(problem), [], iter(range(10**9))
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    of_plan = Search(problem, 0)

    def cost():
        costs.append(of_plan._cost(account, price))
        return costs[-1]

    without = start(
        day_of(problem), account, price, room_for(problem), np.random.default_rng(1),
        lambda: next(asked) < 31 * trials, cost,
    )  # fmt: skip
    assert not without.size
    return account, costs, of_plan._cost(account, price)


def test_the_cheapest_start_is_left(network):
    account, costs, left = first(network, trials=8)
    assert left == pytest.approx(min(costs))
    assert not account.blocked.any()
    assert (account.moves[:, 0] >= 0).all()
    _, _, alone = first(network, trials=1)
    assert left <= alone + 1e-9


def test_shipments_without_a_way_are_told(network):
    late = network.shipment_due_slot.copy()
    late[3] = network.shipment_release_slot[3]
    problem = network.replace(shipment_due_slot=late)
    found = Search(problem, 1).run(Clock(math.inf), lambda _: True)
    assert found.solution is None
    assert found.without_way.tolist() == [3]


def test_time_that_is_left_is_for_another_search(network, monkeypatch):
    monkeypatch.setattr(search, "_ENOUGH_PER_SHIPMENT", 10)
    Search(network, 1).run(Clock(math.inf), lambda _: False)  # compiled before the clock runs
    found = Search(network, 1).run(Clock(3.0), lambda _: True)
    assert found.steps > 10 * network.num_shipments
    assert evaluate(network, found.solution).objective == pytest.approx(found.cost_eur)


def test_new_departures_keep_to_the_beat(network):
    """Alone, and later than it could, on a beat; at once where the beat would come too late."""
    from bundling.hubs.scheduled.insert import find_way

    problem = network.replace(max_hubs=0)
    day, account, work = day_of(problem), nothing_moves(problem), room_for(problem)
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    for i in range(problem.num_shipments):
        work.beat[:] = (4, 3)
        find_way(day, account, price, 0.0, i, work)
        move, slot = int(work.moves[0]), int(work.slots[0])
        begin = max(int(day.first[move]), int(day.release[i]))
        until = min(int(day.last[move]), int(day.due[i] - day.slots[move]))
        on_beat = begin + (3 - begin) % 4
        assert slot == (on_beat if on_beat <= until else begin)
