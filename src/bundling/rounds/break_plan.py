"""Breaks for the driver of a fixed sequence: where, how long, and when to leave.

For a fixed departure, labels are carried along the sequence: the time, the driving since the last
whole break, whether its first part was taken, and the rest so far. Before every leg the driver
drives on, or rests for as long as makes a part of a break (less what he waited or charged there).
A label that is no better in any of the four than another is dropped, which loses nothing: who is
earlier waits longer, and waiting is rest.

The departures that are tried are the bends of the sequence without breaks, also earlier by the
length of one or more breaks; at most `_DEPARTURES` of them, spread evenly. The breaks found are
then given their own best departure. That is a search: the plan keeps the rule, and is the shortest
among those tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bundling.rounds.breaks import BreakRule
from bundling.rounds.departure import SAME_S, Way, spread
from bundling.rounds.tolerance import exceeds
from bundling.rounds.windows import opening_s

_DEPARTURES = 40
"""How many departures are tried."""


@dataclass(frozen=True)
class _Label:
    """How far a driver has come; `taken` are ``(stage, seconds)`` of breaks before its leg."""

    now_s: float
    driven_s: float
    first_part: bool
    rested_s: float
    idle_s: float  # rest up to now without interruption
    taken: tuple[tuple[int, float], ...]

    def beats(self, other: _Label) -> bool:
        return (
            self.now_s <= other.now_s + SAME_S
            and self.driven_s <= other.driven_s + SAME_S
            and self.first_part >= other.first_part
            and self.rested_s >= other.rested_s - SAME_S
        )


def break_plans(
    way: Way, rule: BreakRule, works: Sequence[bool], departure_s: float | None = None
) -> list[tuple[float, tuple[tuple[int, float], ...]]]:
    """Return plans that keep `rule`: duration, and breaks as ``(stage, seconds)`` before its leg.

    Parameters
    ----------
    way
        The sequence without breaks.
    rule
        The rule on breaks.
    works
        For each stage whether it is work (a stop or a reload) and no rest (a charge).
    departure_s
        The only departure to look at; None for those of the module's text.

    Returns
    -------
    list
        Shortest first; empty when none was found.
    """
    departures = [departure_s] if departure_s is not None else _departures(way, rule)
    found: dict[tuple[tuple[int, float], ...], float] = {}
    for departure in departures:
        label = _best(way, rule, works, departure)
        if label is not None:
            lasts = label.now_s - departure
            found[label.taken] = min(lasts, found.get(label.taken, lasts))
    return sorted((lasts, taken) for taken, lasts in found.items())


def _departures(way: Way, rule: BreakRule) -> list[float]:
    parts = rule.parts_s
    shifts = {0.0, *parts, *(a + b for a in parts for b in parts)}
    moved = {max(way.open_s, bend - shift) for bend in way.bends() for shift in shifts}
    return spread(sorted(moved), _DEPARTURES)


def _best(way: Way, rule: BreakRule, works: Sequence[bool], departure: float) -> _Label | None:
    """Return the label with the earliest return from one departure; None when there is none."""
    labels = [_Label(departure, 0.0, False, 0.0, 0.0, ())]
    for number, stage in enumerate(way.stages):
        onward: list[_Label] = []
        for label in labels:
            for rest in _rests(rule, label, number):
                moved = _drive(way, rule, rest, stage.driving_s)
                if moved is None:
                    continue
                start = max(moved.now_s, opening_s(stage.windows, moved.now_s))
                if start - stage.windows[-1][1] > SAME_S:
                    continue
                waits = start - moved.now_s
                if works[number]:
                    moved = _ended(rule, moved, moved.idle_s + waits)
                    idle = 0.0
                else:
                    idle = moved.idle_s + waits + stage.lasts_s
                onward.append(
                    _Label(
                        start + stage.lasts_s,
                        moved.driven_s,
                        moved.first_part,
                        moved.rested_s,
                        idle,
                        moved.taken,
                    )
                )
        labels = _best_of(onward)
    done = [label for label in labels if _enough(rule, label, departure)]
    return min(done, key=lambda label: (label.now_s, label.taken)) if done else None


def _rests(rule: BreakRule, label: _Label, number: int) -> list[_Label]:
    """Return the label as it is, and with each break that makes what has begun here a part."""
    found = [label]
    for part in rule.parts_s if number else ():
        more = part - label.idle_s
        if more > SAME_S:
            taken = (*label.taken, (number, more))
            found.append(
                _Label(
                    label.now_s + more,
                    label.driven_s,
                    label.first_part,
                    label.rested_s,
                    part,
                    taken,
                )
            )
    return found


def _drive(way: Way, rule: BreakRule, label: _Label, driving_s: float) -> _Label | None:
    """End the rest and drive a leg; None when the driving becomes too long."""
    if driving_s > 0:
        label = _ended(rule, label, label.idle_s)
        idle = 0.0
    else:
        idle = label.idle_s
    now = way.arrive(label.now_s, driving_s)
    driven = label.driven_s + (now - label.now_s)
    if rule.driving is not None and exceeds(driven, rule.driving.driving_s):
        return None
    return _Label(now, driven, label.first_part, label.rested_s, idle, label.taken)


def _ended(rule: BreakRule, label: _Label, rest_s: float) -> _Label:
    """Return the label after a rest of `rest_s` that ends here, for what it is worth."""
    driven, first, rested = label.driven_s, label.first_part, label.rested_s
    if rule.driving is not None:
        need = rule.driving
        if not exceeds(need.whole_s, rest_s) or (first and not exceeds(need.second_part_s, rest_s)):
            driven, first = 0.0, False
        elif not exceeds(need.first_part_s, rest_s):
            first = True
    if rule.work and not exceeds(min(need.part_s for need in rule.work), rest_s):
        rested += rest_s
    return _Label(label.now_s, driven, first, rested, 0.0, label.taken)


def _enough(rule: BreakRule, label: _Label, departure: float) -> bool:
    work = label.now_s - departure - label.rested_s
    return not any(
        exceeds(work, need.above_s) and exceeds(need.total_s, label.rested_s) for need in rule.work
    )


def _best_of(labels: list[_Label]) -> list[_Label]:
    """Labels that no other beats; among equals the first."""
    kept: list[_Label] = []
    for label in sorted(labels, key=lambda one: (one.now_s, one.driven_s, one.taken)):
        if not any(one.beats(label) and one.idle_s >= label.idle_s - SAME_S for one in kept):
            kept.append(label)
    return kept
