"""Siting over years beside HiGHS alone on the same model, and how fast a model is built.

python benchmarks/siting.py --only overijssel network-60 --out benchmarks/results/siting.csv

One row a run, written as it ends; it takes the place of a row of the same run. The peer is HiGHS
on the whole array model, without our first plan and neighbourhoods, in the same run and with the
same limit; our row has the ratio of the costs.
Case ``build`` is no plan: facility location with 200 sites and 2,000 clients (400,200 columns,
1.2 M nonzeros), built and handed to HiGHS; its seconds are the median of five.
"""

from __future__ import annotations

import argparse
import math
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from stamps import keep_row, machine_row

import bundling
from bundling.instances.siting_networks import siting_network
from bundling.mip import LinearModel, solve_model
from bundling.mip.highs import banner_silenced, import_highs, pass_model
from bundling.siting.long_term import pose_long_term
from bundling.siting.milp import EUR_PER_UNIT, build

FIELDS = [
    "date", "instance", "solver", "seed", "time_limit_s", "status", "objective_eur", "bound_eur",
    "gap_pct", "peer_ratio", "seconds", "build_s", "columns", "rows", "nonzeros", "whole_numbers",
    "peak_mb", "machine", "cores", "system", "python", "versions",
]  # fmt: skip
KEY = ("instance", "solver", "seed", "time_limit_s", "versions")

CASES: dict[str, Callable[[], Any]] = {
    "overijssel": lambda: pose_long_term(bundling.load("overijssel")),
    "overijssel-no-own-power": lambda: pose_long_term(bundling.load("overijssel"), own_power=False),
    "network-60": lambda: siting_network(60, 15, (2026, 2030, 2034)),
    "network-60-batteries": lambda: siting_network(60, 15, (2026, 2030, 2034), battery_share=0.3),
    "network-500": siting_network,
}


def main() -> None:
    """Run the cases asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--only", nargs="*", choices=[*CASES, "build"], default=[*CASES, "build"])
    parser.add_argument("--time-limit", type=float, default=300.0)
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peer", action="store_true")
    args = parser.parse_args()
    for name in args.only:
        if name == "build":
            _write(args.out, _built())
            continue
        solvers = ["bundling"] if args.no_peer else ["highs", "bundling"]
        peer = math.nan
        for solver in solvers:
            row = _run(name, solver, args, peer)
            if solver == "highs":
                peer = float(row["objective_eur"] or "nan")
            _write(args.out, row)


def _run(name: str, solver: str, args: argparse.Namespace, peer: float) -> dict[str, Any]:
    problem = CASES[name]()
    began = time.perf_counter()
    model = build(problem).model
    build_s = time.perf_counter() - began
    began = time.perf_counter()
    if solver == "bundling":
        found = bundling.solve(problem, time_limit=args.time_limit, gap=args.gap, seed=args.seed)
        objective, bound, status = found.objective, found.bound, str(found.status)
    else:
        outcome = solve_model(model, time_limit=args.time_limit, gap=args.gap, seed=args.seed)
        objective, bound = outcome.objective * EUR_PER_UNIT, outcome.bound * EUR_PER_UNIT
        status = str(outcome.status)
    seconds = time.perf_counter() - began
    gap = (objective - bound) / abs(objective) if math.isfinite(objective) else math.inf
    return {
        "instance": name,
        "solver": solver,
        "seed": args.seed,
        "time_limit_s": f"{args.time_limit:g}",
        "status": status,
        "objective_eur": f"{objective:.2f}" if math.isfinite(objective) else "",
        "bound_eur": f"{bound:.2f}" if math.isfinite(bound) else "",
        "gap_pct": f"{100 * gap:.3f}" if math.isfinite(gap) else "",
        "peer_ratio": f"{objective / peer:.4f}" if math.isfinite(peer) else "",
        "seconds": f"{seconds:.1f}",
        "build_s": f"{build_s:.2f}",
        **_size(model),
    }


def _size(model: LinearModel) -> dict[str, Any]:
    return {
        "columns": model.num_columns,
        "rows": model.num_rows,
        "nonzeros": model.matrix().nnz,
        "whole_numbers": int(model.integer.sum()),
    }


def _built() -> dict[str, Any]:
    """Build facility location 200 x 2,000 and hand it to HiGHS, five times."""
    hp = import_highs()
    cost = np.random.default_rng(1).random((200, 2000))
    taken = []
    for _ in range(5):
        began = time.perf_counter()
        model = LinearModel()
        opened = model.add_columns("open", 200, upper=1.0, cost=50.0, integer=True)
        share = model.add_columns("share", (200, 2000), upper=1.0, cost=cost)
        clients = np.arange(2000)[None, :]
        model.add_rows("once", 2000, (clients, share, 1.0), lower=1.0, upper=1.0)
        rows = np.arange(share.size).reshape(share.shape)
        model.add_rows(
            "open", share.size, (rows, share, 1.0), (rows, opened[:, None], -1.0), upper=0.0
        )
        with banner_silenced():
            solver = hp.Highs()
        solver.silent()
        pass_model(hp, solver, model, is_mip=True)
        taken.append(time.perf_counter() - began)
    return {
        "instance": "build",
        "solver": "bundling",
        "seed": 1,
        "time_limit_s": "",
        "seconds": f"{statistics.median(taken):.3f}",
        **_size(model),
    }


def _write(path: Path, row: dict[str, Any]) -> None:
    folder = Path(bundling.__file__).parent / "siting"
    full = keep_row(path, {**machine_row(("highspy", "numpy"), [folder]), **row}, FIELDS, KEY)
    shown = ("instance", "solver", "status", "objective_eur", "gap_pct", "peer_ratio", "seconds")
    print("  ".join(f"{full[name]}" for name in shown), flush=True)


if __name__ == "__main__":
    main()
