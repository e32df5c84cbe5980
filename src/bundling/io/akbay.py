"""The two-echelon electric vehicle routing problem with time windows, in the format of its authors.

Akbay, Kalayci, Blum and Polat, "Variable neighborhood search for the two-echelon electric vehicle
routing problem with time windows" (Applied Sciences 12, 1014, 2022). Trucks bring freight from the
depot to satellites, electric vehicles from there to customers. A file holds whole lines of twelve
numbers and no words:

1. trucks, electric vehicles, depots, satellites, stations, customers;
2. one line a vehicle, trucks first: capacity, speed, 0, battery, time to charge one unit of energy,
   energy per unit of distance (the last three 0 for trucks);
3. one line a place, in the order of line 1: x, y, demand, its delivered and its collected part,
   ready time, due date, service time, 0, capacity (depot and satellites), 0, 0.

The optima of the twelve instances with five customers follow from: distances in full precision, the
sum of those of both echelons as objective, every charge to a full battery, and electric vehicles
that leave a satellite no earlier than the truck has come. The two parts of the demand belong to a
variant with collection; which is which was not tested. Lines beyond those that line 1 counts are
left out, as the authors did: the published value of R103_C10, the one file with such a line, is
that of the counted lines. The published plans of R102_21 and R106_21 use three trucks, one more
than their files have.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bundling.io.benchmark_text import MAX_NODES, Faults, numbered, read_text
from bundling.io.instance_fields import FloatArray

_WORDS = 12
_COUNTS = ("trucks", "electric vehicles", "depots", "satellites", "stations", "customers")
_VEHICLE = ("capacity", "speed", "", "battery", "inverse charging rate", "consumption")
_PLACE = (
    "x", "y", "demand", "delivered part", "collected part", "ready time", "due date",
    "service time", "", "capacity",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Places:
    """Places of one kind: depots, satellites, stations or customers.

    Attributes
    ----------
    x, y
        Coordinates in units of distance.
    demand, delivered, collected
        Freight of a customer, and its two parts in the variant with collection.
    early, late, service
        Time window and service time.
    capacity
        Most freight at a depot or satellite; 0 elsewhere.
    """

    x: FloatArray
    y: FloatArray
    demand: FloatArray
    delivered: FloatArray
    collected: FloatArray
    early: FloatArray
    late: FloatArray
    service: FloatArray
    capacity: FloatArray

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True, eq=False)
class Vehicles:
    """Vehicles of one echelon, one value for each.

    Attributes
    ----------
    capacity, speed
        Load, and distance per unit of time.
    battery, inverse_rate, consumption
        Energy of a full battery, time to charge one unit, energy per unit of distance; 0 for
        trucks.
    """

    capacity: FloatArray
    speed: FloatArray
    battery: FloatArray
    inverse_rate: FloatArray
    consumption: FloatArray

    def __len__(self) -> int:
        return len(self.capacity)


@dataclass(frozen=True, eq=False)
class TwoEchelonFile:
    """What a file of the 2E-EVRPTW says.

    Attributes
    ----------
    name
        Name of the file, as in the tables of the paper (``C101_C5`` for ``C101_C5x.txt``).
    trucks, evs
        Vehicles of the first and of the second echelon.
    depots, satellites, stations, customers
        The places.
    left_out
        Lines at the end of the file that its first line does not count.
    """

    name: str
    trucks: Vehicles
    evs: Vehicles
    depots: Places
    satellites: Places
    stations: Places
    customers: Places
    left_out: int = 0


def read_akbay(path: Path) -> TwoEchelonFile:
    """Read a file of the 2E-EVRPTW.

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    """
    return parse_akbay(read_text(path), path.name)


def is_akbay(text: str) -> bool:
    """Whether `text` begins as a file of the 2E-EVRPTW does: twelve whole numbers."""
    words = text.lstrip().partition("\n")[0].split()
    return len(words) == _WORDS and all(word.isdigit() for word in words)


def parse_akbay(text: str, file: str) -> TwoEchelonFile:
    """Read text in the format of the 2E-EVRPTW; `file` is named in faults."""
    faults = Faults(file)
    lines = numbered(text)
    for line, words in lines:
        if len(words) != _WORDS:
            rule = f"the line has {len(words)} numbers, not {_WORDS}"
            faults.add(line, rule, "Give a file of the 2E-EVRPTW")
    faults.raise_if_any()
    line, head = lines[0]
    pairs = zip(head, _COUNTS, strict=False)
    counts = [int(faults.number(word, line, what, least=0, whole=True)) for word, what in pairs]
    for count, what in zip(counts, _COUNTS, strict=True):
        if count < 1 and what != "stations":
            faults.add(line, f"has no {what}", "Correct the first line")
    if len(lines) - 1 < sum(counts):
        rule = f"the first line speaks of {sum(counts):,} lines, and {len(lines) - 1:,} follow"
        faults.add(line, rule, "Correct the counts, or complete the file")
    if sum(counts[2:]) > MAX_NODES:
        rule = f"has {sum(counts[2:]):,} places"
        faults.add(line, rule, f"At most {MAX_NODES:,} are read")
    faults.raise_if_any()
    bounds = np.cumsum([1, *counts])
    groups = [lines[a:b] for a, b in itertools.pairwise(bounds)]
    trucks = _vehicles(groups[0], faults, electric=False)
    evs = _vehicles(groups[1], faults, electric=True)
    depots, satellites, stations, customers = (_places(group, faults) for group in groups[2:])
    faults.raise_if_any()
    stem = file.rsplit(".", 1)[0]
    return TwoEchelonFile(
        name=stem.removesuffix("x"),
        trucks=trucks,
        evs=evs,
        depots=depots,
        satellites=satellites,
        stations=stations,
        customers=customers,
        left_out=len(lines) - int(bounds[-1]),
    )


def _vehicles(lines: list[tuple[int, list[str]]], faults: Faults, *, electric: bool) -> Vehicles:
    rows = np.zeros((len(lines), len(_VEHICLE)))
    for i, (line, words) in enumerate(lines):
        for j, (word, what) in enumerate(zip(words, _VEHICLE, strict=False)):
            if what:
                rows[i, j] = faults.number(word, line, what, least=0)
        if rows[i, 1] == 0:
            faults.add(line, "the speed is 0", "Give a positive value")
        for j in (3, 4, 5):
            if electric and rows[i, j] == 0:
                rule = f"the {_VEHICLE[j]} of an electric vehicle is 0"
                faults.add(line, rule, "Give a positive value")
    return Vehicles(rows[:, 0], rows[:, 1], rows[:, 3], rows[:, 4], rows[:, 5])


def _places(lines: list[tuple[int, list[str]]], faults: Faults) -> Places:
    rows = np.zeros((len(lines), len(_PLACE)))
    for i, (line, words) in enumerate(lines):
        for j, (word, what) in enumerate(zip(words, _PLACE, strict=False)):
            if what:
                rows[i, j] = faults.number(word, line, what, least=None if j < 2 else 0)
        faults.window(rows[i, 5], rows[i, 6], line)
    return Places(*(rows[:, j] for j in range(len(_PLACE)) if _PLACE[j]))
