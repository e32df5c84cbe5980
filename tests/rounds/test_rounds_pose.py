"""Posing: dated zone access, length limits, windows, depots, prices and factors from tables."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from bundling.errors import InputError
from bundling.network import Travel
from bundling.rounds.pose import pose
from bundling.rules import RuleBook

DAY = date(2030, 6, 3)


class TinyRegion:
    """Three stops of two shipments; what `pose` asks of a region and no more."""

    def __init__(self) -> None:
        self.tables = {
            "stops": pd.DataFrame(
                {
                    "stop_id": ["a", "b", "c"],
                    "shipment_id": ["s1", "s1", "s2"],
                    "district_id": ["d", "d", "d"],
                    "municipality": ["Zwolle", "Zwolle", "Raalte"],
                    "direction": ["delivery", "pickup", "delivery"],
                    "kg": [100.0, 50.0, 70.0],
                    "m3": [1.0, 0.5, 0.7],
                    "tw_early_clock": ["07:00", "08:30", "09:00"],
                    "tw_late_clock": ["11:00", "12:00", "17:00"],
                    "service_min": [5.0, 10.0, 4.0],
                    "zone_id": ["zone-z", None, None],
                    "max_length_m": [np.nan, 7.0, np.nan],
                    "rd_x_m": [1000.0, 2000.0, 3000.0],
                    "rd_y_m": [0.0, 0.0, 0.0],
                }
            ),
            "shipments": pd.DataFrame({"shipment_id": ["s1", "s2"], "shipper_id": ["x", "y"]}),
            "shippers": pd.DataFrame({"shipper_id": ["x", "y"], "origin_id": ["park-1", "park-2"]}),
            "districts": pd.DataFrame({"district_id": ["d"], "area_type": ["centre"]}),
            "zones": pd.DataFrame({"zone_id": ["zone-z"], "start_date": [date(2025, 1, 1)]}),
            "energy_prices": pd.DataFrame({"hour": [0, 1], "eur_per_kwh": [0.1, 0.26]}),
            "vehicle_types": pd.DataFrame(
                [
                    _type("cargo_bike", "cargo_bike", "electric", None, 3.0, 3.0, 600.0),
                    _type("dvan", "van", "diesel", 6, 6.0, 0.0, 3500.0),
                    _type("erigid", "rigid", "electric", None, 9.5, 300.0, 18_000.0),
                    _type("etractor", "tractor", "electric", None, 16.5, 600.0, 40_000.0)
                    | {"last_mile": False},
                ]
            ),
        }

    def table(self, name: str) -> pd.DataFrame:
        return self.tables[name].copy()

    def assumption(self, key: str) -> float:
        return {"charger_efficiency": 0.9}[key]

    def places(self) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "place_id": ["park-1", "park-2", "hub-1"],
                "rd_x_m": [0.0, 5000.0, 500.0],
                "rd_y_m": [0.0, 0.0, 0.0],
            }
        )


def _type(name, vehicle_class, fuel, euro, length_m, battery_kwh, mass_kg):
    return {
        "vehicle_type": name, "vehicle_class": vehicle_class, "fuel": fuel, "euro_class": euro,
        "co2_class": None, "first_admission": date(2021, 1, 1), "gross_mass_kg": mass_kg,
        "length_m": length_m, "payload_kg": 1000.0, "volume_m3": 8.0, "fixed_eur_per_day": 40.0,
        "eur_per_km": 0.2, "eur_per_h": 33.0, "kwh_per_km": 0.2 if battery_kwh else 0.0,
        "kwh_per_km_per_t": 0.01 if battery_kwh else 0.0, "battery_kwh": battery_kwh,
        "min_soc": 0.1, "charge_kw": 11.0, "litre_per_km": 0.0 if battery_kwh else 0.09,
        "shift_h": 8.0, "speed_factor": 1.0, "last_mile": True,
    }  # fmt: skip


class Flat:
    """A network without detours at 10 m/s; the last stop lies behind a motorway."""

    def __init__(self, levied: bool = False) -> None:
        self.levied = levied

    def travel(self, from_xy, to_xy=None, *, from_area=None, to_area=None) -> Travel:
        assert to_xy is None
        assert list(from_area[-1:]) == ["centre"]
        distance = np.hypot(*(from_xy[:, None] - from_xy[None, :]).transpose(2, 0, 1))
        levied = np.zeros_like(distance)
        if self.levied:
            levied[:, -1] = levied[-1, :] = distance[:, -1]
        return Travel(distance, distance / 10.0, levied)


def test_pose_reads_tables_and_dated_rules() -> None:
    problem = pose(TinyRegion(), day=DAY, network=Flat())
    assert problem.depot_ids == ("park-1", "park-2")
    assert problem.stop_depot.tolist() == [0, 0, 1]
    assert problem.vehicle_types == ("cargo_bike", "dvan", "erigid") * 2  # no tractor
    assert problem.count.tolist() == [2, 2, 2, 1, 1, 1]
    assert problem.delivery_kg.tolist() == [100.0, 0.0, 70.0]
    assert problem.pickup_m3.tolist() == [0.0, 0.5, 0.0]
    assert problem.tw_early_s.tolist() == [7 * 3600, 8.5 * 3600, 9 * 3600]
    assert problem.service_s.tolist() == [300.0, 600.0, 240.0]
    # 0.18 EUR/kWh on average, and a tenth is lost on the way into the battery.
    assert problem.eur_per_kwh[:3] == pytest.approx([0.2, 0.0, 0.2])
    assert problem.usable_kwh[:3] == pytest.approx([2.7, 0.0, 270.0])
    book = RuleBook.default()
    diesel = book.co2e_kg_per_unit("diesel", DAY)
    power = book.co2e_kg_per_unit("electric", DAY)
    assert problem.co2e_kg_per_km[:3] == pytest.approx([0.0, 0.09 * diesel, 0.0])
    assert problem.co2e_kg_per_kwh[:3] == pytest.approx([power / 0.9, 0.0, power / 0.9])
    assert problem.nox_g_per_km[0] == problem.nox_g_per_km[2] == 0.0
    assert problem.nox_g_per_km[1] == book.nox_g_per_km("van", "diesel", 6, "urban", DAY)


def test_access_follows_the_day_and_the_length() -> None:
    problem = pose(TinyRegion(), day=DAY, network=Flat())
    # In 2030 a diesel van may not enter (stop a); 9.5 m is too long for stop b.
    allowed = np.array([[True, True, True], [False, True, True], [True, False, True]])
    assert (problem.barred[:3] == 0).tolist() == allowed.tolist()
    zone = problem.bar_rules[problem.barred[1, 0] - 1]
    assert zone.startswith("zero-emission zone zone-z on 2030-06-03")
    assert problem.bar_rules[problem.barred[2, 1] - 1] == "length limit of 7 m"
    before = pose(TinyRegion(), day=date(2024, 6, 3), network=Flat())
    assert before.barred[1, 0] == 0


def test_hub_decision_and_municipality() -> None:
    depots = {"s1": "hub-1", "b": "park-2"}  # a stop of its own goes before its shipment
    problem = pose(TinyRegion(), day=DAY, municipality="Zwolle", depots=depots, network=Flat())
    assert problem.stop_ids == ("a", "b")
    assert problem.depot_ids == ("hub-1", "park-2")
    assert problem.stop_depot.tolist() == [0, 1]
    assert problem.distance_m[0, 2] == pytest.approx(500.0)


def test_cargo_bikes_stay_off_motorways() -> None:
    problem = pose(TinyRegion(), day=DAY, network=Flat(levied=True))
    rule = problem.barred[3, 2]
    assert problem.bar_rules[rule - 1] == "cargo bikes may not use motorways"
    assert problem.barred[5, 2] == 0
    assert problem.levied_m[1, 4] == pytest.approx(2000.0)


def test_faults_are_named() -> None:
    with pytest.raises(InputError, match="has no stops in Olst"):
        pose(TinyRegion(), day=DAY, municipality="Olst", network=Flat())
    with pytest.raises(InputError, match="atlantis"):
        pose(TinyRegion(), day=DAY, depots={"s1": "atlantis"}, network=Flat())
    region = TinyRegion()
    region.tables["shipments"] = region.tables["shipments"].iloc[:1]
    with pytest.raises(InputError, match="s2"):
        pose(region, day=DAY, network=Flat())
    region = TinyRegion()
    region.tables["vehicle_types"]["last_mile"] = False
    with pytest.raises(InputError, match="last_mile"):
        pose(region, day=DAY, network=Flat())
