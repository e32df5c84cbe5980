"""Tables and columns of the parts of a siting problem; absent when it has no such part.

- ``days`` (day, share): typical days; the hour tables then have a column ``day``.
- ``step_hours`` (step, hour, available) and ``steps.reserved``: contract forms.
- ``demand.link``: number of the truck flow; empty for a demand point that stands alone.
- ``site_storage``, ``storage_costs`` (year), ``pv_profile`` (hour), parameters ``battery_...``.
- ``upgrades``.
- ``carriers``, ``chargers.carrier``, ``demand.carrier``, ``sites.min_carriers``.
- ``budgets`` (year), ``capital_eur`` of sites, chargers, steps and upgrades, and parameters.
- ``coverage`` (area, year), ``demand.area``; empty for a demand point of no area.
- ``power_rules`` (rule, year), ``power_rule_sites``.
- The fields of `Impacts` are parameters; those left out say nothing.

A part is there when any of its tables or columns is; what is missing of it then is a fault.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault
from bundling.siting import columns
from bundling.siting.columns import Tables
from bundling.siting.limits import Impacts
from bundling.siting.problem import HOURS, SitingProblem

PARTS: dict[str, dict[str, tuple[str, ...]]] = {
    "days": {"days": ("day", "share")},
    "step_hours": {"step_hours": ("step", "hour", "available")},
    "storage": {
        "site_storage": ("site_id", "battery_max_kwh", "pv_max_kwp"),
        "storage_costs": (
            "year", "battery_eur_per_kwh_year", "battery_eur_per_kw_year", "pv_eur_per_kwp_year",
        ),
        "pv_profile": ("hour", "pv_kw_per_kwp"),
    },
    "upgrades": {"upgrades": ("upgrade_id", "name", "node_id", "kw", "first_year", "eur_per_year")},
    "carriers": {
        "carriers": ("carrier", "eur_per_kwh"),
        "chargers": ("carrier",),
        "demand": ("carrier",),
        "sites": ("min_carriers",),
    },
    "budget": {
        "budgets": ("year", "eur"),
        "sites": ("capital_eur",),
        "chargers": ("capital_eur",),
        "steps": ("capital_eur",),
    },
    "coverage": {"coverage": ("area", "year", "min_share"), "demand": ("area",)},
    "power_rules": {
        "power_rules": ("rule", "year", "min_kw", "min_charger_kw"),
        "power_rule_sites": ("rule", "site_id"),
    },
}  # fmt: skip
_SHARED = ("sites", "chargers", "steps", "demand")
"""Tables that are there without the parts too: of these only the columns tell."""

HOUR_TABLES = ("node_hours", "profiles", "prices", "step_hours", "pv_profile")
STORAGE_KEYS = ("battery_efficiency", "battery_hours", "battery_eur_per_kwh_cycled")
BUDGET_KEYS = ("battery_eur_per_kwh", "battery_eur_per_kw", "pv_eur_per_kwp")
IMPACT_KEYS = tuple(Impacts.__dataclass_fields__)


def has_part(tables: Tables, part: str) -> bool:
    """Whether any table or column of a part of `PARTS` is there."""
    for name, needed in PARTS[part].items():
        if name in tables and (
            name not in _SHARED or any(column in tables[name].columns for column in needed)
        ):
            return True
    return part == "days" and any(
        name in tables and "day" in tables[name].columns for name in HOUR_TABLES
    )


def _several_days(problem: SitingProblem) -> bool:
    return problem.day_ids != ("day",) or bool(problem.day_share[0] != 1.0)


def hour_keys(problem: SitingProblem) -> dict[str, Any]:
    """Key columns of the hour tables and what they run over."""
    hours: dict[str, Any] = {"hour": np.arange(HOURS)}
    return {"day": problem.day_ids} | hours if _several_days(problem) else hours


def parameters(problem: SitingProblem) -> list[tuple[str, object]]:
    """Keys and values of the parts' single numbers."""
    found: list[tuple[str, object]] = []
    for part, keys in (
        (problem.storage, STORAGE_KEYS),
        (problem.budget, BUDGET_KEYS),
        (problem.impacts, IMPACT_KEYS),
    ):
        if part is not None:
            found += [(key, getattr(part, key)) for key in keys]
    return found


def add_tables(problem: SitingProblem, tables: dict[str, pd.DataFrame]) -> None:
    """Add the tables and columns of the parts that `problem` has."""
    years, hours = {"year": problem.years}, hour_keys(problem)
    if _several_days(problem):
        tables["days"] = pd.DataFrame({"day": list(problem.day_ids), "share": problem.day_share})
    if (problem.step_available != 1).any():
        tables["step_hours"] = columns.spread(
            {"step": problem.step_ids, **hours}, {"available": problem.step_available}
        )
    if (problem.step_reserved != 0).any():
        tables["steps"]["reserved"] = problem.step_reserved
    if (problem.demand_link != -1).any():
        tables["demand"]["link"] = problem.demand_link
    store = problem.storage
    if store is not None:
        sizes, costs = (PARTS["storage"][name][1:] for name in ("site_storage", "storage_costs"))
        tables["site_storage"] = columns.spread(
            {"site_id": problem.site_ids}, {name: getattr(store, name) for name in sizes}
        )
        tables["storage_costs"] = columns.spread(
            years, {name: getattr(store, name) for name in costs}
        )
        tables["pv_profile"] = columns.spread(hours, {"pv_kw_per_kwp": store.pv_kw_per_kwp})
    if problem.upgrades is not None:
        more = problem.upgrades
        tables["upgrades"] = pd.DataFrame(
            {
                "upgrade_id": list(more.ids),
                "name": list(more.names),
                "node_id": [problem.node_ids[g] for g in more.node],
                "kw": more.kw,
                "first_year": more.first_year,
                "eur_per_year": more.eur_per_year,
            }
        )
    if problem.carriers is not None:
        sold = problem.carriers
        tables["carriers"] = columns.spread(
            {"carrier": sold.ids}, {"eur_per_kwh": sold.eur_per_kwh}
        )
        tables["chargers"]["carrier"] = [sold.ids[z] for z in sold.charger]
        tables["demand"]["carrier"] = [sold.ids[z] for z in sold.demand]
        tables["sites"]["min_carriers"] = sold.site_min
    _add_limits(problem, tables, years)


def _add_limits(
    problem: SitingProblem, tables: dict[str, pd.DataFrame], years: dict[str, Any]
) -> None:
    if problem.budget is not None:
        price = problem.budget
        tables["budgets"] = columns.spread(years, {"eur": price.eur})
        tables["sites"]["capital_eur"] = price.site_eur
        tables["chargers"]["capital_eur"] = price.charger_eur
        tables["steps"]["capital_eur"] = price.step_eur
        if problem.upgrades is not None:
            tables["upgrades"]["capital_eur"] = price.upgrade_eur
    if problem.coverage is not None:
        cover = problem.coverage
        tables["coverage"] = columns.spread(
            {"area": cover.area_ids, **years}, {"min_share": cover.min_share}
        )
        tables["demand"]["area"] = [
            cover.area_ids[a] if a >= 0 else None for a in cover.demand_area
        ]
    if problem.power_rules is not None:
        rules = problem.power_rules
        tables["power_rules"] = columns.spread(
            {"rule": rules.ids, **years},
            {
                "min_kw": rules.min_kw,
                "min_charger_kw": np.repeat(rules.min_charger_kw, problem.num_years),
            },
        )
        r, s = np.nonzero(rules.member)
        tables["power_rule_sites"] = pd.DataFrame(
            {"rule": [rules.ids[i] for i in r], "site_id": [problem.site_ids[i] for i in s]}
        )


def missing(tables: Tables) -> list[Fault]:
    """Name what is missing of the parts that are there."""
    wrong: list[Fault] = []
    for part, needed in PARTS.items():
        if has_part(tables, part):
            own = {name: needed[name] for name in needed if name not in _SHARED or name in tables}
            wrong += columns.missing(tables, own)
    if has_part(tables, "budget") and "upgrades" in tables:
        wrong += columns.missing(tables, {"upgrades": ("capital_eur",)})
    if has_part(tables, "days"):
        given = {name: ("day",) for name in HOUR_TABLES if name in tables}
        wrong += columns.missing(tables, given)
    return wrong
