"""The last-mile estimate beside solved rounds, and the factors that the library ships.

python benchmarks/last_mile.py --out benchmarks/results/last_mile.csv --only zwolle/van
python benchmarks/last_mile.py --out benchmarks/results/last_mile.csv --fit FILE.csv

The first solves rounds of samples of the stops of a city from two of its hubs, one vehicle type at
a time, and writes one row a case; a case whose row is there is skipped, whatever the version. The
second fits the factors of each class of vehicle to the rows and writes the table
``hubs_last_mile`` of ``bundling.rules``. Stops of the cities are synthetic (see `instances`), so
the factors are those of their streets and densities; `bundling.last_mile_rounds.refit` fits others.
"""

from __future__ import annotations

import argparse
import time
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from stamps import keep_row, machine_row

import bundling
from bundling.certify import versions
from bundling.hubs.last_mile import LastMileFit, LastMileVehicle, estimate
from bundling.hubs.last_mile_fit import calibrate, left_out_ratio
from bundling.last_mile_rounds import CASE_COLUMNS, cases_of, sample_rounds

HUBS = {
    "zwolle": ("Zwolle", ("hub-zwolle-hessenpoort", "hub-zwolle-floresstraat")),
    "deventer": ("Deventer", ("hub-deventer-a1", "hub-deventer-havenkwartier")),
    "enschede": ("Enschede", ("hub-enschede-marssteden", "hub-enschede-rigtersbleek")),
}
"""The hub at the motorway, and one close to the centre."""
TYPES = {"cargo_bike": "cargo_bike", "van": "evan", "rigid": "erigid"}
"""Class of vehicle, and the type that drives it: electric, so that no zone is closed to it."""
SAMPLES = (
    (5, None), (10, None), (20, None), (40, None), (80, None),
    (5, 10), (12, 20), (20, 40), (40, 80),
)  # fmt: skip
"""Stops, and from how many close to each other they are drawn (None: the whole city)."""
DAY = date(2030, 6, 4)
FIELDS = [
    "date", "region", "vehicle_class", "sample", "seed", "time_limit_s", *CASE_COLUMNS[1:],
    "status", "limit", "bound_eur", "seconds", "machine", "cores", "system", "python", "versions",
]  # fmt: skip
KEY = ("region", "depot_id", "vehicle_class", "sample", "seed", "time_limit_s")


def main() -> None:
    """Solve the cases asked for, or fit the factors."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    names = [f"{city}/{kind}" for city in HUBS for kind in TYPES]
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--time-limit", type=float, default=2.0)
    parser.add_argument("--fit", type=Path, help="write the factors here and solve nothing")
    args = parser.parse_args()
    if args.fit:
        factors(pd.read_csv(args.out)).to_csv(args.fit, index=False)
        return
    for name in args.only:
        _solve(name, args)


@cache
def _stops(city: str, hub: str) -> Any:
    town = HUBS[city][0]
    region = bundling.load(city)
    depots = dict.fromkeys(region.table("stops")["stop_id"], hub)
    return region.rounds(day=DAY, municipality=town, depots=depots)


def _solve(name: str, args: argparse.Namespace) -> None:
    city, kind = name.split("/")
    limit = f"{args.time_limit:g}"
    for hub in HUBS[city][1]:
        for stops, near in SAMPLES:
            sample = f"{stops}" if near is None else f"{stops} of {near}"
            key = (city, hub, kind, sample, str(args.seed), limit)
            if _has(args.out, key):
                continue
            problem = sample_rounds(
                _stops(city, hub), vehicle_type=TYPES[kind], stops=stops, seed=args.seed, near=near
            )
            began = time.perf_counter()
            result = bundling.solve(problem, time_limit=args.time_limit, seed=args.seed)
            seconds = time.perf_counter() - began
            for case in cases_of([result]).drop(columns="case").to_dict("records"):
                row = {
                    **machine_row(("pyvrp", "numpy"), [Path(bundling.__file__).parent / "rounds"]),
                    **dict(zip(KEY, key, strict=True)),
                    **{k: f"{v:.4f}" if isinstance(v, float) else v for k, v in case.items()},
                    "status": str(result.status),
                    "limit": str(result.limit),
                    "bound_eur": f"{result.bound:.2f}",
                    "seconds": f"{seconds:.2f}",
                }
                keep_row(args.out, row, FIELDS, KEY)
                print(*key, case["tours"], f"{case['vehicle_km']:.1f} km", flush=True)


def _has(path: Path, key: tuple[str, ...]) -> bool:
    if not path.exists():
        return False
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    return bool((rows[list(KEY)] == list(key)).all(axis=1).any())


def factors(cases: pd.DataFrame) -> pd.DataFrame:
    """Fit each class of vehicle: factors, errors on cases and on whole cities left out, source."""
    rows = []
    for kind in TYPES:
        mine = cases[cases["vehicle_class"] == kind].reset_index(drop=True)
        fit = calibrate(mine, kind, by="region")
        ratio = left_out_ratio(mine, fit.form, np.arange(len(mine)))
        last, version = str(mine["date"].max()), versions()["bundling"]
        rows.append(
            {
                "vehicle_class": kind,
                "form": fit.form,
                "linehaul": round(fit.linehaul, 4),
                "detour": round(fit.detour, 4),
                "mape": round(fit.mape, 4),
                "loo_mape": round(fit.loo_mape, 4),
                "loo_case_mape": round(float(np.abs(1.0 / ratio - 1.0).mean()), 4),
                "worst": round(fit.worst, 4),
                "below": round(fit.below, 4),
                "above": round(fit.above, 4),
                "tours_mape": round(_tours_error(mine, fit), 4),
                "cases": fit.cases,
                "source": f"rounds solved by this library {version} on {last}, "
                "benchmarks/results/last_mile.csv",
                "year": last[:4],
                "licence": "assumption",
                "note": "loo_mape, below and above with each city left out in turn; "
                "stops of the cities are synthetic, so refit on your own rounds",
            }
        )
    return pd.DataFrame(rows)


def _tours_error(cases: pd.DataFrame, fit: LastMileFit) -> float:
    """Mean relative error of the number of tours that `estimate` gives."""
    types = bundling.load("zwolle").table("vehicle_types").set_index("vehicle_type")
    error = []
    for row in cases.itertuples():
        kind = types.loc[row.vehicle_types]
        driving_h = max(row.hours - row.stops * row.service_h, 0.1)
        vehicle = LastMileVehicle(
            capacity_kg=float(kind["payload_kg"]),
            capacity_m3=float(kind["volume_m3"]),
            shift_h=float(kind["shift_h"]),
            speed_km_per_h=row.vehicle_km / driving_h,
            stop_h=row.service_h,
            fixed_eur=0.0,
            eur_per_km=0.0,
            eur_per_h=0.0,
        )
        found = estimate(cases.loc[[row.Index]], vehicle, fit)["tours"].iloc[0]
        error.append(abs(found / row.tours - 1.0))
    return float(np.nanmean(error))


if __name__ == "__main__":
    main()
