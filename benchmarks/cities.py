"""Electric city rounds beside their peers: same problem, same seconds, one after the other.

python benchmarks/cities.py --out benchmarks/results/cities.csv --only zwolle-150-electric

One row a run, written as it ends; a run whose row is in the file already (same instance, solver,
seed, limit and versions) is skipped. A peer's solution is judged by our own evaluator and
checker: its cost is recomputed, what it breaks is counted, and what its solver could not state is
named in the row. `ratio` is its cost over ours of the same instance, seed and limit, where both are
feasible; it is worked out again for the whole file at the end of every call.
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
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from registry import CITY_RUNS
from run import processor
from stamps import stamp

import bundling
from bundling.instances.cities import SEED, pose

FIELDS = [
    "date", "instance", "stops", "stations", "solver", "seed", "time_limit_s", "status",
    "objective_eur", "ratio", "rounds", "charging_rounds", "charges", "violations", "broken",
    "not_stated", "seconds", "machine", "cores", "system", "python", "versions",
]  # fmt: skip
KEY = ("instance", "solver", "seed", "time_limit_s", "versions")
OURS = "bundling"
_WARM_UP = "deventer-10-plain"
"""A small problem that compiles what is not compiled yet, so that no row counts it."""


class Found(NamedTuple):
    """A solution, or None, and how its solver called it."""

    solution: Any
    status: str


class Solver(NamedTuple):
    """How to run a solver, what it cannot state, and the packages whose versions count."""

    run: Callable[[Any, float, int], Found]
    not_stated: str
    packages: tuple[str, ...]


def ours(problem: Any, time_limit: float, seed: int) -> Found:
    """Solve with this library."""
    result = bundling.solve(problem, time_limit=time_limit, seed=seed)
    return Found(result.solution, str(result.status))


def without_charging(problem: Any, time_limit: float, seed: int) -> Found:
    """Solve with this library as if nobody may charge on the way: PyVRP with a range."""
    away = problem.replace(curve_of=np.full_like(problem.curve_of, -1))
    return ours(away, time_limit, seed)


def peer(module: str) -> Callable[[Any, float, int], Found]:
    """Return a solver that calls ``solve`` of a module of this folder."""

    def run(problem: Any, time_limit: float, seed: int) -> Found:
        found = import_module(module).solve(problem, time_limit, seed)
        return Found(found, "unknown" if found is None else "feasible")

    return run


def solvers() -> dict[str, Solver]:
    """All solvers by name."""

    def of(module: str, *packages: str) -> Solver:
        return Solver(peer(module), import_module(module).NOT_STATED, packages)

    return {
        OURS: Solver(ours, "", ("numba", "numpy")),
        "pyvrp-range": Solver(without_charging, "charging on the way", ("pyvrp", "numpy")),
        "pyvrp-repair": of("peer_pyvrp", "pyvrp", "numpy"),
        "ortools": of("peer_ortools", "ortools"),
        "routingblocks": of("peer_routingblocks", "routingblocks"),
        "pyvrp-echelons": of("peer_echelons", "pyvrp", "numpy"),
    }


def packages_of(solver: Solver) -> tuple[str, str]:
    """Return the version of Python, and those of a solver and of our rounds as one text."""
    return stamp(solver.packages, [Path(bundling.__file__).parent / "rounds"])


def judged(problem: Any, found: Found) -> dict[str, Any]:
    """Cost and broken rules of a solution, by our own evaluator and checker."""
    if found.solution is None:
        return {"status": found.status, "objective_eur": math.nan}
    evaluation = bundling.evaluate(problem, found.solution)
    violations = bundling.check(problem, found.solution)
    routes = found.solution.routes
    rules = Counter(violation.rule for violation in violations)
    return {
        "status": "broken" if violations else found.status,
        "objective_eur": evaluation.objective,
        "rounds": len(routes),
        "charging_rounds": sum(bool(route.charges) for route in routes),
        "charges": sum(len(route.charges) for route in routes),
        "violations": len(violations),
        "broken": "; ".join(f"{rule} {count}" for rule, count in sorted(rules.items())),
    }


def run_one(
    name: str, problem: Any, solver_name: str, solver: Solver, time_limit: float, seed: int
) -> dict[str, Any]:
    """Run one solver on one instance, and return its row."""
    began = time.perf_counter()
    found = solver.run(problem, time_limit, seed)
    seconds = time.perf_counter() - began
    python, packages = packages_of(solver)
    row = dict.fromkeys(FIELDS, "") | {
        "date": datetime.now(UTC).date().isoformat(),
        "instance": name,
        "stops": problem.num_stops,
        "stations": problem.num_stations,
        "solver": solver_name,
        "seed": seed,
        "time_limit_s": f"{time_limit:g}",
        "not_stated": solver.not_stated,
        "seconds": f"{seconds:.2f}",
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": python,
        "versions": packages,
    }
    row |= judged(problem, found)
    row["objective_eur"] = f"{row['objective_eur']:.4f}"
    return row


def with_ratios(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with each peer's cost over our latest one of the same instance and limit."""
    mine = {
        tuple(str(row[name]) for name in ("instance", "seed", "time_limit_s")): row
        for row in rows
        if row["solver"] == OURS
    }
    found = []
    for row in rows:
        own = mine.get(tuple(str(row[name]) for name in ("instance", "seed", "time_limit_s")))
        both = own is not None and own is not row and row["status"] == own["status"] == "feasible"
        ratio = ""
        if own is not None and both:
            ratio = f"{float(row['objective_eur']) / float(own['objective_eur']):.4f}"
        found.append({**row, "ratio": ratio})
    return found


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Read the rows that are in a results file already."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows: list[dict[str, Any]] = list(reader)
    if reader.fieldnames != FIELDS:
        raise SystemExit(f"{path.name} has other columns; give another file")
    return rows


def write(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """Write all rows, in one step."""
    draft = path.with_suffix(".tmp")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draft.replace(path)


def main(arguments: list[str] | None = None) -> int:
    """Run the instances of the registry, or others by name, with the solvers that state them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", help="names of instances; default: the registry's")
    parser.add_argument("--solvers", nargs="*", help="default: all that state the kind")
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--any-version", action="store_true", help="older rows count as done")
    chosen = parser.parse_args(arguments)
    names = chosen.only or [name for kind in CITY_RUNS.values() for name in kind.instances]
    key = tuple(name for name in KEY if name != "versions" or not chosen.any_version)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    rows = rows_of(chosen.out)
    known, warm = solvers(), False
    for name in names:
        kind = CITY_RUNS[name.rpartition("-")[2]]
        problem = None
        wanted = [s for s in kind.solvers if chosen.solvers is None or s in chosen.solvers]
        for seed, solver_name in itertools.product(chosen.seeds, wanted):
            solver = known[solver_name]
            asked = {
                "instance": name,
                "solver": solver_name,
                "seed": str(seed),
                "time_limit_s": f"{chosen.time_limit:g}",
                "versions": packages_of(solver)[1],
            }
            done = {tuple(str(row[field]) for field in key) for row in rows}
            if tuple(asked[field] for field in key) in done:
                continue
            if not warm:
                bundling.solve(pose(_WARM_UP), time_limit=1.0)
                warm = True
            problem = pose(name, SEED) if problem is None else problem
            row = run_one(name, problem, solver_name, solver, chosen.time_limit, seed)
            rows = with_ratios([*rows, row])
            write(chosen.out, rows)
            print(
                f"{name:24} {solver_name:14} seed {seed}  {row['status']:10} "
                f"{row['objective_eur']:>12}  ratio {rows[-1]['ratio'] or '-':>7}  "
                f"{row['charging_rounds'] or 0:>3}/{row['rounds'] or 0:<3} charge  "
                f"{row['violations'] or 0} broken  {row['seconds']} s",
                flush=True,
            )
    write(chosen.out, with_ratios(rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
