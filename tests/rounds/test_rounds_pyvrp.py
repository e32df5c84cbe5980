"""What PyVRP is told: its ticks are our EUR, its limits are our rules, and each field by hand."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
import pyvrp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from rounds_cases import city_problem, line_problem

from bundling.io.rounds_instance import read_instance
from bundling.result import Status
from bundling.rounds import RoundsProblem, RoundsSolution, Route, check, evaluate
from bundling.rounds import solve as solve_room
from bundling.rounds.parts import Part, independent_parts
from bundling.rounds.pyvrp_model import Model
from bundling.rounds.pyvrp_units import Prices, choose_units
from bundling.rounds.reach import find_reach
from bundling.rounds.schedule import best_timed
from bundling.rounds.sequenced import Sequenced
from bundling.rounds.solve import solve
from bundling.rounds.supported import beyond_pyvrp

SHARED = Path(os.environ.get("BUNDLING_SHARED", Path(__file__).parents[3] / "shared"))
SOLOMON = SHARED / "benchmarks" / "routing" / "solomon"


@pytest.fixture(params=[0, 5], ids=["pyvrp", "enumeration"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Solve once by PyVRP and once by enumeration: the answer must be the same."""
    monkeypatch.setattr(solve_room, "MOST_STOPS", request.param)


def solved(problem: RoundsProblem):
    assert beyond_pyvrp(problem) == []
    result = solve(problem, max_iterations=300)
    assert result.solution is not None, result.reasons
    assert result.violations == ()
    assert result.bound <= result.objective + 1e-9
    return result


# -- one field at a time, by hand; the line costs 158.88 EUR in one round --------------------------


@pytest.mark.usefixtures("both_ways")
def test_a_stop_is_left_out_when_that_is_cheaper() -> None:
    # Without far: 129.32 EUR. Serving both costs 29.56 EUR more than that.
    left = solved(line_problem(prize_eur=[math.inf, 29.0]))
    assert left.solution.routes[0].stops == ("near",)
    assert left.objective == pytest.approx(129.32 + 29.0)
    assert left.evaluation.costs_eur["unserved"] == pytest.approx(29.0)
    served = solved(line_problem(prize_eur=[math.inf, 30.0]))
    assert served.objective == pytest.approx(158.88)


def test_stops_that_may_all_stay_out_need_no_vehicle() -> None:
    result = solved(line_problem(prize_eur=[1.0, 2.0]))
    assert result.solution.routes == ()
    assert result.objective == pytest.approx(3.0)
    assert result.status is Status.OPTIMAL


def test_a_stop_that_nobody_can_serve_costs_its_prize() -> None:
    result = solved(line_problem(prize_eur=[math.inf, 5.0], delivery_kg=[400.0, 6000.0]))
    assert result.objective == pytest.approx(129.32 + 5.0)


@pytest.mark.usefixtures("both_ways")
def test_freight_that_comes_late_makes_the_round_late() -> None:
    # Released at 11:20, at near 11:30, at far 11:50: the same round, later.
    result = solved(line_problem(release_s=[0.0, 11 * 3600.0 + 1200.0]))
    assert result.objective == pytest.approx(158.88)
    assert result.solution.routes[0].departure_s == pytest.approx(11 * 3600.0 + 1200.0)
    # At 11:35 far is served first, at 11:55, and near would be at 12:15: a round each.
    apart = solved(line_problem(release_s=[0.0, 11 * 3600.0 + 2100.0]))
    assert len(apart.solution.routes) == 2
    assert apart.objective == pytest.approx(282.08)


@pytest.mark.usefixtures("both_ways")
def test_one_van_comes_back_to_reload() -> None:
    # 900 kg: two trips. 60 km x 0.5 = 30; driving 60 min, service 20, reload 10: 1.5 h x 36 = 54;
    # energy (4.4 + 9.2) kWh x 0.3 = 4.08; one van 100. Together 188.08.
    result = solved(line_problem(capacity_kg=[900.0], count=[1], max_trips=[2], reload_s=[600.0]))
    assert result.objective == pytest.approx(188.08)
    assert result.solution.routes[0].reloads == (1,)


@pytest.mark.usefixtures("both_ways")
def test_a_reload_waits_for_the_release() -> None:
    # near first, back at 8:20 at the earliest; far is released at 11:00, reloaded by 11:10, served
    # from 11:30 and back at 12:00. near is served at 10:40 at the latest start that does not wait.
    result = solved(
        line_problem(
            capacity_kg=[900.0],
            count=[1],
            max_trips=[2],
            reload_s=[600.0],
            release_s=[0.0, 11 * 3600.0],
        )
    )
    assert result.objective == pytest.approx(188.08)
    assert result.solution.routes[0].departure_s == pytest.approx(10 * 3600.0 + 1800.0)


def two_depots(**changes) -> RoundsProblem:
    """Put a second depot at 30 km on the line."""
    x = np.array([0.0, 30_000.0, 10_000.0, 20_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    fields = {
        "depot_ids": ("hub", "end"),
        "depot_x_m": x[:2],
        "depot_y_m": [0.0, 0.0],
        "depot_open_s": [0.0, 0.0],
        "depot_close_s": [86_400.0, 86_400.0],
        "distance_m": distance,
        "time_s": distance * 0.06,
    }
    return line_problem(**(fields | changes))


@pytest.mark.usefixtures("both_ways")
def test_a_round_ends_at_the_other_depot() -> None:
    # 30 km: 15 EUR; 30 + 20 min: 30 EUR; 10 x .3 + 10 x .26 + 10 x .2 = 7.6 kWh: 2.28 EUR.
    result = solved(two_depots(end_depot=[1]))
    assert result.objective == pytest.approx(147.28)
    assert result.solution.routes[0].stops == ("near", "far")


@pytest.mark.usefixtures("both_ways")
def test_a_longest_route_parts_the_stops() -> None:
    assert solved(line_problem(max_distance_m=[40_000.0])).objective == pytest.approx(158.88)
    x = np.array([0.0, 10_000.0, -20_000.0])
    away = np.abs(x[:, None] - x[None, :])
    sides = line_problem(distance_m=away, time_s=away * 0.06, max_distance_m=[59_000.0])
    assert len(solved(sides).solution.routes) == 2
    assert len(solved(sides.replace(max_distance_m=[60_000.0])).solution.routes) == 1


@pytest.mark.usefixtures("both_ways")
def test_overtime_is_paid() -> None:
    # The round takes 60 min; 15 of them cost 40 EUR/h more.
    result = solved(line_problem(regular_s=[2700.0], overtime_eur_per_h=[40.0]))
    assert result.objective == pytest.approx(158.88 + 10.0)
    assert result.evaluation.costs_eur["overtime"] == pytest.approx(10.0)
    # Two rounds (30 and 50 min) have 5 min of it, but a second van costs more than 6.67 EUR.
    assert len(result.solution.routes) == 1
    # At 1,000 EUR/h it does not: 282.08 + 83.33 is below 158.88 + 250.
    dear = solved(line_problem(regular_s=[2700.0], overtime_eur_per_h=[1000.0]))
    assert dear.objective == pytest.approx(282.08 + 1000.0 / 12)


@pytest.mark.usefixtures("both_ways")
def test_roll_containers_fill_the_van() -> None:
    fits = line_problem(delivery_rolls=[4, 6], capacity_rolls=[10])
    assert solved(fits).objective == pytest.approx(158.88)
    full = line_problem(delivery_rolls=[4, 7], capacity_rolls=[10])
    assert solved(full).objective == pytest.approx(282.08)


@pytest.mark.usefixtures("both_ways")
def test_service_takes_longer_for_some_vehicles() -> None:
    # Twice 10 min longer: 20 min x 36 EUR/h = 12 EUR.
    result = solved(line_problem(service_factor=[2.0]))
    assert result.objective == pytest.approx(158.88 + 12.0)


@pytest.mark.usefixtures("both_ways")
def test_a_van_that_does_not_start_full_drives_less() -> None:
    # The round takes 9.6 kWh, see test_rounds_solve.
    assert len(solved(line_problem(start_kwh=[9.7])).solution.routes) == 1
    assert len(solved(line_problem(start_kwh=[9.5])).solution.routes) == 2


@pytest.mark.usefixtures("both_ways")
def test_a_closed_way_turns_the_round_round() -> None:
    # Not from near to far: far first. 40 km: 20; 60 min: 36; 20 x .3 + 10 x .24 + 10 x .2 = 10.4
    # kWh: 3.12 EUR.
    problem = line_problem()
    distance, time = problem.distance_m.copy(), problem.time_s.copy()
    distance[1, 2] = time[1, 2] = math.inf
    result = solved(
        problem.replace(matrix_of=[1], other_distance_m=[distance], other_time_s=[time])
    )
    assert result.solution.routes[0].stops == ("far", "near")
    assert result.objective == pytest.approx(159.12)


def test_a_levy_beside_a_longest_route_is_not_for_pyvrp() -> None:
    levied = np.ones((3, 3)) - np.eye(3)
    changes = {"max_distance_m": [1e6], "levied_m": levied}
    assert beyond_pyvrp(line_problem(**changes)) == []
    assert beyond_pyvrp(line_problem(levy_eur_per_km=[0.1], **changes)) == ["max_distance_m"]


# -- the law: PyVRP counts as we do ----------------------------------------------------------------


@st.composite
def planned(draw: st.DrawFn) -> tuple[RoundsProblem, tuple[Sequenced, ...]]:
    """Draw a small problem with every field that PyVRP is told, and some routes for it."""
    stops = draw(st.integers(2, 5))
    km = st.integers(0, 30)
    x = np.array(draw(st.lists(km, min_size=stops + 2, max_size=stops + 2)), dtype=float) * 1000
    y = np.array(draw(st.lists(km, min_size=stops + 2, max_size=stops + 2)), dtype=float) * 1000
    distance = np.abs(x[:, None] - x[None, :]) + np.abs(y[:, None] - y[None, :])

    def some(low: int, high: int, step: int = 1, size: int = stops) -> list[float]:
        numbers = st.lists(st.integers(low, high), min_size=size, max_size=size)
        return [float(step * number) for number in draw(numbers)]

    other = 2.0 * distance
    if draw(st.booleans()):
        here, there = draw(st.integers(0, stops + 1)), draw(st.integers(2, stops + 1))
        if here != there:
            other[here, there] = math.inf
    early = np.array(some(0, 20, 600))
    optional = draw(st.booleans())
    regular = some(1, 60, 600, 2)
    depots = draw(st.lists(st.integers(0, 1), min_size=4, max_size=4))
    problem = RoundsProblem(
        depot_ids=("hub", "end"),
        depot_x_m=x[:2],
        depot_y_m=y[:2],
        depot_open_s=some(0, 3, 600, 2),
        depot_close_s=some(30, 120, 600, 2),
        stop_ids=tuple("abcde"[:stops]),
        stop_x_m=x[2:],
        stop_y_m=y[2:],
        stop_depot=np.full(stops, -1),
        delivery_kg=some(0, 5),
        delivery_m3=some(0, 5),
        pickup_kg=some(0, 5),
        pickup_m3=some(0, 5),
        delivery_rolls=some(0, 5),
        pickup_rolls=some(0, 5),
        tw_early_s=early,
        tw_late_s=early + np.array(some(0, 80, 600)),
        service_s=some(0, 10, 60),
        release_s=some(0, 10, 300),
        prize_eur=some(0, 50) if optional else np.full(stops, math.inf),
        vehicle_ids=("v", "w"),
        vehicle_types=("v", "w"),
        vehicle_depot=depots[:2],
        end_depot=depots[2:],
        count=[9, 9],
        capacity_kg=some(5, 20, 1, 2),
        capacity_m3=some(5, 20, 1, 2),
        capacity_rolls=some(5, 20, 1, 2),
        shift_s=some(20, 90, 600, 2),
        regular_s=regular,
        overtime_eur_per_h=some(0, 1, 36, 2),
        fixed_eur=some(0, 50, 1, 2),
        eur_per_km=some(0, 3, 1, 2),
        eur_per_h=some(0, 2, 18, 2),
        max_trips=some(1, 4, 1, 2),
        reload_s=some(0, 5, 120, 2),
        max_distance_m=some(20, 200, 2000, 2),
        service_factor=[1.0, 2.0] if draw(st.booleans()) else [0.5, 0.0],
        speed_factor=[1.0, 0.5],
        distance_m=distance,
        time_s=distance * 0.06,
        matrix_of=[0, draw(st.integers(0, 1))],
        other_distance_m=[other],
        other_time_s=[other * 0.06],
        **{
            name: [0.0, 0.0]
            for name in (
                "levy_eur_per_km", "eur_per_kwh", "usable_kwh", "kwh_per_km", "kwh_per_km_per_t",
                "charge_kw", "co2e_kg_per_km", "co2e_kg_per_kwh", "nox_g_per_km",
            )
        },
    )  # fmt: skip
    order = draw(st.permutations(range(stops)))
    served = order[: draw(st.integers(1, stops))] if optional else order
    cuts = sorted(draw(st.sets(st.integers(1, stops), max_size=2)))
    routes = []
    for a, b in zip([0, *cuts], [*cuts, stops], strict=True):
        mine = tuple(served[a:b])
        if mine:
            v = draw(st.integers(0, 1))
            inner = st.sets(st.integers(1, len(mine) - 1)) if len(mine) > 1 else st.just(set())
            reloads = tuple(sorted(draw(inner)))[: int(problem.max_trips[v]) - 1]
            routes.append(Sequenced(v, mine, reloads))
    return problem, tuple(routes)


@given(planned())
@settings(max_examples=60, deadline=None)
def test_pyvrp_counts_and_forbids_as_we_do(
    case: tuple[RoundsProblem, tuple[Sequenced, ...]],
) -> None:
    problem, routes = case
    possible = find_reach(problem).possible(problem)
    entries = np.flatnonzero(possible.any(axis=1))
    assume({route.vehicle for route in routes} <= set(entries.tolist()))
    assume(possible.any(axis=0).all())  # else `solve` leaves the stop out
    part = Part(tuple(range(problem.num_stops)), tuple(entries.tolist()), possible[entries])
    model = Model(pyvrp, problem, part, problem.max_distance_m)
    theirs = model.solution(routes)
    assert model.sequences(theirs) == list(routes)
    ours = RoundsSolution(
        tuple(
            best_timed(
                problem,
                Route(
                    problem.vehicle_ids[route.vehicle],
                    tuple(problem.stop_ids[s] for s in route.stops),
                    0.0,
                    reloads=route.reloads,
                ),
            )
            for route in routes
        )
    )
    kept = check(problem, ours) == []
    assert (theirs.is_feasible() and theirs.is_complete() and model.allowed(routes)) == kept
    if kept:
        assert model.cost_eur(theirs) == pytest.approx(evaluate(problem, ours).objective, rel=1e-9)


# -- scaling ---------------------------------------------------------------------------------------


def model_of(problem: RoundsProblem) -> Model:
    (part,) = independent_parts(find_reach(problem).possible(problem))
    return Model(pyvrp, problem, part, problem.max_distance_m)


def test_whole_data_stay_whole() -> None:
    # Legs of 10 and 20 km; times in whole minutes; 1 EUR/km and nothing else: 1 tick is 10 km.
    problem = line_problem(eur_per_km=[1.0], eur_per_h=[0.0], eur_per_kwh=[0.0])
    units = model_of(problem).units
    assert (units.m, units.eur) == (1000.0, 1.0)
    assert units.metres(20_000.0) == 20
    assert units.money(problem.fixed_eur[0]) == 100
    # Seconds are free; the kg are whole hundreds.
    assert units.s == 100.0
    assert units.load == ()  # all freight fits into one van


def test_prices_per_hour_are_whole_ticks() -> None:
    # 0.50 EUR/km is 5e-4 EUR a metre and 36 EUR/h is 0.01 EUR a second: 20 to 1.
    problem = line_problem(eur_per_kwh=[0.0], distance_m=np.array(
        [[0, 10_001, 20_000], [10_001, 0, 10_000], [20_000, 10_000, 0]], dtype=float
    ), service_s=[601.0, 600.0])  # fmt: skip
    data = model_of(problem).data.vehicle_type(0)
    assert data.unit_duration_cost == 20 * data.unit_distance_cost
    assert data.unit_distance_cost == 1


@given(
    scale=st.floats(-6, 6),
    fixed=st.floats(0, 1e4),
    per_km=st.floats(1e-3, 1e3),
    per_h=st.floats(0, 1e3),
    seed=st.integers(0, 50),
)
@settings(max_examples=60, deadline=None)
def test_any_scale_of_money_is_precise_and_fits(
    scale: float, fixed: float, per_km: float, per_h: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    legs_m, legs_s = rng.uniform(100, 9e4, (2, 9, 9))
    money = 10.0**scale
    prices = Prices(
        per_m=np.array([per_km, 2 * per_km]) * money / 1000,
        per_s=np.array([per_h, per_h]) * money / 3600,
        overtime_per_s=np.zeros(2),
        fixed=np.array([fixed, 0.0]) * money,
        prizes=np.zeros(0),
    )
    units = choose_units(
        times_s=[np.array([0.0, 5e4])], legs_s=legs_s, legs_m=[legs_m], loads=[], prices=prices
    )
    for price, tick, legs in ((prices.per_m, units.m, legs_m), (prices.per_s, units.s, legs_s)):
        ticks = price * tick / units.eur
        off = np.abs(np.rint(ticks) - ticks).max()
        assert off * legs.mean() / tick <= 5e-4 * units.leg  # of what an average leg costs
    assert legs_m.mean() / units.m >= 1e4
    assert legs_s.mean() / units.s >= 1e4
    cost = prices.per_m.max() * legs_m.max() + prices.per_s.max() * legs_s.max()
    assert 1000 * cost / units.eur < 2**50
    assert 1000 * fixed * money / units.eur <= 2**60


def test_the_price_level_does_not_change_the_answer() -> None:
    """What was a hundredth of a EUR a km must not be too small to count (issue 3)."""
    problem = city_problem(20, seed=4)
    cents = {
        name: getattr(problem, name) * 0.01
        for name in ("fixed_eur", "eur_per_km", "eur_per_h", "eur_per_kwh", "levy_eur_per_km")
    }
    dear, cheap = (solve(p, max_iterations=400) for p in (problem, problem.replace(**cents)))
    assert cheap.objective == pytest.approx(0.01 * dear.objective, rel=5e-3)


def test_barred_stops_are_not_visited_when_time_does_not_matter() -> None:
    # Of two vans one may not go to far; both are free but for km, and no window binds.
    free = {name: [0.0] * 2 for name in ("fixed_eur", "eur_per_h", "eur_per_kwh", "charge_kw",
                                         "levy_eur_per_km", "usable_kwh", "kwh_per_km",
                                         "kwh_per_km_per_t", "co2e_kg_per_km", "co2e_kg_per_kwh",
                                         "nox_g_per_km")}  # fmt: skip
    problem = line_problem(
        vehicle_ids=("near-only", "any"), vehicle_types=("a", "b"), vehicle_depot=[0, 0],
        count=[1, 1], capacity_kg=[1000.0] * 2, capacity_m3=[10.0] * 2, shift_s=[86_400.0] * 2,
        eur_per_km=[0.1, 10.0], speed_factor=[1.0] * 2, tw_early_s=[0.0] * 2,
        tw_late_s=[86_400.0] * 2, barred=[[0, 1], [0, 0]], bar_rules=("no",), **free,
    )  # fmt: skip
    model = model_of(problem)
    assert not model.data.has_time_windows()
    result = solve(problem, max_iterations=300)
    assert result.violations == ()
    assert {route.vehicle for route in result.solution.routes} == {"any"}


@pytest.mark.skipif(not SOLOMON.is_dir(), reason="the public instances are not here")
@pytest.mark.parametrize("price", [1.0, 0.01])
def test_c101_is_found_with_ten_vehicles(price: float) -> None:
    problem = read_instance(SOLOMON / "C101.txt")
    problem = problem.replace(
        fixed_eur=price * problem.fixed_eur, eur_per_km=price * problem.eur_per_km
    )
    result = solve(problem, max_iterations=2_000)
    assert len(result.solution.routes) == 10
    assert result.objective / price == pytest.approx(100_828.94, abs=0.01)
