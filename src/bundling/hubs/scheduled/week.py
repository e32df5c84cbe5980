"""A week of departures from the tables of a day: who sends on which days, and what comes back.

The tables are those of `bundling.hubs.scheduled.frames.from_tables`, with a few columns more:
``days`` of shipments and sailings, ``return_share`` and ``pickup`` of shipments, ``week_eur`` of
hubs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.scheduled.columns import Column
from bundling.hubs.scheduled.frames import from_tables
from bundling.hubs.scheduled.problem import ScheduledProblem

if TYPE_CHECKING:
    from bundling.hubs.scheduled.problem import BoolArray

WEEK: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
RETURN: Final = " return"
"""Ends the name of the freight that comes back from a shipment."""


@dataclass(frozen=True, eq=False)
class Week:
    """The days of a week, each a problem of its own, that share the rent of their hubs.

    Attributes
    ----------
    day_names
        Days on which something is sent, in order.
    problems
        A problem a day; its hubs cost nothing beyond what they cost each day they are used.
    hub_week_eur
        Rent of each hub for the week, once when it is used on any day [H].
    """

    day_names: tuple[str, ...]
    problems: tuple[ScheduledProblem, ...]
    hub_week_eur: NDArray[np.float64]


def week_of(tables: Mapping[str, pd.DataFrame], days: Sequence[str] = WEEK[:5]) -> Week:
    """Make the problems of a week.

    Parameters
    ----------
    tables
        Those of a day. Further columns, all optional:

        - ``shipments.days`` and ``sailings.days``: such as ``"mon wed"``; empty: every day;
        - ``shipments.return_share``: so much of the load goes back (0 to 1): empties, returns,
          waste. It stands ready at the destination from ``return_release_slot`` on (by default the
          shipment's own release, since it is what the visit before left behind) and is home by
          ``return_due_slot`` (by default the last slot), with shipments of ``return_group`` (by
          default its own);
        - ``shipments.pickup``: true when origin and destination are given the way a delivery
          goes, but the freight goes the other way;
        - ``hubs.week_eur``: rent for the week, besides ``fixed_eur`` for each day of use.
    days
        Days of the week that count.

    Returns
    -------
    Week
        Days on which nothing is sent are left out.

    Raises
    ------
    bundling.InputError
        With every fault, those of the day's tables among them.
    """
    faults = [
        Fault("week", "days", (day,), "is no day", f"Use {' '.join(WEEK)}.")
        for day in days
        if day not in WEEK
    ]
    made = dict(tables)
    week_eur: NDArray[np.float64] = np.zeros(0)
    try:
        sent = _days(tables, "shipments", days, faults)
        sailed = _days(tables, "sailings", days, faults)
        if "shipments" in tables:
            made["shipments"], sent = _with_returns(tables, sent, faults)
        if "hubs" in tables:
            week_eur = _numbers(tables["hubs"], "hubs", "hub_id", "week_eur", 0.0, faults)
            made["hubs"] = tables["hubs"].drop(columns="week_eur", errors="ignore")
        if "sailings" in tables:
            made["sailings"] = tables["sailings"].drop(columns="days", errors="ignore")
        whole = from_tables(made)
    except InputError as error:
        told = {(fault.table, fault.column) for fault in faults}
        more = [fault for fault in error.faults if (fault.table, fault.column) not in told]
        raise InputError([*faults, *more]) from error
    raise_if(faults)
    names, problems = [], []
    for k, day in enumerate(days):
        if sent[:, k].any():
            names.append(day)
            problems.append(with_sailings(whole.only(sent[:, k]), sailed[:, k]))
    if not names:
        rule = f"nothing is sent on {' '.join(days)}"
        raise_if([Fault("shipments", "days", (), rule, "Give days of that week.")])
    return Week(tuple(names), tuple(problems), week_eur)


def with_sailings(problem: ScheduledProblem, keep: BoolArray) -> ScheduledProblem:
    """Return the problem with a part of its sailings [Q], and the locks those pass."""
    if keep.all():
        return problem
    passes = keep[problem.passage_sailing]
    number = np.cumsum(keep) - 1
    changes = _part(problem, "sailing", keep) | {
        "passage_sailing": number[problem.passage_sailing[passes]],
        "passage_lock": tuple(
            lock for lock, kept in zip(problem.passage_lock, passes, strict=True) if kept
        ),
        "passage_slot": problem.passage_slot[passes],
    }
    return problem.replace(**changes)


def with_hubs(problem: ScheduledProblem, keep: BoolArray) -> ScheduledProblem:
    """Return the problem with a part of its hubs [H]; their places stay."""
    return problem if keep.all() else problem.replace(**_part(problem, "hub", keep))


def _part(problem: ScheduledProblem, prefix: str, keep: BoolArray) -> dict[str, Any]:
    """Fields of one table for a part of its rows."""
    changes: dict[str, Any] = {}
    for name in problem.__dataclass_fields__:
        if name.split("_")[0] == prefix:
            value = getattr(problem, name)
            changes[name] = (
                value[keep]
                if isinstance(value, np.ndarray)
                else tuple(item for item, kept in zip(value, keep, strict=True) if kept)
            )
    return changes


def _days(
    tables: Mapping[str, pd.DataFrame], table: str, days: Sequence[str], faults: list[Fault]
) -> BoolArray:
    """On which of the days each row runs, shape [rows, days]."""
    frame = tables.get(table)
    if frame is None:
        return np.zeros((0, len(days)), dtype=bool)
    if "days" not in frame:
        return np.ones((len(frame), len(days)), dtype=bool)
    words = [
        [] if value is None or value is pd.NA or value != value
        else str(value).lower().replace(",", " ").split()
        for value in frame["days"]
    ]  # fmt: skip
    bad = [k for k, row in enumerate(words) if not set(row) <= set(WEEK)]
    if bad:
        key = f"{table[:-1]}_id"
        rows = tuple(str(frame[key].iloc[k]) if key in frame else str(k + 1) for k in bad)
        rule = f"is no list of days ({frame['days'].iloc[bad[0]]})"
        faults.append(Fault(table, "days", rows, rule, f"Write days as {' '.join(WEEK[:3])}."))
    return np.array([[not row or day in row for day in days] for row in words], dtype=bool).reshape(
        len(frame), len(days)
    )


def _with_returns(
    tables: Mapping[str, pd.DataFrame], sent: BoolArray, faults: list[Fault]
) -> tuple[pd.DataFrame, BoolArray]:
    """Shipments with those that come back, and the days of both."""
    frame = tables["shipments"].reset_index(drop=True)
    ours = ["days", "return_share", "return_release_slot", "return_due_slot", "return_group",
            "pickup"]  # fmt: skip
    plain = frame.drop(columns=ours, errors="ignore")
    if not {"shipment_id", "origin", "destination"} <= set(plain):
        return plain, sent  # the day's own tables tell what is missing
    rows = frame["shipment_id"].astype(str).tolist()
    if "pickup" in frame:
        back = Column("shipments", "pickup", frame["pickup"].tolist(), rows, faults).truths()
        ends = plain[["origin", "destination"]].to_numpy()
        plain["origin"] = np.where(back, ends[:, 1], ends[:, 0])
        plain["destination"] = np.where(back, ends[:, 0], ends[:, 1])
    share = _numbers(frame, "shipments", "shipment_id", "return_share", 0.0, faults)
    over = tuple(rows[k] for k in np.flatnonzero(share > 1.0))
    if over:
        rule = "is more than 1"
        faults.append(Fault("shipments", "return_share", over, rule, "Give a share of the load."))
    which = np.flatnonzero(share > 0.0)
    if not which.size:
        return plain, sent
    home = plain.iloc[which].copy()
    home["shipment_id"] = [rows[k] + RETURN for k in which]
    home[["origin", "destination"]] = plain[["destination", "origin"]].to_numpy()[which]
    for column in home:
        if str(column).startswith("load_"):
            loads = pd.to_numeric(home[column], errors="coerce").to_numpy(float)
            home[column] = loads * share[which]
    for given, column in (("return_release_slot", "release_slot"), ("return_group", "group")):
        if given in frame:
            own = plain.get(column, 0)
            home[column] = frame[given].where(frame[given].notna(), own).iloc[which].to_numpy()
    last = _last_slot(tables)
    if "return_due_slot" in frame:
        due = frame["return_due_slot"]
        home["due_slot"] = due.astype(object).where(due.notna(), last).iloc[which].to_numpy()
    else:
        home["due_slot"] = last
    if "group" in home and "group" not in plain:
        plain["group"] = 0
    both = pd.concat([plain.astype(object), home.astype(object)], ignore_index=True)
    return both, np.concatenate([sent, sent[which]])


def _last_slot(tables: Mapping[str, pd.DataFrame]) -> int:
    settings = tables.get("settings")
    if settings is not None and {"key", "value"} <= set(settings):
        found = settings.loc[settings["key"] == "num_slots", "value"].tolist()
        number = pd.to_numeric(found[0], errors="coerce") if found else np.nan
        if np.isfinite(number):
            return int(number) - 1
    return 95


def _numbers(
    frame: pd.DataFrame, table: str, key: str, column: str, default: float, faults: list[Fault]
) -> NDArray[np.float64]:
    """Read a column of numbers from 0 up; `default` where it is absent or empty."""
    if column not in frame:
        return np.full(len(frame), default)
    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
    empty = frame[column].isna().to_numpy(dtype=bool)
    bad = np.flatnonzero(~empty & ~(np.isfinite(numbers) & (numbers >= 0)))
    if bad.size:
        rows = tuple(str(frame[key].iloc[k]) if key in frame else str(k + 1) for k in bad)
        rule = "is no number from 0 up"
        faults.append(Fault(table, column, rows, rule, "Correct it, or leave it empty."))
    return np.where(empty | ~np.isfinite(numbers), default, numbers)
