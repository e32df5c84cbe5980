"""What the scenarios of a study are called: in tables, and in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bundling.report.messages import Messages

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
