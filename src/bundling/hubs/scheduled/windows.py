"""When a shipment of a region is ready, and when a vehicle must be at its first address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault
from bundling.hubs.scheduled.clocks import read_clock_s

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Windows:
    """Times of shipments, seconds since midnight, each of shape ``[shipments]``.

    Attributes
    ----------
    ready_s
        The freight stands ready where it comes from.
    early_s, late_s
        First and last moment at which a vehicle may begin at the addresses.
    """

    ready_s: FloatArray
    early_s: FloatArray
    late_s: FloatArray


def shipment_windows(
    region: Region,
    *,
    ready_s: float = 0.0,
    day_end_s: float = 86_399.0,
    table: pd.DataFrame | None = None,
    faults: list[Fault],
) -> Windows:
    """Read the windows of a region's shipments from their stops.

    The last moment is the one at which a vehicle that serves the addresses of this shipment one
    after another, the most urgent first, without driving in between, is in time at all of them
    (Jackson's rule: by due date no order is better). Other freight on the same vehicle, and the
    way between addresses, are not asked: windows of hours hide both, narrow ones do not.

    Parameters
    ----------
    region
        The region.
    ready_s
        Deliveries are ready from this moment on (seconds since midnight).
    day_end_s
        Shipments without addresses may come until this moment.
    table
        User's rows in place of those read: ``shipment_id``, and ``ready_clock``, ``early_clock``
        or ``late_clock``, each of which may be left out or empty.
    faults
        Takes what is wrong with `table`.

    Returns
    -------
    Windows
        In the order of ``region.table("shipments")``. A pickup is ready when its first address
        opens.
    """
    shipments = region.table("shipments")
    count = len(shipments)
    row = pd.Series(np.arange(count), index=shipments["shipment_id"])
    early, late = np.zeros(count), np.full(count, day_end_s)
    stops = region.table("stops")
    stops = stops.assign(
        early_s=[read_clock_s(value) for value in stops["tw_early_clock"]],
        late_s=[read_clock_s(value) for value in stops["tw_late_clock"]],
        service_s=60.0 * stops["service_min"].astype(float),
    )
    for shipment, group in stops.sort_values("late_s", kind="stable").groupby("shipment_id"):
        k = int(row[shipment])
        before = group["service_s"].cumsum() - group["service_s"]
        early[k] = group["early_s"].min()
        # Work that is longer than the window allows is spread over vehicles: then the window.
        slack = float((group["late_s"] - before).min())
        late[k] = max(slack, early[k])
    pickup = (shipments["direction"] == "pickup").to_numpy(dtype=bool)
    found = Windows(np.where(pickup, early, ready_s), early, late)
    return found if table is None else _with(found, table, row, faults)


def _with(found: Windows, table: pd.DataFrame, row: pd.Series[int], faults: list[Fault]) -> Windows:
    name = "windows"
    if "shipment_id" not in table:
        faults.append(Fault(name, "shipment_id", (), "the column is missing", "Add it."))
        return found
    ids = table["shipment_id"].astype(str)
    unknown = tuple(ids[~ids.isin(row.index.astype(str))])
    if unknown:
        rule = "is no shipment of the region"
        faults.append(Fault(name, "shipment_id", unknown, rule, "Correct the name."))
    twice = tuple(dict.fromkeys(ids[ids.duplicated()]))
    if twice:
        rule = "is there more than once"
        faults.append(Fault(name, "shipment_id", twice, rule, "Keep one row."))
    arrays = {key: np.array(getattr(found, key)) for key in ("ready_s", "early_s", "late_s")}
    for key, values in arrays.items():
        column = key.replace("_s", "_clock")
        if column not in table:
            continue
        bad = []
        for shipment, value in zip(ids, table[column].tolist(), strict=True):
            if value is None or pd.isna(value) or not str(value).strip():
                continue
            seconds = read_clock_s(value)
            if np.isnan(seconds):
                bad.append(shipment)
            elif shipment in row.index:
                values[int(row[shipment])] = seconds
        if bad:
            rule, remedy = "is no clock time", 'Give hours and minutes, such as "07:15".'
            faults.append(Fault(name, column, tuple(bad), rule, remedy))
    crossed = np.flatnonzero(arrays["late_s"] < arrays["early_s"])
    if crossed.size:
        rows = tuple(row.index[crossed].astype(str))
        rule = "ends before it begins"
        faults.append(Fault(name, "late_clock", rows, rule, "Give times in order."))
    return Windows(**arrays)
