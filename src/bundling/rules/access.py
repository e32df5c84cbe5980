"""Zone access: whether a vehicle may enter a zone on a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from bundling.errors import Fault, InputError
from bundling.rules.kinds import ZoneDecision
from bundling.rules.periods import last_day
from bundling.rules.schema import EVERY_ZONE, Row

if TYPE_CHECKING:
    from bundling.rules.lookups import LookUps


def decide(
    book: LookUps,
    vehicle_class: str,
    fuel: str,
    euro_class: int | None,
    first_admission: date,
    zone_start: date,
    day: date,
    zone_id: str | None,
) -> ZoneDecision:
    """Apply ``zone_access``; see `RuleBook.zone_access` for the arguments."""
    if day < zone_start:
        reason = f"the zone starts on {zone_start.isoformat()}"
        return ZoneDecision(True, reason, zone_start - timedelta(days=1))
    if book.is_zero_emission(fuel, day):
        return ZoneDecision(True, f"{fuel} is zero-emission", None)
    at = {"euro_from": euro_or_fault(euro_class, fuel), "admitted_from": first_admission}
    row = _own_zone_row(book, zone_id, vehicle_class, day, at)
    if row is None:
        asked = {"zone_id": EVERY_ZONE, "vehicle_class": vehicle_class}
        row = book.find("zone_access", day, asked, at)
    allowed = bool(row["access"])
    end = last_day(row)
    words = f"{row['band']}: {'access' if allowed else 'no access'}"
    reason = f"{words}; {row['note']}" if row["note"] else words
    return ZoneDecision(allowed, reason, None if end == date.max else end)


def _own_zone_row(
    book: LookUps, zone_id: str | None, vehicle_class: str, day: date, at: dict[str, object]
) -> Row | None:
    if zone_id is None:
        return None
    asked = {"zone_id": zone_id, "vehicle_class": vehicle_class}
    rows = book.find_all("zone_access", day, asked, at)
    return rows[0] if rows else None


def euro_or_fault(euro_class: int | None, fuel: str) -> int:
    """Euro class of a combustion vehicle.

    Raises
    ------
    bundling.InputError
        When it is missing.
    """
    if euro_class is None:
        rule = f"a vehicle on {fuel} has no Euro class"
        raise InputError([Fault("vehicle_types", "euro_class", (), rule, "Give it, 0 to 7")])
    return int(euro_class)
