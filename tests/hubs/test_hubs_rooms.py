"""Data in and out: validation, tables, plot, layers, vehicle combinations, posing."""

from __future__ import annotations

import itertools
import json
from datetime import date

import numpy as np
import pytest
from hubs_cases import half_trucks, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st

import bundling
from bundling import InputError
from bundling.certify import fingerprint
from bundling.hubs import HubsProblem, HubsSolution
from bundling.hubs.layers import layers
from bundling.hubs.mixes import efficient_mixes
from bundling.hubs.tables import tables


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        half_trucks(rent_eur=1.0).replace(
            shipment_kg=np.array([-1.0, 2.0]),
            vehicle_capacity_kg=np.array([0.0]),
            hub_location=np.array([9]),
            shipment_destination=np.array([3, 1]),
            service_eur_per_h=-1.0,
        )
    places = {(fault.table, fault.column) for fault in caught.value.faults}
    assert places == {
        ("shipments", "kg"),
        ("vehicle_types", "capacity_kg"),
        ("hubs", "location"),
        ("shipments", "destination"),
        ("settings", "service_eur_per_h"),
    }


def test_sizes_and_identifiers_are_checked() -> None:
    problem = half_trucks(rent_eur=1.0)
    with pytest.raises(InputError, match=r"distance_m: has shape \(2, 2\) where \(4, 4\)"):
        problem.replace(distance_m=np.zeros((2, 2)))
    with pytest.raises(InputError, match="more than once"):
        problem.replace(shipment_ids=("a", "a"))


def test_a_problem_does_not_change_with_the_arrays_it_came_from() -> None:
    kg = np.array([500.0, 500.0])
    problem = half_trucks(rent_eur=1.0).replace(shipment_kg=kg)
    kg[0] = 1.0
    assert problem.shipment_kg[0] == 500.0
    with pytest.raises(ValueError, match="read-only"):
        problem.shipment_kg[0] = 2.0


def test_tables_both_ways_without_loss() -> None:
    problem = random_problem(7, shipments=6)
    again = HubsProblem.from_tables(problem.to_tables())
    assert fingerprint(again) == fingerprint(problem)


def test_faults_of_tables_are_named() -> None:
    frames = half_trucks(rent_eur=1.0).to_tables()
    frames["shipments"].loc[1, "origin"] = "nowhere"
    with pytest.raises(InputError, match="nowhere"):
        HubsProblem.from_tables(frames)
    del frames["hubs"]
    frames["shipments"] = frames["shipments"].drop(columns="kg")
    with pytest.raises(InputError) as caught:
        HubsProblem.from_tables(frames)
    assert {(f.table, f.column) for f in caught.value.faults} == {("hubs", ""), ("shipments", "kg")}


def test_solution_tables_layers_and_json() -> None:
    problem = half_trucks(rent_eur=10.0)
    result = bundling.solve(problem, gap=0.0)
    frames = result.tables
    assert frames["hubs"]["open"].tolist() == [True]
    assert frames["shipments"]["hub_id"].tolist() == ["hub-0", "hub-0"]
    assert frames["costs"]["eur"].sum() == pytest.approx(result.objective)
    legs = frames["legs"].set_index("end_id")
    assert legs.loc["place-3", "kg_out"] == 1000.0
    assert legs.loc["place-3", "offered_kg"] == 1000.0
    assert frames["vehicles"]["eur"].sum() == pytest.approx(242.0)
    drawn = layers(problem, result.solution)
    text = json.dumps(drawn, allow_nan=False)
    assert json.loads(text) == drawn
    assert len(drawn["legs"]["features"]) == 3
    lon, lat = drawn["hubs"]["features"][0]["geometry"]["coordinates"]
    assert 5 < lon < 7
    assert 52 < lat < 53
    again = HubsSolution.from_dict(json.loads(json.dumps(result.solution.to_dict())))
    assert again.to_dict() == result.solution.to_dict()
    assert tables(problem, again)["legs"].equals(frames["legs"])


def test_plot_draws_legs_and_hubs() -> None:
    axes = bundling.solve(half_trucks(rent_eur=10.0)).plot()
    labels = {text.get_text() for text in axes.get_legend().get_texts()}
    assert labels == {"linehaul", "last mile", "place", "open hub"}
    axes.figure.canvas.draw()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_cheapest_combination_is_the_cheapest_of_all(seed: int) -> None:
    # All combinations of up to 4 vehicles a type, against the list.
    rng = np.random.default_rng(seed)
    offer = rng.uniform(1, 5, (3, 2))
    cost = rng.uniform(1, 5, 3)
    most = offer.min() * np.array([4.0, 4.0])
    mixes = efficient_mixes(cost, offer, np.ones(3, dtype=bool), most, np.full(3, np.inf))
    assert mixes.complete
    load = rng.uniform(0, 1, 2) * most
    brute = min(
        float(np.dot(n, cost))
        for n in itertools.product(range(5), repeat=3)
        if sum(n) and (np.array(n) @ offer >= load).all()
    )
    assert mixes.cost_eur[mixes.cheapest(load)] == pytest.approx(brute)


def test_a_long_list_is_thinned_and_says_so() -> None:
    rng = np.random.default_rng(0)
    offer, most = rng.uniform(1, 5, (4, 3)), np.full(3, 150.0)
    mixes = efficient_mixes(
        rng.uniform(4, 5, 4), offer, np.ones(4, dtype=bool), most, np.full(4, np.inf)
    )
    assert not mixes.complete
    assert (mixes.counts @ offer >= mixes.capacity - 1e-9).all()
    assert mixes.cheapest(most) >= 0


def test_thinned_legs_still_give_the_optimum() -> None:
    # 60 shipments of one shipper to one place: only the direct leg, dozens of vehicles.
    from bundling.models import hubs as reference
    from bundling.models.solve import solve_reference

    problem = random_problem(2, shipments=60, hubs=1, origins=1, destinations=1, rent_eur=50.0)
    problem = problem.replace(
        vehicle_capacity_kg=np.array([130.0, 910.0, 1150.0, 1900.0]),
        vehicle_capacity_m3=np.array([1.1, 5.0, 4.0, 11.0]),
        allowed=np.ones_like(problem.allowed),
    )
    ours = bundling.solve(problem, time_limit=20, gap=1e-4)
    _, objective = solve_reference(reference.build, reference.read, problem)
    assert ours.bound <= objective + 1e-4
    assert ours.objective == pytest.approx(objective, rel=2e-4)


def test_posing_zwolle_follows_the_dated_rules() -> None:
    region = bundling.load("zwolle")
    now, later = region.hubs(day=date(2026, 11, 24)), region.hubs(day=date(2032, 3, 2))
    zone = later.location_in_zone[later.shipment_destination]
    diesel = [later.vehicle_ids.index(name) for name in ("dvan", "drigid")]
    assert zone.any()
    assert not later.allowed[diesel][:, later.shipment_destination[zone]].any()
    assert later.allowed[:, later.shipment_destination].any(axis=0).all()
    assert now.num_shipments == later.num_shipments == len(region.table("shipments"))
    assert now.shipment_kg.sum() == pytest.approx(region.table("shipments")["kg"].sum())
    dvan = now.vehicle_ids.index("dvan")
    inside = now.location_in_zone[now.shipment_destination]
    assert now.allowed[dvan, now.shipment_destination[inside]].any()  # Euro 6 until 2028


def test_posing_by_district_gives_more_destinations() -> None:
    region = bundling.load("deventer")
    day = date(2026, 11, 24)
    town, district = region.hubs(day=day), region.hubs(day=day, area="district")
    places = (np.unique(p.shipment_destination).size for p in (town, district))
    assert next(places) < next(places)
    assert not region.hubs(day=day, direct=False).shipment_direct.any()
