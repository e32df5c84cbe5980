"""Tours in a day of departures: by hand on the corridor, time kept, prices that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled.scheduled_cases import corridor, random_day

import bundling
from bundling.errors import InputError
from bundling.hubs.last_mile import LastMileFit
from bundling.hubs.last_mile_lanes import lane_tours_of
from bundling.hubs.last_mile_lanes_solve import solve_with_lane_tours, with_lane_tours

FITS = {"van": LastMileFit(1.0, 0.5, form="daganzo", below=0.1, above=0.2, cases=9)}
AREA = pd.DataFrame({"location_id": ["Almelo"], "area_km2": [24.0]})
RATES = pd.DataFrame(
    {"vehicle_id": ["van"], "eur_per_km": 1.0, "eur_per_h": 0.0, "km_per_h": 60.0, "stop_h": 0.0}
)
APELDOORN_KM = 2.0 * np.sqrt(55.0**2 + 4.0) + 0.5 * np.sqrt(48.0)
DEVENTER_KM = 2.0 * np.sqrt(40.0**2 + 4.0) + 0.5 * np.sqrt(24.0)


def test_by_hand() -> None:
    """Two stops from Apeldoorn in one van, one from Deventer in another; EUR 1 and 0.5 kg a km."""
    result = bundling.solve(corridor(), time_limit=5)
    found = lane_tours_of(result, AREA, RATES, fits=FITS)
    rows = found.departures.set_index("from_id")
    assert rows["stops"].to_dict() == {"Apeldoorn": 2.0, "Deventer": 1.0}
    assert rows.loc["Apeldoorn", "km"] == pytest.approx(APELDOORN_KM)
    assert rows.loc["Deventer", "km"] == pytest.approx(DEVENTER_KM)
    more = APELDOORN_KM - 110.0 + DEVENTER_KM - 80.0
    told = result.evaluation.indicators
    assert found.objective_eur == pytest.approx(result.objective + more)
    assert found.vehicle_km == pytest.approx(told["vehicle_km"] + more)
    assert found.co2e_kg == pytest.approx(told["co2e_kg"] + 0.5 * more)
    tours = APELDOORN_KM + DEVENTER_KM
    assert found.high_eur - found.objective_eur == pytest.approx(0.2 * tours)
    assert found.objective_eur - found.low_eur == pytest.approx(0.1 * tours)
    assert found.holds


def test_hours_at_the_stops_can_come_too_late() -> None:
    result = bundling.solve(corridor(), time_limit=5)
    slow = lane_tours_of(result, AREA, RATES.assign(stop_h=6.0), fits=FITS)
    assert not slow.holds
    assert slow.departures["hours"].max() > 12.0
    dear = lane_tours_of(result, AREA, RATES.assign(stop_h=1.0, eur_per_h=30.0), fits=FITS)
    free = lane_tours_of(result, AREA, RATES.assign(stop_h=0.0, eur_per_h=30.0), fits=FITS)
    assert dear.objective_eur - free.objective_eur == pytest.approx(3 * 30.0)


def test_lanes_to_the_area_carry_a_tour() -> None:
    """Deventer to Almelo: three shipments of 13 kg in vans of 10 kg, so 30 / 13 stops a van."""
    problem = corridor()
    posed = with_lane_tours(problem, AREA, RATES, fits=FITS)
    stops = 30.0 / 13.0
    more = 2.0 * np.sqrt(1604.0) + 0.5 * np.sqrt(24.0 * stops) - 80.0
    assert posed.lane_km[4] == pytest.approx(40.0 + more)
    assert posed.lane_eur[4] == pytest.approx(24.0 + more)
    assert posed.lane_co2e_kg[4] == pytest.approx(0.5 * (40.0 + more))
    assert posed.lane_slots[4] == 2 + 1  # 3.9 km at 60 km/h begin another hour
    assert (posed.lane_km[[1, 2, 3, 5]] == problem.lane_km[[1, 2, 3, 5]]).all()
    assert (posed.lane_empty_eur == problem.lane_empty_eur).all()
    seen = with_lane_tours(problem, AREA, RATES, fits=FITS, seen={4: 1.0})
    assert seen.lane_km[4] == pytest.approx(40.0 + DEVENTER_KM - 80.0)


def test_the_kept_plan_is_the_cheapest_that_holds() -> None:
    plan = solve_with_lane_tours(corridor(), AREA, RATES, fits=FITS, time_limit=6)
    assert plan is not None
    kept = plan.history[plan.history["kept"]].iloc[0]
    assert kept["holds"]
    assert kept["objective_eur"] == pytest.approx(plan.estimate.objective_eur)
    holding = plan.history[plan.history["holds"]]
    assert kept["objective_eur"] == holding["objective_eur"].min()
    assert plan.result.violations == ()


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000))
def test_a_wider_area_never_drives_less(seed: int) -> None:
    result = bundling.solve(random_day(seed), time_limit=2, gap=0.2)
    if result.solution is None:
        return
    names = list(result.problem.location_ids)
    rates = pd.concat([RATES, RATES.assign(vehicle_id="hired")])
    km = []
    for area in (0.0, 2.0, 30.0):
        areas = pd.DataFrame({"location_id": names, "area_km2": area})
        found = lane_tours_of(
            result, areas, rates, fits=FITS, class_of={"van": "van", "hired": "van"}
        )
        km.append(found.vehicle_km)
    assert km == sorted(km)


def test_refusals() -> None:
    result = bundling.solve(corridor(), time_limit=5)
    with pytest.raises(InputError) as caught:
        lane_tours_of(result, AREA, RATES.assign(vehicle_id="bus"), fits=FITS, drops=[1.0])
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="km_per_h"):
        lane_tours_of(result, AREA, RATES.assign(km_per_h=0.0), fits=FITS)
    with pytest.raises(InputError, match="no place"):
        lane_tours_of(result, AREA.assign(location_id="Oz"), RATES, fits=FITS)
