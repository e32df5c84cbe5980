"""Barges and trains of a timetable: quays become hubs of the region, rows become sailings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.assumption_tables import assumption_table
from bundling.hubs.emissions import factors
from bundling.hubs.scheduled.timetable_rows import Rows
from bundling.units import KG_PER_T

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]
_NEEDED = ("sailing_id", "mode", "from", "to", "depart_clock")


@dataclass(frozen=True, eq=False)
class Timetable:
    """A timetable that was read.

    Attributes
    ----------
    region
        The region with the quays among its hub candidates.
    quay_ids, quay_dwell_s, quay_handling_eur_kg
        Hubs at the quays in use, seconds between arrival and departure, and handling [quays].
    rows
        One row a sailing, with all that `fields` needs.
    """

    region: Region
    quay_ids: tuple[str, ...] = ()
    quay_dwell_s: FloatArray = field(default_factory=lambda: np.zeros(0))
    quay_handling_eur_kg: FloatArray = field(default_factory=lambda: np.zeros(0))
    rows: tuple[dict[str, Any], ...] = ()

    def fields(self, place: dict[str, int], slot_s: float) -> dict[str, Any] | None:
        """Fields ``sailing_*`` of the problem; vessels leave on time and arrive by the next slot.

        Parameters
        ----------
        place
            Location of each hub, quays among them.
        slot_s
            Seconds of a slot.
        """
        if not self.rows:
            return None
        column = {name: [row[name] for row in self.rows] for name in self.rows[0]}
        kg = np.array(column["capacity_t"]) * KG_PER_T
        eur_kg = np.array(column["slot_eur_per_t"]) / KG_PER_T
        zero, infinite = np.zeros_like(kg), np.full_like(kg, np.inf)
        return {
            "sailing_ids": tuple(column["sailing_id"]),
            "sailing_mode": tuple(column["mode"]),
            "sailing_from": np.array([place[_hub_name(q)] for q in column["from"]]),
            "sailing_to": np.array([place[_hub_name(q)] for q in column["to"]]),
            "sailing_depart_slot": np.floor(np.array(column["depart_s"]) / slot_s).astype(int),
            "sailing_arrive_slot": np.ceil(np.array(column["arrive_s"]) / slot_s).astype(int),
            "sailing_capacity": np.column_stack([kg, infinite, infinite]),
            "sailing_slot_eur": np.column_stack([eur_kg, zero, zero]),
            "sailing_eur": np.array(column["charter_eur"]),
            "sailing_limit": np.array(column["vessels"], dtype=np.int64),
            "sailing_km": np.array(column["km"]),
            "sailing_co2e_kg": np.array(column["co2e_kg"]),
            "sailing_nox_g": np.array(column["nox_g"]),
        }


def read_timetable(
    region: Region,
    table: pd.DataFrame | None,
    *,
    quays: pd.DataFrame | None = None,
    services: pd.DataFrame | None = None,
    drop_m: float = 0.0,
    faults: list[Fault],
) -> Timetable:
    """Read a timetable between quays.

    Parameters
    ----------
    region
        Its tables ``harbours`` and ``terminals`` name quays, its waterways give km and hours.
    table
        ``sailing_id, mode`` (``water`` or ``rail``), ``from, to`` (quays), ``depart_clock``; and,
        each of which may be left out or empty: ``arrive_clock`` and ``km`` (for water those of the
        region's waterways, locks included), ``vessel`` (of the table of vessels) or ``capacity_t``,
        ``slot_eur_per_t``, ``charter_eur`` (0), ``vessels`` (1), ``co2e_kg`` (a whole vessel half
        full). Without a vessel or capacity a row takes the payload of its mode's usual vehicle.
    quays
        Further quays and rail terminals: ``quay_id, rd_x_m, rd_y_m``, and ``waterway_node`` where
        barges call.
    services
        In place of the table of assumptions ``hubs_services``: prices, handling, dwell by mode.
    drop_m
        Metres the water is below normal, on every stretch whose draught is known.
    faults
        Takes what is wrong.

    Returns
    -------
    Timetable
        Empty without a table.
    """
    if table is None or not len(table):
        return Timetable(region)
    name = "timetable"
    missing = [column for column in _NEEDED if column not in table]
    faults += [Fault(name, c, (), "the column is missing", "Add it.") for c in missing]
    known = _quays(region, quays, faults)
    if missing:
        return Timetable(region)
    try:
        modes = services_table(services).set_index("mode")
    except InputError as error:
        faults += error.faults
        return Timetable(region)
    reader = Rows(region, known, modes, drop_m, faults)
    rows = [reader.row(row) for row in table.to_dict("records")]
    ids = [str(row["sailing_id"]) for row in table.to_dict("records")]
    twice = tuple(sorted({i for i in ids if ids.count(i) > 1}))
    if twice:
        faults.append(Fault(name, "sailing_id", twice, "is there more than once", "Rename it."))
    used = {quay: str(row["mode"]) for row in rows if row for quay in (row["from"], row["to"])}
    of_mode = modes.loc[list(used.values())]
    return Timetable(
        region=_with_quays(region, known, list(used)),
        quay_ids=tuple(map(_hub_name, used)),
        quay_dwell_s=60.0 * of_mode["dwell_min"].to_numpy(float),
        quay_handling_eur_kg=of_mode["handling_eur_per_t"].to_numpy(float) / KG_PER_T,
        rows=tuple(row for row in rows if row),
    )


def services_table(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table of assumptions by mode: vehicle, slot_eur_per_tkm, handling_eur_per_t, dwell_min."""
    found = assumption_table(
        "hubs_services", table, key=["mode"], texts=["vehicle"],
        numbers=["slot_eur_per_tkm", "handling_eur_per_t", "dwell_min"],
    )  # fmt: skip
    unknown = tuple(found.loc[~found["vehicle"].isin(factors()["vehicle"]), "vehicle"])
    if unknown:
        rule = "is not in hubs_transport_factors"
        raise_if([Fault("hubs_services", "vehicle", unknown, rule, "Use one of that table.")])
    return found


def _quays(region: Region, extra: pd.DataFrame | None, faults: list[Fault]) -> pd.DataFrame:
    columns = ["quay_id", "rd_x_m", "rd_y_m", "waterway_node"]
    parts = []
    for table, key in (("harbours", "harbour_id"), ("terminals", "terminal_id")):
        parts.append(region.table(table).rename(columns={key: "quay_id"})[columns])
    if extra is not None:
        missing = [column for column in columns[:3] if column not in extra]
        faults += [Fault("quays", c, (), "the column is missing", "Add it.") for c in missing]
        if not missing:
            parts.append(extra.reindex(columns=columns))
    frames = [part.astype({"quay_id": str}).astype(object) for part in parts if len(part)]
    found = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=columns)
    for column in ("rd_x_m", "rd_y_m"):
        numbers = pd.to_numeric(found[column], errors="coerce")
        bad = tuple(found.loc[~np.isfinite(numbers.astype(float)), "quay_id"])
        if bad:
            faults.append(Fault("quays", column, bad, "is no number", "Give RD New metres."))
        found[column] = numbers.astype(float)
    twice = tuple(found.loc[found["quay_id"].duplicated(), "quay_id"])
    if twice:
        faults.append(Fault("quays", "quay_id", twice, "is there more than once", "Rename it."))
    return found.drop_duplicates("quay_id").set_index("quay_id")


def _hub_name(quay: str) -> str:
    """Hub that stands at a quay; the ids of a region's hubs begin like this."""
    return f"hub-{quay}"


def _with_quays(region: Region, quays: pd.DataFrame, used: list[str]) -> Region:
    """Return the region with the quays as hub candidates without rent and without a limit.

    The town and connection of a candidate are not asked where hubs are posed; the first town of
    the region stands in for places outside it.
    """
    hubs = region.table("hub_candidates")
    town = str(region.table("municipalities")["name"].iloc[0])
    rows = pd.DataFrame(
        {
            "hub_id": [_hub_name(quay) for quay in used],
            "name": used, "municipality": town, "place_id": None,
            "rent_eur_per_day": 0.0, "capacity_kg_per_day": 1e9, "capacity_m3_per_day": 1e9,
            "handling_eur_per_m3": 0.0, "node_id": None, "connection_kw": 0.0,
            "rd_x_m": quays.loc[used, "rd_x_m"].to_numpy(float),
            "rd_y_m": quays.loc[used, "rd_y_m"].to_numpy(float),
        }
    )  # fmt: skip
    joined = pd.concat([hubs.astype(object), rows.astype(object)], ignore_index=True)
    return region.replace({"hub_candidates": joined[list(hubs)]})
