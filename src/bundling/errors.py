"""What can go wrong, in words a user can act on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class BundlingError(Exception):
    """Base of every error this library raises on purpose."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong with the input.

    Attributes
    ----------
    table, column
        Where: table (file or sheet) and column; an empty column means the table as a whole.
    rows
        Row labels as the user sees them: 1-based data rows, or identifiers. Empty: all rows.
    rule
        The rule that is broken, with the offending value where that helps.
    remedy
        What to do about it.
    """

    table: str
    column: str
    rows: tuple[str, ...]
    rule: str
    remedy: str

    def __str__(self) -> str:
        place = self.table if not self.column else f"{self.table}.{self.column}"
        if self.rows:
            shown = ", ".join(self.rows[:5])
            more = f" and {len(self.rows) - 5} more" if len(self.rows) > 5 else ""
            place += f" (row {shown}{more})" if len(self.rows) == 1 else f" (rows {shown}{more})"
        return f"{place}: {self.rule}. {self.remedy}"


class InputError(BundlingError, ValueError):
    """Bad input: every fault found, at once.

    Attributes
    ----------
    faults
        The faults, in the order in which the tables were read.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        if not self.faults:
            raise ValueError("InputError needs at least one fault")
        count = len(self.faults)
        head = "1 fault in the input" if count == 1 else f"{count} faults in the input"
        super().__init__(head + ":\n" + "\n".join(f"- {fault}" for fault in self.faults))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class NoMap(BundlingError, ValueError):
    """A problem's places have no position on a map, so nothing can be drawn or exported there."""


class ModelMismatch(BundlingError):
    """A solver's answer and our own recomputation differ: a bug, never a user's mistake."""


class SolverError(BundlingError):
    """A solver failed, or an installed solver version is known to give wrong answers."""


def raise_if(faults: Iterable[Fault]) -> None:
    """Raise one `InputError` with all `faults`; do nothing when there are none."""
    found = tuple(faults)
    if found:
        raise InputError(found)
