"""The arrays the kernels read, and the state of a search they write.

Nodes are numbered for the kernels: stops ``0 .. n-1``, then depots, then stations. Fleet entries
with the same arcs share a class. Money of an arc is everything that is linear in it: kilometres,
levy, and energy at the price of the depot for an empty vehicle.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Fields of a label, see labels.py.
(
    COST,
    T,
    Y,
    Z,
    CURVE,
    WAIT,
    SLACK,
    PRICE,
    CHARGED,
    BUSY,
    LEAVE_BEFORE,
    LEAVE_SINCE,
    METRES,
    MONEY,
    SETTLED,
    SETTLED_BEFORE,
) = range(16)
FIELDS = 16
LOADS = 3
"""Load dimensions: kg, m3, roll containers."""


class Data(NamedTuple):
    """One part of a rounds problem as the kernels read it; all arrays C-contiguous.

    ``A`` classes of arcs, ``N`` nodes, ``V`` fleet entries, ``n`` stops, ``K`` stations, ``C``
    charge curves of at most ``P`` points, ``M = N - K`` places between which a station may lie.
    """

    eur: FloatArray  # [A, N, N]
    time_s: FloatArray  # [A, N, N]
    kwh: FloatArray  # [A, N, N] of an empty vehicle
    metres: FloatArray  # [N, N]
    arcs: IntArray  # [V] class of the entry
    fixed_eur: FloatArray  # [V]
    eur_per_s: FloatArray  # [V]
    overtime_eur_per_s: FloatArray  # [V]
    regular_s: FloatArray  # [V]
    shift_s: FloatArray  # [V]
    open_s: FloatArray  # [V] of the start depot
    close_s: FloatArray  # [V] of the end depot
    usable_kwh: FloatArray  # [V] infinite for combustion
    start_kwh: FloatArray  # [V]
    kwh_per_m_kg: FloatArray  # [V]
    more_per_kg: FloatArray  # [V] part by which a kg on board raises the consumption
    eur_per_kwh: FloatArray  # [V] at the depot
    max_m: FloatArray  # [V]
    start_node: IntArray  # [V]
    end_node: IntArray  # [V]
    vehicles: IntArray  # [V] how many there are
    capacity: FloatArray  # [V, LOADS]
    service_factor: FloatArray  # [V]
    allowed: BoolArray  # [V, n]
    early_s: FloatArray  # [n]
    late_s: FloatArray  # [n]
    service_s: FloatArray  # [n]
    release_s: FloatArray  # [n]
    prize_eur: FloatArray  # [n] infinite when it must be served
    delivery: FloatArray  # [n, LOADS]
    pickup: FloatArray  # [n, LOADS]
    station_open_s: FloatArray  # [K]
    station_close_s: FloatArray  # [K]
    station_eur_per_kwh: FloatArray  # [K, 24]
    curve_of: IntArray  # [V, K], -1: may not charge there
    curve_kwh: FloatArray  # [C, P]
    curve_s: FloatArray  # [C, P]
    points: IntArray  # [C] points of the curve
    full: bool  # every charge ends with a full battery
    chains: bool  # two stations between two places may both be worth a visit
    between_at: IntArray  # [M * M + 1] where the stations between two places start
    between: IntArray  # stations worth a visit between two places, by detour
    near: IntArray  # [n, n] stops by distance, itself first


class State(NamedTuple):
    """Routes under search. Stops of a route form a linked list; -1 ends it.

    ``R`` routes, of which some may be empty; at most ``L`` labels a stop. ``labels[c]`` are the
    labels on leaving stop ``c``.
    """

    nxt: IntArray  # [n]
    prv: IntArray  # [n]
    route: IntArray  # [n] -1 when not served
    first: IntArray  # [R]
    last: IntArray  # [R]
    size: IntArray  # [R]
    entry: IntArray  # [R] fleet entry
    eur: FloatArray  # [R]
    depart_s: FloatArray  # [R] earliest departure: the depot opens, the freight is there
    load_kg: FloatArray  # [R] on board at the start
    labels: FloatArray  # [n, L, FIELDS]
    parent: IntArray  # [n, L, 3] label before, stations between
    num: IntArray  # [n] labels
    ready_s: FloatArray  # [n] earliest departure
    latest_s: FloatArray  # [n] latest start of service, batteries aside
    rest_eur: FloatArray  # [n] from leaving the stop to the end, direct
    rest_kwh: FloatArray  # [n]
    peak_before: FloatArray  # [n, LOADS] largest load up to and on the arc that leaves
    peak_after: FloatArray  # [n, LOADS] largest load from the arc that leaves on
    start_peak: FloatArray  # [R, 2, LOADS] the same two for the start
    station_before: IntArray  # [n] station between the stop before and this one in the best plan
    station_end: IntArray  # [R]
    used: IntArray  # [V] routes of each entry


class Work(NamedTuple):
    """Room for labels on the way, one set a thread."""

    here: FloatArray  # [L, FIELDS]
    there: FloatArray  # [L, FIELDS]
    parent: IntArray  # [L, 3]


def new_work(labels: int) -> Work:
    """Return room for so many labels."""
    shape = (labels, FIELDS)
    return Work(np.zeros(shape), np.zeros(shape), np.zeros((labels, 3), dtype=np.int64))


def new_state(data: Data, routes: int, labels: int) -> State:
    """Return a state without any route, with room for so many labels a stop."""
    n, v = len(data.early_s), len(data.vehicles)

    def ints(*shape: int) -> IntArray:
        return np.full(shape, -1, dtype=np.int64)

    def floats(*shape: int) -> FloatArray:
        return np.zeros(shape, dtype=np.float64)

    return State(
        nxt=ints(n), prv=ints(n), route=ints(n), first=ints(routes), last=ints(routes),
        size=np.zeros(routes, dtype=np.int64), entry=np.zeros(routes, dtype=np.int64),
        eur=floats(routes), depart_s=floats(routes), load_kg=floats(routes),
        labels=floats(n, labels, FIELDS), parent=ints(n, labels, 3),
        num=np.zeros(n, dtype=np.int64), ready_s=floats(n), latest_s=floats(n), rest_eur=floats(n),
        rest_kwh=floats(n), peak_before=floats(n, LOADS), peak_after=floats(n, LOADS),
        start_peak=floats(routes, 2, LOADS), station_before=ints(n), station_end=ints(routes),
        used=np.zeros(v, dtype=np.int64),
    )  # fmt: skip


def stations_between(
    metres: FloatArray, places: int, stations: int, *, most: int
) -> tuple[IntArray, IntArray]:
    """List, for every pair of places, the stations worth a visit on the way.

    A station is left out when another one is nearer to both places. (Montoya et al., "The
    electric vehicle routing problem with nonlinear charging function", Transportation Research
    Part B 103, 2017, restrict to these; with one charging technology nothing is lost.)

    Parameters
    ----------
    metres
        Distances ``[N, N]``: places first, then stations.
    places, stations
        How many of each.
    most
        Longest list kept, by detour.

    Returns
    -------
    at, between
        Stations (numbered from 0) between places ``i`` and ``j`` are
        ``between[at[i * places + j] : at[i * places + j + 1]]``.
    """
    at = np.zeros(places * places + 1, dtype=np.int64)
    if stations == 0:
        return at, np.zeros(0, dtype=np.int64)
    there, back = metres[:places, places:], metres[places:, :places]
    chunks: list[Any] = []
    for i in range(places):
        to = there[i][:, None]  # [K, 1]
        detour = to + back  # [K, places]
        order = np.argsort(detour, axis=0, kind="stable")
        for j in range(places):
            kept: list[int] = []
            for s in order[:, j]:
                if all(there[i, o] > there[i, s] or back[o, j] > back[s, j] for o in kept):
                    kept.append(int(s))
                    if len(kept) == most:
                        break
            chunks.append(kept)
    at[1:] = np.cumsum([len(kept) for kept in chunks])
    return at, np.array([s for kept in chunks for s in kept], dtype=np.int64)
