"""Scheduled service network design: departures, vehicles and waiting, as a design in time.

Every place has a node for each slot in which something can happen there; a service is an arc from
its departure to its arrival, waiting is an arc to the next such slot of the same place. What comes
out is a `DesignProblem`, so the same search, bound and checker serve both. T. G. Crainic, "Service
network design in freight transportation", European Journal of Operational Research 122 (2000)
272-288; only slots in which goods or services can begin or arrive are kept, which loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError
from bundling.location.design.problem import DesignProblem, network_design

_SERVICES = ("from", "to", "departure_slot", "arrival_slot", "capacity", "fixed_cost")
_GOODS = ("from", "to", "release_slot", "due_slot", "quantity")


def service_network_design(
    services: pd.DataFrame,
    commodities: pd.DataFrame,
    *,
    holding_cost: float | Mapping[str, float] = 0.0,
    unit: str = "EUR",
) -> DesignProblem:
    """Choose departures and their vehicles so that all goods arrive in time at the least cost.

    Parameters
    ----------
    services
        ``from``, ``to``, ``departure_slot``, ``arrival_slot``, ``capacity`` of a vehicle,
        ``fixed_cost`` of a vehicle on this departure; and where they differ ``unit_cost`` (0),
        ``most_vehicles`` (1), ``service_id``.
    commodities
        ``from``, ``to``, ``release_slot``, ``due_slot``, ``quantity``, and ``commodity_id``.
    holding_cost
        Of a unit that waits one slot, at all places or by place (others 0); goods that arrive
        early wait at their destination until they are due.
    unit
        Unit of all costs.

    Returns
    -------
    DesignProblem
        Nodes are ``place@slot``; arcs the services, then ``wait place slot-slot``. Vehicles are the
        `facilities` of an arc; arcs of waiting have room for all and cost nothing to open.

    Raises
    ------
    bundling.InputError
        With every missing column and broken rule at once.
    """
    wrong = [
        *_faults("services", services, _SERVICES, ("departure_slot", "arrival_slot")),
        *_faults("commodities", commodities, _GOODS, ("release_slot", "due_slot")),
    ]
    if wrong:
        raise InputError(wrong)
    leaves = _events(services, "from", "departure_slot")
    arrives = _events(services, "to", "arrival_slot")
    begins = _events(commodities, "from", "release_slot")
    ends = _events(commodities, "to", "due_slot")
    slots: dict[str, set[int]] = {}
    for place, slot in (*leaves, *arrives, *begins, *ends):
        slots.setdefault(place, set()).add(slot)
    waits, cost, waiting_ids = [], [], []
    for place, times in slots.items():
        per_slot = holding_cost if isinstance(holding_cost, (int, float)) else holding_cost.get(
            place, 0.0
        )  # fmt: skip
        ordered = sorted(times)
        for first, then in pairwise(ordered):
            waits.append(((place, first), (place, then)))
            cost.append(float(per_slot) * (then - first))
            waiting_ids.append(f"wait {place} {first}-{then}")
    arcs = [*zip(leaves, arrives, strict=True), *waits]
    free = np.zeros(len(waits))

    def column(name: str, default: float, rest: float) -> Any:
        given = services[name].to_numpy(dtype=np.float64) if name in services else default
        mine = np.broadcast_to(np.asarray(given, dtype=np.float64), (len(services),))
        return np.concatenate([mine, np.full(len(waits), rest)])

    names = [f"{p}@{s} -> {q}@{t}" for (p, s), (q, t) in zip(leaves, arrives, strict=True)]
    if "service_id" in services:
        names = services["service_id"].astype(str).tolist()
    else:
        names = [f"{name} #{row}" if names.count(name) > 1 else name
                 for row, name in enumerate(names)]  # fmt: skip
    unit_cost = column("unit_cost", 0.0, 0.0)
    unit_cost[len(services) :] = cost
    return network_design(
        [(_node(first), _node(second)) for first, second in arcs],
        [(_node(first), _node(second)) for first, second in zip(begins, ends, strict=True)],
        unit_cost=unit_cost,
        fixed_cost=np.concatenate([services["fixed_cost"].to_numpy(dtype=np.float64), free]),
        quantity=commodities["quantity"].to_numpy(dtype=np.float64),
        capacity=column("capacity", np.inf, np.inf),
        most_facilities=column("most_vehicles", 1.0, 1.0),
        arc_ids=[*names, *waiting_ids],
        commodity_ids=commodities["commodity_id"].astype(str).tolist()
        if "commodity_id" in commodities
        else None,
        unit=unit,
    )


def _node(event: tuple[str, int]) -> str:
    return f"{event[0]}@{event[1]}"


def _events(frame: pd.DataFrame, place: str, slot: str) -> list[tuple[str, int]]:
    return list(zip(frame[place].astype(str), frame[slot].astype(int), strict=True))


def _faults(
    table: str, frame: pd.DataFrame, needed: tuple[str, ...], slots: tuple[str, str]
) -> list[Fault]:
    missing = [name for name in needed if name not in frame]
    if missing:
        return [Fault(table, name, (), "is missing", "Add the column.") for name in missing]
    found = []
    optional = [name for name in ("unit_cost", "most_vehicles") if name in frame]
    for name in (*needed[2:], *optional):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        bad = numbers.isna()
        if name in slots:
            bad |= numbers != np.floor(numbers)
        if bad.any():
            rows = tuple(str(row + 1) for row in np.flatnonzero(bad))
            kind = "a whole number" if name in slots else "a number"
            found.append(Fault(table, name, rows, f"is not {kind}", f"Give {kind}."))
    if not found:
        late = frame[slots[1]].to_numpy() <= frame[slots[0]].to_numpy()
        if late.any():
            rows = tuple(str(row + 1) for row in np.flatnonzero(late))
            rule = f"is not after {slots[0]}"
            found.append(Fault(table, slots[1], rows, rule, "Give a later slot."))
    return found
