"""Delivery windows and length limits from the signs of the NDW, one row a window."""

from __future__ import annotations

import pandas as pd

from bundling.instances.geometry import Shape, contains
from bundling.instances.signs import Window, max_length_m, permissions
from bundling.instances.sources import Facts, with_rd
from bundling.units import clock_from_seconds

NAMES = {"Hengelo": "Hengelo (O.)"}
"""Municipality names on the signs that differ from the register."""


def delivery_windows(facts: Facts, zone_shapes: dict[str, Shape]) -> pd.DataFrame:
    """Every sign, with its delivery windows; closures and unread texts keep only the text.

    A sign with two windows (Monday, Tuesday to Saturday) gives two rows, ``-1`` and ``-2``.
    """
    signs = with_rd(facts.table("delivery_windows"))
    signs = signs.sort_values("id", kind="stable").reset_index(drop=True)
    zone = pd.Series([None] * len(signs), dtype=object)
    for zone_id, shape in sorted(zone_shapes.items()):
        inside = contains(shape, signs["rd_x_m"].to_numpy(float), signs["rd_y_m"].to_numpy(float))
        zone[inside] = zone_id
    rows = []
    for sign, zone_id in zip(signs.itertuples(), zone, strict=True):
        text, below = str(sign.window_text), str(sign.sub_signs)
        found: list[Window | None] = [*permissions(text, str(sign.rvv), str(sign.category), below)]
        for number, window in enumerate(found or [None], start=1):
            rows.append(
                {
                    "window_id": f"sign-{str(sign.id)[:8]}-{number}",
                    "municipality": NAMES.get(str(sign.municipality), sign.municipality),
                    "zone_id": zone_id,
                    "street": sign.street,
                    "weekdays": None if window is None else window.weekdays,
                    "open_clock": None if window is None else clock_from_seconds(window.open_s),
                    "close_clock": None if window is None else clock_from_seconds(window.close_s),
                    "max_length_m": max_length_m(text),
                    "sign_text": text,
                    "rd_x_m": sign.rd_x_m,
                    "rd_y_m": sign.rd_y_m,
                }
            )
    return pd.DataFrame(rows)
