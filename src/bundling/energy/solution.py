"""What is decided: the power of every vehicle in every slot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EnergySolution:
    """A charge schedule.

    Attributes
    ----------
    power_kw
        Shape (J, T): mean power of each vehicle over each slot, kW into the battery.
    shortfall_kwh
        Shape (J,): energy that is missing from each battery at departure, kWh.
    """

    power_kw: FloatArray
    shortfall_kwh: FloatArray

    def __post_init__(self) -> None:
        for field in ("power_kw", "shortfall_kwh"):
            array = np.array(getattr(self, field), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, field, array)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers that JSON can hold without loss; zeros are left out."""
        vehicles, slots = np.nonzero(self.power_kw)
        return {
            "shape": [int(size) for size in self.power_kw.shape],
            "vehicle": vehicles.tolist(),
            "slot": slots.tolist(),
            "power_kw": self.power_kw[vehicles, slots].tolist(),
            "shortfall_kwh": self.shortfall_kwh.tolist(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EnergySolution:
        """Rebuild a schedule from `to_dict`.

        Raises
        ------
        KeyError, IndexError, ValueError
            When `data` is not what `to_dict` writes.
        """
        vehicles, slots = (int(size) for size in data["shape"])
        power = np.zeros((vehicles, slots))
        at = (np.asarray(data["vehicle"], dtype=int), np.asarray(data["slot"], dtype=int))
        power[at] = data["power_kw"]
        return cls(power, np.asarray(data["shortfall_kwh"], dtype=np.float64))
