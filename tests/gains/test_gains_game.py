"""Core, nucleolus and partitions of games whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from bundling.gains import (
    ValueOracle,
    all_splits,
    best_partition,
    check_core,
    members,
    nucleolus,
    sampled_shapley,
    shapley,
)


def airport(*need: float) -> np.ndarray:
    lengths = np.array(need)
    return np.array([max(lengths[row], default=0.0) for row in members(lengths.size)])


def test_nucleolus_of_two_splits_the_saving():
    # 6 and 10 alone, 12 together: 4 saved, 2 each.
    assert nucleolus(np.array([0.0, 6.0, 10.0, 12.0])) == pytest.approx([4.0, 8.0])


def test_nucleolus_of_an_airport_game():
    # Littlechild (1974) gives it by arithmetic: least of c1/2 and c2/3 over ... For 3, 5, 9: the
    # first step raises the saving to min(3 / 2, 5 / 3) = 1.5, so the first pays 1.5, of the
    # 3.5 up to 5 that are left the second pays half: 1.75, and the third the rest, 5.75.
    assert nucleolus(airport(3.0, 5.0, 9.0)) == pytest.approx([1.5, 1.75, 5.75])


def test_nucleolus_of_equals_is_equal():
    cost = np.array([0.0, 5.0, 5.0, 7.0, 5.0, 7.0, 7.0, 8.0])
    assert nucleolus(cost) == pytest.approx([8 / 3] * 3)
    assert nucleolus(np.array([0.0, 4.0])) == pytest.approx([4.0])


@pytest.mark.parametrize("seed", range(6))
def test_nucleolus_is_in_the_core_and_better_than_shapley_for_the_worst_off(seed):
    rng = np.random.default_rng(seed)
    # Concave costs of totals: such games have a core.
    cost = np.sqrt(members(5) @ rng.uniform(1, 20, 5))
    split = nucleolus(cost)
    assert split.sum() == pytest.approx(cost[-1])
    assert check_core(cost, split).in_core
    inside = members(5)[1:-1]

    def least(paid: np.ndarray) -> float:
        return float((cost[1:-1] - inside @ paid).min())

    assert least(split) >= least(shapley(cost)) - 1e-7


def test_who_leaves_and_why():
    cost = np.array([0.0, 6.0, 10.0, 12.0])
    assert check_core(cost, np.array([4.0, 8.0])).in_core
    found = check_core(cost, np.array([7.0, 5.0]))
    assert (found.in_core, found.leaving) == (False, 1)
    assert found.excess_eur == pytest.approx(1.0)


def test_a_coalition_may_split_up():
    # All three together cost 20, but a with b (7) and c alone (5) only 12.
    cost = np.array([0.0, 4.0, 4.0, 7.0, 5.0, 11.0, 11.0, 20.0])
    best = best_partition(cost)
    assert best[-1] == pytest.approx(12.0)
    assert best[5] == pytest.approx(9.0)
    assert best[3] == pytest.approx(7.0)


def test_a_small_coalition_that_leaves_is_not_hidden_by_rounding_of_a_large_one():
    # a alone costs 10 and pays 10.4; b alone costs 999,999.1, of which 0.5 too much is rounding.
    cost = np.array([0.0, 10.0, 999_999.1, 1_000_010.0])
    found = check_core(cost, np.array([10.4, 999_999.6]))
    assert not found.in_core
    assert found.leaving == 1
    assert found.excess_eur == pytest.approx(0.4)


def test_what_is_no_game_is_refused():
    for cost, rule in (
        ([0.0, 1.0, np.nan, 2.0], "value 2 is no number"),
        ([5.0, 1.0, 1.0, 2.0], "of nobody, is 5 and not 0"),
        ([0.0, 1.0, np.inf, 2.0], "coalition 2 is no number"),
        ([0.0, 1.0, 2.0], "one for each coalition"),
    ):
        with pytest.raises(ValueError, match=rule):
            all_splits(np.array(cost))
    two = np.array([0.0, 1.0, 1.0, 1.5])
    for weight, rule in (([1.0, 2.0, 3.0], "one weight for each of 2"), ([-1.0, 2.0], "from 0 up")):
        with pytest.raises(ValueError, match=rule):
            all_splits(two, weights={"kg": np.array(weight)})
    for given in ({"precision": 0.0}, {"confidence": 1.0}):
        with pytest.raises(ValueError, match="out of range"):
            sampled_shapley(ValueOracle.of_game(two), **given)
