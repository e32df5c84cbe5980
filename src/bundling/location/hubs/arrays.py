"""A hub location problem as the kernels want it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.location.hubs.problem import HubLocationProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Arrays:
    """Flows and costs of a unit on each leg.

    Attributes
    ----------
    flow, back
        ``[N, N]``, and turned.
    sent, traffic
        Flow that leaves a node; that leaves and comes ``[N]``.
    collect, transfer, distribute
        Cost of a unit from node to hub, hub to hub, hub to node ``[N, N]``.
    unary
        Collection and distribution of all flow of a node at a hub ``[N, N]``.
    fixed, capacity
        Of each hub ``[N]``.
    metric
        Whether no detour over a third hub makes a transfer cheaper.
    """

    flow: FloatArray
    back: FloatArray
    sent: FloatArray
    traffic: FloatArray
    collect: FloatArray
    transfer: FloatArray
    distribute: FloatArray
    unary: FloatArray
    fixed: FloatArray
    capacity: FloatArray
    metric: bool

    @property
    def ceiling(self) -> float:
        """More than any plan costs."""
        ways = float(self.flow.sum()) * float(self.transfer.max())
        return 1.001 * (ways + float(self.unary.max(axis=1).sum() + self.fixed.sum())) + 1.0


def arrays_of(problem: HubLocationProblem) -> Arrays:
    """Return the arrays of a problem."""
    distance = problem.distance
    collect = problem.chi * distance
    distribute = problem.delta * distance
    unary = collect * problem.sent[:, None] + distribute.T * problem.received[:, None]
    return Arrays(
        flow=np.array(problem.flow),
        back=np.ascontiguousarray(problem.flow.T),
        sent=problem.sent,
        traffic=problem.sent + problem.received,
        collect=collect,
        transfer=problem.alpha * distance,
        distribute=distribute,
        unary=np.ascontiguousarray(unary),
        fixed=np.array(problem.fixed_cost),
        capacity=np.array(problem.capacity),
        metric=_metric(problem.alpha * distance),
    )


def status_of(problem: HubLocationProblem) -> IntArray:
    """Return 1 where a hub must be open, -1 where it cannot be, 0 elsewhere ``[N]``.

    With single allocation a hub serves itself, so a node that sends more than fits is none.
    """
    closed = problem.forbidden
    if problem.single and problem.has_capacity:
        closed = closed | (problem.sent > problem.capacity * (1 + 1e-9))
    status = np.where(closed, -1, np.where(problem.must_open, 1, 0))
    return status.astype(np.int64)


def rooms(data: Arrays) -> tuple[FloatArray, float]:
    """Return the capacity of each hub ``[N]`` and what hubs must have together; zeros: no matter.

    Only when each hub has one, since else any set may do.
    """
    if not np.isfinite(data.capacity).all():
        return np.zeros(len(data.sent)), 0.0
    return data.capacity, float(data.sent.sum()) * (1 - 1e-9)


def _metric(transfer: FloatArray) -> bool:
    """Tell whether ``transfer[k, m] <= transfer[k, q] + transfer[q, m]`` for all hubs.

    To the last bit but rounding: what is passed over on its account is less than that.
    """
    slack = 1e-12 * float(transfer.max(initial=0.0))
    return all(
        bool((transfer <= transfer[:, q, None] + transfer[None, q, :] + slack).all())
        for q in range(len(transfer))
    )
