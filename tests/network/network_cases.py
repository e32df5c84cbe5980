"""A small fake region for the network tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

ASSUMPTIONS = {
    "detour_factor_urban": 1.4,
    "detour_factor_rural": 1.2,
    "speed_centre_kmh": 18.0,
    "speed_urban_kmh": 36.0,
    "speed_rural_kmh": 54.0,
    "speed_motorway_kmh": 90.0,
}
COLUMNS = {
    "river_points": ["river", "sequence", "rd_x_m", "rd_y_m"],
    "bridges": ["bridge_id", "river", "rd_x_m", "rd_y_m"],
    "motorway_nodes": ["node_id", "rd_x_m", "rd_y_m"],
    "motorway_edges": ["source", "target", "distance_km"],
    "waterway_nodes": ["node_id", "rd_x_m", "rd_y_m"],
    "waterway_edges": ["edge_id", "source", "target", "length_km", "max_draught_m", "speed_kmh"],
    "locks": ["lock_id", "edge_id", "passage_min"],
}
# A river from north to south at x = 200 km, with bridges at y = 500 km and y = 480 km.
RIVER = [("IJssel", 1, 200_000.0, 600_000.0), ("IJssel", 2, 200_000.0, 400_000.0)]
BRIDGES = [("north", "IJssel", 200_000.0, 500_000.0), ("south", "IJssel", 200_000.0, 480_000.0)]


class FakeRegion:
    def __init__(self, tables: Mapping[str, list[tuple[Any, ...]]], **assumptions: float) -> None:
        self.rows = tables
        self.values = {**ASSUMPTIONS, **assumptions}

    def table(self, name: str) -> pd.DataFrame:
        return pd.DataFrame(self.rows.get(name, []), columns=COLUMNS[name])

    def assumption(self, key: str) -> float:
        return self.values[key]
