"""Location problems beside HiGHS alone and spopt: the public sets and larger ones of our own.

python benchmarks/location.py FOLDER --set pmed --out benchmarks/results/location.csv

FOLDER is the folder of all public location sets; sets of our own making need none. One row a run,
written as it ends; a run whose row is in the file already (same instance, solver, limit and
versions) is skipped. `best_value` is that of the tables of the set where there is one (of frlm: of
what is served). Objectives are what is minimised: for covering and refuelling what is *not* covered
or served; `served` is the rest. ``spopt`` (PuLP with CBC) joins where it is installed; it states
p-median and maximal covering.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import platform
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import location_cases as own
import peer_highs
from run import processor
from stamps import stamp

import bundling
from bundling.certify import versions
from bundling.io.frlm import read_frlm
from bundling.io.orlib import read_pmed, read_warehouses
from bundling.location import RefuellingProblem, facility_location, p_median
from bundling.location.refuelling.paths import shortest_paths

FIELDS = [
    "date", "set", "instance", "sites", "clients", "solver", "time_limit_s", "status", "objective",
    "bound", "gap_pct", "served", "best_value", "seconds", "nodes", "machine", "cores", "system",
    "python", "versions",
]  # fmt: skip
KEY = ("instance", "solver", "time_limit_s", "versions")
Case = tuple[str, Callable[[], Any], float | None]
"""Name, problem, and best known value (None: not known)."""
_LOCATION = Path(bundling.__file__).parent / "location"
_CAPA = (8000, 10000, 12000, 14000)


def pmed(folder: Path) -> Iterator[Case]:
    """OR-Library's p-median graphs."""
    words = (folder / "pmedian" / "pmedopt.txt").read_text(encoding="utf-8").split()
    known = {
        words[k]: float(words[k + 1])
        for k in range(len(words) - 1)
        if re.fullmatch(r"pmed\d+", words[k])
    }
    paths = sorted((folder / "pmedian").glob("pmed*[0-9].txt"), key=lambda p: int(p.stem[4:]))
    for path in paths:
        yield path.stem, lambda path=path: _pmed(path), known.get(path.stem)


def _pmed(path: Path) -> Any:
    graph = read_pmed(path)
    return p_median(graph.distance, graph.p)


def cap(folder: Path) -> Iterator[Case]:
    """OR-Library's warehouses with capacities."""
    home = folder / "cflp_orlib"
    with (home / "highs_baseline.csv").open(newline="", encoding="utf-8") as file:
        known = {row["instance"]: row["published_optimum"] for row in csv.DictReader(file)}
    for path in sorted(home.glob("cap*.txt")):
        if path.stem in ("capa", "capb", "capc"):
            for size in _CAPA if path.stem == "capa" else ():
                name = f"{path.stem}_{size}"
                best = known.get(name)
                yield name, lambda p=path, s=size: _cap(p, float(s)), float(best) if best else None
        else:
            best = known.get(path.stem)
            yield path.stem, lambda p=path: _cap(p, None), float(best) if best else None


def _cap(path: Path, capacity: float | None) -> Any:
    data = read_warehouses(path, capacity=capacity)
    return facility_location(data.cost, data.fixed_cost, demand=data.demand, capacity=data.capacity)


def frlm(folder: Path) -> Iterator[Case]:
    """Network of 25 nodes, three ranges, 1 to 25 stations; best values are what is served."""
    home = folder / "frlm"
    with (home / "frlm_25node_optima.csv").open(newline="", encoding="utf-8") as file:
        known = [
            (row["range"], row["p"], float(row["covered_volume"])) for row in csv.DictReader(file)
        ]
    network = read_frlm(home / "25NODE")
    paths, lengths = shortest_paths(network.arcs, network.pairs)
    number = {node: k for k, node in enumerate(network.weight)}
    places = [[number[node] for node in path] for path in paths]
    volume = [
        network.volume(pair, sum(ways)) for pair, ways in zip(network.pairs, lengths, strict=True)
    ]
    for reach, p, best in known:
        yield (
            f"25node-r{reach}-p{p}",
            lambda reach=reach, p=p: RefuellingProblem.on_paths(
                places, lengths, volume=volume, reach=float(reach), most_open=int(p)
            ),
            best,
        )


def large(folder: Path) -> Iterator[Case]:  # noqa: ARG001
    """Problems of our own making."""
    for p in (5, 50, 500):
        yield f"planar-5000-p{p}", lambda p=p: own.planar_medians(5000, p), None
    for seed in (1, 2):
        name = f"grid-100x100000-s{seed}"
        yield name, lambda s=seed: own.grid_covering(100, 100_000, 5.5, 10, s), None
    yield "grid-1000x1000000", lambda: own.grid_covering(1000, 1_000_000, 2.0, 30), None
    yield "planar-flows-1000", lambda: own.planar_flows(1000, 150, 300.0, 25), None


SETS = {"pmed": pmed, "cap": cap, "frlm": frlm, "large": large}


def run_ours(problem: Any, time_limit: float) -> dict[str, Any]:
    """Solve with this library."""
    result = bundling.solve(problem, time_limit=time_limit, gap=0.0)
    indicators = {} if result.evaluation is None else result.evaluation.indicators
    return {
        "status": str(result.status),
        "objective": result.objective,
        "bound": result.bound,
        "served": indicators.get("served", indicators.get("covered", "")),
        "nodes": result.run.iterations,
    }


def run_highs(problem: Any, time_limit: float) -> dict[str, Any]:
    """Solve the compact model with HiGHS alone."""
    outcome, constant = peer_highs.solve(problem, time_limit, 0.0)
    return {
        "status": str(outcome.status),
        "objective": outcome.objective + constant,
        "bound": outcome.bound + constant,
        "served": "",
        "nodes": "",
    }


def run_spopt(problem: Any, time_limit: float) -> dict[str, Any]:
    """Solve with spopt, where it states the problem."""
    import peer_spopt

    return peer_spopt.solve(problem, time_limit)


SOLVERS = {"bundling": run_ours, "highs": run_highs, "spopt": run_spopt}


def version_of(solver: str) -> str:
    """Versions of a solver as one text."""
    if solver == "bundling":
        return stamp(("highspy", "numba", "numpy"), [_LOCATION])[1]
    if solver == "spopt":
        packages = versions("spopt", "pulp")
        packages.pop("bundling")
    else:
        packages = versions("highspy", "numba", "numpy")
    packages.pop("python")
    return " ".join(f"{name}={number}" for name, number in sorted(packages.items()))


def main(arguments: list[str] | None = None) -> int:
    """Run a set with the solvers that are asked for, and write one row a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path())
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", help="names of instances")
    parser.add_argument("--solvers", nargs="*", choices=sorted(SOLVERS), default=["bundling"])
    parser.add_argument("--time-limit", type=float, default=60.0)
    chosen = parser.parse_args(arguments)
    if "spopt" in chosen.solvers and find_spec("spopt") is None:
        parser.error('spopt is not installed: python -m pip install "spopt>=0.7,<0.8"')
    done = set()
    if chosen.out.exists():
        with chosen.out.open(newline="", encoding="utf-8") as file:
            done = {tuple(row[name] for name in KEY) for row in csv.DictReader(file)}
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    warm = False
    with chosen.out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if not done:
            writer.writeheader()
        for name, make, best in SETS[chosen.set](chosen.folder):
            if chosen.only and name not in chosen.only:
                continue
            problem = None
            for solver in chosen.solvers:
                limit = f"{chosen.time_limit:g}"
                if (name, solver, limit, version_of(solver)) in done:
                    continue
                problem = make() if problem is None else problem
                if solver == "bundling" and not warm:
                    bundling.solve(problem, time_limit=30.0)  # compiles, so that no row counts it
                    warm = True
                began = time.perf_counter()
                found = SOLVERS[solver](problem, chosen.time_limit)
                seconds = time.perf_counter() - began
                row = _row(chosen.set, name, problem, solver, limit, found, best, seconds)
                writer.writerow(row)
                file.flush()
                print(
                    f"{name:22} {solver:9} {row['status']:9} {row['objective']:>14} bound "
                    f"{row['bound']:>14} best {row['best_value'] or '-':>13} {row['seconds']:>7} s",
                    flush=True,
                )
    return 0


def _row(
    set_name: str, name: str, problem: Any, solver: str, limit: str, found: dict[str, Any],
    best: float | None, seconds: float,
) -> dict[str, Any]:  # fmt: skip
    objective, bound = found["objective"], found["bound"]
    known = math.isfinite(objective) and math.isfinite(bound)
    gap = 100 * (objective - bound) / max(abs(objective), 1e-9) if known else math.nan
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "set": set_name,
        "instance": name,
        "sites": problem.num_sites,
        "clients": getattr(problem, "num_clients", getattr(problem, "num_flows", "")),
        "solver": solver,
        "time_limit_s": limit,
        "status": found["status"],
        "objective": f"{objective:.4f}",
        "bound": f"{bound:.4f}",
        "gap_pct": f"{max(0.0, gap):.4f}" if known else "",
        "served": found["served"] if found["served"] == "" else f"{found['served']:.4f}",
        "best_value": "" if best is None else f"{best:.4f}",
        "seconds": f"{seconds:.2f}",
        "nodes": found["nodes"],
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": version_of(solver),
    }


if __name__ == "__main__":
    raise SystemExit(main())
