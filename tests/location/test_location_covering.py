"""Maximal and set covering: by hand, against the Pyomo twin and all subsets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import best_by_hand, five_estates
from scipy import sparse

import bundling
from bundling.errors import InputError
from bundling.location import CoveringProblem, CoveringSolution, covers_within, set_covering
from bundling.location.covering.check import check
from bundling.location.covering.merge import merged
from bundling.location.covering.plot import plot
from bundling.models import covering
from bundling.models.solve import solve_reference
from bundling.result import Status


def solved(problem: CoveringProblem) -> bundling.Result:
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL
    return result


def test_two_plazas_leave_the_middle_alone() -> None:
    result = solved(five_estates(1))
    assert result.objective == 7
    result = solved(five_estates(2))
    assert result.objective == 1
    assert result.solution.is_open.tolist() == [True, False, True]
    assert result.evaluation.indicators["covered_share"] == pytest.approx(12 / 13)
    assert solved(five_estates(3)).objective == 0


def test_every_estate_needs_the_fewest_plazas() -> None:
    covers = np.array([[1, 0, 1], [0, 1, 1], [1, 1, 0]], dtype=bool)
    assert solved(set_covering(covers)).objective == 2  # no single one covers all three
    dear = set_covering(covers, fixed_cost=[1, 1, 5])
    assert solved(dear).solution.is_open.tolist() == [True, True, False]


def test_what_cannot_be_covered_is_told_in_words() -> None:
    covers = np.array([[1, 0], [0, 0], [0, 1]], dtype=bool)
    result = bundling.solve(set_covering(covers, client_ids=["a", "b", "c"]))
    assert result.status is Status.INFEASIBLE
    assert result.reasons == ("no site that may be open covers b, which must be covered",)
    result = bundling.solve(set_covering(covers[[0, 2]], most_open=1))
    assert result.status is Status.INFEASIBLE
    assert result.reasons == ("no 1 sites cover all clients that must be covered",)


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_search_twin_and_all_subsets_agree(data: st.DataObject) -> None:
    clients, sites = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 6))
    size = clients * sites
    covers = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    weight = np.array(data.draw(st.lists(st.integers(0, 9), min_size=clients, max_size=clients)))
    must = np.array(data.draw(st.lists(st.booleans(), min_size=clients, max_size=clients)))
    numbers = st.lists(st.integers(0, 6), min_size=sites, max_size=sites)
    least = data.draw(st.integers(0, sites))
    problem = CoveringProblem.of(
        covers.reshape(clients, sites),
        weight=np.where(must & (weight > 6), np.inf, weight),
        fixed_cost=np.array(data.draw(numbers)) / data.draw(st.sampled_from([1, 3])),
        least_open=least,
        most_open=data.draw(st.integers(least, sites)),
    )
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    solution, value = solve_reference(covering.build, covering.read, problem)
    assert result.objective == pytest.approx(value, abs=1e-6)
    assert result.objective == pytest.approx(best_by_hand(problem), abs=1e-6)
    if solution is not None:
        assert check(problem, solution) == []
        assert result.status is Status.OPTIMAL


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_merged_clients_keep_lists_and_weights(data: st.DataObject) -> None:
    clients = data.draw(st.integers(1, 12))
    covers = np.array(
        data.draw(st.lists(st.booleans(), min_size=clients * 3, max_size=clients * 3))
    ).reshape(clients, 3)
    problem = CoveringProblem.of(covers, weight=np.arange(1.0, clients + 1))
    start, site, weight, group = merged(problem.start, problem.site, problem.weight, 3)
    lists = [tuple(site[a:b]) for a, b in pairwise(start)]
    assert len(set(lists)) == len(lists)
    assert weight.sum() == problem.weight.sum()
    for i in range(clients):
        assert lists[group[i]] == tuple(np.flatnonzero(covers[i]))


def test_reach_as_the_crow_flies() -> None:
    covers = covers_within([[0, 0], [3, 4], [9, 9]], [[0, 0], [9, 9]], 5.0)
    assert covers.toarray().tolist() == [[True, False], [True, False], [False, True]]


BROKEN = {
    "client must be covered": [False, True, True],
    "sites open at most": [True, True, True],
    "sites open at least": [False, False, False],
    "site must be open": [True, False, True],
    "site is not forbidden": [True, True, False],
    "shape": [True],
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_checker_finds_every_broken_rule(rule: str) -> None:
    problem = five_estates(2).replace(
        weight=np.array([np.inf, 1, 1, 1, 5]),
        least_open=1,
        must_open=np.array([False, rule == "site must be open", False]),
        forbidden=np.array([False, rule == "site is not forbidden", False]),
    )
    good = CoveringSolution(np.array([True, rule == "site must be open", False]))
    assert check(problem, good) == []
    broken = CoveringSolution(np.array(BROKEN[rule]))
    assert rule in {violation.rule for violation in check(problem, broken)}


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as error:
        CoveringProblem.of(
            np.ones((2, 2), dtype=bool),
            weight=[-1.0, 1.0],
            fixed_cost=[np.inf, 1.0],
            least_open=2,
            most_open=1,
            must_open=[True, False],
            forbidden=[True, False],
            site_ids=["a", "a"],
        )
    columns = {(fault.table, fault.column) for fault in error.value.faults}
    assert columns == {
        ("clients", "weight"), ("sites", "fixed_cost"), ("sites", "site_id"),
        ("sites", "forbidden"), ("options", "least_open"),
    }  # fmt: skip
    good = five_estates(1)
    for change, words in (
        ({"start": np.array([0, 1])}, "has shape"),
        ({"start": good.start[::-1].copy()}, "does not divide"),
        ({"site": np.where(np.arange(7) == 0, 9, good.site)}, "names site number 9 of 3"),
        ({"site": good.site[::-1].copy()}, "do not ascend"),
        ({"site_ids": ("a",)}, "has 1 names for 3 rows"),
        ({"most_open": 0, "must_open": np.array([True, False, False])}, "only 0 may be"),
        ({"least_open": 3, "most_open": 3, "forbidden": np.array([True, False, False])},
         "only 2 may be"),
    ):  # fmt: skip
        with pytest.raises(InputError, match=words):
            good.replace(**change)


def test_tables_and_plot() -> None:
    result = solved(five_estates(2))
    sites = result.tables["sites"].set_index("site_id")
    assert sites.loc["north", ["covered", "covered_alone"]].tolist() == [6.0, 6.0]
    assert result.tables["clients"]["open_sites"].tolist() == [1, 1, 0, 1, 1]
    ax = plot(result.solution, result.problem)
    assert "2 open sites cover 92.3%" in ax.get_title()
    again = CoveringSolution.from_dict(result.solution.to_dict())
    assert bundling.evaluate(result.problem, again).objective == 1


def test_thousands_of_clients_are_proved() -> None:
    rng = np.random.default_rng(7)
    covers = covers_within(rng.random((5000, 2)) * 30, rng.random((40, 2)) * 30, 5.5)
    assert isinstance(covers, sparse.csr_array)
    problem = bundling.location.maximal_covering(covers, 5, weight=rng.integers(1, 100, 5000))
    result = solved(problem)
    # No exchange of two sites betters what is proved to be the best.
    for out in np.flatnonzero(result.solution.is_open):
        for come in np.flatnonzero(~result.solution.is_open):
            is_open = result.solution.is_open.copy()
            is_open[[out, come]] = False, True
            other = bundling.evaluate(problem, CoveringSolution(is_open))
            assert other.objective >= result.objective
