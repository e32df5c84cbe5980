"""One column of a table as numbers, truths, slots or places; what cannot be read is a fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault

if TYPE_CHECKING:
    import pandas as pd

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$")
_TRUTHS = {
    **dict.fromkeys(("true", "1", "1.0", "yes", "ja"), True),
    **dict.fromkeys(("false", "0", "0.0", "no", "nee"), False),
}


@dataclass(frozen=True)
class Column:
    """A column that is there, and where its faults go.

    Attributes
    ----------
    table, name
        Where it stands.
    given
        Its values, as the user gave them.
    rows
        Names of the rows.
    faults
        The list that takes the faults.
    """

    table: str
    name: str
    given: Sequence[Any]
    rows: Sequence[str]
    faults: list[Fault] = field(repr=False)

    def numbers(self) -> NDArray[np.float64]:
        """Read numbers; 0 stands in for what is none."""
        read = [_number(value) for value in self.given]
        self._refuse([value is None for value in read], "is no number", "Give a number.")
        return np.array([0.0 if value is None else value for value in read], dtype=np.float64)

    def counts(self) -> NDArray[np.int64]:
        """Read whole numbers; 0 stands in for what is none."""
        read = [_whole(value) for value in self.given]
        self._refuse([value is None for value in read], "is no whole number", "Give 0, 1, 2 ...")
        return np.array([value or 0 for value in read], dtype=np.int64)

    def truths(self) -> NDArray[np.bool_]:
        """Read true or false; false stands in for what is neither."""
        read = [_TRUTHS.get(str(value).strip().lower()) for value in self.given]
        self._refuse([value is None for value in read], "is not true or false", "Give one of both.")
        return np.array([bool(value) for value in read], dtype=bool)

    def slots(self, slot_s: float, instead: int) -> NDArray[np.int64]:
        """Read slot numbers or clock times; `instead` stands in for what is neither."""
        read = [_slot(value, slot_s) for value in self.given]
        self._refuse(
            [isinstance(value, str) for value in read],
            f"is no slot number and no clock time at the start of a slot of {slot_s:g} s",
            'Give a number such as 29, or a time such as "07:15".',
        )
        return np.array([instead if isinstance(v, str) else v for v in read], dtype=np.int64)

    def places(self, names: Sequence[str], table: str) -> NDArray[np.int64]:
        """Read positions of identifiers in another table; -1 stands in for an unknown one."""
        position = {name: k for k, name in enumerate(names)}
        read = np.array([position.get(str(value), -1) for value in self.given], dtype=np.int64)
        wrong = [str(self.given[k]) for k in np.flatnonzero(read < 0).tolist()]
        shown = ", ".join(dict.fromkeys(wrong[:3]))
        self._refuse(
            (read < 0).tolist(), f"names what is not in {table} ({shown})",
            f"Use an identifier from {table}.",
        )  # fmt: skip
        return read

    def labels(self) -> NDArray[np.int64]:
        """Read group numbers; names are numbered in order of appearance."""
        read = [_whole(value) for value in self.given]
        if all(value is not None for value in read):
            return np.array(read, dtype=np.int64)
        number: dict[str, int] = {}
        coded = [number.setdefault(str(value), len(number)) for value in self.given]
        return np.array(coded, dtype=np.int64)

    def _refuse(self, wrong: Sequence[bool], rule: str, remedy: str) -> None:
        rows = tuple(self.rows[k] for k, bad in enumerate(wrong) if bad)
        if rows:
            self.faults.append(Fault(self.table, self.name, rows, rule, remedy))


def column_of(
    frame: pd.DataFrame, table: str, name: str, rows: Sequence[str], faults: list[Fault]
) -> Column | None:
    """Return a column, or None when the table has it not."""
    if name not in frame:
        return None
    return Column(table, name, frame[name].tolist(), rows, faults)


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return None if np.isnan(number) else number


def _whole(value: Any) -> int | None:
    number = _number(value)
    return int(number) if number is not None and number.is_integer() else None


def _slot(value: Any, slot_s: float) -> int | str:
    """Return a slot, or the text that is none."""
    number = _whole(value)
    if number is not None:
        return number
    text = str(value).strip()
    found = _CLOCK.match(text)
    if found is None or not slot_s > 0:
        return text
    seconds = int(found[1]) * 3600 + int(found[2]) * 60 + int(found[3] or 0)
    slot = round(seconds / slot_s)
    return slot if abs(slot * slot_s - seconds) < 1e-6 else text
