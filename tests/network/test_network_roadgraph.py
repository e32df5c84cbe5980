"""Road graphs from networkx: the same ways as networkx finds, in compiled code."""

from __future__ import annotations

import pickle
from itertools import pairwise
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.errors import InputError
from bundling.network import RoadGraph
from bundling.network.speeds import HIGHWAY_SPEED_KMH, from_highway, from_maxspeed
from bundling.units import wgs84_from_rd

X0, Y0 = 200_000.0, 490_000.0


def grid(side: int, seed: int = 0) -> Any:
    """Street grid with blocks of 100 m, random speeds, some streets one way, RD metres."""
    rng = np.random.default_rng(seed)
    graph = nx.MultiDiGraph(crs="EPSG:28992")
    for i in range(side):
        for j in range(side):
            graph.add_node(i * side + j, x=X0 + 100.0 * i, y=Y0 + 100.0 * j)
    for i in range(side):
        for j in range(side):
            for di, dj in ((1, 0), (0, 1)):
                if i + di < side and j + dj < side:
                    u, v = i * side + j, (i + di) * side + j + dj
                    metres = 100.0 + float(rng.random())
                    seconds = metres / float(rng.uniform(4, 25))
                    data = {"length": metres, "travel_time": seconds, "levied": seconds < 6}
                    graph.add_edge(u, v, **data)
                    if rng.random() < 0.9:
                        graph.add_edge(v, u, **data)
    return graph


def xy_of(graph: Any, nodes: list[Any]) -> list[tuple[float, float]]:
    return [(graph.nodes[n]["x"], graph.nodes[n]["y"]) for n in nodes]


def along(graph: Any, path: list[Any]) -> tuple[float, float]:
    """Metres and levied metres of a path, over its quickest parallel edges."""
    metres = levied = 0.0
    for u, v in pairwise(path):
        data = min(graph[u][v].values(), key=lambda d: (d["travel_time"], d["length"]))
        metres += data["length"]
        levied += data["length"] if data.get("levied") else 0.0
    return metres, levied


def test_hundred_by_hundred_grid_agrees_with_networkx() -> None:
    graph = grid(100)
    roads = RoadGraph.from_networkx(graph)
    rng = np.random.default_rng(1)
    nodes = [int(n) for n in rng.choice(10_000, 40, replace=False)]
    # A node in a corner may be entered only: pairs without a way are infinite, as in networkx.
    travel = roads.travel(xy_of(graph, nodes), allow_unreachable=True)
    for row, source in enumerate(nodes[:3]):
        seconds, paths = nx.single_source_dijkstra(graph, source, weight="travel_time")
        for column, target in enumerate(nodes):
            if target not in seconds:
                assert np.isinf(travel.time_s[row, column])
                continue
            metres, levied = along(graph, paths[target])
            assert travel.time_s[row, column] == pytest.approx(seconds[target])
            assert travel.distance_m[row, column] == pytest.approx(metres)
            assert travel.levied_m[row, column] == pytest.approx(levied)


@pytest.mark.parametrize(("rows", "columns"), [(3, 12), (12, 3)])
def test_trees_from_the_smaller_side_give_the_same(rows: int, columns: int) -> None:
    graph = grid(8, seed=5)
    roads = RoadGraph.from_networkx(graph)
    rng = np.random.default_rng(2)
    a = xy_of(graph, [int(n) for n in rng.integers(0, 64, rows)])
    b = xy_of(graph, [int(n) for n in rng.integers(0, 64, columns)])
    whole = roads.travel(a + b, allow_unreachable=True)
    part = roads.travel(a, b, allow_unreachable=True)
    for name in ("time_s", "distance_m", "levied_m"):
        assert getattr(part, name) == pytest.approx(getattr(whole, name)[:rows, rows:])


def small(*edges: tuple[Any, Any, dict[str, Any]], kind: Any = nx.MultiDiGraph) -> Any:
    """Nodes a, b, c at 0, 1 and 2 km east."""
    graph = kind(crs="EPSG:28992")
    for i, node in enumerate("abc"):
        graph.add_node(node, x=X0 + 1_000.0 * i, y=Y0)
    graph.add_edges_from(edges)
    return graph


A, B, C = (X0, Y0), (X0 + 1_000.0, Y0), (X0 + 2_000.0, Y0)


def test_distance_belongs_to_the_quickest_way() -> None:
    # Direct: 2 km in 300 s. Through b: 3 km in 200 s. The quickest way is the longer one.
    graph = small(
        ("a", "c", {"length": 2_000.0, "travel_time": 300.0}),
        ("a", "b", {"length": 1_000.0, "travel_time": 80.0, "levied": True}),
        ("b", "c", {"length": 2_000.0, "travel_time": 120.0, "levied": 500.0}),
        ("c", "a", {"length": 2_000.0, "travel_time": 300.0}),
    )
    travel = RoadGraph.from_networkx(graph).travel([A], [C])
    assert travel.time_s[0, 0] == pytest.approx(200.0)
    assert travel.distance_m[0, 0] == pytest.approx(3_000.0)
    assert travel.levied_m[0, 0] == pytest.approx(1_500.0)


def test_parallel_edges_and_loops() -> None:
    graph = small(
        ("a", "b", {"length": 900.0, "travel_time": 90.0}),
        ("a", "b", {"length": 1_200.0, "travel_time": 60.0}),
        ("a", "b", {"length": 1_100.0, "travel_time": 60.0}),
        ("a", "a", {"length": 1.0, "travel_time": 0.0}),
    )
    roads = RoadGraph.from_networkx(graph)
    assert len(roads.arcs.head) == 1
    travel = roads.travel([A], [B])
    assert (travel.time_s[0, 0], travel.distance_m[0, 0]) == (60.0, 1_100.0)


def test_edge_without_length_is_an_edge() -> None:
    graph = small(
        ("a", "b", {"length": 0.0, "travel_time": 0.0}),
        ("b", "c", {"length": 5.0, "travel_time": 1.0}),
    )
    travel = RoadGraph.from_networkx(graph).travel([A], [C])
    assert travel.time_s[0, 0] == pytest.approx(1.0, abs=1e-6)
    assert travel.distance_m[0, 0] == pytest.approx(5.0)


def test_one_way_and_separate_parts_are_told() -> None:
    graph = small(("a", "b", {"length": 1_000.0, "travel_time": 60.0}))
    roads = RoadGraph.from_networkx(graph)
    with pytest.raises(InputError) as caught:
        roads.travel([A, B, C, (X0, Y0 + 5_000.0)])
    text = str(caught.value)
    assert "against one-way streets" in text
    assert "separate parts of 2 and 1 nodes" in text
    assert "5000 m away, more than 1000 m" in text
    assert len(caught.value.faults) == 3
    travel = roads.travel([A, B, C, (X0, Y0 + 5_000.0)], allow_unreachable=True)
    told = {(one.row, one.column): one.kind for one in travel.unreachable}
    assert told == {
        (1, 0): "one_way",
        (0, 2): "separate_parts",
        (1, 2): "separate_parts",
        (2, 0): "separate_parts",
        (2, 1): "separate_parts",
        (3, -1): "too_far",
    }
    assert np.isinf(travel.time_s[1, 0])
    assert np.isinf(travel.distance_m[3, 0])
    assert travel.time_s[0, 1] == 60.0
    assert (np.diag(travel.time_s) == 0).all()


def test_undirected_graphs_go_both_ways() -> None:
    graph = small(("a", "b", {"length": 1_000.0, "travel_time": 60.0}), kind=nx.Graph)
    travel = RoadGraph.from_networkx(graph).travel([A, B])
    assert travel.time_s.tolist() == [[0, 60], [60, 0]]


def test_snap_reports_metres() -> None:
    roads = RoadGraph.from_networkx(small(("a", "b", {"length": 1.0, "travel_time": 1.0})))
    snap = roads.snap([(X0 + 30.0, Y0 + 40.0), (X0 + 1_000.0, Y0 - 2_000.0)])
    assert snap["node_id"].tolist() == ["a", "b"]
    assert snap["snap_m"].tolist() == pytest.approx([50.0, 2_000.0])
    assert snap["within"].tolist() == [True, False]


@pytest.mark.parametrize("crs", ["EPSG:4326", None])
@pytest.mark.parametrize("names", [("x", "y"), ("lon", "lat")])
def test_degrees_become_rd_metres(crs: str | None, names: tuple[str, str]) -> None:
    graph = nx.MultiDiGraph(**({"crs": crs} if crs else {}))
    for node, (x, y) in {"a": A, "b": B}.items():
        lat, lon = wgs84_from_rd(x, y)
        graph.add_node(node, **{names[0]: float(lon), names[1]: float(lat)})
    graph.add_edge("a", "b", length=1_000.0, travel_time=60.0)
    snap = RoadGraph.from_networkx(graph).snap([A, B])
    assert snap["node_id"].tolist() == ["a", "b"]
    assert snap["snap_m"].max() < 1.0


def test_speeds_where_the_time_is_missing() -> None:
    graph = small(
        ("a", "b", {"length": 1_000.0, "speed_kph": 36.0, "maxspeed": "80"}),
        ("b", "c", {"length": 1_000.0, "maxspeed": ["72", "90"], "highway": "primary"}),
        ("c", "a", {"length": 1_000.0, "highway": ["residential", "tertiary"]}),
        ("c", "b", {"length": 1_000.0, "travel_time": 77.0}),
    )
    roads = RoadGraph.from_networkx(graph)
    travel = roads.travel([A, B, C])
    assert travel.time_s[0, 1] == pytest.approx(100.0)
    assert travel.time_s[1, 2] == pytest.approx(50.0)
    assert travel.time_s[2, 0] == pytest.approx(120.0)  # residential, 30 km/h, is the slower
    assert travel.time_s[2, 1] == pytest.approx(77.0)
    assert roads.time_from == {"time": 1, "speed_kph": 1, "maxspeed": 1, "highway": 1}
    slow = RoadGraph.from_networkx(graph, max_speed_kmh=36.0).travel([A, B, C])
    assert slow.time_s[1, 2] == pytest.approx(100.0)
    assert slow.time_s[2, 0] == pytest.approx(120.0)


@pytest.mark.parametrize(
    ("tag", "speed"),
    [
        ("50", 50.0),
        (50, 50.0),
        ("30 mph", 30 * 1.609344),
        ("NL:urban", 50.0),
        (["100", "130"], 100.0),
        ("80;50", 50.0),
        ("none", None),
        ("signals", None),
        (None, None),
        ("0", None),
    ],
)
def test_maxspeed_tags(tag: Any, speed: float | None) -> None:
    assert from_maxspeed(tag) == (None if speed is None else pytest.approx(speed))


def test_highway_tags() -> None:
    assert from_highway("motorway") == HIGHWAY_SPEED_KMH["motorway"]
    assert from_highway(["motorway", "residential"]) == HIGHWAY_SPEED_KMH["residential"]
    assert from_highway("canal") is None


def test_graph_faults_all_at_once() -> None:
    graph = small(
        ("a", "b", {"travel_time": 5.0}),
        ("b", "c", {"length": 10.0}),
        ("c", "a", {"length": 10.0, "travel_time": -1.0}),
        ("c", "b", {"length": 10.0, "travel_time": 1.0, "levied": 50.0}),
    )
    graph.add_node("d")
    graph.add_node("e", x=5.0, y=5.0)
    with pytest.raises(InputError) as caught:
        RoadGraph.from_networkx(graph)
    text = str(caught.value)
    for part in (
        "nodes.x (row d): no coordinates",
        "nodes.x (row e): the node lies far outside",
        "edges.length (row a-b): 'None' is no length",
        "edges.travel_time (row b-c): no travel time",
        "edges.travel_time (row c-a): '-1.0' is no travel time",
        "edges.levied (row c-b): '50.0' is neither",
    ):
        assert part in text
    other = small(("a", "b", {"length": 1.0, "travel_time": 1.0}))
    other.graph["crs"] = "EPSG:32631"
    with pytest.raises(InputError, match="not in RD"):
        RoadGraph.from_networkx(other)
    with pytest.raises(InputError, match="0 nodes"):
        RoadGraph.from_networkx(nx.MultiDiGraph())


def test_road_graph_pickles() -> None:
    graph = grid(5)
    roads = RoadGraph.from_networkx(graph)
    points = xy_of(graph, [0, 7, 24])
    again = pickle.loads(pickle.dumps(roads))
    first, second = (one.travel(points, allow_unreachable=True) for one in (roads, again))
    assert (first.time_s == second.time_s).all()


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_laws(seed: int) -> None:
    graph = grid(5, seed=seed)
    roads = RoadGraph.from_networkx(graph)
    travel = roads.travel(xy_of(graph, list(range(25))), allow_unreachable=True)
    t = travel.time_s
    # Quickest ways obey the triangle inequality in time.
    assert (t <= (t[:, :, None] + t[None, :, :]).min(axis=1) + 1e-6).all()
    expected = nx.floyd_warshall_numpy(graph, weight="travel_time")
    assert t == pytest.approx(np.asarray(expected))
    finite = np.isfinite(t)
    assert (np.isfinite(travel.distance_m) == finite).all()
    assert (travel.levied_m[finite] <= travel.distance_m[finite] + 1e-6).all()
    assert len(travel.unreachable) == int((~finite).sum())
