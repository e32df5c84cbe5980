"""Routes kept because they are better than a table: they can be driven, and they are better."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import bundling
from bundling.bench import best_known, best_of, published
from bundling.io.rounds_instance import as_problem, read_fields
from bundling.io.rounds_solution import read_solution

sys.path.insert(0, str(Path(__file__).parents[1] / "io"))

from benchmark_cases import public_set

_KEPT = sorted((Path(__file__).parents[2] / "benchmarks" / "results" / "best").glob("*.sol"))


@pytest.mark.parametrize("path", _KEPT, ids=lambda path: path.stem)
def test_kept_routes_are_feasible_and_better_than_the_table(path: Path) -> None:
    instance, recharge = path.stem.rsplit("-", 1)
    nonlinear = instance.startswith("tc")
    folder = public_set("evrp_nl" if nonlinear else "evrptw")
    file = folder / f"{instance}{'.xml' if nonlinear else '.txt'}"
    fields = read_fields(file, recharge=recharge)
    problem = as_problem(fields)
    solution = read_solution(path, problem)
    assert bundling.check(problem, solution) == []
    known = best_known(folder, recharge, vehicles_first=fields.vehicles_first)
    table = best_of(fields, known, instance)
    assert table is not None
    value = published(fields, bundling.evaluate(problem, solution))
    if fields.vehicles_first:
        assert (len(solution.routes), value) < (table.vehicles, table.value)
    else:
        assert value < table.value
