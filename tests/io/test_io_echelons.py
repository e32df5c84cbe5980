"""Files of the 2E-EVRPTW as problems: units, hours, published optima, solutions, front doors."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from benchmark_cases import AKBAY, public_set, put
from click.testing import CliRunner

import bundling
from bundling.bench import run_folder
from bundling.cli import main
from bundling.errors import InputError
from bundling.io import read_echelons
from bundling.io.echelons_instance import read_echelons_solution


def write(folder: Path, old: str = "", new: str = "", name: str = "tinyx.txt") -> Path:
    return put(folder, name, AKBAY.replace(old, new, 1) if old else AKBAY)


def test_units_and_hours(tmp_path: Path) -> None:
    problem = bundling.load(write(tmp_path))
    assert problem.family == "rounds.echelons"
    assert (problem.truck_count, problem.truck_capacity_kg, problem.vehicle_count) == (1, 800, 2)
    # Depot (50, 150), satellite (50, 75): 75 units of distance are 75 km and take 75 s.
    np.testing.assert_array_equal(problem.truck_distance_m, [[0, 75_000], [75_000, 0]])
    np.testing.assert_array_equal(problem.truck_time_s, [[0, 75], [75, 0]])
    assert (problem.truck_eur_per_km, problem.truck_fixed_eur) == (1, 0)
    assert problem.hub_capacity_kg.tolist() == [500]
    second = problem.second
    assert second.depot_ids == ("satellite-1",)
    assert second.stop_ids == ("customer-1", "customer-2")
    assert second.delivery_kg.tolist() == [10, 20]
    assert second.tw_early_s.tolist() == [456, 277]
    assert second.tw_late_s.tolist() == [508, 329]
    assert second.service_s.tolist() == [90, 90]
    assert second.recharge == "full"
    assert second.usable_kwh.tolist() == [77.75]
    assert second.curve_s[0].tolist() == [0, pytest.approx(77.75 * 3.47)]
    assert second.distance_m[1, 2] == pytest.approx(1000 * np.hypot(5, 30))
    # The hours of satellites and stations in the file do not count.
    early = bundling.load(write(tmp_path, "50\t75\t0\t0\t0\t0\t9999", "50\t75\t0\t0\t0\t0\t9"))
    assert early.second.depot_close_s.tolist() == second.depot_close_s.tolist()
    assert read_echelons(write(tmp_path), recharge="partial").second.recharge == "partial"


def test_speed_divides_times(tmp_path: Path) -> None:
    slow = write(tmp_path, "100\t1\t0\t77.75", "100\t2\t0\t77.75")
    with pytest.raises(InputError, match="electric vehicles that differ"):
        read_echelons(slow)
    both = AKBAY.replace("100\t1\t0\t77.75", "100\t2\t0\t77.75").replace("800\t1", "800\t3")
    problem = read_echelons(put(tmp_path, "fastx.txt", both))
    assert problem.truck_time_s[0, 1] == 25
    assert problem.second.time_s[1, 2] == pytest.approx(np.hypot(5, 30) / 2)


def test_the_tiny_file_by_hand(tmp_path: Path) -> None:
    # 2 x 75 for the truck. Customer 2 is at (25, 85), 1 at (20, 55); satellite at (50, 75).
    result = bundling.solve(bundling.load(write(tmp_path)), time_limit=10.0)
    km = np.hypot(25, 10) + np.hypot(5, 30) + np.hypot(30, 20)
    # 93.6 units of energy are more than 77.75, and the station at (31, 84) is on the way there.
    assert result.status is bundling.Status.OPTIMAL
    assert result.objective >= 150 + km
    assert result.objective == pytest.approx(
        min(
            150 + np.hypot(25, 10) + np.hypot(5, 30) + np.hypot(11, 29) + np.hypot(19, 9),
            150 + np.hypot(19, 9) + np.hypot(6, 1) + np.hypot(5, 30) + np.hypot(30, 20),
        )
    )


def test_published_optima_follow() -> None:
    folder = public_set("2e_evrptw")
    with (folder / "best_known.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    optima = {row["instance"]: row for row in rows if row["cplex_gap_pct"] == "0.0"}
    assert len(optima) == 21
    for name, row in optima.items():
        result = bundling.solve(bundling.load(folder / f"{name}x.txt"), time_limit=30.0)
        assert result.status is bundling.Status.OPTIMAL, name
        # Two of the printed values are cut, not rounded, in the last digit.
        assert result.objective == pytest.approx(float(row["best_distance"]), abs=0.011), name


def test_solutions_from_json(tmp_path: Path) -> None:
    instance = write(tmp_path)
    solution = bundling.solve(bundling.load(instance), time_limit=10.0).solution
    path = put(tmp_path, "s.json", json.dumps(solution.to_dict()))
    assert read_echelons_solution(path).to_dict() == solution.to_dict()
    said = CliRunner().invoke(main, ["check", str(instance), str(path)])
    assert said.exit_code == 0, said.output
    assert said.stdout.startswith("feasible: ")
    early = solution.to_dict()
    early["trucks"][0]["departure_s"] = 10_000.0
    said = CliRunner().invoke(
        main, ["check", str(instance), str(put(tmp_path, "e.json", json.dumps(early)))]
    )
    assert said.exit_code == 1
    assert "a round leaves after the truck has come" in said.stdout


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "trucks: is not a list"),
        ({"trucks": [{"departure_s": 0, "drops": [{"hub": 1, "kg": 2}]}]}, "is not a truck"),
        ({"trucks": [{"departure_s": True, "drops": []}]}, "is not a truck"),
        ({"trucks": []}, "routes: is not a list of routes"),
        ({"trucks": [], "rounds": {"routes": [{}]}}, "vehicle"),
    ],
)
def test_faults_of_solutions(tmp_path: Path, data: Any, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_echelons_solution(put(tmp_path, "s.json", json.dumps(data)))


def test_bench_runs_a_folder(tmp_path: Path) -> None:
    write(tmp_path, name="C900_C2x.txt")
    head = "instance,first_echelon_vehicles,second_echelon_vehicles,best_distance\n"
    put(tmp_path, "best_known.csv", head + "C900_C2,1,1,250\n")
    (row,) = run_folder(tmp_path, time_limit=10.0)
    assert (row.kind, row.recharge, row.status) == ("2e-evrptw", "full", "optimal")
    assert (row.stops, row.stations, row.vehicles, row.best_vehicles) == (2, 1, 1, 1)
    assert row.value == pytest.approx(row.objective)
    assert row.gap_pct == pytest.approx(100 * (row.value / 250 - 1))


def test_a_public_instance_is_no_region(tmp_path: Path) -> None:
    said = CliRunner().invoke(main, ["validate", str(write(tmp_path))])
    assert said.exit_code == 2
    assert "not a region" in said.stderr
