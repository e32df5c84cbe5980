"""The clock of an energy problem: slots, typical days, seasons, and who belongs to which."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bundling.units import SECONDS_PER_HOUR, clock_from_seconds

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Timeline:
    """What follows from the slots, days and times of a problem."""

    vehicle_ids: tuple[str, ...]
    arrival_s: FloatArray
    price_eur_per_kwh: FloatArray
    start_s: float
    slot_s: float
    day_weight: FloatArray
    day_season: tuple[str, ...]

    @property
    def num_vehicles(self) -> int:
        """Number of vehicles `J`."""
        return len(self.vehicle_ids)

    @property
    def num_slots(self) -> int:
        """Number of slots `T`."""
        return int(self.price_eur_per_kwh.size)

    @property
    def slot_h(self) -> float:
        """Length of a slot, h."""
        return self.slot_s / SECONDS_PER_HOUR

    @property
    def slot_start_s(self) -> FloatArray:
        """Start of every slot, s; shape (T,)."""
        return self.start_s + self.slot_s * np.arange(self.num_slots, dtype=np.float64)

    @property
    def num_days(self) -> int:
        """Number of typical days `D`."""
        return int(np.size(self.day_weight))

    @property
    def slots_per_day(self) -> int:
        """Number of slots in a typical day."""
        return self.num_slots // self.num_days

    @property
    def slot_weight(self) -> FloatArray:
        """How often each slot occurs in the horizon costs are for; shape (T,)."""
        weight: FloatArray = np.repeat(self.day_weight, self.slots_per_day)
        return weight

    @property
    def vehicle_day(self) -> IntArray:
        """Typical day each vehicle belongs to: where its stay begins; shape (J,)."""
        begins = np.maximum(self.arrival_s, self.start_s)
        length_s = self.slots_per_day * self.slot_s
        day = np.floor((begins - self.start_s) / length_s).astype(np.int64)
        clipped: IntArray = np.clip(day, 0, self.num_days - 1)
        return clipped

    @property
    def vehicle_weight(self) -> FloatArray:
        """How often each vehicle's stay occurs; shape (J,)."""
        weight: FloatArray = self.day_weight[self.vehicle_day]
        return weight

    @property
    def slot_season(self) -> IntArray:
        """Number of the season of each slot, in order of first appearance; shape (T,)."""
        names = list(dict.fromkeys(self.day_season))
        number = np.array([names.index(name) for name in self.day_season], dtype=np.int64)
        seasons: IntArray = np.repeat(number, self.slots_per_day)
        return seasons

    @property
    def season_share(self) -> FloatArray:
        """Share of the horizon's days that each season has; they sum to 1."""
        weight = self.slot_weight
        share: FloatArray = np.bincount(self.slot_season, weights=weight) / weight.sum()
        return share

    def clock(self, slot: int) -> str:
        """Clock time at which `slot` starts, ``"HH:MM"``; `slot` may be `T`, the end."""
        return self.clock_at(self.start_s + slot * self.slot_s)

    @staticmethod
    def clock_at(seconds: float) -> str:
        """Clock time ``"HH:MM"`` on its own day at `seconds` on the problem's running clock."""
        return clock_from_seconds(60.0 * (round(seconds / 60.0) % 1440))
