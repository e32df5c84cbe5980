"""Charging behind one connection: sizes, contracts, battery, PV and plugs, timed.

python benchmarks/energy.py --set site --out benchmarks/results/energy.csv

One row a run, written as it ends; a run whose row is in the file already (same instance, seed, time
limit and versions) is skipped. Instances are of our own making: vehicles that come home in the
afternoon and leave in the morning, 96 quarters from noon, prices by the hour.
"""

from __future__ import annotations

import argparse
import csv
import math
import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from run import processor
from stamps import stamp

import bundling
from bundling.energy import EnergyProblem
from bundling.energy.assets import Battery, PlugRule, Plugs, Pv
from bundling.energy.offers import capacity_limiting, firm, time_block, time_duration

FIELDS = [
    "date", "set", "instance", "seed", "vehicles", "slots", "offers", "plugs", "time_limit_s",
    "status", "objective", "bound", "gap_pct", "seconds", "machine", "cores", "system", "python",
    "versions",
]  # fmt: skip
KEY = ("instance", "seed", "time_limit_s", "versions")
_ENERGY = Path(bundling.__file__).parent / "energy"


def night(vehicles: int, seed: int, days: int = 1) -> EnergyProblem:
    """Vehicles at night behind a connection of 1.2 times their mean need."""
    rng = np.random.default_rng(seed)
    day = np.arange(vehicles) % days * 86_400
    arrival = 43_200 + rng.uniform(3, 10, vehicles) * 3600 + day
    departure = 129_600 - rng.uniform(4, 8, vehicles) * 3600 + day
    charge = rng.choice([11.0, 22.0, 50.0], vehicles)
    need = np.minimum(rng.uniform(20, 150, vehicles), 0.9 * charge * (departure - arrival) / 3600)
    hours = (43_200 + 900 * np.arange(96 * days)) / 3600 % 24
    base = 50 + 30 * np.sin(hours / 24 * 2 * np.pi) ** 2
    return EnergyProblem(
        vehicle_ids=tuple(f"v{j}" for j in range(vehicles)),
        arrival_s=arrival,
        departure_s=departure,
        need_kwh=need,
        charge_kw=charge,
        charger_kw=np.full(vehicles, 50.0),
        price_eur_per_kwh=0.08 + 0.04 * np.cos((hours - 19) / 24 * 2 * np.pi),
        connection_kw=np.full(hours.size, base.max() + 1.2 * need.sum() / days / 0.9 / 14),
        base_load_kw=base,
        efficiency=0.9,
        transport_eur_per_kwh=0.025,
        peak_eur_per_kw=0.18,
        paid_peak_kw=float(base.max()),
        name=f"night {vehicles}",
        day_weight=np.full(days, 1.0 if days == 1 else 365.0 / days),
    )


def site(vehicles: int, seed: int, days: int = 1) -> EnergyProblem:
    """Return a night with five contract offers, and battery and PV to be sized."""
    problem = night(vehicles, seed, days)
    year = float(problem.day_weight.sum())
    sun = np.maximum(0.0, np.sin((problem.slot_start_s / 3600 % 24 - 6) / 12 * np.pi)) * 0.7
    windows = [("06:00", "09:00"), ("16:00", "20:00")]
    kw, peak = 29.28 / 365 * year, 3.71 * 12 / 365 * year
    offers = (
        firm(problem, name="firm", eur_per_kw=kw, peak_eur_per_kw=peak),
        time_block(problem, [("22:00", "06:00")], name="night", eur_per_kw=0.4 * kw),
        time_block(problem, [("20:00", "16:00")], name="off peak", eur_per_kw=0.6 * kw),
        time_duration(problem, problem.base_load_kw, name="85 %", peak_eur_per_kw=0.5 * peak),
        capacity_limiting(
            problem, windows, lowered_to=0.3, name="limited", eur_per_kw=kw, max_kw=5000.0,
            fixed_eur=-5 / 365 * year, peak_eur_per_kw=peak,
        ),
    )  # fmt: skip
    return problem.replace(
        offers=offers,
        peak_eur_per_kw=0.0,
        battery=Battery(
            max_more_kwh=5000, max_more_kw=2500, eur_per_kwh=25 / 365 * year,
            eur_per_kw=15 / 365 * year, cycle_eur_per_kwh=0.01,
        ),
        pv=Pv(sun, kwp=200, max_more_kwp=2000, eur_per_kwp=60 / 365 * year),
        feed_in_kw=500.0,
        feed_in_eur_per_kwh=0.03,
    )  # fmt: skip


def plugs(vehicles: int, count: int, rule: PlugRule, seed: int) -> EnergyProblem:
    """Return a night on fewer plugs than vehicles, one in four of them strong."""
    kw = [150.0 if k % 4 == 0 else 50.0 for k in range(count)]
    return night(vehicles, seed).replace(
        charger_kw=np.inf,
        plugs=Plugs(tuple(f"plug {k}" for k in range(count)), np.array(kw), rule),
        shortfall_eur_per_kwh=0.5,
    )


SETS: dict[str, dict[str, Callable[[int], EnergyProblem]]] = {
    "lp": {f"night-{n}": partial(night, n) for n in (100, 500, 2000)},
    "site": {
        "site-100": partial(site, 100),
        "site-500": partial(site, 500),
        "site-500-4days": partial(site, 500, days=4),
    },
    "plugs": {
        **{f"stay-{n}-{k}": partial(plugs, n, k, "stay") for n, k in ((100, 40), (300, 120))},
        **{
            f"session-{n}-{k}": partial(plugs, n, k, "session")
            for n, k in ((20, 8), (50, 15), (100, 30))
        },
    },
}


def version_text() -> str:
    """Versions of the solvers and of this family's files as one text."""
    return stamp(("highspy", "ortools", "numpy"), [_ENERGY])[1]


def main(arguments: list[str] | None = None) -> int:
    """Run a set and write one row a run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", required=True, choices=sorted(SETS))
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--only", nargs="*", help="names of instances")
    parser.add_argument("--seeds", nargs="*", type=int, default=[1])
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=1e-3, help="for plugs; the rest is exact")
    chosen = parser.parse_args(arguments)
    done = set()
    if chosen.out.exists():
        with chosen.out.open(newline="", encoding="utf-8") as file:
            done = {tuple(row[name] for name in KEY) for row in csv.DictReader(file)}
    chosen.out.parent.mkdir(parents=True, exist_ok=True)
    text, limit = version_text(), f"{chosen.time_limit:g}"
    with chosen.out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, lineterminator="\n")
        if file.tell() == 0:
            writer.writeheader()
        for name, make in SETS[chosen.set].items():
            for seed in chosen.seeds:
                if (chosen.only and name not in chosen.only) or (
                    (name, str(seed), limit, text) in done
                ):
                    continue
                problem = make(seed)
                began = time.perf_counter()
                result = bundling.solve(
                    problem, time_limit=chosen.time_limit, gap=chosen.gap, seed=seed
                )
                seconds = time.perf_counter() - began
                row = _row(chosen.set, name, seed, problem, limit, result, seconds, text)
                writer.writerow(row)
                file.flush()
                print(
                    f"{name:16} seed {seed} {row['status']:10} {row['objective']:>14} bound "
                    f"{row['bound']:>14} {row['seconds']:>7} s",
                    flush=True,
                )
    return 0


def _row(
    set_name: str, name: str, seed: int, problem: EnergyProblem, limit: str, result: Any,
    seconds: float, text: str,
) -> dict[str, Any]:  # fmt: skip
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "set": set_name,
        "instance": name,
        "seed": seed,
        "vehicles": problem.num_vehicles,
        "slots": problem.num_slots,
        "offers": len(problem.offers),
        "plugs": "" if problem.plugs is None else problem.plugs.num_plugs,
        "time_limit_s": limit,
        "status": str(result.status),
        "objective": f"{result.objective:.4f}",
        "bound": f"{result.bound:.4f}",
        "gap_pct": f"{100 * result.gap:.4f}" if math.isfinite(result.gap) else "",
        "seconds": f"{seconds:.2f}",
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "versions": text,
    }


if __name__ == "__main__":
    raise SystemExit(main())
