"""Data frames in: a facility problem from tables of sites, clients and costs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import raise_if
from bundling.location.facility.problem import FacilityProblem
from bundling.location.frames import (
    column,
    missing,
    repeated_names,
    repeated_pairs,
    unknown_names,
)

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
    raise_if(missing(frames, _NEEDED))
    site_ids = sites["site_id"].astype(str)
    client_ids = clients["client_id"].astype(str)
    raise_if(
        [
            *repeated_names("sites", "site_id", site_ids),
            *repeated_names("clients", "client_id", client_ids),
        ]
    )
    i = pd.Index(client_ids.tolist()).get_indexer(pd.Index(costs["client_id"].astype(str)))
    j = pd.Index(site_ids.tolist()).get_indexer(pd.Index(costs["site_id"].astype(str)))
    raise_if(
        [
            *unknown_names("costs", costs, "client_id", i, "clients"),
            *unknown_names("costs", costs, "site_id", j, "sites"),
            *repeated_pairs("costs", costs, "client_id", "site_id"),
        ]
    )
    matrix = np.full((len(clients), len(sites)), np.inf)
    matrix[i, j] = costs["cost"].to_numpy(dtype=np.float64)
    return FacilityProblem.of(
        matrix,
        fixed_cost=column(sites, "fixed_cost", 0.0),
        capacity=column(sites, "capacity", np.inf),
        must_open=column(sites, "must_open", default=False),
        forbidden=column(sites, "forbidden", default=False),
        demand=column(clients, "demand", 1.0),
        site_ids=list(site_ids),
        client_ids=list(client_ids),
        **options,
    )
