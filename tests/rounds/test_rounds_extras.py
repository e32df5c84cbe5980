"""All that most problems do not have, at once: tables, pickles, faults, and nothing by default."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from rounds_cases import city_problem, line_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.io.rounds_solution import from_json, to_text
from bundling.rounds import (
    Break,
    DepotCharge,
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    evaluate,
)
from bundling.rounds.defaults import left_at_default

EXTRAS = {
    "matrix_of", "other_distance_m", "other_time_s", "other_levied_m", "other_tw_early_s",
    "other_tw_late_s", "pair_of", "depot_kw", "depot_eur_per_kwh", "ready_by_s", "station_depot",
    "docks", "loading_s", "period_start_s", "period_speed",
}  # fmt: skip


def extra_problem() -> RoundsProblem:
    """Every field of `EXTRAS`, and the rule on breaks, away from its default."""
    base = city_problem(5, seed=3, depots=2, fleet=("evan", "erigid"))
    nodes = 2 + 5 + 2
    distance = np.random.default_rng(2).uniform(1000, 9000, (nodes, nodes))
    closed = np.where(np.arange(nodes * nodes).reshape(nodes, nodes) % 11 == 5, np.inf, distance)
    pickup_kg, pickup_m3 = base.pickup_kg.copy(), base.pickup_m3.copy()
    pickup_kg[0], pickup_m3[0] = base.delivery_kg[2], base.delivery_m3[2]
    return base.replace(
        bar_rules=(),
        stop_depot=[-1] * 5,
        pickup_kg=pickup_kg,
        pickup_m3=pickup_m3,
        pair_of=[-1, -1, 0, -1, -1],
        distance_m=distance,
        time_s=distance / 8,
        levied_m=distance / 4,
        matrix_of=[0, 2, 1, 0],
        other_distance_m=[closed, distance * 2],
        other_time_s=[closed / 9, distance],
        other_levied_m=[np.where(np.isinf(closed), 0, distance / 5), distance],
        other_tw_early_s=[[70_000, 80_000], *[[np.nan, np.nan]] * 3, [75_000, np.nan]],
        other_tw_late_s=[[71_000, 80_000], *[[np.nan, np.nan]] * 3, [76_000, np.nan]],
        depot_kw=np.r_[np.full((1, 96), np.inf), np.arange(96.0)[None, :]],
        depot_eur_per_kwh=np.arange(192.0).reshape(2, 96) / 1000 - 0.05,
        ready_by_s=[100_000, 101_000, 102_000, 103_000],
        docks=[3, 1_000_000],
        loading_s=[0, 600, 600, 0],
        break_rule=("", "eu561+atw", "eu561", "atw"),
        period_start_s=[0, 25_200, 32_400],
        period_speed=[1.1, 0.7, 1],
        station_ids=("yard", "mall"),
        station_x_m=[0, 1],
        station_y_m=[3, 4],
        station_depot=[1, -1],
        station_eur_per_kwh=np.full((2, 24), 0.4),
        curve_of=[[0, 0]] * 4,
        curve_kwh=[[0, 300]],
        curve_s=[[0, 9000]],
    )


def test_nothing_is_left_at_its_default_here_and_all_is_elsewhere() -> None:
    problem = extra_problem()
    assert not EXTRAS & set(left_at_default(problem))
    assert set(left_at_default(city_problem(3))) >= EXTRAS


def test_every_field_goes_through_tables_and_pickle() -> None:
    problem = extra_problem()
    assert same(RoundsProblem.from_tables(problem.to_tables()), problem)
    assert same(pickle.loads(pickle.dumps(problem)), problem)
    assert same(problem.replace(recharge="partial"), problem)


def test_tables_through_text_files(tmp_path) -> None:
    problem = extra_problem()
    square = ("distance_m", "time_s", "levied_m")
    for name, table in problem.to_tables().items():
        table.to_csv(tmp_path / name, index=name.startswith(square))
    tables = {
        file.name: pd.read_csv(file, index_col=0 if file.name.startswith(square) else None)
        for file in tmp_path.iterdir()
    }
    assert same(RoundsProblem.from_tables(tables), problem)


def test_blank_docks_and_missing_columns_mean_the_default() -> None:
    tables = line_problem().to_tables()
    tables["depots"]["docks"] = np.nan
    tables["vehicles"] = tables["vehicles"].drop(columns=["matrix_of", "loading_s"])
    assert same(RoundsProblem.from_tables(tables), line_problem())


def test_faults_of_all_of_them_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        extra_problem().replace(
            matrix_of=[0, 9, 1, 0],
            other_tw_early_s=[[60_000, 60_000], *[[np.nan, np.nan]] * 3, [99_000, np.nan]],
            pair_of=[-1, -1, 0, 3, -1],
            depot_kw=np.full((2, 96), -1.0),
            loading_s=[-1, 0, 0, 0],
            station_depot=[7, -1],
            break_rule=("", "nap", "", ""),
            period_speed=[1, 0, 1],
        )
    assert {(fault.table, fault.column) for fault in caught.value.faults} == {
        ("vehicles", "matrix_of"),
        ("other_windows", "tw_early_s"),
        ("stops", "pair_of"),
        ("depot_power", "kw"),
        ("vehicles", "loading_s"),
        ("stations", "station_depot"),
        ("vehicles", "break_rule"),
        ("periods", "speed"),
    }


def test_defaults_follow_what_they_depend_on() -> None:
    problem = line_problem(depot_open_s=[3600.0])
    assert problem.ready_by_s.tolist() == [90_000.0]
    assert problem.replace(depot_open_s=[0.0]).ready_by_s.tolist() == [86_400.0]
    assert problem.replace(ready_by_s=[1e5]).replace(depot_open_s=[0.0]).ready_by_s[0] == 1e5


def test_the_price_at_the_depot_is_weighted_with_the_others() -> None:
    problem = line_problem(depot_eur_per_kwh=np.full((1, 96), 0.2))
    assert problem.weighted(eur=0.5).depot_eur_per_kwh[0, 0] == pytest.approx(0.1)
    assert problem.weighted(km=1.0).depot_eur_per_kwh[0, 0] == 0.0


def test_fields_at_their_defaults_add_no_cost_and_no_figure() -> None:
    problem = line_problem()
    solution = RoundsSolution((Route("hub/evan", ("near", "far"), 8 * 3600.0 - 600.0),))
    assert check(problem, solution) == []
    evaluation = evaluate(problem, solution)
    assert set(evaluation.costs_eur) == {"vehicles", "kilometres", "hours", "energy", "levy"}
    assert not {"peak_kw", "break_h", "depot_charged_kwh"} & set(evaluation.indicators)


def test_breaks_and_charges_at_depots_are_read_from_json_and_refused_as_text() -> None:
    route = Route("hub/evan", ("near",), 8 * 3600.0, breaks=(Break(1, 900.0),))
    solution = RoundsSolution((route,), (DepotCharge(0, 40, 1.5),))
    plain = solution.to_dict()
    again = from_json(json.dumps(plain))
    assert (again.routes, again.depot_charging) == (solution.routes, solution.depot_charging)
    with pytest.raises(InputError) as caught:
        to_text(solution, line_problem())
    assert [fault.column for fault in caught.value.faults] == ["depot_charging", ""]
    plain["routes"][0]["breaks"] = [{"before": 1}]
    plain["depot_charging"] = [{"route": 0, "quarter": 0.5, "kwh": 1}]
    with pytest.raises(InputError) as caught:
        from_json(json.dumps(plain))
    assert {fault.column for fault in caught.value.faults} == {"breaks", "depot_charging"}
