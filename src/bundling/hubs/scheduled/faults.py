"""Everything that can be wrong with a day of departures, found at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.hubs.scheduled.problem import BoolArray, FloatArray, ScheduledProblem

OWNERS = ("shared", "white label", "own")
"""Who a hub is for: a joint one, a neutral one under no shipper's name, one of some shippers."""

TABLES = {
    "location": "locations",
    "hub": "hubs",
    "vehicle": "vehicles",
    "lane": "lanes",
    "sailing": "sailings",
    "shipment": "shipments",
}
"""Table of the fields with each prefix."""
_PLACES = {
    "hub_location": "location",
    "lane_vehicle": "vehicle",
    "lane_from": "location",
    "lane_to": "location",
    "sailing_from": "location",
    "sailing_to": "location",
    "shipment_shipper": "shipper",
    "shipment_origin": "location",
    "shipment_destination": "location",
}
BY_RESOURCE = (
    "hub_handling_eur", "hub_capacity", "vehicle_capacity", "sailing_capacity",
    "sailing_slot_eur", "shipment_load", "hub_hour_capacity", "hub_floor_capacity",
)  # fmt: skip
"""Fields with a value for each resource."""
_MAY_BE_INFINITE = (
    "hub_capacity", "hub_hour_capacity", "hub_floor_capacity", "vehicle_capacity",
    "sailing_capacity", "lane_empty_eur",
)  # fmt: skip
_PRICES = ("co2e_eur_per_kg", "nox_eur_per_kg", "driven_eur_per_km", "zone_eur_per_trip")
_ANY_SIGN = ("location_x_m", "location_y_m", "shipment_release_slot", "shipment_due_slot")


def faults(problem: ScheduledProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = [*_lengths(problem), *_settings(problem)]
    if wrong:
        return wrong
    return [
        *_identifiers(problem),
        *_references(problem),
        *_numbers(problem),
        *_times(problem),
        *_one_hub_a_place(problem),
        *_ends(problem),
        *_shipments(problem),
        *_owners(problem),
        *_passages(problem),
    ]


def names_of(problem: ScheduledProblem, prefix: str) -> tuple[str, ...]:
    """Names of the rows of a table; lanes are named by vehicle type and places."""
    if prefix != "lane":
        names: tuple[str, ...] = getattr(problem, f"{prefix}_ids")
        return names
    return tuple(f"{k + 1}" for k in range(problem.num_lanes))


def _fields(problem: ScheduledProblem) -> Iterator[tuple[str, str, np.ndarray]]:
    for name in problem.__dataclass_fields__:
        prefix = name.split("_")[0]
        value = getattr(problem, name)
        if prefix in TABLES and isinstance(value, np.ndarray):
            yield name, prefix, value


def _lengths(problem: ScheduledProblem) -> Iterator[Fault]:
    for name, prefix, value in _fields(problem):
        rows = len(names_of(problem, prefix))
        shape = (rows, problem.num_resources) if name in BY_RESOURCE else (rows,)
        if name == "hub_shippers":
            shape = (rows, len(problem.shipper_ids))
        if value.shape != shape:
            rule = f"has shape {value.shape}, expected {shape}"
            column = name.removeprefix(prefix + "_")
            yield Fault(TABLES[prefix], column, (), rule, "Give a value for every row.")
    for name, rows in (
        ("vehicle_mode", problem.num_vehicles),
        ("sailing_mode", problem.num_sailings),
        ("hub_owner", problem.num_hubs),
        ("shipment_whole", problem.num_shipments if problem.shipment_whole else 0),
    ):
        if len(getattr(problem, name)) != rows:
            prefix, column = name.split("_")
            yield Fault(
                TABLES[prefix], column, (), f"has not {rows} values", "Give one for every row."
            )
    rows = len(problem.passage_lock)
    if len(problem.passage_sailing) != rows or len(problem.passage_slot) != rows:
        yield Fault(
            "sailing_locks", "lock", (), f"has not {len(problem.passage_sailing)} values",
            "Give sailing, lock and slot for every row.",
        )  # fmt: skip


def _settings(problem: ScheduledProblem) -> Iterator[Fault]:
    for name, least in (("num_slots", 1), ("max_hubs", 0)):
        if getattr(problem, name) < least:
            yield Fault("settings", name, (), f"is below {least}", f"Give {least} or more.")
    if not problem.co2e_cap_kg >= 0:
        rule = f"is {problem.co2e_cap_kg:g}"
        yield Fault("settings", "co2e_cap_kg", (), rule, "Give kg from 0 up, inf for no cap.")
    for name in ("slot_s", *_PRICES):
        value = getattr(problem, name)
        if not np.isfinite(value) or value < 0 or (name == "slot_s" and value == 0):
            yield Fault("settings", name, (), f"is {value:g}", "Give a positive number.")
    if not problem.resource_ids:
        yield Fault("settings", "resources", (), "names nothing", "Name at least one, such as kg.")


def _identifiers(problem: ScheduledProblem) -> Iterator[Fault]:
    for prefix, table in {**TABLES, "shipper": "shippers"}.items():
        if prefix == "lane":
            continue
        names = getattr(problem, f"{prefix}_ids")
        twice = tuple(name for name, count in Counter(names).items() if count > 1)
        if twice:
            rule = "is there more than once"
            yield Fault(table, f"{prefix}_id", twice, rule, "Give every row its own name.")


def _references(problem: ScheduledProblem) -> Iterator[Fault]:
    for name, what in _PLACES.items():
        prefix = name.split("_")[0]
        values, count = getattr(problem, name), len(getattr(problem, f"{what}_ids"))
        yield from _told(
            problem, name, prefix, (values < 0) | (values >= count),
            f"names no {what} of the table", f"Use one of the {count}.",
        )  # fmt: skip


def _numbers(problem: ScheduledProblem) -> Iterator[Fault]:
    for name, prefix, value in _fields(problem):
        if value.dtype != np.float64 and value.dtype != np.int64:
            continue
        numbers: FloatArray = value.astype(np.float64)
        bad = np.isnan(numbers) if name in _MAY_BE_INFINITE else ~np.isfinite(numbers)
        if name not in _ANY_SIGN and name not in _PLACES:
            bad = bad | (numbers < 0)
        by_row: BoolArray = np.asarray(bad.any(axis=1) if bad.ndim == 2 else bad)
        yield from _told(
            problem, name, prefix, by_row, "is negative or no number", "Give a number from 0 up."
        )


def _times(problem: ScheduledProblem) -> Iterator[Fault]:
    last = problem.num_slots - 1
    for prefix, first_name, last_name in (
        ("hub", "first_slot", "last_slot"),
        ("lane", "first_slot", "last_slot"),
        ("sailing", "depart_slot", "arrive_slot"),
        ("shipment", "release_slot", "due_slot"),
    ):
        first, end = (
            getattr(problem, f"{prefix}_{first_name}"),
            getattr(problem, f"{prefix}_{last_name}"),
        )
        yield from _told(
            problem, f"{prefix}_{last_name}", prefix, end < first,
            f"lies before {first_name}", "Give times in order.",
        )  # fmt: skip
        if prefix == "shipment":
            outside = (first < 0) | (end > last)
            yield from _told(
                problem, "shipment_due_slot", prefix, outside,
                f"the day has slots 0 to {last}", "Give slots of the day.",
            )  # fmt: skip


def _one_hub_a_place(problem: ScheduledProblem) -> Iterator[Fault]:
    _, first = np.unique(problem.hub_location, return_index=True)
    again = np.ones(problem.num_hubs, dtype=bool)
    again[first] = False
    yield from _told(
        problem,
        "hub_location",
        "hub",
        again,
        "there is a hub already",
        "Join the two, or move one.",
    )


def _ends(problem: ScheduledProblem) -> Iterator[Fault]:
    for prefix, begin, end in (
        ("lane", problem.lane_from, problem.lane_to),
        ("sailing", problem.sailing_from, problem.sailing_to),
    ):
        rule = "is also where it begins"
        yield from _told(problem, f"{prefix}_to", prefix, begin == end, rule, "Leave it out.")


def _shipments(problem: ScheduledProblem) -> Iterator[Fault]:
    same = problem.shipment_origin == problem.shipment_destination
    yield from _told(
        problem, "shipment_destination", "shipment", same, "is also the origin", "Leave it out."
    )
    empty: BoolArray = np.asarray((problem.shipment_load <= 0).all(axis=1))
    yield from _told(
        problem,
        "shipment_load",
        "shipment",
        empty,
        "asks for nothing",
        "Give a load, or leave it out.",
    )


def _owners(problem: ScheduledProblem) -> Iterator[Fault]:
    owner = np.array(problem.hub_owner, dtype=object)
    known = np.isin(owner, OWNERS)
    yield from _told(
        problem, "hub_owner", "hub", ~known,
        f"is none of {', '.join(OWNERS)}", "Use one of them.",
    )  # fmt: skip
    may = problem.hub_shippers
    kept = np.asarray(known & (owner != "own") & ~may.all(axis=1))
    yield from _told(
        problem, "hub_shippers", "hub", kept,
        "keeps shippers out of a hub that is for all", 'Make it "own", or let all in.',
    )  # fmt: skip
    nobody = np.asarray((owner == "own") & ~may.any(axis=1) & bool(problem.shipper_ids))
    yield from _told(
        problem, "hub_shippers", "hub", nobody, "lets nobody in", "Name who may use it."
    )


def _passages(problem: ScheduledProblem) -> Iterator[Fault]:
    sailing, slot = problem.passage_sailing, problem.passage_slot
    unknown = (sailing < 0) | (sailing >= problem.num_sailings)
    inside = np.where(unknown, 0, sailing)
    early = late = np.zeros(len(slot), dtype=bool)
    if problem.num_sailings:
        early = (slot >= 0) & (slot < problem.sailing_depart_slot[inside])
        late = (slot >= 0) & (slot > problem.sailing_arrive_slot[inside])
    for column, wrong, rule, remedy in (
        ("sailing", unknown, "names no sailing of the table", "Use one of sailings."),
        ("slot", (early | late) & ~unknown, "lies outside the sailing", "Give a slot under way."),
        ("slot", slot < -1, "is no slot", "Give a slot, or -1 where it is unknown."),
    ):
        if wrong.any():
            rows = tuple(str(k + 1) for k in np.flatnonzero(wrong))
            yield Fault("sailing_locks", column, rows, rule, remedy)


def _told(
    problem: ScheduledProblem, name: str, prefix: str, wrong: BoolArray, rule: str, remedy: str
) -> Iterator[Fault]:
    if wrong.any():
        names = names_of(problem, prefix)
        rows = tuple(names[k] for k in np.flatnonzero(wrong))
        yield Fault(TABLES[prefix], name.removeprefix(prefix + "_"), rows, rule, remedy)
