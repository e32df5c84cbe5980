"""Posing: prices by hour, tariff, tax, peak charge and clocks of a depot, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import bundling
from bundling.energy.pose import pose
from bundling.errors import InputError
from bundling.rules import RuleBook

DAY = date(2027, 6, 1)
ASSUMPTIONS = {
    "charger_efficiency": 0.9,
    "working_days_per_year": 240.0,
    "park_connection_kw": 160.0,
    "shortfall_eur_per_kwh": 0.8,
}


class SmallRegion:
    """As much of a region as posing asks for."""

    def __init__(self, hours: int = 24) -> None:
        self._tables = {
            "hub_candidates": pd.DataFrame(
                {
                    "hub_id": ["hub-a"],
                    "name": ["Hub A"],
                    "connection_kw": [400.0],
                    "rd_x_m": [203_000.0],
                    "rd_y_m": [503_000.0],
                }
            ),
            "business_parks": pd.DataFrame({"park_id": ["park-b"]}),
            "energy_prices": pd.DataFrame(
                {"hour": range(hours), "eur_per_kwh": np.arange(hours) / 100}
            ),
            "connection_steps": pd.DataFrame(
                {
                    "step": ["small", "large"],
                    "max_kw": [173.0, 1750.0],
                    "kw_max_eur_per_kw_month": [3.0, 4.0],
                    "transport_eur_per_kwh": [0.02, 0.01],
                }
            ),
        }

    def table(self, name: str) -> pd.DataFrame:
        return self._tables[name].copy()

    def assumption(self, key: str) -> float:
        return ASSUMPTIONS[key]

    def places(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "place_id": ["hub-a", "park-b", "mw-c"],
                "name": ["Hub A", "Park B", "Gate C"],
                "rd_x_m": [203_000.0, 204_000.0, 205_000.0],
                "rd_y_m": [503_000.0, 504_000.0, 505_000.0],
            }
        )


def fleet(**changes: object) -> pd.DataFrame:
    data = {
        "vehicle": ["v1", "v2"],
        "arrival_s": [17 * 3600.0, 13 * 3600.0],
        "departure_s": [7 * 3600.0, 20 * 3600.0],
        "need_kwh": [60.0, 30.0],
        "charge_kw": [50.0, 22.0],
    }
    return pd.DataFrame(data | changes)


def test_a_hub_by_hand():
    problem = pose(SmallRegion(), day=DAY, depot="hub-a", vehicles=fleet())
    assert (problem.name, problem.x_m, problem.num_slots) == ("Hub A", 203_000.0, 96)
    # Noon first, midnight after 48 quarters.
    np.testing.assert_allclose(
        problem.price_eur_per_kwh[[0, 3, 4, 48, 95]], [0.12, 0.12, 0.13, 0, 0.11]
    )
    assert problem.connection_kw.tolist() == [400.0] * 96
    # v1 leaves at 07:00 on the next day, v2 the same evening.
    assert problem.departure_s.tolist() == [31 * 3600.0, 20 * 3600.0]
    # 4 EUR/kW/month over 240 / 12 = 20 working days.
    assert problem.peak_eur_per_kw == pytest.approx(0.2)
    # 90 kWh / 0.9 x 240 = 24,000 kWh a year: the second bracket of the energy tax.
    tax = RuleBook.default().find("energy_tax", DAY, {"bracket": "10k-50k"})["eur_per_kwh"]
    assert problem.transport_eur_per_kwh == pytest.approx(0.01 + tax)
    assert problem.shortfall_eur_per_kwh == 0.8
    assert problem.co2e_kg_per_kwh == RuleBook.default().co2e_kg_per_unit("electric", DAY)
    assert bundling.solve(problem).evaluation.indicators["kwh_battery"] == pytest.approx(90.0)


def test_a_park_uses_the_assumed_connection():
    problem = pose(SmallRegion(), day=DAY, depot="park-b", vehicles=fleet(), all_needs=True)
    assert problem.connection_kw.max() == 160.0
    assert problem.peak_eur_per_kw == pytest.approx(3.0 * 12 / 240)
    assert problem.shortfall_eur_per_kwh is None


def test_own_values_go_before_the_region():
    base = 20.0 + np.arange(24)
    problem = pose(
        SmallRegion(),
        day=DAY,
        depot="mw-c",
        vehicles=fleet(charger_kw=[11.0, 11.0]),
        base_load_kw=base,
        connection_kw=200.0,
        tariff="enexis_ms_d",
        shortfall_eur_per_kwh=0.5,
        start_clock="16:00",
        slot_s=3600.0,
    )
    tariff = RuleBook.default().grid_tariff("enexis_ms_d", DAY)
    assert problem.peak_eur_per_kw == pytest.approx(tariff.kw_max_eur_per_kw_month / 20)
    assert problem.paid_peak_kw == 43.0
    assert problem.limit_kw.max() == 11.0
    assert problem.clock(0) == "16:00"
    assert problem.shortfall_eur_per_kwh == 0.5


def test_no_vehicles_is_no_fault():
    problem = pose(SmallRegion(), day=DAY, depot="hub-a", vehicles=fleet().iloc[:0])
    assert bundling.solve(problem).objective == 0.0


def test_faults_come_at_once():
    with pytest.raises(InputError) as caught:
        pose(
            SmallRegion(hours=23),
            day=DAY,
            depot="nowhere",
            vehicles=fleet().drop(columns=["need_kwh", "charge_kw"]),
            slot_s=7000.0,
        )
    assert [(fault.table, fault.column) for fault in caught.value.faults] == [
        ("settings", "slot_s"),
        ("depot", ""),
        ("energy_prices", "hour"),
        ("vehicles", "need_kwh"),
        ("vehicles", "charge_kw"),
    ]


def test_a_place_without_connection_and_a_missing_step():
    with pytest.raises(InputError, match="Give connection_kw"):
        pose(SmallRegion(), day=DAY, depot="mw-c", vehicles=fleet())
    with pytest.raises(InputError, match="no step for 9000 kW"):
        pose(SmallRegion(), day=DAY, depot="hub-a", vehicles=fleet(), connection_kw=9000.0)
    with pytest.raises(InputError, match="holds no number"):
        pose(SmallRegion(), day=DAY, depot="hub-a", vehicles=fleet(need_kwh=["much", 1.0]))
