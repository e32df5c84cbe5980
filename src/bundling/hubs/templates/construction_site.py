"""A building site, those who supply it, and the figures of its phases."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.assumption_tables import assumption_table, figures
from bundling.hubs.templates.tickets import Gate
from bundling.network import Network
from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region

_LOADS = ("small_loads_per_week", "pallets_per_small_load", "full_loads_per_week")


def construction_phases(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table of phases of a building: weeks, and loads a week; the user's in place of ours."""
    return assumption_table(
        "hubs_construction_phases", table, key=["phase"], numbers=["weeks", *_LOADS]
    )


def construction_figures(table: pd.DataFrame | None = None) -> dict[str, float]:
    """Pallets a vehicle, hub prices, floor space and times by key; the user's in place of ours.

    Raises
    ------
    bundling.InputError
        With every unreadable row, and every key that is missing.
    """
    return figures("hubs_construction", table)


@dataclass(frozen=True, eq=False)
class Site:
    """A building site and those who supply it.

    Attributes
    ----------
    region
        Its vehicle types, prices, roads and zones.
    site_xy, hub_xy
        RD New metres.
    suppliers
        ``supplier_id, x_m, y_m``, ``small_share`` and ``full_share``: weights by which small and
        full loads come from them.
    day
        Decides levy, emissions and zone access.
    gate
        When and how many vehicles unload.
    zone_id
        Zero-emission zone in which the site lies, if it does.
    small_vehicle, batch_vehicles, full_vehicle, hub_vehicle
        Vehicle types: small loads to the site; suppliers to the hub; full loads; hub to the site.
    figures
        In place of the table ``hubs_construction``.
    network, rules
        Others than the region's and the library's.
    """

    region: Region
    site_xy: tuple[float, float]
    hub_xy: tuple[float, float]
    suppliers: pd.DataFrame
    day: date
    gate: Gate = field(default_factory=Gate)
    zone_id: str | None = None
    small_vehicle: str = "dvan"
    batch_vehicles: tuple[str, ...] = ("dvan", "drigid")
    full_vehicle: str = "drigid"
    hub_vehicle: str = "erigid"
    figures: pd.DataFrame | None = None
    network: Network | None = None
    rules: RuleBook | None = None

    def __post_init__(self) -> None:
        raise_if(self._faults())

    def _faults(self) -> list[Fault]:
        faults, table = self.gate.faults(), self.suppliers
        for column in ("supplier_id", "x_m", "y_m", "small_share", "full_share"):
            if column not in table:
                faults.append(Fault("suppliers", column, (), "the column is missing", "Add it."))
            elif column != "supplier_id":
                numbers = pd.to_numeric(table[column], errors="coerce").to_numpy(float)
                bad = np.flatnonzero(~(np.isfinite(numbers) & (numbers >= 0)))
                if bad.size:
                    rows = tuple(str(k + 1) for k in bad)
                    rule = "is no number from 0 up"
                    faults.append(Fault("suppliers", column, rows, rule, "Correct it."))
                elif column.endswith("share") and not numbers.sum() > 0:
                    rule = "sums to 0"
                    faults.append(Fault("suppliers", column, (), rule, "Give weights above 0."))
        known = set(self.region.table("vehicle_types")["vehicle_type"].astype(str))
        used = (self.small_vehicle, *self.batch_vehicles, self.full_vehicle, self.hub_vehicle)
        unknown = tuple(dict.fromkeys(name for name in used if name not in known))
        if unknown:
            remedy = f"Use {', '.join(sorted(known))}."
            faults.append(Fault("vehicle_types", "", unknown, "is no vehicle type", remedy))
        zones = set(self.region.table("zones")["zone_id"].astype(str))
        if self.zone_id is not None and self.zone_id not in zones:
            remedy = f"Use {', '.join(sorted(zones)) or 'none'}."
            faults.append(Fault("site", "zone_id", (), f"{self.zone_id} is no zone", remedy))
        try:
            construction_figures(self.figures)
        except InputError as error:
            faults += error.faults
        return faults
