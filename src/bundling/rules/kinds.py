"""What the look-ups of the rule book give back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bundling.errors import BundlingError


class RuleNotInForceError(BundlingError, LookupError):
    """No row of a rule table answers the question on the day asked for."""

    def __init__(self, table: str, key: str, day: date, remedy: str) -> None:
        self.table, self.key, self.day, self.remedy = table, key, day, remedy
        super().__init__(f"{table}: no row for {key} is in force on {day.isoformat()}. {remedy}")

    def __reduce__(self) -> tuple[type[RuleNotInForceError], tuple[str, str, date, str]]:
        return type(self), (self.table, self.key, self.day, self.remedy)


@dataclass(frozen=True)
class ZoneDecision:
    """Whether a vehicle may enter a zone, and why.

    Attributes
    ----------
    allowed
        The answer.
    reason
        The rule in words.
    until
        Last day on which the answer holds, or None when no end is known.
    """

    allowed: bool
    reason: str
    until: date | None


@dataclass(frozen=True)
class DrivingRules:
    """Driving and rest time (Regulation (EC) 561/2006) and working time (Dutch ATB-v).

    Names carry their units: ``_h`` hours, ``_min`` minutes. The driving rules hold for vehicles
    above `mass_above_kg`; the working times for all paid drivers.
    """

    drive_before_break_h: float
    break_min: float
    break_first_part_min: float
    break_second_part_min: float
    drive_day_h: float
    drive_day_extended_h: float
    drive_day_extended_per_week: float
    drive_week_h: float
    drive_two_weeks_h: float
    rest_day_h: float
    rest_day_reduced_h: float
    rest_day_reduced_max: float
    rest_week_h: float
    rest_week_reduced_h: float
    mass_above_kg: float
    work_shift_h: float
    work_week_h: float
    work_week_mean_16_weeks_h: float
    work_night_h: float


@dataclass(frozen=True)
class GridTariff:
    """Transport tariff of a grid operator for one category of connections.

    Attributes
    ----------
    category, operator, voltage
        Identifier, grid operator and voltage level.
    above_kw, to_kw
        Contracted power it holds for, kW; None where open or not known.
    kw_contract_eur_per_kw_year
        Charge for contracted power.
    kw_max_eur_per_kw_month
        Charge for the highest power of each month.
    transport_eur_per_kwh
        Charge for energy taken.
    fixed_eur_per_year
        Fixed charge.
    """

    category: str
    operator: str
    voltage: str
    above_kw: float | None
    to_kw: float | None
    kw_contract_eur_per_kw_year: float
    kw_max_eur_per_kw_month: float
    transport_eur_per_kwh: float
    fixed_eur_per_year: float

    def holds_for(self, power_kw: float) -> bool:
        """Whether a connection of this contracted power, kW, falls in the category."""
        above = self.above_kw is None or power_kw > self.above_kw
        return above and (self.to_kw is None or power_kw <= self.to_kw)


@dataclass(frozen=True)
class ContractForm:
    """A form of contract for transport of electricity.

    Attributes
    ----------
    form
        ``firm``, ``fully_variable``, ``time_block``, ``tdtr85``, ``capacity_limiting``, ``group``.
    limit_kind
        How the limit behaves: ``constant``, ``announced`` (the day before), ``window`` (fixed hours
        of the day), ``share_of_hours``, ``agreed_hours``, ``sum_of_members``.
    full_power_share_of_hours
        Share of the hours of a year in which full power is promised, 0 to 1.
    window, blocked_windows
        Clock windows such as ``23:00-06:00``, several joined by ``;``; None where there are none.
    notice_days
        Days of notice of a curtailment, or None.
    kw_contract_factor
        Factor on the charge for contracted power; 0 when it is not charged.
    transport_discount
        Share taken off the other transport charges, 0 to 1.
    grid_level
        Where the form is offered.
    """

    form: str
    limit_kind: str
    full_power_share_of_hours: float
    window: str | None
    blocked_windows: str | None
    notice_days: float | None
    kw_contract_factor: float
    transport_discount: float
    grid_level: str
