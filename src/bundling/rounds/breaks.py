"""Rules on breaks of drivers as data, and what a day of driving lacks under one of them.

What is taken as a break is an assumption of every rule here: the time in which a vehicle waits for
a window to open or charges, when the driver is told that nothing is asked of him and it lasts long
enough without interruption. Loading and service are work. A break interrupts work, so none counts
before the first or after the last work of the day. A period of rest between two days, and limits on
driving and work per day and week, are no part of these rules (`bundling.rules` has their figures).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bundling.rounds.tolerance import exceeds
from bundling.units import SECONDS_PER_HOUR

_MINUTE = 60.0


@dataclass(frozen=True)
class DrivingBreak:
    """At most so much driving before a break, which may be taken in two parts in this order.

    Attributes
    ----------
    driving_s
        Longest driving since the last whole break (or both its parts).
    whole_s, first_part_s, second_part_s
        Least duration of a break, and of its parts.
    """

    driving_s: float
    whole_s: float
    first_part_s: float
    second_part_s: float


@dataclass(frozen=True)
class WorkBreak:
    """Breaks of so much in total on a day with more than so much work.

    Attributes
    ----------
    above_s
        Holds for a day with more work than this, breaks not counted.
    total_s, part_s
        Least duration of all breaks together, and of one that counts.
    """

    above_s: float
    total_s: float
    part_s: float


@dataclass(frozen=True)
class BreakRule:
    """One rule on breaks.

    Attributes
    ----------
    driving, work
        What it asks.
    source
        Law and article.
    """

    driving: DrivingBreak | None
    work: tuple[WorkBreak, ...]
    source: str

    @property
    def parts_s(self) -> tuple[float, ...]:
        """Durations at which a break begins to count for more, increasing."""
        lengths = {part for need in self.work for part in (need.part_s, need.total_s)}
        if self.driving is not None:
            driving = self.driving
            lengths |= {driving.whole_s, driving.first_part_s, driving.second_part_s}
        return tuple(sorted(lengths))


_EU561 = DrivingBreak(4.5 * SECONDS_PER_HOUR, 45 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE)
_ATW = (
    WorkBreak(5.5 * SECONDS_PER_HOUR, 30 * _MINUTE, 15 * _MINUTE),
    WorkBreak(10.0 * SECONDS_PER_HOUR, 45 * _MINUTE, 15 * _MINUTE),
)
_EU561_SOURCE = "Regulation (EC) 561/2006, article 7"
_ATW_SOURCE = "Arbeidstijdenwet, article 5:4 (the Netherlands)"

BREAK_RULES: dict[str, BreakRule] = {
    "eu561": BreakRule(_EU561, (), _EU561_SOURCE),
    "atw": BreakRule(None, _ATW, _ATW_SOURCE),
    "eu561+atw": BreakRule(_EU561, _ATW, f"{_EU561_SOURCE}; {_ATW_SOURCE}"),
}
"""The rules by name: trucks above 3.5 t, everyone with an employer, and both."""


class Spell(NamedTuple):
    """A stretch of the day in which the driver does one thing.

    Attributes
    ----------
    doing
        ``"drive"``, ``"work"``, or ``"rest"`` (a break, or what may count as one).
    start_s, end_s
        Seconds since midnight.
    """

    doing: str
    start_s: float
    end_s: float


def joined(spells: Sequence[Spell]) -> list[Spell]:
    """Spells without the empty ones, where rests that touch are one rest."""
    found: list[Spell] = []
    for spell in spells:
        if spell.end_s <= spell.start_s:
            continue
        if found and spell.doing == found[-1].doing == "rest":
            found[-1] = Spell("rest", found[-1].start_s, spell.end_s)
        else:
            found.append(spell)
    while found and found[0].doing == "rest":
        del found[0]
    while found and found[-1].doing == "rest":
        del found[-1]
    return found


def lacking(rule: BreakRule, spells: Sequence[Spell]) -> Iterator[tuple[str, float]]:
    """Say what of `rule` a day does not keep, and by how many seconds."""
    day = joined(spells)
    if rule.driving is not None:
        over = _driving_over_s(rule.driving, day)
        if over > 0:
            yield "driving without a break", over
    short = max((_work_short_s(need, day) for need in rule.work), default=0.0)
    if short > 0:
        yield "breaks in a day of work", short


def _driving_over_s(need: DrivingBreak, day: Sequence[Spell]) -> float:
    """Driving beyond the limit in the worst stretch between two whole breaks, s."""
    driven = worst = 0.0
    first_part = False
    for spell in day:
        lasts = spell.end_s - spell.start_s
        if spell.doing == "drive":
            driven += lasts
            worst = max(worst, driven)
        elif spell.doing == "rest":
            second = first_part and not exceeds(need.second_part_s, lasts)
            if second or not exceeds(need.whole_s, lasts):
                driven, first_part = 0.0, False
            elif not exceeds(need.first_part_s, lasts):
                first_part = True
    return worst - need.driving_s if exceeds(worst, need.driving_s) else 0.0


def _work_short_s(need: WorkBreak, day: Sequence[Spell]) -> float:
    """Break time that is lacking under one line of a rule on work, s."""
    rests = [spell.end_s - spell.start_s for spell in day if spell.doing == "rest"]
    rested = sum(lasts for lasts in rests if not exceeds(need.part_s, lasts))
    work = (day[-1].end_s - day[0].start_s if day else 0.0) - rested
    if not exceeds(work, need.above_s) or not exceeds(need.total_s, rested):
        return 0.0
    return need.total_s - rested
