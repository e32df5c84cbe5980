"""Text of public benchmark files: read with care, numbers with the line they stand on."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from bundling.errors import Fault, InputError

MAX_FILE_BYTES = 64 * 2**20
MAX_NODES = 5_000
"""Most places of an instance: three matrices of 5,000 x 5,000 numbers take 600 MB."""
MAX_FAULTS = 100
"""Faults named one by one; of a file of another kind nearly every line is one."""
_LARGEST = 1e12
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")


@dataclass
class Faults:
    """The faults of one file as they are met.

    Attributes
    ----------
    file
        Name of the file.
    found
        At most `MAX_FAULTS` of them.
    more
        How many were met beyond that.
    """

    file: str
    found: list[Fault] = field(default_factory=list)
    more: int = 0

    def add(self, line: int | None, rule: str, remedy: str, column: str = "") -> None:
        """Note a fault at a line; None for the file as a whole."""
        if len(self.found) >= MAX_FAULTS:
            self.more += 1
            return
        rows = () if line is None else (str(line),)
        self.found.append(Fault(self.file, column, rows, rule, remedy))

    def number(
        self, text: str, line: int, what: str, *, least: float | None = None, whole: bool = False
    ) -> float:
        """Read one finite number; 0 and a fault when `text` is none."""
        value = float(text) if _NUMBER.fullmatch(text) else None
        shown = text if len(text) <= 30 else text[:27] + "..."
        if value is None or abs(value) > _LARGEST:
            remedy = "Write a plain number, decimals with a point"
            self.add(line, f"{what} '{shown}' is no number", remedy)
            return 0.0
        if least is not None and value < least:
            self.add(line, f"{what} {shown} is below {least:g}", "Correct the value")
            return least
        if whole and value != int(value):
            self.add(line, f"{what} {shown} is no whole number", "Correct the value")
            return float(int(value))
        return value

    def window(self, early: float, late: float, line: int) -> None:
        """Note a time window that ends before it starts."""
        if early > late:
            rule = f"the time window starts at {early:g}, after its end at {late:g}"
            self.add(line, rule, "Exchange the two, or correct one")

    def raise_if_any(self) -> None:
        """Raise one `InputError` with all faults; do nothing when there are none."""
        if self.more:
            rule, remedy = f"has {self.more} more faults", "Is it the right file?"
            self.found.append(Fault(self.file, "", (), rule, remedy))
            self.more = 0
        if self.found:
            raise InputError(self.found)


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    bundling.InputError
        When it is too large, empty, or no text.
    OSError
        When it cannot be opened.
    """
    faults = Faults(path.name)
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        faults.add(None, f"the file takes {size / 2**20:,.0f} MiB", "Give a benchmark file")
        faults.raise_if_any()
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # comments of old files name their authors
    if "\0" in text:
        faults.add(None, "the file is no text", "Unpack it, or save it as text")
    elif not text.strip():
        faults.add(None, "the file is empty", "Download it again")
    faults.raise_if_any()
    return text


def numbered(text: str) -> list[tuple[int, list[str]]]:
    """Return the words of each line that has any, with its number."""
    lines = ((number, line.split()) for number, line in enumerate(text.splitlines(), start=1))
    return [(number, words) for number, words in lines if words]
