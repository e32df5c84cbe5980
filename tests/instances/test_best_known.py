"""Best-known solutions are posed, evaluated and checked again on every run."""

import math

import pytest

import bundling
from bundling.certify import fingerprint
from bundling.instances.named import NAMES, best_known, pose, solution_from


@pytest.mark.parametrize("name", NAMES)
def test_the_best_known_solution_holds(name: str) -> None:
    record = best_known(name)
    assert record is not None, f"no best-known solution is kept for {name}"
    problem = pose(name)
    assert fingerprint(problem) == record["problem_hash"], (
        f"{name} is posed differently now: run benchmarks/run.py --set regions --only {name} "
        f"--keep-best"
    )
    solution = solution_from(record["family"], record["solution"])
    assert bundling.check(problem, solution) == []
    objective = bundling.evaluate(problem, solution).objective
    assert math.isclose(objective, record["objective_eur"], rel_tol=1e-9, abs_tol=1e-6)
    if record["bound_eur"] is not None:
        assert record["bound_eur"] <= objective * (1 + 1e-9) + 1e-6


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="zwolle-hubs"):
        pose("atlantis-hubs")
