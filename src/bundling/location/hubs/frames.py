"""Data frames in: a hub location problem from tables of nodes and pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.location.hubs.problem import HubLocationProblem

_NEEDED = {"nodes": ("node_id",), "pairs": ("from_id", "to_id", "distance", "flow")}


def from_tables(nodes: pd.DataFrame, pairs: pd.DataFrame, **options: Any) -> HubLocationProblem:
    """Make a problem; see `HubLocationProblem.from_tables`."""
    frames = {"nodes": nodes, "pairs": pairs}
    raise_if(
        Fault(table, column, (), "is missing", f"Add a column '{column}'.")
        for table, columns in _NEEDED.items()
        for column in columns
        if column not in frames[table]
    )
    names = nodes["node_id"].astype(str)
    repeated = names[names.duplicated()]
    if len(repeated):
        rule = "is there more than once"
        raise_if([Fault("nodes", "node_id", tuple(repeated), rule, "Give every row its own name.")])
    index = pd.Index(names.tolist())
    i = index.get_indexer(pd.Index(pairs["from_id"].astype(str)))
    j = index.get_indexer(pd.Index(pairs["to_id"].astype(str)))
    raise_if([*_unknown(pairs, "from_id", i), *_unknown(pairs, "to_id", j), *_twice(pairs)])
    n = len(nodes)
    distance, flow = np.full((n, n), np.nan), np.zeros((n, n))
    np.fill_diagonal(distance, 0.0)
    distance[i, j] = pairs["distance"].to_numpy(dtype=np.float64)
    flow[i, j] = pairs["flow"].fillna(0.0).to_numpy(dtype=np.float64)
    return HubLocationProblem.of(
        flow,
        distance,
        fixed_cost=_column(nodes, "fixed_cost", 0.0),
        capacity=_column(nodes, "capacity", np.inf),
        must_open=_column(nodes, "must_open", default=False),
        forbidden=_column(nodes, "forbidden", default=False),
        node_ids=list(names),
        **options,
    )


def _column(frame: pd.DataFrame, name: str, default: Any) -> Any:
    if name not in frame:
        return default
    return frame[name].to_numpy(dtype=bool if isinstance(default, bool) else np.float64)


def _unknown(pairs: pd.DataFrame, column: str, found: Any) -> Iterator[Fault]:
    wrong = np.flatnonzero(found < 0)
    if len(wrong):
        rows = tuple(str(row + 1) for row in wrong)
        names = ", ".join(str(name) for name in pairs[column].iloc[wrong[:3]])
        rule = f"names what is not in the table of nodes ({names})"
        yield Fault("pairs", column, rows, rule, "Correct the name or add it there.")


def _twice(pairs: pd.DataFrame) -> Iterator[Fault]:
    repeated = np.flatnonzero(pairs.duplicated(["from_id", "to_id"]).to_numpy())
    if len(repeated):
        rows = tuple(str(row + 1) for row in repeated)
        yield Fault("pairs", "to_id", rows, "the pair is there more than once", "Keep one.")
