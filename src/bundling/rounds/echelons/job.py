"""One search for rounds under one plan of the trucks, on one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from bundling.rounds.echelons.guess import Calls
from bundling.rounds.echelons.known import Known, dearer, judge
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.pool import Batch, batch_of
from bundling.rounds.echelons.problem import FloatArray
from bundling.rounds.echelons.session import Session, may_price
from bundling.rounds.electric.arrays import IntArray
from bundling.rounds.electric.searcher import Budget

_SLICES = 4
"""How often a search is stopped to look at what the trucks would have to bring."""
_COLD = 0.01
"""Last temperature, as a part of the variable cost of an average stop."""


@dataclass
class Until:
    """When a search ends: seconds on a clock, or iterations where those count."""

    begun: float
    ends: float
    elapsed: Callable[[], float]
    halt: threading.Event
    iterations: int | None = None

    def part(self, number: int, parts: int) -> Budget:
        """Return what is left for part `number` (from 0) of so many."""
        if self.iterations is not None:
            most = max(1, self.iterations // parts)
            return Budget(self.begun, self.ends, self.elapsed, self.halt, most)
        ends = self.begun + (self.ends - self.begun) * (number + 1) / parts
        return Budget(self.elapsed(), ends, self.elapsed, self.halt, None)


@dataclass
class Found:
    """What a search under a plan found.

    Attributes
    ----------
    calls, price
        The plan, and the last price of freight through the hubs ``[H]``, EUR a kg.
    best
        The best answer; None when stops were left out.
    batches
        Rounds it has seen.
    iterations
        How many it took.
    """

    calls: Calls
    price: FloatArray
    best: Known | None = None
    batches: list[Batch] = field(default_factory=list)
    iterations: int = 0


def search_under(
    session: Session,
    plan: Plan,
    rows: IntArray | None,
    price: FloatArray,
    until: Until,
    heat: float,
) -> Found:
    """Anneal rounds under a plan; freight becomes dearer where trucks or hubs lack room for it.

    Parameters
    ----------
    rows
        Rounds to go on from; None: from nothing.
    price
        Of freight through the hubs ``[H]`` at the beginning, EUR a kg.
    heat
        First temperature, as a part of the variable cost of an average stop.
    """
    found = Found(plan.calls, price)
    session.switch(plan, price)
    if rows is None:
        session.begin()
    else:
        session.take(rows)
    parts = _SLICES if may_price(session.problem) else 1
    hot = heat * session.eur_per_stop
    ratio = min(_COLD / heat, 0.1)
    for number in range(parts):
        now, later = (hot * ratio ** (at / parts) for at in (number, number + 1))
        session.anneal(until.part(number, parts), now, later)
        found.iterations += session.searcher.iterations
        rows, eur = session.rows, session.eur
        one = judge(session.problem, plan, rows, eur)
        if one is not None and (found.best is None or one.eur < found.best.eur):
            found.best = one
        other = dearer(session.problem, plan, rows, eur, session.price)
        if other is None or number + 1 == parts:
            continue
        found.batches.append(batch_of(session))
        found.price = other
        session.switch(plan, other)
        session.take(rows)
    found.batches.append(batch_of(session))
    return found
