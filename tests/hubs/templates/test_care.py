"""Care logistics by hand: two suppliers at 30 km, a hub at 4 km, two care homes in one town."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from template_cases import Straight

from bundling.errors import InputError
from bundling.hubs.templates.care import care_week
from bundling.hubs.templates.care_sites import Care, care_figures, care_groups
from bundling.hubs.templates.care_study import care_hub
from bundling.region import Region
from tiny_region import X0, Y0, tiny_tables


def groups(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": ["food", "linen"], "roll_containers_per_100_beds": [2.0, 3.0],
            "days": ["mon tue wed thu fri", "mon thu"], "return_share": [0.0, 1.0],
            "returns_apart": ["no", "yes"], "source": "by hand", "year": 2026,
            "licence": "assumption", **columns,
        }
    )  # fmt: skip


def figures(**changes: float) -> pd.DataFrame:
    values = {**care_figures(), **changes}
    return pd.DataFrame(
        {"key": list(values), "value": list(values.values()), "unit": "x", "source": "by hand",
         "year": 2026, "licence": "assumption"}
    )  # fmt: skip


def care(**changes: Any) -> Care:
    given: dict[str, Any] = {
        "region": Region("tiny", "Tiny", tiny_tables()),
        "sites": pd.DataFrame(
            {"site_id": ["east", "west"], "x_m": [X0 + 500, X0 - 500], "y_m": Y0,
             "beds": [60, 40], "town": "Tiny"}
        ),
        "suppliers": pd.DataFrame(
            {"supplier_id": ["kitchen", "laundry"], "x_m": X0 + 30_000.0,
             "y_m": [Y0, Y0 + 1000.0], "group": ["food", "linen"]}
        ),
        "hub_xy": (X0 + 4000.0, Y0),
        "day": date(2027, 3, 2),
        "groups": groups(),
        "figures": figures(hub_handling_eur_per_roll_container=0.1, hub_fixed_eur_per_week=1.0),
        "vehicles": ("evan", "drigid"),
        "network": Straight(),
        **changes,
    }  # fmt: skip
    return Care(**given)


def test_groups_come_on_their_days_with_what_the_beds_need():
    week = care_week(care(), hub=False)
    assert week.day_names == ("mon", "tue", "wed", "thu", "fri")
    monday, tuesday = week.problems[0], week.problems[1]
    assert monday.shipment_ids == ("food Tiny", "linen Tiny", "linen Tiny return")
    assert tuesday.shipment_ids == ("food Tiny",)
    # 100 beds: 2 and 3 roll containers of 150 kg; two stops of 5 min and 2 min a container, and
    # 1 km to the next home at 25 km/h, 1.4 times the straight line.
    assert monday.shipment_load[0] == pytest.approx([300.0, 3.34, (2 * 5 + 2 * 2) / 60 + 1.4 / 25])
    assert monday.shipment_group.tolist() == [0, 0, 1]  # soiled linen rides by itself
    assert monday.slot_name(int(monday.lane_first_slot.max())) <= "07:00"


def test_fixed_days_bring_the_same_load_in_as_many_visits_as_days():
    own, fixed = (care_week(care(), hub=True, fixed_days=days) for days in (None, ("tue",)))
    assert "linen Tiny" in own.problems[0].shipment_ids
    assert "linen Tiny" not in fixed.problems[0].shipment_ids
    tuesday = fixed.problems[1]
    row = tuesday.shipment_ids.index("linen Tiny")
    assert tuesday.shipment_load[row, 0] == pytest.approx(2 * 3 * 150.0)
    assert "food Tiny" in fixed.problems[4].shipment_ids  # what comes every day still does


def test_the_ways_are_told_apart():
    study = care_hub(care(), fixed_days=("mon", "thu"), time_limit=14, gap=0.02)
    table = study.table().set_index("way")
    # Five visits with food, two with linen; through the hub linen rides with the food.
    assert table.loc["direct", "visits_per_site"] == 7
    assert table.loc["all through the hub", "visits_per_site"] == 5
    assert table.loc["hub where it pays", "eur"] <= table.loc["direct", "eur"] + 1e-6
    assert table.loc["all through the hub", "rent_eur"] == 1.0
    every = table.loc["all through the hub"]
    more = every["eur"] - table.loc["direct", "eur"]
    assert every["eur_per_visit_spared"] == pytest.approx(more / (2 * 2))


def test_all_faults_come_at_once():
    with pytest.raises(InputError) as told:
        care(
            sites=pd.DataFrame({"site_id": ["a"], "x_m": ["east"], "y_m": [0.0], "beds": [1]}),
            suppliers=pd.DataFrame(
                {"supplier_id": ["s", "t"], "x_m": 0.0, "y_m": 0.0, "group": ["linen", "flowers"]}
            ),
            open_clock="late",
            vehicles=("zeppelin",),
            figures=figures().iloc[1:],
        )
    places = {(fault.table, fault.column) for fault in told.value.faults}
    assert places == {
        ("sites", "x_m"), ("sites", "town"), ("suppliers", "group"), ("vehicle_types", ""),
        ("care", "open_clock, close_clock"), ("hubs_care", "key"),
    }  # fmt: skip


def test_days_and_ways_must_exist():
    with pytest.raises(InputError):
        care_week(care(), hub=True, fixed_days=("someday",))
    with pytest.raises(InputError):
        care_week(care(), hub=False, direct=False)
    with pytest.raises(InputError) as told:
        care_groups(groups(days="someday", return_share=2.0))
    assert {fault.column for fault in told.value.faults} == {"days", "return_share"}
