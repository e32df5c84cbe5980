"""A siting study: demand scenarios times delays of the grid, each planned over years.

What GO-RAL hands to boards: where chargers come and when, what the grid allows, what waits, what
a kilowatt-hour costs, and which sites are right whatever happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.result import Event, Limit, OnEvent, Result
from bundling.siting.long_term import YEARS, pose_long_term
from bundling.siting.scenarios import DEMANDS, scenario
from bundling.siting.solve import solve
from bundling.study.names import Pair, name_of
from bundling.study.reasons import StudyReasons, study_reasons
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
    scenarios
        Demand and delay of every scenario that was asked for, by name; without a result are those
        that an interrupt left out.
    base
        Name of the scenario that is worked out in the report; one with a plan, if there is any.
    reasons
        Why the plan of that scenario is what it is; None when there is no plan.
    """

    region: Region
    results: Mapping[str, Result]
    scenarios: Mapping[str, Pair]
    base: str
    reasons: StudyReasons | None = None

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of the study; see `bundling.study.siting_tables.study_tables`.

        Those of the reasons come last; see `bundling.study.reasons.StudyReasons`.
        """
        tables = study_tables(self.region, self.results)
        return tables if self.reasons is None else tables | self.reasons.tables

    def write(self, folder: str | Path, *, lang: str = "nl") -> list[Path]:
        """Write every table as CSV, then ``siting-study.xlsx`` and ``study.html``.

        The workbook has all tables with headings in the language; the page is for a board and
        works without internet. Files are whole or not there: each is written to a temporary name
        first.

        Parameters
        ----------
        folder
            Where to.
        lang
            ``"nl"`` or ``"en"``, of workbook and page.

        Raises
        ------
        OSError
            When the folder cannot be written, or a file is open in another program.
        """
        from bundling.study.write import write_study

        return write_study(self, Path(folder), lang)


def siting_study(
    region: Region,
    *,
    demands: Sequence[str] = DEMANDS,
    delays: Sequence[int] = DELAYS,
    base: Pair | None = None,
    years: Sequence[int] = YEARS,
    time_limit: float = 1800.0,
    reasons_limit: float = 240.0,
    gap: float = 0.01,
    seed: int = 0,
    on_event: OnEvent | None = None,
    **choices: Any,
) -> SitingStudy:
    """Plan the sites of a region in every scenario, and say why of one.

    Parameters
    ----------
    region
        The region; see `bundling.siting.long_term.pose_long_term` for the tables it needs.
    demands, delays
        Demand scenarios (low, mid, high) and years that reinforcements come late; all pairs.
    base
        Demand and delay of the scenario whose reasons are worked out; None for the middle demand
        with the least delay.
    years
        Planning years.
    time_limit
        Wall seconds for all scenarios together; each gets an even part of what is left.
    reasons_limit
        Wall seconds for the reasons, after that; 0 for those that need no solving.
    gap, seed
        Of each solve.
    on_event
        Progress, with the scenario's name as step; False stops after the scenario at hand.
    **choices
        For `pose_long_term`: contracts, own_power, budget_eur, min_share, ...

    Raises
    ------
    bundling.InputError
        When there is no scenario, `base` is none of them, or the region lacks what the question
        needs.
    """
    from bundling.certify import Clock

    pairs = [(demand, int(delay)) for demand in demands for delay in delays]
    scenarios = {name_of(*pair): pair for pair in pairs}
    wanted = _base(pairs, base)
    clock = Clock(time_limit)
    results: dict[str, Result] = {}
    stopped = False
    for i, (name, (demand, delay)) in enumerate(scenarios.items()):
        problem = pose_long_term(
            scenario(region, demand=demand, delay_years=delay), years=years, **choices
        )
        teller = _Teller(name, on_event, clock)
        results[name] = solve(
            problem,
            time_limit=max(1.0, clock.left / (len(scenarios) - i)),
            gap=gap,
            seed=seed,
            on_event=teller,
        )
        stopped = teller.stopped or results[name].limit is Limit.INTERRUPT
        if stopped:
            break
    solved = [name for name, result in results.items() if result.solution is not None]
    worked_out = wanted if wanted in solved or not solved else solved[0]
    reasons = None
    if worked_out in solved:
        _Teller("reasons", on_event, clock)(Event("reasons", clock.elapsed))
        reasons = study_reasons(
            worked_out,
            results[worked_out],
            time_limit=0.0 if stopped else reasons_limit,
            gap=gap,
            seed=seed,
        )
    return SitingStudy(region, results, scenarios, worked_out, reasons)


def _base(pairs: Sequence[Pair], base: Pair | None) -> str:
    """Name of the scenario to work out."""
    if not pairs:
        raise_if([Fault("study", "scenarios", (), "there are none", "Give a demand and a delay.")])
    if base is None:
        middle = [pair for pair in pairs if pair[0] == "mid"] or list(pairs)
        return name_of(*min(middle, key=lambda pair: pair[1]))
    if tuple(base) not in pairs:
        rule = f"{name_of(*base)!r} is none of the scenarios"
        raise_if([Fault("study", "base", (), rule, "Give a demand and a delay of the study.")])
    return name_of(*base)


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
