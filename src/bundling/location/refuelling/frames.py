"""Data frames in: a refuelling problem from tables of arcs, flows and sites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.location.frames import missing, unknown_names
from bundling.location.refuelling.paths import all_distances, shortest_paths
from bundling.location.refuelling.problem import RefuellingProblem

_NEEDED = {
    "arcs": ("from", "to", "length"),
    "flows": ("origin", "destination", "volume"),
    "sites": ("node",),
}


def from_tables(
    arcs: pd.DataFrame,
    flows: pd.DataFrame,
    sites: pd.DataFrame | None,
    *,
    directed: bool,
    **options: Any,
) -> RefuellingProblem:
    """Make a problem; see `RefuellingProblem.from_tables`."""
    frames = {"arcs": arcs, "flows": flows} | ({} if sites is None else {"sites": sites})
    raise_if(missing(frames, {table: _NEEDED[table] for table in frames}))
    names = pd.Index(pd.unique(pd.concat([arcs["from"], arcs["to"]]).astype(str)))
    ends = [names.get_indexer(arcs[column].astype(str)) for column in ("from", "to")]
    trips = [names.get_indexer(flows[column].astype(str)) for column in ("origin", "destination")]
    places = None if sites is None else names.get_indexer(sites["node"].astype(str))
    raise_if(
        [
            *unknown_names("flows", flows, "origin", trips[0], "arcs"),
            *unknown_names("flows", flows, "destination", trips[1], "arcs"),
            *(
                []
                if sites is None or places is None
                else unknown_names("sites", sites, "node", places, "arcs")
            ),
            *_negative(arcs),
        ]
    )
    ways = list(zip(ends[0].tolist(), ends[1].tolist(), arcs["length"].tolist(), strict=True))
    asked = list(zip(trips[0].tolist(), trips[1].tolist(), strict=True))
    paths, lengths = shortest_paths(ways, asked, directed=directed)
    nowhere = tuple(str(row + 1) for row, path in enumerate(paths) if not path)
    if nowhere:
        raise_if([Fault("flows", "destination", nowhere, "no way leads there", "Add arcs.")])
    if "reach" in flows:
        options["reach"] = flows["reach"].to_numpy(dtype=float)
    if sites is not None:
        options |= {
            name: sites[name].to_numpy()
            for name in ("fixed_cost", "must_open", "forbidden")
            if name in sites
        }
    if options.get("detour_share", 0.0) > 0.0:
        options["distance"] = all_distances(len(names), ways, directed=directed)
    return RefuellingProblem.on_paths(
        paths,
        lengths,
        volume=flows["volume"].to_numpy(dtype=float),
        site_node=np.arange(len(names)) if places is None else places,
        node_ids=[str(name) for name in names],
        **options,
    )


def _negative(arcs: pd.DataFrame) -> Iterator[Fault]:
    length = arcs["length"].to_numpy(dtype=float)
    wrong = np.flatnonzero(~(length >= 0) | np.isinf(length))
    if len(wrong):
        rows = tuple(str(row + 1) for row in wrong)
        yield Fault("arcs", "length", rows, "is negative or no number", "Give lengths from 0 up.")
