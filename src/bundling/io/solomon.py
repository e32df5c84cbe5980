"""Solomon's format of the vehicle routing problem with time windows, also of Gehring and Homberger.

Solomon, "Algorithms for the vehicle routing and scheduling problems with time window constraints"
(Operations Research 35, 1987). Two conventions are in use, and their values must not be compared:

- the older one: distances in full precision, few vehicles first, then a short distance, printed
  with two decimals (``rounding="none"``);
- DIMACS and CVRPLIB: distances cut after the first decimal, only the distance counts
  (``rounding="trunc1"``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bundling.io.benchmark_text import MAX_NODES, Faults, numbered, read_text
from bundling.io.instance_fields import (
    VEHICLE_FIRST_EUR,
    Fleet,
    FloatArray,
    InstanceFields,
    Stops,
    base_fields,
    euclidean,
    rounded_units,
)

_COLUMNS = ("number", "x", "y", "demand", "ready time", "due date", "service time")


@dataclass(frozen=True, eq=False)
class SolomonFile:
    """What a file in Solomon's format says.

    Attributes
    ----------
    name
        First line of the file.
    vehicles, capacity
        The fleet.
    ids
        Numbers of the places as text; the depot is the first.
    x, y, demand, early, late, service
        Of each place.
    """

    name: str
    vehicles: int
    capacity: float
    ids: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    demand: FloatArray
    early: FloatArray
    late: FloatArray
    service: FloatArray


def read_solomon(path: Path) -> SolomonFile:
    """Read a file in Solomon's format.

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    """
    return parse_solomon(read_text(path), path.name)


def parse_solomon(text: str, file: str) -> SolomonFile:
    """Read text in Solomon's format; `file` is named in faults."""
    faults = Faults(file)
    lines = numbered(text)
    heads = {words[0].upper(): i for i, (_, words) in reversed(list(enumerate(lines)))}
    for head in ("VEHICLE", "CUSTOMER"):
        if head not in heads:
            faults.add(None, f"has no line '{head}'", "Give a file in Solomon's format")
    faults.raise_if_any()
    name = " ".join(lines[0][1]) if heads["VEHICLE"] > 0 else file.rsplit(".", 1)[0]
    vehicles, capacity = _fleet(lines[heads["VEHICLE"] + 1 : heads["CUSTOMER"]], faults)
    places = [
        (line, words)
        for line, words in lines[heads["CUSTOMER"] + 1 :]
        if words[0].upper() != "CUST"
    ]
    if len(places) > MAX_NODES:
        faults.add(None, f"has {len(places):,} places", f"At most {MAX_NODES:,} are read")
        faults.raise_if_any()
    ids, rows = _places(places, faults)
    if len(rows) < 2:
        faults.add(None, "has no depot and customer", "Give one line for each")
    faults.raise_if_any()
    table = np.array(rows, dtype=np.float64)
    x, y, demand, early, late, service = table.T
    return SolomonFile(name, vehicles, capacity, tuple(ids), x, y, demand, early, late, service)


def _fleet(lines: list[tuple[int, list[str]]], faults: Faults) -> tuple[int, float]:
    rows = [(line, words) for line, words in lines if words[0].upper() != "NUMBER"]
    if not rows or len(rows[0][1]) != 2:
        line = rows[0][0] if rows else None
        rule = "the number of vehicles and their capacity are not there"
        faults.add(line, rule, "Write both below NUMBER and CAPACITY")
        return 0, 0.0
    line, words = rows[0]
    vehicles = int(faults.number(words[0], line, "number of vehicles", least=1, whole=True))
    return vehicles, faults.number(words[1], line, "capacity", least=0)


def _places(
    lines: list[tuple[int, list[str]]], faults: Faults
) -> tuple[list[str], list[list[float]]]:
    ids: dict[str, int] = {}
    rows = []
    for line, words in lines:
        if len(words) != len(_COLUMNS):
            rule = f"the line has {len(words)} words, not {len(_COLUMNS)}"
            faults.add(line, rule, "Write " + ", ".join(_COLUMNS))
            continue
        name = str(int(faults.number(words[0], line, "number", least=0, whole=True)))
        if name in ids:
            faults.add(line, f"number {name} is also at line {ids[name]}", "Number each place once")
            continue
        ids[name] = line
        pairs = list(zip(words[1:], _COLUMNS[1:], strict=True))
        row = [faults.number(word, line, what) for word, what in pairs[:2]]
        row += [faults.number(word, line, what, least=0) for word, what in pairs[2:]]
        faults.window(row[3], row[4], line)
        rows.append(row)
    return list(ids), rows


def solomon_fields(
    found: SolomonFile, *, rounding: str = "none", vehicles_first: bool | None = None
) -> InstanceFields:
    """Return the arguments of a `RoundsProblem`.

    Parameters
    ----------
    found
        The file.
    rounding
        One of `instance_fields.ROUNDINGS`; of times as well as of distances.
    vehicles_first
        Whether fewer vehicles come before a shorter distance; by default they do unless distances
        are rounded as DIMACS does.
    """
    first = rounding != "trunc1" if vehicles_first is None else vehicles_first
    metres, units = rounded_units(euclidean(found.x, found.y), rounding)
    opens, closes = found.early[0], found.late[0]
    fields = base_fields(
        depot_ids=found.ids[:1],
        open_s=opens,
        close_s=closes,
        stops=Stops(
            found.ids[1:], found.demand[1:], found.early[1:], found.late[1:], found.service[1:]
        ),
        fleet=Fleet(
            names=("vehicle",),
            count=found.vehicles,
            capacity=found.capacity,
            shift_s=closes - opens,
            fixed=VEHICLE_FIRST_EUR if first else 0.0,
            per_unit=1.0,
        ),
        x=found.x,
        y=found.y,
        distance_m=metres,
        time_s=units,
    )
    return InstanceFields("solomon", found.name, fields, vehicles_first=first)
