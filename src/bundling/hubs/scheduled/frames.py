"""A day of departures as data frames and back, without loss."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.scheduled.columns import Column, column_of
from bundling.hubs.scheduled.faults import BY_RESOURCE, OWNERS
from bundling.hubs.scheduled.links import link_tables, read_links
from bundling.hubs.scheduled.misnamed import misnamed, repeated
from bundling.hubs.scheduled.problem import ScheduledProblem

if TYPE_CHECKING:
    import pandas as pd

TABLES: Final = {
    "locations": "location", "hubs": "hub", "vehicles": "vehicle", "lanes": "lane",
    "sailings": "sailing", "shipments": "shipment", "shippers": "shipper",
}  # fmt: skip
"""Tables, and the prefix of the fields that are their columns."""
_OPTIONAL_TABLES = ("sailings", "shippers", "settings")
_SETTINGS: Final = {
    "num_slots": int, "slot_s": float, "max_hubs": int, "co2e_eur_per_kg": float,
    "nox_eur_per_kg": float, "driven_eur_per_km": float, "zone_eur_per_trip": float,
    "co2e_cap_kg": float,
}  # fmt: skip
_REFERS = {
    "hub_location": "locations", "lane_vehicle": "vehicles", "lane_from": "locations",
    "lane_to": "locations", "sailing_from": "locations", "sailing_to": "locations",
    "shipment_origin": "locations", "shipment_destination": "locations",
    "shipment_shipper": "shippers",
}  # fmt: skip
_CLOCKS = (
    "hub_first_slot", "hub_last_slot", "lane_first_slot", "lane_last_slot", "sailing_depart_slot",
    "sailing_arrive_slot", "shipment_release_slot", "shipment_due_slot",
)  # fmt: skip
_ENDS = ("hub_last_slot", "lane_last_slot", "sailing_arrive_slot", "shipment_due_slot")
_DEFAULTS: Final[dict[str, Any]] = {
    "location_in_zone": False, "hub_handling_eur": 0.0, "hub_capacity": np.inf,
    "hub_dwell_slots": 0, "hub_first_slot": 0, "hub_last_slot": None, "lane_first_slot": 0,
    "lane_last_slot": None, "lane_empty_eur": None, "lane_km": 0.0, "lane_co2e_kg": 0.0,
    "lane_nox_g": 0.0, "sailing_slot_eur": 0.0, "sailing_eur": 0.0, "sailing_limit": 1,
    "sailing_km": 0.0, "sailing_co2e_kg": 0.0, "sailing_nox_g": 0.0, "shipment_group": 0,
    "shipment_direct": True, "shipment_shipper": 0, "hub_hour_capacity": np.inf,
    "hub_floor_capacity": np.inf, "hub_owner": OWNERS[0], "shipment_split": False,
    "shipment_whole": None,
}  # fmt: skip
"""What holds where an optional column is absent; None: the last slot, or the loaded price."""
_LOAD = "load_"
_EVERYONE = "all"


def to_tables(problem: ScheduledProblem) -> dict[str, pd.DataFrame]:
    """Return the tables that `from_tables` reads.

    Returns
    -------
    dict of pandas.DataFrame
        ``locations hubs vehicles lanes sailings shipments shippers settings hub_shippers
        sailing_locks``, the last two as in `bundling.hubs.scheduled.links`. Columns are the
        problem's fields without the prefix; a field by resource has one column a resource, such as
        ``load_kg``. Places, vehicle types and shippers stand by identifier, times by slot number.
    """
    import pandas as pd

    frames: dict[str, pd.DataFrame] = {}
    for table, prefix in TABLES.items():
        columns: dict[str, Any] = {}
        for name in _fields(prefix):
            value, short = getattr(problem, name), name.removeprefix(f"{prefix}_")
            if name == "shipment_whole" and not value:
                continue
            if short == "ids":
                columns[f"{prefix}_id"] = list(value)
            elif name in BY_RESOURCE:
                for r, resource in enumerate(problem.resource_ids):
                    columns[f"{short}_{resource}"] = value[:, r]
            elif name in _REFERS:
                ids = getattr(problem, f"{TABLES[_REFERS[name]]}_ids")
                columns[short] = [ids[k] for k in value]
            else:
                columns[short] = list(value) if isinstance(value, tuple) else value
        frames[table] = pd.DataFrame(columns)
    frames["settings"] = pd.DataFrame(
        {"key": list(_SETTINGS), "value": [float(getattr(problem, key)) for key in _SETTINGS]}
    )
    return frames | link_tables(problem)


def from_tables(tables: Mapping[str, pd.DataFrame]) -> ScheduledProblem:
    """Make a problem of tables.

    Parameters
    ----------
    tables
        As `to_tables` gives them. Times are slot numbers or clock times at the start of a slot
        (``"07:15"``); groups are numbers or names. The resources are those of the ``load_``
        columns of ``shipments``. Absent columns: hubs and lanes go all day, handling takes no
        slots and costs nothing, hubs take all, an empty vehicle costs what a loaded one does,
        emissions and km are 0, shipments may go direct, are of one group and of one shipper,
        sailings have one vessel and no charter, places lie outside the zone, hubs are shared,
        shipments are whole. ``sailings``, ``shippers``, ``settings``, ``hub_shippers`` and
        ``sailing_locks`` may be absent; shippers are then those of the shipments.

    Raises
    ------
    bundling.InputError
        With every missing table and column, unreadable value, unknown name and broken rule; and
        columns that look like one of these and are not, since what they say would be left out.
        Other columns are not read.
    """
    faults = [
        Fault(table, "", (), "the table is missing", "Add it.")
        for table in TABLES
        if table not in tables and table not in _OPTIONAL_TABLES
    ]
    faults += [
        Fault(table, f"{prefix}_id", (), "the column is missing", "Add it.")
        for table, prefix in TABLES.items()
        if prefix != "lane" and table in tables and f"{prefix}_id" not in tables[table]
    ]
    given = {t: [str(column) for column in tables[t]] for t in TABLES if t in tables}
    faults += [fault for table, columns in given.items() for fault in repeated(table, columns)]
    resources = tuple(
        name.removeprefix(_LOAD) for name in given.get("shipments", ()) if name.startswith(_LOAD)
    )
    if "shipments" in given and not resources:
        rule, remedy = "there is no column of load", "Add one a resource, such as load_kg."
        faults.append(Fault("shipments", _LOAD, (), rule, remedy))
    raise_if(faults)  # without these all that refers to them would be told as unknown
    data = _settings(tables, faults)
    data["resource_ids"] = resources
    for table, columns in given.items():
        faults += misnamed(table, columns, *_columns(table, resources))
    ids = {table: _ids(tables, table) for table in TABLES}
    for table, prefix in TABLES.items():
        reader = _Reader(tables, table, ids, data, faults)
        for name in _fields(prefix):
            data[name] = reader.read(name, resources)
    data.update(read_links(tables, ids, data, faults))
    try:
        problem = ScheduledProblem(**data)
    except InputError as error:
        told = {(fault.table, fault.column) for fault in faults}
        raise_if([*faults, *(f for f in error.faults if not _is_told(f, told))])
        raise
    raise_if(faults)
    return problem


class _Reader:
    """Reads the columns of one table."""

    def __init__(
        self,
        tables: Mapping[str, pd.DataFrame],
        table: str,
        ids: Mapping[str, tuple[str, ...]],
        data: dict[str, Any],
        faults: list[Fault],
    ) -> None:
        self.frame, self.table, self.ids = tables.get(table), table, ids
        self.data, self.faults = data, faults
        self.prefix = TABLES[table]
        count = 0 if self.frame is None else len(self.frame)
        self.rows = ids[table] if table != "lanes" else tuple(str(k + 1) for k in range(count))
        self.last = int(data.get("num_slots", 96)) - 1
        self.slot_s = float(data.get("slot_s", 900.0))

    def read(self, name: str, resources: tuple[str, ...]) -> Any:
        """Return the values of a field."""
        short = name.removeprefix(f"{self.prefix}_")
        if short == "ids":
            return self.ids[self.table]
        if name not in BY_RESOURCE:
            return self._column(name, short)
        values = np.zeros((len(self.rows), len(resources)))
        for r, resource in enumerate(resources):
            values[:, r] = self._column(name, f"{short}_{resource}")
        return values

    def _column(self, name: str, column: str) -> Any:
        if self.frame is None:
            return self._absent(name)
        found = column_of(self.frame, self.table, column, self.rows, self.faults)
        if found is None:
            if name not in _DEFAULTS or (name in _REFERS and self.ids["shippers"] != (_EVERYONE,)):
                rule = "the column is missing"
                self.faults.append(Fault(self.table, column, (), rule, "Add it."))
            return self._absent(name)
        return self._values(name, found)

    def _absent(self, name: str) -> Any:
        """Return what holds without the column; for a needed one, what breaks no other rule."""
        if name.endswith("_mode"):
            return ("",) * len(self.rows)
        if name == "shipment_whole":
            return ()
        if name == "lane_empty_eur":
            return self.data["lane_eur"]
        needed = self.last if name in _ENDS else -1 if name in _REFERS else 0
        value = _DEFAULTS.get(name)
        return [needed if value is None else value] * len(self.rows)

    def _values(self, name: str, column: Column) -> Any:
        if name in _REFERS:
            table = _REFERS[name]
            return column.places(self.ids[table], table)
        if name in _CLOCKS:
            return column.slots(self.slot_s, self.last if name in _ENDS else 0)
        kind = _kind(name)
        if kind == "BoolArray":
            return column.truths()
        if name == "shipment_group":
            return column.labels()
        if kind == "IntArray":
            return column.counts()
        if kind == "FloatArray":
            return column.numbers()
        return tuple(str(value) for value in column.given)


def _ids(tables: Mapping[str, pd.DataFrame], table: str) -> tuple[str, ...]:
    if table == "lanes":
        return ()
    if table in tables:
        return tuple(str(value) for value in tables[table][f"{TABLES[table]}_id"])
    if table == "shippers":
        shipments = tables["shipments"]
        names = [str(v) for v in shipments["shipper"]] if "shipper" in shipments else [_EVERYONE]
        return tuple(dict.fromkeys(names))
    return ()


def _settings(tables: Mapping[str, pd.DataFrame], faults: list[Fault]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    frame = tables.get("settings")
    if frame is None:
        return data
    for name in ("key", "value"):
        if name not in frame:
            faults.append(Fault("settings", name, (), "the column is missing", "Add it."))
            return data
    keys = [str(key) for key in frame["key"]]
    for key in keys:
        if key not in _SETTINGS or keys.count(key) > 1:
            rule = "is there more than once" if key in _SETTINGS else "is no setting"
            fault = Fault(
                "settings", "key", (key,), rule, f"Use each once: {', '.join(_SETTINGS)}."
            )
            if fault not in faults:
                faults.append(fault)
    for key, value in zip(keys, frame["value"].tolist(), strict=True):
        if key not in _SETTINGS:
            continue
        before = len(faults)
        column = Column("settings", "value", [value], [key], faults)
        read = column.counts() if _SETTINGS[key] is int else column.numbers()
        if len(faults) == before:
            data[key] = _SETTINGS[key](read[0])
    return data


def _fields(prefix: str) -> list[str]:
    return [
        field.name
        for field in dataclasses.fields(ScheduledProblem)
        if field.name.split("_")[0] == prefix and field.name != "hub_shippers"
    ]


def _columns(table: str, resources: tuple[str, ...]) -> tuple[set[str], tuple[str, ...]]:
    """Columns of a table, and the beginnings of those by resource."""
    prefix = TABLES[table]
    fields = {name: name.removeprefix(f"{prefix}_") for name in _fields(prefix)}
    stems = tuple(f"{short}_" for name, short in fields.items() if name in BY_RESOURCE)
    by_resource = {f"{stem}{resource}" for stem in stems for resource in resources}
    plain = {short for name, short in fields.items() if name not in BY_RESOURCE}
    return {f"{prefix}_id", *plain, *by_resource}, stems


def _kind(name: str) -> str:
    kinds = {field.name: str(field.type) for field in dataclasses.fields(ScheduledProblem)}
    return kinds[name]


def _is_told(fault: Fault, told: set[tuple[str, str]]) -> bool:
    """Whether a fault only repeats one about the same column, or a stand-in for its values."""
    return any(
        fault.table == table and (column == fault.column or column.startswith(f"{fault.column}_"))
        for table, column in told
    )
