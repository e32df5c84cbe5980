"""Every fault of a hubs problem's data, collected before anything is solved."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.hubs.problem import HubsProblem

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "location": ("x_m", "y_m", "in_zone"),
    "shipment": (
        "origin",
        "destination",
        "kg",
        "m3",
        "service_h",
        "pickup",
        "shipper",
        "stops",
        "direct",
    ),
    "hub": ("location", "rent_eur", "capacity_kg", "capacity_m3", "handling_eur_per_m3"),
    "vehicle": (
        "capacity_kg",
        "capacity_m3",
        "shift_h",
        "fixed_eur",
        "eur_per_km",
        "eur_per_h",
        "levy_eur_per_km",
        "kwh_per_km",
        "eur_per_kwh",
        "litre_per_km",
        "co2e_kg_per_km",
        "nox_g_per_km",
        "speed_factor",
        "linehaul",
        "limit",
    ),
}
"""Fields of `HubsProblem` by what they describe; a field is called ``<what>_<name>``."""
_BOOLEAN = {
    "location_in_zone",
    "shipment_pickup",
    "shipment_direct",
    "vehicle_linehaul",
    "allowed",
}
_INDEX: Final = {
    "shipment_origin": "location",
    "shipment_destination": "location",
    "shipment_shipper": "shipper",
    "hub_location": "location",
}
_MATRICES: Final = ("distance_m", "time_s", "levied_m")
_POSITIVE = {
    "vehicle_capacity_kg",
    "vehicle_capacity_m3",
    "vehicle_shift_h",
    "vehicle_speed_factor",
}
_ANY_SIGN = {"location_x_m", "location_y_m"}
_MAY_BE_INFINITE = {"vehicle_limit", "hub_capacity_kg", "hub_capacity_m3"}


def _dtypes() -> dict[str, type[np.generic]]:
    names = [f"{group}_{field}" for group, fields in FIELDS.items() for field in fields]
    kinds: dict[str, type[np.generic]] = {}
    for name in (*names, *_MATRICES, "allowed"):
        if name in _BOOLEAN:
            kinds[name] = np.bool_
        elif name in _INDEX or name == "shipment_stops":
            kinds[name] = np.int64
        else:
            kinds[name] = np.float64
    return kinds


DTYPES: Final = _dtypes()
"""Array fields of a problem and the type they are kept in."""

TABLES: Final = {
    "location": "locations",
    "shipment": "shipments",
    "shipper": "shippers",
    "hub": "hubs",
    "vehicle": "vehicle_types",
}
"""Table a group of fields comes from."""


def faults(problem: HubsProblem) -> list[Fault]:
    """Return every fault in the data of `problem`; empty when it can be solved."""
    found = [*_identifiers(problem), *_shapes(problem)]
    if found:
        return found  # values cannot be compared with identifiers until the sizes agree
    return [*_indices(problem), *_numbers(problem), *_scalars(problem)]


def _ids(problem: HubsProblem, group: str) -> tuple[str, ...]:
    names: tuple[str, ...] = getattr(problem, f"{group}_ids")
    return names


def _identifiers(problem: HubsProblem) -> list[Fault]:
    found = []
    for group, table in TABLES.items():
        names = _ids(problem, group)
        many = Counter(names)
        twice = tuple(name for name, count in many.items() if count > 1)
        if twice:
            rule = "identifiers occur more than once"
            found.append(Fault(table, f"{group}_id", twice, rule, "Give each row its own."))
    for group in ("location", "vehicle"):
        if not _ids(problem, group):
            rule, remedy = "the table is empty", "Add at least one row."
            found.append(Fault(TABLES[group], "", (), rule, remedy))
    if len(problem.shipper_player) != len(problem.shipper_ids):
        rule = f"{len(problem.shipper_player)} players for {len(problem.shipper_ids)} shippers"
        found.append(Fault("shippers", "player", (), rule, "Name one player a shipper."))
    return found


def _shapes(problem: HubsProblem) -> list[Fault]:
    places = len(problem.location_ids)
    wanted: dict[str, tuple[str, tuple[int, ...]]] = {
        f"{group}_{field}": (TABLES[group], (len(_ids(problem, group)),))
        for group, fields in FIELDS.items()
        for field in fields
    }
    wanted |= dict.fromkeys(_MATRICES, ("travel", (places, places)))
    wanted["allowed"] = ("access", (problem.num_vehicles, places))
    found = []
    for name, (table, shape) in wanted.items():
        actual = getattr(problem, name).shape
        if actual != shape:
            rule = f"has shape {actual} where {shape} is needed"
            found.append(Fault(table, name, (), rule, "Give one value a row."))
    return found


def _indices(problem: HubsProblem) -> list[Fault]:
    found = []
    for name, group in _INDEX.items():
        owner = name.split("_")[0]
        values, size = getattr(problem, name), len(_ids(problem, group))
        bad = (values < 0) | (values >= size)
        found += _fault(
            problem, owner, name, bad, f"points outside the {size} {TABLES[group]}", "Correct it."
        )
    same = problem.shipment_origin == problem.shipment_destination
    found += _fault(
        problem,
        "shipment",
        "shipment_destination",
        same,
        "origin and destination are the same place",
        "Leave out freight that does not travel.",
    )
    return found


def _numbers(problem: HubsProblem) -> list[Fault]:
    found = []
    for name, dtype in DTYPES.items():
        values = getattr(problem, name)
        if dtype is np.bool_ or name in _INDEX:
            continue
        group = "location" if name in _MATRICES else name.split("_")[0]
        if name in _MAY_BE_INFINITE:
            bad, rule = np.isnan(values) | (values < 0), "must be 0 or more"
        elif name in _POSITIVE:
            bad, rule = ~(np.isfinite(values) & (values > 0)), "must be more than 0 and finite"
        elif name in _ANY_SIGN:
            bad, rule = ~np.isfinite(values), "must be a finite number"
        else:
            bad, rule = ~(np.isfinite(values) & (values >= 0)), "must be 0 or more and finite"
        if name in _MATRICES:
            bad = bad.any(axis=1)
        found += _fault(problem, group, name, bad, rule, "Correct the values.")
    limit = problem.vehicle_limit
    broken = np.isfinite(limit) & (limit != np.floor(limit))
    found += _fault(
        problem, "vehicle", "vehicle_limit", broken, "must be a whole number", "Round it."
    )
    return found


def _scalars(problem: HubsProblem) -> list[Fault]:
    found = []
    for name in ("turnaround_h", "service_eur_per_h"):
        value = getattr(problem, name)
        if not (np.isfinite(value) and value >= 0):
            rule = f"is {value}, must be 0 or more and finite"
            found.append(Fault("settings", name, (), rule, "Correct the value."))
    return found


def _fault(
    problem: HubsProblem, group: str, name: str, bad: NDArray[Any], rule: str, remedy: str
) -> list[Fault]:
    if not bad.any():
        return []
    names = _ids(problem, group)
    rows = tuple(names[i] for i in np.flatnonzero(bad))
    table = "travel" if name in _MATRICES else TABLES[group]
    return [Fault(table, name.removeprefix(f"{group}_"), rows, rule, remedy)]
