"""At which price, rent or volume bundling at hubs begins to pay: solved again and again."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from bundling.certify import Clock
from bundling.errors import Fault, raise_if
from bundling.hubs.problem import HubsProblem
from bundling.hubs.trials import NOT, OPEN, PAYS, Change, Trial, TrialSearch
from bundling.hubs.varied import (
    with_handling,
    with_part,
    with_rent,
    with_subsidy,
    with_volume,
)

if TYPE_CHECKING:
    import pandas as pd

_LOOKS = 9
"""Values looked at when the saving may rise and fall again."""


@dataclass(frozen=True)
class BreakEven:
    """Where bundling begins, or ends, to pay.

    Attributes
    ----------
    of, unit
        What was varied.
    low, high
        The break-even value lies between these. Wider than the tolerance when the gaps of the
        solves, or the time, left it open; ``-inf`` or ``inf`` when it lies outside what was tried.
    pays_below
        Whether bundling pays below the break-even value (a price), or above it (a subsidy).
    least_eur
        Smallest saving a day that counts.
    proved
        Whether the saving can change only once between the ends by the structure of the problem,
        as with prices. With volumes it may change again: full trucks need no hub.
    trials
        All that were solved, by value.
    """

    of: str
    unit: str
    low: float
    high: float
    pays_below: bool
    least_eur: float
    proved: bool
    trials: tuple[Trial, ...]

    @property
    def changes(self) -> int:
        """How often the verdict turns over the trials; `low, high` is the first turn."""
        clear = [trial.verdict for trial in self.trials if trial.verdict != OPEN]
        return sum(one != other for one, other in pairwise(clear))

    @property
    def found(self) -> bool:
        """Whether both ends are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def table(self) -> pd.DataFrame:
        """One row a trial: ``value, low_eur, saving_eur, high_eur, verdict, hub_m3``."""
        import pandas as pd

        return pd.DataFrame([dataclasses.asdict(trial) for trial in self.trials])

    def __str__(self) -> str:
        side = "up to" if self.pays_below else "from"
        if self.found:
            span = f"a value between {self.low:.4g} and {self.high:.4g} {self.unit}"
            more = " Further on that turns again." if self.changes > 1 else ""
            return f"Bundling pays {side} {span} ({self.of}).{more}"
        verdicts = {trial.verdict for trial in self.trials}
        span = f"{self.trials[0].value:.4g} to {self.trials[-1].value:.4g} {self.unit}"
        if verdicts == {PAYS}:
            return f"Bundling pays all the way from {span} ({self.of})."
        if verdicts == {NOT}:
            return f"Bundling does not pay anywhere from {span} ({self.of})."
        return f"Where bundling pays from {span} ({self.of}) is open: the search left a gap."


_NAMED: dict[str, tuple[Change, str, bool, bool, bool]] = {
    # change, unit, pays below, proved, whether the cost without hubs stays
    "handling": (with_handling, "EUR/m3", True, True, True),
    "rent": (with_rent, "EUR/day", True, True, True),
    "subsidy": (with_subsidy, "EUR/m3", False, True, True),
    "volume": (with_volume, "times the volume", False, False, False),
    "part": (with_part, "of the shipments", False, False, False),
}


def break_even(
    problem: HubsProblem,
    of: str,
    low: float,
    high: float,
    *,
    tolerance: float | None = None,
    least_eur: float | None = None,
    time_limit: float = 120.0,
    gap: float = 1e-4,
    seed: int = 0,
) -> BreakEven:
    """Find the value at which bundling begins to pay.

    Parameters
    ----------
    problem
        The problem.
    of
        What to vary: ``handling`` (price at all hubs, EUR/m3), ``rent`` (of every hub, EUR/day),
        ``subsidy`` (off the handling price, EUR/m3), ``volume`` (times the freight of every
        shipment), ``part`` (of the shipments that take part).
    low, high
        Values between which to look.
    tolerance
        End when the break-even value is known this closely; a hundredth of the span by default.
    least_eur
        Smallest saving a day that counts as paying; a thousandth of the cost without hubs at
        `low` by default. It should be well above ``gap`` times the cost.
    time_limit
        Wall seconds for all solves together. When they run out, the interval stays wide.
    gap, seed
        For each solve.

    Raises
    ------
    bundling.InputError
        When `of` is not one of these, the values are not two in order from 0 up, the problem has
        no hubs, or it has no feasible plan.

    Notes
    -----
    Bisection on re-solves. The saving at a value is known between two bounds, so that a value
    pays for certain, does not for certain, or is open. Where the middle is open, both edges of
    what is open are sought, and the answer is the interval between them. With ``volume`` and
    ``part`` the saving may rise and fall again: nine values are looked at first, and the first
    change among them is the one that is answered.
    """
    change, unit, pays_below, proved, same = _named(problem, of, low, high)
    search = TrialSearch(problem, change, same, Clock(time_limit), gap, seed, least_eur)
    width = tolerance if tolerance is not None else (high - low) / 100.0
    first, last = search.verdict(low), search.verdict(high)
    if not proved:  # it may begin and end in between: look, and take the first change
        for value in np.linspace(low, high, _LOOKS)[1:-1].tolist():
            if search.goes_on:
                search.verdict(value)
        clear = [t for _, t in sorted(search.trials.items()) if t.verdict != OPEN]
        turned = [trial for trial in clear if trial.verdict != clear[0].verdict]
        if turned:
            low, first = clear[0].value, clear[0].verdict
            high, last = turned[0].value, turned[0].verdict
            pays_below = first == PAYS
    inner, outer = (PAYS, NOT) if pays_below else (NOT, PAYS)
    known_low, known_high = -math.inf, math.inf
    if first == outer:  # the change lies below what was tried
        known_high = low
    elif last == inner:
        known_low = high
    else:
        if first == inner:
            known_low = search.edge(low, high, inner, width)
        if last == outer:
            known_high = search.edge(high, max(low, known_low), outer, width)
    trials = tuple(sorted(search.trials.values(), key=lambda trial: trial.value))
    return BreakEven(
        of, unit, known_low, known_high, pays_below, search.least_eur or 0.0, proved, trials
    )


def _named(
    problem: HubsProblem, of: str, low: float, high: float
) -> tuple[Change, str, bool, bool, bool]:
    faults = []
    if of not in _NAMED:
        remedy = f"Choose one of {', '.join(_NAMED)}."
        faults.append(Fault("break even", "of", (), f"cannot vary {of}", remedy))
    if not (0 <= low < high < math.inf):
        rule = f"are {low:g} and {high:g}, not two values in order from 0 up"
        faults.append(Fault("break even", "low, high", (), rule, "Give two such values."))
    if problem.num_hubs == 0:
        faults.append(Fault("hubs", "", (), "there are none", "Give a hub to bundle at."))
    raise_if(faults)
    return _NAMED[of]
