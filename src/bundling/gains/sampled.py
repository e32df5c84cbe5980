"""The Shapley value from a sample of orders, with a confidence interval."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import stdtrit

from bundling.gains.allocation import pairs_by_size, rings_by_size
from bundling.gains.game import FloatArray
from bundling.gains.oracle import ValueOracle
from bundling.gains.reuse import Reuse
from bundling.gains.rings import part_of_ring, ring_by_size, rings_by_need

_LEAST_SAMPLES = 10
_LONG_PILOT = 40
_LEAST_PLAYERS = 8
_PILOT_VALUES = 3
"""Costs asked for by the pilot of `Reuse`, times the square of the players."""


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
        Samples drawn, whose estimates the interval is of: of one ring each, of several, or of
        coalitions of all sizes.
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

    Raises
    ------
    ValueError
        When the precision is not above 0, or the confidence not between 0 and 1.

    Notes
    -----
    A random order of the players is closed to a ring, read from evenly spread places, clockwise
    and back. Each reading is a random order, in which each player pays what it adds. Around the
    ring a player stands once at every place in the order, which stratifies by the size of the
    coalition it joins; reading back is antithetic, and its coalitions, complements of those met
    before, are arcs of the ring already asked for: ``n (n - 1) + 1`` costs a ring instead of
    ``2 n ** 2``. After ten rings, or forty where many more are needed, the spread in them chooses
    how to go on with the fewest costs: such rings; rings for one size each, more of them where
    shares vary more (Neyman's allocation); or, for costs without a gap, random coalitions that
    speak of all players at once (`bundling.gains.reuse`). The interval is Student's over the
    samples' estimates. Looking after each sample whether to stop makes intervals slightly too
    narrow, which ten samples at least keep small.

    J. Castro, D. Gómez, J. Tejada, "Polynomial calculation of the Shapley value based on
    sampling", Computers & Operations Research 36 (2009), and "Improving polynomial estimation of
    the Shapley value by stratified random sampling", ibid. 82 (2017); R. Mitchell, J. Cooper, E.
    Frank, G. Holmes, "Sampling permutations for Shapley value estimation", JMLR 23 (2022), for
    antithetic orders.
    """
    if not precision > 0 or not 0 < confidence < 1:
        raise ValueError(f"precision {precision:g} or confidence {confidence:g} is out of range")
    players = oracle.players
    began, before = time.perf_counter(), oracle.asked
    rng = np.random.default_rng(seed)
    some = players if starts is None else max(1, min(starts, players))
    sample = _Sample(players, confidence, floor)
    pilot: list[FloatArray] = []
    longest = _LEAST_SAMPLES
    draw: Callable[[], FloatArray] | None = None
    if some < players:
        draw = partial(part_of_ring, oracle, rng, some)
    while True:
        if draw is not None:
            sample.add(draw())
        else:
            pilot.append(ring_by_size(oracle, rng, np.arange(players)))
            sample.add(pilot[-1].mean(axis=1))
        reached = sample.count >= _LEAST_SAMPLES and sample.relative <= precision
        ended = oracle.asked - before >= most_values or time.perf_counter() - began >= time_limit
        if sample.count >= 2 and (reached or ended):
            break
        if len(pilot) == _LEAST_SAMPLES and sample.relative > 3.0 * precision:
            longest = _LONG_PILOT  # much is still to be asked: know better where
        if len(pilot) == longest and not reached:
            error = precision * sample.size / float(stdtrit(15, 0.5 + confidence / 2))
            draw = _method(oracle, rng, pilot, error, most_values - oracle.asked + before)
            pilot = []
            if draw is None:
                draw = partial(_ring, oracle, rng)
            else:  # the pilot chose how to go on, so it does not count itself
                sample = _Sample(players, confidence, floor)
    share, low, high = sample.mean
    return SampledShapley(
        share, sample.half, low, high, confidence, sample.relative, sample.count,
        oracle.asked - before, reached,
    )  # fmt: skip


def _ring(oracle: ValueOracle, rng: np.random.Generator) -> FloatArray:
    """Draw a ring that serves all sizes alike."""
    mean: FloatArray = ring_by_size(oracle, rng, np.arange(oracle.players)).mean(axis=1)
    return mean


def _method(
    oracle: ValueOracle,
    rng: np.random.Generator,
    pilot: list[FloatArray],
    error: FloatArray,
    values_left: float,
) -> Callable[[], FloatArray] | None:
    """Say how to go on after the pilot: what is thought to ask for the fewest costs.

    Returns
    -------
    Callable or None
        Draws a sample ``[3, players]``; None when rings as in the pilot will do.
    """
    n = oracle.players
    marginal = np.array([ring[0] for ring in pilot])
    counts, values = rings_by_size(marginal.std(axis=0, ddof=1), error)
    plain = (marginal.mean(axis=1).std(axis=0, ddof=1) / error).max() ** 2 * n * (n - 1)
    exact = all(np.array_equal(ring[0], ring[1]) for ring in pilot)
    least = min(values, plain)
    # Lines for all sizes take a pilot of their own: only where much is still to be asked.
    if exact and n >= _LEAST_PLAYERS and 4 * _PILOT_VALUES * n * n < min(least, values_left):
        reuse = Reuse(oracle, rng)
        left = values_left - _PILOT_VALUES * n * n
        pairs, asked = pairs_by_size(reuse.pilot(), reuse.sizes, error, left)
        if asked < least:
            return lambda: np.tile(reuse.shares(pairs), (3, 1))
    if values < plain and counts.max() > 1:
        return partial(rings_by_need, oracle, rng, counts)
    return None


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
