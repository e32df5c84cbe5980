"""A hubs problem as data frames and back, without loss."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.hubs.problem import HubsProblem
from bundling.hubs.validate import FIELDS

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "locations": ("location", FIELDS["location"]),
    "shippers": ("shipper", ("player",)),
    "shipments": ("shipment", FIELDS["shipment"]),
    "hubs": ("hub", FIELDS["hub"]),
    "vehicle_types": ("vehicle", FIELDS["vehicle"]),
}
_NAMED: Final = {
    ("shipments", "origin"): "locations",
    ("shipments", "destination"): "locations",
    ("shipments", "shipper"): "shippers",
    ("hubs", "location"): "locations",
}
_TRAVEL: Final = ("distance_m", "time_s", "levied_m")
_SETTINGS: Final = ("turnaround_h", "service_eur_per_h")


def tables_from_problem(problem: HubsProblem) -> dict[str, pd.DataFrame]:
    """Tables ``locations shippers shipments hubs vehicle_types travel access settings``.

    Columns carry the names of the problem's fields without the prefix; places, shippers and hubs
    are named by their identifiers. ``travel`` has one row a pair of places, ``access`` one row a
    vehicle type and place.
    """
    import pandas as pd

    ids = {table: getattr(problem, f"{group}_ids") for table, (group, _) in _COLUMNS.items()}
    frames = {}
    for table, (group, fields) in _COLUMNS.items():
        columns: dict[str, Any] = {f"{group}_id": list(ids[table])}
        for field in fields:
            values = getattr(problem, f"{group}_{field}")
            named = _NAMED.get((table, field))
            columns[field] = [ids[named][k] for k in values] if named else list(values)
        frames[table] = pd.DataFrame(columns)
    places = list(ids["locations"])
    n, v = len(places), problem.num_vehicles
    frames["travel"] = pd.DataFrame(
        {"start": np.repeat(places, n), "end": np.tile(places, n)}
        | {name: getattr(problem, name).ravel() for name in _TRAVEL}
    )
    frames["access"] = pd.DataFrame(
        {
            "vehicle_id": np.repeat(list(problem.vehicle_ids), n),
            "location_id": np.tile(places, v),
            "allowed": problem.allowed.ravel(),
        }
    )
    frames["settings"] = pd.DataFrame(
        {"key": list(_SETTINGS), "value": [getattr(problem, key) for key in _SETTINGS]}
    )
    return frames


def problem_from_tables(tables: Mapping[str, pd.DataFrame]) -> HubsProblem:
    """Read what `tables_from_problem` wrote; raise `InputError` with all faults."""
    raise_if(_missing(tables))
    ids = {
        table: [str(item) for item in tables[table][f"{group}_id"]]
        for table, (group, _) in _COLUMNS.items()
    }
    faults: list[Fault] = []
    data: dict[str, Any] = {}
    for table, (group, fields) in _COLUMNS.items():
        data[f"{group}_ids"] = tuple(ids[table])
        for field in fields:
            column = tables[table][field]
            named = _NAMED.get((table, field))
            if named:
                data[f"{group}_{field}"] = _find(
                    column, ids[named], named, table, field, ids[table], faults
                )
            else:
                data[f"{group}_{field}"] = column.to_numpy()
    travel, access = tables["travel"], tables["access"]
    places, types = ids["locations"], ids["vehicle_types"]
    n = len(places)
    row = _find(travel["start"], places, "locations", "travel", "start", [], faults)
    far = _find(travel["end"], places, "locations", "travel", "end", [], faults)
    kind = _find(access["vehicle_id"], types, "vehicle_types", "access", "vehicle_id", [], faults)
    place = _find(access["location_id"], places, "locations", "access", "location_id", [], faults)
    raise_if(faults)
    for name in _TRAVEL:
        matrix = np.full((n, n), np.nan)  # a pair that is left out shows up as not finite
        matrix[row, far] = travel[name].to_numpy(dtype=float)
        data[name] = matrix
    allowed = np.zeros((len(types), n), dtype=bool)
    allowed[kind, place] = access["allowed"].to_numpy(dtype=bool)
    settings = dict(zip(tables["settings"]["key"], tables["settings"]["value"], strict=True))
    data |= {key: float(settings[key]) for key in _SETTINGS if key in settings}
    return HubsProblem(**data, allowed=allowed)


def _missing(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    wanted = {table: (f"{group}_id", *fields) for table, (group, fields) in _COLUMNS.items()}
    wanted["travel"] = ("start", "end", *_TRAVEL)
    wanted["access"] = ("vehicle_id", "location_id", "allowed")
    wanted["settings"] = ("key", "value")
    found = []
    for table, columns in wanted.items():
        if table not in tables:
            found.append(Fault(table, "", (), "the table is missing", "Add it."))
            continue
        found += [
            Fault(table, column, (), "the column is missing", "Add it.")
            for column in columns
            if column not in tables[table]
        ]
    return found


def _find(
    column: pd.Series[Any],
    names: list[str],
    named: str,
    table: str,
    field: str,
    rows: list[str],
    faults: list[Fault],
) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Positions of identifiers; an unknown one is a fault."""
    position = {name: k for k, name in enumerate(names)}
    found = np.array([position.get(str(item), -1) for item in column], dtype=np.int64)
    bad = np.flatnonzero(found < 0)
    if bad.size:
        where = tuple(rows[k] if rows else str(k + 1) for k in bad)
        rule = f"names something that is not in {named}: {column.iloc[bad[0]]}"
        faults.append(Fault(table, field, where, rule, f"Use an identifier from {named}."))
    return found
