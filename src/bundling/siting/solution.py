"""The decisions of a siting plan, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SitingSolution:
    """What is built where and when, and who is served where.

    Attributes
    ----------
    step
        Connection step in force [S, Y], -1 while the site has no new connection. A site is open
        when it has one.
    chargers
        New chargers standing at the site [S, C, Y], all years so far together.
    served
        Share of the demand of a pair's demand point that its site serves [P, Y].
    """

    step: IntArray
    chargers: IntArray
    served: FloatArray

    def __post_init__(self) -> None:
        for name, kind in (("step", np.int64), ("chargers", np.int64), ("served", np.float64)):
            array = np.array(getattr(self, name), dtype=kind)
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; pairs with nothing served are left out."""
        pairs, years = np.nonzero(self.served)
        return {
            "family": "siting",
            "step": self.step.tolist(),
            "chargers": self.chargers.tolist(),
            "charger_types": int(self.chargers.shape[1]),
            "pairs": int(self.served.shape[0]),
            "served": [
                [int(p), int(y), float(self.served[p, y])]
                for p, y in zip(pairs, years, strict=True)
            ],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SitingSolution:
        """Make a solution of what `to_dict` gives."""
        step = np.array(values["step"], dtype=np.int64)
        sites, years = step.shape
        chargers = np.array(values["chargers"], dtype=np.int64)
        served = np.zeros((int(values["pairs"]), years))
        for pair, year, share in values["served"]:
            served[pair, year] = share
        return cls(step, chargers.reshape(sites, int(values["charger_types"]), years), served)
