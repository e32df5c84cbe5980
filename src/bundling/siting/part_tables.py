"""The parts of a siting plan as data frames: storage, reinforcements, contracts, limits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bundling.siting.evaluate import totals
from bundling.siting.flows import (
    Flows,
    capital_eur,
    flows,
    rule_power_kw,
    upgrade_capital_eur,
)
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution

Row = dict[str, Any]

_COLUMNS = {
    "storage": (
        "site_id", "year", "battery_kwh", "battery_kw", "pv_kwp", "cycles_per_year",
        "pv_kwh_per_day",
    ),
    "reinforcements": (
        "reinforcement_id", "name", "node_id", "extra_kw", "first_year", "chosen_year",
        "eur_per_year",
    ),
    "contracts": (
        "site_id", "year", "connection_step", "contract_form", "connection_kw", "contracted_kw",
        "peak_kw", "peak_hour", "eur_per_year",
    ),
    "limits": ("rule", "name", "year", "asked_value", "found_value", "spare_value", "unit"),
}  # fmt: skip
_YEARS = ("year", "first_year", "chosen_year")


def part_tables(problem: SitingProblem, solution: SitingSolution) -> dict[str, pd.DataFrame]:
    """Return the frames of the parts that `problem` has.

    Returns
    -------
    dict of pandas.DataFrame
        ``storage``: batteries and PV that stand, full cycles a year, and PV energy in use.
        ``reinforcements``: those that could be chosen, and the first year in which each is there.
        ``contracts``: of every open site and year the contract form, what is contracted (kW),
        the highest new load and its hour, and the yearly cost of the contracted power; with
        several forms, or forms that close or keep power free. ``limits``: what a board asked,
        what the plan does and what is left, as budgets (EUR), coverage (shares), power rules (kW)
        and ceilings over all years.
    """
    flow = flows(problem, solution)
    made: dict[str, Iterator[Row]] = {}
    if problem.storage is not None:
        made["storage"] = _storage(problem, solution)
    if problem.upgrades is not None:
        made["reinforcements"] = _reinforcements(problem, solution)
    if _several_forms(problem):
        made["contracts"] = _contracts(problem, solution, flow)
    if any(
        part is not None
        for part in (problem.budget, problem.coverage, problem.power_rules, problem.impacts)
    ):
        made["limits"] = _limits(problem, solution, flow)
    return {name: _frame(name, rows) for name, rows in made.items()}


def _frame(name: str, rows: Iterator[Row]) -> pd.DataFrame:
    columns = _COLUMNS[name]
    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame.astype({column: "Int64" for column in columns if column in _YEARS})


def _several_forms(problem: SitingProblem) -> bool:
    return (
        len(set(problem.step_contract)) > 1
        or bool((problem.step_available != 1).any())
        or bool((problem.step_reserved != 0).any())
    )


def _storage(problem: SitingProblem, solution: SitingSolution) -> Iterator[Row]:
    own, store = solution.dispatch, problem.storage
    assert own is not None
    assert store is not None
    weights = problem.hour_weights
    out_kwh = own.discharge_kw @ weights / store.one_way
    for s, y in np.argwhere((own.battery_kwh > 0) | (own.pv_kwp > 0)):
        size = float(own.battery_kwh[s, y])
        turned = float(out_kwh[s, y]) * problem.days_per_year
        yield {
            "site_id": problem.site_ids[s],
            "year": problem.years[y],
            "battery_kwh": size,
            "battery_kw": float(own.battery_kw[s, y]),
            "pv_kwp": float(own.pv_kwp[s, y]),
            "cycles_per_year": turned / size if size > 0 else 0.0,
            "pv_kwh_per_day": float(own.pv_kw[s, y] @ weights),
        }


def _reinforcements(problem: SitingProblem, solution: SitingSolution) -> Iterator[Row]:
    more = problem.upgrades
    assert more is not None
    for u, there in enumerate(solution.upgraded > 0):
        yield {
            "reinforcement_id": more.ids[u],
            "name": more.names[u],
            "node_id": problem.node_ids[more.node[u]],
            "extra_kw": float(more.kw[u]),
            "first_year": int(more.first_year[u]),
            "chosen_year": problem.years[int(there.argmax())] if there.any() else None,
            "eur_per_year": float(more.eur_per_year[u]),
        }


def _contracts(problem: SitingProblem, solution: SitingSolution, flow: Flows) -> Iterator[Row]:
    for s, y in np.argwhere(solution.step >= 0):
        step = int(solution.step[s, y])
        new = flow.new_kw[s, y]
        yield {
            "site_id": problem.site_ids[s],
            "year": problem.years[y],
            "connection_step": problem.step_ids[step],
            "contract_form": problem.step_contract[step],
            "connection_kw": float(problem.step_max_kw[step]),
            "contracted_kw": float(flow.contract_kw[s, y]),
            "peak_kw": float(flow.peak_kw[s, y]),
            "peak_hour": problem.hour_name(int(new.argmax())) if new.max() > 0 else None,
            "eur_per_year": float(problem.step_eur_per_kw_year[step] * flow.contract_kw[s, y]),
        }


def _limits(problem: SitingProblem, solution: SitingSolution, flow: Flows) -> Iterator[Row]:
    """One row a limit; what is left is positive where the plan stays within it."""

    def row(rule: str, name: str, year: int | None, ends: tuple[float, float, float],
            unit: str) -> Row:  # fmt: skip
        asked, found, left = ends
        return {
            "rule": rule, "name": name, "year": year, "asked_value": asked,
            "found_value": found, "spare_value": left, "unit": unit,
        }  # fmt: skip

    if problem.budget is not None:
        spent = capital_eur(problem, solution).sum(axis=0)
        spent = spent + upgrade_capital_eur(problem, solution).sum(axis=0)
        for year, most, used in zip(problem.years, problem.budget.eur, spent, strict=True):
            ends = (float(most), float(used), float(most - used))
            yield row("budget", "", year, ends, "EUR")
    if problem.coverage is not None:
        for a, area in enumerate(problem.coverage.area_ids):
            mine = problem.coverage.demand_area == a
            asked = problem.demand_kwh[mine].sum(axis=0)
            missed = flow.unserved_kwh[mine].sum(axis=0)
            for y, year in enumerate(problem.years):
                least = float(problem.coverage.min_share[a, y])
                share = 1.0 - float(missed[y] / asked[y]) if asked[y] > 0 else 1.0
                yield row("coverage", area, year, (least, share, share - least), "share")
    if problem.power_rules is not None:
        power = rule_power_kw(problem, solution)
        for (r, y), found in np.ndenumerate(power):
            least = float(problem.power_rules.min_kw[r, y])
            ends = (least, float(found), float(found) - least)
            yield row("power rule", problem.power_rules.ids[r], problem.years[y], ends, "kW")
    if problem.impacts is not None:
        for name, amount in totals(problem, solution, flow).items():
            most = float(getattr(problem.impacts, f"max_{name}"))
            if np.isfinite(most):
                what, unit = name.rsplit("_", 1)
                unit = {"eur": "EUR", "mwh": "MWh"}.get(unit, unit)
                yield row("ceiling", what, None, (most, amount, most - amount), unit)
