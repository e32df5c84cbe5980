"""A week of a building site: loads by day, tickets at the gate, and a hub that bundles small loads.

A template of `bundling.hubs.scheduled`. The site is one place a working day, since what arrives a
day early is in the way; a ticket is a sailing that one vehicle with its load may take. Without a
hub every small load drives to the site by itself. With one, a supplier may bring the week's loads
together, and the hub takes to the site, each day, what that day needs. Suppliers' freight of the
week is ready on Monday, for which it must have been ordered earlier.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.hubs.templates.construction_site import Site, construction_figures
from bundling.hubs.templates.tickets import Ticket, deal_tickets
from bundling.hubs.templates.trucks import Trip, Trucks
from bundling.network import PlaneNetwork
from bundling.units import SECONDS_PER_HOUR

DAYS: Final = ("mon", "tue", "wed", "thu", "fri")
_HOURS = 24
_FULL = " (full loads)"


@dataclass(frozen=True, eq=False)
class ConstructionWeek:
    """A week of one phase.

    Attributes
    ----------
    problem
        The week as a day of departures of 120 hours.
    late
        Whether a sailing is a ticket after closing [Q].
    """

    problem: ScheduledProblem
    late: np.ndarray


def construction_week(
    site: Site, loads: Mapping[str, float], *, hub: bool, scale: float = 1.0
) -> ConstructionWeek:
    """Pose a week of a phase.

    Loads are spread over suppliers by their weights and over the five days in turn.

    Parameters
    ----------
    site
        The site.
    loads
        ``small_loads_per_week``, ``pallets_per_small_load``, ``full_loads_per_week``: a row of
        `construction_phases`.
    hub
        Whether there is a hub.
    scale
        Times the loads: a larger or smaller building.

    Raises
    ------
    bundling.InputError
        Small loads that are larger than their vehicle, vehicles that may not enter the zone, and
        more loads in a day than unload before midnight.
    """
    week = _Week(site, loads, hub, scale)
    raise_if(week.faults())
    return week.pose()


class _Week:
    def __init__(self, site: Site, loads: Mapping[str, float], hub: bool, scale: float) -> None:
        self.site, self.hub = site, hub
        self.figure = construction_figures(site.figures)
        self.pallets = float(loads["pallets_per_small_load"])
        suppliers = site.suppliers.astype({"supplier_id": str})
        self.small = _spread(suppliers, "small_share", scale * loads["small_loads_per_week"])
        self.full = _spread(suppliers, "full_share", scale * loads["full_loads_per_week"])
        ids = suppliers["supplier_id"].tolist()
        xy = suppliers[["x_m", "y_m"]].to_numpy(float).tolist()
        # Full loads start at places of their own, since no hub can join them.
        self.names = [*ids, *(name + _FULL for name in ids), "hub", *(f"site {d}" for d in DAYS)]
        self.xy = np.array([*xy, *xy, site.hub_xy, *([site.site_xy] * len(DAYS))], float)
        network = PlaneNetwork.from_region(site.region) if site.network is None else site.network
        self.trucks = Trucks(site.region, self.xy, network, day=site.day, rules=site.rules)

    def room(self, vehicle: str) -> float:
        """Pallets that a vehicle type takes."""
        return self.figure[f"pallets_{self.trucks.row(vehicle)['vehicle_class']}"]

    def faults(self) -> list[Fault]:
        found, site = [], self.site
        if self.pallets > self.room(site.small_vehicle):
            rule = f"of {self.pallets:g} do not fit the vehicle type {site.small_vehicle}"
            remedy = "Give smaller loads, or a larger vehicle."
            found.append(Fault("phases", "pallets_per_small_load", (), rule, remedy))
        if site.zone_id is not None:
            used = [site.full_vehicle, *([site.hub_vehicle] if self.hub else [site.small_vehicle])]
            barred = tuple(v for v in used if not self.trucks.may_enter(v, site.zone_id))
            if barred:
                rule = f"may not enter {site.zone_id} on {site.day}"
                found.append(Fault("vehicle_types", "", barred, rule, "Use types that may."))
        most = site.gate.vehicles_per_hour * (_HOURS - site.gate.open_h)
        for k, day in enumerate(DAYS):
            count = sum(self.needs(k).values())
            if count > most:
                rule = f"{count} vehicles need a ticket on {day}, {most} unload before midnight"
                found.append(Fault("gate", "vehicles_per_hour", (), rule, "Allow more an hour."))
        return found

    def needs(self, day: int) -> dict[str, int]:
        """Tickets that a day can need, by source; the hub and full loads are served first."""
        small = {name: by_day[day] for name, by_day in self.small.items()}
        loads = sum(small.values())
        needs: dict[str, int] = {}
        if self.hub:
            needs["hub"] = math.ceil(loads * self.pallets / self.room(self.site.hub_vehicle))
        needs |= {name + _FULL: by_day[day] for name, by_day in self.full.items()}
        may = self.site.zone_id is None or self.trucks.may_enter(
            self.site.small_vehicle, self.site.zone_id
        )
        most = self.site.gate.vehicles_per_hour * (_HOURS - self.site.gate.open_h)
        if may and (not self.hub or sum(needs.values()) + loads <= most):
            needs |= small
        return needs

    def pose(self) -> ConstructionWeek:
        site, figure = self.site, self.figure
        unload_h = figure["unload_min"] / 60.0
        vehicle_of = {"hub": site.hub_vehicle}
        vehicle_of |= {name + _FULL: site.full_vehicle for name in self.full}
        trips = {
            name: self.trucks.trip(name, 2.0 * unload_h)
            for name in {site.small_vehicle, *site.batch_vehicles, site.full_vehicle,
                         site.hub_vehicle}
        }  # fmt: skip
        rows, late = [], []
        for k, _ in enumerate(DAYS):
            for ticket in deal_tickets(site.gate, self.needs(k)):
                vehicle = vehicle_of.get(ticket.source, site.small_vehicle)
                # A row a vehicle: several of one row would share loads that cannot be cut.
                for number in range(ticket.vehicles):
                    rows.append(self._sailing(k, ticket, number + 1, vehicle, trips[vehicle]))
                    late.append(ticket.late)
        slots = _HOURS * len(DAYS)
        tables: dict[str, pd.DataFrame] = {
            "locations": pd.DataFrame(
                {
                    "location_id": self.names, "x_m": self.xy[:, 0], "y_m": self.xy[:, 1],
                    "in_zone": [n.startswith("site ") and site.zone_id is not None
                                for n in self.names],
                }
            ),
            "hubs": pd.DataFrame(
                {
                    "hub_id": ["hub"], "location": ["hub"],
                    "fixed_eur": [figure["hub_fixed_eur_per_week"]],
                    "handling_eur_pallets": [figure["hub_handling_eur_per_pallet"]],
                    "dwell_slots": [math.ceil(figure["hub_dwell_h"])],
                }
            ).iloc[: int(self.hub)],
            "vehicles": pd.DataFrame(
                [{"vehicle_id": name, "mode": "road", "capacity_pallets": self.room(name),
                  "returns": False} for name in site.batch_vehicles]
            ),
            "lanes": self._lanes(trips),
            "sailings": pd.DataFrame(rows),
            "shipments": self._shipments(),
            "settings": pd.DataFrame(
                {"key": ["num_slots", "slot_s", "max_hubs"],
                 "value": [slots, SECONDS_PER_HOUR, int(self.hub)]}
            ),
        }  # fmt: skip
        return ConstructionWeek(ScheduledProblem.from_tables(tables), np.array(late, dtype=bool))

    def _sailing(
        self, day: int, ticket: Ticket, number: int, vehicle: str, trip: Trip
    ) -> dict[str, Any]:
        start, end = self.names.index(ticket.source), self.names.index(f"site {DAYS[day]}")
        arrive = _HOURS * day + ticket.hour
        return {
            "sailing_id": f"{DAYS[day]} {ticket.hour:02d}:00 {ticket.source} {number}",
            "mode": "road", "from": ticket.source, "to": f"site {DAYS[day]}",
            "depart_slot": max(0, arrive - math.ceil(trip.way_h[start, end])),
            "arrive_slot": arrive, "capacity_pallets": self.room(vehicle),
            "eur": trip.eur[start, end], "limit": 1, "km": trip.km[start, end],
            "co2e_kg": trip.co2e_kg[start, end], "nox_g": trip.nox_g[start, end],
        }  # fmt: skip

    def _lanes(self, trips: Mapping[str, Trip]) -> pd.DataFrame:
        """Suppliers of small loads to the hub; the way back is in the price, so nothing returns."""
        rows = []
        hub = self.names.index("hub")
        sent = [name for name, by_day in self.small.items() if sum(by_day)] if self.hub else []
        for name in sent:
            start = self.names.index(name)
            for vehicle in self.site.batch_vehicles:
                trip = trips[vehicle]
                rows.append(
                    {
                        "vehicle": vehicle, "from": name, "to": "hub",
                        "slots": max(1, math.ceil(trip.way_h[start, hub])),
                        "eur": trip.eur[start, hub], "km": trip.km[start, hub],
                        "co2e_kg": trip.co2e_kg[start, hub], "nox_g": trip.nox_g[start, hub],
                    }
                )  # fmt: skip
        columns = ["vehicle", "from", "to", "slots", "eur", "km", "co2e_kg", "nox_g"]
        return pd.DataFrame(rows, columns=columns)

    def _shipments(self) -> pd.DataFrame:
        room = self.room(self.site.full_vehicle)
        rows = []
        for loads, size, word in ((self.small, self.pallets, ""), (self.full, room, _FULL)):
            for name, by_day in loads.items():
                for day, count in enumerate(by_day):
                    rows += [
                        {
                            "shipment_id": f"{DAYS[day]} {name}{word} {k + 1}", "shipper": name,
                            "origin": name + word, "destination": f"site {DAYS[day]}",
                            "load_pallets": size, "release_slot": 0,
                            "due_slot": _HOURS * (day + 1) - 1,
                        }
                        for k in range(count)
                    ]  # fmt: skip
        return pd.DataFrame(rows)


def _spread(suppliers: pd.DataFrame, column: str, count: float) -> dict[str, list[int]]:
    """Spread loads over suppliers by weight (largest remainders), then over the days in turn."""
    total = round(count)
    weight = suppliers[column].to_numpy(float)
    share = total * weight / weight.sum()
    whole = np.floor(share).astype(int)
    first = np.argsort(whole - share, kind="stable")[: total - whole.sum()]
    whole[first] += 1
    spread: dict[str, list[int]] = {}
    turn = 0
    for name, loads in zip(suppliers["supplier_id"], whole.tolist(), strict=True):
        spread[name] = [0] * len(DAYS)
        for _ in range(loads):
            spread[name][turn % len(DAYS)] += 1
            turn += 1
    return spread
