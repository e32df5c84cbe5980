"""Which unit goes in which vehicle: weight, volume, floor, and goods that may not mix.

Bin packing with several resources and conflicts. The start is first-fit decreasing (Johnson 1973)
on the largest share of any resource; the bound is the larger of the resource sums and a clique of
units no two of which fit together; the exact model is CP-SAT's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, ModelMismatch, raise_if
from bundling.hubs.assumption_tables import assumption_table
from bundling.result import Bounds, Limit, Status, Violation

RESOURCES: Final = ("kg", "m3", "floor_m2", "teu")
TOLERANCE: Final = 1e-9  # relative excess that is rounding, not overload
_MOST_PAIRS: Final = 400_000
"""Units times vehicles from which the exact model is not begun."""


@dataclass(frozen=True, eq=False)
class LoadingProblem:
    """Units to be loaded in vehicles of one type, as few as possible.

    Attributes
    ----------
    unit_ids
        Identifier of each unit.
    need
        Units by `RESOURCES` (kg, m3, m2 of floor, TEU).
    room
        What one vehicle offers of each resource, shape (4,).
    goods
        Kind of goods of each unit, such as ``food``.
    apart
        Pairs of kinds that may not share a vehicle.
    """

    unit_ids: tuple[str, ...]
    need: NDArray[np.float64]
    room: NDArray[np.float64]
    goods: tuple[str, ...]
    apart: frozenset[frozenset[str]]


@dataclass(frozen=True)
class LoadingResult:
    """A checked loading: why it stopped, which limit, which bounds, which vehicle for each unit."""

    status: Status
    limit: Limit
    bounds: Bounds  # vehicles
    vehicle: tuple[int, ...]


def loading_problem(
    units: pd.DataFrame,
    vehicle: str,
    *,
    vehicles: pd.DataFrame | None = None,
    kinds: pd.DataFrame | None = None,
    incompatible: pd.DataFrame | None = None,
) -> LoadingProblem:
    """Pose the loading of units in vehicles of one type.

    Parameters
    ----------
    units
        Columns unit_id, unit (a row of the table of load units), kg, m3, goods.
    vehicle
        A row of the table of vehicles.
    vehicles, kinds, incompatible
        User tables in place of those shipped (``hubs_vehicle_room``, ``hubs_load_units``,
        ``hubs_incompatible_goods``). Floor is counted in m2: how units lie side by side is not
        asked, and units are not stacked.

    Raises
    ------
    bundling.InputError
        All faults at once, units that fit in no vehicle among them.
    """
    room = assumption_table(
        "hubs_vehicle_room",
        vehicles,
        key=["vehicle"],
        numbers=["payload_kg", "volume_m3", "length_m", "width_m", "teu"],
    ).set_index("vehicle")
    floor = assumption_table(
        "hubs_load_units", kinds, key=["unit"], numbers=["length_m", "width_m", "teu"]
    ).set_index("unit")
    pairs = assumption_table("hubs_incompatible_goods", incompatible, key=["goods", "other"])
    wanted = ("unit_id", "unit", "kg", "m3", "goods")
    missing = [name for name in wanted if name not in units.columns]
    raise_if(Fault("units", name, (), "the column is missing", "Add it") for name in missing)
    faults = []
    if vehicle not in room.index:
        remedy = "Known: " + ", ".join(room.index)
        faults.append(Fault("vehicles", "vehicle", (vehicle,), "is unknown", remedy))
    ids = tuple(str(name) for name in units["unit_id"])
    lost = tuple(i for i, kind in zip(ids, units["unit"], strict=True) if kind not in floor.index)
    if lost:
        remedy = "Known: " + ", ".join(floor.index)
        faults.append(Fault("units", "unit", lost, "is unknown", remedy))
    if len(set(ids)) < len(ids):
        twice = tuple(sorted({name for name in ids if ids.count(name) > 1}))
        faults.append(Fault("units", "unit_id", twice, "stands more than once", "Rename"))
    values = units[["kg", "m3"]].apply(pd.to_numeric, errors="coerce").to_numpy(float)
    for column, name in enumerate(("kg", "m3")):
        wrong = ~(np.isfinite(values[:, column]) & (values[:, column] >= 0.0))
        if wrong.any():
            rows = tuple(ids[k] for k in np.flatnonzero(wrong))
            faults.append(Fault("units", name, rows, "is no number from 0 up", "Correct it"))
    raise_if(faults)
    size = floor.loc[list(units["unit"])]
    area, boxes = (size["length_m"] * size["width_m"]).to_numpy(float), size["teu"].to_numpy(float)
    # A container stands on its own positions: it takes TEU, not floor.
    need = np.column_stack([values, np.where(boxes > 0.0, 0.0, area), boxes])
    mine = room.loc[vehicle]
    offer = np.array(
        [mine["payload_kg"], mine["volume_m3"], mine["length_m"] * mine["width_m"], mine["teu"]],
        float,
    )
    for k, name in enumerate(RESOURCES):
        over = np.flatnonzero(need[:, k] > offer[k] * (1.0 + TOLERANCE))
        if over.size:
            rows = tuple(ids[u] for u in over)
            rule = f"needs more {name} than one {vehicle} offers ({offer[k]:g})"
            faults.append(Fault("units", name, rows, rule, "Split it or take another vehicle"))
    raise_if(faults)
    goods = tuple(str(kind) for kind in units["goods"])
    apart = frozenset(frozenset(p) for p in zip(pairs["goods"], pairs["other"], strict=True))
    return LoadingProblem(ids, need, offer, goods, apart)


def least_vehicles(problem: LoadingProblem, deadline: float = math.inf) -> int:
    """No loading has fewer vehicles: per resource, and by a clique of units that go apart.

    The clique ends where it is at the `deadline`, in seconds of `time.perf_counter`.
    """
    if not problem.unit_ids:
        return 0
    total, room = problem.need.sum(axis=0), problem.room
    used = room > 0.0
    by_sum = np.ceil(total[used] / room[used] - 1e-7).max(initial=1.0)
    kind, clash = _kinds(problem)
    clique: list[int] = []
    for u in _decreasing(problem):
        if perf_counter() > deadline:
            break
        over = (problem.need[clique] + problem.need[u] > room * (1.0 + 1e-7)).any(axis=1)
        if (over | clash[kind[u], kind[clique]]).all():
            clique.append(u)
    return max(int(by_sum), len(clique))


def first_fit_decreasing(problem: LoadingProblem) -> tuple[int, ...]:
    """Vehicle of each unit: largest share of any resource first, into the first with room."""
    kind, clash = _kinds(problem)
    vehicle = [-1] * len(problem.unit_ids)
    loads = np.zeros((len(vehicle), len(RESOURCES)))
    inside = np.zeros((len(vehicle), len(clash)), dtype=bool)
    count = 0
    for u in _decreasing(problem):
        fits = (loads[:count] + problem.need[u] <= problem.room * (1.0 + TOLERANCE)).all(axis=1)
        fits &= ~inside[:count, clash[kind[u]]].any(axis=1)
        k = int(fits.argmax()) if fits.any() else count
        count = max(count, k + 1)
        loads[k] += problem.need[u]
        inside[k, kind[u]] = True
        vehicle[u] = k
    return tuple(vehicle)


def check(problem: LoadingProblem, vehicle: Sequence[int]) -> list[Violation]:
    """Rules a loading breaks: every unit loaded, no overload, no goods that go apart together."""
    if len(vehicle) != len(problem.unit_ids):
        missing = abs(len(problem.unit_ids) - len(vehicle))
        return [Violation("every unit has a vehicle", "loading", float(missing), "units")]
    faults = [
        Violation("every unit has a vehicle", problem.unit_ids[u], 1.0, "unit")
        for u, k in enumerate(vehicle)
        if k < 0
    ]
    for k in sorted({k for k in vehicle if k >= 0}):
        inside = [u for u, mine in enumerate(vehicle) if mine == k]
        over = problem.need[inside].sum(axis=0) - problem.room
        faults += [
            Violation(f"vehicle capacity ({name})", f"vehicle {k}", float(over[r]), name)
            for r, name in enumerate(RESOURCES)
            if over[r] > 2.0 * TOLERANCE * max(1.0, problem.room[r])
        ]
        kinds = sorted(problem.goods[u] for u in inside)
        pairs = {(a, b) for i, a in enumerate(kinds) for b in kinds[i + 1 :]}
        faults += [
            Violation("goods apart", f"vehicle {k}: {a} with {b}", 1.0, "pair")
            for a, b in sorted(pairs)
            if frozenset((a, b)) in problem.apart
        ]
    return faults


def solve(problem: LoadingProblem, *, time_limit: float = 10.0, seed: int = 0) -> LoadingResult:
    """Load the units in as few vehicles as possible.

    Parameters
    ----------
    problem
        Units, one vehicle type, goods that go apart.
    time_limit
        Wall seconds for the whole call. `Limit.ITERATIONS` says that the units are too many for
        the exact model, or their needs too fine for it, and first-fit decreasing is the answer.
    seed
        Seed of CP-SAT, which runs on one worker.

    Raises
    ------
    bundling.ModelMismatch
        When our own check finds a fault in what the method found.
    """
    start = perf_counter()
    vehicle, limit = first_fit_decreasing(problem), Limit.NONE
    bound = least_vehicles(problem, start + 0.3 * time_limit)
    count = len(set(vehicle))
    if bound < count:
        left = time_limit - (perf_counter() - start)
        if len(vehicle) * count > _MOST_PAIRS:
            limit = Limit.ITERATIONS
        elif left <= 0.1:
            limit = Limit.TIME
        else:
            from bundling.hubs.loading_exact import exact

            vehicle, proved, limit = exact(problem, vehicle, bound, start + time_limit, seed)
            bound = max(bound, proved)
    faults = check(problem, vehicle)
    if faults:
        raise ModelMismatch("; ".join(map(str, faults)))
    count = len(set(vehicle))
    status = Status.OPTIMAL if bound >= count else Status.FEASIBLE
    return LoadingResult(status, limit, Bounds(float(count), float(bound)), tuple(vehicle))


def _decreasing(problem: LoadingProblem) -> list[int]:
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(problem.room > 0.0, problem.need / problem.room, 0.0).max(axis=1)
    return [int(u) for u in np.argsort(-share, kind="stable")]


def _kinds(problem: LoadingProblem) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Kind of goods of each unit, and which kinds go apart."""
    names, kind = np.unique(np.array(problem.goods, dtype=object), return_inverse=True)
    clash = [[frozenset((a, b)) in problem.apart for b in names] for a in names]
    return kind.reshape(-1), np.array(clash, dtype=bool).reshape(len(names), len(names))
