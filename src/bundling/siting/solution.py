"""The decisions of a siting plan, nothing derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.frozen import own_arrays

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dispatch:
    """Batteries and PV: their sizes, and what they do in each hour of the typical days.

    Attributes
    ----------
    battery_kwh, battery_kw, pv_kwp
        Sizes standing at each site, all years so far together [S, Y].
    charge_kw, discharge_kw
        Power into and out of the battery on the side of the grid [S, Y, T].
    pv_kw
        PV power that is used [S, Y, T].
    """

    battery_kwh: FloatArray
    battery_kw: FloatArray
    pv_kwp: FloatArray
    charge_kw: FloatArray
    discharge_kw: FloatArray
    pv_kw: FloatArray

    def __post_init__(self) -> None:
        own_arrays(self)


@dataclass(frozen=True, eq=False)
class SitingSolution:
    """What is built where and when, and who is served where.

    Attributes
    ----------
    step
        Connection step in force [S, Y], -1 while the site has no new connection. A site is open
        when it has one.
    chargers
        New chargers and dispensers standing at the site [S, C, Y], all years so far together.
    served
        Share of the demand of a pair's demand point that its site serves [P, Y].
    upgraded
        Whether each reinforcement that could be chosen is there [U, Y], 0 or 1.
    dispatch
        Batteries and PV; None in a problem without.
    """

    step: IntArray
    chargers: IntArray
    served: FloatArray
    upgraded: IntArray = None  # type: ignore[assignment]  # an array from __post_init__ on
    dispatch: Dispatch | None = None

    def __post_init__(self) -> None:
        years = np.shape(self.step)[1]
        given: IntArray | None = self.upgraded
        if given is None:
            object.__setattr__(self, "upgraded", np.zeros((0, years)))
        own_arrays(self)

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values; pairs with nothing served are left out."""
        values: dict[str, Any] = {
            "family": "siting",
            "step": self.step.tolist(),
            "chargers": self.chargers.tolist(),
            "charger_types": int(self.chargers.shape[1]),
            "pairs": int(self.served.shape[0]),
            "served": _sparse(self.served),
        }
        if len(self.upgraded):
            values["upgraded"] = self.upgraded.tolist()
        if self.dispatch is not None:
            values["hours"] = int(self.dispatch.charge_kw.shape[2])
            values["dispatch"] = {
                name: _sparse(getattr(self.dispatch, name))
                for name in Dispatch.__dataclass_fields__
            }
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> SitingSolution:
        """Make a solution of what `to_dict` gives."""
        step = np.array(values["step"], dtype=np.int64)
        sites, years = step.shape
        chargers = np.array(values["chargers"], dtype=np.int64)
        upgraded = np.array(values.get("upgraded", ()), dtype=np.int64).reshape(-1, years)
        dispatch = None
        if "dispatch" in values:
            size, hourly = (sites, years), (sites, years, int(values["hours"]))
            dispatch = Dispatch(
                **{
                    name: _dense(values["dispatch"][name], size if i < 3 else hourly)
                    for i, name in enumerate(Dispatch.__dataclass_fields__)
                }
            )
        return cls(
            step,
            chargers.reshape(sites, int(values["charger_types"]), years),
            _dense(values["served"], (int(values["pairs"]), years)),
            upgraded,
            dispatch,
        )


def _sparse(array: FloatArray) -> list[list[float]]:
    """Entries that are not 0, each ``[index, ..., value]``."""
    places = np.argwhere(array)
    return [[*(int(i) for i in place), float(array[tuple(place)])] for place in places]


def _dense(entries: list[list[float]], shape: tuple[int, ...]) -> FloatArray:
    array = np.zeros(shape)
    for *place, value in entries:
        array[tuple(int(i) for i in place)] = value
    return array
