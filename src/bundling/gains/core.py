"""The core and the least core: who would leave, and how much it takes to keep everybody."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bundling.gains.coalition_rows import solve_with_coalitions
from bundling.gains.game import FloatArray, coalition_sums, players_of
from bundling.mip import LinearModel

_TOLERANCE_EUR = 1e-6


@dataclass(frozen=True)
class CoreCheck:
    """Whether a split is in the core: no coalition pays more than it costs on its own.

    Attributes
    ----------
    in_core
        Whether no coalition gains by leaving.
    leaving
        The coalition that gains most, as an index of the game; 0 when none does.
    excess_eur
        What it pays above its own cost; 0 when none does.
    """

    in_core: bool
    leaving: int
    excess_eur: float


def check_core(cost: FloatArray, split: FloatArray) -> CoreCheck:
    """Look for the coalition that gains most by leaving, when `split` is what each player pays."""
    excess = coalition_sums(split) - cost
    excess[0] = excess[-1] = -np.inf
    # Each by its own slack: rounding of a large coalition must not hide a small one that leaves.
    excess[excess <= _slack(cost)] = -np.inf
    worst = int(np.argmax(excess))
    if excess[worst] == -np.inf:
        return CoreCheck(True, 0, 0.0)
    return CoreCheck(False, worst, float(excess[worst]))


def core_verdict(cost: FloatArray, bound: FloatArray, split: FloatArray) -> str:
    """Whether `split` is in the core when every cost lies between `bound` and `cost`.

    Returns
    -------
    str
        ``no``: a coalition has a plan in hand that costs less than it is asked to pay. ``yes``:
        none has, and none can have. ``open``: the gap of the costs leaves it undecided.
    """
    if not check_core(cost, split).in_core:
        return "no"
    asked = coalition_sums(split)[1:-1]
    within = bound[1:-1] + _slack(bound[1:-1])
    return "yes" if (asked <= within).all() else "open"


@dataclass(frozen=True, eq=False)
class LeastCore:
    """The smallest amount with which a split keeps every coalition.

    Attributes
    ----------
    epsilon_eur
        What the worst-off coalition pays above its own cost, made as small as can be: when at
        most 0 the core is not empty, and when above 0 this much a coalition keeps all in.
    split_eur
        A split that does so; where several do, the nucleolus is the one to choose.
    tight
        Coalitions, as indices of the game, that hold epsilon where it is.
    has_core
        Whether some split is in the core: whether `check_core` says so of this one.
    """

    epsilon_eur: float
    split_eur: FloatArray
    tight: tuple[int, ...]
    has_core: bool


def least_core(cost: FloatArray, *, time_limit: float = math.inf) -> LeastCore:
    """Make the largest excess of a coalition as small as can be.

    Parameters
    ----------
    cost
        ``[2 ** n]``: cost of every coalition, ``n`` up to some 20.
    time_limit
        Wall seconds.

    Raises
    ------
    bundling.SolverError
        When HiGHS does not finish.

    Notes
    -----
    M. Maschler, B. Peleg, L.S. Shapley, "Geometric properties of the kernel, nucleolus, and
    related solution concepts", Mathematics of Operations Research 4 (1979).
    """
    players = players_of(cost)
    if players == 1:
        return LeastCore(-math.inf, np.array([float(cost[-1])]), (), True)
    scale = 1.0 / max(1e-300, float(np.abs(cost).max()))
    open_ = np.ones(cost.size, dtype=bool)
    open_[[0, -1]] = False
    model = LinearModel()
    pays = model.add_columns("pays", players, lower=-np.inf)
    least = int(model.add_columns("least saving", 1, lower=-np.inf, cost=-1.0)[0])
    total = scale * float(cost[-1])
    model.add_rows("paid", 1, (0, pays, 1.0), lower=total, upper=total)
    found = solve_with_coalitions(
        model, pays, scale * cost, open_, extra=least, time_limit=time_limit
    )
    tight = found.coalitions[np.abs(found.duals) > 1e-9]
    split = found.values[pays] / scale
    return LeastCore(
        -float(found.values[least]) / scale,
        split,
        tuple(sorted(tight.tolist())),
        check_core(cost, split).in_core,
    )


def least_core_range(
    cost: FloatArray, bound: FloatArray, *, time_limit: float = math.inf
) -> tuple[float, float]:
    """Lowest and highest epsilon of the least core when costs lie between `bound` and `cost`.

    Epsilon falls when parts cost more and rises when all together do, so that the two ends are
    the least cores of two games. A bound that is unknown (``-inf``) leaves its end open.
    """
    ends = []
    for parts, whole in ((cost, bound), (bound, cost)):
        game = np.array(parts, dtype=np.float64)
        game[0], game[-1] = 0.0, whole[-1]
        known = bool(np.isfinite(game).all())
        ends.append(least_core(game, time_limit=time_limit).epsilon_eur if known else None)
    low, high = ends
    return (-math.inf if low is None else low, math.inf if high is None else high)


def _slack(amount: FloatArray) -> FloatArray:
    slack: FloatArray = _TOLERANCE_EUR + 1e-6 * np.abs(amount)
    return slack
