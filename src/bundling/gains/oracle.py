"""Values of coalitions one asks for, each computed once."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from bundling.gains.game import BoolArray, FloatArray

Values = Callable[[BoolArray], ArrayLike]


class ValueOracle:
    """Ask for the costs of coalitions; each is computed once and kept.

    Parameters
    ----------
    players
        How many.
    values
        Gets coalitions ``[k, players]``, each once, and gives their costs ``[k]``, or cost and
        proved lower bound ``[k, 2]`` where a gap is left.
    remember
        False computes a cost again when it is asked for again: for costs that are quicker to
        compute than to look up, asked for by the million.

    Attributes
    ----------
    asked
        How many costs were computed.
    """

    def __init__(self, players: int, values: Values, *, remember: bool = True) -> None:
        if players < 1:
            raise ValueError("a game needs a player")
        self.players = players
        self._values = values
        self._remember = remember
        self._place: dict[bytes, int] = {np.packbits(np.zeros(players, dtype=bool)).tobytes(): 0}
        self._known = np.zeros((1, 2))  # cost and bound; nobody costs nothing
        self.asked = 0

    @classmethod
    def one_by_one(
        cls, players: int, value: Callable[[tuple[int, ...]], float | tuple[float, float]]
    ) -> ValueOracle:
        """Take a function that gives the cost (or cost and bound) of one coalition of indices."""

        def values(held: BoolArray) -> ArrayLike:
            found = [value(tuple(np.flatnonzero(row).tolist())) for row in held]
            return [item if isinstance(item, tuple) else (item, item) for item in found]

        return cls(players, values)

    @classmethod
    def of_game(cls, cost: FloatArray, bound: FloatArray | None = None) -> ValueOracle:
        """Look the costs up in a game that is known already."""
        from bundling.gains.game import players_of

        players = players_of(cost)
        both = np.stack([cost, cost if bound is None else bound], axis=1)
        bit = 1 << np.arange(players, dtype=np.int64)
        return cls(players, lambda held: both[held @ bit])

    def __call__(self, held: BoolArray) -> FloatArray:
        """Give cost and bound of coalitions.

        Parameters
        ----------
        held
            ``[k, players]``: who is in each.

        Returns
        -------
        numpy.ndarray
            ``[k, 2]``: cost and proved lower bound; the same where there is no gap.

        Raises
        ------
        ValueError
            When the function gives something else than one or two numbers a coalition.
        """
        if not self._remember:
            return self._compute(held)
        keys = [row.tobytes() for row in np.packbits(held, axis=1)]
        new: dict[bytes, int] = {}
        for k, key in enumerate(keys):
            if key not in self._place and key not in new:
                new[key] = k
        if new:
            given = self._compute(held[list(new.values())])
            at = len(self._place)
            if at + len(new) > len(self._known):  # twice as much room, not a copy each time
                self._known = np.concatenate([self._known, np.zeros((at + len(new), 2))])
            self._known[at : at + len(new)] = given
            self._place.update({key: at + k for k, key in enumerate(new)})
        found: FloatArray = self._known[[self._place[key] for key in keys]]
        return found

    def _compute(self, held: BoolArray) -> FloatArray:
        given = np.asarray(self._values(held), dtype=np.float64)
        if given.shape == (len(held),):
            given = np.stack([given, given], axis=1)
        if given.shape != (len(held), 2) or np.isnan(given).any():
            raise ValueError(f"{len(held)} coalitions were asked for, not {given.shape} given")
        self.asked += len(held)
        return given
