"""A plan of the day as data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.hubs.scheduled.emission_table import emissions
from bundling.hubs.scheduled.evaluate import evaluate
from bundling.hubs.scheduled.hub_hours import hub_hours
from bundling.hubs.scheduled.loads import (
    aboard,
    departures,
    handled,
    hub_arrivals,
    load_rate,
    moves_of,
)
from bundling.hubs.scheduled.problem import FloatArray, ScheduledProblem
from bundling.hubs.scheduled.shares import cost_shares
from bundling.hubs.scheduled.solution import ScheduledSolution
from bundling.hubs.scheduled.stock import hub_stock
from bundling.hubs.scheduled.wholes import wholes

if TYPE_CHECKING:
    import pandas as pd


def tables(problem: ScheduledProblem, solution: ScheduledSolution) -> dict[str, pd.DataFrame]:
    """Return the plan by shipment, departure, hub, vehicle type, shipper and cost.

    Returns
    -------
    dict of pandas.DataFrame
        ``flows``: each shipment with its moves, hubs, times, cost by what it fills of vehicles
        (`bundling.hubs.scheduled.shares`), and CO2e by mass under ISO 14083
        (`bundling.hubs.emissions_plan`). ``departures``: lane, clock time, vehicles, load
        and load rate by resource. ``empty_trips``: lane and vehicles. ``sailings``: vessels, load
        and load rate of each in use. ``hubs``: every hub, load handled, share of its capacity.
        ``wholes``, where shipments were divided: the flows with their parts put together.
        ``hub_hours``: load that arrives and leaves by hub and hour. ``vehicles``: trips, km, empty
        km, load rate by type. ``shippers``: load, cost, CO2e. ``emissions``: CO2e and NOx of
        loaded and empty vehicles and of vessels. ``costs``, ``indicators``.
    """
    import pandas as pd

    result = evaluate(problem, solution)
    flows = _flows(problem, solution)
    return {
        "flows": flows,
        **({"wholes": wholes(problem, flows)} if problem.shipment_whole else {}),
        "departures": _departures(problem, solution),
        "empty_trips": _empty_trips(problem, solution),
        "sailings": _sailings(problem, solution),
        "hubs": _hubs(problem, solution),
        "hub_hours": hub_hours(problem, solution),
        "vehicles": _vehicles(problem, solution),
        "shippers": _shippers(problem, flows),
        "emissions": emissions(problem, solution),
        "costs": pd.DataFrame(
            {"component": list(result.costs_eur), "eur": list(result.costs_eur.values())}
        ),
        "indicators": pd.DataFrame(
            {"indicator": list(result.indicators), "value": list(result.indicators.values())}
        ),
    }


def _by_resource(problem: ScheduledProblem, name: str, values: FloatArray) -> dict[str, Any]:
    """One column a resource of ``[rows, R]`` values."""
    return {f"{name}{r}": values[:, k] for k, r in enumerate(problem.resource_ids)}


def _flows(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    import pandas as pd

    from bundling.hubs.emissions_plan import co2e_of_shipments

    moves = moves_of(problem, solution)
    who = solution.move_shipment
    place, first = problem.location_ids, np.searchsorted(who, np.arange(problem.num_shipments))
    words, hubs, last = [], [], np.append(first[1:], len(who)) - 1
    for a, b in zip(first.tolist(), last.tolist(), strict=True):
        rows = range(a, b + 1)
        words.append("; ".join(_move(problem, solution, moves.end, row) for row in rows))
        hubs.append(", ".join(problem.hub_ids[problem.hub_at[moves.end[r]]] for r in rows[:-1]))
    return pd.DataFrame(
        {
            "shipment_id": list(problem.shipment_ids),
            "shipper_id": [problem.shipper_ids[k] for k in problem.shipment_shipper],
            "origin_id": [place[k] for k in problem.shipment_origin],
            "destination_id": [place[k] for k in problem.shipment_destination],
            "moves": words,
            "hubs": hubs,
            "departure": [problem.slot_name(int(t)) for t in moves.depart_slot[first]],
            "arrival": [problem.slot_name(int(t)) for t in moves.arrive_slot[last]],
            **_by_resource(problem, "", problem.shipment_load),
            "eur": cost_shares(problem, solution),
            "co2e_kg": co2e_of_shipments(problem, solution),
        }
    )


def _move(problem: ScheduledProblem, solution: ScheduledSolution, end: Any, row: int) -> str:
    lane, sailing = int(solution.move_lane[row]), int(solution.move_sailing[row])
    by = (
        problem.vehicle_ids[problem.lane_vehicle[lane]]
        if lane >= 0
        else problem.sailing_ids[sailing]
    )
    at = problem.slot_name(int(solution.move_slot[row]))
    return f"{at} {by} to {problem.location_ids[end[row]]}"


def _lane_columns(problem: ScheduledProblem, lane: Any) -> dict[str, Any]:
    vehicle, place = problem.lane_vehicle[lane], problem.location_ids
    return {
        "lane": np.asarray(lane) + 1,
        "vehicle_id": [problem.vehicle_ids[v] for v in vehicle],
        "mode": [problem.vehicle_mode[v] for v in vehicle],
        "from_id": [place[k] for k in problem.lane_from[lane]],
        "to_id": [place[k] for k in problem.lane_to[lane]],
    }


def _departures(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    import pandas as pd

    rows, load = departures(problem, solution)
    at = {tuple(row): k for k, row in enumerate(rows.tolist())}
    lane, slot, group, count = (
        solution.trip_lane, solution.trip_slot, solution.trip_group, solution.trip_count,
    )  # fmt: skip
    keys = zip(lane.tolist(), slot.tolist(), group.tolist(), strict=True)
    mine = np.array([at.get(key, len(rows)) for key in keys], dtype=np.int64)
    carried = np.vstack([load, np.zeros(problem.num_resources)])[mine]
    room = problem.vehicle_capacity[problem.lane_vehicle[lane]] * count[:, None]
    return pd.DataFrame(
        {
            **_lane_columns(problem, lane),
            "departure": [problem.slot_name(int(t)) for t in slot],
            "arrival": [problem.slot_name(int(t)) for t in slot + problem.lane_slots[lane]],
            "group": group,
            "vehicles": count,
            **_by_resource(problem, "", carried),
            **_by_resource(problem, "load_rate_", load_rate(carried, room)),
            "km": problem.lane_km[lane] * count,
            "eur": problem.lane_eur[lane] * count,
            "co2e_kg": problem.lane_co2e_kg[lane] * count,
        }
    )


def _empty_trips(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    import pandas as pd

    lane, count = solution.empty_lane, solution.empty_count
    return pd.DataFrame(
        {
            **_lane_columns(problem, lane),
            "vehicles": count,
            "km": problem.lane_km[lane] * count,
            "eur": problem.lane_empty_eur[lane] * count,
            "co2e_kg": problem.lane_co2e_kg[lane] * count,
        }
    )


def _sailings(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    import pandas as pd

    used = np.flatnonzero(solution.sailing_count)
    load, count = aboard(problem, solution)[used], solution.sailing_count[used]
    place = problem.location_ids
    return pd.DataFrame(
        {
            "sailing_id": [problem.sailing_ids[q] for q in used],
            "mode": [problem.sailing_mode[q] for q in used],
            "from_id": [place[k] for k in problem.sailing_from[used]],
            "to_id": [place[k] for k in problem.sailing_to[used]],
            "departure": [problem.slot_name(int(t)) for t in problem.sailing_depart_slot[used]],
            "arrival": [problem.slot_name(int(t)) for t in problem.sailing_arrive_slot[used]],
            "vessels": count,
            **_by_resource(problem, "", load),
            **_by_resource(
                problem,
                "load_rate_",
                load_rate(load, problem.sailing_capacity[used] * count[:, None]),
            ),
            "charter_eur": problem.sailing_eur[used] * count,
            "slots_eur": (problem.sailing_slot_eur[used] * load).sum(axis=1),
            "co2e_kg": problem.sailing_co2e_kg[used] * count,
        }
    )


def _hubs(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    import pandas as pd

    load = handled(problem, solution)
    used = load.any(axis=1)
    share = load_rate(load, problem.hub_capacity).max(axis=1, initial=0.0)
    return pd.DataFrame(
        {
            "hub_id": list(problem.hub_ids),
            "location_id": [problem.location_ids[k] for k in problem.hub_location],
            "owner": list(problem.hub_owner),
            "open": used,
            **_by_resource(problem, "", load),
            "capacity_share": share,
            "hour_share": load_rate(
                hub_arrivals(problem, solution), problem.hub_hour_capacity[:, None]
            ).max(axis=(1, 2), initial=0.0),
            "floor_share": load_rate(
                hub_stock(problem, solution), problem.hub_floor_capacity[:, None]
            ).max(axis=(1, 2), initial=0.0),
            "fixed_eur": np.where(used, problem.hub_fixed_eur, 0.0),
            "handling_eur": (problem.hub_handling_eur * load).sum(axis=1),
        }
    )


def _vehicles(problem: ScheduledProblem, solution: ScheduledSolution) -> pd.DataFrame:
    import pandas as pd

    types = problem.num_vehicles
    trip, count = solution.trip_lane, solution.trip_count
    empty, empties = solution.empty_lane, solution.empty_count

    def total(lane: Any, weights: Any) -> FloatArray:
        by = problem.lane_vehicle[lane]
        summed: FloatArray = np.bincount(by, weights=weights, minlength=types).astype(np.float64)
        return summed

    rows, load = departures(problem, solution)
    capacity = problem.vehicle_capacity[problem.lane_vehicle[rows[:, 0]]]
    full = total(rows[:, 0], load_rate(load, capacity).max(axis=1, initial=0.0))
    trips = total(trip, count)
    return pd.DataFrame(
        {
            "vehicle_id": list(problem.vehicle_ids),
            "mode": list(problem.vehicle_mode),
            "trips": trips.astype(np.int64),
            "empty_trips": total(empty, empties).astype(np.int64),
            "km": total(trip, problem.lane_km[trip] * count)
            + total(empty, problem.lane_km[empty] * empties),
            "empty_km": total(empty, problem.lane_km[empty] * empties),
            "load_rate": full / np.maximum(trips, 1.0),
            "eur": total(trip, problem.lane_eur[trip] * count)
            + total(empty, problem.lane_empty_eur[empty] * empties),
            "co2e_kg": total(trip, problem.lane_co2e_kg[trip] * count)
            + total(empty, problem.lane_co2e_kg[empty] * empties),
        }
    )


def _shippers(problem: ScheduledProblem, flows: pd.DataFrame) -> pd.DataFrame:
    """Sum the flows by shipper; with the share of all costs."""
    columns = [*problem.resource_ids, "eur", "co2e_kg"]
    by = flows.groupby("shipper_id", sort=False)
    frame = by[columns].sum().reindex(list(problem.shipper_ids), fill_value=0.0)
    frame.insert(0, "shipments", by.size().reindex(frame.index, fill_value=0))
    total = frame["eur"].sum()
    frame["cost_share"] = frame["eur"] / total if total > 0 else 0.0
    return frame.rename_axis("shipper_id").reset_index()
