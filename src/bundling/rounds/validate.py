"""The rules the inputs of a rounds problem must keep, and every fault found against them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.defaults import HOURS_PER_DAY, QUARTERS_PER_DAY
from bundling.rounds.validate_depots import depot_faults
from bundling.rounds.validate_duty import break_faults, period_faults
from bundling.rounds.validate_pairs import pair_faults
from bundling.rounds.validate_stations import bad_rows, station_faults
from bundling.rounds.validate_ways import way_faults, way_shapes
from bundling.rounds.validate_windows import window_faults

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

# Column: smallest value allowed (None: any number). All must be finite but those of `MAY_BE_INF`.
DEPOT_COLUMNS: dict[str, float | None] = {
    "depot_x_m": None,
    "depot_y_m": None,
    "depot_open_s": 0.0,
    "depot_close_s": 0.0,
}
STOP_COLUMNS: dict[str, float | None] = {
    "stop_x_m": None,
    "stop_y_m": None,
    "delivery_kg": 0.0,
    "delivery_m3": 0.0,
    "pickup_kg": 0.0,
    "pickup_m3": 0.0,
    "tw_early_s": 0.0,
    "tw_late_s": 0.0,
    "service_s": 0.0,
}
VEHICLE_COLUMNS: dict[str, float | None] = {
    "count": 0.0,
    "capacity_kg": 0.0,
    "capacity_m3": 0.0,
    "shift_s": 0.0,
    "fixed_eur": 0.0,
    "eur_per_km": 0.0,
    "eur_per_h": 0.0,
    "levy_eur_per_km": 0.0,
    "eur_per_kwh": 0.0,
    "usable_kwh": 0.0,
    "kwh_per_km": 0.0,
    "kwh_per_km_per_t": 0.0,
    "charge_kw": 0.0,
    "co2e_kg_per_km": 0.0,
    "co2e_kg_per_kwh": 0.0,
    "nox_g_per_km": 0.0,
    "speed_factor": 0.0,
}
OPTIONAL_STOP_COLUMNS: dict[str, float | None] = {
    "delivery_rolls": 0.0,
    "pickup_rolls": 0.0,
    "release_s": 0.0,
    "prize_eur": 0.0,
}
OPTIONAL_VEHICLE_COLUMNS: dict[str, float | None] = {
    "capacity_rolls": 0.0,
    "max_distance_m": 0.0,
    "max_trips": 1.0,
    "reload_s": 0.0,
    "service_factor": 0.0,
    "regular_s": 0.0,
    "overtime_eur_per_h": 0.0,
    "start_kwh": 0.0,
    "matrix_of": 0.0,
    "loading_s": 0.0,
    "ready_by_s": 0.0,
}
OPTIONAL_DEPOT_COLUMNS: dict[str, float | None] = {"docks": 0.0}
STATION_COLUMNS: dict[str, float | None] = {
    "station_x_m": None,
    "station_y_m": None,
    "station_open_s": 0.0,
    "station_close_s": 0.0,
    "connectors": 0.0,
}
MAY_BE_INF = ("prize_eur", "capacity_rolls", "max_distance_m", "regular_s", "station_close_s")
MATRICES = ("distance_m", "time_s", "levied_m")
RECHARGES = ("partial", "full")


def find_faults(problem: RoundsProblem) -> list[Fault]:
    """List everything wrong with the data of `problem`; empty when it is sound."""
    faults = [*_ids(problem), *_shapes(problem), *way_shapes(problem)]
    if faults:  # the rest would index wrongly
        return faults
    return [
        *_columns(problem),
        *_windows(problem),
        *_indices(problem),
        *_vehicles(problem),
        *_matrices(problem),
        *station_faults(problem),
        *way_faults(problem),
        *window_faults(problem),
        *pair_faults(problem),
        *depot_faults(problem),
        *break_faults(problem),
        *period_faults(problem),
    ]


def _ids(problem: RoundsProblem) -> Iterator[Fault]:
    kinds = (
        ("depots", "depot_id", problem.depot_ids),
        ("stops", "stop_id", problem.stop_ids),
        ("vehicles", "vehicle_id", problem.vehicle_ids),
        ("stations", "station_id", problem.station_ids),
    )
    for table, column, ids in kinds:
        seen: set[str] = set()
        twice = tuple(dict.fromkeys(i for i in ids if i in seen or seen.add(i)))  # type: ignore[func-returns-value]  # add returns None on purpose
        if twice:
            yield Fault(table, column, twice, "appears more than once", "Give each its own id.")
        if "" in seen:
            yield Fault(table, column, (), "has an empty id", "Fill it in.")
    if not problem.depot_ids:
        yield Fault("depots", "", (), "has no rows", "Give at least one depot.")
    common = tuple(sorted(set(problem.depot_ids) & set(problem.stop_ids)))
    if common:
        rule = "names both a stop and a depot"
        yield Fault("stops", "stop_id", common, rule, "Rename one of the two.")
    places = set(problem.depot_ids) | set(problem.stop_ids)
    common = tuple(sorted(set(problem.station_ids) & places))
    if common:
        rule = "names both a station and a stop or depot"
        yield Fault("stations", "station_id", common, rule, "Rename one of the two.")


def _shapes(problem: RoundsProblem) -> Iterator[Fault]:
    d, s, v = problem.num_depots, problem.num_stops, problem.num_vehicles
    wanted: dict[str, tuple[int, ...]] = dict.fromkeys(
        (*DEPOT_COLUMNS, *OPTIONAL_DEPOT_COLUMNS), (d,)
    )
    k, n = problem.num_stations, len(problem.node_ids)
    wanted |= dict.fromkeys((*STOP_COLUMNS, *OPTIONAL_STOP_COLUMNS, "stop_depot", "pair_of"), (s,))
    wanted |= dict.fromkeys((*VEHICLE_COLUMNS, *OPTIONAL_VEHICLE_COLUMNS), (v,))
    wanted |= dict.fromkeys(("vehicle_depot", "end_depot"), (v,))
    wanted |= dict.fromkeys((*STATION_COLUMNS, "station_depot"), (k,))
    wanted |= dict.fromkeys(("depot_kw", "depot_eur_per_kwh"), (d, QUARTERS_PER_DAY))
    windows = problem.other_tw_early_s.shape[1:2] or (0,)
    wanted |= dict.fromkeys(("other_tw_early_s", "other_tw_late_s"), (s, *windows))
    wanted |= {"period_speed": problem.period_start_s.shape[:1] or (0,)}
    wanted |= {"period_start_s": wanted["period_speed"]}
    wanted |= dict.fromkeys(MATRICES, (n, n))
    wanted |= {"barred": (v, s), "station_eur_per_kwh": (k, HOURS_PER_DAY), "curve_of": (v, k)}
    for name, shape in wanted.items():
        found = getattr(problem, name).shape
        if found != shape:
            rule = f"has shape {found} where {shape} is needed"
            yield Fault("problem", name, (), rule, "Give one value per row (and column).")
    if len(problem.vehicle_types) != v:
        rule = f"has {len(problem.vehicle_types)} names for {v} entries"
        yield Fault("vehicles", "vehicle_type", (), rule, "Name the type of every entry.")
    if problem.break_rule and len(problem.break_rule) != v:
        rule = f"has {len(problem.break_rule)} names for {v} entries"
        yield Fault("vehicles", "break_rule", (), rule, "Give a name, or an empty one, for every.")
    if problem.curve_kwh.ndim != 2 or problem.curve_kwh.shape != problem.curve_s.shape:
        rule = f"has shape {problem.curve_s.shape} beside curve_kwh of {problem.curve_kwh.shape}"
        remedy = "Give one row per curve and one column per point in both."
        yield Fault("problem", "curve_s", (), rule, remedy)
    if problem.recharge not in RECHARGES:
        rule = f"is {problem.recharge!r}"
        yield Fault("problem", "recharge", (), rule, f"Give one of {', '.join(RECHARGES)}.")


def _columns(problem: RoundsProblem) -> Iterator[Fault]:
    kinds: tuple[tuple[str, dict[str, float | None], tuple[str, ...]], ...] = (
        ("depots", DEPOT_COLUMNS | OPTIONAL_DEPOT_COLUMNS, problem.depot_ids),
        ("stops", STOP_COLUMNS | OPTIONAL_STOP_COLUMNS, problem.stop_ids),
        ("vehicles", VEHICLE_COLUMNS | OPTIONAL_VEHICLE_COLUMNS, problem.vehicle_ids),
        ("stations", STATION_COLUMNS, problem.station_ids),
    )
    for table, columns, ids in kinds:
        for name, least in columns.items():
            values = getattr(problem, name)
            unknown = np.isnan(values) if name in MAY_BE_INF else ~np.isfinite(values)
            yield from bad_rows(table, name, ids, unknown, "is not a number")
            if least is not None:
                yield from bad_rows(table, name, ids, values < least, f"is below {least:g}")


def _windows(problem: RoundsProblem) -> Iterator[Fault]:
    crossed = problem.tw_early_s > problem.tw_late_s
    rule = "starts after it ends"
    yield from bad_rows("stops", "tw_early_s", problem.stop_ids, crossed, rule)
    crossed = problem.depot_open_s > problem.depot_close_s
    yield from bad_rows("depots", "depot_open_s", problem.depot_ids, crossed, rule)
    crossed = problem.station_open_s > problem.station_close_s
    yield from bad_rows("stations", "station_open_s", problem.station_ids, crossed, rule)


def _indices(problem: RoundsProblem) -> Iterator[Fault]:
    d = problem.num_depots
    wrong = (problem.stop_depot < -1) | (problem.stop_depot >= d)
    yield from bad_rows("stops", "stop_depot", problem.stop_ids, wrong, "is no depot")
    wrong = (problem.vehicle_depot < 0) | (problem.vehicle_depot >= d)
    yield from bad_rows("vehicles", "vehicle_depot", problem.vehicle_ids, wrong, "is no depot")
    wrong = (problem.end_depot < 0) | (problem.end_depot >= d)
    yield from bad_rows("vehicles", "end_depot", problem.vehicle_ids, wrong, "is no depot")
    unknown = (problem.barred < 0) | (problem.barred > len(problem.bar_rules))
    rule = "names a rule that is not in bar_rules"
    yield from bad_rows("access", "barred", problem.vehicle_ids, unknown.any(axis=1), rule)


def _vehicles(problem: RoundsProblem) -> Iterator[Fault]:
    ids = problem.vehicle_ids
    still = problem.speed_factor <= 0
    yield from bad_rows("vehicles", "speed_factor", ids, still, "must be above 0")
    electric = (problem.kwh_per_km > 0) | (problem.kwh_per_km_per_t > 0)
    empty = electric & (problem.usable_kwh <= 0)
    rule = "is 0 for a vehicle that uses electricity"
    yield from bad_rows("vehicles", "usable_kwh", ids, empty, rule)
    over = problem.start_kwh > problem.usable_kwh
    yield from bad_rows("vehicles", "start_kwh", ids, over, "is more than usable_kwh")


def _matrices(problem: RoundsProblem) -> Iterator[Fault]:
    nodes = problem.node_ids
    for name in MATRICES:
        matrix = getattr(problem, name)
        wrong = (~np.isfinite(matrix) | (matrix < 0)).any(axis=1)
        yield from bad_rows(name, "", nodes, wrong, "has cells that are negative or missing")
    more = (problem.levied_m > problem.distance_m * (1 + 1e-9) + 1e-6).any(axis=1)
    yield from bad_rows("levied_m", "", nodes, more, "is longer than the distance")
