"""VRPLIB files: CVRP, VRPTW, mixed and site-dependent fleets, several trips a day.

TSPLIB's keywords, and the sections that PyVRP's collection of instances adds to them (its
documentation, "Supported VRPLIB fields"): time windows, service and release times, prizes, and
capacities, costs, limits, depots and permitted customers of single vehicles. Depots are the places
with the lowest numbers. A keyword or section that is not known is a fault: it might change the
problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bundling.io.benchmark_text import MAX_NODES, Faults, read_text
from bundling.io.instance_fields import FloatArray

MAX_VEHICLES = 100_000

_KEYWORD = re.compile(r"([A-Z][A-Z0-9_ ]*?)\s*:\s*(.*)")
_SECTION = re.compile(r"([A-Z][A-Z0-9_]*)_SECTION\s*:?")
_IGNORED = ("NAME", "COMMENT", "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE", "EDGE_WEIGHT_FORMAT")
_TEXTS = ("TYPE", "EDGE_WEIGHT_TYPE")
_COUNTS = {"DIMENSION": (2, MAX_NODES), "VEHICLES": (1, MAX_VEHICLES)}
_OF_PLACES = {
    "NODE_COORD": 2,
    "DEMAND": 1,
    "LINEHAUL": 1,
    "BACKHAUL": 1,
    "SERVICE_TIME": 1,
    "TIME_WINDOW": 2,
    "RELEASE_TIME": 1,
    "PRIZE": 1,
}
_OF_VEHICLES = {
    "CAPACITY": 1,
    "VEHICLES_DEPOT": 1,
    "VEHICLES_FIXED_COST": 1,
    "VEHICLES_UNIT_DISTANCE_COST": 1,
    "VEHICLES_MAX_DISTANCE": 1,
    "VEHICLES_MAX_DURATION": 1,
    "VEHICLES_MAX_RELOADS": 1,
    "VEHICLES_RELOAD_DEPOT": None,
    "VEHICLES_ALLOWED_CLIENTS": None,
}
_SCALARS = (
    "CAPACITY", "SERVICE_TIME", "RELEASE_TIME", "DISTANCE", "VEHICLES_FIXED_COST",
    "VEHICLES_UNIT_DISTANCE_COST", "VEHICLES_MAX_DISTANCE", "VEHICLES_MAX_DURATION",
    "VEHICLES_MAX_RELOADS",
)  # fmt: skip
_WHOLE = ("VEHICLES_DEPOT", "VEHICLES_MAX_RELOADS", "VEHICLES_RELOAD_DEPOT",
          "VEHICLES_ALLOWED_CLIENTS")  # fmt: skip
_SHOWN = 5

Row = tuple[int, list[str]]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class VrplibFile:
    """What a VRPLIB file says.

    Attributes
    ----------
    name, type
        Keywords NAME and TYPE.
    places, depots, vehicles
        How many; the depots are the first places.
    x, y
        Coordinates, zeros where the file has only a matrix.
    explicit
        Matrix of distances, or None: Euclidean.
    scalars
        Keywords with one number.
    of_places, of_vehicles
        Sections with one row per place or vehicle, ``[rows, values]``.
    reload_depots, allowed
        Numbers (from 1) of the places where each vehicle may reload and that it may serve; None
        when the section is not there.
    """

    name: str
    type: str
    places: int
    depots: int
    vehicles: int
    x: FloatArray
    y: FloatArray
    explicit: FloatArray | None
    scalars: dict[str, float] = field(default_factory=dict)
    of_places: dict[str, FloatArray] = field(default_factory=dict)
    of_vehicles: dict[str, FloatArray] = field(default_factory=dict)
    reload_depots: tuple[tuple[int, ...], ...] | None = None
    allowed: tuple[tuple[int, ...], ...] | None = None


def read_vrplib(path: Path) -> VrplibFile:
    """Read a VRPLIB file.

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    """
    return parse_vrplib(read_text(path), path.name)


def parse_vrplib(text: str, file: str) -> VrplibFile:
    """Read text in VRPLIB format; `file` is named in faults."""
    faults = Faults(file)
    words, sections = _split(text, faults)
    scalars = _numbers(words, faults)
    texts = {key: words.get(key, (0, ""))[1].upper() for key in _TEXTS}
    if "DIMENSION" not in scalars:
        faults.add(None, "has no DIMENSION", "Add a line 'DIMENSION: number of places'")
    faults.raise_if_any()  # the rest depends on the dimension
    n = int(scalars.pop("DIMENSION"))
    depots = _depots(sections.pop("DEPOT", None), n, faults)
    m = int(scalars.pop("VEHICLES", max(1, n - depots)))
    explicit = _matrix(
        texts["EDGE_WEIGHT_TYPE"], words, sections.pop("EDGE_WEIGHT", None), n, faults
    )
    rows = {
        key: _table(key, sections[key], n, width, "place", faults)
        for key, width in _OF_PLACES.items()
        if key in sections
    }
    fleet = {
        key: _table(key, sections[key], m, 1, "vehicle", faults)
        for key, width in _OF_VEHICLES.items()
        if width and key in sections
    }
    lists = {
        key: _lists(key, sections[key], m, n, faults)
        for key, width in _OF_VEHICLES.items()
        if width is None and key in sections
    }
    for key in scalars.keys() & sections.keys():
        faults.add(sections[key][0], f"{key} is a keyword and a section", "Keep one of the two")
    _belongs(texts, scalars, rows, fleet, depots, explicit is None, faults)
    for line, early, late in _windows(sections.get("TIME_WINDOW"), rows.get("TIME_WINDOW")):
        faults.window(early, late, line)
    faults.raise_if_any()
    coordinates = rows.pop("NODE_COORD", np.zeros((n, 2)))
    return VrplibFile(
        name=words.get("NAME", (0, ""))[1] or file.rsplit(".", 1)[0],
        type=texts["TYPE"],
        places=n,
        depots=depots,
        vehicles=m,
        x=coordinates[:, 0],
        y=coordinates[:, 1],
        explicit=explicit,
        scalars=scalars,
        of_places=rows,
        of_vehicles=fleet,
        reload_depots=lists.get("VEHICLES_RELOAD_DEPOT"),
        allowed=lists.get("VEHICLES_ALLOWED_CLIENTS"),
    )


def _split(
    text: str, faults: Faults
) -> tuple[dict[str, tuple[int, str]], dict[str, tuple[int, list[Row]]]]:
    """Keywords with line and value, and sections with line and rows."""
    words: dict[str, tuple[int, str]] = {}
    sections: dict[str, tuple[int, list[Row]]] = {}
    rows: list[Row] | None = None
    for number, raw in enumerate(text.splitlines(), start=1):
        line = raw.strip()
        if not line:
            continue
        if line == "EOF":
            break
        if match := _SECTION.fullmatch(line):
            key = match[1]
            rows = []
            if key in sections:
                rule = f"{key}_SECTION is also at line {sections[key][0]}"
                faults.add(number, rule, "Keep one of the two")
            elif key not in (*_OF_PLACES, *_OF_VEHICLES, "DEPOT", "EDGE_WEIGHT"):
                remedy = "Remove the section if the problem is the same without it"
                faults.add(number, f"{key[:60]}_SECTION is not known", remedy)
            else:
                sections[key] = (number, rows)
        elif match := _KEYWORD.fullmatch(line):
            key, rows = match[1].replace(" ", "_"), None
            if key in words:
                faults.add(number, f"{key} is also at line {words[key][0]}", "Keep one of the two")
            elif key not in (*_IGNORED, *_TEXTS, *_COUNTS, *_SCALARS):
                remedy = "Remove the line if the problem is the same without it"
                faults.add(number, f"the keyword {key[:60]} is not known", remedy)
            else:
                words[key] = (number, match[2].strip())
        elif rows is not None:
            rows.append((number, line.split()))
        else:
            faults.add(number, "the line belongs to no section", "Remove it, or name its section")
    return words, sections


def _numbers(words: dict[str, tuple[int, str]], faults: Faults) -> dict[str, float]:
    found = {}
    for key, (line, text) in words.items():
        if key in _SCALARS:
            found[key] = faults.number(text, line, key, least=0, whole=key in _WHOLE)
        elif key in _COUNTS:
            least, most = _COUNTS[key]
            found[key] = faults.number(text, line, key, least=least, whole=True)
            if found[key] > most:
                faults.add(line, f"{key} is {found[key]:,.0f}", f"At most {most:,} are read")
    return found


def _depots(section: tuple[int, list[Row]] | None, n: int, faults: Faults) -> int:
    """Count the depots; one when the file does not say."""
    if section is None:
        return 1
    numbers = []
    for line, row in section[1]:
        for word in row:
            value = faults.number(word, line, "depot", whole=True)
            if value == -1:  # TSPLIB's end of the list
                continue
            numbers.append(int(value))
    if sorted(numbers) != list(range(1, len(numbers) + 1)) or not 1 <= len(numbers) < n:
        rule = f"the depots are {numbers[:_SHOWN]}"
        faults.add(section[0], rule, "Number depots from 1, before all customers")
        return 1
    return len(numbers)


def _table(
    key: str, section: tuple[int, list[Row]], n: int, width: int, what: str, faults: Faults
) -> FloatArray:
    """Rows of a section by number; places and vehicles count from 1 and may come in any order."""
    table = np.zeros((n, width))
    seen: dict[int, int] = {}
    for line, row in section[1]:
        if len(row) != width + 1:
            rule = f"the row has {len(row)} numbers, not {width + 1}"
            faults.add(line, rule, f"Write the number of the {what} and its values")
            continue
        number = _position(row[0], line, n, what, faults)
        if number in seen:
            rule = f"{what} {number} is also at line {seen[number]}"
            faults.add(line, rule, "Keep one of the two")
        elif number:
            seen[number] = line
            for j, word in enumerate(row[1:]):
                least = None if key == "NODE_COORD" else 0
                table[number - 1, j] = faults.number(
                    word, line, key, least=least, whole=key in _WHOLE
                )
    _complete(key, section[0], seen, n, what, faults)
    return table


def _lists(
    key: str, section: tuple[int, list[Row]], m: int, n: int, faults: Faults
) -> tuple[tuple[int, ...], ...]:
    """Places of each vehicle."""
    found: dict[int, tuple[int, ...]] = {}
    seen: dict[int, int] = {}
    for line, row in section[1]:
        number = _position(row[0], line, m, "vehicle", faults)
        if number in seen:
            rule = f"vehicle {number} is also at line {seen[number]}"
            faults.add(line, rule, "Keep one of the two")
        elif number:
            seen[number] = line
            places = (_position(word, line, n, "place", faults) for word in row[1:])
            found[number] = tuple(sorted({place for place in places if place}))
    _complete(key, section[0], seen, m, "vehicle", faults)
    return tuple(found.get(number, ()) for number in range(1, m + 1))


def _position(word: str, line: int, n: int, what: str, faults: Faults) -> int:
    """Return a number from 1 to `n`; 0, with a fault, when it is none."""
    value = faults.number(word, line, f"number of the {what}", whole=True)
    if not 1 <= value <= n:
        faults.add(line, f"there is no {what} {value:g}", f"Number them from 1 to {n}")
        return 0
    return int(value)


def _complete(key: str, line: int, seen: dict[int, int], n: int, what: str, faults: Faults) -> None:
    missing = [number for number in range(1, n + 1) if number not in seen]
    if missing:
        shown = ", ".join(map(str, missing[:_SHOWN]))
        shown += f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        faults.add(line, f"{key}_SECTION has no row for {what} {shown}", "Add it")


def _matrix(
    kind: str,
    words: dict[str, tuple[int, str]],
    section: tuple[int, list[Row]] | None,
    n: int,
    faults: Faults,
) -> FloatArray | None:
    """Return the matrix of an explicit file; None for Euclidean distances."""
    line, shape = words.get("EDGE_WEIGHT_FORMAT", (None, ""))
    if kind != "EXPLICIT":
        if kind != "EUC_2D":
            rule = f"EDGE_WEIGHT_TYPE is '{kind[:30]}'"
            at = words.get("EDGE_WEIGHT_TYPE", (None, ""))[0]
            faults.add(at, rule, "Only EUC_2D and EXPLICIT are read")
        if section is not None:
            rule = "EDGE_WEIGHT_SECTION stands beside Euclidean distances"
            faults.add(section[0], rule, "Remove it, or write EDGE_WEIGHT_TYPE: EXPLICIT")
        return None
    if section is None:
        faults.add(None, "has no EDGE_WEIGHT_SECTION", "Add the matrix of distances")
        return None
    cells = _cells(shape.upper(), n)
    if cells is None:
        rule = f"EDGE_WEIGHT_FORMAT is '{shape[:30]}'"
        faults.add(line, rule, "Write FULL_MATRIX, LOWER_ROW or UPPER_ROW")
        return None
    flat = [faults.number(word, at, "distance", least=0) for at, row in section[1] for word in row]
    if len(flat) != len(cells[0]):
        rule = f"EDGE_WEIGHT_SECTION has {len(flat):,} numbers, not {len(cells[0]):,}"
        faults.add(section[0], rule, "Complete it, or correct DIMENSION or EDGE_WEIGHT_FORMAT")
        return None
    matrix = np.zeros((n, n))
    matrix[cells[0], cells[1]] = flat
    return matrix if shape.upper() == "FULL_MATRIX" else np.maximum(matrix, matrix.T)


def _cells(shape: str, n: int) -> tuple[IntArray, IntArray] | None:
    """Rows and columns of the numbers of a matrix in the order in which they are written."""
    if shape == "FULL_MATRIX":
        rows, columns = np.indices((n, n)).reshape(2, -1)
        return rows, columns
    if shape in ("LOWER_ROW", "LOWER_DIAG_ROW"):
        return np.tril_indices(n, 0 if "DIAG" in shape else -1)
    if shape in ("UPPER_ROW", "UPPER_DIAG_ROW"):
        return np.triu_indices(n, 0 if "DIAG" in shape else 1)
    return None


def _belongs(
    texts: dict[str, str],
    scalars: dict[str, float],
    rows: dict[str, FloatArray],
    fleet: dict[str, FloatArray],
    depots: int,
    euclidean: bool,
    faults: Faults,
) -> None:
    """Note what the kind of problem needs and the file does not have."""
    kind = texts["TYPE"]
    if kind == "VRPB":
        remedy = "Pickups after all deliveries are not modelled"
        faults.add(None, "is a problem with backhauls (TYPE VRPB)", remedy)
    if euclidean and "NODE_COORD" not in rows:
        faults.add(None, "has no NODE_COORD_SECTION", "Add the coordinates")
    if "TW" in kind and "TIME_WINDOW" not in rows:
        faults.add(None, f"is a {kind[:20]} without TIME_WINDOW_SECTION", "Add the time windows")
    if "DEMAND" in rows and "LINEHAUL" in rows:
        faults.add(None, "has both DEMAND_SECTION and LINEHAUL_SECTION", "Keep one of the two")
    loads = [rows[key] for key in ("DEMAND", "LINEHAUL", "BACKHAUL") if key in rows]
    limited = "CAPACITY" in scalars or "CAPACITY" in fleet
    if loads and not limited:
        faults.add(None, "has demands and no CAPACITY", "Add the capacity of the vehicles")
    if limited and not loads:
        faults.add(None, "has a CAPACITY and no demands", "Add a DEMAND_SECTION")
    if any(load[:depots].any() for load in loads):
        faults.add(None, "has a depot with a demand", "Write 0")
    if (
        "VEHICLES_DEPOT" in fleet
        and ((fleet["VEHICLES_DEPOT"] < 1) | (fleet["VEHICLES_DEPOT"] > depots)).any()
    ):
        faults.add(None, "VEHICLES_DEPOT_SECTION names a place that is no depot", "Correct it")


def _windows(
    section: tuple[int, list[Row]] | None, table: FloatArray | None
) -> Iterator[tuple[int, float, float]]:
    """Lines with their window, where the row could be read."""
    if section is None or table is None:
        return
    for line, row in section[1]:
        if len(row) == 3 and row[0].isdigit() and 1 <= int(row[0]) <= len(table):
            early, late = table[int(row[0]) - 1]
            yield line, float(early), float(late)
