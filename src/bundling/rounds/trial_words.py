"""Broken rules as a planner says them: which limit binds, and by how much."""

from __future__ import annotations

from collections.abc import Sequence

from bundling.result import Violation
from bundling.units import METRES_PER_KM

_SHOWN = 2


def broken(violations: Sequence[Violation]) -> str:
    """Say which rules a round breaks and by how much, each rule once, two at most."""
    worst: dict[str, Violation] = {}
    for violation in violations:
        known = worst.get(violation.rule)
        if known is None or violation.amount > known.amount:
            worst[violation.rule] = violation
    words = [_say(violation) for violation in list(worst.values())[:_SHOWN]]
    return " and ".join(words)


def _say(violation: Violation) -> str:
    amount, place = violation.amount, violation.where.split(", ")[0]
    minutes = f"{max(1.0, amount / 60):,.0f} min"
    said = {
        "vehicle capacity (kg)": f"{amount:,.0f} kg more than the vehicle carries",
        "vehicle capacity (m3)": f"{amount:,.2f} m3 more than the vehicle carries",
        "vehicle capacity (rolls)": f"{amount:,.0f} roll containers more than the vehicle carries",
        "time window": f"{minutes} after the window of {place}",
        "shift": f"{minutes} longer than the shift",
        "depot hours (return)": f"back {minutes} after the depot closes",
        "depot hours (reload)": f"loading {minutes} after the depot closes",
        "depot hours (departure)": f"leaves {minutes} before the depot opens",
        "release time": f"leaves {minutes} before the freight of {place} is there",
        "longest distance": f"{amount / METRES_PER_KM:,.1f} km more than the vehicle may drive",
        "battery": f"{amount:,.1f} kWh more than the battery gives",
        "station hours": f"charging ends {minutes} after {place} closes",
        "connectors": f"no free connector at {place}",
    }
    return said.get(violation.rule, str(violation))
