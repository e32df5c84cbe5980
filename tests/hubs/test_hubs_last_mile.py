"""Last mile: a hand-worked area, recovery of known coefficients, zone, refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from bundling.errors import InputError
from bundling.hubs.last_mile import LastMileFit, LastMileVehicle, estimate
from bundling.hubs.last_mile_fit import calibrate

VAN = LastMileVehicle(1000.0, 100.0, 8.0, 20.0, 0.1, 10.0, 0.5, 30.0)
AREA = pd.DataFrame(
    {"area_km2": [4.0], "stops": [25], "hub_km": [5.0], "drop_kg": [60.0], "drop_m3": [0.1]}
)


def test_by_hand() -> None:
    """1,500 kg: 2 tours; 2*5*2 + 0.57*sqrt(100) = 25.7 km; 25.7/20 + 2.5 h."""
    found = estimate(AREA, VAN).iloc[0]
    assert found["tours"] == 2
    assert found["vehicle_km"] == pytest.approx(25.7)
    assert found["hours"] == pytest.approx(25.7 / 20 + 2.5)
    assert found["cost_eur"] == pytest.approx(20 + 12.85 + 30 * (25.7 / 20 + 2.5))


def test_no_access_is_not_served() -> None:
    van = dataclasses.replace(VAN, zone_access=False)
    found = estimate(AREA.assign(in_zone=True), van).iloc[0]
    assert not found["served"]
    assert np.isnan(found["cost_eur"])
    assert estimate(AREA.assign(in_zone=True), VAN)["trips_into_zone"].tolist() == [2.0]


def test_calibration_finds_the_coefficients_of_exact_data() -> None:
    cases = pd.DataFrame(
        {"area_km2": [1, 4, 9], "stops": [10, 40, 20], "hub_km": [3, 1, 9], "tours": [1, 2, 3]}
    )
    spread = np.sqrt(cases["area_km2"] * cases["stops"])
    cases["vehicle_km"] = 1.2 * 2 * cases["hub_km"] * cases["tours"] + 0.8 * spread
    fit = calibrate(cases, "made up")
    assert (fit.linehaul, fit.detour) == pytest.approx((1.2, 0.8))
    assert fit.worst == pytest.approx(0.0, abs=1e-9)
    assert fit.data == "made up"
    assert np.isnan(LastMileFit().mape)


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        estimate(AREA.drop(columns="drop_m3").assign(stops=-1), VAN)
    assert len(caught.value.faults) == 2


def test_a_drop_too_large_or_a_stop_too_long_is_not_served() -> None:
    assert not estimate(AREA.assign(drop_kg=1000.1), VAN)["served"].any()
    assert not estimate(AREA.assign(drop_m3=100.1), VAN)["served"].any()
    # Half an hour there and back leaves 7.5 h.
    assert not estimate(AREA, dataclasses.replace(VAN, stop_h=7.6))["served"].any()
    assert estimate(AREA, dataclasses.replace(VAN, stop_h=7.4))["served"].all()


def test_a_vehicle_that_cannot_be_is_refused_with_all_its_faults() -> None:
    with pytest.raises(InputError) as refused:
        LastMileVehicle(0.0, 100.0, 8.0, float("nan"), -0.1, 10.0, 0.5, 30.0)
    columns = {fault.column for fault in refused.value.faults}
    assert columns == {"capacity_kg", "speed_km_per_h", "stop_h"}


def test_a_zone_in_words_is_refused() -> None:
    with pytest.raises(InputError, match="in_zone"):
        estimate(AREA.assign(in_zone="no"), VAN)
