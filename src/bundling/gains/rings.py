"""Marginal costs around a random ring of players: the samples of `sampled_shapley`."""

from __future__ import annotations

import numpy as np

from bundling.gains.game import BoolArray, FloatArray, IntArray
from bundling.gains.oracle import ValueOracle


def ring_by_size(oracle: ValueOracle, rng: np.random.Generator, sizes: IntArray) -> FloatArray:
    """Mean marginal costs of joining coalitions of some sizes, on one ring.

    Each player joins the arc of the ring that ends before it, and the arc that begins after it.

    Returns
    -------
    numpy.ndarray
        ``[3, sizes, players]``: estimate, lowest and highest with the bounds of the costs.
    """
    n = oracle.players
    ring = rng.permutation(n)
    place = np.empty(n, dtype=np.int64)
    place[ring] = np.arange(n)
    ahead = (place - np.arange(n)[:, None]) % n  # how far a player stands from where an arc begins
    lengths = np.union1d(sizes, sizes + 1)
    asked = lengths[(lengths > 0) & (lengths < n)]
    arcs = np.zeros((n, n + 1, 2))  # by begin and length
    if asked.size:
        held = (ahead[:, None, :] < asked[:, None]).reshape(-1, n)
        arcs[:, asked] = oracle(held).reshape(n, asked.size, 2)
    if lengths[-1] == n:
        arcs[:, n] = oracle(np.ones((1, n), dtype=bool))
    begins = (np.arange(n)[:, None] - sizes) % n
    follows = (np.arange(n) + 1) % n
    total = np.zeros((3, sizes.size, n))
    for joined, before in (
        (arcs[begins, sizes + 1], arcs[begins, sizes]),
        (arcs[:, sizes + 1], arcs[follows][:, sizes]),
    ):
        total[0] += (joined[..., 0] - before[..., 0]).T
        total[1] += (joined[..., 1] - before[..., 0]).T
        total[2] += (joined[..., 0] - before[..., 1]).T
    mean = np.empty_like(total)
    mean[:, :, ring] = total / 2.0
    return mean


def rings_by_need(oracle: ValueOracle, rng: np.random.Generator, counts: IntArray) -> FloatArray:
    """Mean marginal costs over all sizes, each size on as many rings as `counts` says.

    Shares no longer sum to the cost of all by themselves: what is missing, nothing on average, is
    divided equally.
    """
    n = oracle.players
    total = np.zeros((3, n, n))
    for ring in range(int(counts.max())):
        sizes = np.flatnonzero(counts > ring)
        total[:, sizes] += ring_by_size(oracle, rng, sizes)
    found: FloatArray = (total / counts[:, None]).mean(axis=1)
    whole = float(oracle(np.ones((1, n), dtype=bool))[0, 0])
    found += (whole - found[0].sum()) / n
    return found


def part_of_ring(oracle: ValueOracle, rng: np.random.Generator, starts: int) -> FloatArray:
    """Mean marginal costs in the orders that begin at some places of a ring, ``[3, players]``."""
    players = oracle.players
    ring = rng.permutation(players)
    first = int(rng.integers(players))
    begins = (first + (np.arange(starts) * players) // starts) % players
    total = np.zeros((3, players))
    for begin in begins.tolist():
        clockwise = np.roll(ring, -begin)
        for order in (clockwise, clockwise[::-1]):
            value = oracle(_prefixes(order))
            cost, bound = value[:, 0], value[:, 1]
            total[0, order] += np.diff(cost)
            total[1, order] += bound[1:] - cost[:-1]
            total[2, order] += cost[1:] - bound[:-1]
    mean: FloatArray = total / (2.0 * starts)
    return mean


def _prefixes(order: IntArray) -> BoolArray:
    """Coalitions met on the way: nobody, the first, the first two, ..., all; ``[n + 1, n]``."""
    place = np.empty(order.size, dtype=np.int64)
    place[order] = np.arange(order.size)
    held: BoolArray = place < np.arange(order.size + 1)[:, None]
    return held
