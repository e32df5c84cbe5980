"""A siting problem as data frames and back, without loss.

Tables: ``parameters`` (key, value), ``nodes``, ``node_hours`` (node, year, hour), ``sites``,
``chargers``, ``steps``, ``demand``, ``demand_years``, ``profiles`` (demand point, hour),
``pairs``, ``prices``. Columns stand in `bundling.siting.layout`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.layout import REFERENCES, ROWS, SCALARS
from bundling.siting.problem import HOURS, SitingProblem

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
    for name, columns in ROWS.items():
        frame: dict[str, Any] = {}
        for column in columns:
            values = getattr(problem, column.field)
            if column.kind == "reference":
                ids = getattr(problem, REFERENCES[column.field])
                values = [ids[i] if i >= 0 else None for i in values]
            frame[column.column] = list(values)
        tables[name] = pd.DataFrame(frame)
    nodes, years, demands = problem.num_nodes, problem.num_years, problem.num_demands
    node_ids, demand_ids = np.array(problem.node_ids), np.array(problem.demand_ids)
    tables["node_hours"] = pd.DataFrame(
        {
            "node_id": np.repeat(node_ids, years * HOURS),
            "year": np.tile(np.repeat(problem.years, HOURS), nodes),
            "hour": np.tile(np.arange(HOURS), nodes * years),
            "headroom_kw": problem.headroom_kw.ravel(),
            "base_load_kw": problem.base_load_kw.ravel(),
        }
    )
    tables["demand_years"] = pd.DataFrame(
        {
            "demand_id": np.repeat(demand_ids, years),
            "year": np.tile(problem.years, demands),
            "kwh": problem.demand_kwh.ravel(),
        }
    )
    tables["profiles"] = pd.DataFrame(
        {
            "demand_id": np.repeat(demand_ids, HOURS),
            "hour": np.tile(np.arange(HOURS), demands),
            "share": problem.demand_profile.ravel(),
        }
    )
    tables["prices"] = pd.DataFrame(
        {"hour": np.arange(HOURS), "eur_per_kwh": problem.price_eur_per_kwh}
    )
    parameters: list[tuple[str, object]] = [(name, getattr(problem, name)) for name in SCALARS]
    parameters += [("base_overload", problem.base_overload)]
    parameters += [("years", " ".join(map(str, problem.years)))]
    tables["parameters"] = pd.DataFrame(parameters, columns=["key", "value"])
    return tables


def from_tables(tables: Mapping[str, pd.DataFrame]) -> SitingProblem:
    """Make a problem of the frames of `to_tables`; raise InputError with every fault."""
    raise_if(_missing(tables))
    wrong: list[Fault] = []
    fields = _parameters(tables["parameters"], wrong)
    for name, columns in ROWS.items():
        for column in columns:
            series = tables[name][column.column]
            if column.kind == "reference":
                fields[column.field] = _index(
                    name, column.column, series, fields[REFERENCES[column.field]], wrong
                )
            elif column.kind == "text":
                fields[column.field] = tuple(str(value) for value in series)
            elif column.kind == "boolean":
                fields[column.field] = _booleans(name, column.column, series, wrong)
            else:
                fields[column.field] = _floats(name, column.column, series, wrong)
    years = [str(year) for year in fields["years"]]
    hours = [str(hour) for hour in range(HOURS)]
    nodes, demands = fields["node_ids"], fields["demand_ids"]
    for table, column_name, field, axes in (
        ("node_hours", "headroom_kw", "headroom_kw", (nodes, years, hours)),
        ("node_hours", "base_load_kw", "base_load_kw", (nodes, years, hours)),
        ("demand_years", "kwh", "demand_kwh", (demands, years)),
        ("profiles", "share", "demand_profile", (demands, hours)),
        ("prices", "eur_per_kwh", "price_eur_per_kwh", (hours,)),
    ):
        fields[field] = _block(table, column_name, tables[table], axes, wrong)
    raise_if(wrong)
    return SitingProblem(**fields)


def _missing(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    needed = {name: tuple(column.column for column in columns) for name, columns in ROWS.items()}
    needed |= _BLOCKS
    wrong = []
    for name, columns in needed.items():
        if name not in tables:
            wrong.append(Fault(name, "", (), "is missing", "Give this table."))
            continue
        wrong += [
            Fault(name, column, (), "is missing", "Give this column.")
            for column in columns
            if column not in tables[name].columns
        ]
    return wrong


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


def _floats(
    table: str, column: str, series: pd.Series[Any], wrong: list[Fault]
) -> NDArray[np.float64]:
    numbers = pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(np.isnan(numbers))
    if len(bad):
        rule = f"'{series.iloc[bad[0]]}' is not a number"
        wrong.append(Fault(table, column, tuple(str(i + 1) for i in bad), rule, "Give a number."))
    filled: NDArray[np.float64] = np.where(np.isnan(numbers), 0.0, numbers)
    return filled


def _booleans(
    table: str, column: str, series: pd.Series[Any], wrong: list[Fault]
) -> NDArray[np.bool_]:
    meaning = {"true": True, "1": True, "false": False, "0": False}
    words = [str(value).strip().lower() for value in series]
    bad = tuple(str(i + 1) for i, word in enumerate(words) if word not in meaning)
    if bad:
        wrong.append(Fault(table, column, bad, "is not true or false", "Write true or false."))
    return np.array([meaning.get(word, False) for word in words], dtype=bool)


def _index(
    table: str, column: str, series: pd.Series[Any], ids: tuple[str, ...], wrong: list[Fault]
) -> NDArray[np.int64]:
    place = {name: i for i, name in enumerate(ids)}
    empty_allowed = column == "parent_id"
    found, bad = np.zeros(len(series), dtype=np.int64), []
    for row, value in enumerate(series):
        if empty_allowed and (pd.isna(value) or value == ""):
            found[row] = -1
        elif str(value) in place:
            found[row] = place[str(value)]
        else:
            bad.append(row)
    if bad:
        rule = f"'{series.iloc[bad[0]]}' is not one of the identifiers"
        rows = tuple(str(i + 1) for i in bad)
        wrong.append(Fault(table, column, rows, rule, "Use an existing identifier."))
    return found


def _block(
    table: str,
    column: str,
    frame: pd.DataFrame,
    axes: tuple[tuple[str, ...] | list[str], ...],
    wrong: list[Fault],
) -> NDArray[np.float64]:
    """Spread a long table over its key columns; every combination must be there once."""
    shape = tuple(len(axis) for axis in axes)
    flat = np.full(int(np.prod(shape)), np.nan)
    place = np.zeros(len(frame), dtype=np.int64)
    known = np.ones(len(frame), dtype=bool)
    for axis, key in zip(axes, _BLOCKS[table], strict=False):
        order = {name: i for i, name in enumerate(axis)}
        codes = np.array([order.get(str(value), -1) for value in frame[key]], dtype=np.int64)
        known &= codes >= 0
        place = place * len(axis) + codes
    numbers = _floats(table, column, frame[column], wrong)
    flat[place[known]] = numbers[known]
    twice = known.sum() != len(np.unique(place[known]))
    if twice or not known.all() or np.isnan(flat).any():
        rule = f"needs each of its {flat.size} combinations of keys once, and no others"
        wrong.append(Fault(table, column, (), rule, "Complete the table; remove double rows."))
    return flat.reshape(shape)
