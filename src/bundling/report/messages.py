"""Words and numbers in the reader's language, from one catalogue with stable codes."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

LANGUAGES = ("nl", "en")
FILES = ("messages.csv", "messages_hubs.csv")
"""Catalogues; the second has the words of hubs by departures, hub location and sharing."""
NBSP = "\N{NO-BREAK SPACE}"

# Endings of column names and how a person writes the unit. Longest first: _eur_per_kwh is no _kwh.
UNITS = {
    "_eur_per_kw_month": "EUR/kW/month",
    "_eur_per_kw_year": "EUR/kW/year",
    "_eur_per_year": "EUR/year",
    "_eur_per_day": "EUR/day",
    "_eur_per_kwh": "EUR/kWh",
    "_eur_per_mw": "EUR/MW",
    "_eur_per_km": "EUR/km",
    "_eur_per_m3": "EUR/m³",
    "_eur_per_kg": "EUR/kg",
    "_eur_per_h": "EUR/h",
    "_kg_per_day": "kg/day",
    "_m3_per_day": "m³/day",
    "_kwh_per_day": "kWh/day",
    "_mwh_per_year": "MWh/year",
    "_kwh_per_km": "kWh/km",
    "_vehicle_km": "km",
    "_clock": "",
    "_meur": "MEUR",
    "_eur": "EUR",
    "_kwh": "kWh",
    "_mwh": "MWh",
    "_gwh": "GWh",
    "_min": "min",
    "_kw": "kW",
    "_mw": "MW",
    "_kg": "kg",
    "_m3": "m³",
    "_km": "km",
    "_pct": "%",
    "_mb": "MB",
    "_ha": "ha",
    "_g": "g",
    "_m": "m",
    "_s": "s",
    "_h": "h",
}
YEAR = re.compile(r"_(2[01]\d\d)(?=_|$)")
_PER_NL = {"/month": "/maand", "/year": "/jaar", "/day": "/dag", "/h": "/uur", "h": "uur"}
_DAYS_NL = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_NL = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)
_MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All messages: language -> code -> text; from every file of `FILES`.

    Raises
    ------
    ValueError
        When a code stands in the files twice or lacks a language.
    """
    found: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for name in FILES:
        text = (files("bundling.report") / name).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            for language in LANGUAGES:
                if not row[language] or row["code"] in found[language]:
                    raise ValueError(f"{name}: {row['code']} is double or has no {language}")
                found[language][row["code"]] = row[language]
    return found


def unit_of(column: str) -> str:
    """English unit that the ending of `column` names; empty when it names none."""
    return UNITS.get(_ending(column), "")


def _ending(column: str) -> str:
    """Key of `UNITS` that `column` ends in; a rate, such as ``eur_per_kwh``, may be all of it."""
    for ending in UNITS:
        if column.endswith(ending) or ("_per_" in ending and column == ending[1:]):
            return ending
    return ""


class Figure(str):
    """A written number that picks the word after it: ``{n} {n:round/rounds}``."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        one, slash, more = spec.partition("/")
        if not slash:
            return super().__format__(spec)
        return one if self == "1" else more


class Messages:
    """The words and number formats of one language.

    Parameters
    ----------
    lang
        ``"nl"`` or ``"en"``.

    Raises
    ------
    ValueError
        When `lang` is another language.
    """

    def __init__(self, lang: str = "nl") -> None:
        if lang not in LANGUAGES:
            raise ValueError(f"language {lang!r} is not there; choose from {', '.join(LANGUAGES)}")
        self.lang = lang
        self._texts = catalogue()[lang]

    def __call__(self, code: str, **values: Any) -> str:
        """Text of `code` with `values` filled in; numbers must come in as formatted text.

        Raises
        ------
        KeyError
            When the catalogue has no such code.
        """
        text = self._texts[code]
        return text.format(**values) if values else text

    def has(self, code: str) -> bool:
        """Whether the catalogue has `code`."""
        return code in self._texts

    def number(self, value: float, decimals: int = 0) -> Figure:
        """Write `value` with separators of the language; ``–`` when it is not finite."""
        if value is None or not math.isfinite(value):
            return Figure("–")
        text = f"{value:,.{decimals}f}"
        if float(text.replace(",", "")) == 0.0:
            text = text.lstrip("-")
        if self.lang == "nl":
            text = text.translate(str.maketrans(",.", ".,"))
        return Figure(text)

    def compact(self, value: float) -> Figure:
        """`value` with as many decimals as its size deserves (three significant digits)."""
        if value is None or not math.isfinite(value):
            return Figure("–")
        size = abs(value)
        if size < 5e-5:
            return self.number(0.0)
        if size >= 100 or value == int(value):
            return self.number(value, 0)
        return self.number(value, 1 if size >= 10 else 2 if size >= 0.095 else 4)

    def exact(self, value: float) -> Figure:
        """Write `value` with all its digits, six significant ones at most."""
        if value is None or not math.isfinite(value):
            return Figure("–")
        digits = max(0, 5 - math.floor(math.log10(abs(value)))) if value else 0
        text = f"{value:.{digits}f}"
        decimals = len(text.rstrip("0").partition(".")[2]) if "." in text else 0
        return self.number(value, decimals)

    def money(self, value: float, decimals: int = 0) -> str:
        """Euro."""
        if value is None or not math.isfinite(value):
            return "–"
        sign = "-" if round(value, decimals) < 0 else ""
        return f"{sign}€{NBSP}{self.number(abs(value), decimals)}"

    def percent(self, share: float, decimals: int = 1) -> str:
        """`share` of one as a percentage; small shares keep two significant digits."""
        if share is None or not math.isfinite(share):
            return "–"
        value = 100 * share
        value = value if abs(value) >= 5e-5 else 0.0  # rounding noise is nothing, not 0.0000 %
        while 0 < abs(value) < 10**-decimals and decimals < 4:
            decimals += 1
        return f"{self.number(value, decimals)}{NBSP if self.lang == 'nl' else ''}%"

    def seconds(self, value: float) -> str:
        """Seconds, or minutes and seconds above two minutes."""
        if value is None or not math.isfinite(value):
            return "–"
        if value < 120:
            return f"{self.number(value, 1)} s"
        return f"{int(value // 60)} min {round(value % 60):02d} s"

    def day(self, day: date) -> str:
        """`day` in words, weekday included."""
        if self.lang == "nl":
            return f"{_DAYS_NL[day.weekday()]} {day.day} {_MONTHS_NL[day.month - 1]} {day.year}"
        return f"{_DAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]} {day.year}"

    def unit(self, unit: str) -> str:
        """Write `unit` as the language does (``EUR/year`` is ``EUR/jaar``)."""
        if self.lang == "nl":
            for english, dutch in _PER_NL.items():
                if unit == english or (english[0] == "/" and unit.endswith(english)):
                    return unit[: len(unit) - len(english)] + dutch
        return unit

    def label(self, column: str, prefix: str = "col") -> str:
        """Heading of a column: the catalogue's words, or the name itself spelt out, and the unit.

        A column that the catalogue does not know (from a user's own table) keeps its English name
        with spaces, so that nothing is left out. A year in it stays.
        """
        year = YEAR.search(column)
        if year:
            column = column[: year.start()] + column[year.end() :]
        unit = unit_of(column)
        code = f"{prefix}.{column}"
        if self.has(code):
            words = self(code)
        else:
            words = column.removesuffix(_ending(column))
            words = words.replace("_", " ").strip().capitalize()
        if year:
            words += f" {year[1]}"
        return f"{words} ({self.unit(unit)})" if unit else words

    def short(self, code: str) -> str:
        """Text of `code` up to its colon."""
        return self(code).split(":")[0]

    def translated(self, code: str, text: str) -> str:
        """Text of `code`, but only where `text` is still the English one: else `text` itself."""
        return self(code) if catalogue()["en"].get(code) == text else text

    def word(self, value: object, prefix: str = "value") -> str:
        """Text of a code such as ``"direct"`` or ``"optimal"``; the code itself when unknown."""
        code = f"{prefix}.{value}"
        return self(code) if self.has(code) else str(value)

    def names(self, names: Iterable[str], most: int = 4) -> str:
        """Join as ``a, b and c``; after `most` names the number of others."""
        found = list(names)
        if not found:
            return "–"
        if len(found) > most:
            others = self("list.more", n=self.number(len(found) - most))
            return ", ".join(found[:most]) + " " + others
        if len(found) == 1:
            return found[0]
        return ", ".join(found[:-1]) + f" {self('list.and')} " + found[-1]
