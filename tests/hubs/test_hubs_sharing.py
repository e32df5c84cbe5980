"""Shapley values of games whose answer is known, the laws they obey, and sharing itself."""

from __future__ import annotations

import numpy as np
import pytest
from hubs_cases import half_trucks, make, random_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import bundling
from bundling import InputError
from bundling.gains import (
    all_splits,
    members,
    proportional,
    sampled_shapley,
    shapley,
    shapley_range,
)
from bundling.hubs.coalition import coalition_costs
from bundling.hubs.coalition_oracle import coalition_oracle
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
    # Player 1 was not solved: it costs at least what all pay less player 0, at most what the plan
    # of all costs without player 0.
    assert costs.bound_eur[2] == pytest.approx(252.0 - costs.cost_eur[1], abs=0.01)
    assert costs.gap > 0.05


def test_more_than_twelve_players_are_refused() -> None:
    problem = random_problem(1, shipments=60, origins=16)
    with pytest.raises(InputError, match="share_many, or group shippers"):
        share(problem)


def three_half_trucks() -> bundling.hubs.HubsProblem:
    """Three half trucks at 3 km around a hub, for a customer at 40 km: only two fit in one."""
    return make(
        xy_km=[(-3, 0), (3, 0), (0, -3), (0, 0), (0, 40)],
        shipments=[(0, 4, 500.0), (1, 4, 500.0), (2, 4, 500.0)],
        hubs=[3],
        capacity_kg=[1000.0],
        fixed_eur=[50.0],
        eur_per_km=[1.0],
    )


def test_three_for_two_places_have_no_core_and_the_board_hears_it() -> None:
    # East and west alone pay 50 + 2 * 40.1123 = 130.2247, south 136. Any two through the hub pay
    # 2 * 56 + 130 = 242. The third goes alone: all pay 242 + 130.2247 = 372.2247, and half of
    # what the pairs pay, 363, is all that can be collected. Equal shares of what is missing:
    # every pair 2 / 3 of 9.2247 over.
    sharing = share(three_half_trucks(), gap=0.0)
    assert sharing.total_eur == pytest.approx(372.2247, abs=1e-3)
    assert sharing.least_core().epsilon_eur == pytest.approx(2 / 3 * 9.2247, abs=1e-3)
    low, high = sharing.least_core_range()
    assert low == pytest.approx(high, abs=0.01)
    assert set(sharing.stability().query("in_core != 'none'")["in_core"]) == {"no"}
    board = sharing.board("nucleolus")
    assert board["player"].tolist() == ["player-0", "player-1", "player-2", "all"]
    assert board["leaves"].tolist() == ["yes"] * 4
    assert board["together_eur"].tolist()[-1] == pytest.approx(372.2247, abs=1e-3)
    assert board["alone_eur"].tolist()[2] == pytest.approx(136.0)
    assert board["with"].tolist()[0] in ("player-1", "player-2")
    assert "242.00 EUR; they are asked 6.15 EUR more" in board["why"][0]
    assert board["why"][3].startswith("No split keeps all in: 6.15 EUR")


def test_a_board_sees_who_stays() -> None:
    board = share(half_trucks(rent_eur=10.0), gap=0.0).board()
    assert board["leaves"].tolist() == ["no", "no", "no"]
    assert board["saving_eur"].tolist() == pytest.approx([4.2247, 4.2247, 8.4494], abs=1e-3)
    assert board["saving_pct"].tolist() == pytest.approx([3.244] * 3, abs=1e-2)
    assert board["why"][0] == "Alone, its best way out, it would lose 4.22 EUR."
    assert board["why"][2] == "Some split keeps all in."


def test_a_gap_leaves_verdicts_open() -> None:
    problem = half_trucks(rent_eur=10.0)
    sharing = share(problem, grand=bundling.solve(problem), on_event=lambda e: False)
    assert sharing.gap > 0.05
    stability = sharing.stability().set_index("split")
    assert stability.loc["shapley", "range_known"]
    assert not stability.loc["nucleolus", "range_known"]
    assert (sharing.shapley_low_eur < sharing.shapley_eur - 1).any()
    board = sharing.board()
    assert "open" in board["leaves"].tolist()
    assert board["why"].str.contains("the search left a gap").any()


def test_unknown_splits_are_refused() -> None:
    sharing = share(half_trucks(rent_eur=10.0))
    with pytest.raises(InputError, match="Choose one of proportional"):
        sharing.board("by_beauty")


def test_emissions_are_split_by_the_same_methods() -> None:
    # 1 kg a km: alone 80.2247 km each. Together through the hub 6 + 6 + 80 = 92 km.
    sharing = share(half_trucks(rent_eur=10.0), gap=0.0)
    table = sharing.emissions_table()
    assert table["alone_kg"].tolist() == pytest.approx([80.2247, 80.2247], abs=1e-3)
    for method in ("shapley", "nucleolus", "by_tonne_km", "proportional", "equal_profit"):
        assert table[f"{method}_kg"].tolist() == pytest.approx([46.0, 46.0], abs=1e-3)


def test_tonne_kilometres() -> None:
    sharing = share(half_trucks(rent_eur=10.0))
    assert sharing.tonne_km == pytest.approx([0.5 * 40.11234] * 2)


def test_sharing_draws() -> None:
    sharing = share(three_half_trucks())
    chart = sharing.plot("nucleolus")
    assert [bar.get_height() for bar in chart.patches[:3]] == pytest.approx(sharing.alone_eur)
    assert [bar.get_height() for bar in chart.patches[3:]] == pytest.approx(
        sharing.splits.pays["nucleolus"]
    )
    fall = sharing.plot_waterfall("by_weight")
    heights = sorted(bar.get_height() for bar in fall.patches)
    assert heights[-2:] == pytest.approx([sharing.total_eur, float(sharing.alone_eur.sum())])
    assert fall.get_xticklabels()[0].get_text() == "all alone"


def test_coalitions_on_request_agree_with_all_of_them() -> None:
    problem = three_half_trucks()
    players, oracle = coalition_oracle(problem, gap=0.0)
    sharing = share(problem, gap=0.0)
    assert players == sharing.players
    found = oracle(members(3))
    assert found[:, 0] == pytest.approx(sharing.coalitions.cost_eur)
    assert oracle.asked == 7
    sampled = sampled_shapley(oracle, seed=1, precision=0.05)
    assert oracle.asked == 7
    assert (np.abs(sampled.share_eur - sharing.shapley_eur) <= 2 * sampled.half_width_eur).all()


@settings(max_examples=12, deadline=None)
@given(game(3), game(3), st.integers(0, 100))
def test_ranges_hold_the_splits_of_every_game_between(
    a: np.ndarray, b: np.ndarray, part: int
) -> None:
    cost, bound = np.abs(np.maximum(a, b)) + 1, np.abs(np.minimum(a, b)) + 0.5
    cost, bound = np.maximum(cost, bound), np.minimum(cost, bound)
    cost[0] = bound[0] = 0.0
    weights = {"by_weight": np.array([1.0, 2.0, 3.0])}
    found = all_splits(cost, bound, weights=weights)
    truth = all_splits(bound + part / 100 * (cost - bound), weights=weights)
    for name in ("proportional", "by_weight", "shapley", "equal_charge"):
        if not np.isnan(found.low[name]).any():
            assert (found.low[name] <= truth.pays[name] + 1e-6).all()
            assert (truth.pays[name] <= found.high[name] + 1e-6).all()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_not_solved_is_bracketed(seed: int) -> None:
    problem = random_problem(seed, shipments=5, origins=3, destinations=2, rent_eur=5.0)
    problem = problem.replace(
        hub_capacity_kg=np.full(2, np.inf), hub_capacity_m3=np.full(2, np.inf)
    )
    exact = coalition_costs(problem, gap=0.0)
    calls = iter((True, False))  # all together, and the smallest coalition
    some = coalition_costs(problem, gap=0.0, on_event=lambda event: next(calls))
    assert some.solved < exact.solved
    assert (some.bound_eur <= exact.cost_eur + 1e-3).all()
    assert (some.cost_eur >= exact.bound_eur - 1e-3).all()
    # Without limits plans may be put together: a whole less the others bounds a part.
    whole = exact.cost_eur.size - 1
    for s in range(1, whole):
        assert some.bound_eur[s] >= some.bound_eur[-1] - some.cost_eur[whole - s] - 1e-6
        assert some.cost_eur[-1] <= some.cost_eur[s] + some.cost_eur[whole - s] + 1e-6
