"""AFIR of a region's plan: corridors, sites along them, limits of a problem."""

from __future__ import annotations

import numpy as np
import pytest
from siting_hand import two_sites

import bundling
from bundling import InputError
from bundling.result import Status
from bundling.siting.afir_region import (
    afir_limits,
    afir_of_plan,
    region_corridors,
    sites_on_corridors,
    with_afir,
)
from bundling.siting.limits import PowerRules
from bundling.siting.pose import pose
from bundling.siting.solution import SitingSolution
from bundling.siting.solve import solve

# 20 km west to east; `two_sites` has a site at km 5.1 and one at km 15.1, 100 m north of it.
LINE = {"A1": ((195_000, 500_000), (215_000, 500_000))}


def fast(**changes):
    """Two sites with chargers of 400 and 1,000 kW and grid for all of them."""
    values = {
        "headroom_kw": np.full((2, 1, 24), 20_000.0),
        "max_chargers": [12, 12],
        "charger_ids": ("dc400", "mcs"),
        "charger_kw": [400.0, 1000.0],
        "charger_eur_per_year": [1000.0, 3000.0],
        "step_max_kw": [10_000.0],
    }
    return two_sites(**(values | changes))


def plan(problem, chargers):
    return SitingSolution(np.array([[0], [-1]]), np.array(chargers)[:, :, None], np.zeros((2, 1)))


def test_sites_within_three_kilometres_by_hand():
    problem = fast(site_y_m=[500_100.0, 503_500.0])
    found = sites_on_corridors(problem, lines=LINE)
    assert found["site_id"].tolist() == ["near"]
    assert found["km"].tolist() == pytest.approx([5.1])
    assert found["access_km"].tolist() == pytest.approx([0.1])
    assert len(sites_on_corridors(problem, 4.0, LINE)) == 2
    with pytest.raises(InputError, match="most_km"):
        sites_on_corridors(problem, -1.0, LINE)
    with pytest.raises(InputError, match="fewer than two points"):
        sites_on_corridors(problem, lines={"A1": LINE["A1"][:1]})


def test_a_plan_is_held_against_the_law(tiny_region):
    # 2030, core: both directions at one pool ask for 7,200 kW and 4 points of 350 kW.
    problem = fast(existing_kw=[200.0, 0.0])
    met = afir_of_plan(tiny_region, problem, plan(problem, [[0, 7], [0, 0]]), lines=LINE)
    assert met["met"].tolist() == [True, True]
    assert met["kw_found"].tolist() == [3600, 3600]
    assert met["year"].tolist() == [2030, 2030]
    few = afir_of_plan(tiny_region, problem, plan(problem, [[0, 6], [0, 0]]), lines=LINE)
    assert few["met"].tolist() == [False, False]
    assert few["kw_found"].tolist() == [3100, 3100]


def test_existing_points_are_none_unless_told(tiny_region):
    problem = fast(existing_kw=[7200.0, 0.0])
    nothing = plan(problem, [[0, 0], [0, 0]])
    assert not afir_of_plan(tiny_region, problem, nothing, lines=LINE)["met"].any()
    told = {"near": 4}
    table = afir_of_plan(tiny_region, problem, nothing, lines=LINE, existing_points=told)
    assert table["met"].all()
    with pytest.raises(InputError, match="no site of the problem"):
        afir_of_plan(tiny_region, problem, nothing, lines=LINE, existing_points={"x": 1})
    # The power is there, the points are not: only new chargers bring them.
    limits, _ = afir_limits(problem, tiny_region, lines=LINE)
    assert limits.min_kw.tolist() == [[7200.0], [4 * 350 + 7200.0]]
    assert afir_limits(problem, tiny_region, lines=LINE, existing_points=told)[0].ids == (
        "afir-A1-1",
    )


def test_the_rules_bind_in_a_solved_plan(tiny_region):
    problem = with_afir(fast(), tiny_region, lines=LINE)
    rules = problem.power_rules
    assert rules.ids == ("afir-A1-1", "afir-A1-1-points")
    assert rules.min_kw.tolist() == [[7200.0], [1400.0]]
    assert rules.min_charger_kw.tolist() == [0.0, 350.0]
    assert rules.member.all()
    result = solve(problem, gap=0.0)
    assert result.status is Status.OPTIMAL
    kw = (result.solution.chargers[:, :, 0] @ problem.charger_kw).sum()
    assert kw >= 7200
    assert solve(fast(), gap=0.0).evaluation.objective < result.evaluation.objective


def test_one_site_that_counts_becomes_a_pool(tiny_region):
    def of(**choices):
        problem = with_afir(fast(), tiny_region, lines=LINE, **choices)
        result = solve(problem, gap=0.0)
        assert result.status is Status.OPTIMAL
        return afir_of_plan(tiny_region, problem, result.solution, lines=LINE)["met"].tolist()

    assert of(pool_sites=["far"]) == [True, True]
    with pytest.raises(InputError, match="is no site within 3 km of a corridor"):
        of(pool_sites=["elsewhere"])


def test_rules_that_are_there_stay(tiny_region):
    own = PowerRules(("own",), [[True, False]], [[400.0]], [0.0])
    problem = with_afir(fast(power_rules=own), tiny_region, lines=LINE)
    assert problem.power_rules.ids == ("own", "afir-A1-1", "afir-A1-1-points")
    assert problem.power_rules.min_kw[:, 0].tolist() == [400.0, 7200.0, 1400.0]
    assert problem.power_rules.member[0].tolist() == [True, False]
    with pytest.raises(InputError, match="already"):
        with_afir(problem, tiny_region, lines=LINE)


def test_rules_that_no_plan_can_keep_are_said(tiny_region):
    long = {"A1": ((195_000, 500_000), (395_000, 500_000))}
    with pytest.raises(InputError, match="to km 75: 7200 kW by 2030; no site lies there"):
        with_afir(fast(), tiny_region, lines=long)
    problem = with_afir(fast(), tiny_region, lines=long, leave_out=True)
    # Km 5.1 to 65.1 holds only the second site, so that km 0 to 60 with both says nothing more.
    assert problem.power_rules.member.tolist() == [[False, True]] * 2
    small = fast(max_chargers=[3, 3])
    _, words = afir_limits(small, tiny_region, lines=LINE)
    assert words[0].endswith(
        "its sites have room for 6000 kW and 6 points of 350 kW, and 4 points are asked for"
    )
    # Natura 2000: no member, so no site at all.
    bare = fast(forbidden=[True, True])
    assert afir_limits(bare, tiny_region, lines=LINE)[1][0].endswith("no site lies there")
    assert with_afir(bare, tiny_region, lines=LINE, leave_out=True) is bare


def test_a_line_without_status_is_a_fault(tiny_region):
    with pytest.raises(InputError, match="TEN-T"):
        region_corridors(tiny_region, {"N35": LINE["A1"]})


def test_overijssel():
    region = bundling.load("overijssel")
    corridors = {one.corridor_id: one for one in region_corridors(region)}
    # Edges of the motorway graph: Apeldoorn to Losser 72.8 km, Hattem to Hoogeveen 45.7 km (the
    # line starts at the IJssel), Wierden to Enschede 29.1 km.
    assert corridors["A1"].length_km == pytest.approx(72.8, rel=0.05)
    assert corridors["A28"].length_km == pytest.approx(45.7, rel=0.15)
    assert corridors["A35"].length_km == pytest.approx(29.1, rel=0.05)
    assert corridors["A35"].node_ids[0] == "Wierden (mw-196615)"
    found = sites_on_corridors(region)
    assert set(found["corridor_id"]) == {"A1", "A28", "A35"}
    assert {"corridor", "truck_parking", "estate"} <= set(found["kind"])
    assert (found["access_km"] <= 3).all()
    problem = pose(region, years=(2026, 2030))
    assert sites_on_corridors(problem).equals(found)
    asked = with_afir(problem, region)
    assert not asked.power_rules.min_kw[:, 0].any()  # shares of the length are not asked for
    assert (asked.power_rules.min_kw[:, 1] > 0).all()
    empty = SitingSolution(
        np.full((problem.num_sites, 2), -1),
        np.zeros((problem.num_sites, problem.num_chargers, 2)),
        np.zeros((problem.num_pairs, 2)),
    )
    table = afir_of_plan(region, problem, empty)
    assert len(table) == 12
    assert not table["met"].any()
