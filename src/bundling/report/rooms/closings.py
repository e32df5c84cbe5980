"""What closing each hub would cost, told with what is proved of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from bundling.report.frames import table
from bundling.report.messages import Messages
from bundling.report.rooms.told import Asked
from bundling.report.section import Section

if TYPE_CHECKING:
    from bundling.result import Result


class Closing(Protocol):
    """One hub that is closed, as `bundling.hubs.scheduled.closing.Closing` has it."""

    @property
    def hub_id(self) -> str:
        """The hub."""
        ...

    @property
    def extra_eur(self) -> float:
        """Cost without it less cost with it; ``inf``: no plan; ``nan``: none found."""
        ...

    @property
    def least_eur(self) -> float:
        """Least that is proved of the true difference."""
        ...

    @property
    def most_eur(self) -> float:
        """Most that is proved of the true difference."""
        ...

    @property
    def is_exact(self) -> bool:
        """Whether both plans are proved to be the best."""
        ...


def closing_section(asked: Asked) -> Section | None:
    """Solve again without each open hub of a day of departures; None when no time is given."""
    from bundling.hubs.scheduled.closing import closing_costs

    if asked.reasons_limit <= 0 or not asked.tables["hubs"]["open"].any():
        return None
    return section_of(
        asked.m, closing_costs(asked.result, time_limit=asked.reasons_limit), asked.most
    )


def hubs_closing_section(m: Messages, result: Result, limit: float, most: int) -> Section | None:
    """Solve again without each open hub of a day of bundling; None when no time is given."""
    from bundling.hubs.closing import closing_costs

    if limit <= 0 or result.solution is None or not result.solution.open_hubs.size:
        return None
    return section_of(m, closing_costs(result, time_limit=limit), most)


def section_of(m: Messages, closings: Sequence[Closing], most: int) -> Section:
    """Tell what closing each hub costs, in sentences and a table."""
    return Section(
        "closing",
        m("room.closing"),
        m("room.closing.lead"),
        tables=(
            table(m, closing_frame(m, closings), id="t-closing", title=m("table.closing"),
                  most=most, book=m("page.book")),
        ),
        paragraphs=tuple(closing_words(m, closings)),
    )  # fmt: skip


def closing_frame(
    m: Messages, closings: Sequence[Closing], names: dict[str, str] | None = None
) -> pd.DataFrame:
    """One row a hub: what is found, between what it is proved to lie, and the verdict in words."""
    return pd.DataFrame(
        {
            "hub_id": [(names or {}).get(c.hub_id, c.hub_id) for c in closings],
            "extra_eur": [_finite(c.extra_eur) for c in closings],
            "least_eur": [_finite(c.least_eur) for c in closings],
            "most_eur": [_finite(c.most_eur) for c in closings],
            "verdict": [m(f"verdict.{verdict(c)}") for c in closings],
        }
    )


def verdict(closing: Closing) -> str:
    """Whether a hub is worth it: ``needed, worth, indifferent, open, not_found``."""
    if math.isinf(closing.extra_eur):
        return "needed"
    if closing.least_eur > 0.005:
        return "worth"
    if closing.most_eur <= 0.005:
        return "indifferent"
    return "not_found" if math.isnan(closing.extra_eur) else "open"


def closing_words(
    m: Messages, closings: Sequence[Closing], names: dict[str, str] | None = None
) -> Iterator[str]:
    """One sentence a hub, those that cost most first; what is not found is told together."""
    called = {c.hub_id: (names or {}).get(c.hub_id, c.hub_id) for c in closings}
    for c in closings:
        kind, hub = verdict(c), called[c.hub_id]
        if kind == "needed":
            yield m("closing.needed", hub=hub)
        elif kind == "indifferent":
            yield m("closing.indifferent", hub=hub)
        elif c.is_exact:
            yield m("closing.exact", hub=hub, eur=m.money(c.extra_eur))
        elif kind == "worth":
            most = m.money(c.most_eur) if math.isfinite(c.most_eur) else ""
            code = "closing.between" if most else "closing.at_least"
            yield m(code, hub=hub, least=m.money(c.least_eur), most=most)
        elif kind == "open" and c.extra_eur < 0:
            yield m("closing.better", hub=hub, eur=m.money(-c.extra_eur))
        elif kind == "open":
            code = "closing.open" if math.isfinite(c.most_eur) else "closing.open.unknown"
            yield m(code, hub=hub, eur=m.money(c.extra_eur), most=m.money(c.most_eur))
    unknown = [called[c.hub_id] for c in closings if verdict(c) == "not_found"]
    if unknown:
        yield m("closing.not_found", hubs=m.names(unknown, 6))


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan
