"""Lagrangian relaxation of "every client is served once" where sites have a capacity.

A site is worth its fixed cost less what the clients it would take bring, as in `relax`, but takes
them in the order of what they bring per unit of demand, the last one in part, until it is full. The
value of the best prices is that of the linear relaxation with ``x_ij <= y_j``, and better where the
number of sites that the demand needs is no whole number.

References
----------
- J. E. Beasley, "Lagrangean heuristics for location problems", European Journal of Operational
  Research 65 (1993) 383-399.
"""

from __future__ import annotations

import numpy as np

from bundling.location.kernel import kernel
from bundling.location.sites.relax import (
    CLOSED,
    change_prices,
    choose_sites,
    fix_sites,
)


@kernel
def _fill(cost, demand, capacity, u, taken, ratio, members):
    """Fill one site with the clients that bring most; return what they bring, at most 0.

    `taken` is written: the share of each client ``[I]``.
    """
    num, asked = 0, 0.0
    for i in range(len(u)):
        taken[i] = 0.0
        if cost[i] < u[i]:
            members[num] = i
            ratio[num] = (cost[i] - u[i]) / max(demand[i], 1e-12)
            num += 1
            asked += demand[i]
    worth = 0.0
    if asked <= capacity:
        for k in range(num):
            i = members[k]
            taken[i] = 1.0
            worth += cost[i] - u[i]
        return worth
    left = capacity
    for k in np.argsort(ratio[:num]):
        i = members[k]
        share = 1.0 if demand[i] <= left else left / demand[i]
        taken[i] = share
        worth += share * (cost[i] - u[i])
        left -= share * demand[i]
        if left <= 0.0:
            break
    return worth


@kernel
def ascend_capacitated(
    cost, demand, capacity, fixed, status, least, most, prices, usage, cutoff, target, iterations,
    step,
):  # fmt: skip
    """Raise the bound by changing prices; as `relax.ascend`.

    Parameters
    ----------
    cost, demand, capacity
        Costs by site and client ``[J, I]``, demand ``[I]``, capacity ``[J]``.
    fixed, status, least, most, prices, usage, cutoff, target, iterations, step
        As there; `least` may be what the capacities ask for.

    Returns
    -------
    tuple
        The best bound; the sites that its prices choose ``[J]``, and what sites are worth ``[J]``.
    """
    num_sites, num = cost.shape
    u, rho, best_rho = prices.copy(), np.zeros(num_sites), np.zeros(num_sites)
    chosen, best_chosen = np.zeros(num_sites, np.bool_), np.zeros(num_sites, np.bool_)
    order, members = np.zeros(num_sites, np.int64), np.zeros(num, np.int64)
    short, direction, ratio = np.zeros(num), np.zeros(num), np.zeros(num)
    taken, missed = np.zeros((num_sites, num)), np.full(num, np.inf)
    best, stale = -np.inf, 0
    for _ in range(iterations):
        for j in range(num_sites):
            if status[j] != CLOSED:
                rho[j] = fixed[j] + _fill(cost[j], demand, capacity[j], u, taken[j], ratio, members)
        total, num_free, count = choose_sites(rho, status, least, most, order, chosen)
        bound = total + u.sum()
        if bound > best:
            if bound > best + 1e-5 * abs(best):
                stale = 0
            best = bound
            prices[:], best_rho[:], best_chosen[:] = u, rho, chosen
            if best >= cutoff:
                break
        stale += 1
        fix_sites(rho, status, least, most, order, num_free, count, bound, cutoff)
        for j in range(num_sites):
            usage[j] += 0.1 * ((1.0 if chosen[j] else 0.0) - usage[j])
        short[:] = 1.0
        for j in range(num_sites):
            if chosen[j]:
                for i in range(num):
                    short[i] -= taken[j, i]
        square = 0.0
        for i in range(num):
            square += short[i] * short[i]
        if square < 1e-12:
            break
        rise = max(target - bound, 1e-4 * abs(target))
        stale, step = change_prices(u, prices, missed, short, square, direction, stale, step, rise)
        if step == 0.0:
            break
    return best, best_chosen, best_rho
