"""What trucks can do: tours by hand, freight shared out, and the cheapest plans against all."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from echelons_cases import line_echelons, random_echelons
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.rounds.echelons.freight import overloaded, share_freight
from bundling.rounds.echelons.guess import Guess
from bundling.rounds.echelons.plans import (
    cheapest_plan,
    lean,
    make_plan,
    make_tour,
    truck_routes,
    undominated_plans,
)

WEST, EAST = 0, 1
NEVER = {WEST: math.inf, EAST: math.inf}


def test_tours_by_hand() -> None:
    problem = line_echelons(hub_handling_s=[100.0, 50.0], hub_open_s=[0.0, 2000.0])
    tour = make_tour(problem, (WEST, EAST))
    assert tour is not None
    assert tour.ready_s == (700.0, 2050.0)  # at east at 1900, open at 2000
    assert tour.eur == pytest.approx(100 + 60 * 0.2)
    assert make_tour(line_echelons(hub_close_s=[599.0, 9999.0]), (WEST,)) is None
    assert make_tour(line_echelons(depot_close_s=1199.0), (WEST,)) is None
    assert make_plan(line_echelons(depot_close_s=1200.0), [(WEST,), (EAST,)]) is None


def test_plans_that_others_make_needless_are_left_out() -> None:
    # On the line one truck comes to both hubs as early as two would.
    calls = [plan.calls for plan in undominated_plans(line_echelons(), 2)]
    assert calls == [((WEST,),), ((WEST, EAST),)]
    # When handling takes long, east waits for the truck of west.
    slow = line_echelons(hub_handling_s=[600.0, 0.0])
    calls = [plan.calls for plan in undominated_plans(slow, 2)]
    # (EAST,) alone is as dear as (EAST, WEST), which is no later at east and also serves west.
    assert calls == [((WEST,),), ((WEST, EAST),), ((EAST, WEST),), ((WEST,), (EAST,))]


def test_freight_is_split_where_one_truck_is_too_small() -> None:
    problem = line_echelons(truck_capacity_kg=600.0)
    calls = [(WEST,), (WEST, EAST)]
    assert share_freight(problem, calls, {WEST: 700.0, EAST: 500.0}) == [[600.0], [100.0, 500.0]]
    assert share_freight(problem, calls, {WEST: 700.0, EAST: 501.0}) is None
    assert share_freight(problem, calls, {WEST: 500.0, EAST: 700.0}) is None
    # Freight for west moves from the second truck to the first to make room for east.
    swapped = share_freight(problem, [(WEST, EAST), (WEST,)], {WEST: 600.0, EAST: 600.0})
    assert swapped == [[0.0, 600.0], [600.0]]
    plan = make_plan(problem, [(WEST, EAST), (WEST,)])
    assert plan is not None
    light = lean(problem, plan, {WEST: 600.0, EAST: 600.0})
    assert light is not None  # no truck calls where it leaves nothing
    routes = truck_routes(problem, light, {WEST: 600.0, EAST: 600.0})
    assert routes is not None
    assert [[(d.hub, d.kg) for d in route.drops] for route in routes] == [
        [("west", 600.0)],
        [("east", 600.0)],
    ]


def test_the_hubs_that_get_too_much_are_named() -> None:
    problem = line_echelons(truck_capacity_kg=600.0)
    one = overloaded(problem, [(WEST,), (EAST,)], {WEST: 700.0, EAST: 500.0})
    assert one == ((WEST,), 100.0)
    both = overloaded(problem, [(WEST, EAST)], {WEST: 400.0, EAST: 500.0})
    assert both == ((WEST, EAST), 300.0)


def test_the_cheapest_plan_by_hand() -> None:
    problem = line_echelons()
    plan = cheapest_plan(problem, {WEST: 400.0, EAST: 600.0}, NEVER)
    assert plan is not None
    assert plan.eur == pytest.approx(112.0)
    # East by 1800 s and west by 600 s: that order only.
    plan = cheapest_plan(problem, {WEST: 400.0, EAST: 600.0}, {WEST: 600.0, EAST: 1800.0})
    assert plan is not None
    assert plan.calls == ((WEST, EAST),)
    assert cheapest_plan(problem, {WEST: 400.0}, {WEST: 599.0}) is None
    # 1300 kg take two trucks, and each hub one of them at least.
    plan = cheapest_plan(problem, {WEST: 400.0, EAST: 900.0}, NEVER)
    assert plan is not None
    assert plan.calls == ((WEST,), (EAST,))
    assert cheapest_plan(problem, {WEST: 1200.0, EAST: 900.0}, NEVER) is None
    plan = cheapest_plan(problem, {WEST: 1900.0}, NEVER)
    assert plan is not None
    assert plan.calls == ((WEST,), (WEST,))


@settings(deadline=None, max_examples=60)
@given(
    st.integers(0, 10_000),
    st.lists(st.integers(0, 9), min_size=3, max_size=3),
    st.lists(st.integers(10, 100), min_size=3, max_size=3),
)
def test_the_cheapest_plan_against_all(seed: int, kg: list[int], minutes: list[int]) -> None:
    problem = random_echelons(seed, hubs=3, truck_capacity_kg=8.0)
    loads = {h: float(w) for h, w in enumerate(kg) if w}
    latest = {h: 60.0 * minutes[h] for h in loads}
    ways = [w for n in (1, 2, 3) for w in itertools.permutations(loads, n)]
    best = 0.0 if not loads else math.inf
    for number in (1, 2):
        for calls in itertools.combinations_with_replacement(ways, number):
            plan = make_plan(problem, calls)
            assert plan is not None
            if set(plan.hubs) != set(loads) or plan.eur >= best:
                continue
            in_time = all(at <= latest[h] + 1e-9 for h, at in plan.ready_s.items())
            if in_time and _fits(calls, loads):
                best = plan.eur
    if not loads:
        return
    found = cheapest_plan(problem, loads, latest)
    assert (math.inf if found is None else found.eur) == pytest.approx(best)


def _fits(calls: tuple[tuple[int, ...], ...], loads: dict[int, float]) -> bool:
    """Hall's condition: any group of hubs fits in the trucks that go to one of them."""
    groups = [g for n in range(1, len(loads) + 1) for g in itertools.combinations(loads, n)]
    return all(
        sum(loads[h] for h in group) <= 8.0 * sum(bool(set(group) & set(hubs)) for hubs in calls)
        for group in groups
    )


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_shared_freight_is_all_of_it(data: Any) -> None:
    problem = line_echelons(truck_capacity_kg=8.0)
    trucks = data.draw(st.integers(1, 3))
    some = st.sets(st.sampled_from([0, 1, 2]), min_size=1).map(lambda s: tuple(sorted(s)))
    calls = tuple(data.draw(some) for _ in range(trucks))
    loads = {h: float(data.draw(st.integers(1, 12))) for h in range(3)}
    shared = share_freight(problem, calls, loads)
    assert (shared is not None) == _fits(calls, loads)
    if shared is not None:
        assert all(sum(row) <= 8.0 + 1e-6 and min(row) >= -1e-9 for row in shared)
        for h, kg in loads.items():
            given_kg = [
                row[hubs.index(h)] for hubs, row in zip(calls, shared, strict=True) if h in hubs
            ]
            assert sum(given_kg) == pytest.approx(kg)


def test_guesses_prefer_near_hubs_and_see_what_is_too_late() -> None:
    problem = line_echelons()
    guess = Guess(problem, stops_a_round=1.0)
    assert guess.best()[0].calls == ((WEST, EAST),)
    # A van leaves east by 1740 s to be at far in time, and no truck is there before 1800 s.
    late = line_echelons({"tw_late_s": [86_400.0, 1860.0]})
    assert [plan.calls for plan in Guess(late, 1.0).best() if WEST not in plan.hubs] == []
    hopeless = line_echelons({"tw_late_s": [100.0, 100.0]})
    assert Guess(hopeless, 1.0).best() == []
    assert np.isfinite(guess.of(((WEST,),))[0])
