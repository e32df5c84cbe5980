"""Shipments in parts: worked out by hand, put together again, and never dearer than whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from scheduled_cases import barge, corridor
from test_scheduled_laws import FEW, SEEDS, SLACK, day, optimum

import bundling
from bundling import InputError, Status
from bundling.hubs.scheduled.split import parts_needed, split_parts
from bundling.models import scheduled_hubs
from bundling.models.solve import solve_reference


def test_parts_are_equal_and_at_most_one_full_vehicle() -> None:
    problem = corridor(shipment_load=[[24.0], [3.0], [4.0]], shipment_split=[True, True, False])
    parts = split_parts(problem)
    assert parts.shipment_ids == ("a1 (1 of 3)", "a1 (2 of 3)", "a1 (3 of 3)", "a2", "d1")
    assert parts.shipment_whole == ("a1", "a1", "a1", "a2", "d1")
    assert parts.shipment_load[:, 0].tolist() == [8.0, 8.0, 8.0, 3.0, 4.0]
    assert not parts.shipment_split.any()
    assert split_parts(parts) is parts
    # The barge takes 30 kg, so one part; a quarter of it is 7.5 kg.
    wide = barge(shipment_load=[[24.0], [3.0], [4.0]], shipment_split=[True, False, False])
    assert parts_needed(wide).tolist() == [1, 1, 1]
    assert parts_needed(wide, 0.25).tolist() == [4, 1, 1]
    assert split_parts(wide, part_share=0.25).num_shipments == 6


def test_what_no_vehicle_takes_stays_whole() -> None:
    assert parts_needed(corridor(vehicle_capacity=[[0.0]])).tolist() == [1, 1, 1]


@pytest.mark.parametrize("share", [0.0, 1.5, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(InputError, match="part_share"):
        split_parts(corridor(shipment_split=[True] * 3), part_share=share)


def test_a_shipment_larger_than_a_vehicle_goes_in_several() -> None:
    # 24 kg: three vans together, 3 x (40 + 30), a2 with them (27 of 30 kg); d1 by itself, 44;
    # empty over Deventer for 28 instead of 30.
    whole = bundling.solve(corridor(shipment_load=[[24.0], [3.0], [4.0]]), time_limit=60.0, gap=0.0)
    assert whole.status is Status.OPTIMAL
    assert whole.solution.trip_count.max() == 3
    assert whole.objective == pytest.approx(3 * 68 + 44)


def test_a_divided_shipment_fills_two_hours_of_a_hub() -> None:
    # 8 kg whole do not pass a hub of 4 kg an hour, and direct is not allowed; two parts of 4 kg
    # do, on two vans to the hub (36), one van on (44), 8 kg handled (4) and the hub (5).
    one = corridor(
        shipment_load=[[8.0], [3.0], [4.0]], shipment_direct=[False, True, True],
        hub_hour_capacity=[[4.0]],
    ).only(np.array([0]))  # fmt: skip
    whole = bundling.solve(one, time_limit=60.0, gap=0.0)
    assert whole.status is Status.INFEASIBLE
    halves = split_parts(one.replace(shipment_split=[True]), part_share=0.4)
    result = bundling.solve(halves, time_limit=60.0, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.violations == ()
    assert result.objective == pytest.approx(36 + 44 + 4 + 5)
    told = result.tables["wholes"]
    assert told["shipment_id"].tolist() == ["a1"]
    assert told["parts"].tolist() == [2]
    assert told["kg"].tolist() == [8.0]
    assert told["eur"].sum() == pytest.approx(result.objective)
    twin, objective = solve_reference(scheduled_hubs.build, scheduled_hubs.read, halves)
    assert bundling.check(halves, twin) == []
    assert objective == pytest.approx(result.objective)


def test_solve_divides_by_itself() -> None:
    problem = corridor(shipment_load=[[24.0], [3.0], [4.0]], shipment_split=[True, False, False])
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.problem.num_shipments == 5
    assert result.tables["wholes"]["parts"].tolist() == [3, 1, 1]
    assert result.objective <= 3 * 68 + 44 + SLACK


@given(SEEDS)
@FEW
def test_parts_never_cost_more_than_whole(seed: int) -> None:
    problem = day(seed)
    divided = problem.replace(shipment_split=np.ones(problem.num_shipments))
    assert optimum(split_parts(divided, part_share=0.5)) <= optimum(problem) + SLACK
