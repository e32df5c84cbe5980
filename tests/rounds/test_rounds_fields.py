"""Optional fields: faults, tables both ways, other objectives, what the search refuses."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from rounds_cases import charging_problem, city_problem, line_problem
from test_rounds_problem import same

from bundling.errors import InputError, SolverError
from bundling.rounds import (
    Charge,
    RoundsProblem,
    RoundsSolution,
    Route,
    all_figures,
    evaluate,
    supported,
)
from bundling.rounds.solve import solve
from bundling.rounds.supported import beyond_pyvrp, unsupported

EIGHT = 8 * 3600.0


def full_problem() -> RoundsProblem:
    """Every optional field away from its default."""
    base = city_problem(7, seed=5, depots=2, fleet=("evan", "erigid"))
    rng = np.random.default_rng(1)
    nodes = 2 + 7 + 3
    distance = rng.uniform(1000, 9000, (nodes, nodes))
    return base.replace(
        barred=np.arange(28).reshape(4, 7) % 9 == 0,
        distance_m=distance,
        time_s=distance / 8,
        levied_m=distance / 4,
        delivery_rolls=np.arange(7),
        pickup_rolls=np.arange(7) % 2,
        capacity_rolls=[9, 18, 9, np.inf],
        release_s=np.arange(7) * 600,
        prize_eur=[np.inf, 20, np.inf, 30, 0, 10, np.inf],
        max_distance_m=[np.inf, 1e5, 2e5, np.inf],
        max_trips=[1, 2, 3, 1],
        reload_s=[0, 900, 900, 0],
        service_factor=[1, 1.5, 1, 1],
        regular_s=[28_800, np.inf, 28_800, 28_800],
        overtime_eur_per_h=[10, 0, 12, 10],
        start_kwh=base.usable_kwh * [1, 0.5, 1, 0.9],
        end_depot=[1, 0, 1, 1],
        recharge="full",
        station_ids=("west", "east", "quay"),
        station_x_m=[0, 1, 2],
        station_y_m=[3, 4, 5],
        station_open_s=[0, 21_600, 0],
        station_close_s=[np.inf, 79_200, 86_400],
        connectors=[1, 2, 1_000_000],
        station_eur_per_kwh=rng.uniform(0.3, 0.8, (3, 24)),
        curve_of=[[0, 0, -1], [1, -1, 1], [0, 0, 0], [-1, -1, -1]],
        curve_kwh=[[0, 50, 60, 60], [0, 200, 240, 250]],
        curve_s=[[0, 3600, 7200, 7200], [0, 4800, 7000, 9000]],
    )


def test_every_field_goes_through_tables_and_pickle() -> None:
    problem = full_problem()
    tables = problem.to_tables()
    assert same(RoundsProblem.from_tables(tables), problem)
    assert same(pickle.loads(pickle.dumps(problem)), problem)
    assert {"stations", "station_prices", "curves", "may_charge"} <= set(tables)
    assert {"stations", "curves"}.isdisjoint(line_problem().to_tables())


def test_tables_through_text_files(tmp_path) -> None:
    problem = full_problem()
    for name, table in problem.to_tables().items():
        table.to_csv(tmp_path / name, index=name in ("distance_m", "time_s", "levied_m"))
    tables = {
        file.name: pd.read_csv(file, index_col=0 if file.name.endswith(("_m", "e_s")) else None)
        for file in tmp_path.iterdir()
    }
    assert same(RoundsProblem.from_tables(tables), problem)


def test_blank_cells_and_missing_columns_mean_the_default() -> None:
    problem = charging_problem(
        release_s=[600.0, 0.0], prize_eur=[np.inf, 50.0], station_close_s=[np.inf]
    )
    tables = problem.to_tables()
    stops, vehicles = tables["stops"], tables["vehicles"]
    stops["release_s"] = [600.0, np.nan]
    stops["prize_eur"] = [np.nan, 50.0]
    vehicles["start_kwh"] = np.nan
    vehicles["end_depot_id"] = None
    tables["stations"] = tables["stations"].drop(columns=["station_close_s", "connectors"])
    gone = ["max_trips", "service_factor", "capacity_rolls"]
    tables["vehicles"] = vehicles.drop(columns=gone)
    del tables["settings"]
    assert same(RoundsProblem.from_tables(tables), problem)


def test_short_curves_repeat_their_last_point() -> None:
    tables = charging_problem().to_tables()
    tables["curves"] = pd.DataFrame(
        {"curve": ["slow", "fast", "fast", "fast", "slow"], "kwh": [0, 0, 4, 6, 6.5]}
        | {"s": [0, 0, 400, 900, 3000]}
    )
    tables["may_charge"]["curve"] = "fast"
    problem = RoundsProblem.from_tables(tables)
    assert problem.curve_kwh.tolist() == [[0, 6.5, 6.5], [0, 4, 6]]
    assert problem.curve_s.tolist() == [[0, 3000, 3000], [0, 400, 900]]
    assert problem.curve_of.tolist() == [[1]]


def test_faults_of_station_tables_come_at_once() -> None:
    tables = charging_problem().to_tables()
    tables["station_prices"] = tables["station_prices"].iloc[:23].assign(hour=range(1, 24))
    tables["may_charge"] = tables["may_charge"].assign(station_id="moon", curve="none")
    tables["settings"] = pd.DataFrame({"setting": ["recharging"], "value": ["full"]})
    with pytest.raises(InputError) as caught:
        RoundsProblem.from_tables(tables)
    assert [(fault.table, fault.column) for fault in caught.value.faults] == [
        ("station_prices", "station_id"),
        ("may_charge", "station_id"),
        ("may_charge", "curve"),
        ("settings", "setting"),
    ]
    del tables["curves"]
    tables["may_charge"] = tables["may_charge"].drop(columns="curve")
    with pytest.raises(InputError) as caught:
        RoundsProblem.from_tables(tables)
    assert {(fault.table, fault.column) for fault in caught.value.faults} == {
        ("curves", ""),
        ("may_charge", "curve"),
    }


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"start_kwh": [6.5]}, "more than usable_kwh"),
        ({"max_trips": [0]}, "below 1"),
        ({"end_depot": [1]}, "is no depot"),
        ({"release_s": [-1.0, 0.0]}, "below 0"),
        ({"prize_eur": [np.nan, 1.0]}, "not a number"),
        ({"reload_s": [np.inf]}, "not a number"),
        ({"capacity_rolls": [-1.0]}, "below 0"),
        ({"recharge": "half"}, "Give one of partial, full"),
        ({"station_ids": ("near",)}, "both a station and a stop or depot"),
        ({"station_ids": ("post", "post")}, "more than once"),
        ({"station_x_m": None}, "shape"),
        ({"station_eur_per_kwh": [[0.5] * 23]}, "shape"),
        ({"station_eur_per_kwh": [[-0.1] * 24]}, "negative"),
        ({"station_open_s": [7.0], "station_close_s": [6.0]}, "starts after it ends"),
        ({"connectors": [-1]}, "below 0"),
        ({"connectors": [1.5]}, "whole numbers"),
        ({"curve_of": [[1]]}, "a curve that is not there"),
        ({"curve_kwh": [[0.0, 5.0]]}, "ends below usable_kwh"),
        ({"curve_kwh": [[1.0, 6.0]]}, "does not start at 0"),
        ({"curve_s": [[0.0, np.nan]]}, "not a number"),
        ({"curve_s": [[0.0, 9.0, 10.0]]}, "beside curve_kwh"),
        ({"curve_kwh": [[0.0]], "curve_s": [[0.0]]}, "fewer than two points"),
        ({"curve_s": [[0.0, 0.0]]}, "does not increase"),
        ({"curve_kwh": [[0, 4, 3, 6]], "curve_s": [[0, 1, 2, 3]]}, "does not increase"),
        ({"curve_kwh": [[0, 4, 4, 6]], "curve_s": [[0, 1, 1, 3]]}, "does not increase"),
        ({"curve_kwh": [[0, 4, 6, 6]], "curve_s": [[0, 1, 2, 3]]}, "does not increase"),
        ({"distance_m": np.zeros((3, 3))}, "shape"),
    ],
)
def test_each_fault_says_what_is_wrong(changes, word: str) -> None:
    with pytest.raises(InputError, match=word):
        charging_problem(**changes)


def test_faults_of_optional_fields_come_at_once() -> None:
    with pytest.raises(InputError) as caught:
        charging_problem(
            start_kwh=[7.0],
            release_s=[-1.0, 0.0],
            station_open_s=[np.nan],
            station_eur_per_kwh=[[np.nan] * 24],
            curve_of=[[3]],
            curve_s=[[0.0, -1.0]],
        )
    assert {(fault.table, fault.column) for fault in caught.value.faults} == {
        ("vehicles", "start_kwh"),
        ("stops", "release_s"),
        ("stations", "station_open_s"),
        ("station_prices", "eur_per_kwh"),
        ("may_charge", "curve"),
        ("curves", ""),
    }


def test_defaults_follow_what_they_depend_on() -> None:
    problem = charging_problem()
    assert problem.start_kwh.tolist() == [6.0]
    assert problem.replace(usable_kwh=[5.0]).start_kwh.tolist() == [5.0]
    assert problem.replace(start_kwh=[4.0]).replace(usable_kwh=[5.0]).start_kwh.tolist() == [4.0]
    three = problem.replace(
        vehicle_ids=("a", "b", "c"),
        vehicle_types=("evan",) * 3,
        **{
            name: np.repeat(getattr(problem, name), 3)
            for name in (
                "vehicle_depot", "count", "capacity_kg", "capacity_m3", "shift_s", "fixed_eur",
                "eur_per_km", "eur_per_h", "levy_eur_per_km", "eur_per_kwh", "usable_kwh",
                "kwh_per_km", "kwh_per_km_per_t", "charge_kw", "co2e_kg_per_km", "co2e_kg_per_kwh",
                "nox_g_per_km", "speed_factor",
            )
        },
        curve_of=[[0], [0], [-1]],
    )  # fmt: skip
    assert three.max_trips.tolist() == [1, 1, 1]
    assert three.end_depot.tolist() == [0, 0, 0]


CHARGED = RoundsSolution(
    (Route("hub/evan", ("near", "far"), EIGHT - 600.0, (Charge(1, "post", 4.0),)),)
)


def test_another_objective_by_other_prices() -> None:
    # The charged round of test_rounds_charging: 1 vehicle, 40 km, 80 min, 9.6 kWh x 0.4 kg.
    problem = charging_problem(
        prize_eur=[np.inf, 9.0],
        co2e_kg_per_km=[0.1],
        levied_m=charging_problem().distance_m / 2,
        levy_eur_per_km=[0.1],
    )
    own = evaluate(problem, CHARGED).objective
    kg = evaluate(problem, CHARGED).indicators["co2e_kg"]
    assert kg == pytest.approx(3.84 + 4.0)

    def cost(**weights: float) -> float:
        return evaluate(problem.weighted(**weights), CHARGED).objective

    assert cost(vehicles=1e4, km=1.0) == pytest.approx(10_040.0)
    assert cost(hours=3.0) == pytest.approx(4.0)
    assert cost(co2e_kg=2.0) == pytest.approx(2 * kg)
    assert cost(eur=1.0) == pytest.approx(own)
    mixed = cost(vehicles=5.0, eur=0.5, km=2.0, hours=3.0, co2e_kg=0.7)
    assert mixed == pytest.approx(5 + own / 2 + 80 + 4 + 0.7 * kg)
    assert problem.weighted(km=1.0).prize_eur.tolist() == [np.inf, 9.0]
    assert problem.weighted(km=1.0, prizes=100.0).prize_eur.tolist() == [np.inf, 900.0]


def test_weights_that_cannot_be() -> None:
    with pytest.raises(InputError, match=r"weights\.km.*negative"):
        charging_problem().weighted(km=-1.0, hours=1.0)
    mixed = full_problem().replace(co2e_kg_per_kwh=[0.3, 0.4, 0.3, 0.4])
    with pytest.raises(InputError, match="differs between vehicles"):
        mixed.weighted(co2e_kg=1.0)
    assert mixed.weighted(km=1.0).eur_per_km.tolist() == [1.0] * 4


def test_a_route_of_before_charging_can_still_be_read() -> None:
    old = {"routes": [{"vehicle": "hub/evan", "stops": ["near"], "departure_s": 1.5}]}
    solution = RoundsSolution.from_dict(old)
    assert solution.routes == (Route("hub/evan", ("near",), 1.5),)
    assert solution.to_dict() == old
    assert solution.routes[0].trips == (("near",),)


def test_charges_and_reloads_go_through_json() -> None:
    route = Route("v", ("a", "b", "c"), 0.1, (Charge(0, "x", 1.25), Charge(3, "y", 1 / 3)), (1, 2))
    again = RoundsSolution.from_dict(RoundsSolution((route,)).to_dict())
    assert again.routes == (route,)
    assert route.trips == (("a",), ("b",), ("c",))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"delivery_rolls": [1, 1]},  # counted, but nothing limits them
        {"overtime_eur_per_h": [5.0]},
        {"curve_of": [[-1]]},  # a station no vehicle may use
    ],
)
def test_fields_without_effect_stay_with_pyvrp(changes) -> None:
    assert beyond_pyvrp(charging_problem(**({"curve_of": [[-1]]} | changes))) == []


def test_charging_on_the_way_goes_to_the_electric_search() -> None:
    assert beyond_pyvrp(charging_problem(curve_of=[[0]])) == ["curve_of"]
    assert unsupported(charging_problem(curve_of=[[0]])) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"start_kwh": [5.0]},
        {"release_s": [1.0, 0.0]},
        {"prize_eur": [5.0, np.inf]},
        {"max_distance_m": [1e6]},
        {"delivery_rolls": [1, 1], "capacity_rolls": [5]},
        {"overtime_eur_per_h": [5.0], "regular_s": [60.0]},
        {"service_factor": [0.5]},
        {"connectors": [1]},
        {"docks": [1], "loading_s": [600.0]},
        {"depot_kw": np.full((1, 96), 9.0), "ready_by_s": [80_000.0]},
        {"depot_eur_per_kwh": np.full((1, 96), 0.1)},
    ],
)
def test_what_pyvrp_states_exactly_goes_to_pyvrp(changes) -> None:
    problem = charging_problem(**({"curve_of": [[-1]]} | changes))
    assert beyond_pyvrp(problem) == []
    assert unsupported(problem) == []


SPEEDS = {"period_start_s": [0.0, 30_000.0], "period_speed": [1.0, 0.5]}


@pytest.mark.parametrize(
    "changes",
    [
        SPEEDS,
        {"other_tw_early_s": [[50_000.0], [np.nan]], "other_tw_late_s": [[60_000.0], [np.nan]]},
        {"pair_of": [-1, 0], "delivery_kg": [400.0, 0.0], "delivery_m3": [2.0, 0.0]},
        {"break_rule": ["eu561"]},
    ],
)
def test_rules_on_times_and_pairs_go_to_the_electric_search(changes) -> None:
    problem = charging_problem(**({"curve_of": [[-1]]} | changes))
    assert set(beyond_pyvrp(problem)) <= set(changes)
    assert beyond_pyvrp(problem) != []
    assert unsupported(problem) == []


def test_what_no_search_honours_is_refused_by_name(monkeypatch) -> None:
    assert unsupported(full_problem()) == []
    monkeypatch.setattr(supported, "_ELECTRIC", supported._PYVRP)
    problem = charging_problem(max_trips=[2], **SPEEDS)
    assert unsupported(problem) == ["period_speed", "period_start_s"]
    with pytest.raises(SolverError, match="period_speed; period_start_s"):
        solve(problem)


def test_stations_nobody_uses_change_nothing() -> None:
    with_station = solve(charging_problem(curve_of=[[-1]]))
    without = solve(line_problem(usable_kwh=[6.0]))
    assert with_station.status == without.status
    assert with_station.reasons == without.reasons
    roomy = solve(charging_problem(curve_of=[[-1]], usable_kwh=[10.0], curve_kwh=[[0.0, 10.0]]))
    assert roomy.objective == pytest.approx(158.88)
    assert all(not figures.charges for figures in all_figures(roomy.problem, roomy.solution))
