"""What the vehicles of a departure drive when each makes a tour, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.last_mile import (
    LastMileFit,
    refuse_numbers,
    spread_km2,
    terms_of,
)
from bundling.hubs.last_mile_fit import shipped_fit
from bundling.hubs.loading_tables import loading_tables

if TYPE_CHECKING:
    from bundling.hubs.problem import HubsProblem
    from bundling.region import Region

FloatArray = NDArray[np.float64]

_CLASS_OF: Final = {
    "cargo_bike": "cargo_bike",
    "van": "van",
    "rigid_18t": "rigid",
    "artic_40t": "rigid",
}
"""Class of the fit for the vehicles of ``hubs_vehicle_room``; no fit was made for articulated."""


@dataclass(frozen=True)
class WithTours:
    """What a whole plan comes to with its tours, and the range of that.

    Attributes
    ----------
    objective_eur, low_eur, high_eur
        Cost; a price of CO2e included.
    vehicle_km, low_km, high_km
        Kilometres, linehaul included.
    co2e_kg, low_co2e_kg, high_co2e_kg
        CO2e.
    """

    objective_eur: float
    low_eur: float
    high_eur: float
    vehicle_km: float
    low_km: float
    high_km: float
    co2e_kg: float
    low_co2e_kg: float
    high_co2e_kg: float


def with_tours(
    eur: Sequence[float], km: Sequence[float], co2e_kg: Sequence[float]
) -> dict[str, float]:
    """Return the fields of `WithTours`: of cost, km and CO2e each the value, low and high."""
    names = (("objective_eur", "low_eur", "high_eur"), ("vehicle_km", "low_km", "high_km"),
             ("co2e_kg", "low_co2e_kg", "high_co2e_kg"))  # fmt: skip
    return {
        name: value
        for fields, values in zip(names, (eur, km, co2e_kg), strict=True)
        for name, value in zip(fields, values, strict=True)
    }


@dataclass(frozen=True, eq=False)
class Tours:
    """Kilometres of the tours of one departure, by vehicle type (types,), with their range."""

    km: FloatArray
    low_km: FloatArray
    high_km: FloatArray


def tours_of(
    stops: float,
    area_km2: float,
    hub_km: float,
    count: FloatArray,
    carries: FloatArray,
    fits: Sequence[LastMileFit],
) -> Tours:
    """Kilometres of the tours of one departure to one area.

    Parameters
    ----------
    stops
        Addresses that the vehicles visit together.
    area_km2, hub_km
        Area over which the addresses are spread, and the mean way from the hub to them; see
        `bundling.hubs.last_mile.mean_way_km` where only the way to the middle is known.
    count
        Vehicles by type (types,), at least one in all.
    carries
        What a vehicle of each type takes (types,), any unit: the detour is driven by the types in
        proportion to what they take together.
    fits
        The fit of each type.
    """
    frame = pd.DataFrame({"stops": [stops], "area_km2": [area_km2], "hub_km": [hub_km]})
    total = count.sum()
    part = count * carries / (count @ carries)
    km = np.zeros(len(count))
    for v, fit in enumerate(fits):
        if count[v] > 0.0:
            way, spread = terms_of(frame, np.array([total]), fit.form)[0]
            km[v] = fit.linehaul * way * count[v] / total + fit.detour * spread * part[v]
    below, above = (np.array([getattr(fit, name) for fit in fits]) for name in ("below", "above"))
    used = count > 0.0
    low = np.where(used, km * (1.0 - below), 0.0)
    return Tours(km, low, np.where(used, km * (1.0 + above), 0.0))


def fits_of(
    vehicle_ids: Sequence[str],
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
) -> list[LastMileFit]:
    """Return the fit of each vehicle type.

    Parameters
    ----------
    vehicle_ids
        Types of a problem.
    class_of
        Class of each type, a key of `fits`; when left out, that of the vehicle of
        ``hubs_vehicle_room`` whose name or alias the type has.
    fits
        Fit of each class; those the library ships when left out.

    Raises
    ------
    bundling.InputError
        Types without a class, classes without a fit: all at once.
    """
    tables, given = loading_tables(), class_of or {}
    classes, lost = [], []
    for name in vehicle_ids:
        row = tables.vehicle_of(name)
        kind = given.get(name, _CLASS_OF.get(row or "", ""))
        classes.append(kind)
        if not kind:
            lost.append(name)
    faults = []
    if lost:
        remedy = "Say with class_of: cargo_bike, van or rigid"
        rule = "has no class of last-mile fit"
        faults.append(Fault("vehicles", "vehicle_id", tuple(lost), rule, remedy))
    if fits is not None:
        without = tuple(sorted({kind for kind in classes if kind and kind not in fits}))
        if without:
            remedy = "Known: " + ", ".join(fits)
            faults.append(Fault("fits", "", without, "has no fit", remedy))
    raise_if(faults)
    known = fits or {kind: shipped_fit(kind) for kind in set(classes)}
    return [known[kind] for kind in classes]


def areas_of(region: Region, problem: Any) -> pd.DataFrame:
    """Return the delivery areas of a problem posed from a region.

    Returns
    -------
    pandas.DataFrame
        One row a destination with addresses: location_id, stops (addresses of the day), area_km2
        (over which they are spread).
    """
    stops = region.table("stops")
    place = dict(
        zip(
            problem.shipment_ids,
            (problem.location_ids[k] for k in problem.shipment_destination),
            strict=True,
        )
    )
    at = stops["shipment_id"].map(place)
    rows = [
        (name, len(mine), spread_km2(mine["rd_x_m"], mine["rd_y_m"]))
        for name, mine in stops.groupby(at, sort=True)
    ]
    return pd.DataFrame(rows, columns=["location_id", "stops", "area_km2"])


def hops_of(region: Region, problem: HubsProblem) -> FloatArray:
    """Hours of service that stand for driving between addresses, by shipment (shipments,).

    Posed by municipality, a shipment's service in a `HubsProblem` holds a hop between districts
    that the region's table of shipments does not; tours are driven without it.
    """
    service_h = region.table("shipments").set_index("shipment_id")["service_h"]
    plain = service_h.reindex(list(problem.shipment_ids)).to_numpy(float)
    hops: FloatArray = np.maximum(problem.shipment_service_h - plain, 0.0)
    return hops


def area_by_location(areas: pd.DataFrame, location_ids: Sequence[str]) -> FloatArray:
    """Area of each place, km2; nan where no tours are driven.

    Raises
    ------
    bundling.InputError
        Missing columns, unknown or repeated places, wrong numbers: all at once.
    """
    refuse_numbers("areas", areas, ("area_km2",))
    if "location_id" not in areas:
        raise_if([Fault("areas", "location_id", (), "the column is missing", "Add it")])
    names = areas["location_id"].astype(str)
    faults = []
    lost = tuple(names[~names.isin(location_ids)])
    if lost:
        faults.append(Fault("areas", "location_id", lost, "is no place", "Correct it"))
    twice = tuple(names[names.duplicated()].unique())
    if twice:
        faults.append(Fault("areas", "location_id", twice, "stands more than once", "Keep one"))
    raise_if(faults)
    index = {name: k for k, name in enumerate(location_ids)}
    found = np.full(len(location_ids), np.nan)
    found[[index[name] for name in names]] = areas["area_km2"].to_numpy(float)
    return found
