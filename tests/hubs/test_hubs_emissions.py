"""Emissions: hand-worked trips, allocation that loses nothing, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.errors import InputError
from bundling.hubs.emissions import allocate, factors, great_circle_km, trip_emissions


def test_half_loaded_truck_with_empty_return() -> None:
    """100 km at (0.75 + 1.10) / 2 and 100 km empty at 0.75 = 92.5 + 75 kg."""
    trips = pd.DataFrame(
        [("t", "artic_40t_diesel", 100.0, 12.0, 0.5)],
        columns=["trip_id", "vehicle", "planned_km", "load_t", "empty_share"],
    )
    found = trip_emissions(trips).iloc[0]
    assert found["co2e_kg"] == pytest.approx(167.5)
    assert found["nox_g"] == pytest.approx(60.0)


def test_barge_distance_is_adjusted() -> None:
    trips = pd.DataFrame(
        [("b", "Va_barge", 100.0, 2197.0, 0.0)],
        columns=["trip_id", "vehicle", "planned_km", "load_t", "empty_share"],
    )
    found = trip_emissions(trips, distance="shortest").iloc[0]
    assert found["loaded_km"] == pytest.approx(120.0)
    assert found["co2e_kg"] == pytest.approx(120.0 * 85.0)
    # The length of the fairway holds the bends already: no factor twice.
    assert trip_emissions(trips, distance="actual").iloc[0]["loaded_km"] == pytest.approx(100.0)
    with pytest.raises(InputError, match="shortest"):
        trip_emissions(trips)
    told = pd.concat([trips, trips.assign(trip_id="c")]).assign(distance=["shortest", "actual"])
    assert trip_emissions(told)["loaded_km"].tolist() == pytest.approx([120.0, 100.0])


def test_allocation_by_tonne_km_and_hub_by_mass() -> None:
    elements = pd.DataFrame(
        [("truck", "transport", 70.0, 7.0), ("hub", "hub", 30.0, 0.0)],
        columns=["element_id", "kind", "co2e_kg", "nox_g"],
    )
    parts = pd.DataFrame(
        [("truck", "a", 1, 30), ("truck", "b", 2, 20), ("hub", "a", 1, 0), ("hub", "b", 2, 0)],
        columns=["element_id", "shipment_id", "mass_t", "activity_km"],
    )
    found = allocate(elements, parts)
    assert found["co2e_kg"].tolist() == pytest.approx([30.0, 40.0, 10.0, 20.0])
    assert found["rule"].str.contains("shortest feasible").all()
    assert allocate(elements, parts, basis="gcd")["rule"].str.contains("great-circle").all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.floats(0, 50), st.floats(0, 300)), min_size=1, max_size=12
    ),
    st.floats(0, 1e5),
)
def test_allocation_is_efficient(rows: list[tuple[int, float, float]], co2e_kg: float) -> None:
    parts = pd.DataFrame(rows, columns=["element_id", "mass_t", "activity_km"])
    parts["shipment_id"] = range(len(parts))
    used = sorted(set(parts["element_id"]))
    elements = pd.DataFrame(
        {
            "element_id": used,
            "kind": ["hub" if e == 3 else "transport" for e in used],
            "co2e_kg": co2e_kg,
            "nox_g": 1.0,
        }
    )
    found = allocate(elements, parts)
    assert found["co2e_kg"].sum() == pytest.approx(elements["co2e_kg"].sum())
    assert found["nox_g"].sum() == pytest.approx(len(used))
    assert (found["share"] >= 0.0).all()


def test_great_circle() -> None:
    """One degree along the equator is pi R / 180."""
    np.testing.assert_allclose(great_circle_km(0, 0, 0, 1), np.pi * 6371.0088 / 180)


def test_all_faults_at_once() -> None:
    trips = pd.DataFrame(
        [("a", "ox_cart", -1.0, 1.0, 0.0), ("a", "van_diesel", 1.0, 1.0, 1.0)],
        columns=["trip_id", "vehicle", "planned_km", "load_t", "empty_share"],
    )
    with pytest.raises(InputError) as caught:
        trip_emissions(trips)
    assert len(caught.value.faults) == 4
    elements = pd.DataFrame(
        [("e", "pipe", 1.0, -1.0)], columns=["element_id", "kind", "co2e_kg", "nox_g"]
    )
    parts = pd.DataFrame(
        [("x", "s", 1, 1)], columns=["element_id", "shipment_id", "mass_t", "activity_km"]
    )
    with pytest.raises(InputError) as caught:
        allocate(elements, parts)
    assert len(caught.value.faults) == 4
    with pytest.raises(InputError, match="below 1"):
        factors(factors().assign(distance_factor=0.5))
