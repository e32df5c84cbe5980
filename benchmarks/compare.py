"""Compare benchmark results with the best-known values, and our method with its peers.

python benchmarks/compare.py benchmarks/results/regions.csv [more.csv ...]
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import pandas as pd

from bundling.instances.named import best_known


def compare(rows: pd.DataFrame) -> pd.DataFrame:
    """One row an instance and method: median objective, its distance to the best known, seconds."""
    table = []
    for (instance, method), runs in rows.groupby(["instance", "method"], sort=True):
        known = best_known(str(instance))
        best = math.nan if known is None else known["objective_eur"]
        median = runs["objective_eur"].median()
        table.append(
            {
                "instance": instance,
                "method": method,
                "runs": len(runs),
                "median_eur": median,
                "best_known_eur": best,
                "above_best_known_%": 100 * (median / best - 1) if best else math.nan,
                "worst_gap_%": 100 * runs["gap"].max(),
                "median_seconds": runs["seconds"].median(),
                "violations": runs["violations"].sum(),
            }
        )
    return pd.DataFrame(table)


def main(arguments: list[str] | None = None) -> int:
    """Print the comparison; exit 1 when any run broke a rule or found nothing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("results", nargs="+", type=Path)
    rows = pd.concat([pd.read_csv(path) for path in parser.parse_args(arguments).results])
    table = compare(rows)
    print(table.to_string(index=False, float_format=lambda value: f"{value:,.3f}"))
    ours = rows[rows["method"] == "bundling"]
    broken = ours[(ours["violations"] > 0) | ~ours["status"].isin(["optimal", "feasible"])]
    if len(broken):
        print(f"\n{len(broken)} runs without a clean solution:")
        print(broken[["instance", "seed", "status", "note"]].to_string(index=False))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
