"""Docks, connectors and power in `solve`: by hand, what is proved, what is refused, laws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import charging_problem, city_problem, line_problem

from bundling.result import Event, Result, Status
from bundling.rounds import Charge, RoundsProblem, Route, check
from bundling.rounds.coupling import eased, is_coupled, not_eased_eur, released_loaded
from bundling.rounds.coupling_charges import with_other_charges
from bundling.rounds.coupling_links import links
from bundling.rounds.coupling_result import MESSAGE
from bundling.rounds.coupling_timed import extremes, moved, timed
from bundling.rounds.parts import independent_parts
from bundling.rounds.reach import find_reach
from bundling.rounds.schedule import best_timed
from bundling.rounds.solve import solve

EIGHT = 8 * 3600.0
NEAR_EUR = 100 + 20 * 0.5 + 30 * 0.6 + 4.4 * 0.3
FAR_EUR = 100 + 40 * 0.5 + 50 * 0.6 + 9.2 * 0.3
"""Alone: near is 20 km, 30 min, 4.4 kWh; far is 40 km, 50 min, 9.2 kWh."""


def two_rounds(**changes: Any) -> RoundsProblem:
    """Build the line with vans too small for both stops: 07:50-08:20 and 07:40-08:30 are best."""
    return line_problem(**({"capacity_kg": [600.0]} | changes))


def departures(result: Result) -> dict[str, float]:
    return {r.stops[0]: pytest.approx(r.departure_s, abs=0.01) for r in result.solution.routes}


def kw(limit: float) -> np.ndarray:
    return np.full((1, 96), limit)


# -- docks -------------------------------------------------------------------------------------


def test_one_dock_lets_the_second_leave_later() -> None:
    # Loading 15 min: 07:25-07:40 for far, so 07:40-07:55 for near, which waits nowhere.
    result = solve(two_rounds(docks=[1], loading_s=[900.0]))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(NEAR_EUR + FAR_EUR)
    assert departures(result) == {"far": EIGHT - 1200.0, "near": EIGHT - 300.0}


def test_one_dock_can_cost_waiting() -> None:
    # Both at 08:00 sharp: far is loaded before near, until 07:35, and waits 5 min for its stop.
    problem = two_rounds(docks=[1], loading_s=[900.0], tw_late_s=[EIGHT, EIGHT])
    result = solve(problem)
    assert result.objective == pytest.approx(NEAR_EUR + FAR_EUR + 5 * 0.6)
    assert departures(result) == {"far": EIGHT - 1500.0, "near": EIGHT - 600.0}
    assert result.bound == pytest.approx(NEAR_EUR + FAR_EUR)
    assert result.status is Status.FEASIBLE
    assert solve(problem.replace(docks=[2])).objective == pytest.approx(NEAR_EUR + FAR_EUR)


def test_what_does_not_go_together_is_said_in_words() -> None:
    # The depot opens at 07:40, when far must leave; near must by 07:50, 5 min too early.
    result = solve(
        two_rounds(
            docks=[1],
            loading_s=[900.0],
            tw_late_s=[EIGHT, EIGHT],
            depot_open_s=[EIGHT - 1200.0],
        )
    )
    assert result.status is Status.UNKNOWN
    assert result.solution is None
    assert "none of the choices" in result.reasons[0]
    assert "docks at hub: broken by 1 vehicles" in result.reasons[1]


def test_without_docks_nothing_leaves() -> None:
    result = solve(two_rounds(docks=[0], loading_s=[900.0]))
    assert result.status is Status.INFEASIBLE
    assert result.reasons[0] == "depot hub has no dock to load its 2 vehicles"
    free = solve(two_rounds(docks=[0]))  # nothing is loaded, so no dock is needed
    assert free.objective == pytest.approx(NEAR_EUR + FAR_EUR)


def test_loading_comes_after_the_release() -> None:
    problem = two_rounds(release_s=[0.0, EIGHT], loading_s=[600.0])
    result = solve(problem)
    assert not is_coupled(problem)
    assert departures(result)["far"] == EIGHT + 600.0
    assert released_loaded(problem).release_s.tolist() == [0.0, EIGHT + 600.0]
    assert not released_loaded(problem).loading_s.any()


def test_a_fleet_at_few_docks() -> None:
    problem = city_problem(12, seed=4, fleet=("evan", "dvan"), docks=[1], loading_s=[1800.0] * 2)
    problem = problem.replace(capacity_kg=[250.0, 250.0], tw_late_s=problem.tw_early_s + 7200.0)
    result = solve(problem, max_iterations=300, time_limit=60)
    wide = solve(problem.replace(docks=[40]), max_iterations=300, time_limit=60)
    assert check(problem, result.solution) == []
    assert wide.bound <= wide.objective <= result.objective + 1e-6


def test_a_reload_takes_the_dock_from_others() -> None:
    # One van does near, is back at 08:20 and loads until 08:35 for far, which it reaches at 08:55.
    # A second van is 100 EUR dearer; the dock is free for the first load until 07:50.
    problem = two_rounds(docks=[1], loading_s=[900.0], max_trips=[2], reload_s=[900.0])
    result = solve(problem)
    (route,) = result.solution.routes
    assert route.reloads == (1,)
    assert result.objective == pytest.approx(NEAR_EUR + FAR_EUR - 100 + 15 * 0.6)


def test_a_listener_hears_no_cost_of_rounds_that_do_not_go_together() -> None:
    heard: list[Event] = []
    problem = city_problem(12, seed=4, fleet=("evan",), docks=[1], loading_s=[1800.0])
    solve(problem, max_iterations=300, time_limit=30, on_event=heard.append)
    assert heard
    assert all(event.objective == np.inf and event.message == MESSAGE for event in heard)


# -- connectors --------------------------------------------------------------------------------


def two_at_the_post(**changes: Any) -> RoundsProblem:
    """Build two stops of 600 kg at 20 km: each van needs 3.2 kWh, 16 min at the post on its way."""
    x = np.array([0.0, 20_000.0, 20_000.0, 15_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    fields = {
        "stop_x_m": [20_000.0, 20_000.0],
        "delivery_kg": [600.0, 600.0],
        "distance_m": distance,
        "time_s": distance * 0.06,
        "station_eur_per_kwh": np.full((1, 24), 0.5),
    }
    return charging_problem(**(fields | changes))


TWO_EUR = 2 * (100 + 20 + (50 + 16) * 0.6 + 6 * 0.3 + 3.2 * 0.5)


def test_two_vans_at_one_connector_come_one_after_the_other() -> None:
    problem = two_at_the_post(connectors=[1])
    result = solve(problem, max_iterations=100)
    assert result.objective == pytest.approx(TWO_EUR)
    assert check(problem, result.solution) == []
    assert [len(route.charges) for route in result.solution.routes] == [1, 1]
    first, second = sorted(route.departure_s for route in result.solution.routes)
    assert second - first == pytest.approx(16 * 60.0)


def test_a_charge_is_taken_in_two_parts_for_the_others_sake() -> None:
    # Both begin at 08:00 sharp, and from 07:22 on there are 18 min at the post on the way out. One
    # takes its 16 min and waits 1 min at its stop; the other then takes the 1 min it needs to be
    # back at the post, and there the rest.
    sharp = {"tw_late_s": [EIGHT, EIGHT], "depot_open_s": [EIGHT - 2280.0]}
    problem = two_at_the_post(connectors=[1], **sharp)
    result = solve(problem, max_iterations=100)
    assert result.objective == pytest.approx(TWO_EUR + 0.6)
    assert sorted(len(route.charges) for route in result.solution.routes) == [1, 2]


def test_a_connector_that_is_too_slow_for_both_is_named() -> None:
    # From 07:24 on there are 16 min, 1 short for both; back at the post are both at 08:15.
    sharp = {"tw_late_s": [EIGHT, EIGHT], "depot_open_s": [EIGHT - 2160.0]}
    problem = two_at_the_post(connectors=[1], **sharp)
    result = solve(problem, max_iterations=100)
    assert result.status is Status.UNKNOWN
    assert any("connectors at post" in reason for reason in result.reasons)


def test_another_station_helps_out() -> None:
    # The quay at 16 km has a connector for each, and costs 0.10 EUR a kWh more.
    x = np.array([0.0, 20_000.0, 20_000.0, 15_000.0, 16_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    problem = two_at_the_post(
        connectors=[1, 2],
        tw_late_s=[EIGHT, EIGHT],
        depot_open_s=[EIGHT - 2160.0],
        distance_m=distance,
        time_s=distance * 0.06,
        station_ids=("post", "quay"),
        station_x_m=[15_000.0, 16_000.0],
        station_y_m=[0.0, 0.0],
        station_eur_per_kwh=np.repeat([[0.5], [0.6]], 24, axis=1),
        curve_of=[[0, 0]],
    )
    result = solve(problem, max_iterations=100)
    assert result.objective < TWO_EUR + 3.2 * 0.1 + 1e-6
    assert check(problem, result.solution) == []
    assert solve(problem.replace(connectors=[2, 2]), max_iterations=100).objective == pytest.approx(
        TWO_EUR
    )


def test_a_station_without_connectors_serves_nobody() -> None:
    result = solve(two_at_the_post(connectors=[0]), max_iterations=100)
    assert result.status is Status.INFEASIBLE
    assert "out of battery range" in result.reasons[0]


def test_a_charge_can_be_moved_and_split() -> None:
    # On the way out alone, on the way back alone (the battery ends before: 5.2 of 6 kWh to far, and
    # 1 back to the post), or .2 kWh out and 3 back.
    problem = two_at_the_post(connectors=[1])
    route = best_timed(problem, Route("hub/evan", ("near",), EIGHT, (Charge(0, "post", 3.2),)))
    (other,) = with_other_charges(problem, [route])
    assert [(charge.before, pytest.approx(charge.kwh)) for charge in other.charges] == [
        (0, 0.2),
        (1, 3.0),
    ]
    assert list(with_other_charges(problem.replace(connectors=[2]), [route])) == []


def test_full_charges_stay_full_where_they_are_moved() -> None:
    # Charged to the brim on the way back: at the post with 6.5 - 6.2 = .3 kWh of 6.5.
    problem = two_at_the_post(
        connectors=[1],
        recharge="full",
        usable_kwh=[6.5],
        start_kwh=[6.5],
        curve_kwh=[[0.0, 6.5]],
        curve_s=[[0.0, 1950.0]],
    )
    route = best_timed(problem, Route("hub/evan", ("near",), EIGHT, (Charge(0, "post", 3.9),)))
    (other,) = with_other_charges(problem, [route])
    assert [(charge.before, pytest.approx(charge.kwh)) for charge in other.charges] == [(1, 6.2)]


# -- power and prices at depots ----------------------------------------------------------------


def test_charging_is_planned_within_the_power() -> None:
    # 13.6 kWh in all, 4 kWh a quarter: both are back at 08:30, so three quarters and a bit more.
    problem = two_rounds(depot_kw=kw(16.0))
    result = solve(problem)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(NEAR_EUR + FAR_EUR)
    assert result.evaluation.indicators["peak_kw"] <= 16.0 + 1e-6
    assert result.evaluation.indicators["depot_charged_kwh"] == pytest.approx(13.6)


def with_diesel(**changes: Any) -> RoundsProblem:
    """Build the two rounds with two diesel vans beside, 50 EUR a day dearer."""
    base = two_rounds(count=[2])
    vehicles = (
        "vehicle_depot", "count", "capacity_kg", "capacity_m3", "shift_s", "eur_per_km",
        "eur_per_h", "levy_eur_per_km", "co2e_kg_per_km", "co2e_kg_per_kwh", "nox_g_per_km",
        "speed_factor",
    )  # fmt: skip
    fields: dict[str, Any] = {name: np.repeat(getattr(base, name), 2) for name in vehicles}
    fields |= {
        "vehicle_ids": ("hub/evan", "hub/dvan"),
        "vehicle_types": ("evan", "dvan"),
        "fixed_eur": [100.0, 150.0],
        "eur_per_kwh": [0.3, 0.0],
        "usable_kwh": [60.0, 0.0],
        "kwh_per_km": [0.2, 0.0],
        "kwh_per_km_per_t": [0.1, 0.0],
        "charge_kw": [11.0, 0.0],
    }
    return base.replace(**(fields | changes))


def test_too_little_power_puts_a_diesel_van_on_the_road() -> None:
    # By 09:45 2 kWh a quarter are 1.8 for near before 08:30 and 10 later: too little for 13.6.
    problem = with_diesel(depot_kw=kw(8.0), ready_by_s=[EIGHT + 6300.0, 86_400.0])
    result = solve(problem)
    assert result.objective == pytest.approx(NEAR_EUR + 150 + 20 + 30)
    assert {r.vehicle: r.stops for r in result.solution.routes} == {
        "hub/evan": ("near",),
        "hub/dvan": ("far",),
    }
    assert result.bound == pytest.approx(NEAR_EUR + FAR_EUR)
    roomy = solve(problem.replace(depot_kw=kw(16.0)))
    assert roomy.objective == pytest.approx(NEAR_EUR + FAR_EUR)


def test_too_little_power_is_said_in_words() -> None:
    result = solve(two_rounds(depot_kw=kw(8.0), ready_by_s=[EIGHT + 6300.0]))
    assert result.status is Status.UNKNOWN
    assert any("connection of depot hub" in reason for reason in result.reasons)
    brief = solve(two_rounds(ready_by_s=[EIGHT + 3000.0]))  # 20 min after far is back: 3.7 kWh
    assert brief.status is Status.UNKNOWN
    assert any("too briefly to charge: 5.5 kWh" in reason for reason in brief.reasons)


@pytest.mark.parametrize("price", [0.1, -0.1, -0.5])
def test_a_price_at_the_depot_is_paid(price: float) -> None:
    problem = two_rounds(depot_eur_per_kwh=kw(price))
    result = solve(problem)
    assert result.objective == pytest.approx(NEAR_EUR + FAR_EUR + 13.6 * price)
    assert result.evaluation.costs_eur["depot_charging"] == pytest.approx(13.6 * price)
    assert result.bound <= result.objective
    # A price of -0.5 is more than the 0.3 that energy costs: the rest is bounded by a full battery.
    rest = not_eased_eur(problem)
    assert rest == pytest.approx(min(0.0, price + 0.3) * 60 * 2)
    assert (result.status is Status.OPTIMAL) == (rest == 0.0)


def test_a_van_is_back_for_the_cheap_hour() -> None:
    # Until 08:30 energy is free, later it costs 10 EUR a kWh; the stop may be served from 06:00.
    # The search would have it back at 08:20 or later.
    prices = kw(10.0)
    prices[0, :34] = 0.0
    problem = two_rounds(
        depot_eur_per_kwh=prices,
        ready_by_s=[EIGHT + 7200.0],
        tw_early_s=[6 * 3600.0] * 2,
        depot_open_s=[5 * 3600.0],
    )
    result = solve(problem)
    assert result.objective == pytest.approx(NEAR_EUR + FAR_EUR)
    assert result.evaluation.costs_eur["depot_charging"] == pytest.approx(0.0)


# -- with charging on the way ------------------------------------------------------------------


def test_everything_at_once_on_the_way() -> None:
    problem = two_at_the_post(
        connectors=[1],
        docks=[1],
        loading_s=[600.0],
        depot_kw=kw(12.0),
        depot_eur_per_kwh=kw(0.1),
        station_depot=[0],
    )
    result = solve(problem, max_iterations=100)
    assert result.objective == pytest.approx(TWO_EUR + 2 * 6 * 0.1)
    assert check(problem, result.solution) == []


# -- what is searched, and parts ---------------------------------------------------------------


def test_the_eased_problem_has_nothing_shared() -> None:
    problem = two_at_the_post(
        connectors=[1], docks=[1], loading_s=[60.0], depot_kw=kw(9.0), depot_eur_per_kwh=kw(0.1)
    )
    assert is_coupled(problem)
    base = eased(problem)
    assert not is_coupled(base)
    assert base.eur_per_kwh.tolist() == pytest.approx([0.4])
    assert eased(base) is base
    enough = two_at_the_post(connectors=[2], docks=[2], loading_s=[60.0])
    assert not is_coupled(enough)


def parts_of(problem: RoundsProblem) -> int:
    return len(independent_parts(find_reach(problem).possible(problem), links(problem)))


def test_what_is_shared_joins_parts() -> None:
    # Two fleet entries at the hub, each for one of the stops.
    apart = with_diesel(barred=[[0, 1], [1, 0]], bar_rules=("zone",))
    assert parts_of(apart) == 2
    assert parts_of(apart.replace(docks=[1])) == 2  # no loading takes time
    assert parts_of(apart.replace(docks=[1], loading_s=[60.0, 60.0])) == 1
    assert parts_of(apart.replace(docks=[2], loading_s=[60.0, 60.0])) == 2
    assert parts_of(apart.replace(depot_kw=kw(9.0))) == 2  # diesel does not charge
    paired = {"pair_of": [-1, 0], "pickup_kg": [600.0, 0.0], "pickup_m3": [3.0, 0.0]}
    assert parts_of(apart.replace(**paired)) == 1
    electric = apart.replace(kwh_per_km=[0.2, 0.2], usable_kwh=[60.0, 60.0], charge_kw=[11.0, 11.0])
    assert parts_of(electric) == 2
    assert parts_of(electric.replace(depot_kw=kw(9.0))) == 1
    at_post = charging_problem()
    names = ("station_ids", "station_x_m", "station_y_m", "station_eur_per_kwh", "distance_m")
    fields = {name: getattr(at_post, name) for name in (*names, "time_s", "curve_kwh", "curve_s")}
    fields |= {"curve_of": [[0], [0]], "usable_kwh": [6.0, 6.0], "start_kwh": [60.0, 60.0]}
    fields |= {"start_kwh": [6.0, 6.0]}
    assert parts_of(electric.replace(**fields)) == 2
    assert parts_of(electric.replace(**fields, connectors=[1])) == 1


def test_rounds_are_moved_to_the_second() -> None:
    # Near and back: 10 min out, served from 08:00 to 12:00, home by 08:20 at first: 8 h earlier is
    # 00:20.
    problem = two_rounds(docks=[1], loading_s=[900.0])
    column = timed(problem, Route("hub/evan", ("near",), EIGHT - 600.0))
    assert column.uses == ((0, EIGHT - 1500.0, EIGHT - 600.0),)
    first, last = extremes(problem, column.route)
    assert first.route.departure_s == pytest.approx(1200.0)
    assert last.route.departure_s == pytest.approx(12 * 3600.0 - 600.0, abs=1e-4)
    back = moved(column, lambda c: c.figures.return_s, EIGHT + 1800.0)
    assert back.route.departure_s == pytest.approx(EIGHT)
    # It cannot be back before 08:20, whenever it leaves; nor served after 12:00.
    assert moved(column, lambda c: c.figures.return_s, EIGHT + 600.0) is None
    assert moved(column, lambda c: c.figures.return_s, 13 * 3600.0) is None


# -- laws --------------------------------------------------------------------------------------


def shared(seed: int, docks: int, power: float) -> RoundsProblem:
    """Build three stops with windows so narrow that two or three vans load at the same time."""
    problem = city_problem(
        3,
        seed=seed,
        fleet=("evan",),
        docks=[docks],
        loading_s=[1500.0],
        depot_kw=np.full((1, 96), power),
    )
    return problem.replace(
        capacity_kg=[max(120.0, float(problem.delivery_kg.max()), float(problem.pickup_kg.max()))],
        tw_early_s=np.full(3, 8 * 3600.0),
        tw_late_s=np.full(3, 8.25 * 3600.0),
        ready_by_s=[12 * 3600.0],
    )


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([4.0, 8.0, 16.0]))
def test_a_relaxed_limit_never_costs_more(seed: int, power: float) -> None:
    tight = solve(shared(seed, 1, power), time_limit=30.0)
    for wider in (shared(seed, 2, power), shared(seed, 1, 2 * power), shared(seed, 9, np.inf)):
        found = solve(wider, time_limit=30.0)
        if tight.solution is not None:
            assert check(tight.problem, tight.solution) == []
            assert found.objective <= tight.objective + 1e-5
            assert found.bound <= found.objective
