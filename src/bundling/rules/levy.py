"""Truck levy: EUR per kilometre of levied road."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bundling.errors import Fault, InputError
from bundling.rules.access import euro_or_fault

if TYPE_CHECKING:
    from bundling.rules.lookups import LookUps

ZERO_EMISSION_CLASS = 5
EURO_PRICED_CLASS = 1  # only CO2 class 1 is priced by Euro class
BEST_EURO = 6  # the tariff sheet ends at Euro 6


def eur_per_km(
    book: LookUps,
    gross_mass_kg: float,
    co2_class: int | None,
    euro_class: int | None,
    fuel: str,
    day: date,
) -> float:
    """Apply ``levy_terms``, ``truck_levy`` and ``levy_discount``.

    See `RuleBook.levy_eur_per_km` for the arguments.
    """

    def term(name: str) -> float:
        value = book.find("levy_terms", day, {"term": name})["value"]
        assert isinstance(value, float)
        return value

    if term("in_force") == 0 or gross_mass_kg <= term("min_mass_kg"):
        return 0.0
    zero_emission = book.is_zero_emission(fuel, day)
    if zero_emission and gross_mass_kg <= term("zero_emission_exempt_mass_kg"):
        return 0.0
    co2 = _co2_class(co2_class, zero_emission, fuel, gross_mass_kg)
    euro = min(euro_or_fault(euro_class, fuel), BEST_EURO) if co2 == EURO_PRICED_CLASS else None
    asked = {"co2_class": co2, "euro_class": euro}
    row = book.find("truck_levy", day, asked, {"mass_above_kg": gross_mass_kg})
    tariff = row["eur_per_km"]
    assert isinstance(tariff, float)
    shares = [found["share"] for found in book.find_all("levy_discount", day, {})]
    discount = sum(share for share in shares if isinstance(share, float))
    return tariff * max(0.0, 1.0 - discount)


def _co2_class(co2_class: int | None, zero_emission: bool, fuel: str, mass_kg: float) -> int:
    if zero_emission and co2_class in (None, ZERO_EMISSION_CLASS):
        return ZERO_EMISSION_CLASS
    if co2_class is None:
        rule = f"a vehicle on {fuel} of {mass_kg:g} kg has no CO2 class"
        raise InputError([Fault("vehicle_types", "co2_class", (), rule, "Give it, 1 to 5")])
    if zero_emission or co2_class == ZERO_EMISSION_CLASS:
        rule = f"CO2 class {co2_class} does not fit a vehicle on {fuel}"
        remedy = "Class 5 is for zero-emission vehicles and for them alone"
        raise InputError([Fault("vehicle_types", "co2_class", (), rule, remedy)])
    return int(co2_class)
