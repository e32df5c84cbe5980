"""Data frames in: a hub location problem from tables of nodes and pairs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import raise_if
from bundling.location.frames import (
    column,
    missing,
    repeated_names,
    repeated_pairs,
    unknown_names,
)
from bundling.location.hubs.problem import HubLocationProblem

_NEEDED = {"nodes": ("node_id",), "pairs": ("from_id", "to_id", "distance", "flow")}


def from_tables(nodes: pd.DataFrame, pairs: pd.DataFrame, **options: Any) -> HubLocationProblem:
    """Make a problem; see `HubLocationProblem.from_tables`."""
    frames = {"nodes": nodes, "pairs": pairs}
    raise_if(missing(frames, _NEEDED))
    names = nodes["node_id"].astype(str)
    raise_if(repeated_names("nodes", "node_id", names))
    index = pd.Index(names.tolist())
    i = index.get_indexer(pd.Index(pairs["from_id"].astype(str)))
    j = index.get_indexer(pd.Index(pairs["to_id"].astype(str)))
    raise_if(
        [
            *unknown_names("pairs", pairs, "from_id", i, "nodes"),
            *unknown_names("pairs", pairs, "to_id", j, "nodes"),
            *repeated_pairs("pairs", pairs, "from_id", "to_id"),
        ]
    )
    n = len(nodes)
    distance, flow = np.full((n, n), np.nan), np.zeros((n, n))
    np.fill_diagonal(distance, 0.0)
    distance[i, j] = pairs["distance"].to_numpy(dtype=np.float64)
    flow[i, j] = pairs["flow"].fillna(0.0).to_numpy(dtype=np.float64)
    return HubLocationProblem.of(
        flow,
        distance,
        fixed_cost=column(nodes, "fixed_cost", 0.0),
        capacity=column(nodes, "capacity", np.inf),
        must_open=column(nodes, "must_open", default=False),
        forbidden=column(nodes, "forbidden", default=False),
        node_ids=list(names),
        **options,
    )
