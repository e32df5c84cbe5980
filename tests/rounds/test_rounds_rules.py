"""Windows, periods, pairs and breaks through `solve`: by hand, all orders, at a city's size.

The searches stop after a number of iterations, so that answers do not depend on the machine.
"""

from __future__ import annotations

import math
from itertools import combinations, permutations

import numpy as np
import pytest
from rounds_cases import charging_problem, city_problem, line_problem

from bundling.result import Status
from bundling.rounds import RoundsProblem, Route, all_figures, check, route_figures
from bundling.rounds.check import route_violations
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import new_state, new_work
from bundling.rounds.electric.build import build
from bundling.rounds.electric.plan import route_of
from bundling.rounds.schedule import best_timed
from bundling.rounds.solve import solve

HOUR, MINUTE = 3600.0, 60.0
BREAKS = "eu561+atw"


def solved(problem: RoundsProblem, iterations: int = 60, seed: int = 1):
    """Solve, and see that the answer keeps every rule."""
    result = solve(problem, time_limit=600, seed=seed, max_iterations=iterations)
    assert result.status is Status.FEASIBLE
    assert check(problem, result.solution) == []
    return result


# -- by hand -------------------------------------------------------------------------------------


def test_the_best_of_several_windows_is_chosen() -> None:
    # Far is open 10:00 to 10:30, near 8:00 to 9:00 and 11:00 to 12:00. Near at 9:00 and far at
    # 10:00 takes 100 min; far at 10:30, near at 11:00 after a wait of 10 min takes 70 min:
    # 100 + 40 km x 0.50 + 70 min x 0.60 + (20 x 0.3 + 10 x 0.24 + 10 x 0.2) kWh x 0.30 EUR.
    problem = line_problem(
        tw_early_s=[8 * HOUR, 10 * HOUR],
        tw_late_s=[9 * HOUR, 10.5 * HOUR],
        other_tw_early_s=[[11 * HOUR], [np.nan]],
        other_tw_late_s=[[12 * HOUR], [np.nan]],
    )
    result = solved(problem)
    assert [route.stops for route in result.solution.routes] == [("far", "near")]
    assert result.solution.routes[0].departure_s == pytest.approx(10 * HOUR + 10 * MINUTE)
    assert result.objective == pytest.approx(100 + 20 + 42 + 10.4 * 0.3)


def test_a_charge_may_make_a_vehicle_wait_for_the_next_window() -> None:
    # The vehicle leaves at 8:00, passes near at 8:10 and comes to the station at 8:25 with 2.1 kWh.
    # Far closes at 8:40 and opens again at 9:30: what it charges it does while it waits.
    problem = charging_problem(
        depot_open_s=[8 * HOUR],
        depot_close_s=[10 * HOUR],
        tw_early_s=[8 * HOUR, 8 * HOUR],
        tw_late_s=[8 * HOUR + 10 * MINUTE, 8 * HOUR + 29 * MINUTE],
        other_tw_early_s=[[np.nan], [9.5 * HOUR]],
        other_tw_late_s=[[np.nan], [9.6 * HOUR]],
        count=[1],
    )
    result = solved(problem)
    (route,) = result.solution.routes
    assert route.stops == ("near", "far")
    (figures,) = all_figures(problem, result.solution)
    assert figures.visits[1].start_s == pytest.approx(9.5 * HOUR)
    assert figures.return_s == pytest.approx(10 * HOUR)


def test_the_rush_is_avoided_where_that_may_be() -> None:
    # At half speed from 8:00 to 9:00: out at 9:00 the round takes 60 min.
    periods = {"period_start_s": [0.0, 8 * HOUR, 9 * HOUR], "period_speed": [1.0, 0.5, 1.0]}
    result = solved(line_problem(**periods))
    assert result.solution.routes[0].departure_s == pytest.approx(9 * HOUR)
    assert result.objective == pytest.approx(100 + 20 + 36 + 9.6 * 0.3)
    # Near at 8:00 sharp: far at 8:30, and home at 9:10, 80 min.
    tight = line_problem(**periods, tw_late_s=[8 * HOUR, 12 * HOUR])
    result = solved(tight)
    assert result.objective == pytest.approx(100 + 20 + 48 + 9.6 * 0.3)


def test_a_faster_hour_can_be_what_makes_a_round_possible() -> None:
    # 40 min of driving and 20 of service; at double speed until 9:00 both stops are in time.
    changes = {"tw_early_s": [0.0, 0.0], "tw_late_s": [9 * HOUR] * 2, "shift_s": [40 * MINUTE]}
    fast = {"period_start_s": [0.0, 9 * HOUR], "period_speed": [2.0, 1.0]}
    result = solved(line_problem(**changes, **fast))
    assert len(result.solution.routes) == 1
    assert result.objective == pytest.approx(100 + 20 + 24 + 9.6 * 0.3)


def test_a_pair_is_served_pickup_first() -> None:
    # 500 kg go from far to near: far comes first, although near first is cheaper without the pair.
    pair = {
        "pair_of": [1, -1],
        "delivery_kg": [500.0, 600.0],
        "delivery_m3": [2.0, 3.0],
        "pickup_kg": [0.0, 500.0],
        "pickup_m3": [0.0, 2.0],
    }
    problem = line_problem(**pair)
    result = solved(problem)
    assert [route.stops for route in result.solution.routes] == [("far", "near")]
    kwh = 20 * 0.26 + 10 * 0.25 + 10 * 0.2
    assert result.objective == pytest.approx(100 + 20 + 36 + kwh * 0.3)
    # A pair that is not worth its round is left out whole.
    both = solved(line_problem(**pair, prize_eur=[30.0, 20.0]))
    assert both.objective == pytest.approx(50.0)
    assert solved(line_problem(**pair, prize_eur=[100.0, 90.0])).objective == pytest.approx(
        100 + 20 + 36 + kwh * 0.3
    )


def test_a_pair_without_room_on_the_way_is_not_planned() -> None:
    # Far gets 600 kg from the depot, near hands 500 kg to far: on board together from near on.
    pair = {
        "pair_of": [-1, 0],
        "delivery_kg": [400.0, 500.0],
        "delivery_m3": [0.0, 0.0],
        "pickup_kg": [500.0, 0.0],
        "capacity_kg": [499.0],
    }
    result = solve(line_problem(**pair), time_limit=600, max_iterations=20)
    assert result.solution is None


def test_stops_that_hand_on_what_they_get_stay_in_one_round() -> None:
    # a brings to b, b to c: a unit of three, in that order, by the only vehicle.
    x = 10_000.0 * np.array([0, 3, 2, 1])
    distance = np.abs(x[:, None] - x[None, :])
    problem = line_problem(
        stop_ids=("c", "b", "a"),
        stop_x_m=x[1:],
        stop_y_m=[0.0] * 3,
        stop_depot=[0] * 3,
        tw_early_s=[8 * HOUR] * 3,
        tw_late_s=[12 * HOUR] * 3,
        service_s=[600.0] * 3,
        pair_of=[1, 2, -1],
        delivery_kg=[700.0, 800.0, 0.0],
        pickup_kg=[0.0, 700.0, 800.0],
        delivery_m3=[0.0] * 3,
        pickup_m3=[0.0] * 3,
        count=[3],
        distance_m=distance,
        time_s=distance * 0.06,
    )
    result = solved(problem)
    assert [route.stops for route in result.solution.routes] == [("a", "b", "c")]


def long_line(pose=line_problem, **changes) -> RoundsProblem:
    """The line at an eighth of the speed: 160 min to far and 160 min back."""
    problem = pose(**changes)
    return problem.replace(time_s=8.0 * problem.time_s, break_rule=[BREAKS])


def test_a_break_is_planned_when_the_drive_is_long() -> None:
    # 320 min of driving ask for 45 min of rest, a break or a wait: 320 + 20 + 45 min.
    result = solved(long_line())
    (figures,) = all_figures(result.problem, result.solution)
    assert figures.break_h + figures.waiting_h == pytest.approx(0.75)
    assert result.objective == pytest.approx(100 + 20 + 385 * 0.6 + 9.6 * 0.3)


def test_time_at_a_charger_counts_as_a_break() -> None:
    # 9.6 kWh from a battery of 6: 18 min at the charger, and 27 more make a break of 45.
    result = solved(long_line(charging_problem, station_eur_per_kwh=[[0.5] * 24]))
    (figures,) = all_figures(result.problem, result.solution)
    assert figures.charged_kwh == pytest.approx(3.6)
    assert figures.charging_h + figures.break_h == pytest.approx(0.75)
    assert result.objective == pytest.approx(100 + 20 + 385 * 0.6 + 6 * 0.3 + 3.6 * 0.5)


def test_a_round_for_which_no_break_fits_is_split() -> None:
    # In one shift of 6 h 20 min both stops and a break do not fit; far alone does.
    problem = long_line(shift_s=[380 * MINUTE])
    result = solved(problem)
    assert sorted(route.stops for route in result.solution.routes) == [("far",), ("near",)]


# -- against all orders --------------------------------------------------------------------------


def random_problem(seed: int, stops: int, rules: tuple[str, ...]) -> RoundsProblem:
    """A small city with some of the rules, which bind more often than not."""
    rng = np.random.default_rng([seed, stops, len(rules)])
    problem = city_problem(stops, seed=seed, fleet=("evan", "dvan"), count=stops, zone_share=0)
    changes: dict[str, object] = {}
    if "windows" in rules:
        half = 0.5 * HOUR
        first = half * rng.integers(14, 19, stops)
        closes = first + half * rng.integers(1, 3, stops)
        again = closes + half * rng.integers(1, 7, stops)
        two = rng.random(stops) < 0.7
        changes |= {
            "tw_early_s": first,
            "tw_late_s": closes,
            "other_tw_early_s": np.where(two, again, np.nan)[:, None],
            "other_tw_late_s": np.where(two, again + half, np.nan)[:, None],
        }
    if "periods" in rules:
        changes["period_start_s"] = [0.0, 7 * HOUR, 9 * HOUR, 16 * HOUR]
        changes["period_speed"] = rng.choice([0.5, 0.8, 1.0, 1.3], 4)
    if "pairs" in rules:
        pair_of = np.full(stops, -1)
        pair_of[[1, 3]] = 0, 2
        amounts = np.round(rng.uniform(100, 600, stops))
        for kind, scale in (("kg", 1.0), ("m3", 0.01)):
            brought, taken = np.zeros(stops), np.zeros(stops)
            brought[[1, 3]] = taken[[0, 2]] = scale * amounts[[1, 3]]
            others = pair_of == -1
            others[[0, 2]] = False
            delivery, pickup = (
                getattr(problem, f"delivery_{kind}"),
                getattr(problem, f"pickup_{kind}"),
            )
            changes[f"delivery_{kind}"] = np.where(others, delivery, brought)
            changes[f"pickup_{kind}"] = np.where(others, pickup, taken)
        changes["pair_of"] = pair_of
        changes["count"] = np.array([2, 2])
    if "breaks" in rules:
        changes["time_s"] = problem.time_s * float(rng.choice([4, 7]))
        changes["break_rule"] = [BREAKS] * 2
        changes["shift_s"] = [15 * HOUR] * 2
        if "windows" not in rules:
            changes["tw_early_s"] = np.where(rng.random(stops) < 0.5, 7 * HOUR, 10 * HOUR)
            changes["tw_late_s"] = np.full(stops, 20 * HOUR)
    changes["stop_depot"] = np.zeros(stops)
    return problem.replace(**changes)


def cheapest_eur(problem: RoundsProblem) -> float:
    """Cost of the best of all plans whose rounds have one trip and no charge."""
    every = range(problem.num_stops)
    mate = {int(p): s for s, p in enumerate(problem.pair_of) if p >= 0}
    cost: dict[frozenset[int], float] = {}
    for size in range(1, problem.num_stops + 1):
        for chosen in combinations(every, size):
            if any((p in chosen) != (s in chosen) for p, s in mate.items()):
                continue
            best = math.inf
            for order in permutations(chosen):
                if any(order.index(p) > order.index(s) for p, s in mate.items() if p in order):
                    continue
                for vehicle in problem.vehicle_ids:
                    names = tuple(problem.stop_ids[s] for s in order)
                    route = best_timed(problem, Route(vehicle, names, 0.0))
                    figures = route_figures(problem, route)
                    if next(route_violations(problem, route, figures), None) is None:
                        best = min(best, figures.cost_eur)
            cost[frozenset(chosen)] = best

    def rest(left: frozenset[int]) -> float:
        if not left:
            return 0.0
        head = min(left)
        return min(
            (
                eur + rest(left - chosen)
                for chosen, eur in cost.items()
                if head in chosen and chosen <= left
            ),
            default=math.inf,
        )

    return rest(frozenset(every))


@pytest.mark.parametrize(
    ("rules", "stops", "seeds"),
    [
        (("windows",), 4, range(4)),
        (("periods",), 4, range(4)),
        (("pairs",), 5, range(4)),
        (("breaks",), 3, range(2)),
        (("windows", "periods", "pairs"), 4, range(4)),
        (("windows", "breaks"), 3, range(2)),
        (("periods", "breaks"), 3, range(1)),
    ],
)
def test_the_search_finds_the_best_of_all_plans(rules, stops, seeds) -> None:
    for seed in seeds:
        problem = random_problem(seed, stops, rules)
        best_eur = cheapest_eur(problem)
        result = solve(problem, time_limit=600, seed=seed, max_iterations=80)
        if math.isinf(best_eur):
            assert result.solution is None
            continue
        assert check(problem, result.solution) == []
        assert result.objective == pytest.approx(best_eur, rel=1e-5)


# -- what the kernels count ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "rules", [("windows",), ("periods",), ("breaks",), ("windows", "periods"), ("pairs", "breaks")]
)
def test_a_route_costs_what_the_reference_says(rules) -> None:
    priced = 0
    for seed in range(5):
        problem = charging_city(5, seed, rules)
        data = build(problem, stations_a_gap=8, chains=False)
        state, work = new_state(data, 1, 32), new_work(data, 32)
        rng = np.random.default_rng(seed)
        for _ in range(4):
            order = rng.permutation(5)
            row = np.r_[0, 5, order][None, :].astype(np.int64)
            if read_routes(data, state, work, row):
                kernel_eur = float(state.eur[0])
                route = route_of(problem, data, state, work, 0)
                figures = route_figures(problem, route)
                broken = [v.rule for v in route_violations(problem, route, figures)]
                assert all("capacity" in rule for rule in broken)  # loads are looked at before
                assert figures.cost_eur <= kernel_eur + 1e-6
                assert figures.cost_eur == pytest.approx(kernel_eur, rel=0.02)
                priced += 1
    assert priced >= 3


@pytest.mark.parametrize("rules", [("windows",), ("pairs",), ("breaks",)])
def test_rules_hold_in_days_of_several_trips(rules) -> None:
    problem = random_problem(3, 5, rules).replace(
        max_trips=[2, 2], reload_s=[600.0, 600.0], count=[2, 2], prize_eur=np.full(5, 300.0)
    )
    result = solve(problem, time_limit=600, seed=1, max_iterations=10)
    assert check(problem, result.solution) == []
    once = solve(problem.replace(max_trips=None), time_limit=600, seed=1, max_iterations=10)
    assert result.objective <= once.objective + 1e-6


def test_rules_hold_where_vehicles_share_a_dock() -> None:
    problem = random_problem(2, 5, ("windows", "periods")).replace(
        docks=[1], loading_s=[900.0, 900.0]
    )
    result = solve(problem, time_limit=600, seed=1, max_iterations=60)
    assert check(problem, result.solution) == []


# -- at a city's size, with charging on the way --------------------------------------------------


def charging_city(stops: int, seed: int, rules: tuple[str, ...]) -> RoundsProblem:
    """A city with the rules whose e-vans charge on the way."""
    problem = random_problem(seed, stops, rules)
    rng = np.random.default_rng([seed, stops])
    at = rng.normal(0, 2500.0, (3, 2))
    xy = np.r_[
        np.c_[problem.depot_x_m, problem.depot_y_m],
        np.c_[problem.stop_x_m, problem.stop_y_m],
        at,
    ]
    distance = 1.3 * np.hypot(*(xy[:, None] - xy[None, :]).transpose(2, 0, 1))
    s_per_m = float(problem.time_s[0, 1] / problem.distance_m[0, 1])
    return problem.replace(
        distance_m=distance,
        time_s=distance * s_per_m,
        levied_m=None,
        station_ids=("slow", "fast", "square"),
        station_x_m=at[:, 0],
        station_y_m=at[:, 1],
        station_eur_per_kwh=np.array([[0.4] * 24, [0.7] * 24, [0.5] * 24]),
        curve_of=[[0, 1, 1], [-1, -1, -1]],
        curve_kwh=[[0, 3, 5.0], [0, 4, 5.0]],
        curve_s=[[0, 1200, 2400], [0, 400, 900]],
        usable_kwh=[5.0, 0.0],
        eur_per_km=[0.12, 1.5],
        eur_per_kwh=[0.3, 0.0],
        count=[stops] * 2,
        depot_open_s=[5 * HOUR],
    )


@pytest.mark.parametrize(
    "rules",
    [
        ("windows",),
        ("periods",),
        ("pairs",),
        ("breaks",),
        ("windows", "periods", "pairs", "breaks"),
    ],
)
def test_a_city_with_rules_is_planned_with_charging_on_the_way(rules) -> None:
    problem = charging_city(60, 1, rules)
    problem = problem.replace(prize_eur=np.full(60, 400.0))  # whoever cannot be reached in time
    result = solve(problem, time_limit=600, seed=1, max_iterations=150)
    assert check(problem, result.solution) == []
    figures = all_figures(problem, result.solution)
    assert sum(len(one.charges) for one in figures) > 0
    assert sum(len(one.visits) for one in figures) >= 50
    first = solve(problem, time_limit=600, seed=1, max_iterations=1)
    assert result.objective <= first.objective
