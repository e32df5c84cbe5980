"""Which pieces a step of ruin and recreate takes off."""

from __future__ import annotations

from bundling.location.kernel import kernel

MOST_TAKEN = 30
"""Pieces that a step takes off an arc at most, before the others of the same goods."""

_ON = 0.85
"""Chance that a step goes on to take more."""


@kernel
def ruin(net, slots, load, used, num_used, taken, is_out, rng):
    """Choose pieces that share an arc, or one of two arcs.

    Parameters
    ----------
    net, slots, load
        The network, what takes which way, and units on each arc.
    used, num_used
        Arcs that carry something, so many.
    taken, is_out
        Written: the pieces chosen.
    rng
        For all that is left to chance.

    Returns
    -------
    int
        How many pieces.
    """
    if num_used == 0:
        return 0
    first = used[int(rng.random() * num_used)]
    other = used[int(rng.random() * num_used)]
    if load[other] < load[first]:
        first = other
    most = 1 + int(rng.random() * MOST_TAKEN)
    num = _take(slots, first, 0, most, taken, is_out, rng)
    while 0 < num < most and rng.random() < _ON:
        # Others that pass an arc of one of the pieces, or leave from its tail.
        s = taken[int(rng.random() * num)]
        length = 0
        while length < slots.way.shape[1] and slots.way[s, length] >= 0:
            length += 1
        a = slots.way[s, int(rng.random() * length)]
        low, high = a, a + 1
        if rng.random() < 0.5:
            low, high = net.start[net.tail[a]], net.start[net.tail[a] + 1]
        for a in range(low, high):
            num = _take(slots, a, num, most, taken, is_out, rng)
    # What else there is of the same goods, so that pieces do not become ever smaller.
    for t in range(num):
        s = slots.first_of[slots.commodity[taken[t]]]
        while s >= 0:
            if not is_out[s]:
                is_out[s] = True
                taken[num] = s
                num += 1
            s = slots.after_of[s]
    return num


@kernel
def _take(slots, a, num, most, taken, is_out, rng):
    """Choose pieces on an arc until there are `most`; return how many there are."""
    length = slots.way.shape[1]
    begin, entry = num, slots.first[a]
    while entry >= 0:
        s = entry // length
        if not is_out[s]:
            is_out[s] = True
            taken[num] = s
            num += 1
        entry = slots.after[entry]
    # By chance, where there are too many.
    while num > most:
        t = begin + int(rng.random() * (num - begin))
        is_out[taken[t]] = False
        num -= 1
        taken[t] = taken[num]
    return num
