"""Grid connection classes, energy price by hour, and the profiles of charging demand."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bundling.instances.sources import Facts

# step, kVA, key of the one-off list of 2016, category of the tariffs of 2025, periodic class
_STEPS = (
    ("3x160A", 3**0.5 * 0.4 * 160, "3x160A", "MSLS_50_125kW", "le173kVA"),
    ("3x250A", 3**0.5 * 0.4 * 250, "3x250A", "MSLS_50_125kW", "le173kVA"),
    ("630kVA", 630.0, "630kVA", "MSD_125_1500kW", "le1750kVA"),
    ("1750kVA", 1750.0, "1750kVA", "MSD_125_1500kW", "le1750kVA"),
    ("6MVA", 6000.0, "6MVA", "MST_gt1500kW", "le6MVA"),
    ("10MVA", 10000.0, "10MVA", "HSMS_gt1500kW", "6_10MVA"),
)

_DEPOT = (8, 8, 8, 7, 6, 4, 2, 1, 1, 1, 1, 2, 3, 2, 1, 2, 4, 6, 7, 7, 6, 6, 7, 8)
_CORRIDOR = (1, 1, 1, 1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 7, 6, 6, 6, 5, 4, 4, 3, 3, 2, 1)
_OVERNIGHT = (12, 11, 10, 8, 6, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 4, 7, 10, 12, 13)


def connection_steps(facts: Facts, power_factor: float) -> pd.DataFrame:
    """Six classes from 3x160 A to 10 MVA.

    Tariffs are those of Enexis for 2025, as copied in public code; one-off costs are of its list of
    2016, the latest found, without extra metres of cable. Power is kVA times the power factor.
    """
    rows = []
    for step, kva, one_off, category, periodic in _STEPS:
        tariff = f"grid.enexis2025.{category}"
        rows.append(
            {
                "step": step,
                "max_kw": round(kva * power_factor, 1),
                "one_off_eur": facts.parameter(f"grid.enexis2016.connection_oneoff.{one_off}"),
                "yearly_eur": facts.parameter(f"grid.enexis2025.connection_periodic.{periodic}")
                + facts.parameter(f"{tariff}.fixed"),
                "kw_contract_eur_per_kw_year": facts.parameter(f"{tariff}.kw_contract"),
                "kw_max_eur_per_kw_month": facts.parameter(f"{tariff}.kw_max"),
                "transport_eur_per_kwh": facts.parameter(f"{tariff}.kwh"),
            }
        )
    return pd.DataFrame(rows)


def energy_prices(facts: Facts) -> pd.DataFrame:
    """Day-ahead mean of 2025 times a stylised hour shape; transport and tax come on top."""
    mean = facts.parameter("price.dayahead.mean.2025")
    shape = [facts.parameter(f"price.dayahead.hour_shape.{hour:02d}") for hour in range(24)]
    prices = np.round(mean * np.array(shape), 4)
    return pd.DataFrame({"hour": range(24), "eur_per_kwh": prices})


def demand_profiles() -> pd.DataFrame:
    """Share of a day's energy by hour for depots, corridors and overnight stays; own assumption."""
    parts = []
    for name, weights in (("corridor", _CORRIDOR), ("depot", _DEPOT), ("overnight", _OVERNIGHT)):
        total = sum(weights)
        shares = [round(w / total, 6) for w in weights]
        # The largest hour takes the rounding, so that a profile sums to 1.
        largest = shares.index(max(shares))
        shares[largest] = round(1.0 - sum(shares[:largest]) - sum(shares[largest + 1 :]), 6)
        parts.append(pd.DataFrame({"profile": name, "hour": range(24), "share": shares}))
    return pd.concat(parts, ignore_index=True)
