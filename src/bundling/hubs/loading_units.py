"""Units of the shipments of a plan: a user's table, or as many as weight and volume ask."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.loading import unit_faults
from bundling.hubs.loading_tables import LoadingTables
from bundling.hubs.problem import HubsProblem

FloatArray = NDArray[np.float64]

COLUMNS: Final = ("unit_id", "shipment_id", "unit", "kg", "m3", "goods", "share")
_MOST_UNITS: Final = 200_000
_HUNDREDTHS: Final = 100.0
_THOUSANDTHS: Final = 1_000.0


def units_of(
    problem: Any, known: LoadingTables, units: pd.DataFrame | None = None, unit: str = "pallet"
) -> pd.DataFrame:
    """Return one row a unit of every shipment.

    Parameters
    ----------
    problem
        A `HubsProblem` or `ScheduledProblem`.
    known
        Tables of loading.
    units
        Columns shipment_id, unit; and count (1 when left out), kg and m3 of one unit (the
        shipment's own, in equal parts, when left out), goods, share (part of a position, 1 when
        left out). Every shipment has at least one row.
    unit
        Without `units`: the kind all freight travels in. A shipment fills whole units by weight
        and volume; what is over takes part of a position, as it may stand on a unit with the rest
        of another. Where a resource of the problem is called as a kind of unit (``teu``), its
        figure is the number of units, and no unit is made for the shipment otherwise.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`.

    Raises
    ------
    bundling.InputError
        Unknown shipments or kinds, shipments without units, wrong numbers: all at once.
    """
    if units is None:
        if unit not in known.units.index:
            remedy = "Known: " + ", ".join(known.units.index)
            raise_if([Fault("units", "unit", (unit,), "is unknown", remedy)])
        return _derived(problem, known, unit)
    return _given(problem, known, units)


def weights_of(problem: Any) -> tuple[FloatArray, FloatArray]:
    """Weight (kg) and volume (m3) of each shipment; 0 where the problem does not count them."""
    if isinstance(problem, HubsProblem):
        return problem.shipment_kg, problem.shipment_m3
    kg, m3 = (
        problem.shipment_load[:, problem.resource_ids.index(name)]
        if name in problem.resource_ids
        else np.zeros(problem.num_shipments)
        for name in ("kg", "m3")
    )
    return kg, m3


def _derived(problem: Any, known: LoadingTables, unit: str) -> pd.DataFrame:
    kg, m3 = weights_of(problem)
    resources = () if isinstance(problem, HubsProblem) else problem.resource_ids
    told = [r for r, name in enumerate(resources) if name in known.units.index]
    goods = _goods(problem)
    rows: list[tuple[str, float]] = []
    owner: list[int] = []
    most = known.units.loc[unit, ["most_kg", "most_m3"]].to_numpy(float)
    for i in range(problem.num_shipments):
        mine = [(str(resources[r]), float(problem.shipment_load[i, r])) for r in told]
        if not any(number > 0.0 for _, number in mine):
            with np.errstate(divide="ignore", invalid="ignore"):
                asked = np.array([kg[i], m3[i]]) / most
            mine = [(unit, float(np.nan_to_num(asked, nan=0.0).max()))]
        for kind, number in mine:
            whole = int(number + 1e-9)
            # Rounded up to a hundredth, so that the parts stay numbers CP-SAT can hold.
            rest = np.ceil((number - whole) * _HUNDREDTHS - 1e-6) / _HUNDREDTHS
            parts = [1.0] * whole + ([float(rest)] if rest > 0.0 else [])
            rows += [(kind, part) for part in parts]
            owner += [i] * len(parts)
        if len(rows) > _MOST_UNITS:
            rule = f"come to more than {_MOST_UNITS:,}"
            raise_if([Fault("units", "", (), rule, "Take a larger kind of unit")])
    frame = pd.DataFrame(rows, columns=["unit", "share"])
    who = np.array(owner, dtype=np.int64)
    share = frame["share"].to_numpy(float)
    frame["kg"], frame["m3"] = (_in_parts(total, who, share) for total in (kg, m3))
    frame["shipment_id"] = [problem.shipment_ids[i] for i in who]
    frame["goods"] = [goods[i] for i in who]
    return _named(frame)


def _in_parts(total: FloatArray, who: NDArray[np.int64], share: FloatArray) -> FloatArray:
    """Total of each shipment over its units by their share, in whole grams (or litres).

    The parts sum to the total to half a gram, and stay numbers CP-SAT can hold: with fractions of
    grams rounded up its proofs would be of other needs.
    """
    grams = np.round(total * _THOUSANDTHS)
    # Differences of rounded running sums: each is whole, and together they miss nothing.
    order = np.argsort(who, kind="stable")
    mine, part = who[order], share[order]
    running = np.cumsum(part)
    first = np.searchsorted(mine, np.arange(len(total)))
    ends = np.searchsorted(mine, np.arange(len(total)), side="right")
    before = np.concatenate([[0.0], running])[first]
    whole = np.concatenate([[0.0], running])[ends] - before
    up_to = np.round(grams[mine] * np.minimum(1.0, (running - before[mine]) / whole[mine]))
    previous = np.concatenate([[0.0], up_to[:-1]])
    previous[np.concatenate([[True], mine[1:] != mine[:-1]])] = 0.0
    found = np.empty(len(who))
    found[order] = (up_to - previous) / _THOUSANDTHS
    return found


def _given(problem: Any, known: LoadingTables, units: pd.DataFrame) -> pd.DataFrame:
    missing = [name for name in ("shipment_id", "unit") if name not in units.columns]
    raise_if(Fault("units", name, (), "the column is missing", "Add it") for name in missing)
    frame = units.reset_index(drop=True).copy()
    frame["shipment_id"] = frame["shipment_id"].astype(str)
    place = {name: i for i, name in enumerate(problem.shipment_ids)}
    faults = []
    lost = ~frame["shipment_id"].isin(place.keys())
    if lost.any():
        rows = tuple(frame["shipment_id"][lost].unique())
        faults.append(Fault("units", "shipment_id", rows, "is no shipment", "Correct it"))
    without = tuple(name for name in place if name not in set(frame["shipment_id"]))
    if without:
        faults.append(Fault("units", "shipment_id", without, "has no unit", "Add its units"))
    count = pd.to_numeric(frame.get("count", pd.Series(1, index=frame.index)), errors="coerce")
    wrong = ~(count.ge(1) & count.eq(count.round()) & count.le(_MOST_UNITS))
    if wrong.any():
        rows = tuple(frame["shipment_id"][wrong].unique())
        faults.append(Fault("units", "count", rows, "is no whole number from 1", "Correct it"))
    raise_if(faults)
    frame = frame.loc[np.repeat(frame.index.to_numpy(), count.to_numpy(np.int64))]
    frame = frame.reset_index(drop=True)
    who = frame["shipment_id"].map(place).to_numpy(np.int64)
    if "share" not in frame:
        frame["share"] = 1.0
    each = np.bincount(who, minlength=len(place))[who]
    for name, total in zip(("kg", "m3"), weights_of(problem), strict=True):
        if name not in frame:
            frame[name] = total[who] / each
    if "goods" not in frame:
        goods = _goods(problem)
        frame["goods"] = [goods[i] for i in who]
    frame = _named(frame)
    raise_if(unit_faults(frame, known))
    return frame.astype({"kg": float, "m3": float, "share": float})


def _goods(problem: Any) -> list[str]:
    if isinstance(problem, HubsProblem):
        return ["goods"] * problem.num_shipments
    return [f"group {group}" for group in problem.shipment_group]


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    number = frame.groupby("shipment_id", sort=False).cumcount() + 1
    frame["unit_id"] = frame["shipment_id"] + " unit " + number.astype(str)
    return frame[list(COLUMNS)]


def rows_of_types(
    problem: Any, tables: LoadingTables, vehicle_of: Mapping[str, str] | None
) -> list[str]:
    """Return the row of the loading tables for each vehicle type of a problem.

    Raises
    ------
    bundling.InputError
        With the types that no row stands for.
    """
    given = vehicle_of or {}
    rows = [tables.vehicle_of(given.get(name, name)) for name in problem.vehicle_ids]
    lost = tuple(name for name, row in zip(problem.vehicle_ids, rows, strict=True) if row is None)
    remedy = "Say with vehicle_of which of these it is: " + ", ".join(tables.room.index)
    raise_if([Fault("vehicles", "vehicle_id", lost, "has no positions", remedy)] if lost else [])
    return [str(row) for row in rows]
