"""Whole numbers for PyVRP: how many seconds, metres, kg and EUR one tick stands for.

PyVRP counts in 64-bit integers, and its penalties are multiples of what data in the units of
public instances look like. One fixed scale cannot serve a city in EUR and an instance in units of
the literature, so each part of a problem gets its own:

* time, distance and loads in the coarsest power of ten that states every value exactly (public
  instances, whole minutes, whole kg), else one so fine that rounding a leg to the nearest costs at
  most 5e-6 of an average leg (5e-8 for time that is not paid for, since only windows see it), and
  5e-8 of the smallest capacity;
* money so that every price per tick is a whole number: the smallest such unit of at most `_TRIED`
  times the cheapest price, else one in which an average leg costs 1e9 to 1e10 ticks. A price per
  hour is then off by 1e-4 of it at most, and exact with few decimals; a price per km by 1e-5;
* penalties in the cost of an average leg per average leg late or too far, and per average stop too
  many. PyVRP's own range of 0.1 to 1e5 means about that in the units of its own benchmarks.

All answers are priced and checked again in floating point outside.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

_DIGITS = range(3, -7, -1)
"""Powers of ten tried as an exact tick."""
_TRIED = 2_000
_SPAN = 1e9
"""Prices further apart than this are not tried as whole numbers."""
_LEG_TICKS = 1e5
_FREE_TIME_TICKS = 1e7
_LOAD_TICKS = 1e7
_LEG_MONEY = 3.6e10
"""3,600 makes whole ticks of a price per hour."""
_MOST_LEG_MONEY = 1e11
_MOST_PAID_ONCE = 1e15
"""Ticks of all fixed costs and prizes; 1,000 vehicles of the dearest kind then fit 64 bits."""


@dataclass(frozen=True)
class Prices:
    """What a part of a problem asks money for.

    Attributes
    ----------
    per_m, per_s, overtime_per_s
        EUR of each fleet entry.
    fixed
        EUR of each vehicle, by entry.
    prizes
        EUR of each stop that may be left out.
    """

    per_m: FloatArray
    per_s: FloatArray
    overtime_per_s: FloatArray
    fixed: FloatArray
    prizes: FloatArray


@dataclass(frozen=True)
class Units:
    """Size of one tick, and what PyVRP's penalties count in.

    Attributes
    ----------
    s, m, eur
        Seconds, metres and EUR of one tick.
    load
        Amount of one tick in each load dimension that can bind.
    late, far
        Money ticks that one tick late or too far counts for at penalty 1.
    over
        Money ticks that one tick of load too much counts for at penalty 1, by dimension.
    leg
        Money ticks of an average leg.
    """

    s: float
    m: float
    eur: float
    load: tuple[float, ...]
    late: float
    far: float
    over: tuple[float, ...]
    leg: float

    def seconds(self, value: float) -> int:
        """Whole ticks of a time."""
        return round(value / self.s)

    def metres(self, value: float) -> int:
        """Whole ticks of a distance."""
        return round(value / self.m)

    def money(self, value: float) -> int:
        """Whole ticks of money."""
        return round(value / self.eur)


def choose_units(
    *,
    times_s: Sequence[ArrayLike],
    legs_s: FloatArray,
    legs_m: Sequence[FloatArray],
    loads: Sequence[tuple[FloatArray, FloatArray]],
    prices: Prices,
) -> Units:
    """Choose the units of one part.

    Parameters
    ----------
    times_s
        Every time there is, legs excepted; infinite ones do not count.
    legs_s
        Driving times between all places, over all speeds.
    legs_m
        Distances between all places, one matrix for each way in which they are counted.
    loads
        Amounts of the stops and capacities of the entries, by dimension.
    prices
        What costs money.
    """
    mean_s, mean_m = _mean(legs_s) or 1.0, max(_mean(legs) for legs in legs_m) or 1.0
    paid = bool(prices.per_s.any() or prices.overtime_per_s.any())
    tick_s = _tick([legs_s, *times_s], mean_s / (_LEG_TICKS if paid else _FREE_TIME_TICKS))
    tick_m = _tick(legs_m, mean_m / _LEG_TICKS)
    ticks = [_tick([amounts, limits], _smallest(limits) / _LOAD_TICKS) for amounts, limits in loads]
    leg = _mean(prices.per_m) * mean_m + _mean(prices.per_s) * mean_s
    leg = leg or _mean(prices.fixed) or _mean(prices.prizes) or 1.0
    eur = _money(prices, tick_m, tick_s, leg)
    money = leg / eur
    return Units(
        s=tick_s,
        m=tick_m,
        eur=eur,
        load=tuple(ticks),
        late=money * tick_s / mean_s,
        far=money * tick_m / mean_m,
        over=tuple(
            money * tick / (_mean(amounts) or 1.0)
            for tick, (amounts, _) in zip(ticks, loads, strict=True)
        ),
        leg=money,
    )


def _money(prices: Prices, tick_m: float, tick_s: float, leg: float) -> float:
    """EUR of a tick in which all prices are whole numbers, or many ticks."""
    rates = np.concatenate(
        [prices.per_m * tick_m, prices.per_s * tick_s, prices.overtime_per_s * tick_s]
    )
    rates = np.unique(rates[rates > 0])
    sums = np.concatenate([prices.fixed, prices.prizes])
    sums = np.unique(sums[sums > 0])
    finest = min(_MOST_LEG_MONEY / leg, _MOST_PAID_ONCE / max(float(sums.sum()), leg))
    if rates.size and rates[-1] < _SPAN * rates[0]:
        # With k ticks for the cheapest rate: the first k that makes all of them whole.
        ticks_per_eur = np.arange(1, _TRIED + 1) / rates[0]
        ticks_per_eur = ticks_per_eur[ticks_per_eur <= finest]
        whole = _whole(np.outer(ticks_per_eur, rates)).all(axis=1)
        once = np.outer(ticks_per_eur, sums)  # may be rounded when it is many ticks
        whole &= (_whole(once) | (once > 1e6)).all(axis=1)
        if whole.any():
            return float(1.0 / ticks_per_eur[np.argmax(whole)])
    return 1.0 / min(_LEG_MONEY * 10.0 ** -math.ceil(math.log10(leg)), finest)


def _tick(values: Sequence[ArrayLike], fine: float) -> float:
    """Largest power of ten of which all values are multiples, or one below `fine`."""
    found = [np.asarray(value, dtype=np.float64).ravel() for value in values]
    flat = np.unique(np.concatenate([value[np.isfinite(value)] for value in found]))
    for digits in _DIGITS:
        tick = 10.0**digits
        if tick < fine / 10.0:
            break
        if _whole(flat / tick).all():
            return tick
    return float(10.0 ** math.floor(math.log10(fine)))


def _whole(values: FloatArray) -> NDArray[np.bool_]:
    off = np.abs(values - np.rint(values))
    whole: NDArray[np.bool_] = off <= 1e-7 + 1e-15 * np.abs(values)
    return whole


def _mean(values: ArrayLike) -> float:
    """Mean of what is above 0; 0 when nothing is."""
    flat = np.asarray(values, dtype=np.float64)
    positive = flat[flat > 0]
    return float(positive.mean()) if positive.size else 0.0


def _smallest(values: FloatArray) -> float:
    positive = values[(values > 0) & np.isfinite(values)]
    return float(positive.min()) if positive.size else 1.0
