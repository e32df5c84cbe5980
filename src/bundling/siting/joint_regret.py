"""The plan of least maximal regret over all plans, in one model of all scenarios.

A block of columns and rows for each scenario; the decisions of the first planning years are one for
all; the largest excess over the best cost of a scenario is minimised. The model is as large as all
scenarios together, and a maximum gives weak bounds: for small problems.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.mip import LinearModel, solve_model
from bundling.siting.held import open_model, solve_held
from bundling.siting.milp import EUR_PER_UNIT, Built, read
from bundling.siting.reasons.rerun import Rerun
from bundling.siting.regret import Regret, as_rerun, tables_of
from bundling.siting.search import columns_of
from bundling.siting.settle import settle
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

JOINT = "least regret"
"""Name of the plan in the tables."""
_SHARE = 0.7
"""Part of the time for the joint model; the rest is for what its plan costs in each scenario."""


@dataclass(frozen=True, eq=False)
class LeastRegret:
    """The plan of least maximal regret, and how good it is proved to be.

    Attributes
    ----------
    name
        ``"least regret"``, or the candidate that no better one was found than.
    plan
        Its first planning years are what is decided; later ones are those of the first scenario.
        None when none was found.
    max_regret_eur
        Its largest regret, from the costs found.
    low_eur, high_eur
        No plan has a largest regret below the first; this plan's is at most the second.
    approximate
        Whether the two differ.
    regret
        The tables with this plan as one more candidate, called ``"least regret"``.
    words
        The same in sentences.
    """

    name: str
    plan: SitingSolution | None
    max_regret_eur: float
    low_eur: float
    high_eur: float
    approximate: bool
    regret: Regret
    words: tuple[str, ...]


def least_regret(
    known: Regret, *, time_limit: float = 300.0, gap: float = 1e-3, seed: int = 0
) -> LeastRegret:
    """Find the plan of least maximal regret over all plans.

    Parameters
    ----------
    known
        What `regret` found; its choice is the start of the search.
    time_limit
        Wall seconds.
    gap, seed
        As in `solve`.

    Raises
    ------
    ValueError
        When a scenario has no plan: then no plan can be held in it.
    """
    without = [name for name, run in known.best.items() if run.solution is None]
    if without:
        raise ValueError(f"scenario {without[0]!r} has no plan")
    clock = Clock(time_limit)
    joint = _Joint(known)
    outcome = solve_model(
        joint.model,
        time_limit=max(0.05, _SHARE * clock.left),
        gap=gap,
        seed=seed,
        start=joint.start(seed),
    )
    low = max(0.0, outcome.bound * EUR_PER_UNIT)
    if outcome.values is None:
        words = (f"No plan for all scenarios was found: {outcome.message}",)
        return LeastRegret(JOINT, None, np.inf, low, np.inf, True, known, words)
    plan = joint.plan(outcome.values)
    held = dict(known.held)
    for number, (name, problem) in enumerate(known.scenarios.items()):
        left = max(0.05, clock.left / (len(known.scenarios) - number))
        found = solve_held(
            problem, plan, years=known.years, time_limit=left, gap=gap * 0.1, seed=seed
        )
        held[JOINT, name] = as_rerun(found)
    tables = tables_of(known.scenarios, known.years, _best(known, held), held)
    # A candidate may still be better: what the joint plan costs was sought for a limited time.
    row = tables.summary.iloc[0]
    name = str(row["plan"])
    worst, high = float(row["max_regret_eur"]), float(row["high_max_regret_eur"])
    low = min(low, high)
    exact = high - low <= 0.01 + 2e-6 * max(run.objective for run in known.best.values())
    text = f"The plan has a largest regret of {worst:,.0f} EUR"
    text += ", the least of all plans." if exact else f"; no plan has less than {low:,.0f} EUR."
    if not exact:
        text += " The search was cut short or stopped at its gap."
    chosen = held[name, next(iter(known.scenarios))].solution
    return LeastRegret(name, chosen, worst, low, high, not exact, tables, (text,))


def _best(known: Regret, held: dict[tuple[str, str], Rerun]) -> dict[str, Rerun]:
    """Let a cheaper plan that was found on the way count."""
    best = dict(known.best)
    for name, run in known.best.items():
        other = held[JOINT, name]
        if other.solution is not None and other.objective < run.objective:
            best[name] = Rerun(run.problem, other.solution, other.objective, run.bound)
    return best


class _Joint:
    """The model of all scenarios, and where each one's columns stand."""

    def __init__(self, known: Regret) -> None:
        self.known = known
        everywhere = np.ones(next(iter(known.scenarios.values())).num_sites, dtype=bool)
        self.built = [open_model(problem, everywhere) for problem in known.scenarios.values()]
        model = LinearModel()
        self.worst = model.add_columns("largest regret", 1, cost=1.0)
        whole = [np.zeros(1, dtype=bool)]
        self.starts: list[int] = []
        for name, built in zip(known.scenarios, self.built, strict=True):
            own = built.model
            columns = model.add_columns(
                name, own.num_columns, lower=own.lower, upper=own.upper, cost=0.0
            )
            self.starts.append(int(columns[0]))
            whole.append(own.integer)
            matrix = own.matrix().tocoo()
            model.add_rows(
                name,
                own.num_rows,
                (matrix.row, columns[matrix.col], matrix.data),
                lower=own.row_lower,
                upper=own.row_upper,
            )
            model.add_rows(
                f"regret in {name}",
                1,
                (0, columns, own.cost),
                (0, self.worst, -1.0),
                upper=known.best[name].objective / EUR_PER_UNIT,
            )
        lower, upper = model.lower, model.upper
        for one, other in self._pairs(upper):
            model.add_rows(
                "decided once",
                one.size,
                (np.arange(one.size), one.ravel(), 1.0),
                (np.arange(one.size), other.ravel(), -1.0),
                lower=0.0,
                upper=0.0,
            )
        self.model = model.with_bounds(lower, upper, integer=np.concatenate(whole))

    def _pairs(self, upper: FloatArray) -> list[tuple[IntArray, IntArray]]:
        """Columns of the first years that are one decision; those not allowed somewhere are 0."""
        years = self.known.years
        pairs = []
        for s in range(len(self.built[0].place)):
            there = [n for n, built in enumerate(self.built) if built.place[s] >= 0]
            first: list[IntArray] = []
            for n in there:
                mine = self._columns(n, s, years)
                if len(there) < len(self.built):
                    upper[np.concatenate([block.ravel() for block in mine])] = 0.0
                if first:
                    pairs += list(zip(first, mine, strict=True))
                else:
                    first = mine
        return pairs

    def _columns(self, n: int, site: int, years: int) -> list[IntArray]:
        built, start = self.built[n], self.starts[n]
        spot = built.place[site]
        return [start + block[spot, :, :years] for block in (built.step, built.chargers)]

    def start(self, seed: int) -> FloatArray | None:
        """Values of all columns for the candidate that was chosen; None without one."""
        if self.known.choice is None:
            return None
        parts = [np.zeros(1)]
        excess = 0.0
        for (name, _), built in zip(self.known.scenarios.items(), self.built, strict=True):
            plan = self.known.held[self.known.choice, name].solution
            values = None if plan is None else _settled(built, plan, seed)
            if values is None:
                return None
            own = float(built.model.cost @ values)
            excess = max(excess, own - self.known.best[name].objective / EUR_PER_UNIT)
            parts.append(values)
        parts[0][0] = max(excess, 0.0)
        return np.concatenate(parts)

    def plan(self, values: FloatArray) -> SitingSolution:
        """Return the plan in the first scenario."""
        built, start = self.built[0], self.starts[0]
        problem = next(iter(self.known.scenarios.values()))
        return read(problem, built, values[start : start + built.model.num_columns])


def _settled(built: Built, plan: SitingSolution, seed: int) -> FloatArray | None:
    values = columns_of(built, plan.step, plan.chargers)
    values[built.upgraded] = plan.upgraded
    return settle(built.model, values, seed)[0]
