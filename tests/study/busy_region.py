"""The tiny region with more electric trucks and a tight grid, so that a study has things to say."""

from __future__ import annotations

from functools import cache

from bundling.region import Region
from tiny_region import tiny_metadata, tiny_shapes, tiny_tables

HOSTILE = "<script>document.title='PWNED'</script>"
"""A name that attacks the page."""


@cache
def busy_region() -> Region:
    """Return it: fifteen times the trucks, and 50 kW at the west until a reinforcement in 2030."""
    tables = tiny_tables()
    fleets = tables["fleets"]
    fleets["vehicles"] *= 15
    tables["grid_headroom"] = room = tables["grid_headroom"].astype({"headroom_mw": float})
    room.loc[(room["node_id"] == "sub-west") & (room["year"] == 2026), "headroom_mw"] = 0.05
    sites = tables["site_candidates"]
    sites.loc[sites["site_id"] == "site-m", "name"] = HOSTILE
    return Region("busy", "Busy, made by hand", tables, tiny_shapes(), tiny_metadata())
