"""Inputs: every fault at once, tables without loss, pickles, the grid tree."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from siting_cases import make
from siting_hand import two_sites

from bundling.certify import fingerprint
from bundling.errors import InputError
from bundling.siting import SitingProblem, SitingSolution, solve
from bundling.siting.grid import ancestry, subtree_sums
from bundling.siting.reduce import binding_hours, reduce


def faults_of(**changes):
    with pytest.raises(InputError) as caught:
        two_sites(**changes)
    return {(fault.table, fault.column) for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"years": ()}, ("parameters", "years")),
        ({"site_node": [0, 5]}, ("sites", "node_id")),
        ({"node_parent": [1, 0]}, ("nodes", "parent_id")),
        ({"pair_site": [0, 0]}, ("pairs", "")),
        ({"charger_kw": [0.0]}, ("chargers", "power_kw")),
        ({"existing_kw": [-1.0, 0.0]}, ("sites", "existing_kw")),
        ({"site_ids": ("near", "near")}, ("sites", "site_id")),
        ({"demand_kwh": [[np.nan]]}, ("demand_years", "kwh")),
        ({"demand_profile": np.full((1, 24), 0.05)}, ("profiles", "share")),
        ({"headroom_kw": np.full((2, 1, 24), -1.0)}, ("node_hours", "headroom_kw")),
        ({"base_load_kw": np.full((2, 1, 24), np.inf)}, ("node_hours", "base_load_kw")),
        ({"price_eur_per_kwh": np.full(24, np.nan)}, ("prices", "eur_per_kwh")),
        ({"utilisation_limit": 1.5}, ("parameters", "utilisation_limit")),
        ({"charger_efficiency": 0.0}, ("parameters", "charger_efficiency")),
        ({"days_per_year": 0.0}, ("parameters", "days_per_year")),
        ({"tail_years": 0}, ("parameters", "tail_years")),
        ({"base_overload": "ignored"}, ("parameters", "base_overload")),
        ({"demand_min_kw": [0.0, 0.0]}, ("demand", "min_charger_kw")),
        ({"price_eur_per_kwh": np.zeros(23)}, ("prices", "price_eur_per_kwh")),
    ],
)
def test_each_fault_names_its_table_and_column(changes, where):
    assert where in faults_of(**changes)


def test_unknown_contract_forms_are_refused_in_words():
    with pytest.raises(InputError, match="contract form tdtr85 is unknown"):
        two_sites(step_contract=("tdtr85",))


def test_steps_must_not_descend():
    with pytest.raises(InputError, match="descends"):
        make(0).replace(step_max_kw=[156.0, 100.0, 1575.0, 5400.0, 9000.0])


def test_all_faults_come_at_once():
    found = faults_of(existing_kw=[-1.0, 0.0], utilisation_limit=0.0, demand_kwh=[[-5.0]])
    assert found == {
        ("sites", "existing_kw"),
        ("parameters", "utilisation_limit"),
        ("demand_years", "kwh"),
    }


def test_tables_there_and_back():
    problem = make(2, sites=5, demands=4, years=(2028, 2032))
    problem = problem.replace(headroom_kw=np.where(problem.headroom_kw > 2000, np.inf, 500.0))
    again = SitingProblem.from_tables(problem.to_tables())
    assert fingerprint(again) == fingerprint(problem)


def test_tables_as_text_there_and_back(tmp_path):
    import pandas as pd

    problem = make(2, sites=5, demands=4, years=(2028, 2032))
    for name, frame in problem.to_tables().items():
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    tables = {path.stem: pd.read_csv(path) for path in tmp_path.glob("*.csv")}
    again = SitingProblem.from_tables(tables)
    assert again.site_ids == problem.site_ids
    np.testing.assert_allclose(again.headroom_kw, problem.headroom_kw, rtol=1e-12)
    np.testing.assert_array_equal(again.forbidden, problem.forbidden)


def test_faulty_tables_are_all_named():
    tables = two_sites().to_tables()
    tables["sites"].loc[0, "node_id"] = "sub-unknown"
    tables["pairs"]["distance_km"] = ["far", 1.0]
    tables["node_hours"] = tables["node_hours"].iloc[1:]
    with pytest.raises(InputError) as caught:
        SitingProblem.from_tables(tables)
    assert {(fault.table, fault.column) for fault in caught.value.faults} == {
        ("sites", "node_id"),
        ("pairs", "distance_km"),
        ("node_hours", "headroom_kw"),
        ("node_hours", "base_load_kw"),
    }


def test_missing_tables_and_columns_are_all_named():
    tables = two_sites().to_tables()
    del tables["prices"]
    tables["chargers"] = tables["chargers"].drop(columns="power_kw")
    with pytest.raises(InputError) as caught:
        SitingProblem.from_tables(tables)
    assert {(fault.table, fault.column) for fault in caught.value.faults} == {
        ("prices", ""),
        ("chargers", "power_kw"),
    }


def test_problem_solution_and_result_pickle():
    result = solve(two_sites())
    again = pickle.loads(pickle.dumps(result))
    assert fingerprint(again.problem) == fingerprint(result.problem)
    assert again.solution.to_dict() == result.solution.to_dict()


def test_solution_as_plain_values_there_and_back():
    plan = solve(make(2, years=(2028, 2032))).solution
    again = SitingSolution.from_dict(plan.to_dict())
    for name in ("step", "chargers", "served"):
        np.testing.assert_array_equal(getattr(again, name), getattr(plan, name))


def test_arrays_cannot_be_changed():
    with pytest.raises(ValueError):
        two_sites().existing_kw[0] = 5.0


def test_grid_tree():
    """0 feeds 1 and 2; 2 feeds 3."""
    parent = np.array([-1, 0, 0, 2])
    assert ancestry(parent)[0].all()
    assert ancestry(parent)[2].tolist() == [False, False, True, True]
    assert subtree_sums(parent, np.array([1.0, 10.0, 100.0, 1000.0])).tolist() == [
        1111.0,
        10.0,
        1100.0,
        1000.0,
    ]


def test_only_hours_that_can_bind_are_kept():
    """Hour 1 is below hour 0 in both groups; hour 2 is not; hour 3 equals hour 0."""
    shares = np.array([[0.5, 0.4, 0.1, 0.5], [0.2, 0.1, 0.6, 0.2]])
    assert binding_hours(shares).tolist() == [0, 2]
    # With less room in hour 1 than in hour 0 it must stay; hour 3 has more room than hour 0.
    assert binding_hours(shares, np.array([5.0, 4.0, 5.0, 6.0])).tolist() == [0, 1, 2]


def test_equal_demand_points_are_merged():
    problem = two_sites(
        demand_ids=("a", "b"),
        demand_names=("A", "B"),
        demand_kinds=("estate", "estate"),
        demand_x_m=[0.0, 0.0],
        demand_y_m=[0.0, 0.0],
        demand_kwh=[[1000.0], [1400.0]],
        demand_profile=np.full((2, 24), 1 / 24),
        demand_min_kw=[0.0, 0.0],
        demand_reach_km=[15.0, 15.0],
        pair_demand=[0, 0, 1, 1],
        pair_site=[0, 1, 0, 1],
        pair_km=[0.2, 10.0] * 2,
        pair_eur_per_kwh=[0.0, 0.005] * 2,
    )
    assert reduce(problem).kwh.tolist() == [[2400.0]]
    assert solve(problem, gap=0.0).objective == pytest.approx(31_600)
