"""The linear relaxation with its strong forcing rows, added where a solution breaks them.

``x[k,a] <= min(d[k], u[a]) n[a]`` for one commodity alone: without them the relaxation buys
only the share of a facility that is used, and its bound is of no use; all of them at once are as
many as the flows. B. Gendron, T. G. Crainic, "Relaxations for multicommodity capacitated network
design problems", CRT-965, Montreal 1994; added as cuts: M. Chouman, T. G. Crainic, B. Gendron,
"Commodity representations and cut-set-based inequalities for multicommodity capacitated
fixed-charge network design", Transportation Science 51 (2017) 650-667.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.model import Built
from bundling.mip import GrowingLp

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_BROKEN = 1e-4
"""Share of `force` by which a forcing row must be broken to be added."""
_ROUNDS = 60
_SMALL_GAIN = 1e-4
"""Relative gain of the bound below which the loop ends: what is left goes to the search."""


@dataclass(frozen=True, eq=False)
class Root:
    """What the relaxation gave.

    Attributes
    ----------
    bound
        No plan costs less; ``-inf`` when not even the first linear model was solved in time.
    values, reduced_costs
        Of all columns; None when there was no time.
    strong
        Pairs ``[P]`` whose forcing row was added.
    is_infeasible
        Proved: not even parts of facilities carry all goods.
    """

    bound: float
    values: FloatArray | None
    reduced_costs: FloatArray | None
    strong: BoolArray
    is_infeasible: bool = False


def relax(built: Built, left: Callable[[], float], tell: Callable[[float], bool]) -> Root:
    """Solve the relaxation.

    Parameters
    ----------
    built
        The model, without forcing rows.
    left
        Seconds left.
    tell
        Called with each better bound; False ends the loop.
    """
    strong = np.zeros(len(built.arc), dtype=bool)
    lp = GrowingLp(built.model)
    candidates = built.forced()
    bound, values, reduced = -np.inf, None, None
    weak = 0
    for _ in range(_ROUNDS):
        if left() <= 0:
            break
        answer = lp.solve(max(left(), 0.05))
        if answer is None:
            return Root(bound, values, reduced, strong, lp.is_infeasible)
        gain = answer.objective - bound
        values, reduced = answer.values, answer.reduced_costs
        weak = weak + 1 if gain <= _SMALL_GAIN * abs(answer.objective) else 0
        bound = max(bound, answer.objective)
        if not tell(bound):
            break
        over = values[built.flow] - built.force * values[np.maximum(built.count[built.arc], 0)]
        new = candidates[
            (over[candidates] > _BROKEN * built.force[candidates]) & ~strong[candidates]
        ]
        if not len(new) or weak >= 1:
            break
        strong[new] = True
        count = len(new)
        columns = np.column_stack([built.flow[new], built.count[built.arc[new]]]).ravel()
        terms = np.column_stack([np.ones(count), -built.force[new]]).ravel()
        start = np.arange(0, 2 * count + 1, 2)
        lp.add_rows(np.full(count, -np.inf), np.zeros(count), start, columns, terms)
    return Root(bound, values, reduced, strong)
