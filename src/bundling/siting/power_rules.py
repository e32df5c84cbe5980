"""AFIR as a constraint: sets of sites that together must hold a power by a year.

Every window of a corridor as long as the spacing must hold a pool. That one site holds all of it
cannot be said with sums, so these rules are weaker than the law: they say that the sites of the
window together hold the power. `bundling.siting.afir.afir_table` looks at each pool again.

With sites for one direction or both, the power of the latter can be split freely. So a window needs
the power in the sites of each direction, and twice the power in all of them, unless one pool may
serve both directions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bundling.errors import raise_if
from bundling.rules import RuleBook
from bundling.siting.afir import TRAVEL
from bundling.siting.afir_targets import Target, target
from bundling.siting.corridors import Corridor, CorridorSites, corridor_faults

MIN_CHARGER_KW = 350.0


@dataclass(frozen=True)
class PowerRule:
    """Sites that together must hold a power.

    Attributes
    ----------
    rule_id
        Identifier.
    site_ids
        The sites; empty where no site lies in the window, so that the rule cannot be kept.
    min_kw
        Power by year; 0 in years without the requirement.
    min_charger_kw
        Smallest charger of which `min_points` are asked for. All of a site's power counts.
    min_points
        Chargers of at least this power, by year.
    words
        The rule in words.
    """

    rule_id: str
    site_ids: tuple[str, ...]
    min_kw: tuple[float, ...]
    min_charger_kw: float
    min_points: tuple[int, ...]
    words: str


def power_rules(
    corridors: Sequence[Corridor],
    sites: CorridorSites,
    years: Sequence[int],
    rules: RuleBook | None = None,
    *,
    partial: bool = False,
) -> list[PowerRule]:
    """Power rules of all corridors; only the smallest sets of sites are kept.

    Parameters
    ----------
    corridors, sites
        As for `bundling.siting.afir.afir_table`; power and points of the sites do not count here,
        nor do sites beyond the ends of a corridor.
    years
        Planning years; they need not be years of the sites.
    rules
        Dated rules; the library's own when None.
    partial
        Whether targets for a share of the length (2025 and 2027) hold for every window.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    known = list(corridors)
    raise_if(corridor_faults(known, sites))
    made = []
    for corridor in known:
        made += _of_corridor(corridor, sites, tuple(years), rules, partial)
    return made


def _of_corridor(
    corridor: Corridor,
    sites: CorridorSites,
    years: tuple[int, ...],
    rules: RuleBook | None,
    partial: bool,
) -> list[PowerRule]:
    wanted = [target(corridor, year, rules) for year in years]
    kw: dict[frozenset[str], list[float]] = {}
    points: dict[frozenset[str], list[int]] = {}
    where: dict[frozenset[str], tuple[float, float]] = {}
    for y, goal in enumerate(wanted):
        if goal is None or (goal.length_share < 1.0 and not partial):
            continue
        for factor, held in _groups(corridor, sites, goal).items():
            for group in held:
                for low, high, window in _windows(corridor, sites, goal, group):
                    where.setdefault(window, (low, high))
                    powers = kw.setdefault(window, [0.0] * len(years))
                    powers[y] = max(powers[y], factor * goal.pool_kw)
                    counts = points.setdefault(window, [0] * len(years))
                    counts[y] = max(counts[y], factor * int(goal.points_350kw))
    kept = [
        window
        for window in kw
        # A window without sites cannot be kept, so it does not make the others superfluous.
        if not any(_implies(kw[other], kw[window], bool(other) and other < window) for other in kw)
    ]
    made = []
    for number, window in enumerate(sorted(kept, key=lambda one: where[one])):
        low, high = where[window]
        need = ", ".join(
            f"{power:.0f} kW by {year}"
            for year, power in zip(years, kw[window], strict=True)
            if power > 0
        )
        words = f"{corridor.name} from km {low:.0f} to km {high:.0f}: {need}"
        if not window:
            words += "; no site lies there"
        made.append(
            PowerRule(
                f"afir-{corridor.corridor_id}-{number + 1}",
                tuple(sorted(window)),
                tuple(kw[window]),
                MIN_CHARGER_KW,
                tuple(points[window]),
                words,
            )
        )
    return made


def _implies(strong: list[float], weak: list[float], smaller: bool) -> bool:
    """Whether a rule on fewer sites asks for at least as much in every year."""
    return smaller and all(a >= b for a, b in zip(strong, weak, strict=True))


def _groups(
    corridor: Corridor, sites: CorridorSites, goal: Target
) -> dict[int, list[np.ndarray[tuple[int], np.dtype[np.bool_]]]]:
    """Sites that are asked for the power once, and for twice of it."""
    near = sites.access_km <= goal.along_km
    each = [sites.serves(corridor.corridor_id, way) & near for way in TRAVEL]
    return {1: each} if goal.shared else {1: each, 2: [each[0] | each[1]]}


def _windows(
    corridor: Corridor,
    sites: CorridorSites,
    goal: Target,
    group: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> list[tuple[float, float, frozenset[str]]]:
    """Sites of every window as long as the spacing; it starts at 0 or right behind a site."""
    km = sites.km[group]
    names = np.array(sites.site_ids, dtype=object)[group]
    last = max(0.0, corridor.length_km - goal.spacing_km)
    found = []
    for begin, behind in [(0.0, False), *((float(at), True) for at in np.unique(km))]:
        if behind and not 0.0 <= begin < last:
            continue
        end = min(begin + goal.spacing_km, corridor.length_km)
        inside = (km > begin if behind else km >= begin) & (km <= end)
        found.append((begin, end, frozenset(names[inside].tolist())))
    return found
