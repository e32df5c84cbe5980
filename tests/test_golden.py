"""Golden runs: a folder a case with its own tolerances; ``--regenerate`` rewrites the answers."""

import json
import math
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bundling.chain import run
from bundling.region import Region

CASES = sorted((Path(__file__).parent / "golden").glob("*/case.json"))


def outcome(region: Region, case: dict[str, Any]) -> dict[str, Any]:
    study = run(
        region,
        day=date.fromisoformat(case["day"]),
        seed=case["seed"],
        time_limit=case["time_limit_s"],
        gap=0.0,
    )
    return {
        "steps": {
            step.name: {
                "status": str(step.result.status),
                "costs_eur": dict(step.result.evaluation.costs_eur),
                "indicators": dict(step.result.evaluation.indicators),
            }
            for step in study.steps
            if step.result.evaluation is not None
        },
        "balances": dict(zip(study.balances["balance"], study.balances["left_value"], strict=True)),
        "shapley_eur": dict(
            zip(study.sharing.players, study.sharing.shapley_eur.tolist(), strict=True)
        ),
    }


def differences(expected: Any, found: Any, rel: float, where: str = "") -> list[str]:
    if isinstance(expected, dict):
        if expected.keys() != found.keys():
            return [f"{where}: {sorted(expected)} became {sorted(found)}"]
        return [
            line
            for key in expected
            for line in differences(expected[key], found[key], rel, f"{where}/{key}")
        ]
    if isinstance(expected, float):
        same = math.isclose(expected, found, rel_tol=rel, abs_tol=1e-6)
        return [] if same else [f"{where}: {expected!r} became {found!r}"]
    return [] if expected == found else [f"{where}: {expected!r} became {found!r}"]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.parent.name)
def test_a_whole_run_gives_what_it_gave(
    path: Path, tiny_region: Region, request: pytest.FixtureRequest
) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    found = outcome(tiny_region, case)
    kept = path.parent / "expected.json"
    if request.config.getoption("--regenerate"):
        kept.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    expected = json.loads(kept.read_text(encoding="utf-8"))
    assert differences(expected, found, case["rel_tolerance"]) == []


def test_a_difference_would_be_seen() -> None:
    assert differences({"a": 1.0}, {"a": 1.1}, 1e-6) == ["/a: 1.0 became 1.1"]
    assert differences({"a": 1.0}, {"b": 1.0}, 1e-6)
    assert differences({"a": "x"}, {"a": "x"}, 1e-6) == []
