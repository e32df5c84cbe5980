"""Tours inside a plan of a day: by hand, the range carried through, prices that repeat."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hubs_cases import half_trucks, make, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st

import bundling
from bundling.errors import InputError
from bundling.hubs.last_mile import LastMileFit, mean_way_km, spread_km2
from bundling.hubs.last_mile_legs import last_mile_of
from bundling.hubs.last_mile_solve import solve_with_last_mile, with_last_mile
from bundling.hubs.last_mile_tours import areas_of, fits_of, tours_of

FIT = LastMileFit(1.0, 0.5, form="daganzo", below=0.1, above=0.2, cases=9)
VAN = {"class_of": {"type-0": "van"}, "fits": {"van": FIT}}
AREA = pd.DataFrame({"location_id": ["place-3"], "area_km2": [24.0]})
CLASSES = {f"type-{v}": kind for v, kind in enumerate(("cargo_bike", "van", "van", "rigid"))}


def test_by_hand() -> None:
    """A truck with 2 stops, 40 km away: mean way sqrt(40^2 + 4), detour 0.5 sqrt(48)."""
    result = bundling.solve(half_trucks(rent_eur=0.0), time_limit=5)
    found = last_mile_of(result, AREA, **VAN)
    (row,) = found.legs.to_dict("records")
    km = 2.0 * np.sqrt(1604.0) + 0.5 * np.sqrt(48.0)
    assert row["kind"] == "last_mile"
    assert row["km"] == pytest.approx(km)
    assert (row["planned_km"], row["stops"]) == (80.0, 2)
    assert (row["low_km"], row["high_km"]) == pytest.approx((0.9 * km, 1.2 * km))
    # One EUR and one kg a km, hours free; the rest of the plan stays.
    assert found.objective_eur == pytest.approx(result.objective + km - 80.0)
    assert found.high_eur - found.objective_eur == pytest.approx(0.2 * km)
    assert found.objective_eur - found.low_eur == pytest.approx(0.1 * km)
    assert found.vehicle_km == pytest.approx(12.0 + km)
    assert found.co2e_kg == pytest.approx(12.0 + km)
    assert found.holds


def test_without_calibration_the_range_is_not_known() -> None:
    result = bundling.solve(half_trucks(rent_eur=0.0), time_limit=5)
    known = {"class_of": {"type-0": "van"}, "fits": {"van": LastMileFit()}}
    found = last_mile_of(result, AREA, **known)
    assert np.isfinite(found.objective_eur)
    assert np.isnan([found.low_eur, found.high_eur, found.low_km, found.high_co2e_kg]).all()


def test_hours_of_hops_are_not_paid_twice() -> None:
    problem = half_trucks(rent_eur=0.0).replace(
        shipment_service_h=np.array([1.0, 1.0]), service_eur_per_h=30.0
    )
    result = bundling.solve(problem, time_limit=5)
    once = last_mile_of(result, AREA, hop_h=[0.25, 0.25], **VAN)
    twice = last_mile_of(result, AREA, **VAN)
    assert twice.objective_eur - once.objective_eur == pytest.approx(0.5 * 30.0)
    assert twice.legs["hours"][0] - once.legs["hours"][0] == pytest.approx(0.5)


def test_types_share_the_detour_by_what_they_take() -> None:
    """Two vehicles of 1 and 3 m3: a quarter and three quarters of 0.5 sqrt(100)."""
    tours = tours_of(25.0, 4.0, 10.0, np.array([1.0, 1.0]), np.array([1.0, 3.0]), [FIT, FIT])
    assert tours.km.tolist() == pytest.approx([20.0 + 1.25, 20.0 + 3.75])
    none = tours_of(25.0, 4.0, 10.0, np.array([0.0, 2.0]), np.array([1.0, 3.0]), [FIT, FIT])
    assert none.km.tolist() == pytest.approx([0.0, 45.0])


def test_ways_to_areas_carry_half_a_tour() -> None:
    problem = half_trucks(rent_eur=0.0)
    posed = with_last_mile(problem, AREA, **VAN)
    km = 2.0 * np.sqrt(1604.0) + 0.5 * np.sqrt(48.0)
    assert 2.0 * posed.distance_m[2, 3] / 1000.0 == pytest.approx(km)
    assert posed.time_s[2, 3] / problem.time_s[2, 3] == pytest.approx(km / 80.0)
    # Direct, a shipper has one stop only.
    far = np.hypot(3.0, 40.0)
    alone = 2.0 * np.sqrt(far**2 + 4.0) + 0.5 * np.sqrt(24.0)
    assert 2.0 * posed.distance_m[0, 3] / 1000.0 == pytest.approx(alone)
    assert posed.distance_m[0, 2] == problem.distance_m[0, 2]
    seen = with_last_mile(problem, AREA, seen={(2, 3): 99.0}, **VAN)
    assert 2.0 * seen.distance_m[2, 3] / 1000.0 == pytest.approx(99.0)


def test_tours_change_the_choice_of_a_hub() -> None:
    """A wide area of many addresses: out and back the hub does not pay, with tours it does.

    Two shippers at 1 km from the hub, 60 addresses each. The hub asks a truck more (50 EUR), 4 km
    to it and 5 EUR of rent; out and back it saves 8 km, with tours 24 km of way and
    0.5 (2 sqrt(800 * 60) - sqrt(800 * 120)) = 64 km of detour.
    """
    problem = make(
        xy_km=[(-1, 0), (1, 0), (0, 0), (0, 4)],
        shipments=[(0, 3, 400.0), (1, 3, 400.0)],
        hubs=[2],
        rent_eur=5.0,
        capacity_kg=[1000.0],
        fixed_eur=[50.0],
        eur_per_km=[1.0],
        shipment_stops=np.array([60, 60]),
    )
    area = AREA.assign(area_km2=800.0)
    plan = solve_with_last_mile(problem, area, time_limit=10, **VAN)
    assert plan is not None
    history = plan.history.set_index("prices")
    assert bundling.solve(problem, time_limit=5).evaluation.indicators["hubs_open"] == 0.0
    assert plan.result.evaluation.indicators["hubs_open"] == 1.0
    assert history["kept"].sum() == 1
    assert history["objective_eur"].min() == pytest.approx(plan.estimate.objective_eur)
    assert plan.estimate.objective_eur < history.loc["plain", "objective_eur"] - 1.0


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 10_000))
def test_a_wider_area_never_costs_less(seed: int) -> None:
    result = bundling.solve(random_problem(seed, shipments=5), time_limit=2, gap=0.2)
    if result.solution is None:
        return
    places = sorted({result.problem.location_ids[k] for k in result.problem.shipment_destination})
    costs = []
    for area in (0.0, 2.0, 20.0):
        areas = pd.DataFrame({"location_id": places, "area_km2": area})
        found = last_mile_of(result, areas, class_of=CLASSES)
        assert found.low_km <= found.vehicle_km <= found.high_km
        costs.append(found.vehicle_km)
    assert costs == sorted(costs)


def test_areas_of_a_region() -> None:
    region = bundling.load("deventer")
    from datetime import date

    problem = region.hubs(day=date(2030, 6, 4))
    areas = areas_of(region, problem)
    assert areas["stops"].sum() == len(region.table("stops"))
    assert set(areas["location_id"]) <= set(problem.location_ids)
    assert (areas["area_km2"] > 0.1).all()
    assert len(fits_of(problem.vehicle_ids)) == problem.num_vehicles


def test_spread_and_mean_way() -> None:
    """Points of a square lattice fill it; half of an even cloud spreads as widely as all of it."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(50.0), np.arange(50.0)))
    assert spread_km2(x * 40.0, y * 20.0) == pytest.approx(2.0, rel=1e-3)
    assert spread_km2([0, 1000, 2000], [0, 0, 0]) == pytest.approx(0.0, abs=1e-6)
    assert spread_km2([5, 5], [1, 2]) == 0.0
    rng = np.random.default_rng(1)
    few = [spread_km2(*rng.uniform(0, 1000, (2, 6))) for _ in range(2000)]
    assert np.mean(np.square(few)) == pytest.approx(1.0, abs=0.1)
    assert mean_way_km(3.0, 6.0 * 16.0) == pytest.approx(5.0)


def test_refusals() -> None:
    result = bundling.solve(half_trucks(rent_eur=0.0), time_limit=5)
    with pytest.raises(InputError, match="class_of"):
        last_mile_of(result, AREA)
    with pytest.raises(InputError, match="no fit"):
        last_mile_of(result, AREA, class_of={"type-0": "balloon"}, fits={"van": FIT})
    twice = pd.concat([AREA, AREA, AREA.assign(location_id="nowhere")])
    with pytest.raises(InputError) as caught:
        last_mile_of(result, twice, **VAN)
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="hop_h"):
        last_mile_of(result, AREA, hop_h=[1.0], **VAN)
