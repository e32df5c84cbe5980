"""How far a limit may be exceeded before it counts as broken."""

from __future__ import annotations

TOLERANCE = 1e-6
"""Relative tolerance of every rule."""


def slack(limit: float) -> float:
    """How far a value may lie beyond `limit`: the tolerance times its size, at least of 1 unit."""
    return TOLERANCE * max(1.0, abs(limit))


def exceeds(value: float, limit: float) -> bool:
    """Whether `value` is above `limit` by more than the tolerance."""
    return value - limit > slack(limit)
