"""Regret worked out by hand, the laws of any regret table, and the plots of reasons."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from siting_cases import make
from siting_hand import growing_site, two_sites

from bundling.siting import check, solve
from bundling.siting.joint_regret import JOINT, least_regret
from bundling.siting.limits import Coverage
from bundling.siting.pareto import pareto
from bundling.siting.reason_plots import plot_front, plot_headroom_value, plot_tornado
from bundling.siting.reasons import headroom_value, tornado
from bundling.siting.reasons.headroom_value import MARGINAL
from bundling.siting.regret import regret

CAVEAT = (
    "It is the best of these candidates, not proved best of all plans: a plan that is best in no "
    "scenario may have less regret."
)


def three(**changes):
    return {
        name: two_sites(demand_kwh=[[kwh]], **changes)
        for name, kwh in (("low", 1200.0), ("mid", 2400.0), ("high", 3600.0))
    }


def cell(frame, plan, scenario, column="regret_eur"):
    mine = frame[(frame["plan"] == plan) & (frame["scenario"] == scenario)]
    assert len(mine) == 1
    return mine[column].iloc[0]


def test_regret_by_hand():
    """Low: near, 15,500. Mid: far with 2 chargers, 31,600. High: far with 3, 46,900.

    Far with 2 in low: 700 + 2,000 + 300 + 500 + 13,800 = 17,300; with 3 it is 18,300, and in mid
    32,600. Far with 2 leaves 120,000 kWh unserved in high: 151,600.
    """
    found = regret(three(), gap=0.0)
    table = found.table
    assert cell(table, "mid", "low") == pytest.approx(1800)
    assert cell(table, "high", "low") == pytest.approx(2800)
    assert cell(table, "high", "mid") == pytest.approx(1000)
    assert cell(table, "mid", "high") == pytest.approx(104_700)
    assert cell(table, "low", "mid") == pytest.approx(103_900)
    assert not table["approximate"].any()
    assert found.choice == "high"
    assert found.summary["plan"].tolist() == ["high", "mid", "low"]
    assert found.summary["worst_scenario"].tolist() == ["low", "high", "high"]
    assert found.words == (
        "Of 3 candidates the plan of high has the least maximal regret, 2,800 EUR, in low.",
        CAVEAT,
    )


def compromise():
    """Far alone; each charger of 1,000 EUR earns 2,000 where it is needed, of at most four.

    50 kW are 120,000 kWh, which unserved cost 16,300 and served 13,800 and 500 EUR of power.
    """
    price = 0.115 + 2500 / 120_000
    return {
        name: two_sites(
            demand_kwh=[[kwh]],
            forbidden=[True, False],
            fixed_eur_per_year=[500.0, 0.0],
            unserved_eur_per_kwh=price,
        )
        for name, kwh in (("low", 1200.0), ("high", 4800.0))
    }


def test_the_least_regret_of_all_plans_may_be_best_in_no_scenario():
    """1 charger has 3,000 regret in high, 4 chargers 3,000 in low; 2 or 3 have 2,000 at most."""
    known = regret(compromise(), gap=0.0)
    assert known.summary["max_regret_eur"].to_numpy() == pytest.approx([3000, 3000])
    found = least_regret(known, gap=0.0)
    assert found.max_regret_eur == pytest.approx(2000)
    assert found.low_eur == pytest.approx(2000, abs=0.1)
    assert not found.approximate
    assert found.plan.chargers[1, 0, 0] in (2, 3)
    assert found.words == ("The plan has a largest regret of 2,000 EUR, the least of all plans.",)
    assert found.regret.summary["plan"][0] == JOINT


def test_a_compromise_can_be_a_candidate():
    plan = solve(two_sites(forbidden=[True, False]), gap=0.0).solution  # far with 2 chargers
    found = regret(compromise(), plans={"two chargers": plan}, gap=0.0)
    assert found.choice == "two chargers"
    assert found.summary["max_regret_eur"][0] == pytest.approx(2000)


def test_only_the_first_year_is_held():
    """`growing_site` with and without growth: the first year is the same, so there is no regret.

    With a dear second connection, the small one comes first when growth is sure.
    """
    grows = growing_site(250.0)
    still = grows.replace(demand_kwh=[[1200.0, 1200.0]])
    found = regret({"grows": grows, "still": still}, gap=0.0)
    assert found.table["regret_eur"].to_numpy() == pytest.approx(np.zeros(4), abs=0.1)
    fixed = regret({"grows": grows, "still": still}, years=None, gap=0.0)
    # The second charger and the second connection for four years: 4 x 1,250.
    assert cell(fixed.table, "grows", "still") == pytest.approx(5000)
    assert cell(fixed.table, "still", "grows") > 100_000


def test_a_plan_that_is_not_allowed_somewhere_is_never_chosen():
    found = regret({"free": two_sites(), "nature": two_sites(forbidden=[False, True])}, gap=0.0)
    assert cell(found.table, "free", "nature") == math.inf
    assert "may not get new chargers" in cell(found.table, "free", "nature", "words")
    assert found.choice == "nature"


def test_a_plan_that_breaks_a_limit_somewhere_is_never_chosen():
    rule = Coverage(("town",), [0], [[0.9]])
    low, high = two_sites(demand_kwh=[[1200.0]]), two_sites(coverage=rule)
    found = regret({"low": low, "high": high}, gap=0.0)
    assert cell(found.table, "low", "high") == math.inf
    assert "limits cannot be kept" in cell(found.table, "low", "high", "words")
    assert found.choice == "high"


def test_a_scenario_without_a_plan_is_left_out_and_named():
    full = two_sites(base_load_kw=np.full((2, 1, 24), 2000.0))
    found = regret({"base": two_sites(), "full": full}, gap=0.0)
    assert set(found.table["scenario"]) == {"base"}
    assert found.words[0].startswith("Scenario 'full' has no plan and is left out")
    with pytest.raises(ValueError, match="scenario 'full' has no plan"):
        least_regret(found)


@pytest.fixture(scope="module")
def random():
    base = make(4, sites=3, demands=4, years=(2028, 2032))
    late = base.headroom_kw * np.array([0.3, 1.0])[None, :, None]
    scenarios = {
        "low": base.replace(demand_kwh=0.5 * base.demand_kwh),
        "base": base,
        "late": base.replace(headroom_kw=late, base_load_kw=0.3 * base.base_load_kw),
    }
    return regret(scenarios, gap=2e-2, time_limit=60.0)


def test_laws_of_a_regret_table(random):
    table = random.table
    assert len(table) == 9
    assert (table["low_regret_eur"] >= 0).all()
    assert (table["regret_eur"] >= table["low_regret_eur"]).all()
    assert (table["regret_eur"] <= table["high_regret_eur"]).all()
    for name, run in random.best.items():
        # In its own scenario the interval reaches down to 0, and up to its gap.
        assert cell(table, name, name, "low_regret_eur") == 0
        own = random.held[name, name].objective - run.bound
        assert cell(table, name, name, "high_regret_eur") == pytest.approx(own, abs=1e-3)
    for (name, scenario), run in random.held.items():
        problem = random.scenarios[scenario]
        assert not check(problem, run.solution)
        plan = random.held[name, name].solution
        assert (run.solution.step[:, 0] == plan.step[:, 0]).all()
        assert (run.solution.chargers[:, :, 0] == plan.chargers[:, :, 0]).all()


def test_least_regret_is_no_more_than_that_of_the_candidates(random):
    found = least_regret(random, time_limit=2.0, gap=0.05)
    best = random.summary["high_max_regret_eur"].min()
    assert found.low_eur <= best
    assert found.low_eur <= found.high_eur
    assert found.max_regret_eur <= found.high_eur


def test_scenarios_must_match():
    with pytest.raises(ValueError, match="no scenarios"):
        regret({})
    with pytest.raises(ValueError, match="'b' has other step_max_kw than 'a'"):
        regret({"a": two_sites(), "b": two_sites(step_max_kw=[100.0])})
    with pytest.raises(ValueError, match="years must be 1 to 1, not 2"):
        regret({"a": two_sites()}, years=2)
    plan = solve(two_sites(), gap=0.0).solution
    with pytest.raises(ValueError, match="both called 'a'"):
        regret({"a": two_sites()}, plans={"a": plan})


def test_reasons_can_be_drawn():
    result = solve(two_sites(), gap=0.0)
    table = pd.DataFrame(
        {
            "assumption": ["demand", "diesel"],
            "change": ["demand_kwh", "unserved_eur_per_kwh"],
            "low": [0.5, 0.05],
            "high": [1.5, 2.0],
        }
    )
    frame = tornado(result, table, gap=0.0)
    ax = plot_tornado(frame)
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["diesel", "demand"]
    assert sorted(bar.get_width() for bar in ax.patches) == pytest.approx(
        [-19_600, -16_100, 0, 15_300]
    )
    frame.loc[0, ["eur", "low_eur", "high_eur"]] = math.inf
    assert "no plan" in plot_tornado(frame).texts[0].get_text()
    values = headroom_value(result, resolve=[("sub-near", 2030)], gap=0.0)
    ax = plot_headroom_value(values)
    assert ax.patches[0].get_width() == pytest.approx(1400)
    assert ax.get_yticklabels()[0].get_text() == "Near, 2030"
    same = plot_headroom_value(values, ax=ax)
    assert same is ax


def test_a_front_can_be_drawn_unless_it_is_empty():
    full = two_sites(base_load_kw=np.full((2, 1, 24), 2000.0))
    front = pareto(full, "cost_eur", "unserved_mwh")
    with pytest.raises(ValueError, match="nothing to draw"):
        plot_front(front)
    front = pareto(two_sites(), "unserved_mwh", "cost_eur", points=2, gap=0.0)
    ax = plot_front(front)
    assert ax.get_xlabel() == "energy not served (MWh)"
    assert ax.lines[1].get_ydata() == pytest.approx([31_600])


def test_where_a_megawatt_is_worth_nothing_the_plot_says_so():
    frame = pd.DataFrame(
        {
            "name": ["Near"],
            "year": [2030],
            "kind": [MARGINAL],
            "eur_per_mw": [0.0],
            "low_eur_per_mw": [0.0],
            "high_eur_per_mw": [0.0],
        }
    )
    ax = plot_headroom_value(frame)
    assert not ax.patches
    assert "saves nothing" in ax.texts[0].get_text()
