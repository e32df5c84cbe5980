"""Tiny matching problems with savings worked out by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from bundling.hubs.matching import MatchingProblem

Lane = tuple[int, int, int, float]
"""Shipper, origin, destination, trucks' worth."""


def on_a_line(
    places_km: list[float],
    lanes: list[Lane],
    *,
    windows_h: list[tuple[float, float]] | None = None,
    days: list[list[bool]] | None = None,
    **changes: Any,
) -> MatchingProblem:
    """Places on a road at 60 km/h; a truck of 10 t costs 50 EUR a tour and 1 EUR a km, no hours."""
    x = 1000.0 * np.array(places_km)
    distance = np.abs(x[:, None] - x)
    shipper, origin, destination, load = (np.array(column) for column in zip(*lanes, strict=True))
    count = len(lanes)
    windows = np.array(windows_h or [(0.0, 24.0)] * count)
    data: dict[str, Any] = {
        "shipper_ids": tuple("abcdefgh"[k] for k in range(int(shipper.max()) + 1)),
        "area_ids": tuple(f"km {km:g}" for km in places_km),
        "area_x_m": x,
        "area_y_m": np.zeros(len(x)),
        "distance_m": distance,
        "time_s": distance / (60_000 / 3600),
        "lane_shipper": shipper,
        "lane_origin": origin,
        "lane_destination": destination,
        "lane_kg": load * 10_000.0,
        "lane_m3": np.zeros(count),
        "lane_pallets": np.zeros(count),
        "lane_days": np.array(days) if days else np.ones((count, 1), dtype=bool),
        "lane_early_s": windows[:, 0] * 3600.0,
        "lane_late_s": windows[:, 1] * 3600.0,
        "apart": np.zeros((0, 2), dtype=int),
        "capacity_kg": 10_000.0,
        "fixed_eur": 50.0,
        "eur_per_km": 1.0,
        "eur_per_h": 0.0,
        "shift_h": 10.0,
        "stop_h": 0.0,
        "most_members": 2,
    }
    return MatchingProblem(**(data | changes))


def two_halves(**changes: Any) -> MatchingProblem:
    """Two half trucks over the same 100 km: 250 each alone, 250 together."""
    return on_a_line([0, 100], [(0, 0, 1, 0.5), (1, 0, 1, 0.4)], **changes)


def there_and_back(**changes: Any) -> MatchingProblem:
    """A full truck one way and one back: 250 each alone, 250 for one that does both."""
    return on_a_line([0, 100], [(0, 0, 1, 1.0), (1, 1, 0, 1.0)], **changes)


def random_lanes(seed: int, *, shippers: int = 4, **changes: Any) -> MatchingProblem:
    """Seeded shippers with one to three lanes between six places, two days."""
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(shippers), rng.integers(1, 4, size=shippers))
    count = owner.size
    origin = rng.integers(6, size=count)
    destination = (origin + rng.integers(1, 6, size=count)) % 6
    load = rng.uniform(0.05, 1.6, size=count)
    early = rng.integers(5, 12, size=count)
    return on_a_line(
        rng.choice(200, 6, replace=False).astype(float).tolist(),
        list(
            zip(owner.tolist(), origin.tolist(), destination.tolist(), load.tolist(), strict=True)
        ),
        windows_h=[(float(e), float(e + rng.integers(1, 8))) for e in early],
        days=(rng.random((count, 2)) < 0.8).tolist(),
        **({"eur_per_h": 30.0, "stop_h": 0.25} | changes),
    )
