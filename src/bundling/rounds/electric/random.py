"""A small generator of its own for each search: the same seed gives the same search in any thread.

xorshift64* of Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled"
(ACM Transactions on Mathematical Software 42, 2016). numba's own generator belongs to the thread.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.electric.kernel import kernel


def generator(seed: int) -> NDArray[np.uint64]:
    """Return the state of a generator, ``[1]``."""
    return np.random.SeedSequence(seed).generate_state(1, dtype=np.uint64) | np.uint64(1)


@kernel
def uniform(rng):
    """Draw from ``[0, 1)``."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@kernel
def below(rng, n):
    """Draw a whole number from ``0 .. n - 1``."""
    return int(uniform(rng) * n)
