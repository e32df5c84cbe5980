"""The rules that grid connections and docks of depots must keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.validate_stations import bad_rows

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem


def depot_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of power, prices and stations at depots; the shapes are right."""
    ids = problem.depot_ids
    limit, price = problem.depot_kw, problem.depot_eur_per_kwh
    wrong = (np.isnan(limit) | (limit < 0)).any(axis=1)
    rule = "has cells that are negative or missing"
    yield from bad_rows("depot_power", "kw", ids, wrong, rule)
    unknown = ~np.isfinite(price).all(axis=1)
    yield from bad_rows("depot_power", "eur_per_kwh", ids, unknown, "has cells without a number")
    wrong = (problem.station_depot < -1) | (problem.station_depot >= problem.num_depots)
    yield from bad_rows("stations", "station_depot", problem.station_ids, wrong, "is no depot")
    if problem.plans_depot_charging:
        electric = (problem.kwh_per_km > 0) | (problem.kwh_per_km_per_t > 0)
        rule = "is 0 for a vehicle that must be charged at its depot"
        remedy = "Give its charging power."
        none = electric & (problem.charge_kw <= 0)
        yield from bad_rows("vehicles", "charge_kw", problem.vehicle_ids, none, rule, remedy)
