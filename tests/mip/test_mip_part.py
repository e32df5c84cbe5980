"""Parts of a model: what is held moves into the row bounds, what is free keeps its optimum."""

from __future__ import annotations

import numpy as np
import pytest

from bundling.mip import LinearModel, Parts, solve_model
from bundling.result import Status


def knapsack() -> LinearModel:
    """Pick of values 5, 4, 3 with weights 2, 3, 1 at most 4; one more column of no use."""
    model = LinearModel()
    take = model.add_columns("take", 3, upper=1.0, cost=[-5.0, -4.0, -3.0], integer=True)
    model.add_columns("idle", 1, upper=1.0, cost=1.0)
    model.add_rows("weight", 1, (0, take, [2.0, 3.0, 1.0]), upper=4.0)
    return model


def test_a_part_has_the_free_columns_and_the_rows_they_touch():
    values = np.array([1.0, 0.0, 1.0, 0.0])
    part = Parts(knapsack()).part(np.array([False, True, True, False]), values)
    assert part.columns.tolist() == [1, 2]
    assert part.model.num_rows == 1
    assert part.model.row_upper.tolist() == [2.0]  # 4 less the 2 that is held
    assert part.held_cost == -5.0


def test_a_part_finds_the_best_of_what_is_free():
    model = knapsack()
    values = np.array([0.0, 1.0, 0.0, 0.0])
    part = Parts(model).part(np.array([True, False, True, False]), values)
    outcome = solve_model(part.model)
    assert outcome.status is Status.OPTIMAL
    whole = part.whole(values, outcome.values)
    assert whole.tolist() == [0.0, 1.0, 1.0, 0.0]  # 3 + 1 fills it; 3 + 2 would not fit
    assert model.cost @ whole == pytest.approx(outcome.objective + part.held_cost)


def test_a_row_of_held_columns_only_is_left_out():
    part = Parts(knapsack()).part(np.array([False, False, False, True]), np.ones(4))
    assert part.model.num_rows == 0


def test_nodes_end_a_search_in_every_run_alike():
    rng = np.random.default_rng(0)
    model = LinearModel()
    take = model.add_columns("take", 40, upper=1.0, cost=-rng.uniform(1, 2, 40), integer=True)
    weights = rng.uniform(1, 2, (5, 40))
    model.add_rows("weight", 5, (np.arange(5)[:, None], take, weights), upper=15.0)
    runs = [solve_model(model, max_nodes=1) for _ in range(2)]
    assert runs[0].objective == runs[1].objective
    assert runs[0].bound == runs[1].bound
