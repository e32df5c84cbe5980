"""From a region and the rules of a day to a rounds problem."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.rounds.problem import RoundsProblem
from bundling.units import SECONDS_PER_HOUR, seconds_from_clock

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rules import RuleBook

DEPOT_HOURS = ("04:00", "23:00")
"""Earliest departure and latest return at every depot; own assumption."""
DEPOT_AREA = "urban"
"""Kind of area depots lie in, for speeds and detours; parks and motorway exits are no centres."""
_DISTRICT = ("district_id", "area_type")
NOX_AREA = "urban"
"""Kind of road for the NOx factor of rounds; most of their kilometres are in town."""


def pose(
    region: Region,
    *,
    day: date,
    municipality: str | None = None,
    depots: Mapping[str, str] | None = None,
    rules: RuleBook | None = None,
    network: Any = None,
    depot_hours: tuple[str, str] = DEPOT_HOURS,
) -> RoundsProblem:
    """Pose the rounds of one day.

    Parameters
    ----------
    region
        Tables used: stops, shipments, shippers, vehicle_types, zones, energy_prices, and all
        tables with places.
    day
        Decides zone access, levy and emission factors.
    municipality
        Only stops of this municipality; all stops when None.
    depots
        Place id of the depot of each shipment (as decided by the hubs family), by shipment id, or
        of single stops, by stop id (which goes first). The origin of the shipper where missing.
    rules
        Dated rules; the library's own when None.
    network
        A `bundling.network.Network`; the region's plane network when None.
    depot_hours
        Clock times of the earliest departure and latest return.

    Returns
    -------
    RoundsProblem
        Stops bound to their depots; every vehicle type with ``last_mile`` at every depot, as many
        as there are stops. Energy costs the mean price of the day divided by the charger's
        efficiency, since losses are paid too.

    Raises
    ------
    bundling.InputError
        When there are no stops, a depot is no known place, or a shipment is not in the tables.
    """
    from bundling.rules import RuleBook as Book

    book = Book.default() if rules is None else rules
    stops = region.table("stops").reset_index(drop=True)
    if municipality is not None:
        stops = stops[stops["municipality"] == municipality].reset_index(drop=True)
    where = _depot_of_stops(region, stops, depots or {}, municipality)
    places = region.places().drop_duplicates("place_id").set_index("place_id")
    unknown = tuple(sorted(set(where) - set(places.index)))
    raise_if(
        [Fault("stops", "depot", unknown, "is no place of the region", "Name a known place.")]
        if unknown
        else []
    )
    depot_ids = tuple(dict.fromkeys(where))
    types = region.table("vehicle_types")
    types = types[types["last_mile"].astype(bool)].reset_index(drop=True)
    if types.empty:
        rule, remedy = "no vehicle type has last_mile set", "Set it for the types that do rounds."
        raise InputError([Fault("vehicle_types", "last_mile", (), rule, remedy)])

    depot_xy = places.loc[list(depot_ids), ["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    stop_xy = stops[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    if network is None:
        from bundling.network import PlaneNetwork

        network = PlaneNetwork.from_region(region)
    area_of = dict(zip(*(region.table("districts")[c] for c in _DISTRICT), strict=True))
    areas = [DEPOT_AREA] * len(depot_ids) + [str(area_of[d]) for d in stops["district_id"]]
    travel = network.travel(np.vstack([depot_xy, stop_xy]), from_area=areas)
    entries = [(d, t) for d in range(len(depot_ids)) for t in range(len(types))]
    of_depot, of_type = (np.array(column, dtype=np.int64) for column in zip(*entries, strict=True))
    stop_depot = np.array([depot_ids.index(place) for place in where], dtype=np.int64)
    barred, bar_rules = _barred(types, stops, region.table("zones"), book, day)
    barred, bar_rules = _off_motorway(
        barred[of_type],
        bar_rules,
        (types["vehicle_class"] == "cargo_bike").to_numpy()[of_type],
        travel.levied_m[of_depot, len(depot_ids) :] > 0,
    )
    return RoundsProblem(
        depot_ids=depot_ids,
        depot_x_m=depot_xy[:, 0],
        depot_y_m=depot_xy[:, 1],
        depot_open_s=np.full(len(depot_ids), float(seconds_from_clock(depot_hours[0]))),
        depot_close_s=np.full(len(depot_ids), float(seconds_from_clock(depot_hours[1]))),
        stop_ids=tuple(stops["stop_id"]),
        stop_x_m=stop_xy[:, 0],
        stop_y_m=stop_xy[:, 1],
        stop_depot=stop_depot,
        **_freight(stops),
        tw_early_s=_seconds(stops["tw_early_clock"]),
        tw_late_s=_seconds(stops["tw_late_clock"]),
        service_s=stops["service_min"].to_numpy(dtype=np.float64) * 60.0,
        vehicle_ids=tuple(f"{depot_ids[d]}/{types['vehicle_type'][t]}" for d, t in entries),
        vehicle_types=tuple(types["vehicle_type"][t] for _, t in entries),
        vehicle_depot=of_depot,
        count=np.bincount(stop_depot, minlength=len(depot_ids))[of_depot],
        **{name: values[of_type] for name, values in _fleet(region, types, book, day).items()},
        distance_m=travel.distance_m,
        time_s=travel.time_s,
        levied_m=travel.levied_m,
        barred=barred,
        bar_rules=bar_rules,
    )


def _depot_of_stops(
    region: Region,
    stops: pd.DataFrame,
    depots: Mapping[str, str],
    municipality: str | None,
) -> list[str]:
    if stops.empty:
        there = f" in {municipality}" if municipality is not None else ""
        rule = f"has no stops{there}"
        raise InputError([Fault("stops", "municipality", (), rule, "Name another municipality.")])
    shipments = region.table("shipments").set_index("shipment_id")
    origins = region.table("shippers").set_index("shipper_id")["origin_id"]
    missing = tuple(sorted(set(stops["shipment_id"]) - set(shipments.index)))
    if missing:
        rule = "is not in the shipments table"
        raise InputError([Fault("stops", "shipment_id", missing, rule, "Add the shipment.")])
    shipper = shipments["shipper_id"]
    return [
        str(depots.get(stop, depots.get(shipment, origins[shipper[shipment]])))
        for stop, shipment in zip(stops["stop_id"], stops["shipment_id"], strict=True)
    ]


def _freight(stops: pd.DataFrame) -> dict[str, Any]:
    pickup = (stops["direction"] == "pickup").to_numpy()
    kg, m3 = (stops[name].to_numpy(dtype=np.float64) for name in ("kg", "m3"))
    return {
        "delivery_kg": np.where(pickup, 0.0, kg),
        "delivery_m3": np.where(pickup, 0.0, m3),
        "pickup_kg": np.where(pickup, kg, 0.0),
        "pickup_m3": np.where(pickup, m3, 0.0),
    }


def _seconds(clocks: pd.Series[Any]) -> Any:
    return np.array([float(seconds_from_clock(str(clock))) for clock in clocks])


def _fleet(region: Region, types: pd.DataFrame, book: RuleBook, day: date) -> dict[str, Any]:
    """Columns of the fleet by vehicle type ``[T]``."""
    efficiency = region.assumption("charger_efficiency")
    price = float(region.table("energy_prices")["eur_per_kwh"].mean()) / efficiency
    rows: list[Any] = list(types.itertuples(index=False))
    factor = np.array([book.co2e_kg_per_unit(str(row.fuel), day) for row in rows])

    def column(name: str) -> Any:
        return types[name].to_numpy(dtype=np.float64)

    electric = (column("kwh_per_km") > 0) | (column("kwh_per_km_per_t") > 0)
    return {
        "capacity_kg": column("payload_kg"),
        "capacity_m3": column("volume_m3"),
        "shift_s": column("shift_h") * SECONDS_PER_HOUR,
        "fixed_eur": column("fixed_eur_per_day"),
        "eur_per_km": column("eur_per_km"),
        "eur_per_h": column("eur_per_h"),
        "levy_eur_per_km": np.array(
            [
                book.levy_eur_per_km(
                    float(row.gross_mass_kg),
                    _integer(row.co2_class),
                    _integer(row.euro_class),
                    str(row.fuel),
                    day,
                )
                for row in rows
            ]
        ),
        "eur_per_kwh": np.where(electric, price, 0.0),
        "usable_kwh": np.where(electric, column("battery_kwh") * (1.0 - column("min_soc")), 0.0),
        "kwh_per_km": column("kwh_per_km"),
        "kwh_per_km_per_t": column("kwh_per_km_per_t"),
        "charge_kw": column("charge_kw"),
        "co2e_kg_per_km": np.where(electric, 0.0, column("litre_per_km") * factor),
        "co2e_kg_per_kwh": np.where(electric, factor / efficiency, 0.0),
        "nox_g_per_km": np.array(
            [
                book.nox_g_per_km(
                    str(row.vehicle_class), str(row.fuel), _integer(row.euro_class), NOX_AREA, day
                )
                for row in rows
            ]
        ),
        "speed_factor": column("speed_factor"),
    }


def _barred(
    types: pd.DataFrame, stops: pd.DataFrame, zones: pd.DataFrame, book: RuleBook, day: date
) -> tuple[Any, tuple[str, ...]]:
    """Which rule keeps each type from each stop ``[T, S]``, and the rules in words."""
    starts = dict(zip(zones["zone_id"], zones["start_date"], strict=True))
    rules: dict[str, int] = {}
    barred = np.zeros((len(types), len(stops)), dtype=np.int64)
    limits = stops["max_length_m"].to_numpy(dtype=np.float64, na_value=np.inf)
    zone_of = ["" if pd.isna(zone) else str(zone) for zone in stops["zone_id"]]
    for t, row in enumerate(types.itertuples(index=False)):
        for limit in sorted({float(x) for x in limits if x < row.length_m}):
            words = f"length limit of {limit:g} m"
            barred[t, limits == limit] = rules.setdefault(words, len(rules) + 1)
        for zone in sorted(set(zone_of) - {""}):
            decision = book.zone_decision(
                vehicle_class=str(row.vehicle_class),
                fuel=str(row.fuel),
                euro_class=_integer(row.euro_class),
                first_admission=_as_date(row.first_admission),
                zone_start=_as_date(starts[zone]),
                day=day,
                zone_id=zone,
            )
            if not decision.allowed:
                words = f"zero-emission zone {zone} on {day.isoformat()} ({decision.reason})"
                inside = np.array([name == zone for name in zone_of])
                barred[t, inside] = rules.setdefault(words, len(rules) + 1)
    return barred, tuple(rules)


def _off_motorway(
    barred: Any, bar_rules: tuple[str, ...], bikes: Any, by_motorway: Any
) -> tuple[Any, tuple[str, ...]]:
    """Bar cargo bikes ``[V]`` from stops their depot reaches over a levied motorway ``[V, S]``.

    Their speed is a share of a van's, which holds in town only.
    """
    wrong = bikes[:, None] & by_motorway & (barred == 0)
    if not wrong.any():
        return barred, bar_rules
    words = "cargo bikes may not use motorways"
    return np.where(wrong, len(bar_rules) + 1, barred), (*bar_rules, words)


def _integer(value: Any) -> int | None:
    return None if pd.isna(value) else int(value)


def _as_date(value: Any) -> date:
    return value if type(value) is date else pd.Timestamp(value).date()
