r"""Who is on which plug, as columns and rows of the charging model.

Plugs of one power are alike, so the model says how many of each power are in use and leaves the
names for later (`bundling.energy.seats`): stays and sessions are spans of time, and spans of
which no more than n overlap can be laid on n plugs. With powers ``g``, ``n[g]`` plugs of each, and
``cap[j,g,t]`` the highest mean power of vehicle ``j`` on a plug of power ``g``::

    rule "stay", x[j,g] in {0,1}:
        one         sum_g x[j,g] <= 1
        power       p[j,t] <= sum_g cap[j,g,t] x[j,g]
        energy      h sum_t p[j,t] <= sum_g min(need[j], h sum_t cap[j,g,t]) x[j,g]
        room        sum over j parked at an instant of x[j,g] <= n[g]

    rule "session", z[j,g,t] in {0,1} (on a plug of power g in slot t):
        begins      b[j,g,t] >= z[j,g,t] - z[j,g,t-1]
        one         sum_{g,t} b[j,g,t] <= 1
        power       p[j,t] <= sum_g cap[j,g,t] z[j,g,t]
        room        sum_j z[j,g,t] <= n[g]

Plugs that give a vehicle the same power are still told apart where their numbers are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.assets import Plugs
from bundling.energy.problem import EnergyProblem
from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class PlugColumns:
    """Where the columns of the plugs stand.

    Attributes
    ----------
    vehicle, kind
        Vehicle and power of each column `on`.
    slot
        Slot of each column `on` under the rule ``"session"``; empty under ``"stay"``.
    on
        Positions of x or z.
    begins
        Positions of b; empty under ``"stay"``.
    """

    vehicle: IntArray
    kind: IntArray
    slot: IntArray
    on: IntArray
    begins: IntArray


def kinds_of(plugs: Plugs) -> tuple[FloatArray, IntArray]:
    """Return the different powers, strongest first, and how many plugs have each."""
    power, count = np.unique(plugs.kw, return_counts=True)
    return power[::-1].copy(), count[::-1].astype(np.int64)


def cap_kw(problem: EnergyProblem, plug_kw: float) -> FloatArray:
    """Highest mean power of every vehicle in every slot on a plug of `plug_kw`; shape (J, T)."""
    limits = problem.limit_kw
    power = np.minimum(problem.charge_kw, problem.charger_kw)
    if problem.plugs is not None:
        power = np.minimum(power, problem.plugs.kw.max(initial=0.0))
    share = np.divide(limits, power[:, None], out=np.zeros_like(limits), where=power[:, None] > 0)
    capped: FloatArray = np.minimum(power, plug_kw)[:, None] * share
    return capped


def room_rows(problem: EnergyProblem) -> list[IntArray]:
    """Return the vehicles parked at each instant that matters, without sets within others."""
    present = (problem.limit_kw > 0).any(axis=1) & (problem.need_kwh > 0)
    instants = np.unique(problem.arrival_s[present])
    sets: list[IntArray] = []
    for instant in instants:
        here = present & (problem.arrival_s <= instant) & (instant < problem.departure_s)
        members = np.flatnonzero(here)
        if sets and set(sets[-1].tolist()) <= set(members.tolist()):
            sets.pop()
        sets.append(members)
    return sets


def plugs_bind(problem: EnergyProblem) -> bool:
    """Whether who is on which plug matters: plugs differ, or are fewer than vehicles at once."""
    plugs = problem.plugs
    present = (problem.limit_kw > 0) & (problem.need_kwh > 0)[:, None]
    if plugs is None or plugs.num_plugs == 0 or not present.any():
        return False  # without plugs nobody has any power to charge with
    if (plugs.kw != plugs.kw[0]).any():
        return True
    if plugs.rule == "session":
        return int(present.sum(axis=0).max(initial=0)) > plugs.num_plugs
    return max((members.size for members in room_rows(problem)), default=0) > plugs.num_plugs


def add_plugs(
    model: LinearModel,
    problem: EnergyProblem,
    vehicle: IntArray,
    slot: IntArray,
    power: IntArray,
    *,
    loose: bool = False,
) -> PlugColumns:
    """Add plugs to a model with a power column for each pair of `vehicle` and `slot`.

    `loose` leaves out that a session is one unbroken run. As a linear model that is 20 times
    faster (50 vehicles on 15 plugs: 0.6 s instead of 20 s by simplex, 3.4 s by interior point),
    and its bound is 1 % lower.
    """
    assert problem.plugs is not None
    kinds, count = kinds_of(problem.plugs)
    caps = np.array([cap_kw(problem, float(kw)) for kw in kinds]).reshape(
        kinds.size, problem.num_vehicles, problem.num_slots
    )
    if problem.plugs.rule == "stay":
        return _stays(model, problem, vehicle, slot, power, caps, count)
    return _sessions(model, problem, vehicle, slot, power, caps, count, loose)


def _stays(
    model: LinearModel,
    problem: EnergyProblem,
    vehicle: IntArray,
    slot: IntArray,
    power: IntArray,
    caps: FloatArray,
    count: IntArray,
) -> PlugColumns:
    vehicles, kinds, hours = problem.num_vehicles, count.size, problem.slot_h
    on = model.add_columns("on", (vehicles, kinds), upper=1.0, integer=True)
    pairs, every = np.arange(power.size), np.arange(vehicles)
    whole = np.minimum(problem.need_kwh, hours * caps.sum(axis=2))  # kinds x vehicles
    model.add_rows(
        "power",
        power.size,
        (pairs, power, 1.0),
        *((pairs, on[vehicle, kind], -caps[kind, vehicle, slot]) for kind in range(kinds)),
        upper=0.0,
    )
    model.add_rows(
        "energy",
        vehicles,
        (vehicle, power, hours),
        *((every, on[:, kind], -whole[kind]) for kind in range(kinds)),
        upper=0.0,
    )
    model.add_rows("one", vehicles, (every[:, None], on, 1.0), upper=1.0)
    for members in room_rows(problem):
        model.add_rows("room", kinds, (np.arange(kinds)[None, :], on[members], 1.0), upper=count)
    kind = np.broadcast_to(np.arange(kinds), (vehicles, kinds)).ravel()
    none = np.zeros(0, dtype=np.int64)
    return PlugColumns(np.repeat(every, kinds), kind, none, on.ravel(), none)


def _sessions(
    model: LinearModel,
    problem: EnergyProblem,
    vehicle: IntArray,
    slot: IntArray,
    power: IntArray,
    caps: FloatArray,
    count: IntArray,
    loose: bool,
) -> PlugColumns:
    kinds, size = count.size, power.size
    on = model.add_columns("on", (kinds, size), upper=1.0, integer=True)
    begins = model.add_columns("begins", (kinds, size), upper=1.0)
    pairs = np.arange(size)
    model.add_rows(
        "power",
        size,
        (pairs, power, 1.0),
        *((pairs, on[kind], -caps[kind, vehicle, slot]) for kind in range(kinds)),
        upper=0.0,
    )
    for kind in range(kinds):
        model.add_rows("room", problem.num_slots, (slot, on[kind], 1.0), upper=count[kind])
    if not loose:
        _unbroken(model, problem.num_vehicles, vehicle, slot, on, begins)
    return PlugColumns(
        np.tile(vehicle, kinds),
        np.repeat(np.arange(kinds), size),
        np.tile(slot, kinds),
        on.ravel(),
        begins.ravel(),
    )


def _unbroken(
    model: LinearModel,
    vehicles: int,
    vehicle: IntArray,
    slot: IntArray,
    on: IntArray,
    begins: IntArray,
) -> None:
    """Let a session begin once."""
    # Pairs stand by vehicle and slot, so the slot before is the pair before, when it is there.
    size, pairs = vehicle.size, np.arange(vehicle.size)
    follows = (np.diff(vehicle, prepend=-1) == 0) & (np.diff(slot, prepend=-1) == 1)
    after = np.flatnonzero(follows)
    for kind in range(on.shape[0]):
        model.add_rows(
            "begins",
            size,
            (pairs, on[kind], 1.0),
            (pairs, begins[kind], -1.0),
            (after, on[kind, after - 1], -1.0),
            upper=0.0,
        )
    model.add_rows(
        "one",
        vehicles,
        *((vehicle, begins[kind], 1.0) for kind in range(on.shape[0])),
        upper=1.0,
    )
