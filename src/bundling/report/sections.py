"""What stands in the sections of the report and on the sheets of the workbook, in frames."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.units import clock_from_seconds

if TYPE_CHECKING:
    from bundling.chain import Step, Study
    from bundling.region import Region
    from bundling.report.messages import Messages
    from bundling.result import Result


_REASONS = 10
"""Stops left out that are looked into; each takes up to a second."""
_OFTEN_ALIKE = {
    "business_parks": "park_id",
    "hub_candidates": "hub_id",
    "site_candidates": "site_id",
}


def place_names(m: Messages, region: Region) -> dict[str, str]:
    """Names of all places and vehicle types of the region, by identifier.

    Vehicle types that still carry the name they came with are translated; a user's own name stays.
    """
    places = region.places()
    found = dict(zip(places["place_id"], places["name"], strict=True))
    for table, key in _OFTEN_ALIKE.items():
        if table in region.tables:
            found |= _told_apart(region.tables[table], key)
    if "vehicle_types" in region.tables:
        types = region.table("vehicle_types")
        for key, name in zip(types["vehicle_type"], types["name"], strict=True):
            found[key] = m.translated(f"vehicle_type.{key}", name)
    return {str(key): name for key, name in found.items() if isinstance(name, str) and name}


def _told_apart(frame: pd.DataFrame, key: str) -> dict[str, str]:
    """Names of the rows of one table; equal ones get their municipality, then a number."""
    names = frame["name"].astype(str)
    alike = names.duplicated(keep=False)
    names = names.where(~alike, names + " (" + frame["municipality"].fillna("–") + ")")
    still = names.duplicated(keep=False)
    number = (names.groupby(names).cumcount() + 1).astype(str)
    names = names.where(~still, names + " " + number)
    return dict(zip(frame[key].astype(str), names, strict=True))


def title_of(m: Messages, region: Region) -> str:
    """Title of the region, translated while it is the one the region came with."""
    return m.translated(f"region.{region.name}", region.title)


_KNOWN_ELSEWHERE = (["component", "eur"], ["indicator", "value"])


def family_tables(steps: Sequence[Step]) -> dict[str, pd.DataFrame]:
    """Tables of all steps of one family, those of the same name put together.

    With more than one step a first column ``step`` says where a row is from. Plain tables of
    costs and indicators are left out: the functions below give them for every family alike.
    """
    collected: dict[str, list[pd.DataFrame]] = {}
    for step in steps:
        for name, frame in step.result.tables.items():
            if frame.empty or list(frame.columns) in _KNOWN_ELSEWHERE:
                continue
            if len(steps) > 1:
                frame = frame.copy()
                frame.insert(0, "step", place_of(step.name))
            collected.setdefault(name, []).append(for_people(frame))
    return {name: pd.concat(frames, ignore_index=True) for name, frames in collected.items()}


_TIMES_OF_DAY = (
    "arrival_s", "departure_s", "return_s", "start_s", "end_s", "tw_early_s", "tw_late_s",
)  # fmt: skip


def for_people(frame: pd.DataFrame) -> pd.DataFrame:
    """Seconds since midnight as clock times; left out where the frame has the clock time too."""
    made = {}
    for name in frame.columns:
        column = frame[name]
        if name in _TIMES_OF_DAY:
            clock = f"{name[:-2]}_clock"
            if clock in frame.columns:
                continue
            made[clock] = pd.Series(
                [clock_from_seconds(float(s)) if pd.notna(s) else None for s in column],
                index=frame.index,
                dtype=object,
            )
        else:
            made[str(name)] = column
    return pd.DataFrame(made, index=frame.index)


def place_of(step: str) -> str:
    """Find the place in a step's name: ``"energy hub-x"`` gives ``"hub-x"``."""
    family, _, place = step.partition(" ")
    return place or family


def costs(steps: Sequence[Step]) -> dict[str, float]:
    """Costs by component, summed over the steps."""
    return _summed([step.result for step in steps], "costs_eur")


def _summed(results: Sequence[Result], what: str) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for result in results:
        if result.evaluation is not None:
            for name, value in getattr(result.evaluation, what).items():
                found.setdefault(name, []).append(value)
    return {name: math.fsum(values) for name, values in found.items()}


def indicators(steps: Sequence[Step]) -> pd.DataFrame:
    """Objective and indicators, one row a step."""
    rows = []
    for step in steps:
        evaluation = step.result.evaluation
        row: dict[str, Any] = {"step": place_of(step.name)}
        if evaluation is not None:
            row |= {"cost_eur": evaluation.objective, **evaluation.indicators}
        rows.append(row)
    return pd.DataFrame(rows)


def all_costs(study: Study) -> pd.DataFrame:
    """Costs of every step by component, one row each."""
    rows = [
        {"step": step.name, "component": component, "eur": amount}
        for step in study.steps
        if step.result.evaluation is not None
        for component, amount in step.result.evaluation.costs_eur.items()
    ]
    return pd.DataFrame(rows, columns=["step", "component", "eur"])


def account(steps: Sequence[tuple[str, Result, float]]) -> pd.DataFrame:
    """One row a step: status, limit, objective, bound, gap, seconds, checks, violations."""
    rows = [
        {
            "step": name,
            "status": str(result.status),
            "limit": str(result.limit),
            "objective_eur": _finite(result.objective),
            "bound_eur": _finite(result.bound),
            "gap": _finite(result.gap),
            "seconds_s": seconds,
            "checks": result.run.checks,
            "violations": len(result.violations),
            "method": result.run.method,
            "seed": result.run.seed,
        }
        for name, result, seconds in steps
    ]
    return pd.DataFrame(rows)


def _finite(value: float) -> float:
    return value if math.isfinite(value) else math.nan


def unserved(steps: Sequence[Step]) -> dict[str, pd.DataFrame]:
    """Everything that is asked and not delivered, by message code of the heading.

    - steps without an answer, with the reasons;
    - stops that are on no round, with the reasons of the dearest;
    - vehicles that leave a depot with too little energy;
    - charging demand that no site serves, by demand point, for every planning year.
    """
    found: dict[str, pd.DataFrame] = {}
    nothing = [
        {"step": step.name, "status": str(step.result.status), "reason": reason}
        for step in steps
        if step.result.solution is None
        for reason in step.result.reasons
    ]
    if nothing:
        found["unserved.steps"] = pd.DataFrame(nothing)
    left_out = [
        frame
        for step in steps
        if step.result.family == "rounds"
        and step.result.solution is not None
        and len(frame := _stops_left_out(step.result, place_of(step.name)))
    ]
    if left_out:
        found["unserved.rounds"] = pd.concat(left_out, ignore_index=True)
    short = [
        frame
        for step in steps
        if step.result.family == "energy"
        and step.result.solution is not None
        and len(frame := _short_vehicles(step.result, place_of(step.name)))
    ]
    if short:
        found["unserved.energy"] = pd.concat(short, ignore_index=True)
    for step in steps:
        if step.result.family == "siting" and step.result.solution is not None:
            frame = unserved_demand(step.result)
            if len(frame):
                found["unserved.siting"] = frame
    return found


def _stops_left_out(result: Result, place: str) -> pd.DataFrame:
    """List stops on no round, the dearest first; why, in English, for the first few."""
    from bundling.rounds.why import reason_left_out

    stops = result.tables.get("left_out")
    if stops is None or stops.empty:
        return pd.DataFrame()
    stops = stops.sort_values("prize_eur", ascending=False, kind="stable", ignore_index=True)
    names = stops["stop_id"].head(_REASONS).tolist()
    reasons = [reason_left_out(result.problem, result.solution, name) for name in names]
    stops.insert(0, "step", place)
    stops["reason"] = [*reasons, *[""] * (len(stops) - len(reasons))]
    return stops


def _short_vehicles(result: Result, place: str) -> pd.DataFrame:
    problem, missing = result.problem, np.asarray(result.solution.shortfall_kwh)
    rows = np.flatnonzero(missing > 1e-6)
    return pd.DataFrame(
        {
            "depot": place,
            "vehicle": [problem.vehicle_ids[row] for row in rows],
            "need_kwh": np.asarray(problem.need_kwh)[rows],
            "missing_kwh": missing[rows],
        }
    )


def unserved_demand(result: Result) -> pd.DataFrame:
    """Demand points with energy that no site serves, the most in the last year first."""
    demand = result.tables["demand"]
    years = sorted(demand["year"].unique())
    missing = demand.pivot_table(
        index="demand_id", columns="year", values="unserved_kwh_per_day", aggfunc="sum"
    )
    missing = missing[missing.max(axis=1) > 1e-6]
    last = demand[demand["year"] == years[-1]].set_index("demand_id").reindex(missing.index)
    frame = pd.DataFrame({"demand": last["name"], "kind": last["kind"]})
    for year in years:
        frame[f"unserved_{year}_kwh_per_day"] = missing[year]
    asked = last["asked_kwh_per_day"].to_numpy(dtype=float)
    frame["unserved_share"] = np.divide(
        missing[years[-1]].to_numpy(dtype=float), asked, out=np.zeros(len(asked)), where=asked > 0
    )
    frame["reason"] = last["reason"]
    order = frame.columns[1 + len(years)]
    return frame.sort_values(order, ascending=False, kind="stable").reset_index(drop=True)


def site_plan(study: Study) -> pd.DataFrame:
    """Sites with new chargers in the last planning year, and the grid node that feeds each.

    Columns name the year of opening, chargers and powers, the node with its headroom and what is
    left of it in the tightest hour (MW), and the next planned reinforcement after the opening.
    Empty when nothing is built or siting has no solution.
    """
    steps = [step for step in study.of("siting") if step.result.solution is not None]
    if not steps:
        return pd.DataFrame()
    tables = steps[0].result.tables
    sites, grid = tables["sites"], tables["grid"]
    last = steps[0].result.problem.years[-1]
    columns = ["site_id", "kind", "opened_year", "new_chargers", "installed_kw", "existing_kw",
               "connection_kw", "served_kwh_per_day", "node_id"]  # fmt: skip
    plan = sites.loc[(sites["year"] == last) & (sites["new_chargers"] > 0), columns]
    room = grid.loc[grid["year"] == last, ["node_id", "headroom_mw", "free_mw"]]
    plan = plan.merge(room, on="node_id", how="left")
    plan["reinforcement_year"] = _reinforcements(study, plan)
    ordered: pd.DataFrame = plan.sort_values("installed_kw", ascending=False, ignore_index=True)
    return ordered


def _reinforcements(study: Study, plan: pd.DataFrame) -> pd.Series[Any]:
    """First planned reinforcement of each row's node in or after the study's year."""
    planned = study.region.table("grid_reinforcements")
    planned = planned[planned["year"] >= study.year]
    first = planned.groupby("node_id")["year"].min()
    return plan["node_id"].map(first).astype("Int64")


def assumptions(region: Region) -> pd.DataFrame:
    """Assumptions of the region: every number a user may want to change, with its source."""
    frame: pd.DataFrame = region.table("assumptions")
    return frame


def synthetic_rows(region: Region) -> dict[str, int]:
    """Count the rows of every table that is synthetic, by table."""
    return {
        name: len(region.tables[name])
        for name in synthetic_tables()
        if len(region.tables.get(name, ()))
    }


def synthetic_tables() -> tuple[str, ...]:
    """Names of the tables that the schema calls synthetic."""
    from bundling.region import schema

    return tuple(table.name for table in schema().values() if table.origin == "synthetic")
