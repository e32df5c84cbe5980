"""What is short behind a battery, PV, a contract or shared plugs: the least, offer by offer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.lp import build
from bundling.energy.problem import EnergyProblem
from bundling.errors import SolverError
from bundling.mip import solve_model

FloatArray = NDArray[np.float64]

_SPECK = 1e-6


@dataclass(frozen=True)
class SiteShortage:
    """The least that is short with one offer, battery and PV as large as they may be.

    Attributes
    ----------
    offer
        Number of the offer; -1 without offers.
    missing_kwh
        Shape (J,): what each vehicle misses, kWh, in one occurrence of its day.
    unmet_kwh
        Shape (T,): base load that is not served, kWh, in one occurrence of its day.
    proved_kwh
        No plan with this offer is less short than this, kWh.
    """

    offer: int
    missing_kwh: FloatArray
    unmet_kwh: FloatArray
    proved_kwh: float

    @property
    def total_kwh(self) -> float:
        """All that is short, kWh."""
        return float(self.missing_kwh.sum() + self.unmet_kwh.sum())


def least_site_shortages(
    problem: EnergyProblem, *, time_limit: float = math.inf, seed: int = 0
) -> list[SiteShortage]:
    """Solve the elastic model of every offer, least short first.

    Raises
    ------
    bundling.SolverError
        When HiGHS finds no plan within `time_limit`.
    """
    found = []
    numbers = range(len(problem.offers)) if problem.offers else (-1,)
    for number in numbers:
        charging = build(problem, elastic=True, offer=number)
        outcome = solve_model(
            charging.model, time_limit=time_limit / len(numbers), seed=seed, lp_method="ipx"
        )
        if outcome.values is None:
            raise SolverError(f"the elastic model was not solved: {outcome.message}")
        missing = np.clip(outcome.values[charging.shortfall], 0.0, problem.need_kwh)
        missing[missing < _SPECK * np.maximum(1.0, problem.need_kwh)] = 0.0
        unmet = np.zeros(problem.num_slots)
        if charging.site is not None:
            unmet = np.maximum(0.0, outcome.values[charging.site.unmet]) * problem.slot_h
            unmet[unmet < _SPECK * np.maximum(1.0, problem.base_load_kw)] = 0.0
        found.append(SiteShortage(number, missing, unmet, outcome.bound))
    return sorted(found, key=lambda shortage: shortage.total_kwh)
