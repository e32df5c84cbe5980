"""When should vehicles charge at their depots after their rounds? A linear programme in HiGHS.

``x[r, q]`` is the energy that round ``r`` gets in quarter ``q``, within the charging power of the
vehicle and the time it is there; all of a round's energy is given back by `ready_by_s`; the
vehicles at a depot, and stations behind its connection, stay within its power in every quarter.
Minimised is what it costs by `depot_eur_per_kwh`; without such prices, energy comes as early as it
can.

What does not fit is found in the same model with a surplus on every connection: the least energy in
all by which the limits must be exceeded, as early as it comes, and the quarters it stands in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bundling.errors import SolverError
from bundling.mip.highs import solve_model
from bundling.mip.model import FloatArray, IntArray, LinearModel
from bundling.result import Status
from bundling.rounds.connection import (
    QUARTERS_PER_HOUR,
    depot_kwh,
    presence,
    station_load_kwh,
    stays_s,
)
from bundling.rounds.evaluate import route_figures
from bundling.rounds.figures import RouteFigures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import DepotCharge, Route
from bundling.rounds.tolerance import slack
from bundling.units import SECONDS_PER_HOUR

_TINY_KWH = 1e-9
"""What a linear programme leaves of nothing."""
_SURPLUS_EUR_PER_KWH = 1e4
"""Price of energy above a limit, far above any real one."""


@dataclass(frozen=True)
class Shortage:
    """What cannot be charged.

    Attributes
    ----------
    depot
        Id of the depot.
    route
        Position of a round whose vehicle is there too briefly for its charging power; -1 when the
        connection is too small.
    quarter
        Quarter in which the connection would be exceeded, from midnight of the day of the rounds;
        -1 for a vehicle.
    kw, kwh
        Power above the limit, and energy that is short.
    """

    depot: str
    route: int
    quarter: int
    kw: float
    kwh: float


@dataclass(frozen=True)
class DepotSchedule:
    """Charging after the rounds, or what stands in its way.

    Attributes
    ----------
    charges
        Energy by round and quarter, in that order; empty when something is short.
    cost_eur
        By `depot_eur_per_kwh`.
    shortages
        Empty when every vehicle gets its energy.
    """

    charges: tuple[DepotCharge, ...]
    cost_eur: float
    shortages: tuple[Shortage, ...]


def depot_schedule(problem: RoundsProblem, routes: Sequence[Route]) -> DepotSchedule:
    """Return the cheapest charging at the depots after `routes`, or what is short.

    Raises
    ------
    bundling.errors.SolverError
        When HiGHS does not solve the linear programme.
    """
    rounds = [route_figures(problem, route) for route in routes]
    cells = _cells(problem, rounds)
    short = _too_brief(rounds, cells)
    if short:
        return DepotSchedule((), 0.0, short)
    if not cells.route.size:
        return DepotSchedule((), 0.0, _stations_alone(problem, rounds))
    kwh, surplus, rows = _solve(problem, rounds, cells)
    short = tuple(
        Shortage(problem.depot_ids[depot], -1, quarter, over * QUARTERS_PER_HOUR, over)
        for (depot, quarter), over in zip(rows, surplus.tolist(), strict=True)
        if over > slack(_limit_kwh(problem, depot, quarter))
    )
    if short:
        return DepotSchedule((), 0.0, short)
    charges = tuple(
        DepotCharge(int(route), int(quarter), float(amount))
        for route, quarter, amount in zip(cells.route, cells.quarter, kwh, strict=True)
        if amount > _TINY_KWH
    )
    return DepotSchedule(charges, float(cells.eur_per_kwh @ kwh), ())


@dataclass(frozen=True)
class _Cells:
    """Rounds and quarters in which their vehicles can charge; all arrays of one length."""

    route: IntArray
    depot: IntArray
    quarter: IntArray
    most_kwh: FloatArray
    eur_per_kwh: FloatArray


def _cells(problem: RoundsProblem, rounds: Sequence[RouteFigures]) -> _Cells:
    rows = []
    for number, figures in enumerate(rounds):
        if depot_kwh(figures) <= 0:
            continue
        depot = int(problem.end_depot[problem.vehicle_index[figures.vehicle]])
        prices = problem.depot_eur_per_kwh[depot]
        for quarter in presence(problem, figures):
            hours = stays_s(problem, figures, quarter) / SECONDS_PER_HOUR
            price = float(prices[quarter % len(prices)])
            rows.append((number, depot, quarter, hours * figures.charge_kw, price))
    table = np.array(rows, dtype=np.float64).reshape(-1, 5)
    route, depots, quarters = table[:, :3].astype(np.int64).T
    return _Cells(route, depots, quarters, table[:, 3], table[:, 4])


def _too_brief(rounds: Sequence[RouteFigures], cells: _Cells) -> tuple[Shortage, ...]:
    """Vehicles that could not get their energy behind any connection."""
    found = []
    for number, figures in enumerate(rounds):
        short = depot_kwh(figures) - float(cells.most_kwh[cells.route == number].sum())
        if short > slack(depot_kwh(figures)):
            found.append(Shortage(figures.end_depot, number, -1, 0.0, short))
    return tuple(found)


def _limit_kwh(problem: RoundsProblem, depot: int, quarter: int) -> float:
    limits = problem.depot_kw[depot]
    return float(limits[quarter % len(limits)]) / QUARTERS_PER_HOUR


def _stations_alone(problem: RoundsProblem, rounds: Sequence[RouteFigures]) -> tuple[Shortage, ...]:
    """Quarters in which stations alone exceed a connection."""
    return tuple(
        Shortage(problem.depot_ids[depot], -1, quarter, over * QUARTERS_PER_HOUR, over)
        for (depot, quarter), load in sorted(station_load_kwh(problem, rounds).items())
        if (over := load - _limit_kwh(problem, depot, quarter)) > slack(load)
    )


def _solve(
    problem: RoundsProblem, rounds: Sequence[RouteFigures], cells: _Cells
) -> tuple[FloatArray, FloatArray, list[tuple[int, int]]]:
    """Energy by cell, surplus by limited quarter, and which quarters those are."""
    stations = station_load_kwh(problem, rounds)
    places = set(zip(cells.depot.tolist(), cells.quarter.tolist(), strict=True)) | set(stations)
    rows = sorted(place for place in places if np.isfinite(_limit_kwh(problem, *place)))
    row_of = {place: i for i, place in enumerate(rows)}
    model = LinearModel()
    priced = problem.depot_eur_per_kwh.any()
    quarters = cells.quarter - cells.quarter.min()
    cost = cells.eur_per_kwh if priced else quarters / max(1.0, float(quarters.max()))
    x = model.add_columns("x", cells.route.size, upper=cells.most_kwh, cost=cost)
    number, local = np.unique(cells.route, return_inverse=True)
    need = np.array([depot_kwh(rounds[int(r)]) for r in number])
    # Rounding may leave a vehicle a hair less time than it needs.
    most = np.bincount(local, weights=cells.most_kwh)
    need = np.minimum(need, most)
    model.add_rows("energy", len(number), (local, x, 1.0), lower=need, upper=need)
    surplus = model.add_columns("surplus", len(rows), cost=_SURPLUS_EUR_PER_KWH)
    if rows:
        inside = np.array(
            [row_of.get(place, -1) for place in zip(cells.depot, cells.quarter, strict=True)]
        )
        limited = inside >= 0
        room = [_limit_kwh(problem, *place) - stations.get(place, 0.0) for place in rows]
        model.add_rows(
            "connection",
            len(rows),
            (inside[limited], x[limited], 1.0),
            (np.arange(len(rows)), surplus, -1.0),
            upper=room,
        )
    outcome = solve_model(model, step="depot charging")
    if outcome.status is not Status.OPTIMAL or outcome.values is None:
        raise SolverError(f"charging at the depots was not solved: {outcome.message}")
    return outcome.values[x], outcome.values[surplus], rows
