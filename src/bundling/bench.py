"""Run the rounds solver on a folder of public instances and compare with best-known values.

Values of the literature come from a table ``best_known.csv`` in the folder, or from
``best_known_partial_recharge.csv`` and ``best_known_full_recharge.csv`` where the two differ. Its
column ``instance`` names the file without its ending. What the other columns are called depends on
who made the table; `LAYOUTS` lists what is known, the first that fits is taken:

=====================  ==============================  ==================================
vehicles               value                           for
=====================  ==============================  ==================================
``hier_vehicles``      ``hier_distance_2dec``          VRPTW, few vehicles first
``dimacs_routes``      ``dimacs_cost_1dec_truncated``  VRPTW, distance of DIMACS
``best_vehicles``      ``best_distance``               E-VRPTW with partial recharge
``vehicles``           ``distance``                    E-VRPTW with full recharge
``bks_routes``         ``bks_value_h``                 E-VRP-NL, hours
``second_echelon_...`` ``best_distance``              2E-EVRPTW, distance of both echelons
(not counted)          ``cost``                        VRPLIB
=====================  ==============================  ==================================

Tables from VRPLIB solutions count vehicles that stay at home, so their ``routes`` are not read; of
mixed fleets (HFVRP) some costs are in units of 1e-5, and those are divided.
"""

from __future__ import annotations

import csv
import dataclasses
import fnmatch
import inspect
import math
import os
import platform
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from bundling import api
from bundling.certify import versions
from bundling.errors import Fault, InputError, SolverError
from bundling.io.akbay import is_akbay, parse_akbay
from bundling.io.benchmark_text import Faults, read_text
from bundling.io.echelons_instance import TWO_ECHELONS, as_two_echelons
from bundling.io.instance_fields import InstanceFields
from bundling.io.rounds_instance import as_problem, read_fields
from bundling.result import Evaluation, Limit, Result

SUFFIXES = (".txt", ".vrp", ".xml")
_CORES = 2
_PACKAGES = ("pyvrp", "highspy", "numba", "numpy")
_HFVRP_UNITS, _HFVRP_LEAST = 1e5, 1e8
"""Costs of mixed fleets from this one on are whole numbers of 1e-5."""


@dataclass(frozen=True)
class Layout:
    """Names of the columns in one kind of table.

    Attributes
    ----------
    vehicles, value
        Columns; no vehicles when empty.
    vehicles_first
        Only for instances where few vehicles count first, or do not; None: for both.
    """

    vehicles: str
    value: str
    vehicles_first: bool | None = None


LAYOUTS = (
    Layout("hier_vehicles", "hier_distance_2dec", vehicles_first=True),
    Layout("dimacs_routes", "dimacs_cost_1dec_truncated", vehicles_first=False),
    Layout("best_vehicles", "best_distance", vehicles_first=True),
    Layout("vehicles", "distance", vehicles_first=True),
    Layout("bks_routes", "bks_value_h"),
    Layout("second_echelon_vehicles", "best_distance"),
    Layout("", "cost"),
)


@dataclass(frozen=True)
class BestKnown:
    """The best known value of an instance, and its vehicles where the table says so."""

    value: float
    vehicles: int | None = None


@dataclass(frozen=True)
class Row:
    """One run: what was asked, what came out, and on what; the columns of the results file.

    Attributes
    ----------
    instance, kind, stops, stations
        The instance.
    recharge, rounding, seed, time_limit_s, cores
        How it was read and solved; `rounding` is empty for the usual one of the set.
    status, limit, vehicles, value
        What came out; `value` is in the unit of the tables: without the cost of vehicles where
        those count first. NaN without a solution.
    best_vehicles, best_value, gap_pct
        From the table, and how far the value is above it; NaN where nothing is known. With another
        number of vehicles the gap says little.
    objective, seconds, method, message
        Our own objective, wall time, method, and what went wrong.
    machine, versions
        Where it ran.
    """

    instance: str
    kind: str
    stops: int
    stations: int
    recharge: str
    rounding: str
    seed: int
    time_limit_s: float
    cores: int
    status: str
    limit: str = ""
    vehicles: float = math.nan
    value: float = math.nan
    best_vehicles: float = math.nan
    best_value: float = math.nan
    gap_pct: float = math.nan
    objective: float = math.nan
    seconds: float = math.nan
    method: str = ""
    message: str = ""
    machine: str = ""
    versions: str = ""


# -- best-known values ---------------------------------------------------------------------------


def best_known(folder: Path, recharge: str, *, vehicles_first: bool) -> dict[str, BestKnown]:
    """Read the table of best-known values in `folder`; empty when there is none that fits.

    Raises
    ------
    bundling.InputError
        When a table is there and cannot be read.
    """
    names = (f"best_known_{recharge}_recharge.csv", "best_known.csv")
    path = next((folder / name for name in names if (folder / name).is_file()), None)
    if path is None:
        return {}
    reader = csv.DictReader(read_text(path).splitlines())
    columns = reader.fieldnames or []
    layout = next(
        (
            layout
            for layout in LAYOUTS
            if layout.value in columns
            and (not layout.vehicles or layout.vehicles in columns)
            and layout.vehicles_first in (None, vehicles_first)
        ),
        None,
    )
    if "instance" not in columns:
        remedy = "Name the files without their ending in a column 'instance'"
        raise InputError([Fault(path.name, "instance", (), "is not there", remedy)])
    if layout is None:
        return {}
    faults = Faults(path.name)
    found = {}
    for record in reader:
        line = reader.line_num
        value = faults.number(record[layout.value] or "", line, layout.value)
        vehicles = None
        if layout.vehicles:
            vehicles = int(faults.number(record[layout.vehicles] or "", line, layout.vehicles))
        found[record["instance"]] = BestKnown(value, vehicles)
    faults.raise_if_any()
    return found


def best_of(found: InstanceFields, known: Mapping[str, BestKnown], stem: str) -> BestKnown | None:
    """Return the best-known value of the instance `stem`, in the unit of our costs."""
    best = known.get(found.name if found.kind == TWO_ECHELONS else stem)
    if best is not None and found.kind == "hfvrp" and best.value >= _HFVRP_LEAST:
        return BestKnown(best.value / _HFVRP_UNITS)
    return best


# -- runs ----------------------------------------------------------------------------------------


def instances(folder: Path, match: str = "*") -> list[Path]:
    """Files of `folder` that may be instances, by name; `match` is a pattern such as ``R1*``."""
    return sorted(
        path
        for path in folder.iterdir()
        if path.suffix.lower() in SUFFIXES and path.is_file() and fnmatch.fnmatch(path.stem, match)
    )


def run_folder(
    folder: Path,
    *,
    time_limit: float = 60.0,
    cores: int = 2,
    seeds: int = 1,
    recharge: str = "partial",
    rounding: str | None = None,
    match: str = "*",
) -> Iterator[Row]:
    """Solve every instance of a folder, and give one row for each run as it ends.

    An instance that cannot be read, or on which the solver breaks down, gives a row with status
    ``"error"``. After Ctrl-C the row of the running instance is the last one.

    Parameters
    ----------
    folder
        Where the instances are.
    time_limit
        Seconds for each run.
    cores
        Processor cores for one run.
    seeds
        Runs of each instance, with seeds 0, 1, ...
    recharge, rounding
        See `bundling.io.read_instance`.
    match
        Pattern of file names without ending.
    """
    tables: dict[bool, dict[str, BestKnown]] = {}
    for path in instances(folder, match):
        asked = {
            "recharge": recharge,
            "rounding": rounding or "",
            "time_limit_s": time_limit,
            "cores": cores,
            "machine": machine(),
            "versions": _versions(),
        }
        try:
            found, problem = read_any(path, rounding, recharge)
        except (InputError, OSError) as error:
            yield _error(path, asked, error)
            continue
        first = found.vehicles_first
        if first not in tables:
            tables[first] = best_known(folder, recharge, vehicles_first=first)
        best = best_of(found, tables[first], path.stem)
        asked |= {
            "kind": found.kind,
            "stops": problem.num_stops,
            "stations": problem.num_stations,
            "recharge": _recharge(problem),
        }
        for seed in range(seeds):
            began = time.perf_counter()
            try:
                result = _solve(problem, time_limit=time_limit, seed=seed, cores=cores)
            except Exception as error:  # hours of other runs must not be lost to a bug in this one
                yield _error(path, asked, error, seed=seed)
                continue
            seconds = time.perf_counter() - began
            yield _row(path.stem, asked, seed, found, best, result, seconds)
            if result.limit is Limit.INTERRUPT:
                return


def read_any(path: Path, rounding: str | None, recharge: str) -> tuple[InstanceFields, Any]:
    """Read an instance; one with two echelons is always for full charges, as it is published."""
    text = read_text(path)
    if not is_akbay(text):
        found = read_fields(path, rounding=rounding, recharge=recharge)
        return found, as_problem(found)
    whole = parse_akbay(text, path.name)
    return InstanceFields(TWO_ECHELONS, whole.name, {}), as_two_echelons(whole)


def _recharge(problem: Any) -> str:
    """How vehicles charge; empty when they do not."""
    rounds = getattr(problem, "second", problem)
    return str(rounds.recharge) if rounds.num_stations else ""


def _solve(problem: Any, *, time_limit: float, seed: int, cores: int) -> Result:
    """Solve with as many cores as asked for; a solver that cannot be told uses `_CORES`."""
    known = inspect.signature(api.solve).parameters
    if "cores" not in known and cores != _CORES:
        raise SolverError(f"the solver uses {_CORES} cores and cannot be told otherwise")
    given: dict[str, Any] = {"cores": cores} if "cores" in known else {}
    return api.solve(problem, time_limit=time_limit, seed=seed, **given)


def published(found: InstanceFields, evaluation: Evaluation) -> float:
    """Return the objective as tables print it."""
    value = evaluation.objective - found.offset
    return value - evaluation.costs_eur["vehicles"] if found.vehicles_first else value


def _row(
    name: str,
    asked: Mapping[str, Any],
    seed: int,
    found: InstanceFields,
    best: BestKnown | None,
    result: Result,
    seconds: float,
) -> Row:
    row = Row(
        instance=name,
        seed=seed,
        status=str(result.status),
        limit=str(result.limit),
        seconds=seconds,
        method=result.run.method,
        message="; ".join(result.reasons),
        **asked,
    )
    if best is not None:
        vehicles = math.nan if best.vehicles is None else best.vehicles
        row = dataclasses.replace(row, best_value=best.value, best_vehicles=vehicles)
    if result.solution is None or result.evaluation is None:
        return row
    value = published(found, result.evaluation)
    gap = 100 * (value - row.best_value) / row.best_value if row.best_value else math.nan
    return dataclasses.replace(
        row,
        vehicles=len(result.solution.routes),
        value=value,
        gap_pct=gap,
        objective=result.bounds.objective,
    )


def _error(path: Path, asked: Mapping[str, Any], error: Exception, seed: int = 0) -> Row:
    message = f"{type(error).__name__}: {error}"
    known = {"kind": "", "stops": 0, "stations": 0, **asked}
    return Row(instance=path.stem, seed=seed, status="error", message=message, **known)


def machine() -> str:
    """Return processor, number of cores and operating system, without names of the computer."""
    kind = platform.processor() or platform.machine()
    return f"{kind}, {os.cpu_count()} cores, {platform.system()}"


def _versions() -> str:
    return ", ".join(f"{name} {number}" for name, number in versions(*_PACKAGES).items())


# -- results -------------------------------------------------------------------------------------


class ResultsFile:
    """The results as CSV, complete up to the last run that has ended."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("w", encoding="utf-8", newline="")
        columns = [spec.name for spec in dataclasses.fields(Row)]
        self._writer = csv.DictWriter(self._file, columns, lineterminator="\n")
        self._writer.writeheader()

    def add(self, row: Row) -> None:
        """Write one row, to the disk."""
        cells = dataclasses.asdict(row).items()
        self._writer.writerow({k: "" if v != v else _cell(v) for k, v in cells})  # NaN: empty
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"  # a spreadsheet would take it for a formula
    return value


_HEADS = ("instance", "seed", "vehicles", "value", "best known", "gap %", "status", "s")
_WIDTHS = (18, 4, 9, 14, 14, 8, 10, 7)


def table_head() -> str:
    """Return the heading of the table on the terminal."""
    return _line(_HEADS)


def table_line(row: Row) -> str:
    """Return one run as a line; vehicles as ours/best."""
    fleet = _text(row.vehicles, 0)
    if row.best_vehicles == row.best_vehicles:
        fleet += f"/{row.best_vehicles:.0f}"
    line = _line(
        (
            row.instance,
            str(row.seed),
            fleet,
            _text(row.value, 2),
            _text(row.best_value, 2),
            _text(row.gap_pct, 2),
            row.status,
            _text(row.seconds, 1),
        )
    )
    reason = row.message.partition("\n")[0] if row.value != row.value else ""
    return f"{line}  {reason}".rstrip()


def totals(rows: Sequence[Row]) -> list[str]:
    """Return what all runs come to, as lines; gaps over the runs with a best-known value."""
    solved = [row for row in rows if row.value == row.value]
    lines = [f"{len(solved)} of {len(rows)} runs have a solution"]
    known = [row for row in solved if row.best_value == row.best_value]
    if known:
        value = math.fsum(row.value for row in known)
        best = math.fsum(row.best_value for row in known)
        mean = math.fsum(row.gap_pct for row in known) / len(known)
        lines.append(
            f"value {value:,.2f}, best known {best:,.2f}: {100 * (value / best - 1):+.2f}% in all,"
            f" {mean:+.2f}% on average over {len(known)} runs"
        )
    counted = [row for row in known if row.best_vehicles == row.best_vehicles]
    if counted:
        ours = sum(row.vehicles for row in counted)
        theirs = sum(row.best_vehicles for row in counted)
        same = sum(row.vehicles == row.best_vehicles for row in counted)
        lines.append(
            f"vehicles {ours:.0f}, best known {theirs:.0f}; the same in {same} of"
            f" {len(counted)} runs"
        )
    return lines


def _line(cells: Sequence[str]) -> str:
    words = [
        cell.ljust(width) if i in (0, 6) else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, _WIDTHS, strict=True))
    ]
    return " ".join(words).rstrip()


def _text(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if math.isfinite(value) else "-"
