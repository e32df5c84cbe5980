"""The rules the inputs of a two-echelon problem must keep, and every fault found against them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.validate_stations import bad_rows

if TYPE_CHECKING:
    from bundling.rounds.echelons.problem import TwoEchelonProblem

SCALARS: dict[str, float | None] = {
    "depot_x_m": None,
    "depot_y_m": None,
    "depot_open_s": 0.0,
    "depot_close_s": 0.0,
    "truck_count": 0.0,
    "truck_capacity_kg": 0.0,
    "truck_fixed_eur": 0.0,
    "truck_eur_per_km": 0.0,
    "truck_co2e_kg_per_km": 0.0,
    "vehicle_count": 0.0,
}
"""Smallest value allowed, None: any."""
HUB_DEFAULTS: dict[str, float] = {
    "hub_capacity_kg": np.inf,
    "hub_handling_s": 0.0,
    "hub_eur": 0.0,
    "hub_open_s": 0.0,
    "hub_close_s": np.inf,
}
"""What the columns of a hub hold when they are not given."""
MAY_BE_INF = ("hub_capacity_kg", "hub_close_s")
MATRICES = ("truck_distance_m", "truck_time_s")


def find_faults(problem: TwoEchelonProblem) -> list[Fault]:
    """List everything wrong with the data of `problem`; empty when it is sound."""
    shapes = [*_shapes(problem)]
    if shapes:
        return shapes
    return [*_scalars(problem), *_hubs(problem), *_ways(problem), *_freight(problem)]


def _shapes(problem: TwoEchelonProblem) -> Iterator[Fault]:
    hubs = problem.num_hubs
    wanted = dict.fromkeys(HUB_DEFAULTS, (hubs,)) | dict.fromkeys(MATRICES, (1 + hubs, 1 + hubs))
    for name, shape in wanted.items():
        found = getattr(problem, name).shape
        if found != shape:
            rule = f"has shape {found} where {shape} is needed"
            yield Fault("problem", name, (), rule, "Give one value per hub (matrices: and depot).")


def _scalars(problem: TwoEchelonProblem) -> Iterator[Fault]:
    for name, least in SCALARS.items():
        value = float(getattr(problem, name))
        if not np.isfinite(value):
            yield Fault("trucks", name, (), "is not a number", "Give a number.")
        elif least is not None and value < least:
            yield Fault("trucks", name, (), f"is below {least:g}", "Give a larger value.")
    if problem.depot_open_s > problem.depot_close_s:
        yield Fault("trucks", "depot_open_s", (), "starts after it ends", "Swap the two.")
    second = problem.second
    if not problem.depot_id:
        yield Fault("trucks", "depot_id", (), "is empty", "Fill it in.")
    if problem.depot_id in (*second.depot_ids, *second.stop_ids, *second.station_ids):
        rule = f"'{problem.depot_id}' also names a hub, stop or station"
        yield Fault("trucks", "depot_id", (), rule, "Rename one of the two.")


def _hubs(problem: TwoEchelonProblem) -> Iterator[Fault]:
    ids = problem.hub_ids
    for name in HUB_DEFAULTS:
        values = getattr(problem, name)
        unknown = np.isnan(values) if name in MAY_BE_INF else ~np.isfinite(values)
        yield from bad_rows("hubs", name, ids, unknown, "is not a number")
        yield from bad_rows("hubs", name, ids, values < 0, "is below 0")
    crossed = problem.hub_open_s > problem.hub_close_s
    yield from bad_rows("hubs", "hub_open_s", ids, crossed, "starts after it ends")


def _ways(problem: TwoEchelonProblem) -> Iterator[Fault]:
    places = (problem.depot_id, *problem.hub_ids)
    for name in MATRICES:
        matrix = getattr(problem, name)
        wrong = (~np.isfinite(matrix) | (matrix < 0)).any(axis=1)
        yield from bad_rows(name, "", places, wrong, "has cells that are negative or missing")


def _freight(problem: TwoEchelonProblem) -> Iterator[Fault]:
    """Report what a second echelon cannot have: nothing comes back through the hubs."""
    second = problem.second
    back = (second.pickup_kg > 0) | (second.pickup_m3 > 0) | (second.pickup_rolls > 0)
    rule = "is picked up, and no truck takes it back from the hub"
    yield from bad_rows("stops", "pickup_kg", second.stop_ids, back, rule)
    paired = second.pair_of >= 0
    rule = "comes from another stop, not from a hub"
    yield from bad_rows("stops", "pair_of", second.stop_ids, paired, rule)
