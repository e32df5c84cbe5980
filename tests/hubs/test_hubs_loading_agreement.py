"""The loading and its Pyomo reference agree on random small problems."""

from __future__ import annotations

import numpy as np
import pytest

from bundling.hubs.loading import LoadingProblem, check, solve
from bundling.models import loading
from bundling.models.solve import solve_reference
from bundling.result import Status


def random_units(seed: int) -> LoadingProblem:
    """Five to eight units of three resources and three kinds, two of which go apart or alone."""
    rng = np.random.default_rng(seed)
    number = int(rng.integers(5, 9))
    need = rng.integers(1, 8, (number, 3)).astype(float)
    goods = tuple(rng.choice(["food", "waste", "acid"], number).tolist())
    apart = [frozenset({"food", "waste"})] + ([frozenset({"acid"})] if seed % 2 else [])
    ids = tuple(f"u{k}" for k in range(number))
    return LoadingProblem(ids, need, np.array([10.0, 12.0, 15.0]), goods, frozenset(apart))


@pytest.mark.parametrize("seed", range(8))
def test_same_number_of_vehicles(seed: int) -> None:
    problem = random_units(seed)
    found = solve(problem, time_limit=60.0)  # ends by proof
    vehicle, objective = solve_reference(loading.build, loading.read, problem)
    assert found.status is Status.OPTIMAL
    assert found.bounds.objective == found.bounds.bound == pytest.approx(objective)
    assert vehicle is not None
    assert check(problem, vehicle) == []
