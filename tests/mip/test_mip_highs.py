"""The door to HiGHS: limits, starts, interrupts, verdicts and threads, as a user meets them."""

from __future__ import annotations

import _thread
import math
import os
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import canary_cases
import numpy as np
import pytest

from bundling.errors import SolverError
from bundling.mip import LinearModel, MipOutcome, highs, solve_model
from bundling.result import Event, Limit, Status


def market_split(
    rows: int = 6, columns: int = 50, on_top: float = 0.0
) -> tuple[LinearModel, np.ndarray]:
    """Pick items so that several sums are exactly half: far too hard for seconds of search.

    After G. Cornuejols and M. Dawande (1998). Deviations are priced at 1, so every choice is
    feasible and the bound stays 0; here a choice without deviation is planted and returned.
    """
    rng = np.random.default_rng(1)
    weights = rng.integers(0, 100, (rows, columns))
    planted = rng.integers(0, 2, columns)
    target = weights @ planted
    model = LinearModel()
    x = model.add_columns("x", columns, upper=1, integer=True)
    over = model.add_columns("over", rows, cost=1)
    under = model.add_columns("under", rows, cost=1)
    model.add_columns("on top", 1, lower=1, upper=1, cost=on_top)
    at = np.arange(rows)
    model.add_rows(
        "sum", rows, (at[:, None], x, weights), (at, over, -1.0), (at, under, 1.0),
        lower=target, upper=target,
    )  # fmt: skip
    return model, np.r_[planted, np.zeros(2 * rows), 1].astype(float)


def small_lp(**bounds: object) -> LinearModel:
    """min -3 x - 2 y with x + y <= 4, x <= 3: x = 3, y = 1, cost -11, dual of the row -2."""
    model = LinearModel()
    x = model.add_columns("x", 2, upper=[3, np.inf], cost=[-3, -2])
    model.add_rows("sum", 1, (0, x, 1.0), **({"upper": 4} | bounds))
    return model


@pytest.mark.parametrize("method", ["choose", "simplex", "ipx"])
def test_linear_model_by_hand(method):
    outcome = solve_model(small_lp(), lp_method=method)
    assert (outcome.status, outcome.limit) == (Status.OPTIMAL, Limit.NONE)
    assert outcome.objective == pytest.approx(-11)
    assert outcome.bound == outcome.objective
    np.testing.assert_allclose(outcome.values, [3, 1], atol=1e-7)
    np.testing.assert_allclose(outcome.row_duals, [-2], atol=1e-7)


def test_integers_come_back_whole():
    model, known = canary_cases.fixed_charge(np.random.default_rng(7))
    outcome = solve_model(model)
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == pytest.approx(known)
    whole = outcome.values[model.integer]
    np.testing.assert_array_equal(whole, np.round(whole))
    assert outcome.row_duals is None
    assert outcome.improvements[-1][1] == pytest.approx(known)


def test_infeasible_and_unbounded_are_told_apart():
    assert solve_model(small_lp(lower=10)).status is Status.INFEASIBLE
    short = LinearModel()
    x = short.add_columns("x", 1, upper=1)
    short.add_rows("low", 1, (0, x, 1.0), lower=2)
    outcome = solve_model(short)
    assert outcome.status is Status.INFEASIBLE
    assert outcome.values is None
    assert (outcome.objective, outcome.bound) == (math.inf, -math.inf)
    unbounded = LinearModel()
    unbounded.add_columns("x", 1, cost=-1)
    assert solve_model(unbounded).status is Status.FAILED


def test_a_claimed_infeasible_is_solved_again_without_presolve(monkeypatch):
    real, presolves = highs._run, []

    def claims_infeasible_with_presolve(model, limit, options, *rest):
        presolves.append(options["presolve"])
        if options["presolve"] == "choose":
            return MipOutcome(
                Status.INFEASIBLE, Limit.NONE, math.inf, -math.inf, None, None, 0.0, "Infeasible"
            )
        return real(model, limit, options, *rest)

    monkeypatch.setattr(highs, "_run", claims_infeasible_with_presolve)
    outcome = solve_model(small_lp())
    assert presolves == ["choose", "off"]
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == pytest.approx(-11)


def test_time_limit_is_kept_and_told():
    model, _ = market_split()
    began = time.perf_counter()
    outcome = solve_model(model, time_limit=1.0)
    wall = time.perf_counter() - began
    assert wall < 3.0
    assert outcome.limit is Limit.TIME
    assert outcome.status is Status.FEASIBLE
    assert 0 <= outcome.bound < outcome.objective < math.inf
    assert outcome.seconds == pytest.approx(wall, abs=0.2)
    assert outcome.improvements[-1][1] == pytest.approx(outcome.objective)


def test_time_limit_before_any_solution_claims_nothing():
    model, _ = market_split(rows=60, columns=4000)
    outcome = solve_model(model, time_limit=0.001)
    assert outcome.limit is Limit.TIME
    assert outcome.status in (Status.UNKNOWN, Status.FEASIBLE)
    if outcome.status is Status.UNKNOWN:
        assert outcome.values is None
        assert math.isinf(outcome.objective)
    # A linear model that is cut short has proved nothing, whatever it holds.
    relaxed = LinearModel()
    x = relaxed.add_columns("x", 4000, upper=1, cost=-np.arange(4000.0))
    weights = np.random.default_rng(0).random((400, 4000))
    relaxed.add_rows("room", 400, (np.arange(400)[:, None], x, weights), upper=100)
    cut_short = solve_model(relaxed, time_limit=0.01)
    assert (cut_short.status, cut_short.limit) == (Status.UNKNOWN, Limit.TIME)
    assert cut_short.bound == -math.inf


def test_a_gap_target_is_no_proof():
    # 1,000 on top of every cost: the first choices are within nine tenths of the bound.
    model, _ = market_split(on_top=1000.0)
    outcome = solve_model(model, gap=0.9, time_limit=20.0)
    assert (outcome.status, outcome.limit) == (Status.FEASIBLE, Limit.GAP)
    assert outcome.bound + 1e-6 >= 1000
    assert outcome.bound < outcome.objective


def test_a_known_solution_is_used():
    model, planted = market_split()
    outcome = solve_model(model, start=planted, time_limit=20.0)
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(model.matrix() @ outcome.values, model.row_lower, atol=1e-5)


def test_a_start_that_breaks_rows_does_no_harm():
    model, known = canary_cases.fixed_charge(np.random.default_rng(11))
    outcome = solve_model(model, start=np.zeros(model.num_columns))
    assert outcome.objective == pytest.approx(known)


def test_returning_false_stops_with_the_best_so_far():
    model, _ = market_split()
    seen: list[Event] = []

    def enough(event: Event) -> bool:
        seen.append(event)
        return len(seen) < 2

    began = time.perf_counter()
    outcome = solve_model(model, time_limit=30.0, step="canary", on_event=enough)
    assert time.perf_counter() - began < 10.0
    assert outcome.limit is Limit.INTERRUPT
    assert outcome.status is Status.FEASIBLE
    assert {event.step for event in seen} == {"canary"}
    assert outcome.objective <= seen[0].objective + 1e-9


def test_ctrl_c_keeps_the_best_so_far():
    model, _ = market_split()
    timer = threading.Timer(0.7, _thread.interrupt_main)
    timer.start()
    try:
        outcome = solve_model(model, time_limit=30.0)
    finally:
        timer.cancel()
    assert outcome.limit is Limit.INTERRUPT
    assert outcome.status is Status.FEASIBLE
    assert outcome.values is not None
    assert outcome.seconds < 10.0


def test_an_error_in_the_receiver_of_events_comes_out():
    model, _ = market_split()

    def broken(event: Event) -> bool:
        raise ValueError(f"cannot show {event.step}")

    began = time.perf_counter()
    with pytest.raises(ValueError, match="cannot show mip"):
        solve_model(model, time_limit=30.0, on_event=broken)
    assert time.perf_counter() - began < 10.0


def test_two_models_side_by_side():
    kinds = [canary_cases.lot_sizing, canary_cases.facility_location]
    jobs = [kind(np.random.default_rng(seed)) for seed in range(20) for kind in kinds]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda job: solve_model(job[0]).objective, jobs))
    assert found == pytest.approx([known for _, known in jobs])


def test_one_is_stopped_while_the_other_goes_on():
    hard, _ = market_split()
    model, known = canary_cases.lot_sizing(np.random.default_rng(3))
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(solve_model, hard, time_limit=30.0, on_event=lambda _: False)
        quick = pool.submit(solve_model, model)
        assert quick.result().objective == pytest.approx(known)
        assert slow.result().limit is Limit.INTERRUPT


def test_same_seed_same_answer():
    model, _ = canary_cases.single_source(np.random.default_rng(5))
    first, second = (solve_model(model, seed=9) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)


def test_standard_output_stays_clean_and_open():
    """No banner of HiGHS reaches standard output, and threads do not lose it for good."""
    script = textwrap.dedent("""
        from concurrent.futures import ThreadPoolExecutor
        from bundling.mip import LinearModel, solve_model

        def once(_):
            model = LinearModel()
            model.add_columns("x", 3, lower=1, cost=1, integer=True)
            return solve_model(model).objective

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(once, range(60))) == [3.0] * 60
        print("clean")
    """)
    ran = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )
    assert (ran.stdout, ran.returncode) == ("clean\n", 0), ran.stderr


def test_known_bad_versions_are_refused(monkeypatch):
    for bad in ("1.14.0", "1.15.1"):
        monkeypatch.setattr(highs, "version", lambda _, bad=bad: bad)
        with pytest.raises(SolverError, match=rf"highspy {bad} .*install a good one"):
            solve_model(small_lp())


def test_not_a_number_is_refused_in_words():
    """HiGHS takes a NaN for a number and calls the result optimal; we do not."""
    priceless = LinearModel()
    priceless.add_columns("x", 1, cost=math.nan)
    with pytest.raises(SolverError, match=r"1 columns, 0 rows.*NaN"):
        solve_model(priceless)
    torn = LinearModel()
    x = torn.add_columns("x", 2, upper=1, cost=-1)
    torn.add_rows("room", 1, (0, x, math.nan), upper=1)
    with pytest.raises(SolverError, match=r"2 columns, 1 rows.*NaN"):
        solve_model(torn)
