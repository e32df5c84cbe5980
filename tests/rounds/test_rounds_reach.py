"""Which stops are out of reach, with stations, other ways, windows and speeds: proofs by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import charging_problem, city_problem, line_problem

from bundling.rounds import Charge, RoundsSolution, Route, check
from bundling.rounds.explain import impossible_stops, short_fleet
from bundling.rounds.reach import find_reach
from bundling.rounds.reach_battery import lacking_kwh
from bundling.rounds.trial import own_round

EIGHT = 8 * 3600.0


def words(problem) -> list[str]:
    return impossible_stops(problem, find_reach(problem))


def test_without_stations_a_stop_lacks_what_there_and_back_takes() -> None:
    # near 10 x 0.24 + 10 x 0.2 = 4.4 kWh, far 20 x 0.26 + 20 x 0.2 = 9.2; the battery gives 8.
    assert lacking_kwh(line_problem(usable_kwh=[8.0])) == pytest.approx(np.array([[-3.6, 1.2]]))


def test_a_station_makes_a_stop_reachable() -> None:
    # far: at most 6 - 5 x 0.26 = 4.7 kWh on arrival from the post, 1 kWh needed back to it.
    assert lacking_kwh(charging_problem())[0, 1] == pytest.approx(1.0 - 4.7)
    assert words(charging_problem()) == []


def test_a_station_that_cannot_be_reached_does_not_help() -> None:
    # The post is 15 km x 0.2 = 3 kWh away. Without it far takes 9.2 of 2.9 kWh, near 4.4.
    problem = charging_problem(usable_kwh=[2.9], curve_kwh=[[0.0, 2.9]])
    assert lacking_kwh(problem) == pytest.approx(np.array([[1.5, 6.3]]))
    near, far = words(problem)
    assert near == (
        "stop near: out of battery range even with charging on the way: hub/evan is 1.5 kWh short"
    )
    assert far.startswith("stop far: out of battery range")


def test_a_station_that_is_not_for_the_vehicle_does_not_help() -> None:
    problem = charging_problem(curve_of=[[-1]])
    assert lacking_kwh(problem)[0, 1] == pytest.approx(3.2)
    assert words(problem)[0].endswith("the battery of hub/evan gives 6.0 kWh, 3.2 kWh missing")


def test_a_vehicle_that_leaves_with_little_may_charge_first() -> None:
    # 3.1 kWh bring it to the post, and then the whole battery counts.
    assert lacking_kwh(charging_problem(start_kwh=[3.1]))[0, 1] == pytest.approx(1.0 - 4.7)
    assert lacking_kwh(charging_problem(start_kwh=[2.0]))[0, 1] == pytest.approx(1.0 - (2.0 - 5.2))


def test_a_chain_of_stations_is_followed() -> None:
    # Posts at 6, 12 and 18 km; 2 kWh drive 10 km. near (20 km, no freight) is 2 km from the last.
    x = np.array([0.0, 20_000.0, 6_000.0, 12_000.0, 18_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    problem = line_problem(
        stop_ids=("near",), stop_x_m=[20e3], stop_y_m=[0.0], stop_depot=[0], delivery_kg=[0.0],
        delivery_m3=[0.0], pickup_kg=[0.0], pickup_m3=[0.0], tw_early_s=[0.0],
        tw_late_s=[86_400.0], service_s=[0.0], usable_kwh=[2.0], distance_m=distance,
        time_s=distance * 0.06, station_ids=("a", "b", "c"), station_x_m=x[2:],
        station_y_m=[0.0] * 3, station_eur_per_kwh=np.zeros((3, 24)), curve_of=[[0, 0, 0]],
        curve_kwh=[[0.0, 2.0]], curve_s=[[0.0, 600.0]],
    )  # fmt: skip
    assert lacking_kwh(problem)[0, 0] == pytest.approx(0.4 - (2.0 - 0.4))
    assert words(problem) == []
    broken = problem.replace(curve_of=[[0, -1, 0]])  # from 6 to 18 km is too far
    assert lacking_kwh(broken)[0, 0] == pytest.approx(14 * 0.2 - (2.0 - 14 * 0.2))
    assert len(words(broken)) == 1


def test_a_closed_way_is_no_way() -> None:
    base = line_problem()
    closed = base.distance_m.copy()
    closed[:2, 2] = np.inf
    times = np.where(np.isinf(closed), np.inf, base.time_s)
    problem = base.replace(matrix_of=[1], other_distance_m=closed[None], other_time_s=times[None])
    assert lacking_kwh(problem)[0, 1] == np.inf
    assert not find_reach(problem).possible(problem)[0, 1]
    assert find_reach(problem).possible(problem)[0, 0]


def test_the_last_window_and_the_fastest_hour_count() -> None:
    # The first window of far ends at 08:05, 15 min too early; the second is in the afternoon.
    late = {"depot_open_s": [EIGHT], "tw_late_s": [EIGHT + 3600, EIGHT + 300]}
    (reason,) = words(line_problem(**late))
    assert "hub/evan is 15 min late" in reason
    afternoon = {"other_tw_early_s": [[np.nan], [14 * 3600.0]],
                 "other_tw_late_s": [[np.nan], [15 * 3600.0]]}  # fmt: skip
    assert words(line_problem(**late, **afternoon)) == []
    fast = {"period_start_s": [0.0, 7 * 3600.0], "period_speed": [1.0, 4.0]}
    assert words(line_problem(**late, **fast)) == []


def test_freight_that_comes_too_late_is_named() -> None:
    # Released at 11:50, 20 min away, the window closes at 12:00.
    (reason,) = words(line_problem(release_s=[0.0, 11 * 3600.0 + 3000.0]))
    assert reason == (
        "stop far: window 08:00-12:00 cannot be met between 11:50 and 24:00 from depot hub, where "
        "its freight is only then: hub/evan is 10 min late"
    )


def test_stops_that_may_be_left_out_are_no_reason() -> None:
    assert words(line_problem(usable_kwh=[8.0], prize_eur=[np.inf, 10.0])) == []
    problem = line_problem(count=[1], capacity_kg=[900.0], prize_eur=[np.inf, 10.0])
    assert short_fleet(problem, find_reach(problem).possible(problem)) == []


def test_freight_between_two_stops_does_not_fill_the_fleet_for_the_day() -> None:
    # 800 kg from near to far are on board between the two only.
    problem = line_problem(count=[1], capacity_kg=[900.0], max_trips=[1], pair_of=[-1, 0],
                           pickup_kg=[800.0, 0.0], delivery_kg=[0.0, 800.0],
                           pickup_m3=[3.0, 0.0], delivery_m3=[0.0, 3.0])  # fmt: skip
    assert short_fleet(problem, find_reach(problem).possible(problem)) == []
    assert lacking_kwh(problem)[0] == pytest.approx([4.0 - 60.0, 8.0 - 60.0])  # empty to and from


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_what_a_round_serves_was_never_called_impossible(data) -> None:
    """Any round that breaks no rule is a counterexample to a wrong proof."""
    seed = data.draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    city = city_problem(4, seed=seed, fleet=("evan",), zone_share=0.0, radius_m=20_000.0)
    x = np.r_[city.depot_x_m, city.stop_x_m, rng.normal(0, 8_000, 3)]
    y = np.r_[city.depot_y_m, city.stop_y_m, rng.normal(0, 8_000, 3)]
    distance = np.hypot(np.subtract.outer(x, x), np.subtract.outer(y, y))
    usable = float(rng.uniform(2, 8))
    problem = city.replace(
        distance_m=distance, time_s=distance / 20, levied_m=None, usable_kwh=[usable],
        start_kwh=[usable * float(rng.uniform(0.4, 1.0))], station_ids=("a", "b", "c"),
        station_x_m=x[5:], station_y_m=y[5:], station_eur_per_kwh=np.zeros((3, 24)),
        curve_of=[rng.choice([-1, 0, 0], 3)], curve_kwh=[[0.0, usable]], curve_s=[[0.0, 600.0]],
        max_trips=[2], tw_late_s=np.full(4, 86_400.0), depot_close_s=[86_400.0],
    )  # fmt: skip
    possible = find_reach(problem).possible(problem)
    for s in range(4):
        trial = own_round(problem, 0, (s,))
        assert possible[0, s] or not trial.feasible
    # A first trip that charges and comes home, before the trip to a stop.
    for s in range(1, 4):
        for k in ("a", "b", "c"):
            route = Route(
                "hub-0/evan", ("stop-0", f"stop-{s}"), EIGHT,
                (Charge(0, k, 0.0), Charge(1, k, 0.0)), (1,),
            )  # fmt: skip
            for number in range(2):
                route = _filled_up(problem, route, number)
            if not check(problem.replace(prize_eur=np.zeros(4)), RoundsSolution((route,))):
                assert possible[0, [0, s]].all()


def _filled_up(problem, route: Route, number: int) -> Route:
    from dataclasses import replace

    from bundling.rounds import route_figures

    level = route_figures(problem, route).charges[number].level_before_kwh
    charges = list(route.charges)
    kwh = max(0.0, float(problem.usable_kwh[0]) - level)
    charges[number] = replace(charges[number], kwh=kwh)
    return replace(route, charges=tuple(charges))
