"""Several trips a day on electric rounds: search single trips, then put them together into days.

The kernels know one trip a route. They search the problem with more vehicles than there are, which
drive one trip each: at any time, or each within a part of the day, so that there are trips which
can follow one another. All good trips seen go into one pool, of which `trip_choice` makes days.
Then again and again: some days are taken apart, and their stops are searched anew within the hours
of their trips.

The first search is that for one trip a day, so that more trips never cost more than one for the
same seed and number of iterations.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bundling.result import Event, Limit, OnEvent
from bundling.rounds.coupling import draws_energy, released_loaded
from bundling.rounds.electric.engine import Found, search
from bundling.rounds.fields import FloatArray
from bundling.rounds.figures import ReloadEvent
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Route
from bundling.rounds.trip_choice import Days
from bundling.rounds.trip_warm import SHARES, add_warm

_OF_ENTRY = (
    "vehicle_types", "vehicle_depot", "count", "capacity_kg", "capacity_m3", "shift_s",
    "fixed_eur", "eur_per_km", "eur_per_h", "levy_eur_per_km", "eur_per_kwh", "usable_kwh",
    "kwh_per_km", "kwh_per_km_per_t", "charge_kw", "co2e_kg_per_km", "co2e_kg_per_kwh",
    "nox_g_per_km", "speed_factor", "barred", "capacity_rolls", "max_distance_m", "max_trips",
    "reload_s", "service_factor", "regular_s", "overtime_eur_per_h", "start_kwh", "end_depot",
    "curve_of", "matrix_of", "loading_s", "ready_by_s", "break_rule",
)  # fmt: skip
"""Fields that hold something for each fleet entry."""
_POOLED, _POOLED_FIRST = 150, 400
"""Trips taken from one search."""
_WARM, _FIRST = 0.3, 0.3
"""Parts of the time for PyVRP, and for the electric searches of the whole problem."""
_CHOICE = 0.08
"""Part of the time for each making of days."""
_HEAR_S = 0.3
_ROUND = 0.06
"""Part of the time for each search after them, and for the choice that follows it."""
_ROUND_S_PER_STOP = 0.03
"""No search needs more seconds for each stop that it looks at."""
_ROUNDS = 12
"""Searches of parts when iterations are counted and not time."""
_FREE = 40
"""About so many stops are searched anew."""
_OTHERS = "not looked at in this search"


class Slot(NamedTuple):
    """Vehicles for one trip: fleet entry, hours, how many, and what each costs."""

    vehicle: int
    opens_s: float
    closes_s: float
    number: int
    fixed_eur: float


def search_trips(
    problem: RoundsProblem,
    *,
    seed: int,
    time_limit: float,
    elapsed: Callable[[], float],
    on_event: OnEvent | None,
    max_iterations: int | None,
) -> Found:
    """Search days of one or more trips until the time or the iterations end.

    The arguments are those of `bundling.rounds.electric.engine.search`, where `max_iterations`
    counts for each of its searches. `Found.routes` are days, and so is `Found.pool`.
    """
    begun = elapsed()
    span = max(0.0, time_limit - begun)
    days = Days(problem, lambda: time_limit - elapsed(), seed)
    found = Found()
    content = False

    def hear(event: Event) -> bool | None:
        nonlocal content
        if on_event is None:
            return None
        said = on_event(replace(event, objective=days.best.eur))
        content = content or said is False
        return said

    def look(slots: Sequence[Slot] | None, part: float, number: int, free: set[int] | None) -> None:
        """Search trips, and put them into the pool."""
        asked, hours, rows = _virtual(problem, slots, free)
        ends = min(time_limit, elapsed() + part * span)
        more = search(
            released_loaded(asked), seed=seed + number, time_limit=ends, elapsed=elapsed,
            on_event=hear, max_iterations=max_iterations, hours=hours,
            most_pooled=_POOLED if free else _POOLED_FIRST,
        )  # fmt: skip
        found.iterations += more.iterations
        found.limit = more.limit
        days.add_trips(_real(problem, rows, route) for route in more.pool)
        alone = days.add_trips(_real(problem, rows, route) for route in more.routes or ())
        days.offer([(trip,) for trip in alone])

    def note() -> None:
        until = 0.03 * span
        if max_iterations is None:
            until = max(until, time_limit - elapsed() - _CHOICE * span)
        if days.choose(until):
            found.improvements.append((elapsed(), days.best.eur, -math.inf))

    def warm(number: int, share: float) -> None:
        """Begin from days of PyVRP."""
        ends = elapsed() + _WARM / len(SHARES) * span
        heard = elapsed()

        def stop(done: int) -> bool:
            nonlocal heard
            now = elapsed()
            if now - heard > _HEAR_S:
                heard = now
                hear(Event("rounds", now, math.inf, -math.inf))
            return content or now >= ends or (max_iterations is not None and done >= max_iterations)

        try:
            found.iterations += add_warm(problem, days, share, seed=seed + number, stop=stop)
        except KeyboardInterrupt:
            found.limit = Limit.INTERRUPT

    electric = bool(draws_energy(problem).any())
    for number, share in enumerate(SHARES if electric else SHARES[:1]):
        if not content and found.limit is not Limit.INTERRUPT:
            warm(number, share)
    plans = _plans(problem)
    for number, slots in enumerate(plans):
        if content or found.limit is Limit.INTERRUPT or elapsed() >= time_limit:
            break
        look(slots, _FIRST / len(plans), number, None)
    note()
    rng = np.random.default_rng(seed % 2**32)
    rounds = 0
    while not content and found.limit is not Limit.INTERRUPT:
        gone = (elapsed() - begun) / max(span, 1e-9)
        if gone > 1.0 - _ROUND or (max_iterations is not None and rounds >= _ROUNDS):
            break
        slots, free = _reopened(problem, days, rng)
        most_s = _ROUND_S_PER_STOP * (len(free) if free else problem.num_stops)
        look(slots, min(_ROUND, most_s / max(span, 1e-9)), len(plans) + rounds, free)
        note()
        rounds += 1
    if found.limit is not Limit.INTERRUPT:
        found.limit = Limit.TIME if elapsed() >= 0.9 * time_limit else Limit.ITERATIONS
    found.cost_eur = days.best.eur
    if math.isfinite(days.best.eur):
        found.routes = [day.route for day in days.best.days]
        found.pool = [day.route for day in sorted(days.days.values(), key=lambda day: day.eur)]
    else:
        found.absent = tuple(problem.stop_ids[s] for s in days.best.absent)
    return found


def _plans(problem: RoundsProblem) -> list[list[Slot] | None]:
    """Return what is searched first: one trip a day, many trips, and parts of the day."""
    most = int(min(problem.max_trips.max(), 4))
    plans: list[list[Slot] | None] = [None, _banded(problem, np.zeros(0))]
    plans += [
        _banded(problem, np.arange(1, parts) / parts) for parts in sorted({2, min(3, most), most})
    ]
    return plans


def _banded(problem: RoundsProblem, edges: FloatArray) -> list[Slot]:
    """Return slots for the parts of the day between `edges` (from 0 to 1), all vehicles in each."""
    slots = []
    for v in range(problem.num_vehicles):
        opens, closes = _day(problem, v)
        low, high = _busy_hours(problem, v)
        most = int(problem.max_trips[v])
        count = int(problem.count[v])
        if count == 0:
            continue
        fixed = float(problem.fixed_eur[v]) / min(most, 1 + max(1, len(edges)))
        if most == 1 or not len(edges):
            number = min(count * most, problem.num_stops)
            slots.append(Slot(v, opens, closes, number, fixed))
            continue
        cuts = low + edges * (high - low)
        starts = [opens, *(cuts + float(problem.reload_s[v])).tolist()]
        for start, end in zip(starts, [*cuts.tolist(), closes], strict=True):
            slots.append(Slot(v, start, end, min(count, problem.num_stops), fixed))
    return slots


def _day(problem: RoundsProblem, v: int) -> tuple[float, float]:
    opens = float(problem.depot_open_s[problem.vehicle_depot[v]])
    return opens, float(problem.depot_close_s[problem.end_depot[v]])


def _busy_hours(problem: RoundsProblem, v: int) -> tuple[float, float]:
    """First departure and last return that any stop asks for."""
    opens, closes = _day(problem, v)
    depot, stops = int(problem.vehicle_depot[v]), slice(problem.num_depots, None)
    time_s = problem.time_of(v) / float(problem.speed_factor[v])
    there = time_s[depot, stops][: problem.num_stops]
    back = time_s[stops, depot][: problem.num_stops]
    mine = problem.allowed[v] & np.isfinite(there) & np.isfinite(back)
    if not mine.any():
        return opens, closes
    first = np.maximum(problem.tw_early_s - there, problem.release_s)[mine].min()
    last = (problem.tw_late_s + problem.service_s + back)[mine].max()
    return max(opens, float(first)), min(closes, float(last))


def _reopened(
    problem: RoundsProblem, days: Days, rng: np.random.Generator
) -> tuple[list[Slot], set[int] | None]:
    """Return slots and stops for a search of some days anew; all when there is no choice yet."""
    chosen = days.best.days
    parts = int(rng.integers(2, max(3, min(int(problem.max_trips.max()), 6) + 1)))
    shifted = np.arange(1, parts) / parts + rng.uniform(-0.15, 0.15, parts - 1)
    if rng.random() < 0.5:
        shifted = rng.uniform(0.1, 0.9, parts - 1)
    edges = np.sort(np.clip(shifted, 0.05, 0.95))
    if not chosen or math.isinf(days.best.eur):
        return _banded(problem, edges), None
    xy = np.c_[problem.stop_x_m, problem.stop_y_m]
    middle = np.array([xy[list(day.stops)].mean(axis=0) for day in chosen])
    seed = int(rng.integers(len(chosen)))
    order = np.argsort(np.hypot(*(middle - middle[seed]).T), kind="stable")
    free: set[int] = set(days.best.absent)
    of_days: list[list[Slot]] = []
    for i in order.tolist():
        if len(free) >= _FREE:
            break
        day = chosen[i]
        free |= set(day.stops)
        of_days.append(_slots_of(problem, day.vehicle, day.figures.reloads, edges, rng))
    slots = [slot for mine in of_days for slot in mine]
    change = rng.random()
    if change < 0.5 and len(of_days) > 1:  # a vehicle less, where that pays
        gone = int(rng.integers(len(of_days)))
        slots = [
            slot._replace(fixed_eur=float(problem.fixed_eur[slot.vehicle])) if i == gone else slot
            for i, mine in enumerate(of_days)
            for slot in mine
        ]
    elif change < 0.7:  # or one more
        spare = problem.count - np.bincount(
            [day.vehicle for day in chosen], minlength=problem.num_vehicles
        )
        for v in np.flatnonzero(spare > 0).tolist():
            slots.append(Slot(v, *_day(problem, v), 1, float(problem.fixed_eur[v])))
    return slots, free if len(free) < problem.num_stops else None


def _slots_of(
    problem: RoundsProblem,
    v: int,
    reloads: Sequence[ReloadEvent],
    edges: FloatArray,
    rng: np.random.Generator,
) -> list[Slot]:
    """Return one vehicle for each trip of a day, cut where it is or by `edges`."""
    opens, closes = _day(problem, v)
    if problem.max_trips[v] == 1:
        return [Slot(v, opens, closes, 1, 0.0)]
    low, high = _busy_hours(problem, v)
    cuts = [low + edge * (high - low) for edge in edges.tolist()]
    if reloads and rng.random() < 0.5:
        cuts = [event.arrival_s for event in reloads]
        cuts = [cut + float(rng.uniform(-0.05, 0.05)) * (high - low) for cut in cuts]
    cuts = sorted(cuts)[: int(problem.max_trips[v]) - 1]
    starts = [opens, *(cut + float(problem.reload_s[v]) for cut in cuts)]
    return [Slot(v, a, b, 1, 0.0) for a, b in zip(starts, [*cuts, closes], strict=True)]


def _virtual(
    problem: RoundsProblem, slots: Sequence[Slot] | None, free: set[int] | None
) -> tuple[RoundsProblem, tuple[FloatArray, FloatArray] | None, list[int]]:
    """Return a problem of one trip a vehicle, the hours of its entries, and what they are really.

    Stops that are not `free` may be left out for nothing, and nobody may go there.
    """
    if slots is None:
        return problem.replace(max_trips=None), None, list(range(problem.num_vehicles))
    rows = [slot.vehicle for slot in slots]
    changes: dict[str, object] = {}
    for name in _OF_ENTRY:
        value = getattr(problem, name)
        if isinstance(value, tuple):
            changes[name] = tuple(value[v] for v in rows) if value else ()
        else:
            changes[name] = value[rows]
    changes["vehicle_ids"] = tuple(f"{problem.vehicle_ids[v]}#{i}" for i, v in enumerate(rows))
    changes["count"] = [slot.number for slot in slots]
    changes["fixed_eur"] = [slot.fixed_eur for slot in slots]
    changes["max_trips"] = None
    if free is not None:
        others = np.ones(problem.num_stops, dtype=bool)
        others[sorted(free)] = False
        rules = (*problem.bar_rules, _OTHERS)
        changes["bar_rules"] = rules
        changes["barred"] = np.where(others[None, :], len(rules), problem.barred[rows])
        changes["prize_eur"] = np.where(others, 0.0, problem.prize_eur)
    hours = (np.array([s.opens_s for s in slots]), np.array([s.closes_s for s in slots]))
    return problem.replace(**changes), hours, rows


def _real(problem: RoundsProblem, rows: Sequence[int], route: Route) -> Route:
    """Return a trip of a slot as one of its fleet entry."""
    name = route.vehicle
    if name in problem.vehicle_index:
        return route
    return replace(route, vehicle=problem.vehicle_ids[rows[int(name.rsplit("#", 1)[1])]])
