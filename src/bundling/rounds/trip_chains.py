"""Which trips one vehicle might drive one after the other: chains of low reduced cost.

A beam over the number of trips: the chains that are worth most, by the values the choice of days
gives to stops, are continued by every trip that fits behind them in time, energy and stops. Times
of a chain have the form of those of a trip (`trip_profile`), so joining is exact for given charges.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bundling.rounds.charging import price_eur_per_kwh
from bundling.rounds.fields import BoolArray, FloatArray, IntArray
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.trip_days import detour, gap_station
from bundling.rounds.trip_profile import Profile, Trip, profile
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_BEAM = 120
_SLACK = 1e-6
_LATE = 1e15
_MOST_BATCH = 60
"""Chains that are continued at once, for the memory that takes."""


@dataclass(frozen=True)
class Bundle:
    """Trips of one fleet entry as arrays ``[P]``.

    Attributes
    ----------
    trips
        The trips.
    serves
        ``[P, S]``: 1 where the trip serves the stop.
    inner, last
        Profiles ``[7, P]`` with another trip to follow, and as the last of the day.
    first_s, release_s
        Earliest departure as the first trip, and when its freight is there for a later one.
    station
        Where the vehicle charges before it, or -1.
    detour_kwh, detour_s, detour_eur, charged_eur
        What the way by that station takes, and the extra price of a kWh there.
    """

    problem: RoundsProblem
    vehicle: int
    trips: tuple[Trip, ...]
    serves: FloatArray
    inner: FloatArray
    last: FloatArray
    first_s: FloatArray
    release_s: FloatArray
    station: IntArray
    detour_kwh: FloatArray
    detour_s: FloatArray
    detour_eur: FloatArray
    charged_eur: FloatArray


Row = tuple[Profile, Profile, tuple[float, ...]]
"""A trip in a bundle: with another to follow, as the last of the day, and the other figures."""
_NEVER = Profile(_LATE, 0.0, -_LATE, 0.0, 0.0, 0.0, 0.0)


def bundle(
    problem: RoundsProblem, vehicle: int, trips: Sequence[Trip], known: dict[Trip, Row | None]
) -> Bundle:
    """Return the trips of a fleet entry as arrays; those that cannot be in time are left out.

    What was looked at before is taken from `known`, and what is new is added.
    """
    new = [trip for trip in trips if trip not in known]
    if new:
        home = problem
        if (problem.end_depot != problem.vehicle_depot).any():
            home = problem.replace(end_depot=problem.vehicle_depot)
        known.update({trip: _row(problem, home, trip) for trip in new})
    found = [(trip, row) for trip in trips if (row := known[trip]) is not None]
    serves = np.zeros((len(found), problem.num_stops))
    for j, (trip, _) in enumerate(found):
        serves[j, list(trip.stops)] = 1.0
    table = np.array([row[2] for _, row in found], dtype=np.float64).reshape(-1, 7)
    return Bundle(
        problem,
        vehicle,
        tuple(trip for trip, _ in found),
        serves,
        np.array([row[0] for _, row in found], dtype=np.float64).reshape(-1, 7).T,
        np.array([row[1] for _, row in found], dtype=np.float64).reshape(-1, 7).T,
        table[:, 0],
        table[:, 1],
        table[:, 2].astype(np.int64),
        *table[:, 3:].T,
    )


def _row(problem: RoundsProblem, home: RoundsProblem, trip: Trip) -> Row | None:
    """Look at a trip; `home` is the problem in which vehicles end where they began."""
    v = trip.vehicle
    last = profile(problem, trip)
    ends = any(charge.before == len(trip.stops) for charge in trip.charges)
    inner = None if ends else last if home is problem else profile(home, trip)
    if last is None and inner is None:
        return None
    opens = float(problem.depot_open_s[problem.vehicle_depot[v]])
    release = float(problem.release_s[list(trip.stops)].max())
    first = max(opens, release + float(problem.loading_s[v]) if release > 0 else opens)
    k = gap_station(problem, v, trip.stops[0])
    metres = seconds = price = 0.0
    own_eur = float(problem.eur_per_kwh[v])
    if k >= 0:
        more = detour(problem, v, trip.stops[0], np.array([k]))
        metres, seconds = float(more[0][0]), float(more[1][0])
        at = inner.latest_s if inner is not None else 0.0
        price = price_eur_per_kwh(problem, k, at) - own_eur
    kwh = metres * float(problem.kwh_per_km[v]) / METRES_PER_KM
    eur = metres * float(problem.eur_per_km[v]) / METRES_PER_KM + kwh * own_eur
    return inner or _NEVER, last or _NEVER, (first, release, k, kwh, seconds, eur, price)


@dataclass(frozen=True)
class _Chains:
    """Chains under way: arrays of one length, times as of one trip."""

    index: tuple[tuple[int, ...], ...]
    back_s: FloatArray
    busy_s: FloatArray
    latest_s: FloatArray
    level_kwh: FloatArray
    eur: FloatArray
    metres: FloatArray
    serves: FloatArray


def chains(
    trips: Bundle, values: FloatArray, price_eur: float, most: int
) -> list[tuple[float, tuple[int, ...]]]:
    """Return chains of trips by their reduced cost, the least first.

    Parameters
    ----------
    trips
        Trips of one fleet entry.
    values
        Worth of serving each stop ``[S]``, EUR.
    price_eur
        Worth of one more vehicle of the entry, 0 or less, EUR.
    most
        How many are wanted for each number of trips.
    """
    if not trips.trips:
        return []
    problem, v = trips.problem, trips.vehicle
    worth = trips.serves @ values
    fixed = float(problem.fixed_eur[v]) - price_eur
    found: list[tuple[float, tuple[int, ...]]] = []
    begun = _begin(trips, trips.last)
    total = _money(problem, v, begun) - worth + fixed
    found += _least(total, [(j,) for j in range(len(worth))], most)
    begun = _begin(trips, trips.inner)
    kept = _best(_money(problem, v, begun) - worth, _BEAM)
    now = _pick(begun, kept)
    for _ in range(1, int(problem.max_trips[v])):
        if not now.index:
            break
        closed: list[tuple[float, tuple[int, ...]]] = []
        onward: list[_Chains] = []
        for at in range(0, len(now.index), _MOST_BATCH):
            batch = _pick(now, np.arange(at, min(at + _MOST_BATCH, len(now.index))))
            gained = (batch.serves @ values)[:, None] + worth[None, :]
            for shape, ends in ((trips.last, True), (trips.inner, False)):
                joined, fits = _join(trips, batch, shape)
                money = np.where(fits, _money(problem, v, joined) - gained.ravel(), np.inf)
                chosen = _best(money, most if ends else _BEAM)
                chosen = chosen[np.isfinite(money[chosen])]
                picked = _grown(trips, batch, joined, chosen)
                if ends:
                    closed += list(zip((money[chosen] + fixed).tolist(), picked.index, strict=True))
                else:
                    onward.append(picked)
        found += sorted(closed)[:most]
        now = _merged(onward)
        money = _money(problem, v, now) - now.serves @ values
        now = _pick(now, _best(money, _BEAM))
    return sorted(found)


def _begin(trips: Bundle, shape: FloatArray) -> _Chains:
    back, busy, latest, need, drop, eur, metres = shape
    start = float(trips.problem.start_kwh[trips.vehicle])
    fits = (trips.first_s <= latest + _SLACK) & (need <= start + _SLACK)
    back = np.where(fits, np.maximum(back, trips.first_s + busy), _LATE)
    index = tuple((j,) for j in range(len(back)))
    latest = np.where(fits, latest, -_LATE)
    return _Chains(index, back, busy, latest, start - drop, eur, metres, trips.serves)


def _join(trips: Bundle, now: _Chains, shape: FloatArray) -> tuple[_Chains, BoolArray]:
    """Put every trip behind every chain; return them row by row, and whether each fits."""
    problem, v = trips.problem, trips.vehicle
    back, busy, latest, need, drop, eur, metres = (row[None, :] for row in shape)
    level = now.level_kwh[:, None]
    lacks = need - level > _SLACK
    more = np.where(lacks, need + trips.detour_kwh - level, 0.0)
    usable = float(problem.usable_kwh[v])
    if problem.recharge == "full":
        more = np.where(lacks, usable - (level - trips.detour_kwh), 0.0)
    seconds = np.zeros_like(more)
    arrives = np.maximum(0.0, level - trips.detour_kwh)
    for k in np.unique(trips.station[trips.station >= 0]).tolist():
        curve = int(problem.curve_of[v, k])
        table = problem.curve_kwh[curve], problem.curve_s[curve]
        lasts = np.interp(arrives + more, *table) - np.interp(arrives, *table)
        seconds = np.where(trips.station == k, lasts, seconds)
    gap = float(problem.reload_s[v]) + np.where(lacks, seconds + trips.detour_s, 0.0)
    ready = np.maximum(now.back_s[:, None], trips.release_s) + gap
    fits = (ready <= latest + _SLACK) & (now.serves @ trips.serves.T < 0.5)
    fits &= ~lacks | ((trips.station >= 0) & (need <= usable + _SLACK))
    joined = _Chains(
        (),
        np.maximum(back, ready + busy).ravel(),
        (now.busy_s[:, None] + gap + busy).ravel(),
        np.minimum(now.latest_s[:, None], latest - now.busy_s[:, None] - gap).ravel(),
        (level + np.where(lacks, more - trips.detour_kwh, 0.0) - drop).ravel(),
        (
            now.eur[:, None]
            + eur
            + np.where(lacks, more * trips.charged_eur + trips.detour_eur, 0.0)
        ).ravel(),
        (now.metres[:, None] + metres).ravel(),
        np.zeros((0, 0)),
    )
    away = _away(joined)
    fits = fits.ravel() & (away <= float(problem.shift_s[v]) + _SLACK)
    fits &= joined.metres <= float(problem.max_distance_m[v]) * (1 + 1e-9)
    return joined, fits


def _away(now: _Chains) -> FloatArray:
    away: FloatArray = np.maximum(now.back_s - now.latest_s, now.busy_s)
    return away


def _money(problem: RoundsProblem, v: int, now: _Chains) -> FloatArray:
    """Money of chains without that of the vehicle; infinite where they are too long."""
    away = _away(now)
    beyond = np.maximum(0.0, away - float(problem.regular_s[v]))
    per_h = away * float(problem.eur_per_h[v])
    if problem.overtime_eur_per_h[v] > 0:
        per_h = per_h + beyond * float(problem.overtime_eur_per_h[v])
    money = now.eur + per_h / SECONDS_PER_HOUR
    long = away > float(problem.shift_s[v]) + _SLACK
    return np.where(long, np.inf, money)


def _grown(trips: Bundle, now: _Chains, joined: _Chains, chosen: IntArray) -> _Chains:
    rows, which = np.divmod(chosen, len(trips.trips))
    index = tuple((*now.index[i], j) for i, j in zip(rows.tolist(), which.tolist(), strict=True))
    numbers = {name: getattr(joined, name)[chosen] for name in _NUMBERS}
    return _Chains(index=index, serves=now.serves[rows] + trips.serves[which], **numbers)


_NUMBERS = ("back_s", "busy_s", "latest_s", "level_kwh", "eur", "metres")


def _pick(now: _Chains, chosen: IntArray) -> _Chains:
    index = tuple(now.index[i] for i in chosen.tolist())
    numbers = {name: getattr(now, name)[chosen] for name in _NUMBERS}
    return _Chains(index=index, serves=now.serves[chosen], **numbers)


def _merged(parts: Sequence[_Chains]) -> _Chains:
    def together(name: str) -> FloatArray:
        return np.concatenate([getattr(part, name) for part in parts])

    index = tuple(one for part in parts for one in part.index)
    numbers = {name: together(name) for name in _NUMBERS}
    return _Chains(index=index, serves=together("serves"), **numbers)


def _best(money: FloatArray, most: int) -> IntArray:
    """Positions of the least finite values, the least first."""
    order: IntArray = np.argsort(money, kind="stable")[:most]
    return order[np.isfinite(money[order])]


def _least(
    money: FloatArray, index: Sequence[tuple[int, ...]], most: int
) -> list[tuple[float, tuple[int, ...]]]:
    return [(float(money[i]), index[i]) for i in _best(money, most).tolist()]
