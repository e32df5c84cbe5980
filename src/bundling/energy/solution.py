"""What is decided: power of every vehicle, the plan of the site, and who is on which plug."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class SitePlan:
    """What is decided about contract, battery and PV.

    Attributes
    ----------
    charge_kw, discharge_kw
        Shape (T,): mean power of the battery in each slot at the grid side, kW.
    start_kwh
        Shape (D,): energy in the battery at the start of each typical day.
    pv_kw
        Shape (T,): PV power that is used or fed in; the rest is curtailed.
    offer
        Number of the offer that is taken, from 0; -1 when there are none.
    contract_kw
        Power contracted, kW; 0 without offers.
    more_kwh, more_kw, more_kwp
        What is added to battery energy, battery power and PV.
    """

    charge_kw: FloatArray
    discharge_kw: FloatArray
    start_kwh: FloatArray
    pv_kw: FloatArray
    offer: int = -1
    contract_kw: float = 0.0
    more_kwh: float = 0.0
    more_kw: float = 0.0
    more_kwp: float = 0.0

    def __post_init__(self) -> None:
        for name in _PLAN_ARRAYS:
            _freeze(self, name, np.float64)
        object.__setattr__(self, "offer", int(self.offer))
        for name in _PLAN_NUMBERS:
            object.__setattr__(self, name, float(getattr(self, name)))

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers that JSON can hold without loss."""
        arrays = {name: getattr(self, name).tolist() for name in _PLAN_ARRAYS}
        return {**arrays, "offer": self.offer} | {
            name: getattr(self, name) for name in _PLAN_NUMBERS
        }


_PLAN_ARRAYS = ("charge_kw", "discharge_kw", "start_kwh", "pv_kw")
_PLAN_NUMBERS = ("contract_kw", "more_kwh", "more_kw", "more_kwp")


@dataclass(frozen=True, eq=False)
class Seats:
    """Who is on which plug, and when.

    Attributes
    ----------
    plug
        Shape (J,): number of each vehicle's plug, from 0; -1 for none.
    first, end
        Shape (J,): first slot on the plug and the slot after the last one. Under the rule
        ``"stay"`` these are the slots of the stay.
    """

    plug: IntArray
    first: IntArray
    end: IntArray

    def __post_init__(self) -> None:
        for name in ("plug", "first", "end"):
            _freeze(self, name, np.int64)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists that JSON can hold."""
        return {name: getattr(self, name).tolist() for name in ("plug", "first", "end")}


@dataclass(frozen=True, eq=False)
class EnergySolution:
    """A charge schedule.

    Attributes
    ----------
    power_kw
        Shape (J, T): mean power of each vehicle over each slot, kW into the battery.
    shortfall_kwh
        Shape (J,): energy that is missing from each battery at departure, kWh.
    site
        Contract, battery and PV; None for a problem without them.
    seats
        Plugs; None for a problem without them.
    """

    power_kw: FloatArray
    shortfall_kwh: FloatArray
    site: SitePlan | None = None
    seats: Seats | None = None

    def __post_init__(self) -> None:
        for name in ("power_kw", "shortfall_kwh"):
            _freeze(self, name, np.float64)

    def to_dict(self) -> dict[str, Any]:
        """Return plain lists and numbers that JSON can hold without loss; zeros are left out."""
        vehicles, slots = np.nonzero(self.power_kw)
        data: dict[str, Any] = {
            "shape": [int(size) for size in self.power_kw.shape],
            "vehicle": vehicles.tolist(),
            "slot": slots.tolist(),
            "power_kw": self.power_kw[vehicles, slots].tolist(),
            "shortfall_kwh": self.shortfall_kwh.tolist(),
        }
        for name, part in (("site", self.site), ("seats", self.seats)):
            if part is not None:
                data[name] = part.to_dict()
        return data

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> EnergySolution:
        """Rebuild a schedule from `to_dict`.

        Raises
        ------
        KeyError, IndexError, ValueError, TypeError
            When `data` is not what `to_dict` writes.
        """
        vehicles, slots = (int(size) for size in data["shape"])
        power = np.zeros((vehicles, slots))
        at = (np.asarray(data["vehicle"], dtype=int), np.asarray(data["slot"], dtype=int))
        power[at] = data["power_kw"]
        return cls(
            power,
            np.asarray(data["shortfall_kwh"], dtype=np.float64),
            SitePlan(**data["site"]) if "site" in data else None,
            Seats(**data["seats"]) if "seats" in data else None,
        )


def _freeze(owner: object, name: str, kind: type[np.float64 | np.int64]) -> None:
    """Set a read-only copy on a frozen dataclass."""
    array = np.array(getattr(owner, name), dtype=kind)
    array.setflags(write=False)
    object.__setattr__(owner, name, array)
