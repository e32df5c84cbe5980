"""Network design on the Canadian sets, beside HiGHS alone and the best values known.

python benchmarks/design.py FOLDER --out benchmarks/results/design.csv --only C/c33 C/c36

FOLDER holds C, CPlus and R with their ``.dow`` files, and perhaps ``highs_baseline.csv``: HiGHS
alone on the arc model with all strong forcing rows, one thread, 90 s (``peer_*`` columns; from that
file, or run here with ``--peer``). `best_value` is from the literature as the set's notes give it
(T. G. Crainic and others, not proved here), or what HiGHS alone proved. One row a run, written as
it ends; `load` is the machine's load average when the run began, since other work slows both.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from run import processor
from stamps import stamp

import bundling
from bundling.io.dow import read_dow
from bundling.location import DesignProblem, network_design
from bundling.location.design.model import build, usable
from bundling.mip import solve_model

FIELDS = [
    "date", "instance", "nodes", "arcs", "commodities", "time_limit_s", "status", "limit",
    "objective", "bound", "gap_pct", "best_value", "above_best_pct", "seconds", "peer_objective",
    "peer_bound", "peer_seconds", "machine", "cores", "load", "python", "versions",
]  # fmt: skip
_BEST = {
    **dict(zip(range(37, 41), (94213, 137642, 97914, 135867), strict=True)),
    **dict(zip(range(45, 49), (74811, 115539, 74991, 107102), strict=True)),
    **dict(zip(range(49, 53), (53958, 93967, 52046, 97107), strict=True)),
    **dict(zip(range(53, 57), (112774, 149282, 114640, 152476), strict=True)),
    **dict(zip(range(57, 61), (47603, 59958, 45872, 54904), strict=True)),
    **dict(zip(range(61, 65), (97875, 134616, 95250, 129909), strict=True)),
}
"""Best known of the C set, by number."""
_BEST_PLUS = {
    "c100_400_10_F_L_10": 23949, "c100_400_10_F_T_10": 63764, "c100_400_30_F_L_10": 49018,
    "c100_400_30_F_T_10": 136250, "c100_400_30_V_T_10": 384802,
}  # fmt: skip


def read(path: Path) -> DesignProblem:
    """Read an instance as a problem."""
    data = read_dow(path)
    return network_design(
        data.arcs.tolist(), data.commodities.tolist(), unit_cost=data.unit_cost,
        fixed_cost=data.fixed_cost, capacity=data.capacity, quantity=data.quantity, unit="units",
    )  # fmt: skip


def baseline(folder: Path) -> dict[str, dict[str, Any]]:
    """Rows of HiGHS alone by instance, such as ``C/c33``."""
    path = folder / "highs_baseline.csv"
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        return {row["instance"].removesuffix(".dow"): row for row in csv.DictReader(file)}


def best_known(name: str, peer: dict[str, Any] | None) -> float:
    """Best value known of an instance; nan when none is."""
    if peer and peer["status"] == "kOptimal":
        return float(peer["best_obj"])
    stem = name.rpartition("/")[2]
    if name.startswith("C/"):
        return float(_BEST.get(int(stem[1:]), math.nan))
    return float(_BEST_PLUS.get(stem, math.nan))


def run_peer(problem: DesignProblem, time_limit: float) -> dict[str, Any]:
    """Solve the arc model with all strong rows by HiGHS alone."""
    began = time.perf_counter()
    allowed = usable(problem)
    outcome = solve_model(build(problem, allowed, allowed).model, time_limit=time_limit, gap=1e-4)
    seconds = time.perf_counter() - began
    return {"best_obj": outcome.objective, "dual_bound": outcome.bound, "seconds": seconds}


def main(arguments: list[str] | None = None) -> int:
    """Run the instances asked for and write one row each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", help="such as C/c33; all of C and CPlus without")
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--peer", action="store_true", help="run HiGHS alone here as well")
    chosen = parser.parse_args(arguments)
    names = chosen.only or sorted(
        f"{home}/{path.stem}"
        for home in ("C", "CPlus")
        for path in (chosen.folder / home).glob("*.dow")
    )
    peers = baseline(chosen.folder)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    fresh = not chosen.out.exists()
    with chosen.out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if fresh:
            writer.writeheader()
        for name in names:
            problem = read(chosen.folder / f"{name}.dow")
            peer = peers.get(name)
            if chosen.peer:
                peer = {**run_peer(problem, chosen.time_limit), "status": ""}
            row = _row(name, problem, peer, best_known(name, peers.get(name)), chosen.time_limit)
            writer.writerow(row)
            file.flush()
            print({key: row[key] for key in FIELDS[1:17]}, flush=True)
    return 0


def _row(
    name: str, problem: DesignProblem, peer: dict[str, Any] | None, best: float, limit: float
) -> dict[str, Any]:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    began = time.perf_counter()
    result = bundling.solve(problem, time_limit=limit)
    seconds = time.perf_counter() - began
    python, packages = stamp(("highspy", "numpy"), [Path(bundling.__file__).parent / "location"])
    above = 100 * (result.objective / best - 1)
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "instance": name,
        "nodes": problem.num_nodes,
        "arcs": problem.num_arcs,
        "commodities": problem.num_commodities,
        "time_limit_s": f"{limit:g}",
        "status": str(result.status),
        "limit": str(result.limit),
        "objective": round(result.objective, 2),
        "bound": round(result.bound, 2),
        "gap_pct": round(100 * result.gap, 3),
        "best_value": "" if math.isnan(best) else best,
        "above_best_pct": "" if math.isnan(above) else round(above, 3),
        "seconds": round(seconds, 1),
        "peer_objective": round(float(peer["best_obj"]), 2) if peer else "",
        "peer_bound": round(float(peer["dual_bound"]), 2) if peer else "",
        "peer_seconds": round(float(peer["seconds"]), 1) if peer else "",
        "machine": processor(),
        "cores": os.cpu_count(),
        "load": round(load, 1),
        "python": python,
        "versions": packages,
    }


if __name__ == "__main__":
    raise SystemExit(main())
