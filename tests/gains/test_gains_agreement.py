"""The library and the Pyomo reference agree on random small games."""

from __future__ import annotations

import numpy as np
import pytest

from bundling.gains import check_core, equal_profit, least_core
from bundling.models import sharing
from bundling.models.solve import solve_reference


@pytest.mark.parametrize("seed", range(6))
def test_least_core_and_equal_profit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    cost = rng.uniform(5, 30, 16)
    cost[0], cost[-1] = 0.0, rng.uniform(20, 60)
    ours = least_core(cost)
    split, epsilon = solve_reference(sharing.build, sharing.read, cost)
    assert ours.epsilon_eur == pytest.approx(epsilon, abs=1e-6)
    assert split.sum() == pytest.approx(cost[-1])
    profit = equal_profit(cost)
    allowed = max(0.0, epsilon) + 1e-7

    def build(game: np.ndarray):
        return sharing.build_equal_profit(game, allowed)

    _, spread = solve_reference(build, sharing.read, cost)
    assert profit.spread == pytest.approx(spread, abs=1e-5)
    assert check_core(cost, profit.split_eur).excess_eur <= allowed + 1e-5
