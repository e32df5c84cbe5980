"""Which vehicle sits on which plug: numbers of plugs per power become named plugs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.assets import Plugs
from bundling.energy.plug_model import PlugColumns, cap_kw, kinds_of
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import Seats

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def seats_of(
    problem: EnergyProblem,
    columns: PlugColumns | None,
    values: FloatArray,
    power_kw: FloatArray,
) -> tuple[Seats, FloatArray]:
    """Lay the spans of a solved model on plugs.

    Parameters
    ----------
    problem
        What is asked; it has plugs.
    columns, values
        Columns of the plugs and the values of all columns; `columns` is None when who sits where
        does not matter, and then every vehicle that charges gets a plug.
    power_kw
        Power of the vehicles; what solver rounding left outside a span is cut off.

    Returns
    -------
    tuple
        Seats, and the power within them.
    """
    assert problem.plugs is not None
    charges = power_kw.max(axis=1, initial=0.0) > 1e-7
    kind = np.where(charges, 0, -1)
    first, end = stay_slots(problem)
    if columns is not None:
        on = values[columns.on] > 0.5
        kind = np.full(problem.num_vehicles, -1)
        kind[columns.vehicle[on]] = columns.kind[on]
        if problem.plugs.rule == "session":
            first, end = np.zeros_like(first), np.zeros_like(end)
            spans = np.full(problem.num_vehicles, problem.num_slots)
            np.minimum.at(spans, columns.vehicle[on], columns.slot[on])
            first = np.where(kind >= 0, spans, 0)
            np.maximum.at(end, columns.vehicle[on], columns.slot[on] + 1)
        kind = np.where(charges, kind, -1)
    first, end = np.where(kind >= 0, first, 0), np.where(kind >= 0, end, 0)
    power = power_kw.copy()
    kinds = kinds_of(problem.plugs)[0]
    caps = np.zeros_like(power)
    for number, kw in enumerate(kinds):
        caps[kind == number] = cap_kw(problem, float(kw))[kind == number]
    slots = np.arange(problem.num_slots)
    inside = (slots >= first[:, None]) & (slots < end[:, None])
    power = np.where(inside, np.minimum(power, caps), 0.0)
    return Seats(_named(problem, problem.plugs, kind, first, end), first, end), power


def stay_slots(problem: EnergyProblem) -> tuple[IntArray, IntArray]:
    """First slot of each vehicle's stay and the slot after its last one; 0 and 0 without any."""
    parked = problem.limit_kw > 0
    first = parked.argmax(axis=1) if problem.num_slots else np.zeros(0, dtype=int)
    end = problem.num_slots - parked[:, ::-1].argmax(axis=1)
    ever = parked.any(axis=1)
    return np.where(ever, first, 0).astype(np.int64), np.where(ever, end, 0).astype(np.int64)


def _named(
    problem: EnergyProblem, plugs: Plugs, kind: IntArray, first: IntArray, end: IntArray
) -> IntArray:
    """Give each span the plug of its kind that has been free longest; -1 for no span."""
    kinds = kinds_of(plugs)[0]
    by_stay = plugs.rule == "stay"
    begins = problem.arrival_s if by_stay else first.astype(np.float64)
    ends = problem.departure_s if by_stay else end.astype(np.float64)
    plug = np.full(problem.num_vehicles, -1, dtype=np.int64)
    for number, kw in enumerate(kinds):
        same = np.flatnonzero(plugs.kw == kw)
        free_from = np.full(same.size, -np.inf)
        members = np.flatnonzero(kind == number)
        for j in members[np.lexsort((ends[members], begins[members]))]:
            seat = int(np.argmin(free_from))
            if free_from[seat] > begins[j]:
                raise ValueError("more vehicles at once than plugs")  # the model forbids it
            plug[j], free_from[seat] = same[seat], ends[j]
    return plug
