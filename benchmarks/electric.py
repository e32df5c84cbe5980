"""Our electric rounds on the public electric sets: E-VRPTW, E-VRP-NL, 2E-EVRPTW, resumable.

python benchmarks/electric.py FOLDER --set evrptw-large --recharge partial --out FILE.csv

FOLDER is the folder of the set (files and tables of best-known values). One row a run, written as
it ends; a run whose row is in the file already (same instance, recharge, solver, seed, limit and
versions) is skipped, so a broken-off call is simply given again. ``versions`` holds a digest of the
search's source code: another search is another version, unless ``--any-version`` is given.

Values are those of the tables: distance with few vehicles first (E-VRPTW), hours (E-VRP-NL), or the
distance of both echelons (2E-EVRPTW; vehicles are those of the second echelon and only bounded, and
every charge is a full one). Small E-VRPTW with partial recharge have no table; their optimum with
full recharge, which partial recharge can only better, stands in, and `best_source` says so.

``--peer routingblocks`` adds what RoutingBlocks' authors published (E-VRPTW, partial recharge), as
the table of the set has it: their machine and their seconds, not ours. RoutingBlocks is a toolkit
without a solver to call, so it is not run here.
"""

from __future__ import annotations

import argparse
import csv
import itertools
import math
import os
import platform
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from run import processor
from stamps import stamp

import bundling
from bundling.bench import best_known, best_of, instances, published, read_any
from bundling.io.instance_fields import VEHICLE_FIRST_EUR, InstanceFields
from bundling.io.rounds_solution import read_solution, write_solution
from bundling.rounds import RoundsProblem

FIELDS = [
    "date", "set", "instance", "recharge", "stops", "stations", "solver", "seed", "time_limit_s",
    "status", "vehicles", "value", "unit", "best_vehicles", "best_value", "best_source", "gap_pct",
    "found_after_s", "seconds", "iterations", "violations", "machine", "cores", "system", "python",
    "versions",
]  # fmt: skip
KEY = ("instance", "recharge", "solver", "seed", "time_limit_s", "versions")
SETS = {
    "evrptw-small": ("*C5", "*C10", "*C15"),
    "evrptw-large": ("*_21",),
    "evrp-nl": ("tc*",),
    "2e-small": ("*C5x", "*C10x", "*C15x"),
    "2e-large": ("*_21x",),
}
"""Names of the instances of each set."""
PUBLISHED = "routingblocks"
_TWO_ECHELONS = ("2e-small", "2e-large")
_ROUNDS = Path(bundling.__file__).parent / "rounds"


@dataclass(frozen=True)
class Found:
    """What a solver found, in the unit of the tables; NaN without a feasible solution."""

    status: str
    vehicles: float
    value: float
    found_after_s: float
    iterations: int | None
    violations: int
    solution: Any = None


def own(found: InstanceFields, problem: Any, time_limit: float, seed: int) -> Found:
    """Solve with this library."""
    result = bundling.solve(problem, time_limit=time_limit, seed=seed)
    # Runs tell their iterations only where the method counts them.
    iterations = getattr(result.run, "iterations", None) or None
    if result.solution is None or result.evaluation is None:
        return Found(str(result.status), math.nan, math.nan, math.nan, iterations, 0)
    return Found(
        str(result.status),
        len(result.solution.routes),
        published(found, result.evaluation),
        result.run.improvements[-1][0] if result.run.improvements else math.nan,
        iterations,
        len(result.violations),
        result.solution,
    )


def version_of(solver: str, set_name: str) -> tuple[str, str]:
    """Return the version of Python, and those of a solver as one text."""
    if solver == PUBLISHED:
        return "", "published"
    folders = ("electric", "echelons")[: 2 if set_name in _TWO_ECHELONS else 1]
    return stamp(("numba", "numpy"), [_ROUNDS / folder for folder in folders])


def published_peer(row: dict[str, Any], folder: Path) -> dict[str, Any] | None:
    """Turn our row of an instance into the peer's published one; None where there is none."""
    path = folder / f"best_known_{row['recharge']}_recharge.csv"
    if not path.is_file():
        return None
    with path.open(newline="", encoding="utf-8") as file:
        tables = {record["instance"]: record for record in csv.DictReader(file)}
    record = tables.get(row["instance"], {})
    if not record.get("routingblocks_distance"):
        return None
    vehicles, value = int(record["routingblocks_vehicles"]), float(record["routingblocks_distance"])
    same = row["best_value"] != "" and vehicles == row["best_vehicles"]
    unknown = dict.fromkeys(("found_after_s", "iterations", "machine", "cores", "system"), "")
    return (
        row
        | unknown
        | {
            "solver": PUBLISHED,
            "status": "published",
            "vehicles": vehicles,
            "value": f"{value:.4f}",
            "gap_pct": f"{100 * (value / row['best_value'] - 1):.3f}" if same else "",
            "seconds": record["routingblocks_runtime_s"],
            "violations": "",
            "python": version_of(PUBLISHED, row["set"])[0],
            "versions": version_of(PUBLISHED, row["set"])[1],
        }
    )


def run_one(
    path: Path,
    set_name: str,
    recharge: str,
    time_limit: float,
    seed: int,
    keep: Path | None = None,
) -> dict[str, Any]:
    """Solve one file, and return its row; routes better than the table go into folder `keep`."""
    found, problem = read_any(path, None, recharge)
    known = best_known(path.parent, recharge, vehicles_first=found.vehicles_first)
    best, source = best_of(found, known, path.stem), "table"
    if best is None and recharge == "partial":
        known = best_known(path.parent, "full", vehicles_first=found.vehicles_first)
        best, source = best_of(found, known, path.stem), "full recharge"
    began = time.perf_counter()
    answer = own(found, problem, time_limit, seed)
    seconds = time.perf_counter() - began
    gap = ""
    # With another number of vehicles, and that first, the distances alone say little.
    if best is not None and (not found.vehicles_first or answer.vehicles == best.vehicles):
        gap = f"{100 * (answer.value / best.value - 1):.3f}"
    python, packages = version_of("bundling", set_name)
    row = {
        "date": datetime.now(UTC).date().isoformat(),
        "set": set_name,
        "instance": path.stem,
        "recharge": recharge,
        "stops": problem.num_stops,
        "stations": problem.num_stations,
        "solver": "bundling",
        "seed": seed,
        "time_limit_s": f"{time_limit:g}",
        "status": answer.status,
        "vehicles": answer.vehicles,
        "value": f"{answer.value:.4f}",
        "unit": "h" if set_name == "evrp-nl" else "km",
        "best_vehicles": "" if best is None or best.vehicles is None else best.vehicles,
        "best_value": "" if best is None else best.value,
        "best_source": "" if best is None else source,
        "gap_pct": gap,
        "found_after_s": f"{answer.found_after_s:.1f}",
        "seconds": f"{seconds:.2f}",
        "iterations": "" if answer.iterations is None else answer.iterations,
        "violations": answer.violations,
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": python,
        "versions": packages,
    }
    if keep is not None and isinstance(problem, RoundsProblem) and better(row):
        keep_best(keep / f"{path.stem}-{recharge}.sol", answer, problem)
    return row


def keep_best(path: Path, answer: Found, problem: RoundsProblem) -> None:
    """Write routes that are better than the table, unless the file there holds better ones."""
    costs = [bundling.evaluate(problem, answer.solution).costs_eur]
    if path.exists():
        costs.append(bundling.evaluate(problem, read_solution(path, problem)).costs_eur)
    if math.fsum(costs[-1].values()) < math.fsum(costs[0].values()):
        return
    write_solution(path, answer.solution, problem, cost=answer.value)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Read the rows that are in a results file already."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = list(reader)
    if reader.fieldnames != FIELDS:
        raise SystemExit(f"{path.name} has other columns; give another file")
    return rows


def totals(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Say what the runs of each solver, recharge and limit come to."""
    lines = []
    for group in sorted({(r["set"], r["recharge"], r["solver"], r["time_limit_s"]) for r in rows}):
        mine = [
            row
            for row in rows
            if (row["set"], row["recharge"], row["solver"], row["time_limit_s"]) == group
        ]
        solved = [r for r in mine if r["best_value"] != "" and not math.isnan(float(r["value"]))]
        if not solved:
            lines.append(f"{' '.join(group)} s: {len(mine)} runs, none to compare")
            continue
        sums = [
            sum(float(row[name] or "nan") for row in solved)
            for name in ("vehicles", "best_vehicles", "value", "best_value")
        ]
        lines.append(
            f"{' '.join(group)} s: {len(mine)} runs, {len(solved)} compared; vehicles "
            f"{sums[0]:.0f} against {sums[1]:.0f}, value {sums[2]:.2f} against {sums[3]:.2f} "
            f"({100 * (sums[2] / sums[3] - 1):+.3f}%), as good in "
            f"{sum(as_good(row) for row in solved)}, better in {sum(better(row) for row in solved)}"
        )
    return lines


def _over(row: dict[str, Any]) -> float:
    """How far a row is above the best known, with vehicles first where those count first."""
    over = float(row["value"]) - float(row["best_value"])
    if row["set"].startswith("evrptw"):
        over += VEHICLE_FIRST_EUR * (float(row["vehicles"]) - float(row["best_vehicles"]))
    return over


def _margin(row: dict[str, Any]) -> float:
    """Half a unit of the last digit that tables give: of distances in part only two."""
    return 5.1e-3 if row["unit"] == "km" else 1e-4


def as_good(row: dict[str, Any]) -> bool:
    """Whether a run is no worse than the best known, to the digits of the tables."""
    return _over(row) <= _margin(row)


def better(row: dict[str, Any]) -> bool:
    """Whether a run is better than the best known, by more than the digits of the tables."""
    return _over(row) < -_margin(row)


def main(arguments: list[str] | None = None) -> int:
    """Run a set, or some of its instances, and write one row a run as it ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--recharge", nargs="*", choices=("partial", "full"))
    parser.add_argument("--only", nargs="*", default=["*"], help="names or patterns of instances")
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--peer", choices=(PUBLISHED,), help="adds its published values")
    parser.add_argument("--keep-best", type=Path, help="folder for routes better than the table")
    parser.add_argument("--any-version", action="store_true", help="older rows count as done")
    chosen = parser.parse_args(arguments)
    if chosen.set in _TWO_ECHELONS and chosen.recharge not in (None, ["full"]):
        parser.error("sets of two echelons are read for full charges alone")
    recharges = chosen.recharge or ["full" if chosen.set in _TWO_ECHELONS else "partial"]
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    key = tuple(name for name in KEY if name != "versions" or not chosen.any_version)
    rows: list[dict[str, Any]] = rows_of(chosen.out)
    done = {tuple(row[name] for name in key) for row in rows}
    of_set = {p for pattern in SETS[chosen.set] for p in instances(chosen.folder, pattern)}
    paths = sorted(of_set & {p for name in chosen.only for p in instances(chosen.folder, name)})
    if not paths:
        raise SystemExit("no instance of the set is in the folder")
    ran: list[dict[str, Any]] = []
    with chosen.out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if not rows:
            writer.writeheader()
        for recharge, path, seed in itertools.product(recharges, paths, chosen.seeds):
            asked = {
                "instance": path.stem,
                "recharge": recharge,
                "solver": "bundling",
                "seed": str(seed),
                "time_limit_s": f"{chosen.time_limit:g}",
                "versions": version_of("bundling", chosen.set)[1],
            }
            if tuple(asked[name] for name in key) in done:
                continue
            if not ran:
                # Compiles what is not compiled yet, so that no row counts it.
                bundling.solve(read_any(path, None, recharge)[1], time_limit=1.0)
            row = run_one(
                path, chosen.set, recharge, chosen.time_limit, seed, keep=chosen.keep_best
            )
            writer.writerow(row)
            ran.append(row)
            peer = published_peer(row, chosen.folder) if chosen.peer else None
            if peer is not None:
                writer.writerow(peer)
                ran.append(peer)
            file.flush()
            print(
                f"{row['instance']:14} {recharge:7} seed {seed}  {row['vehicles']:3}"
                f"/{row['best_vehicles'] or '-':3} {row['value']:>11}"
                f"/{row['best_value'] or '-':<11} gap {row['gap_pct'] or '-':>7}%"
                f"  after {row['found_after_s']} of {row['seconds']} s",
                flush=True,
            )
    wanted = {path.stem for path in paths}
    for line in totals([row for row in (*rows, *ran) if row["instance"] in wanted]):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
