"""Shipments that may be divided: parts of equal load, each of which travels by itself.

Free division would make the load of each way a variable. Parts of equal load are an approximation
of it that keeps whole shipments in the model: it can only cost more, and less so with smaller
parts. A part is at most the room of the largest vehicle or vessel that takes it, times
`part_share`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.hubs.scheduled.problem import FloatArray, IntArray, ScheduledProblem


def split_parts(problem: ScheduledProblem, *, part_share: float = 1.0) -> ScheduledProblem:
    """Divide each shipment that may be divided into as few equal parts as are small enough.

    Parameters
    ----------
    problem
        The problem. It comes back as it is when nothing is to be divided.
    part_share
        Largest part, as a share of the largest vehicle or vessel (above 0, at most 1): of the one
        that takes the shipment in the fewest parts.

    Returns
    -------
    ScheduledProblem
        Parts are named ``"a1 (1 of 3)"``, stand where the shipment stood, and are not divided
        further; `shipment_whole` names what each is a part of.

    Raises
    ------
    bundling.InputError
        When `part_share` is no share.
    """
    if not 0.0 < part_share <= 1.0:
        rule = f"is {part_share:g}"
        raise_if([Fault("settings", "part_share", (), rule, "Give a share above 0, at most 1.")])
    may = problem.shipment_split
    if not may.any():
        return problem
    parts = np.where(may, parts_needed(problem, part_share), 1)
    whole = np.repeat(np.arange(problem.num_shipments), parts)
    number = np.arange(len(whole)) - np.repeat(np.cumsum(parts) - parts, parts) + 1
    names = problem.shipment_whole or problem.shipment_ids
    fields: dict[str, Any] = {}
    for name in problem.__dataclass_fields__:
        values = getattr(problem, name)
        if name.startswith("shipment_") and isinstance(values, np.ndarray):
            fields[name] = values[whole]
    fields["shipment_load"] = problem.shipment_load[whole] / parts[whole][:, None]
    fields["shipment_split"] = np.zeros(len(whole), dtype=bool)
    return problem.replace(
        **fields,
        shipment_ids=tuple(
            problem.shipment_ids[i] + (f" ({n} of {parts[i]})" if parts[i] > 1 else "")
            for i, n in zip(whole.tolist(), number.tolist(), strict=True)
        ),
        shipment_whole=tuple(names[i] for i in whole),
    )


def parts_needed(problem: ScheduledProblem, part_share: float = 1.0) -> IntArray:
    """Fewest equal parts of each shipment that a share of one vehicle or vessel takes [N]."""
    room: FloatArray = np.concatenate([problem.vehicle_capacity, problem.sailing_capacity])
    load = problem.shipment_load[:, None]
    with np.errstate(divide="ignore", invalid="ignore"):
        filled = np.where(load > 0, load / (part_share * room), 0.0).max(axis=2, initial=0.0)
    filled[np.isnan(filled)] = np.inf
    fewest = filled.min(axis=1, initial=np.inf)
    fewest[~np.isfinite(fewest)] = 1.0  # nothing takes it: that is told elsewhere
    needed: IntArray = np.maximum(1, np.ceil(fewest - 1e-9)).astype(np.int64)
    return needed
