"""p-median, p-center and facility location: by hand, against the Pyomo twin and all subsets."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import best_by_hand, on_a_line, public_folder, two_warehouses

import bundling
from bundling.errors import InputError
from bundling.io.orlib import read_pmed, read_warehouses
from bundling.location import (
    FacilityProblem,
    FacilitySolution,
    facility_location,
    p_center,
    p_median,
)
from bundling.location.facility.check import check
from bundling.location.facility.plot import plot
from bundling.models import facility
from bundling.models.solve import solve_reference
from bundling.result import Limit, Status


def solved(problem: FacilityProblem) -> bundling.Result:
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL
    assert result.limit is Limit.NONE
    return result


def test_two_medians_on_a_line() -> None:
    # Places 0, 1, 5, 6, 7: medians at 0 or 1, and at 6. Distances 1 + 1 + 1.
    result = solved(p_median(on_a_line(0, 1, 5, 6, 7), 2))
    assert result.objective == 3
    assert np.flatnonzero(result.solution.is_open).tolist() in ([0, 3], [1, 3])


def test_weights_pull_a_median() -> None:
    # One median for 0 (weight 1), 4 (1) and 10 (3): at 10 it costs 10 + 6, anywhere else more.
    result = solved(p_median(on_a_line(0, 4, 10), 1, weight=[1, 1, 3]))
    assert result.objective == 16
    assert result.solution.is_open.tolist() == [False, False, True]


def test_a_center_looks_at_the_farthest() -> None:
    # One center for 0, 1, 2, 10 lies at 2: 8 away from 10. A median would lie at 1.
    result = solved(p_center(on_a_line(0, 1, 2, 10), 1))
    assert result.objective == 8
    assert result.solution.is_open.tolist() == [False, False, True, False]


@pytest.mark.parametrize("gap", [1e-4, 0.3])
def test_a_center_is_found_with_any_gap(gap: float) -> None:
    xy = np.random.default_rng(1).random((30, 2))
    distance = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    best = solved(p_center(distance, 4)).objective
    result = bundling.solve(p_center(distance, 4), gap=gap)
    assert result.bound <= best <= result.objective <= best / (1 - gap) + 1e-9


def test_a_problem_keeps_what_it_was_given() -> None:
    fixed, cost = np.array([1.0, 5.0]), np.array([[1.0, 1.0]])
    problem = facility_location(cost, fixed)
    fixed[0] = cost[0, 0] = 100.0  # also where the problem was given a view of it
    assert problem.fixed_cost.tolist() == [1.0, 5.0]
    assert problem.cost.tolist() == [[1.0, 1.0]]


def test_a_client_is_split_where_capacities_bind() -> None:
    result = solved(two_warehouses())
    assert result.objective == 17
    # With 5 in west a unit of b goes to east for 2 instead of 1, and east must hold 4.
    problem = two_warehouses().replace(capacity=np.array([5.0, 4.0]))
    result = solved(problem)
    assert result.objective == pytest.approx(18)
    shares = result.tables["assignment"].set_index(["client_id", "site_id"])["share"]
    assert shares["b", "west"] == pytest.approx(0.5)


def test_what_must_and_may_be_open() -> None:
    problem = p_median(on_a_line(0, 1, 5, 6, 7), 2, must_open=[0, 0, 1, 0, 0])
    assert solved(problem).objective == 1 + 0 + 1 + 2  # 5 is open, and 0 or 1
    problem = p_median(on_a_line(0, 1, 5, 6, 7), 2, forbidden=[0, 0, 0, 1, 0])
    assert solved(problem).objective == 1 + 1 + 2  # 5 or 7 instead of 6


def test_impossible_capacities_are_told_in_words() -> None:
    result = bundling.solve(two_warehouses().replace(capacity=np.array([6.0, 2.0])))
    assert result.status is Status.INFEASIBLE
    assert "ask for 9 and all sites together can serve 8: 1 short" in result.reasons[0]
    result = bundling.solve(two_warehouses().replace(most_open=1))
    assert result.status is Status.INFEASIBLE
    assert "at most 1 sites may be open" in result.reasons[0]


def test_a_client_out_of_reach_of_what_has_room_is_infeasible() -> None:
    cost = np.array([[1.0, np.inf], [1.0, np.inf], [np.inf, 1.0]])
    problem = facility_location(cost, 1.0, demand=2.0, capacity=3.0)
    result = bundling.solve(problem)  # 6 for 6, but only three of four fit the first site
    assert result.status is Status.INFEASIBLE
    assert result.solution is None


def small_problem(draw: st.DrawFn, *, capacity: bool, worst: bool) -> FacilityProblem:
    clients, sites = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    numbers = st.integers(0, 20)
    cost = np.array(draw(st.lists(numbers, min_size=clients * sites, max_size=clients * sites)))
    matrix = cost.reshape(clients, sites).astype(float)
    if not capacity:
        # A few pairs may not be served; one site serves all.
        lost = np.array(draw(st.lists(st.booleans(), min_size=cost.size, max_size=cost.size)))
        matrix[lost.reshape(matrix.shape) & (np.arange(sites) > 0)] = np.inf
    fixed = draw(st.lists(numbers, min_size=sites, max_size=sites))
    least = draw(st.integers(0 if not worst else 1, sites))
    demand = draw(st.lists(st.integers(1, 5), min_size=clients, max_size=clients))
    limits = draw(st.lists(st.integers(1, 15), min_size=sites, max_size=sites))
    return FacilityProblem.of(
        matrix,
        fixed_cost=0.0 if worst else np.array(fixed, dtype=float),
        demand=np.array(demand, dtype=float),
        capacity=np.array(limits, dtype=float) if capacity else np.inf,
        least_open=least,
        most_open=draw(st.integers(max(1, least), sites)),
        worst=worst,
    )


@pytest.mark.parametrize("kind", ["plain", "capacity", "worst"])
@given(data=st.data())
@settings(max_examples=40, deadline=None)
def test_search_twin_and_all_subsets_agree(kind: str, data: st.DataObject) -> None:
    problem = small_problem(data.draw, capacity=kind == "capacity", worst=kind == "worst")
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    solution, value = solve_reference(facility.build, facility.read, problem)
    assert result.objective == pytest.approx(value, abs=1e-5)
    assert result.objective == pytest.approx(best_by_hand(problem), abs=1e-5)
    if solution is None:
        assert result.status is Status.INFEASIBLE
    else:
        assert result.status is Status.OPTIMAL
        assert check(problem, solution) == []


@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_one_more_site_never_costs_more(data: st.DataObject) -> None:
    problem = small_problem(data.draw, capacity=False, worst=False).replace(least_open=0)
    more = problem.replace(most_open=problem.most_open + 1)
    one, two = (bundling.solve(p, gap=0.0) for p in (problem, more))
    assert two.objective <= one.objective + 1e-9


BROKEN = {
    "share not negative": lambda s: {"share": np.array([1.5, 1.0, 1.0, -0.5]),
                                     "client": np.array([0, 1, 2, 0]),
                                     "site": np.array([0, 0, 1, 1])},
    "served once": lambda s: {"share": np.array([1.0, 0.5, 1.0])},
    "serving site is open": lambda s: {"is_open": np.array([True, False])},
    "capacity": lambda s: {"site": np.array([1, 0, 1])},
    "sites open at least": lambda s: {"is_open": np.array([True, False])},
    "site must be open": lambda s: {"is_open": np.array([True, False])},
    "shape": lambda s: {"is_open": np.array([True])},
    "unknown site": lambda s: {"site": np.array([0, 0, 2])},
    "unknown client": lambda s: {"client": np.array([0, 1, 3])},
    "share is a number": lambda s: {"share": np.array([1.0, np.nan, 1.0])},
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_the_checker_finds_every_broken_rule(rule: str) -> None:
    problem = two_warehouses().replace(least_open=2, must_open=np.array([False, True]))
    good = FacilitySolution(np.array([True, True]), [0, 1, 2], [0, 0, 1], [1.0, 1.0, 1.0])
    assert check(problem, good) == []
    broken = dataclasses.replace(good, **BROKEN[rule](good))
    assert rule in {violation.rule for violation in check(problem, broken)}


def test_the_checker_finds_what_is_forbidden() -> None:
    problem = two_warehouses()
    cost = problem.cost.copy()
    cost[2, 1] = np.inf
    problem = problem.replace(
        cost=cost, most_open=1, forbidden=np.array([False, True]), capacity=np.full(2, np.inf)
    )
    plan = FacilitySolution(np.array([True, True]), [0, 1, 2], [0, 0, 1], [1.0, 1.0, 1.0])
    found = {violation.rule for violation in check(problem, plan)}
    assert found == {
        "client may be served there", "sites open at most", "site is not forbidden"
    }  # fmt: skip


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as error:
        FacilityProblem.of(
            [[1.0, -1.0], [np.nan, 2.0]],
            fixed_cost=[-1.0, 0.0],
            capacity=[np.nan, 1.0],
            demand=[1.0, np.inf],
            least_open=3,
            must_open=[True, False],
            forbidden=[True, False],
            site_ids=["a", "a"],
        )
    columns = {(fault.table, fault.column) for fault in error.value.faults}
    assert columns == {
        ("sites", "site_id"), ("costs", "cost"), ("sites", "fixed_cost"), ("sites", "capacity"),
        ("clients", "demand"), ("sites", "forbidden"), ("options", "least_open"),
    }  # fmt: skip
    with pytest.raises(InputError, match="no site may serve it"):
        FacilityProblem.of([[np.inf], [1.0]])
    with pytest.raises(InputError, match="neither fixed costs nor capacities"):
        p_center([[1.0]], 1).replace(fixed_cost=np.array([1.0]))
    with pytest.raises(InputError, match=r"has shape \(1,\), expected \(2,\)"):
        two_warehouses().replace(capacity=np.array([1.0]))


def test_a_problem_from_data_frames() -> None:
    sites = pd.DataFrame({"site_id": ["w", "e"], "fixed_cost": [10, 5], "capacity": [6, 3]})
    clients = pd.DataFrame({"client_id": ["a", "b", "c"], "demand": [4, 2, 3]})
    costs = pd.DataFrame(
        {
            "client_id": ["a", "a", "b", "b", "c", "c"],
            "site_id": ["w", "e"] * 3,
            "cost": [0, 12, 2, 4, 9, 0],
        }
    )
    problem = FacilityProblem.from_tables(sites, clients, costs)
    assert solved(problem).objective == 17
    with pytest.raises(InputError) as error:
        FacilityProblem.from_tables(sites, clients, costs.assign(site_id="north"))
    assert "names what is not in the table of sites" in str(error.value)
    assert "the pair is there more than once" in str(error.value)
    with pytest.raises(InputError, match=r"clients\.client_id: is missing"):
        FacilityProblem.from_tables(sites, clients.drop(columns="client_id"), costs)


def test_tables_and_plot(tmp_path: Path) -> None:
    result = solved(two_warehouses())
    assert result.tables["sites"]["demand"].tolist() == [6.0, 3.0]
    assert result.tables["costs"].set_index("component")["cost"].to_dict() == {
        "serving": 2.0, "opening": 15.0, "total": 17.0
    }  # fmt: skip
    ax = plot(result.solution, result.problem)
    assert [label.get_text() for label in ax.get_yticklabels()] == ["east", "west"]
    assert "2 open sites of 2" in ax.get_title()
    again = FacilitySolution.from_dict(result.solution.to_dict())
    assert bundling.evaluate(result.problem, again).objective == 17
    assert "17.00 EUR" in repr(result)
    page = result.report(tmp_path / "x.html", lang="en").read_text(encoding="utf-8")
    assert "This plan costs" in page
    with pytest.raises(ValueError, match="knows no places"):
        result.to_geojson("nowhere")


def test_a_caller_who_has_enough_gets_the_best_so_far() -> None:
    rng = np.random.default_rng(1)
    xy = rng.random((120, 2))
    cost = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    problem = p_median(cost, 11)
    result = bundling.solve(problem, gap=0.0, on_event=lambda event: False)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE
    assert result.bound < result.objective


@pytest.mark.parametrize(
    ("number", "optimum"), [(1, 5819), (5, 1355), (11, 7696), (17, 6999), (25, 1828)]
)
def test_public_medians_are_proved(number: int, optimum: float) -> None:
    graph = read_pmed(public_folder("pmedian") / f"pmed{number}.txt")
    assert solved(p_median(graph.distance, graph.p)).objective == optimum


@pytest.mark.parametrize(
    ("name", "capacity", "optimum"),
    [("cap41", None, 1040444.375), ("cap63", None, 1014062.05), ("capa", 8000, 19240822.449)],
)
def test_public_warehouses_are_proved(name: str, capacity: float | None, optimum: float) -> None:
    data = read_warehouses(public_folder("cflp_orlib") / f"{name}.txt", capacity=capacity)
    problem = facility_location(
        data.cost, data.fixed_cost, demand=data.demand, capacity=data.capacity
    )
    assert solved(problem).objective == pytest.approx(optimum, abs=0.01)


def test_broken_files_are_refused_in_words(tmp_path) -> None:
    path = tmp_path / "pmed.txt"
    for text, words in (
        ("3 2 1\n1 2 4\n", "ends before"),
        ("3 1 1\n1 4 4\n", "not among the 3"),
        ("3 1 1\n1 x 4\n", "is no number"),
    ):
        path.write_text(text)
        with pytest.raises(InputError, match=words):
            read_pmed(path)
    path.write_text("1 1\ncapacity 5\n1 2\n")
    with pytest.raises(InputError, match="in place of a number"):
        read_warehouses(path)
    assert read_warehouses(path, capacity=7).capacity.tolist() == [7]
    path.write_text("2 1\n1 5\n")
    with pytest.raises(InputError, match="ends before"):
        read_warehouses(path)
    path.write_text("3 2 1\n1 2 4\n2 3 5\n")
    assert read_pmed(path).distance.tolist() == [[0, 4, 9], [4, 0, 5], [9, 5, 0]]
