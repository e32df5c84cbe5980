"""Emissions of a plan by shipment: worked by hand, and the law that nothing is lost."""

from __future__ import annotations

import numpy as np
import pytest
from hubs_cases import half_trucks, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from scheduled.scheduled_cases import corridor, random_day

import bundling
from bundling.errors import InputError
from bundling.hubs.emissions_plan import (
    emissions_by_shipment,
    emissions_by_shipper,
    emissions_table,
)


def test_two_half_trucks_share_the_way_from_the_hub() -> None:
    """Each 6 km to the hub and back alone at 1 kg/km; 80 km from there, half of it each."""
    result = bundling.solve(half_trucks(rent_eur=0.0), time_limit=5)
    by = emissions_by_shipment(result)
    assert by["co2e_kg"].tolist() == pytest.approx([46.0, 46.0])
    assert by["activity_tkm"].tolist() == pytest.approx([0.5 * 43.0] * 2)
    assert by["g_co2e_per_tkm"].tolist() == pytest.approx([46_000 / 21.5] * 2)
    whole = emissions_table(result)
    assert set(whole["kind"]) == {"linehaul", "last_mile"}
    assert whole["rule"].str.contains("ISO 14083").all()


def test_a_corridor_by_mass_and_the_empty_way_back_by_tonne_km() -> None:
    result = bundling.solve(corridor(), time_limit=5)
    table = emissions_table(result)
    loaded = table[table["kind"] == "lane"]
    for _, one in loaded.groupby("element_id"):
        np.testing.assert_allclose(one["share"], one["mass_t"] / one["mass_t"].sum())
    empty = table[table["kind"] == "empty"]
    told = result.tables["emissions"].set_index("source")["co2e_kg"]
    assert empty["co2e_kg"].sum() == pytest.approx(told["empty vehicles"])
    assert loaded["co2e_kg"].sum() == pytest.approx(told["loaded vehicles"])
    by = emissions_by_shipper(result)
    assert by["co2e_kg"].sum() == pytest.approx(result.evaluation.indicators["co2e_kg"])


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_is_lost_in_a_day_of_hubs(seed: int) -> None:
    result = bundling.solve(random_problem(seed, shipments=6), time_limit=2, gap=0.2)
    if result.solution is None:
        return
    told = result.evaluation.indicators
    for table in (emissions_table, emissions_by_shipment, emissions_by_shipper):
        found = table(result)
        assert found["co2e_kg"].sum() == pytest.approx(told["co2e_kg"])
        assert found["nox_g"].sum() == pytest.approx(told["nox_g"])
        assert (found["co2e_kg"] >= 0.0).all()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10_000))
def test_nothing_is_lost_in_a_day_of_departures(seed: int) -> None:
    problem = random_day(seed)
    result = bundling.solve(problem, time_limit=2, gap=0.2)
    if result.solution is None:
        return
    mass = problem.shipment_load[:, 0]
    told = result.evaluation.indicators
    for table in (emissions_table, emissions_by_shipment, emissions_by_shipper):
        found = table(result, mass_kg=mass)
        assert found["co2e_kg"].sum() == pytest.approx(told["co2e_kg"])
        assert found["nox_g"].sum() == pytest.approx(1000.0 * told["nox_kg"])


def test_refusals() -> None:
    result = bundling.solve(half_trucks(rent_eur=0.0), time_limit=5)
    with pytest.raises(InputError, match="one number"):
        emissions_table(result, mass_kg=[1.0])
