"""A search for the coalition that gains most by leaving, when costs are asked for one by one."""

from __future__ import annotations

import numpy as np

from bundling.gains.game import BoolArray, FloatArray
from bundling.gains.oracle import ValueOracle
from bundling.gains.row_generation import Leaver, Separate


def local_separation(oracle: ValueOracle, *, starts: int = 8, seed: int = 0) -> Separate:
    """Make a separation for `least_core_by_rows` that climbs from some coalitions.

    From each start the player whose joining or leaving raises the excess most does so, until none
    does: ``players`` costs a step, which the oracle remembers. It may miss the worst coalition, so
    call `least_core_by_rows` with ``exact=False``.

    Parameters
    ----------
    oracle
        Gives the cost of a coalition; with a gap its cost, not its bound, counts: the coalition
        has that plan in hand.
    starts
        Coalitions to start from: those of the players that pay most above their cost alone, of
        growing size, then random ones.
    seed
        Of the random ones.
    """
    players = oracle.players
    alone = oracle(np.eye(players, dtype=bool))[:, 0]
    rng = np.random.default_rng(seed)
    drawn = rng.random((starts, players)) < rng.uniform(0.1, 0.9, (starts, 1))

    def excess(held: BoolArray, split: FloatArray) -> FloatArray:
        found: FloatArray = held @ split - oracle(held)[:, 0]
        size = held.sum(axis=1)
        return np.where((size == 0) | (size == players), -np.inf, found)

    def separate(split: FloatArray) -> Leaver | None:
        order = np.argsort(alone - split, kind="stable")
        first = np.zeros((players - 1, players), dtype=bool)
        for k in range(players - 1):
            first[k, order[: k + 1]] = True
        known = excess(first, split)
        begins = np.concatenate([first[np.argsort(-known)[: max(1, starts // 2)]], drawn])
        best, most = None, -np.inf
        for start in begins[:starts]:
            held, value = start, float(excess(start[None], split)[0])
            while True:
                near = held ^ np.eye(players, dtype=bool)
                found = excess(near, split)
                step = int(np.argmax(found))
                if found[step] <= value + 1e-9:
                    break
                held, value = near[step], float(found[step])
            if value > most:
                best, most = held, value
        if best is None or not np.isfinite(most):
            return None
        return best, float(oracle(best[None])[0, 0])

    return separate
