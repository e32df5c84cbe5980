"""CO2e and NOx of a plan by what brings them about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solution import ScheduledSolution

if TYPE_CHECKING:
    import pandas as pd


def emissions(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    """Return CO2e and NOx of loaded and empty vehicles and of vessels, one row each."""
    import pandas as pd

    rows = (
        ("loaded vehicles", problem.lane_co2e_kg, problem.lane_nox_g, solution.trip_lane,
         solution.trip_count),
        ("empty vehicles", problem.lane_co2e_kg, problem.lane_nox_g, solution.empty_lane,
         solution.empty_count),
        ("vessels", problem.sailing_co2e_kg, problem.sailing_nox_g,
         np.arange(problem.num_sailings), solution.sailing_count),
    )  # fmt: skip
    return pd.DataFrame(
        {
            "source": [name for name, *_ in rows],
            "co2e_kg": [float(co2e[at] @ count) for _, co2e, _, at, count in rows],
            "nox_kg": [float(nox[at] @ count) / 1000.0 for _, _, nox, at, count in rows],
        }
    )
