"""Tables of a split: for an analyst, and for a board."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault, InputError
from bundling.gains import check_core, core_verdict
from bundling.hubs.leaving import members_of, slack
from bundling.hubs.problem import FloatArray

if TYPE_CHECKING:
    import pandas as pd

    from bundling.hubs.sharing import Sharing
    from bundling.hubs.sharing_views import SharedCost

_FIRST = ("proportional", "by_weight", "shapley")


def table(sharing: Sharing) -> pd.DataFrame:
    """One row a player; see `Sharing.table`."""
    import pandas as pd

    splits = sharing.splits
    return pd.DataFrame(
        {
            "player": list(sharing.players),
            "kg": sharing.kg,
            "alone_eur": sharing.alone_eur,
            "proportional_eur": sharing.proportional_eur,
            "by_weight_eur": sharing.by_weight_eur,
            "shapley_eur": sharing.shapley_eur,
            "shapley_low_eur": sharing.shapley_low_eur,
            "shapley_high_eur": sharing.shapley_high_eur,
            "saving_eur": sharing.alone_eur - sharing.shapley_eur,
            "rational": [
                verdict(pays, bound, cost)
                for pays, bound, cost in zip(
                    sharing.shapley_eur, sharing.alone_bound_eur, sharing.alone_eur, strict=True
                )
            ],
            "gap": sharing.gap,
        }
        | {f"{name}_eur": split for name, split in splits.pays.items() if name not in _FIRST}
    )


def stability(sharing: Sharing) -> pd.DataFrame:
    """One row a split; see `Sharing.stability`."""
    import pandas as pd

    cost, bound = sharing.coalitions.cost_eur, sharing.coalitions.bound_eur
    single = 1 << np.arange(len(sharing.players))
    rows = []
    for name, split in sharing.splits.pays.items():
        found = check_core(cost, split)
        alone = {
            verdict(*triple)
            for triple in zip(split.tolist(), bound[single], cost[single], strict=True)
        }
        rows.append(
            {
                "split": name,
                "in_core": core_verdict(cost, bound, split),
                "rational": next(word for word in ("no", "open", "yes") if word in alone),
                "leaving": _names(sharing, found.leaving),
                "excess_eur": found.excess_eur,
                "range_known": bool(np.isfinite(sharing.splits.low[name]).all()),
            }
        )
    rows += [
        {
            "split": name,
            "in_core": "none",
            "rational": "none",
            "leaving": why,
            "excess_eur": np.nan,
            "range_known": False,
        }
        for name, why in sharing.splits.missing.items()
    ]
    return pd.DataFrame(rows)


def board(sharing: SharedCost, method: str) -> pd.DataFrame:
    """One row a player, and one for all; see `Sharing.board`."""
    import pandas as pd

    pays = split_of(sharing, method)
    alone = sharing.alone_eur
    rows = []
    for p, name in enumerate(sharing.players):
        leaves, whom, why = _leaves(sharing, pays, p)
        rows.append(
            {
                "player": name,
                "alone_eur": float(alone[p]),
                "together_eur": float(pays[p]),
                "saving_eur": float(alone[p] - pays[p]),
                "saving_pct": _percent(float(alone[p] - pays[p]), float(alone[p])),
                "leaves": leaves,
                "with": whom,
                "why": why,
            }
        )
    words = [row["leaves"] for row in rows]
    saved = float(alone.sum() - pays.sum())
    rows.append(
        {
            "player": "all",
            "alone_eur": float(alone.sum()),
            "together_eur": float(pays.sum()),
            "saving_eur": saved,
            "saving_pct": _percent(saved, float(alone.sum())),
            "leaves": next(word for word in ("yes", "open", "no") if word in words),
            "with": "",
            "why": _about_all(sharing),
        }
    )
    return pd.DataFrame(rows)


def emissions_table(sharing: Sharing) -> pd.DataFrame:
    """One row a player; see `Sharing.emissions_table`."""
    import pandas as pd

    alone = sharing.coalitions.co2e_kg[1 << np.arange(len(sharing.players))]
    splits = sharing.emissions.pays
    return pd.DataFrame(
        {"player": list(sharing.players), "alone_kg": alone}
        | {f"{name}_kg": split for name, split in splits.items()}
    )


def split_of(sharing: SharedCost, method: str) -> FloatArray:
    """Give what each pays under `method`; refuse methods that are unknown or have no answer."""
    if method in sharing.splits.pays:
        return sharing.splits.pays[method]
    known = ", ".join(sharing.splits.pays)
    why = sharing.splits.missing.get(method, "is not a split")
    raise InputError([Fault("splits", "", (method,), why, f"Choose one of {known}.".rstrip("."))])


def _leaves(sharing: SharedCost, pays: FloatArray, player: int) -> tuple[str, str, str]:
    """Whether a player would leave, with whom, and why, in words."""
    found = sharing.leaving(pays, player)
    if np.isnan(found.cost_eur):
        return "no", "", "There is nobody to leave."
    rest, excess = " + ".join(found.others), found.asked_eur - found.cost_eur
    if found.leaves == "yes":
        who, whom = (f"With {rest} it pays", "they are") if rest else ("Alone it pays", "it is")
        why = f"{who} {found.cost_eur:.2f} EUR; {whom} asked {excess:.2f} EUR more."
        return "yes", rest, why
    if found.unseen:
        who = f"with {rest}" if rest else "alone"
        why = f"No group looked at is better off: {who} it would lose {max(0.0, -excess):.2f} EUR."
        return "open", "", f"{why} Other groups were not looked at."
    if found.leaves == "open":
        who = "alone" if not rest else f"with {rest}"
        lowest = (
            f"as little as {max(0.0, found.cost_eur):.2f} EUR"
            if np.isfinite(found.cost_eur)
            else "less"
        )
        why = f"No plan known is better, but {who} it may cost {lowest}: the search left a gap."
        return "open", rest, why
    who = "Alone" if not rest else f"With {rest}"
    return "no", "", f"{who}, its best way out, it would lose {max(0.0, -excess):.2f} EUR."


def _about_all(sharing: SharedCost) -> str:
    """Say whether anything keeps all in, and whether some lose by merging."""
    found = sharing.about_all()
    seen = sharing.looked_at_all
    least = "" if seen else "at least "
    why = "the search left a gap" if seen else "not all groups were looked at"
    words = {
        "one": "One player shares with nobody.",
        "yes": "Some split keeps all in.",
        "no": f"No split keeps all in: {least}{found.epsilon_eur:.2f} EUR for every group that "
        "leaves would.",
        "open": f"Whether a split keeps all in is open: {why}.",
    }[found.core]
    if found.dearer is not None:
        one, other = " + ".join(found.one), " + ".join(found.other)
        sure = "" if found.dearer.certain else " in the plans known"
        words += f" {one} and {other} cost {found.dearer.loss_eur:.2f} EUR more together than apart"
        words += f"{sure}."
    return words


def verdict(pays: float, bound: float, cost: float) -> str:
    """Whether paying `pays` is no more than an amount known to lie between bound and cost."""
    if pays <= bound + slack(bound):
        return "yes"
    return "no" if pays > cost + slack(cost) else "open"


def _names(sharing: Sharing, coalition: int) -> str:
    return " + ".join(members_of(sharing, coalition))


def _percent(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole > 0 else 0.0
