"""Faults all at once; tables, JSON and pickles without loss."""

from __future__ import annotations

import io
import json
import pickle

import numpy as np
import pandas as pd
import pytest
from energy_cases import night, two_vans

import bundling
from bundling.certify import fingerprint
from bundling.energy import EnergyProblem, EnergySolution
from bundling.errors import InputError


def test_every_fault_is_reported_at_once():
    with pytest.raises(InputError) as caught:
        two_vans(
            vehicle_ids=("a", "a"),
            arrival_s=[0, np.nan],
            departure_s=[-5, 7200],
            need_kwh=[-1, 10],
            charge_kw=[10, np.inf],
            price_eur_per_kwh=[0.3, np.nan, 0.2, 0.1],
            connection_kw=[12, -1, np.nan, 12],
            base_load_kw=[0, 0, -1, 0],
            efficiency=0.0,
            slot_s=0.0,
            peak_eur_per_kw=-1.0,
            shortfall_eur_per_kwh=-2.0,
        )
    found = {(fault.table, fault.column): fault.rows for fault in caught.value.faults}
    assert found == {
        ("vehicles", "vehicle"): ("a",),
        ("vehicles", "arrival_s"): ("a",),
        ("vehicles", "need_kwh"): ("a",),
        ("vehicles", "charge_kw"): ("a",),
        ("vehicles", "departure_s"): ("a",),
        ("slots", "price_eur_per_kwh"): ("2",),
        ("slots", "connection_kw"): ("2", "3"),
        ("slots", "base_load_kw"): ("3",),
        ("settings", "efficiency"): (),
        ("settings", "slot_s"): (),
        ("settings", "peak_eur_per_kw"): (),
        ("settings", "shortfall_eur_per_kwh"): (),
    }
    assert all(fault.remedy for fault in caught.value.faults)


def test_wrong_shapes_are_faults():
    with pytest.raises(InputError, match=r"need_kwh: has shape \(3,\), expected \(2,\)"):
        two_vans(need_kwh=[1, 2, 3])
    with pytest.raises(InputError, match="at least one slot"):
        two_vans(price_eur_per_kwh=[])


def test_departure_is_not_wrapped_silently():
    with pytest.raises(InputError, match="add 86400"):
        two_vans(arrival_s=[7200, 0], departure_s=[3600, 7200])


def test_arrays_cannot_be_changed():
    problem = two_vans()
    with pytest.raises(ValueError, match="read-only"):
        problem.need_kwh[0] = 1.0
    with pytest.raises(AttributeError):
        problem.efficiency = 0.5
    assert problem.replace(efficiency=0.5).efficiency == 0.5
    assert problem.efficiency == 1.0


@pytest.mark.parametrize(
    "problem",
    [
        two_vans(),
        night(7, shortfall_eur_per_kwh=0.4, x_m=203_000.0, y_m=503_000.0),
        night(0),
    ],
    ids=["two vans", "night", "no vehicles"],
)
def test_tables_there_and_back(problem: EnergyProblem):
    assert fingerprint(EnergyProblem.from_tables(**problem.to_tables())) == fingerprint(problem)
    # And through CSV text, as a user edits them.
    read = {
        name: pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str)
        for name, frame in problem.to_tables().items()
    }
    assert fingerprint(EnergyProblem.from_tables(**read)) == fingerprint(problem)


def test_tables_may_leave_out_what_has_a_neutral_value():
    vehicles = pd.DataFrame(
        {"vehicle": ["a"], "arrival_s": [0], "departure_s": [7200], "need_kwh": [5], "charge_kw": 5}
    )
    slots = pd.DataFrame(
        {"start_s": [0, 3600], "price_eur_per_kwh": [0.2, 0.1], "connection_kw": [9, 9]}
    )
    problem = EnergyProblem.from_tables(vehicles, slots, {"efficiency": 1})
    assert (problem.start_s, problem.slot_s) == (0.0, 3600.0)
    assert np.isinf(problem.charger_kw).all()
    assert bundling.solve(problem).objective == pytest.approx(0.5)


def test_faults_of_tables_come_at_once():
    vehicles = pd.DataFrame(
        {"vehicle": ["a", "b"], "arrival_s": ["noon", 0], "departure_s": 1, "charge_kw": ["x", "y"]}
    )
    slots = pd.DataFrame({"start_s": [0, 900, 2700], "price_eur_per_kwh": 0.1})
    with pytest.raises(InputError) as caught:
        EnergyProblem.from_tables(vehicles, slots, {"efficency": 1, "slot_s": "long"})
    places = [(fault.table, fault.column, fault.rows) for fault in caught.value.faults]
    assert places == [
        ("settings", "efficency", ()),
        ("settings", "slot_s", ()),
        ("vehicles", "need_kwh", ()),
        ("vehicles", "arrival_s", ("1",)),
        ("vehicles", "charge_kw", ("1", "2")),
        ("slots", "connection_kw", ()),
        ("slots", "start_s", ("3",)),
        ("settings", "efficiency", ()),
    ]


def test_solution_through_json():
    result = bundling.solve(night(9))
    text = json.dumps(result.solution.to_dict())
    again = EnergySolution.from_dict(json.loads(text))
    np.testing.assert_array_equal(again.power_kw, result.solution.power_kw)
    np.testing.assert_array_equal(again.shortfall_kwh, result.solution.shortfall_kwh)


def test_problem_and_result_pickle_small():
    result = bundling.solve(night(9))
    data = pickle.dumps(result)
    assert len(data) < 40_000
    again = pickle.loads(data)
    assert fingerprint(again.problem) == fingerprint(result.problem)
    assert again.objective == result.objective


def test_clock_runs_over_midnight():
    problem = night(1)
    assert [problem.clock(slot) for slot in (0, 1, 48, 95, 96)] == [
        "12:00",
        "12:15",
        "00:00",
        "11:45",
        "12:00",
    ]
    assert problem.clock_at(86_399.0) == "00:00"
