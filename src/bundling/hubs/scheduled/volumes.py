"""From which volume on a barge or train pays: the same day with more freight, with it and without.

Neither cost nor saving is smooth in the volume: a truck more or less is a step, and a train that
pays at one volume may not at a slightly larger one. So volumes are looked at one by one, and each
verdict is certain or it is open: a plan's cost is an upper bound, and the solver's bound a lower
one, of what the day costs with the service and without.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.solve import solve
from bundling.hubs.scheduled.warm_up import warm_up
from bundling.result import Result

if TYPE_CHECKING:
    import pandas as pd

PAYS: Final = "pays"
NOT: Final = "does not pay"
OPEN: Final = "open"


@dataclass(frozen=True)
class VolumeScan:
    """A service at several volumes of freight.

    Attributes
    ----------
    times
        What all loads were multiplied with, rising.
    with_service, without
        The results, one each a volume.
    least_eur
        Smallest saving a day that counts as paying.
    """

    times: tuple[float, ...]
    with_service: tuple[Result, ...]
    without: tuple[Result, ...]
    least_eur: float

    def saving_eur(self, row: int) -> tuple[float, float]:
        """Least and greatest saving at a volume; infinite where a side is not known."""
        served, bare = self.with_service[row], self.without[row]
        if bare.solution is None and math.isinf(bare.objective):
            return (-math.inf, math.inf)
        low = bare.bound - served.objective if served.solution is not None else -math.inf
        high = bare.objective - served.bound
        # Without a service there is one plan fewer to choose from: it never costs less.
        return (max(0.0, low), max(0.0, high))

    def verdict(self, row: int) -> str:
        """Whether the service pays at a volume, does not, or is open."""
        low, high = self.saving_eur(row)
        return PAYS if low >= self.least_eur else NOT if high < self.least_eur else OPEN

    @property
    def turns(self) -> tuple[float, float]:
        """Largest volume below the first that pays at which it does not, and that first one.

        ``-inf`` or ``inf`` where there is none. What lies between is not known.
        """
        verdicts = [self.verdict(row) for row in range(len(self.times))]
        first = verdicts.index(PAYS) if PAYS in verdicts else len(verdicts)
        before = [self.times[row] for row in range(first) if verdicts[row] == NOT]
        low = before[-1] if before else -math.inf
        return low, self.times[first] if first < len(verdicts) else math.inf

    def table(self) -> pd.DataFrame:
        """One row a volume.

        Columns: ``times``, ``load_<resource>``, ``without_eur``, ``with_eur``, ``saving_low_eur``,
        ``saving_high_eur``, ``verdict``, and of the plan with the service ``vessels`` and
        ``co2e_saved_kg``.
        """
        import pandas as pd

        rows = []
        for row, times in enumerate(self.times):
            served, bare = self.with_service[row], self.without[row]
            low, high = self.saving_eur(row)
            load = served.problem.shipment_load.sum(axis=0).tolist()
            found: dict[str, Any] = {"times": times}
            found |= {
                f"load_{name}": amount
                for name, amount in zip(served.problem.resource_ids, load, strict=True)
            }
            found |= {"without_eur": bare.objective, "with_eur": served.objective}
            found |= {"saving_low_eur": low, "saving_high_eur": high}
            vessels = saved = math.nan
            if served.solution is not None:
                vessels = float(served.solution.sailing_count.sum())
            if served.evaluation is not None and bare.evaluation is not None:
                saved = bare.evaluation.indicators["co2e_kg"]
                saved -= served.evaluation.indicators["co2e_kg"]
            rows.append(
                {**found, "verdict": self.verdict(row), "vessels": vessels, "co2e_saved_kg": saved}
            )
        return pd.DataFrame(rows)


def scan_volumes(
    problem: ScheduledProblem,
    times: Sequence[float],
    *,
    least_eur: float | None = None,
    time_limit: float = 120.0,
    gap: float = 1e-3,
    seed: int = 0,
) -> VolumeScan:
    """Solve a day with and without its sailings at several volumes.

    Parameters
    ----------
    problem
        A day with barges or trains.
    times
        What to multiply all loads with.
    least_eur
        Smallest saving a day that counts; a thousandth of the cost without the service at the
        first volume by default, or a cent where that is less.
    time_limit
        Wall seconds for all solves together.
    gap, seed
        For each solve.

    Raises
    ------
    bundling.InputError
        When there are no sailings, or the volumes are not rising numbers above 0.
    """
    faults = []
    if not problem.num_sailings:
        faults.append(Fault("sailings", "", (), "there are none", "Give the service to judge."))
    ends = [0.0, *times]
    if not times or any(not b > a or math.isinf(b) for a, b in pairwise(ends)):
        rule = "are not rising numbers above 0"
        faults.append(Fault("volumes", "times", (), rule, "Give such as 0.5, 1, 2."))
    raise_if(faults)
    warm_up(problem)
    clock = Clock(time_limit)
    served: list[Result] = []
    bare: list[Result] = []
    for row, factor in enumerate(times):
        day = problem.replace(shipment_load=problem.shipment_load * factor)
        shut = day.replace(sailing_limit=np.zeros(problem.num_sailings, dtype=np.int64))
        for found, one, part in ((bare, shut, 2), (served, day, 1)):
            share = clock.left / (2 * (len(times) - row - 1) + part)
            found.append(solve(one, time_limit=max(0.05, share), gap=gap, seed=seed))
    if least_eur is None:
        least_eur = max(0.01, 0.001 * bare[0].objective) if bare[0].solution else 0.01
    return VolumeScan(tuple(map(float, times)), tuple(served), tuple(bare), least_eur)
