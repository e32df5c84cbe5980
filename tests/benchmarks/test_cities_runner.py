"""The runner of the city problems, and its peers, on problems of a few stops."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import bundling
from bundling.instances.cities import pose

_FOLDER = Path(__file__).parents[2] / "benchmarks"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not _FOLDER.is_dir(), reason="the benchmarks are not beside the tests"),
]


@pytest.fixture(autouse=True)
def _benchmarks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(_FOLDER))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_a_run_is_written_judged_and_not_run_again(tmp_path: Path) -> None:
    import cities

    out = tmp_path / "cities.csv"
    call = ["--out", str(out), "--only", "deventer-12-electric", "--time-limit", "1.5"]
    call += ["--solvers", "bundling", "pyvrp-repair", "ortools"]
    assert cities.main(call) == 0
    first = rows(out)
    assert [row["solver"] for row in first] == ["bundling", "pyvrp-repair", "ortools"]
    for row in first:
        assert row["status"] == "feasible"
        assert row["violations"] == "0"
        assert float(row["objective_eur"]) > 0
    assert first[0]["ratio"] == ""
    assert float(first[1]["ratio"]) > 0.99  # nobody is cheaper than the best of 12 stops
    assert "batteries" in first[1]["not_stated"]
    assert cities.main(call) == 0
    assert rows(out) == first


def test_two_echelons_by_pyvrp_are_judged(tmp_path: Path) -> None:
    import cities

    out = tmp_path / "cities.csv"
    call = ["--out", str(out), "--only", "deventer-10-echelons", "--time-limit", "2"]
    assert cities.main([*call, "--solvers", "pyvrp-echelons"]) == 0
    (row,) = rows(out)
    # PyVRP cannot state how much a hub takes, and serves 10 stops from one.
    assert row["broken"] == "" or row["broken"].startswith("hub capacity")
    assert float(row["objective_eur"]) > 0
    assert "two echelons" in row["not_stated"]


def test_sequences_are_repaired_or_split() -> None:
    from peer_repair import repaired

    problem = pose("zwolle-12-plain")
    everything = tuple(range(problem.num_stops))
    solution = repaired(problem, [(0, everything)])
    served = [stop for route in solution.routes for stop in route.stops]
    assert sorted(served) == sorted(problem.stop_ids)
    late = {violation.rule for violation in bundling.check(problem, solution)}
    assert not any("battery" in rule for rule in late)


def test_routingblocks_solves_plain_problems_and_refuses_others() -> None:
    pytest.importorskip("routingblocks")
    import peer_routingblocks

    problem = pose("deventer-12-plain")
    solution = peer_routingblocks.solve(problem, 2.0, 1)
    assert solution is not None
    assert bundling.check(problem, solution) == []
    with pytest.raises(ValueError, match="plain"):
        peer_routingblocks.solve(pose("deventer-12-electric"), 1.0, 1)
