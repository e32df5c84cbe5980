"""Loading of a plan: does each departure go in the vehicles it sends, unit by unit.

The plan counts weight and volume of all vehicles of a departure together; here each unit is
assigned to one of them, with its position on the floor and the goods it may not stand beside. A
departure that does not load gets a proposal: how many vehicles more, and of which type.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from bundling.errors import Fault, ModelMismatch, raise_if
from bundling.hubs import loading
from bundling.hubs.loading import RESOURCES, LoadingProblem, pose_loading
from bundling.hubs.loading_departures import Departure, departures_of
from bundling.hubs.loading_fleet import first_fit, fit
from bundling.hubs.loading_tables import LoadingTables, loading_tables
from bundling.hubs.loading_units import rows_of_types, units_of
from bundling.hubs.problem import HubsProblem

if TYPE_CHECKING:
    from bundling.result import Result

_MOST_MORE: Final = 50
"""Vehicles more, beyond those first fit asks, that are never tried: a bound on the loop."""
_LEAST_S: Final = 0.05


@dataclass(frozen=True)
class PlanLoading:
    """What `loading_of` found.

    Attributes
    ----------
    departures
        One row a departure and direction: departure, from_id, to_id, direction, vehicles (in
        words), units, planned (vehicles), needed (vehicles, nan where no planned type takes some
        unit), at_least (no loading has fewer), loads, proved (of ``needed``: fewer is impossible),
        limited_by, proposal.
    loads
        One row a unit: departure, direction, vehicle (type and number), unit_id, shipment_id,
        unit, kg, m3, share, goods. Vehicles beyond those planned are marked ``extra``.
    """

    departures: pd.DataFrame
    loads: pd.DataFrame

    @property
    def all_load(self) -> bool:
        """Whether every departure loads in the vehicles planned."""
        return bool(self.departures["loads"].all())


def loading_of(
    result: Result,
    units: pd.DataFrame | None = None,
    *,
    unit: str = "pallet",
    vehicle_of: Mapping[str, str] | None = None,
    positions: pd.DataFrame | None = None,
    kinds: pd.DataFrame | None = None,
    incompatible: pd.DataFrame | None = None,
    time_limit: float = 30.0,
    seed: int = 0,
) -> PlanLoading:
    """Load the units of a plan in the vehicles of its departures.

    Parameters
    ----------
    result
        Of a `HubsProblem` or a `ScheduledProblem`, with a solution. Vessels are not loaded unit by
        unit.
    units, unit
        Units of the shipments; see `bundling.hubs.loading_units.units_of`. Without `units` all
        freight travels in the kind `unit`.
    vehicle_of
        Row of ``hubs_vehicle_positions`` for each vehicle type of the problem; when left out, the
        name of the type is one, or an alias of one. Weight and volume are those of the problem.
    positions, kinds, incompatible
        User tables in place of those shipped; see `bundling.hubs.loading_tables`.
    time_limit
        Wall seconds for all departures together. First fit is always run; a departure that the
        exact model does not decide in time keeps its loading, and ``proved`` False.
    seed
        Of CP-SAT, which runs on one worker.

    Raises
    ------
    bundling.InputError
        No solution, another family, unknown vehicle types, faults of the tables.
    bundling.ModelMismatch
        When a loading breaks a rule of our own check: a bug.
    """
    deadline = perf_counter() + time_limit
    problem, solution = result.problem, result.solution
    known = problem.family in ("hubs", "hubs.scheduled")
    if solution is None or not known:
        rule = "has no solution" if known else f"is of family {problem.family}"
        raise_if([Fault("result", "", (), rule, "Give a solved plan of hubs or hubs.scheduled")])
    tables = loading_tables(None, positions, kinds, incompatible)
    rows_of = rows_of_types(problem, tables, vehicle_of)
    all_units = units_of(problem, tables, units, unit)
    of_shipment = all_units.groupby("shipment_id", sort=False).indices
    nothing = np.zeros(0, dtype=np.int64)  # a shipment of 0 kg and 0 m3 has no unit
    departures = departures_of(problem, solution)
    rows, places, taken = [], [], []
    for number, departure in enumerate(departures):
        left = max(0.0, deadline - perf_counter())
        until = perf_counter() + max(_LEAST_S, 2.0 * left / (len(departures) - number))
        mine = np.concatenate(
            [of_shipment.get(problem.shipment_ids[i], nothing) for i in departure.shipments]
        )
        units_here = all_units.iloc[mine]
        row, put = _load(
            problem, departure, units_here, rows_of, tables, min(until, deadline), seed
        )
        rows.append(row)
        places += [(departure.name, departure.direction, vehicle) for vehicle in put]
        taken.append(mine)
    columns = [
        "departure", "from_id", "to_id", "direction", "vehicles", "units", "planned", "needed",
        "at_least", "loads", "proved", "limited_by", "proposal",
    ]  # fmt: skip
    loads = all_units.iloc[np.concatenate([nothing, *taken])].reset_index(drop=True)
    where = pd.DataFrame(places, columns=["departure", "direction", "vehicle"])
    return PlanLoading(pd.DataFrame(rows, columns=columns), where.join(loads))


def _room(problem: Any, vehicle: int, row: str, tables: LoadingTables) -> tuple[float, float]:
    """Payload (kg) and volume (m3) of a type: the problem's own, or the table's."""
    if isinstance(problem, HubsProblem):
        return (
            float(problem.vehicle_capacity_kg[vehicle]), float(problem.vehicle_capacity_m3[vehicle])
        )  # fmt: skip
    mine: Any = tables.room.loc[row]
    kg, m3 = (
        problem.vehicle_capacity[vehicle, problem.resource_ids.index(name)]
        if name in problem.resource_ids
        else mine[column]
        for name, column in (("kg", "payload_kg"), ("m3", "volume_m3"))
    )
    return float(kg), float(m3)


def _load(
    problem: Any,
    departure: Departure,
    units: pd.DataFrame,
    rows_of: list[str],
    tables: LoadingTables,
    deadline: float,
    seed: int,
) -> tuple[tuple[Any, ...], list[str]]:
    """Load one departure; its row and the vehicle of each of its units."""
    types = [v for v, count in departure.vehicles.items() if count > 0]
    names = [problem.vehicle_ids[v] for v in types]
    # Finite room, as CP-SAT counts in whole numbers; more than all units is no limit.
    total = units[["kg", "m3"]].sum().to_numpy(float) + 1.0
    posed, over = [], []
    for v in types:
        room = np.minimum(_room(problem, v, rows_of[v], tables), total)
        loading_problem, rules = pose_loading(
            units, rows_of[v], (float(room[0]), float(room[1])), tables
        )
        posed.append(loading_problem)
        over.append({name for _, ids, _ in rules for name in ids})
    fleet = [t for t, v in enumerate(types) for _ in range(departure.vehicles[v])]
    words = " + ".join(f"{departure.vehicles[v]} x {problem.vehicle_ids[v]}" for v in types)
    head = (departure.name, departure.from_id, departure.to_id, departure.direction, words)
    lost = sorted(set.intersection(*over)) if over else list(units["unit_id"])
    if lost:
        some = ", ".join(lost[:3]) + (" ..." if len(lost) > 3 else "")
        proposal = f"no vehicle of this departure takes {len(lost)} of its units ({some})"
        row = (*head, len(units), len(fleet), np.nan, np.nan, False, True, "unit", proposal)
        return row, ["none"] * len(units)
    extra = max(range(len(types)), key=lambda t: (posed[t].room[1], posed[t].room[0], -t))
    if len(types) == 1:
        needed, least, put = _one_type(posed[0], len(fleet), deadline, seed)
    else:
        if over[extra]:  # the type of more vehicles takes every unit, or it is no proposal
            extra = min(range(len(types)), key=lambda t: len(over[t]))
        if over[extra]:
            found, sure_not = fit(posed, fleet, deadline, seed)
            if found is None:
                proposal = "each type refuses some unit: send these apart"
                row = (*head, len(units), len(fleet), np.nan, np.nan, False, sure_not, "unit",
                       proposal)  # fmt: skip
                return row, ["none"] * len(units)
        needed, least, put = _several_types(posed, fleet, extra, deadline, seed)
    more = max(0, needed - len(fleet))
    fits = more == 0
    proved = fits or least >= needed
    sure = "" if proved else f", by first fit; at least {least} are needed"
    proposal = "" if fits else f"{more} x {names[extra]} more{sure}"
    fleet = fleet + [extra] * more
    _hold(posed, fleet, put)
    number = [f"{names[t]} {k + 1}" + (" extra" if k >= needed - more else "")
              for k, t in enumerate(fleet)]  # fmt: skip
    limited = "" if fits else _limited_by(posed, fleet[: len(fleet) - more])
    row = (*head, len(units), len(fleet) - more, needed, least, fits, proved, limited, proposal)
    return row, [number[k] for k in put]


def _one_type(
    posed: LoadingProblem, planned: int, deadline: float, seed: int
) -> tuple[int, int, tuple[int, ...]]:
    """Vehicles needed (no fewer than planned), how many at least, and the vehicle of each unit."""
    put = loading.first_fit_decreasing(posed)
    count, least = len(set(put)), loading.least_vehicles(posed, deadline)
    if count > max(planned, least) and deadline - perf_counter() > _LEAST_S:
        found = loading.solve(posed, time_limit=deadline - perf_counter(), seed=seed)
        put, least = found.vehicle, max(least, int(found.bounds.bound))
        count = len(set(put))
    names = {k: n for n, k in enumerate(sorted(set(put)))}
    return max(count, planned), least, tuple(names[k] for k in put)


def _several_types(
    posed: list[LoadingProblem], fleet: list[int], extra: int, deadline: float, seed: int
) -> tuple[int, int, tuple[int, ...]]:
    """As `_one_type`, for vehicles of several types and more of type `extra`."""
    planned, least, open_to_doubt = len(fleet), len(fleet), False
    for more in range(_MOST_MORE + len(posed[0].unit_ids)):
        mine = fleet + [extra] * more
        put = first_fit(posed, mine)
        if min(put, default=0) < 0:
            until = min(deadline, perf_counter() + 0.5 * max(0.0, deadline - perf_counter()))
            found, proved = fit(posed, mine, until, seed)
            if found is None:
                open_to_doubt |= not proved
                least += 0 if open_to_doubt else 1
                continue
            put = found
        return planned + more, least, put
    raise ModelMismatch("units that fit alone do not fit with a vehicle each")


def _limited_by(posed: list[LoadingProblem], fleet: list[int]) -> str:
    """Name what runs out first in the vehicles planned."""
    room = np.sum([posed[t].room for t in fleet], axis=0)
    # The floor counts in parts of each type; the mean over the planned vehicles is near enough.
    need = np.mean([posed[t].need.sum(axis=0) / posed[t].room for t in fleet], axis=0)
    asked = np.append(posed[0].need.sum(axis=0)[:2] / room[:2], need[2] / len(fleet))
    fullest = int(np.argmax(np.nan_to_num(asked, posinf=np.finfo(float).max)))
    if asked[fullest] > 1.0:
        return RESOURCES[fullest]
    goods = set(posed[0].goods)
    apart = any(pair <= goods for pair in posed[0].apart)
    return "goods apart" if apart else f"whole units ({RESOURCES[fullest]})"


def _hold(posed: list[LoadingProblem], fleet: list[int], put: tuple[int, ...]) -> None:
    """Check the loading of each type by rules that never saw the method."""
    for t, problem in enumerate(posed):
        mine = [u for u, k in enumerate(put) if fleet[k] == t]
        part = LoadingProblem(
            tuple(problem.unit_ids[u] for u in mine),
            problem.need[mine],
            problem.room,
            tuple(problem.goods[u] for u in mine),
            problem.apart,
        )
        faults = loading.check(part, [put[u] for u in mine])
        if faults:
            raise ModelMismatch("; ".join(map(str, faults)))
