"""Synthetic city freight: shippers, shipments and stops of one working day in one city.

Every number here is drawn, none is observed. One generator of numpy (PCG64) per city, seeded with
the seed and the city's name, so that a city has the same day in its own region and in the province.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bundling.instances.geometry import Shape, contains, nearest, sample, sample_disc
from bundling.instances.sources import slug
from bundling.units import clock_from_seconds, seconds_from_clock

_IN_ZONE = 0.8
"""Share of the centre stops that stand inside the zone; the others stand in centre districts."""
_WINDOW_REACH_M = 300.0
_LENGTH_REACH_M = 60.0
_SPREAD = 0.6
"""Standard deviation of the logarithm of a drop."""
_LARGEST = 3.0
"""A drop is at most this many times its mean, and fits a rigid of 18 t."""
_SMALL_DROP = (850.0, 9.0)
"""Largest kg and m3 of a drop where only vehicles shorter than a rigid may come: a van's load."""
_RIGID_LENGTH_M = 9.5
_GATEWAY_SHARE = 0.35
_DROPS_PER_SHIPPER = 17.0


@dataclass(frozen=True)
class City:
    """What the generator needs to know of a city.

    Attributes
    ----------
    name
        Municipality.
    districts
        Rows of the table districts, with ``register_id``.
    shapes
        Polygons by ``register_id``; a district without one becomes a disc of its area.
    zone_id, zone
        The zero-emission zone.
    windows
        Rows of the table delivery_windows in this municipality.
    parks, gateways
        Where freight can come from: tables with an identifier, a weight and a place.
    """

    name: str
    districts: pd.DataFrame
    shapes: dict[str, Shape]
    zone_id: str
    zone: Shape
    windows: pd.DataFrame
    parks: pd.DataFrame
    gateways: pd.DataFrame


@dataclass(frozen=True)
class Demand:
    """Three tables in the schema of the region."""

    shippers: pd.DataFrame
    shipments: pd.DataFrame
    stops: pd.DataFrame


def generator(seed: int, name: str) -> np.random.Generator:
    """Return a generator of its own for each name: no city shifts the numbers of another."""
    return np.random.Generator(np.random.PCG64([seed, zlib.crc32(name.encode())]))


def city_demand(city: City, segments: pd.DataFrame, seed: int, inter_stop_h: float) -> Demand:
    """Draw the day of one city.

    Parameters
    ----------
    city
        The city.
    segments
        Table segments.
    seed
        Seed of the whole build.
    inter_stop_h
        Hours between two stops of one shipment, counted in the service time of the shipment.
    """
    rng = generator(seed, city.name)
    population = float(city.districts["population"].sum())
    counts = np.round(segments["stops_per_1000_inhabitants"] * population / 1000.0).astype(int)
    rows: list[Mapping[Hashable, Any]] = list(segments.to_dict("records"))
    drawn: list[pd.DataFrame] = [
        _segment_stops(city, segment, int(count), rng)
        for segment, count in zip(rows, counts, strict=True)
    ]
    stops = _restricted(city, pd.concat(drawn, ignore_index=True))
    shippers = _shippers(city, stops, rng)
    stops["shipper_id"] = _assigned(stops, shippers, rng)
    return _tables(city, stops, shippers, inter_stop_h)


def _segment_stops(
    city: City, segment: Mapping[Hashable, Any], count: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Places, weights and hours of the stops of one segment."""
    home = city.districts
    centre = (home["area_type"] == "centre").to_numpy()
    people = home["population"].to_numpy(float)
    # Firms without inhabitants still receive goods: 20 people's worth for every hectare outside.
    weight = people + 4.0 * home["area_ha"].to_numpy(float)
    central = int(np.count_nonzero(rng.random(count) < float(segment["centre_share"])))
    zoned = int(np.count_nonzero(rng.random(central) < _IN_ZONE))
    places = [sample(city.zone, zoned, rng)]
    for kind, number in ((centre, central - zoned), (~centre, count - central)):
        share = np.where(kind, weight, 0.0)
        drawn = rng.multinomial(number, share / share.sum())
        columns = ["register_id", "rd_x_m", "rd_y_m", "area_ha"]
        for (register, x_m, y_m, ha), n in zip(home[columns].to_numpy(), drawn, strict=True):
            shape = city.shapes.get(register)
            if n and shape is not None:
                places.append(sample(shape, int(n), rng))
            elif n:
                places.append(sample_disc(float(x_m), float(y_m), float(ha), int(n), rng))
    xy = np.round(np.concatenate(places), 1)
    scale = np.exp(_SPREAD * rng.standard_normal(count) - 0.5 * _SPREAD**2)
    scale = np.minimum(scale, _LARGEST)
    return pd.DataFrame(
        {
            "segment": segment["segment"],
            "direction": segment["direction"],
            "kg": np.minimum(float(segment["drop_kg"]) * scale, 7_000.0),
            "m3": np.minimum(float(segment["drop_m3"]) * scale, 40.0),
            "roll_containers": float(segment["roll_containers"]) * scale,
            # Half the time at a stop is fixed, half goes with the size of the drop.
            "service_min": float(segment["service_min"]) * (0.5 + 0.5 * scale),
            "open_s": seconds_from_clock(str(segment["open_clock"])),
            "close_s": seconds_from_clock(str(segment["close_clock"])),
            "rd_x_m": xy[:, 0],
            "rd_y_m": xy[:, 1],
        }
    )


def _restricted(city: City, stops: pd.DataFrame) -> pd.DataFrame:
    """Districts, zone, windows and length limits of the stops, from where they stand."""
    x_m, y_m = stops["rd_x_m"].to_numpy(float), stops["rd_y_m"].to_numpy(float)
    home = np.full(len(stops), -1)
    for number, row in enumerate(city.districts.itertuples()):
        shape = city.shapes.get(str(row.register_id))
        if shape is not None:
            home[contains(shape, x_m, y_m) & (home < 0)] = number
    closest, _ = nearest(
        x_m,
        y_m,
        city.districts["rd_x_m"].to_numpy(float),
        city.districts["rd_y_m"].to_numpy(float),
    )
    stops["district_id"] = city.districts["district_id"].to_numpy()[
        np.where(home < 0, closest, home)
    ]
    inside = contains(city.zone, x_m, y_m)
    stops["zone_id"] = [city.zone_id if here else None for here in inside]
    stops["max_length_m"] = np.nan
    signs: list[dict[Hashable, Any]] = list(city.windows.to_dict("records"))
    for sign in signs:
        distance = np.hypot(x_m - float(sign["rd_x_m"]), y_m - float(sign["rd_y_m"]))
        if isinstance(sign["open_clock"], str) and _workday(sign["weekdays"]):
            _narrow(stops, inside & (distance <= _WINDOW_REACH_M), sign)
        if not np.isnan(length := float(sign["max_length_m"])):
            near = (distance <= _LENGTH_REACH_M) & inside
            limit = np.fmin(stops["max_length_m"], length)
            stops["max_length_m"] = np.where(near, limit, stops["max_length_m"])
    small = (stops["max_length_m"] < _RIGID_LENGTH_M).to_numpy()
    excess = np.maximum(stops["kg"] / _SMALL_DROP[0], stops["m3"] / _SMALL_DROP[1])
    shrink = np.where(small, np.maximum(1.0, excess), 1.0)
    for column in ("kg", "m3", "roll_containers"):
        stops[column] = stops[column] / shrink
    # The window of a stop is that of the start of service, so service ends before it closes.
    stops["service_min"] = np.maximum(1.0, np.round(stops["service_min"], 1))
    stops["late_s"] = np.maximum(
        stops["open_s"] + 3600, stops["close_s"] - 60.0 * np.ceil(stops["service_min"])
    ).astype(int)
    return stops


def _workday(weekdays: object) -> bool:
    """Whether a window holds on an ordinary day, Tuesday to Friday; no days named means daily."""
    return not isinstance(weekdays, str) or weekdays in ("tue-sat", "mon-sat", "mon-fri", "tue-fri")


def _narrow(
    stops: pd.DataFrame,
    near: np.ndarray[tuple[int], np.dtype[np.bool_]],
    sign: Mapping[Hashable, Any],
) -> None:
    """Cut the hours of `near` stops to a window; one over midnight ends at its close."""
    opening = seconds_from_clock(str(sign["open_clock"]))
    closing = seconds_from_clock(str(sign["close_clock"]))
    if closing <= opening:
        opening = 0
    stops.loc[near, "open_s"] = np.maximum(stops.loc[near, "open_s"], opening)
    stops.loc[near, "close_s"] = np.minimum(stops.loc[near, "close_s"], closing)
    # A shop that opens after the window receives before it opens: the window wins.
    shut = near & (stops["close_s"] - stops["open_s"] < 2 * 3600).to_numpy()
    stops.loc[shut, "open_s"] = np.maximum(opening, stops.loc[shut, "close_s"] - 3 * 3600)


def _shippers(city: City, stops: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Shippers of each segment, in proportion to its stops; at least two."""
    rows = []
    for segment, count in stops.groupby("segment", sort=False).size().items():
        for number in range(1, max(2, round(int(count) / _DROPS_PER_SHIPPER)) + 1):
            far = segment not in ("construction", "waste_returns") and rng.random() < _GATEWAY_SHARE
            pool = city.gateways if far else city.parks
            weight = pool["weight"].to_numpy(float)
            origin = str(rng.choice(pool["place_id"].to_numpy(), p=weight / weight.sum()))
            label = str(segment).replace("_", " ")
            rows.append(
                {
                    "shipper_id": f"shipper-{slug(city.name)}-{slug(label)}-{number}",
                    "name": f"{city.name} {label} {number} (invented)",
                    "segment": segment,
                    "origin_id": origin,
                    "player": label,
                    "appetite": float(rng.gamma(2.0)),
                }
            )
    return pd.DataFrame(rows)


def _assigned(stops: pd.DataFrame, shippers: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    """Shipper of each stop: per district and segment a few large ones and some small."""
    chosen: dict[tuple[str, str], np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    result = []
    pools = dict(iter(shippers.groupby("segment", sort=False)))
    for district, segment in stops[["district_id", "segment"]].itertuples(index=False):
        pool = pools[segment]
        if (district, segment) not in chosen:
            draw = rng.gamma(0.4 * pool["appetite"].to_numpy(float)) + 1e-9
            chosen[district, segment] = draw / draw.sum()
        pick = rng.choice(len(pool), p=chosen[district, segment])
        result.append(str(pool["shipper_id"].iloc[int(pick)]))
    return result


def _tables(city: City, stops: pd.DataFrame, shippers: pd.DataFrame, inter_stop_h: float) -> Demand:
    """Shipments are the stops of one shipper in one district; rounding comes last and sums hold."""
    stops = stops.sort_values(["shipper_id", "district_id"], kind="stable").reset_index(drop=True)
    for column, digits in (("kg", 1), ("m3", 3), ("roll_containers", 2)):
        stops[column] = np.maximum(stops[column].round(digits), 10.0**-digits)
    groups = stops.groupby(["shipper_id", "district_id"], sort=False)
    label = slug(city.name)
    stops["shipment_id"] = [f"ship-{label}-{n + 1:03d}" for n in groups.ngroup()]
    stops["stop_id"] = [f"stop-{label}-{n + 1:03d}" for n in range(len(stops))]
    stops["municipality"] = city.name
    stops["tw_early_clock"] = [clock_from_seconds(s) for s in stops["open_s"]]
    stops["tw_late_clock"] = [clock_from_seconds(s) for s in stops["late_s"]]
    shipments = stops.groupby("shipment_id", sort=False, as_index=False).agg(
        shipper_id=("shipper_id", "first"),
        destination_id=("district_id", "first"),
        segment=("segment", "first"),
        direction=("direction", "first"),
        kg=("kg", "sum"),
        m3=("m3", "sum"),
        roll_containers=("roll_containers", "sum"),
        stops=("stop_id", "size"),
        minutes=("service_min", "sum"),
    )
    shipments["service_h"] = (
        shipments["minutes"] / 60.0 + (shipments["stops"] - 1) * inter_stop_h
    ).round(3)
    for column, digits in (("kg", 1), ("m3", 3), ("roll_containers", 2)):
        shipments[column] = shipments[column].round(digits)
    used = shippers[shippers["shipper_id"].isin(shipments["shipper_id"])]
    return Demand(
        used.drop(columns="appetite").reset_index(drop=True),
        shipments.drop(columns="minutes"),
        stops,
    )
