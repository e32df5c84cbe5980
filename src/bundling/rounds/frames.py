"""Reading a rounds problem from data frames, with every fault found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.rounds.validate import DEPOT_COLUMNS, STOP_COLUMNS, VEHICLE_COLUMNS

_NEEDED = {
    "depots": ("depot_id", *DEPOT_COLUMNS),
    "stops": ("stop_id", "depot_id", *STOP_COLUMNS),
    "vehicles": ("vehicle_id", "vehicle_type", "depot_id", *VEHICLE_COLUMNS),
    "distance_m": (),
    "time_s": (),
}


def read_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the keyword arguments of `RoundsProblem` from its tables.

    Raises
    ------
    bundling.InputError
        With every missing table and column, unknown id, cell that is no number, and matrix whose
        rows and columns are not the nodes.
    """
    faults = [
        Fault(name, "", (), "is missing", "Give this table.")
        for name in _NEEDED
        if name not in tables
    ]
    faults += [
        Fault(name, column, (), "is missing", "Give this column.")
        for name, columns in _NEEDED.items()
        if name in tables
        for column in columns
        if column not in tables[name].columns
    ]
    raise_if(faults)
    depots, stops, vehicles = tables["depots"], tables["stops"], tables["vehicles"]
    depot_ids, stop_ids = _texts(depots["depot_id"]), _texts(stops["stop_id"])
    vehicle_ids = _texts(vehicles["vehicle_id"])
    fields: dict[str, Any] = {
        "depot_ids": depot_ids,
        "stop_ids": stop_ids,
        "vehicle_ids": vehicle_ids,
        "vehicle_types": _texts(vehicles["vehicle_type"]),
        "stop_depot": _find("stops", stops["depot_id"], depot_ids, faults, empty=-1),
        "vehicle_depot": _find("vehicles", vehicles["depot_id"], depot_ids, faults),
    }
    for table, columns in (
        ("depots", DEPOT_COLUMNS),
        ("stops", STOP_COLUMNS),
        ("vehicles", VEHICLE_COLUMNS),
    ):
        for column in columns:
            fields[column] = _numbers(table, tables[table][column], faults)
    nodes = depot_ids + stop_ids
    for name in ("distance_m", "time_s", "levied_m"):
        if name in tables:
            fields[name] = _matrix(name, tables[name], nodes, faults)
    if "access" in tables and len(tables["access"]):
        access = tables["access"]
        rules = tuple(dict.fromkeys(_texts(access["rule"])))
        v = _find("access", access["vehicle_id"], vehicle_ids, faults, column="vehicle_id")
        s = _find("access", access["stop_id"], stop_ids, faults, column="stop_id")
        barred = np.zeros((len(vehicle_ids), len(stop_ids)), dtype=np.int64)
        barred[v, s] = [rules.index(rule) + 1 for rule in _texts(access["rule"])]
        fields |= {"barred": barred, "bar_rules": rules}
    raise_if(faults)
    return fields


def _texts(column: pd.Series[Any]) -> tuple[str, ...]:
    return tuple("" if pd.isna(value) else str(value) for value in column)


def _find(
    table: str,
    column_values: pd.Series[Any],
    ids: tuple[str, ...],
    faults: list[Fault],
    *,
    empty: int | None = None,
    column: str = "depot_id",
) -> list[int]:
    position = {name: i for i, name in enumerate(ids)}
    if empty is not None:
        position[""] = empty
    values = _texts(column_values)
    unknown = tuple(dict.fromkeys(value for value in values if value not in position))
    if unknown:
        faults.append(Fault(table, column, unknown, "is not a known id", "Correct the id."))
    return [position.get(value, 0) for value in values]


def _numbers(table: str, column: pd.Series[Any], faults: list[Fault]) -> Any:
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    wrong = np.flatnonzero(np.isnan(values))
    if wrong.size:
        rows = tuple(str(row + 1) for row in wrong)
        faults.append(Fault(table, str(column.name), rows, "is not a number", "Fill it in."))
    return values


def _matrix(name: str, frame: pd.DataFrame, nodes: tuple[str, ...], faults: list[Fault]) -> Any:
    order = list(nodes)
    missing = (
        tuple(
            node
            for node in order
            if node not in set(map(str, frame.index)) & set(map(str, frame.columns))
        )
        if set(map(str, frame.index)) != set(order) or set(map(str, frame.columns)) != set(order)
        else ()
    )
    if missing or frame.shape != (len(order), len(order)):
        rule = "must have every depot and stop once as a row and once as a column"
        faults.append(Fault(name, "", missing, rule, "Add or remove rows and columns."))
        return np.zeros((len(order), len(order)))
    frame = frame.set_axis(list(map(str, frame.index)), axis=0)
    frame = frame.set_axis(list(map(str, frame.columns)), axis=1)
    return frame.loc[order, order].to_numpy(dtype=np.float64)
