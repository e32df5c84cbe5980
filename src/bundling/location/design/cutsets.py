"""Rows that say how much must leave a set of nodes, and how many facilities that takes at least.

What must leave a set must fit the facilities on the arcs that leave it; from such a row, which no
combination of the balance rows of single commodities gives, HiGHS derives its covers. No fewer
facilities will do than the largest ones would (minimum cardinality). M. Chouman, T. G. Crainic, B.
Gendron, "Commodity representations and cut-set-based inequalities for multicommodity capacitated
fixed-charge network design", Transportation Science 51 (2017) 650-667. Sets here are single nodes,
pairs of nodes that an arc joins, and what lies outside of these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.location.design.problem import DesignProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_NEAR = 1.25
"""A row is taken where the relaxation has no more than this of what it asks for."""


@dataclass(frozen=True, eq=False)
class CutSet:
    """What must leave a set of nodes, and by which arcs it can.

    Attributes
    ----------
    arcs
        Arcs with a facility column that lead out of the set.
    room
        Units that a facility on each of these carries, no more than must leave.
    units
        Units that must leave by these arcs.
    number
        Facilities that this takes at least.
    """

    arcs: IntArray
    room: FloatArray
    units: float
    number: int


def cut_sets(problem: DesignProblem, has_column: BoolArray) -> Iterator[CutSet]:
    """Yield what must leave single nodes, pairs of neighbours and their complements.

    Parameters
    ----------
    problem
        The network and its goods.
    has_column
        Arcs whose facilities are decided ``[A]``; those of others are all there.
    """
    total = problem.total_capacity
    room = np.minimum(problem.capacity, float(problem.quantity.sum()))
    pairs = np.unique(np.sort(np.column_stack([problem.tail, problem.head]), axis=1), axis=0)
    for nodes in [*((i,) for i in range(problem.num_nodes)), *map(tuple, pairs.tolist())]:
        inside = np.zeros(problem.num_nodes, dtype=bool)
        inside[list(nodes)] = True
        for within in (inside, ~inside):
            goods = within[problem.origin] & ~within[problem.destination]
            leaving = within[problem.tail] & ~within[problem.head] & (total > 0)
            units = float(problem.quantity[goods].sum() - total[leaving & ~has_column].sum())
            arcs = np.flatnonzero(leaving & has_column)
            if not units > 1e-9 or not len(arcs):
                continue
            fits = np.minimum(room[arcs], units)
            yield CutSet(arcs, fits, units, _least(fits, problem.most_facilities[arcs], units))


def _least(room: FloatArray, most: IntArray, units: float) -> int:
    """Count the largest facilities that carry some units."""
    number, left = 0, units * (1 - 1e-9)
    for p in np.argsort(-room, kind="stable"):
        needed = int(min(most[p], np.ceil(left / room[p])))
        number += needed
        left -= needed * room[p]
        if left <= 0:
            break
    return number


def add_cut_sets(problem: DesignProblem, built: Built, share: FloatArray) -> int:
    """Add the rows that bind, or nearly do, at the relaxation's facilities; return how many."""
    terms: list[tuple[FloatArray | float, IntArray]] = []
    lower: list[float] = []
    for cut in cut_sets(problem, built.count >= 0):
        columns = built.count[cut.arcs]
        held = share[cut.arcs]
        if cut.room @ held <= _NEAR * cut.units:
            terms.append((cut.room / cut.units, columns))
            lower.append(1.0)
        if cut.number > 1 and held.sum() <= cut.number * _NEAR:
            terms.append((1.0, columns))
            lower.append(float(cut.number))
    if not terms:
        return 0
    row = np.repeat(np.arange(len(terms)), [len(columns) for _, columns in terms])
    column = np.concatenate([columns for _, columns in terms])
    factor = np.concatenate([np.broadcast_to(f, columns.shape) for f, columns in terms])
    built.model.add_rows("cut set", len(terms), (row, column, factor), lower=np.array(lower))
    return len(terms)
