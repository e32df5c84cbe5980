"""What more room at a hub would be worth: solved again with a larger hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.problem import HubsProblem
from bundling.hubs.solve import solve
from bundling.result import Result

if TYPE_CHECKING:
    import pandas as pd


def capacity_value(
    problem: HubsProblem,
    *,
    step: float = 0.1,
    time_limit: float = 120.0,
    gap: float = 1e-4,
    seed: int = 0,
    base: Result | None = None,
) -> pd.DataFrame:
    """Solve again with each hub a `step` larger, and compare.

    Vehicles and hubs come in whole numbers, so costs have no derivative: this is the mean value of
    the room added, approximate, and another step may give another value.

    Parameters
    ----------
    problem
        The problem.
    step
        Part by which kilograms and cubic metres of a hub grow.
    time_limit
        Wall seconds for all solves together.
    gap, seed
        For each solve.
    base
        Result of the problem as it is, when it is known already.

    Returns
    -------
    pandas.DataFrame
        One row a hub: ``hub_id``; ``capacity_share`` in use now; ``extra_m3, extra_kg`` added a
        day; ``saving_eur`` of the best plans known, ``low_eur, high_eur`` between which that of
        optimal plans lies (never below 0: more room does no harm); ``eur_per_m3`` of the room
        added (``nan`` for a hub without limit in m3), and ``verdict``: ``worth it``,
        ``worthless`` or ``open``.

    Raises
    ------
    bundling.InputError
        When the step is not above 0, or the problem has no plan known.
    """
    import pandas as pd

    if not 0 < step < np.inf:
        rule = f"is {step:g}, not above 0"
        raise_if([Fault("capacity value", "step", (), rule, "Give a part such as 0.1.")])
    clock = Clock(time_limit)
    if base is None:
        limit = max(0.05, clock.left / (problem.num_hubs + 1))
        base = solve(problem, time_limit=limit, gap=gap, seed=seed)
    if base.solution is None:
        remedy = "Correct the data, or give more time."
        raise_if([Fault("shipments", "", (), " ".join(base.reasons), remedy)])
    share = base.tables["hubs"]["capacity_share"]
    rows = []
    for h, name in enumerate(problem.hub_ids):
        extra_kg = step * float(problem.hub_capacity_kg[h])
        extra_m3 = step * float(problem.hub_capacity_m3[h])
        low = saving = high = 0.0
        if np.isfinite(extra_kg) or np.isfinite(extra_m3):
            kg, m3 = problem.hub_capacity_kg.copy(), problem.hub_capacity_m3.copy()
            kg[h] += extra_kg
            m3[h] += extra_m3
            larger = problem.replace(hub_capacity_kg=kg, hub_capacity_m3=m3)
            limit = max(0.05, clock.left / (problem.num_hubs - h))
            found = solve(larger, time_limit=limit, gap=gap, seed=seed)
            # The plan for the hub as it is serves the larger one as well.
            cost = min(found.objective, base.objective)
            saving = base.objective - cost
            low = max(0.0, base.bound - cost)
            high = max(0.0, base.objective - found.bound)
        rows.append(
            {
                "hub_id": name,
                "capacity_share": float(share[h]),
                "extra_m3": extra_m3,
                "extra_kg": extra_kg,
                "saving_eur": saving,
                "low_eur": low,
                "high_eur": high,
                "eur_per_m3": saving / extra_m3
                if np.isfinite(extra_m3) and extra_m3 > 0
                else np.nan,
                "verdict": "worth it"
                if low > 1e-6
                else "worthless"
                if high <= 1e-6 + 1e-5 * base.objective
                else "open",
            }
        )
    return pd.DataFrame(rows)
