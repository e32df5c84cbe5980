"""Solved rounds as the measure of the last-mile estimate: cases, refit, estimated against solved.

The hubs family estimates tours by a formula (`bundling.hubs.last_mile`); the rounds family drives
them. Only here, above both, may one be held against the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.last_mile import Form, LastMileFit, spread_km2
from bundling.hubs.last_mile_fit import calibrate
from bundling.hubs.last_mile_tours import fits_of, tours_of
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.result import Result
    from bundling.rounds import RoundsProblem

FloatArray = NDArray[np.float64]

CASE_COLUMNS = (
    "case", "depot_id", "vehicle_types", "stops", "area_km2", "hub_km", "drop_kg", "drop_m3",
    "service_h", "tours", "vehicle_km", "hours", "co2e_kg", "cost_eur",
)  # fmt: skip


def cases_of(results: Iterable[Result]) -> pd.DataFrame:
    """Return one row a result and depot with the figures the continuous approximation asks for.

    Parameters
    ----------
    results
        Of the rounds family. Those without a solution are left out.

    Returns
    -------
    pandas.DataFrame
        Columns `CASE_COLUMNS`: ``area_km2`` over which the depot's stops are spread
        (`bundling.hubs.last_mile.spread_km2`); ``hub_km``,
        mean way from the depot to them; ``drop_kg``, ``drop_m3`` a stop, the larger of delivered
        and collected in all; ``service_h`` a stop; ``tours`` (departures from the depot), and km,
        hours away, CO2e and cost of all tours together. Stops that are left out do not count.
    """
    return pd.DataFrame([case.row for case in _cases(results)], columns=list(CASE_COLUMNS))


@dataclass(frozen=True)
class _Case:
    """The rounds of one depot: figures, and tours by vehicle type with what one takes."""

    row: tuple[object, ...]
    tours: Mapping[str, int]
    takes: Mapping[str, float]


def _cases(results: Iterable[Result]) -> Iterator[_Case]:
    from bundling.rounds.evaluate import all_figures

    for number, result in enumerate(results, start=1):
        if result.solution is None:
            continue
        problem = result.problem
        rounds = list(
            zip(result.solution.routes, all_figures(problem, result.solution), strict=True)
        )
        for d, depot in enumerate(problem.depot_ids):
            entries = [problem.vehicle_index[route.vehicle] for route, _ in rounds]
            mine = [
                (v, route, figures)
                for v, (route, figures) in zip(entries, rounds, strict=True)
                if problem.vehicle_depot[v] == d and route.stops
            ]
            if not mine:
                continue
            served = np.array([problem.stop_index[s] for _, route, _ in mine for s in route.stops])
            tours: Counter[str] = Counter()
            for v, route, _ in mine:
                tours[problem.vehicle_types[v]] += len(route.trips)
            types = sorted(tours)
            row = (
                number,
                depot,
                "+".join(types),
                *_stops_of(problem, d, served),
                tours.total(),
                *(
                    sum(getattr(figures, name) for _, _, figures in mine)
                    for name in ("km", "duration_h", "co2e_kg", "cost_eur")
                ),
            )
            takes = {problem.vehicle_types[v]: float(problem.capacity_m3[v]) for v, _, _ in mine}
            yield _Case(row, tours, takes)


def _stops_of(
    problem: RoundsProblem, depot: int, served: NDArray[np.int64]
) -> tuple[int, float, float, float, float, float]:
    """Return stops, spread (km2), mean way (km), and kg, m3 and hours a stop."""
    kg = max(problem.delivery_kg[served].sum(), problem.pickup_kg[served].sum())
    m3 = max(problem.delivery_m3[served].sum(), problem.pickup_m3[served].sum())
    way_m = problem.distance_m[depot, problem.num_depots + served]
    count = len(served)
    return (
        count,
        spread_km2(problem.stop_x_m[served], problem.stop_y_m[served]),
        float(way_m.mean()) / METRES_PER_KM,
        float(kg) / count,
        float(m3) / count,
        float(problem.service_s[served].mean()) / SECONDS_PER_HOUR,
    )


def refit(results: Iterable[Result], data: str, *, form: Form | None = None) -> LastMileFit:
    """Fit the last-mile estimate to a user's own solved rounds.

    Parameters
    ----------
    results
        Of the rounds family, from one depot each or more; at least 4 depots' rounds in all.
    data
        Which rounds these are, in words; kept with the fit.
    form
        See `bundling.hubs.last_mile_fit.calibrate`; the form with the least error when None.

    Raises
    ------
    bundling.InputError
        Too few solved rounds, or rounds that do not tell line-haul and detour apart.
    """
    return calibrate(cases_of(results), data, form=form)


def estimated_against_solved(
    results: Iterable[Result],
    *,
    class_of: Mapping[str, str] | None = None,
    fits: Mapping[str, LastMileFit] | None = None,
) -> pd.DataFrame:
    """Compare the estimate of tour kilometres with solved rounds, depot by depot.

    Parameters
    ----------
    results
        Of the rounds family, such as the rounds of a study:
        ``[step.result for step in study.of("rounds")]``.
    class_of, fits
        See `bundling.hubs.last_mile_tours.fits_of`.

    Returns
    -------
    pandas.DataFrame
        The columns of `cases_of`, with ``estimated_km``, the range ``low_km`` to ``high_km`` the
        fits state, ``error`` (estimated over solved, less 1) and ``inside`` (solved km within the
        range). Tours are the solved ones, so that this is the error of the formula alone.

    Raises
    ------
    bundling.InputError
        Vehicle types without a fit.
    """
    cases = list(_cases(results))
    found = pd.DataFrame([case.row for case in cases], columns=list(CASE_COLUMNS))
    rows = []
    for case, area_km2, hub_km, stops in zip(
        cases, found["area_km2"], found["hub_km"], found["stops"], strict=True
    ):
        types = list(case.tours)
        takes = np.array([case.takes[name] for name in types])
        tours = tours_of(
            float(stops),
            float(area_km2),
            float(hub_km),
            np.array([case.tours[name] for name in types], float),
            takes if np.isfinite(takes).all() else np.ones(len(types)),
            fits_of(types, class_of, fits),
        )
        rows.append((tours.km.sum(), tours.low_km.sum(), tours.high_km.sum()))
    km, low, high = np.array(rows, float).reshape(-1, 3).T
    solved = found["vehicle_km"].to_numpy(float)
    return found.assign(
        estimated_km=km,
        low_km=low,
        high_km=high,
        error=km / solved - 1.0,
        inside=(low <= solved) & (solved <= high),
    )


def sample_rounds(
    problem: RoundsProblem,
    *,
    vehicle_type: str,
    stops: int,
    seed: int,
    near: int | None = None,
) -> RoundsProblem:
    """Draw a smaller problem: some of the stops, one vehicle type, the first depot.

    Parameters
    ----------
    problem
        All stops at hand.
    vehicle_type
        The only type of the sample. Stops it may not reach or cannot carry are not drawn.
    stops
        How many to draw, without putting back; all there are when they are fewer.
    seed
        Of the draw.
    near
        Draw from so many stops closest to a stop chosen at random, for samples of another
        density; from all stops when None.

    Raises
    ------
    bundling.InputError
        When the type has no fleet entry at the first depot, or may serve no stop.
    """
    rng = np.random.default_rng(seed)
    entry = [
        v
        for v, kind in enumerate(problem.vehicle_types)
        if kind == vehicle_type and problem.vehicle_depot[v] == 0
    ]
    if not entry:
        rule = f"has no '{vehicle_type}' at {problem.depot_ids[0]}"
        raise_if([Fault("vehicles", "vehicle_type", (vehicle_type,), rule, "Name a type there.")])
    v = entry[0]
    heavy = np.maximum(problem.delivery_kg, problem.pickup_kg) > problem.capacity_kg[v]
    heavy |= np.maximum(problem.delivery_m3, problem.pickup_m3) > problem.capacity_m3[v]
    able = np.flatnonzero(problem.allowed[v] & ~heavy)
    if not able.size:
        rule = f"none can be served by '{vehicle_type}'"
        raise_if([Fault("stops", "stop_id", (), rule, "Take another vehicle type.")])
    if near is not None and near < able.size:
        first = rng.choice(able)
        away = np.hypot(
            problem.stop_x_m[able] - problem.stop_x_m[first],
            problem.stop_y_m[able] - problem.stop_y_m[first],
        )
        able = able[np.argsort(away, kind="stable")[:near]]
    chosen = np.sort(rng.choice(able, min(stops, able.size), replace=False))
    keep = {problem.stop_ids[s] for s in chosen}
    nodes = [problem.depot_ids[0], *(problem.stop_ids[s] for s in chosen)]
    tables = problem.to_tables()
    tables["depots"] = tables["depots"].iloc[[0]]
    tables["stops"] = tables["stops"][tables["stops"]["stop_id"].isin(keep)]
    tables["vehicles"] = tables["vehicles"].iloc[[v]].assign(count=len(chosen))
    access = tables["access"]
    kept = access["stop_id"].isin(keep) & (access["vehicle_id"] == problem.vehicle_ids[v])
    tables["access"] = access[kept]
    for name in ("distance_m", "time_s", "levied_m"):
        tables[name] = tables[name].loc[nodes, nodes]
    return type(problem).from_tables(tables)
