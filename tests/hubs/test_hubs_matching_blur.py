"""What hiding customers costs, and estimates held against the hubs solver."""

from __future__ import annotations

import numpy as np
import pytest
from hubs_cases import half_trucks, random_problem
from matching_cases import on_a_line, random_lanes, two_halves

from bundling import InputError
from bundling.hubs.matching import Blur, blur, blur_loss, lanes_of_hubs, verify_groups
from bundling.instances.shipper_lanes import shipper_lanes


def test_no_blur_loses_nothing() -> None:
    problem = random_lanes(2, shippers=5)
    loss = blur_loss(problem, Blur())
    assert loss.lost == 0.0
    assert (loss.pairs_missed, loss.pairs_false, loss.missed_eur) == (0, 0, 0.0)
    assert loss.top_kept == 1.0
    assert loss.promised_saving_eur == pytest.approx(loss.exact_saving_eur)


def test_cells_by_hand() -> None:
    # Places at 0, 4 and 100 km, cells of 10 km: the first two become one.
    problem = on_a_line([0, 4, 100], [(0, 0, 2, 0.5), (1, 1, 2, 0.4)])
    seen = blur(problem, Blur(cell_m=10_000))
    assert seen.area_ids == ("cell 0 0", "cell 10 0")
    assert seen.area_x_m.tolist() == [2000.0, 100_000.0]
    assert seen.distance_m[0, 1] == pytest.approx(98_000.0)  # the mean of 100 and 96
    assert seen.distance_m[0, 0] == pytest.approx(1.3 * 0.5214 * 10_000)
    assert seen.lane_origin.tolist() == [0, 0]


def test_rounding_by_hand() -> None:
    problem = two_halves(windows_h=[(6.2, 8.1), (0, 24)])
    seen = blur(problem, Blur(load_step=0.4, window_step_s=3600.0))
    assert seen.lane_loads == pytest.approx([0.4, 0.4])  # 0.5 is nearer to 0.4 than to 0.8
    assert seen.lane_early_s.tolist() == [6 * 3600.0, 0.0]
    assert seen.lane_late_s.tolist() == [9 * 3600.0, 24 * 3600.0]


def test_a_pair_can_be_missed() -> None:
    # 0.55 and 0.45 fill a truck; in steps of 0.3 both seem 0.6.
    problem = on_a_line([0, 100], [(0, 0, 1, 0.55), (1, 0, 1, 0.45)])
    loss = blur_loss(problem, Blur(load_step=0.3))
    assert (loss.pairs, loss.pairs_missed) == (1, 1)
    assert loss.missed_eur == pytest.approx(250.0)
    assert loss.lost == 1.0


def test_a_pair_can_be_promised_in_vain() -> None:
    problem = on_a_line([0, 100], [(0, 0, 1, 0.6), (1, 0, 1, 0.5)])
    loss = blur_loss(problem, Blur(load_step=0.5))
    assert (loss.pairs, loss.pairs_false) == (0, 1)
    assert loss.promised_saving_eur == pytest.approx(250.0)
    assert loss.blurred_saving_eur == 0.0


def test_steps_must_be_numbers() -> None:
    with pytest.raises(ValueError, match="from 0 up"):
        blur(two_halves(), Blur(cell_m=-1.0))


def test_made_shippers_are_the_same_by_their_seed() -> None:
    once, again = shipper_lanes(8, seed=3), shipper_lanes(8, seed=3)
    assert once.lane_kg.tolist() == again.lane_kg.tolist()
    assert once.num_shippers == 8
    assert once.lane_loads.max() < 3
    loss = blur_loss(once, Blur(cell_m=5_000))
    assert 0.0 <= loss.lost <= 1.0


def test_lanes_of_a_hubs_problem() -> None:
    hubs = half_trucks(rent_eur=10.0)
    lanes = lanes_of_hubs(hubs, "type-0", most_members=2)
    assert lanes.shipper_ids == ("player-0", "player-1")
    assert lanes.lane_loads.tolist() == [0.5, 0.5]
    with pytest.raises(ValueError, match="no vehicle type"):
        lanes_of_hubs(hubs, "barge")


def test_estimates_are_held_against_the_solver() -> None:
    # Without a hub: -3 > 3 > customer 40 km up > -3. Through it 252 against 260.4494.
    hubs = half_trucks(rent_eur=10.0)
    lanes = lanes_of_hubs(hubs, "type-0")
    frame = verify_groups(lanes, hubs, [("player-0", "player-1")], gap=0.0)
    row = frame.iloc[0]
    side = np.hypot(3, 40)
    assert row["estimate_eur"] == pytest.approx(2 * (50 + 2 * side) - (50 + 6 + 2 * side))
    assert row["saving_eur"] == pytest.approx(8.4494, abs=1e-3)
    assert row["low_eur"] == pytest.approx(row["high_eur"], abs=0.01)
    assert row["verdict"] == "gains"


def test_unknown_shippers_are_refused() -> None:
    hubs = random_problem(2)
    with pytest.raises(InputError, match="nobody"):
        verify_groups(lanes_of_hubs(hubs, "type-1"), hubs, [("nobody",)])
