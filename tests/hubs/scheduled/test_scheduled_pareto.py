"""The front of cost and CO2e: worked out by hand for one shipment and two vehicle types."""

from __future__ import annotations

import pytest
from scheduled_cases import corridor_tables

from bundling.hubs.scheduled import ScheduledProblem
from bundling.hubs.scheduled.pareto import carbon_front


def clean_or_cheap():
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


def test_electric_pays_from_30_cents_a_kilogram():
    """6 EUR more for 20 kg less: 0.30 EUR/kg; below it only the cheap plan is there."""
    front = carbon_front(clean_or_cheap(), (0.0, 0.2, 0.29), time_limit=60.0)
    assert front.table()[["cost_eur", "co2e_kg"]].to_numpy().tolist() == [[40.0, 30.0]]
    table = carbon_front(clean_or_cheap(), (0.0, 0.31), time_limit=60.0).table()
    assert table[["cost_eur", "co2e_kg"]].to_numpy().tolist() == [[40.0, 30.0], [46.0, 10.0]]
    assert table["eur_per_kg_saved"].iloc[1] == pytest.approx(0.30)
