"""What makes rounds depend on each other: docks, connectors, and power and prices at depots.

Every search plans rounds one by one, for a problem without these limits (`eased`); which rounds are
driven, and when they leave, is chosen afterwards with all limits in one model
(`bundling.rounds.coupling_choice`). What the eased problem costs at least, the problem itself does.
"""

from __future__ import annotations

import numpy as np

from bundling.rounds.fields import BoolArray, FloatArray, IntArray
from bundling.rounds.problem import RoundsProblem

COUPLING = frozenset(
    {
        "connectors",
        "docks",
        "loading_s",
        "depot_kw",
        "depot_eur_per_kwh",
        "ready_by_s",
        "station_depot",
    }
)
"""Optional fields that only the choice after a search honours."""


def is_coupled(problem: RoundsProblem) -> bool:
    """Whether rounds that are each fine may not be so together, or not at their cheapest hour."""
    tight = tight_docks(problem).any() or tight_connectors(problem).any()
    return bool(tight) or problem.plans_depot_charging


def tight_docks(problem: RoundsProblem) -> BoolArray:
    """Depots ``[D]`` with fewer docks than vehicles that may want one."""
    tight: BoolArray = problem.docks < _vehicles(problem, _loads(problem)[:, None] & _from(problem))
    return tight


def tight_connectors(problem: RoundsProblem) -> BoolArray:
    """Stations ``[K]`` with fewer connectors than vehicles that may want one."""
    tight: BoolArray = problem.connectors < _vehicles(problem, problem.curve_of >= 0)
    return tight


def limited_depots(problem: RoundsProblem) -> BoolArray:
    """Depots ``[D]`` whose connection has a limit at some hour."""
    return np.asarray(np.isfinite(problem.depot_kw).any(axis=1), dtype=np.bool_)


def eased(problem: RoundsProblem) -> RoundsProblem:
    """Return `problem` without what couples rounds; none of its solutions is lost, or dearer.

    The price of energy is the lowest there is at the depot. Where there is no dock at all vehicles
    that must be loaded stay at home, and a station without connectors serves nobody.
    """
    if not is_coupled(problem):
        return problem
    shut = (problem.docks == 0)[problem.vehicle_depot]
    curves = problem.curve_of.copy()
    curves[:, problem.connectors == 0] = -1
    return problem.replace(
        docks=None,
        connectors=None,
        depot_kw=None,
        depot_eur_per_kwh=None,
        ready_by_s=None,
        station_depot=None,
        curve_of=curves,
        count=np.where(shut & (problem.loading_s > 0), 0, problem.count),
        max_trips=np.where(shut & (problem.reload_s > 0), 1, problem.max_trips),
        eur_per_kwh=problem.eur_per_kwh + _folded(problem),
    )


def not_eased_eur(problem: RoundsProblem) -> float:
    """Money, 0 or less, that depots may pay for charging beyond what `eased` knows of."""
    rest = np.minimum(0.0, _lowest_price(problem) - _folded(problem))
    most = np.minimum(problem.count, problem.num_stops)
    # A round takes from its depot what it began with at most: more comes from stations.
    return float((rest * problem.start_kwh * most)[draws_energy(problem)].sum())


def released_loaded(problem: RoundsProblem) -> RoundsProblem:
    """Return `problem` with loading after a release as part of it, for searches that know that.

    Where vehicles differ in `loading_s` the longest of those that may go to the stop counts.
    """
    late = problem.release_s > 0
    if not (late.any() and problem.loading_s.any()):
        return problem
    longest = np.where(problem.allowed, problem.loading_s[:, None], 0.0).max(axis=0)
    return problem.replace(
        release_s=problem.release_s + np.where(late, longest, 0.0), loading_s=None
    )


def no_docks(problem: RoundsProblem) -> list[str]:
    """One sentence for each depot that cannot load a vehicle that must be."""
    words = []
    for d in np.flatnonzero(problem.docks == 0).tolist():
        mine = (problem.vehicle_depot == d) & (problem.loading_s > 0) & (problem.count > 0)
        if mine.any():
            number = int(problem.count[mine].sum())
            words.append(f"depot {problem.depot_ids[d]} has no dock to load its {number} vehicles")
    return words


def _loads(problem: RoundsProblem) -> BoolArray:
    """Fleet entries ``[V]`` that take a dock for some time."""
    again = (problem.max_trips > 1) & (problem.reload_s > 0)
    takes: BoolArray = (problem.loading_s > 0) | again
    return takes


def _from(problem: RoundsProblem) -> BoolArray:
    """``[V, D]``: the entry leaves from the depot."""
    depots: BoolArray = problem.vehicle_depot[:, None] == np.arange(problem.num_depots)[None, :]
    return depots


def _vehicles(problem: RoundsProblem, wants: BoolArray) -> IntArray:
    """How many vehicles can want a place at once, of the entries that want it ``[V, places]``."""
    number: IntArray = np.where(wants, problem.count[:, None], 0).sum(axis=0)
    return np.minimum(number, problem.num_stops)


def draws_energy(problem: RoundsProblem) -> BoolArray:
    """Fleet entries ``[V]`` that drive on a battery."""
    draws: BoolArray = (problem.kwh_per_km > 0) | (problem.kwh_per_km_per_t > 0)
    return draws


def _lowest_price(problem: RoundsProblem) -> FloatArray:
    """Lowest price of the day at the end depot of each entry ``[V]``, EUR/kWh."""
    lowest: FloatArray = problem.depot_eur_per_kwh.min(axis=1)[problem.end_depot]
    return lowest


def _folded(problem: RoundsProblem) -> FloatArray:
    """Part of the lowest price that can be told as a price of the vehicle's own ``[V]``, EUR/kWh.

    A price of energy is not negative. A vehicle that charges on the way could be paid for energy it
    does not take at the depot; it is told positive prices only.
    """
    price = _lowest_price(problem)
    lowest = np.where((problem.curve_of >= 0).any(axis=1), 0.0, -problem.eur_per_kwh)
    return np.where(draws_energy(problem), np.maximum(price, lowest), 0.0)
