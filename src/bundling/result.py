"""What a solve gives back: why it stopped, which limit, which bounds, which solution.

The four are kept apart on purpose. A time-limit incumbent is `FEASIBLE` with `Limit.TIME`, never
`OPTIMAL`; a method that proves nothing has a bound of ``-inf``, never 0. All families minimise.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import pandas as pd

OPTIMAL_GAP = 1e-6
"""Relative gap below which a solution is called optimal."""


class Status(StrEnum):
    """What is known about the answer."""

    OPTIMAL = "optimal"
    """A checked solution, and a bound within `OPTIMAL_GAP` of it."""
    FEASIBLE = "feasible"
    """A checked solution; `Result.gap` says how far it can be from the best."""
    INFEASIBLE = "infeasible"
    """Proved: no solution exists. `Result.reasons` says what is short, where and by how much."""
    UNKNOWN = "unknown"
    """Neither a solution nor a proof that there is none."""
    FAILED = "failed"
    """The solver broke down; `Result.reasons` says how."""


class Limit(StrEnum):
    """Which limit ended the search."""

    NONE = "none"
    GAP = "gap"
    TIME = "time"
    ITERATIONS = "iterations"
    MEMORY = "memory"
    INTERRUPT = "interrupt"


@dataclass(frozen=True)
class Bounds:
    """Objective of the best solution and the proved lower bound.

    Attributes
    ----------
    objective
        Objective recomputed from the data; ``inf`` when there is no solution.
    bound
        No solution can cost less; ``-inf`` when nothing is proved.
    """

    objective: float = math.inf
    bound: float = -math.inf

    @property
    def gap(self) -> float:
        """``(objective - bound) / |objective|``; ``inf`` when either is unknown."""
        if math.isinf(self.objective) or math.isinf(self.bound):
            return math.inf
        difference = max(0.0, self.objective - self.bound)
        return difference / max(abs(self.objective), 1e-9) if difference > 1e-9 else 0.0


@dataclass(frozen=True)
class Violation:
    """One rule a solution breaks.

    Attributes
    ----------
    rule
        Name of the rule, such as ``"vehicle capacity (kg)"``.
    where
        The vehicle, stop, site, hour ... where it is broken.
    amount, unit
        By how much.
    """

    rule: str
    where: str
    amount: float
    unit: str

    def __str__(self) -> str:
        return f"{self.rule} at {self.where}: broken by {self.amount:g} {self.unit}".rstrip()


@dataclass(frozen=True)
class Evaluation:
    """What a solution costs and does, recomputed from the data alone.

    Attributes
    ----------
    costs_eur
        Cost by component; they sum to the objective.
    indicators
        Other figures with the unit in the name: ``vehicle_km``, ``co2e_kg``, ``nox_g``, ``kwh`` ...
    """

    costs_eur: Mapping[str, float]
    indicators: Mapping[str, float] = field(default_factory=dict)

    @property
    def objective(self) -> float:
        """Total cost, EUR."""
        return math.fsum(self.costs_eur.values())


@dataclass(frozen=True)
class Event:
    """One sign of life from a running solve or study.

    Attributes
    ----------
    step
        What is running: a family's name, or a step of the chain.
    seconds
        Since the start of the call.
    objective, bound
        Best known so far.
    message
        A short text, or empty.
    """

    step: str
    seconds: float
    objective: float = math.inf
    bound: float = -math.inf
    message: str = ""


OnEvent = Callable[[Event], bool | None]
"""Called now and then while solving; return False to stop with the best found so far."""


@dataclass(frozen=True)
class RunInfo:
    """How an answer came about.

    Attributes
    ----------
    method
        The algorithm and solver, such as ``"MIP by HiGHS"``.
    seed, time_limit_s, gap_target
        As asked.
    wall_s
        Seconds of the whole call, building and checking included.
    versions
        Versions of Python, this library and the solvers used.
    problem_hash
        SHA-256 of the problem's inputs.
    checks
        How many rules the checker went through, counted per place where a rule applies.
    improvements
        ``(seconds, objective, bound)`` at each improvement, where the method reports them.
    iterations
        Iterations of all workers, where the method counts them; 0 elsewhere.
    """

    method: str
    seed: int
    time_limit_s: float
    gap_target: float
    wall_s: float
    versions: Mapping[str, str] = field(default_factory=dict)
    problem_hash: str = ""
    checks: int = 0
    improvements: tuple[tuple[float, float, float], ...] = ()
    iterations: int = 0


class Problem(Protocol):
    """What every family's problem has."""

    @property
    def family(self) -> str:
        """``"hubs"``, ``"rounds"``, ``"energy"`` or ``"siting"``."""
        ...


@dataclass(frozen=True)
class Result:
    """The answer to one problem.

    Attributes
    ----------
    problem, solution
        What was asked and the decisions; `solution` is None when none was found.
    status, limit, bounds
        What is known, what ended the search, objective and bound.
    evaluation
        Costs and indicators of the solution; None without one.
    violations
        Rules the solution breaks; empty, since a solve never returns a broken solution.
    reasons
        Why there is no better answer, in words: what is short, where, by how much.
    run
        How it came about.
    """

    problem: Any
    solution: Any
    status: Status
    limit: Limit
    bounds: Bounds
    evaluation: Evaluation | None
    violations: tuple[Violation, ...]
    reasons: tuple[str, ...]
    run: RunInfo

    @property
    def family(self) -> str:
        """Which of the four families the problem belongs to."""
        return str(self.problem.family)

    @property
    def objective(self) -> float:
        """Total cost, EUR; ``inf`` without a solution."""
        return self.bounds.objective

    @property
    def bound(self) -> float:
        """Proved lower bound, EUR; ``-inf`` when nothing is proved."""
        return self.bounds.bound

    @property
    def gap(self) -> float:
        """Relative gap between objective and bound."""
        return self.bounds.gap

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The solution as data frames, by name; empty without a solution."""
        if self.solution is None:
            return {}
        room = importlib.import_module(f"bundling.{self.family}.tables")
        tables: dict[str, pd.DataFrame] = room.tables(self.problem, self.solution)
        return tables

    def plot(self, *, ax: Any = None) -> Any:
        """Draw the solution on matplotlib axes `ax` (new ones by default) and return them.

        Raises
        ------
        ValueError
            When there is no solution to draw.
        """
        if self.solution is None:
            raise ValueError(f"nothing to draw: {self.status}. " + " ".join(self.reasons))
        room = importlib.import_module(f"bundling.{self.family}.plot")
        return room.plot(self.solution, self.problem, ax=ax)

    def to_geojson(self, folder: str | Path, *, places: pd.DataFrame | None = None) -> list[Path]:
        """Write the map layers as WGS84 GeoJSON files into `folder` and return their paths.

        Parameters
        ----------
        folder
            Where to.
        places
            For hub location and network design, whose problems have no coordinates: ``id`` and
            ``lon``, ``lat`` (or ``x_m``, ``y_m`` in RD New) of every node.

        Raises
        ------
        bundling.errors.NoMap
            When the places have no position.
        bundling.InputError
            With everything that is wrong in `places`.
        """
        room = importlib.import_module("bundling.report.geojson")
        paths: list[Path] = room.write_layers(self, Path(folder), places)
        return paths

    def to_excel(self, path: str | Path, *, lang: str = "nl") -> Path:
        """Write every table as one workbook to `path` and return it; it never has a formula."""
        room = importlib.import_module("bundling.report.result_book")
        written: Path = room.write_book(self, Path(path), lang)
        return written

    def report(
        self,
        path: str | Path,
        *,
        lang: str = "nl",
        places: pd.DataFrame | None = None,
        reasons_limit: float = 20.0,
    ) -> Path:
        """Write one self-contained HTML page about this result to `path` and return it.

        Parameters
        ----------
        path
            File to write.
        lang
            ``"nl"`` or ``"en"``.
        places
            Positions of nodes, as in `to_geojson`, for a map.
        reasons_limit
            Wall seconds for reasons that need solving again, such as what a day costs without each
            of its hubs; 0 leaves them out.
        """
        room = importlib.import_module("bundling.report.html")
        written: Path = room.write_result(
            self, Path(path), lang=lang, places=places, reasons_limit=reasons_limit
        )
        return written

    def __repr__(self) -> str:
        unit = getattr(self.problem, "unit", "EUR")
        money = f"objective {self.objective:,.2f} {unit}, bound {self.bound:,.2f} {unit}"
        lines = [
            f"{self.family}: {self.status} (limit: {self.limit})",
            f"  {money}, gap {self.gap:.2%}",
            f"  {self.run.method}, seed {self.run.seed}, {self.run.wall_s:.1f} s",
            f"  {self.run.checks} checks, {len(self.violations)} violations",
        ]
        lines += [f"  {reason}" for reason in self.reasons]
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from html import escape

        return f"<pre>{escape(repr(self))}</pre>"
