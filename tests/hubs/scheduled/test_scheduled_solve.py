"""As a user meets it: words when it cannot be, stopping, the same answer again."""

from __future__ import annotations

import math
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scheduled_cases import barge, corridor, crowd, random_day

import bundling
from bundling import Limit, Status
from bundling.instances.bundling_networks import bundling_network
from bundling.result import Event


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"shipment_due_slot": [4, 10, 11]}, "a1: no departures over at most 1 hubs bring it"),
        ({"shipment_origin": [0, 2, 1], "shipment_destination": [2, 1, 2],
          "lane_from": [0, 1, 0, 1, 1, 0]}, "a2: nothing leaves Almelo"),
        ({"lane_to": [1, 0, 1, 0, 0, 1]}, "a1: nothing goes to Almelo"),
        ({"vehicle_capacity": [[0.0]]}, "a1: nothing that leaves Apeldoorn has room for it"),
    ],
)  # fmt: skip
def test_a_shipment_without_a_way_is_named(changes: dict[str, Any], words: str) -> None:
    result = bundling.solve(corridor(**changes), time_limit=5.0)
    assert result.status is Status.INFEASIBLE
    assert result.solution is None
    assert math.isinf(result.objective)
    assert any(reason.startswith(words) for reason in result.reasons), result.reasons
    assert result.tables == {}


def test_each_has_a_way_but_not_all_together() -> None:
    both = corridor(shipment_direct=[False, False, True], hub_capacity=[[7.0]])
    result = bundling.solve(both, time_limit=5.0)
    assert result.status is Status.INFEASIBLE
    assert "do not take all together" in result.reasons[0]


def test_same_seed_same_answer() -> None:
    problem = crowd(5)
    one, other = (
        bundling.solve(problem, time_limit=math.inf, gap=0.2, seed=3) for _ in range(2)
    )  # fmt: skip
    assert one.objective == other.objective
    assert one.solution.to_dict() == other.solution.to_dict()
    assert one.gap <= 0.2


def test_the_time_limit_is_kept_and_never_called_optimal() -> None:
    bundling.solve(corridor(), time_limit=1.0)  # compile first
    # The wait at hubs decides, of which no bound knows all.
    problem = bundling_network(8, 200, zones=24)
    result = bundling.solve(problem, time_limit=2.0, gap=0.0)
    assert result.run.wall_s < 3.5  # a busy machine
    assert result.status is Status.FEASIBLE
    assert result.limit is Limit.TIME
    assert result.bound < result.objective


def test_on_event_ends_it_with_the_best_so_far() -> None:
    seen: list[Event] = []

    def stop(event: Event) -> bool:
        seen.append(event)
        return not math.isfinite(event.objective)

    result = bundling.solve(crowd(60), time_limit=20.0, gap=0.0, on_event=stop)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE
    assert result.run.wall_s < 20.0
    assert seen[-1].objective >= result.objective - 1e-6


def test_improvements_only_get_better() -> None:
    result = bundling.solve(crowd(40), time_limit=2.0)
    costs = [cost for _, cost, _ in result.run.improvements]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] == pytest.approx(result.objective)


def test_result_tables_and_plot_as_a_user() -> None:
    result = bundling.solve(barge(), time_limit=5.0)
    assert "hubs.scheduled: optimal" in repr(result)
    flows = result.tables["flows"].set_index("shipment_id")
    assert flows.loc["a1", "moves"] == "02:00 van to Deventer; 04:00 barge to Almelo"
    assert flows.loc["a1", "hubs"] == "hub Deventer"
    assert flows.loc["d1", "arrival"] == "08:00"
    assert isinstance(result.tables["costs"], pd.DataFrame)
    assert result.plot().get_xlabel() == "RD x (km)"


def test_the_result_pickles() -> None:
    result = bundling.solve(barge(), time_limit=5.0)
    again = pickle.loads(pickle.dumps(result))
    assert again.objective == result.objective
    assert bundling.check(again.problem, again.solution) == []


@pytest.mark.parametrize("seed", range(6))
def test_the_objective_is_that_of_the_evaluation(seed: int) -> None:
    problem = random_day(seed, shut=0.0)
    result = bundling.solve(problem, time_limit=5.0)
    if result.solution is not None:
        costs = bundling.evaluate(problem, result.solution)
        assert result.objective == pytest.approx(costs.objective)
        assert np.isfinite(list(costs.indicators.values())).all()
