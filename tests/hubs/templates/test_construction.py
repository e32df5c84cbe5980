"""A building site by hand: one supplier at 20 km, the hub at 2 km, the site at 0 km."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from template_cases import Straight

import bundling
from bundling.errors import InputError
from bundling.hubs.scheduled.stock import hub_stock
from bundling.hubs.templates import (
    Gate,
    Site,
    construction_figures,
    construction_hub,
    construction_phases,
    construction_week,
)
from bundling.hubs.templates.tickets import deal_tickets, late_tickets
from bundling.region import Region
from tiny_region import X0, Y0, tiny_tables


def site(**changes: Any) -> Site:
    given: dict[str, Any] = {
        "region": Region("tiny", "Tiny", tiny_tables()),
        "site_xy": (X0, Y0),
        "hub_xy": (X0 + 2000.0, Y0),
        "suppliers": pd.DataFrame(
            {"supplier_id": ["timber"], "x_m": X0 + 20_000.0, "y_m": Y0, "small_share": 1.0,
             "full_share": 1.0}
        ),
        "day": date(2027, 3, 2),
        "small_vehicle": "evan",
        "batch_vehicles": ("drigid",),
        "network": Straight(),
        **changes,
    }  # fmt: skip
    return Site(**given)


def loads(small: float = 10, full: float = 0, pallets: float = 2) -> dict[str, float]:
    return {"small_loads_per_week": small, "pallets_per_small_load": pallets,
            "full_loads_per_week": full}  # fmt: skip


def figures(**changes: float) -> pd.DataFrame:
    values = {**construction_figures(), **changes}
    return pd.DataFrame(
        {"key": list(values), "value": list(values.values()), "unit": "x", "source": "by hand",
         "year": 2026, "licence": "assumption"}
    )  # fmt: skip


def test_without_a_hub_every_small_load_drives_by_itself():
    week = construction_week(site(), loads(), hub=False)
    result = bundling.solve(week.problem, time_limit=20, gap=0.0)
    # Ten vans of 40 km; 0.1 EUR/km, energy for half a load of 1 t, 0.8 h driving and 80 min of
    # work at EUR 30 an hour, and the same hours of a day of EUR 50 that has eight.
    energy = 40 * (0.3 + 0.05 * 0.5) * 0.12 / 0.9
    hours = 0.8 + 80 / 60
    assert result.objective == pytest.approx(10 * (4.0 + energy + hours * (30 + 50 / 8)))
    assert result.solution.sailing_count.sum() == 10
    assert not week.late.any()


def test_a_hub_takes_the_week_at_once_and_each_day_to_the_site():
    week = construction_week(site(figures=figures(hub_handling_eur_per_pallet=0.5,
                                                  hub_fixed_eur_per_week=1.0)),
                             loads(20), hub=True)  # fmt: skip
    result = bundling.solve(week.problem, time_limit=4, gap=0.01)
    assert result.solution is not None
    assert not result.violations
    # 40 pallets: three rigids of 18 at the most to the hub, one rigid a day to the site.
    assert result.solution.sailing_count.sum() == 5
    assert result.evaluation.indicators["trips"] == 3
    stock = hub_stock(week.problem, result.solution)[0, :, 0]
    assert stock.min() >= 0.0
    assert stock.max() <= 40.0
    assert stock[-1] == 0.0


def test_full_loads_never_go_through_the_hub():
    week = construction_week(site(), loads(0, full=5), hub=True)
    result = bundling.solve(week.problem, time_limit=20, gap=0.0)
    assert result.evaluation.indicators["shipments_through_hubs"] == 0.0
    assert result.solution.sailing_count.sum() == 5


def test_a_gate_too_narrow_shows_late_tickets():
    week = construction_week(
        site(gate=Gate(open_h=7, close_h=8, vehicles_per_hour=1)), loads(10), hub=False
    )
    result = bundling.solve(week.problem, time_limit=20, gap=0.0)
    assert result.solution.sailing_count[week.late].sum() == 5  # two a day, of which one in time


def test_the_study_sets_hub_beside_no_hub():
    phases = construction_phases().query("phase == 'finishing'").assign(small_loads_per_week=20)
    study = construction_hub(
        site(figures=figures(hub_handling_eur_per_pallet=0.5, hub_fixed_eur_per_week=1.0)),
        phases, time_limit=5, gap=0.02,
    )  # fmt: skip
    table = study.table().set_index("hub")
    assert table.loc["no", "site_trips"] == 22  # 20 small and two full loads
    assert table.loc["yes", "site_trips"] == 7
    assert table.loc["yes", "hub_m2"] == 2.0 * table.loc["yes", "hub_pallets"]
    assert table.loc["yes", "eur"] <= table.loc["no", "eur"]
    totals = study.totals().set_index("measure")
    assert totals.loc["site_trips", "without"] == 20 * 22  # 20 weeks
    assert totals.loc["site_trips", "saved_share"] == pytest.approx(1 - 7 / 22)


def test_vehicles_barred_from_the_zone_and_loads_too_large_are_told_at_once():
    with pytest.raises(InputError) as told:
        construction_week(
            site(zone_id="zone-c", small_vehicle="evan", full_vehicle="drigid",
                 day=date(2031, 3, 2), gate=Gate(vehicles_per_hour=1)),
            loads(small=200, pallets=4), hub=False,
        )  # fmt: skip
    places = {(fault.table, fault.rows or fault.column) for fault in told.value.faults}
    assert ("vehicle_types", ("drigid",)) in places
    assert ("phases", "pallets_per_small_load") in places
    assert ("gate", "vehicles_per_hour") in places


def test_faults_of_a_site_come_at_once():
    with pytest.raises(InputError) as told:
        site(
            suppliers=pd.DataFrame({"supplier_id": ["a"], "x_m": ["east"], "small_share": [0.0]}),
            gate=Gate(open_h=9, close_h=8),
            hub_vehicle="zeppelin",
            zone_id="zone-z",
            figures=figures().iloc[1:],
        )
    places = {(fault.table, fault.column) for fault in told.value.faults}
    assert places == {
        ("gate", "open_h, close_h"), ("suppliers", "x_m"), ("suppliers", "y_m"),
        ("suppliers", "small_share"), ("suppliers", "full_share"), ("vehicle_types", ""),
        ("site", "zone_id"), ("hubs_construction", "key"),
    }  # fmt: skip


@given(
    st.dictionaries(st.sampled_from("abcd"), st.integers(0, 12)),
    st.integers(1, 3),
    st.integers(6, 10),
)
def test_tickets_keep_to_the_gate_and_meet_every_need(needs, per_hour, close):
    gate = Gate(open_h=5, close_h=close, vehicles_per_hour=per_hour)
    tickets = deal_tickets(gate, needs)
    by_hour = np.bincount([t.hour for t in tickets], [t.vehicles for t in tickets], minlength=24)
    assert (by_hour <= per_hour).all()
    total = min(sum(needs.values()), per_hour * 19)
    assert by_hour.sum() == total
    late = sum(t.vehicles for t in tickets if t.late)
    assert late == min(late_tickets(gate, sum(needs.values())), per_hour * (24 - close))
    # Nobody waits while another has two more: early tickets go round.
    if sum(needs.values()) == total:
        got = {s: sum(t.vehicles for t in tickets if t.source == s) for s in needs}
        assert got == needs
