"""Reading delivery windows and length limits off the text of Dutch traffic signs.

The texts are typed by hand: ``07.00-12.00h``, ``"07,00-18,00 h"``, ``6-13 h``, ``7 00 - 12.00 h``,
``van 6.00 13.00h.``, ``tussen 18:00-11:00``, ``za. 18.00 - ma. 06.00 h``, ``zondag 0.00-24.00 h``.
A sign gives one or more windows; what cannot be read gives none, and the text is kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DUTCH = {
    "ma": 0, "maandag": 0, "di": 1, "dinsdag": 1, "wo": 2, "woensdag": 2, "do": 3, "donderdag": 3,
    "vr": 4, "vrij": 4, "vrijdag": 4, "za": 5, "zaterdag": 5, "zo": 6, "zondag": 6,
}  # fmt: skip
_DAY = r"(?<![a-z])(" + "|".join(sorted(_DUTCH, key=len, reverse=True)) + r")(?=van|\b|\d)\.?"
_HOUR = r"(\d{1,2})(?:[.:,]\s?(\d{2})|\s(00))?"
_RANGE = re.compile(
    _HOUR + r"\s*(?:h|uur)?\.?\s*(?:-|–|tot|\s)\s*" + _HOUR + r"(?![\d.,:])\s*(?:h|uur)?"
)
_DAY_RANGE = re.compile(_DAY + r"\s*(?:t/m|-|tot en met)\s*" + _DAY)
_DAY_ONE = re.compile(_DAY)
_ACROSS = re.compile(_DAY + r"\s*" + _HOUR + r"\s*(?:h|uur)?\.?\s*-\s*" + _DAY + r"\s*" + _HOUR)
_UNTIL = re.compile(_DAY + r"\s*tot\s*" + _HOUR)
_LENGTH = re.compile(r"(?:max\.?\s*)?lengte\s*(\d{1,2}(?:[.,]\d{1,2})?)\s*(?:m\b|meter)")
_NOT_DELIVERY = re.compile(r"^\s*fiets|gehandicapten|taxi")


@dataclass(frozen=True)
class Window:
    """One window on a sign.

    Attributes
    ----------
    weekdays
        Days it holds, as ``mon``, ``tue-sat`` or ``thu-sun``; None when the sign names none.
    open_s, close_s
        Seconds since midnight; the close of a window over midnight lies before its opening.
    """

    weekdays: str | None
    open_s: int
    close_s: int


def _seconds(hour: str, minute: str | None, spaced: str | None) -> int | None:
    total = 3600 * int(hour) + 60 * int(minute or spaced or 0)
    return total if int(minute or spaced or 0) < 60 and total <= 86_400 else None


def _days(first: str, last: str | None = None) -> str:
    start = DAYS[_DUTCH[first]]
    return start if last is None or last == first else f"{start}-{DAYS[_DUTCH[last]]}"


def max_length_m(text: str) -> float | None:
    """Longest vehicle in metres, or None when the sign names no length."""
    match = _LENGTH.search(text.lower())
    return None if match is None else float(match[1].replace(",", "."))


def windows(text: str) -> list[Window]:
    """Windows on a sign, in the order of its text, without doubles.

    Parts of the sign are split by ``/`` between blanks. A part about bicycles, taxis or disabled
    drivers says nothing on deliveries and is left out. A window from Saturday evening to Monday
    morning becomes that of the days it names, ``sat-mon``, with a close before its opening.
    """
    found: list[Window] = []
    for raw in re.split(r"\s/\s", text.lower().replace('"', " ")):
        part = _LENGTH.sub(" ", raw)
        if _NOT_DELIVERY.search(part):
            continue
        found += _part_windows(part)
    return list(dict.fromkeys(found))


def permissions(text: str, rvv: str, category: str, sub_signs: str) -> list[Window]:
    """Windows in which deliveries are allowed; empty for closures and for texts that are unclear.

    Parameters
    ----------
    text
        Text with the times.
    rvv
        Sign of the traffic code. G7 is a pedestrian street: its times allow. C1 closes a road: its
        times allow only where a plate says "uitgezonderd" (except); otherwise they may be the
        hours of the closure. All other signs are closures.
    category
        Category of the record; peak-hour closures (spitsafsluiting) never allow.
    sub_signs
        All plates below the sign.
    """
    if category != "bezorgvenster" or rvv not in ("C1", "G7") or "gemotoriseerd" in text.lower():
        return []
    plates = sub_signs.lower()
    if rvv == "C1" and not (
        "toegestaan" in plates or re.search(r"uitgezonderd(?! bestem)", plates)
    ):
        return []
    return windows(text)


def _part_windows(part: str) -> list[Window]:
    across = _ACROSS.search(part)
    if across is not None:
        first, h1, m1, s1, last, h2, m2, s2 = across.groups()
        opening, closing = _seconds(h1, m1, s1), _seconds(h2, m2, s2)
        if opening is None or closing is None:
            return []
        return [Window(_days(first, last), opening, closing)]
    marks: list[tuple[int, str]] = []
    masked = part
    for match in _DAY_RANGE.finditer(part):
        marks.append((match.start(), _days(match[1], match[2])))
        masked = masked[: match.start()] + " " * len(match[0]) + masked[match.end() :]
    marks += [(match.start(), _days(match[1])) for match in _DAY_ONE.finditer(masked)]
    marks.sort()
    found = []
    for match in _RANGE.finditer(part):
        opening = _seconds(match[1], match[2], match[3])
        closing = _seconds(match[4], match[5], match[6])
        if opening is None or closing is None or opening == closing:
            continue
        before = [days for start, days in marks if start < match.start()]
        found.append(Window(before[-1] if before else None, opening, closing))
    return found
