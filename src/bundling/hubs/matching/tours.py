"""What a truck does in a day."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trip:
    """One truck with its freight, from the first loading to the last unloading.

    Attributes
    ----------
    lanes, drops
        Lanes in the order they are collected, and delivered.
    load
        Trucks' worth, at most 1.
    count
        How many such trucks go.
    early_h, late_h
        When the truck may leave its first address.
    km, hours
        From there to the last unloading; hours from the start of the first loading.
    """

    lanes: tuple[int, ...]
    drops: tuple[int, ...]
    load: float
    count: int
    early_h: float
    late_h: float
    km: float
    hours: float


@dataclass(frozen=True)
class Tour:
    """A truck's day: a trip, perhaps a second, and back to where the first began.

    Attributes
    ----------
    first, second
        The trips.
    count
        How many trucks do so.
    km, empty_km, hours, eur
        Of one of them.
    """

    first: Trip
    second: Trip | None
    count: int
    km: float
    empty_km: float
    hours: float
    eur: float
