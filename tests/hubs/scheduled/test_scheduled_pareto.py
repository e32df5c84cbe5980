"""Fronts of two aims: by hand on the corridor, against full enumeration of caps at random."""

from __future__ import annotations

import numpy as np
import pytest
from scheduled_cases import barge, corridor, corridor_tables, limited_day

import bundling
from bundling import InputError
from bundling.hubs.scheduled import ScheduledProblem, check, evaluate, pareto
from bundling.hubs.scheduled.aims import AIMS, posed, reached


def test_vans_or_the_barge() -> None:
    # Vans 71.5 EUR and 55 kg, or the barge at 40.5 EUR plus its charter and 24 kg (9 for it).
    front = pareto(barge(vehicle_capacity=[[13.0]], sailing_eur=[80.0]), time_limit=60.0)
    assert front.is_complete
    assert [(p.first, p.second) for p in front.points] == [
        (pytest.approx(71.5), pytest.approx(55.0)),
        (pytest.approx(120.5), pytest.approx(24.0)),
    ]
    table = front.table()
    assert table["per_unit_saved"].iloc[1] == pytest.approx(49.0 / 31.0)
    assert table["proved"].all()


def test_the_order_of_aims_puts_the_cost_first() -> None:
    front = pareto(corridor(), "trips_into_zone", "cost_eur", time_limit=60.0)
    assert front.aims == ("cost_eur", "trips_into_zone")
    # Apart costs 112 with two trips; one van of 10 kg does not take 13 kg, so two it stays.
    assert [(p.first, p.second) for p in front.points] == [(pytest.approx(112.0), 2.0)]


@pytest.mark.parametrize("aims", [("co2e_kg", "trips_into_zone"), ("nox_kg", "vehicle_km")])
def test_neither_aim_the_cost(aims: tuple[str, str]) -> None:
    problem = barge(vehicle_capacity=[[13.0]])
    front = pareto(problem, *aims, time_limit=60.0)
    for point in front.points:
        assert check(problem, point.solution) == []
        found = evaluate(problem, point.solution).indicators
        assert [found[aim] for aim in aims] == [
            pytest.approx(point.first), pytest.approx(point.second),
        ]  # fmt: skip
    if "trips_into_zone" in aims:  # the barge is the cleanest, and no van goes into the zone
        assert [(p.first, p.second) for p in front.points] == [(pytest.approx(24.0), 0.0)]
    else:  # the vessel has 100 g, the vans 2 g a km: 220 g and 110 km, or 160 g and 30 km
        assert [(p.first, p.second) for p in front.points] == [
            (pytest.approx(0.16), pytest.approx(30.0))
        ]


@pytest.mark.parametrize("seed", [0, 4])
def test_no_cap_finds_what_the_front_has_not(seed: int) -> None:
    problem = limited_day(seed)
    front = pareto(problem, time_limit=60.0, gap=1e-6)
    assert front.is_complete
    firsts, seconds = [p.first for p in front.points], [p.second for p in front.points]
    assert firsts == sorted(firsts)
    assert seconds == sorted(seconds, reverse=True)
    for cap in np.linspace(min(seconds), max(seconds), 4):
        best = bundling.solve(posed(problem, "cost_eur", "co2e_kg", cap=cap), gap=1e-6)
        on = min(p.first for p in front.points if p.second <= cap + 1e-6)
        assert reached(problem, best.solution, "cost_eur") == pytest.approx(on, rel=1e-4)


def test_what_is_no_pair_of_aims_is_refused() -> None:
    for aims in (("cost_eur", "noise"), ("cost_eur", "cost_eur")):
        with pytest.raises(InputError, match="aims"):
            pareto(corridor(), *aims)
    with pytest.raises(InputError, match="co2e_cap_kg"):
        pareto(corridor(co2e_cap_kg=50.0))
    assert AIMS[0] == "cost_eur"
    with pytest.raises(InputError, match="cap"):
        posed(corridor(), "co2e_kg", "cost_eur", cap=1.0)


def test_a_cost_with_a_price_beside_another_aim() -> None:
    # 1 kg CO2e counts as much as 2 EUR here: 55 kg + 0.5 x 71.5.
    problem = corridor(vehicle_capacity=[[13.0]])
    best = bundling.solve(posed(problem, "co2e_kg", "cost_eur", price=0.5), gap=0.0)
    assert best.objective == pytest.approx(55.0 + 0.5 * 71.5)


def clean_or_cheap() -> ScheduledProblem:
    """One shipment, two vans: diesel costs 40 EUR and 30 kg, electric 46 EUR and 10 kg."""
    tables = corridor_tables()
    tables["vehicles"] = (
        tables["vehicles"].iloc[[0, 0]].assign(vehicle_id=["diesel", "electric"], returns=False)
    )
    lane = (
        tables["lanes"]
        .iloc[[0, 0]]
        .assign(vehicle=["diesel", "electric"], eur=[40.0, 46.0], co2e_kg=[30.0, 10.0])
    )
    tables["lanes"] = lane
    tables["shipments"] = tables["shipments"].iloc[[0]]
    return ScheduledProblem.from_tables(tables)


def test_electric_pays_from_30_cents_a_kilogram() -> None:
    """6 EUR more for 20 kg less: 0.30 EUR/kg; below it only the cheap plan is best."""
    problem = clean_or_cheap()
    for price, kg in ((0.0, 30.0), (0.2, 30.0), (0.29, 30.0), (0.31, 10.0)):
        best = bundling.solve(problem.replace(co2e_eur_per_kg=price), gap=0.0)
        assert best.evaluation.indicators["co2e_kg"] == kg
    table = pareto(problem, time_limit=60.0).table()
    assert table[["cost_eur", "co2e_kg"]].to_numpy().tolist() == [[40.0, 30.0], [46.0, 10.0]]
    assert table["per_unit_saved"].iloc[1] == pytest.approx(0.30)
