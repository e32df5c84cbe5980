"""A network design problem from data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError
from bundling.location.design.problem import DesignProblem, network_design
from bundling.location.frames import missing

_NUMBERS: dict[str, dict[str, float | None]] = {
    "arcs": {"unit_cost": None, "fixed_cost": None, "capacity": np.inf, "most_facilities": 1.0},
    "commodities": {"quantity": None},
}
"""Columns of numbers, and what stands where the column is not there (None: it must be)."""


def from_tables(
    arcs: pd.DataFrame, commodities: pd.DataFrame, *, unit: str = "EUR"
) -> DesignProblem:
    """Make a problem of data frames; see `DesignProblem.from_tables`."""
    frames = {"arcs": arcs, "commodities": commodities}
    needed = {
        table: ("from", "to", *(name for name, default in numbers.items() if default is None))
        for table, numbers in _NUMBERS.items()
    }
    wrong = list(missing(frames, needed))
    values: dict[str, object] = {}
    for table, frame in frames.items():
        for column in ("from", "to"):
            if column in frame and frame[column].isna().any():
                rows = tuple(str(row + 1) for row in np.flatnonzero(frame[column].isna()))
                wrong.append(Fault(table, column, rows, "is empty", "Give the name of a node."))
        for column, default in _NUMBERS[table].items():
            if column not in frame:
                if default is not None:
                    values[column] = np.full(len(frame), default)
                continue
            numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64)
            if np.isnan(numbers).any():
                rows = tuple(str(row + 1) for row in np.flatnonzero(np.isnan(numbers)))
                wrong.append(Fault(table, column, rows, "is not a number", "Give numbers."))
            values[column] = numbers
    if wrong:
        raise InputError(wrong)
    names = {
        "arc_ids": arcs["arc_id"].astype(str).tolist() if "arc_id" in arcs else None,
        "commodity_ids": commodities["commodity_id"].astype(str).tolist()
        if "commodity_id" in commodities
        else None,
    }
    pairs = [
        list(zip(frame["from"].astype(str), frame["to"].astype(str), strict=True))
        for frame in (arcs, commodities)
    ]
    return network_design(pairs[0], pairs[1], unit=unit, **names, **values)  # type: ignore[arg-type]
