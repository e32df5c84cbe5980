"""The Pyomo reference and the library must find the same optimum on small random problems."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from rounds_cases import charging_problem, line_problem, small_problem

from bundling.errors import SolverError
from bundling.models.rounds import build, read
from bundling.models.solve import solve_reference
from bundling.result import Status
from bundling.rounds import RoundsProblem, check, evaluate
from bundling.rounds.breaks import BREAK_RULES
from bundling.rounds.solve import solve


def test_reference_reads_the_hand_worked_line() -> None:
    problem = line_problem()
    solution, cost = solve_reference(build, read, problem)
    assert cost == pytest.approx(158.88)
    assert solution is not None
    assert check(problem, solution) == []
    assert evaluate(problem, solution).objective == pytest.approx(158.88)


STATION = {
    "distance_m": charging_problem().distance_m,
    "time_s": charging_problem().time_s,
    "station_ids": ("post",),
    "station_x_m": [15_000.0],
    "station_y_m": [0.0],
    "station_eur_per_kwh": np.zeros((1, 24)),
    "curve_of": [[-1]],
}
CURVE = {"curve_kwh": [[0.0, 60.0]], "curve_s": [[0.0, 1800.0]]}
OTHER = {
    "matrix_of": [1],
    "other_distance_m": line_problem().distance_m[None],
    "other_time_s": line_problem().time_s[None],
}
OFF_DEFAULT = {
    "delivery_rolls": {"delivery_rolls": [1.0, 0.0]},
    "pickup_rolls": {"pickup_rolls": [1.0, 0.0]},
    "capacity_rolls": {"capacity_rolls": [9.0]},
    "release_s": {"release_s": [60.0, 0.0]},
    "prize_eur": {"prize_eur": [5.0, np.inf]},
    "max_distance_m": {"max_distance_m": [1e6]},
    "max_trips": {"max_trips": [2]},
    "reload_s": {"reload_s": [60.0]},
    "service_factor": {"service_factor": [2.0]},
    "regular_s": {"regular_s": [3600.0]},
    "overtime_eur_per_h": {"overtime_eur_per_h": [1.0]},
    "start_kwh": {"start_kwh": [50.0]},
    "end_depot": {
        "end_depot": [1],
        "depot_ids": ("hub", "end"),
        "depot_x_m": [0.0, 0.0],
        "depot_y_m": [0.0, 0.0],
        "depot_open_s": [0.0, 0.0],
        "depot_close_s": [86_400.0, 86_400.0],
        "distance_m": np.zeros((4, 4)),
        "time_s": np.zeros((4, 4)),
    },
    "recharge": {"recharge": "full"},
    "station_ids": STATION,
    "station_x_m": STATION,
    "station_y_m": STATION | {"station_y_m": [1.0]},
    "station_open_s": STATION | {"station_open_s": [60.0]},
    "station_close_s": STATION | {"station_close_s": [3600.0]},
    "connectors": STATION | {"connectors": [1]},
    "station_eur_per_kwh": STATION | {"station_eur_per_kwh": np.ones((1, 24))},
    "curve_of": STATION | CURVE | {"curve_of": [[0]]},
    "curve_kwh": STATION | CURVE,
    "curve_s": STATION | CURVE,
    "matrix_of": OTHER,
    "other_distance_m": OTHER,
    "other_time_s": OTHER,
    "other_levied_m": OTHER | {"other_levied_m": line_problem().distance_m[None] / 2},
    "other_tw_early_s": {
        "other_tw_early_s": [[50_000.0], [np.inf]],
        "other_tw_late_s": [[51_000.0], [-np.inf]],
    },
    "other_tw_late_s": {
        "other_tw_early_s": [[50_000.0], [np.inf]],
        "other_tw_late_s": [[51_000.0], [-np.inf]],
    },
    "pair_of": {"pair_of": [-1, 0], "pickup_kg": [600.0, 0.0], "pickup_m3": [3.0, 0.0]},
    "depot_kw": {"depot_kw": np.full((1, 96), 9.0)},
    "depot_eur_per_kwh": {"depot_eur_per_kwh": np.full((1, 96), 0.1)},
    "ready_by_s": {"ready_by_s": [80_000.0]},
    "station_depot": STATION | {"station_depot": [0]},
    "docks": {"docks": [1]},
    "loading_s": {"loading_s": [600.0]},
    "break_rule": {"break_rule": (next(iter(BREAK_RULES)),)},
    "period_start_s": {"period_start_s": [0.0, 30_000.0], "period_speed": [1.0, 0.5]},
    "period_speed": {"period_start_s": [0.0, 30_000.0], "period_speed": [1.0, 0.5]},
}
"""For each optional field, changes of the line that set it off its default."""
HONOURED = {"levied_m", "barred", "bar_rules"}


@pytest.mark.parametrize(
    "name",
    [
        spec.name
        for spec in dataclasses.fields(RoundsProblem)
        if spec.default is not dataclasses.MISSING and spec.name not in HONOURED
    ],
)
def test_reference_refuses_every_field_it_would_leave_out(name: str) -> None:
    with pytest.raises(SolverError, match=rf"\b{name}\b"):
        build(line_problem(**OFF_DEFAULT[name]))


def test_reference_takes_what_it_honours() -> None:
    build(
        line_problem(
            levied_m=line_problem().distance_m / 2,
            barred=[[1, 0]],
            bar_rules=("zero-emission zone",),
        )
    )


@pytest.mark.parametrize("seed", range(14))
def test_library_agrees_with_reference(seed: int) -> None:
    stops = 2 + seed % 3
    problem = small_problem(stops, seed=seed)
    result = solve(problem, time_limit=20.0)
    solution, cost = solve_reference(build, read, problem)
    if solution is None:
        assert result.status is Status.INFEASIBLE
        assert result.reasons
        return
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(cost, rel=1e-5)
    assert check(problem, solution) == []
    assert evaluate(problem, solution).objective == pytest.approx(cost, rel=1e-5)


def test_the_sample_has_both_answers_and_binding_rules() -> None:
    """A sample in which everything is easy would prove nothing."""
    costs = [solve(small_problem(2 + seed % 3, seed=seed)) for seed in range(14)]
    feasible = [result for result in costs if result.status is Status.OPTIMAL]
    assert 4 <= len(feasible) <= 13
    assert any(len(result.solution.routes) >= 2 for result in feasible)
    assert any(result.evaluation.indicators["waiting_h"] > 0 for result in feasible)
    used = {route.vehicle for result in feasible for route in result.solution.routes}
    assert len(used) >= 3
    assert np.isfinite([result.bound for result in feasible]).all()
