"""Paired pickup and delivery: load by hand, each rule broken, faults, tables."""

from __future__ import annotations

import pytest
from rounds_cases import line_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.rounds import (
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    count_checks,
    route_figures,
)

EIGHT = 8 * 3600.0


def paired(**changes) -> RoundsProblem:
    """Near gets 400 kg from the depot, and 500 kg go from near to far."""
    fields = {
        "delivery_kg": [400.0, 500.0],
        "delivery_m3": [2.0, 3.0],
        "delivery_rolls": [1.0, 4.0],
        "pickup_kg": [500.0, 70.0],
        "pickup_m3": [3.0, 0.5],
        "pickup_rolls": [4.0, 0.0],
        "pair_of": [-1, 0],
    }
    return line_problem(**(fields | changes))


def rules(problem: RoundsProblem, *routes: Route) -> list[str]:
    return [violation.rule for violation in check(problem, RoundsSolution(routes))]


def test_freight_of_a_pair_is_on_board_between_its_stops_only() -> None:
    # Out with 400 kg; near takes 400 off and 500 on; far takes 500 off and its 70 kg home.
    problem = paired()
    route = Route("hub/evan", ("near", "far"), EIGHT - 600.0)
    figures = route_figures(problem, route)
    assert [visit.load_kg for visit in figures.visits] == [500.0, 70.0]
    assert [visit.load_m3 for visit in figures.visits] == [3.0, 0.5]
    assert [visit.load_rolls for visit in figures.visits] == [4.0, 0.0]
    assert (figures.peak_kg, figures.peak_m3, figures.peak_rolls) == (500.0, 3.0, 4.0)
    # 10 km with .4 t, 10 km with .5 t, 20 km with .07 t.
    assert figures.kwh == pytest.approx(10 * 0.24 + 10 * 0.25 + 20 * 0.207)
    assert rules(problem, route) == []
    assert rules(paired(capacity_kg=[499.0]), route) == ["vehicle capacity (kg)"]
    solution = RoundsSolution((route,))
    alone = problem.replace(pair_of=[-1, -1])
    assert count_checks(problem, solution) == count_checks(alone, solution) + 1


def test_pickup_comes_before_its_delivery() -> None:
    assert rules(paired(), Route("hub/evan", ("far", "near"), EIGHT - 1200.0)) == [
        "pickup before its delivery"
    ]


def test_a_pair_is_in_one_trip_of_one_vehicle() -> None:
    near, far = (Route("hub/evan", (stop,), EIGHT - 600.0) for stop in ("near", "far"))
    assert rules(paired(), near, far) == ["pair in one trip of one vehicle"]
    two = Route("hub/evan", ("near", "far"), EIGHT - 600.0, reloads=(1,))
    assert rules(paired(max_trips=[2]), two) == ["pair in one trip of one vehicle"]
    optional = paired(prize_eur=[5.0, 5.0])
    assert rules(optional, near) == ["pair in one trip of one vehicle"]
    assert rules(optional) == []  # both left out


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"pair_of": [-1, 1]}, "is no other stop"),
        ({"pair_of": [-1, 2]}, "is no other stop"),
        ({"pair_of": [-2, 0]}, "is no other stop"),
        ({"pickup_kg": [501.0, 0.0]}, r"delivery_kg.*is not what its pair picks up"),
        ({"delivery_m3": [0.0, 3.1]}, r"delivery_m3.*is not what its pair picks up"),
        ({"pickup_rolls": [3.0, 0.0]}, r"delivery_rolls.*is not what its pair picks up"),
        ({"release_s": [0.0, 60.0]}, "does not come from the depot"),
        ({"pair_of": [1, 0]}, "waits for its own freight"),
        ({"pair_of": [-1]}, "shape"),
        ({"pair_of": [-1, 0.5]}, "whole numbers"),
    ],
)
def test_each_fault_says_what_is_wrong(changes, word: str) -> None:
    with pytest.raises(InputError, match=word):
        paired(**changes)


def test_one_pickup_has_one_delivery_and_one_depot() -> None:
    x = [0.0, 1.0, 2.0, 3.0, 4.0]
    distance = [[abs(a - b) * 1e4 for a in x] for b in x]
    with pytest.raises(InputError) as caught:
        line_problem(
            depot_ids=("hub", "yard"),
            depot_x_m=[0, 1],
            depot_y_m=[0, 0],
            depot_open_s=[0, 0],
            depot_close_s=[86_400, 86_400],
            stop_ids=("near", "far", "end"),
            **{name: [0.0] * 3 for name in ("stop_x_m", "stop_y_m", "tw_early_s", "service_s")},
            tw_late_s=[86_400.0] * 3,
            stop_depot=[0, 1, 0],
            delivery_kg=[0, 0, 0],
            delivery_m3=[0, 0, 0],
            pickup_kg=[0, 0, 0],
            pickup_m3=[0, 0, 0],
            pair_of=[-1, 0, 0],
            distance_m=distance,
            time_s=distance,
        )
    assert [(fault.column, fault.rows) for fault in caught.value.faults] == [
        ("pair_of", ("near",)),
        ("stop_depot", ("far",)),
    ]


def test_pairs_go_through_tables() -> None:
    problem = paired()
    tables = problem.to_tables()
    assert list(tables["stops"]["pair_stop_id"]) == ["", "near"]
    assert same(RoundsProblem.from_tables(tables), problem)
    assert "pair_stop_id" not in line_problem().to_tables()["stops"]
    tables["stops"]["pair_stop_id"] = ["", "moon"]
    with pytest.raises(InputError, match=r"stops.pair_stop_id.*moon"):
        RoundsProblem.from_tables(tables)
