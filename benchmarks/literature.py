"""Our rounds beside plain PyVRP on public instances: same file, same seconds, same seed.

python benchmarks/literature.py FOLDER --out benchmarks/results/literature.csv [--only C101 R102]

PyVRP reads VRPLIB files itself and solves what it has read with its own settings, on one core; it
cannot read Solomon's format, so a model is built from the numbers of the file, and it never ends on
some site-dependent ones as it reads them (`nearer` says why and what is done). Values are in the
unit of the tables of the set. With ``--rounding none`` Solomon's instances count few vehicles
first: PyVRP then gets our cost of a vehicle and distances in thousandths, and its routes are
measured in full precision.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from run import processor

import bundling
from bundling.bench import best_known, best_of, instances, published
from bundling.certify import versions
from bundling.io.instance_fields import VEHICLE_FIRST_EUR, InstanceFields, euclidean
from bundling.io.rounds_instance import as_problem, read_fields
from bundling.io.solomon import SolomonFile, read_solomon

FIELDS = [
    "date", "set", "instance", "kind", "rounding", "stops", "seed", "time_limit_s",
    "status", "vehicles", "value", "seconds", "violations",
    "pyvrp_vehicles", "pyvrp_value", "pyvrp_seconds", "pyvrp_iterations",
    "best_vehicles", "best_value", "ratio", "pyvrp_ratio", "machine", "cores", "system", "python",
    "versions",
]  # fmt: skip
PACKAGES = ("pyvrp", "highspy", "numpy")
_READ: dict[str, tuple[str, float]] = {
    "CVRP": ("round", 1.0),
    "VRPTW": ("dimacs", 1.0),
    "PCVRPTW": ("dimacs", 1.0),
    "MTVRPTWR": ("dimacs", 1.0),
    "SDVRPTW": ("exact", 1.0),
    "MDVRPTW": ("exact", 1.0),
    "HFVRP": ("exact", 1e5),
}
"""How PyVRP reads each TYPE, and what its costs are then divided by to be those of the tables."""
_THOUSANDTHS = 1000


@dataclass(frozen=True)
class Peer:
    """What PyVRP found; NaN without a feasible solution."""

    vehicles: float
    value: float
    seconds: float
    iterations: int


def plain_pyvrp(
    path: Path, found: InstanceFields, rounding: str | None, time_limit: float, seed: int
) -> Peer:
    """Solve the file with PyVRP alone."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    began = time.perf_counter()
    solomon = read_solomon(path) if found.kind == "solomon" else None
    if solomon is not None:
        data = solomon_data(pyvrp, solomon, rounding or "none")
        scale = 1.0
    else:
        function, scale = _READ[found.kind.upper()]
        data = nearer(pyvrp.read(path, round_func=function))
    left = time_limit - (time.perf_counter() - began)
    result = pyvrp.solve(data, MaxRuntime(left), seed=seed, collect_stats=False)
    seconds, best = time.perf_counter() - began, result.best
    if not best.is_feasible():
        return Peer(np.nan, np.nan, seconds, result.num_iterations)
    value = result.cost() / scale
    if solomon is not None and found.vehicles_first:
        places = euclidean(solomon.x, solomon.y)
        tours = [
            [0, *(visit.idx + 1 for visit in route if visit.is_client()), 0]
            for route in best.routes()
        ]
        value = float(sum(places[tour[:-1], tour[1:]].sum() for tour in tours))
    return Peer(best.num_routes(), value, seconds, result.num_iterations)


def nearer(data: Any) -> Any:
    """Put forbidden stops at a hundred times the longest leg instead of at 2**44.

    PyVRP 0.14 multiplies lateness by penalties of up to 1e5, which with 2**44 does not fit its
    64 bits: its first local search on PR05 (site-dependent) then never ends.
    """
    forbidden = 1 << 44
    matrices = data.distance_matrices()
    longest = max(int(matrix[matrix < forbidden].max()) for matrix in matrices)
    capped = [np.minimum(matrix, 100 * longest) for matrix in matrices]
    return data.replace(distance_matrices=capped, duration_matrices=capped)


def solomon_data(pyvrp: Any, file: SolomonFile, rounding: str) -> Any:
    """PyVRP's data of a file in Solomon's format, by DIMACS or with few vehicles first."""
    if rounding not in ("none", "trunc1"):
        raise SystemExit(f"Solomon's instances are compared with none or trunc1, not {rounding}")
    first = rounding == "none"
    scale = _THOUSANDTHS if first else 10
    legs = euclidean(file.x, file.y) * scale
    whole = (np.rint(legs) if first else np.trunc(legs)).astype(np.int64)
    early, late, service, demand = (
        np.rint(values * (scale if timed else 1)).astype(np.int64)
        for values, timed in (
            (file.early, True),
            (file.late, True),
            (file.service, True),
            (file.demand, False),
        )
    )
    return pyvrp.ProblemData(
        locations=[pyvrp.Location(x, y) for x, y in zip(file.x, file.y, strict=True)],
        clients=[
            pyvrp.Client(
                i,
                delivery=[int(demand[i])],
                service_duration=int(service[i]),
                tw_early=int(early[i]),
                tw_late=int(late[i]),
            )
            for i in range(1, len(file.ids))
        ],
        depots=[pyvrp.Depot(0)],
        vehicle_types=[
            pyvrp.VehicleType(
                file.vehicles,
                [int(file.capacity)],
                fixed_cost=int(VEHICLE_FIRST_EUR) * scale if first else 0,
                tw_early=int(early[0]),
                tw_late=int(late[0]),
            )
        ],
        distance_matrices=[whole],
        duration_matrices=[whole],
    )


def run_one(path: Path, rounding: str | None, time_limit: float, seed: int) -> dict[str, Any]:
    """Solve one file with both, one after the other."""
    found = read_fields(path, rounding=rounding)
    problem = as_problem(found)
    known = best_known(path.parent, "partial", vehicles_first=found.vehicles_first)
    best = best_of(found, known, path.stem)
    began = time.perf_counter()
    ours = bundling.solve(problem, time_limit=time_limit, seed=seed)
    seconds = time.perf_counter() - began
    peer = plain_pyvrp(path, found, rounding, time_limit, seed)
    packages = versions(*PACKAGES)
    solved = ours.solution is not None
    value = published(found, ours.evaluation) if solved else np.nan
    vehicles = len(ours.solution.routes) if solved else np.nan
    whole = VEHICLE_FIRST_EUR if found.vehicles_first else 0.0
    total, peers_total = value + whole * vehicles, peer.value + whole * peer.vehicles
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "set": path.parent.name,
        "instance": path.stem,
        "kind": found.kind,
        "rounding": rounding or "",
        "stops": problem.num_stops,
        "seed": seed,
        "time_limit_s": time_limit,
        "status": str(ours.status),
        "vehicles": vehicles,
        "value": value,
        "seconds": round(seconds, 2),
        "violations": len(ours.violations),
        "pyvrp_vehicles": peer.vehicles,
        "pyvrp_value": peer.value,
        "pyvrp_seconds": round(peer.seconds, 2),
        "pyvrp_iterations": peer.iterations,
        "best_vehicles": "" if best is None or best.vehicles is None else best.vehicles,
        "best_value": "" if best is None else best.value,
        # With another number of vehicles the distances alone say little.
        "ratio": (total if vehicles != peer.vehicles else value)
        / (peers_total if vehicles != peer.vehicles else peer.value),
        "pyvrp_ratio": "" if best is None else peer.value / best.value,
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": packages.pop("python"),
        "versions": " ".join(f"{name}={number}" for name, number in packages.items()),
    }


def main(arguments: list[str] | None = None) -> int:
    """Run a folder, or some of its instances, and write one row a run as it ends."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", default=["*"], help="names or patterns of instances")
    parser.add_argument("--time-limit", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3])
    parser.add_argument("--rounding", help="default: that of the set")
    chosen = parser.parse_args(arguments)
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    new = not chosen.out.exists()
    with chosen.out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if new:
            writer.writeheader()
        for path in sorted({p for name in chosen.only for p in instances(chosen.folder, name)}):
            for seed in chosen.seeds:
                row = run_one(path, chosen.rounding, chosen.time_limit, seed)
                writer.writerow(row)
                file.flush()
                print(
                    f"{row['instance']:12} seed {seed}  ours {row['vehicles']:4} "
                    f"{row['value']:12.2f}  PyVRP {row['pyvrp_vehicles']:4} "
                    f"{row['pyvrp_value']:12.2f}  best {row['best_value'] or '-':>12}  "
                    f"ratio {row['ratio']:.5f}  {row['seconds']:.1f} s",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
