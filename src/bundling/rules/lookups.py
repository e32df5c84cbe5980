"""Look-ups in the dated rules: what holds on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from typing import Any, TypeVar

from bundling.rules import access, levy
from bundling.rules.kinds import (
    ContractForm,
    DrivingRules,
    GridTariff,
    RuleNotInForceError,
    ZoneDecision,
)
from bundling.rules.periods import holds, in_force
from bundling.rules.schema import RULE_TABLES, Row

_Filled = TypeVar("_Filled", GridTariff, ContractForm)


class LookUps:
    """The questions a `RuleBook` answers; every one asks for a day."""

    _rows: Mapping[str, tuple[Row, ...]]

    def find(
        self,
        table: str,
        day: date,
        exact: Mapping[str, object],
        at: Mapping[str, object] | None = None,
    ) -> Row:
        """Return the one row in force on `day` that answers a question.

        Parameters
        ----------
        table
            Table name.
        day
            The day.
        exact
            Column to value: the row must be equal.
        at
            Low column of a range to value: the range must hold it.

        Raises
        ------
        RuleNotInForceError
            When no row answers on that day; it names table, key and day.
        """
        rows = self.find_all(table, day, exact, at)
        if not rows:
            asked = {**exact, **(at or {})}
            key = ", ".join(f"{name} {value}" for name, value in asked.items())
            remedy = f"Give a row for that day in a rules override, table {table}"
            raise RuleNotInForceError(table, key, day, remedy)
        return rows[0]

    def find_all(
        self,
        table: str,
        day: date,
        exact: Mapping[str, object],
        at: Mapping[str, object] | None = None,
    ) -> list[Row]:
        """Every row in force on `day` that answers; see `find`."""
        ranges = {bounds.low: bounds for bounds in RULE_TABLES[table].ranges}
        return [
            row
            for row in self._rows[table]
            if in_force(row, day)
            and all(row[name] == value for name, value in exact.items())
            and all(holds(ranges[name], row, value) for name, value in (at or {}).items())
        ]

    def is_zero_emission(self, fuel: str, day: date) -> bool:
        """Whether a fuel counts as zero-emission in zones and levy."""
        return bool(self.find("fuels", day, {"fuel": fuel})["zero_emission"])

    def zone_decision(
        self,
        *,
        vehicle_class: str,
        fuel: str,
        euro_class: int | None,
        first_admission: date,
        zone_start: date,
        day: date,
        zone_id: str | None = None,
    ) -> ZoneDecision:
        """Say whether a vehicle may enter a zone, why, and until when; see `zone_access`."""
        return access.decide(
            self, vehicle_class, fuel, euro_class, first_admission, zone_start, day, zone_id
        )

    def zone_access(
        self,
        *,
        vehicle_class: str,
        fuel: str,
        euro_class: int | None,
        first_admission: date,
        zone_start: date,
        day: date,
        zone_id: str | None = None,
    ) -> bool:
        """Whether a vehicle may enter a zero-emission zone on a day.

        Before `zone_start` everything may; from then on zero-emission fuels may, and combustion
        vehicles as ``zone_access`` says for their class, Euro class and date of first admission.
        Vans are class N1, rigids and tractors N2 and N3. Day exemptions are not counted.

        Parameters
        ----------
        vehicle_class
            ``cargo_bike``, ``van``, ``rigid`` or ``tractor``.
        fuel
            A fuel of the table ``fuels``.
        euro_class
            Euro class 0 to 7; may be None for zero-emission fuels.
        first_admission
            Date of first admission (DET).
        zone_start
            First day of the zone, from the region's ``zones`` table.
        day
            The day.
        zone_id
            Rows for this zone go before rows for every zone (``*``).

        Raises
        ------
        bundling.InputError
            When a combustion vehicle comes without a Euro class.
        RuleNotInForceError
            When no row answers on that day.
        """
        return self.zone_decision(
            vehicle_class=vehicle_class,
            fuel=fuel,
            euro_class=euro_class,
            first_admission=first_admission,
            zone_start=zone_start,
            day=day,
            zone_id=zone_id,
        ).allowed

    def levy_eur_per_km(
        self,
        gross_mass_kg: float,
        co2_class: int | None,
        euro_class: int | None,
        fuel: str,
        day: date,
    ) -> float:
        """Truck levy in EUR per km of levied road, after discounts of the day.

        A mass on a class bound (12, 18, 32 t) falls in the lower class: the side was not seen in a
        legal text, so replace the rows when it matters. The levy is 0 before it started, for
        masses up to the least mass, and for light zero-emission vehicles.

        Parameters
        ----------
        gross_mass_kg
            Technically permissible maximum mass of the combination.
        co2_class
            1 to 5; zero-emission fuels are class 5 when None.
        euro_class
            0 to 6; asked for CO2 class 1 only. Euro 7 pays as Euro 6.
        fuel
            A fuel of the table ``fuels``.
        day
            The day.

        Raises
        ------
        bundling.InputError
            When a class that is needed is missing, or fuel and CO2 class contradict.
        RuleNotInForceError
            When no row answers on that day.
        """
        return levy.eur_per_km(self, gross_mass_kg, co2_class, euro_class, fuel, day)

    def driving_time(self, day: date) -> DrivingRules:
        """Driving, rest and working time in force on a day."""
        values: dict[str, Any] = {
            part.name: self.find("driving_time", day, {"rule": part.name})["value"]
            for part in fields(DrivingRules)
        }
        return DrivingRules(**values)

    def grid_tariff(self, category: str, day: date) -> GridTariff:
        """Transport tariff of a category, such as ``enexis_ms_d``, on a day."""
        return _filled(GridTariff, self.find("grid_tariffs", day, {"category": category}))

    def grid_tariffs_for(self, operator: str, power_kw: float, day: date) -> tuple[GridTariff, ...]:
        """Every tariff of an operator that holds for a contracted power, kW; may be empty."""
        found = self.find_all("grid_tariffs", day, {"operator": operator})
        tariffs = (_filled(GridTariff, row) for row in found)
        return tuple(tariff for tariff in tariffs if tariff.holds_for(power_kw))

    def contract_form(self, form: str, day: date) -> ContractForm:
        """Contract form such as ``firm`` or ``tdtr85`` as it stands on a day."""
        return _filled(ContractForm, self.find("contract_forms", day, {"form": form}))

    def emission_factor(self, factor: str, day: date) -> float:
        """Emission factor such as ``diesel_b7.wtw``, in the unit its row states.

        Kilogram CO2e per litre or kWh; ``*.tkm`` per tonne-kilometre.
        """
        return _number(self.find("emission_factors", day, {"factor": factor})["value"])

    def co2e_kg_per_unit(self, fuel: str, day: date, scope: str = "wtw") -> float:
        """Kilogram CO2e per litre (diesel, hvo) or kWh (electric) of a fuel.

        Parameters
        ----------
        fuel, day
            The fuel and the day.
        scope
            ``wtw`` well to wheel, or ``ttw`` tank to wheel.
        """
        if scope not in {"wtw", "ttw"}:
            raise ValueError(f"scope '{scope}' is neither 'wtw' nor 'ttw'")
        row = self.find("fuels", day, {"fuel": fuel})
        return self.emission_factor(str(row[f"{scope}_factor"]), day)

    def nox_g_per_km(
        self, vehicle_class: str, fuel: str, euro_class: int | None, area: str, day: date
    ) -> float:
        """Gram NOx per km; 0 for zero-emission fuels.

        Parameters
        ----------
        vehicle_class, fuel, euro_class
            The vehicle; the Euro class may be None for zero-emission fuels.
        area
            ``motorway``, ``rural``, ``urban`` or ``centre``.
        day
            The day.
        """
        row = self.find("fuels", day, {"fuel": fuel})
        if row["zero_emission"]:
            return 0.0
        euro = access.euro_or_fault(euro_class, fuel)
        asked = {"vehicle_class": vehicle_class, "fuel": row["nox_as"], "area": area}
        return _number(self.find("nox_factors", day, asked, {"euro_from": euro})["g_per_km"])

    def energy_tax_eur_per_kwh(self, yearly_kwh: float, day: date) -> float:
        """Energy tax on the last kWh of a yearly use, EUR per kWh excluding VAT."""
        # The bracket above 0 also answers for no use at all.
        asked = {"above_kwh": max(yearly_kwh, 1e-9)}
        return _number(self.find("energy_tax", day, {}, asked)["eur_per_kwh"])

    def energy_tax_eur(self, yearly_kwh: float, day: date) -> float:
        """Energy tax of a whole year's use at the rates of `day`, EUR excluding VAT."""
        if yearly_kwh <= 0:
            return 0.0
        self.energy_tax_eur_per_kwh(yearly_kwh, day)  # raises when no bracket holds
        total = 0.0
        for row in self.find_all("energy_tax", day, {}):
            top = yearly_kwh if row["to_kwh"] is None else min(yearly_kwh, _number(row["to_kwh"]))
            total += max(0.0, top - _number(row["above_kwh"])) * _number(row["eur_per_kwh"])
        return total


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return float(value)


def _filled(kind: type[_Filled], row: Row) -> _Filled:
    """Dataclass from the columns of the same names."""
    values: dict[str, Any] = {part.name: row[part.name] for part in fields(kind)}
    return kind(**values)
