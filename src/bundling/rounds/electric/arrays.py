"""The arrays the kernels read, and the state of a search they write.

Nodes are numbered for the kernels: stops ``0 .. n-1``, then depots, then stations. Fleet entries
with the same arcs share a class. Money of an arc is everything that is linear in it: kilometres,
levy, and energy at the price of the depot for an empty vehicle.

Figures that are read together lie together in one array with named columns: rows stay in the
cache. Kernels take the wide tuples as one pointer each, see `pointed`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.electric.pointed import pointed

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

# Columns of `Data.arc`; the money holds no hours.
EUR, SECONDS, KWH, METRES = range(4)
# Columns of `Data.fleet`. PAY is what a kWh charged on the way costs at least beyond one of the
# depot, and PAY_S the seconds it takes at least; those from PERIODS on hold what a rule on breaks
# and the periods of the day say, see `rules`.
(
    FIXED,
    PER_S,
    OVER_PER_S,
    REGULAR,
    SHIFT,
    OPENS,
    CLOSES,
    USABLE,
    START_KWH,
    KWH_PER_M_KG,
    MORE_PER_KG,
    EUR_PER_KWH,
    MAX_M,
    SERVICE_FACTOR,
    PAY,
    PAY_S,
    PERIODS,
    LENGTHS,
    LINES,
    MOST_DRIVING,
    WHOLE,
    FIRST_PART,
    SECOND_PART,
    WORK_PART,
) = range(24)
# Columns of `Data.kind`.
ARCS, START, END, COUNT, EXACT = range(5)
# Columns of `Data.stop`: the first opening and the last closing, and from WINDOW on both of each of
# the NUM_WINDOWS windows. FETCH is the stop where the freight of a pair is picked up, BRING the one
# where it goes; -1: none.
EARLY, LATE, SERVICE, RELEASE, PRIZE, FETCH, BRING, NUM_WINDOWS, WINDOW = range(9)
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
    DRIVEN,
    MONEY,
    SETTLED,
    SETTLED_BEFORE,
) = range(16)
FIELDS = 16
# Fields of what is needed to end a route, see rests.py.
(
    REST_EUR,
    NEED,
    LATEST,
    LINE,
    SLOPE,
    REST_KWH,
    REST_M,
    REST_S,
    REST_END,
    REST_PAY,
    REST_PAY_S,
) = range(11)
REST_FIELDS = 11
_MEMO_BITS, _MEMO_BITS_FEW, _FEW = 20, 14, 30
"""Rows of the table of costs, as powers of two: for more than so many stops, and for fewer."""
LOADS = 3
"""Load dimensions: kg, m3, roll containers."""
# Columns of `Work.stage`, see timing.py.
DRIVE, STAY, PLACE, FROM, UNTIL, DRAWS, AMOUNT, RATE, AFTER_S, AFTER_DRIVING = range(10)
STAGE_FIELDS = 10
# Columns of `Work.duty`, see rested.py.
NOW, DRIVEN_S, HAS_FIRST, RESTED, IDLE = range(5)
DUTY_FIELDS = 5
_DUTIES = 24
"""Room for what a driver may have done so far."""


class Data(NamedTuple):
    """One part of a rounds problem as the kernels read it; all arrays C-contiguous.

    ``A`` classes of arcs, ``N`` nodes, ``V`` fleet entries, ``n`` stops, ``K`` stations, ``C``
    charge curves of at most ``P`` points, ``M = N - K`` places between which a station may lie.
    """

    arc: FloatArray  # [A, N, N, 4] of an empty vehicle
    fleet: FloatArray  # [V, ..] as many columns as the rules ask for
    kind: IntArray  # [V, 5] class of arcs, start node, end node, vehicles, whether joins are exact
    capacity: FloatArray  # [V, LOADS]
    allowed: BoolArray  # [V, n]
    stop: FloatArray  # [n, ..]
    freight: FloatArray  # [n, 2, LOADS] from the depot, and what is put on board at the stop
    station: FloatArray  # [K, 3] opens, closes, least EUR per kWh
    price: FloatArray  # [K, 24] EUR per kWh
    curve_of: IntArray  # [V, K], -1: may not charge there
    curve: FloatArray  # [C, P, 3] kWh, seconds, seconds per kWh up to here
    points: IntArray  # [C] points of the curve
    full: bool  # every charge ends with a full battery
    chains: bool  # two stations between two places may both be worth a visit
    between_at: IntArray  # [N * M + 1] where the stations between a node and a place start
    between: IntArray  # stations worth a visit between the two, by detour
    near: IntArray  # [n, n] stops by distance, itself first
    margin_eur: float  # labels this much dearer than the best plan of their route are dropped
    timed: bool  # windows, periods or breaks: labels are estimates, `timing` tells the cost
    pairs: bool  # some freight goes from stop to stop


class Vehicle(NamedTuple):
    """What the label kernels ask of one fleet entry."""

    fleet: FloatArray  # [V, ..]
    v: int
    curve: FloatArray  # [C, P, 3]
    points: IntArray  # [C]
    full: bool


class State(NamedTuple):
    """Routes under search. Stops of a route form a linked list; -1 ends it.

    ``R`` routes, of which some may be empty; at most ``L`` labels a stop. ``labels[c]`` are the
    labels on leaving stop ``c``, ``rests[c]`` what is needed to end the route on arriving there.
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
    after_kg: FloatArray  # [n] on board on leaving the stop
    labels: FloatArray  # [n, L, FIELDS]
    parent: IntArray  # [n, L, 3] label before, stations between
    num: IntArray  # [n] labels
    rests: FloatArray  # [n, L, REST_FIELDS]
    num_rests: IntArray  # [n]
    ready_s: FloatArray  # [n] earliest departure
    latest_s: FloatArray  # [n] latest start of service, batteries aside
    rest_eur: FloatArray  # [n] from leaving the stop to the end, direct
    rest_kwh: FloatArray  # [n]
    rest_s: FloatArray  # [n] driving and service
    rest_end: FloatArray  # [n] earliest end of the route, whenever the stop was left
    peak_before: FloatArray  # [n, LOADS] largest load up to and on the arc that leaves
    peak_after: FloatArray  # [n, LOADS] largest load from the arc that leaves on
    start_peak: FloatArray  # [R, 2, LOADS] the same two for the start
    station_before: IntArray  # [n] station between the stop before and this one in the best plan
    station_end: IntArray  # [R]
    used: IntArray  # [V] routes of each entry
    code: IntArray  # [n] hash of the route up to this stop, see memo.py
    at: IntArray  # [n] position in the route
    code_all: IntArray  # [R] hash of the route
    under_eur: FloatArray  # [n + R] what a join after a stop, or at the start, leaves out
    under_code: IntArray  # [n + R] hash of the route of which that was found
    stale: IntArray  # [R, 2] positions from which labels, and up to which rests are out of date
    frozen: BoolArray  # [R] routes that stay as they are, see halves.py


class Work(NamedTuple):
    """Room for labels on the way, one set a thread."""

    here: FloatArray  # [L, FIELDS]
    there: FloatArray  # [L, FIELDS]
    parent: IntArray  # [L, 3]
    steps: FloatArray  # [6, FIELDS] labels under way
    end: FloatArray  # [1, REST_FIELDS] what is needed on arriving at the end
    rest: FloatArray  # [4, REST_FIELDS] rests under way
    key: IntArray  # [n] random number of each stop, see memo.py
    power: IntArray  # [n + 3] powers of a random odd number
    memo_code: IntArray  # [a power of two] hashes of routes
    memo_eur: FloatArray  # [the same] what they cost
    order: IntArray  # [n] stops of a route that is looked at
    along: FloatArray  # [n + 1, 4] of each of them and the end, see sequence.py
    labels: FloatArray  # [n, L, FIELDS] labels on leaving each of them; empty without rules
    parents: IntArray  # [n, L, 3]
    stage: FloatArray  # [3 n + 3, STAGE_FIELDS] a route with its charges, see timing.py
    duty: FloatArray  # [2, D, DUTY_FIELDS] what the driver has done, see rested.py
    leave: FloatArray  # [1] departure of the plan that was looked at last


def new_work(data: Data, labels: int) -> Work:
    """Return room for so many labels, and for the costs of routes seen before."""
    n = len(data.stop)
    shape = (labels, FIELDS)
    rng = np.random.default_rng(1)
    limits = np.iinfo(np.int64)
    key = rng.integers(limits.min, limits.max, n, dtype=np.int64)
    power = np.ones(n + 3, dtype=np.int64)
    with np.errstate(over="ignore"):
        power[1:] = np.cumprod(np.full(n + 2, rng.integers(limits.max, dtype=np.int64) | 1))
    memo = 1 << (_MEMO_BITS if n > _FEW else _MEMO_BITS_FEW)
    work = Work(
        np.zeros(shape),
        np.zeros(shape),
        np.zeros((labels, 3), dtype=np.int64),
        np.zeros((6, FIELDS)),
        np.zeros((1, REST_FIELDS)),
        np.zeros((4, REST_FIELDS)),
        key,
        power,
        np.zeros(memo, dtype=np.int64),
        np.zeros(memo),
        np.zeros(n, dtype=np.int64),
        np.zeros((n + 1, 4)),
        np.zeros((n if data.timed or data.pairs else 0, labels, FIELDS)),
        np.zeros((n if data.timed or data.pairs else 0, labels, 3), dtype=np.int64),
        np.zeros((3 * n + 3, STAGE_FIELDS)),
        np.zeros((2, _DUTIES, DUTY_FIELDS)),
        np.zeros(1),
    )
    return pointed(work)


def new_state(data: Data, routes: int, labels: int) -> State:
    """Return a state without any route, with room for so many labels a stop."""
    n, v = len(data.stop), len(data.kind)

    def ints(*shape: int) -> IntArray:
        return np.full(shape, -1, dtype=np.int64)

    def floats(*shape: int) -> FloatArray:
        return np.zeros(shape, dtype=np.float64)

    state = State(
        nxt=ints(n), prv=ints(n), route=ints(n), first=ints(routes), last=ints(routes),
        size=np.zeros(routes, dtype=np.int64), entry=np.zeros(routes, dtype=np.int64),
        eur=floats(routes), depart_s=floats(routes), load_kg=floats(routes), after_kg=floats(n),
        labels=floats(n, labels, FIELDS), parent=ints(n, labels, 3),
        num=np.zeros(n, dtype=np.int64), rests=floats(n, labels, REST_FIELDS),
        num_rests=np.zeros(n, dtype=np.int64), ready_s=floats(n), latest_s=floats(n),
        rest_eur=floats(n), rest_kwh=floats(n), rest_s=floats(n), rest_end=floats(n),
        peak_before=floats(n, LOADS), peak_after=floats(n, LOADS),
        start_peak=floats(routes, 2, LOADS), station_before=ints(n), station_end=ints(routes),
        used=np.zeros(v, dtype=np.int64), code=ints(n), at=ints(n), code_all=ints(routes),
        under_eur=floats(n + routes), under_code=np.zeros(n + routes, dtype=np.int64),
        stale=np.tile(np.array([0, -1]), (routes, 1)), frozen=np.zeros(routes, dtype=np.bool_),
    )  # fmt: skip
    return pointed(state)
