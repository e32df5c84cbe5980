"""The electric vehicle routing problem with non-linear charging, an XML format of VRP-REP.

Montoya, Gueret, Mendoza and Villegas, "The electric vehicle routing problem with nonlinear charging
function" (Transportation Research Part B 103, 2017). Hours, kilometres and watt-hours become
seconds, metres and kWh; distances in full precision, as many vehicles as there are customers,
charging in part. The published values are hours of driving and charging, without the service time
that counts towards the longest duration: `InstanceFields.offset` holds those hours.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError, TreeBuilder

import numpy as np

from bundling.io.benchmark_text import MAX_NODES, Faults, read_text
from bundling.io.instance_fields import (
    METRES_PER_UNIT,
    Fleet,
    FloatArray,
    InstanceFields,
    Stops,
    base_fields,
    euclidean,
    station_fields,
)
from bundling.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_KINDS = {"0": "depot", "1": "customer", "2": "station"}
_WH_PER_KWH = 1000.0
_NOT_READ = ("tw", "quantity", "predecessors", "successors")
"""Parts of VRP-REP's format that would change the problem and that no file of the set has."""


@dataclass(frozen=True, eq=False)
class EvrpNlFile:
    """What a file of the E-VRP-NL says, in its own units: hours, kilometres, watt-hours.

    Attributes
    ----------
    name
        Name that the file gives.
    depot, customers, stations
        Ids of the nodes.
    x_km, y_km
        Of the depot, the customers and the stations.
    service_h
        Of each customer.
    station_type
        Name of the charging function of each station.
    curves
        Points (battery level in Wh, hours from empty) of each charging function.
    duration_h, speed_km_per_h, wh_per_km, battery_wh
        The vehicle.
    """

    name: str
    depot: str
    customers: tuple[str, ...]
    stations: tuple[str, ...]
    x_km: FloatArray
    y_km: FloatArray
    service_h: FloatArray
    station_type: tuple[str, ...]
    curves: dict[str, tuple[tuple[float, float], ...]]
    duration_h: float
    speed_km_per_h: float
    wh_per_km: float
    battery_wh: float


class _Reader:
    """Builds the tree of a parser, and remembers on which line each element begins."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.lines: dict[Element, int] = {}
        self.line: Callable[[], int] = lambda: 0
        tree: Any = TreeBuilder()  # its stub has no types
        self.begin, self.end, self.data, self.close = tree.start, tree.end, tree.data, tree.close

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        """Begin an element; the parser calls this, `end`, `data` and `close`."""
        element: Element = self.begin(tag, attrs)
        self.lines[element] = self.line()
        return element

    def text(self, parent: Element, path: str) -> tuple[str, int]:
        """Return the text of a part and its line; empty, with a fault, when it is not there."""
        found = parent.find(path)
        line = self.lines[parent if found is None else found]
        if found is None or not (found.text or "").strip():
            rule = f"<{parent.tag}> has no <{path}>"
            self.faults.add(line, rule, "Add it")
            return "", line
        return (found.text or "").strip(), line

    def value(self, parent: Element, path: str, *, positive: bool = False) -> float:
        """Return the number in a part; nan, with a fault, when there is none."""
        text, line = self.text(parent, path)
        if not text:
            return math.nan
        value = self.faults.number(text, line, f"<{path}>")
        if positive and value <= 0:
            self.faults.add(line, f"<{path}> is {value:g}", "Give a positive value")
        return value


def read_evrp_nl(path: Path) -> EvrpNlFile:
    """Read a file of the E-VRP-NL.

    Raises
    ------
    bundling.InputError
        With every fault of the file: line, rule, what to do.
    """
    return parse_evrp_nl(read_text(path), path.name)


def parse_evrp_nl(text: str, file: str) -> EvrpNlFile:
    """Read XML of the E-VRP-NL; `file` is named in faults. DTDs and entities are refused."""
    faults = Faults(file)
    reader = _Reader(faults)
    root = _tree(text, reader, faults)
    for tag in _NOT_READ:
        for element in root.iter(tag):
            remedy = "Give a file of the E-VRP-NL, which has none"
            faults.add(reader.lines[element], f"<{tag}> is not read", remedy)
    nodes = _nodes(root, reader)
    by_kind = {kind: [i for i, node in nodes.items() if node[0] == kind] for kind in _KINDS}
    if len(by_kind["0"]) != 1:
        faults.add(None, f"has {len(by_kind['0'])} depots", "Give one node of type 0")
    if not by_kind["1"]:
        faults.add(None, "has no customers", "Give nodes of type 1")
    service = _service(root, reader, set(by_kind["1"]))
    profiles = root.findall("fleet/vehicle_profile")
    if len(profiles) != 1:
        faults.add(None, f"has {len(profiles)} vehicle profiles", "Give one <vehicle_profile>")
        faults.raise_if_any()
    profile = profiles[0]
    duration = reader.value(profile, "max_travel_time", positive=True)
    speed = reader.value(profile, "speed_factor", positive=True)
    rate = reader.value(profile, "custom/consumption_rate", positive=True)
    battery = reader.value(profile, "custom/battery_capacity", positive=True)
    curves = _curves(profile, reader, battery)
    for i in by_kind["2"]:
        *_, kind, line = nodes[i]
        if kind not in curves:
            rule = f"station {i} has charging function '{kind[:30]}', which is not there"
            faults.add(line, rule, "Add the <function>, or correct its cs_type")
    for end in ("departure_node", "arrival_node"):
        text, line = reader.text(profile, end)
        if text and by_kind["0"] and text != by_kind["0"][0]:
            faults.add(line, f"<{end}> {text[:30]} is not the depot", "Name the node of type 0")
    faults.raise_if_any()
    order = [*by_kind["0"], *by_kind["1"], *by_kind["2"]]
    return EvrpNlFile(
        name=(root.findtext("info/name") or file.rsplit(".", 1)[0]).strip(),
        depot=by_kind["0"][0],
        customers=tuple(by_kind["1"]),
        stations=tuple(by_kind["2"]),
        x_km=np.array([nodes[i][1] for i in order]),
        y_km=np.array([nodes[i][2] for i in order]),
        service_h=np.array([service[i] for i in by_kind["1"]]),
        station_type=tuple(nodes[i][3] for i in by_kind["2"]),
        curves=curves,
        duration_h=duration,
        speed_km_per_h=speed,
        wh_per_km=rate,
        battery_wh=battery,
    )


def _tree(text: str, reader: _Reader, faults: Faults) -> Element:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    # The text is decoded already: what its declaration says about the encoding no longer counts.
    parser = DefusedXMLParser(target=reader, encoding="utf-8", forbid_dtd=True)
    reader.line = lambda: int(parser.parser.CurrentLineNumber)
    try:
        parser.feed(text.encode())
        root: Element = parser.close()
    except DefusedXmlException:
        faults.add(None, "declares a document type or entities", "Remove the declaration")
    except ParseError as error:
        faults.add(error.position[0], f"is no XML ({error})", "Repair it at this line")
    else:
        return root
    faults.raise_if_any()
    raise AssertionError  # a fault was added


def _nodes(root: Element, reader: _Reader) -> dict[str, tuple[str, float, float, str, int]]:
    """Kind, place, charging function and line of every node by its id."""
    faults = reader.faults
    found: dict[str, tuple[str, float, float, str, int]] = {}
    elements = root.findall("network/nodes/node")
    if len(elements) > MAX_NODES:
        faults.add(None, f"has {len(elements):,} nodes", f"At most {MAX_NODES:,} are read")
        faults.raise_if_any()
    if root.find("network/euclidean") is None:
        remedy = "Add <euclidean/> to <network>; links are not read"
        faults.add(None, "does not say that distances are Euclidean", remedy)
    for node in elements:
        line = reader.lines[node]
        name, kind = (node.get("id") or "").strip(), node.get("type") or ""
        if not name or any(c.isspace() for c in name):
            faults.add(line, "a node has no id of one word", "Give it one")
        elif name in found:
            rule = f"node {name} is also at line {found[name][4]}"
            faults.add(line, rule, "Give each node its own id")
        elif kind not in _KINDS:
            rule = f"node {name} has type '{kind[:30]}'"
            faults.add(line, rule, "Write 0 (depot), 1 (customer) or 2 (station)")
        else:
            charger = reader.text(node, "custom/cs_type")[0] if kind == "2" else ""
            x, y = reader.value(node, "cx"), reader.value(node, "cy")
            found[name] = (kind, x, y, charger, line)
    return found


def _service(root: Element, reader: _Reader, customers: set[str]) -> dict[str, float]:
    faults = reader.faults
    found: dict[str, float] = {}
    for request in root.findall("requests/request"):
        line, node = reader.lines[request], request.get("node") or ""
        if node not in customers:
            rule = f"the request is for node '{node[:30]}', which is no customer"
            faults.add(line, rule, "Name a node of type 1")
        elif node in found:
            faults.add(line, f"customer {node} has two requests", "Keep one of the two")
        else:
            found[node] = reader.value(request, "service_time")
            if found[node] < 0:
                faults.add(line, "the service time is below 0", "Correct the value")
    for node in sorted(customers - found.keys()):
        faults.add(None, f"customer {node} has no request", "Add a <request> for it")
    return found


def _curves(
    profile: Element, reader: _Reader, battery: float
) -> dict[str, tuple[tuple[float, float], ...]]:
    faults = reader.faults
    curves: dict[str, tuple[tuple[float, float], ...]] = {}
    for function in profile.findall("custom/charging_functions/function"):
        line, kind = reader.lines[function], function.get("cs_type") or ""
        if kind in curves:
            rule = f"charging function '{kind[:30]}' is there twice"
            faults.add(line, rule, "Keep one of the two")
            continue
        points = tuple(
            (reader.value(point, "battery_level"), reader.value(point, "charging_time"))
            for point in function.findall("breakpoint")
        )
        curves[kind] = points
        rises = all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(points))
        if len(points) < 2 or points[0] != (0.0, 0.0) or not rises:
            rule = f"charging function '{kind[:30]}' does not rise from level 0 at time 0"
            faults.add(line, rule, "Correct its breakpoints")
        elif points[-1][0] < battery:
            rule = f"charging function '{kind[:30]}' ends at {points[-1][0]:g}, below the battery"
            faults.add(line, rule, "Add a breakpoint at the capacity of the battery")
    return curves


def evrp_nl_fields(found: EvrpNlFile) -> InstanceFields:
    """Return the arguments of a `RoundsProblem`; its costs are hours."""
    km = euclidean(found.x_km, found.y_km)
    shift_s = found.duration_h * SECONDS_PER_HOUR
    n = 1 + len(found.customers)
    kinds = list(found.curves)
    curves = [
        [(wh / _WH_PER_KWH, hours * SECONDS_PER_HOUR) for wh, hours in found.curves[kind]]
        for kind in kinds
    ]
    fastest = [
        (b[0] - a[0]) / (b[1] - a[1]) * SECONDS_PER_HOUR
        for curve in curves
        for a, b in itertools.pairwise(curve)
    ]
    fields = base_fields(
        depot_ids=(found.depot,),
        open_s=0.0,
        close_s=shift_s,
        stops=Stops(found.customers, 0.0, 0.0, shift_s, found.service_h * SECONDS_PER_HOUR),
        fleet=Fleet(
            names=("ev",),
            count=len(found.customers),
            capacity=0.0,
            shift_s=shift_s,
            per_hour=1.0,
            usable_kwh=found.battery_wh / _WH_PER_KWH,
            kwh_per_unit=found.wh_per_km / _WH_PER_KWH,
            charge_kw=max(fastest, default=0.0),
        ),
        x=found.x_km,
        y=found.y_km,
        distance_m=km * METRES_PER_UNIT,
        time_s=km / found.speed_km_per_h * SECONDS_PER_HOUR,
    )
    fields |= station_fields(
        ids=found.stations,
        x=found.x_km[n:],
        y=found.y_km[n:],
        open_s=0.0,
        close_s=shift_s,
        curve_of=[kinds.index(kind) for kind in found.station_type],
        curves=curves,
    )
    return InstanceFields("evrp-nl", found.name, fields, offset=float(np.sum(found.service_h)))
