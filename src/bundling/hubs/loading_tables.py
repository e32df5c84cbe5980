"""Tables of loading: what vehicles take, how many units stand in each, what a unit holds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.hubs.assumption_tables import assumption_table

_MOST_PARTS: Final = 1_000_000
"""Parts of a floor up to which positions are kept as whole numbers."""


@dataclass(frozen=True)
class LoadingTables:
    """What is assumed of vehicles, units and goods.

    Attributes
    ----------
    room
        ``hubs_vehicle_room`` by vehicle: payload_kg, volume_m3.
    positions
        Units of one kind that stand in a vehicle of a kind when it takes nothing else, by vehicle
        and unit.
    units
        ``hubs_load_units`` by unit: most_kg, most_m3, stands (it asks a position on the floor).
    apart
        Pairs of kinds of goods that may not share a vehicle.
    aliases
        Other names of vehicles.
    """

    room: pd.DataFrame
    positions: Mapping[str, Mapping[str, float]]
    units: pd.DataFrame
    apart: frozenset[frozenset[str]]
    aliases: Mapping[str, str]

    def vehicle_of(self, name: str) -> str | None:
        """Row of the tables that `name` stands for, or None."""
        return name if name in self.room.index else self.aliases.get(name)

    def floor(self, vehicle: str) -> tuple[float, dict[str, float]]:
        """Floor of a vehicle in parts, and the parts that each kind of unit takes.

        The parts are whole numbers, so that 27 roll containers fill 18 pallet positions exactly.
        """
        counts = {unit: n for unit, n in self.positions.get(vehicle, {}).items() if n > 0.0}
        loose = dict.fromkeys(self.units.index[~self.units["stands"]], 0.0)
        if all(float(n).is_integer() for n in counts.values()):
            whole = math.lcm(*(int(n) for n in counts.values()))
            if whole <= _MOST_PARTS:
                return float(whole), loose | {unit: whole // n for unit, n in counts.items()}
        return 1.0, loose | {unit: 1.0 / n for unit, n in counts.items()}


def loading_tables(
    vehicles: pd.DataFrame | None = None,
    positions: pd.DataFrame | None = None,
    kinds: pd.DataFrame | None = None,
    incompatible: pd.DataFrame | None = None,
) -> LoadingTables:
    """Read the tables of loading; a table given takes the place of the whole shipped one.

    Parameters
    ----------
    vehicles
        ``hubs_vehicle_room``: vehicle, payload_kg, volume_m3, and aliases (names apart by spaces),
        which may be left out.
    positions
        ``hubs_vehicle_positions``: vehicle, unit, positions. A pair that is not there: none.
    kinds
        ``hubs_load_units``: unit, most_kg, most_m3, stands (yes or no).
    incompatible
        ``hubs_incompatible_goods``: goods, other.

    Raises
    ------
    bundling.InputError
        All faults of a table at once; positions of unknown vehicles or units.
    """
    room = assumption_table(
        "hubs_vehicle_room", vehicles, key=["vehicle"], numbers=["payload_kg", "volume_m3"]
    ).set_index("vehicle", drop=False)
    units = assumption_table(
        "hubs_load_units", kinds, key=["unit"], numbers=["most_kg", "most_m3"], flags=["stands"]
    ).set_index("unit", drop=False)
    stand = assumption_table(
        "hubs_vehicle_positions", positions, key=["vehicle", "unit"], numbers=["positions"]
    )
    pairs = assumption_table("hubs_incompatible_goods", incompatible, key=["goods", "other"])
    faults = []
    for column, known in (("vehicle", room.index), ("unit", units.index)):
        lost = ~stand[column].isin(known)
        if lost.any():
            rows = tuple(stand[column][lost].unique())
            remedy = "Known: " + ", ".join(known)
            faults.append(Fault("hubs_vehicle_positions", column, rows, "is unknown", remedy))
    given = room["aliases"] if "aliases" in room else pd.Series("", index=room.index)
    aliases: dict[str, str] = {}
    for vehicle, text in given.items():
        for alias in str(text).split():
            if alias in room.index or alias in aliases:
                rule = "stands for more than one vehicle"
                faults.append(Fault("hubs_vehicle_room", "aliases", (alias,), rule, "Keep one"))
            aliases[alias] = str(vehicle)
    raise_if(faults)
    counts: dict[str, dict[str, float]] = {}
    rows_of = zip(stand["vehicle"], stand["unit"], stand["positions"], strict=True)
    for vehicle, unit, number in rows_of:
        counts.setdefault(vehicle, {})[unit] = float(number)
    apart = frozenset(frozenset(p) for p in zip(pairs["goods"], pairs["other"], strict=True))
    return LoadingTables(room, counts, units, apart, aliases)
