"""Several trips a day with charging: by hand, against brute force, laws, and what is shared."""

from __future__ import annotations

import math
from itertools import combinations, pairwise, permutations
from typing import Any

import numpy as np
import pytest
from rounds_cases import charging_problem, city_problem

from bundling.result import Result, Status
from bundling.rounds import Charge, RoundsProblem, check, evaluate, route_figures
from bundling.rounds.enumeration import _cuts
from bundling.rounds.solve import solve
from bundling.rounds.trip_chains import bundle, chains
from bundling.rounds.trip_days import day_of
from bundling.rounds.trip_profile import Trip, profile
from bundling.rounds.trip_search import _OF_ENTRY

EIGHT = 8 * 3600.0


def at_depot(**changes: Any) -> RoundsProblem:
    """Build the line with vans too small for both stops and a station at the depot.

    The battery gives 10 kWh at 5 min a kWh. Near is 20 km, 30 min, 4.4 kWh; far is 40 km, 50 min,
    9.2 kWh.
    """
    x = np.array([0.0, 10_000.0, 20_000.0, 0.0])
    distance = np.abs(x[:, None] - x[None, :])
    fields: dict[str, Any] = {
        "distance_m": distance, "time_s": distance * 0.06, "station_x_m": [0.0],
        "capacity_kg": [600.0], "usable_kwh": [10.0], "curve_kwh": [[0.0, 10.0]],
        "curve_s": [[0.0, 3000.0]], "max_trips": [2], "reload_s": [900.0], "count": [1],
    }  # fmt: skip
    return charging_problem(**(fields | changes))


def electric_city(stops: int, *, seed: int, kwh: float = 6.0, **changes: Any) -> RoundsProblem:
    """Build a city of small e-vans whose depot has a station."""
    base = city_problem(stops, seed=seed, fleet=("evan",), zone_share=0.0)
    order = [*range(stops + 1), 0]
    fields: dict[str, Any] = {
        "distance_m": base.distance_m[np.ix_(order, order)],
        "time_s": base.time_s[np.ix_(order, order)],
        "station_ids": ("plug",), "station_x_m": base.depot_x_m, "station_y_m": base.depot_y_m,
        "station_eur_per_kwh": np.full((1, 24), 0.4), "curve_of": [[0]],
        "curve_kwh": [[0.0, kwh]], "curve_s": [[0.0, 1800.0]], "usable_kwh": [kwh],
        "capacity_kg": [250.0], "max_trips": [3], "reload_s": [600.0], "count": [stops],
        "levied_m": None,
    }  # fmt: skip
    return base.replace(**(fields | changes))


def solved(problem: RoundsProblem, iterations: int = 30) -> Result:
    result = solve(problem, max_iterations=iterations, time_limit=120)
    assert result.solution is not None, result.reasons
    assert check(problem, result.solution) == []
    return result


# -- by hand ---------------------------------------------------------------------------------------


def test_the_battery_is_charged_between_two_trips() -> None:
    # 13.6 kWh in all, so 3.6 between the trips: 18 min. 20 + 10, 15 + 18, 40 + 10: 113 min.
    # 100 + 60 x .5 + 113/60 x 36 + 10 x .3 + 3.6 x .5 (before nine) = 202.6.
    result = solved(at_depot())
    assert result.objective == pytest.approx(202.6)
    (route,) = result.solution.routes
    assert len(route.trips) == 2
    (charge,) = route.charges
    assert (charge.before, charge.kwh) == (1, pytest.approx(3.6))
    assert result.status is Status.FEASIBLE


def test_full_charges_between_trips() -> None:
    # Near first: 4.4 kWh are charged, 22 min. Far first would be 9.2 kWh.
    result = solved(at_depot(recharge="full"))
    (route,) = result.solution.routes
    assert route.stops == ("near", "far")
    assert [charge.kwh for charge in route.charges] == pytest.approx([4.4])
    assert result.objective == pytest.approx(100 + 30 + 117 / 60 * 36 + 9.2 * 0.3 + 4.4 * 0.5)


def test_one_vehicle_does_with_two_trips_what_it_cannot_with_one() -> None:
    assert solve(at_depot(max_trips=[1]), max_iterations=20).solution is None
    assert len(solved(at_depot()).solution.routes) == 1
    two = solved(at_depot(count=[2], fixed_eur=[5.0]))  # a second van is cheaper than the time
    assert len(two.solution.routes) == 2


def test_trips_that_cannot_follow_each_other_are_told() -> None:
    result = solve(at_depot(tw_late_s=[EIGHT, EIGHT]), max_iterations=20)
    assert result.status is Status.UNKNOWN
    assert "one after the other" in result.reasons[-1]


def test_release_of_the_second_trip() -> None:
    # Far is there at 08:50: loading 08:50 to 09:05, charging by nine o'clock's price, 09:23 out.
    result = solved(at_depot(release_s=[0.0, EIGHT + 3000.0]))
    (route,) = result.solution.routes
    assert route.stops == ("near", "far")
    (reload,) = route_figures(result.problem, route).reloads
    assert reload.end_s >= EIGHT + 3900.0 - 1e-6


def test_a_charge_after_the_last_stop_ends_a_day() -> None:
    # The post is at 15 km, on the way home from far.
    problem = charging_problem(usable_kwh=[9.0], curve_kwh=[[0.0, 9.0]], capacity_kg=[600.0],
                               max_trips=[2], reload_s=[900.0])  # fmt: skip
    far, near = Trip(0, (1,), (Charge(1, "post", 2.0),)), Trip(0, (0,))
    assert day_of(problem, [far]) is not None
    assert day_of(problem, [far, near]) is None
    assert day_of(problem, [near, far]) is not None


def test_stops_may_stay_behind_for_a_second_trip_too_dear() -> None:
    result = solved(at_depot(prize_eur=[3.0, math.inf]))
    assert [route.stops for route in result.solution.routes] == [("far",)]
    assert evaluate(result.problem, result.solution).costs_eur["unserved"] == 3.0


# -- parts -----------------------------------------------------------------------------------------


def test_the_profile_of_a_trip() -> None:
    problem = at_depot()
    found = profile(problem, Trip(0, (0,)))
    # Near opens at 08:00 and closes at noon; 10 min there, 10 min service, 10 min back.
    assert found.back_s == EIGHT + 1200.0
    assert found.busy_s == 1800.0
    assert found.latest_s == 12 * 3600.0 - 600.0
    assert (found.need_kwh, found.drop_kwh) == (pytest.approx(4.4), pytest.approx(4.4))
    assert found.metres == 20_000.0
    assert profile(problem.replace(depot_open_s=[13 * 3600.0]), Trip(0, (0,))) is None


def test_chains_cost_what_their_days_do() -> None:
    problem = electric_city(6, seed=2, depot_open_s=[6 * 3600.0])
    singles = [Trip(0, (s,)) for s in range(6)]
    pairs = [Trip(0, pair) for pair in permutations(range(6), 2)]
    trips = bundle(problem, 0, [*singles, *pairs], {})
    looked = 0
    for reduced, index in chains(trips, np.zeros(6), 0.0, 40):
        day = day_of(problem, [trips.trips[j] for j in index])
        if day is not None:
            looked += 1
            assert day.eur == pytest.approx(reduced, rel=1e-6)
    assert looked > 50


# -- laws ------------------------------------------------------------------------------------------


def brute_force(problem: RoundsProblem) -> float:
    """Least cost over all days of trips that charge between trips only."""
    n = problem.num_stops
    cheapest: dict[frozenset[int], float] = {}
    for size in range(1, n + 1):
        for subset in combinations(range(n), size):
            best = math.inf
            for order in permutations(subset):
                for cuts in _cuts(size, int(problem.max_trips[0])):
                    ends = (0, *cuts, size)
                    trips = [Trip(0, order[a:b]) for a, b in pairwise(ends)]
                    day = day_of(problem, trips)
                    if day is not None:
                        best = min(best, day.eur)
            cheapest[frozenset(subset)] = best

    def least(left: frozenset[int], vehicles: int) -> float:
        if not left:
            return 0.0
        if not vehicles:
            return math.inf
        first = min(left)
        return min(
            cheapest[mine] + least(left - mine, vehicles - 1)
            for mine in cheapest
            if first in mine and mine <= left
        )

    return least(frozenset(range(n)), int(problem.count[0]))


@pytest.mark.parametrize("seed", range(4))
def test_not_dearer_than_brute_force(seed: int) -> None:
    problem = electric_city(4, seed=seed, kwh=5.0, count=[2], capacity_kg=[150.0])
    heavy = np.maximum(problem.delivery_kg, problem.pickup_kg).max()
    problem = problem.replace(capacity_kg=[max(150.0, heavy)])
    least = brute_force(problem)
    result = solve(problem, max_iterations=60, time_limit=120)
    if math.isfinite(least):
        assert check(problem, result.solution) == []
        assert result.objective <= least + 1e-6


def test_more_trips_never_cost_more() -> None:
    costs = [solved(electric_city(9, seed=5, max_trips=[most])).objective for most in (1, 2, 3)]
    assert costs[0] >= costs[1] - 1e-6
    assert costs[1] >= costs[2] - 1e-6
    assert costs[2] < costs[0] - 1.0


def test_the_same_seed_gives_the_same_answer() -> None:
    one, two = (solved(electric_city(9, seed=1), 30) for _ in range(2))
    assert one.objective == two.objective
    assert one.solution.routes == two.solution.routes


# -- together with what rounds share ---------------------------------------------------------------


def test_trips_with_docks_plugs_and_power() -> None:
    problem = electric_city(
        8, seed=3, kwh=9.0, docks=[1], loading_s=[300.0], connectors=[1], charge_kw=[11.0],
        depot_kw=np.full((1, 96), 15.0), station_depot=[0], eur_per_h=[40.0],
    )  # fmt: skip
    result = solved(problem, 40)
    assert result.solution.depot_charging
    assert (
        result.objective
        >= solved(electric_city(8, seed=3, kwh=9.0, eur_per_h=[40.0]), 40).objective - 1e-6
    )


def test_two_kinds_of_vehicles_and_a_start_charge() -> None:
    base = electric_city(8, seed=6)
    # One entry becomes two.
    twice = {name: np.repeat(getattr(base, name), 2, axis=0) for name in _OF_ENTRY[1:]}
    twice |= {
        "vehicle_ids": ("small", "large"), "vehicle_types": ("small", "large"),
        "capacity_kg": [150.0, 400.0], "fixed_eur": [30.0, 60.0], "max_trips": [3, 1],
        "start_kwh": [4.0, 6.0],
    }  # fmt: skip
    problem = base.replace(**twice)
    result = solved(problem)
    for route in result.solution.routes:
        assert len(route.trips) <= (3 if route.vehicle == "small" else 1)
