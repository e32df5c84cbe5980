"""Ruin: take strings of stops out of routes that lie near each other.

Slack induction by string removals of Christiaens and Vanden Berghe, "Slack induction by string
removals for vehicle routing problems" (Transportation Science 54, 2020), with their parameters.
"""

from __future__ import annotations

import numpy as np

from bundling.rounds.electric.arrays import PRIZE
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.random import below, uniform
from bundling.rounds.electric.routes import note_cut, unlink
from bundling.rounds.electric.units import remove_mates

LONGEST = 10
"""Stops in a string at most."""
AVERAGE = 10
"""Stops removed on average."""
SPLIT = 0.5
"""Chance to keep a few stops within a string."""
NEAR_ABSENT = 0.5
"""Chance to begin beside a stop that must be served and is not."""
KEEP_ONE_MORE = 0.01
"""Chance to keep one stop more."""


@kernel
def ruin(data, state, absent, num, touched, num_touched, average, rng):
    """Remove strings; append the stops to `absent` and the routes to `touched`.

    Returns
    -------
    tuple
        Length of `absent`, length of `touched`.
    """
    n = len(state.nxt)
    served, routes = 0, 0
    for r in range(len(state.size)):
        served += state.size[r]
        routes += state.size[r] > 0
    if served == 0:
        return num, num_touched
    longest = min(float(LONGEST), served / routes)
    strings = int((4.0 * average / (1.0 + longest) - 1.0) * uniform(rng) + 1.0)
    seed = below(rng, n)
    if num > 0 and uniform(rng) < NEAR_ABSENT:
        c = absent[below(rng, num)]
        if data.stop[c, PRIZE] == np.inf:
            seed = c
    while state.route[seed] >= 0 and state.frozen[state.route[seed]]:
        seed = below(rng, n)
    begin, since = num_touched, num
    for k in range(n):
        c = data.near[seed, k]
        r = state.route[c]
        if r < 0 or state.frozen[r]:
            continue
        again = False
        for t in range(num_touched):
            again = again or touched[t] == r
        if again:
            continue
        size = state.size[r]
        length = min(size, int(uniform(rng) * min(size, longest) + 1.0))
        kept = 0
        if length > 1 and length < size and uniform(rng) < SPLIT:
            kept = 1
            while length + kept < size and uniform(rng) < KEEP_ONE_MORE:
                kept += 1
        # A window of length + kept stops that holds c, somewhere.
        at = 0
        node = state.prv[c]
        while node >= 0:
            at += 1
            node = state.prv[node]
        wide = length + kept
        low, high = max(0, at - wide + 1), min(at, size - wide)
        start = low + below(rng, high - low + 1)
        hole = start + (below(rng, length - 1) + 1 if kept > 0 and length > 1 else wide)
        node = state.first[r]
        for _ in range(start):
            node = state.nxt[node]
        out_kg, back_kg = 0.0, 0.0
        for position in range(start, start + wide):
            following = state.nxt[node]
            if not (kept > 0 and hole <= position < hole + kept):
                unlink(state, node)
                out_kg += data.freight[node, 0, 0]
                back_kg += data.freight[node, 1, 0]
                absent[num] = node
                num += 1
            node = following
        note_cut(data, state, r, start, kept, length, out_kg, back_kg)
        touched[num_touched] = r
        num_touched += 1
        if num_touched - begin >= strings:
            break
    if data.pairs:
        num = remove_mates(data, state, absent, since, num, touched, begin, num_touched)
    return num, num_touched
