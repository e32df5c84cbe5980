"""The strong linear relaxation: prices by ascent, made exact by a linear program where it is small.

``x[k,a] <= min(d[k], u[a]) n[a]`` for one commodity alone: without these rows the relaxation buys
only the share of a facility that is used, and its bound is of no use; all of them at once are as
many as the flows. The ascent of `lagrange` has them all, and is near the optimum soon; the linear
program begins with the rows that count at its prices and takes others where a solution breaks them.
B. Gendron, T. G. Crainic, "Relaxations for multicommodity capacitated network design problems",
CRT-965, Montreal 1994; added as cuts: M. Chouman, T. G. Crainic, B. Gendron, "Commodity
representations and cut-set-based inequalities for multicommodity capacitated fixed-charge network
design", Transportation Science 51 (2017) 650-667.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.design.lagrange import Ascent, Priced, arcs_of, first_prices
from bundling.location.design.model import Built
from bundling.location.design.problem import DesignProblem
from bundling.mip import GrowingLp

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_BROKEN = 1e-4
"""Share of `force` by which a forcing row must be broken to be added."""
_ROUNDS = 100
_SMALL_GAIN = 1e-5
"""Relative gain of the bound below which the loops end."""
_STEPS = 200
"""Steps of the ascent after which its gain is looked at, and what it may take in all."""
_MOST_STEPS = 3000
_PAIRS_AT_ONCE = 20e6
"""Pairs times steps between two looks at the clock: a quarter of a second or so."""
_LP_PAIRS = 15_000
"""Pairs of a commodity and an arc above which there is no linear program."""


@dataclass(frozen=True, eq=False)
class Root:
    """What the relaxation gave.

    Attributes
    ----------
    priced
        The best prices and their bound.
    reduced
        What a unit of each pair costs less its gain ``[P]``.
    strong
        Pairs ``[P]`` whose forcing row counts.
    flow
        Of the linear program ``[P]``; None without.
    is_infeasible
        Proved: not even parts of facilities carry all goods.
    """

    priced: Priced
    reduced: FloatArray
    strong: BoolArray
    flow: FloatArray | None = None
    is_infeasible: bool = False

    @property
    def bound(self) -> float:
        """No plan costs less."""
        return self.priced.bound


def relax(
    problem: DesignProblem,
    built: Built,
    left: Callable[[], float],
    tell: Callable[[float], bool],
    target: Callable[[], float],
) -> Root:
    """Solve the relaxation.

    Parameters
    ----------
    problem, built
        The problem and its whole model, without forcing rows.
    left
        Seconds left.
    tell
        Called with each better bound; False ends it.
    target
        Cost of the best plan now, `inf` without one.
    """
    ascent = Ascent(arcs_of(problem), first_prices(problem))
    each = int(np.clip(_PAIRS_AT_ONCE / len(built.arc), 10, 100))
    goes_on, taken, last, again = True, 0, -np.inf, True
    while goes_on and left() > 0 and taken < _MOST_STEPS:
        # A plan far above would make the steps too long.
        ascent.rise(each, min(target(), 1.05 * ascent.bound))
        taken += each
        if ascent.is_tired or ascent.bound >= target():
            if not again:
                break
            ascent, again = Ascent(arcs_of(problem), ascent.priced().price, 0.2), False
        if taken % _STEPS < each:
            if ascent.bound - last <= _SMALL_GAIN * abs(ascent.bound):
                break
            last = ascent.bound
            goes_on = tell(ascent.bound)
    priced = ascent.priced()
    reduced = _reduced(problem, built, priced.price)
    strong = (reduced < 0) & (built.count[built.arc] >= 0)
    if left() <= 0 or not goes_on or len(built.arc) > _LP_PAIRS:
        return Root(priced, reduced, strong)
    return _exact(problem, built, priced, strong, left, tell)


def _reduced(problem: DesignProblem, built: Built, price: FloatArray) -> FloatArray:
    k, a = built.commodity, built.arc
    reduced: FloatArray = (
        problem.unit_cost[a] + price[k, problem.tail[a]] - price[k, problem.head[a]]
    )
    return reduced


def _exact(
    problem: DesignProblem,
    built: Built,
    priced: Priced,
    strong: BoolArray,
    left: Callable[[], float],
    tell: Callable[[float], bool],
) -> Root:
    """Solve the linear program, with the rows `strong` to begin with."""
    lp, wanted = GrowingLp(built.model), built.forced()
    held = strong.copy()
    _add(lp, built, np.flatnonzero(held))
    last, few, flow = -np.inf, 0, None
    for _ in range(_ROUNDS):
        answer = lp.solve(max(left(), 0.05))
        if answer is None:
            break
        values = answer.values
        flow = np.maximum(values[built.flow], 0.0)
        share = np.zeros(problem.num_arcs)
        paid = np.flatnonzero(built.count >= 0)
        share[paid] = values[built.count[paid]]
        price = _prices(problem, built, answer.row_duals)
        exact = Ascent(arcs_of(problem), price).priced()
        # At the end the bound of the prices is that of the linear program.
        if exact.bound >= priced.bound - 1e-6 * abs(priced.bound):
            priced = Priced(max(exact.bound, priced.bound), price, exact.worth, share)
        few = few + 1 if answer.objective - last <= _SMALL_GAIN * abs(answer.objective) else 0
        last = answer.objective
        over = flow - built.force * np.where(built.count >= 0, share, 1.0)[built.arc]
        new = wanted[(over[wanted] > _BROKEN * built.force[wanted]) & ~held[wanted]]
        if not len(new) or few >= 3 or left() <= 0 or not tell(priced.bound):
            break
        held[new] = True
        _add(lp, built, new)
    reduced = _reduced(problem, built, priced.price)
    strong = held | ((reduced < 0) & (built.count[built.arc] >= 0))
    return Root(priced, reduced, strong, flow, lp.is_infeasible)


def _add(lp: GrowingLp, built: Built, new: NDArray[np.int64]) -> None:
    """Add the forcing rows of some pairs."""
    count = len(new)
    columns = np.column_stack([built.flow[new], built.count[built.arc[new]]]).ravel()
    terms = np.column_stack([np.ones(count), -built.force[new]]).ravel()
    start = np.arange(0, 2 * count + 1, 2)
    lp.add_rows(np.full(count, -np.inf), np.zeros(count), start, columns, terms)


def _prices(problem: DesignProblem, built: Built, duals: FloatArray) -> FloatArray:
    """Return the prices of all nodes from the duals of the balance rows, the first of the model."""
    price = np.zeros((problem.num_commodities, problem.num_nodes))
    price.ravel()[built.balance] = -duals[: len(built.balance)]
    return price
