"""Compile the kernels once, with a word to the user: numba keeps them on disk afterwards."""

from __future__ import annotations

import logging
import math
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from bundling.notice import COMPILING, tell
from bundling.result import Event, OnEvent

_log = logging.getLogger(__name__)
_LONG_S = 1.0


@cache
def _compile() -> None:
    from bundling.rounds.electric.engine import search
    from bundling.rounds.problem import RoundsProblem

    _log.info("compiling the electric search; this takes about a minute, once")
    places = np.array([[0.0, 3.0, 6.0], [3.0, 0.0, 3.0], [6.0, 3.0, 0.0]])
    values: dict[str, Any] = {
        "depot_ids": ("depot",),
        "depot_x_m": [0],
        "depot_y_m": [0],
        "depot_open_s": [0],
        "depot_close_s": [1e5],
        "stop_ids": ("stop",),
        "stop_x_m": [3],
        "stop_y_m": [0],
        "stop_depot": [0],
        "delivery_kg": [1],
        "delivery_m3": [0],
        "pickup_kg": [0],
        "pickup_m3": [0],
        "tw_early_s": [0],
        "tw_late_s": [1e5],
        "service_s": [0],
        "vehicle_ids": ("van",),
        "vehicle_types": ("van",),
        "vehicle_depot": [0],
        "count": [1],
        "capacity_kg": [1],
        "capacity_m3": [1],
        "shift_s": [1e5],
        "fixed_eur": [0],
        "eur_per_km": [1],
        "eur_per_h": [0],
        "levy_eur_per_km": [0],
        "eur_per_kwh": [0],
        "usable_kwh": [9],
        "kwh_per_km": [1],
        "kwh_per_km_per_t": [0],
        "charge_kw": [1],
        "co2e_kg_per_km": [0],
        "co2e_kg_per_kwh": [0],
        "nox_g_per_km": [0],
        "speed_factor": [1],
        "distance_m": places,
        "time_s": places,
        "station_ids": ("plug",),
        "station_x_m": [6],
        "station_y_m": [0],
        "station_eur_per_kwh": np.zeros((1, 24)),
        "curve_of": [[0]],
        "curve_kwh": [[0, 9]],
        "curve_s": [[0, 9]],
    }
    search(
        RoundsProblem(**values),
        seed=0,
        time_limit=1e9,
        elapsed=time.perf_counter,
        on_event=None,
        max_iterations=2,
    )


def _is_compiled() -> bool:
    """Whether kernels compiled before lie on disk; numba may still find them too old."""
    from bundling.rounds.electric.anneal import anneal

    folder = anneal.stats.cache_path
    return folder is not None and any(Path(folder).glob("anneal.anneal-*.nbi"))


def warm_up(on_event: OnEvent | None) -> float:
    """Compile, or read what was compiled before; return the seconds that took when it was long.

    They are not taken from the caller's time limit: a first run would else have none left. Before
    kernels are compiled for the first time on this machine, `on_event` hears of it.
    """
    begun = time.perf_counter()
    if _compile.cache_info().currsize == 0 and not _is_compiled():
        tell(Event("rounds", 0.0, math.inf, -math.inf, COMPILING), on_event)
    _compile()
    took = time.perf_counter() - begun
    return took if took > _LONG_S else 0.0
