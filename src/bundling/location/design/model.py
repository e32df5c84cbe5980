"""The arc model of a network design, as numpy blocks.

``x`` is what a commodity sends over an arc, ``n`` the number of facilities on it. The forcing rows
``x[k,a] <= min(d[k], u[a]) n[a]`` make the bound and are many; a model holds those it is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from bundling.location.design.problem import DesignProblem
from bundling.location.design.solution import DesignSolution
from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Built:
    """A model and where its columns are.

    Attributes
    ----------
    model
        Minimises the cost.
    commodity, arc
        Of each pair that has a flow column ``[P]``.
    flow
        Columns of the pairs ``[P]``.
    count
        Column of the facilities on each arc ``[A]``; -1 where they cost nothing.
    force
        ``min(d[k], u[a])`` of each pair ``[P]``.
    capped
        Arcs that have a capacity row, in the order of the rows.
    balance
        Commodity times ``N`` plus node of each balance row; these are the first rows.
    """

    model: LinearModel
    commodity: IntArray
    arc: IntArray
    flow: IntArray
    count: IntArray
    force: FloatArray
    capped: IntArray
    balance: IntArray

    def forced(self) -> IntArray:
        """Pairs that a forcing row can bind: those on arcs that cost something."""
        return np.flatnonzero(self.count[self.arc] >= 0)


def usable(problem: DesignProblem) -> BoolArray:
    """Which commodities may use which arcs ``[K, A]``: those on a way from origin to destination.

    Costs are not negative, so there is a best plan in which nothing returns to its origin or leaves
    its destination.
    """
    there = problem.total_capacity > 0
    shape = (problem.num_nodes, problem.num_nodes)
    ones = np.ones(int(there.sum()))
    graph = sparse.csr_array((ones, (problem.tail[there], problem.head[there])), shape)
    starts, start = np.unique(problem.origin, return_inverse=True)
    ends, end = np.unique(problem.destination, return_inverse=True)
    ahead = np.isfinite(csgraph.dijkstra(graph, indices=starts, unweighted=True))
    back = np.isfinite(csgraph.dijkstra(graph.T.tocsr(), indices=ends, unweighted=True))
    allowed: BoolArray = ahead[:, problem.tail][start] & back[:, problem.head][end]
    allowed &= there[None, :]
    allowed &= problem.head[None, :] != problem.origin[:, None]
    allowed &= problem.tail[None, :] != problem.destination[:, None]
    return allowed


def build(problem: DesignProblem, allowed: BoolArray, strong: BoolArray | None = None) -> Built:
    """State the model.

    Parameters
    ----------
    problem
        The network and its goods.
    allowed
        Which commodities may use which arcs ``[K, A]``.
    strong
        Which of those get a forcing row ``[K, A]``; none when None.
    """
    k, a = (part.astype(np.int64) for part in np.nonzero(allowed))
    total = float(problem.quantity.sum())
    capacity = np.minimum(problem.capacity, total)
    most = problem.most_facilities.astype(np.float64)
    force = np.minimum(problem.quantity[k], capacity[a])
    model = LinearModel()
    flow = model.add_columns(
        "flow",
        len(k),
        upper=np.minimum(problem.quantity[k], (capacity * most)[a]),
        cost=problem.unit_cost[a],
    )
    paid = np.flatnonzero((problem.fixed_cost > 0) & allowed.any(axis=0))
    count = np.full(problem.num_arcs, -1, dtype=np.int64)
    count[paid] = model.add_columns(
        "count", len(paid), upper=most[paid], cost=problem.fixed_cost[paid], integer=True
    )
    balance = _balance(problem, model, k, a, flow)
    rows = np.full(problem.num_arcs, -1, dtype=np.int64)
    # An arc that costs nothing binds only where it cannot carry all that may use it.
    wanted = np.bincount(a, weights=problem.quantity[k], minlength=problem.num_arcs)
    bind = (count >= 0) | (wanted > capacity * most)
    bind &= allowed.any(axis=0)
    rows[bind] = np.arange(int(bind.sum()))
    mine = bind[a]
    model.add_rows(
        "capacity",
        int(bind.sum()),
        (rows[a[mine]], flow[mine], 1.0),
        (rows[paid], count[paid], -capacity[paid]),
        upper=np.where(count >= 0, 0.0, capacity * most)[bind],
    )
    if strong is not None:
        pairs = np.flatnonzero(strong[k, a] & (count[a] >= 0))
        local = np.arange(len(pairs))
        model.add_rows(
            "forcing",
            len(pairs),
            (local, flow[pairs], 1.0),
            (local, count[a[pairs]], -force[pairs]),
            upper=0.0,
        )
    return Built(model, k, a, flow, count, force, np.flatnonzero(bind), balance)


def _balance(
    problem: DesignProblem, model: LinearModel, k: IntArray, a: IntArray, flow: IntArray
) -> IntArray:
    """State that what comes in goes out; only for nodes that a commodity can come through."""
    nodes = problem.num_nodes
    out, into = k * nodes + problem.tail[a], k * nodes + problem.head[a]
    own = np.arange(problem.num_commodities) * nodes
    sources, sinks = own + problem.origin, own + problem.destination
    keys = np.unique(np.concatenate([out, into, sources, sinks]))
    supply = np.zeros(len(keys))
    supply[np.searchsorted(keys, sources)] = problem.quantity
    supply[np.searchsorted(keys, sinks)] = -problem.quantity
    model.add_rows(
        "balance",
        len(keys),
        (np.searchsorted(keys, out), flow, 1.0),
        (np.searchsorted(keys, into), flow, -1.0),
        lower=supply,
        upper=supply,
    )
    return keys


def read(built: Built, flow: FloatArray, facilities: IntArray) -> DesignSolution:
    """Make a solution of the flows of all pairs ``[P]`` and the facilities ``[A]``."""
    used = flow > 0
    return DesignSolution(facilities, built.commodity[used], built.arc[used], flow[used])


def facilities_for(problem: DesignProblem, load: FloatArray) -> IntArray:
    """Count the facilities that a load needs ``[A]``; a rounding error of it needs none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(load > 0, load / problem.capacity, 0.0)
    needed = np.ceil(needed - 1e-6)
    return np.where(load > 0, np.maximum(1.0, needed), 0.0).astype(np.int64)
