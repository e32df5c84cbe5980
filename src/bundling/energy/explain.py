"""Why needs cannot be met, in words: whose, how many kWh, in which hours, and how many kW would do.

Domain checks come first, since they need no solver: a vehicle whose stay is too short even with
the connection to itself, a base load above the connection. The rest is the elastic model of
`bundling.energy.shortage`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bundling.energy.explain_site import explain_site_shortage, explain_site_shortfall
from bundling.energy.minimise import Answer
from bundling.energy.plug_model import plugs_bind
from bundling.energy.problem import EnergyProblem
from bundling.energy.shortage import (
    SPECK,
    CertainShortages,
    Shortages,
    delivered_kwh,
    least_shortages,
)
from bundling.energy.solution import EnergySolution
from bundling.errors import SolverError
from bundling.result import Status

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LISTED = 50


def explain_shortage(
    problem: EnergyProblem, certain: CertainShortages, *, time_limit: float, seed: int
) -> list[str]:
    """Say why no schedule meets all needs; never empty."""
    if problem.is_site or plugs_bind(problem):
        return explain_site_shortage(problem, time_limit=time_limit, seed=seed)
    reasons = _base_reasons(problem, certain)
    try:
        least = least_shortages(problem, time_limit=max(1.0, time_limit), seed=seed)
    except SolverError as error:
        alone = certain.alone_kwh
        reasons += [_vehicle_reason(problem, j, alone[j], certain) for j in _largest_first(alone)]
        return [*reasons, f"Some needs cannot be met; how much in all is unknown: {error}."]
    total = least.missing_kwh.sum()
    if total > 0:
        count = int((least.missing_kwh > 0).sum())
        reasons.append(
            f"{problem.name}: {total:.1f} kWh of {problem.need_kwh.sum():.1f} kWh cannot be "
            f"charged before departure; shared as evenly as can be, that touches {count} of "
            f"{problem.num_vehicles} vehicles."
        )
    reasons += _connection_reasons(problem, least)
    missing = least.missing_kwh
    reasons += [_vehicle_reason(problem, j, missing[j], certain) for j in _largest_first(missing)]
    edge = (
        "HiGHS finds no schedule, though every need seems within reach to a millionth; the needs "
        "lie on the edge of what stays and connection allow."
    )
    return _cut_off(reasons) or [edge]


def explain_shortfall(
    problem: EnergyProblem,
    solution: EnergySolution,
    certain: CertainShortages,
    *,
    time_limit: float,
    seed: int,
) -> list[str]:
    """Say how much of a priced shortfall comes from stays, connection and price."""
    total = float(solution.shortfall_kwh.sum())
    count = int((solution.shortfall_kwh > SPECK).sum())
    if count == 0:
        return []
    reasons = [
        (
            f"{problem.name}: {total:.1f} kWh of {problem.need_kwh.sum():.1f} kWh is not charged "
            f"here, at {count} of {problem.num_vehicles} vehicles, and priced at "
            f"{problem.shortfall_eur_per_kwh:g} EUR/kWh."
        )
    ]
    stay = float(certain.stay_kwh.sum())
    rest = total - stay
    if stay > 0:
        reasons.append(f"{stay:.1f} kWh of it because stays are too short for the chargers.")
    if rest > 1e-3 and (problem.is_site or plugs_bind(problem)):
        return reasons + explain_site_shortfall(problem, solution, time_limit=time_limit, seed=seed)
    if rest > 1e-3:
        try:
            least = least_shortages(problem, time_limit=max(1.0, time_limit), seed=seed)
        except SolverError as error:
            return [
                *reasons,
                f"Whether the connection or the price is the cause is unknown: {error}.",
            ]
        forced = float(least.missing_kwh.sum()) - stay
        reasons += _connection_reasons(problem, least)
        if rest - forced > 1e-3:
            reasons.append(
                f"{rest - forced:.1f} kWh of it because charging here, peak included, would cost "
                f"more than the shortfall."
            )
    return reasons


def explain_offers(answer: Answer) -> list[str]:
    """Say what each offer would cost, when there is more than one."""
    if len(answer.offers) < 2:
        return []
    words = []
    for offer in answer.offers:
        if offer.status is Status.INFEASIBLE:
            words.append(f"{offer.name}: cannot meet all needs")
        elif np.isinf(offer.objective_eur):
            words.append(f"{offer.name}: not known within the time limit")
        else:
            words.append(f"{offer.name}: {offer.objective_eur:,.2f} EUR")
    return ["Least cost with each contract offer: " + "; ".join(words) + "."]


def _base_reasons(problem: EnergyProblem, certain: CertainShortages) -> list[str]:
    over = certain.base_kw > 0
    if not over.any():
        return []
    worst = int(np.argmax(certain.base_kw))
    return [
        (
            f"{problem.name}: the base load alone exceeds the connection at "
            f"{_hours(problem, over)}; at {problem.clock(worst)} by "
            f"{certain.base_kw[worst]:.1f} kW ({problem.base_load_kw[worst]:.1f} of "
            f"{problem.connection_kw[worst]:.1f} kW)."
        )
    ]


def _vehicle_reason(
    problem: EnergyProblem, j: int, missing_kwh: float, certain: CertainShortages
) -> str:
    need, alone = problem.need_kwh[j], certain.alone_kwh[j]
    text = f"Vehicle {problem.vehicle_ids[j]}: {missing_kwh:.1f} of {need:.1f} kWh missing; "
    if alone > 0:
        power = min(problem.charge_kw[j], problem.charger_kw[j])
        if problem.plugs is not None:
            power = min(power, float(problem.plugs.kw.max(initial=0.0)))
        text += (
            f"its stay from {problem.clock_at(problem.arrival_s[j])} to "
            f"{problem.clock_at(problem.departure_s[j])}{_horizon_note(problem, j)} "
            f"gives at most {need - alone:.1f} kWh at {power:g} kW"
        )
        if certain.stay_kwh[j] < alone:
            text += " and with the whole connection to itself"
        if missing_kwh <= alone + 0.05:
            return text + "."
        text += ", and "
    return text + "the connection is short."


def _horizon_note(problem: EnergyProblem, j: int) -> str:
    """Remind that a stay counts only as far as it lies within the horizon."""
    end_s = problem.start_s + problem.num_slots * problem.slot_s
    if problem.arrival_s[j] >= problem.start_s and problem.departure_s[j] <= end_s:
        return ""
    return f" (of which {problem.clock(0)} to {problem.clock(problem.num_slots)} is planned)"


def _connection_reasons(problem: EnergyProblem, least: Shortages) -> list[str]:
    """State the minimum cut in words; empty when the connection is not to blame."""
    lost = least.missing_kwh.sum() - least.stay_kwh.sum()
    if lost <= 1e-3:
        return []
    remedy = f"A connection {least.extra_kw:.1f} kW larger would do"
    if not least.cut_slots.any():
        return [f"The connection is short: it costs {lost:.1f} kWh. {remedy}."]
    vehicles, slots = least.cut_vehicles, least.cut_slots
    need = problem.need_kwh[vehicles].sum()
    stay = least.stay_kwh[vehicles].sum()
    but = f", {stay:.1f} kWh of it out of reach of their stays in any case" if stay > 0 else ""
    outside = problem.slot_h * problem.limit_kw[np.ix_(vehicles, ~slots)].sum()
    inside = delivered_kwh(problem, slots)
    return [
        (
            f"The connection is short at {_hours(problem, slots)}: the {int(vehicles.sum())} "
            f"vehicles that depend on those hours need {need:.1f} kWh{but}; they can take at most "
            f"{outside:.1f} kWh outside those hours, and the connection delivers at most "
            f"{inside:.1f} kWh within them: {need - stay - outside - inside:.1f} kWh short. "
            f"{remedy}."
        )
    ]


def _hours(problem: EnergyProblem, slots: BoolArray) -> str:
    """Clock spans of the chosen slots, such as ``18:00-22:00 and 06:00-06:30``."""
    edges = np.flatnonzero(np.diff(np.r_[False, slots, False].astype(np.int8)))
    spans = [
        f"{problem.clock(int(first))}-{problem.clock(int(end))}"
        for first, end in edges.reshape(-1, 2)
    ]
    if len(spans) > 6:
        return ", ".join(spans[:6]) + f" and {len(spans) - 6} more spans"
    return " and ".join(spans)


def _largest_first(missing: FloatArray) -> Sequence[int]:
    order = np.argsort(-missing, kind="stable")
    return [int(j) for j in order if missing[j] > 0]


def _cut_off(reasons: list[str]) -> list[str]:
    """Keep a list that a reader can take in; `shortages` has the whole table."""
    if len(reasons) <= _LISTED:
        return reasons
    more = len(reasons) - _LISTED
    return [
        *reasons[:_LISTED],
        f"And {more} more vehicles: bundling.energy.tables.shortages(problem) lists all.",
    ]
