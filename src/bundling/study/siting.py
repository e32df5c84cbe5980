"""A siting study: demand scenarios times delays of the grid, each planned over years.

What GO-RAL hands to boards: where chargers come and when, what the grid allows, what waits, what
a kilowatt-hour costs, and which sites are right whatever happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.result import Event, OnEvent, Result
from bundling.siting.long_term import YEARS, pose_long_term
from bundling.siting.scenarios import DEMANDS, scenario
from bundling.siting.solve import solve
from bundling.study.files import write_tables
from bundling.study.siting_tables import study_tables

if TYPE_CHECKING:
    from bundling.region import Region

DELAYS = (0, 3)
"""Years by which reinforcements come late; own assumption (slips of 4 to 6 years are reported
elsewhere in the Netherlands, duurzaam-ondernemen.nl)."""


@dataclass(frozen=True, eq=False)
class SitingStudy:
    """The results of all scenarios of a region.

    Attributes
    ----------
    region
        The region, as it is without a scenario.
    results
        Result by name of the scenario, such as ``"high, grid 3 years late"``.
    """

    region: Region
    results: Mapping[str, Result]

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of the study; see `bundling.study.siting_tables.study_tables`."""
        return study_tables(self.region, self.results)

    def write(self, folder: str | Path) -> list[Path]:
        """Write every table as CSV, and all of them as ``siting-study.xlsx``, into `folder`.

        Files are whole or not there: each is written to a temporary name first.

        Raises
        ------
        OSError
            When the folder cannot be written, or a file is open in another program.
        """
        return write_tables(self.tables, Path(folder), "siting-study")


def name_of(demand: str, delay_years: int) -> str:
    """Name of a scenario in words."""
    grid = "grid as planned" if delay_years == 0 else f"grid {delay_years} years late"
    return f"{demand}, {grid}"


def siting_study(
    region: Region,
    *,
    demands: Sequence[str] = DEMANDS,
    delays: Sequence[int] = DELAYS,
    years: Sequence[int] = YEARS,
    time_limit: float = 1800.0,
    gap: float = 0.01,
    seed: int = 0,
    on_event: OnEvent | None = None,
    **choices: Any,
) -> SitingStudy:
    """Plan the sites of a region in every scenario.

    Parameters
    ----------
    region
        The region; see `bundling.siting.long_term.pose_long_term` for the tables it needs.
    demands, delays
        Demand scenarios (low, mid, high) and years that reinforcements come late; all pairs.
    years
        Planning years.
    time_limit
        Wall seconds for all scenarios together; each gets an even part of what is left.
    gap, seed
        Of each solve.
    on_event
        Progress, with the scenario's name as step; False stops after the scenario at hand.
    **choices
        For `pose_long_term`: contracts, own_power, budget_eur, min_share, ...

    Raises
    ------
    bundling.InputError
        When there is no scenario, or the region lacks what the question needs.
    """
    from bundling.certify import Clock

    pairs = [(demand, int(delay)) for demand in demands for delay in delays]
    if not pairs:
        raise_if([Fault("study", "scenarios", (), "there are none", "Give a demand and a delay.")])
    clock = Clock(time_limit)
    results: dict[str, Result] = {}
    stopped = False
    for i, (demand, delay) in enumerate(pairs):
        name = name_of(demand, delay)
        problem = pose_long_term(
            scenario(region, demand=demand, delay_years=delay), years=years, **choices
        )
        teller = _Teller(name, on_event, clock)
        results[name] = solve(
            problem,
            time_limit=max(1.0, clock.left / (len(pairs) - i)),
            gap=gap,
            seed=seed,
            on_event=teller,
        )
        stopped = teller.stopped
        if stopped:
            break
    return SitingStudy(region, results)


class _Teller:
    """Passes events on under the name of a scenario."""

    def __init__(self, name: str, on_event: Callable[[Event], bool | None] | None, clock: Any):
        self.name = name
        self.on_event = on_event
        self.clock = clock
        self.stopped = False

    def __call__(self, event: Event) -> bool:
        if self.on_event is None:
            return True
        told = Event(self.name, self.clock.elapsed, event.objective, event.bound, event.message)
        self.stopped |= self.on_event(told) is False
        return not self.stopped
