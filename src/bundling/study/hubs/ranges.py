"""Between which values the break-even of a region is sought."""

from __future__ import annotations

from bundling.hubs.problem import HubsProblem

_TIMES = 2.0
"""Prices are looked at from nothing to so many times the highest of the candidates."""
_VOLUME = (0.25, 3.0)
"""Times the freight of the day."""
_PRICE, _RENT = 20.0, 400.0
"""Highest price, EUR/m3, and rent, EUR/day, where no candidate has any."""


def ranges(problem: HubsProblem) -> list[tuple[str, float, float]]:
    """Return what to vary, and between which values; nothing without candidate hubs."""
    if problem.num_hubs == 0:
        return []
    price = float(problem.hub_handling_eur_per_m3.max())
    rent = float(problem.hub_rent_eur.max())
    return [
        ("handling", 0.0, _TIMES * price if price > 0 else _PRICE),
        ("rent", 0.0, _TIMES * rent if rent > 0 else _RENT),
        ("volume", *_VOLUME),
    ]
