"""The Shapley value from a sample of orders, with a confidence interval."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from bundling.gains.game import BoolArray, FloatArray, IntArray
from bundling.gains.oracle import ValueOracle

_LEAST_RINGS = 10


@dataclass(frozen=True, eq=False)
class SampledShapley:
    """An estimate of the Shapley value.

    Attributes
    ----------
    share_eur
        Estimate for each player; they sum to the cost of all, whatever the sample.
    half_width_eur
        The value of each player lies this close to its estimate with the confidence asked for
        (each player's by itself).
    low_eur, high_eur
        Between these lies the estimate when costs lie between their bounds and the costs given;
        the same as the share without a gap. The half width comes on top.
    confidence
        As asked for.
    precision
        Largest half width as a part of the share (of the `floor`, where the share is smaller).
    rings
        Independent orders drawn.
    values_asked
        Costs of coalitions computed.
    reached
        Whether the precision asked for was.
    """

    share_eur: FloatArray
    half_width_eur: FloatArray
    low_eur: FloatArray
    high_eur: FloatArray
    confidence: float
    precision: float
    rings: int
    values_asked: int
    reached: bool


def sampled_shapley(
    oracle: ValueOracle,
    *,
    precision: float = 0.01,
    confidence: float = 0.95,
    floor: float = 0.1,
    starts: int | None = None,
    most_values: int = 1_000_000,
    time_limit: float = math.inf,
    seed: int = 0,
) -> SampledShapley:
    """Estimate the Shapley value from orders drawn at random.

    Parameters
    ----------
    oracle
        Gives the cost of a coalition.
    precision
        End when every half width is at most this part of the share.
    confidence
        Of the intervals, each player's by itself.
    floor
        Shares below this part of the mean share are held to the precision of such a share: 1 asks
        for a part of the mean share of everybody.
    starts
        How many places a ring is begun at; all by default. Fewer make a ring cheaper (some ``2 *
        starts * players`` costs) and its estimate rougher: for costs that take a solver.
    most_values, time_limit
        End after the ring that passes this many costs or wall seconds; at least two are drawn.
    seed
        Same oracle and seed give the same answer unless the time ends it.

    Notes
    -----
    A random order of the players is closed to a ring, read from evenly spread places, clockwise
    and back. Each reading is a random order, in which each player pays what it adds. Around the
    ring a player stands once at every place in the order, which stratifies by the size of the
    coalition it joins; reading back is antithetic, and its coalitions, complements of those met
    before, are arcs of the ring already asked for: ``n (n - 1) + 1`` costs a ring instead of
    ``2 n ** 2``. Rings are independent; the interval is Student's over their estimates. Looking
    after each ring whether to stop makes intervals slightly too narrow, which ten rings at least
    keep small.

    J. Castro, D. Gómez, J. Tejada, "Polynomial calculation of the Shapley value based on
    sampling", Computers & Operations Research 36 (2009), and "Improving polynomial estimation of
    the Shapley value by stratified random sampling", ibid. 82 (2017); R. Mitchell, J. Cooper, E.
    Frank, G. Holmes, "Sampling permutations for Shapley value estimation", JMLR 23 (2022), for
    antithetic orders.
    """
    players = oracle.players
    began, before = time.perf_counter(), oracle.asked
    rng = np.random.default_rng(seed)
    starts = players if starts is None else max(1, min(starts, players))
    found: list[FloatArray] = []
    half, reached, relative = np.full(players, math.inf), False, math.inf
    while True:
        found.append(_ring(oracle, rng) if starts == players else _part(oracle, rng, starts))
        each = np.array(found)
        share = each[:, 0].mean(axis=0)
        if len(found) >= 2:
            spread = each[:, 0].std(axis=0, ddof=1) / math.sqrt(len(found))
            rounding = 1e-12 * np.abs(share).max()
            half = float(stdtrit(len(found) - 1, 0.5 + confidence / 2)) * spread + rounding
            size = np.maximum(np.abs(share), floor * np.abs(share).mean())
            relative = float((half / np.maximum(size, 1e-300)).max())
            reached = len(found) >= _LEAST_RINGS and relative <= precision
            spent = time.perf_counter() - began
            if reached or oracle.asked - before >= most_values or spent >= time_limit:
                break
    low, high = each[:, 1].mean(axis=0), each[:, 2].mean(axis=0)
    return SampledShapley(
        share, half, low, high, confidence, relative, len(found), oracle.asked - before, reached
    )


def _ring(oracle: ValueOracle, rng: np.random.Generator) -> FloatArray:
    """Mean marginal costs around one ring: estimate, lowest and highest, ``[3, players]``."""
    n = oracle.players
    ring = rng.permutation(n)
    place = np.empty(n, dtype=np.int64)
    place[ring] = np.arange(n)
    ahead = (place - np.arange(n)[:, None]) % n  # how far a player stands from where an arc begins
    held = (ahead[:, None, :] < np.arange(1, n)[:, None]).reshape(-1, n)
    arcs = np.zeros((n, n + 1, 2))  # by begin and length
    arcs[:, 1:n] = oracle(held).reshape(n, n - 1, 2)
    arcs[:, n] = oracle(np.ones((1, n), dtype=bool))
    length = np.arange(n)
    # Clockwise the player at place p joins the arc of each length that ends before it; back, the
    # arc that begins after it.
    ends = (np.arange(n)[:, None] - length) % n
    follows = (np.arange(n) + 1) % n
    total = np.zeros((3, n))
    for joined, before in (
        (arcs[ends, length + 1], arcs[ends, length]),
        (arcs[:, 1:], arcs[follows, :n]),
    ):
        total[0] += (joined[..., 0] - before[..., 0]).mean(axis=1)
        total[1] += (joined[..., 1] - before[..., 0]).mean(axis=1)
        total[2] += (joined[..., 0] - before[..., 1]).mean(axis=1)
    mean = np.empty((3, n))
    mean[:, ring] = total / 2.0
    return mean


def _part(oracle: ValueOracle, rng: np.random.Generator, starts: int) -> FloatArray:
    """Do as `_ring`, but read from some places only."""
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
