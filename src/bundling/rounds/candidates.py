"""Priced routes, and the exact choice among them: a set partitioning solved by HiGHS.

Given candidate routes r with exact cost c_r, the best set of them is

    min  sum_r c_r x_r
    s.t. sum_{r serves s} x_r  = 1        for every stop s          (serve)
         sum_{r of entry v} x_r <= n_v    for every fleet entry v   (count)
         x_r in {0, 1}

(Balinski and Quandt, "On an integer program for a delivery problem", Operations Research 12,
1964). With every feasible route among the candidates it is the problem itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bundling.mip import LinearModel, solve_model
from bundling.rounds.evaluate import route_figures
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import sequence_timing
from bundling.rounds.solution import Route
from bundling.rounds.tolerance import exceeds, slack
from bundling.units import METRES_PER_KM


@dataclass(frozen=True)
class Candidate:
    """A feasible route with its exact cost.

    Attributes
    ----------
    vehicle, stops
        Positions of the fleet entry and of the stops in order.
    departure_s
        The departure with the shortest duration.
    cost_eur
        By `route_figures`.
    """

    vehicle: int
    stops: tuple[int, ...]
    departure_s: float
    cost_eur: float


def candidate(problem: RoundsProblem, vehicle: int, stops: tuple[int, ...]) -> Candidate | None:
    """Price a sequence for a fleet entry; None when it breaks a rule of the problem."""
    chosen = list(stops)
    if not problem.allowed[vehicle, chosen].all():
        return None
    timing = sequence_timing(problem, vehicle, stops)
    if timing.late_s > 1e-6 or exceeds(timing.duration_s, float(problem.shift_s[vehicle])):
        return None
    names = tuple(problem.stop_ids[s] for s in stops)
    route = Route(problem.vehicle_ids[vehicle], names, timing.departure_s)
    figures = route_figures(problem, route)
    if (
        exceeds(figures.peak_kg, float(problem.capacity_kg[vehicle]))
        or exceeds(figures.peak_m3, float(problem.capacity_m3[vehicle]))
        or exceeds(figures.peak_rolls, float(problem.capacity_rolls[vehicle]))
        or exceeds(figures.km * METRES_PER_KM, float(problem.max_distance_m[vehicle]))
        or -figures.lowest_kwh > slack(figures.usable_kwh)
    ):
        return None
    return Candidate(vehicle, stops, timing.departure_s, figures.cost_eur)


@dataclass(frozen=True)
class Choice:
    """What the set partitioning gives.

    Attributes
    ----------
    routes
        The chosen candidates; None when the candidates cannot serve every stop.
    bound
        Lower bound on the cost of any choice among the candidates.
    extra
        Vehicles used beyond the fleet, by fleet entry (only when `price_extra_eur` was given).
    """

    routes: tuple[Candidate, ...] | None
    bound: float
    extra: dict[int, int]

    @property
    def cost_eur(self) -> float:
        """Cost of the chosen routes; ``inf`` without."""
        return math.inf if self.routes is None else math.fsum(r.cost_eur for r in self.routes)


def choose(
    problem: RoundsProblem,
    part: Part,
    candidates: Iterable[Candidate],
    *,
    time_limit: float = math.inf,
    seed: int = 0,
    price_extra_eur: float | None = None,
    start: Sequence[Candidate] = (),
) -> Choice:
    """Pick the cheapest candidates that serve every stop of `part` once.

    Parameters
    ----------
    problem, part
        The stops to serve and the fleet entries to use.
    candidates
        Feasible routes; of those with the same entry and the same set of stops only the cheapest
        can be chosen.
    time_limit, seed
        For HiGHS.
    price_extra_eur
        When given, vehicles beyond the fleet may be used at this price (for explanations).
    start
        A known choice; the answer is never worse. HiGHS alone can be left with a bad one when its
        time ends.
    """
    cheapest: dict[tuple[int, frozenset[int]], Candidate] = {}
    for route in (*start, *candidates):
        key = (route.vehicle, frozenset(route.stops))
        if key not in cheapest or route.cost_eur < cheapest[key].cost_eur:
            cheapest[key] = route
    columns = list(cheapest.values())
    row_of = {s: i for i, s in enumerate(part.stops)}
    entry_of = {v: i for i, v in enumerate(part.vehicles)}
    if len(set().union(*(route.stops for route in columns))) < len(part.stops):
        return Choice(None, -math.inf, {})
    model = LinearModel()
    x = model.add_columns(
        "route", len(columns), upper=1.0, cost=[r.cost_eur for r in columns], integer=True
    )
    served = [(row_of[s], j) for j, route in enumerate(columns) for s in route.stops]
    rows, which = np.array(served, dtype=np.int64).T
    model.add_rows("serve", len(part.stops), (rows, x[which], 1.0), lower=1.0, upper=1.0)
    entries = np.array([entry_of[route.vehicle] for route in columns], dtype=np.int64)
    counts = problem.count[list(part.vehicles)].astype(np.float64)
    terms = [(entries, x, 1.0)]
    more = None
    if price_extra_eur is not None:
        more = model.add_columns("extra", len(counts), cost=price_extra_eur, integer=True)
        terms.append((np.arange(len(counts)), more, -1.0))
    model.add_rows("count", len(counts), *terms, upper=counts)
    known = None
    if start:
        position = {key: j for j, key in enumerate(cheapest)}
        known = np.zeros(model.num_columns)
        known[[position[(r.vehicle, frozenset(r.stops))] for r in start]] = 1.0
    outcome = solve_model(
        model, time_limit=time_limit, gap=0.0, seed=seed, start=known, step="rounds"
    )
    values = outcome.values
    if known is not None and (values is None or model.cost @ known < model.cost @ values):
        values = known
    if values is None:
        return Choice(None, outcome.bound, {})
    chosen = tuple(columns[j] for j in np.flatnonzero(values[x] > 0.5))
    extra: dict[int, int] = {}
    if more is not None:
        beyond = values[more]
        extra = {part.vehicles[i]: int(beyond[i]) for i in np.flatnonzero(beyond > 0.5)}
    return Choice(chosen, outcome.bound, extra)
