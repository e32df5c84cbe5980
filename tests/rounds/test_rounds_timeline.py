"""What a vehicle does when, how full its battery is, and what it draws: worked out by hand."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from rounds_cases import charging_problem, line_problem

from bundling.rounds import Charge, RoundsSolution, Route, all_figures
from bundling.rounds.solution import Break, DepotCharge
from bundling.rounds.timeline import (
    Doing,
    activities,
    battery_levels,
    depot_kw,
    quarters,
    station_kw,
)

EIGHT = 8 * 3600.0
# Leaves 07:50; near 08:00-08:10, the post 08:15-08:35 (4 kWh at 12 kW), far 08:40-08:50, back
# 09:10. Consumption 3 + 1.3 + 1.3 + 4 kWh.
ROUND = Route("hub/evan", ("near", "far"), EIGHT - 600.0, (Charge(1, "post", 4.0),))


def drive(problem, *routes: Route):
    solution = RoundsSolution(routes)
    return solution, all_figures(problem, solution)


def test_activities_fill_the_day_without_gaps() -> None:
    problem = charging_problem()
    _, (figures,) = drive(problem, ROUND)
    found = activities(problem, ROUND, figures)
    minutes = [(a.doing, round((a.end_s - a.start_s) / 60), a.place) for a in found]
    assert minutes == [
        (Doing.DRIVING, 10, "near"), (Doing.SERVICE, 10, "near"), (Doing.DRIVING, 5, "post"),
        (Doing.CHARGING, 20, "post"), (Doing.DRIVING, 5, "far"), (Doing.SERVICE, 10, "far"),
        (Doing.DRIVING, 20, "hub"),
    ]  # fmt: skip
    assert all(a.end_s == b.start_s for a, b in pairwise(found))
    assert (found[0].start_s, found[-1].end_s) == (figures.departure_s, figures.return_s)


def test_waiting_reloading_and_breaks_are_told_apart() -> None:
    problem = line_problem(max_trips=[2], reload_s=[900.0], release_s=[0.0, 9 * 3600.0])
    # Early at near by 10 min; back at the hub 08:20, where the next load is released at 09:00.
    route = Route("hub/evan", ("near", "far"), EIGHT - 1200.0, (), (1,), (Break(1, 300.0),))
    _, (figures,) = drive(problem, route)
    found = activities(problem, route, figures)
    minutes = [(a.doing, round((a.end_s - a.start_s) / 60), a.place) for a in found]
    assert minutes == [
        (Doing.DRIVING, 10, "near"), (Doing.WAITING, 10, "near"), (Doing.SERVICE, 10, "near"),
        (Doing.BREAK, 5, "near"), (Doing.DRIVING, 10, "hub"), (Doing.WAITING, 35, "hub"),
        (Doing.RELOADING, 15, "hub"), (Doing.DRIVING, 20, "far"), (Doing.SERVICE, 10, "far"),
        (Doing.DRIVING, 20, "hub"),
    ]  # fmt: skip


def test_the_battery_falls_on_the_road_and_rises_at_the_post() -> None:
    problem = charging_problem()
    _, (figures,) = drive(problem, ROUND)
    times, levels = battery_levels(problem, ROUND, figures)
    minutes = np.round((times - figures.departure_s) / 60).tolist()
    assert minutes == [0, 10, 20, 25, 25, 45, 50, 60, 80]
    assert levels == pytest.approx([6.0, 3.0, 3.0, 1.7, 1.7, 5.7, 4.4, 4.4, 0.4])


def test_a_charge_bends_where_its_curve_does() -> None:
    # Up to 5 kWh at 12 kW (5 min a kWh), above at 6 kW (10 min a kWh).
    problem = charging_problem(curve_kwh=[[0.0, 5.0, 6.0]], curve_s=[[0.0, 1500.0, 2100.0]])
    solution, (figures,) = drive(problem, ROUND)
    times, levels = battery_levels(problem, ROUND, figures)
    assert levels[4:7] == pytest.approx([1.7, 5.0, 5.7])
    assert np.diff(times[4:7]) == pytest.approx([3.3 * 300.0, 0.7 * 600.0])
    # Power falls from 12 to 6 kW at 08:15 + 16.5 min, in the quarter that begins at 08:30.
    drawn = station_kw(problem, (figures,), EIGHT + 900.0 * np.arange(4))["post"]
    assert drawn == pytest.approx([0.0, 12.0, (1.5 * 12.0 + 7.0 * 6.0) / 15.0])
    assert drawn.sum() / 4 == pytest.approx(4.0)
    assert quarters(solution, (figures,))[0] == EIGHT - 900.0


def test_depots_draw_when_the_vehicle_is_back_or_as_planned() -> None:
    problem = charging_problem()
    solution, rounds = drive(problem, ROUND)
    # 5.6 kWh at 11 kW take 30.5 minutes from 09:10; the quarters begin at 09:00.
    edges = 9 * 3600.0 + 900.0 * np.arange(5)
    drawn = depot_kw(problem, solution, rounds, edges)["hub"]
    assert drawn == pytest.approx([11 * 5 / 15, 11.0, 22.4 - 11 - 11 * 5 / 15, 0.0])
    planned = RoundsSolution((ROUND,), (DepotCharge(0, 38, 2.0), DepotCharge(0, 39, 3.6)))
    drawn = depot_kw(problem, planned, rounds, edges)["hub"]
    assert drawn == pytest.approx([0.0, 0.0, 8.0, 14.4])
    assert quarters(planned, rounds)[-1] == 10 * 3600.0
