"""Contract, battery, PV and plugs of a schedule as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.energy.assets import Plugs
from bundling.energy.flows import export_kw, pv_available_kw, stored_kwh
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, Seats, SitePlan

FloatArray = NDArray[np.float64]


def meter_columns(problem: EnergyProblem, solution: EnergySolution) -> dict[str, FloatArray]:
    """Return the columns of the table ``connection`` that only a site has; none without one."""
    plan = solution.site
    if plan is None:
        return {}
    limit = np.full(problem.num_slots, np.inf)
    if plan.offer >= 0:
        limit = plan.contract_kw * problem.offers[plan.offer].availability
    return {
        "battery_kw": plan.charge_kw - plan.discharge_kw,
        "stored_kwh": stored_kwh(problem, plan)[:, :-1].ravel(),
        "pv_kw": plan.pv_kw,
        "curtailed_kw": np.maximum(0.0, pv_available_kw(problem, plan) - plan.pv_kw),
        "fed_in_kw": export_kw(problem, solution),
        "contract_limit_kw": limit,
    }


def site_table(problem: EnergyProblem, plan: SitePlan) -> pd.DataFrame:
    """Return what is there and what is added: item, value, unit."""
    rows: list[tuple[str, object, str]] = []
    if plan.offer >= 0:
        offer = problem.offers[plan.offer]
        rows += [
            ("contract offer", offer.name, ""),
            ("contract form", offer.form, ""),
            ("contracted power", plan.contract_kw, "kW"),
        ]
    if problem.battery is not None:
        rows += [
            ("battery there", problem.battery.kwh, "kWh"),
            ("battery added", plan.more_kwh, "kWh"),
            ("battery power there", problem.battery.kw, "kW"),
            ("battery power added", plan.more_kw, "kW"),
        ]
    if problem.pv is not None:
        rows += [("PV there", problem.pv.kwp, "kWp"), ("PV added", plan.more_kwp, "kWp")]
    frame = pd.DataFrame(rows, columns=["item", "value", "unit"])
    return frame.astype({"value": object})


def plugs_table(
    problem: EnergyProblem, plugs: Plugs, solution: EnergySolution, seats: Seats
) -> pd.DataFrame:
    """Return who is on which plug: plug, vehicle, from_clock, to_clock, kwh; by plug and time."""
    on = np.flatnonzero(seats.plug >= 0)
    on = on[np.lexsort((seats.first[on], seats.plug[on]))]
    if plugs.rule == "stay":
        spans = [(problem.arrival_s[j], problem.departure_s[j]) for j in on]
        clocks = [(problem.clock_at(begin), problem.clock_at(end)) for begin, end in spans]
    else:
        clocks = [
            (problem.clock(int(seats.first[j])), problem.clock(int(seats.end[j]))) for j in on
        ]
    return pd.DataFrame(
        {
            "plug": [plugs.ids[seats.plug[j]] for j in on],
            "vehicle": [problem.vehicle_ids[j] for j in on],
            "from_clock": [begin for begin, _ in clocks],
            "to_clock": [end for _, end in clocks],
            "kwh": solution.power_kw[on].sum(axis=1) * problem.slot_h,
        }
    )
