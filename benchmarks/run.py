"""Run a set of the registry and write one CSV row a run.

python benchmarks/run.py --set regions --out benchmarks/results/regions.csv [--keep-best]
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from peers import PEERS
from registry import SPECS, BenchSpec

import bundling
from bundling.certify import versions
from bundling.instances.named import best_known, pose

PACKAGES = ("highspy", "pyvrp", "ortools", "pyomo", "numpy", "scipy")
BEST_KNOWN = Path(__file__).parents[1] / "instances" / "best_known"
FIELDS = [
    "date",
    "set",
    "instance",
    "method",
    "seed",
    "time_limit_s",
    "status",
    "limit",
    "objective_eur",
    "bound_eur",
    "gap",
    "seconds",
    "checks",
    "violations",
    "machine",
    "cores",
    "system",
    "python",
    "versions",
    "note",
]


def processor() -> str:
    """Name of the processor, as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def run_one(spec: BenchSpec, problem: Any, seed: int) -> tuple[dict[str, Any], Any]:
    """Run one instance with one seed; return the row and, for our own method, the result."""
    began = time.perf_counter()
    found = versions(*PACKAGES)
    row: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "set": spec.set_name,
        "instance": spec.instance,
        "method": spec.method,
        "seed": seed,
        "time_limit_s": spec.time_limit_s,
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": found.pop("python"),
        "versions": " ".join(f"{name}={number}" for name, number in found.items()),
        "note": "",
    }
    if spec.method == "bundling":
        result = bundling.solve(problem, time_limit=spec.time_limit_s, gap=spec.gap, seed=seed)
        row |= {
            "status": str(result.status),
            "limit": str(result.limit),
            "objective_eur": result.objective,
            "bound_eur": result.bound,
            "gap": result.gap,
            "checks": result.run.checks,
            "violations": len(result.violations),
            "note": " ".join(result.reasons)[:200],
        }
    else:
        result = None
        row |= PEERS[spec.method](problem, spec.time_limit_s, seed)
    row["seconds"] = round(time.perf_counter() - began, 3)
    return row, result


def keep_best(spec: BenchSpec, result: Any, seed: int) -> bool:
    """Replace the best-known file when `result` is better, proves more, or the problem changed."""
    if result.solution is None:
        return False
    known = best_known(spec.instance)
    if known is not None and known["problem_hash"] == result.run.problem_hash:
        better = result.objective < known["objective_eur"] - 1e-6
        bound = -float("inf") if known["bound_eur"] is None else known["bound_eur"]
        if not better and not (
            result.bound > bound + 1e-6 and result.objective <= known["objective_eur"] + 1e-6
        ):
            return False
    record = {
        "name": spec.instance,
        "family": result.family,
        "objective_eur": result.objective,
        "bound_eur": result.bound if result.bound > -float("inf") else None,
        "status": str(result.status),
        "method": result.run.method,
        "seed": seed,
        "seconds": round(result.run.wall_s, 2),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": dict(result.run.versions),
        "problem_hash": result.run.problem_hash,
        "solution": result.solution.to_dict(),
    }
    BEST_KNOWN.mkdir(exist_ok=True)
    path = BEST_KNOWN / f"{spec.instance}.json"
    draft = path.with_suffix(".tmp")
    draft.write_text(json.dumps(record, separators=(",", ":")) + "\n", encoding="utf-8")
    draft.replace(path)
    return True


def main(arguments: list[str] | None = None) -> int:
    """Run the chosen set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", required=True, choices=sorted({s.set_name for s in SPECS}))
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", default="", help="instances whose name holds this text")
    parser.add_argument("--time-limit", type=float, help="overrides the registry's limit")
    parser.add_argument("--seeds", type=int, nargs="*", help="overrides the registry's seeds")
    parser.add_argument("--keep-best", action="store_true")
    chosen = parser.parse_args(arguments)

    rows = []
    for spec in SPECS:
        if spec.set_name != chosen.set or chosen.only not in spec.instance:
            continue
        if chosen.time_limit:
            spec = BenchSpec(
                spec.set_name, spec.instance, spec.method, chosen.time_limit, spec.gap, spec.seeds
            )
        problem = pose(spec.instance)
        for seed in chosen.seeds or spec.seeds:
            row, result = run_one(spec, problem, seed)
            rows.append(row)
            kept = chosen.keep_best and result is not None and keep_best(spec, result, seed)
            print(
                f"{spec.instance:20} {spec.method:9} seed {seed}  {row['status']:10} "
                f"{row['objective_eur']:14.2f}  gap {row['gap']:8.2%}  {row['seconds']:7.1f} s"
                + ("  best known" if kept else ""),
                flush=True,
            )
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    draft = chosen.out.with_suffix(".tmp")
    with draft.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    draft.replace(chosen.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
