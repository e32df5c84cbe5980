"""Parts of a page: a section with sentences, drawings and tables, and a banner at the top."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bundling.report.chart import Chart
from bundling.report.frames import Table


@dataclass(frozen=True)
class Section:
    """A section: sentences, drawings, tables, and tables behind a fold."""

    id: str
    title: str
    lead: str
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    more: Sequence[Table] = ()
    paragraphs: Sequence[str] = ()


@dataclass(frozen=True)
class Banner:
    """A banner that cannot be overlooked."""

    head: str
    text: str
