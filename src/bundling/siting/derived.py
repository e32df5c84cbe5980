"""What follows from the fields of a siting problem: counts, weights of hours and years, room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.siting.grid import subtree_sums

if TYPE_CHECKING:
    from bundling.siting.carriers import Carriers
    from bundling.siting.upgrades import Upgrades

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

HOURS = 24
"""Hours of a typical day."""


class Derived:
    """Properties of `bundling.siting.SitingProblem`, which has the fields and says what they are.

    G grid nodes, S sites, D demand points, K connection steps, Y years, U reinforcements, T hours.
    """

    years: tuple[int, ...]
    node_ids: tuple[str, ...]
    node_parent: IntArray
    headroom_kw: FloatArray
    base_load_kw: FloatArray
    site_ids: tuple[str, ...]
    max_chargers: IntArray
    forbidden: BoolArray
    charger_ids: tuple[str, ...]
    step_ids: tuple[str, ...]
    step_max_kw: FloatArray
    demand_ids: tuple[str, ...]
    pair_demand: IntArray
    discount_rate: float
    tail_years: int
    day_ids: tuple[str, ...]
    day_share: FloatArray
    upgrades: Upgrades | None
    carriers: Carriers | None

    @property
    def num_years(self) -> int:
        """Number of planning years."""
        return len(self.years)

    @property
    def num_nodes(self) -> int:
        """Number of grid nodes."""
        return len(self.node_ids)

    @property
    def num_sites(self) -> int:
        """Number of candidate sites."""
        return len(self.site_ids)

    @property
    def num_chargers(self) -> int:
        """Number of charger types."""
        return len(self.charger_ids)

    @property
    def num_steps(self) -> int:
        """Number of connection steps."""
        return len(self.step_ids)

    @property
    def num_demands(self) -> int:
        """Number of demand points."""
        return len(self.demand_ids)

    @property
    def num_pairs(self) -> int:
        """Number of pairs of a demand point and a site within reach."""
        return len(self.pair_demand)

    @property
    def num_hours(self) -> int:
        """Hours of all typical days, T."""
        return HOURS * len(self.day_ids)

    @property
    def hour_weights(self) -> FloatArray:
        """Share of the days of the year that each hour stands for [T]; sums to 24."""
        return np.repeat(self.day_share, HOURS)

    @property
    def num_upgrades(self) -> int:
        """Number of reinforcements to choose."""
        return 0 if self.upgrades is None else self.upgrades.size

    @property
    def calendar_years(self) -> IntArray:
        """Calendar years each planning year stands for [Y]."""
        return np.diff((*self.years, self.years[-1] + self.tail_years))

    @property
    def electric(self) -> BoolArray:
        """Demand points that ask for electricity [D]."""
        if self.carriers is None:
            return np.ones(self.num_demands, dtype=bool)
        electric: BoolArray = self.carriers.demand == 0
        return electric

    @property
    def step_size(self) -> IntArray:
        """Number of the connection each step belongs to [K]: steps of one power are one."""
        sizes: IntArray = np.unique(self.step_max_kw, return_inverse=True)[1].reshape(-1)
        return sizes

    def hour_name(self, hour: int) -> str:
        """Hour in words: ``"07:00"``, with the typical day before it when there are several."""
        clock = f"{hour % HOURS:02d}:00"
        return clock if len(self.day_ids) == 1 else f"{self.day_ids[hour // HOURS]} {clock}"

    @property
    def year_weights(self) -> FloatArray:
        """Present value at the first year of 1 EUR a year while each planning year holds [Y].

        ``sum of (1 + r) ** -(t - years[0])`` over the calendar years t the planning year stands
        for. For a single year with ``tail_years = 1`` it is 1: the objective is EUR per year.
        """
        ends = (*self.years[1:], self.years[-1] + self.tail_years)
        factor = 1.0 + self.discount_rate
        return np.array(
            [
                sum(factor ** -(t - self.years[0]) for t in range(start, end))
                for start, end in zip(self.years, ends, strict=True)
            ]
        )

    @property
    def room_kw(self) -> FloatArray:
        """Power a node can still take above the base load of its subtree, at least 0 [G, Y, T]."""
        base = subtree_sums(self.node_parent, self.base_load_kw)
        return np.maximum(self.headroom_kw - base, 0.0)

    @property
    def upgrade_kw(self) -> FloatArray:
        """Room that each reinforcement adds to its node [U, Y, T], after the overload it cures.

        Each is counted as if it were alone: two that cure an overload only together cure it, but
        add no room.
        """
        if self.upgrades is None:
            return np.zeros((0, self.num_years, self.num_hours))
        base = subtree_sums(self.node_parent, self.base_load_kw)[self.upgrades.node]
        room = self.headroom_kw[self.upgrades.node] - base
        limited = np.where(np.isinf(room), 0.0, room)
        more = np.maximum(limited + self.upgrades.kw[:, None, None], 0.0) - np.maximum(limited, 0.0)
        return np.where(np.isinf(room), 0.0, more)

    @property
    def most_room_kw(self) -> FloatArray:
        """`room_kw` with every reinforcement there as early as it can be [G, Y, T]."""
        room = self.room_kw.copy()
        if self.upgrades is not None:
            there = np.array(self.years)[None, :] >= self.upgrades.first_year[:, None]
            np.add.at(room, self.upgrades.node, self.upgrade_kw * there[:, :, None])
        return room

    @property
    def buildable(self) -> BoolArray:
        """Sites that may get new chargers [S]."""
        return ~self.forbidden & (self.max_chargers > 0)
