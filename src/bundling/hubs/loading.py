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
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, ModelMismatch, raise_if
from bundling.hubs.loading_tables import LoadingTables, loading_tables
from bundling.result import Bounds, Limit, Status, Violation

RESOURCES: Final = ("kg", "m3", "positions")
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
        Units by `RESOURCES` (kg, m3, parts of the floor).
    room
        What one vehicle offers of each resource, shape (3,).
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
    positions: pd.DataFrame | None = None,
    kinds: pd.DataFrame | None = None,
    incompatible: pd.DataFrame | None = None,
) -> LoadingProblem:
    """Pose the loading of units in vehicles of one type.

    Parameters
    ----------
    units
        Columns unit_id, unit (a row of the table of load units), kg, m3, goods; and share, the
        part of a position the unit takes (1 when left out).
    vehicle
        A row of the table of vehicles, or one of its aliases.
    vehicles, positions, kinds, incompatible
        User tables in place of those shipped; see `bundling.hubs.loading_tables`. Floor is counted
        in positions: what of one kind stands in a vehicle; kinds share it in proportion. Units are
        not stacked.

    Raises
    ------
    bundling.InputError
        All faults at once, units that fit in no vehicle among them.
    """
    known = loading_tables(vehicles, positions, kinds, incompatible)
    row = known.vehicle_of(vehicle)
    faults = unit_faults(units, known)
    if row is None:
        remedy = "Known: " + ", ".join(known.room.index)
        faults.append(Fault("vehicles", "vehicle", (vehicle,), "is unknown", remedy))
    raise_if(faults)
    assert row is not None
    mine: Any = known.room.loc[row]
    room = (float(mine["payload_kg"]), float(mine["volume_m3"]))
    problem, rules = pose_loading(units, row, room, known)
    raise_if(
        Fault("units", name, rows, rule, "Split it or take another vehicle")
        for name, rows, rule in rules
    )
    return problem


def unit_faults(units: pd.DataFrame, known: LoadingTables) -> list[Fault]:
    """Faults of a table of units: columns, kinds, repeated names, numbers."""
    wanted = ("unit_id", "unit", "kg", "m3", "goods")
    missing = [name for name in wanted if name not in units.columns]
    raise_if(Fault("units", name, (), "the column is missing", "Add it") for name in missing)
    faults = []
    ids = units["unit_id"].astype(str).to_numpy()
    lost = ~units["unit"].isin(known.units.index).to_numpy(bool)
    if lost.any():
        remedy = "Known: " + ", ".join(known.units.index)
        faults.append(Fault("units", "unit", tuple(ids[lost]), "is unknown", remedy))
    twice = units["unit_id"].astype(str).duplicated(keep=False).to_numpy(bool)
    if twice.any():
        rows = tuple(sorted(set(ids[twice])))
        faults.append(Fault("units", "unit_id", rows, "stands more than once", "Rename"))
    for name in ("kg", "m3", *(["share"] if "share" in units else [])):
        values = pd.to_numeric(units[name], errors="coerce").to_numpy(float)
        wrong = ~(np.isfinite(values) & (values >= 0.0))
        if wrong.any():
            rule = "is no number from 0 up"
            faults.append(Fault("units", name, tuple(ids[wrong]), rule, "Correct it"))
    return faults


def pose_loading(
    units: pd.DataFrame, vehicle: str, room: tuple[float, float], known: LoadingTables
) -> tuple[LoadingProblem, list[tuple[str, tuple[str, ...], str]]]:
    """Pose the loading of units without faults in vehicles of a row of the tables.

    Parameters
    ----------
    room
        Payload (kg) and volume (m3) of one vehicle; ``inf`` where it is no limit.

    Returns
    -------
    tuple
        The problem, and for each resource of which some unit alone asks too much its name, the
        units, and the rule in words.
    """
    whole, parts = known.floor(vehicle)
    share = units["share"].to_numpy(float) if "share" in units else np.ones(len(units))
    stands = units["unit"].map(parts).to_numpy(float)  # nan: does not stand in this vehicle
    floor = np.where(share > 0.0, share * stands, 0.0)
    need = np.column_stack(
        [units["kg"].to_numpy(float), units["m3"].to_numpy(float), floor]
    ).reshape(-1, len(RESOURCES))
    offer = np.array([*room, whole])
    ids = tuple(units["unit_id"].astype(str))
    rules = []
    for k, name in enumerate(RESOURCES):
        over = np.flatnonzero(~(need[:, k] <= offer[k] * (1.0 + TOLERANCE)))
        if over.size:
            words = f"offers ({offer[k]:g})" if k < 2 else "has positions for"
            rule = f"needs more {name} than one {vehicle} {words}"
            rules.append((name, tuple(ids[u] for u in over), rule))
    goods = tuple(units["goods"].astype(str))
    return LoadingProblem(ids, np.nan_to_num(need, nan=np.inf), offer, goods, known.apart), rules


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
