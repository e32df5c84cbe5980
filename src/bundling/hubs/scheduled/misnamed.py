"""Columns that are there twice, or look like one of ours and would be left out without a word."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence

from bundling.errors import Fault

_ALIKE = 0.8
"""Likeness, by `difflib`, from which a name is taken for a slip of the pen."""


def repeated(table: str, given: Sequence[str]) -> Iterator[Fault]:
    """Refuse columns of a table that stand in it more than once."""
    for column, count in Counter(given).items():
        if count > 1:
            yield Fault(table, column, (), "is there more than once", "Keep one.")


def misnamed(
    table: str, given: Sequence[str], ours: set[str], stems: tuple[str, ...]
) -> Iterator[Fault]:
    """Refuse columns of a table that are not read but look as if they were.

    Parameters
    ----------
    table
        Its name.
    given
        Its columns.
    ours
        Columns that are read.
    stems
        Beginnings of columns by resource, such as ``capacity_``.
    """
    absent = sorted(ours - set(given))
    for column in (name for name in given if name not in ours):
        if column.startswith(stems):
            rule, remedy = "is of a resource that no shipment has", "Add its load_, or rename it."
            yield Fault(table, column, (), rule, remedy)
            continue
        close = [name for name in absent if name.startswith(f"{column}_")]
        close += difflib.get_close_matches(column.lower(), absent, n=1, cutoff=_ALIKE)
        if close:
            remedy = f"Call it {close[0]}, or something else."
            yield Fault(table, column, (), "is no column, but looks like one", remedy)
