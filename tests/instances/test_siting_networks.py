"""The generator of siting networks: the same by its seed, sane, and solvable when small."""

from __future__ import annotations

import numpy as np
import pytest

from bundling.certify import fingerprint
from bundling.instances.siting_networks import siting_network
from bundling.result import Status
from bundling.siting import solve
from bundling.siting.milp import build


def test_the_same_seed_gives_the_same_problem():
    once, again, other = (siting_network(20, 6, (2026, 2030), seed=seed) for seed in (3, 3, 4))
    assert fingerprint(once) == fingerprint(again) != fingerprint(other)


def test_sizes_are_those_asked_for():
    problem = siting_network(40, 12, (2026, 2028, 2030), battery_share=0.5)
    assert (problem.num_sites, problem.num_years, problem.num_hours) == (40, 3, 96)
    assert problem.num_nodes == 1 + 1 + 12
    assert np.bincount(problem.pair_demand).max() <= 8
    assert problem.storage is not None
    assert build(problem).stored is not None


def test_headroom_grows_and_demand_too():
    problem = siting_network(30, 10)
    assert (np.diff(problem.headroom_kw[1:], axis=1) >= 0).all()
    assert (np.diff(problem.demand_kwh, axis=1) > 0).all()


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_small_network_is_planned(share):
    problem = siting_network(5, 3, (2026, 2030), battery_share=share)
    result = solve(problem, gap=0.04, time_limit=120.0)
    assert result.status in (Status.OPTIMAL, Status.FEASIBLE)
    assert result.gap < 0.05
