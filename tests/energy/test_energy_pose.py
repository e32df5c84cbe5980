"""Posing: prices by hour, tariff, tax, peak charge and clocks of a depot, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

import bundling
from bundling.energy import Battery
from bundling.energy.pose import pose
from bundling.errors import InputError
from bundling.region import Region
from bundling.region.schema import schema
from bundling.rules import RuleBook
from tiny_region import tiny_tables

DAY = date(2027, 6, 1)
ASSUMPTIONS = {
    "charger_efficiency": 0.9,
    "working_days_per_year": 240.0,
    "park_connection_kw": 160.0,
    "shortfall_eur_per_kwh": 0.8,
}


class SmallRegion:
    """As much of a region as posing asks for."""

    def __init__(self, hours: int = 24, **tables: pd.DataFrame) -> None:
        self._tables = {
            **tables,
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
                    "yearly_eur": [480.0, 960.0],
                    "kw_contract_eur_per_kw_year": [24.0, 48.0],
                    "kw_max_eur_per_kw_month": [3.0, 4.0],
                    "transport_eur_per_kwh": [0.02, 0.01],
                }
            ),
        }

    def table(self, name: str) -> pd.DataFrame:
        if name not in self._tables:
            return schema()[name].empty()
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


def of_place(table: str, *rows: dict[str, object]) -> pd.DataFrame:
    """Rows of hub-a in an optional table; columns left out are empty, as in a region."""
    return pd.DataFrame([{"place_id": "hub-a"} | row for row in rows]).reindex(
        columns=[column.name for column in schema()[table].columns]
    )


SITE = {
    "connection_offers": of_place(
        "connection_offers",
        {"offer": "all day", "form": "firm", "max_kw": 500.0, "eur_per_kw_year": 48.0,
         "fixed_eur_per_year": 240.0, "peak_eur_per_kw_month": 4.0},
        {"offer": "night", "form": "time-block", "windows": "20:00-06:00; 12:00-13:00",
         "transport_eur_per_kwh": 0.02},
        {"offer": "paid", "form": "capacity-limiting", "max_kw": 300.0, "eur_per_kw_year": -24.0,
         "windows": "17:00-20:00", "share_inside": 0.25},
    ),
    "batteries": of_place(
        "batteries", {"kwh": 100.0, "kw": 50.0, "max_more_kwh": 200.0, "eur_per_kwh_year": 24.0}
    ),
    "solar_panels": of_place("solar_panels", {"kwp": 80.0, "eur_per_kwp_year": 72.0}),
    "solar_hours": pd.DataFrame({"hour": range(24), "kw_per_kwp": np.arange(24) / 48}),
    "charge_plugs": of_place(
        "charge_plugs", {"charger_type": "dc50", "plugs": 2}, {"charger_type": "ac22", "plugs": 1}
    ),
    "charger_types": pd.DataFrame({"charger_type": ["ac22", "dc50"], "power_kw": [22.0, 50.0]}),
}  # fmt: skip


def test_what_stands_behind_the_connection_comes_from_the_tables():
    """Yearly prices over 240 working days; hours from noon on."""
    problem = pose(
        SmallRegion(**SITE), day=DAY, depot="hub-a", vehicles=fleet(), plug_rule="session"
    )
    firm, night, paid = problem.offers
    assert (firm.max_kw, firm.eur_per_kw, firm.fixed_eur) == (500.0, 0.2, 1.0)
    assert firm.peak_eur_per_kw == pytest.approx(4 * 12 / 240)
    assert firm.availability.tolist() == [1.0] * 96
    assert (night.max_kw, night.min_kw, night.transport_eur_per_kwh) == (np.inf, 0.0, 0.02)
    by_hour = night.availability[::4]
    assert by_hour.tolist() == [1.0] + [0.0] * 7 + [1.0] * 10 + [0.0] * 6
    assert paid.availability[::4].tolist() == [1.0] * 5 + [0.25] * 3 + [1.0] * 16
    assert paid.eur_per_kw == pytest.approx(-0.1)
    assert (problem.battery.kwh, problem.battery.kw) == (100.0, 50.0)
    assert problem.battery.max_more_kwh == 200.0
    assert problem.battery.eur_per_kwh == pytest.approx(0.1)
    assert problem.battery.charge_efficiency == Battery().charge_efficiency
    assert (problem.pv.kwp, problem.pv.eur_per_kwp) == (80.0, 0.3)
    assert problem.pv.profile_kw_per_kwp[[0, 4, 48]].tolist() == [12 / 48, 13 / 48, 0.0]
    assert problem.plugs.ids == ("dc50 1", "dc50 2", "ac22 1")
    assert problem.plugs.kw.tolist() == [50.0, 50.0, 22.0]
    assert problem.plugs.rule == "session"
    # Offers carry the peak charge and the transport tariff.
    assert problem.peak_eur_per_kw == 0.0
    tax = RuleBook.default().find("energy_tax", DAY, {"bracket": "10k-50k"})["eur_per_kwh"]
    assert problem.transport_eur_per_kwh == pytest.approx(tax)
    assert bundling.solve(problem).evaluation.indicators["kwh_battery"] == pytest.approx(90.0)


def test_another_place_has_none_of_it():
    problem = pose(SmallRegion(**SITE), day=DAY, depot="park-b", vehicles=fleet())
    assert problem.offers == ()
    assert problem.battery is problem.pv is problem.plugs is None


def test_own_things_go_before_the_tables_and_none_leaves_them_out():
    own = Battery(kwh=10.0, kw=5.0)
    problem = pose(
        SmallRegion(**SITE), day=DAY, depot="hub-a", vehicles=fleet(), offers=None, battery=own,
        pv=None, plugs=None,
    )  # fmt: skip
    assert problem.battery is own
    assert problem.offers == ()
    assert problem.pv is problem.plugs is None
    assert problem.peak_eur_per_kw == pytest.approx(0.2)


def test_every_connection_step_can_be_a_firm_offer():
    problem = pose(SmallRegion(), day=DAY, depot="hub-a", vehicles=fleet(), offers="steps")
    small, large = problem.offers
    assert (small.name, small.min_kw, small.max_kw) == ("small", 0.0, 173.0)
    assert (large.name, large.min_kw, large.max_kw) == ("large", 173.0, 1750.0)
    assert (large.eur_per_kw, large.fixed_eur, large.peak_eur_per_kw) == (0.2, 4.0, 0.2)
    assert bundling.solve(problem).solution is not None


def test_faults_of_what_stands_there_come_with_the_others():
    wrong = SITE | {
        "connection_offers": of_place(
            "connection_offers",
            {"offer": "a", "form": "solid"},
            {"offer": "b", "form": "time-block"},
            {"offer": "c", "form": "firm", "windows": "20:00-26:00;8-9"},
        ),
        "solar_hours": pd.DataFrame({"hour": range(1, 24), "kw_per_kwp": 0.1}),
    }
    with pytest.raises(InputError) as caught:
        pose(
            SmallRegion(**wrong), day=DAY, depot="hub-a", plugs="mine",
            vehicles=fleet().drop(columns=["need_kwh"]),
        )  # fmt: skip
    assert [(fault.table, fault.column, fault.rows) for fault in caught.value.faults] == [
        ("vehicles", "need_kwh", ()),
        ("settings", "plugs", ()),
        ("connection_offers", "form", ("a",)),
        ("connection_offers", "windows", ("b",)),
        ("connection_offers", "windows", ("c",)),
        ("connection_offers", "windows", ("c",)),
        ("solar_hours", "hour", ("0",)),
    ]
    with pytest.raises(InputError, match="'mine'"):
        pose(SmallRegion(), day=DAY, depot="hub-a", vehicles=fleet(), offers="mine")


def test_a_region_of_its_own_tables():
    """The whole way: the tables of a region are checked, and what is left out is empty."""
    tables = tiny_tables()
    tables["connection_offers"] = pd.DataFrame(
        {"place_id": ["hub-a"], "offer": ["firm"], "form": ["firm"], "eur_per_kw_year": [48.0]}
    )
    tables["charge_plugs"] = pd.DataFrame(
        {"place_id": ["hub-a"], "charger_type": [tables["charger_types"]["charger_type"].iloc[0]],
         "plugs": [2]}
    )  # fmt: skip
    region = Region(name="tiny", title="Tiny", tables=tables)
    problem = region.energy(day=DAY, depot="hub-a", vehicles=fleet())
    assert problem.offers[0].max_kw == np.inf
    assert problem.plugs.num_plugs == 2
    assert problem.battery is None
