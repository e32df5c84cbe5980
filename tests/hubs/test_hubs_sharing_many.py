"""Sharing among more players than every coalition of which can be solved."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hubs_cases import random_problem

from bundling.errors import InputError
from bundling.gains import shapley
from bundling.hubs import coalition_costs, coalitions_met, share_many
from bundling.result import Limit


@pytest.fixture(scope="module")
def small():
    problem = random_problem(3, shipments=12, origins=6)
    exact = coalition_costs(problem, time_limit=10.0, gap=0.0)
    return exact, share_many(problem, time_limit=4.0, gap=0.0)


def test_each_alone_and_all_together_are_those_of_the_exact_game(small):
    exact, many = small
    single = 1 << np.arange(len(exact.players))
    assert many.players == exact.players
    assert many.alone_eur == pytest.approx(exact.cost_eur[single], rel=1e-3)
    assert many.total_eur == pytest.approx(exact.cost_eur[-1], rel=1e-3)


def test_costs_of_coalitions_are_bracketed(small):
    exact, many = small
    index = many.held @ (1 << np.arange(len(exact.players)))
    assert (many.cost_eur >= exact.bound_eur[index] - 1e-3).all()
    assert (many.bound_eur <= exact.cost_eur[index] + 1e-3).all()
    assert (many.bound_eur <= many.cost_eur).all()


def test_the_range_holds_the_shapley_value(small):
    exact, many = small
    table = many.table().set_index("player")
    known = shapley(exact.cost_eur)
    # The intervals are of each by itself at 95 %: twice the half width leaves chance out.
    half = many.shapley.half_width_eur
    assert (known >= table["shapley_low_eur"] - half - 0.01).all()
    assert (known <= table["shapley_high_eur"] + half + 0.01).all()


def test_every_split_sums_to_the_cost_of_all_and_none_is_called_stable(small):
    _, many = small
    for split in many.splits.values():
        assert split.sum() == pytest.approx(many.total_eur)
    stability = many.stability().set_index("split")
    assert set(stability["in_core"]) <= {"no", "open"}
    worst = (many.held @ many.core.split_eur - many.cost_eur).max()
    assert worst <= max(many.core.epsilon_eur, 0.0) + 0.01
    assert stability.loc["least_core", "excess_eur"] == pytest.approx(max(worst, 0.0), abs=0.01)


def test_where_nothing_runs_out_nobody_is_worth_more_than_alone():
    problem = random_problem(1, shipments=40, origins=17)
    roomy = problem.replace(
        hub_capacity_kg=np.full_like(problem.hub_capacity_kg, 1e9),
        hub_capacity_m3=np.full_like(problem.hub_capacity_m3, 1e9),
        vehicle_limit=np.full_like(problem.vehicle_limit, np.inf),
    )
    many = share_many(roomy, time_limit=3.0)
    assert len(many.players) > 12
    assert len(many.held) > len(many.players)
    assert np.isfinite(many.shapley.half_width_eur).all()
    assert (many.shapley.high_eur <= many.alone_eur + 1e-6).all()
    assert (many.shapley.low_eur >= many.alone_bound_eur / len(many.players) - 1e-6).all()


def test_a_receiver_may_stop_it():
    seen = []
    problem = random_problem(1, shipments=30, origins=15)
    many = share_many(problem, time_limit=4.0, on_event=lambda e: seen.append(e) or False)
    assert many.solved == len(seen) == 1
    assert many.splits["shapley"].sum() == pytest.approx(many.total_eur)


def test_ctrl_c_while_a_coalition_is_solved_ends_the_solving(monkeypatch):
    problem = random_problem(3, shipments=12, origins=6)
    whole, calls = coalitions_met.solve_within, []

    def solve_within(*given):
        calls.append(given)
        result = whole(*given)
        return dataclasses.replace(result, limit=Limit.INTERRUPT) if len(calls) == 3 else result

    monkeypatch.setattr(coalitions_met, "solve_within", solve_within)
    many = share_many(problem, time_limit=4.0)
    assert len(calls) == many.solved == 3
    assert many.splits["shapley"].sum() == pytest.approx(many.total_eur)


def test_no_plan_at_all_is_refused():
    problem = random_problem(1, shipments=30, origins=15)
    with pytest.raises(InputError, match="Correct the data"):
        share_many(problem.replace(vehicle_limit=np.zeros_like(problem.vehicle_limit)))
