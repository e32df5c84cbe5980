"""Payload by draught: the published table, the laws, the scenarios, the refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bundling.errors import InputError
from bundling.hubs.draught import (
    deadweight_t,
    design_draught_m,
    payload_t,
    scenario_payloads,
    teu,
    vessels,
)

DEPTHS = [1.5, 1.8, 2.0, 2.2, 2.5, 2.8, 3.0, 3.5]
TABLE = {
    "III_dry": [403, 554, 655, 757, 911],
    "IV_dry": [479, 701, 849, 999, 1224, 1451],
    "Va_dry": [688, 1034, 1265, 1498, 1850, 2204, 2441, 2967],
    "Va_container": [681, 1027, 1258, 1491, 1843, 2197, 2434, 3032],
}
TO_ENSCHEDE = ["IJssel-Eefde", "Twentekanaal Delden-Enschede"]


def test_payload_matches_the_recomputed_table() -> None:
    tonnes = payload_t(vessels(), DEPTHS)
    for row, known in zip(tonnes, TABLE.values(), strict=True):
        np.testing.assert_allclose(row[: len(known)], known, atol=1.0)


def test_design_draught_and_deadweight() -> None:
    np.testing.assert_allclose(design_draught_m(vessels()), [2.63, 2.88, 3.44, 3.50], atol=0.006)
    np.testing.assert_allclose(deadweight_t(vessels()), [980, 1521, 2982, 3048], atol=1.0)


@given(st.lists(st.floats(0.0, 6.0), min_size=2, max_size=8))
def test_more_water_never_carries_less(depths: list[float]) -> None:
    tonnes = payload_t(vessels(), sorted(depths))
    assert np.all(tonnes >= 0.0)
    assert np.all(np.diff(tonnes, axis=1) >= -1e-9)


def test_teu_by_weight_then_by_slots() -> None:
    assert teu(vessels(), [2.8], [12.0, 5.0])[3, 0].tolist() == [183, 208]


def test_scenarios_to_enschede() -> None:
    found = scenario_payloads(TO_ENSCHEDE).set_index(["scenario", "vessel"])
    assert found.loc[("normal", "Va_container"), "payload_t"] == pytest.approx(2197, abs=1)
    assert found.loc[("low_water", "Va_container"), "draught_m"] == pytest.approx(2.5)
    assert found.loc[("lock_out_eefde", "Va_container"), "payload_t"] == 0.0


def test_clearance_is_taken_from_a_depth_only() -> None:
    ways = pd.DataFrame(
        [("canal", 3.0, "depth", "me", "2026", "own")],
        columns=["waterway", "limit_m", "limit_kind", "source", "year", "licence"],
    )
    calm = pd.DataFrame(
        [("calm", "year", "*", 0.0, "no", "me", "2026", "own")],
        columns=["scenario", "season", "waterway", "drop_m", "closed", "source", "year", "licence"],
    )
    found = scenario_payloads(["canal"], waterways=ways, scenarios=calm, under_keel_clearance_m=0.2)
    assert found["draught_m"].tolist() == pytest.approx([2.8] * 4)


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        scenario_payloads(["Rhine", "Waal"], under_keel_clearance_m=-1.0)
    assert len(caught.value.faults) == 3
    bad = vessels().assign(length_m=-1.0, source="")
    with pytest.raises(InputError) as caught:
        vessels(bad)
    assert {fault.column for fault in caught.value.faults} == {"length_m", "source"}
