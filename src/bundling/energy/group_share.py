"""What a group contract saves against each company alone, and a fair split of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.energy.flows import import_kw
from bundling.energy.group import EnergyGroup, GroupAnswer, solve_group
from bundling.energy.solve import solve
from bundling.errors import Fault, InputError, SolverError
from bundling.gains import (
    best_partition,
    check_core,
    members,
    nucleolus,
    proportional,
    shapley,
)
from bundling.result import Result, Status

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]

MOST_COMPANIES = 12
"""Every coalition is planned: 4,095 of them at twelve companies."""


@dataclass(frozen=True, eq=False)
class GroupSharing:
    """What companies gain from one contract, and who should pay what.

    Attributes
    ----------
    group
        The companies and their offers.
    alone
        Result of each company on its own.
    joint
        The plan of all together under a group contract.
    cost_eur
        ``[2 ** n]``: least cost of every coalition, which may take a group contract, stay apart,
        or split up; bit `p` of the index stands for company `p`.
    gap
        Largest relative gap of the plans behind these costs; ``inf`` when the time ended before
        every coalition had a plan.
    shapley_eur, nucleolus_eur, proportional_eur
        What each company pays under three splits; each sums to the cost of all.
    """

    group: EnergyGroup
    alone: tuple[Result, ...]
    joint: GroupAnswer
    cost_eur: FloatArray
    gap: float
    shapley_eur: FloatArray
    nucleolus_eur: FloatArray
    proportional_eur: FloatArray

    @property
    def alone_eur(self) -> FloatArray:
        """Cost of each company on its own."""
        return np.array([result.objective for result in self.alone])

    @property
    def saved_eur(self) -> float:
        """What all together save against each alone; 0 when staying apart is best."""
        return float(self.alone_eur.sum() - self.cost_eur[-1])

    @property
    def alone_kw(self) -> FloatArray:
        """Power each company contracts alone, kW; its highest draw where it has no offers."""
        return np.array(
            [
                result.solution.site.contract_kw
                if result.problem.offers
                else float(import_kw(result.problem, result.solution).max())
                for result in self.alone
            ]
        )

    @property
    def saved_kw(self) -> float:
        """Contracted power the group contract saves against each alone, kW."""
        if self.joint.plan is None:
            return 0.0
        return float(self.alone_kw.sum() - self.joint.plan.contract_kw)

    def table(self) -> pd.DataFrame:
        """One row a company: company, alone_eur, alone_kw, and what it pays and saves.

        Columns shapley_eur, nucleolus_eur, proportional_eur, and saving_eur (alone less Shapley).
        """
        import pandas as pd

        return pd.DataFrame(
            {
                "company": list(self.group.names),
                "alone_eur": self.alone_eur,
                "alone_kw": self.alone_kw,
                "shapley_eur": self.shapley_eur,
                "nucleolus_eur": self.nucleolus_eur,
                "proportional_eur": self.proportional_eur,
                "saving_eur": self.alone_eur - self.shapley_eur,
            }
        )

    def stability(self) -> pd.DataFrame:
        """One row a split: split, in_core, leaving (who gains most by leaving), excess_eur.

        An empty core shows in the nucleolus: it is in the core whenever any split is.
        """
        import pandas as pd

        rows = []
        held = members(len(self.group.names))
        for name in ("shapley", "nucleolus", "proportional"):
            found = check_core(self.cost_eur, getattr(self, f"{name}_eur"))
            who = [n for n, here in zip(self.group.names, held[found.leaving], strict=True) if here]
            rows.append(
                {
                    "split": name,
                    "in_core": found.in_core,
                    "leaving": " + ".join(who),
                    "excess_eur": found.excess_eur,
                }
            )
        return pd.DataFrame(rows)


def share_group(
    group: EnergyGroup, *, time_limit: float = 120.0, gap: float = 1e-4, seed: int = 0
) -> GroupSharing:
    """Plan every coalition and split the cost of all together.

    Parameters
    ----------
    group
        At most `MOST_COMPANIES` companies.
    time_limit
        Wall seconds for all coalitions together; what one leaves over goes to the rest.
    gap, seed
        As in `bundling.solve`.

    Raises
    ------
    bundling.InputError
        With too many companies, or when one cannot meet its needs alone: a saving against the
        impossible has no price.
    bundling.SolverError
        When the time ends before every company is planned.
    """
    clock = Clock(time_limit)
    count = len(group.companies)
    if count > MOST_COMPANIES:
        rule = f"are {count}, more than {MOST_COMPANIES}"
        raise InputError([Fault("companies", "", (), rule, "Join small ones into one.")])
    cost, gaps = np.zeros(2**count), [0.0]
    alone = []
    for p, company in enumerate(group.companies):
        left = max(0.05, clock.left / (2**count - p))
        result = solve(company, time_limit=max(1.0, left), gap=gap, seed=seed)
        if result.solution is None:
            _refuse(result)
        alone.append(result)
        cost[1 << p] = result.objective
        gaps.append(result.gap)
    held = members(count)
    joint = GroupAnswer(result.status, None, np.inf, -np.inf)
    for coalition in sorted(range(1, 2**count), key=int.bit_count):
        who = np.flatnonzero(held[coalition])
        if who.size < 2:
            continue
        left = max(0.05, clock.left / (2**count - coalition))
        part = EnergyGroup(tuple(group.companies[p] for p in who), group.offers)
        answer = solve_group(part, time_limit=left, gap=gap, seed=seed)
        cost[coalition] = answer.cost_eur
        if answer.plan is None and answer.status is not Status.INFEASIBLE:
            gaps.append(np.inf)  # the coalition stays apart for want of time, not of a plan
        if answer.plan is not None:
            gaps.append((answer.cost_eur - answer.bound_eur) / max(1e-9, abs(answer.cost_eur)))
        if coalition == 2**count - 1:
            joint = answer
    cost = best_partition(cost)
    singles = cost[1 << np.arange(count)]
    return GroupSharing(
        group,
        tuple(alone),
        joint,
        cost,
        max(gaps),
        shapley(cost),
        nucleolus(cost),
        proportional(np.maximum(0.0, singles), float(cost[-1])),
    )


def _refuse(result: Result) -> None:
    """Say that a company has no plan of its own."""
    name, why = result.problem.name, " ".join(result.reasons[:2])
    if result.status.value != "infeasible":
        raise SolverError(f"company {name} has no plan yet: {why}")
    remedy = "Give a price to shortfall, or a contract that meets the needs."
    rule = f"cannot meet its needs alone: {why}"
    raise InputError([Fault("companies", "", (name,), rule, remedy)])
