"""A split for a board: who pays what alone and together, who would leave and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.hubs.leaving import Leaving
from bundling.hubs.sharing_tables import split_of
from bundling.report.barchart import Bar, bar_chart
from bundling.report.chart import Chart
from bundling.report.frames import table
from bundling.report.messages import Messages
from bundling.report.proof import small
from bundling.report.section import Section
from bundling.report.waterfall import waterfall

if TYPE_CHECKING:
    from bundling.hubs.sharing_views import SharedCost

ALONE, TOGETHER = "#7b8794", "#005b96"
_ALL = "value.all_players"


def called(m: Messages, name: str, names: Mapping[str, str]) -> str:
    """Name of a player: that of `names`, else the words for one of the library's segments."""
    return names.get(name) or m.word(name, "player")


def method_word(m: Messages, method: str) -> str:
    """Name of a way to split."""
    code = f"method.{method}"
    return m(code) if m.has(code) else method.replace("_", " ")


def board_frame(
    m: Messages, sharing: SharedCost, method: str, names: Mapping[str, str]
) -> pd.DataFrame:
    """One row a player and one for all: alone, together, saving, who would leave and why."""
    pays, alone = split_of(sharing, method), sharing.alone_eur
    rows = []
    for p, name in enumerate(sharing.players):
        found = sharing.leaving(pays, p)
        rows.append(
            {
                "player": called(m, name, names),
                "alone_eur": float(alone[p]),
                "together_eur": float(pays[p]),
                "saving_eur": float(alone[p] - pays[p]),
                "saving_share": _part(float(alone[p] - pays[p]), float(alone[p])),
                "leaves": m("leaves.unseen" if found.unseen else f"leaves.{found.leaves}"),
                "why": why(m, found, names),
            }
        )
    saved = float(alone.sum() - pays.sum())
    rows.append(
        {
            "player": m(_ALL),
            "alone_eur": float(alone.sum()),
            "together_eur": float(pays.sum()),
            "saving_eur": saved,
            "saving_share": _part(saved, float(alone.sum())),
            "leaves": "",
            "why": " ".join(about_words(m, sharing, names)),
        }
    )
    frame = pd.DataFrame(rows)
    low, high = sharing.splits.low[method], sharing.splits.high[method]
    if (np.isfinite(low) & np.isfinite(high) & (high - low > 0.01)).any():
        place = list(frame).index("saving_eur")
        frame.insert(place, "together_low_eur", [*low, np.nan])
        frame.insert(place + 1, "together_high_eur", [*high, np.nan])
    return frame


def why(m: Messages, found: Leaving, names: Mapping[str, str]) -> str:
    """Say what a player's best way out is worth."""
    if np.isnan(found.cost_eur):
        return m("leaves.nobody")
    others = m.names([called(m, name, names) for name in found.others], 9)
    with_whom = m("leaves.with", others=others) if found.others else m("leaves.alone")
    more = found.asked_eur - found.cost_eur
    if found.unseen:
        return m("leaves.unseen.why", who=with_whom, loss=small(m, max(0.0, -more)))
    if found.leaves == "yes":
        return m(
            "leaves.yes.why",
            who=with_whom, cost=small(m, found.cost_eur), more=small(m, more),
        )  # fmt: skip
    if found.leaves == "open":
        if not found.cost_eur > 0:
            return m("leaves.open.unknown", who=with_whom)
        return m("leaves.open.why", who=with_whom, cost=small(m, max(0.0, found.cost_eur)))
    return m("leaves.no.why", who=with_whom, loss=small(m, -more))


def about_words(m: Messages, sharing: SharedCost, names: Mapping[str, str]) -> list[str]:
    """Say whether anything keeps all in, and whether some lose by merging."""
    found = sharing.about_all()
    code = f"core.{found.core}"
    if not sharing.looked_at_all and m.has(f"{code}.seen"):
        code += ".seen"
    words = [m(code, eur=small(m, found.epsilon_eur))]
    if found.dearer is not None:
        words.append(
            m(
                "core.dearer" if found.dearer.certain else "core.dearer.known",
                one=m.names([called(m, name, names) for name in found.one], 9),
                other=m.names([called(m, name, names) for name in found.other], 9),
                eur=small(m, found.dearer.loss_eur),
            )
        )
    return words


def saving_is_sure(sharing: SharedCost) -> bool:
    """Whether all together save more than half a euro, whatever each could pay at least alone."""
    return float(sharing.alone_bound_eur.sum()) - sharing.total_eur > 0.5


def saved_words(m: Messages, sharing: SharedCost) -> str:
    """Say what all together save on each alone, and whether that is beyond doubt."""
    alone, least = float(sharing.alone_eur.sum()), float(sharing.alone_bound_eur.sum())
    saved = alone - sharing.total_eur
    code = "answer.sharing" if saving_is_sure(sharing) else "answer.sharing.unclear"
    if saved <= 0.5:
        code = "answer.sharing.none" if saved >= -0.5 else "answer.sharing.dearer"
    return m(
        code,
        players=m.number(len(sharing.players)),
        alone=m.money(alone),
        saving=m.money(abs(saved)),
        share=m.percent(_part(abs(saved), alone)),
        gap=m.percent(_part(alone - least, alone)),
    )


def answer_words(
    m: Messages, sharing: SharedCost, method: str, names: Mapping[str, str]
) -> tuple[str, ...]:
    """Say what all save together, how sure that is, and whether anybody would leave."""
    said = [saved_words(m, sharing)]
    frame = board_frame(m, sharing, method, names).iloc[:-1]
    gone = frame[frame["leaves"] == m("leaves.yes")]
    doubt = frame[frame["leaves"] == m("leaves.open")]
    split = method_word(m, method)
    if len(gone):
        said.append(m("sharing.leave", who=m.names(gone["player"], 9), method=split))
    elif len(doubt):
        said.append(m("sharing.doubt", who=m.names(doubt["player"], 9), method=split))
    else:
        seen = sharing.looked_at_all
        groups = m.number(sharing.looked_at)
        said.append(m("sharing.stay" if seen else "sharing.stay.seen", method=split, groups=groups))
    return (*said, *about_words(m, sharing, names))


def charts(
    m: Messages, sharing: SharedCost, method: str, names: Mapping[str, str]
) -> tuple[Chart, ...]:
    """Draw the two pictures of a split: the way down from all alone, and alone beside together."""
    pays = split_of(sharing, method)
    saved = sharing.alone_eur - pays
    labels = [called(m, name, names) for name in sharing.players]
    down = waterfall(
        m("chart.waterfall"),
        (m("chart.alone.all"), float(sharing.alone_eur.sum())),
        [(label, float(amount)) for label, amount in zip(labels, saved, strict=True)],
        (m("chart.together"), float(pays.sum())),
        write=m.money,
    )
    rows = [
        Bar(label, (float(alone), float(paid)), m.percent(-_part(alone - paid, alone), 0))
        for label, alone, paid in zip(labels, sharing.alone_eur, pays, strict=True)
    ]
    series = ((ALONE, m("chart.alone")), (TOGETHER, m("chart.together")))
    beside = bar_chart(m("chart.sharing"), rows, write=m.money, series=series)
    return down, beside


def stability_frame(m: Messages, sharing: SharedCost, names: Mapping[str, str]) -> pd.DataFrame:
    """Every way to split: does it keep all in, and which group gains most by leaving."""
    frame = sharing.stability()
    answered = frame["in_core"] != "none"
    who = [
        m.names([called(m, name, names) for name in str(group).split(" + ")], 9) if here else ""
        for group, here in zip(frame["leaving"], answered, strict=True)
    ]
    words = [
        {"yes": m("value.yes"), "no": m("value.no"), "none": m("sharing.no_answer")}.get(
            word, m("leaves.open")
        )
        for word in frame["in_core"]
    ]
    return pd.DataFrame(
        {
            "split": [method_word(m, name) for name in frame["split"]],
            "in_core": words,
            "leaving": [name if name != "–" else "" for name in who],
            "excess_eur": frame["excess_eur"].where(frame["excess_eur"] > 0),
        }
    )


def splits_frame(m: Messages, sharing: SharedCost, names: Mapping[str, str]) -> pd.DataFrame:
    """Give what each player pays under every way to split."""
    made = pd.DataFrame({"player": [called(m, name, names) for name in sharing.players]})
    made["alone_eur"] = sharing.alone_eur
    for name, pays in sharing.splits.pays.items():
        made[f"{name}_eur"] = pays
    return made


def emissions_frame(
    m: Messages, sharing: SharedCost, method: str, names: Mapping[str, str]
) -> pd.DataFrame | None:
    """CO2e alone and its part of all together, by player; None where the split has none."""
    found = sharing.emissions_of(method)
    if found is None:
        return None
    alone, together = found
    return pd.DataFrame(
        {
            "player": [*(called(m, name, names) for name in sharing.players), m(_ALL)],
            "alone_co2e_kg": [*alone, alone.sum()],
            "together_co2e_kg": [*together, together.sum()],
            "saved_co2e_kg": [*(alone - together), alone.sum() - together.sum()],
        }
    )


def sharing_section(
    m: Messages, sharing: SharedCost, method: str, names: Mapping[str, str]
) -> Section:
    """Make the split a section of a page: pictures, the board's table, the rest behind a fold."""
    frame = board_frame(m, sharing, method, names)
    title = m("table.board", method=method_word(m, method), gap=m.percent(sharing.gap))
    more = [
        table(m, stability_frame(m, sharing, names), id="t-stability", title=m("table.stability")),
        table(m, splits_frame(m, sharing, names), id="t-splits", title=m("table.splits")),
    ]
    co2e = emissions_frame(m, sharing, method, names)
    if co2e is not None:
        title_co2e = m("table.sharing_co2e")
        more.append(table(m, co2e, id="t-sharing-co2e", title=title_co2e))
    return Section(
        "gains",
        m("section.sharing"),
        m("sharing.board.lead"),
        charts=charts(m, sharing, method, names),
        tables=(table(m, frame, id="t-board", title=title),),
        more=more,
        paragraphs=answer_words(m, sharing, method, names),
    )


def _part(part: float, whole: float) -> float:
    return part / whole if whole > 0 else 0.0
