"""The saving of every pair of shippers that can gain from each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.matching.problem import MatchingProblem
from bundling.hubs.matching.screen import interplay_eur
from bundling.hubs.matching.trips import Planner

if TYPE_CHECKING:
    import pandas as pd

Group = tuple[int, ...]


def savings_of_pairs(
    problem: MatchingProblem,
    planner: Planner,
    stop: Callable[[], bool] | None = None,
    found: dict[Group, float] | None = None,
) -> tuple[dict[Group, float], bool]:
    """Plan every pair that may join, for its saving, EUR over all days.

    The most promising by `interplay_eur` come first, so that `stop` loses the least. They are put
    in `found`, if given, as they come: Ctrl-C loses none.

    Returns
    -------
    tuple
        Saving by pair, what cooperating costs taken off, those above 0 only; and whether all
        were looked at.
    """
    score = interplay_eur(problem)
    one, other = np.nonzero(np.triu(problem.may_join(), 1))
    order = np.argsort(-score[one, other], kind="stable")
    found = {} if found is None else found
    for k in order.tolist():
        if stop is not None and stop():
            return found, False
        pair = int(one[k]), int(other[k])
        saving = saving_of(problem, planner, pair)
        if saving > 1e-6:
            found[pair] = saving
    return found, True


def saving_of(problem: MatchingProblem, planner: Planner, group: Group) -> float:
    """Plan a group for its saving against its members alone, what cooperating costs taken off."""
    alone = sum(planner.cost_eur((s,)) for s in group)
    fee = problem.member_eur * len(group) if len(group) > 1 else 0.0
    return alone - planner.cost_eur(group) - fee


def pair_savings(problem: MatchingProblem) -> pd.DataFrame:
    """List the pairs that gain by cooperating, best first.

    Returns
    -------
    pandas.DataFrame
        ``shipper_id, other_id, alone_eur, together_eur, saving_eur`` (over all days, what
        cooperating costs taken off), ``saving_pct`` of what the two pay alone.
    """
    import pandas as pd

    planner = Planner(problem)
    found, _ = savings_of_pairs(problem, planner)
    rows = []
    for pair, saving in sorted(found.items(), key=lambda item: (-item[1], item[0])):
        alone = sum(planner.cost_eur((s,)) for s in pair)
        rows.append(
            {
                "shipper_id": problem.shipper_ids[pair[0]],
                "other_id": problem.shipper_ids[pair[1]],
                "alone_eur": alone,
                "together_eur": alone - saving,
                "saving_eur": saving,
                "saving_pct": 100.0 * saving / alone,
            }
        )
    columns = ["shipper_id", "other_id", "alone_eur", "together_eur", "saving_eur", "saving_pct"]
    return pd.DataFrame(rows, columns=columns)
