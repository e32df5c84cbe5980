"""Validity: which rows overlap, and how a row takes over the days of another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise
from typing import Any

from bundling.errors import Fault
from bundling.rules.schema import (
    NOTE,
    SCENARIO,
    SOURCE,
    VALID_FROM,
    VALID_TO,
    Range,
    Row,
    RuleTable,
)

ONE_DAY = timedelta(days=1)


def first_day(row: Row) -> date:
    """First day a row is in force."""
    day = row[VALID_FROM]
    assert isinstance(day, date)
    return day


def last_day(row: Row) -> date:
    """Last day a row is in force; an open end is the last day of the calendar."""
    day = row[VALID_TO]
    return day if isinstance(day, date) else date.max


def in_force(row: Row, day: date) -> bool:
    """Whether a row is in force on a day; both ends count."""
    return first_day(row) <= day <= last_day(row)


def key_of(table: RuleTable, row: Row) -> tuple[Any, ...]:
    """Values of the key columns."""
    return tuple(row[name] for name in table.key)


def take_over(table: RuleTable, rows: Iterable[Row], newer: Iterable[Row]) -> list[Row]:
    """Rows after newer ones took over their days.

    On every day of a newer row's validity that row alone is in force for its key. Older rows of
    the same key keep the days outside it: they are cut, split in two, or vanish.
    """
    kept = list(rows)
    added = list(newer)
    for new in added:
        cut: list[Row] = []
        for old in kept:
            apart = last_day(old) < first_day(new) or first_day(old) > last_day(new)
            if apart or key_of(table, old) != key_of(table, new):
                cut.append(old)
                continue
            if first_day(old) < first_day(new):
                cut.append({**old, VALID_TO: first_day(new) - ONE_DAY})
            if last_day(old) > last_day(new):
                cut.append({**old, VALID_FROM: last_day(new) + ONE_DAY})
        kept = cut
    return kept + added


def period_faults(table: RuleTable, rows: Sequence[Row], first_row: int = 1) -> list[Fault]:
    """Faults of rows as they were given: ends before starts, empty ranges, overlaps of one key."""
    faults: list[Fault] = []
    numbered = list(enumerate(rows, start=first_row))
    late = tuple(str(n) for n, row in numbered if last_day(row) < first_day(row))
    if late:
        rule = "valid_to lies before valid_from"
        faults.append(Fault(table.name, VALID_TO, late, rule, "valid_to is the last day in force"))
    for bounds in table.ranges:
        empty = tuple(str(n) for n, row in numbered if _is_empty(bounds, row))
        if empty:
            rule = f"{bounds.low} to {bounds.high} holds nothing"
            faults.append(Fault(table.name, bounds.high, empty, rule, "Swap or correct the bounds"))

    def group(item: tuple[int, Row]) -> tuple[Any, ...]:
        return tuple(map(str, (item[1][SCENARIO], *key_of(table, item[1]))))

    for _, members in groupby(sorted(numbered, key=group), key=group):
        ordered = sorted(members, key=lambda item: first_day(item[1]))
        for (n, row), (m, later) in pairwise(ordered):
            if first_day(later) <= last_day(row):
                name = ", ".join(str(value) for value in key_of(table, row) if value is not None)
                rule = f"two rows of '{name}' are in force on {first_day(later)}"
                remedy = "End the first the day before the second starts"
                faults.append(Fault(table.name, VALID_FROM, (str(n), str(m)), rule, remedy))
    return faults


def ambiguity_faults(table: RuleTable, rows: Sequence[Row]) -> list[Fault]:
    """Faults of rows in force together: two keys that answer the same look-up on one day."""
    if not table.ranges:
        return []
    faults: list[Fault] = []
    for i, row in enumerate(rows):
        for other in rows[i + 1 :]:
            if key_of(table, row) == key_of(table, other):
                continue  # told apart by their days, see period_faults
            if any(row[name] != other[name] for name in table.exact):
                continue
            if not all(_overlap(bounds, row, other) for bounds in table.ranges):
                continue
            start = max(first_day(row), first_day(other))
            if start > min(last_day(row), last_day(other)):
                continue
            names = " and ".join(
                "'" + ", ".join(map(str, key_of(table, one))) + "'" for one in (row, other)
            )
            rule = f"{names} answer the same question on {start}"
            remedy = "Make their ranges or their days disjoint"
            faults.append(Fault(table.name, table.ranges[0].low, (), rule, remedy))
    return faults


def holds(bounds: Range, row: Row, value: Any) -> bool:
    """Whether a row's range holds a value; empty bounds are open."""
    low: Any = row[bounds.low]
    high: Any = row[bounds.high]
    above = low is None or (value > low if bounds.low_open else value >= low)
    return bool(above and (high is None or value <= high))


def _is_empty(bounds: Range, row: Row) -> bool:
    low: Any = row[bounds.low]
    high: Any = row[bounds.high]
    if low is None or high is None:
        return False
    return bool(low >= high if bounds.low_open else low > high)


def _overlap(bounds: Range, row: Row, other: Row) -> bool:
    lows: list[Any] = [one[bounds.low] for one in (row, other) if one[bounds.low] is not None]
    highs: list[Any] = [one[bounds.high] for one in (row, other) if one[bounds.high] is not None]
    if not lows or not highs:
        return True
    return bool(max(lows) < min(highs) if bounds.low_open else max(lows) <= min(highs))


def what_changes(
    table: RuleTable, rows: Iterable[Row], from_day: date, to_day: date
) -> list[dict[str, object]]:
    """One record for each key and day on which another row, or none, comes into force."""
    records: list[dict[str, object]] = []
    by_key: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        by_key.setdefault(key_of(table, row), []).append(row)
    for key, members in by_key.items():
        days = {first_day(row) for row in members}
        days |= {last_day(row) + ONE_DAY for row in members if last_day(row) < date.max}
        for day in sorted(days):
            if not from_day <= day <= to_day:
                continue
            # date.min has no day before it.
            before = (
                None
                if day == date.min
                else next((row for row in members if in_force(row, day - ONE_DAY)), None)
            )
            after = next((row for row in members if in_force(row, day)), None)
            told_before, told_after = _told(table, before, after), _told(table, after, before)
            if told_before == told_after:
                continue
            change = "starts" if before is None else "ends" if after is None else "changes"
            told_by = after if after is not None else before
            assert told_by is not None
            records.append(
                {
                    "day": day,
                    "table": table.name,
                    "key": ", ".join(str(value) for value in key if value is not None),
                    "change": change,
                    "before": told_before,
                    "after": told_after,
                    "source": told_by[SOURCE],
                    "note": told_by[NOTE],
                }
            )
    return records


def _told(table: RuleTable, row: Row | None, other: Row | None) -> str | None:
    """Values of a row in words: all of them, or those in which it differs from the other."""
    if row is None:
        return None
    shown = {True: "yes", False: "no"}
    parts = []
    for column in table.columns:
        value = row[column.name]
        if column.name in table.key or (other is not None and other[column.name] == value):
            continue
        if value is not None:
            parts.append(f"{column.name}={shown[value] if isinstance(value, bool) else value}")
    return ", ".join(parts)
