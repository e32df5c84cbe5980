"""A day of departures made of a hubs problem: its legs get times, its shipments windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from bundling.hubs.evaluate import trip_costs_eur
from bundling.hubs.problem import DIRECT, LAST_MILE, LINEHAUL, HubsProblem
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.scheduled.windows import Windows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

RESOURCES: Final = ("kg", "m3", "h")
"""What freight takes from a vehicle; hours are those of work at the addresses."""
HOURS_STEP: Final = 0.5
"""Vehicle types are told apart by hours under way, in steps of this."""


@dataclass(frozen=True, eq=False)
class Hours:
    """When the hubs of a hubs problem work.

    Attributes
    ----------
    open_s, close_s
        Freight comes and goes from opening to closing [H].
    dwell_s
        From arrival until the first departure [H].
    handling_eur_kg
        Handling by weight, besides that by volume [H].
    """

    open_s: FloatArray
    close_s: FloatArray
    dwell_s: FloatArray
    handling_eur_kg: FloatArray


def scheduled_of_hubs(
    problem: HubsProblem,
    windows: Windows,
    hours: Hours,
    *,
    group: IntArray,
    slot_s: float = 900.0,
    num_slots: int = 96,
    max_hubs: int = 1,
    co2e_eur_per_kg: float = 0.0,
    sailings: dict[str, Any] | None = None,
) -> ScheduledProblem:
    """Give a hubs problem times.

    A trip out and back of the hubs problem becomes two lanes, each with half of its cost, km and
    hours; vehicles return, so that what goes out empty or full comes back. What fills a vehicle
    besides kg and m3 is the hours at addresses: a shift less the hours under way, which differ by
    lane, so that each vehicle type stands in the tables once for every half hour under way
    (rounded up) and once, without limit, between shippers and hubs. Hours at pickups count on the
    way back by themselves. Wages of the work at addresses, equal in all plans, are left out.

    Parameters
    ----------
    problem
        Places, freight, hubs, vehicles and who may go where.
    windows
        Times of the shipments [N].
    hours
        Times of the hubs [H].
    group
        Shipments of different groups do not share vehicles [N].
    slot_s, num_slots
        Slots of the day.
    max_hubs
        Most hubs on the way of a shipment; from 2 on vehicles go between hubs, too.
    co2e_eur_per_kg
        Price of a kilogram of CO2e.
    sailings
        Fields ``sailing_*`` of `ScheduledProblem`; none by default.

    Returns
    -------
    ScheduledProblem
        Its places, hubs and shipments stand in the order of those of `problem`.
    """
    lanes = _Lanes(problem, slot_s, max_hubs)
    release, due, opening = _times(problem, windows, lanes, slot_s, num_slots)
    first = np.maximum(0, opening[lanes.towards] - lanes.slots)
    pickup = problem.shipment_pickup
    start, end = problem.shipment_origin, problem.shipment_destination
    resources = len(RESOURCES)
    handling = np.zeros((problem.num_hubs, resources))
    handling[:, 0], handling[:, 1] = hours.handling_eur_kg, problem.hub_handling_eur_per_m3
    capacity = np.full((problem.num_hubs, resources), np.inf)
    capacity[:, 0], capacity[:, 1] = problem.hub_capacity_kg, problem.hub_capacity_m3
    last = num_slots - 1
    return ScheduledProblem(
        resource_ids=RESOURCES,
        location_ids=problem.location_ids,
        location_x_m=problem.location_x_m,
        location_y_m=problem.location_y_m,
        location_in_zone=problem.location_in_zone,
        hub_ids=problem.hub_ids,
        hub_location=problem.hub_location,
        hub_fixed_eur=problem.hub_rent_eur,
        hub_handling_eur=handling,
        hub_capacity=capacity,
        hub_dwell_slots=_slots_up(hours.dwell_s, slot_s),
        hub_first_slot=_slots_up(hours.open_s, slot_s),
        hub_last_slot=np.minimum(last, np.floor(hours.close_s / slot_s)).astype(np.int64),
        **lanes.fields(first, last),
        **(sailings or no_sailings(resources)),
        shipment_ids=problem.shipment_ids,
        shipment_shipper=problem.shipment_shipper,
        shipment_origin=np.where(pickup, end, start),
        shipment_destination=np.where(pickup, start, end),
        shipment_load=np.column_stack(
            [problem.shipment_kg, problem.shipment_m3, problem.shipment_service_h]
        ),
        shipment_release_slot=release,
        shipment_due_slot=due,
        shipment_group=group,
        shipment_direct=problem.shipment_direct,
        shipper_ids=problem.shipper_ids,
        num_slots=num_slots,
        slot_s=slot_s,
        max_hubs=max_hubs,
        co2e_eur_per_kg=co2e_eur_per_kg,
    )


def no_sailings(resources: int) -> dict[str, Any]:
    """Fields of a timetable without a row."""
    ints, floats = np.zeros(0, dtype=np.int64), np.zeros(0)
    names = ("from", "to", "depart_slot", "arrive_slot", "limit")
    return {
        "sailing_ids": (),
        "sailing_mode": (),
        **{f"sailing_{name}": ints for name in names},
        **{f"sailing_{name}": floats for name in ("eur", "km", "co2e_kg", "nox_g")},
        **{f"sailing_{name}": np.zeros((0, resources)) for name in ("capacity", "slot_eur")},
    }


class _Lanes:
    """Lanes out and back of every leg some vehicle type may drive."""

    def __init__(self, problem: HubsProblem, slot_s: float, max_hubs: int) -> None:
        kind, near, far = _legs(problem, max_hubs)
        leg, vehicle = np.nonzero(problem.usable(kind, near, far))
        under_way = problem.trip_hours(near, far)[leg, vehicle]
        step = np.ceil(under_way / HOURS_STEP - 1e-9).astype(np.int64)
        spare = problem.vehicle_shift_h[vehicle] - HOURS_STEP * step
        # Nothing is left for the addresses, or nothing of it is asked: between shippers and hubs.
        haul = kind[leg] == LINEHAUL
        keep = haul | (spare > 1e-9)
        leg, vehicle, step, haul = leg[keep], vehicle[keep], step[keep], haul[keep]
        self._problem = problem
        variants, variant = np.unique(
            np.column_stack([vehicle, np.where(haul, 0, step)]), axis=0, return_inverse=True
        )
        self._variants = variants
        self._variant = np.repeat(variant.ravel(), 2)
        self._vehicle = np.repeat(vehicle, 2)
        out, back = near[leg], far[leg]
        self.start = np.column_stack([out, back]).ravel()
        self.towards = np.column_stack([back, out]).ravel()
        costs = trip_costs_eur(problem, near, far)
        whole = np.sum(list(costs.values()), axis=0)[leg, vehicle]
        self._eur = np.repeat(0.5 * whole, 2)
        self._km = np.repeat(0.5 * problem.trip_km(near, far)[leg], 2)
        seconds = problem.time_s[near, far][leg] / problem.vehicle_speed_factor[vehicle]
        self.slots = np.repeat(np.maximum(1, _slots_up(seconds, slot_s)), 2)

    def fields(self, first: IntArray, last: int) -> dict[str, Any]:
        """Fields ``vehicle_*`` and ``lane_*`` of the problem."""
        problem, vehicle = self._problem, self._variants[:, 0]
        names, spare = [], np.full(len(vehicle), np.inf)
        for k, (v, step) in enumerate(self._variants.tolist()):
            if step:
                names.append(f"{problem.vehicle_ids[v]} to {step * HOURS_STEP:g} h")
                spare[k] = problem.vehicle_shift_h[v] - step * HOURS_STEP
            else:
                names.append(f"{problem.vehicle_ids[v]} to hubs")
        return {
            "vehicle_ids": tuple(names),
            "vehicle_mode": ("road",) * len(names),
            "vehicle_capacity": np.column_stack(
                [problem.vehicle_capacity_kg[vehicle], problem.vehicle_capacity_m3[vehicle], spare]
            ),
            "vehicle_returns": np.ones(len(names), dtype=bool),
            "lane_vehicle": self._variant,
            "lane_from": self.start,
            "lane_to": self.towards,
            "lane_slots": self.slots,
            "lane_first_slot": np.minimum(first, last),
            "lane_last_slot": np.full(len(first), last),
            "lane_eur": self._eur,
            "lane_empty_eur": self._eur,
            "lane_km": self._km,
            "lane_co2e_kg": self._km * problem.vehicle_co2e_kg_per_km[self._vehicle],
            "lane_nox_g": self._km * problem.vehicle_nox_g_per_km[self._vehicle],
        }


def _legs(problem: HubsProblem, max_hubs: int) -> tuple[IntArray, IntArray, IntArray]:
    """Kind, near and far end of the legs that freight of the problem may travel, once each."""
    origin, far = np.unique(problem.shipment_origin), np.unique(problem.shipment_destination)
    hubs = problem.hub_location
    direct = problem.shipment_direct
    parts = [
        np.column_stack([np.full(direct.sum(), DIRECT), problem.shipment_origin[direct],
                         problem.shipment_destination[direct]]),
        _pairs(LAST_MILE, hubs, far),
        _pairs(LINEHAUL, origin, hubs),
    ]  # fmt: skip
    if max_hubs >= 2:
        # Once for both ways, since every lane also has the one back.
        parts.append(_pairs(LINEHAUL, hubs, hubs, up=True))
    if max_hubs == 0:
        parts = parts[:1]
    rows = np.concatenate(parts).astype(np.int64)
    rows = rows[rows[:, 1] != rows[:, 2]]
    # Direct and last mile are one lane where a hub stands at a shipper's place.
    door = rows[:, 0] != LINEHAUL
    rows[door, 0] = LAST_MILE
    unique = np.unique(rows, axis=0)
    return unique[:, 0], unique[:, 1], unique[:, 2]


def _pairs(kind: int, one: IntArray, other: IntArray, *, up: bool = False) -> IntArray:
    a, b = (grid.ravel() for grid in np.meshgrid(one, other, indexing="ij"))
    if up:
        a, b = a[a < b], b[a < b]
    return np.column_stack([np.full(a.size, kind), a, b])


def _times(
    problem: HubsProblem, windows: Windows, lanes: _Lanes, slot_s: float, num_slots: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Release and due slot of the shipments, and the slot in which each place opens."""
    last = num_slots - 1
    pickup, end = problem.shipment_pickup, problem.shipment_destination
    late = np.floor(windows.late_s / slot_s + 1e-9).astype(np.int64)
    release = _slots_up(np.where(pickup, windows.early_s, windows.ready_s), slot_s)
    # A model of arrivals cannot hold the last moment of a pickup itself. The quickest way from
    # there shows when it left: in time for certain when it is home this much after that moment.
    quickest: dict[tuple[int, int], int] = {}
    for a, b, n in zip(lanes.start, lanes.towards, lanes.slots, strict=True):
        pair = int(a), int(b)
        quickest[pair] = min(quickest.get(pair, num_slots), int(n))
    home = np.array(
        [
            quickest.get((int(a), int(b)), 0)
            for a, b in zip(end, problem.shipment_origin, strict=True)
        ],
        dtype=np.int64,
    )
    due = np.where(pickup, np.maximum(late, release) + home, late)
    opening = np.full(len(problem.location_ids), num_slots)
    early = np.floor(windows.early_s / slot_s + 1e-9).astype(np.int64)
    np.minimum.at(opening, end[~pickup], early[~pickup])
    opening[opening == num_slots] = 0
    return np.minimum(release, last), np.minimum(due, last), opening


def _slots_up(seconds: FloatArray, slot_s: float) -> IntArray:
    slots: IntArray = np.ceil(seconds / slot_s - 1e-9).astype(np.int64)
    return slots
