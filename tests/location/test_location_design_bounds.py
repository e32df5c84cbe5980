"""Network design: prices, branching and ruin and recreate prove no more than is true."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from design_cases import random_case

import bundling
from bundling.location import DesignProblem, network_design
from bundling.location.design import search
from bundling.location.design.branch import raise_bound
from bundling.location.design.check import check
from bundling.location.design.cutsets import cut_sets
from bundling.location.design.lagrange import Ascent, arcs_of, first_prices
from bundling.location.design.model import build, read, usable
from bundling.location.design.reroute import reroute
from bundling.location.design.slopes import first_plan
from bundling.result import Limit, Status

SEEDS = range(8)


def shared_way() -> DesignProblem:
    """Two commodities of 2 units from A to B, over one link of 4 units that costs 10 to open."""
    return network_design(
        [("A", "B")], [("A", "B"), ("A", "B")], unit_cost=1.0, fixed_cost=10.0, quantity=2.0,
        capacity=4.0,
    )  # fmt: skip


def best_of(problem: DesignProblem) -> float:
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL
    return result.objective


def test_full_link_is_bought_whole() -> None:
    # With the price of a unit at 1 + 10 / 4 in B the link earns what it costs: 4 * 3.5 = 14.
    problem = shared_way()
    prices = np.array([[0.0, 3.5], [0.0, 3.5]])
    ascent = Ascent(arcs_of(problem), prices)
    assert ascent.bound == pytest.approx(14)
    assert ascent.priced().worth.tolist() == pytest.approx([0.0])


def test_a_gain_too_small_opens_nothing() -> None:
    # At 2 a unit gains 1 on the link: 4 do not pay for 10, and both commodities cost 2 * 2.
    ascent = Ascent(arcs_of(shared_way()), np.array([[0.0, 2.0], [0.0, 2.0]]))
    assert ascent.bound == pytest.approx(8)
    assert ascent.priced().worth.tolist() == pytest.approx([6.0])


@pytest.mark.parametrize("seed", SEEDS)
def test_any_prices_give_a_bound(seed: int) -> None:
    problem = random_case(seed)
    best = best_of(problem)
    rng = np.random.default_rng(seed)
    prices = rng.random((problem.num_commodities, problem.num_nodes)) * 30
    ascent = Ascent(arcs_of(problem), prices)
    assert ascent.bound <= best + 1e-9
    before = ascent.bound
    assert before <= ascent.rise(200, best) <= best + 1e-9


@pytest.mark.parametrize("seed", SEEDS)
def test_worth_tells_what_an_arc_costs_more(seed: int) -> None:
    # Without the arcs that raise the bound above the best cost there is a plan as cheap.
    problem = random_case(seed)
    best = best_of(problem)
    ascent = Ascent(arcs_of(problem), first_prices(problem))
    ascent.rise(300, best)
    priced = ascent.priced()
    shut = (priced.worth > 0) & (priced.bound + priced.worth > best + 1e-6)
    most = np.where(shut, 0, problem.most_facilities)
    assert best_of(problem.replace(most_facilities=most)) == pytest.approx(best)


@pytest.mark.parametrize("seed", SEEDS)
def test_branching_ends_at_the_best_cost(seed: int) -> None:
    problem = random_case(seed)
    best = best_of(problem)
    ascent = Ascent(arcs_of(problem), first_prices(problem))
    ascent.rise(300, best)
    told: list[float] = []
    bound = raise_bound(
        arcs_of(problem), ascent.priced(), lambda: best, lambda b: told.append(b) is None, 400
    )
    assert ascent.bound <= bound <= best + 1e-9
    assert bound >= best * 0.99
    assert told == sorted(told)


@pytest.mark.parametrize("seed", SEEDS)
def test_rerouting_keeps_the_rules(seed: int) -> None:
    problem = random_case(seed)
    whole = build(problem, usable(problem))
    first, _ = first_plan(problem, whole, lambda: 10.0, rounds=1)
    assert first is not None
    told: list[float] = []
    plan = reroute(
        problem, whole, first, steps=4000, left=lambda: 10.0, halt=threading.Event(),
        tell=lambda p: told.append(p.cost), seed=seed,
    )  # fmt: skip
    assert plan.cost <= first.cost
    assert check(problem, read(whole, plan.flow, plan.facilities)) == []
    assert plan.cost >= best_of(problem) - 1e-6
    assert told == sorted(told, reverse=True)


@pytest.mark.parametrize("seed", range(4))
def test_the_way_of_large_networks(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_case(seed)
    best = best_of(problem)
    monkeypatch.setattr(search, "_PROOF_PAIRS", 0)
    result = bundling.solve(problem, gap=0.01, time_limit=10)
    assert result.limit in (Limit.GAP, Limit.NONE, Limit.TIME)
    assert result.bound <= best + 1e-6
    assert result.objective >= best - 1e-6
    assert result.objective <= best * 1.05


def test_large_networks_hear_the_listener(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_PROOF_PAIRS", 0)
    heard: list[float] = []
    result = bundling.solve(
        random_case(1), gap=0.0, time_limit=20,
        on_event=lambda event: heard.append(event.bound) is None and len(heard) < 4,
    )  # fmt: skip
    assert result.limit in (Limit.INTERRUPT, Limit.GAP, Limit.NONE)
    assert result.bound <= result.objective


def test_what_must_leave_a_node_needs_its_largest_links() -> None:
    # 5 units leave A over links of 3, 3 and 1: two at least, and no link carries more than 5.
    problem = network_design(
        [("A", "B"), ("A", "C"), ("A", "D"), ("B", "D"), ("C", "D")], [("A", "D")],
        unit_cost=1.0, fixed_cost=1.0, quantity=5.0, capacity=[3.0, 3.0, 1.0, 9.0, 9.0],
    )  # fmt: skip
    cut = next(iter(cut_sets(problem, np.ones(5, dtype=bool))))
    assert cut.arcs.tolist() == [0, 1, 2]
    assert (cut.units, cut.number) == (5.0, 2)
    # Where the small link costs nothing and is there anyway, 4 units are left for the others.
    cut = next(iter(cut_sets(problem, np.array([True, True, False, True, True]))))
    assert (cut.units, cut.number) == (4.0, 2)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_plan_keeps_every_cut_set(seed: int) -> None:
    problem = random_case(seed)
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    number = result.solution.facilities
    for cut in cut_sets(problem, problem.fixed_cost > 0):
        assert cut.room @ number[cut.arcs] >= cut.units - 1e-6
        assert number[cut.arcs].sum() >= cut.number
