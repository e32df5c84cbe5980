"""The Shapley value from a sample of orders, with a confidence interval."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from bundling.gains.game import FloatArray, IntArray
from bundling.gains.oracle import ValueOracle
from bundling.gains.rings import part_of_ring, ring_by_size, rings_by_need

_LEAST_RINGS = 10
_MOST_RINGS = 32


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
        Independent samples drawn, of one ring each or several.
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
    ``2 n ** 2``. After ten rings, if many more are needed, sizes at which shares vary more than
    usual get more rings than the others, up to 32 in one sample. Samples are independent; the
    interval is Student's over their estimates. Looking after each sample whether to stop makes
    intervals slightly too narrow, which ten samples at least keep small.

    J. Castro, D. Gómez, J. Tejada, "Polynomial calculation of the Shapley value based on
    sampling", Computers & Operations Research 36 (2009), and "Improving polynomial estimation of
    the Shapley value by stratified random sampling", ibid. 82 (2017); R. Mitchell, J. Cooper, E.
    Frank, G. Holmes, "Sampling permutations for Shapley value estimation", JMLR 23 (2022), for
    antithetic orders.
    """
    players = oracle.players
    began, before = time.perf_counter(), oracle.asked
    rng = np.random.default_rng(seed)
    some = players if starts is None else max(1, min(starts, players))
    sample = _Sample(players, confidence, floor)
    pilot: list[FloatArray] = []
    counts: IntArray | None = None
    while True:
        if some < players:
            sample.add(part_of_ring(oracle, rng, some))
        elif counts is not None:
            sample.add(rings_by_need(oracle, rng, counts))
        else:
            pilot.append(ring_by_size(oracle, rng, np.arange(players)))
            sample.add(pilot[-1].mean(axis=1))
        reached = sample.count >= _LEAST_RINGS and sample.relative <= precision
        ended = oracle.asked - before >= most_values or time.perf_counter() - began >= time_limit
        if sample.count >= 2 and (reached or ended):
            break
        if len(pilot) == _LEAST_RINGS:
            counts = _needed(np.array([ring[0] for ring in pilot]), sample.size)
            pilot = []
            # With as many rings again as ten such samples take, nothing would be gained by them.
            more = _LEAST_RINGS * ((sample.relative / precision) ** 2 - 1.0)
            if counts.max() > 1 and more > 3.0 * _LEAST_RINGS * float(counts.mean()):
                # The pilot chose them, so it does not count itself.
                sample = _Sample(players, confidence, floor)
            else:
                counts = None
    share, low, high = sample.mean
    return SampledShapley(
        share, sample.half, low, high, confidence, sample.relative, sample.count,
        oracle.asked - before, reached,
    )  # fmt: skip


class _Sample:
    """Mean and half width of estimates that come one by one (Welford's sums)."""

    def __init__(self, players: int, confidence: float, floor: float) -> None:
        self.count = 0
        self.mean = np.zeros((3, players))
        self.half = np.full(players, math.inf)
        self.size = np.zeros(players)
        self.relative = math.inf
        self._square = np.zeros(players)
        self._confidence, self._floor = confidence, floor

    def add(self, estimate: FloatArray) -> None:
        """Take one more estimate ``[3, players]``."""
        self.count += 1
        off = estimate - self.mean
        self.mean = self.mean + off / self.count
        share = np.abs(self.mean[0])
        self.size = np.maximum(1e-300, np.maximum(share, self._floor * share.mean()))
        if self.count == 1:
            return
        self._square += off[0] * (estimate[0] - self.mean[0])
        spread = np.sqrt(self._square / (self.count - 1) / self.count)
        quantile = float(stdtrit(self.count - 1, 0.5 + self._confidence / 2))
        self.half = quantile * spread + 1e-12 * share.max()
        self.relative = float((self.half / self.size).max())


def _needed(pilot: FloatArray, size: FloatArray) -> IntArray:
    """Rings for each size, by how much shares vary there (Neyman's allocation).

    Parameters
    ----------
    pilot
        Marginal costs by ring, size of the coalition joined, and player.
    size
        What each player's deviations are measured against.
    """
    spread = (pilot.std(axis=0, ddof=1) / size).max(axis=1)
    usual = float(np.median(spread))
    if usual <= 1e-12:
        return np.ones(spread.size, dtype=np.int64)
    counts: IntArray = np.clip(np.round(spread / usual), 1, _MOST_RINGS).astype(np.int64)
    return counts
