"""The checker sees every rule broken, one broken schedule per rule."""

from __future__ import annotations

import numpy as np
import pytest
from energy_cases import two_vans

from bundling.energy import EnergySolution
from bundling.energy.check import check, count_checks

GOOD = np.array([[0.0, 2.0, 8.0, 10.0], [0.0, 10.0, 0.0, 0.0]])
NONE = np.zeros(2)


def changed(*entries: tuple[int, int, float]) -> np.ndarray:
    power = GOOD.copy()
    for vehicle, slot, kw in entries:
        power[vehicle, slot] = kw
    return power


def test_a_good_schedule_passes():
    solution = EnergySolution(GOOD, NONE)
    assert check(two_vans(), solution) == []
    assert count_checks(two_vans(), solution) == 2 + 2 * 8 + 4 + 6


@pytest.mark.parametrize(
    ("power", "missing", "rules"),
    [
        # 11 kW through a 10 kW charger; the connection and the need still hold.
        (changed((0, 3, 11.0), (0, 2, 7.0)), NONE, {"charging power while parked"}),
        # b is gone at 02:00.
        (changed((1, 1, 9.0), (1, 2, 1.0)), NONE, {"charging power while parked"}),
        # 13 kW in slot 1.
        (changed((0, 1, 3.0), (0, 2, 7.0)), NONE, {"grid connection"}),
        # a misses 1 kWh that nobody accounts for.
        (changed((0, 2, 7.0)), NONE, {"missing energy"}),
        # a takes 1 kWh more than it needs.
        (changed((0, 2, 9.0)), NONE, {"energy beyond the need"}),
        # a feeds back in slot 0 what it takes too much in slot 2.
        (changed((0, 0, -1.0), (0, 2, 9.0)), NONE, {"power not negative"}),
        # 1 kWh missing, reported, but not allowed.
        (changed((0, 2, 7.0)), np.array([1.0, 0.0]), {"no shortfall allowed"}),
        # Shortfall cannot be negative.
        (changed((0, 2, 9.0)), np.array([-1.0, 0.0]), {"shortfall not negative"}),
        # Wrong shape, and not a number.
        (GOOD[:, :3], NONE, {"one number per vehicle and slot"}),
        (GOOD, np.zeros(3), {"one number per vehicle and slot"}),
        (changed((0, 0, np.nan)), NONE, {"finite numbers"}),
    ],
)
def test_one_broken_schedule_per_rule(power, missing, rules):
    assert {broken.rule for broken in check(two_vans(), EnergySolution(power, missing))} == rules


def test_amount_place_and_unit_are_told():
    (broken,) = check(two_vans(), EnergySolution(changed((0, 1, 3.5), (0, 2, 6.5)), NONE))
    assert (broken.where, broken.unit) == ("01:00", "kW")
    assert broken.amount == pytest.approx(1.5)
    (late,) = check(two_vans(), EnergySolution(changed((1, 1, 9.0), (1, 2, 1.0)), NONE))
    assert late.where == "vehicle b, 02:00"


def test_shortfall_is_fine_when_priced():
    problem = two_vans(shortfall_eur_per_kwh=1.0)
    assert check(problem, EnergySolution(changed((0, 2, 7.0)), np.array([1.0, 0.0]))) == []


def test_losses_and_base_load_count_at_the_connection():
    solution = EnergySolution(GOOD, NONE)
    (loss,) = check(two_vans(efficiency=0.96), solution)
    assert (loss.rule, loss.amount) == ("grid connection", pytest.approx(0.5))
    (base,) = check(two_vans(base_load_kw=[0, 0.25, 0, 0]), solution)
    assert (base.where, base.amount) == ("01:00", pytest.approx(0.25))


def test_a_millionth_passes_but_not_ten():
    assert check(two_vans(), EnergySolution(changed((0, 2, 8 + 1e-6)), NONE)) == []
    assert check(two_vans(), EnergySolution(changed((0, 2, 8 + 1e-4)), NONE))
