"""Hub location on the public sets CAB and AP, and on larger ones of our own making.

python benchmarks/hub_location.py FOLDER --set cab ap apf --out benchmarks/results/hub_location.csv

FOLDER is the folder of all public location sets; `hub_location_cases` says what is in each set. One
row a run, written as it ends; a run whose row is in the file already (same instance, limit and
versions) is skipped. `best_value` is the published or proved value that stands in the tables of the
set. CAB values are per unit of flow.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from hub_location_cases import SETS
from run import processor
from stamps import stamp

import bundling
from bundling.location import HubLocationProblem, p_hub_median

FIELDS = [
    "date", "set", "instance", "nodes", "allocation", "time_limit_s", "status", "objective",
    "bound", "gap_pct", "best_value", "hubs", "seconds", "search_nodes", "machine", "cores",
    "system", "python", "versions",
]  # fmt: skip
KEY = ("instance", "time_limit_s", "versions")
_HOME = Path(bundling.__file__).parent / "location"


def main(arguments: list[str] | None = None) -> int:
    """Run a set and write one row a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    parser.add_argument("--set", required=True, choices=sorted(SETS), nargs="+")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", help="names of instances")
    parser.add_argument("--time-limit", type=float, default=60.0)
    chosen = parser.parse_args(arguments)
    python, versions = stamp(("highspy", "numba", "numpy"), [_HOME])
    limit = f"{chosen.time_limit:g}"
    done = set()
    if chosen.out.exists():
        with chosen.out.open(newline="", encoding="utf-8") as file:
            done = {tuple(row[name] for name in KEY) for row in csv.DictReader(file)}
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    warm = set()
    with chosen.out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if not done:
            writer.writeheader()
        cases = [(one, *case) for one in chosen.set for case in SETS[one](chosen.folder)]
        for kind, name, make, best in cases:
            if (name, limit, versions) in done or (chosen.only and name not in chosen.only):
                continue
            problem = make()
            if problem.single not in warm:
                warm.add(problem.single)  # compiles, so that no row counts it
                bundling.solve(p_hub_median([[0.0]], [[0.0]], 1, single=problem.single))
            began = time.perf_counter()
            result = bundling.solve(problem, time_limit=chosen.time_limit, gap=0.0)
            row = _row(problem, result, best, time.perf_counter() - began)
            row |= {
                "set": kind, "instance": name, "time_limit_s": limit, "python": python,
                "versions": versions,
            }  # fmt: skip
            writer.writerow(row)
            file.flush()
            print(
                f"{name:28} {row['status']:9} {row['objective']:>14} bound {row['bound']:>14} best "
                f"{row['best_value'] or '-':>13} {row['seconds']:>7} s",
                flush=True,
            )
    return 0


def _row(
    problem: HubLocationProblem, result: bundling.Result, best: float | None, seconds: float
) -> dict[str, Any]:
    opened = [] if result.solution is None else np.flatnonzero(result.solution.is_open)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "nodes": problem.num_nodes,
        "allocation": "single" if problem.single else "multiple",
        "status": str(result.status),
        "objective": f"{result.objective:.4f}",
        "bound": f"{result.bound:.4f}",
        "gap_pct": f"{100 * result.gap:.4f}" if math.isfinite(result.gap) else "",
        "best_value": "" if best is None else f"{best:.4f}",
        "hubs": " ".join(str(k + 1) for k in opened),
        "seconds": f"{seconds:.2f}",
        "search_nodes": result.run.iterations,
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
    }


if __name__ == "__main__":
    raise SystemExit(main())
