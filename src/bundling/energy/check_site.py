"""Are contract, battery and PV used within their rules? One function a rule; no solver, no cost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.energy.flows import export_kw, import_kw, pv_available_kw, stored_kwh
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution, SitePlan
from bundling.result import Violation

_TOLERANCE = 1e-6

FloatArray = NDArray[np.float64]


def site_fits(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """Hold a plan of the site's shape, in finite numbers, if and only if there is a site."""
    plan = solution.site
    if (plan is not None) != problem.is_site:
        which = "missing" if plan is None else "not asked for"
        return [Violation("plan of the site", which, 1.0, "plan")]
    if plan is None:
        return []
    broken = []
    slots, days = problem.num_slots, problem.num_days
    for name, size in (
        ("charge_kw", slots), ("discharge_kw", slots), ("start_kwh", days), ("pv_kw", slots),
    ):  # fmt: skip
        array = getattr(plan, name)
        if array.shape != (size,):
            where = f"{name}, {array.shape} instead of ({size},)"
            broken.append(
                Violation("one number per slot", where, float(abs(array.size - size)), "numbers")
            )
        elif not np.isfinite(array).all():
            missing = float((~np.isfinite(array)).sum())
            broken.append(Violation("finite numbers", name, missing, "numbers"))
    broken += [
        Violation("finite numbers", name, 1.0, "numbers")
        for name in ("contract_kw", "more_kwh", "more_kw", "more_kwp")
        if not np.isfinite(getattr(plan, name))
    ]
    offers = len(problem.offers)
    if not (0 <= plan.offer < offers if offers else plan.offer == -1):
        where = f"number {plan.offer} of {offers}"
        broken.append(Violation("exactly one offer", where, 1.0, "offers"))
    return broken


def check_site(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """List every rule of contract, battery and PV that `solution` breaks."""
    plan = solution.site
    if plan is None:
        return []
    return [
        *_not_negative(problem, plan),
        *_sizes_within_limits(problem, plan),
        *_draw_within_contract(problem, solution, plan),
        *_contract_within_offer(problem, plan),
        *_feed_in_within_limit(problem, solution),
        *_battery_power(problem, plan),
        *_one_way_at_a_time(problem, plan),
        *_stored_within_size(problem, plan),
        *_day_closes(problem, plan),
        *_pv_within_sun(problem, plan),
    ]


def count_site_checks(problem: EnergyProblem) -> int:
    """Count the places where `check_site` holds a rule against the plan."""
    if not problem.is_site:
        return 0
    return 9 * problem.num_slots + 4 * problem.num_days + 17


def _not_negative(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Powers, energies and sizes are not negative."""
    broken = []
    for name in ("charge_kw", "discharge_kw", "pv_kw"):
        zero = np.zeros(problem.num_slots)
        broken += _slots(problem, f"{name} not negative", -getattr(plan, name), zero)
    for name in ("contract_kw", "more_kwh", "more_kw", "more_kwp"):
        value = getattr(plan, name)
        if value < -_TOLERANCE:
            broken.append(Violation(f"{name} not negative", problem.name, -value, name[-3:]))
    return broken


def _sizes_within_limits(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Keep what is added within what may be added."""
    battery, pv = problem.battery, problem.pv
    broken = []
    for what, size, most, unit in (
        ("battery energy", plan.more_kwh, battery.max_more_kwh if battery else 0.0, "kWh"),
        ("battery power", plan.more_kw, battery.max_more_kw if battery else 0.0, "kW"),
        ("PV", plan.more_kwp, pv.max_more_kwp if pv else 0.0, "kWp"),
    ):
        if size - most > _TOLERANCE * max(1.0, most):
            broken.append(Violation("most that may be added", what, size - most, unit))
    return broken


def _draw_within_contract(
    problem: EnergyProblem, solution: EnergySolution, plan: SitePlan
) -> list[Violation]:
    """Keep what is drawn within the available share of the contracted power in every slot."""
    if plan.offer < 0:
        return []
    share = problem.offers[plan.offer].availability
    return _slots(
        problem, "contracted power", import_kw(problem, solution), share * plan.contract_kw
    )


def _contract_within_offer(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Contract no more and no less power than the offer allows; none without an offer."""
    least, most, name = 0.0, 0.0, "no offer"
    if plan.offer >= 0:
        offer = problem.offers[plan.offer]
        least, most, name = offer.min_kw, offer.max_kw, offer.name
    off = max(plan.contract_kw - most, least - plan.contract_kw)
    if off <= _TOLERANCE * max(1.0, min(most, plan.contract_kw)):
        return []
    return [Violation("size of the offer", name, off, "kW")]


def _feed_in_within_limit(problem: EnergyProblem, solution: EnergySolution) -> list[Violation]:
    """Keep what is fed in within its limit in every slot."""
    return _slots(problem, "feed-in limit", export_kw(problem, solution), problem.feed_in_kw)


def _battery_power(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Charging and discharging stay within the battery's power."""
    most = (problem.battery.kw if problem.battery else 0.0) + plan.more_kw
    limits = np.full(problem.num_slots, most)
    return [
        *_slots(problem, "battery power", plan.charge_kw, limits),
        *_slots(problem, "battery power", plan.discharge_kw, limits),
    ]


def _one_way_at_a_time(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Let the battery charge or discharge, never both in one slot."""
    both = np.minimum(plan.charge_kw, plan.discharge_kw)
    return _slots(problem, "battery one way at a time", both, np.zeros(problem.num_slots))


def _stored_within_size(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Store never less than nothing and never more than the battery's size."""
    most = (problem.battery.kwh if problem.battery else 0.0) + plan.more_kwh
    stored = stored_kwh(problem, plan)
    if problem.battery is None:
        stored[:, 0] = plan.start_kwh
    slack = _slack_kwh(problem, most)
    broken = []
    for rule, over in (("battery empty", -stored), ("battery full", stored - most)):
        for day, slot in np.argwhere(over > slack):
            where = problem.clock(int(day) * problem.slots_per_day + int(slot))
            broken.append(Violation(rule, where, float(over[day, slot]), "kWh"))
    return broken


def _day_closes(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Start and end of every day are as given, or the end holds no less than the start."""
    battery = problem.battery
    if battery is None:
        return []
    stored = stored_kwh(problem, plan)
    slack = _slack_kwh(problem, battery.kwh + plan.more_kwh)
    broken = []
    for day in range(problem.num_days):
        start, end = float(stored[day, 0]), float(stored[day, -1])
        asked = start if battery.end_kwh is None else battery.end_kwh
        if battery.start_kwh is not None and abs(start - battery.start_kwh) > slack:
            amount = abs(start - battery.start_kwh)
            broken.append(Violation("battery at the start", f"day {day + 1}", amount, "kWh"))
        if asked - end > slack:
            broken.append(Violation("battery at the end", f"day {day + 1}", asked - end, "kWh"))
    return broken


def _pv_within_sun(problem: EnergyProblem, plan: SitePlan) -> list[Violation]:
    """Use no more PV than the sun gives."""
    return _slots(problem, "PV power", plan.pv_kw, pv_available_kw(problem, plan))


def _slack_kwh(problem: EnergyProblem, most: float) -> float:
    """Tolerance on stored energy: a millionth, over all slots whose roundings add up in it."""
    return _TOLERANCE * max(1.0, most) * max(1.0, problem.slots_per_day * problem.slot_h)


def _slots(
    problem: EnergyProblem, rule: str, values: FloatArray, limits: FloatArray
) -> list[Violation]:
    """Report where `values` exceed `limits`, slot by slot, in kW."""
    over = values - limits
    slack = _TOLERANCE * np.maximum(1.0, np.minimum(limits, np.abs(values)))
    return [
        Violation(rule, problem.clock(int(slot)), float(over[slot]), "kW")
        for slot in np.flatnonzero(over > slack)
    ]
