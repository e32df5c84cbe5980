"""Reading the parts of a siting problem from their tables; see `bundling.siting.part_frames`."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.errors import Fault
from bundling.siting import columns
from bundling.siting.carriers import Carriers
from bundling.siting.columns import Tables
from bundling.siting.limits import Budget, Coverage, Impacts, PowerRules
from bundling.siting.part_frames import (
    BUDGET_KEYS,
    IMPACT_KEYS,
    PARTS,
    STORAGE_KEYS,
    has_part,
)
from bundling.siting.problem import HOURS
from bundling.siting.storage import Storage
from bundling.siting.upgrades import Upgrades


def read_days(tables: Tables, wrong: list[Fault]) -> dict[str, Any]:
    """Names and shares of the typical days."""
    if "days" not in tables:
        return {"day_ids": ("day",), "day_share": [1.0]}
    names = tuple(str(value) for value in tables["days"]["day"])
    if len(set(names)) < len(names) or not names:
        wrong.append(Fault("days", "day", (), "is empty or not unique", "Name each day once."))
    return {"day_ids": names, "day_share": columns.floats(tables, "days", "share", wrong)}


def hour_labels(day_ids: tuple[str, ...], tables: Tables) -> dict[str, Any]:
    """Key columns of the hour tables and the texts they run over."""
    hours: dict[str, Any] = {"hour": [str(hour) for hour in range(HOURS)]}
    return {"day": day_ids} | hours if "days" in tables else hours


def read_parts(tables: Tables, fields: dict[str, Any], wrong: list[Fault]) -> dict[str, Any]:
    """Read the parts that are there, for the constructor of a problem.

    Parameters
    ----------
    tables
        All tables.
    fields
        What has been read so far: identifiers, years and days.
    wrong
        Gets what is wrong.
    """
    years = {"year": [str(year) for year in fields["years"]]}
    hours = hour_labels(fields["day_ids"], tables)
    given = tables["parameters"]
    numbers = _Numbers(dict(zip(given["key"].astype(str), given["value"], strict=True)), wrong)
    found: dict[str, Any] = {}
    if has_part(tables, "step_hours"):
        keys = {"step": fields["step_ids"]} | hours
        available = columns.block(tables, "step_hours", "available", keys, wrong)
        found["step_available"] = available.reshape(len(fields["step_ids"]), -1)
    if "reserved" in tables["steps"].columns:
        found["step_reserved"] = columns.floats(tables, "steps", "reserved", wrong)
    if "link" in tables["demand"].columns:
        found["demand_link"] = columns.integers(tables, "demand", "link", wrong, empty=-1)
    if has_part(tables, "storage"):
        found["storage"] = _storage(tables, fields, years, hours, numbers, wrong)
    if has_part(tables, "upgrades"):
        found["upgrades"] = Upgrades(
            ids=tuple(str(value) for value in tables["upgrades"]["upgrade_id"]),
            names=tuple(str(value) for value in tables["upgrades"]["name"]),
            node=columns.index(tables, "upgrades", "node_id", fields["node_ids"], wrong),
            kw=columns.floats(tables, "upgrades", "kw", wrong),
            first_year=columns.integers(tables, "upgrades", "first_year", wrong),
            eur_per_year=columns.floats(tables, "upgrades", "eur_per_year", wrong),
        )
    if has_part(tables, "carriers"):
        ids = tuple(str(value) for value in tables["carriers"]["carrier"])
        found["carriers"] = Carriers(
            ids=ids,
            eur_per_kwh=columns.floats(tables, "carriers", "eur_per_kwh", wrong),
            charger=columns.index(tables, "chargers", "carrier", ids, wrong),
            demand=columns.index(tables, "demand", "carrier", ids, wrong),
            site_min=columns.integers(tables, "sites", "min_carriers", wrong),
        )
    if has_part(tables, "budget"):
        capital = {
            f"{name}_eur": columns.floats(tables, table, "capital_eur", wrong)
            for name, table in (("site", "sites"), ("charger", "chargers"), ("step", "steps"),
                                ("upgrade", "upgrades"))
            if table in tables
        }  # fmt: skip
        eur = columns.block(tables, "budgets", "eur", years, wrong)
        values: dict[str, Any] = {"upgrade_eur": np.zeros(0), "eur": eur} | capital
        found["budget"] = Budget(**(values | numbers.all(BUDGET_KEYS)))
    if has_part(tables, "coverage"):
        areas = _names(tables, "coverage", "area")
        by_area: dict[str, Any] = {"area": areas} | years
        found["coverage"] = Coverage(
            area_ids=areas,
            demand_area=columns.index(tables, "demand", "area", areas, wrong, empty=True),
            min_share=columns.block(tables, "coverage", "min_share", by_area, wrong),
        )
    if has_part(tables, "power_rules"):
        found["power_rules"] = _power_rules(tables, fields, years, wrong)
    if any(key in numbers.given for key in IMPACT_KEYS):
        found["impacts"] = Impacts(**numbers.all(IMPACT_KEYS, needed=False))
    return found


class _Numbers:
    """Single numbers in the table of parameters."""

    def __init__(self, given: dict[str, Any], wrong: list[Fault]) -> None:
        self.given = given
        self.wrong = wrong

    def all(self, keys: tuple[str, ...], *, needed: bool = True) -> dict[str, float]:
        """Values of these keys; those that need not be there are left out when they are not."""
        found = {}
        for key in keys:
            if key not in self.given:
                if needed:
                    self.wrong.append(
                        Fault("parameters", "key", (key,), "is missing", "Give this row.")
                    )
                continue
            try:
                found[key] = float(self.given[key])
            except (TypeError, ValueError):
                rule = f"'{self.given[key]}' is not a number"
                self.wrong.append(Fault("parameters", "value", (key,), rule, "Give a number."))
        return found


def _names(tables: Tables, table: str, column: str) -> tuple[str, ...]:
    """Different texts of a column, in the order in which they come."""
    return tuple(dict.fromkeys(str(value) for value in tables[table][column]))


def _storage(
    tables: Tables,
    fields: dict[str, Any],
    years: dict[str, Any],
    hours: dict[str, Any],
    numbers: _Numbers,
    wrong: list[Fault],
) -> Storage:
    sites = {"site_id": fields["site_ids"]}
    values: dict[str, Any] = {
        column: columns.block(tables, table, column, keys, wrong)
        for table, keys in (("site_storage", sites), ("storage_costs", years))
        for column in PARTS["storage"][table][1:]
    }
    sun = columns.block(tables, "pv_profile", "pv_kw_per_kwp", hours, wrong).ravel()
    return Storage(**(values | {"pv_kw_per_kwp": sun} | numbers.all(STORAGE_KEYS)))


def _power_rules(
    tables: Tables, fields: dict[str, Any], years: dict[str, Any], wrong: list[Fault]
) -> PowerRules:
    ids = _names(tables, "power_rules", "rule")
    keys = {"rule": ids} | years
    smallest = columns.block(tables, "power_rules", "min_charger_kw", keys, wrong)
    differ = np.flatnonzero((smallest != smallest[:, :1]).any(axis=1))
    if len(differ) and not np.isnan(smallest).any():
        rows = tuple(ids[r] for r in differ)
        rule = "the smallest charger that counts is not the same in all years"
        wrong.append(Fault("power_rules", "min_charger_kw", rows, rule, "Give one value a rule."))
    member = np.zeros((len(ids), len(fields["site_ids"])), dtype=bool)
    r = columns.index(tables, "power_rule_sites", "rule", ids, wrong)
    s = columns.index(tables, "power_rule_sites", "site_id", fields["site_ids"], wrong)
    if member.size:
        member[r, s] = True
    return PowerRules(
        ids=ids,
        member=member,
        min_kw=columns.block(tables, "power_rules", "min_kw", keys, wrong),
        min_charger_kw=smallest[:, 0] if len(fields["years"]) else np.zeros(len(ids)),
    )
