"""Benchmarks of a folder, and `bundling check`: tables, totals, files and exit codes."""

from __future__ import annotations

import csv
import math
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bundling import api, bench
from bundling.bench import BestKnown, best_known, run_folder
from bundling.cli import main
from bundling.errors import InputError

sys.path.insert(0, str(Path(__file__).parent / "io"))

from benchmark_cases import CVRP, EVRPTW, HFVRP, SOLOMON, public_set, put


def call(*arguments: Any) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, "tiny.txt", SOLOMON)
    table = "instance,hier_vehicles,hier_distance_2dec,dimacs_routes,dimacs_cost_1dec_truncated\n"
    put(tmp_path, "best_known.csv", table + "tiny,2,19.07,2,18.9\n")
    return tmp_path


# -- check ---------------------------------------------------------------------------------------


def test_check_says_what_a_feasible_solution_costs(folder: Path) -> None:
    result = call("check", folder / "tiny.txt", put(folder, "s.sol", "Route #1: 1 2\nRoute #2: 3"))
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("feasible: 2 vehicles, cost 19.07106")
    assert result.stdout.count("\n") == 1


def test_check_gives_each_violation_a_line(folder: Path) -> None:
    result = call("check", folder / "tiny.txt", put(folder, "s.sol", "Route #1: 2 1 3"))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("vehicle capacity (kg)")
    assert "feasible" not in result.stdout


def test_check_rounds_as_asked(folder: Path) -> None:
    solution = put(folder, "s.sol", "Route #1: 1 2\nRoute #2: 3")
    result = call("check", folder / "tiny.txt", solution, "--rounding", "trunc1")
    assert result.stdout == "feasible: 2 vehicles, cost 19\n"


def test_check_of_a_full_recharge(tmp_path: Path) -> None:
    instance = put(tmp_path, "e.txt", EVRPTW)
    solution = put(tmp_path, "s.sol", "Route #1: C1\nRoute #2: C2 S1")
    result = call("check", instance, solution, "--recharge", "full")
    assert result.stdout == "feasible: 2 vehicles, cost 28\n"


def test_check_of_files_that_cannot_be_read(folder: Path) -> None:
    solution = put(folder, "s.sol", "Route #1: 7")
    assert call("check", folder / "none.txt", solution).exit_code == 2
    assert call("check", folder / "tiny.txt", folder / "none.sol").exit_code == 2
    assert call("check", folder / "tiny.txt").exit_code == 2
    result = call("check", folder / "tiny.txt", solution)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("error: s.sol (row 1): '7' is no stop")


# -- bench ---------------------------------------------------------------------------------------


def test_bench_compares_with_the_table(folder: Path) -> None:
    out = folder / "new" / "results.csv"
    result = call("bench", folder, "--time-limit", "5", "--seeds", "2", "--out", out)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split()[:4] == ["instance", "seed", "vehicles", "value"]
    assert lines[1].split()[:6] == ["tiny", "0", "2/2", "19.07", "19.07", "0.01"]
    assert lines[2].split()[:2] == ["tiny", "1"]
    assert lines[3] == "2 of 2 runs have a solution"
    assert "best known 38.14: +0.01% in all" in lines[4]
    assert lines[5] == "vehicles 4, best known 4; the same in 2 of 2 runs"
    with out.open(encoding="utf-8", newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["instance"], first["kind"], first["seed"]) == ("tiny", "solomon", "0")
    assert (first["time_limit_s"], first["cores"], second["seed"]) == ("5", "2", "1")
    assert first["status"] == "optimal"
    assert float(first["value"]) == pytest.approx(19.0710678)
    assert float(first["objective"]) == pytest.approx(20_019.0710678)
    assert first["best_value"] == "19.07"
    assert "cores" in first["machine"]
    assert "pyvrp" in first["versions"]
    assert "bundling" in first["versions"]


def test_bench_takes_the_columns_that_fit_the_rounding(folder: Path) -> None:
    result = call("bench", folder, "--time-limit", "5", "--rounding", "trunc1")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[1].split()[2:5] == ["2/2", "19.00", "18.90"]


def test_bench_goes_on_after_an_instance_that_fails(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a-broken.txt", "nothing")
    put(folder, "z.vrp", CVRP)
    solve = api.solve

    def fails(problem: Any, **given: Any) -> Any:
        if problem.capacity_kg[0] == 10 and problem.fixed_eur[0] > 0:
            raise ZeroDivisionError("bug")
        return solve(problem, **given)

    monkeypatch.setattr(api, "solve", fails)
    result = call("bench", folder, "--time-limit", "5", "--out", folder / "r.csv")
    assert result.exit_code == 1
    broken, tiny, last = result.stdout.splitlines()[1:4]
    assert "error" in broken
    assert "InputError" in broken
    assert "ZeroDivisionError: bug" in tiny
    assert last.split()[:6] == ["z", "0", "2", "18.00", "-", "-"]
    assert "1 of 3 runs have a solution" in result.stdout


def test_bench_needs_instances(tmp_path: Path) -> None:
    assert call("bench", tmp_path).exit_code == 2
    put(tmp_path, "tiny.txt", SOLOMON)
    result = call("bench", tmp_path, "--match", "R1*")
    assert result.exit_code == 2
    assert "no .txt, .vrp or .xml file that fits 'R1*'" in result.stderr


def test_bench_stops_after_ctrl_c(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from bundling.result import Limit

    put(folder, "z.txt", SOLOMON)
    solve = api.solve
    monkeypatch.setattr(
        api,
        "solve",
        lambda problem, **given: dataclasses.replace(
            solve(problem, **given), limit=Limit.INTERRUPT
        ),
    )
    result = call("bench", folder, "--time-limit", "5")
    assert result.exit_code == 130
    assert "1 of 1 runs" in result.stdout


def test_cores_reach_a_solver_that_knows_them(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    solve = api.solve

    def knows(problem: Any, *, time_limit: float, seed: int, cores: int = 9) -> Any:
        seen.append(cores)
        return solve(problem, time_limit=time_limit, seed=seed)

    monkeypatch.setattr(api, "solve", knows)
    assert len(list(run_folder(folder, time_limit=5, cores=3))) == 1
    assert seen == [3]


@pytest.mark.parametrize(
    ("head", "first", "wanted"),
    [
        ("hier_vehicles,hier_distance_2dec", True, BestKnown(20.5, 3)),
        ("hier_vehicles,hier_distance_2dec", False, None),
        ("dimacs_routes,dimacs_cost_1dec_truncated", False, BestKnown(20.5, 3)),
        ("best_vehicles,best_distance", True, BestKnown(20.5, 3)),
        ("vehicles,distance", True, BestKnown(20.5, 3)),
        ("bks_routes,bks_value_h", False, BestKnown(20.5, 3)),
        ("routes,cost", False, BestKnown(20.5)),
        ("something,else", False, None),
    ],
)
def test_layouts(tmp_path: Path, head: str, first: bool, wanted: BestKnown | None) -> None:
    put(tmp_path, "best_known.csv", f"instance,{head}\nx,3,20.5\n")
    assert best_known(tmp_path, "partial", vehicles_first=first).get("x") == wanted


def test_tables_by_recharge_go_first(tmp_path: Path) -> None:
    put(tmp_path, "best_known_full_recharge.csv", "instance,vehicles,distance\nx,3,20.5\n")
    assert best_known(tmp_path, "full", vehicles_first=True)["x"] == BestKnown(20.5, 3)
    assert best_known(tmp_path, "partial", vehicles_first=True) == {}


def test_faults_of_a_table(tmp_path: Path) -> None:
    put(tmp_path, "best_known.csv", "name,routes,cost\nx,3,20.5\n")
    with pytest.raises(InputError, match=r"best_known.csv.instance: is not there"):
        best_known(tmp_path, "partial", vehicles_first=False)
    put(tmp_path, "best_known.csv", "instance,routes,cost\nx,3,cheap\n")
    with pytest.raises(InputError, match=r"best_known.csv \(row 2\): cost 'cheap' is no number"):
        best_known(tmp_path, "partial", vehicles_first=False)


def test_large_costs_of_mixed_fleets_are_divided(tmp_path: Path) -> None:
    put(tmp_path, "tiny-mixed.vrp", HFVRP)
    put(tmp_path, "best_known.csv", "instance,routes,cost\ntiny-mixed,4,350000000\n")
    (row,) = run_folder(tmp_path, time_limit=5)
    assert row.best_value == 3500
    assert math.isnan(row.best_vehicles)


def test_formulas_are_no_formulas_in_the_results(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    with bench.ResultsFile(path) as results:
        results.add(bench.Row("=1+1", "", 0, 0, "", "", 0, 1.0, 1, "error", message="@x"))
    assert "'=1+1" in path.read_text(encoding="utf-8")
    assert "'@x" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "recharge", "first", "most"),
    [
        ("solomon", "partial", True, 28),
        ("solomon", "partial", False, 28),
        ("evrptw", "partial", True, 28),
        ("evrptw", "full", True, 64),
        ("evrp_nl", "partial", False, 60),
        ("hfvrp_pessoa", "partial", False, 50),
        ("mtvrptwr_multitrip", "partial", False, 86),
        ("sdvrptw_site_dependent", "partial", False, 26),
    ],
)
def test_tables_of_the_public_sets(name: str, recharge: str, first: bool, most: int) -> None:
    folder = public_set(name)
    known = best_known(folder, recharge, vehicles_first=first)
    assert len(known) == most
    assert set(known) <= {path.stem for path in bench.instances(folder)}
