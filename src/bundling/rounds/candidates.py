"""Priced routes, and the exact choice among them: a set partitioning solved by HiGHS.

Given candidate routes r with exact cost c_r, the best set of them is

    min  sum_r c_r x_r + sum_s p_s u_s
    s.t. sum_{r serves s} x_r + u_s = 1   for every stop s          (serve)
         sum_{r of entry v} x_r <= n_v    for every fleet entry v   (count)
         x_r in {0, 1}, u_s in {0, 1}     (u_s only where stop s may be left out, at prize p_s)

(Balinski and Quandt, "On an integer program for a delivery problem", Operations Research 12,
1964). With every feasible route among the candidates it is the problem itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bundling.mip import LinearModel, solve_model
from bundling.rounds.evaluate import route_figures
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.schedule import route_timing, sequence_timing
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
    reloads
        Where next trips begin.
    """

    vehicle: int
    stops: tuple[int, ...]
    departure_s: float
    cost_eur: float
    reloads: tuple[int, ...] = ()


def candidate(
    problem: RoundsProblem,
    vehicle: int,
    stops: tuple[int, ...],
    reloads: tuple[int, ...] = (),
) -> Candidate | None:
    """Price a sequence for a fleet entry; None when it breaks a rule of the problem."""
    chosen = list(stops)
    if not problem.allowed[vehicle, chosen].all() or len(reloads) >= problem.max_trips[vehicle]:
        return None
    route = Route(
        problem.vehicle_ids[vehicle], tuple(problem.stop_ids[s] for s in stops), 0.0, (), reloads
    )
    timing = route_timing(problem, route) if reloads else sequence_timing(problem, vehicle, stops)
    if timing.late_s > 1e-6 or exceeds(timing.duration_s, float(problem.shift_s[vehicle])):
        return None
    route = replace(route, departure_s=timing.departure_s)
    figures = route_figures(problem, route)
    if (
        exceeds(figures.peak_kg, float(problem.capacity_kg[vehicle]))
        or exceeds(figures.peak_m3, float(problem.capacity_m3[vehicle]))
        or exceeds(figures.peak_rolls, float(problem.capacity_rolls[vehicle]))
        or exceeds(figures.km * METRES_PER_KM, float(problem.max_distance_m[vehicle]))
        or -figures.lowest_kwh > slack(figures.usable_kwh)
    ):
        return None
    return Candidate(vehicle, stops, timing.departure_s, figures.cost_eur, reloads)


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
    left_out_eur
        Prizes of the stops that no chosen route serves.
    """

    routes: tuple[Candidate, ...] | None
    bound: float
    extra: dict[int, int]
    left_out_eur: float = 0.0

    @property
    def cost_eur(self) -> float:
        """Cost of the chosen routes and of the stops left out; ``inf`` without."""
        if self.routes is None:
            return math.inf
        return math.fsum(r.cost_eur for r in self.routes) + self.left_out_eur


def left_out_eur(problem: RoundsProblem, part: Part, routes: Iterable[Candidate]) -> float:
    """Prizes of the stops of `part` that no route serves; ``inf`` when one must be served."""
    served = {s for route in routes for s in route.stops}
    return math.fsum(float(problem.prize_eur[s]) for s in part.stops if s not in served)


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
    """Pick the cheapest candidates that serve every stop of `part` once, or leave it out.

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
    optional = [s for s in part.stops if math.isfinite(problem.prize_eur[s])]
    if len(set(optional).union(*(route.stops for route in columns))) < len(part.stops):
        return Choice(None, -math.inf, {})
    model = LinearModel()
    x = model.add_columns(
        "route", len(columns), upper=1.0, cost=[r.cost_eur for r in columns], integer=True
    )
    served = [(row_of[s], j) for j, route in enumerate(columns) for s in route.stops]
    rows, which = np.array(served, dtype=np.int64).reshape(-1, 2).T
    serving = [(rows, x[which], 1.0)]
    absent = None
    if optional:
        prizes = problem.prize_eur[optional]
        absent = model.add_columns("absent", len(optional), upper=1.0, cost=prizes, integer=True)
        serving.append((np.array([row_of[s] for s in optional]), absent, 1.0))
    model.add_rows("serve", len(part.stops), *serving, lower=1.0, upper=1.0)
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
        if absent is not None:
            there = {s for route in start for s in route.stops}
            known[absent] = [float(s not in there) for s in optional]
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
    return Choice(chosen, outcome.bound, extra, left_out_eur(problem, part, chosen))
