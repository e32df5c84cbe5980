"""Containers on a line: a firm at 0 km, a terminal at 10 km, the seaport at 100 km."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from template_cases import Straight, rates

import bundling
from bundling.errors import InputError
from bundling.hubs.scheduled import ScheduledProblem
from bundling.hubs.scheduled.volumes import scan_volumes
from bundling.hubs.templates import container_day, container_rates

LEVY = 0.201
"""EUR/km of a Euro VI tractor in 2027, DOMAIN section 1."""


def firms(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {"firm_id": ["firm"], "x_m": 0.0, "y_m": 0.0, "teu": 4.0, "direction": "export", **columns}
    )


def day(
    sent: pd.DataFrame | None = None, fixed_eur: float = 0.0, **service: Any
) -> ScheduledProblem:
    train = {"service_id": ["train"], "mode": "rail", "terminal_id": "yard", "direction": "export",
             "depart_h": 10, "arrive_h": 16, "km": 90, "capacity_teu": 40,
             "slot_eur_teu": 20.0, **service}  # fmt: skip
    return container_day(
        firms() if sent is None else sent,
        pd.DataFrame(
            {"terminal_id": ["yard"], "x_m": 10_000.0, "y_m": 0.0, "fixed_eur": fixed_eur}
        ),
        pd.DataFrame(train),
        seaport=("port", 100_000.0, 0.0),
        network=Straight(),
        day=date(2027, 3, 2),
        rates=rates(),
        horizon_h=24,
    )


def test_by_rail_where_the_terminal_is_cheap():
    result = bundling.solve(day(), time_limit=20, gap=0.0)
    # Two trucks to the yard and back: the greater of 10 km and 1.2 h at EUR 10, and the levy.
    trucks = 4 * (12.0 + 10 * LEVY)
    assert result.objective == pytest.approx(trucks + 4 * 30.0 + 4 * 20.0)
    assert not result.violations


def test_by_road_where_the_terminal_is_dear():
    result = bundling.solve(day(fixed_eur=300.0), time_limit=20, gap=0.0)
    assert result.objective == pytest.approx(4 * (100.0 + 100 * LEVY))


def test_a_container_comes_back_on_the_truck_that_brought_one():
    both = pd.concat([firms(), firms(direction="import")], ignore_index=True)
    result = bundling.solve(day(both, fixed_eur=1e4), time_limit=20, gap=0.0)
    assert result.objective == pytest.approx(4 * (100.0 + 100 * LEVY))
    assert result.evaluation.indicators["empty_km"] == 0.0


def test_the_train_leaves_without_what_comes_late():
    # 1.2 h to the yard and 3 h there: from 06:00 on the train of ten o'clock is out of reach.
    late = bundling.solve(day(firms(release_h=8.0)), time_limit=20, gap=0.0)
    assert late.objective == pytest.approx(4 * (100.0 + 100 * LEVY))


def test_a_train_pays_from_the_volume_that_fills_it():
    # A train of EUR 620 against EUR 480.40 by road at one times the volume.
    problem = day(charter_eur=620.0, slot_eur_teu=0.0)
    scan = scan_volumes(problem, (1.0, 2.0, 4.0), time_limit=30, gap=0.0)
    saved = [480.4 * k - 620.0 - 120.0 * k - 56.04 * k for k in (2, 4)]
    assert saved[0] < 0.1 < saved[1]
    assert [scan.verdict(row) for row in range(3)] == ["does not pay", "does not pay", "pays"]
    assert scan.turns == (2.0, 4.0)
    table = scan.table()
    assert table["saving_low_eur"].iloc[2] == pytest.approx(saved[1], abs=0.1)
    assert table["vessels"].tolist() == [0, 0, 1]


def test_volumes_and_services_are_asked_for():
    with pytest.raises(InputError) as told:
        scan_volumes(day(), (2.0, 1.0))
    assert told.value.faults[0].column == "times"


def test_all_faults_of_the_tables_come_at_once():
    with pytest.raises(InputError) as told:
        container_day(
            firms(teu="many", direction="up"),
            pd.DataFrame({"terminal_id": ["yard"], "x_m": [1.0]}),
            pd.DataFrame({"service_id": ["s"], "mode": ["air"], "terminal_id": ["moon"]}),
            seaport=("port", 1e5, 0.0),
            network=Straight(),
            day=date(2027, 3, 2),
            rates=rates().iloc[1:],
        )
    places = {(fault.table, fault.column) for fault in told.value.faults}
    assert {
        ("firms", "teu"), ("firms", "direction"), ("terminals", "y_m"), ("services", "mode"),
        ("services", "terminal_id"), ("services", "km"), ("hubs_container_rates", "key"),
    } <= places  # fmt: skip


def test_the_shipped_rates_name_their_sources():
    assert container_rates()["truck_eur_per_km"] == 1.65
