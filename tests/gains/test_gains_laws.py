"""Laws the methods obey on any game, and worked games for each."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from bundling import InputError
from bundling.gains import (
    alternative_cost_avoided,
    best_partition,
    check_core,
    coalition_sums,
    core_verdict,
    cost_gap,
    dearer_together,
    equal_charge,
    equal_profit,
    happy_nucleolus,
    least_core,
    least_core_range,
    members,
    nucleolus,
    prenucleolus,
    separable_costs,
    shapley,
)


def avoided(cost):
    """Split by the alternative cost avoided; games for which it has no answer are left out."""
    try:
        return alternative_cost_avoided(cost)
    except InputError:
        assume(False)


METHODS = {
    "shapley": shapley,
    "nucleolus": nucleolus,
    "prenucleolus": prenucleolus,
    "equal charge": equal_charge,
    "alternative cost avoided": avoided,
    "equal profit": lambda cost: equal_profit(cost).split_eur,
}
THREE = np.array([0.0, 6.0, 7.0, 9.0, 8.0, 11.0, 12.0, 15.0])
"""Costs 6, 7, 8 alone; 9, 11, 12 in pairs; 15 together. Saving a pair 4, 3, 3; all save 6."""
NO_CORE = np.array([0.0, 10.0, 10.0, 10.0, 10.0, 10.0, 10.0, 18.0])
"""Any two need one truck of 10, all three need two smaller ones, 18: pairs would leave."""


def game(players: int) -> st.SearchStrategy[np.ndarray]:
    """Subadditive games: any costs of coalitions, which may split up into cheaper parts."""
    values = arrays.arrays(np.float64, 2**players, elements=st.floats(1, 100))
    return values.map(lambda v: best_partition(np.concatenate([[0.0], v[1:]])))


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
@settings(max_examples=15, deadline=None)
@given(game(4))
def test_efficiency(method, cost):
    assert method(cost).sum() == pytest.approx(cost[-1], abs=1e-5)


@pytest.mark.parametrize("name", ["shapley", "nucleolus", "prenucleolus", "equal charge",
                                  "alternative cost avoided"])  # fmt: skip
@settings(max_examples=15, deadline=None)
@given(game(3))
def test_symmetric_players_pay_alike(name, cost):
    swap = [0, 2, 1, 3, 4, 6, 5, 7]
    pays = METHODS[name](cost + cost[swap])
    assert pays[0] == pytest.approx(pays[1], abs=1e-5)


@pytest.mark.parametrize("name", ["shapley", "nucleolus", "prenucleolus",
                                  "alternative cost avoided"])  # fmt: skip
@settings(max_examples=15, deadline=None)
@given(game(3), st.floats(1, 20))
def test_a_dummy_pays_its_own_cost(name, cost, own):
    pays = METHODS[name](np.concatenate([cost, cost + own]))
    assert pays[3] == pytest.approx(own, abs=1e-5)


@settings(max_examples=30, deadline=None)
@given(game(4), game(4))
def test_shapley_is_additive(a, b):
    assert shapley(a + b) == pytest.approx(shapley(a) + shapley(b), abs=1e-9)


@settings(max_examples=20, deadline=None)
@given(game(4))
def test_with_a_core_the_stable_methods_are_in_it(cost):
    found = least_core(cost)
    held = members(4)[1:-1]
    assert (held @ found.split_eur - cost[1:-1]).max() == pytest.approx(found.epsilon_eur, abs=1e-6)
    # The prenucleolus minimises the largest excess first of all.
    worst = (held @ prenucleolus(cost) - cost[1:-1]).max()
    assert worst == pytest.approx(found.epsilon_eur, abs=1e-6)
    assume(found.has_core)
    for split in (nucleolus(cost), equal_profit(cost).split_eur):
        assert check_core(cost, split).excess_eur <= 1e-5
    assert nucleolus(cost) == pytest.approx(prenucleolus(cost), abs=1e-5)
    assert happy_nucleolus(cost).shortfall_eur == 0.0


@settings(max_examples=20, deadline=None)
@given(game(4))
def test_nobody_pays_more_than_alone_in_the_nucleolus(cost):
    assert (nucleolus(cost) <= cost[[1, 2, 4, 8]] + 1e-6).all()


@settings(max_examples=20, deadline=None)
@given(game(4))
def test_the_happy_nucleolus_keeps_everybody(cost):
    found = happy_nucleolus(cost)
    assert (coalition_sums(found.split_eur)[1:-1] <= cost[1:-1] + 1e-5).all()
    assert found.split_eur.sum() + found.shortfall_eur == pytest.approx(cost[-1], abs=1e-5)
    assert found.shortfall_eur >= 0


@settings(max_examples=20, deadline=None)
@given(game(4), st.floats(0, 5))
def test_least_core_lies_in_its_range(cost, gap):
    bound = np.maximum(0.0, cost - gap)
    low, high = least_core_range(cost, bound)
    for truth in (cost, bound, (cost + bound) / 2):
        assert low - 1e-6 <= least_core(truth).epsilon_eur <= high + 1e-6


@settings(max_examples=20, deadline=None)
@given(arrays.arrays(np.float64, 16, elements=st.floats(0, 100)))
def test_parts_that_may_split_up_are_never_dearer_together(values):
    cost = best_partition(np.concatenate([[0.0], values[1:]]))
    assert dearer_together(cost).is_subadditive
    sums = coalition_sums(values[:4])
    assert sums == pytest.approx(members(4) @ values[:4])


def test_separable_costs_by_hand():
    # Leaving saves 15 - 12 = 3, 15 - 11 = 4, 15 - 9 = 6: 13 of 15 are separable, 2 are not.
    assert separable_costs(THREE) == pytest.approx([3.0, 4.0, 6.0])
    assert equal_charge(THREE) == pytest.approx([3 + 2 / 3, 4 + 2 / 3, 6 + 2 / 3])
    # Joining avoids 6 - 3, 7 - 4, 8 - 6 = 3, 3, 2 of 8.
    assert alternative_cost_avoided(THREE) == pytest.approx([3.75, 4.75, 6.5])
    # Gaps: 3, 3, 2 alone; 9 - 7 = 2, 11 - 9 = 2, 12 - 10 = 2 in pairs; 2 all. Each concedes 2.
    assert cost_gap(THREE) == pytest.approx(equal_charge(THREE))


def test_cost_gap_says_when_it_has_no_answer():
    # Leaving saves 8 each, 24 of 18; a pair costs 10, less than its players' 16.
    with pytest.raises(InputError, match="cost gap is below 0"):
        cost_gap(NO_CORE)


def test_an_empty_core_and_what_it_takes():
    # Pairs may pay 10 each, so all at most 15, of 18. Equal shares of 6: a pair pays 12, 2 over.
    found = least_core(NO_CORE)
    assert found.epsilon_eur == pytest.approx(2.0)
    assert not found.has_core
    assert found.split_eur == pytest.approx([6.0, 6.0, 6.0])
    assert set(found.tight) == {3, 5, 6}
    happy = happy_nucleolus(NO_CORE)
    assert happy.split_eur == pytest.approx([5.0, 5.0, 5.0])
    assert happy.shortfall_eur == pytest.approx(3.0)
    assert equal_profit(NO_CORE).epsilon_eur == pytest.approx(2.0)


def test_equal_profit_by_hand():
    # 15 of 21 alone: all save 2/7 when they can. 6, 7, 8 times 5/7: 4.29, 5, 5.71. Pairs pay
    # 9.29 of 9: the first two would leave. They pay 9, 9/13 of theirs, and the third 6, 3/4.
    found = equal_profit(THREE)
    assert found.split_eur == pytest.approx([9 * 6 / 13, 9 * 7 / 13, 6.0])
    assert found.spread == pytest.approx(3 / 4 - 9 / 13)
    assert found.epsilon_eur == 0.0


def test_equal_profit_needs_a_cost_alone():
    with pytest.raises(InputError, match="cost nothing alone"):
        equal_profit(np.array([0.0, 0.0, 3.0, 3.0]))


def test_prenucleolus_and_nucleolus_differ_without_a_core():
    # Peleg and Sudholter, example 5.5.12: gains of 10 for the first two, 2 for all.
    cost = -np.array([0.0, 0.0, 0.0, 10.0, 0.0, 0.0, 0.0, 2.0])
    assert prenucleolus(cost) == pytest.approx([-3.0, -3.0, 4.0])
    assert nucleolus(cost) == pytest.approx([-1.0, -1.0, 0.0], abs=1e-9)


def test_no_nucleolus_when_together_is_dearest():
    cost = np.array([0.0, 1.0, 1.0, 3.0])
    with pytest.raises(InputError, match="prenucleolus"):
        nucleolus(cost)
    assert prenucleolus(cost) == pytest.approx([1.5, 1.5])


def test_who_loses_by_merging():
    cost = np.array([0.0, 4.0, 5.0, 12.0])
    found = dearer_together(cost)
    assert {found.one, found.other} == {1, 2}
    assert (found.loss_eur, found.pairs, found.certain) == (3.0, 1, True)
    # The true cost of both together may be 8, less than 9.
    assert not dearer_together(cost, np.array([0.0, 3.0, 3.0, 8.0])).certain


def test_verdict_with_a_gap():
    cost, bound = np.array([0.0, 6.0, 10.0, 12.0]), np.array([0.0, 5.0, 8.0, 11.0])
    assert core_verdict(cost, bound, np.array([7.0, 5.0])) == "no"
    assert core_verdict(cost, bound, np.array([5.0, 7.0])) == "yes"
    assert core_verdict(cost, bound, np.array([4.0, 9.0])) == "open"


def test_one_player():
    alone = np.array([0.0, 4.0])
    for method in METHODS.values():
        assert method(alone) == pytest.approx([4.0])
    assert least_core(alone).has_core
    assert happy_nucleolus(alone).shortfall_eur == 0.0


def test_of_pairs_that_lose_the_one_that_loses_for_certain_is_named():
    """1 and 2 lose 10 on paper, where only 15 of 30 are proved; 3 and 4 lose 5 for certain."""
    cost = members(4).sum(axis=1) * 10.0
    cost[0b0011], cost[0b1100] = 30.0, 25.0
    bound = cost.copy()
    bound[0b0011] = 15.0
    found = dearer_together(cost, bound)
    assert found.certain
    assert {found.one, found.other} == {0b0100, 0b1000}
    assert found.loss_eur == pytest.approx(5.0)


def test_a_core_within_the_tolerance_is_one_for_both():
    # Costs of a million: an excess of 0.5 EUR is a rounding error to both, 5 EUR to neither.
    for loss, core in ((0.5, True), (5.0, False)):
        cost = np.array([0.0, 1e6, 1e6, 2e6 + 2 * loss])
        found = least_core(cost)
        assert found.epsilon_eur == pytest.approx(loss, rel=1e-6)
        assert found.has_core is core
        assert check_core(cost, found.split_eur).in_core is core


def test_nothing_avoided_and_something_missing_has_no_answer():
    """Each saves 1 by leaving, which is what it costs alone: 3 for a cost of 2."""
    cost = np.array([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0])
    with pytest.raises(InputError, match="nobody avoids anything"):
        alternative_cost_avoided(cost)
    with pytest.raises(InputError, match="nobody avoids anything"):  # with a dummy player too
        alternative_cost_avoided(np.concatenate([cost, cost + 1.0]))
    additive = np.array([0.0, 1.0, 2.0, 3.0])
    assert alternative_cost_avoided(additive) == pytest.approx([1.0, 2.0])
