"""A charge schedule as data frames."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.energy.evaluate import evaluate, grid_kw
from bundling.energy.flows import charging_kw, import_kw
from bundling.energy.plug_model import plugs_bind
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.energy.tables_site import meter_columns, plugs_table, site_table

_SPECK = 1e-9

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]


def tables(problem: EnergyProblem, solution: EnergySolution) -> dict[str, pd.DataFrame]:
    """Return the tables ``schedule``, ``vehicles``, ``connection`` and ``costs``.

    - ``schedule``, one row per vehicle and slot with power: vehicle, slot (from 1), day (0 is the
      day the horizon starts), start_clock, charging_kw (into the battery), grid_kw, kwh.
    - ``vehicles``, one row each: vehicle, arrival_clock, departure_clock, need_kwh, charged_kwh,
      missing_kwh, peak_kw, first_charge_clock and last_charge_clock (start of the first and end
      of the last slot with power; None when there is none), energy_eur (energy and transport).
    - ``connection``, one row a slot: slot, day, start_clock, base_kw, charging_kw (from the
      grid), total_kw, limit_kw, price_eur_per_kwh, kwh_grid.
    - ``costs``, one row a component: component, eur.

    With battery, PV or contracts ``connection`` also has battery_kw (charging less discharging),
    stored_kwh (at the start of the slot), pv_kw, curtailed_kw, fed_in_kw and contract_limit_kw,
    and the table ``site`` says what is there and what is added: item, value, unit. With plugs
    the table ``plugs`` has a row per vehicle on a plug: plug, vehicle, from_clock, to_clock, kwh.
    kWh are those of one occurrence of each typical day.
    """
    costs = evaluate(problem, solution).costs_eur
    frames = {
        "schedule": _schedule(problem, solution),
        "vehicles": _vehicles(problem, solution),
        "connection": connection_table(problem, solution),
        "costs": pd.DataFrame({"component": list(costs), "eur": list(costs.values())}),
    }
    if solution.site is not None:
        frames["site"] = site_table(problem, solution.site)
    if problem.plugs is not None and solution.seats is not None:
        frames["plugs"] = plugs_table(problem, problem.plugs, solution, solution.seats)
    return frames


def connection_table(problem: EnergyProblem, solution: EnergySolution) -> pd.DataFrame:
    """Return one row a slot: what is drawn from the grid, the limit and the price."""
    charging = charging_kw(problem, solution)
    slots = np.arange(problem.num_slots)
    return pd.DataFrame(
        {
            "slot": slots + 1,
            "day": _day(problem, slots),
            "start_clock": [problem.clock(int(slot)) for slot in slots],
            "base_kw": problem.base_load_kw,
            "charging_kw": charging,
            "total_kw": import_kw(problem, solution),
            "limit_kw": problem.connection_kw,
            "price_eur_per_kwh": problem.price_eur_per_kwh,
            "kwh_grid": grid_kw(problem, solution) * problem.slot_h,
            **meter_columns(problem, solution),
        }
    )


def shortages(problem: EnergyProblem) -> pd.DataFrame:
    """Return a table of what is missing at least, per vehicle, whatever the costs.

    Columns vehicle, need_kwh, missing_kwh, missing_stay_kwh (the stay is too short at the power of
    vehicle and charger) and missing_connection_kwh (the connection, or what else there is at the
    site, is short). The total is the
    least possible; how it is shared over the vehicles is as even as can be.

    Raises
    ------
    bundling.SolverError
        When HiGHS fails on the elastic model.
    """
    from bundling.energy.shortage import certain_shortages, least_shortages
    from bundling.energy.shortage_site import least_site_shortages

    if problem.is_site or plugs_bind(problem):
        missing = least_site_shortages(problem)[0].missing_kwh
        stay = np.minimum(missing, certain_shortages(problem).stay_kwh)
        return _shortage_table(problem, missing, stay)
    least = least_shortages(problem)
    return _shortage_table(problem, least.missing_kwh, least.stay_kwh)


def _shortage_table(
    problem: EnergyProblem, missing_kwh: FloatArray, stay_kwh: FloatArray
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "vehicle": list(problem.vehicle_ids),
            "need_kwh": problem.need_kwh,
            "missing_kwh": missing_kwh,
            "missing_stay_kwh": stay_kwh,
            "missing_connection_kwh": np.maximum(0.0, missing_kwh - stay_kwh),
        }
    )


def _schedule(problem: EnergyProblem, solution: EnergySolution) -> pd.DataFrame:
    vehicles, slots = np.nonzero(solution.power_kw > _SPECK)
    power = solution.power_kw[vehicles, slots]
    return pd.DataFrame(
        {
            "vehicle": [problem.vehicle_ids[j] for j in vehicles],
            "slot": slots + 1,
            "day": _day(problem, slots),
            "start_clock": [problem.clock(int(slot)) for slot in slots],
            "charging_kw": power,
            "grid_kw": power / problem.efficiency,
            "kwh": power * problem.slot_h,
        }
    )


def _vehicles(problem: EnergyProblem, solution: EnergySolution) -> pd.DataFrame:
    charging = solution.power_kw > _SPECK
    ever = charging.sum(axis=1) > 0
    first = charging.argmax(axis=1)
    end = problem.num_slots - charging[:, ::-1].argmax(axis=1)
    price = problem.grid_price_eur_per_kwh(-1 if solution.site is None else solution.site.offer)
    hour_price = price * problem.slot_h / problem.efficiency

    def clocks(slots: IntArray) -> list[str | None]:
        return [
            problem.clock(int(slot)) if used else None
            for slot, used in zip(slots, ever, strict=True)
        ]

    return pd.DataFrame(
        {
            "vehicle": list(problem.vehicle_ids),
            "arrival_clock": [problem.clock_at(time) for time in problem.arrival_s],
            "departure_clock": [problem.clock_at(time) for time in problem.departure_s],
            "need_kwh": problem.need_kwh,
            "charged_kwh": solution.power_kw.sum(axis=1) * problem.slot_h,
            "missing_kwh": solution.shortfall_kwh,
            "peak_kw": solution.power_kw.max(axis=1, initial=0.0),
            "first_charge_clock": pd.Series(clocks(first), dtype=object),
            "last_charge_clock": pd.Series(clocks(end), dtype=object),
            "energy_eur": solution.power_kw @ hour_price,
        }
    )


def _day(problem: EnergyProblem, slots: IntArray) -> IntArray:
    days: IntArray = ((problem.start_s + problem.slot_s * slots) // 86_400).astype(np.int64)
    return days
