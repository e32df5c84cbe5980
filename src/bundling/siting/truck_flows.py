"""Truck flows that must charge on their way, as linked demand: a site for each of their windows.

A flow is served as far as each of its windows is: all windows of a flow to the same share.
`bundling.siting.truck_windows` says what a window is, proves that any choice of one site per window
is feasible, and what is given up for it.

Drivers rest 45 minutes after 4.5 hours; a truck charges in such a break, and takes no more than its
power gives in it. Breaks at other places are not planned; where a flow needs more stops than the
driver has breaks, `TruckWindows.extra_stops` counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.truck_paths import Stops, Ways, stops, ways
from bundling.siting.truck_windows import Stretches, stretches

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NO_WAY = "no way leads from origin to destination"
NO_SITES = "no site lies within the detour of the way"
NO_REACH = "no choice of these sites keeps the battery above its reserve"


@dataclass(frozen=True)
class Truck:
    """Electric truck and its driver.

    Attributes
    ----------
    battery_kwh, kwh_per_km
        Battery and use; own assumption 600 kWh and 1.2 kWh/km (tractor of 40 t, ICCT 2025).
    start_share, reserve_share, end_share
        Share of the battery at the origin, that is never used, and wished at the destination.
    charge_kw
        Power into the battery at a site.
    break_h, drive_h
        Break in which it charges, and driving time before it: Regulation (EC) 561/2006, article 7.
    """

    battery_kwh: float = 600.0
    kwh_per_km: float = 1.2
    start_share: float = 0.9
    reserve_share: float = 0.1
    end_share: float = 0.2
    charge_kw: float = 350.0
    break_h: float = 0.75
    drive_h: float = 4.5

    @property
    def stop_kwh(self) -> float:
        """Most energy that one stop gives: of the break, and of the battery above the reserve."""
        room = self.battery_kwh * (1.0 - self.reserve_share)
        return min(room, self.charge_kw * self.break_h)


@dataclass(frozen=True, eq=False)
class Roads:
    """Road network: N nodes, and directed edges with length and speed."""

    nodes: int
    source: IntArray
    target: IntArray
    km: FloatArray
    kmh: FloatArray


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
    raise_if(_faults(roads, start, end, volume, node, access, car, detour_km))
    found = ways(roads.nodes, roads.source, roads.target, roads.km, roads.kmh, start, end)
    near = stops(
        found, roads.nodes, roads.source, roads.target, roads.km, node, access, detour_km
    )  # fmt: skip
    limits = in_km(car)
    enough = found.km + limits["end_km"] <= limits["start_km"]
    asks = np.flatnonzero(np.isfinite(found.km) & ~enough & (volume > 0).any(axis=1))
    cut = stretches(near, asks, found.km, most_stops=most_stops, **limits)
    reasons = _reasons(found, near, cut)
    return _packed(found, near, cut, volume, car, reasons, np.flatnonzero(enough), merge)


def in_km(truck: Truck) -> dict[str, float]:
    """Battery in kilometres of driving above the reserve; see `truck_windows.stretches`."""
    share = truck.battery_kwh / truck.kwh_per_km
    return {
        "start_km": share * (truck.start_share - truck.reserve_share),
        "full_km": share * (1.0 - truck.reserve_share),
        "end_km": share * (truck.end_share - truck.reserve_share),
        "stop_km": truck.stop_kwh / truck.kwh_per_km,
    }


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
        held = tuple(
            np.sort(near.site[cut.first[w] : cut.last[w]]).tobytes() for w in range(first, last)
        )
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
            sites = np.sort(near.site[cut.first[at[0]] : cut.last[at[0]]])
            away = np.zeros(len(sites))
            for w, part in zip(at.tolist(), weight.tolist(), strict=True):
                inside = slice(int(cut.first[w]), int(cut.last[w]))
                away += part * near.detour_km[inside][np.argsort(near.site[inside])]
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


def _faults(
    roads: Roads,
    origin: IntArray,
    destination: IntArray,
    volume: FloatArray,
    site_node: IntArray,
    access_km: FloatArray,
    truck: Truck,
    detour_km: float,
) -> list[Fault]:
    def rows(bad: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(str(row + 1) for row in np.flatnonzero(bad))

    faults = []
    lists = {
        ("roads", "source"): roads.source,
        ("roads", "target"): roads.target,
        ("flows", "origin"): origin,
        ("flows", "destination"): destination,
        ("sites", "node"): site_node,
    }
    for (table, column), value in lists.items():
        bad = (value < 0) | (value >= roads.nodes)
        if bad.any():
            rule = f"is no node from 0 to {roads.nodes - 1}"
            faults.append(Fault(table, column, rows(bad), rule, "Use a node of the network."))
    least = {
        ("roads", "km"): (roads.km, False),
        ("roads", "kmh"): (roads.kmh, True),
        ("flows", "trucks_per_day"): (volume, False),
        ("sites", "access_km"): (access_km, False),
        ("detour", "detour_km"): (np.array([detour_km]), False),
    }
    for (table, column), (number, above) in least.items():
        bad = ~(np.isfinite(number) & ((number > 0) if above else (number >= 0)))
        if bad.any():
            rule = f"is not a number {'above' if above else 'of at least'} 0"
            bad = bad.any(axis=1) if bad.ndim == 2 else bad
            faults.append(Fault(table, column, rows(bad), rule, "Give one."))
    if not len(origin) == len(destination) == len(volume):
        rule = f"{len(origin)} origins, {len(destination)} destinations, {len(volume)} volumes"
        faults.append(Fault("flows", "", (), rule, "Give as many of each."))
    sizes = {len(roads.source), len(roads.target), len(roads.km), len(roads.kmh)}
    if len(sizes) > 1:
        rule = "source, target, km and kmh differ in length"
        faults.append(Fault("roads", "", (), rule, "Give one of each for an edge."))
    return faults + _truck_faults(truck)


def _truck_faults(truck: Truck) -> list[Fault]:
    faults = []
    for one in fields(truck):
        value, share = getattr(truck, one.name), one.name.endswith("_share")
        good = 0.0 <= value <= 1.0 if share else np.isfinite(value) and value > 0
        if not good:
            rule = f"{value:g} is not {'a share from 0 to 1' if share else 'above 0'}"
            faults.append(Fault("truck", one.name, (), rule, "Give another."))
    if not faults and not truck.reserve_share < min(truck.start_share, 1.0):
        rule = f"{truck.start_share:g} leaves nothing above the reserve {truck.reserve_share:g}"
        faults.append(Fault("truck", "start_share", (), rule, "Give more."))
    if not faults and truck.end_share < truck.reserve_share:
        rule = f"{truck.end_share:g} is less than the reserve {truck.reserve_share:g}"
        faults.append(Fault("truck", "end_share", (), rule, "Give at least the reserve."))
    return faults
