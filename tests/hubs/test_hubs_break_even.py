"""Break-even values and the worth of room at a hub, worked out by hand."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hubs_cases import half_trucks, random_problem

from bundling import InputError
from bundling.hubs import trials as room
from bundling.hubs.break_even import break_even
from bundling.hubs.capacity_value import capacity_value
from bundling.hubs.varied import with_subsidy, with_volume, without_hubs

SAVES = 2 * (50 + 2 * math.hypot(3, 40)) - 242
"""Half trucks at a hub that is free: alone twice 130.2247, together 56 + 56 + 130."""


def test_handling_price_by_hand() -> None:
    # 5 m3 through the hub: a price of h takes 5 h of 18.45 - 10 of rent.
    found = break_even(
        half_trucks(rent_eur=10.0), "handling", 0.0, 10.0, least_eur=0.01, tolerance=0.01
    )
    truth = (SAVES - 10 - 0.01) / 5
    assert found.low <= truth <= found.high <= found.low + 0.01
    assert found.proved
    assert found.pays_below
    assert str(found).startswith("Bundling pays up to a value between 1.6")
    table = found.table()
    assert table["verdict"].iloc[0] == "pays"
    assert table["hub_m3"].iloc[0] == pytest.approx(5.0)
    assert table["saving_eur"].iloc[0] == pytest.approx(SAVES - 10)


def test_rent_and_subsidy_by_hand() -> None:
    found = break_even(half_trucks(rent_eur=1.0), "rent", 0.0, 50.0, least_eur=0.01)
    assert found.low <= SAVES - 0.01 <= found.high
    # At 4 EUR/m3 handling costs 20: 11.55 too much with rent 10, so 2.31 off the price.
    dear = half_trucks(rent_eur=10.0).replace(hub_handling_eur_per_m3=np.array([4.0]))
    found = break_even(dear, "subsidy", 0.0, 4.0, least_eur=0.01)
    assert found.low <= (30 - SAVES + 0.01) / 5 <= found.high
    assert not found.pays_below
    assert with_subsidy(dear, 9.0).hub_handling_eur_per_m3.tolist() == [0.0]


def test_volume_pays_until_two_no_longer_fit() -> None:
    found = break_even(half_trucks(rent_eur=10.0), "volume", 0.2, 3.0)
    assert found.low <= 1.0 <= found.high
    assert found.pays_below
    assert not found.proved
    assert found.changes == 1


def test_a_part_pays_when_both_take_part() -> None:
    found = break_even(half_trucks(rent_eur=10.0), "part", 0.1, 1.0)
    assert found.low <= 0.75 <= found.high  # two of two from 0.75 up, rounded
    assert not found.pays_below


def test_outside_what_was_tried() -> None:
    cheap = break_even(half_trucks(rent_eur=1.0), "handling", 0.0, 1.0)
    assert (cheap.low, cheap.high) == (1.0, math.inf)
    assert "all the way" in str(cheap)
    dear = break_even(half_trucks(rent_eur=100.0), "handling", 0.0, 1.0)
    assert (dear.low, dear.high) == (-math.inf, 0.0)
    assert "not pay anywhere" in str(dear)


def test_a_gap_makes_an_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    solve = room.solve

    def with_a_gap(problem, **options):
        result = solve(problem, **options)
        bounds = dataclasses.replace(result.bounds, bound=result.bound - 2.0)
        return dataclasses.replace(result, bounds=bounds)

    monkeypatch.setattr(room, "solve", with_a_gap)
    found = break_even(
        half_trucks(rent_eur=10.0), "handling", 0.0, 10.0, least_eur=0.01, tolerance=0.01
    )
    # Pays for certain while 8.45 - 5 h - 2 is above 0.01. Without hubs at most 260.45, and with
    # them at least two less than the best plan known, which never costs more: always open.
    assert found.low == pytest.approx((SAVES - 12.01) / 5, abs=0.01)
    assert found.high == math.inf
    assert "open" in str(found)
    assert set(found.table()["verdict"]) == {"pays", "open"}


def test_bad_questions_are_refused_at_once() -> None:
    with pytest.raises(InputError) as caught:
        break_even(without_hubs(half_trucks(rent_eur=1.0)), "weather", 2.0, 1.0)
    assert len(caught.value.faults) == 3


def test_time_ends_it() -> None:
    found = break_even(random_problem(3), "rent", 0.0, 100.0, time_limit=0.3)
    assert found.low < found.high


def test_volume_grows_everything() -> None:
    grown = with_volume(half_trucks(rent_eur=1.0), 2.0)
    assert grown.shipment_kg.tolist() == [1000.0, 1000.0]
    assert grown.shipment_m3.tolist() == [5.0, 5.0]


def test_room_for_the_second_half_truck_is_worth_the_saving() -> None:
    # 950 kg let one of the two through, which saves nothing. 1045 let both.
    tight = half_trucks(rent_eur=10.0).replace(hub_capacity_kg=np.array([950.0]))
    row = capacity_value(tight, gap=0.0).iloc[0]
    assert row["extra_kg"] == pytest.approx(95.0)
    assert row["saving_eur"] == pytest.approx(SAVES - 10)
    assert row["verdict"] == "worth it"
    roomy = capacity_value(half_trucks(rent_eur=10.0), gap=0.0).iloc[0]
    assert roomy["saving_eur"] == 0.0
    assert roomy["verdict"] == "worthless"


def test_hubs_without_limits_and_bad_steps() -> None:
    endless = half_trucks(rent_eur=10.0).replace(
        hub_capacity_kg=np.array([np.inf]), hub_capacity_m3=np.array([np.inf])
    )
    row = capacity_value(endless).iloc[0]
    assert row["verdict"] == "worthless"
    assert math.isnan(row["eur_per_m3"])
    with pytest.raises(InputError, match="not above 0"):
        capacity_value(endless, step=0.0)
