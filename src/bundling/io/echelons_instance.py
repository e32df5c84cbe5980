"""From a file of the 2E-EVRPTW to a two-echelon problem.

Units are those of the other public sets (`bundling.io.instance_fields`): 1 km for a unit of
distance, 1 s for a unit of time, 1 kWh for a unit of energy. The objective is the distance of both
echelons, as published. Every charge ends with a full battery. Vehicles may stand at any satellite;
the file says how many there are in all.

The hours of depot, satellites and stations in the files do not count: with them most of the optima
that are published for 10 customers would be out of reach, without them all of them follow.
"""

from __future__ import annotations

import importlib
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.errors import Fault, InputError, raise_if
from bundling.io.akbay import TwoEchelonFile, parse_akbay
from bundling.io.benchmark_text import read_text
from bundling.io.instance_fields import (
    METRES_PER_UNIT,
    Fleet,
    Stops,
    base_fields,
    euclidean,
    station_fields,
)
from bundling.io.jsontext import parse_json
from bundling.io.rounds_solution import from_json

if TYPE_CHECKING:
    from bundling.rounds.echelons import TwoEchelonProblem, TwoEchelonSolution

TWO_ECHELONS = "2e-evrptw"
"""Kind of the instances of this set."""
_SECONDS_PER_HOUR = 3600.0
_NEVER_CLOSES_S = 99_999.0
"""Beyond all that happens in a file; hours of depots must be numbers."""


def read_echelons(path: str | Path, *, recharge: str = "full") -> TwoEchelonProblem:
    """Read a file of the 2E-EVRPTW (Akbay, Kalayci, Blum and Polat).

    Parameters
    ----------
    path
        The file.
    recharge
        ``"full"`` as published, or ``"partial"``.

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    """
    path = Path(path)
    return as_two_echelons(parse_akbay(read_text(path), path.name), recharge=recharge)


def as_two_echelons(found: TwoEchelonFile, *, recharge: str = "full") -> TwoEchelonProblem:
    """Make the problem of a file that has been read."""
    _raise_if_mixed(found)
    depots, hubs = found.depots, found.satellites
    rounds = importlib.import_module("bundling.rounds")
    room = importlib.import_module("bundling.rounds.echelons")
    x, y = np.r_[depots.x, hubs.x], np.r_[depots.y, hubs.y]
    units = euclidean(x, y)
    problem: TwoEchelonProblem = room.TwoEchelonProblem(
        depot_id="depot",
        depot_x_m=METRES_PER_UNIT * depots.x[0],
        depot_y_m=METRES_PER_UNIT * depots.y[0],
        depot_open_s=0.0,
        depot_close_s=_NEVER_CLOSES_S,
        truck_count=len(found.trucks),
        truck_capacity_kg=found.trucks.capacity[0],
        truck_fixed_eur=0.0,
        truck_eur_per_km=1.0,
        truck_co2e_kg_per_km=0.0,
        truck_distance_m=units * METRES_PER_UNIT,
        truck_time_s=units / found.trucks.speed[0],
        second=rounds.RoundsProblem(**_second(found, recharge)),
        vehicle_count=len(found.evs),
        hub_capacity_kg=hubs.capacity,
        hub_handling_s=hubs.service,
    )
    return problem


def _raise_if_mixed(found: TwoEchelonFile) -> None:
    """Refuse what the set does not have: more depots, or vehicles that differ."""
    faults = []
    if len(found.depots) > 1:
        rule = f"has {len(found.depots)} depots"
        faults.append(Fault(found.name, "", (), rule, "Give one depot"))
    for what, vehicles in (("trucks", found.trucks), ("electric vehicles", found.evs)):
        columns = (
            vehicles.capacity,
            vehicles.speed,
            vehicles.battery,
            vehicles.inverse_rate,
            vehicles.consumption,
        )
        if any(len(np.unique(column)) > 1 for column in columns):
            rule = f"has {what} that differ"
            faults.append(Fault(found.name, "", (), rule, "Give vehicles that are alike"))
    if faults:
        raise InputError(faults)


def _second(found: TwoEchelonFile, recharge: str) -> dict[str, Any]:
    hubs, stations, customers, evs = found.satellites, found.stations, found.customers, found.evs
    names = [f"satellite-{h + 1}" for h in range(len(hubs))]
    number = len(hubs)
    x = np.r_[hubs.x, customers.x, stations.x]
    y = np.r_[hubs.y, customers.y, stations.y]
    units = euclidean(x, y)
    speed, rate = float(evs.speed[0]), float(evs.inverse_rate[0])
    fields = base_fields(
        depot_ids=names,
        open_s=0.0,
        close_s=_NEVER_CLOSES_S,
        stops=Stops(
            [f"customer-{i + 1}" for i in range(len(customers))],
            customers.demand,
            customers.early,
            customers.late,
            customers.service,
        ),
        fleet=Fleet(
            names=[f"{name}/ev" for name in names],
            count=len(evs),
            capacity=evs.capacity[0],
            shift_s=_NEVER_CLOSES_S,
            per_unit=1.0,
            usable_kwh=evs.battery[0],
            kwh_per_unit=evs.consumption[0],
            charge_kw=_SECONDS_PER_HOUR / rate,
        ),
        x=x,
        y=y,
        distance_m=units * METRES_PER_UNIT,
        time_s=units / speed,
    )
    fields["vehicle_types"] = ("ev",) * number
    fields["vehicle_depot"] = np.arange(number)
    battery = float(evs.battery[0])
    fields |= station_fields(
        ids=[f"station-{k + 1}" for k in range(len(stations))],
        x=stations.x,
        y=stations.y,
        open_s=0.0,
        close_s=_NEVER_CLOSES_S,
        curve_of=np.zeros(len(stations)),
        curves=[[(0.0, 0.0), (battery, battery * rate)]],
    )
    fields["curve_of"] = np.zeros((number, len(stations)))
    fields["recharge"] = recharge
    return fields


def read_echelons_solution(path: str | Path) -> TwoEchelonSolution:
    """Read a solution from JSON, as `TwoEchelonSolution.to_dict` writes it.

    Raises
    ------
    bundling.InputError
        With every fault of the file. Whether the solution is feasible is for `check` to say.
    """
    path = Path(path)
    data, fault = parse_json(read_text(path), path.name)
    raise_if([fault] if fault else [])
    remedy = "Write what to_dict gives"
    trucks = data.get("trucks") if isinstance(data, dict) else None
    if not isinstance(trucks, list):
        raise_if([Fault(path.name, "trucks", (), "is not a list of trucks", remedy)])
    wrong = tuple(str(n) for n, truck in enumerate(trucks or (), 1) if not _is_truck(truck))
    if wrong:
        rule = "is not a truck with departure_s and drops of hub and kg"
        raise_if([Fault(path.name, "trucks", wrong, rule, remedy)])
    from_json(json.dumps(data.get("rounds")), path.name)  # its faults
    room = importlib.import_module("bundling.rounds.echelons")
    solution: TwoEchelonSolution = room.TwoEchelonSolution.from_dict(data)
    return solution


def _is_truck(truck: Any) -> bool:
    drops = truck.get("drops") if isinstance(truck, dict) else None
    return (
        isinstance(drops, list)
        and _is_number(truck.get("departure_s"))
        and all(
            isinstance(drop, dict)
            and isinstance(drop.get("hub"), str)
            and _is_number(drop.get("kg"))
            for drop in drops
        )
    )


def _is_number(value: Any) -> bool:
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return is_one and abs(value) < math.inf
