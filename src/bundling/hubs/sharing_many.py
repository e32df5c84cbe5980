"""Who pays what with more players than every coalition of which can be solved: 13 to some 40."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.gains import (
    RowsCore,
    SampledShapley,
    ValueOracle,
    least_core_by_rows,
    local_separation,
    proportional,
    sampled_shapley,
)
from bundling.hubs.coalitions_met import LEAST_S, CoalitionsMet
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem
from bundling.result import OnEvent, Result

if TYPE_CHECKING:
    import pandas as pd

_ALL_SHARE, _ALONE_SHARE, _SHAPLEY_SHARE = 0.25, 0.40, 0.80
"""Parts of the time by which all together, each alone, and the sample are done."""
_SAMPLES = 4
"""Samples of the Shapley value whose coalitions the solver should have time for."""


@dataclass(frozen=True, eq=False)
class ManySharing:
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
    def splits(self) -> dict[str, FloatArray]:
        """What each pays, by method; each sums to the cost of all."""
        return {
            "proportional": proportional(np.maximum(0.0, self.alone_eur), self.total_eur),
            "by_weight": proportional(self.kg, self.total_eur),
            "shapley": self.shapley.share_eur,
            "least_core": self.core.split_eur,
        }

    @property
    def _shapley_range(self) -> tuple[FloatArray, FloatArray]:
        """Lowest and highest Shapley value by the gaps of the costs and the sample's half width."""
        half = self.shapley.half_width_eur
        low, high = self.shapley.low_eur - half, self.shapley.high_eur + half
        return low, high

    def table(self) -> pd.DataFrame:
        """One row a player.

        Columns: ``player, kg, alone_eur, alone_low_eur`` (a proved bound), ``proportional_eur,
        by_weight_eur, shapley_eur, shapley_low_eur, shapley_high_eur`` (a range: the half width
        of the sample on top of the gaps of the costs), ``least_core_eur, saving_eur`` (alone less
        Shapley) and ``rational`` (does the player pay no more than alone, under Shapley: ``yes``
        or ``no`` when the range leaves no doubt, else ``open``).
        """
        import pandas as pd

        splits = self.splits
        low, high = self._shapley_range
        rational = np.where(
            high <= self.alone_bound_eur, "yes", np.where(low > self.alone_eur, "no", "open")
        )
        return pd.DataFrame(
            {
                "player": list(self.players),
                "kg": self.kg,
                "alone_eur": self.alone_eur,
                "alone_low_eur": self.alone_bound_eur,
                "proportional_eur": splits["proportional"],
                "by_weight_eur": splits["by_weight"],
                "shapley_eur": splits["shapley"],
                "shapley_low_eur": low,
                "shapley_high_eur": high,
                "least_core_eur": splits["least_core"],
                "saving_eur": self.alone_eur - splits["shapley"],
                "rational": rational,
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
        for name, split in self.splits.items():
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
