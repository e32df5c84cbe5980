"""The tables of a siting study, as boards get them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.result import Result
from bundling.siting.afir_region import afir_of_plan
from bundling.siting.corridor_lines import AFIR_LINES, sites_on_corridors
from bundling.siting.evaluate import totals, yearly_costs
from bundling.siting.flows import Flows, flows
from bundling.siting.reasons import no_regret
from bundling.study.place_tables import grid_rows, phasing_rows
from bundling.units import KW_PER_MW

if TYPE_CHECKING:
    from bundling.region import Region
    from bundling.siting import SitingProblem, SitingSolution

FloatArray = NDArray[np.float64]
Row = dict[str, Any]


def study_tables(region: Region, results: Mapping[str, Result]) -> dict[str, pd.DataFrame]:
    """Return the tables of all scenarios that have a plan.

    Returns
    -------
    dict of pandas.DataFrame
        ``summary``: status, cost, bound, gap, energy served, sites, emissions by scenario.
        ``supply_demand``: energy asked for and served by demand point and year (MWh a year), and
        the site that serves most of it.
        ``phasing``: sites by scenario: when they open, chargers, power and contract by year, their
        grid node with its capacity and the next year with more headroom, waits.
        ``grid``: by node and year the headroom and load in its tightest hour, the contract forms
        used and power contracted by sites on it, and the next year with more headroom.
        ``cost_per_kwh``: EUR per kWh served by component and year.
        ``coverage``: share of the last year's energy served by the 1, 2, ... largest sites.
        ``afir``: what the regulation asks of corridors with a candidate site, and what is there.
        ``emissions``: CO2e and NOx over all years, with the plan and with diesel only.
        ``no_regret``: in how many scenarios each site opens; not with a single scenario.
    """
    solved = {name: result for name, result in results.items() if result.solution is not None}
    tables = {"summary": pd.DataFrame(list(_summary(results)))}
    makers: dict[str, Callable[[Region, str, Result], Iterator[Row]]] = {
        "supply_demand": _supply_demand,
        "phasing": phasing_rows,
        "grid": grid_rows,
        "cost_per_kwh": _cost_per_kwh,
        "coverage": _coverage,
        "afir": _afir,
        "emissions": _emissions,
    }
    for table, make in makers.items():
        rows = [
            {"scenario": name} | row
            for name, result in solved.items()
            for row in make(region, name, result)
        ]
        frame = pd.DataFrame(rows)
        whole = [column for column in frame if str(column).endswith("year") and column != "year"]
        whole = [column for column in whole if not frame[column].map(_text).any()]
        tables[table] = frame.astype(dict.fromkeys(whole, "Int64")) if whole else frame
    if len(solved) > 1:
        tables["no_regret"] = no_regret(solved)
    return tables


def _text(value: object) -> bool:
    return isinstance(value, (str, float)) and not pd.isna(value)


def _parts(result: Result) -> tuple[SitingProblem, SitingSolution, Flows]:
    problem, plan = result.problem, result.solution
    return problem, plan, flows(problem, plan)


def _summary(results: Mapping[str, Result]) -> Iterator[Row]:
    for name, result in results.items():
        row: Row = {
            "scenario": name,
            "status": str(result.status),
            "npv_eur": result.objective if result.solution is not None else None,
            "proved_at_least_eur": result.bound,
            "gap_pct": 100.0 * result.gap if result.solution is not None else None,
            "seconds": result.run.wall_s,
        }
        if result.solution is not None:
            problem, plan, flow = _parts(result)
            asked = problem.demand_kwh[:, -1].sum()
            row |= {
                "sites_last_year": int((plan.step[:, -1] >= 0).sum()),
                "chargers_last_year": int(plan.chargers[:, :, -1].sum()),
                "served_share_first_year": _served(problem, flow, 0),
                "served_share_last_year": _served(problem, flow, -1),
                "asked_mwh_last_year": asked * problem.days_per_year / KW_PER_MW,
            } | totals(problem, plan, flow)
        row["reason"] = " ".join(result.reasons[:2])
        yield row


def _served(problem: SitingProblem, flow: Flows, y: int) -> float:
    asked = problem.demand_kwh[:, y].sum()
    return float(1.0 - flow.unserved_kwh[:, y].sum() / asked) if asked else 1.0


def _supply_demand(_region: Region, _name: str, result: Result) -> Iterator[Row]:
    problem, _, flow = _parts(result)
    mwh = problem.days_per_year / KW_PER_MW
    for d in range(problem.num_demands):
        pairs = np.flatnonzero(problem.pair_demand == d)
        for y, year in enumerate(problem.years):
            asked = problem.demand_kwh[d, y]
            kwh = flow.pair_kwh[pairs, y]
            most = pairs[int(kwh.argmax())] if kwh.any() else -1
            yield {
                "demand_id": problem.demand_ids[d],
                "name": problem.demand_names[d],
                "kind": problem.demand_kinds[d],
                "year": year,
                "asked_mwh_per_year": asked * mwh,
                "served_mwh_per_year": (asked - flow.unserved_kwh[d, y]) * mwh,
                "unserved_mwh_per_year": flow.unserved_kwh[d, y] * mwh,
                "largest_site_id": problem.site_ids[problem.pair_site[most]] if most >= 0 else None,
                "largest_site": problem.site_names[problem.pair_site[most]] if most >= 0 else None,
            }


def _cost_per_kwh(_region: Region, _name: str, result: Result) -> Iterator[Row]:
    """Costs of a year over what is served in it; energy that is not served costs no one here."""
    problem, plan, flow = _parts(result)
    served = (problem.demand_kwh - flow.unserved_kwh).sum(axis=0) * problem.days_per_year
    yearly = yearly_costs(problem, plan, flow)
    for y, year in enumerate(problem.years):
        if served[y] <= 0:
            continue
        row: Row = {"year": year, "served_mwh": served[y] / KW_PER_MW}
        for component, amount in yearly.items():
            if component != "unserved":
                row[f"{component.replace(' ', '_')}_eur_per_kwh"] = amount[:, y].sum() / served[y]
        row["total_eur_per_kwh"] = sum(v for k, v in row.items() if k.endswith("_eur_per_kwh"))
        yield row


def _coverage(_region: Region, _name: str, result: Result) -> Iterator[Row]:
    problem, _, flow = _parts(result)
    at_site = np.bincount(
        problem.pair_site, weights=flow.pair_kwh[:, -1], minlength=problem.num_sites
    )
    asked = float(problem.demand_kwh[:, -1].sum())
    order = np.argsort(-at_site, kind="stable")
    covered = 0.0
    for number, s in enumerate(order[at_site[order] > 0], start=1):
        covered += float(at_site[s])
        yield {
            "sites": number,
            "site_id": problem.site_ids[s],
            "site_added": problem.site_names[s],
            "served_share": covered / asked if asked else 1.0,
        }


def _afir(region: Region, _name: str, result: Result) -> Iterator[Row]:
    """AFIR of the corridors that have a candidate site: others do not run through the region."""
    problem, plan = result.problem, result.solution
    there = set(sites_on_corridors(problem)["corridor_id"])
    lines = {road: line for road, line in AFIR_LINES.items() if road in there}
    if lines:
        for row in afir_of_plan(region, problem, plan, lines=lines).to_dict("records"):
            yield {str(key): value for key, value in row.items()}


def _emissions(_region: Region, _name: str, result: Result) -> Iterator[Row]:
    problem, plan, flow = _parts(result)
    if problem.impacts is None:
        return
    now = totals(problem, plan, flow)
    days = problem.days_per_year * problem.calendar_years
    asked = float(problem.demand_kwh.sum(axis=0) @ days)
    diesel_t = problem.impacts.diesel_co2e_kg_per_kwh * asked / KW_PER_MW
    diesel_kg = problem.impacts.diesel_nox_g_per_kwh * asked / KW_PER_MW
    yield {
        "years": f"{problem.years[0]}-{problem.years[0] + int(problem.calendar_years.sum()) - 1}",
        "co2e_t": now["co2e_t"],
        "co2e_diesel_t": diesel_t,
        "co2e_saved_t": diesel_t - now["co2e_t"],
        "nox_kg": now["nox_kg"],
        "nox_diesel_kg": diesel_kg,
        "nox_saved_kg": diesel_kg - now["nox_kg"],
    }
