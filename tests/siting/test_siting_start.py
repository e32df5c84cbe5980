"""A plan to start from: what of it is taken over, what is refused, and that it is never lost."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from siting_cases import make
from siting_hand import growing_site, two_sites

from bundling.errors import InputError
from bundling.result import Limit, Status
from bundling.siting import SitingSolution, check, evaluate, solve
from bundling.siting.milp import build, read
from bundling.siting.search import Answer
from bundling.siting.settle import settle
from bundling.siting.start import better_start, columns_of_plan, cure, keep_better, plan_of
from bundling.siting.upgrades import Upgrades


def all_far(**changes):
    """Everybody of `two_sites` at far: feasible, and 31,600 EUR."""
    values = {"step": [[-1], [0]], "chargers": [[[0]], [[2]]], "served": [[0.0], [1.0]]}
    return SitingSolution(**(values | changes))


def test_a_plan_comes_back_from_its_columns():
    problem = two_sites()
    built = build(problem)
    values, cost = settle(built.model, columns_of_plan(built, all_far()), 0)
    again = read(problem, built, values)
    assert again.step.tolist() == [[-1], [0]]
    assert again.chargers.tolist() == [[[0]], [[2]]]
    assert again.served.tolist() == [[0.0], [1.0]]
    assert 1000 * cost == pytest.approx(evaluate(problem, all_far()).objective)


def test_what_the_model_leaves_out_becomes_the_nearest_thing_it_has():
    """Four chargers where two are enough, and the 200 kW step that is of no use at 100 EUR."""
    problem = growing_site(900.0).replace(demand_kwh=[[1200.0, 1200.0]])
    plan = SitingSolution([[1, 1], [-1, -1]], [[[3, 4]], [[0, 0]]], [[1.0, 1.0], [0.0, 0.0]])
    assert check(problem, plan) == []
    built = build(problem)
    values = settle(built.model, columns_of_plan(built, plan), 0)[0]
    fitted = read(problem, built, values)
    assert fitted.step[0].tolist() == [0, 0]
    assert fitted.chargers[0, 0].tolist() == [1, 1]
    assert evaluate(problem, fitted).objective < evaluate(problem, plan).objective


def test_sites_that_can_serve_nobody_are_left_out():
    """Nobody asks for anything here, so the model has no site at all, and a plan costs nothing."""
    problem = two_sites(demand_kwh=[[0.0]])
    built = build(problem)
    assert settle(built.model, columns_of_plan(built, all_far()), 0)[1] == 0.0


def test_the_cheaper_of_two_starts_is_taken():
    problem = two_sites()
    built = build(problem)
    nothing = settle(built.model, np.zeros(built.model.num_columns), 0)[0]
    values = better_start(built, all_far(), nothing, 0, math.inf)
    assert 1000 * float(built.model.cost @ values) == pytest.approx(31_600)
    assert better_start(built, None, nothing, 0, math.inf) is nothing
    optimum = better_start(built, solve(problem, gap=0.0).solution, None, 0, math.inf)
    assert better_start(built, all_far(), optimum, 0, math.inf) is optimum


@pytest.mark.parametrize(
    ("start", "columns"),
    [
        (all_far(step=[[0], [0], [0]]), ["step"]),
        (all_far(step=[[0, 0]] * 2, chargers=[[[0, 0]]] * 2), ["step", "chargers"]),
        (all_far(step=[[-1], [1]]), ["step"]),
        ("a plan", [""]),
    ],
)
def test_a_plan_of_other_sizes_is_refused(start, columns):
    with pytest.raises(InputError) as caught:
        plan_of(two_sites(), start)
    assert [fault.column for fault in caught.value.faults] == columns
    assert {fault.table for fault in caught.value.faults} == {"start"}


def test_a_result_of_other_sites_and_years_is_refused_with_all_that_differs():
    result = solve(two_sites(), gap=0.0)
    other = two_sites(years=(2035,), site_ids=("a", "b"))
    with pytest.raises(InputError) as caught:
        plan_of(other, result)
    assert [fault.column for fault in caught.value.faults] == ["years", "site_ids"]
    with pytest.raises(InputError, match="holds no siting plan"):
        plan_of(two_sites(), dataclasses.replace(result, solution=None, status=Status.UNKNOWN))


def test_what_has_another_size_is_left_to_the_search():
    """The other problem has a reinforcement to choose, and one pair less."""
    upgrades = Upgrades(("more",), ("More",), [0], [100.0], [2030], [1000.0])
    other = two_sites(
        upgrades=upgrades, pair_demand=[0], pair_site=[1], pair_km=[10.0], pair_eur_per_kwh=[0.005]
    )
    plan = plan_of(other, solve(two_sites(), gap=0.0))
    assert plan.served.tolist() == [[0.0]]
    assert plan.upgraded.tolist() == [[0]]


def answer(solution, cost):
    return Answer(solution, Status.UNKNOWN, cost, -math.inf, Limit.TIME, "", ())


def test_a_feasible_start_is_kept_when_the_search_found_nothing_better():
    problem = two_sites()
    kept = keep_better(problem, all_far(), answer(None, math.inf))
    assert kept.solution is not None
    assert kept.objective_eur == pytest.approx(31_600)
    better = answer(all_far(), 100.0)
    assert keep_better(problem, all_far(), better) is better
    too_much = all_far(chargers=[[[0]], [[9]]])
    assert keep_better(problem, too_much, answer(None, math.inf)).solution is None


def test_reinforcements_alone_are_a_start_where_overloads_must_be_cured():
    base = np.zeros((2, 1, 24))
    base[1, 0, 17] = 1800.0
    upgrades = Upgrades(("more",), ("More",), [1], [900.0], [2030], [3000.0])
    problem = two_sites(base_load_kw=base, base_overload="forbidden", upgrades=upgrades)
    plan = cure(problem)
    assert check(problem, plan) == []
    assert plan.upgraded.tolist() == [[1]]
    assert cure(problem.replace(base_overload="reported")) is None


def test_a_search_that_begins_with_the_optimum_ends_with_it():
    problem = two_sites()
    first = solve(problem, gap=0.0)
    again = solve(problem, gap=0.0, start=first)
    assert again.status is Status.OPTIMAL
    assert again.objective == pytest.approx(first.objective, rel=1e-9)
    assert solve(problem, gap=0.0, start=first.solution).objective == first.objective


def test_no_time_at_all_still_ends_with_the_start():
    problem = make(3, sites=25, demands=40, substations=4, years=(2028, 2032))
    start = solve(problem, time_limit=20.0, gap=0.02)
    again = solve(problem, time_limit=0.01, start=start)
    assert again.objective <= start.objective * (1 + 1e-9)


def test_a_start_that_breaks_a_limit_here_is_only_tried():
    """All at far, where only 50 kW are free here; near is the better place for all."""
    room = np.array([50.0, 1000.0])[:, None, None] * np.ones((2, 1, 24))
    start = solve(two_sites(), gap=0.0)
    result = solve(two_sites(headroom_kw=room[::-1]), gap=0.0, start=start)
    assert result.status is Status.OPTIMAL
    assert result.objective < start.objective


def test_a_start_of_another_region_is_refused():
    with pytest.raises(InputError, match="site_ids"):
        solve(two_sites(site_ids=("a", "b")), start=solve(two_sites(), gap=0.0))
