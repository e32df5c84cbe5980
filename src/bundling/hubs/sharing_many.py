"""Who pays what with more players than every coalition of which can be solved: 13 to some 40."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.gains import (
    RowsCore,
    SampledShapley,
    Splits,
    ValueOracle,
    least_core_by_rows,
    local_separation,
    proportional,
    proportional_range,
    sampled_shapley,
)
from bundling.hubs.coalitions_met import LEAST_S, CoalitionsMet
from bundling.hubs.leaving import AboutAll, Leaving, about_many, leaving_many
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem
from bundling.hubs.sharing_views import BoardViews
from bundling.result import OnEvent, Result

if TYPE_CHECKING:
    import pandas as pd

_ALL_SHARE, _ALONE_SHARE, _SHAPLEY_SHARE = 0.25, 0.40, 0.80
"""Parts of the time by which all together, each alone, and the sample are done."""
_SAMPLES = 4
"""Samples of the Shapley value whose coalitions the solver should have time for."""


@dataclass(frozen=True, eq=False)
class ManySharing(BoardViews):
    """Ways to split the cost of many players, each with what is not known of it.

    Attributes
    ----------
    players
        Names.
    kg
        Freight of each.
    alone_eur, alone_bound_eur
        What each pays alone: of the best plan known, and the least it can be.
    total_eur, total_bound_eur
        The same of all together.
    shapley
        Shapley value from a sample: its half width is what the sample leaves open, between its
        low and high lies what the gaps of the costs do.
    core
        Least core over the coalitions that were looked at: a split that none of these gains by
        leaving more than ``core.epsilon_eur``. Others were not looked at, so nothing is ever
        called stable; that no split is stable may be certain (``core.has_core`` False).
    held, cost_eur, bound_eur
        The coalitions that were looked at ``[k, players]``, the cost of a plan of each, and its
        proved lower bound.
    solved
        How many of them the solver was given; the others keep what is left of the plan of all,
        or stay alone, whichever is cheaper.

    See Also
    --------
    bundling.hubs.Sharing : all coalitions of up to 12 players.
    """

    players: tuple[str, ...]
    kg: FloatArray
    alone_eur: FloatArray
    alone_bound_eur: FloatArray
    total_eur: float
    total_bound_eur: float
    shapley: SampledShapley
    core: RowsCore
    held: BoolArray
    cost_eur: FloatArray
    bound_eur: FloatArray
    solved: int

    @property
    def splits(self) -> Splits:
        """What each pays by ``proportional``, ``by_weight``, ``shapley`` and ``least_core``.

        Each sums to the cost of all. The range of ``shapley`` is what the gaps of the costs leave
        open, with the half width of the sample on top; ``least_core`` has none.
        """
        total, bound = self.total_eur, self.total_bound_eur
        alone, least = self.alone_eur, self.alone_bound_eur
        pays = {
            "proportional": proportional(np.maximum(0.0, alone), total),
            "by_weight": proportional(self.kg, total),
            "shapley": self.shapley.share_eur,
            "least_core": self.core.split_eur,
        }
        half, unknown = self.shapley.half_width_eur, np.full(len(self.players), np.nan)
        low, high = proportional_range(least, alone, bound, total)
        ranges = {
            "proportional": (low, high),
            "by_weight": (
                proportional(self.kg, bound) if np.isfinite(bound) else unknown,
                pays["by_weight"],
            ),
            "shapley": (self.shapley.low_eur - half, self.shapley.high_eur + half),
            "least_core": (unknown, unknown),
        }
        lows, highs = ({name: ends[k] for name, ends in ranges.items()} for k in (0, 1))
        return Splits(pays, lows, highs, {})

    @property
    def gap(self) -> float:
        """Largest relative gap among the costs of all together and the coalitions looked at."""
        cost = np.append(self.cost_eur, self.total_eur)
        bound = np.append(self.bound_eur, self.total_bound_eur)
        return float(np.max((cost - bound) / np.maximum(cost, 1e-9)))

    @property
    def range_from(self) -> str:
        """Why a share is not known to the cent."""
        return "a sample, and costs with a gap"

    @property
    def looked_at(self) -> int:
        """Coalitions of which a cost is known, all together among them."""
        return len(self.held) + 1

    @property
    def looked_at_all(self) -> bool:
        """Whether these are all there are: that is never claimed."""
        return False

    def least_core_low_eur(self) -> float:
        """Least epsilon of the least core that the true costs can have, EUR.

        Above 0 it is certain that no split keeps all in.
        """
        if not np.isfinite(self.total_bound_eur):
            return -np.inf
        n = len(self.players)
        return least_core_by_rows(
            self.total_bound_eur, self.alone_eur, lambda _: None, exact=False,
            known=(self.held[n:], self.cost_eur[n:]),
        ).epsilon_eur  # fmt: skip

    def leaving(self, pays: FloatArray, player: int) -> Leaving:
        """Find the best way out of a player, among the coalitions that were looked at."""
        return leaving_many(self, pays, player)

    def about_all(self) -> AboutAll:
        """Find whether it is certain that nothing keeps all in."""
        return about_many(self)

    def emissions_of(self, method: str) -> None:  # noqa: ARG002
        """None: emissions of coalitions are not kept here."""
        return

    def table(self) -> pd.DataFrame:
        """One row a player.

        Columns: ``player, kg, alone_eur, alone_low_eur`` (a proved bound), ``proportional_eur,
        by_weight_eur, shapley_eur, shapley_low_eur, shapley_high_eur`` (a range: the half width
        of the sample on top of the gaps of the costs), ``least_core_eur, saving_eur`` (alone less
        Shapley) and ``rational`` (does the player pay no more than alone, under Shapley: ``yes``
        or ``no`` when the range leaves no doubt, else ``open``) and ``gap`` of the costs.
        """
        import pandas as pd

        splits = self.splits
        low, high = splits.low["shapley"], splits.high["shapley"]
        rational = np.where(
            high <= self.alone_bound_eur, "yes", np.where(low > self.alone_eur, "no", "open")
        )
        return pd.DataFrame(
            {
                "player": list(self.players),
                "kg": self.kg,
                "alone_eur": self.alone_eur,
                "alone_low_eur": self.alone_bound_eur,
                "proportional_eur": splits.pays["proportional"],
                "by_weight_eur": splits.pays["by_weight"],
                "shapley_eur": splits.pays["shapley"],
                "shapley_low_eur": low,
                "shapley_high_eur": high,
                "least_core_eur": splits.pays["least_core"],
                "saving_eur": self.alone_eur - splits.pays["shapley"],
                "rational": rational,
                "gap": self.gap,
            }
        )

    def stability(self) -> pd.DataFrame:
        """For each split the coalition that is known to gain most by leaving.

        Columns: ``split, in_core`` (``no``: a coalition has a cheaper plan in hand; else
        ``open``, since not all were looked at), ``leaving``, ``excess_eur`` (what it pays above
        its own cost) and ``looked_at`` (coalitions).
        """
        import pandas as pd

        rows = []
        for name, split in self.splits.pays.items():
            excess = self.held @ split - self.cost_eur
            worst = int(np.argmax(excess))
            leaves = excess[worst] > 1e-6 + 1e-6 * abs(float(self.cost_eur[worst]))
            who = [self.players[p] for p in np.flatnonzero(self.held[worst])]
            rows.append(
                {
                    "split": name,
                    "in_core": "no" if leaves else "open",
                    "leaving": " + ".join(who) if leaves else "",
                    "excess_eur": float(excess[worst]) if leaves else 0.0,
                    "looked_at": len(self.held),
                }
            )
        return pd.DataFrame(rows)


def share_many(
    problem: HubsProblem,
    *,
    time_limit: float = 300.0,
    gap: float = 1e-2,
    precision: float = 0.05,
    seed: int = 0,
    grand: Result | None = None,
    on_event: OnEvent | None = None,
) -> ManySharing:
    """Split the cost of all together when coalitions are too many to solve each.

    A quarter of the time goes to all players together, then each alone; then coalitions met in
    random orders are solved for the Shapley value; and at last coalitions that would leave are
    sought for the least core, with what is left of the plan of all.

    Parameters
    ----------
    problem
        The problem of all players; `shipper_player` says who they are.
    time_limit
        Wall seconds. When they run out, coalitions keep what is left of the plan of all.
    gap, seed
        For each coalition, as in `solve`.
    precision
        End the sample when each half width is at most this part of the mean share, or the share
        where that is larger.
    grand
        Result of the whole problem, when it is known already.
    on_event
        Told after each coalition that was solved; after it returned False none is solved any
        more, as after Ctrl-C while one is solved: the answer then says less, not nothing.

    Raises
    ------
    bundling.InputError
        When all together have no plan.
    """
    work = CoalitionsMet(problem, time_limit, gap, seed, on_event)
    n = len(work.players)
    if grand is None or grand.solution is None:
        grand = work.solved_for(np.ones(n, dtype=bool), _ALL_SHARE * time_limit)
    if grand.solution is None:
        remedy = "Correct the data, or give more time."
        raise_if([Fault("shipments", "", (), " ".join(grand.reasons), remedy)])
    work.start(grand)
    for p, held in enumerate(np.eye(n, dtype=bool)):
        left = _ALONE_SHARE * time_limit - work.clock.elapsed
        work.solve_alone(p, held, max(LEAST_S, left / (n - p)))
    alone = work.alone
    oracle = ValueOracle(n, work.values)
    work.until = work.clock.elapsed + max(0.0, _SHAPLEY_SHARE * time_limit - work.clock.elapsed)
    work.each_s = max(LEAST_S, (work.until - work.clock.elapsed) / (2 * n * _SAMPLES))
    shapley = sampled_shapley(
        oracle, precision=precision, floor=1.0, starts=1, seed=seed,
        time_limit=max(0.0, work.until - work.clock.elapsed),
    )  # fmt: skip
    work.until = -np.inf
    total = float(grand.objective)
    least_core_by_rows(  # for the coalitions it looks at
        total, alone[:, 0], local_separation(oracle, starts=2, seed=seed), exact=False,
        known=work.known(), time_limit=max(0.5, 0.9 * time_limit - work.clock.elapsed),
    )  # fmt: skip
    core = least_core_by_rows(total, alone[:, 0], lambda _: None, exact=False, known=work.known())
    held, cost, bound = work.looked_at()
    return ManySharing(
        work.players, work.kg, alone[:, 0], alone[:, 1], total, float(grand.bound),
        work.within(shapley), core, held, cost, bound, work.solved,
    )  # fmt: skip
