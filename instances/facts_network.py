"""Facts on networks: the IJssel and its bridges, motorways and truck flows, waterways and locks."""

from __future__ import annotations

from typing import Any

import networkx as nx
import numpy as np
import pandas as pd

from bundling.instances.geometry import FloatArray, nearest
from bundling.instances.sources import Facts, by_name, slug, unique_ids, with_rd

RIVER = "IJssel"
_IJSSEL_ROUTE = "084"
_NORTH_OF_KAMPEN_RD_Y_M = 517_000.0
_SOUTH_OF_DEVENTER_RD_Y_M = 455_000.0
_UNKNOWN_RD_M = (110_000.0, 448_000.0)
"""Where outside motorway nodes stand whose position is not in the facts: a convention, no fact."""
_BARGE_SPEED_KMH = 10.0
"""Speed on stretches for which the register has none; own assumption."""


def waterway_nodes(facts: Facts) -> pd.DataFrame:
    """Nodes of the waterway graph; the largest connected part only."""
    nodes = with_rd(facts.table("waterway_nodes"))
    edges = facts.table("waterway_edges")
    graph = nx.Graph(zip(edges["source"], edges["target"], strict=True))
    largest = max(sorted(nx.connected_components(graph), key=min), key=len)
    nodes = by_name(nodes[nodes["node"].isin(largest)], "node")
    nodes["node_id"] = [f"ww-{slug(n)}" for n in nodes["node"]]
    return nodes[["node_id", "name", "rd_x_m", "rd_y_m"]]


def waterway_edges(facts: Facts, nodes: pd.DataFrame) -> pd.DataFrame:
    """Edges of the waterway graph with class, draught and speed where the register has them.

    ``mindepth_lower`` in the register is a height against a datum, not a draught. The draught is
    the published one of the Twentekanalen (3.5 m from the IJssel to Eefde lies within one edge to
    Delden, so the edge gets the smaller 2.8 m) and is empty elsewhere: the depth of the IJssel
    follows the water level.
    """
    table = facts.table("waterway_edges")
    table["source"] = [f"ww-{slug(n)}" for n in table["source"]]
    table["target"] = [f"ww-{slug(n)}" for n in table["target"]]
    keep = table["source"].isin(nodes["node_id"]) & table["target"].isin(nodes["node_id"])
    table = by_name(table[keep], "fis_id")
    table["edge_id"] = [f"we-{i}" for i in table["fis_id"]]
    table["length_km"] = table["length"].round(3)
    twente = table["route_code"].astype(str).isin(["081", "082"])
    table["max_draught_m"] = np.where(
        twente, facts.parameter("iwt.twentekanaal.draught.delden_enschede_almelo"), np.nan
    )
    up, down = table["calspeed_up"], table["calspeed_down"]
    table["speed_kmh"] = ((up + down) / 2).fillna(_BARGE_SPEED_KMH)
    table["cemt_class"] = table["cemt_class"].where(table["cemt_class"] != "_0", None)
    columns = ["edge_id", "source", "target", "name", "length_km", "cemt_class"]
    return table[[*columns, "max_draught_m", "speed_kmh"]]


def locks(
    facts: Facts, edges: pd.DataFrame, nodes: pd.DataFrame, waiting_min: float
) -> pd.DataFrame:
    """Locks with the stretch they lie on: the edge whose straight line passes nearest."""
    places = facts.table("places")
    frame = by_name(with_rd(places[places["kind"] == "lock"]), "name")
    at = nodes.set_index("node_id")[["rd_x_m", "rd_y_m"]]
    a, b = at.loc[edges["source"]].to_numpy(float), at.loc[edges["target"]].to_numpy(float)
    found = []
    for x_m, y_m in frame[["rd_x_m", "rd_y_m"]].to_numpy(float):
        found.append(edges["edge_id"].iloc[int(np.argmin(_segment_distance(x_m, y_m, a, b)))])
    frame["edge_id"] = found
    frame["lock_id"] = unique_ids("lock", frame["name"])
    # The fore-lock at Eefde belongs to the same passage, so it takes no time of its own.
    frame["passage_min"] = np.where(frame["name"].str.startswith("Voorsluis"), 0.0, waiting_min)
    return frame[["lock_id", "name", "edge_id", "passage_min", "rd_x_m", "rd_y_m"]]


def _segment_distance(x_m: float, y_m: float, a: FloatArray, b: FloatArray) -> FloatArray:
    span, offset = b - a, np.array([x_m, y_m]) - a
    squared = np.maximum((span**2).sum(axis=1), 1.0)
    along = np.clip((span * offset).sum(axis=1) / squared, 0.0, 1.0)
    gap: FloatArray = np.hypot(*(offset - along[:, None] * span).T)
    return gap


def river_points(facts: Facts, crossings: pd.DataFrame) -> pd.DataFrame:
    """Course of the IJssel from the Ketelmeer to Westervoort, as an ordered line.

    The line goes through the nodes of route 084 of the waterway register and the bridges of Kampen
    to Deventer, which lie on the river: from the most northern one, each time to the nearest that
    is left. Between them it is straight, so bends are cut; it is a barrier for road traffic, not a
    map. Both ends are lengthened by 20 km, so that no route slips round them.
    """
    edges = facts.table("waterway_edges")
    course = edges[edges["route_code"].astype(str) == _IJSSEL_ROUTE]
    at = with_rd(facts.table("waterway_nodes")).set_index("node")[["rd_x_m", "rd_y_m"]]
    ends = set(course["source"]) | set(course["target"])
    nodes = at.loc[sorted(ends)].to_numpy(float)
    both = np.vstack([nodes, crossings[["rd_x_m", "rd_y_m"]].to_numpy(float)])
    line: FloatArray = np.array(_walk_south([(float(x), float(y)) for x, y in both]))
    first, last = line[0] - line[1], line[-1] - line[-2]
    north = line[0] + 20_000.0 * first / np.hypot(*first)
    south = line[-1] + 20_000.0 * last / np.hypot(*last)
    line = np.vstack([north, line, south]).round(1)
    return pd.DataFrame(
        {"river": RIVER, "sequence": range(len(line)), "rd_x_m": line[:, 0], "rd_y_m": line[:, 1]}
    )


def _walk_south(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Points from the most northern one, each time to the nearest that is left."""
    left = sorted(set(points), key=lambda p: (-p[1], p[0]))
    order = [left.pop(0)]
    while left:
        here = order[-1]
        step = min(left, key=lambda p: ((p[0] - here[0]) ** 2 + (p[1] - here[1]) ** 2, p))
        left.remove(step)
        order.append(step)
    return order


def bridges(facts: Facts) -> pd.DataFrame:
    """Return the seven road bridges over the IJssel from Kampen to Deventer."""
    frame = facts.table("ijssel_bridges").rename(columns={"rd_x": "rd_x_m", "rd_y": "rd_y_m"})
    frame["name"] = frame["name"] + " (" + frame["place"] + ")"
    frame["road"] = frame["road"].where(frame["road"] != "local", None)
    frame["bridge_id"] = unique_ids("bridge", frame["name"])
    frame["river"] = RIVER
    return frame[["bridge_id", "river", "name", "road", "rd_x_m", "rd_y_m"]]


def motorway_nodes(facts: Facts, inside: set[str]) -> pd.DataFrame:
    """Return the 19 located nodes, and every other node of the edges and flows.

    The facts give no position for nodes outside the frame. One with an edge to located nodes is
    placed where the lengths of its edges fit best, after division by the median detour of the
    graph; all others stand at one conventional point to the south-west. Their names say which, and
    no distance may be read from them: use the edges, or the share of a flow in the region.
    """
    located = with_rd(facts.table("motorway_nodes"))
    located["gateway"] = ~located["municipality"].isin(inside)
    at = {
        int(n): (float(x), float(y)) for n, x, y in located[["node", "rd_x_m", "rd_y_m"]].to_numpy()
    }
    rows: list[dict[str, Any]] = [
        {"node": int(node), "name": name, "gateway": bool(gateway), "xy": at[int(node)]}
        for node, name, gateway in located[["node", "municipality", "gateway"]].to_numpy()
    ]
    edges, flows = facts.table("motorway_edges"), facts.table("truck_od_2019")
    named = set(edges["source"]) | set(edges["target"])
    named |= set(flows["origin"]) | set(flows["destination"])
    scale = _detour(at, edges)
    for node in sorted(int(n) for n in named - set(at)):
        out = edges[(edges["source"] == node) & edges["target"].isin(at)]
        back = edges[(edges["target"] == node) & edges["source"].isin(at)]
        links = {int(n): float(km) for n, km in back[["source", "distance_km"]].to_numpy()}
        links |= {int(n): float(km) for n, km in out[["target", "distance_km"]].to_numpy()}
        if links:
            xy = _placed(at, {n: 1000.0 * km / scale for n, km in sorted(links.items())})
            name = f"outside, position estimated (node {node})"
        else:
            xy, name = _UNKNOWN_RD_M, f"outside, position unknown (node {node})"
        rows.append({"node": node, "name": name, "gateway": True, "xy": xy})
    frame = pd.DataFrame(rows).sort_values("node").reset_index(drop=True)
    frame["node_id"] = [f"mw-{n}" for n in frame["node"]]
    frame["rd_x_m"] = [round(xy[0], 1) for xy in frame["xy"]]
    frame["rd_y_m"] = [round(xy[1], 1) for xy in frame["xy"]]
    return frame[["node_id", "name", "gateway", "rd_x_m", "rd_y_m"]]


def _detour(at: dict[int, tuple[float, float]], edges: pd.DataFrame) -> float:
    """Median of road length over straight distance, on the edges with two located ends."""
    known = edges[edges["source"].isin(at) & edges["target"].isin(at)]
    ratios = [
        1000.0 * float(km) / float(np.hypot(at[a][0] - at[b][0], at[a][1] - at[b][1]))
        for a, b, km in known[["source", "target", "distance_km"]].to_numpy()
    ]
    return float(np.median(ratios))


def _placed(at: dict[int, tuple[float, float]], reach_m: dict[int, float]) -> tuple[float, float]:
    """Grid point whose straight distances fit `reach_m` best; of equal fits the most outlying.

    The weight of the last term is small, so that it only decides between points on one circle.
    """
    centre = np.mean(list(at.values()), axis=0)
    x, y = np.meshgrid(np.arange(0.0, 299_500.0, 500.0), np.arange(300_500.0, 639_500.0, 500.0))
    misfit = sum(
        (np.abs(np.hypot(x - at[n][0], y - at[n][1]) - reach) for n, reach in reach_m.items()),
        start=-0.05 * np.hypot(x - centre[0], y - centre[1]),
    )
    best = np.unravel_index(int(np.argmin(misfit)), x.shape)
    return float(x[best]), float(y[best])


def motorway_edges(facts: Facts) -> pd.DataFrame:
    """Directed edges of the motorway graph."""
    frame = facts.table("motorway_edges")
    frame = frame.assign(
        source=[f"mw-{n}" for n in frame["source"]], target=[f"mw-{n}" for n in frame["target"]]
    )
    return by_name(frame[["source", "target", "distance_km"]], "source", "target")


def truck_flows(facts: Facts) -> pd.DataFrame:
    """All origin-destination pairs of 2019 that touch the graph, in trucks a year."""
    frame = facts.table("truck_od_2019").rename(columns={"volume": "trucks_per_year"})
    frame["origin"] = [f"mw-{n}" for n in frame["origin"]]
    frame["destination"] = [f"mw-{n}" for n in frame["destination"]]
    return by_name(frame[["origin", "destination", "trucks_per_year"]], "origin", "destination")


def nearest_id(frame: pd.DataFrame, targets: pd.DataFrame, key: str) -> list[str]:
    """Value of `key` of the nearest row of `targets`, for every row of `frame`."""
    index, _ = nearest(
        frame["rd_x_m"].to_numpy(float),
        frame["rd_y_m"].to_numpy(float),
        targets["rd_x_m"].to_numpy(float),
        targets["rd_y_m"].to_numpy(float),
    )
    return [str(v) for v in targets[key].to_numpy()[index]]
