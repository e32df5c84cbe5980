"""Why needs cannot be met behind a battery, PV, a contract or shared plugs, in words."""

from __future__ import annotations

import numpy as np

from bundling.energy.plug_model import plugs_bind
from bundling.energy.problem import EnergyProblem
from bundling.energy.shortage_site import SiteShortage, least_site_shortages
from bundling.energy.solution import EnergySolution
from bundling.errors import SolverError

_LISTED = 50
_KWH = 1e-3


def explain_site_shortage(problem: EnergyProblem, *, time_limit: float, seed: int) -> list[str]:
    """Say why no plan meets all needs; never empty."""
    allowed = max(2.0, time_limit)
    try:
        found = least_site_shortages(problem, time_limit=0.5 * allowed, seed=seed)
    except SolverError as error:
        return [f"{problem.name}: some needs cannot be met; how much is unknown: {error}."]
    least = found[0]
    if least.total_kwh <= _KWH:
        edge = (
            f"{problem.name}: HiGHS finds no plan, though every need seems within reach to a "
            f"millionth; the needs lie on the edge of what the site can do."
        )
        return [edge]
    reasons = [_total(problem, least)]
    reasons += _base(problem, least)
    reasons += _other_offers(problem, found)
    reasons += _without_plugs(problem, least, 0.5 * allowed, seed)
    order = np.argsort(-least.missing_kwh, kind="stable")
    short = [int(j) for j in order if least.missing_kwh[j] > 0]
    reasons += [
        f"Vehicle {problem.vehicle_ids[j]}: {least.missing_kwh[j]:.1f} of "
        f"{problem.need_kwh[j]:.1f} kWh missing."
        for j in short[:_LISTED]
    ]
    if len(short) > _LISTED:
        reasons.append(
            f"And {len(short) - _LISTED} more vehicles: "
            f"bundling.energy.tables.shortages(problem) lists all."
        )
    return reasons


def explain_site_shortfall(
    problem: EnergyProblem, solution: EnergySolution, *, time_limit: float, seed: int
) -> list[str]:
    """Say how much of a priced shortfall no plan could avoid, and how much the price explains."""
    try:
        least = least_site_shortages(problem, time_limit=max(1.0, time_limit), seed=seed)[0]
    except SolverError as error:
        return [f"Whether the site or the price is the cause is unknown: {error}."]
    forced = float(least.missing_kwh.sum())
    total = float(solution.shortfall_kwh.sum())
    reasons = []
    if forced > _KWH:
        reasons.append(
            f"{forced:.1f} kWh of it cannot be charged here whatever it costs: {_site(problem)}."
        )
    if total - forced > _KWH:
        reasons.append(
            f"{total - forced:.1f} kWh of it because charging here, with contract, battery, PV "
            f"and peak, would cost more than the shortfall."
        )
    return reasons


def _total(problem: EnergyProblem, least: SiteShortage) -> str:
    missing, unmet = float(least.missing_kwh.sum()), float(least.unmet_kwh.sum())
    parts = []
    if missing > _KWH:
        count = int((least.missing_kwh > 0).sum())
        parts.append(
            f"{missing:.1f} kWh of {problem.need_kwh.sum():.1f} kWh cannot be charged before "
            f"departure ({count} of {problem.num_vehicles} vehicles)"
        )
    if unmet > _KWH:
        whole = float(problem.base_load_kw.sum()) * problem.slot_h
        parts.append(f"{unmet:.1f} kWh of {whole:.1f} kWh base load cannot be served")
    proved = ""
    if least.proved_kwh < least.total_kwh - _KWH:
        proved = f"; proved is {max(0.0, least.proved_kwh):.1f} kWh"
    return f"{problem.name}: " + " and ".join(parts) + f", with {_site(problem)}{proved}."


def _site(problem: EnergyProblem) -> str:
    """Say what stands behind the connection, at its largest."""
    largest = float(problem.connection_kw.max(initial=0.0))
    parts = ["no connection"] if largest == 0 else []
    if 0 < largest < np.inf:
        parts.append(f"a connection of {largest:g} kW")
    if problem.offers:
        parts.append(f"the best of {len(problem.offers)} contract offers")
    battery, pv, plugs = problem.battery, problem.pv, problem.plugs
    if battery is not None:
        kwh, kw = battery.kwh + battery.max_more_kwh, battery.kw + battery.max_more_kw
        parts.append(f"a battery of {kwh:g} kWh and {kw:g} kW at most")
    if pv is not None:
        parts.append(f"{pv.kwp + pv.max_more_kwp:g} kWp of PV at most")
    if plugs is not None:
        parts.append(f"{plugs.num_plugs} plugs")
    if not parts:
        return "an unlimited connection"
    return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1]


def _base(problem: EnergyProblem, least: SiteShortage) -> list[str]:
    if least.unmet_kwh.sum() <= _KWH:
        return []
    slot = int(np.argmax(least.unmet_kwh))
    kw = least.unmet_kwh[slot] / problem.slot_h
    text = (
        f"The base load is short in {int((least.unmet_kwh > 0).sum())} slots, most at "
        f"{problem.clock(slot)}: {kw:.1f} of {problem.base_load_kw[slot]:.1f} kW."
    )
    return [text]


def _other_offers(problem: EnergyProblem, found: list[SiteShortage]) -> list[str]:
    return [
        f"Offer {problem.offers[shortage.offer].name}: {shortage.total_kwh:.1f} kWh short."
        for shortage in found
        if shortage.offer >= 0
    ]


def _without_plugs(
    problem: EnergyProblem, least: SiteShortage, time_limit: float, seed: int
) -> list[str]:
    """Say how much of it the plugs cause."""
    if problem.plugs is None or not plugs_bind(problem):
        return []
    strongest = problem.plugs.kw.max(initial=0.0)
    free = problem.replace(plugs=None, charger_kw=np.minimum(problem.charger_kw, strongest))
    try:
        rest = least_site_shortages(free, time_limit=time_limit, seed=seed)[0].total_kwh
    except SolverError:
        return []
    if least.total_kwh - rest <= _KWH:
        return ["The plugs are not to blame: it is as short with a plug for every vehicle."]
    return [f"With a plug for every vehicle it would be {rest:.1f} kWh short."]
