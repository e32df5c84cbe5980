"""Emissions of transport chains and their allocation to shipments.

ISO 14083:2023 and the GLEC framework (version 3) allocate what a vehicle emits, empty running
included, to its shipments by their transport activity: mass times shortest feasible distance (SFD)
or great-circle distance (GCD), never the distance driven. Hub operations are transport chain
elements of their own, allocated by mass. The text of the standard was not at hand; the rules are
those of DOMAIN section 10 and every output states the rule it was made with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.assumption_tables import assumption_table

FloatArray = NDArray[np.float64]
Basis = Literal["sfd", "gcd"]
Distance = Literal["shortest", "actual"]

DISTANCES: Final[tuple[Distance, ...]] = get_args(Distance)

RULES: Final = {
    "sfd": "ISO 14083 / GLEC v3: by tonne-km on the shortest feasible distance; hubs by tonnes",
    "gcd": "ISO 14083 / GLEC v3: by tonne-km on the great-circle distance; hubs by tonnes",
}
EARTH_RADIUS_KM: Final = 6371.0088
"""Mean radius (IUGG)."""


def factors(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table of vehicles: well-to-wheel CO2e empty and full, NOx, payload, distance factor."""
    found = assumption_table(
        "hubs_transport_factors",
        table,
        key=["vehicle"],
        texts=["mode"],
        numbers=[
            "kg_co2e_per_km_empty",
            "kg_co2e_per_km_full",
            "g_nox_per_km",
            "payload_t",
            "distance_factor",
        ],
    )
    checks = {
        "payload_t": (found["payload_t"] <= 0.0, "is not above 0"),
        "distance_factor": (found["distance_factor"] < 1.0, "is below 1"),
        "kg_co2e_per_km_full": (
            found["kg_co2e_per_km_full"] < found["kg_co2e_per_km_empty"],
            "is less than empty",
        ),
    }
    raise_if(
        Fault("hubs_transport_factors", name, tuple(found["vehicle"][bad]), rule, "Correct it")
        for name, (bad, rule) in checks.items()
        if bad.any()
    )
    return found


def great_circle_km(
    lat_1: ArrayLike, lon_1: ArrayLike, lat_2: ArrayLike, lon_2: ArrayLike
) -> FloatArray:
    """Great-circle distance (km) between points in degrees, by the haversine formula."""
    a, b, c, d = (np.radians(np.asarray(x, float)) for x in (lat_1, lon_1, lat_2, lon_2))
    half = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.asarray(2.0 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0))))


def trip_emissions(
    trips: pd.DataFrame,
    table: pd.DataFrame | None = None,
    *,
    distance: Distance | None = None,
) -> pd.DataFrame:
    """Emissions of vehicle trips.

    Parameters
    ----------
    trips
        Columns trip_id, vehicle, planned_km (loaded), load_t, empty_share (km driven empty for
        the trip as a share of all its km; in [0, 1)).
    table
        A user's table in place of ``hubs_transport_factors``.
    distance
        Which distance planned_km is. ``shortest``: the shortest feasible or great-circle one,
        which the distance adjustment factor of the mode turns into the distance sailed or driven.
        ``actual``: that of the fairway or the road itself, which no factor may lengthen again.
        It must be said when a trip's mode has a factor other than 1 (inland water: 1.2). A column
        ``distance`` in `trips` says it trip by trip.

    Returns
    -------
    pandas.DataFrame
        trip_id, mode, loaded_km, empty_km, co2e_kg, nox_g. Consumption is linear in the load
        between empty and full.

    Raises
    ------
    bundling.InputError
        All faults at once, overloaded trips among them.
    """
    known = factors(table).set_index("vehicle")
    raise_if(_missing("trips", trips, "trip_id", "vehicle", "planned_km", "load_t", "empty_share"))
    ids = trips["trip_id"].astype(str)
    faults = list(_numbers("trips", trips, ids, ("planned_km", "load_t", "empty_share")))
    lost = ~trips["vehicle"].isin(known.index)
    if lost.any():
        remedy = "Known: " + ", ".join(known.index)
        faults.append(Fault("trips", "vehicle", tuple(ids[lost]), "is unknown", remedy))
    share = pd.to_numeric(trips["empty_share"], errors="coerce")
    if (share >= 1.0).any():
        rows = tuple(ids[share >= 1.0])
        faults.append(Fault("trips", "empty_share", rows, "is not below 1", "Give a share"))
    if ids.duplicated().any():
        rows = tuple(ids[ids.duplicated()].unique())
        faults.append(Fault("trips", "trip_id", rows, "stands more than once", "Rename"))
    given = trips["distance"] if "distance" in trips else pd.Series(distance, index=trips.index)
    factor = trips["vehicle"].map(known["distance_factor"]).fillna(1.0).to_numpy(float)
    faults += _distance_faults(ids, given, factor)
    raise_if(faults)
    mine = known.loc[list(trips["vehicle"])]
    load = trips["load_t"].to_numpy(float) / mine["payload_t"].to_numpy(float)
    if (load > 1.0 + 1e-9).any():
        rows = tuple(ids[load > 1.0 + 1e-9])
        raise_if([Fault("trips", "load_t", rows, "is above the payload", "Use more trips")])
    adjusted = np.where((given == "shortest").to_numpy(bool), factor, 1.0)
    loaded = trips["planned_km"].to_numpy(float) * adjusted
    empty = loaded * share.to_numpy(float) / (1.0 - share.to_numpy(float))
    low, high = (mine[f"kg_co2e_per_km_{k}"].to_numpy(float) for k in ("empty", "full"))
    return pd.DataFrame(
        {
            "trip_id": ids.to_numpy(),
            "mode": mine["mode"].to_numpy(),
            "loaded_km": loaded,
            "empty_km": empty,
            "co2e_kg": loaded * (low + (high - low) * load) + empty * low,
            "nox_g": (loaded + empty) * mine["g_nox_per_km"].to_numpy(float),
        }
    )


def allocate(elements: pd.DataFrame, parts: pd.DataFrame, *, basis: Basis = "sfd") -> pd.DataFrame:
    """Share the emissions of transport chain elements over the shipments in them.

    Parameters
    ----------
    elements
        Columns element_id, kind (``transport`` or ``hub``), co2e_kg, nox_g.
    parts
        One row a shipment and element: element_id, shipment_id, mass_t, and activity_km: the
        shipment's SFD or GCD in that element (not read for hubs).
    basis
        Which distance activity_km is; it is stated in the output.

    Returns
    -------
    pandas.DataFrame
        element_id, shipment_id, kind, activity (tkm, or t at hubs), share, co2e_kg, nox_g, rule.
        The shares of an element sum to 1. Where all activity is 0 (a shipment that stays in
        place), mass decides; where mass is 0 too, the parts are equal.

    Raises
    ------
    bundling.InputError
        All faults at once; an element that emits but carries nothing is one, as its emissions
        would be lost.
    """
    raise_if(
        [
            *_missing("elements", elements, "element_id", "kind", "co2e_kg", "nox_g"),
            *_missing("parts", parts, "element_id", "shipment_id", "mass_t", "activity_km"),
        ]
    )
    raise_if(_allocation_faults(elements, parts, basis))
    rows = parts[["element_id", "shipment_id", "mass_t", "activity_km"]].merge(
        elements[["element_id", "kind", "co2e_kg", "nox_g"]], on="element_id", how="left"
    )
    mass = rows["mass_t"].astype(float)
    km = rows["activity_km"].astype(float).where(rows["kind"] == "transport", 1.0)
    rows["activity"] = mass * km
    weight = rows["activity"].astype(float)
    for instead in (mass, pd.Series(1.0, index=rows.index)):
        total = weight.groupby(rows["element_id"]).transform("sum")
        weight = weight.where(total > 0.0, instead)
    # Scaled by the largest first: a sum of tiny activities may not lose its digits.
    weight = weight / weight.groupby(rows["element_id"]).transform("max")
    rows["share"] = weight / weight.groupby(rows["element_id"]).transform("sum")
    rows["co2e_kg"] = rows["co2e_kg"] * rows["share"]
    rows["nox_g"] = rows["nox_g"] * rows["share"]
    rows["rule"] = RULES[basis]
    names = ["element_id", "shipment_id", "kind", "activity", "share", "co2e_kg", "nox_g", "rule"]
    return rows[names]


def _distance_faults(ids: pd.Series, given: pd.Series, factor: FloatArray) -> Iterator[Fault]:
    told = given.isin(DISTANCES).to_numpy(bool)
    empty = given.isna().to_numpy(bool)
    silent = empty & (factor != 1.0)
    if silent.any():
        rule = "is not told, and the mode has a distance adjustment factor"
        remedy = "Say shortest (the factor applies) or actual (it does not)"
        yield Fault("trips", "distance", tuple(ids[silent]), rule, remedy)
    if (~told & ~empty).any():
        rule = "is neither shortest nor actual"
        yield Fault("trips", "distance", tuple(ids[~told & ~empty]), rule, "Use one of both")


def _allocation_faults(elements: pd.DataFrame, parts: pd.DataFrame, basis: str) -> Iterator[Fault]:
    ids = elements["element_id"].astype(str)
    yield from _numbers("elements", elements, ids, ("co2e_kg", "nox_g"))
    yield from _numbers("parts", parts, parts["shipment_id"].astype(str), ("mass_t", "activity_km"))
    if basis not in RULES:
        yield Fault("allocation", "basis", (str(basis),), "is unknown", "Use sfd or gcd")
    if ids.duplicated().any():
        rows = tuple(ids[ids.duplicated()].unique())
        yield Fault("elements", "element_id", rows, "stands more than once", "Rename")
    odd = ~elements["kind"].isin(["transport", "hub"])
    if odd.any():
        rule = "is neither transport nor hub"
        yield Fault("elements", "kind", tuple(ids[odd]), rule, "Use one of both")
    lost = ~parts["element_id"].isin(elements["element_id"])
    if lost.any():
        rows = tuple(parts["element_id"][lost].astype(str).unique())
        yield Fault("parts", "element_id", rows, "is not in elements", "Add the element")
    bare = ~elements["element_id"].isin(parts["element_id"])
    if bare.any():
        rule = "carries no shipment, so its emissions would be lost"
        yield Fault("elements", "element_id", tuple(ids[bare]), rule, "Join it to a loaded one")


def _missing(table: str, frame: pd.DataFrame, *names: str) -> list[Fault]:
    return [
        Fault(table, name, (), "the column is missing", "Add it")
        for name in names
        if name not in frame.columns
    ]


def _numbers(
    table: str, frame: pd.DataFrame, ids: pd.Series, names: Iterable[str]
) -> Iterator[Fault]:
    for name in names:
        values = pd.to_numeric(frame[name], errors="coerce")
        wrong = ~(np.isfinite(values) & (values >= 0.0))
        if wrong.any():
            rule = "is no finite number from 0 up"
            yield Fault(table, name, tuple(ids[wrong]), rule, "Correct it")
