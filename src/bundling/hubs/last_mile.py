"""Tours from a hub by a continuous approximation, calibrated on solved rounds.

Daganzo (1984), "The distance traveled to visit N points with a maximum of C stops per vehicle",
Transportation Science 18(4): a line-haul of twice the mean distance to the stops per tour and a
detour in proportion to sqrt(area * stops). The coefficients here are fitted by least squares.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if

FloatArray = NDArray[np.float64]

DAGANZO_DETOUR: Final = 0.57
"""Detour coefficient of Daganzo (1984) for straight-line distance, without calibration."""
_COLUMNS: Final = ("area_km2", "stops", "hub_km", "drop_kg", "drop_m3")


@dataclass(frozen=True)
class LastMileVehicle:
    """What a vehicle carries, costs and may do; speeds and costs per km and hour in use."""

    capacity_kg: float
    capacity_m3: float
    shift_h: float
    speed_km_per_h: float
    stop_h: float
    fixed_eur: float
    eur_per_km: float
    eur_per_h: float
    zone_access: bool = True

    def __post_init__(self) -> None:
        positive = ("capacity_kg", "capacity_m3", "shift_h", "speed_km_per_h")
        faults = []
        for name in (*positive, "stop_h", "fixed_eur", "eur_per_km", "eur_per_h"):
            value = getattr(self, name)
            # Nothing limits a vehicle that can take any load, but every other number is finite.
            good = value > 0.0 if name in positive else value >= 0.0
            if not good or (not np.isfinite(value) and not name.startswith("capacity")):
                least = "above 0" if name in positive else "from 0 up"
                faults.append(Fault("vehicle", name, (), f"is {value:g}", f"Give a number {least}"))
        raise_if(faults)


@dataclass(frozen=True)
class LastMileFit:
    """Coefficients and where they come from.

    Attributes
    ----------
    linehaul, detour
        Factors of ``2 * hub_km * tours`` and of ``sqrt(area_km2 * stops)``.
    mape, worst
        Mean and largest relative error on the tours it was fitted to; nan without data.
    data
        The rounds it was fitted to, in words.
    """

    linehaul: float = 1.0
    detour: float = DAGANZO_DETOUR
    mape: float = float("nan")
    worst: float = float("nan")
    data: str = "not calibrated: Daganzo (1984)"


def calibrate(rounds: pd.DataFrame, data: str) -> LastMileFit:
    """Fit both coefficients on solved rounds, by least squares on the relative error.

    Parameters
    ----------
    rounds
        One row a solved case, columns area_km2, stops, hub_km, tours, vehicle_km.
    data
        Which rounds these are; kept with the fit.

    Raises
    ------
    bundling.InputError
        Bad numbers, all at once; fewer than 3 cases, or cases that do not tell the two apart.
    """
    _refuse("rounds", rounds, ("area_km2", "stops", "hub_km", "tours", "vehicle_km"))
    if len(rounds) < 3:
        raise_if([Fault("rounds", "", (), "fewer than 3 cases", "Solve more rounds")])
    terms = _terms(rounds, rounds["tours"].to_numpy(float))
    known = rounds["vehicle_km"].to_numpy(float)
    scaled = terms / known[:, None]
    solved, _, rank, _ = np.linalg.lstsq(scaled, np.ones(len(known)), rcond=None)
    if rank < 2 or np.any(solved < 0.0):
        rule = "the cases do not tell line-haul and detour apart"
        raise_if([Fault("rounds", "", (), rule, "Vary the area and the distance to the hub")])
    error = np.abs(scaled @ solved - 1.0)
    return LastMileFit(
        float(solved[0]), float(solved[1]), float(error.mean()), float(error.max()), data
    )


def estimate(
    areas: pd.DataFrame, vehicle: LastMileVehicle, fit: LastMileFit | None = None
) -> pd.DataFrame:
    """Tours, kilometres, hours and cost of serving areas from a hub.

    Parameters
    ----------
    areas
        Columns area_km2, stops, hub_km (mean distance from the hub to the stops), drop_kg,
        drop_m3, and in_zone (bool, False when left out).
    vehicle
        The vehicle. An area is not served when its zone is closed to it, one drop is more than it
        takes, or the way there and back leaves no time for one stop.
    fit
        From `calibrate`.

    Returns
    -------
    pandas.DataFrame
        tours, vehicle_km, hours, cost_eur, trips_into_zone, served: nan where not served. Tours
        are whole, the least that offer the kg, m3 and hours together.

    Raises
    ------
    bundling.InputError
        All faults at once.
    """
    known = fit or LastMileFit()
    _refuse("areas", areas, _COLUMNS)
    if "in_zone" in areas and areas["in_zone"].dtype != bool:
        rule = f"holds {areas['in_zone'].dtype}, not True and False"
        raise_if([Fault("areas", "in_zone", (), rule, "Give True or False in every row")])
    stops = areas["stops"].to_numpy(float)
    zone = areas["in_zone"].to_numpy(bool) if "in_zone" in areas else np.zeros(len(areas), bool)
    load = np.maximum(
        areas["drop_kg"].to_numpy(float) * stops / vehicle.capacity_kg,
        areas["drop_m3"].to_numpy(float) * stops / vehicle.capacity_m3,
    )
    ends = 2.0 * known.linehaul * areas["hub_km"].to_numpy(float) / vehicle.speed_km_per_h
    work = (
        known.detour * np.sqrt(areas["area_km2"].to_numpy(float) * stops) / vehicle.speed_km_per_h
        + stops * vehicle.stop_h
    )
    # A tour first drives out and back; what is left of the shift is for its stops.
    left = vehicle.shift_h - ends
    served = (left > vehicle.stop_h) & (vehicle.zone_access | ~zone)
    served &= areas["drop_kg"].to_numpy(float) <= vehicle.capacity_kg
    served &= areas["drop_m3"].to_numpy(float) <= vehicle.capacity_m3
    with np.errstate(divide="ignore", invalid="ignore"):
        tours = np.ceil(np.maximum(load, work / left) - 1e-9)
    tours = np.where(served, tours, np.nan)
    km = _terms(areas, tours) @ np.array([known.linehaul, known.detour])
    hours = tours * ends + work
    cost = tours * vehicle.fixed_eur + km * vehicle.eur_per_km + hours * vehicle.eur_per_h
    return pd.DataFrame(
        {
            "tours": tours,
            "vehicle_km": km,
            "hours": hours,
            "cost_eur": cost,
            "trips_into_zone": np.where(zone, tours, 0.0),
            "served": served,
        },
        index=areas.index,
    )


def _terms(frame: pd.DataFrame, tours: FloatArray) -> FloatArray:
    spread = np.sqrt(frame["area_km2"].to_numpy(float) * frame["stops"].to_numpy(float))
    return np.column_stack([2.0 * frame["hub_km"].to_numpy(float) * tours, spread])


def _refuse(table: str, frame: pd.DataFrame, names: tuple[str, ...]) -> None:
    faults = []
    for name in names:
        if name not in frame.columns:
            faults.append(Fault(table, name, (), "the column is missing", "Add it"))
            continue
        values = pd.to_numeric(frame[name], errors="coerce").to_numpy(float)
        least = 1e-12 if name == "vehicle_km" else 0.0
        wrong = np.flatnonzero(~(np.isfinite(values) & (values >= least)))
        if wrong.size:
            rows = tuple(str(row + 1) for row in wrong)
            faults.append(Fault(table, name, rows, "is no finite number from 0 up", "Correct it"))
    raise_if(faults)
