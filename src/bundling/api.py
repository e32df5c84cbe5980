"""The front door: find, read, solve, check. Every call here is a thin dispatch by family."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.result import Evaluation, OnEvent, Result, Violation

if TYPE_CHECKING:
    import pandas as pd

FAMILIES = ("hubs", "rounds", "energy", "siting")
ROOMS = (
    *FAMILIES,
    "hubs.matching",
    "rounds.echelons",
    "hubs.scheduled",
    "location.facility",
    "location.covering",
    "location.refuelling",
    "location.hubs",
    "location.design",
)
"""Families, and the room of a problem with two echelons."""


def catalogue() -> pd.DataFrame:
    """Table of the regions and named instances that come with the library.

    Returns
    -------
    pandas.DataFrame
        One row an instance: name, family, size, best known objective, bound, source, licence.
    """
    room = importlib.import_module("bundling.io.catalogue")
    frame: pd.DataFrame = room.catalogue()
    return frame


def load(source: str | Path) -> Any:
    """Read and validate a region, or a public instance with two echelons.

    Parameters
    ----------
    source
        The name of a region that comes with the library (see `catalogue`), a folder that holds a
        data package, or an Excel workbook; or a file of the 2E-EVRPTW.

    Returns
    -------
    bundling.region.Region or bundling.rounds.echelons.TwoEchelonProblem
        The second for a file of the 2E-EVRPTW. Other public instances are read by
        `bundling.io.read_instance`.

    Raises
    ------
    bundling.InputError
        With every fault of the input at once: table, column, rows, rule, what to do.
    FileNotFoundError
        When `source` is neither a name in the catalogue nor a path that exists.
    """
    room = importlib.import_module("bundling.io.load")
    return room.load(source)


def solve(
    problem: Any,
    *,
    time_limit: float = 60.0,
    gap: float = 1e-4,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Result:
    """Solve a problem of any family; the answer is recomputed and checked before it is returned.

    Parameters
    ----------
    problem
        A `HubsProblem`, `RoundsProblem`, `TwoEchelonProblem`, `EnergyProblem`, `SitingProblem`;
        or a `FacilityProblem`, `CoveringProblem`, `RefuellingProblem`, `HubLocationProblem` or
        `DesignProblem` of
        `bundling.location`.
    time_limit
        Wall seconds for the whole call, building and checking included.
    gap
        Stop when the relative gap between objective and bound is at most this.
    seed
        Same input, seed and version give the same answer unless the time limit ends the search.
    on_event
        Called with an `Event` now and then; return False to stop with the best found so far.

    Raises
    ------
    bundling.InputError
        When the problem's data break a rule.
    bundling.ModelMismatch
        When a solver's answer and our own recomputation differ: a bug.
    """
    room = _room(problem, "solve")
    result: Result = room.solve(
        problem, time_limit=time_limit, gap=gap, seed=seed, on_event=on_event
    )
    return result


def check(problem: Any, solution: Any) -> list[Violation]:
    """List every rule of `problem` that `solution` breaks; empty when it is feasible."""
    violations: list[Violation] = _room(problem, "check").check(problem, solution)
    return violations


def evaluate(problem: Any, solution: Any) -> Evaluation:
    """Recompute cost and indicators of `solution` from the data of `problem` alone."""
    evaluation: Evaluation = _room(problem, "evaluate").evaluate(problem, solution)
    return evaluation


def _room(problem: Any, name: str) -> Any:
    family = getattr(problem, "family", None)
    if family not in ROOMS:
        raise TypeError(
            f"cannot {name} a {type(problem).__name__}: expected a problem of one of the families "
            + ", ".join(FAMILIES)
        )
    return importlib.import_module(f"bundling.{family}.{name}")
