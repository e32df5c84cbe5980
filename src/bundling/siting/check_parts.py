"""Rules of the parts a siting problem may have: storage, reinforcements, carriers, limits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bundling.result import Violation
from bundling.siting.amounts import over
from bundling.siting.evaluate import totals
from bundling.siting.flows import Flows, capital_eur, rule_power_kw, upgrade_capital_eur
from bundling.siting.problem import HOURS, SitingProblem
from bundling.siting.solution import Dispatch, SitingSolution
from bundling.siting.storage import Storage

FloatArray = NDArray[np.float64]


def check(problem: SitingProblem, solution: SitingSolution, flow: Flows) -> Iterator[Violation]:
    """Yield the broken rules of all parts."""
    if problem.storage is not None and solution.dispatch is not None:
        yield from _storage_sizes(problem, solution, problem.storage, solution.dispatch)
        yield from _battery(problem, problem.storage, solution.dispatch)
        yield from _solar(problem, problem.storage, solution.dispatch, flow)
    yield from _upgrades(problem, solution)
    yield from _carriers(problem, solution)
    yield from _budget(problem, solution)
    yield from _coverage(problem, flow)
    yield from _power_rules(problem, solution)
    yield from _ceilings(problem, solution, flow)


def count_checks(problem: SitingProblem) -> int:
    """Count the places where a rule of a part applies."""
    s, y = problem.num_sites, problem.num_years
    count = 2 * problem.num_upgrades * y
    if problem.storage is not None:
        count += s * y * (8 + 6 * problem.num_hours)
    if problem.carriers is not None:
        count += s * y
    if problem.budget is not None:
        count += y
    if problem.coverage is not None:
        count += problem.coverage.min_share.size
    if problem.power_rules is not None:
        count += problem.power_rules.min_kw.size
    return count + (4 if problem.impacts is not None else 0)


def _at(problem: SitingProblem, rule: str, excess: FloatArray, unit: str) -> Iterator[Violation]:
    """One violation a site and year; of hourly amounts the worst hour."""
    worst = excess if excess.ndim == 2 else excess.max(axis=2)
    for s, y in np.argwhere(worst > 0):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        if excess.ndim == 3:
            where += f" {problem.hour_name(int(excess[s, y].argmax()))}"
        yield Violation(rule, where, float(worst[s, y]), unit)


def _storage_sizes(
    problem: SitingProblem, solution: SitingSolution, store: Storage, own: Dispatch
) -> Iterator[Violation]:
    is_open = solution.step >= 0
    for name, size, most, unit in (
        ("battery", own.battery_kwh, store.battery_max_kwh, "kWh"),
        ("solar", own.pv_kwp, store.pv_max_kwp, "kWp"),
    ):
        yield from _at(problem, f"room for {name}", over(size, most[:, None]), unit)
        yield from _at(problem, f"{name} at an open site", over(size * ~is_open, 0.0 * size), unit)
        gone = over(size[:, :-1], size[:, 1:])
        for s, y in np.argwhere(gone > 0):
            where = f"{problem.site_ids[s]} {problem.years[y + 1]}"
            yield Violation(f"{name} stays", where, float(gone[s, y]), unit)
    gone = over(own.battery_kw[:, :-1], own.battery_kw[:, 1:])
    for s, y in np.argwhere(gone > 0):
        where = f"{problem.site_ids[s]} {problem.years[y + 1]}"
        yield Violation("battery power stays", where, float(gone[s, y]), "kW")
    largest = own.battery_kwh / store.battery_hours
    yield from _at(problem, "battery power within its energy", over(own.battery_kw, largest), "kW")
    for name in Dispatch.__dataclass_fields__:
        below = over(-getattr(own, name), np.zeros(()))
        yield from _at(problem, f"{name} not negative", below, "")


def _battery(problem: SitingProblem, store: Storage, own: Dispatch) -> Iterator[Violation]:
    """Power within the battery's; each typical day ends as full as it began, never too full."""
    for name in ("charge", "discharge"):
        power = getattr(own, f"{name}_kw")
        yield from _at(
            problem, f"battery {name} power", over(power, own.battery_kw[:, :, None]), "kW"
        )
    step = own.charge_kw * store.one_way - own.discharge_kw / store.one_way
    days = step.reshape(*step.shape[:2], -1, HOURS)
    level = days.cumsum(axis=3)
    ends = np.abs(level[:, :, :, -1])
    moved = np.abs(days).sum(axis=3)
    drift = np.where(ends > 1e-6 * np.maximum(1.0, moved), ends, 0.0).max(axis=2)
    yield from _at(problem, "battery as full at the end of the day", drift, "kWh")
    span = np.maximum(level.max(axis=3), 0.0) - np.minimum(level.min(axis=3), 0.0)
    yield from _at(problem, "battery energy", over(span.max(axis=2), own.battery_kwh), "kWh")


def _solar(
    problem: SitingProblem, store: Storage, own: Dispatch, flow: Flows
) -> Iterator[Violation]:
    most = own.pv_kwp[:, :, None] * store.pv_kw_per_kwp
    yield from _at(problem, "solar power", over(own.pv_kw, most), "kW")
    fed = own.discharge_kw + own.pv_kw - own.charge_kw
    yield from _at(problem, "nothing fed into the grid", over(fed, flow.load_kw), "kW")


def _upgrades(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    if problem.upgrades is None:
        return
    there = solution.upgraded
    early = (there > 0) & (np.array(problem.years)[None, :] < problem.upgrades.first_year[:, None])
    for u, y in np.argwhere(early):
        where = f"{problem.upgrades.ids[u]} {problem.years[y]}"
        yield Violation("reinforcement not before its first year", where, 1.0, "")
    for u, y in np.argwhere(there[:, 1:] < there[:, :-1]):
        where = f"{problem.upgrades.ids[u]} {problem.years[y + 1]}"
        yield Violation("reinforcement stays", where, 1.0, "")
    for u, y in np.argwhere((there != 0) & (there != 1)):
        where = f"{problem.upgrades.ids[u]} {problem.years[y]}"
        yield Violation("reinforcement is there or not", where, float(there[u, y]), "")


def _carriers(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    if problem.carriers is None:
        return
    sold = np.zeros((problem.num_sites, problem.num_years))
    for carrier in range(problem.carriers.size):
        mine = problem.carriers.charger == carrier
        there = (solution.chargers[:, mine] > 0).any(axis=1)
        if carrier == 0:  # what exists gives electricity
            there |= problem.existing_kw[:, None] > 0
        sold += there
    least = np.where(solution.step >= 0, problem.carriers.site_min[:, None], 0)
    for s, y in np.argwhere(sold < least):
        where = f"{problem.site_ids[s]} {problem.years[y]}"
        short = float(least[s, y] - sold[s, y])
        yield Violation("carriers at a hub", where, short, "carriers")


def _budget(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    if problem.budget is None:
        return
    spent = capital_eur(problem, solution).sum(axis=0)
    spent = spent + upgrade_capital_eur(problem, solution).sum(axis=0)
    excess = over(spent, problem.budget.eur)
    for y in np.flatnonzero(excess > 0):
        yield Violation("budget", str(problem.years[y]), float(excess[y]), "EUR")


def _coverage(problem: SitingProblem, flow: Flows) -> Iterator[Violation]:
    if problem.coverage is None:
        return
    for a, area in enumerate(problem.coverage.area_ids):
        mine = problem.coverage.demand_area == a
        asked = problem.demand_kwh[mine].sum(axis=0)
        missed = flow.unserved_kwh[mine].sum(axis=0)
        short = over(missed, (1.0 - problem.coverage.min_share[a]) * asked)
        for y in np.flatnonzero(short > 0):
            yield Violation("coverage", f"{area} {problem.years[y]}", float(short[y]), "kWh")


def _power_rules(problem: SitingProblem, solution: SitingSolution) -> Iterator[Violation]:
    rules = problem.power_rules
    if rules is None:
        return
    for r, (name, found) in enumerate(
        zip(rules.ids, rule_power_kw(problem, solution), strict=True)
    ):
        short = over(rules.min_kw[r], found)
        for y in np.flatnonzero(short > 0):
            yield Violation("power rule", f"{name} {problem.years[y]}", float(short[y]), "kW")


def _ceilings(problem: SitingProblem, solution: SitingSolution, flow: Flows) -> Iterator[Violation]:
    if problem.impacts is None:
        return
    for name, amount in totals(problem, solution, flow).items():
        most = float(getattr(problem.impacts, f"max_{name}"))
        excess = float(over(np.array(amount), np.array(most)))
        if excess > 0:
            yield Violation(f"ceiling on {name}", "all years", excess, name.rsplit("_", 1)[1])
