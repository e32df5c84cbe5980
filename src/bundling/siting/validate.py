"""Everything that can be wrong with the inputs of a siting problem, found at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.siting.grid import has_circle
from bundling.siting.layout import REFERENCES, ROWS, SCALARS

if TYPE_CHECKING:
    from bundling.siting.problem import SitingProblem

_SUM_TOLERANCE = 1e-6
FORMS = (
    "firm",
    "time-block",
    "variable",
    "time-duration",
    "capacity-limiting",
    "group",
)
"""Contract forms of Dutch grid operators; what each means stands in the step's own columns."""


def faults(problem: SitingProblem) -> list[Fault]:
    """List every fault; wrong lengths come alone, since nothing else can be trusted then."""
    wrong = [*_years(problem), *_lengths(problem)]
    if wrong:
        return wrong
    return [
        *_identifiers(problem),
        *_numbers(problem),
        *_references(problem),
        *_hours(problem),
        *_steps(problem),
        *_scalars(problem),
        *_parts(problem),
    ]


def _years(problem: SitingProblem) -> Iterator[Fault]:
    years = problem.years
    if not years:
        yield Fault("parameters", "years", (), "no planning year", "Give at least one year.")
    elif any(later <= earlier for earlier, later in pairwise(years)):
        yield Fault(
            "parameters", "years", (), f"years {years} do not ascend", "Sort them, each once."
        )


def _lengths(problem: SitingProblem) -> Iterator[Fault]:
    for table, columns in ROWS.items():
        expected = len(getattr(problem, columns[0].field))
        for column in columns:
            found = getattr(problem, column.field)
            shape = (len(found),) if isinstance(found, tuple) else found.shape
            if shape != (expected,):
                rule = f"has shape {shape} where {columns[0].field} has {expected} items"
                yield Fault(table, column.column, (), rule, "Give one value a row.")
    count, years, hours = problem, problem.num_years, problem.num_hours
    expected_shapes = {
        "headroom_kw": ("node_hours", (count.num_nodes, years, hours)),
        "base_load_kw": ("node_hours", (count.num_nodes, years, hours)),
        "demand_kwh": ("demand_years", (count.num_demands, years)),
        "demand_profile": ("profiles", (count.num_demands, hours)),
        "price_eur_per_kwh": ("prices", (hours,)),
        "day_share": ("days", (len(count.day_ids),)),
        "step_available": ("step_hours", (count.num_steps, hours)),
        "step_reserved": ("steps", (count.num_steps,)),
        "demand_link": ("demand", (count.num_demands,)),
    }
    for field, (table, shape) in expected_shapes.items():
        found_shape = getattr(problem, field).shape
        if found_shape != shape:
            rule = f"has shape {found_shape}, expected {shape}"
            yield Fault(table, field, (), rule, "Give every item, year and hour once.")
    for table in ("chargers", "steps"):
        if not len(getattr(problem, ROWS[table][0].field)):
            yield Fault(table, "", (), "is empty", "Give at least one row.")
    for part in (problem.storage, problem.carriers, problem.budget, problem.coverage):
        if part is not None:
            yield from part.lengths(problem)
    if problem.power_rules is not None:
        yield from problem.power_rules.lengths(problem)
    if problem.upgrades is not None:
        yield from problem.upgrades.lengths()


def _identifiers(problem: SitingProblem) -> Iterator[Fault]:
    for table, columns in ROWS.items():
        if columns[0].kind != "text":
            continue
        seen: dict[str, int] = {}
        for name in getattr(problem, columns[0].field):
            seen[name] = seen.get(name, 0) + 1
        twice = tuple(name for name, times in seen.items() if times > 1)
        if twice:
            yield Fault(table, columns[0].column, twice, "appears more than once", "Rename one.")
    pairs = problem.pair_demand * max(problem.num_sites, 1) + problem.pair_site
    repeated = len(pairs) - len(np.unique(pairs))
    if repeated:
        rule = f"{repeated} pairs of demand point and site appear more than once"
        yield Fault("pairs", "", (), rule, "Keep one row a pair.")


def _numbers(problem: SitingProblem) -> Iterator[Fault]:
    for table, columns in ROWS.items():
        labels = getattr(problem, columns[0].field)
        for column in columns:
            if column.kind in ("text", "boolean", "reference"):
                continue
            values = getattr(problem, column.field).astype(np.float64)
            bad = ~np.isfinite(values)
            if column.minimum is not None:
                bad |= values < column.minimum
            if bad.any():
                rows = tuple(str(labels[i]) for i in np.flatnonzero(bad))
                limit = "" if column.minimum is None else f" of at least {column.minimum:g}"
                rule = f"{values[bad][0]:g} is not a number{limit}"
                yield Fault(table, column.column, rows, rule, "Correct the value.")
    power = problem.charger_kw
    if (power == 0).any():
        rows = tuple(problem.charger_ids[c] for c in np.flatnonzero(power == 0))
        yield Fault("chargers", "power_kw", rows, "a charger without power", "Remove it.")


def _references(problem: SitingProblem) -> Iterator[Fault]:
    for table, columns in ROWS.items():
        for column in columns:
            if column.kind != "reference":
                continue
            index = getattr(problem, column.field)
            lowest = -1 if column.minimum == -1 else 0
            size = len(getattr(problem, REFERENCES[column.field]))
            bad = np.flatnonzero((index < lowest) | (index >= size))
            if len(bad):
                rows = tuple(str(i + 1) for i in bad)
                yield Fault(
                    table, column.column, rows, "refers to nothing", "Use an existing identifier."
                )
    parent = problem.node_parent
    if len(parent) and (parent >= -1).all() and (parent < len(parent)).all() and has_circle(parent):
        rule = "grid nodes feed each other in a circle"
        yield Fault("nodes", "parent_id", (), rule, "Leave the parent of the highest node empty.")


def _hours(problem: SitingProblem) -> Iterator[Fault]:
    for field, infinite in (("headroom_kw", True), ("base_load_kw", False)):
        values = getattr(problem, field)
        bad = np.isnan(values) | (values < 0) | (np.isinf(values) & (not infinite))
        if bad.any():
            rows = tuple(problem.node_ids[g] for g in np.flatnonzero(bad.any(axis=(1, 2))))
            yield Fault(
                "node_hours", field, rows, "is negative or no number", "Give kW of at least 0."
            )
    values = problem.demand_kwh
    bad = ~np.isfinite(values) | (values < 0)
    if bad.any():
        rows = tuple(problem.demand_ids[d] for d in np.flatnonzero(bad.any(axis=1)))
        yield Fault(
            "demand_years", "kwh", rows, "is negative or no number", "Give kWh of at least 0."
        )
    days = problem.day_share
    if not np.isfinite(days).all() or (days <= 0).any() or abs(days.sum() - 1) > _SUM_TOLERANCE:
        rule = f"shares {days.tolist()} are not positive numbers that sum to 1"
        yield Fault("days", "share", (), rule, "Give the share of the year's days like each.")
        return
    shares = problem.demand_profile
    total = shares @ problem.hour_weights
    wrong = ~np.isfinite(shares).all(axis=1) | (shares < 0).any(axis=1)
    wrong |= np.abs(total - 1.0) > _SUM_TOLERANCE
    if wrong.any():
        rows = tuple(problem.demand_ids[d] for d in np.flatnonzero(wrong))
        many = "" if len(days) == 1 else ", weighted by the days they stand for,"
        rule = (
            f"the {problem.num_hours} shares{many} sum to {total[np.flatnonzero(wrong)[0]]:.6f}, "
            "not to 1"
        )
        yield Fault("profiles", "share", rows, rule, "Divide each share by the sum; none negative.")
    if not np.isfinite(problem.price_eur_per_kwh).all():
        yield Fault("prices", "eur_per_kwh", (), "is no number", "Give a price for each hour.")


def _steps(problem: SitingProblem) -> Iterator[Fault]:
    kw = problem.step_max_kw
    if (np.diff(kw) < 0).any():
        yield Fault("steps", "max_kw", (), "descends", "Sort the steps by power.")
        return
    other = tuple(
        step
        for step, form in zip(problem.step_ids, problem.step_contract, strict=True)
        if form not in FORMS
    )
    if other:
        forms = sorted(set(problem.step_contract) - set(FORMS))
        rule = f"contract form {', '.join(forms)} is unknown"
        yield Fault("steps", "contract", other, rule, f"Use one of {', '.join(FORMS)}.")
    size = problem.step_size
    costs = {"one_off_eur_per_year": problem.step_one_off_eur_per_year}
    if problem.budget is not None:
        costs["capital_eur"] = problem.budget.step_eur
    for column, values in costs.items():
        differ = np.flatnonzero(values != values[np.searchsorted(size, size)])
        if len(differ):
            rows = tuple(problem.step_ids[k] for k in differ)
            rule = "steps of one power are one connection, but their one-off costs differ"
            yield Fault("steps", column, rows, rule, "Give one cost for one power.")
    for field, table in (("step_available", "step_hours"), ("step_reserved", "steps")):
        values = getattr(problem, field).reshape(problem.num_steps, -1)
        bad = ~((values >= 0) & (values <= 1)).all(axis=1)
        if bad.any():
            rows = tuple(problem.step_ids[k] for k in np.flatnonzero(bad))
            yield Fault(table, field.removeprefix("step_"), rows, "is no share", "Give 0 to 1.")


def _scalars(problem: SitingProblem) -> Iterator[Fault]:
    for name, lowest in SCALARS.items():
        value = float(getattr(problem, name))
        if not np.isfinite(value) or value < lowest:
            rule = f"{value:g} is not a number of at least {lowest:g}"
            yield Fault("parameters", name, (), rule, "Correct the value.")
    for name in ("utilisation_limit", "charger_efficiency"):
        share = float(getattr(problem, name))
        if not 0 < share <= 1:
            rule = f"{share:g} is not a share above 0 and up to 1"
            yield Fault("parameters", name, (), rule, "Give a share such as 0.7.")
    if not problem.days_per_year > 0:
        yield Fault("parameters", "days_per_year", (), "is not positive", "Give days a year.")
    if problem.base_overload not in ("forbidden", "reported"):
        rule = f"'{problem.base_overload}' is unknown"
        yield Fault("parameters", "base_overload", (), rule, "Use 'forbidden' or 'reported'.")


def _parts(problem: SitingProblem) -> Iterator[Fault]:
    for part in (problem.storage, problem.upgrades, problem.carriers, problem.coverage):
        if part is not None:
            yield from part.faults(problem)
    for alone in (problem.budget, problem.power_rules):
        if alone is not None:
            yield from alone.faults()
    if problem.impacts is not None:
        yield from problem.impacts.faults(problem)
    bad = problem.demand_link < -1
    if bad.any():
        rows = tuple(problem.demand_ids[d] for d in np.flatnonzero(bad))
        yield Fault("demand", "link", rows, "is below -1", "Give -1 or the number of a flow.")
