"""Electric city problems: rounds in and around a city with batteries that need charging on the way.

Named ``<region>-<stops>-<kind>``, such as ``zwolle-300-electric``; `pose` gives the same problem
for the same name and seed. Places, zones, windows, chargers and prices are those of the regions;
**stops and fleets are synthetic**, as their ids say, and batteries are small by assumption
(`cities_fleet.BATTERY_KWH`).

kind
    ``electric``: vans, rigids and cargo bikes, all electric, from one depot. ``mixed``: diesel vans
    and rigids as well, which the zone keeps out. ``echelons``: trucks to the city's hubs, and vans
    and cargo bikes from there. ``plain``: vans only, no zone, charging in a straight line for
    nothing, one dimension of load, and cost by vehicles and km: what solvers from the literature
    on electric rounds can state.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.instances.cities_demand import draw
from bundling.instances.cities_fleet import curves, stations, vehicle_types
from bundling.instances.named import CITIES, DAY

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.rounds import RoundsProblem
    from bundling.rounds.echelons import TwoEchelonProblem

SIZES = (150, 300, 600)
KINDS = ("electric", "mixed", "plain", "echelons")
SEED = 2026
NAMES: tuple[str, ...] = tuple(
    f"{region}-{stops}-{kind}" for kind in KINDS for region in CITIES for stops in SIZES
)
_FLEET = {
    "electric": ("cargo_bike", "evan", "erigid"),
    "mixed": ("cargo_bike", "evan", "erigid", "dvan", "drigid"),
    "plain": ("evan",),
    "echelons": ("cargo_bike", "evan"),
}
_DEPOT = {
    "zwolle": "hub-zwolle-hessenpoort",
    "deventer": "hub-deventer-a1",
    "enschede": "hub-enschede-marssteden",
}
"""The hub candidate at the motorway: all rounds of one echelon start there."""
_VAN_DROP = (300.0, 3.0)
"""Most kg and m3 of a drop where only vans come; about a third of what a van takes."""
_VAN_REACH_M = 12_500.0
"""A van comes this far, in a straight line, and back."""
_STOPS_A_VEHICLE = 4
"""One vehicle of each type for every so many stops, which is more than any plan needs."""
_HUB_SHARE = 0.6
"""Most freight through a hub as a part of all."""
_HUB_COST_SHARE = 0.1
"""Part of a hub's rent that this freight pays: others use it too. Own assumption, as is:"""
_TRUCK = "drigid"
_TRUCK_STOPS = 30
"""One truck for every so many stops."""


def pose(name: str, seed: int = SEED) -> Any:
    """Pose the named problem.

    Parameters
    ----------
    name
        One of `NAMES`, or with another number of stops.
    seed
        Another seed draws other stops.

    Returns
    -------
    bundling.rounds.RoundsProblem or bundling.rounds.echelons.TwoEchelonProblem
        The latter for the kind ``echelons``.

    Raises
    ------
    KeyError
        When there is no such city or kind.
    """
    from bundling.api import load

    city, _, rest = name.partition("-")
    number, _, kind = rest.partition("-")
    if city not in CITIES or kind not in KINDS or not number.isdigit():
        raise KeyError(f"no city problem '{name}'; there are: {', '.join(NAMES)}")
    region = load(city)
    small = _VAN_DROP if kind in ("plain", "echelons") else None
    drawn = draw(
        region,
        CITIES[city],
        int(number),
        zlib.crc32(f"{name}/{seed}".encode()),
        origin=_hub_place(region, _DEPOT[city]),
        largest=small,
        farthest_m=_VAN_REACH_M if kind == "plain" else np.inf,
    )
    if kind in ("plain", "echelons"):
        drawn = _delivered(drawn)
    region = region.replace({**drawn, "vehicle_types": vehicle_types(region, _FLEET[kind])})
    if kind == "echelons":
        return _two_echelons(region, CITIES[city])
    problem = _with_stations(region, _fleet_of(region.rounds(day=DAY)))
    return _plain(problem) if kind == "plain" else problem


def _hub_place(region: Region, hub: str) -> str:
    hubs = region.table("hub_candidates").set_index("hub_id")
    return str(hubs.loc[hub, "place_id"])


def _delivered(drawn: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Return the same stops, with freight to all of them and from none."""
    stops, shipments = (drawn[name].assign(direction="delivery") for name in ("stops", "shipments"))
    return drawn | {"stops": stops, "shipments": shipments}


def _fleet_of(problem: RoundsProblem) -> RoundsProblem:
    each = max(2, -(-problem.num_stops // _STOPS_A_VEHICLE))
    return problem.replace(count=np.full(problem.num_vehicles, each))


def _with_stations(region: Region, problem: RoundsProblem) -> RoundsProblem:
    """Add the public fast chargers, for the electric vans and rigids."""
    from bundling.network import PlaneNetwork

    there = stations(region)
    depot_xy = np.c_[problem.depot_x_m, problem.depot_y_m]
    stop_xy = np.c_[problem.stop_x_m, problem.stop_y_m]
    area_of = region.table("districts").set_index("district_id")["area_type"]
    of_stops = area_of.loc[region.table("stops")["district_id"]].tolist()
    urban = "urban"
    travel = PlaneNetwork.from_region(region).travel(
        np.vstack([depot_xy, stop_xy, there.xy_m]),
        from_area=[urban] * len(depot_xy) + of_stops + [urban] * len(there.ids),
    )
    curve_of, curve_kwh, curve_s = curves(problem.vehicle_types, problem.usable_kwh, there)
    return problem.replace(
        station_ids=there.ids,
        station_x_m=there.xy_m[:, 0],
        station_y_m=there.xy_m[:, 1],
        station_eur_per_kwh=there.eur_per_kwh,
        curve_of=curve_of,
        curve_kwh=curve_kwh,
        curve_s=curve_s,
        distance_m=travel.distance_m,
        time_s=travel.time_s,
        levied_m=travel.levied_m,
    )


def _plain(problem: RoundsProblem) -> RoundsProblem:
    """Keep what E-VRPTW with partial recharge can state; load counts in m3 only."""
    vans, stops = problem.num_vehicles, problem.num_stops
    top_kwh, top_s = float(problem.curve_kwh.max()), float(problem.curve_s[:, 1].min())
    full_s = top_s / float(problem.curve_kwh[0, 1]) * top_kwh
    return problem.replace(
        delivery_kg=np.zeros(stops),
        levied_m=np.zeros_like(problem.levied_m),
        barred=np.zeros((vans, stops), dtype=np.int64),
        bar_rules=(),
        shift_s=np.full(vans, float(problem.depot_close_s[0] - problem.depot_open_s[0])),
        eur_per_h=np.zeros(vans),
        # A kWh costs a part of the km, wherever it was charged.
        eur_per_km=problem.eur_per_km + problem.eur_per_kwh * problem.kwh_per_km,
        eur_per_kwh=np.zeros(vans),
        kwh_per_km_per_t=np.zeros(vans),
        levy_eur_per_km=np.zeros(vans),
        station_eur_per_kwh=np.zeros((problem.num_stations, 24)),
        curve_of=np.where(problem.curve_of >= 0, 0, -1),
        curve_kwh=np.array([[0.0, top_kwh]]),
        curve_s=np.array([[0.0, full_s]]),
    )


def _two_echelons(region: Region, city: str) -> TwoEchelonProblem:
    """Trucks from the largest park around the city to its hubs; any hub may serve any stop."""
    from bundling.network import PlaneNetwork
    from bundling.rounds.echelons import TwoEchelonProblem

    hubs = region.table("hub_candidates")
    hubs = hubs[hubs["municipality"] == city].reset_index(drop=True)
    stops = region.table("stops")
    # Posing gives each hub its fleet; which hub serves what is then left open.
    spread = {stop: hubs["place_id"][i % len(hubs)] for i, stop in enumerate(stops["stop_id"])}
    second = _with_stations(region, _fleet_of(region.rounds(day=DAY, depots=spread)))
    second = second.replace(stop_depot=np.full(second.num_stops, -1))
    hubs = hubs.set_index("place_id").loc[list(second.depot_ids)]
    parks = region.table("business_parks")
    around = parks[(parks["municipality"] != city) & parks["part_of"].isna()]
    largest = around.sort_values(["area_ha", "park_id"], ascending=[False, True])
    park: Any = largest.iloc[0]
    truck = _trucks(region)
    travel = PlaneNetwork.from_region(region).travel(
        np.vstack([[[park["rd_x_m"], park["rd_y_m"]]], hubs[["rd_x_m", "rd_y_m"]]]).astype(float)
    )
    kg = float(second.delivery_kg.sum())
    return TwoEchelonProblem(
        depot_id=str(park["park_id"]),
        depot_x_m=float(park["rd_x_m"]),
        depot_y_m=float(park["rd_y_m"]),
        depot_open_s=float(second.depot_open_s[0]),
        depot_close_s=float(second.depot_close_s[0]),
        truck_count=max(2, -(-second.num_stops // _TRUCK_STOPS)),
        truck_capacity_kg=float(truck["payload_kg"]),
        truck_fixed_eur=float(truck["fixed_eur_per_day"]),
        truck_eur_per_km=float(truck["eur_per_km"]),
        truck_co2e_kg_per_km=0.0,
        truck_distance_m=travel.distance_m,
        truck_time_s=travel.time_s / float(truck["speed_factor"]),
        second=second,
        hub_capacity_kg=np.full(second.num_depots, _HUB_SHARE * kg),
        hub_handling_s=np.full(second.num_depots, 60 * region.assumption("depot_turnaround_min")),
        hub_eur=_HUB_COST_SHARE * hubs["rent_eur_per_day"].to_numpy(float),
    )


def _trucks(region: Region) -> Any:
    from bundling.api import load

    types = load(region.name).table("vehicle_types").set_index("vehicle_type")
    return types.loc[_TRUCK]
