"""Which plan of the trucks to try next, when there are rounds already."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from bundling.rounds.echelons.guess import Calls, Guess
from bundling.rounds.echelons.known import Known
from bundling.rounds.echelons.plans import Plan
from bundling.rounds.echelons.rehub import Rehub

_TIRED = 0.006
"""What a plan's estimate is worth less, as a part, for every time it has been tried."""
_RANKS = 6.0
"""About so far down the list the plans lie that are not the most promising ones."""
_LOOKS = 40
"""Plans around the present one that get an estimate."""
_DRAWS = 40
"""Plans further away that are looked at, of which the best are taken."""
_KICKS_EACH, _MOST_MORE = 3, 2
"""After so many kicks of no use calls are changed one more at a time, up to so many more."""


class Scout:
    """Looks around a plan; it remembers what has been tried.

    Parameters
    ----------
    guess
        Rough estimates, which tell plans that are too late.
    rehub
        Better estimates, by the rounds there are.
    seed
        Random seed.
    """

    def __init__(self, guess: Guess, rehub: Rehub, seed: int) -> None:
        self.guess, self.rehub = guess, rehub
        self.rng = np.random.default_rng(seed)
        self.tries: dict[Calls, int] = {}
        self.kicks = 0
        self._packed: tuple[bytes, set[Calls]] = (b"", set())

    def around(self, current: Known, most: int) -> list[Plan]:
        """Choose plans that differ by one call, or the present one: the best, then others."""
        calls = {current.plan.calls, *self.guess.few(self._near(current.plan.calls))}
        calls |= self._repacked(current)
        ranked = self._ranked(calls, current)
        chosen = ranked[:1]
        while len(chosen) < min(most, len(ranked)):
            rank = min(len(ranked) - 1, 1 + int(self.rng.exponential(_RANKS)))
            if ranked[rank] not in chosen:
                chosen.append(ranked[rank])
        return chosen

    def beyond(self, current: Known, most: int) -> list[Plan]:
        """Choose plans that differ by two calls, or by more when that was of no use for long."""
        changes = 2 + min(_MOST_MORE, self.kicks // _KICKS_EACH)
        self.kicks += 1
        several: set[Calls] = set()
        for _ in range(_DRAWS):
            calls = current.plan.calls
            for _ in range(changes):
                near = list(self._near(calls))
                calls = near[int(self.rng.integers(len(near)))] if near else calls
            several.add(calls)
        return self._ranked(several - {current.plan.calls}, current)[:most]

    def _repacked(self, current: Known) -> set[Calls]:
        """Return the plan whose trucks are the cheapest for the rounds there are, if there is one.

        Looked for anew when there are other rounds.
        """
        key = current.rows.tobytes()
        if key != self._packed[0]:
            plan = self.rehub.repacked(current)
            self._packed = (key, set() if plan is None else {plan.calls})
        return self._packed[1]

    def _near(self, calls: Calls) -> Iterator[Calls]:
        return itertools.chain(self.guess.neighbours(calls), self.guess.exchanged(calls))

    def _ranked(self, several: set[Calls], current: Known) -> list[Plan]:
        """Bring plans into the order of their estimates, those tried often further back.

        Only those with the best rough guesses are looked at, and none that is too late for a stop.
        """
        rough = sorted((self.guess.of(calls)[0], calls) for calls in several)
        ranked = []
        for guessed, calls in rough[:_LOOKS]:
            plan = self.guess.of(calls)[1]
            if plan is None or not math.isfinite(guessed):
                break
            eur = self.rehub.estimate(current.rows, plan)
            ranked.append((eur * (1.0 + _TIRED * self.tries.get(calls, 0)), calls, plan))
        return [plan for _, _, plan in sorted(ranked, key=lambda one: one[:2])]
