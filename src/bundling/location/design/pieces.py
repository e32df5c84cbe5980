"""Goods by the ways that they take, and which of them pass an arc."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.location.kernel import kernel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Pieces:
    """Goods by the ways that they take.

    Attributes
    ----------
    commodity, units
        Of each piece ``[S]``; commodity -1 where there is none.
    way
        Arcs of each piece ``[S, N]``, -1 after the last.
    """

    commodity: IntArray
    units: FloatArray
    way: IntArray


class Slots(NamedTuple):
    """Pieces as the kernels keep them, in lists by arc and by commodity.

    Attributes
    ----------
    commodity, units, way
        As in `Pieces`, with slots to spare.
    first, after, ahead
        First entry of each arc ``[A]``, the entries after and ahead of each ``[S N]``; slot ``s``
        at place ``p`` of its way is entry ``s N + p``; -1: none.
    first_of, after_of, ahead_of
        First slot of each commodity ``[K]``, and the slots after and ahead of each ``[S]``.
    free
        Slots without goods, a stack ``[S]``.
    count
        How many slots are free ``[1]``.
    """

    commodity: Any
    units: Any
    way: Any
    first: Any
    after: Any
    ahead: Any
    first_of: Any
    after_of: Any
    ahead_of: Any
    free: Any
    count: Any


def slots_of(pieces: Pieces, spare: int, num_arcs: int, num_commodities: int) -> Slots:
    """Return pieces as the kernels keep them, with slots to spare."""
    count, nodes = pieces.way.shape
    room = count + spare
    slots = Slots(
        np.full(room, -1), np.zeros(room), np.full((room, nodes), -1),
        np.full(num_arcs, -1), np.full(room * nodes, -1), np.full(room * nodes, -1),
        np.full(num_commodities, -1), np.full(room, -1), np.full(room, -1),
        np.zeros(room, dtype=np.int64), np.zeros(1, dtype=np.int64),
    )  # fmt: skip
    slots.commodity[:count], slots.units[:count] = pieces.commodity, pieces.units
    slots.way[:count] = pieces.way
    fill_lists(slots)
    return slots


@kernel
def fill_lists(slots):
    """Put all pieces into the lists."""
    for s in range(len(slots.commodity) - 1, -1, -1):
        if slots.commodity[s] >= 0:
            link(slots, s)
        else:
            slots.free[slots.count[0]] = s
            slots.count[0] += 1


@kernel
def link(slots, s):
    """Put a piece into the lists of its arcs and its commodity."""
    length = slots.way.shape[1]
    for p in range(length):
        a = slots.way[s, p]
        if a < 0:
            break
        _push(slots.first, slots.after, slots.ahead, a, s * length + p)
    _push(slots.first_of, slots.after_of, slots.ahead_of, slots.commodity[s], s)


@kernel
def unlink(slots, s):
    """Take a piece out of the lists, and give its slot back."""
    length = slots.way.shape[1]
    for p in range(length):
        a = slots.way[s, p]
        if a < 0:
            break
        _drop(slots.first, slots.after, slots.ahead, a, s * length + p)
    _drop(slots.first_of, slots.after_of, slots.ahead_of, slots.commodity[s], s)
    slots.commodity[s] = -1
    slots.free[slots.count[0]] = s
    slots.count[0] += 1


@kernel
def _push(first, after, ahead, owner, entry):
    """Put an entry at the head of its owner's list."""
    old = first[owner]
    first[owner] = entry
    ahead[entry], after[entry] = -1, old
    if old >= 0:
        ahead[old] = entry


@kernel
def _drop(first, after, ahead, owner, entry):
    """Take an entry out of its owner's list."""
    left, right = ahead[entry], after[entry]
    if left >= 0:
        after[left] = right
    else:
        first[owner] = right
    if right >= 0:
        ahead[right] = left
