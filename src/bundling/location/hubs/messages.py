r"""A lower bound on hub location with single allocation: messages between pairs of nodes.

Single allocation is a quadratic semi-assignment: node ``i`` takes a hub ``a[i]`` at its own cost
``c[i, a[i]]``, and each pair of nodes pays ``P = W[i, j] T[a[i], a[j]] + W[j, i] T[a[j], a[i]]``.
A message ``M[i, j, k]`` moves cost from the pair to node ``i`` at hub ``k``; while
``M[i, j, k] + M[j, i, m] <= P`` for all ``k, m``, no allocation costs less than the nodes alone do
with ``U[i, k] = c[i, k] + sum_j M[i, j, k]``. The best messages give the bound of Skorin-Kapov,
Skorin-Kapov and O'Kelly's path model. They are passed from node to node in both orders, each node
giving what it does not need to those that come later (sequential reweighted message passing).
A label that no open hub pays for is not needed either: hub ``k`` pays ``w[i, k]`` (`hub_prices`).

References
----------
D. Skorin-Kapov, J. Skorin-Kapov, M. O'Kelly, "Tight linear programming relaxations of
uncapacitated p-hub median problems", European Journal of Operational Research 94 (1996) 582-593.
V. Kolmogorov, "A new look at reweighted message passing", IEEE Transactions on Pattern Analysis
and Machine Intelligence 37 (2015) 919-930.
"""

# ruff: noqa: FURB136 - a plain choice is what the compiler turns into vector code
from __future__ import annotations

import numpy as np

from bundling.location.hubs.kernel import fast


@fast
def _collect(i, flow, back, transfer, turned, metric, messages, out):
    """Take all that the pairs of node `i` can give, into ``messages[i]``; add it to `out`.

    When no detour is shorter (`metric`), a label that another one undercuts at its own place
    undercuts nowhere: most are passed over.
    """
    n, many = flow.shape[0], transfer.shape[0]
    got = np.empty(many)
    for j in range(n):
        if j == i:
            continue
        go, come = flow[i, j], back[i, j]
        theirs = messages[j, i]
        first = 0
        for m in range(1, many):
            first = m if theirs[m] > theirs[first] else first
        other = theirs[first]
        for k in range(many):
            got[k] = go * turned[first, k] + come * transfer[first, k] - other
        for m in range(many):
            other = theirs[m]
            if m == first or (metric and got[m] <= -other):
                continue
            for k in range(many):
                cost = go * turned[m, k] + come * transfer[m, k] - other
                got[k] = cost if cost < got[k] else got[k]
        for k in range(many):
            messages[i, j, k] = got[k]
            out[k] += got[k]


@fast
def sweep(flow, back, transfer, turned, metric, unary, paid, own, messages, node,
          forward):  # fmt: skip
    """Pass messages once along all nodes, forward or back; the bound does not fall.

    Parameters
    ----------
    flow, back
        ``[n, n]``, and turned.
    transfer, turned
        Between the labels (hubs) ``[K, K]``, and turned.
    metric
        Whether no detour in `transfer` is shorter.
    unary
        Own cost of a node at each label ``[n, K]``, huge where it may not go.
    paid
        What hub ``k`` pays for node ``i`` ``[n, K]``; brought up to date.
    own
        Which label is the node itself ``[n]``, -1: none. Its hub pays any amount for it.
    messages
        ``[n, n, K]``; changed.
    node
        Least cost of each node with what is paid ``[n]``; written.
    """
    n, many = unary.shape
    total = np.empty(many)
    for turn in range(n):
        i = turn if forward else n - 1 - turn
        for k in range(many):
            total[k] = unary[i, k]
        _collect(i, flow, back, transfer, turned, metric, messages, total)
        least = np.inf
        for k in range(many):
            cost = total[k] + paid[i, k]
            least = cost if cost < least else least
        node[i] = least
        later = n - 1 - turn
        for k in range(many):
            gap = least - total[k]
            paid[i, k] = gap if gap > 0.0 or k == own[i] else 0.0
        if later == 0:
            continue
        part = 1.0 / max(later, turn)
        for k in range(many):
            spare = total[k] + paid[i, k] - least
            if spare > 0.0:
                give = spare * part
                for after in range(turn + 1, n):
                    j = after if forward else n - 1 - after
                    messages[i, j, k] -= give


@fast
def gathered(unary, messages, total):
    """Fill `total` ``[n, K]`` with the own cost of each node and the messages it has."""
    n, many = unary.shape
    for i in range(n):
        for k in range(many):
            total[i, k] = unary[i, k]
        for j in range(n):
            if j != i:
                for k in range(many):
                    total[i, k] += messages[i, j, k]
