"""Spans of time a vehicle could have on a plug, and what each is worth at given prices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.plug_model import cap_kw, kinds_of
from bundling.energy.problem import EnergyProblem
from bundling.energy.seats import stay_slots

FloatArray = NDArray[np.float64]

_LENGTHS = (1.0, 1.5)
"""Lengths of a session, in multiples of the shortest that can charge the whole need."""
_STARTS = 12
"""Slots spread over a stay at which a session may begin, besides those the guide begins at."""


@dataclass(frozen=True)
class Span:
    """A vehicle on a plug of one power, from slot `first` until before slot `end`.

    `saves` is how much less the vehicle costs than with its whole need missing.
    """

    vehicle: int
    kind: int
    first: int
    end: int
    saves: float


def spans_of(
    problem: EnergyProblem,
    prices: FloatArray,
    shortfall_price: float,
    guide_kw: FloatArray,
    elsewhere: float,
) -> list[Span]:
    """List spans worth having.

    Parameters
    ----------
    problem
        What is asked; it has plugs.
    prices
        Shape (T,): cost of a kWh into a vehicle in each slot.
    shortfall_price
        Cost of a missing kWh.
    guide_kw
        Shape (J, T): power in a plan that counts everything but the plugs. Prices alone would
        send all vehicles to the same cheap slots.
    elsewhere
        What a kWh outside the guide is worth, as a share of one within it.
    """
    assert problem.plugs is not None
    kinds = kinds_of(problem.plugs)[0]
    first, end = stay_slots(problem)
    whole = problem.plugs.rule == "stay"
    # A kWh in a slot saves what its missing costs, less its price; only what saves is charged.
    gain = np.maximum(0.0, shortfall_price - prices)
    guide = guide_kw * problem.slot_h
    spans: list[Span] = []
    for kind, kw in enumerate(kinds):
        energy = cap_kw(problem, float(kw)) * problem.slot_h
        for j in range(problem.num_vehicles):
            begin, stop, need = int(first[j]), int(end[j]), float(problem.need_kwh[j])
            if stop == begin or need <= 0:
                continue
            if whole:
                spread = [(begin, stop)]
            else:
                spread = _sessions(energy[j, begin:stop], guide[j, begin:stop], need, begin)
            for a, b in spread:
                within = np.minimum(guide[j, a:b], energy[j, a:b])
                rest = _worth(energy[j, a:b] - within, gain[a:b], need - float(within.sum()))
                saves = float(within @ gain[a:b]) + elsewhere * rest
                if saves > 0:
                    spans.append(Span(j, kind, a, b, saves * float(problem.vehicle_weight[j])))
    return spans


def _sessions(
    energy: FloatArray, guide: FloatArray, need_kwh: float, begin: int
) -> list[tuple[int, int]]:
    """Sessions within a stay: from some slots, of some lengths each."""
    size = energy.size
    total = np.r_[0.0, np.cumsum(energy)]
    charges = np.diff(np.r_[False, guide > 1e-6, False].astype(np.int8))
    begins, ends = np.flatnonzero(charges == 1), np.flatnonzero(charges == -1)
    found: set[tuple[int, int]] = {(begin, begin + size)}
    for a in begins:
        found |= {(begin + int(a), begin + int(b)) for b in ends if b > a}
    spread = np.unique(np.linspace(0, size - 1, min(size, _STARTS)).astype(int))
    for a in {*spread.tolist(), *begins.tolist()}:
        enough = int(np.searchsorted(total, total[a] + need_kwh - 1e-9))
        shortest = min(size, max(a + 1, enough)) - a
        for factor in _LENGTHS:
            length = min(size - a, int(np.ceil(factor * shortest)))
            found.add((begin + a, begin + a + length))
    return sorted(found)


def _worth(energy: FloatArray, gain: FloatArray, most_kwh: float) -> float:
    """Fill at most `most_kwh` within a span, where it saves most first; return what it saves."""
    order = np.argsort(-gain, kind="stable")
    filled = np.minimum(max(0.0, most_kwh), np.cumsum(energy[order]))
    return float(np.diff(filled, prepend=0.0) @ gain[order])
