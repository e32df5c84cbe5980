"""Limits that clash are named, and how much they would have to give."""

from __future__ import annotations

import numpy as np
from siting_hand import two_sites

from bundling.result import Status
from bundling.siting import solve
from bundling.siting.limits import Budget, Coverage, PowerRules


def poor(eur: float, share: float, **changes):
    """The whole demand needs 100 kW: two chargers of 50 kW at site far, 700 EUR each to build."""
    return two_sites(
        max_chargers=[0, 4],
        budget=Budget([eur], np.zeros(2), [700.0], [0.0], []),
        coverage=Coverage(("town",), [0], [[share]]),
        **changes,
    )


def test_a_budget_and_a_coverage_that_clash_are_both_named():
    result = solve(poor(700.0, 1.0))
    assert result.status is Status.INFEASIBLE
    text = " ".join(result.reasons)
    assert "The budget of 700 EUR in 2030; coverage of 100% in town in 2030" in text
    assert "Leaving out any one of these makes a plan possible" in text


def test_what_has_to_give_is_told_in_its_own_unit():
    """Half the demand for 700 EUR: either 700 EUR more, all of the budget, or 50 % less."""
    text = " ".join(solve(poor(700.0, 1.0)).reasons)
    assert "coverage of 100% in town in 2030: 50 % of its energy less" in text or (
        "the budget of 700 EUR in 2030: 700 EUR more" in text
    )


def test_a_limit_that_cannot_be_kept_stands_alone():
    rule = PowerRules(("corridor A1",), [[True, False]], [[300.0]], [0.0])
    result = solve(two_sites(power_rules=rule))
    assert result.status is Status.INFEASIBLE
    text = " ".join(result.reasons)
    assert "300 kW for corridor A1 in 2030 cannot be kept" in text
    assert "100 kW less" in text  # room for four chargers of 50 kW


def test_enough_money_is_no_clash():
    assert solve(poor(1400.0, 1.0)).status is Status.OPTIMAL
