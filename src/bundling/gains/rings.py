"""Marginal costs around a random ring of players: the samples of `sampled_shapley`."""

from __future__ import annotations

import numpy as np

from bundling.gains.game import BoolArray, FloatArray, IntArray
from bundling.gains.oracle import ValueOracle

_RINGS_AT_ONCE = 64


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
    """Mean marginal costs over all sizes, each size on as many rings of its own as `counts` says.

    Shares no longer sum to the cost of all by themselves: what is missing, nothing on average, is
    divided equally. Sizes share no rings, since a player that adds much to one arc adds much to
    those it lies in: airports of 100 had 15 times the variance.
    """
    n = oracle.players
    found = np.zeros((3, n))
    for size, count in enumerate(counts.tolist()):
        for at in range(0, count, _RINGS_AT_ONCE):
            rings = min(_RINGS_AT_ONCE, count - at)
            found += _rings_at_size(oracle, rng, size, rings) * (rings / count / n)
    whole = float(oracle(np.ones((1, n), dtype=bool))[0, 0])
    found += (whole - found[0].sum()) / n
    return found


def _rings_at_size(
    oracle: ValueOracle, rng: np.random.Generator, size: int, rings: int
) -> FloatArray:
    """Mean marginal costs of joining coalitions of a size on some rings, ``[3, players]``."""
    n = oracle.players
    ring = rng.permuted(np.tile(np.arange(n), (rings, 1)), axis=1)
    ahead = (np.argsort(ring, axis=1)[:, None, :] - np.arange(n)[:, None]) % n
    arcs = []
    for length in (size, size + 1):
        if length == 0:
            arcs.append(np.zeros((rings, n, 2)))
        elif length == n:
            arcs.append(np.broadcast_to(oracle(np.ones((1, n), dtype=bool)), (rings, n, 2)))
        else:
            arcs.append(oracle((ahead < length).reshape(-1, n)).reshape(rings, n, 2))
    before, joined = arcs
    begins, follows = (np.arange(n) - size) % n, (np.arange(n) + 1) % n
    total = np.zeros((3, n))
    for more, less in ((joined[:, begins], before[:, begins]), (joined, before[:, follows])):
        for row, (one, other) in enumerate(((0, 0), (1, 0), (0, 1))):
            np.add.at(total[row], ring, more[..., one] - less[..., other])
    mean: FloatArray = total / (2.0 * rings)
    return mean


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
