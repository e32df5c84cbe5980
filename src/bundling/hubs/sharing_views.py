"""What every split of a joint cost shows: the board's table, pictures and a page."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bundling.gains import Splits
from bundling.hubs.leaving import AboutAll, Leaving
from bundling.hubs.problem import FloatArray

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class SharedCost(Protocol):
    """A joint cost and its splits, EUR a player: what tables, pictures and pages read.

    Attributes
    ----------
    players
        Names.
    alone_eur, alone_bound_eur
        What each pays alone by the best plan known, and the least it can be.
    total_eur
        Cost of all together.
    splits
        What each pays, by method.
    gap
        Largest relative gap of a cost.
    range_from
        Why a share is not known to the cent, for the legend of a picture.
    looked_at, solved
        Coalitions of which a cost is known, and how many of them the solver was given.
    looked_at_all
        Whether these are all coalitions there are.
    """

    @property
    def players(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def alone_eur(self) -> FloatArray: ...  # noqa: D102
    @property
    def alone_bound_eur(self) -> FloatArray: ...  # noqa: D102
    @property
    def total_eur(self) -> float: ...  # noqa: D102
    @property
    def splits(self) -> Splits: ...  # noqa: D102
    @property
    def gap(self) -> float: ...  # noqa: D102
    @property
    def range_from(self) -> str: ...  # noqa: D102
    @property
    def looked_at(self) -> int: ...  # noqa: D102
    @property
    def solved(self) -> int: ...  # noqa: D102
    @property
    def looked_at_all(self) -> bool: ...  # noqa: D102

    def leaving(self, pays: FloatArray, player: int) -> Leaving:
        """Find the best way out of a player that is asked `pays` with the others."""

    def about_all(self) -> AboutAll:
        """Find whether anything keeps all in."""

    def table(self) -> pd.DataFrame:
        """One row a player, for an analyst."""

    def board(self, method: str = "shapley") -> pd.DataFrame:
        """One row a player and one for all; see `BoardViews.board`."""

    def stability(self) -> pd.DataFrame:
        """For each split the coalition that gains most by leaving."""

    def emissions_of(self, method: str) -> tuple[FloatArray, FloatArray] | None:
        """CO2e alone and its part of all, kg a player; None where it is not known."""


class BoardViews:
    """The table for a board, the pictures and the page of a `SharedCost`."""

    def board(self: SharedCost, method: str = "shapley") -> pd.DataFrame:
        """One row a player and one for all, in words a board understands.

        Columns: ``player, alone_eur, together_eur, saving_eur, saving_pct, leaves`` (``yes``,
        ``no``, ``open``), ``with`` (whom it would leave with) and ``why``.

        Parameters
        ----------
        method
            A split of `splits`.

        Raises
        ------
        bundling.InputError
            When there is no such split, or it has no answer here.
        """
        from bundling.hubs.sharing_tables import board

        return board(self, method)

    def plot(self: SharedCost, method: str = "shapley", *, ax: Axes | None = None) -> Axes:
        """Draw what each pays alone and together; see `bundling.hubs.sharing_plot`."""
        from bundling.hubs.sharing_plot import plot_sharing

        return plot_sharing(self, method, ax=ax)

    def plot_waterfall(
        self: SharedCost, method: str = "shapley", *, ax: Axes | None = None
    ) -> Axes:
        """Draw how savings lead from each alone to all together."""
        from bundling.hubs.sharing_plot import plot_waterfall

        return plot_waterfall(self, method, ax=ax)

    def report(
        self: SharedCost, path: str | Path, *, lang: str = "nl", method: str = "shapley"
    ) -> Path:
        """Write one self-contained HTML page for a board to `path` and return it.

        Parameters
        ----------
        path
            File to write.
        lang
            ``"nl"`` or ``"en"``.
        method
            A split of `splits`.

        Raises
        ------
        bundling.InputError
            When there is no such split, or it has no answer here.
        """
        room = importlib.import_module("bundling.report.sharing_page")
        written: Path = room.write_sharing(self, Path(path), lang, method)
        return written
