"""Inputs of truck flows: the truck and its driver, the roads, and what can be wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


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


def in_km(truck: Truck) -> dict[str, float]:
    """Battery in kilometres of driving above the reserve; see `truck_windows.stretches`."""
    share = truck.battery_kwh / truck.kwh_per_km
    return {
        "start_km": share * (truck.start_share - truck.reserve_share),
        "full_km": share * (1.0 - truck.reserve_share),
        "end_km": share * (truck.end_share - truck.reserve_share),
        "stop_km": truck.stop_kwh / truck.kwh_per_km,
    }


def faults(
    roads: Roads,
    origin: IntArray,
    destination: IntArray,
    volume: FloatArray,
    site_node: IntArray,
    access_km: FloatArray,
    truck: Truck,
    detour_km: float,
) -> list[Fault]:
    """Find everything wrong with a network, flows, sites and a truck."""

    def rows(bad: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(str(row + 1) for row in np.flatnonzero(bad))

    found = []
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
            found.append(Fault(table, column, rows(bad), rule, "Use a node of the network."))
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
            found.append(Fault(table, column, rows(bad), rule, "Give one."))
    if not len(origin) == len(destination) == len(volume):
        rule = f"{len(origin)} origins, {len(destination)} destinations, {len(volume)} volumes"
        found.append(Fault("flows", "", (), rule, "Give as many of each."))
    sizes = {len(roads.source), len(roads.target), len(roads.km), len(roads.kmh)}
    if len(sizes) > 1:
        rule = "source, target, km and kmh differ in length"
        found.append(Fault("roads", "", (), rule, "Give one of each for an edge."))
    return found + _truck_faults(truck)


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
