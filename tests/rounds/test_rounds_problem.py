"""The problem's data: faults all at once, tables both ways, pickling."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pytest
from rounds_cases import city_problem, line_problem

from bundling.certify import fingerprint
from bundling.errors import InputError
from bundling.rounds import RoundsProblem


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        line_problem(
            delivery_kg=[-1.0, np.nan],
            tw_early_s=[50_000.0, 0.0],
            stop_depot=[0, 7],
            speed_factor=[0.0],
            usable_kwh=[0.0],
            levied_m=line_problem().distance_m * 2,
        )
    places = {(fault.table, fault.column) for fault in caught.value.faults}
    assert {
        ("stops", "delivery_kg"),
        ("stops", "tw_early_s"),
        ("stops", "stop_depot"),
        ("vehicles", "speed_factor"),
        ("vehicles", "usable_kwh"),
        ("levied_m", ""),
    } <= places


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"stop_ids": ("near", "near")}, "more than once"),
        ({"stop_ids": ("near", "hub")}, "both a stop and a depot"),
        ({"service_s": [1.0]}, "shape"),
        ({"count": [1.5]}, "whole numbers"),
        ({"fixed_eur": ["many"]}, "array of numbers"),
        ({"barred": [[0, 3]]}, "not in bar_rules"),
        ({"time_s": np.full((3, 3), -1.0)}, "negative"),
        ({"depot_open_s": [90_000.0]}, "starts after it ends"),
        ({"vehicle_depot": [1]}, "is no depot"),
        ({"vehicle_types": ()}, "names for"),
    ],
)
def test_each_fault_says_what_is_wrong(changes, word: str) -> None:
    with pytest.raises(InputError, match=word):
        line_problem(**changes)


def test_arrays_cannot_be_changed() -> None:
    problem = line_problem()
    with pytest.raises(ValueError, match="read-only"):
        problem.delivery_kg[0] = 1.0


def test_replace_validates_again() -> None:
    problem = line_problem().replace(count=[5])
    assert problem.count.tolist() == [5]
    with pytest.raises(InputError):
        problem.replace(count=[-1])


def same(one: RoundsProblem, other: RoundsProblem) -> bool:
    for field in dataclasses.fields(one):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if not (np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b):
            return False
    return fingerprint(one) == fingerprint(other)


def test_tables_both_ways_lose_nothing() -> None:
    problem = city_problem(12, seed=3, depots=2).replace(stop_depot=[-1, 0, 1] * 4)
    assert problem.barred.any()
    assert same(RoundsProblem.from_tables(problem.to_tables()), problem)


def test_tables_with_shuffled_matrix_are_put_in_order() -> None:
    problem = city_problem(6, seed=1)
    tables = problem.to_tables()
    order = list(reversed(tables["time_s"].index))
    tables["time_s"] = tables["time_s"].loc[order, order]
    assert same(RoundsProblem.from_tables(tables), problem)


def test_faults_of_tables_come_at_once() -> None:
    tables = line_problem().to_tables()
    tables["stops"] = tables["stops"].assign(
        depot_id=["hub", "nowhere"], delivery_kg=["heavy", 600.0]
    )
    tables["time_s"] = tables["time_s"].iloc[:2]
    with pytest.raises(InputError) as caught:
        RoundsProblem.from_tables(tables)
    assert [(fault.table, fault.column) for fault in caught.value.faults] == [
        ("stops", "depot_id"),
        ("stops", "delivery_kg"),
        ("time_s", ""),
    ]
    with pytest.raises(InputError, match=r"stops\.service_s: is missing"):
        RoundsProblem.from_tables(
            {**line_problem().to_tables(), "stops": tables["stops"].drop(columns="service_s")}
        )


def test_pickle_and_fingerprint() -> None:
    problem = city_problem(8)
    assert problem.allowed.any()  # fills the caches, which must not travel
    again = pickle.loads(pickle.dumps(problem))
    assert same(problem, again)
    assert not again.distance_m.flags.writeable
    assert fingerprint(problem) != fingerprint(problem.replace(service_s=problem.service_s + 1))
