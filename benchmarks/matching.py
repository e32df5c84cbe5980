"""Shippers matched from their lanes, and what hiding customers costs.

python benchmarks/matching.py --out benchmarks/results/matching.csv

Synthetic shippers (`bundling.instances.shipper_lanes`), largest group, and blur: grid cells for
addresses, loads rounded, windows widened. Savings are of a week; those of blurred lanes are what
the groups save in truth. One row a run.
"""

from __future__ import annotations

import argparse
import csv
import os
import platform
import time
from datetime import UTC, datetime
from pathlib import Path

from run import processor
from stamps import stamp

import bundling
from bundling.hubs.matching import Blur, blur_loss, solve
from bundling.instances.shipper_lanes import shipper_lanes

FIELDS = [
    "date", "shippers", "lanes", "most_members", "seed", "blur", "time_limit_s", "status", "limit",
    "seconds", "alone_eur", "saving_eur", "saving_pct", "gap_pct", "groups", "promised_eur",
    "lost_pct", "pairs", "pairs_missed", "pairs_false", "missed_eur", "top_kept", "machine",
    "cores", "system", "python", "versions",
]  # fmt: skip
BLURS = {
    "cells of 2 km": Blur(cell_m=2_000.0),
    "cells of 5 km": Blur(cell_m=5_000.0),
    "cells of 10 km": Blur(cell_m=10_000.0),
    "loads by tenths": Blur(load_step=0.1),
    "windows by 2 h": Blur(window_step_s=7_200.0),
    "cells of 5 km, tenths, 2 h": Blur(5_000.0, 0.1, 7_200.0),
}


def matched(shippers: int, members: int, limit_s: float) -> dict[str, object]:
    """Match and time."""
    problem = shipper_lanes(shippers, most_members=members)
    began = time.perf_counter()
    result = solve(problem, time_limit=limit_s)
    figures = result.evaluation.indicators
    return {
        "shippers": shippers, "lanes": problem.num_lanes, "most_members": members, "seed": 1,
        "blur": "", "time_limit_s": limit_s, "status": str(result.status),
        "limit": str(result.limit), "seconds": f"{time.perf_counter() - began:.1f}",
        "alone_eur": f"{figures['alone_eur']:.0f}", "saving_eur": f"{figures['saving_eur']:.0f}",
        "saving_pct": f"{100 * figures['saving_eur'] / figures['alone_eur']:.1f}",
        "gap_pct": f"{100 * result.gap:.2f}", "groups": int(figures["groups"]),
    }  # fmt: skip


def blurred(shippers: int, name: str, limit_s: float) -> dict[str, object]:
    """Match on blurred lanes and judge by the exact ones."""
    problem = shipper_lanes(shippers, most_members=2)
    began = time.perf_counter()
    loss = blur_loss(problem, BLURS[name], time_limit=limit_s)
    return {
        "shippers": shippers, "lanes": problem.num_lanes, "most_members": 2, "seed": 1,
        "blur": name, "time_limit_s": limit_s, "seconds": f"{time.perf_counter() - began:.1f}",
        "saving_eur": f"{loss.blurred_saving_eur:.0f}",
        "promised_eur": f"{loss.promised_saving_eur:.0f}", "lost_pct": f"{100 * loss.lost:.1f}",
        "pairs": loss.pairs, "pairs_missed": loss.pairs_missed, "pairs_false": loss.pairs_false,
        "missed_eur": f"{loss.missed_eur:.0f}", "top_kept": f"{loss.top_kept:.1f}",
    }  # fmt: skip


def main() -> None:
    """Run all cases and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/matching.csv"))
    parser.add_argument("--shippers", type=int, default=100)
    parser.add_argument("--members", type=int, nargs="*", default=[2, 3, 4])
    parser.add_argument("--blurred", type=int, default=40, help="shippers with blur; 0 for none")
    parser.add_argument(
        "--proved", type=int, nargs="*", default=[30, 40], help="shippers with all groups of three"
    )
    parser.add_argument("--append", action="store_true", help="add to what is in the file")
    args = parser.parse_args()
    home = Path(bundling.__file__).parent
    python, versions = stamp(("highspy", "numpy"), (home / "hubs" / "matching", home / "mip"))
    fixed = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": processor(), "cores": os.cpu_count(), "system": platform.system(),
        "python": python, "versions": versions,
    }  # fmt: skip
    with args.out.open("a" if args.append else "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, restval="")
        if not args.append:
            writer.writeheader()
        for run in (
            *((matched, args.shippers, members, 60.0) for members in args.members),
            *((matched, shippers, 3, 60.0) for shippers in args.proved),
            *((blurred, args.blurred, name, 60.0) for name in BLURS if args.blurred),
        ):
            row = run[0](*run[1:])
            writer.writerow(fixed | row)
            file.flush()
            print(row)


if __name__ == "__main__":
    main()
