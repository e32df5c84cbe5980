"""Nothing becomes a result before it is recomputed, checked and compared."""

import math
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import pytest

from bundling.certify import Clock, certify, fingerprint, run_info, without_solution
from bundling.errors import ModelMismatch
from bundling.result import Bounds, Evaluation, Limit, RunInfo, Status, Violation

RUN = RunInfo("by hand", seed=0, time_limit_s=1.0, gap_target=0.0, wall_s=0.1)


@dataclass(frozen=True)
class Toy:
    family: ClassVar[str] = "hubs"
    weights: Any = None


def judged(**changes: Any) -> Any:
    given: dict[str, Any] = {
        "evaluation": Evaluation({"rent": 60.0, "km": 40.0}),
        "violations": (),
        "checks": 3,
        "claimed": 100.0,
        "bound": 100.0,
        "limit": Limit.NONE,
        "run": RUN,
    }
    return certify(Toy(), "solution", **(given | changes))


def test_a_proved_answer_is_optimal() -> None:
    result = judged()
    assert (result.status, result.limit, result.gap) == (Status.OPTIMAL, Limit.NONE, 0.0)
    assert result.objective == 100.0
    assert result.run.checks == 3
    assert "optimal" in repr(result)


def test_a_time_limit_incumbent_is_never_optimal() -> None:
    result = judged(bound=90.0, limit=Limit.TIME)
    assert (result.status, result.limit) == (Status.FEASIBLE, Limit.TIME)
    assert result.gap == pytest.approx(0.1)


def test_no_bound_is_minus_infinity_and_an_infinite_gap() -> None:
    result = judged(bound=-math.inf, limit=Limit.TIME)
    assert result.status is Status.FEASIBLE
    assert (result.bound, result.gap) == (-math.inf, math.inf)


def test_a_wrong_claim_raises() -> None:
    with pytest.raises(ModelMismatch, match=r"claims 99\.000000 EUR"):
        judged(claimed=99.0)


def test_a_method_without_a_claim_is_judged_on_its_solution() -> None:
    assert judged(claimed=math.nan, bound=-math.inf).objective == 100.0


def test_a_broken_solution_raises_with_the_rule() -> None:
    broken = (Violation("hub capacity (kg)", "hub A", 12.0, "kg"),)
    with pytest.raises(ModelMismatch, match=r"hub capacity \(kg\) at hub A: broken by 12 kg"):
        judged(violations=broken)


def test_a_bound_above_the_solution_raises() -> None:
    with pytest.raises(ModelMismatch, match="proves that no hubs solution"):
        judged(bound=101.0)


def test_no_solution_has_infinite_objective_and_a_reason() -> None:
    result = without_solution(
        Toy(), status=Status.INFEASIBLE, limit=Limit.NONE, reasons=["2 kWh short"], run=RUN
    )
    assert (result.objective, result.bound, result.gap) == (math.inf, -math.inf, math.inf)
    assert result.solution is None
    assert result.tables == {}
    with pytest.raises(ValueError, match="2 kWh short"):
        result.plot()
    with pytest.raises(ValueError, match="reasons"):
        without_solution(Toy(), status=Status.UNKNOWN, limit=Limit.TIME, reasons=[], run=RUN)
    with pytest.raises(ValueError, match="needs a solution"):
        without_solution(Toy(), status=Status.OPTIMAL, limit=Limit.NONE, reasons=["x"], run=RUN)


def test_gap_of_a_zero_objective() -> None:
    assert Bounds(0.0, 0.0).gap == 0.0
    assert Bounds(5.0, 4.0).gap == pytest.approx(0.2)


def test_fingerprints_tell_apart_what_differs_and_only_that() -> None:
    one = fingerprint(Toy(weights=np.array([1.0, 2.0])))
    assert one == fingerprint(Toy(weights=np.array([1.0, 2.0])))
    assert one != fingerprint(Toy(weights=np.array([1.0, 2.5])))
    assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})
    assert fingerprint(("ab", "c")) != fingerprint(("a", "bc"))
    assert fingerprint(MappingProxyType({"a": 1}))
    with pytest.raises(TypeError, match="fingerprint"):
        fingerprint(object())


def test_a_run_knows_what_was_asked_before_it_begins() -> None:
    run = run_info(Toy(), "by hand", "numpy", seed=3, time_limit=5.0, gap=0.01)
    assert (run.method, run.seed, run.time_limit_s, run.gap_target) == ("by hand", 3, 5.0, 0.01)
    assert run.wall_s == 0.0
    assert set(run.versions) == {"python", "bundling", "numpy"}
    assert run.problem_hash == fingerprint(Toy())


def test_a_clock_counts_down_and_refuses_nonsense() -> None:
    assert 0 < Clock(5.0).left <= 5.0
    assert Clock().left == math.inf
    with pytest.raises(ValueError, match="positive"):
        Clock(0)
