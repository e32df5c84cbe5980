"""Truck flows of a region on its motorways."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from scipy.sparse import csgraph

import bundling
from bundling import InputError
from bundling.siting.truck_inputs import Truck
from bundling.siting.truck_region import region_flows, region_windows
from tiny_region import X0, Y0


def test_a_site_beside_an_edge_gets_a_node_on_it(tiny_region):
    # mw-in at 8 km and mw-out at 20 km are 13 km of road apart; the site lies at 11 km, 1 km north.
    sites = pd.DataFrame({"rd_x_m": [X0 + 11_000, X0 + 11_000], "rd_y_m": [Y0 + 1000, Y0 + 9000]})
    found = region_flows(tiny_region, (2028, 2030), sites)
    rural = tiny_region.assumption("detour_factor_rural")
    assert found.site.tolist() == [0]
    assert found.access_km == pytest.approx([rural])
    new = found.site_node[0]
    km = {(a, b): d for a, b, d in zip(found.roads.source, found.roads.target, found.roads.km,
                                       strict=True)}  # fmt: skip
    assert km[0, new] == km[new, 0] == pytest.approx(13 / 4)
    assert km[new, 1] == km[1, new] == pytest.approx(13 * 3 / 4)
    share = [tiny_region.assumption(f"electric_flow_share_{year}") for year in (2028, 2030)]
    trucks = tiny_region.table("truck_flows")["trucks_per_year"].to_numpy(float)
    days = tiny_region.assumption("working_days_per_year")
    assert found.trucks_per_day == pytest.approx(np.outer(trucks / days, share))


def test_windows_of_overijssel():
    region = bundling.load("overijssel")
    found = region_flows(region, (2030,))
    assert len(found.site) > 20
    # Nodes on the edges change no distance between the nodes that were there.
    roads, count = found.roads, len(region.table("motorway_nodes"))
    far = csgraph.dijkstra(
        sparse.csr_array(
            (np.maximum(roads.km, 1e-9), (roads.source, roads.target)), shape=(roads.nodes,) * 2
        )
    )[:count, :count]
    edges = region.table("motorway_edges")
    place = {node: i for i, node in enumerate(region.table("motorway_nodes")["node_id"])}
    for one in edges.itertuples():
        assert far[place[one.source], place[one.target]] <= one.distance_km + 1e-4
    low = Truck(400.0, start_share=0.5)
    windows = region_windows(region, (2030, 2035), truck=low)
    sizes = [len(windows.never_needs), len(windows.unserved), (windows.group_of_flow >= 0).sum()]
    assert sum(sizes) == len(region.table("truck_flows"))
    assert set(windows.pair_site) <= set(found.site)
    assert (windows.trucks_per_day[:, 1] >= windows.trucks_per_day[:, 0]).all()
    # A battery of 600 kWh, nearly full at the start, needs nothing on ways of 270 km at most.
    assert len(region_windows(region, (2030,)).never_needs) == len(region.table("truck_flows"))


def test_years_must_ascend(tiny_region):
    with pytest.raises(InputError, match="do not ascend"):
        region_flows(tiny_region, (2030, 2028))
