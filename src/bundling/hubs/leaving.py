"""Who would leave a split, with whom, and why: facts, not words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.gains import DearerTogether, coalition_sums
from bundling.hubs.problem import BoolArray, FloatArray

if TYPE_CHECKING:
    from bundling.hubs.sharing import Sharing
    from bundling.hubs.sharing_many import ManySharing

_TOLERANCE_EUR = 1e-6


@dataclass(frozen=True)
class Leaving:
    """What the best way out of a player is worth.

    Attributes
    ----------
    leaves
        ``yes``, ``no``, or ``open`` when the gaps of the costs leave it undecided.
    others
        Players it would leave with; empty when alone.
    cost_eur
        Cost of the coalition on its own: of a plan in hand for ``yes`` and ``no``, the least that
        it may be for ``open`` (``-inf`` when nothing is proved); ``nan`` without anybody to leave.
    asked_eur
        What the split asks of the coalition.
    unseen
        Whether it is ``open`` only because not all coalitions were looked at: the coalition then
        is the best way out among those that were, and a worse one.
    """

    leaves: str
    others: tuple[str, ...]
    cost_eur: float
    asked_eur: float
    unseen: bool = False


@dataclass(frozen=True)
class AboutAll:
    """What can be said of all players together.

    Attributes
    ----------
    core
        ``yes``: some split keeps all in; ``no``: none does; ``open``: undecided; ``one``: there is
        a single player.
    epsilon_eur
        What every coalition would have to lose by leaving, before a split keeps all in; at least
        this where not all coalitions were looked at.
    one, other, dearer
        Two coalitions that cost more together than apart, if any do.
    """

    core: str
    epsilon_eur: float
    one: tuple[str, ...]
    other: tuple[str, ...]
    dearer: DearerTogether | None


def leaving(sharing: Sharing, pays: FloatArray, player: int) -> Leaving:
    """Find the coalition of a player's largest excess, and whether it would leave."""
    cost, bound = sharing.coalitions.cost_eur, sharing.coalitions.bound_eur
    if cost.size == 2:
        return Leaving("no", (), np.nan, float(pays[player]))
    asked = coalition_sums(pays)
    mine = (np.arange(cost.size) >> player) & 1 == 1
    mine[-1] = False
    verdict, coalition, amount = _way_out(mine, asked, cost, bound)
    others = members_of(sharing, coalition & ~(1 << player))
    return Leaving(verdict, others, amount, float(asked[coalition]))


def leaving_many(sharing: ManySharing, pays: FloatArray, player: int) -> Leaving:
    """Do as `leaving` does with the coalitions that were looked at; ``no`` is never certain."""
    if len(sharing.players) == 1:
        return Leaving("no", (), np.nan, float(pays[player]))
    asked = sharing.held @ pays
    mine = sharing.held[:, player]
    verdict, row, amount = _way_out(mine, asked, sharing.cost_eur, sharing.bound_eur)
    with_it = sharing.held[row].copy()
    with_it[player] = False
    others = tuple(sharing.players[p] for p in np.flatnonzero(with_it))
    unseen = verdict == "no"
    return Leaving("open" if unseen else verdict, others, amount, float(asked[row]), unseen)


def _way_out(
    mine: BoolArray, asked: FloatArray, cost: FloatArray, bound: FloatArray
) -> tuple[str, int, float]:
    """Verdict, the coalition of `mine` it is of, and the amount that is held against it."""
    # Each by its own slack: rounding of a large coalition must not hide a small one that leaves.
    excess = np.where(mine, asked - cost, -np.inf)
    doubt = np.where(mine, asked - bound, -np.inf)
    for word, beyond, amount in (("yes", excess, cost), ("open", doubt, bound)):
        sure = np.where(beyond > slack(amount), beyond, -np.inf)
        most = int(np.argmax(sure))
        if sure[most] > -np.inf:
            return word, most, float(amount[most])
    worst = int(np.argmax(excess))
    return "no", worst, float(cost[worst])


def about_all(sharing: Sharing) -> AboutAll:
    """Find whether anything keeps all in, and whether some lose by merging."""
    if len(sharing.players) == 1:
        return AboutAll("one", 0.0, (), (), None)
    low, high = sharing.least_core_range()
    limit = float(slack(sharing.total_eur))
    core = "yes" if high <= limit else "no" if low > limit else "open"
    dearer = sharing.dearer_together()
    one: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    if not dearer.is_subadditive:
        one, other = members_of(sharing, dearer.one), members_of(sharing, dearer.other)
    return AboutAll(
        core,
        sharing.least_core().epsilon_eur,
        one,
        other,
        None if dearer.is_subadditive else dearer,
    )


def about_many(sharing: ManySharing) -> AboutAll:
    """Do as `about_all` does with the coalitions that were looked at: ``yes`` is never certain."""
    if len(sharing.players) == 1:
        return AboutAll("one", 0.0, (), (), None)
    low = sharing.least_core_low_eur()
    core = "no" if low > slack(sharing.total_eur) else "open"
    return AboutAll(core, sharing.core.epsilon_eur, (), (), None)


def members_of(sharing: Sharing, coalition: int) -> tuple[str, ...]:
    """Names of the players in a coalition."""
    return tuple(name for p, name in enumerate(sharing.players) if coalition >> p & 1)


def slack(amount: FloatArray | float) -> FloatArray:
    """Difference below which two amounts are called equal."""
    size = np.abs(np.asarray(amount, dtype=np.float64))
    return np.where(np.isfinite(size), _TOLERANCE_EUR + 1e-6 * size, 0.0)
