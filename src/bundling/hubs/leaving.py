"""Who would leave a split, with whom, and why: facts, not words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.gains import DearerTogether, coalition_sums
from bundling.hubs.problem import FloatArray

if TYPE_CHECKING:
    from bundling.hubs.sharing import Sharing

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
    """

    leaves: str
    others: tuple[str, ...]
    cost_eur: float
    asked_eur: float


@dataclass(frozen=True)
class AboutAll:
    """What can be said of all players together.

    Attributes
    ----------
    core
        ``yes``: some split keeps all in; ``no``: none does; ``open``: undecided; ``one``: there is
        a single player.
    epsilon_eur
        What every coalition would have to lose by leaving, before a split keeps all in.
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
    excess = np.where(mine, asked - cost, -np.inf)
    worst = int(np.argmax(excess))
    doubt = np.where(mine, asked - bound, -np.inf)
    most = int(np.argmax(doubt))
    if excess[worst] > slack(cost[worst]):
        verdict, coalition, amount = "yes", worst, cost[worst]
    elif doubt[most] > slack(bound[most]):
        verdict, coalition, amount = "open", most, bound[most]
    else:
        verdict, coalition, amount = "no", worst, cost[worst]
    others = members_of(sharing, coalition & ~(1 << player))
    return Leaving(verdict, others, float(amount), float(asked[coalition]))


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


def members_of(sharing: Sharing, coalition: int) -> tuple[str, ...]:
    """Names of the players in a coalition."""
    return tuple(name for p, name in enumerate(sharing.players) if coalition >> p & 1)


def slack(amount: float) -> float:
    """Difference below which two amounts are called equal."""
    return _TOLERANCE_EUR + 1e-6 * abs(float(amount)) if np.isfinite(amount) else 0.0
