"""Reasons for a plan: figures worked out by hand, and laws that hold for any plan."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from parts_cases import with_parts
from siting_cases import make
from siting_hand import growing_site, two_sites

from bundling.errors import InputError
from bundling.result import Status
from bundling.siting import check, evaluate, solve
from bundling.siting.held import solve_held
from bundling.siting.limits import Coverage
from bundling.siting.reasons import (
    congestion,
    headroom_value,
    no_regret,
    tornado,
    what_waits,
    why_sites,
)
from bundling.siting.reasons.headroom_value import MARGINAL, RESOLVED
from bundling.siting.reasons.rerun import Rerun, Shares, cheaper, dearer
from bundling.siting.reasons.sites import with_rule
from bundling.siting.solution import SitingSolution
from bundling.siting.upgrades import Upgrades

ROOMY = np.full((2, 1, 24), 1000.0)


def near_only(near_kw, **changes):
    """Only site near is in reach, under a substation with `near_kw` free."""
    values = {
        "headroom_kw": np.array([near_kw, 1000.0])[:, None, None] * np.ones((2, 1, 24)),
        "pair_demand": [0],
        "pair_site": [0],
        "pair_km": [0.2],
        "pair_eur_per_kwh": [0.0],
    }
    return two_sites(**(values | changes))


@pytest.fixture(scope="module")
def two():
    return solve(two_sites(), gap=0.0)


@pytest.fixture(scope="module")
def region():
    problem = make(3, sites=5, demands=5, years=(2028, 2032), headroom_high_kw=1500.0)
    return solve(problem, gap=1e-4)


def only(frame, **values):
    """Return the one row with these values."""
    for column, value in values.items():
        frame = frame[frame[column] == value]
    assert len(frame) == 1
    return frame.iloc[0]


def test_one_more_mw_is_worth_what_the_cheaper_site_saves(two):
    """Far 31,600; with room at near 30,200 (see test_siting_solve): 1,400. Far has room enough.

    With what is built held, near has no charger, so its next kW is worth nothing.
    """
    places = [("sub-near", 2030), ("sub-far", 2030)]
    frame = headroom_value(two, resolve=places, gap=0.0)
    near = only(frame, node_id="sub-near", kind=RESOLVED)
    assert near["eur_per_mw"] == pytest.approx(1400)
    assert near["low_eur_per_mw"] == pytest.approx(1400, abs=0.1)
    assert not near["approximate"]
    assert near["words"] == "One more MW at Near in 2030 saves 1,400 EUR."
    assert only(frame, node_id="sub-far", kind=RESOLVED)["eur_per_mw"] == 0
    marginal = frame[frame["kind"] == MARGINAL]
    assert marginal["eur_per_mw"].tolist() == [0, 0]
    assert marginal["approximate"].all()


def test_the_next_kw_is_worth_the_energy_it_lets_through():
    """40 of 100 kW at near, with a charger of 50 kW. The next kW serves 2,400 kWh a year: each
    saves 1 - 0.11, and the kW costs 10 EUR: 2,126. A whole MW: all at near costs 30,200; now
    500 + 1,000 + 300 + 400 + 96,000 x 0.11 + 144,000 = 156,760; so 126,560.
    """
    result = solve(near_only(40.0), gap=0.0)
    frame = headroom_value(result, resolve=[("sub-near", 2030)], gap=0.0)
    marginal = only(frame, node_id="sub-near", kind=MARGINAL)
    assert marginal["eur_per_mw"] == pytest.approx(2_126_000)
    assert marginal["low_eur_per_mw"] == 0
    assert "about 2,126.00 EUR" in marginal["words"]
    assert "Approximate" in marginal["words"]
    assert only(frame, kind=RESOLVED)["eur_per_mw"] == pytest.approx(126_560)


def test_lasting_room_is_worth_the_sum_of_its_years():
    """2026 (4 years) 40 of 50 kW and 2030 (4 years) 40 of 100 kW with what is built held."""
    problem = growing_site(150.0).replace(
        headroom_kw=np.array([40.0, 1000.0])[:, None, None] * np.ones((2, 2, 24))
    )
    result = solve(problem, gap=0.0)
    each = headroom_value(result)
    last = headroom_value(result, lasting=True)
    years = each[each["node_id"] == "sub-near"]["eur_per_mw"].to_numpy()
    assert years == pytest.approx([4 * 2_126_000] * 2)
    assert last[last["node_id"] == "sub-near"]["eur_per_mw"].to_numpy() == pytest.approx(
        [years.sum(), years[1]]
    )


@pytest.mark.parametrize(
    "parts", [(), ("days", "contracts", "storage"), ("upgrades", "budget", "links")]
)
def test_more_room_is_never_worth_less_than_nothing(parts):
    problem = make(4, sites=3, demands=3, years=(2028, 2032), headroom_high_kw=900.0)
    result = solve(with_parts(problem, parts, 4), gap=5e-2, time_limit=20.0)
    node = problem.node_ids[1]
    frame = headroom_value(result, resolve=[(node, 2028)], time_limit=0.5)
    assert (frame["low_eur_per_mw"] >= 0).all()
    assert (frame["eur_per_mw"] >= frame["low_eur_per_mw"]).all()
    assert (frame["eur_per_mw"] <= frame["high_eur_per_mw"]).all()


def test_an_unknown_node_or_year_is_refused(two):
    with pytest.raises(ValueError, match="'nowhere' is no grid node"):
        headroom_value(two, resolve=[("nowhere", 2030)])
    with pytest.raises(ValueError, match="2031 is none of the planning years"):
        headroom_value(two, resolve=[("sub-near", 2031)])


def test_why_a_site_is_open_and_another_is_not(two):
    """Without far: near serves half, 135,500 (15,500 and 120,000 unserved): 103,900 more.

    With near: half at each is 31,800: 200 more.
    """
    frame = why_sites(two, gap=0.0)
    far, near = only(frame, site_id="far"), only(frame, site_id="near")
    assert (far["state"], far["eur"]) == ("open", pytest.approx(103_900))
    assert far["words"] == (
        "Site far is open: without it the best plan costs 103,900 EUR more. Then Site near opens."
    )
    assert (near["state"], near["eur"]) == ("not open", pytest.approx(200))
    assert near["words"] == "Site near is not open: with it the best plan costs 200 EUR more."
    assert not frame["approximate"].any()


def test_a_site_that_may_not_open_says_so():
    frame = why_sites(solve(two_sites(forbidden=[True, False]), gap=0.0), ["near"])
    assert only(frame, site_id="near")["eur"] == math.inf
    assert "no new chargers are allowed there" in frame["words"][0]


def test_a_site_that_a_limit_needs_is_open_for_that():
    """Far alone can serve 90 % of the energy."""
    problem = two_sites(coverage=Coverage(("town",), [0], [[0.9]]))
    frame = why_sites(solve(problem, gap=0.0), ["far"], gap=0.0)
    assert frame["eur"][0] == math.inf
    assert frame["words"][0] == "Site far is open because no plan keeps all limits without it."


def test_what_stands_in_the_way_of_a_site_is_named():
    problem = two_sites(headroom_kw=np.array([0.0, 1000.0])[:, None, None] * np.ones((2, 1, 24)))
    frame = why_sites(solve(problem, gap=0.0), ["near"], gap=0.0)
    assert "Near has no room in some hours of every year." in frame["words"][0]
    nobody = two_sites(pair_demand=[0], pair_site=[1], pair_km=[1.0], pair_eur_per_kwh=[0.0])
    frame = why_sites(solve(nobody, gap=0.0), ["near"], gap=0.0)
    # 500 + 1,000 + 300 for a site that serves nobody.
    assert frame["eur"][0] == pytest.approx(1800)
    assert "Nobody asks for energy within its reach." in frame["words"][0]


def test_a_search_cut_short_gives_an_interval_and_never_a_false_number(region):
    frame = why_sites(region, time_limit=0.5)
    for _, row in frame[frame["otherwise"] != "not tried"].iterrows():
        assert 0 <= row["low_eur"] <= row["high_eur"]
        assert math.isnan(row["eur"]) or row["low_eur"] <= row["eur"] <= row["high_eur"]
        assert row["approximate"] == (row["high_eur"] - row["low_eur"] > 10)
    assert frame["approximate"].any()


def test_the_cost_of_congestion(two):
    """Without limits all charge at near: 30,200 instead of 31,600."""
    found = congestion(two, gap=0.0)
    assert found.cost.eur == pytest.approx(1400)
    assert found.cost.exact
    assert found.words == (
        "Congestion costs 1,400 EUR (net present).",
        "On a grid without limits Site near opens; Site far does not open.",
    )
    assert only(found.nodes, node_id="sub-near")["eur"] == pytest.approx(1400)
    assert only(found.nodes, node_id="sub-far")["eur"] == 0
    assert found.unserved["kwh_per_day"].tolist() == [0.0]


def test_congestion_says_what_it_leaves_unserved():
    found = congestion(solve(near_only(40.0), gap=0.0), ["sub-near"], gap=0.0)
    assert found.cost.eur == pytest.approx(126_560)
    assert "2030: 1,440 kWh a day not served, 0 on a grid without limits." in found.words


def test_a_reinforcement_is_not_needed_without_limits():
    """A second transformer for 500 EUR a year lets all charge at near: 30,700, less than far."""
    upgrades = Upgrades(("t2",), ("Second transformer",), [0], [1000.0], [2030], [500.0])
    result = solve(two_sites(upgrades=upgrades), gap=0.0)
    assert result.objective == pytest.approx(30_700)
    found = congestion(result, gap=0.0)
    assert found.cost.eur == pytest.approx(500)
    assert "The same sites open." in found.words
    frame = headroom_value(result, resolve=[("sub-near", 2030)], gap=0.0)
    assert only(frame, node_id="sub-near", kind=RESOLVED)["eur_per_mw"] == pytest.approx(500)


def test_freeing_one_node_never_saves_more_than_freeing_all(region):
    found = congestion(region, time_limit=1.0)
    assert (found.nodes["eur"] <= found.cost.high + 1.0).all()
    assert (found.nodes["low_eur"] >= 0).all()


def waiting(**changes):
    """Return the site of `growing_site`, under a substation with no room before 2030."""
    headroom = np.full((2, 2, 24), 1000.0)
    headroom[0, 0] = 0.0
    return growing_site(150.0).replace(headroom_kw=headroom, **changes)


def test_a_site_that_waits_for_the_grid():
    """In 2026 it would serve 50 kW for 4 x 15,350; unserved that is 480,000; both later years
    cost the same but for the one-off part, paid from 2026 on in either case of 150 a year.
    """
    frame = what_waits(solve(waiting(), gap=0.0), gap=0.0)
    row = only(frame, site_id="near")
    assert (row["opened_year"], row["would_open_year"]) == (2030, 2026)
    assert (row["waits_for_node"], row["waits_for_year"]) == ("sub-near", 2030)
    assert row["saved_eur"] == pytest.approx(480_000 - 4 * 15_350)
    assert (row["kw_first_year"], row["kw_last_year"]) == (0, 100)
    assert row["words"] == (
        "Site near opens in 2030 and waits for more headroom at Near in 2030: with that in 2026 "
        "it opens in 2026."
    )


def test_a_site_that_waits_for_demand_or_for_nothing():
    late = what_waits(solve(waiting(demand_kwh=[[0.0, 2400.0]]), gap=0.0), gap=0.0)
    assert "it waits for demand" in late["words"][0]
    assert late["waits_for_node"][0] is None
    now = what_waits(solve(growing_site(150.0), gap=0.0), gap=0.0)
    assert now["words"].tolist() == ["Site near can be built now."]
    assert now["now"].all()


def test_a_site_that_waits_for_a_reinforcement_to_choose():
    upgrades = Upgrades(("t2",), ("Second transformer",), [0], [1000.0], [2030], [1.0])
    problem = waiting(upgrades=upgrades)
    headroom = problem.headroom_kw.copy()
    headroom[0] = 0.0
    frame = what_waits(solve(problem.replace(headroom_kw=headroom), gap=0.0), gap=0.0)
    row = only(frame, site_id="near")
    assert (row["waits_for_node"], row["waits_for_year"]) == ("sub-near", 2030)


def test_a_site_that_waits_for_two_nodes_at_once():
    """Neither the substation nor the area above it is enough alone."""
    headroom = np.full((3, 2, 24), 1000.0)
    headroom[[0, 2], 0] = 0.0
    problem = growing_site(150.0).replace(
        node_ids=("sub-near", "sub-far", "area"),
        node_names=("Near", "Far", "Area"),
        node_parent=[2, 2, -1],
        node_x_m=[200_000.0, 210_000.0, 205_000.0],
        node_y_m=[500_000.0] * 3,
        headroom_kw=headroom,
        base_load_kw=np.zeros((3, 2, 24)),
    )
    row = only(what_waits(solve(problem, gap=0.0), gap=0.0), site_id="near")
    assert row["waits_for_node"] == "several"
    assert row["would_open_year"] == 2026


def table(**changes):
    values = {
        "assumption": ["demand", "price of diesel"],
        "change": ["demand_kwh", "unserved_eur_per_kwh"],
        "low": [0.5, 0.05],
        "high": [1.0, 1.0],
    }
    return pd.DataFrame(values | changes)


def test_the_assumption_that_decides(two):
    """Half the demand fits at near: 15,500, and far alone costs 700 + 1,000 + 300 + 500 +
    120,000 x 0.115 = 16,300; with its second charger 17,300: keeping costs 1,800 more.
    At 0.05 EUR nothing is built: 12,000; what stands costs 3,000 a year.
    """
    frame = tornado(two, table(), gap=0.0)
    assert frame["assumption"].tolist() == ["price of diesel"] * 2 + ["demand"] * 2
    half = only(frame, assumption="demand", side="low")
    assert half["objective_eur"] == pytest.approx(15_500)
    assert half["eur"] == pytest.approx(15_500 - 31_600)
    assert half["keep_eur"] == pytest.approx(1_800)
    assert half["sites_changed"] == 2
    cheap = only(frame, assumption="price of diesel", side="low")
    assert (cheap["objective_eur"], cheap["keep_eur"]) == (
        pytest.approx(12_000),
        pytest.approx(3000),
    )
    same = frame[frame["side"] == "high"]
    assert same["eur"].to_numpy() == pytest.approx([0, 0])
    assert (same["sites_changed"] == 0).all()


def test_an_assumption_can_be_a_function(two):
    """Detours twice as dear: half at each costs 31,800 + 600 instead of 31,600 + 1,200."""
    dear = table(
        assumption=["detours", "days"],
        change=[
            lambda problem, by: problem.replace(pair_eur_per_kwh=problem.pair_eur_per_kwh * by),
            "tail_years",
        ],
        low=[1.0, 1],
        high=[2.0, 2],
    )
    frame = tornado(two, dear, gap=0.0)
    assert only(frame, assumption="detours", side="high")["objective_eur"] == pytest.approx(32_400)
    assert only(frame, assumption="days", side="high")["eur"] == pytest.approx(31_600)


def test_all_faults_of_the_assumptions_at_once(two):
    with pytest.raises(InputError) as caught:
        tornado(two, table(change=["demand", "years"], low=[math.nan, 1.0]))
    assert len(caught.value.faults) == 3
    with pytest.raises(InputError, match="is no whole number, as tail_years is"):
        tornado(two, table(change=["tail_years", "days_per_year"], low=[1.5, 1.5]))
    with pytest.raises(InputError, match="is missing"):
        tornado(two, table().drop(columns="low"))


def test_sites_in_every_scenario(two):
    roomy = solve(two_sites(headroom_kw=ROOMY), gap=0.0)
    more = solve(two_sites(demand_kwh=[[3600.0]]), gap=0.0)
    frame = no_regret({"base": two, "more": more})
    far = only(frame, site_id="far")
    assert (far["how_often"], far["earliest_year"]) == ("always", 2030)
    assert far["words"].endswith("It is wanted whatever comes.")
    frame = no_regret({"base": two, "roomy": roomy, "more": more})
    assert only(frame, site_id="far")["scenarios_open"] == 2
    assert only(frame, site_id="near")["how_often"] == "sometimes"
    assert frame["site_id"].tolist() == ["far", "near"]


def test_scenarios_without_a_plan_or_with_other_sites_are_refused(two):
    base = np.full((2, 1, 24), 2000.0)
    broken = solve(two_sites(base_load_kw=base))
    with pytest.raises(ValueError, match="scenario 'full': nothing to explain"):
        no_regret({"base": two, "full": broken})
    with pytest.raises(ValueError, match="other sites"):
        no_regret({"base": two, "other": solve(make(0), gap=0.1)})
    with pytest.raises(ValueError, match="nothing to explain"):
        why_sites(broken)


def test_an_interval_holds_the_true_difference():
    problem = two_sites()
    cut = Rerun(problem, None, math.inf, 900.0)
    base = Rerun(problem, None, 1000.0, 950.0)
    change = dearer(base, cut, least=0.0)
    assert (change.low, change.high, change.exact) == (0.0, math.inf, False)
    assert math.isnan(change.eur)
    assert change.words == "an amount not known"
    assert dearer(base, Rerun(problem, None, math.inf, 1300.0)).words == "at least 300 EUR"
    plan = SitingSolution([[-1], [-1]], np.zeros((2, 1, 1)), np.zeros((2, 1)), np.zeros((0, 1)))
    saved = cheaper(base, Rerun(problem, plan, 800.0, 700.0))
    assert (saved.low, saved.high, saved.words) == (
        150.0,
        300.0,
        "150 to 300 EUR (plans found: 200)",
    )


def test_runs_share_the_time_that_is_left():
    shares = Shares(100.0, 4)
    first, second = shares.next(), shares.next()
    assert first == pytest.approx(25, abs=0.1)
    assert second == pytest.approx(100 / 3, abs=0.1)  # the first used nothing of its share


def test_reasons_are_the_same_twice(region):
    first, second = (why_sites(region, ["site-1"], seed=3, gap=0.02) for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


@pytest.mark.parametrize("years", [1, 2])
def test_a_plan_held_in_its_own_problem_costs_what_it_costs(region, years):
    held = solve_held(region.problem, region.solution, years=years, gap=1e-4, time_limit=10)
    assert held.objective <= region.objective * (1 + 1e-6)
    assert not check(region.problem, held.solution)
    assert (held.solution.step[:, :years] == region.solution.step[:, :years]).all()
    assert (held.solution.chargers[:, :, :years] == region.solution.chargers[:, :, :years]).all()


@pytest.mark.parametrize(
    "parts", [("contracts", "carriers"), ("storage", "links", "power_rules"), ("days", "upgrades")]
)
def test_a_plan_with_parts_held_in_its_own_problem(parts):
    problem = with_parts(make(1, sites=3, demands=3, years=(2028, 2032)), parts, 1)
    result = solve(problem, gap=3e-2, time_limit=20.0)
    for years in (1, 2):
        held = solve_held(problem, result.solution, years=years, gap=3e-2, time_limit=20.0)
        assert result.bound - 1.0 <= held.objective <= result.objective * (1 + 1e-6) + 0.1


def test_a_site_with_existing_chargers_is_made_to_get_a_new_one():
    problem = two_sites(existing_kw=[20.0, 0.0], fixed_eur_per_year=[5000.0, 700.0])
    forced = solve(problem.replace(power_rules=with_rule(problem, 0, 50.0)), gap=0.0)
    assert forced.solution.chargers[0].sum() == 1
    row = only(why_sites(solve(problem, gap=0.0), ["near"], gap=0.0), site_id="near")
    assert row["state"] == "not open"
    assert row["eur"] == pytest.approx(forced.objective - solve(problem, gap=0.0).objective)


def test_a_plan_held_where_nobody_needs_it_is_paid_for():
    """Two chargers at far, and no demand: 700 + 2,000 + 300."""
    plan = solve(two_sites(), gap=0.0).solution
    empty = two_sites(demand_kwh=[[0.0]])
    held = solve_held(empty, plan, years=1)
    assert held.status is Status.OPTIMAL
    assert held.objective == pytest.approx(3000)
    assert evaluate(empty, held.solution).costs_eur["chargers"] == 2000


def test_a_plan_held_where_it_is_not_allowed():
    plan = solve(two_sites(), gap=0.0).solution
    held = solve_held(two_sites(forbidden=[False, True]), plan, years=1)
    assert held.status is Status.INFEASIBLE
    assert held.reasons == ("Site far may not get new chargers here.",)
    held = solve_held(two_sites(max_chargers=[4, 1]), plan, years=1)
    assert held.reasons == ("Site far has room for 1 chargers here, not for 2.",)
