"""From a VRPLIB file to a rounds problem, in the units in which its TYPE is published.

A Euclidean distance is rounded by the habit of its set, and published costs are multiples of the
distance unit of the file:

========================  ===========  ===================================  ============
TYPE                      rounding     published cost                       `cost_scale`
========================  ===========  ===================================  ============
CVRP                      ``round``    distance                             1
VRPTW, PCVRPTW, MTVRPTWR  ``trunc1``   ten times the distance (DIMACS)      10
SDVRPTW, MDVRPTW          ``round3``   thousand times the distance          1,000
HFVRP                     ``none``     a hundredth: the files hold the      0.01
                                       published costs times 100
others                    ``none``     distance                             1
========================  ===========  ===================================  ============

Fixed costs and prizes are scaled as distances are. Times are rounded as distances, since a unit of
distance takes a unit of time; windows and service times are taken as they stand.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np

from bundling.errors import raise_if
from bundling.io.benchmark_text import Faults
from bundling.io.instance_fields import (
    METRES_PER_UNIT,
    Fleet,
    FloatArray,
    InstanceFields,
    Stops,
    base_fields,
    euclidean,
    rounded_units,
)
from bundling.io.vrplib import VrplibFile

CONVENTIONS: dict[str, tuple[str, float]] = {
    "CVRP": ("round", 1.0),
    "VRPTW": ("trunc1", 10.0),
    "PCVRPTW": ("trunc1", 10.0),
    "MTVRPTWR": ("trunc1", 10.0),
    "SDVRPTW": ("round3", 1000.0),
    "MDVRPTW": ("round3", 1000.0),
    "HFVRP": ("none", 0.01),
}
"""Rounding and scale of the published costs by TYPE."""
_OTHERS = ("none", 1.0)
_BAR_RULE = "VEHICLES_ALLOWED_CLIENTS_SECTION"


def vrplib_fields(found: VrplibFile, *, rounding: str | None = None) -> InstanceFields:
    """Return the arguments of a `RoundsProblem`.

    Places keep the numbers of published solutions: one less than in the file, so that the first
    depot is 0. Vehicles that stand next to each other in the file and are equal form one entry of
    the fleet, so that the k-th route of a published solution belongs to the k-th vehicle.

    Parameters
    ----------
    found
        The file.
    rounding
        One of `instance_fields.ROUNDINGS`; by default that of the TYPE.

    Raises
    ------
    bundling.InputError
        When a vehicle reloads at a depot that is not its own.
    """
    usual, scale = CONVENTIONS.get(found.type, _OTHERS)
    raw = euclidean(found.x, found.y) if found.explicit is None else found.explicit
    metres, units = rounded_units(raw, rounding or usual)
    d, n = found.depots, found.places
    ids = tuple(str(place) for place in range(n))
    service = _of_places(found, "SERVICE_TIME", 0.0)
    release = _of_places(found, "RELEASE_TIME", 0.0)
    windows = found.of_places.get("TIME_WINDOW")
    if windows is None:
        # No route needs longer: every place from its depot and back, after the last release.
        horizon = float(service.sum() + 2 * n * units.max(initial=0.0) + release.max(initial=0.0))
        windows = np.tile([0.0, horizon], (n, 1))
    delivery = _of_places(found, "DEMAND", 0.0) + _of_places(found, "LINEHAUL", 0.0)
    entries, number_of = _entries(found)
    depot_of = _of_vehicles(found, "VEHICLES_DEPOT", 1.0)[entries].astype(int) - 1
    hours = windows[depot_of, 1] - windows[depot_of, 0]
    longest = _of_vehicles(found, "VEHICLES_MAX_DURATION", found.scalars.get("DISTANCE", np.inf))
    fields = base_fields(
        depot_ids=ids[:d],
        open_s=windows[:d, 0],
        close_s=windows[:d, 1],
        stops=Stops(
            ids=ids[d:],
            delivery=delivery[d:],
            pickup=_of_places(found, "BACKHAUL", 0.0)[d:],
            early_s=windows[d:, 0],
            late_s=windows[d:, 1],
            service_s=service[d:],
        ),
        fleet=Fleet(
            names=_names(len(entries)),
            count=number_of,
            capacity=_of_vehicles(found, "CAPACITY", 0.0)[entries],
            shift_s=np.minimum(longest[entries], hours),
            fixed=scale * _of_vehicles(found, "VEHICLES_FIXED_COST", 0.0)[entries],
            per_unit=scale * _of_vehicles(found, "VEHICLES_UNIT_DISTANCE_COST", 1.0)[entries],
        ),
        x=found.x,
        y=found.y,
        distance_m=metres,
        time_s=units,
    )
    fields["vehicle_depot"] = depot_of
    most_m = METRES_PER_UNIT * _of_vehicles(found, "VEHICLES_MAX_DISTANCE", np.inf)
    fields["max_distance_m"] = most_m[entries]
    fields["release_s"] = release[d:]
    fields |= _trips(found, entries, depot_of)
    fields |= _access(found, entries)
    if "PRIZE" in found.of_places:
        prize = _of_places(found, "PRIZE", 0.0)[d:]
        fields["prize_eur"] = np.where(prize > 0, scale * prize, np.inf)  # 0: must be served
    return InstanceFields(found.type.lower() or "vrplib", found.name, fields)


def _of_places(found: VrplibFile, key: str, default: float) -> FloatArray:
    """Return a value per place; a single one counts for all places but depots."""
    if key in found.of_places:
        return found.of_places[key][:, 0]
    values = np.full(found.places, found.scalars.get(key, default))
    values[: found.depots] = default
    return values


def _of_vehicles(found: VrplibFile, key: str, default: float) -> FloatArray:
    if key in found.of_vehicles:
        return found.of_vehicles[key][:, 0]
    return np.full(found.vehicles, found.scalars.get(key, default))


def _entries(found: VrplibFile) -> tuple[list[int], list[int]]:
    """First vehicle of each run of equal vehicles, and how many it has."""
    tables = [table[:, 0] for table in found.of_vehicles.values()]
    lists = [found.reload_depots, found.allowed]

    def marks(vehicle: int) -> tuple[Any, ...]:
        return (*(t[vehicle] for t in tables), *(x[vehicle] for x in lists if x is not None))

    runs = [list(run) for _, run in groupby(range(found.vehicles), key=marks)]
    return [run[0] for run in runs], [len(run) for run in runs]


def _names(entries: int) -> tuple[str, ...]:
    return ("vehicle",) if entries == 1 else tuple(f"vehicle-{i}" for i in range(1, entries + 1))


def _trips(found: VrplibFile, entries: list[int], depot_of: Any) -> dict[str, Any]:
    """Return the most trips; without a limit one for every customer."""
    if found.reload_depots is None:
        return {}
    faults = Faults(found.name)
    trips = []
    most = _of_vehicles(found, "VEHICLES_MAX_RELOADS", np.inf)
    for vehicle, depot in zip(entries, depot_of, strict=True):
        places = found.reload_depots[vehicle]
        if set(places) - {depot + 1}:
            rule = f"vehicle {vehicle + 1} may reload at {places}, away from its depot {depot + 1}"
            faults.add(None, rule, "A vehicle reloads at its own depot only; leave the others out")
        reloads = min(most[vehicle], found.places - found.depots - 1) if places else 0
        trips.append(1 + max(0, int(reloads)))
    raise_if(faults.found)
    return {"max_trips": np.array(trips)}


def _access(found: VrplibFile, entries: list[int]) -> dict[str, Any]:
    if found.allowed is None:
        return {}
    barred = np.ones((len(entries), found.places), dtype=np.int64)
    for row, vehicle in enumerate(entries):
        barred[row, [place - 1 for place in found.allowed[vehicle]]] = 0
    return {"barred": barred[:, found.depots :], "bar_rules": (_BAR_RULE,)}
