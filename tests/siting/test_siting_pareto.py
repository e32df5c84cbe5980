"""Pareto fronts worked out by hand, and the laws of any front."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from parts_cases import with_parts
from siting_cases import make
from siting_hand import two_sites

from bundling.siting import check
from bundling.siting.aims import AIMS, CAPITAL, CO2E, COST, NOX, UNSERVED, amounts, least
from bundling.siting.limits import Budget, Coverage, Impacts
from bundling.siting.most_served import most_served
from bundling.siting.pareto import pareto

# A site 1,000 EUR, a charger 5,000, the connection 2,000.
PRICES = Budget(
    eur=[np.inf], site_eur=[1000.0] * 2, charger_eur=[5000.0], step_eur=[2000.0], upgrade_eur=[]
)
FACTORS = Impacts(grid_co2e_kg_per_kwh=0.2, diesel_co2e_kg_per_kwh=0.9, diesel_nox_g_per_kwh=2.0)


def priced(**changes):
    return two_sites(**({"budget": PRICES, "impacts": FACTORS} | changes))


def test_cost_against_capital():
    """Nothing: 240,000 EUR and no capital. Near with one charger: 135,500 and 8,000. Far with
    two: 31,600 and 13,000. Far with one, 136,300 and 8,000, is dominated.
    """
    front = pareto(priced(), CAPITAL, COST, points=5, gap=0.0)
    assert (front.minimised, front.limited) == (COST, CAPITAL)
    found = front.points[[CAPITAL, COST]].to_numpy()
    assert found == pytest.approx(np.array([[0, 240_000], [8000, 135_500], [13_000, 31_600]]))
    assert not front.points["approximate"].any()
    assert front.points["bound"].to_numpy() == pytest.approx(found[:, 1])
    assert front.words == ("3 plans, from 5 ceilings on capital_eur.",)


def test_two_aims_without_cost_and_the_cheapest_plan_of_each_point():
    """With 8,000 EUR either site serves half; near does so for 800 EUR less."""
    front = pareto(priced(), NOX, CAPITAL, points=5, gap=0.0)
    assert (front.minimised, front.limited) == (NOX, CAPITAL)
    found = front.points[[CAPITAL, NOX, COST]].to_numpy()
    assert found == pytest.approx(
        np.array([[0, 480, 240_000], [8000, 240, 135_500], [13_000, 0, 31_600]]), abs=1e-2
    )


def test_capital_is_limited_when_the_other_aim_is_no_cost():
    front = pareto(priced(), CAPITAL, UNSERVED, points=3, gap=0.0)
    assert (front.minimised, front.limited) == (UNSERVED, CAPITAL)


def test_one_plan_that_is_best_in_both_is_the_whole_front():
    """Far serves all: 240 MWh at 0.2 kg are 48 t, and is the cheapest as well."""
    front = pareto(priced(), COST, CO2E, points=4, gap=0.0)
    assert front.points[[COST, CO2E]].to_numpy() == pytest.approx(np.array([[31_600, 48]]))


def test_a_dear_grid_gives_a_front_of_cost_and_emissions():
    """At 2 kg per kWh from the grid, not charging saves CO2e: 216 t, for 240,000 EUR."""
    dirty = Impacts(grid_co2e_kg_per_kwh=2.0, diesel_co2e_kg_per_kwh=0.9)
    front = pareto(priced(impacts=dirty), COST, CO2E, points=3, gap=0.0)
    assert front.points[CO2E].iloc[[0, -1]].to_numpy() == pytest.approx([216, 480])
    assert front.points[COST].iloc[[0, -1]].to_numpy() == pytest.approx([240_000, 31_600])
    # Half way, 348 t: half the energy, at near: 15,500 + 120,000.
    assert front.points[COST].iloc[1] == pytest.approx(135_500, rel=1e-4)


@pytest.mark.parametrize("axes", [(COST, UNSERVED), (COST, CAPITAL)])
def test_a_front_falls_and_its_plans_keep_all_rules(axes):
    problem = make(2, sites=3, demands=3, years=(2028, 2032))
    problem = with_parts(problem, ("budget", "impacts"), 2)
    front = pareto(problem, *axes, points=3, gap=3e-2, time_limit=60.0)
    assert len(front.plans) == len(front.points) > 0
    points = front.points
    assert (np.diff(points[front.limited]) > 0).all()
    assert (np.diff(points[front.minimised]) < 0).all()
    assert (np.diff(points["bound"]) <= 0).all()
    assert (points["bound"] <= points[front.minimised]).all()
    for plan, row in zip(front.plans, points.to_dict("records"), strict=True):
        assert not check(problem, plan)
        assert {aim: row[aim] for aim in AIMS} == pytest.approx(amounts(problem, plan))
        assert row[front.limited] <= row["ceiling"] * (1 + 1e-5) + 1e-5


@pytest.mark.parametrize("aim", AIMS)
def test_the_least_of_each_aim(aim):
    """With 90 % served, which far alone can: 700 + 2,000 + 300 + 900 + 216,000 x 0.115 + 24,000;
    but serving all is cheaper, and costs no more capital. 43.2 t of grid and 21.6 t of diesel.
    """
    expected = {COST: 31_600, UNSERVED: 0, CO2E: 48, NOX: 0, CAPITAL: 13_000}[aim]
    problem = priced(coverage=Coverage(("town",), [0], [[0.9]]))
    found = least(problem, aim, seconds=10, gap=0.0, seed=0)
    assert found.objective == pytest.approx(expected, abs=1e-3)
    assert found.bound == pytest.approx(expected, abs=1e-3)


def test_what_a_front_cannot_be_made_of():
    for axes, words in (
        ((COST, COST), "two aims"),
        ((COST, "beauty"), "'beauty' is none of"),
        ((COST, CAPITAL), "give the problem a Budget"),
        ((CO2E, COST), "co2e_t needs emission factors"),
        ((NOX, COST), "nox_kg needs an emission factor"),
    ):
        with pytest.raises(ValueError, match=words):
            pareto(two_sites(), *axes)
    assert pareto(two_sites(), COST, UNSERVED, points=2, gap=0.0).points[UNSERVED].tolist() == [0]


def test_a_problem_without_a_plan_has_an_empty_front():
    problem = priced(base_load_kw=np.full((2, 1, 24), 2000.0))
    front = pareto(problem, COST, UNSERVED)
    assert front.plans == ()
    assert "depots alone" in front.words[0]


@pytest.mark.parametrize(
    ("capital", "unserved", "cost"),
    [(7999, 240, 240_000), (8000, 120, 135_500), (13_000, 0, 31_600), (99_999, 0, 31_600)],
)
def test_most_energy_within_a_budget(capital, unserved, cost):
    for found in (
        most_served(priced(), capital_eur=capital, gap=0.0),
        most_served(priced(), eur_by_year=[capital], gap=0.0),
    ):
        assert found.unserved_mwh == pytest.approx(unserved, abs=1e-3)
        assert found.low_unserved_mwh == pytest.approx(unserved, abs=1e-3)
        assert found.cost_eur == pytest.approx(cost, abs=2)
        assert not check(found.problem, found.plan)
        assert not found.approximate


def test_most_served_serves_what_is_not_worth_its_price():
    """At 0.05 EUR unserved, charging never pays; most served all the same."""
    found = most_served(priced(unserved_eur_per_kwh=0.05), capital_eur=8000.0, gap=0.0)
    assert found.unserved_mwh == pytest.approx(120)
    assert found.words == ("120 of 240 MWh served at a net present cost of 21,500 EUR.",)


def test_most_served_needs_prices_and_a_plan():
    with pytest.raises(ValueError, match="give the problem a Budget"):
        most_served(two_sites())
    rule = Coverage(("town",), [0], [[0.9]])
    found = most_served(priced(coverage=rule), capital_eur=8000.0)
    assert found.plan is None
    assert "cannot all be kept" in found.words[0]


def test_more_money_never_serves_less():
    problem = with_parts(make(2, sites=3, demands=3), ("budget",), 2)
    runs = [
        most_served(problem, eur_by_year=[eur], gap=2e-2, time_limit=60.0)
        for eur in (5e4, 2e5, 8e5)
    ]
    for less, more in itertools.pairwise(runs):
        assert more.low_unserved_mwh <= less.unserved_mwh + 1e-6
