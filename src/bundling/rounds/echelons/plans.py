"""What trucks can do: tours along hubs, and plans of several tours."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bundling.rounds.echelons.freight import share_freight
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.solution import Drop, TruckRoute
from bundling.rounds.tolerance import exceeds
from bundling.units import METRES_PER_KM

_MOST_HUBS = 7
"""Up to this number of hubs all orders are looked at."""
_MOST_LOOKS = 200_000
"""Choices of tours that are looked at."""


@dataclass(frozen=True)
class Tour:
    """One truck's way along hubs.

    Attributes
    ----------
    hubs
        Positions of the hubs in order.
    ready_s
        When the freight is ready at each of them; the truck leaves when the depot opens.
    eur
        Cost of the truck and its kilometres.
    """

    hubs: tuple[int, ...]
    ready_s: tuple[float, ...]
    eur: float


@dataclass(frozen=True)
class Plan:
    """Tours of all trucks that are used, in a fixed order; several may go to one hub."""

    tours: tuple[Tour, ...]

    @property
    def hubs(self) -> tuple[int, ...]:
        """Hubs where a truck calls, increasing."""
        return tuple(sorted({h for tour in self.tours for h in tour.hubs}))

    @property
    def eur(self) -> float:
        """Cost of the trucks; the hubs' own is not in it."""
        return math.fsum(tour.eur for tour in self.tours)

    @property
    def ready_s(self) -> dict[int, float]:
        """When the last truck's freight is ready at each hub."""
        ready: dict[int, float] = {}
        for tour in self.tours:
            for h, at in zip(tour.hubs, tour.ready_s, strict=True):
                ready[h] = max(at, ready.get(h, 0.0))
        return ready

    @property
    def calls(self) -> tuple[tuple[int, ...], ...]:
        """Hubs of each tour: what tells plans apart."""
        return tuple(tour.hubs for tour in self.tours)


def make_tour(problem: TwoEchelonProblem, hubs: Sequence[int]) -> Tour | None:
    """Drive a truck along `hubs`; None when it comes too late to one of them or back."""
    here, now, metres, ready = 0, problem.depot_open_s, 0.0, []
    for h in hubs:
        metres += float(problem.truck_distance_m[here, 1 + h])
        arrival = now + float(problem.truck_time_s[here, 1 + h])
        if exceeds(arrival, float(problem.hub_close_s[h])):
            return None
        now = max(arrival, float(problem.hub_open_s[h])) + float(problem.hub_handling_s[h])
        ready.append(now)
        here = 1 + h
    metres += float(problem.truck_distance_m[here, 0])
    if exceeds(now + float(problem.truck_time_s[here, 0]), problem.depot_close_s):
        return None
    eur = problem.truck_fixed_eur + metres / METRES_PER_KM * problem.truck_eur_per_km
    return Tour(tuple(hubs), tuple(ready), eur)


def make_plan(problem: TwoEchelonProblem, calls: Sequence[Sequence[int]]) -> Plan | None:
    """Make a plan of tours along the given hubs; None when one of them cannot be driven."""
    tours = [make_tour(problem, hubs) for hubs in sorted(tuple(hubs) for hubs in calls)]
    made = [tour for tour in tours if tour is not None]
    return Plan(tuple(made)) if len(made) == len(tours) else None


def hubs_eur(problem: TwoEchelonProblem, hubs: Sequence[int]) -> float:
    """Cost of using hubs."""
    return math.fsum(float(problem.hub_eur[h]) for h in hubs)


def undominated_plans(problem: TwoEchelonProblem, most_hubs: int) -> list[Plan]:
    """List plans in which every hub has one truck, cheapest first, that no other makes needless.

    Another does when it is no dearer and no later at any hub, and goes to all of them. Splitting a
    hub's freight over trucks is left out: it helps only where one truck cannot carry it.
    """
    plans = []
    for size in range(1, min(most_hubs, problem.num_hubs) + 1):
        for hubs in itertools.combinations(range(problem.num_hubs), size):
            for groups in _groupings(hubs, problem.truck_count):
                ways = [list(_tours(problem, group)) for group in groups]
                plans += [Plan(tuple(tours)) for tours in itertools.product(*ways)]
    kept: list[tuple[float, dict[int, float], Plan]] = []
    for plan in sorted(plans, key=lambda p: _order(problem, p)):
        eur, ready = plan.eur + hubs_eur(problem, plan.hubs), plan.ready_s
        if not any(
            all(h in other and other[h] <= at for h, at in ready.items()) for _, other, _ in kept
        ):
            kept.append((eur, ready, plan))
    return [plan for _, _, plan in kept]


def _order(problem: TwoEchelonProblem, plan: Plan) -> tuple[float, int, object]:
    """Cheap plans first, and of two that cost the same the one to more hubs."""
    return plan.eur + hubs_eur(problem, plan.hubs), -len(plan.hubs), plan.calls


def _groupings(hubs: tuple[int, ...], most: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield the ways to share hubs out over at most so many trucks."""
    if not hubs:
        yield []
        return
    if most == 0:
        return
    first, rest = hubs[0], hubs[1:]
    for size in range(len(rest) + 1):
        for beside in itertools.combinations(rest, size):
            left = tuple(h for h in rest if h not in beside)
            for others in _groupings(left, most - 1):
                yield [(first, *beside), *others]


def _tours(problem: TwoEchelonProblem, hubs: tuple[int, ...]) -> Iterator[Tour]:
    for order in itertools.permutations(hubs):
        tour = make_tour(problem, order)
        if tour is not None:
            yield tour


def cheapest_plan(
    problem: TwoEchelonProblem,
    kg: Mapping[int, float],
    latest_s: Mapping[int, float],
    start: Plan | None = None,
) -> Plan | None:
    """Find the cheapest tours that bring every hub its freight by its latest moment.

    Hubs may be split over trucks. It is exact for up to seven hubs and few trucks, when no way is
    shorter by another hub; for more, `start` (in time, if given) is made lean, or bettered.

    Returns
    -------
    Plan or None
        None when trucks or time are short.
    """
    first = None if start is None else lean(problem, start, kg)
    if len(kg) > _MOST_HUBS:
        return first
    hubs = sorted(kg)
    tours = _cheapest_tours(problem, hubs, latest_s)
    sets = sorted(tours, key=lambda s: (tours[s].eur, s))
    everything = (1 << len(hubs)) - 1
    loads = [kg[h] for h in hubs]
    best: list[tuple[float, tuple[int, ...]]] = [(math.inf if first is None else first.eur, ())]
    found = False
    looks = 0
    least = tours[sets[0]].eur if sets else math.inf

    def choose(begin: int, chosen: tuple[int, ...], covered: int, eur: float) -> None:
        nonlocal found, looks
        looks += 1
        room = problem.truck_capacity_kg * len(chosen)
        if covered == everything and not exceeds(math.fsum(loads), room):
            calls = [tours[s].hubs for s in chosen]
            if share_freight(problem, calls, dict(zip(hubs, loads, strict=True))) is not None:
                if eur < best[0][0]:
                    best[0], found = (eur, chosen), True
                return
        if len(chosen) == problem.truck_count or looks > _MOST_LOOKS or eur + least >= best[0][0]:
            return
        left = problem.truck_count - len(chosen)
        if exceeds(math.fsum(loads), room + left * problem.truck_capacity_kg):
            return
        for position in range(begin, len(sets)):
            tour = tours[sets[position]]
            if eur + tour.eur >= best[0][0]:
                return
            choose(position, (*chosen, sets[position]), covered | sets[position], eur + tour.eur)

    choose(0, (), 0, 0.0)
    chosen = best[0][1]
    if not found:
        return first
    return Plan(tuple(sorted((tours[s] for s in chosen), key=lambda tour: tour.hubs)))


def _cheapest_tours(
    problem: TwoEchelonProblem, hubs: Sequence[int], latest_s: Mapping[int, float]
) -> dict[int, Tour]:
    """Return the cheapest tour in time for every set of hubs (as bits) that has one."""
    tours: dict[int, Tour] = {}

    def extend(mask: int, order: tuple[int, ...]) -> None:
        tour = make_tour(problem, order) if order else None
        if order:
            if tour is None or any(
                exceeds(at, latest_s[h]) for h, at in zip(tour.hubs, tour.ready_s, strict=True)
            ):
                return
            if mask not in tours or tour.eur < tours[mask].eur:
                tours[mask] = tour
        for i, h in enumerate(hubs):
            if not mask >> i & 1:
                extend(mask | 1 << i, (*order, h))

    extend(0, ())
    return tours


def lean(problem: TwoEchelonProblem, plan: Plan, kg: Mapping[int, float]) -> Plan | None:
    """Leave out calls where a truck would leave nothing; None when the trucks lack room.

    A call stays where going past that hub is cheaper or quicker than going without.
    """
    given = share_freight(problem, plan.calls, kg)
    if given is None:
        return None
    tours = []
    for tour, amounts in zip(plan.tours, given, strict=True):
        kept = [h for h, amount in zip(tour.hubs, amounts, strict=True) if amount > 0.0]
        if not kept:
            continue
        was = dict(zip(tour.hubs, tour.ready_s, strict=True))
        new = make_tour(problem, kept)
        later = new is None or any(at > was[h] for h, at in zip(new.hubs, new.ready_s, strict=True))
        tours.append(tour if new is None or later or new.eur > tour.eur else new)
    return Plan(tuple(sorted(tours, key=lambda tour: tour.hubs)))


def truck_routes(
    problem: TwoEchelonProblem, plan: Plan, kg: Mapping[int, float]
) -> tuple[TruckRoute, ...] | None:
    """Write the tours of a plan with what each truck leaves; None when they lack room."""
    given = share_freight(problem, plan.calls, kg)
    if given is None:
        return None
    return tuple(
        TruckRoute(
            problem.depot_open_s,
            tuple(
                Drop(problem.hub_ids[h], max(0.0, amount))
                for h, amount in zip(tour.hubs, amounts, strict=True)
            ),
        )
        for tour, amounts in zip(plan.tours, given, strict=True)
    )
