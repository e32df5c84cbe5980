"""Synthetic stops of the city problems: a city and the business parks around it. All is drawn.

The stops come from the generator of the regions (`demand.city_demand`) with another mix: more small
drops, as vans bring them, so that rounds have many stops and long ways. A share of the stops
outside the zone moves to business parks of the municipalities around the city.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.instances.demand import City, city_demand, generator
from bundling.instances.geometry import sample_disc, shape_from_geojson
from bundling.instances.sources import slug

if TYPE_CHECKING:
    from bundling.region import Region

MIX = {
    "parcels": 0.40,
    "facility_care": 0.25,
    "waste_returns": 0.10,
    "retail_nonfood": 0.10,
    "horeca": 0.07,
    "construction": 0.05,
    "retail_food": 0.03,
}
"""Share of each segment in the stops; own assumption."""
AROUND = 0.4
"""Share of the stops outside the zone that lies on parks around the city; own assumption."""
DROP_SIZE, SERVICE = 0.2, 0.6
"""Mean drops and stop times over those of the regions: smaller drops and more of them a round, so
that rounds end by the battery as often as by the load. Own assumption.
"""
_SPARE = 1.1
"""Stops drawn for each that is kept, since each segment has a whole number of them."""


def draw(
    region: Region,
    city: str,
    count: int,
    seed: int,
    *,
    origin: str,
    largest: tuple[float, float] | None = None,
    farthest_m: float = np.inf,
) -> dict[str, pd.DataFrame]:
    """Draw the stops of one day.

    Parameters
    ----------
    region, city
        Region of the city, and the name of its municipality.
    count
        Number of stops.
    seed
        Seed of everything drawn.
    origin
        Place id where all freight comes from.
    largest
        Most kg and m3 of a drop, which is cut to it; no limit when not given.
    farthest_m
        Parks around the city that are farther than this from the origin, in a straight line, get
        no stops.

    Returns
    -------
    dict of str to pandas.DataFrame
        Tables ``districts``, ``shippers``, ``shipments`` and ``stops`` in the schema of a region.
    """
    rng = generator(seed, f"{city} and around")
    districts = region.table("districts")
    inhabitants = float(districts.loc[districts["municipality"] == city, "population"].sum())
    segments = region.table("segments")
    share = segments["segment"].map(MIX).astype(float)
    # Half a stop more keeps a segment with a small share from vanishing in a small problem.
    drawn = np.ceil(share * count * _SPARE + 0.5)
    for column in ("drop_kg", "drop_m3", "roll_containers"):
        segments[column] *= DROP_SIZE
    segments["service_min"] *= SERVICE
    segments["stops_per_1000_inhabitants"] = 1000.0 * drawn / inhabitants
    speed_kmh, gap_km = region.assumption("speed_urban_kmh"), region.assumption("inter_stop_km")
    made = city_demand(_city(region, city), segments, seed, gap_km / speed_kmh)
    keep = np.sort(rng.choice(len(made.stops), size=count, replace=False))
    stops = made.stops.drop(columns=["open_s", "close_s", "late_s", "shipper_id"], errors="ignore")
    stops = stops.iloc[keep].reset_index(drop=True)
    if largest is not None:
        over = np.maximum(1.0, np.maximum(stops["kg"] / largest[0], stops["m3"] / largest[1]))
        for column in ("kg", "m3", "roll_containers"):
            stops[column] = stops[column] / over
    parks = _parks_around(region, city, origin, farthest_m)
    stops = _moved_out(stops, parks, rng)
    stops["stop_id"] = [f"stop-synthetic-{n + 1:03d}" for n in range(count)]
    groups = stops.groupby(["segment", "district_id"], sort=True).ngroup()
    stops["shipment_id"] = [f"ship-synthetic-{n + 1:03d}" for n in groups]
    columns = list(region.table("stops").columns)
    return {
        "districts": pd.concat([districts, _as_districts(parks)], ignore_index=True),
        "stops": stops[columns],
        **_freight_tables(stops, origin),
    }


def _city(region: Region, name: str) -> City:
    """Gather what the generator of the regions needs from the tables and layers of one."""

    def shapes(layer: str, key: str) -> dict[str, Any]:
        return {
            str(feature["properties"][key]): shape_from_geojson(feature["geometry"])
            for feature in region.shape(layer)["features"]
        }

    districts, zones = region.table("districts"), region.table("zones")
    districts = districts[districts["municipality"] == name].reset_index(drop=True)
    zone = str(zones.loc[zones["municipality"] == name, "zone_id"].iloc[0])
    windows = region.table("delivery_windows")
    parks = region.table("business_parks")
    places = parks.assign(place_id=parks["park_id"], weight=parks["area_ha"])
    return City(
        name=name,
        districts=districts.assign(register_id=districts["district_id"]),
        shapes=shapes("districts", "district_id"),
        zone_id=zone,
        zone=shapes("zones", "zone_id")[zone],
        windows=windows[windows["municipality"] == name],
        parks=places,
        gateways=places,
    )


def _parks_around(region: Region, city: str, origin: str, farthest_m: float) -> pd.DataFrame:
    parks, places = region.table("business_parks"), region.places().set_index("place_id")
    home = places.loc[origin, ["rd_x_m", "rd_y_m"]].to_numpy(float)
    far_m = np.hypot(*(parks[["rd_x_m", "rd_y_m"]].to_numpy(float) - home).T)
    kept = (parks["municipality"] != city) & parks["part_of"].isna() & (far_m <= farthest_m)
    kept = (parks["municipality"] != city) & parks["part_of"].isna() & (far_m <= farthest_m)
    found: pd.DataFrame = parks[kept].reset_index(drop=True)
    return found


def _moved_out(stops: pd.DataFrame, parks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Move a share of the stops without zone and length limit to parks, by their area."""
    if parks.empty:
        return stops
    free = (stops["zone_id"].isna() & stops["max_length_m"].isna()).to_numpy()
    chosen = np.flatnonzero(free & (rng.random(len(stops)) < AROUND))
    area = parks["area_ha"].to_numpy(float)
    at = rng.choice(len(parks), size=len(chosen), p=area / area.sum())
    discs = parks[["rd_x_m", "rd_y_m", "area_ha"]].to_numpy(float)[at]
    xy = [sample_disc(x_m, y_m, ha, 1, rng)[0] for x_m, y_m, ha in discs.tolist()]
    moved = stops.copy()
    moved.loc[chosen, ["rd_x_m", "rd_y_m"]] = np.round(np.array(xy).reshape(-1, 2), 1)
    moved.loc[chosen, "municipality"] = parks["municipality"].to_numpy()[at]
    moved.loc[chosen, "district_id"] = _district_of(parks)[at]
    return moved


def _district_of(parks: pd.DataFrame) -> Any:
    return ("dist-" + parks["park_id"]).to_numpy()


def _as_districts(parks: pd.DataFrame) -> pd.DataFrame:
    """Parks as districts without inhabitants; the regions have districts in the cities only."""
    columns = ["name", "municipality", "area_ha", "rd_x_m", "rd_y_m"]
    return parks[columns].assign(district_id=_district_of(parks), population=0, area_type="urban")


def _freight_tables(stops: pd.DataFrame, origin: str) -> dict[str, pd.DataFrame]:
    """One invented shipper a segment, all at the same place, and their shipments by district."""
    shipments = stops.groupby("shipment_id", sort=True, as_index=False).agg(
        segment=("segment", "first"),
        direction=("direction", "first"),
        destination_id=("district_id", "first"),
        kg=("kg", "sum"),
        m3=("m3", "sum"),
        roll_containers=("roll_containers", "sum"),
        stops=("stop_id", "size"),
        minutes=("service_min", "sum"),
    )
    shipments["shipper_id"] = "shipper-synthetic-" + shipments["segment"].map(slug)
    shipments["service_h"] = shipments["minutes"] / 60.0
    found = shipments[["shipper_id", "segment"]].drop_duplicates(ignore_index=True)
    shippers = found.assign(
        name="Synthetic " + found["segment"].str.replace("_", " ") + " (invented)",
        origin_id=origin,
        player=found["segment"],
    )
    return {"shippers": shippers, "shipments": shipments.drop(columns="minutes")}
