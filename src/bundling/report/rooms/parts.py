"""What the pages of all rooms share: tables with their titles, costs, figures, amounts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from bundling.report import frames
from bundling.report.frames import Table
from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.proof import writer
from bundling.report.rooms.told import Asked
from bundling.report.words import quality

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result

MODES = ("road", "truck", "e-truck", "van", "water", "barge", "rail", "train")
"""Modes that have words in both languages; others keep the name the data give them."""


def unit_of(result: Result) -> str:
    """Return the unit of the costs of a result."""
    return str(getattr(result.problem, "unit", "EUR"))


def made(asked: Asked, name: str, *, bad: str = "") -> Table:
    """Table `name` of the result, ready for the page."""
    m, family = asked.m, asked.result.family
    return frames.table(
        m,
        asked.tables[name],
        id=f"t-{name.replace('_', '-')}",
        title=title(m, family, name),
        most=asked.most,
        bad=bad,
        book=m("page.book"),
    )


def title(m: Messages, family: str, name: str) -> str:
    """Title of a table; its own name where the catalogue has none."""
    code = f"table.{family}.{name}"
    return m(code) if m.has(code) else name.replace("_", " ").capitalize()


def shown(asked: Asked, names: Iterable[str]) -> tuple[Table, ...]:
    """Those of the tables `names` that have rows."""
    return tuple(
        made(asked, name) for name in names if name in asked.tables and len(asked.tables[name])
    )


def costs(asked: Asked) -> Table:
    """Costs by component with their total, in the unit of the problem."""
    m, result = asked.m, asked.result
    assert result.evaluation is not None
    amounts, write = result.evaluation.costs_eur, writer(m, unit_of(result))
    rows = [_pair(m.label(name, "cost"), amount, write(amount)) for name, amount in amounts.items()]
    rows.append(_pair(m("costs.total"), result.objective, write(result.objective), "total"))
    heads = (frames.Column(m("head.cost"), False), frames.Column(m("head.value"), True))
    return Table("t-costs", m("costs.result"), heads, tuple(rows))


def _pair(label: str, amount: float, text: str, mark: str = "") -> frames.Row:
    return frames.Row(
        (frames.Cell(label), frames.Cell(text, repr(float(amount)), numeric=True)), mark
    )


def figures(asked: Asked) -> Table | None:
    """Figures of the evaluation; None without any."""
    evaluation = asked.result.evaluation
    if evaluation is None or not evaluation.indicators:
        return None
    return frames.pairs(
        asked.m, evaluation.indicators, id="t-figures", title=asked.m("indicators.title"),
        prefix="col",
    )  # fmt: skip


def money_and_figures(asked: Asked) -> tuple[Table, ...]:
    """Costs, and the figures where there are any."""
    found = figures(asked)
    return (costs(asked),) if found is None else (costs(asked), found)


def cost_kpi(m: Messages, result: Result, label: str) -> Kpi:
    """Cost of the plan, and how far it may be from the best possible one."""
    write = writer(m, unit_of(result))
    return Kpi(m(label), write(result.objective), quality(m, [result], write)[0])


def share_of(part: float, whole: float) -> float:
    """Return `part` of `whole`; 0 of nothing."""
    return part / whole if whole > 0 else 0.0


def endless(frame: pd.DataFrame) -> pd.DataFrame:
    """Endless amounts as gaps, which the page leaves blank."""
    return frame.replace([np.inf, -np.inf], np.nan)
