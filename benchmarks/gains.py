"""Splits of a cost: how long they take, and how far they are from what is known.

python benchmarks/gains.py FOLDER --out benchmarks/results/gains.csv

FOLDER is the folder of the public games (``coopgames``); games of our own making need none. One row
a method and set: the slowest and the mean of all its games, and the largest error as a part of the
largest cost; for sampled values of the share, or the floor where that is larger. Costs of
coalitions are at hand, or quick: what is timed is the split.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from run import processor
from stamps import stamp

import bundling
from bundling.gains import (
    ValueOracle,
    coalition_sums,
    equal_profit,
    least_core,
    nucleolus,
    prenucleolus,
    sampled_shapley,
    shapley,
)

FIELDS = [
    "date", "set", "method", "players", "games", "mean_s", "worst_s", "error", "values_asked",
    "half_width", "reached", "machine", "cores", "system", "python", "versions",
]  # fmt: skip
Game = tuple[np.ndarray, np.ndarray | None]
"""Costs of all coalitions, and what is known of the split."""
Row = dict[str, object]


def small(folder: Path) -> Iterator[Row]:
    """Public games with published or independently computed solutions."""
    games = json.loads((folder / "small_games.json").read_text(encoding="utf-8"))
    for name, method in (
        ("shapley", shapley),
        ("prenucleolus", prenucleolus),
        ("nucleolus", nucleolus),
    ):
        found: list[Game] = []
        for game in games:
            if game.get(name) is not None:
                sign = 1.0 if game["kind"] == "cost" else -1.0
                found.append((sign * np.array([0.0, *game["values"]]), sign * np.array(game[name])))
        yield timed("small_games", name, method, found)


def seeded(folder: Path) -> Iterator[Row]:
    """Public games made again from their seeds, with the nucleolus that came with them."""
    for kind in (1, 2, 3, 4):
        by_size: dict[int, list[Game]] = {}
        for path in sorted((folder / "nucleolus_games").glob(f"v{kind}n*j*.txt")):
            players = int(path.stem[3:].split("j")[0])
            numbers = [float(word) for word in path.read_text(encoding="utf-8").split()]
            known = -np.array(numbers[-players - 1 : -1])
            game = (-values_of(kind, players, int(numbers[0])), known)
            by_size.setdefault(players, []).append(game)
        for found in by_size.values():
            yield timed(f"nucleolus_games v{kind}", "nucleolus", nucleolus, found)
        for players in (10, 15):
            made = [(-values_of(kind, players, seed), None) for seed in range(10)]
            yield timed(f"own seeds, rules v{kind}", "nucleolus", nucleolus, made)


def own() -> Iterator[Row]:
    """Costs like those of freight: concave with whole trucks; airports with a closed form."""
    for players in (10, 15, 18):
        yield timed("whole trucks", "nucleolus", nucleolus, trucks(players, 3))
    yield timed("whole trucks", "least core", lambda c: least_core(c).split_eur, trucks(15, 3))
    yield timed("whole trucks", "equal profit", lambda c: equal_profit(c).split_eur, trucks(15, 3))
    yield timed("whole trucks", "shapley", shapley, trucks(20, 3))
    need = np.random.default_rng(1).uniform(20.0, 100.0, 100)
    lines = np.random.default_rng(2).uniform(0.0, 1.0, (100, 100))
    for name, cost, known in (
        ("airport", lambda held: (held * need).max(axis=1), airport(need)),
        # The square of the total: each pays its square and half of what it shares with others.
        ("square of the total", lambda held: (held @ need) ** 2, need * need.sum()),
        ("square root of the total", lambda held: np.sqrt(held @ need), None),
        ("whole trucks", lambda held: 250.0 * np.ceil(held @ need / 330.0 - 1e-9), None),
        (
            "pairs that save",
            lambda held: held @ need - 0.5 * np.einsum("ki,ij,kj->k", held, lines, held) / 100,
            None,
        ),
    ):
        for floor in (0.1, 1.0):
            oracle = ValueOracle(
                100, lambda held, cost=cost: cost(held.astype(np.float64)), remember=False
            )
            began = time.perf_counter()
            found = sampled_shapley(oracle, floor=floor, time_limit=30.0, most_values=10_000_000)
            seconds = time.perf_counter() - began
            error: object = ""
            if known is not None:
                size = np.maximum(np.abs(known), floor * np.abs(known).mean())
                error = f"{(np.abs(found.share_eur - known) / size).max():.2e}"
            yield {
                "set": name, "method": f"shapley, sampled, 1 % with floor {floor}", "players": 100,
                "games": 1, "mean_s": f"{seconds:.3f}", "worst_s": f"{seconds:.3f}",
                "error": error, "values_asked": found.values_asked,
                "half_width": f"{found.precision:.4f}", "reached": found.reached,
            }  # fmt: skip


def timed(name: str, method: str, split: Callable, games: list[Game]) -> Row:
    """Split every game; time and largest error."""
    seconds, error = [], None
    for cost, known in games:
        began = time.perf_counter()
        found = split(cost)
        seconds.append(time.perf_counter() - began)
        if known is not None:
            off = float(np.abs(found - known).max() / max(1e-9, np.abs(cost).max()))
            error = off if error is None else max(error, off)
    sizes = {int(cost.size).bit_length() - 1 for cost, _ in games}
    return {
        "set": name, "method": method, "games": len(games),
        "players": f"{min(sizes)}-{max(sizes)}" if len(sizes) > 1 else sizes.pop(),
        "mean_s": f"{np.mean(seconds):.4f}", "worst_s": f"{max(seconds):.4f}",
        "error": "" if error is None else f"{error:.1e}",
    }  # fmt: skip


def trucks(players: int, games: int) -> list[Game]:
    """Total freight in trucks of a whole number, and a way that grows with the root of it."""
    found: list[Game] = []
    for seed in range(games):
        kg = np.random.default_rng(seed).uniform(0.1, 1.3, players)
        total = coalition_sums(kg)
        found.append((120.0 * np.ceil(total - 1e-9) + 80.0 * np.sqrt(total), None))
    return found


def airport(need: np.ndarray) -> np.ndarray:
    """Shapley value of an airport game (Littlechild and Owen 1973)."""
    order = np.argsort(need)
    steps = np.diff(need[order], prepend=0.0) / np.arange(need.size, 0, -1)
    found = np.empty(need.size)
    found[order] = np.cumsum(steps)
    return found


def values_of(kind: int, players: int, seed: int) -> np.ndarray:
    """Gains under the four rules of the public set, from Microsoft's random numbers."""
    state, whole = seed, 2**players - 1

    def draw(most: int) -> int:
        nonlocal state
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        return (state >> 16 & 0x7FFF) % most

    values = np.zeros(whole + 1)
    if kind == 1:
        values[whole] = draw(201) + 100 * (players - 2)
    if kind == 3:
        values[whole], lucky = 1.0, draw(10) < 9
        for p in range(players):
            values[whole - 2**p], lucky = lucky, draw(10) < 9
            for q in range(p + 1, players):
                values[whole - 2**p - 2**q], lucky = lucky, draw(10) < 9
        return values
    for s in range(3, whole + (kind != 1)):
        size = s.bit_count()
        if size > 1:
            values[s] = draw({1: 100 * size, 2: 50 * players, 4: players}[kind]) + 1
    return values


def main() -> None:
    """Run all sets and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/gains.csv"))
    args = parser.parse_args()
    home = Path(bundling.__file__).parent
    python, versions = stamp(("highspy", "numpy"), (home / "gains", home / "mip"))
    fixed = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": processor(), "cores": os.cpu_count(), "system": platform.system(),
        "python": python, "versions": versions,
    }  # fmt: skip
    nucleolus(np.array([0.0, 1.0, 1.0, 1.5]))  # imports and first calls are nobody's time
    with args.out.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, restval="")
        writer.writeheader()
        for rows in (*((small(args.folder), seeded(args.folder)) if args.folder else ()), own()):
            for row in rows:
                writer.writerow(fixed | row)
                file.flush()
                print({key: row[key] for key in row})


if __name__ == "__main__":
    main()
