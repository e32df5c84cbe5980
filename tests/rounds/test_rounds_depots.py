"""Charging at depots behind one connection, and docks: by hand, each rule broken, laws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import charging_problem, line_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.rounds import (
    Charge,
    DepotCharge,
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    count_checks,
    evaluate,
    route_figures,
)
from bundling.rounds.connection import station_load_kwh
from bundling.rounds.depot_charging import depot_schedule
from bundling.rounds.schedule import best_timed
from bundling.rounds.tables import tables

EIGHT = 8 * 3600.0
ROUND = Route("hub/evan", ("near", "far"), EIGHT)
"""Near at 08:10, far at 08:30, back at 09:00."""
EARLY = replace(ROUND, departure_s=EIGHT - 600.0)
NEED = 10 * 0.30 + 10 * 0.26 + 20 * 0.20
"""9.6 kWh: out with 1 t, on with .6 t, home empty."""


def grid(kw=np.inf, eur=0.0, **changes) -> RoundsProblem:
    """The line with a connection of `kw` at every hour; vans charge 11 kW: 2.75 kWh a quarter."""
    return line_problem(
        depot_kw=np.full((1, 96), kw), depot_eur_per_kwh=np.full((1, 96), eur), **changes
    )


def charged(*amounts: tuple[int, float], route: int = 0) -> tuple[DepotCharge, ...]:
    return tuple(DepotCharge(route, quarter, kwh) for quarter, kwh in amounts)


def rules(problem: RoundsProblem, solution: RoundsSolution) -> list[tuple[str, float]]:
    return [(v.rule, pytest.approx(v.amount)) for v in check(problem, solution)]


GOOD = charged((36, 2.5), (37, 2.5), (38, 2.5), (39, 2.1))
"""Back at 09:00, which begins quarter 36."""


def test_a_vehicle_gets_back_what_it_drew() -> None:
    assert route_figures(line_problem(), ROUND).return_s == 9 * 3600.0
    assert route_figures(line_problem(), ROUND).depot_kwh == pytest.approx(NEED)
    solution = RoundsSolution((ROUND,), GOOD)
    assert check(grid(10.0), solution) == []
    evaluation = evaluate(grid(10.0, eur=0.1), solution)
    assert evaluation.indicators["peak_kw"] == pytest.approx(10.0)
    assert evaluation.indicators["depot_charged_kwh"] == pytest.approx(NEED)
    assert evaluation.costs_eur["depot_charging"] == pytest.approx(0.96)
    assert evaluation.objective == pytest.approx(158.88 + 0.96)
    assert count_checks(grid(10.0), solution) == count_checks(line_problem(), solution) + 2


def test_without_a_limit_nobody_asks_when() -> None:
    problem = line_problem()
    assert not problem.plans_depot_charging
    assert check(problem, RoundsSolution((ROUND,))) == []
    assert "peak_kw" not in evaluate(problem, RoundsSolution((ROUND,))).indicators
    assert grid(5.0).plans_depot_charging
    assert grid(eur=0.01).plans_depot_charging
    assert line_problem(ready_by_s=[80_000.0]).plans_depot_charging


@pytest.mark.parametrize(
    ("problem", "charges", "found"),
    [
        (grid(10.0), (), [("recharged at the depot", NEED)]),
        (grid(10.0), GOOD[:3], [("recharged at the depot", 2.1)]),
        (grid(10.0), GOOD + charged((40, 1.0)), [("no more charged than drawn", 1.0)]),
        (grid(9.0), GOOD, [("connection of the depot", 1.0)] * 3),
        # 11 kW for a quarter is 2.75 kWh; the connection could give 4.
        (grid(16.0), charged((36, 4.0), (37, 2.75), (38, 2.75), (39, 0.1)),
         [("charging power at the depot", 1.25)]),
        # The vehicle is not there yet.
        (grid(12.0), charged((35, 2.5), (36, 2.5), (37, 2.5), (38, 2.1)),
         [("charging power at the depot", 2.5)]),
        # It leaves at 09:50: 5 minutes of quarter 39 is .9167 kWh.
        (grid(12.0, ready_by_s=[35_400.0]), GOOD,
         [("charging power at the depot", 2.1 - 11 / 12)]),
    ],
)  # fmt: skip
def test_each_rule_broken(problem, charges, found) -> None:
    assert rules(problem, RoundsSolution((ROUND,), charges)) == found


@pytest.mark.parametrize("charge", [(1, 36, 1.0), (-1, 36, 1.0), (0, -1, 1.0), (0, 36, -1.0)])
def test_a_charge_that_cannot_be(charge) -> None:
    found = rules(grid(10.0), RoundsSolution((ROUND,), (DepotCharge(*charge),)))
    assert found == [("charge at the depot can be done", 1)]


def test_two_vehicles_share_one_connection() -> None:
    near = Route("hub/evan", ("near",), EIGHT - 600.0)
    far = Route("hub/evan", ("far",), EIGHT - 1200.0)
    # 10 x .24 + 10 x .2 = 4.4 and 20 x .26 + 20 x .2 = 9.2 kWh; back at 08:20 and 08:30.
    one = charged((34, 2.75), (35, 1.65))
    two = charged((34, 2.75), (35, 2.75), (36, 2.75), (37, 0.95), route=1)
    found = rules(grid(20.0), RoundsSolution((near, far), one + two))
    assert found == [("connection of the depot", 2.0)]
    assert rules(grid(22.0), RoundsSolution((near, far), one + two)) == []


def test_charging_goes_on_after_midnight() -> None:
    problem = grid(2.0, ready_by_s=[100_000.0])  # .5 kWh a quarter, from 22:00 on
    night = charged(*((q, 0.5) for q in range(88, 107)), (107, 0.1))
    assert check(problem, RoundsSolution((ROUND,), night)) == []
    late = grid(2.0, ready_by_s=[95 * 900.0])
    assert {v.rule for v in check(late, RoundsSolution((ROUND,), night))} == {
        "charging power at the depot"
    }
    limits = np.full((1, 96), 2.0)
    limits[0, 2] = 1.0  # 00:30 of any day
    assert rules(problem.replace(depot_kw=limits), RoundsSolution((ROUND,), night)) == [
        ("connection of the depot", 1.0)
    ]


def test_a_station_behind_the_connection_counts() -> None:
    # test_rounds_charging: 4 kWh at the post from 08:15 on in 20 min: 3 kWh until 08:30, 1 after.
    route = replace(EARLY, charges=(Charge(1, "post", 4.0),))
    problem = charging_problem(station_depot=[0], depot_kw=np.full((1, 96), 12.0))
    figures = route_figures(problem, route)
    assert (figures.charges[0].start_s, figures.charges[0].end_s) == (EIGHT + 900, EIGHT + 2100)
    load = station_load_kwh(problem, [figures])
    assert load == {(0, 33): pytest.approx(3.0), (0, 34): pytest.approx(1.0)}
    need = figures.depot_kwh
    assert need == pytest.approx(NEED - 4.0)
    back = charged((38, need / 3), (39, need / 3), (40, need / 3))
    assert rules(problem, RoundsSolution((route,), back)) == []
    small = problem.replace(depot_kw=np.full((1, 96), 11.0))
    assert rules(small, RoundsSolution((route,), back)) == [("connection of the depot", 1.0)]
    elsewhere = small.replace(station_depot=[-1])
    assert rules(elsewhere, RoundsSolution((route,), back)) == []


def test_a_schedule_at_the_lowest_price() -> None:
    # Two cheap quarters carry 2 kWh each, the rest goes where it costs .2.
    prices = np.full((1, 96), 0.2)
    prices[0, 50:52] = 0.1
    problem = grid(8.0).replace(depot_eur_per_kwh=prices)
    plan = depot_schedule(problem, [ROUND])
    assert plan.shortages == ()
    assert plan.cost_eur == pytest.approx(4 * 0.1 + 5.6 * 0.2)
    assert sum(c.kwh for c in plan.charges if c.quarter in (50, 51)) == pytest.approx(4.0)
    solution = RoundsSolution((ROUND,), plan.charges)
    assert check(problem, solution) == []
    assert evaluate(problem, solution).costs_eur["depot_charging"] == pytest.approx(plan.cost_eur)


def test_a_schedule_without_prices_is_early() -> None:
    plan = depot_schedule(grid(10.0), [ROUND])
    assert [(c.quarter, round(c.kwh, 6)) for c in plan.charges] == [
        (36, 2.5), (37, 2.5), (38, 2.5), (39, 2.1),
    ]  # fmt: skip
    unlimited = depot_schedule(line_problem(), [ROUND])
    assert [round(c.kwh, 6) for c in unlimited.charges] == [2.75, 2.75, 2.75, 1.35]


def test_what_cannot_be_carried_is_named() -> None:
    # The vehicle must leave again at 10:00: 9.6 kWh in four quarters of 2 kWh leave 1.6 short.
    plan = depot_schedule(grid(8.0, ready_by_s=[36_000.0]), [ROUND])
    assert plan.charges == ()
    assert {short.depot for short in plan.shortages} == {"hub"}
    assert {short.quarter for short in plan.shortages} <= {36, 37, 38, 39}
    assert sum(short.kwh for short in plan.shortages) == pytest.approx(1.6)
    assert plan.shortages[0].kw == pytest.approx(4 * plan.shortages[0].kwh)
    # By 09:30 its own 11 kW give 5.5 kWh behind any connection.
    plan = depot_schedule(grid(ready_by_s=[34_200.0]), [ROUND])
    (short,) = plan.shortages
    assert (short.route, short.quarter, short.depot) == (0, -1, "hub")
    assert short.kwh == pytest.approx(NEED - 5.5)
    assert depot_schedule(grid(8.0), []).charges == ()


def test_a_station_alone_can_be_too_much() -> None:
    route = replace(EARLY, charges=(Charge(1, "post", 4.0),))
    problem = charging_problem(station_depot=[0], depot_kw=np.full((1, 96), 11.0))
    plan = depot_schedule(problem, [route])
    assert [(short.quarter, short.kw) for short in plan.shortages] == [(33, pytest.approx(1.0))]


@settings(max_examples=15, deadline=None)
@given(st.floats(1.0, 30.0), st.floats(0.0, 30.0), st.integers(32, 44))
def test_a_schedule_is_feasible_and_stays_so_with_more_power(kw, more, ready) -> None:
    routes = [replace(ROUND, stops=(stop,)) for stop in ("near", "far")]
    problem = grid(kw, ready_by_s=[ready * 900.0 + 3600.0])
    plan = depot_schedule(problem, routes)
    assert bool(plan.charges) != bool(plan.shortages)
    if plan.charges:
        solution = RoundsSolution(tuple(routes), plan.charges)
        assert check(problem, solution) == []
        stronger = problem.replace(depot_kw=problem.depot_kw + more)
        assert check(stronger, solution) == []


def test_depot_charges_go_through_json_and_tables() -> None:
    solution = RoundsSolution((ROUND,), GOOD)
    again = RoundsSolution.from_dict(solution.to_dict())
    assert again.depot_charging == GOOD
    assert again.routes == solution.routes
    assert "depot_charging" not in RoundsSolution((ROUND,)).to_dict()
    made = tables(grid(10.0, eur=0.1), solution)["depot_charging"]
    assert made["kw"].tolist() == pytest.approx([10.0, 10.0, 10.0, 8.4])
    assert made["start_clock"].tolist()[0] == "09:00"
    assert made["eur_per_kwh"].tolist() == [0.1] * 4


def test_power_goes_through_tables() -> None:
    problem = charging_problem(
        depot_kw=[[10.0] * 95 + [np.inf]],
        depot_eur_per_kwh=[[-0.1] * 96],
        ready_by_s=[90_000.0],
        station_depot=[0],
        docks=[2],
        loading_s=[600.0],
    )
    again = problem.to_tables()
    assert same(RoundsProblem.from_tables(again), problem)
    again["vehicles"]["ready_by_s"] = np.nan
    assert RoundsProblem.from_tables(again).ready_by_s.tolist() == [86_400.0]
    again["depot_power"] = again["depot_power"].drop(columns="eur_per_kwh").iloc[:5]
    few = RoundsProblem.from_tables(again)
    assert few.depot_kw[0, :6].tolist() == [10.0] * 5 + [np.inf]
    assert not few.depot_eur_per_kwh.any()
    again["depot_power"]["quarter"] = 96
    with pytest.raises(InputError, match="no whole quarter hour from 0 to 95"):
        RoundsProblem.from_tables(again)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"depot_kw": [[-1.0] * 96]}, "depot_power.kw .*negative or missing"),
        ({"depot_kw": [[1.0] * 95]}, "shape"),
        ({"depot_eur_per_kwh": [[np.inf] * 96]}, "depot_power.eur_per_kwh .*without a number"),
        ({"ready_by_s": [np.inf]}, "ready_by_s .*is not a number"),
        ({"depot_kw": [[9.0] * 96], "charge_kw": [0.0]}, "must be charged at its depot"),
        ({"station_depot": [1]}, "station_depot .*is no depot"),
        ({"docks": [-1]}, "below 0"),
        ({"loading_s": [-1.0]}, "below 0"),
        ({"docks": [1, 1]}, "shape"),
    ],
)
def test_each_fault_says_what_is_wrong(changes, word: str) -> None:
    with pytest.raises(InputError, match=word):
        charging_problem(**changes)


# -- docks -------------------------------------------------------------------------------------


def test_docks_by_hand() -> None:
    # One dock, ten minutes a load: 07:40-07:50 for one van, so 07:50-08:00 for the next.
    problem = line_problem(docks=[1], loading_s=[600.0])
    first, next_ = (Route("hub/evan", (stop,), EIGHT - 600.0) for stop in ("near", "far"))
    assert rules(problem, RoundsSolution((first, next_))) == [("docks", 1)]
    later = replace(next_, departure_s=EIGHT)
    assert rules(problem, RoundsSolution((first, later))) == []
    assert rules(problem.replace(docks=[2]), RoundsSolution((first, next_))) == []
    assert rules(problem.replace(docks=[0]), RoundsSolution((first, later))) == [("docks", 1)]
    plain = line_problem()
    assert count_checks(problem, RoundsSolution((first,))) == 1 + count_checks(
        plain, RoundsSolution((first,))
    )


def test_a_reload_takes_a_dock() -> None:
    # The first van is back at 08:20 and loads until 08:35, when the other loads for 08:40.
    twice = Route("hub/evan", ("near", "far"), EIGHT - 600.0, reloads=(1,))
    problem = line_problem(docks=[1], loading_s=[600.0], max_trips=[2], reload_s=[900.0], count=[3])
    other = Route("hub/evan", (), EIGHT + 2400.0)
    found = check(problem, RoundsSolution((twice, other)))
    assert [v.rule for v in found] == ["a route has stops", "docks"]
    found = check(problem, RoundsSolution((twice, replace(other, departure_s=EIGHT + 2700.0))))
    assert [v.rule for v in found] == ["a route has stops"]


def test_freight_is_loaded_after_its_release() -> None:
    problem = line_problem(release_s=[EIGHT - 900.0, 0.0], loading_s=[600.0])
    assert rules(problem, RoundsSolution((EARLY,))) == [("release time", 300.0)]
    assert rules(problem, RoundsSolution((replace(EARLY, departure_s=EIGHT - 300.0),))) == []
    assert best_timed(problem, ROUND).departure_s == EIGHT - 300.0


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 12), min_size=2, max_size=4), st.integers(0, 2), st.integers(0, 2))
def test_more_docks_never_forbid(starts, number, more) -> None:
    problem = line_problem(docks=[number], loading_s=[600.0], count=[4])
    routes = tuple(Route("hub/evan", ("near",), EIGHT + 200.0 * start) for start in starts)
    found = {v.rule for v in check(problem, RoundsSolution(routes))}
    wider = {v.rule for v in check(problem.replace(docks=[number + more]), RoundsSolution(routes))}
    assert wider <= found
