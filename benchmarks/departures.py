"""Freight over a day of departures, beside HiGHS alone where the whole model can be given to it.

python benchmarks/departures.py --only 50x5000 --time-limit 600 --out FILE.csv

One row a run, written as it ends; it takes the place of a row of the same run. Cases are days made
by a seed (hubs x shipments). The peer is HiGHS on the whole time-space model without our search,
for days of at most 60 shipments.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

from stamps import keep_row, machine_row

import bundling
from bundling.hubs.scheduled.milp import build
from bundling.instances.bundling_networks import bundling_network
from bundling.mip import solve_model

FIELDS = [
    "date", "instance", "solver", "seed", "time_limit_s", "status", "objective_eur", "bound_eur",
    "gap_pct", "peer_ratio", "direct_ratio", "seconds", "load_rate", "hubs_open", "peak_mb",
    "machine", "cores", "system", "python", "versions",
]  # fmt: skip
KEY = ("instance", "solver", "seed", "time_limit_s", "versions")
CASES = {
    "3x12": (3, 12, 6),
    "5x40": (5, 40, 12),
    "8x200": (8, 200, 24),
    "20x1000": (20, 1000, 60),
    "50x5000": (50, 5000, 150),
}


def main() -> None:
    """Run the cases asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=list(CASES), default=list(CASES))
    parser.add_argument("--time-limit", type=float, default=120.0)
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for name in args.only:
        hubs, shipments, zones = CASES[name]
        problem = bundling_network(hubs, shipments, zones=zones)
        peer = math.nan
        if shipments <= 60:
            row = _highs(name, problem, args)
            peer = float(row["objective_eur"] or "nan")
            _write(args.out, row)
        _write(args.out, _ours(name, problem, args, peer))


def _ours(name: str, problem: Any, args: argparse.Namespace, peer: float) -> dict[str, Any]:
    began = time.perf_counter()
    found = bundling.solve(problem, time_limit=args.time_limit, gap=args.gap, seed=args.seed)
    seconds = time.perf_counter() - began
    direct = bundling.solve(
        problem.replace(max_hubs=0), time_limit=min(60.0, args.time_limit), seed=args.seed
    )
    row = _row(name, "bundling", args, str(found.status), found.objective, found.bound, seconds)
    return {
        **row,
        "peer_ratio": f"{found.objective / peer:.4f}" if math.isfinite(peer) else "",
        "direct_ratio": f"{found.objective / direct.objective:.4f}",
        "load_rate": f"{found.evaluation.indicators['load_rate']:.3f}",
        "hubs_open": f"{found.evaluation.indicators['hubs_open']:.0f}",
    }


def _highs(name: str, problem: Any, args: argparse.Namespace) -> dict[str, Any]:
    began = time.perf_counter()
    outcome = solve_model(
        build(problem).model, time_limit=args.time_limit, gap=args.gap, seed=args.seed
    )
    seconds = time.perf_counter() - began
    status = str(outcome.status)
    return _row(name, "highs", args, status, outcome.objective, outcome.bound, seconds)


def _row(
    name: str, solver: str, args: argparse.Namespace, status: str, cost: float, bound: float,
    seconds: float,
) -> dict[str, Any]:  # fmt: skip
    gap = (cost - bound) / abs(cost) if math.isfinite(cost) else math.inf
    return {
        "instance": name,
        "solver": solver,
        "seed": args.seed,
        "time_limit_s": f"{args.time_limit:g}",
        "status": status,
        "objective_eur": f"{cost:.2f}" if math.isfinite(cost) else "",
        "bound_eur": f"{bound:.2f}" if math.isfinite(bound) else "",
        "gap_pct": f"{100 * gap:.3f}" if math.isfinite(gap) else "",
        "seconds": f"{seconds:.1f}",
    }


def _write(path: Path, row: dict[str, Any]) -> None:
    folder = Path(bundling.__file__).parent / "hubs"
    full = keep_row(
        path, {**machine_row(("highspy", "numba", "numpy"), [folder]), **row}, FIELDS, KEY
    )
    shown = ("instance", "solver", "status", "objective_eur", "gap_pct", "peer_ratio", "seconds")
    print("  ".join(f"{full[name]}" for name in shown), flush=True)


if __name__ == "__main__":
    main()
