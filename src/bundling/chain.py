"""The region study: hubs -> rounds -> energy -> siting, with the hand-overs proved."""

from __future__ import annotations

import dataclasses
import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling import handover
from bundling.api import solve
from bundling.certify import Clock, versions
from bundling.result import Event, Limit, OnEvent, Result
from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region


@dataclass(frozen=True)
class Step:
    """One solved problem of the chain.

    Attributes
    ----------
    name
        The family first, then the place: ``"hubs"``, ``"rounds Zwolle"``, ``"energy hub-..."``.
    result
        Its answer.
    seconds
        Wall seconds of posing and solving.
    """

    name: str
    result: Result
    seconds: float


@dataclass(frozen=True)
class Study:
    """A whole run of the chain.

    Attributes
    ----------
    region, day, year, seed
        What was studied. `day` decides which rules hold; `year` which fleets and headroom.
    steps
        The solved problems in order.
    balances
        The hand-overs, one a row: what left one step and what arrived in the next; ``holds``.
    sharing
        Split of the gain of bundling over the players, or None when nothing was shared.
    seconds
        Wall seconds by step, and ``"total"``.
    peak_memory_mb
        Peak resident memory of the process; ``nan`` where the system does not tell.
    versions, input_hash
        What it ran on and over.
    """

    region: Region
    day: date
    year: int
    seed: int
    steps: tuple[Step, ...]
    balances: pd.DataFrame
    sharing: Any
    seconds: Mapping[str, float]
    peak_memory_mb: float
    versions: Mapping[str, str]
    input_hash: str

    def of(self, family: str) -> tuple[Step, ...]:
        """Return the steps of one family."""
        return tuple(step for step in self.steps if step.result.family == family)


DEFAULT_DAY = date(2030, 6, 4)
"""A Tuesday on which all three zones of Overijssel hold; give `day` for any other."""

# Shares of the time limit; what a step leaves over goes to the later ones.
_SHARES = {"hubs": 0.25, "sharing": 0.30, "rounds": 0.30, "energy": 0.05, "siting": 0.10}
_LEAST_S = 1.0


def run(
    region: Region,
    *,
    day: date | None = None,
    year: int | None = None,
    rules: RuleBook | None = None,
    time_limit: float = 180.0,
    gap: float = 1e-3,
    seed: int = 0,
    on_event: OnEvent | None = None,
) -> Study:
    """Run the chain hubs -> rounds -> energy -> siting over a region.

    Freight that the hubs step bundles starts its round at the hub, the rest at its shipper. The
    kilowatt-hours of the rounds are what the depots must charge; the load of the depots takes room
    on their grid nodes; energy a depot cannot charge becomes demand for public sites.

    Parameters
    ----------
    region
        From `bundling.load`.
    day
        Day whose rules hold (zones, levy, tariffs); `DEFAULT_DAY` when not given.
    year
        Year of fleets and grid headroom; the year of `day` when not given.
    rules
        Dated rules; those that come with the library when not given.
    time_limit
        Wall seconds for all steps together; every step gets at least a second.
    gap
        Relative gap at which a step may stop.
    seed
        Passed to every step.
    on_event
        Called with progress; return False to finish quickly with the best found so far.

    Returns
    -------
    Study
        With every step up to the first without which the next cannot be posed, or up to Ctrl-C.
    """
    return _Chain(region, day, year, rules, time_limit, gap, seed, on_event).run()


class _Chain:
    """The state of one run; each step is a method and reads as the story of the chain."""

    def __init__(
        self,
        region: Region,
        day: date | None,
        year: int | None,
        rules: RuleBook | None,
        time_limit: float,
        gap: float,
        seed: int,
        on_event: OnEvent | None,
    ) -> None:
        self.region = region
        self.day = day or DEFAULT_DAY
        self.year = year or self.day.year
        self.rules = rules or RuleBook.default()
        self.clock = Clock(time_limit)
        self.gap = gap
        self.seed = seed
        self.on_event = on_event
        self.stopped = False
        self.steps: list[Step] = []
        self.seconds: dict[str, float] = {}
        self.sharing: Any = None
        self.balances: list[handover.Balance] = []

    def run(self) -> Study:
        try:
            self._walk()
        except KeyboardInterrupt:  # between two solves; inside one it ends that solve only
            self.stopped = True
        return self._study()

    def _walk(self) -> None:
        hubs = self._timed("hubs", self._hubs)
        if hubs.solution is None:
            return
        if not self.stopped:  # half a split is none
            self._timed("sharing", self._share, hubs)
        rounds = self._timed("rounds", self._rounds, hubs)
        energy, linehaul, outside = self._timed("energy", self._energy, hubs, rounds)
        siting = self._timed("siting", self._siting, energy)
        self.balances += handover.freight_balances(self.region, hubs, rounds)
        self.balances += handover.energy_balances(rounds, linehaul, outside, energy, siting)

    # -- the steps -----------------------------------------------------------------------------

    def _hubs(self) -> Result:
        return self._solve(
            "hubs", lambda: self.region.hubs(day=self.day, rules=self.rules), self._budget("hubs")
        )

    def _share(self, hubs: Result) -> None:
        from bundling.hubs.sharing_by_size import share_by_size

        self.sharing = share_by_size(
            hubs.problem,
            grand=hubs,
            gap=self.gap,
            time_limit=self._budget("sharing"),
            seed=self.seed,
            on_event=lambda event: self._tell("sharing", event),
        )

    def _rounds(self, hubs: Result) -> list[Result]:
        depots = handover.depot_of_shipments(hubs)
        stops = self.region.table("stops")["municipality"].value_counts().sort_index()
        budget = self._budget("rounds")
        results = []
        for city, number in stops.items():
            pose = partial(
                self.region.rounds,
                day=self.day,
                municipality=str(city),
                depots=depots,
                rules=self.rules,
            )
            share = float(number) / float(stops.sum())
            results.append(self._solve(f"rounds {city}", pose, max(_LEAST_S, budget * share)))
        return results

    def _energy(
        self, hubs: Result, rounds: list[Result]
    ) -> tuple[dict[str, Result], pd.DataFrame, pd.DataFrame]:
        types = self.region.table("vehicle_types")
        linehaul = handover.vehicles_of_linehaul(
            hubs, dict(zip(types["vehicle_type"], types["charge_kw"], strict=True))
        )
        fleet = handover.vehicles_of_rounds(rounds)
        vehicles = pd.concat([frame for frame in (fleet, linehaul) if len(frame)] or [fleet])
        inside = vehicles["depot"].isin(handover.grid_node_of_depots(self.region).keys())
        budget = self._budget("energy")
        depots = sorted(vehicles.loc[inside, "depot"].unique())
        results = {}
        for depot in depots:
            pose = partial(
                self.region.energy,
                day=self.day,
                depot=depot,
                vehicles=vehicles[vehicles["depot"] == depot],
                rules=self.rules,
            )
            limit = max(_LEAST_S, budget / len(depots))
            results[depot] = self._solve(f"energy {depot}", pose, limit)
        return results, linehaul, vehicles[~inside]

    def _siting(self, energy: dict[str, Result]) -> Result:
        load_kw = handover.base_load_kw(energy, handover.grid_node_of_depots(self.region))
        return self._solve(
            "siting",
            lambda: self.region.siting(
                day=self.day,
                year=self.year,
                base_load_kw=load_kw,
                extra_demand=handover.shortfall_demand(energy, self.region.places()),
                rules=self.rules,
            ),
            self._budget("siting"),
        )

    # -- housekeeping --------------------------------------------------------------------------

    def _budget(self, step: str) -> float:
        """Seconds for `step`: its share of what is left, as later steps still need theirs."""
        if self.stopped:
            return _LEAST_S
        names = list(_SHARES)
        ahead = sum(_SHARES[name] for name in names[names.index(step) :])
        return max(_LEAST_S, self.clock.left * _SHARES[step] / ahead)

    def _solve(self, name: str, pose: Callable[[], Any], time_limit: float) -> Result:
        began = time.perf_counter()
        problem = pose()
        result = solve(
            problem,
            time_limit=time_limit,
            gap=self.gap,
            seed=self.seed,
            on_event=lambda event: self._tell(name, event),
        )
        if result.limit is Limit.INTERRUPT:
            self.stopped = True
        self.steps.append(Step(name, result, time.perf_counter() - began))
        self._tell(
            name,
            Event(name, self.clock.elapsed, result.objective, result.bound, str(result.status)),
        )
        return result

    def _tell(self, name: str, event: Event) -> bool:
        if self.on_event is not None and not self.stopped:
            told = dataclasses.replace(event, step=name, seconds=self.clock.elapsed)
            self.stopped = self.on_event(told) is False
        return not self.stopped

    def _timed(self, step: str, do: Callable[..., Any], *given: Any) -> Any:
        began = time.perf_counter()
        self._tell(step, Event(step, self.clock.elapsed, message="start"))
        try:
            return do(*given)
        finally:
            self.seconds[step] = time.perf_counter() - began

    def _study(self) -> Study:
        self.seconds["total"] = self.clock.elapsed
        return Study(
            region=self.region,
            day=self.day,
            year=self.year,
            seed=self.seed,
            steps=tuple(self.steps),
            balances=handover.balance_table(self.balances),
            sharing=self.sharing,
            seconds=dict(self.seconds),
            peak_memory_mb=_peak_memory_mb(),
            versions=versions("highspy", "pyvrp", "numpy", "scipy", "pandas"),
            input_hash=self.region.content_hash,
        )


def _peak_memory_mb() -> float:
    """Peak resident memory of this process in MB; nan where the system does not tell."""
    try:
        import resource
    except ImportError:  # Windows
        return math.nan
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024.0 * 1024.0) if sys.platform == "darwin" else peak / 1024.0
