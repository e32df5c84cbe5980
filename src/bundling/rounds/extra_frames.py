"""Tables of a rounds problem that are there only when the problem has such a thing.

``other_windows`` (one row a further window of a stop), ``depot_power`` (one row a depot and
quarter hour), ``periods`` (one row a period of the day), and for matrices of single fleet entries
``distance_m_1``, ``time_s_1``, ``levied_m_1``, ``distance_m_2`` ...; columns ``pair_stop_id`` of
the stops, ``break_rule`` and ``ready_by_s`` of the vehicles, ``depot_id`` of the stations.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import Fault
from bundling.rounds.cells import find, numbers, square, texts
from bundling.rounds.defaults import QUARTERS_PER_DAY, SECONDS_PER_DAY

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

EXTRA_TABLES: dict[str, tuple[str, ...]] = {
    "other_windows": ("stop_id", "tw_early_s", "tw_late_s"),
    "depot_power": ("depot_id", "quarter"),
    "periods": ("start_s", "speed"),
}
"""Columns that these tables must have when they are there."""
_WAYS = ("distance_m", "time_s", "levied_m")


def write_extras(problem: RoundsProblem) -> dict[str, pd.DataFrame]:
    """Return the tables of what the problem has."""
    made: dict[str, pd.DataFrame] = {}
    nodes = list(problem.node_ids)
    for number in range(len(problem.other_distance_m)):
        for name in _WAYS:
            matrix = getattr(problem, f"other_{name}")[number]
            made[f"{name}_{number + 1}"] = pd.DataFrame(matrix, index=nodes, columns=nodes)
    if problem.other_tw_early_s.shape[1]:
        rows = [
            (stop, early, late)
            for s, stop in enumerate(problem.stop_ids)
            for early, late in problem.windows_of(s)[1:]
        ]
        made["other_windows"] = pd.DataFrame(rows, columns=list(EXTRA_TABLES["other_windows"]))
    if np.isfinite(problem.depot_kw).any() or problem.depot_eur_per_kwh.any():
        depots = np.array(problem.depot_ids, dtype=object)
        made["depot_power"] = pd.DataFrame(
            {
                "depot_id": np.repeat(depots, QUARTERS_PER_DAY),
                "quarter": np.tile(np.arange(QUARTERS_PER_DAY), len(depots)),
                "kw": problem.depot_kw.ravel(),
                "eur_per_kwh": problem.depot_eur_per_kwh.ravel(),
            }
        )
    if len(problem.period_start_s):
        made["periods"] = pd.DataFrame(
            {"start_s": problem.period_start_s, "speed": problem.period_speed}
        )
    return made


def write_columns(problem: RoundsProblem, made: Mapping[str, pd.DataFrame]) -> None:
    """Add the columns of what the problem has to the tables of stops, vehicles and stations."""
    if problem.has_pairs:
        stops = np.array([*problem.stop_ids, ""], dtype=object)
        made["stops"]["pair_stop_id"] = list(stops[problem.pair_of])
    if problem.break_rule:
        made["vehicles"]["break_rule"] = list(problem.break_rule)
    if problem.plans_depot_charging:
        made["vehicles"]["ready_by_s"] = problem.ready_by_s
    if (problem.station_depot >= 0).any():
        depots = np.array([*problem.depot_ids, ""], dtype=object)
        made["stations"]["depot_id"] = list(depots[problem.station_depot])


def read_extras(
    tables: Mapping[str, pd.DataFrame], fields: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Return the fields of these tables and columns; `fields` are those read before."""
    stops, vehicles = tables["stops"], tables["vehicles"]
    depot_ids, stop_ids = fields["depot_ids"], fields["stop_ids"]
    found: dict[str, Any] = {}
    if "pair_stop_id" in stops:
        found["pair_of"] = find(
            "stops", stops["pair_stop_id"], stop_ids, faults, empty=-1, column="pair_stop_id"
        )
    if "break_rule" in vehicles:
        found["break_rule"] = texts(vehicles["break_rule"])
    if "ready_by_s" in vehicles:
        ends = fields.get("end_depot", fields["vehicle_depot"])
        opens = np.take(fields["depot_open_s"], ends, mode="clip") if depot_ids else np.nan
        blank = opens + SECONDS_PER_DAY
        found["ready_by_s"] = numbers("vehicles", vehicles["ready_by_s"], faults, blank=blank)
    if "stations" in tables and "depot_id" in tables["stations"]:
        column = tables["stations"]["depot_id"]
        found["station_depot"] = find("stations", column, depot_ids, faults, empty=-1)
    if "other_windows" in tables:
        found |= _windows(tables["other_windows"], stop_ids, faults)
    if "depot_power" in tables:
        found |= _power(tables["depot_power"], depot_ids, faults)
    if "periods" in tables:
        for name in EXTRA_TABLES["periods"]:
            found[f"period_{name}"] = numbers("periods", tables["periods"][name], faults)
    nodes = depot_ids + stop_ids + fields.get("station_ids", ())
    return found | _ways(tables, nodes, faults)


def _windows(table: pd.DataFrame, stop_ids: tuple[str, ...], faults: list[Fault]) -> dict[str, Any]:
    """Further windows as they stand in the table, one after another for each stop."""
    rows = find("other_windows", table["stop_id"], stop_ids, faults, column="stop_id")
    early = numbers("other_windows", table["tw_early_s"], faults)
    late = numbers("other_windows", table["tw_late_s"], faults)
    width = int(np.bincount(rows).max()) if rows else 0
    grid = {
        "other_tw_early_s": np.full((len(stop_ids), width), np.inf),
        "other_tw_late_s": np.full((len(stop_ids), width), -np.inf),
    }
    filled = [0] * len(stop_ids)
    for s, opens, closes in zip(rows, early, late, strict=True):
        if stop_ids:
            grid["other_tw_early_s"][s, filled[s]] = opens
            grid["other_tw_late_s"][s, filled[s]] = closes
            filled[s] += 1
    return grid


def _power(table: pd.DataFrame, depot_ids: tuple[str, ...], faults: list[Fault]) -> dict[str, Any]:
    """Limits and prices by quarter; what the table does not name keeps its default."""
    rows = find("depot_power", table["depot_id"], depot_ids, faults)
    quarter = numbers("depot_power", table["quarter"], faults)
    known = np.isin(quarter, np.arange(QUARTERS_PER_DAY))
    if not known.all():
        wrong = tuple(str(row + 1) for row in np.flatnonzero(~known))
        rule = f"is no whole quarter hour from 0 to {QUARTERS_PER_DAY - 1}"
        faults.append(Fault("depot_power", "quarter", wrong, rule, "Correct the quarter."))
        return {}
    found: dict[str, Any] = {}
    columns = (("kw", "depot_kw", np.inf), ("eur_per_kwh", "depot_eur_per_kwh", 0.0))
    for name, field, blank in columns:
        if name in table and depot_ids:
            found[field] = np.full((len(depot_ids), QUARTERS_PER_DAY), blank)
            values = numbers("depot_power", table[name], faults, blank=blank)
            found[field][rows, quarter.astype(np.int64)] = values
    return found


def _ways(
    tables: Mapping[str, pd.DataFrame], nodes: tuple[str, ...], faults: list[Fault]
) -> dict[str, Any]:
    """Matrices of single fleet entries, numbered from 1; levied metres may be left out."""
    stacks: dict[str, list[Any]] = {name: [] for name in _WAYS}
    number = 1
    while f"distance_m_{number}" in tables or f"time_s_{number}" in tables:
        for name in _WAYS:
            table = f"{name}_{number}"
            if table in tables:
                stacks[name].append(square(table, tables[table], nodes, faults))
            elif name == "levied_m":
                stacks[name].append(np.zeros((len(nodes), len(nodes))))
            else:
                faults.append(Fault(table, "", (), "is missing", "Give this table."))
        number += 1
    if number == 1:
        return {}
    return {f"other_{name}": matrices for name, matrices in stacks.items()}
