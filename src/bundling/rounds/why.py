"""Why a plan is as it is, in words: why a stop is left out, and what a vehicle more is for.

Asked of a plan that is there; `bundling.rounds.explain` says why there is none. Nothing is solved
again: the stops are tried in the other rounds one by one (`bundling.rounds.trial`), the rounds as
they are. So "does not fit" is what binds in this plan, not a proof that no plan exists.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault, raise_if
from bundling.rounds.evaluate import all_figures, left_out, route_figures
from bundling.rounds.explain import in_pairs, why_impossible
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import find_reach
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.trial import Trial, best_insertion, own_round, unit_of
from bundling.rounds.trial_words import broken

_CENT = 0.005
_SHOWN = 3
"""Rounds whose reasons are told; the others are counted."""


def explain(problem: RoundsProblem, solution: RoundsSolution, *, most: int = 10) -> list[str]:
    """Say why stops are left out, and what the round with the fewest stops is for.

    Parameters
    ----------
    problem, solution
        A plan and what was asked, such as ``result.problem`` and ``result.solution``.
    most
        Stops that are looked into, those with the highest prize first; the rest is counted.

    Returns
    -------
    list of str
        One sentence a stop, and one on the round; empty when every stop is served by one round.
    """
    missing = sorted(left_out(problem, solution), key=lambda s: (-problem.prize_eur[s], s))
    words = [why_left_out(problem, solution, problem.stop_ids[s]) for s in missing[:most]]
    if len(missing) > most:
        words.append(f"and {len(missing) - most} more stops are left out")
    if len(solution.routes) > 1:
        fewest = min(range(len(solution.routes)), key=lambda r: len(solution.routes[r].stops))
        words.append(why_vehicle(problem, solution, fewest + 1))
    return words


def why_left_out(problem: RoundsProblem, solution: RoundsSolution, stop: str) -> str:
    """Say why a stop is on no round: which rule binds in each, or that it costs more than it pays.

    Raises
    ------
    bundling.InputError
        When the problem has no such stop, or it is on a round.
    """
    reason = reason_left_out(problem, solution, stop)
    prize = prize_eur(problem, stop)
    costs = f", which costs its prize of {prize:,.2f} EUR" if math.isfinite(prize) else ""
    return f"stop {stop} is left out{costs}: {reason}"


def prize_eur(problem: RoundsProblem, stop: str) -> float:
    """Cost of leaving a stop out, with the one it is paired with, EUR; infinite when it must be."""
    unit = unit_of(problem, problem.stop_index[stop])
    return math.fsum(float(problem.prize_eur[s]) for s in unit)


def reason_left_out(problem: RoundsProblem, solution: RoundsSolution, stop: str) -> str:
    """Give the reason that `why_left_out` gives, alone.

    Raises
    ------
    bundling.InputError
        When the problem has no such stop, or it is on a round.
    """
    _raise_unless_left_out(problem, solution, stop)
    unit = unit_of(problem, problem.stop_index[stop])
    reach = find_reach(problem)
    for s in unit:
        if not reach.possible(problem)[:, s].any():
            reason = why_impossible(problem, reach, s).removeprefix(f"stop {stop}: ")
            return f"no vehicle can serve it: {reason}"
    places = _in_rounds(problem, dict(enumerate(solution.routes, start=1)), unit)
    alone = _alone(problem, solution, unit)
    fits = [place for place in (*places, *alone) if place.trial.feasible]
    if not fits:
        return f"it fits in no round: {_reasons(problem, unit, places, alone)}"
    best = min(fits, key=lambda place: place.extra_eur)
    if best.extra_eur >= prize_eur(problem, stop) - _CENT:
        return f"the cheapest place, {best.where}, costs {best.extra_eur:,.2f} EUR"
    return (
        f"yet {best.where} it costs only {best.extra_eur:,.2f} EUR, so a longer search should "
        "serve it"
    )


def why_vehicle(problem: RoundsProblem, solution: RoundsSolution, route: int) -> str:
    """Say what would go wrong, or what it would cost, without one of the rounds.

    Its stops are put into the other rounds one after the other, each at its cheapest place.

    Parameters
    ----------
    problem, solution
        A plan and what was asked.
    route
        Number of the round, from 1, as in the tables.

    Raises
    ------
    bundling.InputError
        When the plan has no round of that number.
    """
    if not 1 <= route <= len(solution.routes):
        rule, remedy = f"has no round {route}", f"Give 1 to {len(solution.routes)}."
        raise_if([Fault("routes", "route", (), rule, remedy)])
    gone = solution.routes[route - 1]
    said = f"round {route} ({gone.vehicle}, {_count(len(gone.stops), 'stop')})"
    others = {n: other for n, other in enumerate(solution.routes, start=1) if n != route}
    if not others:
        return f"{said} is the only one"
    heavy = _too_much_freight(problem, solution, list(others.values()))
    if heavy:
        return f"{said} is needed for the freight: {heavy}"
    units = list(dict.fromkeys(unit_of(problem, problem.stop_index[s]) for s in gone.stops))
    placed, extra_eur = 0, 0.0
    for unit in sorted(units, key=lambda unit: -_size(problem, unit)):
        places = _in_rounds(problem, others, unit)
        fits = [place for place in places if place.trial.feasible]
        if not fits:
            fitted = f"{placed} of its stops fit in the other rounds, " if placed else ""
            names = " and ".join(problem.stop_ids[s] for s in unit)
            return f"{said} is needed: {fitted}{names} does not: {_near(places)}"
        best = min(fits, key=lambda place: place.extra_eur)
        others[best.number] = best.trial.route
        placed, extra_eur = placed + len(unit), extra_eur + best.extra_eur
    saved_eur = route_figures(problem, gone).cost_eur
    if extra_eur >= saved_eur - _CENT:
        return (
            f"{said} is worth its {saved_eur:,.2f} EUR: in the other rounds, where its stops fit, "
            f"they cost {extra_eur:,.2f} EUR"
        )
    return (
        f"{said} is not needed: in the other rounds its stops cost {extra_eur:,.2f} EUR, which "
        f"saves {saved_eur - extra_eur:,.2f} EUR, so a longer search should do without it"
    )


def why_absent(problem: RoundsProblem, stops: Iterable[str]) -> list[str]:
    """Say why a search may have found no round for some stops, when there is no plan at all.

    A stop that no vehicle can serve on any round is named with the rule, which is a proof. Of
    others the best round of their own is told: the rule it breaks, or that it could be driven, so
    that vehicles are short.
    """
    reach = find_reach(problem)
    possible = reach.possible(problem)
    words = []
    for stop in stops:
        s = problem.stop_index[stop]
        if not possible[:, s].any():
            words.append(why_impossible(problem, reach, s))
            continue
        unit = unit_of(problem, s)
        trials = [own_round(problem, v, unit) for v in np.flatnonzero(possible[:, s]).tolist()]
        best = min(trials, key=lambda trial: trial.badness)
        if best.feasible:
            words.append(
                f"stop {stop}: no round was found with room for it; alone it takes "
                f"{best.route.vehicle} {best.figures.duration_h:.1f} h, so vehicles are short: "
                + _fleet(problem, possible[:, s])
            )
        else:
            words.append(
                f"stop {stop}: no round was found; alone with {best.route.vehicle}: "
                + broken(best.violations)
            )
    return words


class _Place(NamedTuple):
    """A round that a stop was tried in: what it would cost more, its number and words, the trial.

    A new round has number 0.
    """

    extra_eur: float
    number: int
    where: str
    trial: Trial


def _in_rounds(
    problem: RoundsProblem, routes: Mapping[int, Route], unit: Sequence[int]
) -> list[_Place]:
    """Find the best place in every round whose vehicle may serve the stops."""
    figures = {number: route_figures(problem, route) for number, route in routes.items()}
    found = []
    for number, route in routes.items():
        v = problem.vehicle_index[route.vehicle]
        if problem.allowed[v, list(unit)].all():
            beside = [one for n, one in figures.items() if n != number]
            trial = best_insertion(problem, route, unit, beside)
            extra_eur = trial.figures.cost_eur - figures[number].cost_eur
            found.append(_Place(extra_eur, number, f"in round {number}", trial))
    return found


def _alone(problem: RoundsProblem, solution: RoundsSolution, unit: Sequence[int]) -> list[_Place]:
    """Try rounds of their own with the vehicles that stay at home."""
    used = [route.vehicle for route in solution.routes]
    beside = all_figures(problem, solution)
    found = []
    for v, vehicle in enumerate(problem.vehicle_ids):
        free = int(problem.count[v]) > used.count(vehicle)
        if free and problem.allowed[v, list(unit)].all():
            trial = own_round(problem, v, unit, beside)
            where = f"in a new round of {vehicle}"
            found.append(_Place(trial.figures.cost_eur, 0, where, trial))
    return found


def _reasons(
    problem: RoundsProblem, unit: Sequence[int], places: Sequence[_Place], alone: Sequence[_Place]
) -> str:
    """Say what is broken in the rounds that come closest, and by a new round."""
    words = _near(places)
    if alone:
        return f"{words}; {_near(alone, 1)}"
    may = problem.allowed[:, list(unit)].all(axis=1) & (problem.count > 0)
    return f"{words}; no vehicle is left: {_fleet(problem, may)}"


def _near(places: Sequence[_Place], shown: int = _SHOWN) -> str:
    nearest = sorted(places, key=lambda place: place.trial.badness)
    words = [f"{place.where}: {broken(place.trial.violations)}" for place in nearest[:shown]]
    if len(nearest) > shown:
        words.append(f"in {_count(len(nearest) - shown, 'other')} as bad or worse")
    return "; ".join(words) or "no round has a vehicle that may serve it"


def _fleet(problem: RoundsProblem, may: NDArray[np.bool_]) -> str:
    chosen = np.flatnonzero(may).tolist()
    words = [f"{problem.count[v]} x {problem.vehicle_ids[v]}" for v in chosen[:_SHOWN]]
    if len(chosen) > _SHOWN:
        words.append(f"{len(chosen) - _SHOWN} more kinds")
    return "the fleet has " + ", ".join(words)


def _too_much_freight(
    problem: RoundsProblem, solution: RoundsSolution, others: Sequence[Route]
) -> str:
    """Say so when the freight of all rounds is more than the other vehicles carry; else empty."""
    served = [problem.stop_index[stop] for route in solution.routes for stop in route.stops]
    vehicles = [problem.vehicle_index[route.vehicle] for route in others]
    paired = in_pairs(problem)
    stops = [s for s in served if not paired[s]]
    for unit, amounts, limit in (
        ("kg", (problem.delivery_kg, problem.pickup_kg), problem.capacity_kg),
        ("m3", (problem.delivery_m3, problem.pickup_m3), problem.capacity_m3),
        ("rolls", (problem.delivery_rolls, problem.pickup_rolls), problem.capacity_rolls),
    ):
        need = max(float(amount[stops].sum()) for amount in amounts)
        room = float((limit[vehicles] * problem.max_trips[vehicles]).sum())
        if need > room * (1 + 1e-5) + 1e-5:
            carry = _count(len(others), "other vehicle") + " can"
            return f"all rounds move {need:,.1f} {unit}, the {carry} carry {room:,.1f} {unit}"
    return ""


def _size(problem: RoundsProblem, unit: Sequence[int]) -> float:
    """Freight of stops as a share of the largest vehicle; large ones are placed first."""
    kg, m3 = max(problem.capacity_kg.max(), 1e-9), max(problem.capacity_m3.max(), 1e-9)
    share = (
        np.maximum(problem.delivery_kg, problem.pickup_kg) / kg
        + np.maximum(problem.delivery_m3, problem.pickup_m3) / m3
    )
    return float(share[list(unit)].max())


def _raise_unless_left_out(problem: RoundsProblem, solution: RoundsSolution, stop: str) -> None:
    rule = ""
    if stop not in problem.stop_index:
        rule = "is no stop of the problem"
    elif any(stop in route.stops for route in solution.routes):
        rule = "is on a round"
    raise_if([Fault("stops", "stop_id", (stop,), rule, "Name a stop left out.")] if rule else [])


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("s" if number != 1 else "")
