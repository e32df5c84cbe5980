"""What the scenarios of a study are called: in tables, and in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from bundling.report.sections import place_names

if TYPE_CHECKING:
    from bundling.report.messages import Messages
    from bundling.study.siting import SitingStudy

Pair = tuple[str, int]
"""Demand scenario, and years that the grid comes late."""


def name_of(demand: str, delay_years: int) -> str:
    """Name of a scenario in tables, such as ``"high, grid 3 years late"``."""
    grid = "grid as planned" if delay_years == 0 else f"grid {delay_years} years late"
    return f"{demand}, {grid}"


def told(m: Messages, pair: Pair) -> str:
    """Name of a scenario in the reader's language."""
    demand, delay = pair
    grid = "study.grid.planned" if delay == 0 else "study.grid.late"
    return f"{m(f'study.demand.{demand}')}, {m(grid, years=m.number(delay))}"


def all_told(m: Messages, scenarios: Mapping[str, Pair]) -> dict[str, str]:
    """Names of all scenarios in the reader's language, by their name in tables."""
    return {name: told(m, pair) for name, pair in scenarios.items()}


_PHRASES = ("Motorway node", "Truck parking", "(overnight)", "(depot)", "(shore power)")
"""What siting and the regions that come along put in names; the rest of a name is nobody's to
translate."""


def places_told(m: Messages, study: SitingStudy) -> dict[str, str]:
    """Names of places, demand points and grid nodes by identifier, in the reader's language."""
    names: dict[str, str] = {}
    for result in study.results.values():
        problem = result.problem
        names |= dict(zip(problem.demand_ids, problem.demand_names, strict=True))
        names |= dict(zip(problem.node_ids, problem.node_names, strict=True))
        names |= dict(zip(problem.site_ids, problem.site_names, strict=True))
    # Those of the region are told apart where they are alike.
    names |= place_names(m, study.region)
    return {key: phrases_told(m, name) for key, name in names.items()}


def phrases_told(m: Messages, name: str) -> str:
    """Translate the phrases of `name` that the library put there itself."""
    for phrase in _PHRASES:
        name = name.replace(phrase, m.word(phrase, "phrase"))
    return name
