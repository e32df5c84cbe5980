"""The last step of every solve: recompute, check, compare; only then is it a `Result`."""

from __future__ import annotations

import dataclasses
import hashlib
import math
import platform
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from bundling.errors import ModelMismatch
from bundling.result import (
    OPTIMAL_GAP,
    Bounds,
    Evaluation,
    Limit,
    Result,
    RunInfo,
    Status,
    Violation,
)

_REL_TOLERANCE = 1e-5
_ABS_TOLERANCE = 1e-4


class Clock:
    """One wall clock for a whole solve: building, solving and checking share the time limit."""

    def __init__(self, time_limit: float = math.inf) -> None:
        if not time_limit > 0:
            raise ValueError(f"time_limit must be positive seconds, not {time_limit}")
        self.time_limit = float(time_limit)
        self._start = time.perf_counter()

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self._start

    @property
    def left(self) -> float:
        """Seconds until the limit, at least 0."""
        return max(0.0, self.time_limit - self.elapsed)


def run_info(
    problem: Any, method: str, *packages: str, seed: int, time_limit: float, gap: float
) -> RunInfo:
    """Return what is known of a run before it begins; `packages` are those whose version counts."""
    return RunInfo(
        method=method,
        seed=seed,
        time_limit_s=time_limit,
        gap_target=gap,
        wall_s=0.0,
        versions=versions(*packages),
        problem_hash=fingerprint(problem),
    )


def certify(
    problem: Any,
    solution: Any,
    *,
    evaluation: Evaluation,
    violations: Sequence[Violation],
    checks: int,
    claimed: float,
    bound: float,
    limit: Limit,
    run: RunInfo,
    reasons: Sequence[str] = (),
) -> Result:
    """Turn a method's answer into a `Result`, after comparing it with our own recomputation.

    Parameters
    ----------
    problem, solution
        The family's problem and solution.
    evaluation, violations, checks
        From the family's `evaluate` and `check`, which never saw the solver.
    claimed
        Objective as the method reports it; ``nan`` when it reports none in euro.
    bound
        Proved lower bound, ``-inf`` if none.
    limit, run, reasons
        What ended the search, how it came about, and words for the user.

    Raises
    ------
    ModelMismatch
        When the claimed objective differs from the recomputed one, when the solution breaks a
        rule, or when the bound lies above the objective.
    """
    objective = evaluation.objective
    slack = _ABS_TOLERANCE + _REL_TOLERANCE * abs(objective)
    if violations:
        shown = "; ".join(str(violation) for violation in violations[:5])
        raise ModelMismatch(
            f"{run.method} returned a {problem.family} solution that breaks {len(violations)} "
            f"rules: {shown}. This is a bug in bundling or in the solver; please report it with "
            f"the input."
        )
    if not math.isnan(claimed) and abs(claimed - objective) > slack:
        raise ModelMismatch(
            f"{run.method} claims {claimed:.6f} EUR for this {problem.family} problem, but its "
            f"solution costs {objective:.6f} EUR. This is a bug in bundling or in the solver; "
            f"please report it with the input."
        )
    if bound > objective + slack:
        raise ModelMismatch(
            f"{run.method} proves that no {problem.family} solution costs less than {bound:.6f} "
            f"EUR, but its own solution costs {objective:.6f} EUR. Please report it with the input."
        )
    bounds = Bounds(objective, min(bound, objective))
    optimal = bounds.gap <= OPTIMAL_GAP
    return Result(
        problem=problem,
        solution=solution,
        status=Status.OPTIMAL if optimal else Status.FEASIBLE,
        limit=Limit.NONE if optimal else limit,
        bounds=bounds,
        evaluation=evaluation,
        violations=(),
        reasons=tuple(reasons),
        run=dataclasses.replace(run, checks=checks),
    )


def without_solution(
    problem: Any,
    *,
    status: Status,
    limit: Limit,
    reasons: Sequence[str],
    run: RunInfo,
    bound: float = -math.inf,
) -> Result:
    """Return the `Result` of a solve that found no solution; `reasons` must say why."""
    if status in (Status.OPTIMAL, Status.FEASIBLE):
        raise ValueError(f"a result with status {status} needs a solution")
    if not reasons:
        raise ValueError("a result without a solution must give its reasons")
    return Result(
        problem=problem,
        solution=None,
        status=status,
        limit=limit,
        bounds=Bounds(math.inf, bound),
        evaluation=None,
        violations=(),
        reasons=tuple(reasons),
        run=run,
    )


def versions(*packages: str) -> dict[str, str]:
    """Versions of Python, this library and `packages`."""
    found = {"python": platform.python_version()}
    for package in ("bundling", *packages):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def fingerprint(thing: Any) -> str:
    """SHA-256 over a frozen dataclass of arrays, numbers, texts, tuples and mappings."""
    digest = hashlib.sha256()
    _feed(digest, thing)
    return digest.hexdigest()


def _feed(digest: Any, thing: Any) -> None:
    digest.update(type(thing).__name__.encode())
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        for field in dataclasses.fields(thing):
            digest.update(field.name.encode())
            _feed(digest, getattr(thing, field.name))
    elif isinstance(thing, np.ndarray):
        digest.update(str((thing.dtype.str, thing.shape)).encode())
        if thing.dtype.hasobject:
            for item in thing.ravel():
                _feed(digest, item)
        else:
            digest.update(np.ascontiguousarray(thing).tobytes())
    elif isinstance(thing, Mapping):
        for key in sorted(thing, key=str):
            _feed(digest, key)
            _feed(digest, thing[key])
    elif isinstance(thing, (tuple, list)):
        digest.update(str(len(thing)).encode())
        for item in thing:
            _feed(digest, item)
    else:
        text = repr(thing)
        if " at 0x" in text:
            raise TypeError(f"cannot fingerprint a {type(thing).__name__}")
        digest.update(text.encode())
