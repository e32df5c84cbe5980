"""A siting problem as data frames and back, without loss.

Tables: ``parameters`` (key, value), ``nodes``, ``node_hours`` (node, year, hour), ``sites``,
``chargers``, ``steps``, ``demand``, ``demand_years``, ``profiles`` (demand point, hour),
``pairs``, ``prices``. Columns stand in `bundling.siting.layout`. Tables and columns of the parts
that a problem may have stand in `bundling.siting.part_frames`; with several typical days the hour
tables have a column ``day`` before ``hour``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.siting import columns, part_frames, part_reading
from bundling.siting.layout import REFERENCES, ROWS, SCALARS
from bundling.siting.problem import SitingProblem

_BLOCKS = {
    "node_hours": ("node_id", "year", "hour", "headroom_kw", "base_load_kw"),
    "demand_years": ("demand_id", "year", "kwh"),
    "profiles": ("demand_id", "hour", "share"),
    "prices": ("hour", "eur_per_kwh"),
    "parameters": ("key", "value"),
}


def to_tables(problem: SitingProblem) -> dict[str, pd.DataFrame]:
    """Return every input of `problem` as data frames."""
    tables: dict[str, pd.DataFrame] = {}
    for name, row_columns in ROWS.items():
        frame: dict[str, Any] = {}
        for column in row_columns:
            values = getattr(problem, column.field)
            if column.kind == "reference":
                ids = getattr(problem, REFERENCES[column.field])
                values = [ids[i] if i >= 0 else None for i in values]
            frame[column.column] = list(values)
        tables[name] = pd.DataFrame(frame)
    years, hours = problem.years, part_frames.hour_keys(problem)
    tables["node_hours"] = columns.spread(
        {"node_id": problem.node_ids, "year": years, **hours},
        {"headroom_kw": problem.headroom_kw, "base_load_kw": problem.base_load_kw},
    )
    tables["demand_years"] = columns.spread(
        {"demand_id": problem.demand_ids, "year": years}, {"kwh": problem.demand_kwh}
    )
    tables["profiles"] = columns.spread(
        {"demand_id": problem.demand_ids, **hours}, {"share": problem.demand_profile}
    )
    tables["prices"] = columns.spread(hours, {"eur_per_kwh": problem.price_eur_per_kwh})
    parameters: list[tuple[str, object]] = [(name, getattr(problem, name)) for name in SCALARS]
    parameters += [("base_overload", problem.base_overload)]
    parameters += [("years", " ".join(map(str, problem.years)))]
    parameters += part_frames.parameters(problem)
    tables["parameters"] = pd.DataFrame(parameters, columns=["key", "value"])
    part_frames.add_tables(problem, tables)
    return tables


def from_tables(tables: Mapping[str, pd.DataFrame]) -> SitingProblem:
    """Make a problem of the frames of `to_tables`; raise InputError with every fault."""
    needed = {name: tuple(column.column for column in rows) for name, rows in ROWS.items()}
    raise_if(columns.missing(tables, needed | _BLOCKS) + part_frames.missing(tables))
    wrong: list[Fault] = []
    fields = _parameters(tables["parameters"], wrong)
    for name, row_columns in ROWS.items():
        for column in row_columns:
            at = (tables, name, column.column)
            if column.kind == "reference":
                ids = fields[REFERENCES[column.field]]
                empty = column.minimum == -1
                fields[column.field] = columns.index(*at, ids, wrong, empty=empty)
            elif column.kind == "text":
                fields[column.field] = tuple(str(value) for value in tables[name][column.column])
            elif column.kind == "boolean":
                fields[column.field] = columns.booleans(*at, wrong)
            elif column.kind == "integer":
                fields[column.field] = columns.integers(*at, wrong)
            else:
                fields[column.field] = columns.floats(*at, wrong)
    years = [str(year) for year in fields["years"]]
    fields |= part_reading.read_days(tables, wrong)
    hours = part_reading.hour_labels(fields["day_ids"], tables)
    nodes, demands = fields["node_ids"], fields["demand_ids"]
    at_node = {"node_id": nodes, "year": years} | hours
    for table, column_name, field, keys in (
        ("node_hours", "headroom_kw", "headroom_kw", at_node),
        ("node_hours", "base_load_kw", "base_load_kw", at_node),
        ("demand_years", "kwh", "demand_kwh", {"demand_id": demands, "year": years}),
        ("profiles", "share", "demand_profile", {"demand_id": demands} | hours),
        ("prices", "eur_per_kwh", "price_eur_per_kwh", hours),
    ):
        values = columns.block(tables, table, column_name, keys, wrong)
        kept = values.shape[: len(keys) - len(hours)] if "hour" in keys else values.shape
        fields[field] = values.reshape(*kept, -1) if "hour" in keys else values
    fields |= part_reading.read_parts(tables, fields, wrong)
    raise_if(wrong)
    return SitingProblem(**fields)


def _parameters(frame: pd.DataFrame, wrong: list[Fault]) -> dict[str, Any]:
    given = dict(zip(frame["key"].astype(str), frame["value"], strict=True))
    found: dict[str, Any] = {"years": ()}
    for name in (*SCALARS, "base_overload", "years"):
        if name not in given:
            wrong.append(Fault("parameters", "key", (name,), "is missing", "Give this row."))
            continue
        try:
            if name == "years":
                found[name] = tuple(int(word) for word in str(given[name]).split())
            elif name == "base_overload":
                found[name] = str(given[name])
            else:
                number = float(given[name])
                found[name] = int(number) if name == "tail_years" else number
        except ValueError:
            rule = f"'{given[name]}' is not a number"
            wrong.append(Fault("parameters", "value", (name,), rule, "Give a number."))
    return found
