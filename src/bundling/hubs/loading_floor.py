"""Problems that count the floor: vehicles take no more than stands in them.

`bundling.hubs.loading_plan` finds departures that do not load; here the plan is told beforehand, so
that most of them do. Whole units and goods that go apart stay a matter of that check.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.hubs.loading_tables import loading_tables
from bundling.hubs.loading_units import rows_of_types, units_of
from bundling.hubs.problem import HubsProblem

if TYPE_CHECKING:
    from bundling.hubs.scheduled import ScheduledProblem

FLOOR: Final = "floor"
"""Resource that `within_floor` adds to a `ScheduledProblem`: units that stand side by side."""

P = TypeVar("P", "HubsProblem", "ScheduledProblem")


def within_floor(
    problem: P,
    *,
    unit: str = "pallet",
    vehicle_of: Mapping[str, str] | None = None,
    positions: pd.DataFrame | None = None,
    kinds: pd.DataFrame | None = None,
) -> P:
    """Return the problem in which vehicles also run out of floor.

    Parameters
    ----------
    problem
        A `HubsProblem`, whose vehicles then take no more m3 than their positions hold in units; or
        a `ScheduledProblem`, which gets a resource `FLOOR`, counted in units.
    unit
        Kind of unit all freight travels in.
    vehicle_of, positions, kinds
        As for `bundling.hubs.loading_plan.loading_of`.

    Raises
    ------
    bundling.InputError
        Unknown kinds and vehicle types; types in which no such unit stands.
    """
    tables = loading_tables(None, positions, kinds, None)
    rows = rows_of_types(problem, tables, vehicle_of)
    if unit not in tables.units.index:
        remedy = "Known: " + ", ".join(tables.units.index)
        raise_if([Fault("units", "unit", (unit,), "is unknown", remedy)])
    count = np.array([tables.positions.get(row, {}).get(unit, 0.0) for row in rows])
    if not bool(tables.units.loc[unit, "stands"]):
        count[:] = np.inf
    none = tuple(name for name, n in zip(problem.vehicle_ids, count, strict=True) if n <= 0.0)
    rule = f"has no position for a {unit}"
    remedy = "Leave the type out, or take another kind of unit"
    raise_if([Fault("vehicles", "vehicle_id", none, rule, remedy)] if none else [])
    if isinstance(problem, HubsProblem):
        most: Any = tables.units.loc[unit, "most_m3"]
        room = np.minimum(problem.vehicle_capacity_m3, count * float(most))
        return problem.replace(vehicle_capacity_m3=room)
    units = units_of(problem, tables, None, unit)
    asked = units[units["unit"] == unit].groupby("shipment_id")["share"].sum()
    load = asked.reindex(list(problem.shipment_ids), fill_value=0.0).to_numpy(float)
    given = {"shipment_load": load, "vehicle_capacity": count}
    changes: dict[str, Any] = {}
    for field in dataclasses.fields(problem):
        value = getattr(problem, field.name)
        if getattr(value, "ndim", 0) == 2 and value.dtype == np.float64:  # by resource
            # Hubs and vessels have no positions here: any number of units, at no price.
            other = np.inf if field.name.endswith("_capacity") else 0.0
            column = given.get(field.name, np.full(len(value), other))
            changes[field.name] = np.column_stack([value, column])
    return problem.replace(resource_ids=(*problem.resource_ids, FLOOR), **changes)
