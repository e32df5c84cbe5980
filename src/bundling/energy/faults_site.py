"""Faults of what stands beside the vehicles: typical days, offers, battery, PV and plugs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bundling.energy.offers import FORMS, OFFER_NUMBERS
from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.energy.assets import Battery, Plugs, Pv
    from bundling.energy.problem import EnergyProblem


def find_site_faults(problem: EnergyProblem) -> list[Fault]:
    """List the faults of days, offers, battery, PV and plugs."""
    slots = problem.price_eur_per_kwh.size
    faults = _days(problem)
    faults += _offers(problem, slots)
    if problem.battery is not None:
        faults += _battery(problem.battery)
    if problem.pv is not None:
        faults += _pv(problem.pv, slots)
    if problem.plugs is not None:
        faults += _plugs(problem.plugs)
    return faults


def _days(problem: EnergyProblem) -> list[Fault]:
    weight = problem.day_weight
    if weight.ndim != 1 or weight.size == 0:
        return [Fault("days", "weight", (), "is empty", "Give one weight a typical day.")]
    faults = []
    bad = np.flatnonzero(~(np.isfinite(weight) & (weight > 0)))
    if bad.size:
        rows = tuple(str(day + 1) for day in bad)
        remedy = "Give how often the day occurs, or leave the day out."
        faults.append(Fault("days", "weight", rows, "is not a number above 0", remedy))
    if len(problem.day_season) != weight.size:
        faults.append(
            Fault(
                "days",
                "season",
                (),
                f"has {len(problem.day_season)} names for {weight.size} days",
                "Give one season a day, or none.",
            )
        )
    if problem.price_eur_per_kwh.size % weight.size:
        faults.append(
            Fault(
                "slots",
                "",
                (),
                f"are {problem.price_eur_per_kwh.size}, which is no multiple of the "
                f"{weight.size} days",
                "Give every typical day the same number of slots.",
            )
        )
    elif weight.size > 1:
        faults += _stays_within_a_day(problem)
    return faults


def _stays_within_a_day(problem: EnergyProblem) -> list[Fault]:
    vehicles = len(problem.vehicle_ids)
    if problem.arrival_s.shape != (vehicles,) or problem.departure_s.shape != (vehicles,):
        return []  # told already
    if not problem.slot_s > 0:
        return []
    length_s = problem.slots_per_day * problem.slot_s
    with np.errstate(invalid="ignore"):
        first = np.maximum(problem.arrival_s, problem.start_s)
        last = np.minimum(problem.departure_s, problem.start_s + length_s * problem.num_days)
        begins = np.floor((first - problem.start_s) / length_s)
        ends = np.ceil((last - problem.start_s) / length_s) - 1
    crossing = np.flatnonzero((last > first) & (ends > begins))
    if not crossing.size:
        return []
    return [
        Fault(
            "vehicles",
            "departure_s",
            tuple(problem.vehicle_ids[j] for j in crossing),
            "lies in another typical day than arrival_s",
            f"Typical days are no calendar: keep a stay within one block of {length_s:g} s.",
        )
    ]


def _offers(problem: EnergyProblem, slots: int) -> list[Fault]:
    faults = []

    def fault(name: str, column: str, rule: str, remedy: str) -> None:
        faults.append(Fault("offers", column, (name,), rule, remedy))

    names = [offer.name for offer in problem.offers]
    for name in dict.fromkeys(names):
        if names.count(name) > 1:
            fault(name, "offer", "occurs twice", "Give every offer its own name.")
    for offer in problem.offers:
        if offer.form not in FORMS:
            known = ", ".join(FORMS)
            fault(offer.name, "form", f"is {offer.form!r}", f"Known forms are {known}.")
        if not offer.max_kw >= 0:
            fault(offer.name, "max_kw", "is not a number of 0 or more", "Give kW, or inf.")
        for column in OFFER_NUMBERS[1:]:
            if not math.isfinite(getattr(offer, column)):
                fault(offer.name, column, "is not a finite number", "Fill in a number.")
        for column in ("peak_eur_per_kw", "transport_eur_per_kwh"):
            if getattr(offer, column) < 0:
                fault(offer.name, column, "is negative", "Give 0 or more.")
        if not 0 <= offer.min_kw <= max(0.0, offer.max_kw):
            fault(offer.name, "min_kw", "is not between 0 and max_kw", "Give kW within them.")
        if offer.eur_per_kw < 0 and not offer.max_kw < np.inf:
            fault(
                offer.name,
                "max_kw",
                "has no limit, while every contracted kW brings in money",
                "Give the most that can be contracted.",
            )
        share = offer.availability
        if share.shape != (slots,):
            fault(
                offer.name,
                "availability",
                f"has shape {share.shape}, expected ({slots},)",
                "Give one share per slot.",
            )
        elif not ((share >= 0) & (share <= 1)).all():
            fault(
                offer.name,
                "availability",
                "is not a share from 0 to 1 in every slot",
                "Give the share of the contracted power that may be drawn.",
            )
    return faults


def _battery(battery: Battery) -> list[Fault]:
    faults = []

    def need(field: str, good: bool, rule: str, remedy: str) -> None:
        if not good:
            text = f"is {getattr(battery, field)}, {rule}"
            faults.append(Fault("battery", field, (), text, remedy))

    for field in (
        "kwh", "kw", "max_more_kwh", "max_more_kw", "eur_per_kwh", "eur_per_kw",
        "cycle_eur_per_kwh",
    ):  # fmt: skip
        good = 0 <= getattr(battery, field) < np.inf
        need(field, good, "not a finite number of 0 or more", "Give 0 to leave it out.")
    for field in ("charge_efficiency", "discharge_efficiency"):
        good = 0 < getattr(battery, field) <= 1
        need(field, good, "not above 0 and at most 1", "Give a share such as 0.95.")
    need(
        "loss_share_per_h",
        0 <= battery.loss_share_per_h < 1,
        "not at least 0 and below 1",
        "Give the share lost in an hour, such as 0.001.",
    )
    largest = battery.kwh + battery.max_more_kwh
    for field in ("start_kwh", "end_kwh"):
        value = getattr(battery, field)
        rule = f"not between 0 and the largest size of {largest:g} kWh"
        need(field, value is None or 0 <= value <= largest, rule, "Give what fits in it.")
    need(
        "end_kwh",
        battery.end_kwh is None or battery.start_kwh is not None,
        "while start_kwh is left open",
        "Give start_kwh as well: an open start would be energy for nothing.",
    )
    return faults


def _pv(pv: Pv, slots: int) -> list[Fault]:
    faults = []
    for field in ("kwp", "max_more_kwp", "eur_per_kwp"):
        value = getattr(pv, field)
        if not 0 <= value < np.inf:
            rule = f"is {value}, not a finite number of 0 or more"
            faults.append(Fault("pv", field, (), rule, "Give 0 to leave it out."))
    profile = pv.profile_kw_per_kwp
    if profile.shape != (slots,):
        rule = f"has shape {profile.shape}, expected ({slots},)"
        faults.append(Fault("pv", "profile_kw_per_kwp", (), rule, "Give one number per slot."))
        return faults
    bad = np.flatnonzero(~(np.isfinite(profile) & (profile >= 0)))
    if bad.size:
        rows = tuple(str(slot + 1) for slot in bad)
        rule = "is not a finite number of 0 or more"
        faults.append(Fault("pv", "profile_kw_per_kwp", rows, rule, "Give kW per kWp."))
    return faults


def _plugs(plugs: Plugs) -> list[Fault]:
    faults = []
    for name in dict.fromkeys(plugs.ids):
        if plugs.ids.count(name) > 1:
            rule, remedy = "occurs twice", "Give every plug its own name."
            faults.append(Fault("plugs", "plug", (name,), rule, remedy))
    if plugs.kw.shape != (len(plugs.ids),):
        rule = f"has shape {plugs.kw.shape}, expected ({len(plugs.ids)},)"
        faults.append(Fault("plugs", "kw", (), rule, "Give one power per plug."))
    else:
        bad = np.flatnonzero(~(np.isfinite(plugs.kw) & (plugs.kw > 0)))
        if bad.size:
            rows = tuple(plugs.ids[k] for k in bad)
            rule = "is not a finite number above 0"
            faults.append(Fault("plugs", "kw", rows, rule, "Give the power of the plug."))
    if plugs.rule not in ("stay", "session"):
        remedy = "Use 'stay' or 'session'."
        faults.append(Fault("settings", "plug_rule", (), f"is {plugs.rule!r}", remedy))
    return faults
