"""Care sites, those who supply them, and the figures of the goods groups."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.assumption_tables import assumption_table, figures
from bundling.hubs.scheduled.clocks import read_clock_s
from bundling.hubs.scheduled.week import WEEK
from bundling.network import Network
from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region


def care_groups(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table of goods groups: load by 100 beds, days, what goes back; the user's in place of ours.

    Raises
    ------
    bundling.InputError
        Unreadable rows, words that are no days, shares above 1.
    """
    name = "hubs_care_groups"
    found = assumption_table(
        name, table, key=["group"], numbers=["roll_containers_per_100_beds", "return_share"],
        flags=["returns_apart"], texts=["days"],
    )  # fmt: skip
    wrong = [not set(days.lower().replace(",", " ").split()) <= set(WEEK) for days in found["days"]]
    faults = []
    for column, bad, rule in (
        ("days", np.array(wrong), "is no list of days"),
        ("return_share", found["return_share"].to_numpy(float) > 1.0, "is more than 1"),
    ):
        rows = tuple(found["group"][bad])
        if rows:
            faults.append(Fault(name, column, rows, rule, "Correct it."))
    raise_if(faults)
    return found


def care_figures(table: pd.DataFrame | None = None) -> dict[str, float]:
    """Read loads, times and prices by key; the user's table in place of ours.

    Raises
    ------
    bundling.InputError
        With every unreadable row, and every key that is missing.
    """
    return figures("hubs_care", table)


@dataclass(frozen=True, eq=False)
class Care:
    """Care sites of a region and those who supply them.

    Attributes
    ----------
    region
        Its vehicle types, prices and roads.
    sites
        ``site_id, x_m, y_m, beds``, and ``town``: sites of one town are visited on one round.
    suppliers
        ``supplier_id, x_m, y_m, group``: who brings a goods group.
    hub_xy
        RD New metres.
    day
        Decides levy and emissions.
    groups, figures
        In place of the tables ``hubs_care_groups`` and ``hubs_care``.
    vehicles
        Vehicle types that drive, some on rounds among them.
    open_clock, close_clock
        When sites receive.
    network, rules
        Others than the region's and the library's.
    """

    region: Region
    sites: pd.DataFrame
    suppliers: pd.DataFrame
    hub_xy: tuple[float, float]
    day: date
    groups: pd.DataFrame | None = None
    figures: pd.DataFrame | None = None
    vehicles: tuple[str, ...] = ("evan", "dvan", "drigid")
    open_clock: str = "07:00"
    close_clock: str = "17:00"
    network: Network | None = field(default=None, repr=False)
    rules: RuleBook | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        raise_if(self._faults())

    def _faults(self) -> list[Fault]:
        faults = []
        for name, frame, columns in (
            ("sites", self.sites, ("site_id", "x_m", "y_m", "beds", "town")),
            ("suppliers", self.suppliers, ("supplier_id", "x_m", "y_m", "group")),
        ):
            for column in columns:
                if column not in frame:
                    faults.append(Fault(name, column, (), "the column is missing", "Add it."))
                elif column in ("x_m", "y_m", "beds"):
                    numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
                    bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
                    if bad.size:
                        rows = tuple(str(k + 1) for k in bad)
                        rule = "is no number from 0 up"
                        faults.append(Fault(name, column, rows, rule, "Correct it."))
        types = self.region.table("vehicle_types").set_index("vehicle_type")
        unknown = tuple(name for name in self.vehicles if name not in types.index)
        if unknown:
            remedy = f"Use {', '.join(types.index)}."
            faults.append(Fault("vehicle_types", "", unknown, "is no vehicle type", remedy))
        elif not types.loc[list(self.vehicles), "last_mile"].any():
            rule = "none of them drives rounds"
            faults.append(Fault("vehicle_types", "last_mile", self.vehicles, rule, "Add one."))
        opens, closes = read_clock_s(self.open_clock), read_clock_s(self.close_clock)
        if not 0 <= opens < closes < 86_400:
            rule = f"are {self.open_clock} and {self.close_clock}"
            remedy = 'Give two clock times in order, such as "07:00" and "17:00".'
            faults.append(Fault("care", "open_clock, close_clock", (), rule, remedy))
        try:
            care_figures(self.figures)
        except InputError as error:
            faults += error.faults
        try:
            known = set(care_groups(self.groups)["group"])
        except InputError as error:
            return [*faults, *error.faults]
        if "group" in self.suppliers:
            given = self.suppliers["group"].astype(str)
            unknown = tuple(given[~given.isin(known)])
            if unknown:
                remedy = f"Use {', '.join(sorted(known))}."
                faults.append(Fault("suppliers", "group", unknown, "is no goods group", remedy))
            twice = tuple(given[given.duplicated()])
            if twice:
                rule = "comes from two suppliers"
                remedy = "Name the group of each in the table of groups."
                faults.append(Fault("suppliers", "group", twice, rule, remedy))
        return faults
