"""Closed ways and matrices of single fleet entries: by hand, each rule broken, faults, laws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import line_problem, small_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.rounds import (
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    count_checks,
    evaluate,
    route_figures,
)
from bundling.rounds.schedule import best_timed, route_timing

EIGHT = 8 * 3600.0
ROUND = Route("hub/evan", ("near", "far"), EIGHT - 600.0)


def closed_line(**changes) -> RoundsProblem:
    """The line where the van may not drive from near to far, and takes 30 km (30 min) back."""
    distance = line_problem().distance_m.copy()
    time = line_problem().time_s.copy()
    distance[1, 2] = time[1, 2] = np.inf
    distance[2, 0], time[2, 0] = 30_000.0, 1800.0
    fields = {
        "matrix_of": [1],
        "other_distance_m": [distance],
        "other_time_s": [time],
        "other_levied_m": [np.where(np.isinf(distance), 0.0, distance / 2)],
    }
    return line_problem(**(fields | changes))


def test_a_fleet_entry_drives_by_its_own_matrices() -> None:
    # Far first: 20 km, then back by near 10 km, home 10 km. Levied: half of it.
    problem = closed_line()
    figures = route_figures(problem, Route("hub/evan", ("far", "near"), EIGHT - 1200.0))
    assert (figures.km, figures.levied_km) == (40.0, 20.0)
    assert check(problem, RoundsSolution((Route("hub/evan", ("far", "near"), EIGHT),))) == []
    # Alone: out 20 km, back 30 km in half an hour.
    alone = route_figures(problem, Route("hub/evan", ("far",), EIGHT - 1200.0))
    assert alone.km == 50.0
    assert alone.return_s == EIGHT + 600.0 + 1800.0
    assert route_timing(problem, Route("hub/evan", ("far",), 0.0)).return_s == alone.return_s


def test_a_closed_way_is_reported_and_driven_by_the_base_matrices() -> None:
    problem = closed_line()
    found = check(problem, RoundsSolution((ROUND,)))
    assert [(violation.rule, violation.amount) for violation in found] == [
        ("way is open to the vehicle", 1)
    ]
    assert "near to far" in found[0].where
    figures = route_figures(problem, ROUND)
    assert figures.km == 10 + 10 + 30
    assert math.isfinite(evaluate(problem, RoundsSolution((ROUND,))).objective)
    assert count_checks(problem, RoundsSolution((ROUND,))) == 1 + count_checks(
        line_problem(), RoundsSolution((ROUND,))
    )


def test_no_departure_makes_a_closed_way_good() -> None:
    timing = route_timing(closed_line(), ROUND)
    assert timing.late_s == math.inf
    assert best_timed(closed_line(), ROUND).departure_s == 0.0


def test_ways_by_vehicle() -> None:
    problem = closed_line()
    assert problem.distance_of(0)[1, 2] == np.inf
    assert problem.time_of(0)[2, 0] == 1800.0
    assert problem.levied_of(0)[0, 1] == 5000.0
    base = problem.replace(matrix_of=[0])
    assert base.distance_of(0) is base.distance_m
    assert base.time_of(0) is base.time_s
    assert base.levied_of(0) is base.levied_m


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"matrix_of": [2]}, "names a matrix that is not there"),
        ({"matrix_of": [-1]}, "below 0"),
        ({"other_time_s": [line_problem().time_s]}, "is closed .* in other cells"),
        ({"other_time_s": np.zeros((2, 3, 3))}, "shape"),
        ({"other_distance_m": np.zeros((1, 2, 2))}, "shape"),
        ({"other_levied_m": [line_problem().distance_m * 4]}, "longer than the distance"),
        ({"other_distance_m": [line_problem().distance_m - 1.0]}, "negative or missing"),
    ],
)
def test_each_fault_says_what_is_wrong(changes, word: str) -> None:
    with pytest.raises(InputError, match=word):
        closed_line(**changes)


def test_ways_go_through_tables() -> None:
    problem = closed_line()
    tables = problem.to_tables()
    assert {"distance_m_1", "time_s_1", "levied_m_1"} <= set(tables)
    assert same(RoundsProblem.from_tables(tables), problem)
    del tables["levied_m_1"]
    assert not RoundsProblem.from_tables(tables).other_levied_m.any()
    del tables["time_s_1"]
    with pytest.raises(InputError, match="time_s_1: is missing"):
        RoundsProblem.from_tables(tables)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 40), st.integers(0, 3))
def test_the_base_matrices_given_again_change_nothing(seed: int, extra: int) -> None:
    problem = small_problem(3, seed=seed)
    number = 1 + extra % 2
    again = problem.replace(
        matrix_of=np.full(problem.num_vehicles, number),
        other_distance_m=[problem.distance_m] * number,
        other_time_s=[problem.time_s] * number,
        other_levied_m=[problem.levied_m] * number,
    )
    for vehicle in problem.vehicle_ids:
        route = Route(vehicle, problem.stop_ids, 8 * 3600.0)
        assert route_figures(again, route) == route_figures(problem, route)
        assert route_timing(again, route) == route_timing(problem, route)
        solution = RoundsSolution((route,))
        assert check(again, solution) == check(problem, solution)
