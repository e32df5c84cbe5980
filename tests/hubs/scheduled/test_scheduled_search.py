"""The compiled search: its own sums, the ways it finds, and the bound beside it."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from bundling.certify import Clock
from bundling.hubs.scheduled import check, evaluate, solve
from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.insert import find_way, put
from bundling.hubs.scheduled.search import Search
from bundling.hubs.scheduled.state import day_of, nothing_moves, room_for
from bundling.instances.bundling_networks import bundling_network
from bundling.result import Status


@pytest.fixture(scope="module")
def network():
    """Three hubs, ten shipments: small enough for HiGHS, large enough to share vehicles."""
    return bundling_network(3, 10, zones=5, seed=2)


def every_way(problem, i):
    """All ways of shipment `i` on empty departures, by looking at every one of them."""
    start = np.concatenate([problem.lane_from, problem.sailing_from])
    end = np.concatenate([problem.lane_to, problem.sailing_to])
    lanes = problem.num_lanes
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    hubs = {int(place): h for h, place in enumerate(problem.hub_location)}
    load = problem.shipment_load[i]
    origin, to = problem.shipment_origin[i], problem.shipment_destination[i]
    middle = [(), *((h,) for h in hubs), *itertools.permutations(hubs, 2)]
    for places in middle[: 1 + len(hubs) + len(hubs) * (len(hubs) - 1)]:
        stops = (origin, *places, to)
        options = [np.flatnonzero((start == a) & (end == b)) for a, b in itertools.pairwise(stops)]
        for moves in itertools.product(*options):
            at, cost, fits = int(problem.shipment_release_slot[i]), 0.0, True
            for m, place in zip(moves, (*places, to), strict=True):
                if m < lanes:
                    at += int(problem.lane_slots[m])
                else:
                    q = m - lanes
                    fits &= bool(at <= problem.sailing_depart_slot[q])
                    at = int(problem.sailing_arrive_slot[q])
                    cost += float(load @ problem.sailing_slot_eur[q])
                cost += float(price[m])
                if place in hubs and place != to:
                    h = hubs[place]
                    at += int(problem.hub_dwell_slots[h])
                    cost += float(load @ problem.hub_handling_eur[h] + problem.hub_fixed_eur[h])
            if fits and at <= problem.shipment_due_slot[i]:
                yield cost


def test_a_way_by_oneself_is_the_cheapest_of_all(network):
    """Nothing is on the move yet, empty trips cost nothing: brute force finds the same."""
    problem = network.replace(vehicle_returns=[False, False])
    day, account = day_of(problem), nothing_moves(problem)
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    for i in range(problem.num_shipments):
        cost = find_way(day, account, price, 0.0, i, room_for(problem))
        assert cost == pytest.approx(min(every_way(problem, i)))


def ways_by_one_hub(problem, day, i):
    """All ways of shipment `i` by no or one hub, as moves and slots."""
    to, moves = problem.shipment_destination[i], np.arange(len(day.start))
    due = problem.shipment_due_slot[i]
    for first in moves[day.start == problem.shipment_origin[i]]:
        h = day.hub_at[day.end[first]]
        onward = [-1] if day.end[first] == to else moves[(day.start == day.end[first]) & (h >= 0)]
        begin = max(day.first[first], problem.shipment_release_slot[i])
        for slot in range(begin, min(day.last[first], due - day.slots[first]) + 1):
            there = slot + day.slots[first]
            for second in onward:
                if second < 0:
                    yield [first, -1], [slot, -1]
                elif day.end[second] == to and day.hub_first[h] <= there <= day.hub_last[h]:
                    begin = max(day.first[second], there + day.hub_dwell[h], day.hub_first[h])
                    until = min(day.last[second], due - day.slots[second], day.hub_last[h])
                    for later in range(begin, until + 1):
                        yield [first, second], [slot, later]


def test_a_way_among_others_is_the_cheapest_of_all(network):
    """All others are on their way: what putting a shipment on each way adds is tried one by one."""
    problem = network.replace(max_hubs=1)
    day, account, work = day_of(problem), nothing_moves(problem), room_for(problem)
    price = np.concatenate([problem.lane_price_eur, problem.sailing_price_eur])
    for i in range(problem.num_shipments):  # at a spread price, so that they meet at hubs
        find_way(day, account, price, 1.0, i, work)
        put(day, account, price, i, work.moves, work.slots, 1)
    assert (account.users > 1).any()
    for i in (0, 1, 2):
        moves, slots = account.moves[i].copy(), account.slots[i].copy()
        put(day, account, price, i, moves, slots, -1)
        least = math.inf
        for way in ways_by_one_hub(problem, day, i):
            way = [np.array(part, dtype=np.int64) for part in way]
            least = min(least, put(day, account, price, i, *way, 1))
            put(day, account, price, i, *way, -1)
        assert find_way(day, account, price, 0.0, i, work) == pytest.approx(least)
        put(day, account, price, i, moves, slots, 1)


def test_what_is_put_on_and_taken_off_leaves_nothing(network):
    day, account = day_of(network), nothing_moves(network)
    price = np.concatenate([network.lane_price_eur, network.sailing_price_eur])
    account.pull[:] = 3.0
    total, ways = 0.0, []
    for i in range(network.num_shipments):
        work = room_for(network)
        find_way(day, account, price, 0.0, i, work)
        total += put(day, account, price, i, work.moves, work.slots, 1)
        ways.append((i, work.moves, work.slots))
    assert total > 0
    for i, moves, slots in reversed(ways):
        total += put(day, account, price, i, moves, slots, -1)
    assert total == pytest.approx(0.0, abs=1e-6)
    for name in ("load", "vehicles", "runs", "handled", "users", "net"):
        assert not getattr(account, name).any(), name


def test_without_a_time_limit_the_search_is_the_same_every_time(network):
    runs = [Search(network, 3).run(Clock(math.inf), lambda _: True) for _ in range(2)]
    assert runs[0].cost_eur == runs[1].cost_eur
    assert np.array_equal(runs[0].solution.move_slot, runs[1].solution.move_slot)
    assert check(network, runs[0].solution) == []
    assert evaluate(network, runs[0].solution).objective == pytest.approx(runs[0].cost_eur)


@pytest.mark.parametrize("hubs_at_zones", [False, True])
def test_the_shared_bound_is_never_above_the_optimum(hubs_at_zones):
    """Also where hubs stand where freight begins, so that a lane has several roles."""
    problem = bundling_network(3, 6, zones=4, seed=2)
    if hubs_at_zones:
        problem = problem.replace(hub_location=[0, 1, 2])
    best = solve(problem, gap=0.0, time_limit=60.0)
    assert best.status is Status.OPTIMAL
    told = []
    bound = shared_bound(problem, lambda: len(told) > 60, told.append)
    assert 0 < bound <= best.objective * (1 + 1e-9)
    assert told == sorted(told)


def test_the_bound_is_all_when_everybody_goes_alone(network):
    """Without hubs each pair of places has its own vehicles: their prices are the whole cost."""
    alone = network.replace(max_hubs=0, vehicle_returns=[False, False])
    best = solve(alone, gap=0.0, time_limit=60.0)
    pairs = set(zip(alone.shipment_origin, alone.shipment_destination, strict=True))
    assert len(pairs) == alone.num_shipments
    assert shared_bound(alone, lambda: False) == pytest.approx(best.objective, rel=1e-3)
