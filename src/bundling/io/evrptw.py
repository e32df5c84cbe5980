"""The electric vehicle routing problem with time windows, in the format of its authors.

Schneider, Stenger and Goeke, "The electric vehicle-routing problem with time windows and recharging
stations" (Transportation Science 48, 2014). Distances in full precision, few vehicles first, then a
short distance; as many vehicles as there are customers. In their paper every charge ends with a
full battery; later papers also charge in part (`RoundsProblem.recharge`). A unit of energy is read
as 1 kWh.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bundling.io.benchmark_text import MAX_NODES, Faults, numbered, read_text
from bundling.io.instance_fields import (
    METRES_PER_UNIT,
    VEHICLE_FIRST_EUR,
    Fleet,
    FloatArray,
    InstanceFields,
    Stops,
    base_fields,
    euclidean,
    station_fields,
)

_COLUMNS = ("x", "y", "demand", "ready time", "due date", "service time")
_KINDS = {"d": "depot", "f": "station", "c": "customer"}
_PARAMETERS = {
    "Q": "battery",
    "C": "load capacity",
    "r": "consumption",
    "g": "inverse charging rate",
    "v": "velocity",
}
_VALUE = re.compile(r"/([^/]*)/")


@dataclass(frozen=True, eq=False)
class EvrptwFile:
    """What a file of the E-VRPTW says; places are the depot, then customers, then stations.

    Attributes
    ----------
    name
        Name of the file.
    depot, customers, stations
        Ids.
    x, y, demand, early, late, service
        Of each place.
    battery, capacity, consumption, inverse_rate, velocity
        Energy of a full battery, load of a vehicle, energy per unit of distance, time to charge one
        unit of energy, distance per unit of time.
    """

    name: str
    depot: str
    customers: tuple[str, ...]
    stations: tuple[str, ...]
    x: FloatArray
    y: FloatArray
    demand: FloatArray
    early: FloatArray
    late: FloatArray
    service: FloatArray
    battery: float
    capacity: float
    consumption: float
    inverse_rate: float
    velocity: float


def read_evrptw(path: Path) -> EvrptwFile:
    """Read a file of the E-VRPTW.

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    """
    return parse_evrptw(read_text(path), path.name)


def parse_evrptw(text: str, file: str) -> EvrptwFile:
    """Read text in the format of the E-VRPTW; `file` is named in faults."""
    faults = Faults(file)
    lines = numbered(text)
    if len(lines) > MAX_NODES:
        faults.add(None, f"has {len(lines):,} lines", f"At most {MAX_NODES:,} places are read")
        faults.raise_if_any()
    places: dict[str, tuple[str, list[float]]] = {}
    seen: dict[str, int] = {}
    values: dict[str, float] = {}
    for line, words in lines:
        if words[0] == "StringID":
            continue
        if words[0] in _PARAMETERS and _VALUE.search(" ".join(words)):
            _parameter(line, words, values, faults)
            continue
        if len(words) != len(_COLUMNS) + 2 or words[1] not in _KINDS:
            rule = "the line is neither a place nor a parameter"
            remedy = "Write id, type (d, f or c), " + ", ".join(_COLUMNS)
            faults.add(line, rule, remedy)
            continue
        if words[0] in seen:
            rule = f"id '{words[0]}' is also at line {seen[words[0]]}"
            faults.add(line, rule, "Give each place its own id")
            continue
        seen[words[0]] = line
        pairs = list(zip(words[2:], _COLUMNS, strict=True))
        row = [faults.number(word, line, what) for word, what in pairs[:2]]
        row += [faults.number(word, line, what, least=0) for word, what in pairs[2:]]
        faults.window(row[3], row[4], line)
        places[words[0]] = (words[1], row)
    by_kind = {kind: [i for i, (k, _) in places.items() if k == kind] for kind in _KINDS}
    _complete(by_kind, values, faults)
    faults.raise_if_any()
    order = [*by_kind["d"], *by_kind["c"], *by_kind["f"]]
    x, y, demand, early, late, service = np.array([places[i][1] for i in order]).T
    return EvrptwFile(
        name=file.rsplit(".", 1)[0],
        depot=by_kind["d"][0],
        customers=tuple(by_kind["c"]),
        stations=tuple(by_kind["f"]),
        x=x,
        y=y,
        demand=demand,
        early=early,
        late=late,
        service=service,
        battery=values["Q"],
        capacity=values["C"],
        consumption=values["r"],
        inverse_rate=values["g"],
        velocity=values["v"],
    )


def _parameter(line: int, words: list[str], values: dict[str, float], faults: Faults) -> None:
    key, match = words[0], _VALUE.search(" ".join(words))
    if key in values:
        faults.add(line, f"parameter {key} stands there twice", "Keep one of the two")
        return
    text = match.group(1).strip() if match else ""
    values[key] = faults.number(text, line, _PARAMETERS[key], least=0)
    if values[key] == 0 and key != "C":
        faults.add(line, f"{_PARAMETERS[key]} is 0", "Give a positive value")


def _complete(by_kind: dict[str, list[str]], values: dict[str, float], faults: Faults) -> None:
    for key, what in _PARAMETERS.items():
        if key not in values:
            faults.add(None, f"has no {what}", f"Add a line '{key} {what} /value/'")
    if len(by_kind["d"]) != 1:
        faults.add(None, f"has {len(by_kind['d'])} depots", "Give one line of type d")
    if not by_kind["c"]:
        faults.add(None, "has no customers", "Give lines of type c")


def evrptw_fields(found: EvrptwFile, *, recharge: str = "partial") -> InstanceFields:
    """Return the arguments of a `RoundsProblem`; `recharge` is ``"partial"`` or ``"full"``."""
    n = 1 + len(found.customers)
    units = euclidean(found.x, found.y)
    fields = base_fields(
        depot_ids=(found.depot,),
        open_s=found.early[0],
        close_s=found.late[0],
        stops=Stops(
            found.customers,
            found.demand[1:n],
            found.early[1:n],
            found.late[1:n],
            found.service[1:n],
        ),
        fleet=Fleet(
            names=("ev",),
            count=len(found.customers),
            capacity=found.capacity,
            shift_s=found.late[0] - found.early[0],
            fixed=VEHICLE_FIRST_EUR,
            per_unit=1.0,
            usable_kwh=found.battery,
            kwh_per_unit=found.consumption,
            charge_kw=3600.0 / found.inverse_rate,
        ),
        x=found.x,
        y=found.y,
        distance_m=units * METRES_PER_UNIT,
        time_s=units / found.velocity,
    )
    fields |= station_fields(
        ids=found.stations,
        x=found.x[n:],
        y=found.y[n:],
        open_s=found.early[n:],
        close_s=found.late[n:],
        curve_of=np.zeros(len(found.stations)),
        curves=[[(0.0, 0.0), (found.battery, found.battery * found.inverse_rate)]],
    )
    fields["recharge"] = recharge
    return InstanceFields("evrptw", found.name, fields, vehicles_first=True)
