"""The cheapest round for every set of stops, by labels; exact, for few stops and full charges.

With full charges and prices that add up over the ways driven, a vehicle at a place with a set of
stops behind it is described by cost, time and battery level: one that is dearer, later and emptier
than another is needless, since an emptier one charges no shorter.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bundling.rounds.defaults import default_fields, left_at_default
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import Charge, Route
from bundling.units import METRES_PER_KM

_KNOWN = {
    "levied_m", "barred", "delivery_rolls", "capacity_rolls", "start_kwh",
    "station_x_m", "station_y_m", "station_open_s", "station_close_s", "connectors",
    "station_eur_per_kwh", "station_depot", "curve_of", "curve_kwh", "curve_s",
}  # fmt: skip
"""Optional arrays that the labels honour."""
_CHECKED_EVERY = 16
"""Sets of stops between two looks at the clock."""

Label = tuple[float, float, float, int, "Label | None"]
"""Cost, time at which it is done there, battery level, node, and the label before."""


def beyond_labels(problem: RoundsProblem) -> str:
    """Say why the labels cannot be exact for `problem`; empty when they can."""
    usual = set(left_at_default(problem))
    optional = set(default_fields(problem))
    charging = (problem.curve_of >= 0).any()
    prices = problem.station_eur_per_kwh
    chargers = int(min(problem.count.sum(), problem.num_stops))
    span = (problem.depot_close_s - problem.depot_open_s)[problem.vehicle_depot]
    same_price = all(
        (prices[k] == problem.eur_per_kwh[v]).all() for v, k in np.argwhere(problem.curve_of >= 0)
    )
    reasons = (
        (optional - usual - _KNOWN, "it has fields beyond them"),
        (problem.break_rule, "drivers take breaks"),
        (problem.eur_per_h.any(), "hours cost money"),
        (problem.kwh_per_km_per_t.any(), "consumption depends on the load"),
        ((problem.shift_s < span).any(), "shifts are shorter than the day of a hub"),
        (charging and problem.recharge != "full", "vehicles may charge in part"),
        (charging and not same_price, "the price of energy differs"),
        (charging and (problem.connectors < chargers).any(), "connectors are few"),
    )
    return next((words for there, words in reasons if there), "")


@dataclass(frozen=True)
class Rounds:
    """The cheapest round of one fleet entry for each set of stops that it can serve.

    Attributes
    ----------
    cost
        By set of stops, as bits; sets that it cannot serve lack.
    ends
        The last label of each, from which the round is read.
    """

    cost: dict[int, float]
    ends: dict[int, Label]


class _Ways:
    """What one fleet entry needs to drive, as Python numbers."""

    def __init__(self, problem: RoundsProblem, v: int) -> None:
        metres, seconds, levied = problem.ways_of(v)
        km = metres / METRES_PER_KM
        kwh = km * float(problem.kwh_per_km[v])
        eur = km * float(problem.eur_per_km[v]) + kwh * float(problem.eur_per_kwh[v])
        eur = eur + levied / METRES_PER_KM * float(problem.levy_eur_per_km[v])
        self.eur: list[list[float]] = eur.tolist()
        self.s: list[list[float]] = (seconds / float(problem.speed_factor[v])).tolist()
        self.kwh: list[list[float]] = kwh.tolist()
        electric = float(problem.kwh_per_km[v]) > 0
        self.full = float(problem.usable_kwh[v]) if electric else math.inf
        self.start = float(problem.start_kwh[v]) if electric else math.inf
        first = problem.num_depots + problem.num_stops
        curves = problem.curve_of[v]
        self.stations = [(first + k, k) for k in range(problem.num_stations) if curves[k] >= 0]
        self.hub = int(problem.vehicle_depot[v])
        self.slack = 1e-9 * max(1.0, self.full if electric else 1.0)
        self.curves = {
            k: (problem.curve_kwh[curves[k]], problem.curve_s[curves[k]]) for _, k in self.stations
        }
        self.opens: list[float] = problem.station_open_s.tolist()
        self.closes: list[float] = problem.station_close_s.tolist()
        homes = [self.hub, *(node for node, _ in self.stations)]
        self.escape: list[float] = kwh[:, homes].min(axis=1).tolist()
        self.linear = {k: len(levels) == 2 for k, (levels, _) in self.curves.items()}
        self.rate = {k: float(s[1] / kwh[1]) for k, (kwh, s) in self.curves.items()}

    def charging_s(self, k: int, level: float) -> float:
        """Seconds to charge from a level to full."""
        if self.linear[k]:
            return self.rate[k] * (self.full - level)
        levels, seconds = self.curves[k]
        begin, end = np.interp([level, self.full], levels, seconds)
        return float(end - begin)


def cheapest_rounds(
    problem: RoundsProblem, v: int, open_s: float, *, in_time: Callable[[], bool]
) -> Rounds | None:
    """Find the cheapest round of entry `v` for every set of stops; it leaves at `open_s` or later.

    Returns
    -------
    Rounds or None
        None when `in_time` says that there is no time left.
    """
    ways = _Ways(problem, v)
    hub, stops, first = ways.hub, problem.num_stops, problem.num_depots
    close = float(problem.depot_close_s[hub])
    early, late = problem.tw_early_s.tolist(), problem.tw_late_s.tolist()
    service = problem.service_s.tolist()
    fits = _fitting_sets(problem, v)
    rounds = Rounds({}, {})
    fixed = float(problem.fixed_eur[v])
    begun: Label = (fixed, open_s, ways.start, hub, None)
    waiting: dict[int, dict[int, list[Label]]] = {0: {hub: [begun]}}
    eur, seconds, kwh = ways.eur, ways.s, ways.kwh
    done = 0
    for mask in range(1 << stops):  # every set comes after its subsets
        here = waiting.pop(mask, None)
        if here is None:
            continue
        done += 1
        if done % _CHECKED_EVERY == 0 and not in_time():
            return None
        labels = [label for kept in here.values() for label in kept]
        labels += _at_stations(ways, labels)
        after = [j for j in range(stops) if not mask >> j & 1 and fits[mask | 1 << j]]
        best = math.inf
        for label in labels:
            cost, now, level, node, _ = label
            left = level - kwh[node][hub]
            if mask and left >= -ways.slack and now + seconds[node][hub] <= close + 1e-9:
                total = cost + eur[node][hub]
                if total < best:
                    best = total
                    rounds.cost[mask], rounds.ends[mask] = best, label
            for j in after:
                there = first + j
                left = level - kwh[node][there]
                if left < ways.escape[there] - ways.slack:
                    continue
                begin = now + seconds[node][there]
                if begin > late[j] + 1e-9:
                    continue
                begin = max(begin, early[j]) + service[j]
                new: Label = (cost + eur[node][there], begin, left, there, label)
                _keep(waiting.setdefault(mask | 1 << j, {}).setdefault(there, []), new)
    return rounds


def _fitting_sets(problem: RoundsProblem, v: int) -> list[bool]:
    """Tell of every set of stops whether the entry may serve and can carry it."""
    n = problem.num_stops
    bits = (np.arange(1 << n)[:, None] >> np.arange(n)) & 1
    fits = ~(bits.astype(bool) & ~problem.allowed[v]).any(axis=1)
    for freight, capacity in (
        (problem.delivery_kg, problem.capacity_kg),
        (problem.delivery_m3, problem.capacity_m3),
        (problem.delivery_rolls, problem.capacity_rolls),
    ):
        fits &= bits @ freight <= capacity[v] + 1e-9 * max(1.0, float(freight.sum()))
    answer: list[bool] = fits.tolist()
    return answer


def _at_stations(ways: _Ways, labels: list[Label]) -> list[Label]:
    """Labels that have just charged, at one station or at several in a row."""
    found: dict[int, list[Label]] = {node: [] for node, _ in ways.stations}
    queue = list(labels)
    for label in queue:  # grows while it is read
        cost, now, level, node, _ = label
        if node in found and not any(kept is label for kept in found[node]):
            continue  # another one was better since
        for there, k in ways.stations:
            left = level - ways.kwh[node][there]
            if there == node or left < -ways.slack:
                continue
            begin = max(now + ways.s[node][there], ways.opens[k])
            end = begin + ways.charging_s(k, max(0.0, left))
            if end > ways.closes[k] + 1e-9:
                continue
            new: Label = (cost + ways.eur[node][there], end, ways.full, there, label)
            if _keep(found[there], new):
                queue.append(new)
    return [label for kept in found.values() for label in kept]


def _keep(kept: list[Label], new: Label) -> bool:
    """Put a label among those of its place and set, unless one of them makes it needless."""
    cost, now, level = new[:3]
    for old in kept:
        if old[0] <= cost and old[1] <= now and old[2] >= level:
            return False
    kept[:] = [old for old in kept if old[0] < cost or old[1] < now or old[2] > level]
    kept.append(new)
    return True


def read_round(problem: RoundsProblem, v: int, open_s: float, end: Label) -> Route:
    """Write the round that ends in a label; it leaves at `open_s`."""
    way: list[Label] = []
    label: Label | None = end
    while label is not None:
        way.append(label)
        label = label[4]
    way.reverse()
    stops: list[str] = []
    charges: list[Charge] = []
    first = problem.num_depots + problem.num_stops
    ways = _Ways(problem, v)
    for before, here in itertools.pairwise(way):
        node = here[3]
        if node < first:
            stops.append(problem.stop_ids[node - problem.num_depots])
        else:
            arrives = before[2] - ways.kwh[before[3]][node]
            charge = Charge(
                len(stops), problem.station_ids[node - first], max(0.0, ways.full - arrives)
            )
            charges.append(charge)
    return Route(problem.vehicle_ids[v], tuple(stops), open_s, tuple(charges))
