"""Tickets for a building site: who may unload at which hour of which day.

At most so many vehicles unload in an hour while the gate is open. Tickets are dealt out hour by
hour to those who need them, in turn, so that nobody's loads all come late in the day; what does
not fit comes after closing and is told as late.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from bundling.errors import Fault


@dataclass(frozen=True)
class Gate:
    """The gate of a building site.

    Attributes
    ----------
    open_h, close_h
        Clock hours between which vehicles begin to unload.
    vehicles_per_hour
        Places to unload: the most vehicles that begin in an hour.
    """

    open_h: int = 7
    close_h: int = 16
    vehicles_per_hour: int = 2

    def faults(self) -> list[Fault]:
        """List what is wrong."""
        found = []
        if not 0 <= self.open_h < self.close_h <= 24:
            rule = f"opens at {self.open_h} and closes at {self.close_h}"
            found.append(Fault("gate", "open_h, close_h", (), rule, "Give hours in order."))
        if self.vehicles_per_hour < 1:
            rule = f"takes {self.vehicles_per_hour} vehicles an hour"
            found.append(Fault("gate", "vehicles_per_hour", (), rule, "Give 1 or more."))
        return found

    @property
    def tickets_a_day(self) -> int:
        """Tickets between opening and closing."""
        return self.vehicles_per_hour * (self.close_h - self.open_h)


@dataclass(frozen=True)
class Ticket:
    """Leave for a source to unload.

    Attributes
    ----------
    source
        Supplier or hub.
    hour
        Clock hour at which unloading begins.
    vehicles
        How many.
    late
        Whether that is after closing.
    """

    source: str
    hour: int
    vehicles: int
    late: bool


def deal_tickets(gate: Gate, needs: Mapping[str, int]) -> tuple[Ticket, ...]:
    """Deal out the tickets of one day.

    Parameters
    ----------
    gate
        The gate.
    needs
        Vehicles by source, those to serve first in front (a hub, say).

    Returns
    -------
    tuple of Ticket
        One a source and hour. Every need is met, late if it must be: see `Ticket.late`; those
        beyond midnight are left out.
    """
    left = {source: count for source, count in needs.items() if count > 0}
    dealt: dict[tuple[int, str], int] = {}
    hours = range(gate.open_h, 24)
    places = [hour for hour in hours for _ in range(gate.vehicles_per_hour)]
    turn: list[str] = []
    for hour in places:
        turn = [source for source in turn if left.get(source)] or [s for s in left if left[s]]
        if not turn:
            break
        source = turn.pop(0)
        left[source] -= 1
        dealt[hour, source] = dealt.get((hour, source), 0) + 1
    return tuple(
        Ticket(source, hour, count, late=hour >= gate.close_h)
        for (hour, source), count in dealt.items()
    )


def late_tickets(gate: Gate, vehicles: int) -> int:
    """How many of so many vehicles in a day come after closing or not at all."""
    return max(0, math.ceil(vehicles) - gate.tickets_a_day)
