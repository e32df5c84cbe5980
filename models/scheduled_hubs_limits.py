"""Limits of `bundling.models.scheduled_hubs`: hubs by hour and on the floor, the cap on CO2e."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

import pyomo.environ as pyo

from bundling.hubs.scheduled import ScheduledProblem


def into_hub(m: Any, problem: ScheduledProblem, i: int, d: int) -> int:
    """Hub where shipment `i` is handled after departure `d`; -1 at its destination."""
    place = m.departures[d][4]
    return -1 if place == problem.shipment_destination[i] else int(problem.hub_at[place])


def stays(m: Any, problem: ScheduledProblem) -> None:
    """Add equations (11) and (12)."""
    hours, steps = defaultdict(list), defaultdict(list)
    for i, d, s in m.X:
        _, _, t, a, _, u = m.departures[d]
        into, x = into_hub(m, problem, i, d), m.x[i, d, s]
        if into >= 0:
            hours[into, int(u * problem.slot_s // 3600)].append((i, x))
            steps[into].append((u, i, x))
        if s > 0:
            steps[int(problem.hub_at[a])].append((t, i, -x))
    m.stay = pyo.ConstraintList()
    load = problem.shipment_load
    for r in range(problem.num_resources):
        for (h, _), rows in hours.items():  # (11)
            most = float(problem.hub_hour_capacity[h, r])
            if math.isfinite(most):
                m.stay.add(pyo.quicksum(float(load[i, r]) * x for i, x in rows) <= most)
        for h, changes in steps.items():  # (12)
            most = float(problem.hub_floor_capacity[h, r])
            for t in range(problem.num_slots) if math.isfinite(most) else ():
                there = [float(load[i, r]) * x for at, i, x in changes if at <= t]
                m.stay.add(pyo.quicksum(there) + m.nothing <= most)


def cap(m: Any, problem: ScheduledProblem) -> None:
    """Add equation (13)."""
    if not math.isfinite(problem.co2e_cap_kg):
        return
    lane_kg, sailing_kg = problem.lane_co2e_kg, problem.sailing_co2e_kg
    of = [lane_kg[k] if k >= 0 else sailing_kg[q] for k, q, *_ in m.departures]
    terms = [float(of[d]) * m.n[d, g] for d, g in m.n]
    terms += [float(lane_kg[k]) * m.em[k] for k in m.em]
    m.cap = pyo.Constraint(  # (13)
        expr=pyo.quicksum(terms) + m.nothing <= problem.co2e_cap_kg
    )
