"""A rounds problem as data frames and back, with every fault found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.rounds.cells import find, lacking, numbers, square, texts
from bundling.rounds.defaults import DEPOT_DEFAULTS, STOP_DEFAULTS, VEHICLE_DEFAULTS
from bundling.rounds.extra_frames import EXTRA_TABLES, read_extras, write_columns, write_extras
from bundling.rounds.station_frames import STATION_TABLES, read_stations, write_stations
from bundling.rounds.validate import (
    DEPOT_COLUMNS,
    MATRICES,
    OPTIONAL_DEPOT_COLUMNS,
    OPTIONAL_STOP_COLUMNS,
    OPTIONAL_VEHICLE_COLUMNS,
    STOP_COLUMNS,
    VEHICLE_COLUMNS,
)

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

_NEEDED = {
    "depots": ("depot_id", *DEPOT_COLUMNS),
    "stops": ("stop_id", "depot_id", *STOP_COLUMNS),
    "vehicles": ("vehicle_id", "vehicle_type", "depot_id", *VEHICLE_COLUMNS),
    "distance_m": (),
    "time_s": (),
}
_BLANK = DEPOT_DEFAULTS | STOP_DEFAULTS | VEHICLE_DEFAULTS


def write_tables(problem: RoundsProblem) -> dict[str, pd.DataFrame]:
    """Return the tables that `RoundsProblem.to_tables` describes."""
    nodes = list(problem.node_ids)
    depots = np.array([*problem.depot_ids, ""], dtype=object)
    stops: dict[str, Any] = {"stop_id": list(problem.stop_ids)}
    stops["depot_id"] = list(depots[problem.stop_depot])  # index -1 is the empty last one
    stops |= {name: getattr(problem, name) for name in (*STOP_COLUMNS, *OPTIONAL_STOP_COLUMNS)}
    vehicles: dict[str, Any] = {
        "vehicle_id": list(problem.vehicle_ids),
        "vehicle_type": list(problem.vehicle_types),
        "depot_id": list(depots[problem.vehicle_depot]),
        "end_depot_id": list(depots[problem.end_depot]),
    }
    columns = (*VEHICLE_COLUMNS, *OPTIONAL_VEHICLE_COLUMNS)
    vehicles |= {name: getattr(problem, name) for name in columns if name != "ready_by_s"}
    v, s = np.nonzero(problem.barred)
    access = {
        "vehicle_id": [problem.vehicle_ids[i] for i in v],
        "stop_id": [problem.stop_ids[i] for i in s],
        "rule": [problem.bar_rules[k - 1] for k in problem.barred[v, s]],
    }
    made = {
        "depots": pd.DataFrame(
            {"depot_id": list(problem.depot_ids)}
            | {name: getattr(problem, name) for name in (*DEPOT_COLUMNS, *OPTIONAL_DEPOT_COLUMNS)}
        ),
        "stops": pd.DataFrame(stops),
        "vehicles": pd.DataFrame(vehicles),
        "access": pd.DataFrame(access, dtype=object),
        **{
            name: pd.DataFrame(getattr(problem, name), index=nodes, columns=nodes)
            for name in MATRICES
        },
        **write_stations(problem),
        **write_extras(problem),
        "settings": pd.DataFrame({"setting": ["recharge"], "value": [problem.recharge]}),
    }
    write_columns(problem, made)
    return made


def read_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the keyword arguments of `RoundsProblem` from its tables.

    Raises
    ------
    bundling.InputError
        With every missing table and column, unknown id, cell that is no number, and matrix whose
        rows and columns are not the nodes.
    """
    needed = _NEEDED | (STATION_TABLES if "stations" in tables else {})
    needed |= {name: columns for name, columns in EXTRA_TABLES.items() if name in tables}
    faults = lacking(tables, needed)
    raise_if(faults)
    depots, stops, vehicles = tables["depots"], tables["stops"], tables["vehicles"]
    depot_ids, stop_ids = texts(depots["depot_id"]), texts(stops["stop_id"])
    vehicle_ids = texts(vehicles["vehicle_id"])
    fields: dict[str, Any] = {
        "depot_ids": depot_ids,
        "stop_ids": stop_ids,
        "vehicle_ids": vehicle_ids,
        "vehicle_types": texts(vehicles["vehicle_type"]),
        "stop_depot": find("stops", stops["depot_id"], depot_ids, faults, empty=-1),
        "vehicle_depot": find("vehicles", vehicles["depot_id"], depot_ids, faults),
    }
    for table, columns in (
        ("depots", DEPOT_COLUMNS),
        ("stops", STOP_COLUMNS),
        ("vehicles", VEHICLE_COLUMNS),
    ):
        for column in columns:
            fields[column] = numbers(table, tables[table][column], faults)
    for table, wanted in (
        ("depots", OPTIONAL_DEPOT_COLUMNS),
        ("stops", OPTIONAL_STOP_COLUMNS),
        ("vehicles", OPTIONAL_VEHICLE_COLUMNS),
    ):
        for column in wanted:
            if column in tables[table].columns and column != "ready_by_s":  # `read_extras` does
                blank = fields["usable_kwh"] if column == "start_kwh" else _BLANK[column]
                fields[column] = numbers(table, tables[table][column], faults, blank=blank)
    if "end_depot_id" in vehicles.columns:
        ends = vehicles["end_depot_id"].where(
            vehicles["end_depot_id"].notna(), vehicles["depot_id"]
        )
        fields["end_depot"] = find("vehicles", ends, depot_ids, faults, column="end_depot_id")
    fields |= read_stations(tables, vehicle_ids, faults)
    fields |= read_extras(tables, fields, faults)
    fields |= _settings(tables, faults)
    nodes = depot_ids + stop_ids + fields.get("station_ids", ())
    for name in MATRICES:
        if name in tables:
            fields[name] = square(name, tables[name], nodes, faults)
    if "access" in tables and len(tables["access"]):
        access = tables["access"]
        rules = tuple(dict.fromkeys(texts(access["rule"])))
        v = find("access", access["vehicle_id"], vehicle_ids, faults, column="vehicle_id")
        s = find("access", access["stop_id"], stop_ids, faults, column="stop_id")
        barred = np.zeros((len(vehicle_ids), len(stop_ids)), dtype=np.int64)
        barred[v, s] = [rules.index(rule) + 1 for rule in texts(access["rule"])]
        fields |= {"barred": barred, "bar_rules": rules}
    raise_if(faults)
    return fields


def _settings(tables: Mapping[str, pd.DataFrame], faults: list[Fault]) -> dict[str, Any]:
    if "settings" not in tables:
        return {}
    settings = tables["settings"]
    names, values = texts(settings["setting"]), texts(settings["value"])
    unknown = tuple(name for name in names if name != "recharge")
    if unknown:
        remedy = "Name one of: recharge."
        faults.append(Fault("settings", "setting", unknown, "is no setting", remedy))
    return {name: value for name, value in zip(names, values, strict=True) if name == "recharge"}
