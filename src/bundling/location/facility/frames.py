"""Data frames in: a facility problem from tables of sites, clients and costs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.location.facility.problem import FacilityProblem

_NEEDED = {
    "sites": ("site_id",),
    "clients": ("client_id",),
    "costs": ("client_id", "site_id", "cost"),
}


def from_tables(
    sites: pd.DataFrame, clients: pd.DataFrame, costs: pd.DataFrame, **options: Any
) -> FacilityProblem:
    """Make a problem; see `FacilityProblem.from_tables`."""
    frames = {"sites": sites, "clients": clients, "costs": costs}
    raise_if(
        Fault(table, column, (), "is missing", f"Add a column '{column}'.")
        for table, columns in _NEEDED.items()
        for column in columns
        if column not in frames[table]
    )
    site_ids = sites["site_id"].astype(str)
    client_ids = clients["client_id"].astype(str)
    raise_if([*_twice("sites", "site_id", site_ids), *_twice("clients", "client_id", client_ids)])
    i = pd.Index(client_ids.tolist()).get_indexer(pd.Index(costs["client_id"].astype(str)))
    j = pd.Index(site_ids.tolist()).get_indexer(pd.Index(costs["site_id"].astype(str)))
    raise_if([*_unknown(costs, "client_id", i), *_unknown(costs, "site_id", j), *_pairs(costs)])
    matrix = np.full((len(clients), len(sites)), np.inf)
    matrix[i, j] = costs["cost"].to_numpy(dtype=np.float64)
    return FacilityProblem.of(
        matrix,
        fixed_cost=_column(sites, "fixed_cost", 0.0),
        capacity=_column(sites, "capacity", np.inf),
        must_open=_column(sites, "must_open", default=False),
        forbidden=_column(sites, "forbidden", default=False),
        demand=_column(clients, "demand", 1.0),
        site_ids=list(site_ids),
        client_ids=list(client_ids),
        **options,
    )


def _column(frame: pd.DataFrame, name: str, default: Any) -> Any:
    if name not in frame:
        return default
    return frame[name].to_numpy(dtype=bool if isinstance(default, bool) else np.float64)


def _twice(table: str, column: str, names: pd.Series[str]) -> Iterator[Fault]:
    repeated = names[names.duplicated()]
    if len(repeated):
        yield Fault(
            table,
            column,
            tuple(repeated),
            "is there more than once",
            "Give every row its own name.",
        )


def _unknown(costs: pd.DataFrame, column: str, found: Any) -> Iterator[Fault]:
    wrong = np.flatnonzero(found < 0)
    if len(wrong):
        rows = tuple(str(row + 1) for row in wrong)
        names = ", ".join(str(name) for name in costs[column].iloc[wrong[:3]])
        rule = f"names what is not in the table of {column.removesuffix('_id')}s ({names})"
        yield Fault("costs", column, rows, rule, "Correct the name or add it there.")


def _pairs(costs: pd.DataFrame) -> Iterator[Fault]:
    repeated = np.flatnonzero(costs.duplicated(["client_id", "site_id"]).to_numpy())
    if len(repeated):
        rows = tuple(str(row + 1) for row in repeated)
        yield Fault("costs", "site_id", rows, "the pair is there more than once", "Keep one.")
