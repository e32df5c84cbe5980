"""Random networks to design, small enough to be proved."""

from __future__ import annotations

import numpy as np

from bundling.location import DesignProblem, network_design


def random_case(seed: int, goods: int = 6, *, ample: float = 25.0) -> DesignProblem:
    """Seven nodes, a ring and 20 more arcs; odd seeds have several facilities of little room.

    Parameters
    ----------
    seed
        Of all numbers.
    goods
        How many commodities.
    ample
        Capacity of each arc where there is one facility on it.
    """
    rng = np.random.default_rng(seed)
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    arcs = [pairs[k] for k in rng.permutation(len(pairs))[:20]]
    ring = [(i, (i + 1) % 7) for i in range(7)]
    ends = [pairs[k] for k in rng.permutation(len(pairs))[:goods]]
    several = seed % 2 == 1
    return network_design(
        [*arcs, *ring], ends,
        unit_cost=rng.integers(0, 6, 27), fixed_cost=rng.integers(0, 40, 27),
        quantity=rng.integers(1, 6, goods),
        capacity=rng.integers(4, 9, 27) if several else ample,
        most_facilities=4 if several else 1,
    )  # fmt: skip
