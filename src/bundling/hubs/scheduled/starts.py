"""First plans: insertion at spread prices, from several choices of hubs, the best to go on from.

While vehicles seem to cost only what a shipment fills of them, shipments meet at hubs; as the
spread part of prices goes down to nothing, half-empty departures are given up (slope scaling: T. G.
Crainic, B. Gendron, G. Hernu, "A slope scaling/Lagrangean perturbation heuristic with long-term
memory for multicommodity capacitated fixed-charge network design", Journal of Heuristics 10 (2004)
525-545). That leaves too many hubs with too little each, and later no small step closes one. So the
hubs used least are shut and the day is planned anew, as long as that is cheaper: fewer at a time
when it is not, and another one now and then open in place of one of those.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.scheduled.ruin import again_all, insert_all, put_all
from bundling.hubs.scheduled.state import Account, Day, Work

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_PASSES = 30
"""Times that every shipment looks for another way, while the spread part goes down to nothing."""
_FIRST_SHARE = (0.95, 0.8)
"""Spread part of the price of a vehicle while the first shipments find their way; one by turns."""
_STARTS = 16
"""Choices of hubs that are tried at most."""
_SHUT = 0.12
"""Part of the open hubs that is shut at first."""
_SWAP = 0.5
"""Chance that a shut hub opens in place of one that shuts, once single hubs are left to try."""


def start(
    day: Day,
    account: Account,
    price: FloatArray,
    work: Work,
    rng: np.random.Generator,
    goes_on: Callable[[], bool],
    cost: Callable[[], float],
) -> IntArray:
    """Leave in `account` the best plan of several starts; return shipments without a way.

    Parameters
    ----------
    day, account, price, work
        Problem, nothing that moves yet, price of one vehicle of each move, room to work in.
    rng
        All that is left to chance.
    goes_on
        False when the time for it is over; the start at hand then goes without its last passes.
    cost
        Of the plan in `account`, EUR.
    """
    without = _plan(day, account, price, work, rng, goes_on, _FIRST_SHARE[0])
    if without.size:
        return without
    least, users = cost(), account.users.copy()
    moves, slots = account.moves.copy(), account.slots.copy()
    nothing = np.full_like(moves, -1)
    number = max(1, round(_SHUT * np.count_nonzero(users)))
    for trial in range(1, _STARTS):
        if not goes_on() or np.count_nonzero(users) < 2:
            break
        account.blocked[:] = _shut(users, number, rng)
        put_all(day, account, price, nothing, nothing)
        share = _FIRST_SHARE[trial % len(_FIRST_SHARE)]
        stuck = _plan(day, account, price, work, rng, goes_on, share)
        found = np.inf if stuck.size else cost()
        if found < least:
            least, users = found, account.users.copy()
            moves, slots = account.moves.copy(), account.slots.copy()
        else:
            number = max(1, number // 2)
    account.blocked[:] = False
    put_all(day, account, price, moves, slots)
    return without


def _plan(
    day: Day,
    account: Account,
    price: FloatArray,
    work: Work,
    rng: np.random.Generator,
    goes_on: Callable[[], bool],
    share: float,
) -> IntArray:
    """Find every shipment a way, the largest first, then better ones; return those without."""
    insert_all(day, account, price, share, np.argsort(-day.load[:, 0], kind="stable"), work)
    without = np.flatnonzero(account.moves[:, 0] < 0)
    if not without.size:
        for part in np.linspace(share, 0.0, _PASSES):
            if not goes_on():
                break
            again_all(day, account, price, part, rng.permutation(len(day.load)), work)
    return without


def _shut(users: IntArray, number: int, rng: np.random.Generator) -> BoolArray:
    """Choose hubs to shut: those nobody uses and the least used; one of the first may open."""
    shut: BoolArray = users == 0
    if number == 1:
        # By chance, those with few users more often.
        weight = np.where(shut, 0.0, 1.0 / np.maximum(users, 1))
        gone = rng.choice(len(users), 1, p=weight / weight.sum())
        if shut.any() and rng.random() < _SWAP:
            shut[rng.choice(np.flatnonzero(shut))] = False
    else:
        gone = np.argsort(np.where(shut, np.iinfo(np.int64).max, users), kind="stable")[:number]
    shut[gone] = True
    return shut
