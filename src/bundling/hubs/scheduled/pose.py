"""Pose a day of departures from a region, its stops' windows and the dated rules."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.pose import Area
from bundling.hubs.pose import pose as pose_hubs
from bundling.hubs.scheduled.clocks import read_clock_s
from bundling.hubs.scheduled.of_hubs import Hours, scheduled_of_hubs
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.timetable import read_timetable
from bundling.hubs.scheduled.windows import shipment_windows
from bundling.network import Network
from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region

APART: Final = ("waste_returns",)
"""Segments that share no vehicle with the rest."""


def pose(
    region: Region,
    *,
    day: date,
    area: Area = "municipality",
    rules: RuleBook | None = None,
    network: Network | None = None,
    direct: bool = True,
    timetable: pd.DataFrame | None = None,
    quays: pd.DataFrame | None = None,
    services: pd.DataFrame | None = None,
    drop_m: float = 0.0,
    windows: pd.DataFrame | None = None,
    hub_hours: pd.DataFrame | None = None,
    ready: str = "00:00",
    apart: tuple[str, ...] = APART,
    slot_min: int = 15,
    horizon_h: int = 24,
    max_hubs: int | None = None,
    co2e_eur_per_kg: float = 0.0,
) -> ScheduledProblem:
    """Pose which hubs, departures, modes and vehicles carry a region's freight of one day.

    Places, legs, who may go where, levy, energy and emissions are those of
    `bundling.hubs.pose.pose`; windows are those of the stops (see `windows`); what a trip, a shift
    and an address cost stands in `bundling.hubs.scheduled.of_hubs`. A vehicle at the door before
    its window waits, and nobody pays for that.

    Parameters
    ----------
    region
        The region.
    day
        The day; decides zone access, levy and emission factors.
    area, rules, network, direct
        As in `bundling.hubs.pose.pose`.
    timetable, quays, services, drop_m
        Barges and trains, see `bundling.hubs.scheduled.timetable.read_timetable`. The region's
        tables have none.
    windows
        Rows that replace what the stops say, see
        `bundling.hubs.scheduled.windows.shipment_windows`.
    hub_hours
        ``hub_id``, ``open_clock``, ``close_clock``, ``dwell_min`` of hubs. Others work day and
        night, and freight leaves after the turnaround of a vehicle at a depot (the region's
        assumption ``depot_turnaround_min``).
    ready
        Clock time from which deliveries stand ready where they come from.
    apart
        Segments that share no vehicle with others.
    slot_min, horizon_h
        Minutes of a slot, and hours of the horizon from midnight on (more than 24 for what runs
        overnight).
    max_hubs
        Most hubs on the way; by default 1, and 2 with a timetable.
    co2e_eur_per_kg
        Price of a kilogram of CO2e.

    Raises
    ------
    bundling.InputError
        With every fault of all tables.
    """
    faults = _settings(ready, slot_min, horizon_h)
    read = read_timetable(
        region, timetable, quays=quays, services=services, drop_m=drop_m, faults=faults
    )
    ready_s, end_s = read_clock_s(ready), 3600.0 * horizon_h - 60.0 * slot_min
    times = shipment_windows(region, ready_s=ready_s, day_end_s=end_s, table=windows, faults=faults)
    known = [*region.table("hub_candidates")["hub_id"].astype(str), *read.quay_ids]
    hours = _hours(region, known, hub_hours, read.quay_dwell_s, end_s, faults)
    try:
        hubs = pose_hubs(
            read.region, day=day, area=area, rules=rules, network=network, direct=direct
        )
    except InputError as error:
        raise InputError([*faults, *error.faults]) from error
    raise_if(faults)
    segment = region.table("shipments")["segment"].astype(str)
    group = np.array([apart.index(name) + 1 if name in apart else 0 for name in segment])
    handling = np.zeros(len(known))
    handling[len(known) - len(read.quay_ids) :] = read.quay_handling_eur_kg
    slot_s = 60.0 * slot_min
    place = dict(zip(hubs.hub_ids, hubs.hub_location.tolist(), strict=True))
    return scheduled_of_hubs(
        hubs,
        times,
        Hours(*hours, handling_eur_kg=handling),
        group=group.astype(np.int64),
        slot_s=slot_s,
        num_slots=int(60 * horizon_h // slot_min),
        max_hubs=max_hubs if max_hubs is not None else 2 if read.rows else 1,
        co2e_eur_per_kg=co2e_eur_per_kg,
        sailings=read.fields(place, slot_s),
    )


def _settings(ready: str, slot_min: int, horizon_h: int) -> list[Fault]:
    faults = []
    if np.isnan(read_clock_s(ready)):
        rule = f"is {ready}, no clock time"
        faults.append(Fault("settings", "ready", (), rule, 'Give a time such as "05:00".'))
    if slot_min < 1 or 1440 % slot_min:
        rule = f"is {slot_min}, no part of a day"
        faults.append(Fault("settings", "slot_min", (), rule, "Give 5, 10, 15, 30 or 60."))
    if not 1 <= horizon_h <= 168:
        rule = f"is {horizon_h}"
        faults.append(Fault("settings", "horizon_h", (), rule, "Give 1 to 168 hours."))
    return faults


def _hours(
    region: Region,
    hub_ids: list[str],
    table: pd.DataFrame | None,
    quay_dwell_s: np.ndarray,
    end_s: float,
    faults: list[Fault],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read opening, closing and dwell (s) of the hubs [H]."""
    count = len(hub_ids)
    opens, closes = np.zeros(count), np.full(count, end_s)
    dwell = np.full(count, 60.0 * region.assumption("depot_turnaround_min"))
    dwell[count - len(quay_dwell_s) :] = quay_dwell_s
    if table is None:
        return opens, closes, dwell
    name, row = "hub_hours", {hub: k for k, hub in enumerate(hub_ids)}
    if "hub_id" not in table:
        faults.append(Fault(name, "hub_id", (), "the column is missing", "Add it."))
        return opens, closes, dwell
    ids = table["hub_id"].astype(str).tolist()
    unknown = tuple(hub for hub in ids if hub not in row)
    if unknown:
        remedy = f"Known: {', '.join(hub_ids[:6])}."
        faults.append(Fault(name, "hub_id", unknown, "is no hub of the region", remedy))
    for column, values, factor in (
        ("open_clock", opens, 0.0), ("close_clock", closes, 0.0), ("dwell_min", dwell, 60.0),
    ):  # fmt: skip
        bad = []
        for hub, value in zip(ids, table[column].tolist() if column in table else [], strict=False):
            number = (
                pd.to_numeric(value, errors="coerce") * factor if factor else (read_clock_s(value))
            )
            if not number >= 0:
                bad.append(hub)
            elif hub in row:
                values[row[hub]] = number
        if bad:
            remedy = "Give minutes from 0 up." if factor else 'Give a time such as "05:00".'
            rule = "is no number from 0 up" if factor else "is no clock time"
            faults.append(Fault(name, column, tuple(bad), rule, remedy))
    crossed = tuple(hub_ids[k] for k in np.flatnonzero(closes < opens))
    if crossed:
        rule = "closes before it opens"
        faults.append(Fault(name, "close_clock", crossed, rule, "Give times in order."))
    return opens, closes, dwell
