"""The last-mile estimate against solved rounds: figures by hand, held-out samples, refits."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import bundling
from bundling.errors import InputError
from bundling.hubs.last_mile_fit import calibrate, shipped_fit
from bundling.last_mile_rounds import (
    CASE_COLUMNS,
    cases_of,
    estimated_against_solved,
    refit,
    sample_rounds,
)
from bundling.result import Result
from bundling.rounds import RoundsProblem, RoundsSolution
from bundling.rounds.solution import Route

HELD_OUT_SEED = 99
"""The shipped factors were fitted to samples of seed 1."""


@pytest.fixture(scope="module")
def deventer() -> RoundsProblem:
    """All stops of Deventer, from a hub that the shipped factors were not fitted with."""
    region = bundling.load("deventer")
    depots = dict.fromkeys(region.table("stops")["stop_id"], "hub-deventer-bergweide")
    return region.rounds(day=date(2030, 6, 4), municipality="Deventer", depots=depots)


@pytest.fixture(scope="module")
def held_out(deventer: RoundsProblem) -> list[Result]:
    samples = [("evan", 25, None), ("evan", 15, 30), ("erigid", 30, None), ("cargo_bike", 20, None)]
    return [
        bundling.solve(
            sample_rounds(deventer, vehicle_type=kind, stops=n, seed=HELD_OUT_SEED, near=near),
            time_limit=1.5,
            seed=1,
        )
        for kind, n, near in samples
    ]


def test_the_estimate_of_held_out_rounds_is_within_the_range_it_states(
    held_out: list[Result],
) -> None:
    found = estimated_against_solved(held_out)
    assert found["inside"].all(), found[["low_km", "vehicle_km", "high_km"]].to_string()
    assert np.abs(found["error"]).mean() < 0.12
    assert found["vehicle_types"].tolist() == ["evan", "evan", "erigid", "cargo_bike"]


def test_cases_are_the_figures_of_the_rounds(deventer: RoundsProblem) -> None:
    """One van over three stops and one over a fourth, counted by hand from the matrices."""
    problem = sample_rounds(deventer, vehicle_type="evan", stops=4, seed=3)
    a, b, c, d = problem.stop_ids
    (entry,) = problem.vehicle_ids
    # Cases only count what was driven, whatever the windows say.
    solution = RoundsSolution((Route(entry, (a, b, c), 6 * 3600.0), Route(entry, (d,), 7 * 3600.0)))
    result = bundling.solve(problem, time_limit=0.5)
    driven = Result(
        problem, solution, result.status, result.limit, result.bounds, None, (), (), result.run
    )
    (row,) = cases_of([driven]).to_dict("records")
    m = problem.distance_m
    km = (m[0, 1] + m[1, 2] + m[2, 3] + m[3, 0] + m[0, 4] + m[4, 0]) / 1000.0
    assert row["vehicle_km"] == pytest.approx(km)
    assert (row["stops"], row["tours"], row["vehicle_types"]) == (4, 2, "evan")
    assert row["hub_km"] == pytest.approx(m[0, 1:].mean() / 1000.0)
    assert row["drop_kg"] == pytest.approx(
        max(problem.delivery_kg.sum(), problem.pickup_kg.sum()) / 4
    )
    assert tuple(row) == CASE_COLUMNS
    assert cases_of([]).empty


def test_a_user_refits_on_own_rounds(held_out: list[Result]) -> None:
    fit = refit(held_out, "my rounds")
    assert (fit.cases, fit.data) == (4, "my rounds")
    assert np.isfinite([fit.mape, fit.loo_mape, fit.below, fit.above]).all()
    with pytest.raises(InputError, match="fewer than 3"):
        refit(held_out[:2], "too few")


def test_samples_are_seeded_and_hold_what_the_type_can_serve(deventer: RoundsProblem) -> None:
    one, two = (
        sample_rounds(deventer, vehicle_type="cargo_bike", stops=12, seed=5) for _ in range(2)
    )
    assert one.stop_ids == two.stop_ids
    assert len(one.stop_ids) == 12
    assert (one.delivery_kg <= one.capacity_kg[0]).all()
    with pytest.raises(InputError, match="zeppelin"):
        sample_rounds(deventer, vehicle_type="zeppelin", stops=3, seed=1)


def test_the_benchmark_rows_give_the_shipped_factors() -> None:
    """What is shipped is what the rows of the benchmark say, class by class."""
    path = Path(__file__).parents[1] / "benchmarks" / "results" / "last_mile.csv"
    cases = pd.read_csv(path)
    for kind, mine in cases.groupby("vehicle_class"):
        shipped = shipped_fit(str(kind))
        fit = calibrate(mine.reset_index(drop=True), str(kind), by="region")
        assert fit.form == shipped.form
        for name in ("linehaul", "detour", "mape", "loo_mape", "below", "above"):
            assert getattr(fit, name) == pytest.approx(getattr(shipped, name), abs=1e-4)
        assert shipped.cases == len(mine)
