"""Where the search and the whole model once went wrong."""

from __future__ import annotations

import numpy as np
import pytest
from scheduled_cases import corridor, random_day

import bundling
from bundling import Status
from bundling.models import scheduled_hubs
from bundling.models.solve import solve_reference


@pytest.mark.parametrize("seed", [96, 139, 232, 258])
def test_loaded_vehicles_bring_others_home_where_no_empty_one_may_go(seed: int) -> None:
    problem = random_day(seed)
    _, objective = solve_reference(scheduled_hubs.build, scheduled_hubs.read, problem)
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(objective, abs=1e-5)


def test_no_shipments_cost_nothing() -> None:
    result = bundling.solve(corridor().only(np.zeros(3, dtype=bool)), time_limit=5.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == 0.0


def test_without_hubs_a_shipment_that_may_not_go_direct_has_no_way() -> None:
    problem = corridor(shipment_direct=[False, True, True], max_hubs=0)
    result = bundling.solve(problem, time_limit=5.0)
    assert result.status is Status.INFEASIBLE
    assert result.reasons[0].startswith("a1: no departures")
