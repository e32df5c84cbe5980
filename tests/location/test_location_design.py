"""Network design: by hand, broken plans, laws, the Pyomo twin, and the public set."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import public_folder

import bundling
from bundling.errors import InputError
from bundling.io.dow import read_dow
from bundling.location import DesignProblem, DesignSolution, network_design
from bundling.location.design.check import check
from bundling.location.design.explain import explain, worth_of_capacity
from bundling.location.design.plot import plot
from bundling.models import design
from bundling.models.solve import solve_reference
from bundling.result import Limit, Status


def detour(**changes: object) -> DesignProblem:
    """Two commodities to C: each has its own dear link, or both go through A.

    Direct A-C costs 10 to open, B-C 10, B-A 1; carrying costs 1 a unit everywhere. 3 units from A,
    2 from B. Separate: 10 + 10 + 3 + 2 = 25. Through A: 10 + 1 + 3 + 2 * 2 = 18, if A-C holds 5.
    """
    given: dict[str, object] = {
        "arcs": [("A", "C"), ("B", "C"), ("B", "A")],
        "commodities": [("A", "C"), ("B", "C")],
        "unit_cost": 1.0,
        "fixed_cost": [10.0, 10.0, 1.0],
        "quantity": [3.0, 2.0],
        "capacity": 5.0,
    }
    return network_design(**{**given, **changes})  # type: ignore[arg-type]


def solved(problem: DesignProblem) -> bundling.Result:
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL, result
    assert result.limit is Limit.NONE
    return result


def test_goods_share_a_link() -> None:
    result = solved(detour())
    assert result.objective == pytest.approx(18)
    assert result.solution.facilities.tolist() == [1, 0, 1]


def test_a_full_link_forces_the_other_open() -> None:
    # A-C holds 4: one unit of B must go direct, so all of B's do: 10 + 10 + 3 + 2.
    result = solved(detour(capacity=4.0))
    assert result.objective == pytest.approx(25)


def test_a_second_facility_where_it_is_cheaper() -> None:
    # A facility holds 3: two on A-C cost 8 and B-A 1 and 7 for carrying, direct links 4 + 10 + 5.
    problem = detour(capacity=3.0, fixed_cost=[4.0, 10.0, 1.0], most_facilities=2)
    result = solved(problem)
    assert result.objective == pytest.approx(16)
    assert result.solution.facilities.tolist() == [2, 0, 1]


def test_links_without_cost_need_no_decision() -> None:
    result = solved(detour(fixed_cost=0.0))
    assert result.objective == pytest.approx(5)


def broken(change: str) -> tuple[DesignProblem, DesignSolution]:
    good = DesignSolution(
        np.array([1, 0, 1]), np.array([0, 1, 1]), np.array([0, 2, 0]), np.array([3.0, 2.0, 2.0])
    )
    problem = detour()
    assert check(problem, good) == []
    values = {
        "facilities at most": {"facilities": np.array([2, 0, 1])},
        "facilities not negative": {"facilities": np.array([1, -1, 1])},
        "flow not negative": {
            "commodity": np.array([0, 1, 1, 0, 0]),
            "arc": np.array([0, 2, 0, 0, 0]),
            "flow": np.array([4.0, 2.0, 2.0, -1.0, 0.0]),
        },
        "what comes in goes out": {"flow": np.array([3.0, 2.0, 1.0])},
        "capacity": {"facilities": np.array([0, 0, 1])},
        "shape": {"facilities": np.array([1, 0])},
        "unknown arc": {"arc": np.array([0, 2, 9])},
        "unknown commodity": {"commodity": np.array([0, 1, 7])},
        "flow is a number": {"flow": np.array([3.0, 2.0, np.nan])},
    }
    return problem, dataclasses.replace(good, **values[change])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "rule",
    [
        "facilities at most", "facilities not negative", "flow not negative",
        "what comes in goes out", "capacity", "shape", "unknown arc", "unknown commodity",
        "flow is a number",
    ],
)  # fmt: skip
def test_the_checker_sees_every_broken_rule(rule: str) -> None:
    problem, solution = broken(rule)
    assert rule in {violation.rule for violation in check(problem, solution)}


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        network_design(
            [("A", "A"), ("A", "B")], [("A", "B")],
            unit_cost=[-1.0, 1.0], fixed_cost=[1.0, np.nan], quantity=0.0,
            capacity=[-2.0, 1.0], most_facilities=-1,
        )  # fmt: skip
    columns = {fault.column for fault in caught.value.faults}
    assert columns == {
        "to", "unit_cost", "fixed_cost", "quantity", "capacity", "most_facilities"
    }  # fmt: skip


def test_lengths_and_part_facilities_are_refused() -> None:
    with pytest.raises(InputError, match="2 faults"):
        detour(fixed_cost=[1.0], quantity=[1.0, 2.0, 3.0])
    with pytest.raises(InputError, match="whole number"):
        detour(most_facilities=1.5)


def test_no_way_is_told_by_name() -> None:
    result = bundling.solve(detour(commodities=[("C", "A"), ("B", "C")]))
    assert result.status is Status.INFEASIBLE
    assert "no way leads from C to A" in " ".join(result.reasons)


def test_too_little_room_is_told_in_units() -> None:
    # B can send 1 + 1 of its 2, A-C holds 1 of the 4 that must pass it or B-C holds the rest.
    result = bundling.solve(detour(capacity=1.0))
    assert result.status is Status.INFEASIBLE
    assert "3 short" in " ".join(result.reasons)


def test_a_cut_inside_is_told_by_the_elastic_program() -> None:
    # A has room for its 5 and D too, but all must pass B-C, which holds 4.
    problem = network_design(
        [("A", "B"), ("B", "C"), ("C", "D")], [("A", "D")],
        unit_cost=1.0, fixed_cost=1.0, quantity=5.0, capacity=[9.0, 4.0, 9.0],
    )  # fmt: skip
    result = bundling.solve(problem)
    assert result.status is Status.INFEASIBLE
    assert "1 of 5 units cannot be carried" in " ".join(result.reasons)


def test_tables_plot_and_words() -> None:
    problem = detour(capacity=[5.0, 5.0, 2.0])
    result = solved(problem)
    tables = result.tables
    assert tables["arcs"]["load"].tolist() == [5.0, 2.0]
    assert tables["costs"]["cost"].iloc[-1] == pytest.approx(result.objective)
    assert tables["flows"]["units"].sum() == pytest.approx(7)
    assert len(plot(result.solution, problem).patches) == 2
    assert "2 of 3 arcs" in explain(problem, result.solution)[0]
    again = DesignSolution.from_dict(result.solution.to_dict())
    assert check(problem, again) == []


def test_room_on_a_full_link_has_its_worth() -> None:
    # Both ways are open; the cheap one (1 a unit) is full at 2, the other costs 4 a unit.
    problem = network_design(
        [("A", "B"), ("A", "B")], [("A", "B")],
        unit_cost=[1.0, 4.0], fixed_cost=1.0, quantity=5.0, capacity=[2.0, 9.0],
    )  # fmt: skip
    plan = DesignSolution(np.array([1, 1]), np.array([0, 0]), np.array([0, 1]), np.array([2.0, 3]))
    assert worth_of_capacity(problem, plan).tolist() == pytest.approx([3.0, 0.0])
    assert "saves about 3 EUR" in explain(problem, plan)[1]


def test_data_frames_in() -> None:
    arcs = pd.DataFrame(
        {"from": ["A", "B", "B"], "to": ["C", "C", "A"], "unit_cost": 1, "fixed_cost": [10, 10, 1],
         "capacity": 5}
    )  # fmt: skip
    goods = pd.DataFrame({"from": ["A", "B"], "to": ["C", "C"], "quantity": [3, 2]})
    assert solved(DesignProblem.from_tables(arcs, goods)).objective == pytest.approx(18)
    with pytest.raises(InputError, match="3 faults"):
        DesignProblem.from_tables(
            arcs.drop(columns="unit_cost").assign(capacity="much"), goods.drop(columns="to")
        )


@st.composite
def problems(draw: st.DrawFn) -> DesignProblem:
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    nodes = draw(st.integers(3, 5))
    pairs = [(i, j) for i in range(nodes) for j in range(nodes) if i != j]
    arcs = [pairs[k] for k in rng.permutation(len(pairs))[: draw(st.integers(3, 10))]]
    goods = [pairs[k] for k in rng.permutation(len(pairs))[: draw(st.integers(1, 3))]]
    return network_design(
        arcs, goods,
        unit_cost=rng.integers(0, 5, len(arcs)),
        fixed_cost=rng.integers(0, 30, len(arcs)),
        quantity=rng.integers(1, 6, len(goods)),
        capacity=rng.integers(2, 8, len(arcs)),
        most_facilities=int(draw(st.sampled_from([1, 3]))),
    )  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(problems())
def test_the_twin_agrees(problem: DesignProblem) -> None:
    plan, best = solve_reference(design.build, design.read, problem)
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    if plan is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
        return
    assert check(problem, plan) == []
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(best, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(problems())
def test_more_room_never_costs_more(problem: DesignProblem) -> None:
    first = bundling.solve(problem, gap=0.0)
    wider = bundling.solve(problem.replace(capacity=problem.capacity + 1), gap=0.0)
    if first.solution is not None:
        assert wider.objective <= first.objective + 1e-6


def test_a_listener_ends_the_search() -> None:
    result = bundling.solve(_grid(), time_limit=30, on_event=lambda _: False)
    assert result.limit is Limit.INTERRUPT
    assert result.bound <= result.objective


def _grid() -> DesignProblem:
    rng = np.random.default_rng(3)
    pairs = [(i, j) for i in range(12) for j in range(12) if i != j]
    arcs = [pairs[k] for k in rng.permutation(len(pairs))[:70]]
    goods = [pairs[k] for k in rng.permutation(len(pairs))[:15]]
    return network_design(
        [*arcs, *((i, (i + 1) % 12) for i in range(12))], goods,
        unit_cost=rng.integers(1, 9, 82), fixed_cost=rng.integers(20, 90, 82),
        quantity=rng.integers(1, 9, 15), capacity=40.0,
    )  # fmt: skip


def test_the_same_answer_twice() -> None:
    first, second = (bundling.solve(_grid(), time_limit=60, gap=0.02) for _ in range(2))
    assert first.limit in (Limit.GAP, Limit.NONE)
    assert first.objective == second.objective
    assert first.bound == second.bound
    assert (first.solution.flow == second.solution.flow).all()
    assert threading.active_count() < 20


def test_time_is_kept_and_no_bound_is_invented() -> None:
    result = bundling.solve(_grid(), time_limit=0.05)
    assert result.run.wall_s < 1.5
    assert result.bound <= result.objective


def test_a_canadian_instance() -> None:
    path = public_folder("mcnd") / "C" / "c33.dow"
    data = read_dow(path)
    problem = network_design(
        data.arcs.tolist(), data.commodities.tolist(), unit_cost=data.unit_cost,
        fixed_cost=data.fixed_cost, capacity=data.capacity, quantity=data.quantity,
    )  # fmt: skip
    result = bundling.solve(problem, time_limit=15, gap=0.01)
    assert result.objective >= 423_848 * (1 - 1e-9)
    assert result.bound <= 423_848 * (1 + 1e-9)
    assert result.gap <= 0.01


def test_an_infeasible_canadian_instance() -> None:
    data = read_dow(public_folder("mcnd") / "R" / "r01.9.dow")
    problem = network_design(
        data.arcs.tolist(), data.commodities.tolist(), unit_cost=data.unit_cost,
        fixed_cost=data.fixed_cost, capacity=data.capacity, quantity=data.quantity,
    )  # fmt: skip
    result = bundling.solve(problem)
    assert result.status is Status.INFEASIBLE
    assert "95 of 613 units cannot be carried" in " ".join(result.reasons)
