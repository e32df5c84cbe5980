"""Tours from a hub by a continuous approximation, calibrated on solved rounds.

Two forms are known, both with a line-haul of twice the mean way to the stops per tour:

``daganzo``
    ``linehaul * 2 * hub_km * tours + detour * sqrt(area_km2 * stops)``. Daganzo (1984), "The
    distance traveled to visit N points with a maximum of C stops per vehicle", Transportation
    Science 18(4) 331-350; the detour is that of Beardwood, Halton and Hammersley (1959), "The
    shortest path through many points", Proc. Cambridge Phil. Soc. 55(4) 299-327.
``figliozzi``
    The detour times ``(stops - tours) / stops``: the first stop of a tour is reached by the
    line-haul. Figliozzi (2008), "Planning approximations to the average length of vehicle routing
    problems with varying customer demands and routing constraints", Transportation Research
    Record 2089 1-8.

The factors come from `bundling.hubs.last_mile_fit`: the table the library ships, or a user's own
solved rounds (``bundling.last_mile_rounds.refit``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.units import METRES_PER_KM

FloatArray = NDArray[np.float64]
Form = Literal["daganzo", "figliozzi"]

FORMS: Final[tuple[Form, ...]] = get_args(Form)
DAGANZO_DETOUR: Final = 0.57
"""Detour coefficient of Daganzo (1984) for straight-line distance, without calibration."""
_COLUMNS: Final = ("area_km2", "stops", "hub_km", "drop_kg", "drop_m3")


@dataclass(frozen=True)
class LastMileVehicle:
    """What a vehicle carries, costs and may do; speeds, costs and CO2e per km, hours in use."""

    capacity_kg: float
    capacity_m3: float
    shift_h: float
    speed_km_per_h: float
    stop_h: float
    fixed_eur: float
    eur_per_km: float
    eur_per_h: float
    zone_access: bool = True
    co2e_kg_per_km: float = 0.0

    def __post_init__(self) -> None:
        positive = ("capacity_kg", "capacity_m3", "shift_h", "speed_km_per_h")
        others = ("stop_h", "fixed_eur", "eur_per_km", "eur_per_h", "co2e_kg_per_km")
        faults = []
        for name in (*positive, *others):
            value = getattr(self, name)
            # Nothing limits a vehicle that can take any load, but every other number is finite.
            good = value > 0.0 if name in positive else value >= 0.0
            if not good or (not np.isfinite(value) and not name.startswith("capacity")):
                least = "above 0" if name in positive else "from 0 up"
                faults.append(Fault("vehicle", name, (), f"is {value:g}", f"Give a number {least}"))
        raise_if(faults)


@dataclass(frozen=True)
class LastMileFit:
    """Coefficients, how far they are off, and where they come from.

    Attributes
    ----------
    linehaul, detour
        Factors of ``2 * hub_km * tours`` and of ``sqrt(area_km2 * stops)``.
    form
        Which formula; see the module.
    mape, worst
        Mean and largest relative error on the tours it was fitted to; nan without data.
    loo_mape
        Mean relative error on each case by factors fitted without it, or without its whole group
        (city) where the fit says so; nan without data.
    below, above
        Solved km lay between ``1 - below`` and ``1 + above`` times the estimate in 9 of 10 cases
        left out of the fit; nan without data.
    cases
        How many cases; 0 without data.
    data
        The rounds it was fitted to, in words.
    """

    linehaul: float = 1.0
    detour: float = DAGANZO_DETOUR
    mape: float = float("nan")
    worst: float = float("nan")
    data: str = "not calibrated: Daganzo (1984)"
    form: Form = "daganzo"
    loo_mape: float = float("nan")
    below: float = float("nan")
    above: float = float("nan")
    cases: int = 0


def km_of(areas: pd.DataFrame, tours: FloatArray, fit: LastMileFit) -> FloatArray:
    """Kilometres of all tours to each area, by the formula of the fit.

    Parameters
    ----------
    areas
        Columns area_km2, stops, hub_km.
    tours
        Departures from the hub to each area; one row an area.
    fit
        Factors and form.
    """
    km: FloatArray = terms_of(areas, tours, fit.form) @ np.array([fit.linehaul, fit.detour])
    return km


def terms_of(areas: pd.DataFrame, tours: FloatArray, form: Form) -> FloatArray:
    """Line-haul and detour of each area before their factors, km, shape (areas, 2)."""
    stops = areas["stops"].to_numpy(float)
    spread = np.sqrt(areas["area_km2"].to_numpy(float) * stops)
    if form == "figliozzi":
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = spread * np.clip(np.where(stops > 0.0, 1.0 - tours / stops, 0.0), 0.0, 1.0)
    return np.column_stack([2.0 * areas["hub_km"].to_numpy(float) * tours, spread])


def estimate(
    areas: pd.DataFrame, vehicle: LastMileVehicle, fit: LastMileFit | None = None
) -> pd.DataFrame:
    """Tours, kilometres, hours, CO2e and cost of serving areas from a hub.

    Parameters
    ----------
    areas
        Columns area_km2, stops, hub_km (mean distance from the hub to the stops), drop_kg,
        drop_m3, and in_zone (bool, False when left out).
    vehicle
        The vehicle. An area is not served when its zone is closed to it, one drop is more than it
        takes, or the way there and back leaves no time for one stop.
    fit
        From `bundling.hubs.last_mile_fit`; Daganzo's own factors when None.

    Returns
    -------
    pandas.DataFrame
        tours, vehicle_km, hours, cost_eur, co2e_kg, trips_into_zone, served: nan where not served.
        Tours are whole, the least that offer the kg, m3 and hours together. ``low_`` and ``high_``
        before vehicle_km, cost_eur and co2e_kg give the range of the fit (nan without
        calibration): cost moves with km and with the hours of driving them.

    Raises
    ------
    bundling.InputError
        All faults at once.
    """
    known = fit or LastMileFit()
    refuse_numbers("areas", areas, _COLUMNS)
    if "in_zone" in areas and areas["in_zone"].dtype != bool:
        rule = f"holds {areas['in_zone'].dtype}, not True and False"
        raise_if([Fault("areas", "in_zone", (), rule, "Give True or False in every row")])
    stops = areas["stops"].to_numpy(float)
    zone = areas["in_zone"].to_numpy(bool) if "in_zone" in areas else np.zeros(len(areas), bool)
    load = np.maximum(
        areas["drop_kg"].to_numpy(float) * stops / vehicle.capacity_kg,
        areas["drop_m3"].to_numpy(float) * stops / vehicle.capacity_m3,
    )
    once = np.ones(len(areas))
    # The longest detour of any number of tours, so that the hours are enough in both forms.
    way, spread = (terms_of(areas, once, "daganzo") * [known.linehaul, known.detour]).T
    ends = way / vehicle.speed_km_per_h
    work = spread / vehicle.speed_km_per_h + stops * vehicle.stop_h
    # A tour first drives out and back; what is left of the shift is for its stops.
    left = vehicle.shift_h - ends
    served = (left > vehicle.stop_h) & (vehicle.zone_access | ~zone)
    served &= areas["drop_kg"].to_numpy(float) <= vehicle.capacity_kg
    served &= areas["drop_m3"].to_numpy(float) <= vehicle.capacity_m3
    with np.errstate(divide="ignore", invalid="ignore"):
        tours = np.ceil(np.maximum(load, work / left) - 1e-9)
    tours = np.where(served, tours, np.nan)
    km = km_of(areas, tours, known)
    at_stops = np.where(served, stops * vehicle.stop_h, np.nan)
    found = {
        "tours": tours,
        "vehicle_km": km,
        "hours": km / vehicle.speed_km_per_h + at_stops,
    }
    for name, times in (("", 1.0), ("low_", 1.0 - known.below), ("high_", 1.0 + known.above)):
        hours = times * km / vehicle.speed_km_per_h + at_stops
        found[f"{name}vehicle_km"] = times * km
        found[f"{name}cost_eur"] = (
            tours * vehicle.fixed_eur + times * km * vehicle.eur_per_km + hours * vehicle.eur_per_h
        )
        found[f"{name}co2e_kg"] = times * km * vehicle.co2e_kg_per_km
    found |= {"trips_into_zone": np.where(zone, tours, 0.0), "served": served}
    return pd.DataFrame(found, index=areas.index)


def spread_km2(x_m: ArrayLike, y_m: ArrayLike) -> float:
    """Area over which points are spread, km2: the area the fits are made with.

    That of the rectangle with the covariance of the points, ``12 sqrt(det S)``, as Cavdar and
    Sokol (2015), "A distribution-free TSP tour length estimation model for random graphs", European
    Journal of Operational Research 243(2) 588-598, tell tours by standard deviations. It is right
    for points that are spread evenly, smaller where they are dense, and, other than the convex
    hull, no smaller for a few of the points than for all: ``E det S`` of n points is
    ``(n - 2) / (n - 1)`` of the whole, which is taken out. It is 0 for two points or a line.
    """
    points = np.column_stack([np.asarray(x_m, float), np.asarray(y_m, float)]) / METRES_PER_KM
    number = len(points)
    if number < 3:
        return 0.0
    det = max(0.0, float(np.linalg.det(np.cov(points.T))))
    return float(12.0 * np.sqrt(det * (number - 1) / (number - 2)))


def mean_way_km(centre_km: ArrayLike, area_km2: ArrayLike) -> FloatArray:
    """Mean way to the stops of an area, from the way to its middle, km.

    The root mean square distance from a point at `centre_km` to a square of `area_km2` is
    ``sqrt(centre**2 + area / 6)``, which is not 0 where the hub stands in the middle.
    """
    return np.asarray(np.sqrt(np.square(centre_km) + np.asarray(area_km2) / 6.0), float)


def refuse_numbers(table: str, frame: pd.DataFrame, names: tuple[str, ...]) -> None:
    """Refuse missing columns and cells that are no finite number from 0 up, all at once."""
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
