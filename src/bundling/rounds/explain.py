"""Why a rounds problem has no solution, in words: which stop, which rule, how much is short."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.candidates import choose
from bundling.rounds.enumeration import MOST_STOPS, all_candidates
from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.reach import Reach
from bundling.rounds.search import Found, best_of
from bundling.units import clock_from_seconds

_EXTRA_EUR = 1e6


def impossible_stops(problem: RoundsProblem, reach: Reach) -> list[str]:
    """One sentence for each stop that no vehicle can serve in any solution; empty when none."""
    served = reach.possible(problem).any(axis=0) | np.isfinite(problem.prize_eur)
    return [why_impossible(problem, reach, int(s)) for s in np.flatnonzero(~served)]


def why_impossible(problem: RoundsProblem, reach: Reach, s: int) -> str:
    """Say which rule keeps every vehicle from the stop in position `s`; it must be so."""
    stop = f"stop {problem.stop_ids[s]}"
    at_depot = problem.same_depot[:, s] & (problem.count > 0)
    depot = int(problem.stop_depot[s])
    where = f"at its depot {problem.depot_ids[depot]}" if depot >= 0 else "at any depot"
    if not at_depot.any():
        return f"{stop}: there is no vehicle {where}"
    allowed = at_depot & problem.allowed[:, s]
    if not allowed.any():
        rules: dict[str, list[str]] = {}
        for v in np.flatnonzero(at_depot).tolist():
            rule = problem.bar_rules[problem.barred[v, s] - 1]
            rules.setdefault(rule, []).append(problem.vehicle_types[v])
        words = "; ".join(f"{rule} bars {_names(types)}" for rule, types in rules.items())
        return f"{stop}: no vehicle {where} may go there: {words}"
    fits = allowed & (reach.over_kg[:, s] <= 0) & (reach.over_m3[:, s] <= 0)
    if not fits.any():
        return f"{stop}: {_too_big(problem, reach, s, allowed)}"
    fits &= reach.over_rolls[:, s] <= 0
    if not fits.any():
        rolls = max(float(problem.delivery_rolls[s]), float(problem.pickup_rolls[s]))
        return f"{stop}: {rolls:,.0f} roll containers are too many for every vehicle that may go"
    in_time = fits & (reach.late_s[:, s] <= 0) & (reach.over_shift_s[:, s] <= 0)
    if not in_time.any():
        return f"{stop}: {_too_late(problem, reach, s, fits)}"
    near = in_time & (reach.over_m[:, s] <= 0)
    if not near.any():
        v = int(min(np.flatnonzero(in_time), key=lambda i: reach.over_m[i, s]))
        return (
            f"{stop}: there and back is {reach.over_m[v, s] / 1000:.1f} km more than "
            f"{problem.vehicle_ids[v]} may drive, {problem.max_distance_m[v] / 1000:.1f} km"
        )
    v = int(min(np.flatnonzero(near), key=lambda i: reach.short_kwh[i, s]))
    usable, short = float(problem.start_kwh[v]), float(reach.short_kwh[v, s])
    if (problem.curve_of[v] >= 0).any():
        return (
            f"{stop}: out of battery range even with charging on the way: "
            f"{problem.vehicle_ids[v]} is {short:.1f} kWh short"
        )
    return (
        f"{stop}: out of battery range: there and back takes {usable + short:.1f} kWh, the battery "
        f"of {problem.vehicle_ids[v]} gives {usable:.1f} kWh, {short:.1f} kWh missing"
    )


def _names(types: Iterable[str]) -> str:
    return ", ".join(sorted(set(types)))


def _too_big(problem: RoundsProblem, reach: Reach, s: int, allowed: NDArray[np.bool_]) -> str:
    candidates = np.flatnonzero(allowed)
    kg, m3 = reach.over_kg[:, s], reach.over_m3[:, s]
    words = []
    if (kg[candidates] > 0).all():
        v = int(candidates[np.argmin(kg[candidates])])
        load = float(problem.capacity_kg[v] + kg[v])
        words.append(
            f"{load:,.0f} kg is too heavy for every vehicle that may go there; "
            f"{problem.vehicle_ids[v]} carries {problem.capacity_kg[v]:,.0f} kg, "
            f"{kg[v]:,.0f} kg too much"
        )
    if (m3[candidates] > 0).all():
        v = int(candidates[np.argmin(m3[candidates])])
        load = float(problem.capacity_m3[v] + m3[v])
        words.append(
            f"{load:,.2f} m3 is too large for every vehicle that may go there; "
            f"{problem.vehicle_ids[v]} carries {problem.capacity_m3[v]:,.2f} m3, "
            f"{m3[v]:,.2f} m3 too much"
        )
    if not words:
        words.append(
            "no vehicle that may go there has both the weight and the volume it needs: "
            + "; ".join(
                f"{problem.vehicle_ids[v]} is {kg[v]:,.0f} kg and {m3[v]:,.2f} m3 short"
                for v in candidates
            )
        )
    return "; ".join(words)


def _too_late(problem: RoundsProblem, reach: Reach, s: int, fits: NDArray[np.bool_]) -> str:
    candidates = np.flatnonzero(fits)
    late = reach.late_s[candidates, s] + reach.over_shift_s[candidates, s]
    v = int(candidates[np.argmin(late)])
    vehicle, depot = problem.vehicle_ids[v], int(problem.vehicle_depot[v])
    words = []
    if reach.late_s[v, s] > 0:
        released = float(problem.release_s[s]) > float(problem.depot_open_s[depot])
        leaves = max(float(problem.release_s[s]), float(problem.depot_open_s[depot]))
        last = int(problem.end_depot[v])
        between = " and ".join(
            clock_from_seconds(at) for at in (leaves, float(problem.depot_close_s[last]))
        )
        windows = ", ".join(
            "-".join(clock_from_seconds(at) for at in window) for window in problem.windows_of(s)
        )
        words.append(
            f"window {windows} cannot be met between {between} from depot "
            f"{problem.depot_ids[depot]}"
            + (", where its freight is only then" if released else "")
            + f": {vehicle} is {reach.late_s[v, s] / 60:.0f} min late"
        )
    if reach.over_shift_s[v, s] > 0:
        words.append(
            f"there and back takes {vehicle} {reach.over_shift_s[v, s] / 60:.0f} min more than its "
            f"shift of {problem.shift_s[v] / 3600:.1f} h"
        )
    return "; ".join(words)


def short_fleet(problem: RoundsProblem, possible: NDArray[np.bool_]) -> list[str]:
    """Sentences where all vehicles together cannot carry the freight of the stops they may serve.

    A vehicle carries its capacity once a trip, so this is a proof. Only stops that share the same
    set of vehicles are compared with those vehicles' capacity, and none that may be left out or
    bring freight from one stop to another.
    """
    groups: dict[bytes, list[int]] = {}
    for s in np.flatnonzero(~np.isfinite(problem.prize_eur) & ~in_pairs(problem)).tolist():
        groups.setdefault(possible[:, s].tobytes(), []).append(s)
    words = []
    for stops in groups.values():
        mine = np.flatnonzero(possible[:, stops[0]])
        if not mine.size:
            continue
        for unit, freight, capacity in (
            ("kg", (problem.delivery_kg, problem.pickup_kg), problem.capacity_kg),
            ("m3", (problem.delivery_m3, problem.pickup_m3), problem.capacity_m3),
        ):
            need = max(float(amount[stops].sum()) for amount in freight)
            room = float((problem.count[mine] * problem.max_trips[mine] * capacity[mine]).sum())
            if need > room * (1 + 1e-5) + 1e-5:
                words.append(
                    f"{len(stops)} stops (the first is {problem.stop_ids[stops[0]]}) need "
                    f"{need:,.1f} {unit}; all vehicles for them carry {room:,.1f} {unit} together, "
                    f"{need - room:,.1f} {unit} short: "
                    + ", ".join(f"{problem.count[v]} x {problem.vehicle_ids[v]}" for v in mine)
                )
    return words


def in_pairs(problem: RoundsProblem) -> NDArray[np.bool_]:
    """Say which stops ``[S]`` are a pickup or delivery of a pair, whose freight sees no depot."""
    paired = problem.pair_of >= 0
    paired[problem.pair_of[paired]] = True
    return paired


def missing_vehicles(
    problem: RoundsProblem, part: Part, runs: Sequence[Found], *, proved: bool, seconds: float
) -> list[str]:
    """Say how many vehicles are short in the best plan found when more may be used at a high price.

    Parameters
    ----------
    problem, part
        The part without a solution.
    runs
        What the searches found; for a small part all sequences are tried.
    proved
        Whether it is certain that the part has no solution.
    seconds
        Wall seconds it may take; half a second at least.
    """
    if len(part.stops) <= MOST_STOPS:
        routes = all_candidates(problem, part)
        choice = choose(problem, part, routes, price_extra_eur=_EXTRA_EUR)
    else:
        choice = best_of(
            problem, part, runs, time_limit=max(0.5, seconds), seed=0, price_extra_eur=_EXTRA_EUR
        )
    certain = "proved" if proved else "in the best plan found"
    if choice.routes is None or not choice.extra:
        alone = "stops that no single round reaches directly although a way through others may"
        return [f"{len(part.stops)} stops could not all be planned ({certain}): {alone}"]
    total = math.fsum(choice.extra.values())
    which = ", ".join(f"{n} x {problem.vehicle_ids[v]}" for v, n in sorted(choice.extra.items()))
    words = (
        f"the fleet is too small for {len(part.stops)} stops (the first is "
        f"{problem.stop_ids[part.stops[0]]}): {total:.0f} more vehicles are needed ({certain}), "
        f"for instance {which}"
    )
    return [words]
