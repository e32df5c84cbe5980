"""The exact choice among rounds with a departure each, with all that they share; HiGHS.

    min  sum_j (c_j + t_j) x_j + sum_jq p_dq e_jq + sum_s prize_s u_s
    s.t. sum_{j serves s} x_j + u_s = 1                      stops                      (serve)
         sum_{j of entry v} x_j <= n_v                       fleet entries              (count)
         sum_{j takes a dock or plug at t} x_j <= number     places, moments t          (taken)
         sum_q e_jq = need_j x_j;  e_jq <= most_jq           rounds                    (energy)
         sum_j e_jq + sum_j station_jq x_j <= P_dq / 4       depots, quarters      (connection)
         x_j, u_s in {0, 1}, e_jq >= 0

t_j breaks ties. A place is looked at when something begins there: at no other moment more is taken.
Energy by quarter is there at depots with a limit only; where there is none a round has the cheapest
quarters for itself, so that its charging is a part of c_j.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from bundling.mip import LinearModel, solve_model
from bundling.rounds.connection import QUARTERS_PER_HOUR
from bundling.rounds.coupling import limited_depots, tight_connectors, tight_docks
from bundling.rounds.coupling_timed import Timed
from bundling.rounds.fields import BoolArray, FloatArray, IntArray
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.tolerance import slack
from bundling.units import SECONDS_PER_HOUR

_SURPLUS_EUR = 1e5
"""Price of a dock, a plug or a kWh that is not there, far above that of any round."""
_SHIFT_EUR_PER_H = _CHARGE_EUR = 1e-4
"""Of what costs the same, that with departures near to the search's own and few charges is taken.
"""


@dataclass
class _Build:
    """The model under construction."""

    model: LinearModel
    columns: Sequence[Timed]
    x: IntArray
    elastic: bool
    known: list[tuple[IntArray, FloatArray]] = field(default_factory=list)

    def limit(
        self, name: str, terms: list[tuple[IntArray, IntArray, FloatArray]], upper: FloatArray
    ) -> None:
        """Add rows that keep limits; when elastic they may be exceeded at a price."""
        if self.elastic:
            over = self.model.add_columns(f"{name} over", len(upper), cost=_SURPLUS_EUR)
            rows = np.arange(len(upper))
            terms = [*terms, (rows, over, np.full(len(upper), -1.0))]
        self.model.add_rows(name, len(upper), *terms, upper=upper)


def choose_timed(
    problem: RoundsProblem,
    columns: Sequence[Timed],
    base_s: Sequence[float],
    *,
    time_limit: float,
    seed: int,
    elastic: bool = False,
) -> list[int] | None:
    """Choose the cheapest columns that go together, or None when none were found.

    Parameters
    ----------
    problem, columns
        The limits, and rounds at fixed departures.
    base_s
        Departure of each round as the search would have it.
    time_limit, seed
        For HiGHS.
    elastic
        Whether limits may be exceeded, at a price above everything else.
    """
    optional = np.flatnonzero(np.isfinite(problem.prize_eur))
    served = {s for column in columns for s in column.stops}
    if len(served.union(optional.tolist())) < problem.num_stops:
        return None
    limited = limited_depots(problem)
    model = LinearModel()
    cost = [
        column.eur
        + tie_eur(column, base)
        + (0.0 if limited[problem.end_depot[column.vehicle]] else cheapest_eur(column))
        for column, base in zip(columns, base_s, strict=True)
    ]
    x = model.add_columns("round", len(columns), upper=1.0, cost=cost, integer=True)
    pairs = [(s, j) for j, column in enumerate(columns) for s in column.stops]
    rows, which = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    serving = [(rows, x[which], np.ones(len(rows)))]
    if len(optional):
        absent = model.add_columns(
            "absent", len(optional), upper=1.0, cost=problem.prize_eur[optional], integer=True
        )
        serving.append((optional, absent, np.ones(len(optional))))
    model.add_rows("serve", problem.num_stops, *serving, lower=1.0, upper=1.0)
    entries = np.array([column.vehicle for column in columns], dtype=np.int64)
    counts = problem.count.astype(np.float64)
    model.add_rows("count", problem.num_vehicles, (entries, x, 1.0), upper=counts)
    build = _Build(model, columns, x, elastic)
    _taken(problem, build)
    if limited.any():
        _power(problem, build, limited)
    outcome = solve_model(model, time_limit=time_limit, gap=0.0, seed=seed, step="rounds together")
    if outcome.values is None:
        return None
    return [int(j) for j in np.flatnonzero(outcome.values[x] > 0.5)]


def tie_eur(column: Timed, base_s: float) -> float:
    """Return what is added to the cost of a round, EUR, so that ties are broken alike."""
    hours = abs(column.route.departure_s - base_s) / SECONDS_PER_HOUR
    return _SHIFT_EUR_PER_H * hours + _CHARGE_EUR * len(column.route.charges)


def cheapest_eur(column: Timed) -> float:
    """Price of charging after a round that has the connection of its depot for itself, EUR."""
    left, eur = column.depot_kwh, 0.0
    for cell in sorted(column.cells, key=lambda cell: (cell.eur_per_kwh, cell.quarter)):
        taken = min(left, cell.most_kwh)
        left, eur = left - taken, eur + taken * cell.eur_per_kwh
    return eur


def _taken(problem: RoundsProblem, build: _Build) -> None:
    """Keep the number of docks and connectors at every moment."""
    tight = np.r_[tight_docks(problem), tight_connectors(problem)]
    number = np.r_[problem.docks, problem.connectors]
    rows: list[int] = []
    which: list[int] = []
    upper: list[float] = []
    for place in np.flatnonzero(tight).tolist():
        for inside in _moments(build.columns, place):
            if len(inside) > number[place]:
                rows += [len(upper)] * len(inside)
                which += inside
                upper.append(float(number[place]))
    if upper:
        terms = (np.array(rows), build.x[which], np.ones(len(rows)))
        build.limit("taken", [terms], np.array(upper))


def _moments(columns: Sequence[Timed], place: int) -> Iterator[list[int]]:
    """For each moment at which the most is taken of a place: columns that take it, by use."""
    found = [
        (use.start_s, use.end_s - slack(use.end_s), j)  # uses may touch despite rounding
        for j, column in enumerate(columns)
        for use in column.uses
        if use.place == place and use.end_s - slack(use.end_s) > use.start_s
    ]
    found.sort()
    starts = np.array([start for start, _, _ in found])
    ends = np.array([end for _, end, _ in found])
    moments = np.unique(starts)
    sorted_ends = np.sort(ends)
    for moment, after in zip(moments, [*moments[1:], math.inf], strict=True):
        # Where nothing ends before the next begins, more is taken then.
        if np.searchsorted(sorted_ends, moment, "right") < np.searchsorted(
            sorted_ends, after, "right"
        ):
            yield [found[i][2] for i in np.flatnonzero((starts <= moment) & (moment < ends))]


def _power(problem: RoundsProblem, build: _Build, limited: BoolArray) -> None:
    """Keep the connections of depots in every quarter."""
    model, columns = build.model, build.columns
    cells = [
        (j, int(problem.end_depot[column.vehicle]), cell)
        for j, column in enumerate(columns)
        if limited[problem.end_depot[column.vehicle]]
        for cell in column.cells
    ]
    most = [cell.most_kwh for _, _, cell in cells]
    e = model.add_columns(
        "energy", len(cells), upper=most, cost=[cell.eur_per_kwh for _, _, cell in cells]
    )
    room = np.zeros(len(columns))
    np.add.at(room, [j for j, _, _ in cells], most)
    draws = np.flatnonzero(room > 0)
    row_of = np.full(len(columns), -1)
    row_of[draws] = np.arange(len(draws))
    # Rounding may leave a vehicle a hair less time than it needs.
    need = np.minimum([columns[j].depot_kwh for j in draws.tolist()], room[draws])
    if len(draws):
        owner = row_of[[j for j, _, _ in cells]]
        x = build.x[draws]
        rows = np.arange(len(draws))
        model.add_rows(
            "energy", len(draws), (owner, e, 1.0), (rows, x, -need), lower=0.0, upper=0.0
        )
    stations = [
        (j, place, kwh)
        for j, column in enumerate(columns)
        for place, kwh in column.station_kwh.items()
    ]
    places = {(d, cell.quarter) for _, d, cell in cells} | {place for _, place, _ in stations}
    quarters = problem.depot_kw.shape[1]
    limits = {
        place: float(problem.depot_kw[place[0], place[1] % quarters]) / QUARTERS_PER_HOUR
        for place in sorted(places)
    }
    number = {place: i for i, place in enumerate(p for p in limits if math.isfinite(limits[p]))}
    inside = [
        (number[d, c.quarter], i) for i, (_, d, c) in enumerate(cells) if (d, c.quarter) in number
    ]
    drawn = [(number[p], j, kwh) for j, p, kwh in stations if p in number]
    terms = []
    if inside:
        rows, which = np.array(inside, dtype=np.int64).T
        terms.append((rows, e[which], np.ones(len(rows))))
    if drawn:
        rows, which = np.array([row[:2] for row in drawn], dtype=np.int64).T
        terms.append((rows, build.x[which], np.array([kwh for _, _, kwh in drawn])))
    if number:
        build.limit("connection", terms, np.array([limits[place] for place in number]))
