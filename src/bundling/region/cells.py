"""One cell as a user wrote it, turned into the value its column type asks for.

Accepted beside the plain forms: a decimal comma where it cannot be a thousands mark, Excel's own
dates, times and booleans, and whole numbers in a text column. Whatever can be read in two ways is
refused with the accepted form, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import numpy as np
import pandas as pd

from bundling.region.schema import ColumnType

MAX_TEXT = 32_000
"""Longest text of one cell; an Excel cell holds 32,767 characters, escapes included."""

_WHOLE = re.compile(r"[+-]?\d+")
_POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?")
_POINT_AND_COMMA = re.compile(r"[+-]?\d{1,3}(\.\d{3})+,\d+")
_THREE_AFTER_POINT = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_THREE_AFTER_COMMA = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)(:00)?")
# Control characters but tab, newline and return; lone surrogates; code points no XML may hold.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_TRUE = frozenset({"true", "1", "waar"})
_FALSE = frozenset({"false", "0", "onwaar"})


class RejectedCellError(Exception):
    """A cell that is not of its column's type.

    Attributes
    ----------
    rule, remedy
        What is wrong with it (said after the value itself), and the accepted form.
    """

    def __init__(self, rule: str, remedy: str) -> None:
        super().__init__(rule)
        self.rule = rule
        self.remedy = remedy


def is_null(value: Any) -> bool:
    """Whether a cell is empty: None, ``<NA>``, NaN, NaT, or text without a visible character."""
    if value is None or value is pd.NA or value is pd.NaT:
        return True
    if isinstance(value, str):
        return not value or value.isspace()
    return isinstance(value, (float, np.floating)) and math.isnan(value)


def has_decimal_point(text: str) -> bool:
    """Whether `text` is a number in which a point can only mean the decimals."""
    text = text.strip()
    return (
        "." in text
        and _POINT.fullmatch(text) is not None
        and _THREE_AFTER_POINT.fullmatch(text) is None
    )


def string(value: Any, comma: bool) -> str:  # noqa: ARG001 - one signature for all types
    """Text; a whole or real number is taken as its digits, since Excel drops the text format."""
    if isinstance(value, str):
        if _FORBIDDEN.search(value):
            raise RejectedCellError("holds a control character", "Remove it")
        if len(value) > MAX_TEXT:
            raise RejectedCellError(f"has {len(value):,} characters", f"Use at most {MAX_TEXT:,}")
        return str(value)
    if _is_whole(value):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and math.isfinite(value):
        return repr(float(value))
    raise RejectedCellError(
        "is not text", "Write it as text; in Excel, format the cell as text first"
    )


def number(value: Any, comma: bool) -> float:
    """Return a finite number; see `_number_from_text` for the written forms."""
    if isinstance(value, str):
        result = _number_from_text(value.strip(), comma)
    elif _is_whole(value) or isinstance(value, (float, np.floating)):
        result = float(value)
    else:
        raise RejectedCellError("is not a number", "Write a number such as 1234.5")
    if not math.isfinite(result):
        raise RejectedCellError(
            "is not a finite number", "Write a number; leave unknown cells empty"
        )
    return result


def integer(value: Any, comma: bool) -> int:
    """Whole number; ``12.0`` counts as 12."""
    remedy = "Write a whole number such as 12"
    if _is_whole(value) or (isinstance(value, str) and _WHOLE.fullmatch(value.strip())):
        whole = int(value)
    else:
        try:
            real = number(value, comma)
        except RejectedCellError as reason:
            raise RejectedCellError(
                reason.rule.replace("a number", "a whole number"), remedy
            ) from None
        if not real.is_integer():
            raise RejectedCellError("is not a whole number", remedy)
        whole = int(real)
    if abs(whole) >= 2**63:
        raise RejectedCellError("is too large", remedy)
    return whole


def boolean(value: Any, comma: bool) -> bool:  # noqa: ARG001
    """Truth as ``true`` or ``false`` in any case; also 1, 0 and Excel's Dutch WAAR, ONWAAR."""
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    text = str(value).strip().lower()
    if text in _TRUE or text == "1.0":
        return True
    if text in _FALSE or text == "0.0":
        return False
    raise RejectedCellError("is not true or false", "Write true or false")


def day(value: Any, comma: bool) -> date:  # noqa: ARG001
    """Day as ``YYYY-MM-DD``, or a date cell of Excel."""
    remedy = "Write it as YYYY-MM-DD, such as 2028-01-01"
    if isinstance(value, datetime):
        if value.time() != time(0) or value.tzinfo is not None:
            raise RejectedCellError("is a moment, not a day", remedy)
        return date(value.year, value.month, value.day)
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DATE.fullmatch(value.strip()):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            raise RejectedCellError("is not in the calendar", remedy) from None
    raise RejectedCellError("is not a date", remedy)


def clock(value: Any, comma: bool) -> str:  # noqa: ARG001
    """Clock time as ``HH:MM`` between 00:00 and 24:00, or a time cell of Excel."""
    remedy = "Write it as HH:MM between 00:00 and 24:00, such as 07:30"
    text = str(value).strip() if isinstance(value, (str, time)) else ""
    if isinstance(value, timedelta):
        minutes, rest = divmod(value.total_seconds(), 60)
        text = f"{int(minutes) // 60}:{int(minutes) % 60:02d}" if not rest else ""
    match = _CLOCK.fullmatch(text)
    if match is None:
        raise RejectedCellError("is not a clock time in whole minutes", remedy)
    minutes_of_day = 60 * int(match[1]) + int(match[2])
    if minutes_of_day > 24 * 60:
        raise RejectedCellError("is later than 24:00", remedy)
    return f"{int(match[1]):02d}:{match[2]}"


CONVERTERS: dict[ColumnType, Callable[[Any, bool], Any]] = {
    "string": string,
    "integer": integer,
    "number": number,
    "boolean": boolean,
    "date": day,
    "time": clock,
}
"""From a non-null cell, and whether the file writes decimals with a comma, to the typed value."""


def _is_whole(value: Any) -> bool:
    """Whether a cell is a whole number; Python counts its booleans among them, we do not."""
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def _number_from_text(text: str, comma: bool) -> float:
    """Return the number in `text`; `comma` when the file as a whole writes decimal commas.

    ``1,5`` and ``1.234,5`` can be read in one way only. ``1,234`` in a file with points, and
    ``1.234`` in a file with commas, can be a decimal or a thousand, and are refused.
    """
    if _POINT.fullmatch(text):
        if comma and _THREE_AFTER_POINT.fullmatch(text):
            raise _ambiguous(*text.split("."), mark=",")
        return float(text)
    if _COMMA.fullmatch(text):
        if not comma and _THREE_AFTER_COMMA.fullmatch(text):
            raise _ambiguous(*text.split(","), mark=".")
        return float(text.replace(",", "."))
    if _POINT_AND_COMMA.fullmatch(text):
        return float(text.replace(".", "").replace(",", "."))
    raise RejectedCellError("is not a number", "Write a number such as 1234.5")


def _ambiguous(whole: str, rest: str, *, mark: str) -> RejectedCellError:
    return RejectedCellError(
        "can be a decimal or a thousand", f"Write {whole}{rest} or {whole}{mark}{rest}"
    )
