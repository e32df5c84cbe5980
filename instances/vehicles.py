"""Vehicle types and charger types, from the parameters; costs a day are derived here."""

from __future__ import annotations

import pandas as pd

from bundling.instances.sources import Facts

_INSURANCE_EUR = {"cargo_bike": 400.0, "van": 1_800.0, "rigid": 3_500.0, "tractor": 5_000.0}
"""Insurance, road tax and parking a year; own assumption."""
_UPKEEP_EUR_PER_KM = {
    ("cargo_bike", "electric"): 0.08,
    ("van", "electric"): 0.06,
    ("van", "diesel"): 0.08,
    ("rigid", "electric"): 0.12,
    ("rigid", "diesel"): 0.16,
    ("tractor", "electric"): 0.12,
    ("tractor", "diesel"): 0.16,
}
"""Maintenance and tyres; own assumption."""


def day_cost_eur(facts: Facts, price_eur: float, other_eur_per_year: float, days: float) -> float:
    """Capital and standing cost of a vehicle on a working day.

    Annuity over the depreciation period of the price less the discounted residual value, plus
    standing cost, over `days` working days.
    """
    years = facts.parameter("veh.truck.depreciation_years")
    residual = facts.parameter("veh.truck.residual_value")
    rate = facts.parameter("finance.discount_rate")
    discount: float = (1.0 + rate) ** -years
    present = price_eur * (1.0 - residual * discount)
    annuity = present * rate / (1.0 - discount)
    return (annuity + other_eur_per_year) / days


def vehicle_types(facts: Facts, days: float) -> pd.DataFrame:
    """Seven types: electric and diesel van, rigid of 18 t and tractor of 40 t, and a cargo bike.

    Reference vehicles for the zone rules: the van is Euro 6 of 2020, the rigid Euro VI of 2021, the
    tractor Euro VI of 2019. Sizes and costs are those of the parameters; lengths, gross masses of
    the bike, insurance and upkeep are own assumptions.
    """
    p = facts.parameter
    diesel = p("price.diesel")

    def row(
        key: str,
        name: str,
        kind: str,
        fuel: str,
        price_eur: float,
        admitted: str,
        *,
        gross_mass_kg: float,
        length_m: float,
        payload_kg: float,
        volume_m3: float,
        wage: float,
        kwh_per_km: float = 0.0,
        slope: float = 0.0,
        battery_kwh: float = 0.0,
        min_soc: float = 0.0,
        charge_kw: float = 0.0,
        litre_per_km: float = 0.0,
        shift_h: float = 9.0,
        speed_factor: float = 1.0,
        linehaul: bool = False,
        last_mile: bool = True,
    ) -> dict[str, object]:
        electric = fuel == "electric"
        upkeep = _UPKEEP_EUR_PER_KM[kind, fuel]
        truck = kind in ("rigid", "tractor")
        return {
            "vehicle_type": key,
            "name": name,
            "vehicle_class": kind,
            "fuel": fuel,
            "euro_class": None if electric else 6,
            "co2_class": None if not truck else (5 if electric else 1),
            "first_admission": admitted,
            "gross_mass_kg": gross_mass_kg,
            "length_m": length_m,
            "payload_kg": payload_kg,
            "volume_m3": volume_m3,
            "fixed_eur_per_day": round(
                day_cost_eur(facts, price_eur, _INSURANCE_EUR[kind], days), 2
            ),
            "eur_per_km": round(upkeep + litre_per_km * diesel, 4),
            "eur_per_h": wage,
            "kwh_per_km": kwh_per_km,
            "kwh_per_km_per_t": slope,
            "battery_kwh": battery_kwh,
            "min_soc": min_soc,
            "charge_kw": charge_kw,
            "litre_per_km": litre_per_km,
            "shift_h": shift_h,
            "speed_factor": speed_factor,
            "linehaul": linehaul,
            "last_mile": last_mile,
        }

    van, truck, bike = (
        p("cost.driver_hour.van"),
        p("cost.driver_hour.truck"),
        p("cost.courier_hour.bike"),
    )
    rows = [
        row(
            "cargo_bike", "Electric cargo bike (LEVV)", "cargo_bike", "electric",
            p("veh.levv.price"), "2025-06-01", gross_mass_kg=600.0, length_m=3.0,
            payload_kg=p("veh.levv.payload"), volume_m3=p("veh.levv.volume"), wage=bike,
            kwh_per_km=p("veh.levv.energy"), battery_kwh=3.0, min_soc=0.1, charge_kw=0.5,
            shift_h=8.0, speed_factor=0.6,
        ),
        row(
            "evan", "Electric van, 3.5 to 4.25 t", "van", "electric", p("veh.evan.price"),
            "2025-06-01", gross_mass_kg=4_250.0, length_m=6.0, payload_kg=p("veh.evan.payload"),
            volume_m3=p("veh.evan.volume"), wage=van, kwh_per_km=p("veh.evan.energy.empty"),
            slope=2.0 * p("veh.evan.energy.per_500kg"), battery_kwh=p("veh.evan.battery"),
            min_soc=0.1, charge_kw=p("veh.evan.charge_dc"),
        ),
        row(
            "dvan", "Diesel van, Euro 6", "van", "diesel", p("veh.dvan.price"), "2020-06-01",
            gross_mass_kg=3_500.0, length_m=6.0, payload_kg=1_100.0,
            volume_m3=p("veh.evan.volume"), wage=van, litre_per_km=p("veh.dvan.fuel") / 100.0,
        ),
        row(
            "erigid", "Electric rigid, 18 t", "rigid", "electric", p("veh.rigid18.price.bev"),
            "2025-06-01", gross_mass_kg=p("veh.rigid18.gvw"), length_m=9.5,
            payload_kg=p("veh.rigid18.payload.bev"), volume_m3=p("veh.rigid18.volume"),
            wage=truck, kwh_per_km=p("veh.rigid18.energy"),
            slope=p("veh.rigid18.energy.load_slope"), battery_kwh=p("veh.rigid18.battery"),
            min_soc=0.1, charge_kw=p("veh.rigid18.charge_dc"), speed_factor=0.9, linehaul=True,
        ),
        row(
            "drigid", "Diesel rigid, 18 t, Euro VI", "rigid", "diesel",
            p("veh.rigid18.price.diesel"), "2021-06-01", gross_mass_kg=p("veh.rigid18.gvw"),
            length_m=9.5, payload_kg=p("veh.rigid18.payload.diesel"),
            volume_m3=p("veh.rigid18.volume"), wage=truck,
            litre_per_km=p("veh.rigid18.fuel") / 100.0, speed_factor=0.9, linehaul=True,
        ),
        row(
            "etractor", "Electric tractor, 40 t", "tractor", "electric",
            p("veh.tractor40.price.bev"), "2025-06-01", gross_mass_kg=40_000.0, length_m=16.5,
            payload_kg=p("veh.tractor40.payload.bev"), volume_m3=p("veh.tractor40.volume"),
            wage=truck, kwh_per_km=p("veh.tractor40.energy"),
            slope=p("veh.tractor40.energy.load_slope"), battery_kwh=p("veh.tractor40.battery"),
            min_soc=round(1.0 - p("veh.tractor40.usable_soc"), 4),
            charge_kw=p("veh.tractor40.charge_ccs"), speed_factor=0.85, linehaul=True,
            last_mile=False,
        ),
        row(
            "dtractor", "Diesel tractor, 40 t, Euro VI", "tractor", "diesel",
            p("veh.tractor40.price.diesel"), "2019-06-01", gross_mass_kg=40_000.0,
            length_m=16.5, payload_kg=p("veh.tractor40.payload.diesel"),
            volume_m3=p("veh.tractor40.volume"), wage=truck,
            litre_per_km=p("veh.tractor40.fuel") / 100.0, speed_factor=0.85, linehaul=True,
            last_mile=False,
        ),
    ]  # fmt: skip
    frame = pd.DataFrame(rows)
    for column in ("euro_class", "co2_class"):
        frame[column] = frame[column].astype("Int64")
    return frame


def charger_types(facts: Facts) -> pd.DataFrame:
    """Chargers of 22 to 1,000 kW; capital excludes the grid connection."""
    p = facts.parameter
    powers = (
        ("ac22", 22.0, 22.0 * p("charger.capex_per_kw.ac11")),
        ("dc50", 50.0, p("charger.capex.dc50")),
        ("dc150", 150.0, p("charger.capex.dc150")),
        ("dc350", 350.0, p("charger.capex.dc350")),
        ("mcs1000", 1000.0, p("charger.capex.mcs1000")),
    )
    frame = pd.DataFrame(powers, columns=["charger_type", "power_kw", "capital_eur"])
    return frame.assign(life_years=p("charger.life"), opex_share=p("charger.opex_share"))
