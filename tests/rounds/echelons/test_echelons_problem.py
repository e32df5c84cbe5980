"""The data of two-echelon problems: defaults, faults, and tables there and back."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from echelons_cases import line_echelons, random_echelons

from bundling.certify import fingerprint
from bundling.errors import InputError
from bundling.rounds.echelons import TwoEchelonProblem


def test_what_is_not_given_is_not_there() -> None:
    problem = line_echelons()
    assert problem.hub_ids == ("west", "east")
    assert problem.num_hubs == 2
    assert np.isinf(problem.hub_capacity_kg).all()
    assert np.isinf(problem.hub_close_s).all()
    assert not problem.hub_handling_s.any()
    assert not problem.hub_eur.any()
    assert problem.vehicle_count > 1000
    with pytest.raises(ValueError, match="read-only"):
        problem.truck_distance_m[0, 0] = 1.0


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"truck_capacity_kg": -1.0}, "truck_capacity_kg: is below 0"),
        ({"truck_count": 1.5}, "truck_count: is 1.5"),
        ({"truck_count": "many"}, "truck_count: is 'many', no number"),
        ({"depot_close_s": np.nan}, "depot_close_s: is not a number"),
        ({"depot_open_s": 90_000.0}, "depot_open_s: starts after it ends"),
        ({"depot_id": ""}, "depot_id: is empty"),
        ({"depot_id": "west"}, "'west' also names a hub, stop or station"),
        ({"depot_id": "far"}, "'far' also names a hub, stop or station"),
        ({"hub_eur": [1.0]}, "hub_eur: has shape"),
        ({"hub_eur": [1.0, "x"]}, "hub_eur: is not an array of numbers"),
        ({"hub_eur": [1.0, np.inf]}, "hub_eur (row east): is not a number"),
        ({"hub_capacity_kg": [-1.0, 1.0]}, "hub_capacity_kg (row west): is below 0"),
        ({"hub_open_s": [9.0, 0.0], "hub_close_s": [8.0, 1.0]}, "starts after it ends"),
        ({"truck_time_s": np.full((3, 3), -1.0)}, "negative or missing"),
        ({"truck_time_s": np.zeros((2, 2))}, "truck_time_s: has shape"),
    ],
)
def test_faults(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError) as error:
        line_echelons(**changes)
    assert words in str(error.value)


def test_nothing_comes_back_through_the_hubs() -> None:
    with pytest.raises(InputError, match="no truck takes it back"):
        line_echelons({"pickup_kg": [0.0, 5.0]})


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as error:
        line_echelons(truck_capacity_kg=-1.0, hub_eur=[-1.0, 0.0], depot_id="")
    assert len(error.value.faults) == 3


@pytest.mark.parametrize("seed", range(3))
def test_tables_there_and_back(seed: int) -> None:
    problem = random_echelons(seed, hub_eur=[3.0, 4.0], vehicle_count=3)
    tables = problem.to_tables()
    assert set(tables) >= {"trucks", "hubs", "truck_distance_m", "truck_time_s", "stops"}
    again = TwoEchelonProblem.from_tables(tables)
    assert fingerprint(again) == fingerprint(problem)
    assert fingerprint(pickle.loads(pickle.dumps(problem))) == fingerprint(problem)


def test_tables_may_leave_out_what_has_a_default() -> None:
    tables = line_echelons().to_tables()
    del tables["hubs"]
    tables["trucks"] = tables["trucks"].drop(columns="vehicle_count")
    assert fingerprint(TwoEchelonProblem.from_tables(tables)) == fingerprint(line_echelons())


def test_faults_of_tables_of_both_echelons_come_together() -> None:
    tables = line_echelons().to_tables()
    del tables["truck_time_s"]
    tables["stops"] = tables["stops"].drop(columns="service_s")
    with pytest.raises(InputError) as error:
        TwoEchelonProblem.from_tables(tables)
    words = str(error.value)
    assert "truck_time_s: is missing" in words
    assert "stops.service_s: is missing" in words


def test_faults_in_tables_of_the_trucks() -> None:
    tables = line_echelons().to_tables()
    tables["hubs"].loc[0, "hub_id"] = "north"
    with pytest.raises(InputError, match="north"):
        TwoEchelonProblem.from_tables(tables)
    tables = line_echelons().to_tables()
    tables["trucks"] = tables["trucks"].iloc[[0, 0]]
    with pytest.raises(InputError, match="2 rows"):
        TwoEchelonProblem.from_tables(tables)
