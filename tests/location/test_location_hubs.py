"""Hub location: by hand, against the Pyomo twin and all sets of hubs, and the public sets."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import on_a_line, public_folder

import bundling
from bundling.errors import InputError
from bundling.io.hub_files import read_ap, read_cab, read_node_values
from bundling.location import (
    HubLocationProblem,
    HubLocationSolution,
    hub_covering,
    hub_location,
    p_hub_median,
)
from bundling.location.hubs.check import check
from bundling.location.hubs.explain import explain
from bundling.location.hubs.plot import plot
from bundling.models import hub_location as twin
from bundling.models.solve import solve_reference
from bundling.result import Limit, Status


def solved(problem: HubLocationProblem) -> bundling.Result:
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL, result
    return result


def four_towns(p: int, **options: object) -> HubLocationProblem:
    """Towns at 0, 1, 9 and 10 on a road; one unit between each two of them, either way.

    Two hubs with transfer at half price: the towns of one end reach the other through both. Hubs
    at 0 and 9: 0-1 and 9-10 cost 1 each; across 0-9: 4.5, 0-10: 5.5, 1-9: 5.5, 1-10: 6.5, so 24
    each way, 48. Hubs at 1 and 9, the best: 1 + 1 + 5 + 6 + 4 + 5 = 22, so 44.
    One hub at 1: 0-1: 1, 0-9: 9, 0-10: 10, 1-9: 8, 1-10: 9, 9-10: 17: 54, twice: 108.
    """
    names = ["west", "west end", "east", "east end"]
    flow = 1.0 - np.eye(4)
    return p_hub_median(flow, on_a_line(0, 1, 9, 10), p, alpha=0.5, node_ids=names, **options)


@pytest.mark.parametrize("single", [True, False])
def test_two_hubs_share_the_long_way(*, single: bool) -> None:
    result = solved(four_towns(2, single=single))
    assert result.objective == pytest.approx(44)
    assert np.flatnonzero(result.solution.is_open).tolist() == [1, 2]
    assert solved(four_towns(1, single=single)).objective == pytest.approx(108)


def test_a_pair_goes_its_own_way_where_that_is_shorter() -> None:
    # A - hub - B - hub - C at 0, 1, 2, 3, 4 with hubs at 1 and 3, transfer at full price: B may
    # use either hub, so from A to B 2 and from B to C 2. With one hub, say at 1, B to C is 1 + 3.
    flow = np.zeros((5, 5))
    flow[0, 2] = flow[2, 4] = 1.0
    distance = on_a_line(0, 1, 2, 3, 4)
    must = np.array([0, 1, 0, 1, 0], dtype=bool)
    many = p_hub_median(flow, distance, 2, must_open=must, single=False)
    assert solved(many).objective == pytest.approx(4)
    # Alone: A at 1; B at 1 costs 2 + (1 + 2 + 1) = 6, at 3 the same.
    assert solved(many.replace(single=True)).objective == pytest.approx(6)


def test_a_full_hub_sends_a_node_elsewhere() -> None:
    # Hubs at 0 and 9, each town sends 3. With room for 6 each nothing changes; with room for 3 at
    # 0 town 1 must go to 9: over hub 9 it pays 8 for each of its six units, and to and from 0
    # 4.5 more. 0-9: 4.5, 0-10: 5.5, 9-10: 1, 1-0: 12.5, 1-9: 8, 1-10: 9: 40.5, twice 81.
    must = np.array([1, 0, 1, 0], dtype=bool)
    capacity = np.array([6.0, 6.0, 9.0, 6.0])
    problem = four_towns(2, must_open=must, capacity=capacity)
    assert solved(problem).objective == pytest.approx(48)
    capacity[0] = 3.0
    assert solved(problem.replace(capacity=capacity)).objective == pytest.approx(81)
    capacity[2] = 8.0
    result = bundling.solve(problem.replace(capacity=capacity))
    assert result.status is Status.INFEASIBLE
    capacity = np.full(4, 5.0)
    result = bundling.solve(problem.replace(capacity=capacity))
    assert "at most 2 hubs may be open" in result.reasons[0]


@pytest.mark.parametrize("single", [True, False])
def test_covering_counts_hubs(*, single: bool) -> None:
    # One hub reaches all within 10 only where it lies between: at 1, 9 to 10 costs 8 + 9 = 17.
    # Two hubs with transfer at half price: 1-10 costs 6.5 over hubs 0 and 9, or less.
    distance = on_a_line(0, 1, 9, 10)
    two = solved(hub_covering(distance, 6.5, alpha=0.5, single=single))
    assert two.objective == 2
    assert two.evaluation.indicators["worst_cost"] <= 6.5 + 1e-9
    assert solved(hub_covering(distance, 18.0, alpha=0.5, single=single)).objective == 1
    far = bundling.solve(hub_covering(distance, 4.0, alpha=0.5, single=single))
    assert far.status is Status.INFEASIBLE


def test_fixed_costs_are_weighed_against_distance() -> None:
    fixed = np.full(4, 50.0)
    problem = hub_location(1.0 - np.eye(4), on_a_line(0, 1, 9, 10), fixed, alpha=0.5)
    assert solved(problem).objective == pytest.approx(144)  # 44 + 100 against 108 + 50
    assert solved(problem.replace(fixed_cost=fixed + 15)).objective == pytest.approx(173)


def small_problem(draw: st.DrawFn, kind: str) -> HubLocationProblem:
    n = draw(st.integers(2, 4))
    numbers = st.integers(0, 9)
    flow = np.array(draw(st.lists(numbers, min_size=n * n, max_size=n * n)), dtype=float)
    distance = np.array(draw(st.lists(numbers, min_size=n * n, max_size=n * n)), dtype=float)
    distance = distance.reshape(n, n) * (1 - np.eye(n))
    fixed = np.array(draw(st.lists(st.integers(0, 40), min_size=n, max_size=n)), dtype=float)
    least = draw(st.integers(0, n))
    capacity = np.inf
    if kind.endswith("capacity"):
        room = draw(st.lists(st.integers(5, 60), min_size=n, max_size=n))
        capacity = np.array(room, dtype=float)
    return HubLocationProblem.of(
        flow.reshape(n, n),
        distance,
        chi=draw(st.sampled_from([1.0, 3.0])),
        alpha=draw(st.sampled_from([0.0, 0.5, 1.0])),
        delta=draw(st.sampled_from([1.0, 2.0])),
        fixed_cost=fixed,
        capacity=capacity,
        least_open=least,
        most_open=draw(st.integers(max(1, least), n)),
        forbidden=np.arange(n) < draw(st.integers(0, n - max(1, least))),
        single=kind.startswith("single"),
        reach=float(draw(st.integers(2, 30))) if kind.endswith("covering") else np.inf,
    )


KINDS = [f"{way} {what}".strip() for way in ("single", "multiple") for what in
         ("", "capacity", "covering")]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=8, deadline=None)
def test_search_and_twin_agree(kind: str, data: st.DataObject) -> None:
    problem = small_problem(data.draw, kind)
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    solution, value = solve_reference(twin.build, twin.read, problem)
    assert result.objective == pytest.approx(value, abs=1e-4)
    if solution is None:
        assert result.status is Status.INFEASIBLE
    else:
        assert result.status is Status.OPTIMAL
        assert check(problem, solution) == []


@given(st.integers(0, 10_000), st.sampled_from([0.3, 1.0]), st.integers(2, 3))
@settings(max_examples=8, deadline=None)
def test_single_allocation_and_all_allocations_agree(seed: int, alpha: float, p: int) -> None:
    rng = np.random.default_rng(seed)
    xy, flow = rng.random((6, 2)), rng.random((6, 6))
    distance = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    problem = p_hub_median(flow, distance, p, alpha=alpha)
    best = np.inf
    for hubs in itertools.combinations(range(6), p):
        is_open = np.isin(np.arange(6), hubs)
        choices = [(i,) if i in hubs else hubs for i in range(6)]
        for hub in itertools.product(*choices):
            plan = HubLocationSolution.allocated(flow, np.array(hub), is_open)
            best = min(best, bundling.evaluate(problem, plan).objective)
    result = solved(problem)
    assert result.objective == pytest.approx(best)
    many = solved(problem.replace(single=False))
    assert many.objective <= result.objective + 1e-9
    assert many.objective >= solved(problem.replace(single=False, alpha=0.0)).objective - 1e-9


def plan_of_four() -> HubLocationSolution:
    is_open = np.array([True, False, True, False])
    return HubLocationSolution.allocated(1.0 - np.eye(4), np.array([0, 0, 2, 2]), is_open)


def changed(name: str, row: int, value: float) -> dict[str, np.ndarray]:
    array = getattr(plan_of_four(), name).copy()
    array[row] = value
    return {name: array}


BROKEN = {
    "share not negative": changed("share", 0, -1.0),
    "carried once": changed("share", 0, 0.5),
    "hub on the way is open": changed("first", 0, 1),
    "capacity": {"first": np.zeros(12, dtype=np.int64)},
    "one hub a node": changed("first", 0, 2),
    "a hub serves itself": {
        "first": np.full(12, 2), "last": np.full(12, 2),
    },
    "sites open at least": {"is_open": np.array([True, False, False, False])},
    "sites open at most": {"is_open": np.array([True, True, True, False])},
    "site must be open": {"is_open": np.array([False, False, True, False])},
    "site is not forbidden": {"is_open": np.array([True, False, True, True])},
    "shape": {"is_open": np.array([True])},
    "unknown node": changed("last", 0, 9),
    "share is a number": changed("share", 0, np.nan),
}  # fmt: skip


@pytest.mark.parametrize("rule", BROKEN)
def test_the_checker_finds_every_broken_rule(rule: str) -> None:
    problem = four_towns(
        2, capacity=6.0, must_open=[True, False, False, False],
        forbidden=[False, False, False, True],
    )  # fmt: skip
    assert check(problem, plan_of_four()) == []
    broken = dataclasses.replace(plan_of_four(), **BROKEN[rule])
    assert rule in {violation.rule for violation in check(problem, broken)}


def test_the_checker_measures_reach() -> None:
    problem = hub_covering(on_a_line(0, 1, 9, 10), 6.0, alpha=0.5)
    found = check(problem, plan_of_four())
    assert {violation.rule for violation in found} == {"within reach"}
    assert [violation.where for violation in found] == ["node 1 to node 3", "node 3 to node 1"]


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as error:
        HubLocationProblem.of(
            [[0.0, -1.0], [np.nan, 0.0]], [[0.0, np.inf], [1.0, 1.0]], alpha=-1.0,
            fixed_cost=[-1.0, 0.0], capacity=[np.nan, 1.0], least_open=3, node_ids=["a", "a"],
            reach=5.0,
        )  # fmt: skip
    columns = {(fault.table, fault.column) for fault in error.value.faults}
    assert columns == {
        ("nodes", "node_id"), ("options", "alpha"), ("pairs", "flow"), ("pairs", "distance"),
        ("nodes", "fixed_cost"), ("nodes", "capacity"), ("options", "least_open"),
    }  # fmt: skip
    with pytest.raises(InputError, match=r"has shape \(1, 1\), expected \(2, 2\)"):
        HubLocationProblem.of(np.zeros((2, 2)), [[0.0]])


def test_a_problem_from_data_frames() -> None:
    nodes = pd.DataFrame({"node_id": ["a", "b"], "fixed_cost": [5.0, 1.0]})
    pairs = pd.DataFrame(
        {"from_id": ["a", "b"], "to_id": ["b", "a"], "distance": [2.0, 3.0], "flow": [1.0, 1.0]}
    )
    problem = HubLocationProblem.from_tables(nodes, pairs)
    assert solved(problem).objective == pytest.approx(6)  # b alone: 1 + 2 + 3
    with pytest.raises(InputError, match="is there more than once"):
        HubLocationProblem.from_tables(nodes, pairs.assign(from_id="a", to_id="b"))
    with pytest.raises(InputError, match="names what is not in the table of nodes"):
        HubLocationProblem.from_tables(nodes, pairs.assign(from_id="c"))
    with pytest.raises(InputError, match=r"pairs\.flow: is missing"):
        HubLocationProblem.from_tables(nodes, pairs.drop(columns="flow"))
    with pytest.raises(InputError, match="a to b"):
        HubLocationProblem.from_tables(nodes, pairs.iloc[1:])


def test_tables_plot_and_reasons() -> None:
    result = solved(four_towns(2, must_open=[True, False, True, False], unit="EUR a day"))
    tables = result.tables
    assert tables["hubs"]["collected"].tolist() == [6.0, 6.0]
    assert tables["hubs"]["through"].tolist() == [10.0, 10.0]  # 2 of its own, 8 across
    assert tables["transfers"]["flow"].tolist() == [4.0, 4.0]
    assert tables["costs"]["cost"].iloc[-1] == pytest.approx(48)
    words = explain(result.problem, result.solution)
    # Without west all goes over east: 17 + 9 + 10 + 8 + 9 + 1 = 54, twice, instead of 48.
    assert words[0].startswith("west serves 2 of 4 nodes and collects 6; 10 passes")
    assert "at least 60 EUR a day more" in words[0]
    ax = plot(result.solution, result.problem)
    assert "2 open hubs of 4 nodes" in ax.get_title()
    again = HubLocationSolution.from_dict(result.solution.to_dict())
    assert bundling.evaluate(result.problem, again).objective == pytest.approx(48)


def test_a_caller_who_has_enough_gets_the_best_so_far() -> None:
    rng = np.random.default_rng(3)
    xy, flow = rng.random((45, 2)), rng.random((45, 45))
    distance = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    problem = p_hub_median(flow, distance, 6)
    result = bundling.solve(problem, gap=0.0, on_event=lambda event: False)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE
    result = bundling.solve(problem, gap=0.0, time_limit=0.3)
    assert result.limit is Limit.TIME
    assert result.run.wall_s < 1.3


@pytest.mark.parametrize(
    ("alpha", "p", "single", "best"),
    [(0.2, 2, True, 1000.91), (0.6, 3, True, 1033.56), (1.0, 4, True, 1211.23),
     (0.2, 5, False, 530.00), (1.0, 5, False, 975.24)],
)  # fmt: skip
def test_public_flights_are_proved(alpha: float, p: int, best: float, *, single: bool) -> None:
    data = read_cab(public_folder("hub_cab") / "okelly-data.txt")
    flow = data.flow / data.flow.sum()
    result = solved(p_hub_median(flow, data.distance, p, alpha=alpha, single=single))
    assert result.objective == pytest.approx(best, abs=0.006)


@pytest.mark.parametrize(
    ("fixed", "capacity", "best"),
    [("L", "", 236650.63), ("T", "", 295667.84), ("L", "L", 238977.95), ("T", "T", 348369.15)],
)
def test_public_post_is_proved(fixed: str, capacity: str, best: float) -> None:
    home = public_folder("hub_ap")
    data = read_ap(home / "AP_25.txt")
    room = read_node_values(home / f"Cap{capacity}.25", 25) if capacity else np.inf
    problem = hub_location(
        data.flow, data.distance, read_node_values(home / f"Fcost{fixed}.25", 25),
        capacity=room, chi=data.chi, alpha=data.alpha, delta=data.delta,
    )  # fmt: skip
    assert solved(problem).objective == pytest.approx(best, abs=0.01)


def test_broken_files_are_refused_in_words(tmp_path) -> None:
    path = tmp_path / "hubs.txt"
    path.write_text("2\n0 0\n1 1\n1 2 3\n")
    with pytest.raises(InputError, match="ends before"):
        read_ap(path)
    path.write_text("2\n0 0\n3000 4000\n1 2\n3 4\n")
    assert read_ap(path).distance.tolist() == [[0, 5], [5, 0]]
    with pytest.raises(InputError, match="for 3 nodes"):
        read_node_values(path, 3)
    path.write_text("1 1 0 0\n1 2 5\n")
    with pytest.raises(InputError, match="has 3 words"):
        read_cab(path)
    path.write_text("1 1 0 0\n1 2 5 3\n")
    with pytest.raises(InputError, match="does not have each pair"):
        read_cab(path)
    path.write_text("param: W C :=\n1 1 0 0\n1 2 5 3\n2 1 4 3\n2 2 0 0\n;\n")
    data = read_cab(path)
    assert data.flow.tolist() == [[0, 5], [4, 0]]
