"""What a room of the library tells about one result of its own kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.section import Section

if TYPE_CHECKING:
    import pandas as pd

    from bundling.result import Result


@dataclass(frozen=True)
class Told:
    """Contents of a page about one result.

    Attributes
    ----------
    kpis
        Key figures.
    paragraphs
        The answer in sentences.
    points
        Reasons, each a line.
    sections
        The rest of the page, in order.
    names
        What words of the data are called in the reader's language, such as modes.
    """

    kpis: tuple[Kpi, ...]
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What a room is asked to tell.

    Attributes
    ----------
    m
        Language.
    result
        A result with a solution.
    tables
        Its tables as people read them; see `bundling.report.rooms.for_people`.
    most
        Rows a table at most.
    reasons_limit
        Wall seconds for reasons that need solving again; 0 for none of those.
    """

    m: Messages
    result: Result
    tables: Mapping[str, pd.DataFrame]
    most: int
    reasons_limit: float = 0.0
