"""Loading: hand-worked counts, broken loads, bounds, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.errors import InputError
from bundling.hubs.loading import (
    LoadingProblem,
    check,
    first_fit_decreasing,
    least_vehicles,
    loading_problem,
    solve,
)
from bundling.result import Limit, Status

APART = frozenset({frozenset({"food", "waste"})})


def by_weight(kg: list[int], room_kg: float = 10.0, goods: str = "") -> LoadingProblem:
    need = np.zeros((len(kg), 3))
    need[:, 0] = kg
    kinds = tuple(
        {"f": "food", "w": "waste"}.get(k, "dry") for k in goods.ljust(len(kg))[: len(kg)]
    )
    ids = tuple(f"u{k}" for k in range(len(kg)))
    return LoadingProblem(ids, need, np.array([room_kg, 1.0, 1.0]), kinds, APART)


def test_exact_beats_first_fit_decreasing() -> None:
    """Decreasing gives 44 | 333 | 3; best is 433 twice."""
    problem = by_weight([4, 4, 3, 3, 3, 3], 10.0)
    assert len(set(first_fit_decreasing(problem))) == 3
    found = solve(problem)
    assert found.status is Status.OPTIMAL
    assert found.bounds.objective == found.bounds.bound == 2.0


def test_goods_apart_need_a_vehicle_more() -> None:
    problem = by_weight([1, 1, 1], goods="fw")
    assert least_vehicles(problem) == 2
    assert solve(problem).bounds.objective == 2.0


def test_a_kind_apart_from_itself_goes_one_by_one() -> None:
    problem = LoadingProblem(
        ("a", "b", "c"),
        np.array([[1.0, 0, 0]] * 3),
        np.array([10.0, 1, 1]),
        ("acid", "acid", "dry"),
        frozenset({frozenset({"acid"})}),
    )
    assert solve(problem).bounds.objective == 2.0
    assert [v.rule for v in check(problem, [0, 0, 1])] == ["goods apart"]


def test_many_units_that_clash_keep_the_time_limit_and_their_first_loading() -> None:
    """Stating the model alone takes longer than this; what was found before it comes back."""
    rng = np.random.default_rng(1)
    kg = rng.integers(1, 9, 600).tolist()
    problem = by_weight(kg, 40.0, "".join(rng.choice(list("fwd"), 600)))
    found = solve(problem, time_limit=0.3)
    assert found.limit is Limit.TIME
    assert found.bounds.bound <= found.bounds.objective
    assert check(problem, found.vehicle) == []


def test_check_names_each_broken_rule() -> None:
    problem = by_weight([6, 6, 1], goods="f w")
    rules = {v.rule for v in check(problem, [0, 0, 0])}
    assert rules == {"vehicle capacity (kg)", "goods apart"}
    assert check(problem, [0, 1, -1])[0].rule == "every unit has a vehicle"
    assert check(problem, [0])[0].rule == "every unit has a vehicle"
    assert check(problem, [0, 1, 1]) == []


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 10), min_size=1, max_size=9), st.text("fwd", max_size=9))
def test_bound_exact_heuristic_in_order(kg: list[int], goods: str) -> None:
    problem = by_weight(kg, goods=goods)
    found = solve(problem, time_limit=5.0)
    assert found.status is Status.OPTIMAL
    heuristic = len(set(first_fit_decreasing(problem)))
    assert least_vehicles(problem) <= found.bounds.objective <= heuristic


def test_euro_pallets_on_the_shipped_vehicles() -> None:
    units = pd.DataFrame(
        {"unit_id": range(35), "unit": "pallet", "kg": 300, "m3": 1.0, "goods": "dry"}
    )
    problem = loading_problem(units, "artic_40t")
    assert solve(problem).bounds.objective == 2.0
    assert solve(loading_problem(units.head(33), "artic_40t")).bounds.objective == 1.0


def positions_of(unit: str, vehicle: str, number: int) -> float:
    units = pd.DataFrame(
        {"unit_id": range(number), "unit": unit, "kg": 1, "m3": 0.1, "goods": "dry"}
    )
    return solve(loading_problem(units, vehicle)).bounds.objective


@pytest.mark.parametrize(
    ("unit", "vehicle", "full"),
    [("pallet", "van", 3), ("pallet", "evan", 3), ("roll_container", "van", 5),
     ("pallet", "rigid_18t", 18), ("roll_container", "rigid_18t", 27), ("pallet", "artic_40t", 33),
     ("roll_container", "artic_40t", 54), ("teu", "artic_40t", 2)],
)  # fmt: skip
def test_a_vehicle_takes_its_positions_and_not_one_more(unit: str, vehicle: str, full: int) -> None:
    """The positions of DOMAIN 3, where floor in m2 would let five pallets in a van."""
    assert positions_of(unit, vehicle, full) == 1.0
    assert positions_of(unit, vehicle, full + 1) == 2.0


def test_kinds_share_the_floor_in_proportion() -> None:
    """Two of three pallets and a roll container (a fifth) fill 13 of 15 parts of a van."""
    kinds = ["pallet", "pallet", "roll_container", "roll_container"]
    units = pd.DataFrame({"unit_id": range(4), "unit": kinds, "kg": 1, "m3": 0.1, "goods": "dry"})
    assert solve(loading_problem(units.head(3), "van")).bounds.objective == 1.0
    assert solve(loading_problem(units, "van")).bounds.objective == 2.0
    # A part of a roll container of 0.6 or less is room that is left: 2 of 15 parts.
    for share, needed in ((0.6, 1.0), (0.7, 2.0)):
        part = units.assign(share=[1.0, 1.0, 1.0, share])
        assert solve(loading_problem(part, "van")).bounds.objective == needed


def test_positions_are_a_table_the_user_may_replace() -> None:
    columns = ["vehicle", "unit", "positions", "source", "year", "licence"]
    mine = pd.DataFrame([("van", "pallet", 4, "my fleet", 2026, "own")], columns=columns)
    units = pd.DataFrame({"unit_id": range(4), "unit": "pallet", "kg": 1, "m3": 0.1, "goods": "a"})
    assert solve(loading_problem(units, "van", positions=mine)).bounds.objective == 1.0
    with pytest.raises(InputError, match="unknown"):
        loading_problem(units, "van", positions=mine.assign(vehicle="sledge"))
    with pytest.raises(InputError, match="year"):
        loading_problem(units, "van", positions=mine.assign(year=""))


def test_all_faults_at_once() -> None:
    units = pd.DataFrame(
        {"unit_id": [1, 1], "unit": ["box", "pallet"], "kg": [-1, 1], "m3": [1, "x"], "goods": "a"}
    )
    with pytest.raises(InputError) as caught:
        loading_problem(units, "rocket")
    assert len(caught.value.faults) == 5
    box = pd.DataFrame({"unit_id": ["a"], "unit": ["teu"], "kg": [1], "m3": [1], "goods": ["a"]})
    with pytest.raises(InputError, match="positions for"):
        loading_problem(box, "van")
