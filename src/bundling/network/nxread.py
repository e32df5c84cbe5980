"""Nodes and edges of a networkx graph as arrays, with every fault named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.network.speeds import from_highway, from_maxspeed
from bundling.network.travel import FloatArray, IntArray
from bundling.units import rd_from_wgs84

_RD_BOUNDS = (-100_000.0, 400_000.0, 200_000.0, 700_000.0)  # RD New with a wide margin, metres
_WGS84_NAMES = ("4326", "crs84", "wgs84", "wgs 84")
TIME_SOURCES = ("time", "speed_kph", "maxspeed", "highway")


@dataclass(frozen=True, eq=False)
class RawGraph:
    """Arrays read from a networkx graph.

    Attributes
    ----------
    node_ids
        The graph's node objects.
    x_m, y_m
        RD New metres of the nodes.
    tail, head
        Node indices of every arc; an undirected edge gives two.
    length_m, time_s, levied_m
        Metres, seconds and levied metres of every arc.
    time_from
        How many edges got their time from what, by `TIME_SOURCES`.
    """

    node_ids: tuple[Any, ...]
    x_m: FloatArray
    y_m: FloatArray
    tail: IntArray
    head: IntArray
    length_m: FloatArray
    time_s: FloatArray
    levied_m: FloatArray
    time_from: dict[str, int]


def read_graph(
    graph: Any, length: str, time: str, levied: str, max_speed_kmh: float | None
) -> RawGraph:
    """Read a networkx graph; see `RoadGraph.from_networkx`.

    Raises
    ------
    bundling.InputError
        With every fault of nodes and edges at once.
    """
    faults: list[Fault] = []
    node_ids = tuple(graph.nodes)
    if not node_ids or graph.number_of_edges() == 0:
        rule = f"the graph has {len(node_ids)} nodes and {graph.number_of_edges()} edges"
        faults.append(Fault("graph", "", (), rule, "Give a graph with roads"))
    x_m, y_m = _coordinates(graph, node_ids, faults)
    index = {node: i for i, node in enumerate(node_ids)}
    count = graph.number_of_edges()
    tail, head = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int64)
    length_m, time_s, levied_m = np.zeros(count), np.zeros(count), np.zeros(count)
    wrong: dict[tuple[str, str, str], list[str]] = {}
    time_from = dict.fromkeys(TIME_SOURCES, 0)
    for e, (u, v, data) in enumerate(graph.edges(data=True)):
        tail[e], head[e] = index[u], index[v]
        metres = _number(data.get(length))
        if metres is None or metres < 0:
            rule = f"'{data.get(length)}' is no length in metres"
            wrong.setdefault((length, rule, "Give metres, 0 or more"), []).append(f"{u}-{v}")
            continue
        length_m[e] = metres
        seconds, source = _seconds(data, time, metres)
        if seconds is None:
            rule = "no travel time, and no speed_kph, maxspeed or highway tag to make one from"
            wrong.setdefault((time, rule, "Add one of them"), []).append(f"{u}-{v}")
            continue
        if source == "wrong":
            rule = f"'{data.get(time)}' is no travel time in seconds"
            wrong.setdefault((time, rule, "Give seconds, 0 or more"), []).append(f"{u}-{v}")
            continue
        time_from[source] += 1
        if max_speed_kmh is not None:
            seconds = max(seconds, metres * 3.6 / max_speed_kmh)
        time_s[e] = seconds
        share = _levied(data.get(levied), metres)
        if share is None:
            rule = f"'{data.get(levied)}' is neither yes, no, nor metres within the length"
            wrong.setdefault((levied, rule, "Give true, false or metres"), []).append(f"{u}-{v}")
            continue
        levied_m[e] = share
    faults += [
        Fault("edges", column, tuple(rows), rule, remedy)
        for (column, rule, remedy), rows in wrong.items()
    ]
    raise_if(faults)
    if not graph.is_directed():
        tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
        length_m, time_s, levied_m = (np.tile(a, 2) for a in (length_m, time_s, levied_m))
    return RawGraph(node_ids, x_m, y_m, tail, head, length_m, time_s, levied_m, time_from)


def _seconds(data: Any, time: str, metres: float) -> tuple[float | None, str]:
    """Seconds of an edge and where they come from."""
    if data.get(time) is not None:
        seconds = _number(data[time])
        return (0.0, "wrong") if seconds is None or seconds < 0 else (seconds, "time")
    speed = _number(data.get("speed_kph"))
    source = "speed_kph"
    if speed is None or speed <= 0:
        speed, source = from_maxspeed(data.get("maxspeed")), "maxspeed"
    if speed is None:
        speed, source = from_highway(data.get("highway")), "highway"
    return (None, "") if speed is None else (metres * 3.6 / speed, source)


def _levied(value: Any, metres: float) -> float | None:
    if value is None:
        return 0.0
    if isinstance(value, str) and value.strip().lower() in {"yes", "true", "no", "false"}:
        value = value.strip().lower() in {"yes", "true"}
    if isinstance(value, bool | np.bool_):
        return metres if value else 0.0
    part = _number(value)
    return part if part is not None and 0 <= part <= metres * (1 + 1e-9) else None


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _coordinates(
    graph: Any, node_ids: tuple[Any, ...], faults: list[Fault]
) -> tuple[FloatArray, FloatArray]:
    x, y = np.full(len(node_ids), np.nan), np.full(len(node_ids), np.nan)
    for i, (_, data) in enumerate(graph.nodes(data=True)):
        first, second = _number(data.get("x")), _number(data.get("y"))
        if first is None or second is None:
            first, second = _number(data.get("lon")), _number(data.get("lat"))
        if first is not None and second is not None:
            x[i], y[i] = first, second
    missing = np.flatnonzero(np.isnan(x))
    if missing.size:
        rows = tuple(str(node_ids[i]) for i in missing)
        remedy = "Give x and y (RD metres or WGS84 degrees), or lon and lat"
        faults.append(Fault("nodes", "x", rows, "no coordinates", remedy))
    known = ~np.isnan(x)
    if not known.any():
        return x, y
    crs = str(graph.graph.get("crs", "")).lower()
    degrees = bool((np.abs(x[known]) <= 180).all() and (np.abs(y[known]) <= 90).all())
    if any(name in crs for name in _WGS84_NAMES) or (not crs and degrees):
        x, y = rd_from_wgs84(y, x)
    elif crs and "28992" not in crs:
        remedy = "Project it first: osmnx.project_graph(G, to_crs='EPSG:28992')"
        faults.append(Fault("graph", "crs", (), f"coordinates are in '{crs}', not in RD", remedy))
        return x, y
    x_low, x_high, y_low, y_high = _RD_BOUNDS
    outside = known & ~((x_low <= x) & (x <= x_high) & (y_low <= y) & (y <= y_high))
    if outside.any():
        rows = tuple(str(node_ids[i]) for i in np.flatnonzero(outside))
        remedy = "Give RD New metres, or WGS84 degrees with graph.graph['crs'] = 'EPSG:4326'"
        faults.append(
            Fault("nodes", "x", rows, "the node lies far outside the Netherlands", remedy)
        )
    return x, y
