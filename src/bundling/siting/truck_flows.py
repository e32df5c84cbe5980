"""Truck flows that must charge on their way, as linked demand: a site for each of their windows.

A flow is served as far as each of its windows is: all windows of a flow to the same share.
`bundling.siting.truck_windows` says what a window is, proves that any choice of one site per window
is feasible, and what is given up for it.

Drivers rest 45 minutes after 4.5 hours; a truck charges in such a break, and takes no more than its
power gives in it. Breaks at other places are not planned; where a flow needs more stops than the
driver has breaks, `TruckWindows.extra_stops` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import raise_if
from bundling.siting.truck_inputs import Roads, Truck, faults, in_km
from bundling.siting.truck_paths import Stops, Ways, stops, ways
from bundling.siting.truck_windows import Stretches, stretches

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NO_WAY = "no way leads from origin to destination"
NO_SITES = "no site lies within the detour of the way"
NO_REACH = "no choice of these sites keeps the battery above its reserve"


@dataclass(frozen=True, eq=False)
class TruckWindows:
    """Linked demand of truck flows; F groups of flows, W windows, P pairs, Y years.

    Attributes
    ----------
    trucks_per_day
        Trucks of each group [F, Y].
    group_of_flow
        Group of each flow that was asked for; -1 where it has none.
    window_flow
        Group of each window, ascending; the windows of a group are served to one share [W].
    window_kwh_per_truck
        Energy that each truck takes in the window, detours included; mean over the flows of a
        group, by trucks of all years [W].
    pair_window, pair_site, pair_detour_km
        Sites of each window, and the way to them and back; mean over a group as well [P].
    never_needs
        Flows that get there without charging.
    unserved, unserved_reason
        Flows that no windows were found for, and why.
    extra_stops
        Stops of each group beyond the breaks its driver takes anyway [F].
    """

    trucks_per_day: FloatArray
    group_of_flow: IntArray
    window_flow: IntArray
    window_kwh_per_truck: FloatArray
    pair_window: IntArray
    pair_site: IntArray
    pair_detour_km: FloatArray
    never_needs: IntArray
    unserved: IntArray
    unserved_reason: tuple[str, ...]
    extra_stops: IntArray


def truck_windows(
    roads: Roads,
    origin: ArrayLike,
    destination: ArrayLike,
    trucks_per_day: ArrayLike,
    site_node: ArrayLike,
    *,
    site_access_km: ArrayLike = 0.0,
    truck: Truck | None = None,
    detour_km: float = 10.0,
    most_stops: int = 6,
    spare_stops: int = 0,
    merge: bool = True,
) -> TruckWindows:
    """Windows of truck flows.

    Parameters
    ----------
    roads
        The network.
    origin, destination
        Nodes of each flow.
    trucks_per_day
        Electric trucks a day by year, one row a flow.
    site_node, site_access_km
        Node of each site, and the road from the node to it, one way.
    truck
        Truck and driver; the defaults of `Truck` when None.
    detour_km
        Longest way from the route to a site and back.
    most_stops
        Flows that need more charging stops than this count as unserved.
    spare_stops
        How many stops more than the least number a truck may make for windows with more sites.
    merge
        Whether flows whose windows hold the same sites become one group.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    car = Truck() if truck is None else truck
    start, end = np.asarray(origin, dtype=np.int64), np.asarray(destination, dtype=np.int64)
    volume = np.asarray(trucks_per_day, dtype=np.float64)
    volume = volume[:, None] if volume.ndim == 1 else volume
    node = np.asarray(site_node, dtype=np.int64)
    access = np.broadcast_to(np.asarray(site_access_km, dtype=np.float64), node.shape)
    raise_if(faults(roads, start, end, volume, node, access, car, detour_km))
    found = ways(roads.nodes, roads.source, roads.target, roads.km, roads.kmh, start, end)
    near = stops(
        found, roads.nodes, roads.source, roads.target, roads.km, node, access, detour_km
    )  # fmt: skip
    limits = in_km(car)
    enough = found.km + limits["end_km"] <= limits["start_km"]
    asks = np.flatnonzero(np.isfinite(found.km) & ~enough & (volume > 0).any(axis=1))
    cut = stretches(near, asks, found.km, most_stops=most_stops, spare_stops=spare_stops, **limits)
    reasons = _reasons(found, near, cut)
    return _packed(found, near, cut, volume, car, reasons, np.flatnonzero(enough), merge)


def _reasons(found: Ways, near: Stops, cut: Stretches) -> dict[int, str]:
    reasons = dict.fromkeys(np.flatnonzero(~np.isfinite(found.km)).tolist(), NO_WAY)
    near_any = np.isin(cut.unserved, near.flow)
    for flow, some in zip(cut.unserved.tolist(), near_any.tolist(), strict=True):
        reasons[flow] = NO_REACH if some else NO_SITES
    return dict(sorted(reasons.items()))


def _packed(
    found: Ways,
    near: Stops,
    cut: Stretches,
    volume: FloatArray,
    truck: Truck,
    reasons: dict[int, str],
    never: IntArray,
    merge: bool,
) -> TruckWindows:
    """Join flows with equal windows to groups, and lay out the arrays."""
    flows, begin = np.unique(cut.flow, return_index=True)
    until = np.searchsorted(cut.flow, flows, side="right")
    groups: dict[object, list[int]] = {}
    for i, (first, last) in enumerate(zip(begin, until, strict=True)):
        held = tuple(near.site[_inside(near, cut, w)].tobytes() for w in range(first, last))
        groups.setdefault(held if merge else i, []).append(i)
    group_of = np.full(len(volume), -1, dtype=np.int64)
    trucks, extra = np.zeros((len(groups), volume.shape[1])), np.zeros(len(groups), dtype=np.int64)
    window_flow: list[int] = []
    kwh: list[float] = []
    pair_window: list[IntArray] = []
    pair_site: list[IntArray] = []
    pair_km: list[FloatArray] = []
    for g, members in enumerate(groups.values()):
        mine = flows[members]
        group_of[mine] = g
        trucks[g] = volume[mine].sum(axis=0)
        weight = volume[mine].sum(axis=1) / volume[mine].sum()
        count = int(until[members[0]] - begin[members[0]])
        breaks = np.ceil(found.hours[mine] / truck.drive_h - 1e-9) - 1.0
        extra[g] = int(max(0.0, count - breaks.min()))
        for k in range(count):
            at = begin[members] + k
            sites = near.site[_inside(near, cut, int(at[0]))]
            away = np.zeros(len(sites))
            for w, part in zip(at.tolist(), weight.tolist(), strict=True):
                away += part * near.detour_km[_inside(near, cut, w)]
            pair_window.append(np.full(len(sites), len(window_flow), dtype=np.int64))
            pair_site.append(sites)
            pair_km.append(away)
            window_flow.append(g)
            kwh.append(float(weight @ cut.take_km[at]) * truck.kwh_per_km)
    none = np.zeros(0, dtype=np.int64)
    return TruckWindows(
        trucks,
        group_of,
        np.array(window_flow, dtype=np.int64),
        np.array(kwh, dtype=np.float64),
        np.concatenate([none, *pair_window]),
        np.concatenate([none, *pair_site]),
        np.concatenate([np.zeros(0), *pair_km]),
        never,
        np.array(list(reasons), dtype=np.int64),
        tuple(reasons.values()),
        extra,
    )


def _inside(near: Stops, cut: Stretches, window: int) -> IntArray:
    """Return the stops of a window, by site."""
    stop = np.arange(cut.first[window], cut.last[window])
    stop = stop[near.detour_km[stop] <= cut.most_detour_km[window] + 1e-6]
    by_site: IntArray = stop[np.argsort(near.site[stop])]
    return by_site
