"""Single allocation to given hubs, proved: branch and bound on messages.

At each node of the tree messages are passed until they help no more; a hub that costs a node too
much is struck out; then the node with the most flow is allocated to each hub left, the cheapest
first. Capacities count by tolls on the flow of a node (subgradient), and by striking out what does
not fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.hubs.allocate import allocated_cost
from bundling.location.hubs.kernel import fast
from bundling.location.hubs.messages import gathered, sweep
from bundling.location.hubs.strike import strike_full

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@fast
def tighten(flow, back, sent, unary, transfer, turned, metric, room, big, nobody, messages, toll,
            cutoff, hub, allowed, guess):  # fmt: skip
    """Pass messages and strike out labels in `allowed` ``[n, p]`` while that helps.

    Parameters
    ----------
    flow, back, sent, unary, transfer, turned, metric, room, messages, toll
        As in `solve_labels`, with `turned` for `transfer` turned; `messages` and `toll` change.
    big
        Cost of a label struck out.
    nobody
        -1 for each node ``[n]``: no label here is paid for.
    cutoff
        Only cheaper allocations count.
    hub
        Becomes the best allocation, when one below `cutoff` is found ``[n]``.
    allowed
        Labels that a node may take; changed.
    guess
        Becomes the label that looks best ``[n]``.

    Returns
    -------
    tuple
        The cost of the best; whether no better one is left; and a table of the cost of each node
        at each label, others doing what suits them ``[n, p]``.
    """
    n, p = unary.shape
    costs, total, paid = np.empty((n, p)), np.empty((n, p)), np.zeros((n, p))
    node, load = np.empty(n), np.empty(p)
    limited = False
    for k in range(p):
        limited |= np.isfinite(room[k])
    best, last, quiet, step = -np.inf, -np.inf, 0, 0.5
    if not strike_full(sent, room, allowed):
        return cutoff, True, total
    while True:
        for i in range(n):
            for k in range(p):
                costs[i, k] = unary[i, k] + toll[k] * sent[i] if allowed[i, k] else big
        for way in range(2):  # a plain True would be compiled apart from False
            sweep(flow, back, transfer, turned, metric, costs, paid, nobody, messages, node,
                  way == 0)  # fmt: skip
        gathered(costs, messages, total)
        bound = 0.0
        for k in range(p):
            load[k] = 0.0
        for i in range(n):
            # Of a label struck out nothing is left after all is given away but rounding.
            at = -1
            for k in range(p):
                if allowed[i, k] and (at < 0 or total[i, k] < total[i, at]):
                    at = k
            guess[i] = at
            bound += total[i, at]
            load[at] += sent[i]
        fits = True
        for k in range(p):
            if np.isfinite(room[k]):
                bound -= toll[k] * room[k]
                fits &= load[k] <= room[k] * (1 + 1e-9)
        if fits:
            cost = allocated_cost(flow, unary, transfer, guess)
            if cost < cutoff * (1 - 1e-12):
                cutoff = cost
                for i in range(n):
                    hub[i] = guess[i]
        best = max(best, bound)  # tolls may have cost some of what was known already
        if best >= cutoff * (1 - 1e-10):
            return cutoff, True, total
        struck, left = False, False
        for i in range(n):
            for k in range(p):
                if not allowed[i, k] or k == guess[i]:
                    continue
                if bound + total[i, k] - total[i, guess[i]] >= cutoff:
                    allowed[i, k] = False
                    struck = True
                else:
                    left = True
        if not left:  # one allocation is left: it has been priced above, or does not fit
            return cutoff, True, total
        if struck and not strike_full(sent, room, allowed):
            return cutoff, True, total
        quiet = quiet + 1 if best - last < 0.03 * (cutoff - best) else 0
        last = best
        if limited and quiet < 4:
            norm = 0.0
            for k in range(p):
                if np.isfinite(room[k]) and (load[k] > room[k] or toll[k] > 0):
                    norm += (load[k] - room[k]) ** 2
            if norm > 0:
                length = step * (cutoff - bound) / norm
                for k in range(p):
                    if np.isfinite(room[k]):
                        toll[k] = max(0.0, toll[k] + length * (load[k] - room[k]))
                step *= 0.9
        if quiet >= (4 if limited else 1):
            return cutoff, False, total


@dataclass
class _Node:
    """Labels that nodes may take, the node to allocate, and the labels that are still to try."""

    allowed: BoolArray
    pick: int
    labels: list[int]


def solve_labels(
    flow: FloatArray, back: FloatArray, sent: FloatArray, traffic: FloatArray, unary: FloatArray,
    transfer: FloatArray, metric: bool, room: FloatArray, own: IntArray, messages: FloatArray,
    toll: FloatArray, cutoff: float, hub: IntArray, stop: BoolArray,
) -> tuple[float, bool, int]:  # fmt: skip
    """Find the cheapest allocation below `cutoff`.

    Parameters
    ----------
    flow, back
        ``[n, n]``, and turned.
    sent, traffic
        Flow that a node sends; sends and receives ``[n]``.
    unary
        Own cost of each node at each hub ``[n, p]``.
    transfer
        Between the hubs ``[p, p]``.
    metric
        Whether no detour in `transfer` is shorter.
    room
        Capacities ``[p]``.
    own
        Node of each hub ``[p]``.
    messages
        To begin with ``[n, n, p]``; changed.
    toll
        Of a unit of flow at each hub, to begin with ``[p]``; changed.
    cutoff
        Only cheaper ones count.
    hub
        The best allocation, as indices of hubs ``[n]``; written when there is one.
    stop
        Gives up when ``stop[0]`` is set.

    Returns
    -------
    tuple
        Cost of the best (`cutoff` when there is none), whether all was searched, and the number of
        nodes.
    """
    n, p = unary.shape
    turned = np.ascontiguousarray(transfer.T)
    # What a label struck out costs: more than any allocation, but no more than that. Its cost goes
    # round with the messages, and with 1e30 nothing would be left of the others but rounding.
    big = 2.0 * float(flow.sum() * transfer.max() + unary.max(axis=1).sum())
    nobody, guess = np.full(n, -1, dtype=np.int64), np.zeros(n, dtype=np.int64)
    allowed = np.ones((n, p), dtype=np.bool_)
    allowed[own] = np.eye(p, dtype=np.bool_)
    nodes = 0
    waiting: list[_Node] = []
    while not stop[0]:
        nodes += 1
        cutoff, settled, total = tighten(
            flow, back, sent, unary, transfer, turned, metric, room, big, nobody, messages, toll,
            cutoff, hub, allowed, guess,
        )  # fmt: skip
        if not settled:
            pick = int(np.where(allowed.sum(axis=1) > 1, traffic, -1.0).argmax())
            labels = [int(k) for k in np.argsort(-total[pick], kind="stable") if allowed[pick, k]]
            waiting.append(_Node(allowed, pick, labels))
        while waiting and not waiting[-1].labels:
            waiting.pop()
        if not waiting:
            return cutoff, True, nodes
        last = waiting[-1]
        allowed = last.allowed.copy()
        allowed[last.pick] = False
        allowed[last.pick, last.labels.pop()] = True
    return cutoff, False, nodes
