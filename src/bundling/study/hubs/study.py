"""The study: with hubs, without them, without each of them, at other prices, and who gains.

Every part has a share of the time that is left when it begins, and its own word for when it could
not be done. An interrupt ends the part at hand with the best so far and leaves out the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.certify import Clock
from bundling.errors import InputError
from bundling.hubs.break_even import BreakEven, break_even
from bundling.hubs.closing import closing_costs
from bundling.hubs.pose import pose
from bundling.hubs.problem import HubsProblem
from bundling.hubs.scheduled.closing import Closing
from bundling.hubs.sharing_by_size import share_by_size
from bundling.hubs.sharing_views import SharedCost
from bundling.hubs.solve import solve
from bundling.hubs.varied import without_hubs
from bundling.result import Event, Limit, OnEvent, Result
from bundling.study.hubs.ranges import ranges

if TYPE_CHECKING:
    import pandas as pd

    from bundling.region import Region
    from bundling.rules import RuleBook

PARTS = {"together": 0.25, "direct": 0.05, "closing": 0.1, "break_even": 0.3, "sharing": 0.3}
"""Parts in order, with their shares of the time; what one leaves over goes to the rest."""
_SHARE_GAP = 0.005
"""Gap at which the many groups of players may stop: each matters less than that all are done."""
_WRITING = 0.04
"""Part of the time kept for tables and pages."""


@dataclass(frozen=True, eq=False)
class HubsStudy:
    """What was found.

    Attributes
    ----------
    region, day
        The region, and the day whose rules hold.
    together
        Result of the day with hubs.
    direct
        Result of the day without any hub; None when it was left out.
    closings
        What the day costs without each open hub, the dearest first.
    breaks
        Break-even by what is varied: ``handling``, ``rent``, ``volume``.
    sharing
        Who pays what; None when it was left out.
    left_out
        Why a part is missing, by part: ``time``, ``interrupt``, ``no_plan``, ``no_hub`` (nothing
        to close), ``one_player``, or ``fault`` (see `faults`).
    faults
        What a part found wrong, in words, by part.
    """

    region: Region
    day: date
    together: Result
    direct: Result | None = None
    closings: tuple[Closing, ...] = ()
    breaks: Mapping[str, BreakEven] = field(default_factory=dict)
    sharing: SharedCost | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_complete(self) -> bool:
        """Whether there is a plan, and nothing was left out that time or faults kept away."""
        fine = ("no_hub", "one_player")
        missing = [why for why in self.left_out.values() if why not in fine]
        return self.together.solution is not None and not missing

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables of the study; see `bundling.study.hubs.tables.study_tables`."""
        from bundling.study.hubs.tables import study_tables

        return study_tables(self)

    def write(self, folder: str | Path, *, lang: str = "nl") -> list[Path]:
        """Write tables as CSV, ``layers/*.geojson``, ``hubs-study.xlsx`` and ``study.html``.

        Parameters
        ----------
        folder
            Where to; it is made when it does not exist.
        lang
            ``"nl"`` or ``"en"``, of workbook and page.

        Returns
        -------
        list of Path
            The workbook last but one, the page last.

        Raises
        ------
        OSError
            When the folder cannot be written, or a file is open in another program.
        """
        from bundling.study.hubs.write import write_study

        return write_study(self, Path(folder), lang)


def hubs_study(
    region: Region,
    *,
    day: date,
    rules: RuleBook | None = None,
    time_limit: float = 300.0,
    gap: float = 1e-3,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> HubsStudy:
    """Find whether bundling at hubs pays on a day, where, from which price, and for whom.

    Parameters
    ----------
    region
        The region, with ``shipments``, ``shippers``, ``hub_candidates`` and ``vehicle_types``.
    day
        Day whose rules hold.
    rules
        Rule book; the library's own by default.
    time_limit
        Wall seconds for all parts together.
    gap, seed
        Of each solve.
    on_event
        Progress, with the part as step; False leaves out what is still to do.

    Raises
    ------
    bundling.InputError
        When the region lacks what the question needs, with all faults.
    """
    clock = Clock(time_limit)
    problem = pose(region, day=day, rules=rules)
    maker = _Maker(clock, gap, seed, on_event)
    together: Result = maker.part(
        "together", lambda limit, tell: solve(problem, time_limit=limit, gap=gap, seed=seed,
                                              on_event=tell), needed=True,
    )  # fmt: skip
    maker.stopped |= together.limit is Limit.INTERRUPT
    if together.solution is None:
        later = [part for part in PARTS if part != "together"]
        return HubsStudy(region, day, together, left_out=dict.fromkeys(later, "no_plan"))
    direct = maker.part(
        "direct", lambda limit, tell: solve(without_hubs(problem), time_limit=limit, gap=gap,
                                            seed=seed, on_event=tell),
    )  # fmt: skip
    closings: list[Closing] = []
    if together.solution.open_hubs.size:
        closings = (
            maker.part(
                "closing", lambda limit, tell: closing_costs(together, time_limit=limit, gap=gap,
                                                             seed=seed, on_event=tell),
            )
            or []
        )  # fmt: skip
    else:
        maker.left_out["closing"] = "no_hub"
    breaks: dict[str, BreakEven] = {}
    found = ranges(problem)
    for number, (of, low, high) in enumerate(found):
        look = _Look(problem, of, low, high, gap, seed)
        one = maker.part("break_even", look, share=1.0 / (len(found) - number))
        if one is not None:
            breaks[of] = one
    sharing = _shared(maker, together)
    return HubsStudy(
        region, day, together, direct, tuple(closings), breaks, sharing, maker.left_out,
        maker.faults,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Look:
    """Looks for one break-even."""

    problem: HubsProblem
    of: str
    low: float
    high: float
    gap: float
    seed: int

    def __call__(self, limit: float, _tell: OnEvent) -> BreakEven:
        return break_even(
            self.problem, self.of, self.low, self.high, time_limit=limit, gap=self.gap,
            seed=self.seed,
        )  # fmt: skip


def _shared(maker: _Maker, together: Result) -> SharedCost | None:
    problem = together.problem
    players = len({problem.shipper_player[k] for k in problem.shipment_shipper})
    if players < 2:
        maker.left_out["sharing"] = "one_player"
        return None
    found: SharedCost | None = maker.part(
        "sharing",
        lambda limit, tell: share_by_size(
            problem, time_limit=limit, gap=max(maker.gap, _SHARE_GAP), seed=maker.seed,
            grand=together,
            on_event=tell,
        ),
    )  # fmt: skip
    return found


class _Maker:
    """Runs the parts, one after another, each in its share of the time."""

    def __init__(self, clock: Clock, gap: float, seed: int, on_event: OnEvent | None) -> None:
        self.clock, self.gap, self.seed, self.on_event = clock, gap, seed, on_event
        self.left_out: dict[str, str] = {}
        self.faults: dict[str, str] = {}
        self.stopped = False

    def part(
        self,
        name: str,
        make: Callable[[float, OnEvent], Any],
        *,
        share: float = 1.0,
        needed: bool = False,
    ) -> Any:
        """Return what `make` gives, or None with the reason noted."""
        later = list(PARTS)[list(PARTS).index(name) :]
        left = self.clock.left - _WRITING * self.clock.time_limit
        limit = left * share * PARTS[name] / sum(PARTS[one] for one in later)
        if not needed and (self.stopped or limit <= _LEAST_S):
            self.left_out.setdefault(name, "interrupt" if self.stopped else "time")
            return None
        try:
            return make(max(_LEAST_S, limit), self._teller(name))
        except InputError as error:
            if needed:
                raise
            self.left_out[name] = "fault"
            self.faults[name] = " ".join(str(fault) for fault in error.faults)
        except KeyboardInterrupt:
            if needed:
                raise
            self.stopped = True
            self.left_out[name] = "interrupt"
        return None

    def _teller(self, name: str) -> OnEvent:
        def tell(event: Event) -> bool:
            if self.on_event is None:
                return True
            told = Event(name, self.clock.elapsed, event.objective, event.bound, event.message)
            self.stopped |= self.on_event(told) is False
            return not self.stopped

        return tell


_LEAST_S = 0.05
"""Seconds below which a part is not begun."""
