"""Neighbourhoods never make a plan dearer, keep it feasible, and find what is near."""

from __future__ import annotations

import math
import threading

import numpy as np
import pytest
from parts_cases import with_parts
from siting_cases import make

from bundling.certify import Clock
from bundling.mip import MipOutcome, solve_model
from bundling.result import Limit, Status
from bundling.siting import check, evaluate, neighbourhoods, solve
from bundling.siting.milp import EUR_PER_UNIT, build, read
from bundling.siting.neighbourhoods import improve
from bundling.siting.settle import settle
from bundling.siting.start import columns_of


def nothing_built(problem, built):
    step = np.full((problem.num_sites, problem.num_years), -1)
    chargers = np.zeros((problem.num_sites, problem.num_chargers, problem.num_years), dtype=int)
    return settle(built.model, columns_of(built, step, chargers), 0)[0]


@pytest.mark.parametrize("parts", [(), ("days", "contracts", "storage")])
def test_from_nothing_built_a_few_sites_at_a_time_reach_the_optimum(parts, monkeypatch):
    """Two of the three sites at a time, with all parts."""
    monkeypatch.setattr(neighbourhoods, "_WHOLE_NUMBERS", 12)
    problem = with_parts(make(5, sites=3, demands=4, steps=2, chargers=2), parts, 5)
    built = build(problem)
    start = nothing_built(problem, built)
    told = []
    values = improve(problem, built, start, Clock(60.0), 0, lambda cost: told.append(cost) or True)
    values, cost = settle(built.model, values, 0)
    plan = read(problem, built, values)
    assert check(problem, plan) == []
    assert evaluate(problem, plan).objective == pytest.approx(cost * EUR_PER_UNIT, rel=1e-6)
    best = solve(problem, gap=0.0).objective
    assert best <= cost * EUR_PER_UNIT * (1 + 1e-6)
    assert cost * EUR_PER_UNIT <= best * 1.001
    assert told == sorted(told, reverse=True)


def test_a_stopped_search_returns_a_plan_no_dearer():
    problem = make(3, sites=6, demands=6)
    built = build(problem)
    start = nothing_built(problem, built)
    halt = threading.Event()
    values = improve(problem, built, start, Clock(60.0), 0, lambda _: halt.set(), halt)
    assert built.model.cost @ values <= built.model.cost @ start
    again = solve_model(built.model, gap=0.0)
    assert again.objective <= built.model.cost @ values + 1e-9


def test_the_same_seed_gives_the_same_plan(monkeypatch):
    """Three of the six sites at a time, so that their order, which the seed sets, counts."""
    monkeypatch.setattr(neighbourhoods, "_WHOLE_NUMBERS", 30)
    problem = make(8, sites=6, demands=6, years=(2028, 2032), steps=3, chargers=2)
    built = build(problem)
    start = nothing_built(problem, built)
    runs = [improve(problem, built, start, Clock(), 4, lambda _: True) for _ in range(2)]
    assert np.array_equal(runs[0], runs[1])


def test_an_interrupt_in_a_step_ends_the_search_and_is_told(monkeypatch):
    """Ctrl-C reaches HiGHS, which stops; no other step may begin after it."""
    problem = make(3, sites=6, demands=6)
    built = build(problem)
    start = nothing_built(problem, built)
    calls, halt = [], threading.Event()

    def interrupted(model, **_):
        calls.append(model)
        return MipOutcome(
            Status.UNKNOWN, Limit.INTERRUPT, math.inf, -math.inf, None, None, 0.0, "interrupted"
        )

    monkeypatch.setattr(neighbourhoods, "solve_model", interrupted)
    values = improve(problem, built, start, Clock(60.0), 0, halt=halt)
    assert np.array_equal(values, start)
    assert len(calls) == 1
    assert halt.is_set()
