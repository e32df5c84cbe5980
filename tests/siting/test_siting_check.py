"""The checker: one broken plan per rule, and nothing to say about a good one."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from siting_cases import make
from siting_hand import growing_site, two_sites

from bundling.siting import SitingSolution, check, count_checks, solve


def all_far(**changes):
    """Everything at the far site of `two_sites`, some decisions changed."""
    plan = SitingSolution(step=[[-1], [0]], chargers=[[[0]], [[2]]], served=[[0.0], [1.0]])
    return dataclasses.replace(plan, **changes)


def rules(problem, plan):
    return {violation.rule for violation in check(problem, plan)}


def only(problem, plan):
    """The one violation of a plan."""
    found = check(problem, plan)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def test_a_good_plan_has_no_violations():
    assert check(two_sites(), all_far()) == []


def test_served_share_not_negative():
    found = only(two_sites(), all_far(served=[[-0.1], [1.0]]))
    assert (found.rule, found.where) == ("served share not negative", "demand 2030")
    assert found.amount == pytest.approx(0.1)


def test_served_at_most_once():
    problem = two_sites(existing_kw=[100.0, 0.0])
    found = only(problem, all_far(served=[[0.5], [1.0]]))
    assert (found.rule, found.unit) == ("demand served at most once", "share")
    assert found.amount == pytest.approx(0.5)


def test_forbidden_site():
    found = only(two_sites(forbidden=[False, True]), all_far())
    assert (found.rule, found.where) == ("forbidden site", "far 2030")


def test_room_for_chargers():
    found = only(two_sites(max_chargers=[4, 1]), all_far())
    assert (found.rule, found.amount, found.unit) == ("room for chargers", 1.0, "chargers")


def test_number_of_chargers_not_negative():
    # Existing chargers cover the missing one, so that nothing else is wrong.
    found = only(two_sites(existing_kw=[60.0, 0.0]), all_far(chargers=[[[-1]], [[2]]]))
    assert (found.rule, found.where) == ("number of chargers not negative", "near dc50 2030")


def test_chargers_need_a_connection():
    plan = all_far(step=[[-1], [-1]], served=[[0.0], [0.0]])
    found = only(two_sites(), plan)
    assert (found.rule, found.amount) == ("chargers need a connection", 2.0)


def test_charger_power():
    found = only(two_sites(), all_far(chargers=[[[0]], [[1]]]))
    assert (found.rule, found.where) == ("charger power", "far 2030 00:00")
    assert found.amount == pytest.approx(50.0)


def test_charger_power_counts_the_utilisation_limit():
    found = only(two_sites(utilisation_limit=0.8), all_far())
    assert found.amount == pytest.approx(20.0)


def test_fast_charger_power():
    problem = two_sites(demand_min_kw=[150.0])
    assert only(problem, all_far()).rule == "charger power of 150 kW and more"


def test_connection_power():
    problem = two_sites(step_max_kw=[80.0])
    found = only(problem, all_far())
    assert (found.rule, found.unit) == ("connection power", "kW")
    assert found.amount == pytest.approx(20.0)


def test_chargers_stay():
    plan = SitingSolution(
        step=[[1, 1], [-1, -1]], chargers=[[[3, 2]], [[0, 0]]], served=[[1.0, 1.0], [0.0, 0.0]]
    )
    found = only(growing_site(150.0), plan)
    assert (found.rule, found.where) == ("chargers stay", "near dc50 2030")


def test_connection_never_smaller():
    plan = SitingSolution(
        step=[[1, 0], [-1, -1]], chargers=[[[1, 1]], [[0, 0]]], served=[[1.0, 0.5], [0.0, 0.0]]
    )
    found = only(growing_site(150.0), plan)
    assert (found.rule, found.where) == ("connection never smaller", "near 2030")


def test_base_load_within_headroom():
    base = np.zeros((2, 1, 24))
    base[0, 0, 8] = 60.0
    found = only(two_sites(base_load_kw=base), all_far())
    assert (found.rule, found.where) == ("base load within headroom", "Near 2030 08:00")
    assert found.amount == pytest.approx(10.0)


def test_grid_headroom():
    plan = SitingSolution(step=[[0], [-1]], chargers=[[[2]], [[0]]], served=[[1.0], [0.0]])
    found = only(two_sites(), plan)
    assert (found.rule, found.where) == ("grid headroom", "Near 2030 00:00")
    assert found.amount == pytest.approx(50.0)


def test_grid_headroom_of_a_node_above():
    problem = two_sites(
        node_ids=("sub-near", "sub-far", "area"),
        node_names=("Near", "Far", "Area"),
        node_parent=[2, 2, -1],
        node_x_m=[0.0] * 3,
        node_y_m=[0.0] * 3,
        headroom_kw=np.array([50.0, 1000.0, 60.0])[:, None, None] * np.ones((3, 1, 24)),
        base_load_kw=np.zeros((3, 1, 24)),
    )
    found = only(problem, all_far())
    assert found.where == "Area 2030 00:00"
    assert found.amount == pytest.approx(40.0)


def test_unknown_step():
    assert rules(two_sites(), all_far(step=[[-1], [1]])) == {"unknown connection step"}


@pytest.mark.parametrize(
    "changes",
    [
        {"step": [[0]]},
        {"chargers": [[[0]], [[2]], [[0]]]},
        {"served": [[1.0]]},
    ],
)
def test_wrong_shape(changes):
    assert rules(two_sites(), all_far(**changes)) == {"shape"}


def test_not_a_number():
    assert rules(two_sites(), all_far(served=[[0.0], [float("nan")]])) == {"served share"}


def test_checks_are_counted_by_place():
    """Shares 2 + 1; four rules, 24 hours of one class and of a contract for 2 sites; 2 nodes."""
    assert count_checks(two_sites(), all_far()) == 3 + 2 * (4 + 24 + 24) + 2 * 2 * 24


def test_rounding_errors_are_no_violations():
    problem = make(3, years=(2028, 2032))
    plan = solve(problem).solution
    nudged = dataclasses.replace(plan, served=plan.served * (1 + 1e-10))
    assert check(problem, nudged) == []
