"""Sharing among more players than every coalition of which can be solved."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hubs_cases import random_problem

from bundling.errors import InputError
from bundling.gains import shapley
from bundling.hubs import (
    coalition_costs,
    coalitions_met,
    share_by_size,
    share_many,
    sharing_by_size,
)
from bundling.report.messages import LANGUAGES, Messages
from bundling.report.sharing_parts import board_frame, splits_frame, stability_frame
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
    for split in many.splits.pays.values():
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
    assert many.splits.pays["shapley"].sum() == pytest.approx(many.total_eur)


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
    assert many.splits.pays["shapley"].sum() == pytest.approx(many.total_eur)


def test_no_plan_at_all_is_refused():
    problem = random_problem(1, shipments=30, origins=15)
    with pytest.raises(InputError, match="Correct the data"):
        share_many(problem.replace(vehicle_limit=np.zeros_like(problem.vehicle_limit)))


@pytest.fixture(scope="module")
def far():
    """Six firms far from their customers: hubs pay, and the sample leaves a range."""
    problem = random_problem(3, shipments=14, origins=6, rent_eur=4.0, far_km=60.0)
    return share_many(problem, time_limit=2.0)


def test_the_board_sees_what_it_sees_of_few(far):
    board = far.board()
    assert list(board) == ["player", "alone_eur", "together_eur", "saving_eur", "saving_pct",
                           "leaves", "with", "why"]  # fmt: skip
    assert board["player"].tolist() == [*far.players, "all"]
    assert board["saving_eur"].iloc[-1] == pytest.approx(far.alone_eur.sum() - far.total_eur)
    # Not all groups were looked at, so that nobody leaves is never certain.
    assert set(board["leaves"]) <= {"yes", "open"}
    for method, split in far.splits.pays.items():
        worst = far.stability().set_index("split").loc[method, "in_core"]
        leaves = [far.leaving(split, p).leaves for p in range(len(far.players))]
        assert ("yes" in leaves) == (worst == "no")
    with pytest.raises(InputError, match="Choose one of proportional, by_weight"):
        far.board("nucleolus")


def test_a_group_that_is_better_off_is_named(far):
    dear = dataclasses.replace(far, total_eur=10.0 * far.total_eur)
    by_weight = dear.board("by_weight").iloc[:-1]
    assert "yes" in by_weight["leaves"].tolist()
    assert by_weight.query("leaves == 'yes'")["why"].str.contains("EUR more.").all()


def test_pictures_and_page_are_those_of_few(far, tmp_path):
    bars = far.plot("least_core").patches
    heights = [bar.get_height() for bar in bars]
    assert heights == pytest.approx([*far.alone_eur, *far.core.split_eur])
    words = [text.get_text() for text in far.plot().get_legend().get_texts()]
    assert words == ["alone", "together", "range: a sample, and costs with a gap"]
    assert far.plot_waterfall().get_xticklabels()[0].get_text() == "all alone"
    page = far.report(tmp_path / "x.html", lang="en").read_text(encoding="utf-8")
    for said in ("Not all groups were looked at.", "Together, at least", "of 63"):
        assert said in page
    assert "least core" in far.report(tmp_path / "y.html").read_text(encoding="utf-8")


def test_that_nothing_keeps_all_in_is_said_when_it_is_certain(far):
    """Whatever is asked above what all pay alone, somebody leaves; at the least cost of all too."""
    dear = float(far.alone_eur.sum()) + 60.0
    found = dataclasses.replace(far, total_eur=dear, total_bound_eur=dear).about_all()
    assert found.core == "no"
    assert dataclasses.replace(far, total_bound_eur=-np.inf).about_all().core == "open"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_split_and_column_has_words(far, lang):
    m = Messages(lang)
    assert [name for name in far.splits.pays if not m.has(f"method.{name}")] == []
    frames = [board_frame(m, far, "shapley", {}), splits_frame(m, far, {}),
              stability_frame(m, far, {}), far.table()]  # fmt: skip
    assert [c for frame in frames for c in frame if not m.has(f"col.{c}")] == []


def test_the_number_of_players_decides(monkeypatch):
    asked = []
    for name in ("share", "share_many"):
        monkeypatch.setattr(sharing_by_size, name, lambda *_, name=name, **__: asked.append(name))
    for origins in (12, 16):
        problem = random_problem(1, shipments=60, origins=origins)
        share_by_size(problem, time_limit=1.0, gap=0.1)
    assert asked == ["share", "share_many"]
