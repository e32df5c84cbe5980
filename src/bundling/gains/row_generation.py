"""Least core of a game with too many coalitions to list, by asking which one would leave."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bundling.errors import SolverError
from bundling.gains.game import BoolArray, FloatArray
from bundling.mip import GrowingLp, LinearModel

Leaver = tuple[BoolArray, float]
"""Who is in a coalition, ``[players]``, and what it costs on its own."""
Separate = Callable[[FloatArray], Leaver | None]


@dataclass(frozen=True, eq=False)
class RowsCore:
    """What is known of the least core.

    Attributes
    ----------
    split_eur
        The last split.
    epsilon_eur
        Proved: no split does better than this. Exact when `proved`.
    worst_eur
        The largest excess of a coalition that was seen with the last split.
    proved
        Whether an exact separation said that no coalition pays more above its cost than epsilon.
    coalitions
        The coalitions asked for, ``[k, players]``, those that were given included.
    cost_eur
        Their costs.
    rounds
        How often the separation was asked.
    """

    split_eur: FloatArray
    epsilon_eur: float
    worst_eur: float
    proved: bool
    coalitions: BoolArray
    cost_eur: FloatArray
    rounds: int

    @property
    def has_core(self) -> bool | None:
        """Whether some split is in the core; None when it is not known."""
        excess = self.coalitions @ self.split_eur - self.cost_eur
        if self.epsilon_eur > 1e-6 and (excess > 1e-6 + 1e-6 * np.abs(self.cost_eur)).any():
            return False  # the tolerance of `check_core`
        return True if self.proved else None


def least_core_by_rows(
    total_eur: float,
    alone_eur: FloatArray,
    separate: Separate,
    *,
    exact: bool = True,
    known: tuple[BoolArray, FloatArray] | None = None,
    most_rounds: int = 1000,
    time_limit: float = math.inf,
) -> RowsCore:
    """Make the largest excess of a coalition as small as can be, by row generation.

    Parameters
    ----------
    total_eur
        Cost of all together.
    alone_eur
        Cost of each player alone; these coalitions are known from the start.
    separate
        Gets a split, and gives the coalition that pays most above its own cost and that cost, or
        None when it finds none; usually the coalition's own problem with who takes part as a
        decision.
    exact
        False when the separation may miss coalitions, as `local_separation` may: then nothing is
        ever called proved, and epsilon is a lower bound.
    known
        More coalitions ``[k, players]`` with their costs.
    most_rounds, time_limit
        End after this many coalitions, or wall seconds between two of them.

    Raises
    ------
    ValueError
        When a coalition that is given, or returned, is nobody or everybody.
    bundling.SolverError
        When HiGHS finds no optimum in time.

    Notes
    -----
    M. Göthe-Lundgren, K. Jörnsten, P. Värbrand, "On the nucleolus of the basic vehicle routing
    game", Mathematical Programming 72 (1996); Engevall, Göthe-Lundgren, Värbrand (2004).
    """
    ends = time.perf_counter() + time_limit
    players = alone_eur.size
    if players == 1:
        nobody = np.zeros((0, 1), dtype=bool)
        whole = np.array([float(total_eur)])
        return RowsCore(whole, -math.inf, -math.inf, True, nobody, np.zeros(0), 0)
    held, cost = np.eye(players, dtype=bool), np.asarray(alone_eur, dtype=np.float64)
    if known is not None:
        held, cost = np.concatenate([held, known[0]]), np.concatenate([cost, known[1]])
    _must_be_proper(held)
    scale = 1.0 / max(1e-300, abs(total_eur), float(np.abs(cost).max()))
    model = LinearModel()
    pays = model.add_columns("pays", players, lower=-np.inf)
    least = int(model.add_columns("least saving", 1, lower=-np.inf, cost=-1.0)[0])
    paid = scale * total_eur
    model.add_rows("paid", 1, (0, pays, 1.0), lower=paid, upper=paid)
    row, player = np.nonzero(held)
    each = np.arange(cost.size)
    model.add_rows(
        "saving", cost.size, (row, pays[player], 1.0), (each, least, 1.0), upper=scale * cost
    )
    lp = GrowingLp(model)
    rounds = 0
    while True:
        answer = lp.solve(max(0.01, ends - time.perf_counter()))
        if answer is None:
            raise SolverError("the least core was not found in time")
        split, epsilon = answer.values[pays] / scale, -float(answer.values[least]) / scale
        worst = float((held @ split - cost).max())
        if rounds >= most_rounds or time.perf_counter() >= ends:
            return RowsCore(split, epsilon, worst, False, held, cost, rounds)
        found = separate(split)
        rounds += 1
        excess = -math.inf if found is None else float(split[found[0]].sum() - found[1])
        if found is None or excess <= epsilon + 1e-7 / scale:
            return RowsCore(split, epsilon, worst, exact, held, cost, rounds)
        who = np.asarray(found[0], dtype=bool)[None]
        _must_be_proper(who)
        held, cost = np.concatenate([held, who]), np.append(cost, found[1])
        column = np.append(pays[who[0]], least)
        lp.add_rows(
            np.array([-np.inf]), np.array([scale * found[1]]), np.array([0, column.size]),
            column, np.ones(column.size),
        )  # fmt: skip


def _must_be_proper(held: BoolArray) -> None:
    if not held.any(axis=1).all() or held.all(axis=1).any():
        raise ValueError("a coalition that may leave holds somebody, and not everybody")
