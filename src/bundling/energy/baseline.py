"""Charging without a plan: what the schedule is compared with."""

from __future__ import annotations

import numpy as np

from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution


def charge_on_arrival(problem: EnergyProblem) -> EnergySolution:
    """Charge every vehicle at full power from its arrival until its need is met.

    Nobody minds price or connection, so the schedule may break the connection's limit; `check`
    says by how much, `evaluate` what it would cost. What does not fit in the stay is shortfall.
    """
    energy = problem.limit_kw * problem.slot_h
    before = np.cumsum(energy, axis=1) - energy
    charged = np.clip(problem.need_kwh[:, None] - before, 0.0, energy)
    missing = np.maximum(0.0, problem.need_kwh - charged.sum(axis=1))
    missing[missing < 1e-9 * np.maximum(1.0, problem.need_kwh)] = 0.0
    return EnergySolution(charged / problem.slot_h, missing)
