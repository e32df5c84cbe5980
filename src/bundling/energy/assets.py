"""What can stand behind the connection besides vehicles: a battery, PV, and plugs to share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]

PlugRule = Literal["stay", "session"]


@dataclass(frozen=True, eq=False)
class Battery:
    """A battery at the site: what is there, and what may be added.

    Attributes
    ----------
    kwh, kw
        Usable energy and power that are there already; power counts at the grid side, both ways.
    max_more_kwh, max_more_kw
        Most that may be added; 0 is no sizing.
    eur_per_kwh, eur_per_kw
        Cost of what is added, for the horizon the problem describes, EUR.
    charge_efficiency, discharge_efficiency
        Share of the energy that survives on the way in and on the way out.
    cycle_eur_per_kwh
        Wear, EUR per kWh discharged.
    loss_share_per_h
        Share of the stored energy lost in an hour.
    start_kwh
        Energy at the start of every typical day; None lets the plan choose it.
    end_kwh
        Energy that must be there at the end of every day; None asks for at least the energy of
        its start, so that days can follow each other.
    """

    kwh: float = 0.0
    kw: float = 0.0
    max_more_kwh: float = 0.0
    max_more_kw: float = 0.0
    eur_per_kwh: float = 0.0
    eur_per_kw: float = 0.0
    charge_efficiency: float = 0.95
    discharge_efficiency: float = 0.95
    cycle_eur_per_kwh: float = 0.0
    loss_share_per_h: float = 0.0
    start_kwh: float | None = None
    end_kwh: float | None = None

    def __post_init__(self) -> None:
        for name in BATTERY_NUMBERS:
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else float(value))

    def kept(self, hours: float) -> float:
        """Share of the stored energy that is left after `hours`."""
        return float((1.0 - self.loss_share_per_h) ** hours)


BATTERY_NUMBERS = (
    "kwh",
    "kw",
    "max_more_kwh",
    "max_more_kw",
    "eur_per_kwh",
    "eur_per_kw",
    "charge_efficiency",
    "discharge_efficiency",
    "cycle_eur_per_kwh",
    "loss_share_per_h",
    "start_kwh",
    "end_kwh",
)


@dataclass(frozen=True, eq=False)
class Pv:
    """Solar panels: what is there, and what may be added. Their power may always be curtailed.

    Attributes
    ----------
    profile_kw_per_kwp
        Shape (T,): mean power of one kWp in every slot, kW.
    kwp
        Peak power that is there already.
    max_more_kwp, eur_per_kwp
        Most that may be added, and its cost for the horizon the problem describes, EUR.
    """

    profile_kw_per_kwp: FloatArray
    kwp: float = 0.0
    max_more_kwp: float = 0.0
    eur_per_kwp: float = 0.0

    def __post_init__(self) -> None:
        _freeze(self, "profile_kw_per_kwp", self.profile_kw_per_kwp)
        for name in PV_NUMBERS:
            object.__setattr__(self, name, float(getattr(self, name)))


PV_NUMBERS = ("kwp", "max_more_kwp", "eur_per_kwp")


@dataclass(frozen=True, eq=False)
class Plugs:
    """Plugs that vehicles share, when there are fewer plugs than vehicles.

    Attributes
    ----------
    ids
        Distinct names.
    kw
        Shape (K,): power of each plug, kW into the vehicle's battery.
    rule
        ``"stay"``: a vehicle that charges keeps one plug from arrival to departure.
        ``"session"``: it sits on one plug for one unbroken run of whole slots within its stay.
    """

    ids: tuple[str, ...]
    kw: FloatArray
    rule: PlugRule = "stay"

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", tuple(str(name) for name in self.ids))
        kw = np.asarray(self.kw, dtype=np.float64)
        _freeze(self, "kw", np.full(len(self.ids), float(kw)) if kw.ndim == 0 else kw)

    @property
    def num_plugs(self) -> int:
        """Number of plugs `K`."""
        return len(self.ids)


def _freeze(owner: object, name: str, values: ArrayLike) -> None:
    """Set a read-only copy as floats on a frozen dataclass."""
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    object.__setattr__(owner, name, array)
