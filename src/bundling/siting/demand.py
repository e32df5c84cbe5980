"""Charging demand of a region: trucks on its motorways, and the electric fleets of its parks.

**Truck flows.** Each flow of ``truck_flows`` takes the shortest way over ``motorway_edges``. Every
kilometre of the way belongs to the nearer end of its edge; kilometres at gateways lie outside the
region. A far origin or destination that no edge reaches is joined to every gateway of the graph in
a straight line times ``detour_factor_rural``; that only decides where its trucks enter. So a node
asks for::

    trucks a year / working days x electric share x km at the node x kWh per km x charging share

A flow that stays at one node drives ``flow_km_in_region``. Flows are those of the table's year;
no growth is assumed.

**Fleets.** A park asks for ``vehicles x electric share x km a day x kWh per km`` of each class,
times the share that charges publicly. Years between two rows of a table are interpolated; outside
them the nearest row holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from bundling.errors import Fault, raise_if
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]

PROFILE_OF_CLASS = {"van": "overnight", "rigid": "depot", "tractor": "depot"}
"""Hour profile of the public charging of a park's vehicles; own assumption."""
_TRUCKS = ("rigid", "tractor")
_LEAST_KM = 1e-3
"""Length of a join between two nodes on one spot: a zero would be no edge at all."""
_SHARE_PREFIX = "electric_flow_share_"


@dataclass(frozen=True)
class Point:
    """One demand point.

    Attributes
    ----------
    demand_id, name, kind
        Identifier, name, and ``corridor``, ``estate`` or ``shortfall``.
    x_m, y_m
        Place, RD New.
    kwh
        Energy a day by year, in the vehicles.
    profile
        Name of the hour profile.
    vehicle_class
        Class that makes the detour to a site.
    session_kwh
        Energy of one visit; None for the class's own day.
    min_kw
        Smallest charger of use.
    """

    demand_id: str
    name: str
    kind: str
    x_m: float
    y_m: float
    kwh: tuple[float, ...]
    profile: str
    vehicle_class: str
    session_kwh: float
    min_kw: float


def electric_flow_share(region: Region, years: tuple[int, ...]) -> FloatArray:
    """Electric share of passing trucks by year, from assumptions ``electric_flow_share_YEAR``."""
    frame = region.table("assumptions")
    rows = frame[frame["key"].str.startswith(_SHARE_PREFIX)]
    if rows.empty:
        raise_if(
            [
                Fault(
                    "assumptions",
                    "key",
                    (),
                    f"no row {_SHARE_PREFIX}YEAR",
                    f"Add one such as {_SHARE_PREFIX}2030.",
                )
            ]
        )
    known = rows["key"].str.removeprefix(_SHARE_PREFIX).astype(int).to_numpy()
    order = np.argsort(known)
    values = rows["value"].astype(float).to_numpy()
    shares: FloatArray = np.interp(np.array(years, dtype=float), known[order], values[order])
    return shares


def truck_km(region: Region) -> dict[str, float]:
    """Truck kilometres a year at each motorway node inside the region; see the module text.

    Raises
    ------
    bundling.InputError
        When no way leads from the origin of a flow to its destination.
    """
    nodes, edges = region.table("motorway_nodes"), region.table("motorway_edges")
    flows_table = region.table("truck_flows")
    if nodes.empty or flows_table.empty:
        return {}
    place = {str(node): i for i, node in enumerate(nodes["node_id"])}
    source = np.array([place[str(node)] for node in edges["source"]], dtype=np.int64)
    target = np.array([place[str(node)] for node in edges["target"]], dtype=np.int64)
    km = edges["distance_km"].to_numpy(dtype=np.float64)
    loose, gate = _loose_ends(nodes, np.union1d(source, target))
    xy = nodes[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    far = np.linalg.norm(xy[loose] - xy[gate], axis=1) / METRES_PER_KM
    far = np.maximum(far * region.assumption("detour_factor_rural"), _LEAST_KM)
    graph = sparse.csr_matrix(
        (
            np.concatenate([km, far, far]),
            (np.concatenate([source, loose, gate]), np.concatenate([target, gate, loose])),
        ),
        shape=(len(place), len(place)),
    )
    length, before = csgraph.dijkstra(graph, return_predecessors=True)
    volume = np.zeros((len(place), len(place)))
    start = np.array([place[str(node)] for node in flows_table["origin"]], dtype=np.int64)
    end = np.array([place[str(node)] for node in flows_table["destination"]], dtype=np.int64)
    np.add.at(volume, (start, end), flows_table["trucks_per_year"].to_numpy(dtype=np.float64))
    lost = np.isinf(length[start, end])
    if lost.any():
        rows = tuple(str(row + 1) for row in np.flatnonzero(lost))
        rule = "no motorway leads from origin to destination"
        raise_if([Fault("truck_flows", "destination", rows, rule, "Add edges or drop the flow.")])
    at_node = np.zeros(len(place))
    for origin, destination in np.argwhere(volume > 0):
        trucks = volume[origin, destination]
        if origin == destination:
            at_node[origin] += trucks * region.assumption("flow_km_in_region")
            continue
        here = int(destination)
        while here != origin:
            earlier = int(before[origin, here])
            half = trucks * (length[origin, here] - length[origin, earlier]) / 2.0
            at_node[here] += half
            at_node[earlier] += half
            here = earlier
    inside = ~nodes["gateway"].astype(bool).to_numpy()
    ids = nodes["node_id"].astype(str).to_numpy()
    return {str(ids[i]): float(at_node[i]) for i in np.flatnonzero(inside & (at_node > 0))}


def _loose_ends(
    nodes: pd.DataFrame, joined: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Every pair of a gateway without edges and a gateway with edges, as two index arrays."""
    gateway = nodes["gateway"].astype(bool).to_numpy()
    has_edges = np.zeros(len(nodes), dtype=bool)
    has_edges[joined] = True
    loose, gate = np.flatnonzero(gateway & ~has_edges), np.flatnonzero(gateway & has_edges)
    return np.repeat(loose, len(gate)), np.tile(gate, len(loose))


def corridor_points(
    region: Region, years: tuple[int, ...], *, session_kwh: float, min_kw: float
) -> list[Point]:
    """Demand of passing trucks at the motorway nodes of the region."""
    per_km = region.assumption("truck_kwh_per_km") * region.assumption("flow_charging_share")
    per_day = per_km / region.assumption("working_days_per_year")
    shares = electric_flow_share(region, years)
    nodes = region.table("motorway_nodes")
    rows = {str(row["node_id"]): row for row in nodes.to_dict("records")}
    return [
        Point(
            demand_id=f"corridor-{node}",
            name=f"{rows[node]['name']} ({node})",
            kind="corridor",
            x_m=float(rows[node]["rd_x_m"]),
            y_m=float(rows[node]["rd_y_m"]),
            kwh=tuple(float(km * per_day * share) for share in shares),
            profile="corridor",
            vehicle_class="tractor",
            session_kwh=session_kwh,
            min_kw=min_kw,
        )
        for node, km in truck_km(region).items()
    ]


def estate_points(region: Region, years: tuple[int, ...]) -> list[Point]:
    """Demand of the electric fleets of business parks, one point a park and profile.

    Parks inside a larger park of the table are skipped: their area is counted there.
    """
    parks = region.table("business_parks")
    parks = parks[parks["part_of"].isna()]
    fleets = region.table("fleets")
    per_km = {name: kwh_per_km(region, name) for name in sorted(set(fleets["vehicle_class"]))}
    public = region.assumption("public_charging_share_estate")
    asked = np.array(years, dtype=float)
    points = []
    for park in parks.to_dict("records"):
        mine = fleets[fleets["park_id"] == park["park_id"]]
        by_profile: dict[str, list[tuple[str, FloatArray, float]]] = {}
        for name, rows in mine.groupby("vehicle_class", sort=True):
            rows = rows.sort_values("year")
            when = rows["year"].to_numpy(dtype=float)
            electric = (rows["vehicles"] * rows["electric_share"]).to_numpy(dtype=float)
            km = np.interp(asked, when, rows["km_per_day"].to_numpy(dtype=float))
            kwh = np.interp(asked, when, electric) * km * per_km[str(name)] * public
            session = float(km.mean()) * per_km[str(name)]
            by_profile.setdefault(PROFILE_OF_CLASS[str(name)], []).append((str(name), kwh, session))
        for profile, parts in sorted(by_profile.items()):
            total = np.sum([kwh for _, kwh, _ in parts], axis=0)
            if not (total > 0).any():
                continue
            # Detours at the cost of the class that asks for most of the energy.
            name, _, session = max(parts, key=lambda part: float(part[1].sum()))
            points.append(
                Point(
                    demand_id=f"estate-{park['park_id']}-{profile}",
                    name=f"{park['name']} ({profile})",
                    kind="estate",
                    x_m=float(park["rd_x_m"]),
                    y_m=float(park["rd_y_m"]),
                    kwh=tuple(float(kwh) for kwh in total),
                    profile=profile,
                    vehicle_class=name,
                    session_kwh=session,
                    min_kw=0.0,
                )
            )
    return points


def handed_over(frame: pd.DataFrame, years: tuple[int, ...], session_kwh: float) -> list[Point]:
    """Demand that another step hands over, the same in every year.

    Raises
    ------
    bundling.InputError
        When a column is missing, or an energy is no number of at least 0.
    """
    needed = ("demand_id", "name", "kind", "rd_x_m", "rd_y_m", "kwh", "profile")
    faults = [
        Fault("extra_demand", column, (), "is missing", "Give this column.")
        for column in needed
        if column not in frame.columns
    ]
    raise_if(faults)
    kwh = pd.to_numeric(frame["kwh"], errors="coerce").to_numpy(dtype=np.float64)
    bad = np.flatnonzero(~np.isfinite(kwh) | (kwh < 0))
    if len(bad):
        rows = tuple(str(row + 1) for row in bad)
        rule = "is not a number of at least 0"
        raise_if([Fault("extra_demand", "kwh", rows, rule, "Give kWh a day.")])
    return [
        Point(
            demand_id=str(row["demand_id"]),
            name=str(row["name"]),
            kind=str(row["kind"]),
            x_m=float(row["rd_x_m"]),
            y_m=float(row["rd_y_m"]),
            kwh=(float(row["kwh"]),) * len(years),
            profile=str(row["profile"]),
            vehicle_class="rigid",
            session_kwh=session_kwh,
            min_kw=0.0,
        )
        for row in frame.to_dict("records")
    ]


def electric_types(region: Region, vehicle_class: str) -> pd.DataFrame:
    """Electric vehicle types of a class; of any truck, where the region has none of a truck class.

    Raises
    ------
    bundling.InputError
        When there is none.
    """
    types = region.table("vehicle_types")
    electric = types[types["fuel"] == "electric"]
    found = electric[electric["vehicle_class"] == vehicle_class]
    if found.empty and vehicle_class in _TRUCKS:
        found = electric[electric["vehicle_class"].isin(_TRUCKS)]
    if found.empty:
        rule = f"no electric vehicle of class {vehicle_class}, so its cost and energy are unknown"
        raise_if([Fault("vehicle_types", "fuel", (), rule, "Add one.")])
    return found


def kwh_per_km(region: Region, vehicle_class: str) -> float:
    """Energy of a half-loaded electric vehicle, mean over the types of the class.

    Trucks of a class without a type of its own take the assumption ``truck_kwh_per_km``.
    """
    types = electric_types(region, vehicle_class)
    if vehicle_class in _TRUCKS and not (types["vehicle_class"] == vehicle_class).all():
        return region.assumption("truck_kwh_per_km")
    load_t = types["payload_kg"] / 2000.0
    return float((types["kwh_per_km"] + types["kwh_per_km_per_t"] * load_t).mean())
