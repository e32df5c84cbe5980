"""The rule book: dated tables, what is in force on a day, and a user's own rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.rules.lookups import LookUps
from bundling.rules.periods import (
    ambiguity_faults,
    period_faults,
    take_over,
    what_changes,
)
from bundling.rules.read import read_overrides, shipped_rows, to_frame
from bundling.rules.schema import RULE_TABLES, SCENARIO, Row, RuleTable

_CHANGE_COLUMNS = ("day", "table", "key", "change", "before", "after", "source", "note")


@dataclass(frozen=True)
class RuleBook(LookUps):
    """Dated rules; every look-up asks for a day.

    Both ends of a validity count: ``valid_from`` is the first day in force, ``valid_to`` the last;
    an empty ``valid_to`` is open. Make one with `RuleBook.default`; a book never changes,
    `with_overrides` and `with_scenarios` give a new one. Of several calls the later one wins.

    Attributes
    ----------
    scenarios_on
        Names of the scenarios whose rows are in force.
    """

    _rows: Mapping[str, tuple[Row, ...]] = field(repr=False)
    _options: Mapping[str, tuple[Row, ...]] = field(repr=False)
    scenarios_on: tuple[str, ...] = ()

    def __hash__(self) -> int:
        return hash(self.content_hash)

    @staticmethod
    def default() -> RuleBook:
        """Rules that come with the library, read on first use."""
        return _default_book()

    def with_overrides(self, source: str | Path | Mapping[str, pd.DataFrame]) -> RuleBook:
        """Book in which a user's rows take over the days they are valid.

        A user's row and a row of the book are about the same rule when they are equal in the key
        columns of the table (``RULE_TABLES[table].key``). On every day from the user's
        ``valid_from`` to ``valid_to`` the user's row alone is in force for that key; on other days
        the book's row stays in force. A row with a new key is added. Nothing is deleted: to
        end a rule, give a row that says so (a discount with share 0).

        Parameters
        ----------
        source
            A folder with CSV files named after the tables, or a mapping from table name to frame.
            The columns ``valid_to``, ``scenario``, ``source`` and ``note`` may be left out. A row
            that names a scenario waits until `with_scenarios` switches it on.

        Raises
        ------
        bundling.InputError
            With every fault at once: unknown tables and columns, cells of the wrong type,
            ``valid_to`` before ``valid_from``, two rows of one key or two overlapping ranges in
            force on the same day.
        FileNotFoundError
            When the folder does not exist.
        """
        given = Path(source) if isinstance(source, str | Path) else source
        added, faults = read_overrides(given, RULE_TABLES)
        for name, rows in added.items():
            faults += period_faults(RULE_TABLES[name], rows)
        raise_if(faults)
        rows_now, options = dict(self._rows), dict(self._options)
        for name, rows in added.items():
            table = RULE_TABLES[name]
            # Rows of a scenario that is on come after, and so win over, rows without one.
            for scenario in (None, *self.scenarios_on):
                own = [row for row in rows if row[SCENARIO] == scenario]
                rows_now[name] = tuple(take_over(table, rows_now[name], own))
            options[name] = _merged_options(table, options[name], rows)
            faults += ambiguity_faults(table, rows_now[name])
        raise_if(faults)
        return RuleBook(rows_now, options, self.scenarios_on)

    def with_scenarios(self, *names: str) -> RuleBook:
        """Book in which the rows of the named scenarios are in force on the days they hold.

        Raises
        ------
        bundling.InputError
            When a scenario is not in the book, or its rows clash with others.
        """
        known = self.scenarios()
        faults = [
            Fault(
                "rules", SCENARIO, (name,), "no scenario of this name", "Known: " + ", ".join(known)
            )
            for name in names
            if name not in known
        ]
        raise_if(faults)
        rows_now = dict(self._rows)
        for scenario in names:
            if scenario in self.scenarios_on:
                continue
            for name, options in self._options.items():
                chosen = [row for row in options if row[SCENARIO] == scenario]
                if chosen:
                    rows_now[name] = tuple(take_over(RULE_TABLES[name], rows_now[name], chosen))
                    faults += ambiguity_faults(RULE_TABLES[name], rows_now[name])
        raise_if(faults)
        return RuleBook(rows_now, self._options, tuple(dict.fromkeys((*self.scenarios_on, *names))))

    def scenarios(self) -> tuple[str, ...]:
        """Names of all scenarios in the book, on or off."""
        found = {str(row[SCENARIO]) for rows in self._options.values() for row in rows}
        return tuple(sorted(found))

    def tables(self) -> tuple[str, ...]:
        """Names of the rule tables."""
        return tuple(RULE_TABLES)

    def table(self, name: str) -> pd.DataFrame:
        """Copy of one table: all rows in force on some day, then scenario rows that are off.

        Dates are ISO text; ``to_csv(index=False)`` gives a file that `with_overrides` reads.

        Raises
        ------
        KeyError
            When there is no such table.
        """
        if name not in RULE_TABLES:
            raise KeyError(f"no rule table '{name}'; known: " + ", ".join(RULE_TABLES))
        off = [row for row in self._options[name] if row[SCENARIO] not in self.scenarios_on]
        return to_frame(RULE_TABLES[name], [*self._rows[name], *off])

    def changes(self, from_day: date, to_day: date) -> pd.DataFrame:
        """List what changes between two days, both included.

        Returns
        -------
        pandas.DataFrame
            One row for each rule and day on which another value, or none, comes into force:
            ``day`` (first day of the new situation), ``table``, ``key``, ``change`` (starts,
            changes, ends), ``before``, ``after``, ``source``, ``note``; by day.
        """
        records = [
            record
            for name, rows in self._rows.items()
            for record in what_changes(RULE_TABLES[name], rows, from_day, to_day)
        ]
        records.sort(key=lambda record: (record["day"], record["table"], record["key"]))
        return pd.DataFrame(records, columns=list(_CHANGE_COLUMNS), dtype=object)

    @property
    def content_hash(self) -> str:
        """SHA-256 of everything in force, for the record of a run."""
        digest = hashlib.sha256()
        for name in RULE_TABLES:
            lines = sorted(repr(sorted(row.items(), key=str)) for row in self._rows[name])
            digest.update((name + "\n" + "\n".join(lines) + "\n").encode())
        return digest.hexdigest()


def _merged_options(table: RuleTable, old: tuple[Row, ...], added: list[Row]) -> tuple[Row, ...]:
    """Scenario rows, on or off; new ones take over days of the same scenario and key."""
    merged = [row for row in old if row[SCENARIO] is not None]
    for scenario in {row[SCENARIO]: None for row in added if row[SCENARIO] is not None}:
        same = [row for row in merged if row[SCENARIO] == scenario]
        others = [row for row in merged if row[SCENARIO] != scenario]
        newer = [row for row in added if row[SCENARIO] == scenario]
        merged = [*others, *take_over(table, same, newer)]
    return tuple(merged)


@cache
def _default_book() -> RuleBook:
    faults: list[Fault] = []
    rows: dict[str, tuple[Row, ...]] = {}
    options: dict[str, tuple[Row, ...]] = {}
    for name, table in RULE_TABLES.items():
        found, wrong = shipped_rows(table)
        faults += wrong + period_faults(table, found)
        rows[name] = tuple(row for row in found if row[SCENARIO] is None)
        options[name] = tuple(row for row in found if row[SCENARIO] is not None)
        faults += ambiguity_faults(table, rows[name])
    raise_if(faults)
    return RuleBook(rows, options)
