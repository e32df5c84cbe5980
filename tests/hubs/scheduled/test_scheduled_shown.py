"""Tables, plots and reasons: they add up to the evaluation, and say what is so."""

from __future__ import annotations

import math

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scheduled_cases import barge, corridor, random_day

import bundling
from bundling import Result, Status
from bundling.hubs.emissions_plan import co2e_of_shipments, emissions_by_shipment
from bundling.hubs.scheduled.closing import closing_costs, closing_table
from bundling.hubs.scheduled.explain import what_is_full
from bundling.hubs.scheduled.plot import plot, plot_hub_hours
from bundling.hubs.scheduled.shares import cost_shares, split

mpl.use("Agg")


@pytest.fixture(scope="module")
def by_barge() -> Result:
    """The corridor with its barge: 18 by van, 13 on board, 4.50 handled, 5 for the hub."""
    return bundling.solve(barge(), time_limit=5.0, gap=0.0)


@given(st.integers(0, 10**6))
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
def test_tables_add_up_to_the_evaluation(seed: int) -> None:
    problem = random_day(seed, shut=0.0)
    result = bundling.solve(problem, time_limit=5.0)
    if result.solution is None or result.evaluation is None:
        return
    tables, costs, figures = (
        result.tables, result.evaluation.costs_eur, result.evaluation.indicators,
    )  # fmt: skip
    assert tables["flows"]["eur"].sum() == pytest.approx(result.objective)
    assert tables["shippers"]["eur"].sum() == pytest.approx(result.objective)
    assert tables["shippers"]["cost_share"].sum() == pytest.approx(1.0)
    assert tables["costs"]["eur"].sum() == pytest.approx(result.objective)
    assert tables["departures"]["eur"].sum() == pytest.approx(costs["loaded"])
    assert tables["empty_trips"]["eur"].sum() == pytest.approx(costs["empty"])
    assert tables["sailings"]["charter_eur"].sum() == pytest.approx(costs["sailings"])
    assert tables["sailings"]["slots_eur"].sum() == pytest.approx(costs["slots"])
    assert tables["hubs"]["handling_eur"].sum() == pytest.approx(costs["handling"])
    assert tables["hubs"]["fixed_eur"].sum() == pytest.approx(costs["hubs"])
    assert tables["vehicles"]["km"].sum() == pytest.approx(figures["vehicle_km"])
    assert tables["vehicles"]["empty_km"].sum() == pytest.approx(figures["empty_km"])
    assert tables["vehicles"]["trips"].sum() == figures["trips"]
    assert tables["emissions"]["co2e_kg"].sum() == pytest.approx(figures["co2e_kg"])
    assert tables["emissions"]["nox_kg"].sum() == pytest.approx(figures["nox_kg"])
    assert tables["flows"]["co2e_kg"].sum() == pytest.approx(figures["co2e_kg"])
    by_mass = emissions_by_shipment(result)["co2e_kg"]
    assert tables["flows"]["co2e_kg"].tolist() == pytest.approx(by_mass.tolist())
    assert (cost_shares(problem, result.solution) >= 0).all()
    hours, hubs = tables["hub_hours"], tables["hubs"]
    for resource in problem.resource_ids:
        assert hours[f"arrives_{resource}"].sum() == pytest.approx(hubs[resource].sum())
        assert hours[f"leaves_{resource}"].sum() == pytest.approx(hubs[resource].sum())


def test_who_pays_what(by_barge: Result) -> None:
    # a1 has 6 of the 9 kg in the van and at the hub: 2/3 of 18 and of 5, 0.50 and 1 a kilogram.
    eur = cost_shares(by_barge.problem, by_barge.solution)
    assert eur == pytest.approx([12 + 10 / 3 + 3 + 6, 6 + 5 / 3 + 1.5 + 3, 4])


def test_who_emits_what(by_barge: Result) -> None:
    # The van 7.5 kg there and 7.5 back; the barge's 9 kg over 13.
    emits = [10 + 54 / 13, 5 + 27 / 13, 36 / 13]
    assert by_barge.tables["flows"]["co2e_kg"].tolist() == pytest.approx(emits)
    # The load stands for mass where nothing is called kg.
    teu = barge(resource_ids=("teu",))
    assert co2e_of_shipments(teu, by_barge.solution) == pytest.approx(emits)


def test_a_full_floor_has_cost_and_mass_has_emissions() -> None:
    """One van, 20 kg and 4 m3: it is the volume that is full, a quarter and three quarters of it.

    40 there and 28 back over Deventer, 27.5 kg CO2e each way; mass is 5 kg each.
    """
    day = corridor(
        resource_ids=("kg", "m3"),
        hub_handling_eur=[[0.5, 0.0]],
        hub_capacity=[[0.0, 0.0]],
        hub_hour_capacity=[[0.0, 0.0]],
        hub_floor_capacity=[[0.0, 0.0]],
        vehicle_capacity=[[20.0, 4.0]],
        sailing_capacity=np.zeros((0, 2)),
        sailing_slot_eur=np.zeros((0, 2)),
        shipment_load=[[5.0, 1.0], [5.0, 3.0], [1.0, 1.0]],
    ).only(np.array([0, 1]))
    result = bundling.solve(day, time_limit=5.0, gap=0.0)
    flows = result.tables["flows"]
    assert flows["eur"].tolist() == pytest.approx([17.0, 51.0])
    assert flows["co2e_kg"].tolist() == pytest.approx([27.5, 27.5])
    assert flows["co2e_kg"].tolist() == emissions_by_shipment(result)["co2e_kg"].tolist()


def test_the_fullest_resource_decides() -> None:
    load = np.array([[4.0, 1.0], [4.0, 3.0], [5.0, 5.0]])
    room = np.array([[10.0, 4.0]] * 2 + [[np.inf, np.inf]])
    # Volume is full, weight is not: a quarter and three quarters.
    assert split(load, np.array([0, 0, 1]), room) == pytest.approx([0.25, 0.75, 1.0])


def test_departures_and_hub_hours(by_barge: Result) -> None:
    row = by_barge.tables["departures"].iloc[0]
    assert (row["from_id"], row["to_id"], row["departure"]) == ("Apeldoorn", "Deventer", "02:00")
    assert (row["vehicles"], row["kg"], row["load_rate_kg"]) == (1, 9.0, 0.9)
    expected = pd.DataFrame(
        {
            "hub_id": ["hub Deventer"] * 2,
            "hour": ["03:00", "04:00"],
            "arrives_kg": [9.0, 0.0],
            "leaves_kg": [0.0, 9.0],
        }
    )
    pd.testing.assert_frame_equal(by_barge.tables["hub_hours"], expected)
    vessel = by_barge.tables["sailings"].iloc[0]
    assert vessel["load_rate_kg"] == pytest.approx(13 / 30)


def test_the_map_has_a_line_a_flow(by_barge: Result) -> None:
    axes = plot(by_barge.solution, by_barge.problem)
    lines = {c.get_label(): c for c in axes.collections}
    assert set(lines) == {"road", "water"}
    assert lines["water"].get_linewidths()[0] > lines["road"].get_linewidths()[0]
    assert plot(by_barge.solution, by_barge.problem, ax=axes) is axes


def test_the_hub_by_the_hour(by_barge: Result) -> None:
    axes = plot_hub_hours(by_barge.solution, by_barge.problem)
    heights = [bar.get_height() for bar in axes.patches]
    assert sorted(h for h in heights if h) == [-9.0, 9.0]
    with pytest.raises(ValueError, match="no resource m3: use one of kg"):
        plot_hub_hours(by_barge.solution, by_barge.problem, resource="m3")


def test_nothing_through_hubs_can_be_drawn() -> None:
    result = bundling.solve(corridor(), time_limit=5.0)
    assert not plot_hub_hours(result.solution, result.problem).get_legend()
    assert "closed hub" in [text.get_text() for text in result.plot().get_legend().get_texts()]


def test_what_closing_a_hub_costs(by_barge: Result) -> None:
    (closing,) = closing_costs(by_barge, time_limit=60.0, gap=0.0)
    # Without the hub a1 and a2 go direct, 68 (home over Deventer); d1 still by barge, 4.
    assert closing.extra_eur == pytest.approx(72 - 40.5)
    assert closing.is_exact
    assert closing.least_eur <= closing.extra_eur + 1e-6
    assert closing.extra_eur <= closing.most_eur + 1e-6
    assert str(closing) == "hub Deventer: closing it costs EUR 31.50 a day more"
    assert closing_table([closing])["extra_eur"].tolist() == [closing.extra_eur]


def test_a_hub_that_is_needed() -> None:
    result = bundling.solve(barge(shipment_direct=[False, True, True]), time_limit=5.0)
    (closing,) = closing_costs(result, time_limit=5.0)
    assert math.isinf(closing.extra_eur)
    assert "not all shipments arrive" in str(closing)


def test_no_plan_cannot_be_explained() -> None:
    result = bundling.solve(corridor(shipment_due_slot=[4, 10, 11]), time_limit=5.0)
    assert result.status is Status.INFEASIBLE
    with pytest.raises(ValueError, match="no plan to explain"):
        closing_costs(result)


def test_what_is_full(by_barge: Result) -> None:
    assert what_is_full(by_barge.problem, by_barge.solution) == []
    tight = barge(hub_capacity=[[9.0]], sailing_capacity=[[13.0]])
    assert what_is_full(tight, by_barge.solution) == [
        "hub Deventer is full: it handles 9 kg a day",
        "barge at 04:00 is full: it takes 13 kg",
    ]
