"""A hubs solution as data frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.evaluate import evaluate, handling_eur, trip_costs_eur
from bundling.hubs.legs import offers
from bundling.hubs.problem import LEG_KINDS, LINEHAUL, HubsProblem
from bundling.hubs.solution import HubsSolution

if TYPE_CHECKING:
    import pandas as pd


def tables(problem: HubsProblem, solution: HubsSolution) -> dict[str, pd.DataFrame]:
    """Return the solution as data frames.

    Returns
    -------
    dict
        ``hubs`` (every candidate: open, throughput, share of capacity, rent, handling),
        ``shipments`` (route of each), ``legs`` (load and offer of each leg), ``vehicles`` (one row
        a leg and vehicle type), ``emissions`` (CO2e and NOx of each shipment by the rule of
        `bundling.hubs.emissions_plan`), ``costs``, ``indicators``.
    """
    import pandas as pd

    from bundling.hubs.emissions_plan import by_shipment, plan_emissions

    result = evaluate(problem, solution)
    return {
        "hubs": _hubs(problem, solution),
        "shipments": _shipments(problem, solution),
        "legs": _legs(problem, solution),
        "vehicles": _vehicles(problem, solution),
        "emissions": by_shipment(problem, plan_emissions(problem, solution)),
        "costs": pd.DataFrame(
            {"component": list(result.costs_eur), "eur": list(result.costs_eur.values())}
        ),
        "indicators": pd.DataFrame(
            {"indicator": list(result.indicators), "value": list(result.indicators.values())}
        ),
    }


def _hubs(problem: HubsProblem, solution: HubsSolution) -> pd.DataFrame:
    import pandas as pd

    via = np.flatnonzero(solution.route >= 0)
    route = solution.route[via]
    hubs = problem.num_hubs
    opened = np.isin(np.arange(hubs), solution.open_hubs)
    kg = np.bincount(route, weights=problem.shipment_kg[via], minlength=hubs)
    m3 = np.bincount(route, weights=problem.shipment_m3[via], minlength=hubs)
    handling = np.bincount(route, weights=handling_eur(problem)[via, route], minlength=hubs)
    with np.errstate(invalid="ignore"):
        share_kg = np.where(kg > 0, kg / problem.hub_capacity_kg, 0.0)
        share_m3 = np.where(m3 > 0, m3 / problem.hub_capacity_m3, 0.0)
    return pd.DataFrame(
        {
            "hub_id": list(problem.hub_ids),
            "location_id": [problem.location_ids[k] for k in problem.hub_location],
            "open": opened,
            "shipments": np.bincount(route, minlength=hubs),
            "kg": kg,
            "m3": m3,
            "capacity_share": np.maximum(share_kg, share_m3),
            "rent_eur": np.where(opened, problem.hub_rent_eur, 0.0),
            "handling_eur": handling,
        }
    )


def _shipments(problem: HubsProblem, solution: HubsSolution) -> pd.DataFrame:
    import pandas as pd

    place = problem.location_ids
    return pd.DataFrame(
        {
            "shipment_id": list(problem.shipment_ids),
            "shipper_id": [problem.shipper_ids[k] for k in problem.shipment_shipper],
            "origin_id": [place[k] for k in problem.shipment_origin],
            "destination_id": [place[k] for k in problem.shipment_destination],
            "direction": np.where(problem.shipment_pickup, "pickup", "delivery"),
            "hub_id": [problem.hub_ids[h] if h >= 0 else None for h in solution.route],
            "kg": problem.shipment_kg,
            "m3": problem.shipment_m3,
            "stops": problem.shipment_stops,
        }
    )


def _legs(problem: HubsProblem, solution: HubsSolution) -> pd.DataFrame:
    import pandas as pd

    i, kind, start, end = problem.legs_of(solution.route)
    back = problem.shipment_pickup[i]
    freight = pd.DataFrame(
        {
            "kind": kind,
            "start": start,
            "end": end,
            "shipments": 1,
            "kg_out": problem.shipment_kg[i] * ~back,
            "kg_back": problem.shipment_kg[i] * back,
            "m3_out": problem.shipment_m3[i] * ~back,
            "m3_back": problem.shipment_m3[i] * back,
            "service_h": np.where(kind == LINEHAUL, 0.0, problem.shipment_service_h[i]),
        }
    )
    offer = offers(problem, solution.leg_start, solution.leg_end)
    rows = np.arange(solution.leg_count.size)
    mine = offer[rows, solution.leg_vehicle] * solution.leg_count[:, None]
    vehicles = pd.DataFrame(
        {
            "kind": solution.leg_kind,
            "start": solution.leg_start,
            "end": solution.leg_end,
            "vehicles": solution.leg_count,
            "offered_kg": mine[:, 0],
            "offered_m3": mine[:, 1],
            "offered_h": mine[:, 4],
        }
    )
    keys = ["kind", "start", "end"]
    legs = (
        freight.groupby(keys)
        .sum()
        .join(vehicles.groupby(keys).sum(), how="outer")
        .fillna(0)
        .reset_index()
    )
    legs["distance_km"] = problem.distance_m[legs["start"], legs["end"]] / 1000.0
    return _with_names(problem, legs)


def _vehicles(problem: HubsProblem, solution: HubsSolution) -> pd.DataFrame:
    import pandas as pd

    rows = np.arange(solution.leg_count.size)
    pick = (rows, solution.leg_vehicle)
    cost = trip_costs_eur(problem, solution.leg_start, solution.leg_end)
    km = solution.leg_count * problem.trip_km(solution.leg_start, solution.leg_end)
    frame = pd.DataFrame(
        {
            "kind": solution.leg_kind,
            "start": solution.leg_start,
            "end": solution.leg_end,
            "vehicle_type": [problem.vehicle_ids[v] for v in solution.leg_vehicle],
            "vehicles": solution.leg_count,
            "vehicle_km": km,
            "kwh": km * problem.vehicle_kwh_per_km[solution.leg_vehicle],
            "co2e_kg": km * problem.vehicle_co2e_kg_per_km[solution.leg_vehicle],
            "eur": solution.leg_count * sum(part[pick] for part in cost.values()),
        }
    )
    return _with_names(problem, frame)


def _with_names(problem: HubsProblem, frame: pd.DataFrame) -> pd.DataFrame:
    """Replace the indices of a leg by its kind and the identifiers of its ends."""
    places = problem.location_ids
    frame["kind"] = [LEG_KINDS[k] for k in frame["kind"]]
    for column in ("start", "end"):
        frame[column] = [places[k] for k in frame[column]]
    return frame.rename(columns={"start": "start_id", "end": "end_id"})
