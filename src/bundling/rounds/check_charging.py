"""The rules of batteries and charging stations; one function a rule, as in `check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bundling.result import Violation
from bundling.rounds.figures import RouteFigures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.tolerance import exceeds, slack


def battery(_: RoundsProblem, figures: RouteFigures, name: str) -> Iterator[Violation]:
    """Report a battery that is below its reserve on arrival anywhere."""
    # A combustion vehicle draws no kWh, so its usable 0 kWh never binds.
    if -figures.lowest_kwh > slack(figures.usable_kwh):
        yield Violation("battery", name, -figures.lowest_kwh, "kWh")


def battery_full(_: RoundsProblem, figures: RouteFigures, name: str) -> Iterator[Violation]:
    """Report charges that end above what the battery can hold."""
    for event in figures.charges:
        if exceeds(event.level_after_kwh, figures.usable_kwh):
            amount = event.level_after_kwh - figures.usable_kwh
            yield Violation("battery is full", f"{event.station}, {name}", amount, "kWh")


def may_charge(problem: RoundsProblem, figures: RouteFigures, name: str) -> Iterator[Violation]:
    """Report charges at stations that do not serve the vehicle."""
    v = problem.vehicle_index[figures.vehicle]
    for event in figures.charges:
        if problem.curve_of[v, problem.station_index[event.station]] < 0:
            where = f"{event.station}, {name}"
            yield Violation("vehicle may charge at the station", where, 1, "charge")


def station_hours(problem: RoundsProblem, figures: RouteFigures, name: str) -> Iterator[Violation]:
    """Report charges that end after the station closes; they wait for it to open."""
    for event in figures.charges:
        closes = float(problem.station_close_s[problem.station_index[event.station]])
        if exceeds(event.end_s, closes):
            where = f"{event.station}, {name}"
            yield Violation("station hours", where, event.end_s - closes, "s")


def full_recharge(problem: RoundsProblem, figures: RouteFigures, name: str) -> Iterator[Violation]:
    """Report charges that do not end full, under the policy ``"full"``."""
    if problem.recharge != "full":
        return
    for event in figures.charges:
        if exceeds(figures.usable_kwh, event.level_after_kwh):
            amount = figures.usable_kwh - event.level_after_kwh
            where = f"{event.station}, {name}"
            yield Violation("charge is full", where, amount, "kWh")


def connectors(problem: RoundsProblem, rounds: Sequence[RouteFigures]) -> Iterator[Violation]:
    """Report stations where more vehicles charge at one moment than there are connectors.

    A connector is taken from the start of a charge up to its end, the end not included: the next
    vehicle may start at that moment.
    """
    for k, station in enumerate(problem.station_ids):
        moments: list[tuple[float, int]] = []
        for figures in rounds:
            for event in figures.charges:
                # Ends are taken a tolerance early, so that charges may touch despite rounding.
                end = event.end_s - slack(event.end_s)
                if event.station == station and end > event.start_s:
                    moments += [(event.start_s, 1), (end, -1)]
        busy = most = 0
        for _, change in sorted(moments):
            busy += change
            most = max(most, busy)
        over = most - int(problem.connectors[k])
        if over > 0:
            yield Violation("connectors", station, over, "vehicles")
