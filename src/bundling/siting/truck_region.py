"""Truck flows of a region on its motorways, with its sites put on the way that passes them.

Motorway nodes lie far apart, so that a site seldom lies at one. Here it is joined to the nearest
point of the straight line of an edge, and the edge gets a node there. Roads bend: what the line is
beside the road counts as a way to the site, which is an assumption to know of.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.siting.assumed import check_years
from bundling.siting.demand import _LEAST_KM, _loose_ends, electric_flow_share
from bundling.siting.truck_flows import TruckWindows, truck_windows
from bundling.siting.truck_inputs import Roads, Truck
from bundling.units import METRES_PER_KM

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class RegionFlows:
    """Inputs of `bundling.siting.truck_flows.truck_windows`; F flows, S sites, Y years.

    Attributes
    ----------
    roads
        Motorways with a node for each site that is joined to them.
    origin, destination
        Nodes of each flow [F].
    trucks_per_day
        Electric trucks on a working day [F, Y].
    site
        Rows of the table of sites that are near a motorway [S].
    site_node, access_km
        Their node, and the road from there, one way [S].
    """

    roads: Roads
    origin: IntArray
    destination: IntArray
    trucks_per_day: FloatArray
    site: IntArray
    site_node: IntArray
    access_km: FloatArray


def region_flows(
    region: Region,
    years: tuple[int, ...],
    sites: pd.DataFrame | None = None,
    *,
    most_access_km: float = 5.0,
) -> RegionFlows:
    """Flows and sites of a region.

    Parameters
    ----------
    region
        Its motorways, flows, and assumptions ``electric_flow_share_YEAR``,
        ``working_days_per_year``, ``speed_motorway_kmh``, ``detour_factor_rural``. Gateways without
        edges are joined to those with edges, as in `bundling.siting.demand`.
    years
        Planning years.
    sites
        With ``rd_x_m`` and ``rd_y_m``; the region's ``site_candidates`` when None.
    most_access_km
        Farthest from the motorway, by road and one way. Own assumption: AFIR calls 3 km "along".

    Raises
    ------
    bundling.InputError
        When the years do not ascend, or the electric share is unknown.
    """
    check_years(years, "region_flows")
    nodes, edges = region.table("motorway_nodes"), region.table("motorway_edges")
    flows = region.table("truck_flows")
    table = region.table("site_candidates") if sites is None else sites
    place = {str(node): i for i, node in enumerate(nodes["node_id"])}
    source = np.array([place[str(node)] for node in edges["source"]], dtype=np.int64)
    target = np.array([place[str(node)] for node in edges["target"]], dtype=np.int64)
    km = edges["distance_km"].to_numpy(dtype=np.float64)
    xy = nodes[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    rural = region.assumption("detour_factor_rural")
    where = table[["rd_x_m", "rd_y_m"]].to_numpy(dtype=np.float64)
    pair, at, away = _nearest(where, xy, source, target)
    access = away * rural / METRES_PER_KM
    near = np.flatnonzero(access <= most_access_km)
    new_node = len(nodes) + np.arange(len(near))
    source2, target2, km2 = _split(source, target, km, pair[near], at[near], new_node)
    loose, gate = _loose_ends(nodes, np.union1d(source, target))
    far = np.linalg.norm(xy[loose] - xy[gate], axis=1) / METRES_PER_KM * rural
    far = np.maximum(far, _LEAST_KM)
    length = np.concatenate([km2, far, far])
    trucks = flows["trucks_per_year"].to_numpy(dtype=np.float64)
    per_day = trucks / region.assumption("working_days_per_year")
    return RegionFlows(
        Roads(
            len(nodes) + len(near),
            np.concatenate([source2, loose, gate]),
            np.concatenate([target2, gate, loose]),
            length,
            np.full(len(length), region.assumption("speed_motorway_kmh")),
        ),
        np.array([place[str(node)] for node in flows["origin"]], dtype=np.int64),
        np.array([place[str(node)] for node in flows["destination"]], dtype=np.int64),
        per_day[:, None] * electric_flow_share(region, years),
        near,
        new_node,
        access[near],
    )


def region_windows(
    region: Region,
    years: tuple[int, ...],
    sites: pd.DataFrame | None = None,
    *,
    truck: Truck | None = None,
    detour_km: float = 10.0,
    most_access_km: float = 5.0,
    merge: bool = True,
) -> TruckWindows:
    """Windows of the truck flows of a region; ``pair_site`` are rows of the table of sites.

    Parameters are those of `region_flows` and `bundling.siting.truck_flows.truck_windows`.
    """
    found = region_flows(region, years, sites, most_access_km=most_access_km)
    made = truck_windows(
        found.roads,
        found.origin,
        found.destination,
        found.trucks_per_day,
        found.site_node,
        site_access_km=found.access_km,
        truck=truck,
        detour_km=detour_km,
        merge=merge,
    )
    values = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return TruckWindows(**{**values, "pair_site": found.site[made.pair_site]})


def _nearest(
    where: FloatArray, xy: FloatArray, source: IntArray, target: IntArray
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Edge whose straight line is nearest to each place, how far along it, and the distance, m."""
    if not len(source):
        count = len(where)
        return np.zeros(count, np.int64), np.zeros(count), np.full(count, np.inf)
    begin, step = xy[source], xy[target] - xy[source]
    square = (step**2).sum(axis=1)
    along = ((where[:, None] - begin) * step).sum(axis=2) / np.where(square > 0, square, 1.0)
    along = np.clip(along, 0.0, 1.0)
    away = np.linalg.norm(where[:, None] - begin - along[:, :, None] * step, axis=2)
    best = away.argmin(axis=1).astype(np.int64)
    row = np.arange(len(where))
    return best, along[row, best], away[row, best]


def _split(
    source: IntArray,
    target: IntArray,
    km: FloatArray,
    edge: IntArray,
    along: FloatArray,
    node: IntArray,
) -> tuple[IntArray, IntArray, FloatArray]:
    """Put nodes on edges, and on the edges the other way where these are."""
    by_ends = {(int(a), int(b)): i for i, (a, b) in enumerate(zip(source, target, strict=True))}
    on: dict[int, list[tuple[float, int]]] = {}
    for i, share, new in zip(edge.tolist(), along.tolist(), node.tolist(), strict=True):
        on.setdefault(i, []).append((share, new))
        back = by_ends.get((int(target[i]), int(source[i])))
        if back is not None:
            on.setdefault(back, []).append((1.0 - share, new))
    kept = np.array([i not in on for i in range(len(source))], dtype=bool)
    begin, end, length = source[kept].tolist(), target[kept].tolist(), km[kept].tolist()
    for i, places in on.items():
        here, gone = int(source[i]), 0.0
        for share, new in [*sorted(places), (1.0, int(target[i]))]:
            begin.append(here)
            end.append(new)
            length.append((share - gone) * float(km[i]))
            here, gone = new, share
    return (
        np.array(begin, dtype=np.int64),
        np.array(end, dtype=np.int64),
        np.array(length, dtype=np.float64),
    )
