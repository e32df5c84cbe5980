"""The numbers one step of the chain passes to the next, and the proof that none was lost."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.units import DAY_S, SECONDS_PER_HOUR
from bundling.vehicle_needs import charges_of_rounds as charges_of_rounds
from bundling.vehicle_needs import vehicles_of_linehaul as vehicles_of_linehaul
from bundling.vehicle_needs import vehicles_of_rounds as vehicles_of_rounds

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.result import Result

FloatArray = NDArray[np.float64]


def depot_of_shipments(hubs: Result) -> dict[str, str]:
    """Return the place where each shipment's round starts: its hub, or its shipper's origin.

    Parameters
    ----------
    hubs
        Result of the hubs step, with a solution.
    """
    problem, solution = hubs.problem, hubs.solution
    origins = [problem.location_ids[place] for place in problem.shipment_origin]
    return {
        shipment: origins[i] if route < 0 else problem.hub_ids[route]
        for i, (shipment, route) in enumerate(
            zip(problem.shipment_ids, solution.route.tolist(), strict=True)
        )
    }


def grid_node_of_depots(region: Region) -> dict[str, str]:
    """Return the grid node that feeds each hub and business park.

    A place that is not in the answer, such as a motorway gateway, lies outside the region's grid.
    """
    nodes: dict[str, str] = {}
    for table, key in (("business_parks", "park_id"), ("hub_candidates", "hub_id")):
        frame = region.table(table).dropna(subset=["node_id"])
        nodes |= dict(zip(frame[key], frame["node_id"], strict=True))
    return nodes


def hourly_grid_kw(energy: Result) -> FloatArray:
    """Return the mean grid power of charging by hour of the day [24], kW.

    Means over the hour, so that the sum over 24 hours is the day's energy in kWh; quarter-hour
    peaks are held by the connection limit in the energy step itself.
    """
    problem, solution = energy.problem, energy.solution
    grid_kw = solution.power_kw.sum(axis=0) / problem.efficiency
    hour = ((problem.slot_start_s % DAY_S) // SECONDS_PER_HOUR).astype(int)
    return np.bincount(hour, weights=grid_kw * problem.slot_h, minlength=24).astype(np.float64)


@dataclass(frozen=True)
class Balance:
    """One hand-over: what left one step and what arrived in the next."""

    balance: str
    left: str
    left_value: float
    right: str
    right_value: float
    unit: str

    @property
    def holds(self) -> bool:
        """Whether the two sides agree to a millionth."""
        return math.isclose(self.left_value, self.right_value, rel_tol=1e-6, abs_tol=1e-6)


def balance_table(balances: Sequence[Balance]) -> pd.DataFrame:
    """Return the balances as a table with the difference and whether each holds."""
    return pd.DataFrame(
        [
            {
                "balance": item.balance,
                "left": item.left,
                "left_value": item.left_value,
                "right": item.right,
                "right_value": item.right_value,
                "unit": item.unit,
                "difference": item.left_value - item.right_value,
                "holds": item.holds,
            }
            for item in balances
        ],
        columns=[
            "balance", "left", "left_value", "right", "right_value", "unit", "difference", "holds",
        ],
    )  # fmt: skip


def freight_balances(region: Region, hubs: Result, rounds: Sequence[Result]) -> list[Balance]:
    """Balances between the region, the hubs step and the rounds: stops and kilograms."""
    problem, solution = hubs.problem, hubs.solution
    via = (solution.route >= 0) & (problem.shipment_stops > 0)
    hub_ids = set(problem.hub_ids)
    loaded_kg = 0.0
    for result in rounds:
        at_hub = np.array([depot in hub_ids for depot in result.problem.depot_ids], dtype=bool)
        bound = result.problem.stop_depot
        mask = (bound >= 0) & at_hub[bound]
        loaded_kg += float((result.problem.delivery_kg + result.problem.pickup_kg)[mask].sum())
    served = sum(
        len(route.stops)
        for result in rounds
        if result.solution is not None
        for route in result.solution.routes
    )
    return [
        Balance(
            "stops", "addresses of the region", float(len(region.table("stops"))),
            "stops on rounds", float(served), "stops",
        ),
        Balance(
            "freight through hubs", "hubs: shipments to addresses through a hub",
            float(problem.shipment_kg[via].sum()),
            "rounds: freight that starts or ends at a hub", loaded_kg, "kg",
        ),
    ]  # fmt: skip


def energy_balances(
    rounds: Sequence[Result],
    linehaul: pd.DataFrame,
    outside: pd.DataFrame,
    energy: Mapping[str, Result],
    siting: Result | None,
) -> list[Balance]:
    """Balances between rounds, energy and siting: kilowatt-hours, each side from its own data.

    What is driven comes from the depots and, where there are stations, from those: the balance of
    charging on the way is there when something is charged on the way.
    """
    driven, on_the_way = (
        math.fsum(
            result.evaluation.indicators.get(name, 0.0)
            for result in rounds
            if result.evaluation is not None
        )
        for name in ("kwh", "charged_kwh")
    )
    at_stations = math.fsum(charges_of_rounds(rounds)["kwh"])
    kept = _kept_kwh(rounds)
    asked = math.fsum(float(result.problem.need_kwh.sum()) for result in energy.values())
    solved = [result for result in energy.values() if result.solution is not None]
    charged = math.fsum(float(r.solution.power_kw.sum()) * r.problem.slot_h for r in solved)
    short = math.fsum(float(result.solution.shortfall_kwh.sum()) for result in solved)
    balances = [
        Balance(
            "energy of vehicles",
            "hubs and rounds: kWh driven electrically"
            if not on_the_way
            else "hubs and rounds: kWh driven electrically, less what was charged on the way",
            driven - on_the_way + kept + float(linehaul["need_kwh"].sum()),
            "energy: kWh asked for, and vehicles based outside the region",
            asked + float(outside["need_kwh"].sum()), "kWh",
        ),
        Balance(
            "charging", "energy: kWh asked for", asked,
            "energy: kWh charged and missing", charged + short, "kWh",
        ),
    ]  # fmt: skip
    if on_the_way:
        left, right = "rounds: kWh charged on the way", "stations: kWh of all charges"
        balances.append(Balance("charging on the way", left, on_the_way, right, at_stations, "kWh"))
    if siting is not None:
        drawn = math.fsum(
            result.evaluation.indicators["kwh_grid"]
            for result in solved
            if result.evaluation is not None
        )
        problem = siting.problem
        balances.append(
            Balance(
                "load of depots",
                "energy: kWh drawn from the grid",
                drawn,
                "siting: load of depots on grid nodes, first year",
                float(problem.base_load_kw[:, 0, :].sum()),
                "kWh",
            )
        )
        passed_on = [i for i, kind in enumerate(problem.demand_kinds) if kind == "shortfall"]
        balances.append(
            Balance(
                "energy the depots miss",
                "energy: kWh missing",
                short,
                "siting: demand passed on by depots, first year",
                float(problem.demand_kwh[passed_on, 0].sum()),
                "kWh",
            )
        )
    return balances


def _kept_kwh(rounds: Sequence[Result]) -> float:
    """Energy that vehicles bring back beyond what they left with; no depot has to give it."""
    from bundling.rounds.evaluate import all_figures

    return math.fsum(
        max(0.0, -figures.depot_kwh)
        for result in rounds
        if result.solution is not None
        for figures in all_figures(result.problem, result.solution)
        if figures.usable_kwh > 0
    )


def base_load_kw(energy: Mapping[str, Result], node_of: Mapping[str, str]) -> dict[str, FloatArray]:
    """Return the load of the depots by grid node and hour of the day [24], kW.

    Parameters
    ----------
    energy
        Results of the energy step by depot.
    node_of
        Grid node of each depot, as `grid_node_of_depots` gives it.
    """
    loads: dict[str, FloatArray] = {}
    for depot, result in energy.items():
        if result.solution is not None:
            node = node_of[depot]
            loads[node] = loads.get(node, np.zeros(24)) + hourly_grid_kw(result)
    return loads


def shortfall_demand(energy: Mapping[str, Result], places: pd.DataFrame) -> pd.DataFrame:
    """Return the kWh that depots could not charge as demand for public sites.

    Parameters
    ----------
    energy
        Results of the energy step by depot.
    places
        Table of places with place_id, name, rd_x_m, rd_y_m.

    Returns
    -------
    pandas.DataFrame
        Columns demand_id, name, kind, rd_x_m, rd_y_m, kwh, profile.
    """
    where = places.set_index("place_id")
    rows = []
    for depot, result in energy.items():
        if result.solution is None:
            continue
        kwh = float(result.solution.shortfall_kwh.sum())
        if kwh > 0:
            place = where.loc[depot]
            rows.append(
                {
                    "demand_id": f"shortfall-{depot}",
                    "name": place["name"],
                    "kind": "shortfall",
                    "rd_x_m": place["rd_x_m"],
                    "rd_y_m": place["rd_y_m"],
                    "kwh": kwh,
                    "profile": "depot",
                }
            )
    return pd.DataFrame(
        rows, columns=["demand_id", "name", "kind", "rd_x_m", "rd_y_m", "kwh", "profile"]
    )
