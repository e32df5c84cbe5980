"""Roads of a straight line and prices of round numbers, for templates worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from bundling.network import Travel


class Straight:
    """Every way is straight, at 50 km/h, and levied."""

    def travel(
        self,
        from_xy: Any,
        to_xy: Any = None,
        *,
        from_area: Sequence[str] | None = None,
        to_area: Sequence[str] | None = None,
    ) -> Travel:
        a = np.asarray(from_xy, float)
        b = a if to_xy is None else np.asarray(to_xy, float)
        metres = np.hypot(*(a[:, None] - b[None]).transpose(2, 0, 1))
        return Travel(metres, metres / (50.0 / 3.6), metres)


def rates(**changes: float) -> pd.DataFrame:
    """EUR 1 a km, EUR 10 an hour, half an hour at each end, vans' speed, EUR 30 a TEU."""
    values = {
        "truck_eur_per_km": 1.0, "truck_eur_per_h": 10.0, "truck_teu": 2.0, "truck_load_h": 0.5,
        "truck_speed_share": 1.0, "teu_t": 12.0, "handling_eur_per_teu": 30.0,
        "terminal_dwell_h": 3.0, "barge_eur_per_tkm": 0.01, "rail_eur_per_tkm": 0.02, **changes,
    }  # fmt: skip
    return pd.DataFrame(
        {"key": list(values), "value": list(values.values()), "unit": "x", "source": "by hand",
         "year": 2026, "licence": "assumption"}
    )  # fmt: skip
