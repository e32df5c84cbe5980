"""Shapley values of games whose answer is known, the laws they obey, and sharing itself."""

from __future__ import annotations

import numpy as np
import pytest
from hubs_cases import half_trucks, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import bundling
from bundling import InputError
from bundling.gains import members, proportional, shapley, shapley_range
from bundling.hubs.coalition import coalition_costs
from bundling.hubs.sharing import share


def game(players: int) -> st.SearchStrategy[np.ndarray]:
    values = arrays.arrays(np.float64, 2**players, elements=st.floats(-100, 100))
    return values.map(lambda v: np.concatenate([[0.0], v[1:]]))


def test_airport_game() -> None:
    # Littlechild and Owen (1973): a runway costs as much as its longest user needs: 3, 5, 9.
    # 3 shared by three, 2 more by the last two, 4 more by the last: 1, 2, 6.
    need = np.array([3.0, 5.0, 9.0])
    cost = np.array([max(need[row], default=0.0) for row in members(3)])
    assert shapley(cost) == pytest.approx([1.0, 2.0, 6.0])


def test_unanimity_game() -> None:
    # Worth 1 when players 0 and 2 are both there: half each, and nothing for player 1.
    held = members(3)
    assert shapley(1.0 * (held[:, 0] & held[:, 2])) == pytest.approx([0.5, 0.0, 0.5])


@settings(max_examples=30, deadline=None)
@given(game(4))
def test_efficiency(values: np.ndarray) -> None:
    assert shapley(values).sum() == pytest.approx(values[-1], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(game(4), st.floats(0, 5))
def test_dummy_pays_its_own_cost(values: np.ndarray, own: float) -> None:
    # Player 3 adds `own` to whoever it joins.
    with_dummy = np.concatenate([values[:8], values[:8] + own])
    assert shapley(with_dummy)[3] == pytest.approx(own, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(game(3))
def test_symmetric_players_pay_alike(values: np.ndarray) -> None:
    swap = [0, 2, 1, 3, 4, 6, 5, 7]  # players 0 and 1 change places
    symmetric = values + values[swap]
    pays = shapley(symmetric)
    assert pays[0] == pytest.approx(pays[1], abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(game(3), game(3))
def test_range_holds_every_game_between_bound_and_cost(a: np.ndarray, b: np.ndarray) -> None:
    low, high = shapley_range(np.maximum(a, b), np.minimum(a, b))
    middle = shapley((a + b) / 2)
    assert (low <= middle + 1e-9).all()
    assert (middle <= high + 1e-9).all()


def test_an_unknown_bound_leaves_the_range_open() -> None:
    low, high = shapley_range(np.array([0.0, 4.0]), np.array([0.0, -np.inf]))
    assert low[0] == -np.inf
    assert high[0] == 4.0


def test_values_must_be_one_for_each_coalition() -> None:
    with pytest.raises(ValueError, match="one for each coalition"):
        shapley(np.zeros(5))


def test_proportional_split() -> None:
    assert proportional(np.array([1.0, 3.0]), 8.0) == pytest.approx([2.0, 6.0])
    assert proportional(np.zeros(2), 8.0) == pytest.approx([4.0, 4.0])


def test_two_half_trucks_share_the_saving() -> None:
    # Together 252 EUR; alone each 130.2247 EUR. Two equal players pay 126 each and save 4.22.
    sharing = share(half_trucks(rent_eur=10.0), gap=0.0)
    assert sharing.total_eur == pytest.approx(252.0)
    assert sharing.shapley_eur == pytest.approx([126.0, 126.0])
    assert sharing.proportional_eur == pytest.approx([126.0, 126.0])
    assert sharing.gap <= 1e-6
    table = sharing.table()
    assert table["saving_eur"].tolist() == pytest.approx([4.2247, 4.2247], abs=1e-3)
    assert set(table["rational"]) == {"yes"}
    assert set(sharing.stability()["in_core"]) == {"yes"}


def test_a_split_by_weight_can_drive_a_player_out() -> None:
    # Player 0 is heavy and near, so paying by weight it pays more than alone.
    problem = half_trucks(rent_eur=10.0).replace(shipment_kg=np.array([900.0, 50.0]))
    row = share(problem, gap=0.0).stability().set_index("split").loc["by_weight"]
    assert row["in_core"] == "no"
    assert row["leaving"] == "player-0"
    # 252 * 900 / 950 against 130.2247 alone
    assert row["excess_eur"] == pytest.approx(252 * 900 / 950 - 130.2247, abs=1e-3)


def test_coalitions_agree_with_the_solver_and_are_monotone() -> None:
    problem = random_problem(4, shipments=10, destinations=2, origins=3, rent_eur=4.0, far_km=60.0)
    costs = coalition_costs(problem, gap=0.0)
    assert costs.cost_eur[-1] == pytest.approx(bundling.solve(problem, gap=0.0).objective)
    held = members(3)
    for s in range(8):
        for t in range(8):
            if (held[s] <= held[t]).all():
                assert costs.cost_eur[s] <= costs.cost_eur[t] + 1e-9
    assert (costs.bound_eur <= costs.cost_eur + 1e-6).all()
    assert costs.solved == 7


def test_a_known_grand_result_is_used_and_stopping_is_said() -> None:
    problem = half_trucks(rent_eur=10.0)
    grand = bundling.solve(problem, gap=0.0)
    seen = []
    costs = coalition_costs(problem, grand=grand, on_event=lambda e: seen.append(e) or False)
    assert costs.solved == 2  # all together, and one player before the stop
    assert len(seen) == 1
    assert costs.cost_eur[-1] == grand.objective
    assert costs.gap > 0.5  # player 1 was not solved: all that is known of it is 0 to 252 EUR


def test_more_than_twelve_players_are_refused() -> None:
    problem = random_problem(1, shipments=60, origins=16)
    with pytest.raises(InputError, match="Group shippers"):
        share(problem)
