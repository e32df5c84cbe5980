"""Games with known solutions: the public sets, read or made again where they lie beside us."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest


def folder() -> Path:
    """Folder of the public games: below BUNDLING_SHARED, or in shared/ beside the checkout."""
    given = os.environ.get("BUNDLING_SHARED")
    for shared in [given] if given else [Path(__file__).parents[k] / "shared" for k in (2, 3)]:
        found = Path(shared) / "benchmarks" / "location" / "coopgames"
        if found.is_dir():
            return found
    pytest.skip("the public games are not here")


def small_games() -> list[dict[str, Any]]:
    """Named games; ``cost`` is the game as costs, and ``sign`` -1 where it was one of gains."""
    path = folder() / "small_games.json"
    if not path.exists():
        pytest.skip("the small games are not here")
    games = json.loads(path.read_text(encoding="utf-8"))
    for game in games:
        game["sign"] = 1.0 if game["kind"] == "cost" else -1.0
        game["cost"] = game["sign"] * np.array([0.0, *game["values"]])
    return games


def seeded_games(name: str) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Games of Benedek and others that fit `name`: which, costs, and their nucleolus as costs."""
    paths = sorted((folder() / "nucleolus_games").glob(name))
    if not paths:
        pytest.skip("no seeded games here")
    found = []
    for path in paths:
        kind, players = int(path.stem[1]), int(path.stem[3:].split("j")[0])
        numbers = [float(word) for word in path.read_text(encoding="utf-8").split()]
        found.append(
            (
                path.stem,
                -_values(kind, players, int(numbers[0])),
                -np.array(numbers[-players - 1 : -1]),
            )
        )
    return found


def _rand(seed: int) -> Iterator[int]:
    """Numbers of Microsoft's C library from a seed."""
    state = seed
    while True:
        state = (state * 214013 + 2531011) & 0xFFFFFFFF
        yield state >> 16 & 0x7FFF


def _values(kind: int, players: int, seed: int) -> np.ndarray:
    """Gains of all coalitions under the four rules of the set."""
    draw, whole = _rand(seed), 2**players - 1
    values = np.zeros(whole + 1)
    if kind == 1:
        values[whole] = next(draw) % 201 + 100 * (players - 2)
        for s in range(1, whole):
            if s.bit_count() > 1:
                values[s] = next(draw) % (100 * s.bit_count()) + 1
    elif kind in (2, 4):
        most = 50 * players if kind == 2 else players
        for s in range(3, whole + 1):
            if s.bit_count() > 1:
                values[s] = next(draw) % most + 1
    else:
        values[whole] = 1.0
        lucky = next(draw) % 10 < 9
        for p in range(players):
            values[whole - 2**p] = lucky
            lucky = next(draw) % 10 < 9
            for q in range(p + 1, players):
                values[whole - 2**p - 2**q] = lucky
                lucky = next(draw) % 10 < 9
    return values
