"""Lagrangian relaxation of "every client is served once", by the clients' sorted lists.

With prices ``u_i`` for serving client ``i``, no higher than what it costs to miss it, a site is
worth ``rho_j = f_j + sum_i min(0, c_ij - u_i)``, and the bound is the sum of all prices plus that
of the sites of least worth, as many as must and may be open. Prices move along deflected
subgradients. The value of the best prices is that of the strong linear relaxation.

References
----------
- J. E. Beasley, "Lagrangean heuristics for location problems", European Journal of Operational
  Research 65 (1993) 383-399.
- P. M. Camerini, L. Fratta, F. Maffioli, "On improving relaxation methods by modified gradient
  techniques", Mathematical Programming Study 3 (1975) 26-34.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from bundling.location.kernel import kernel

FREE, OPEN, CLOSED = 0, 1, 2
"""What is decided of a site."""
PATIENCE = 20
"""Iterations without a better bound after which the step is halved."""
LEAST_STEP = 0.004


class _Sites(Protocol):
    """What is said of sites beforehand."""

    @property
    def must_open(self) -> NDArray[np.bool_]: ...

    @property
    def forbidden(self) -> NDArray[np.bool_]: ...


def status_of(problem: _Sites) -> NDArray[np.int64]:
    """Return what is decided of each site before the search ``[J]``."""
    status = np.full(len(problem.must_open), FREE, dtype=np.int64)
    status[problem.must_open] = OPEN
    status[problem.forbidden] = CLOSED
    return status


@kernel
def choose_sites(rho, status, least, most, order, chosen):
    """Choose the sites of least worth: all that are `OPEN`, and free ones while it pays.

    Parameters
    ----------
    rho, status
        Worth, and what is decided ``[J]``.
    least, most
        How many sites must and may be open.
    order
        Room for the free sites by worth ``[J]``.
    chosen
        Written ``[J]``.

    Returns
    -------
    tuple
        Their worth together (infinite when `least` cannot be met), how many free sites there are
        in `order`, and how many of these are chosen.
    """
    total, count, num = 0.0, 0, 0
    for j in range(len(rho)):
        chosen[j] = status[j] == OPEN
        if status[j] == OPEN:
            total += rho[j]
            count += 1
        elif status[j] == FREE:
            order[num] = j
            num += 1
    if count + num < least or count > most:
        return np.inf, num, 0
    ranked = order[:num][np.argsort(rho[order[:num]], kind="mergesort")]
    order[:num] = ranked
    taken = 0
    for k in range(num):
        j = ranked[k]
        if count >= most or (count >= least and rho[j] >= 0.0):
            break
        chosen[j] = True
        total += rho[j]
        count += 1
        taken += 1
    return total, num, taken


@kernel
def worth_of_sites(lists, u, fixed, rho):
    """Write the worth of every site at prices `u`."""
    rho[:] = fixed
    for i in range(len(u)):
        price = u[i]
        for t in range(lists.start[i], lists.start[i + 1]):
            if lists.cost[t] >= price:
                break
            rho[lists.site[t]] += lists.cost[t] - price


@kernel
def fix_sites(rho, status, least, most, order, num, taken, bound, cutoff):
    """Decide sites whose other state would take the bound to `cutoff` or beyond.

    Parameters
    ----------
    rho, status, least, most, order, num, taken
        As `choose_sites` left them.
    bound, cutoff
        The bound at these prices, and the cost that is of no use.

    Returns
    -------
    int
        How many were decided.
    """
    count = taken
    for j in range(len(status)):
        if status[j] == OPEN:
            count += 1
    following = rho[order[taken]] if taken < num else np.inf
    if count > least:
        following = min(0.0, following)
    last = rho[order[taken - 1]] if taken > 0 else -np.inf
    if count < most:
        last = max(0.0, last) if taken > 0 else 0.0
    decided = 0
    for k in range(num):
        j = order[k]
        if k < taken:
            if bound - rho[j] + following >= cutoff:
                status[j] = OPEN
                decided += 1
        elif bound + rho[j] - last >= cutoff:
            status[j] = CLOSED
            decided += 1
    return decided


@kernel
def _served_short(lists, u, missed, chosen, short):
    """Write how often each client is served less than once; return the sum of squares.

    A client whose price is that of being missed may be missed.
    """
    square = 0.0
    for i in range(len(u)):
        price, times = u[i], 0
        for t in range(lists.start[i], lists.start[i + 1]):
            if lists.cost[t] >= price:
                break
            if chosen[lists.site[t]]:
                times += 1
        short[i] = 1.0 - times
        if times == 0 and price >= missed[i]:
            short[i] = 0.0
        square += short[i] * short[i]
    return square


@kernel
def deflect(short, square, direction):
    """Turn the subgradient `short` away from going back; return the square of `direction`."""
    inner, last = 0.0, 0.0
    for i in range(len(short)):
        inner += short[i] * direction[i]
        last += direction[i] * direction[i]
    beta = -1.5 * inner / last if inner < 0.0 and last > 0.0 else 0.0
    for i in range(len(short)):
        direction[i] = short[i] + beta * direction[i]
    return square + 2.0 * beta * inner + beta * beta * last


@kernel
def change_prices(u, prices, missed, short, square, direction, stale, step, rise):
    """Change prices along the deflected subgradient, or go back to the best ones with half a step.

    Parameters
    ----------
    u, prices, missed
        Prices, changed; the best ones; and how high they may be ``[I]``.
    short, square, direction
        Subgradient, the sum of its squares, and the last direction, changed.
    stale, step
        Iterations without a better bound, and the factor of the step.
    rise
        How far the bound is from where it is hoped to come.

    Returns
    -------
    tuple
        `stale` and `step` from now on; no step is left at 0.
    """
    if stale >= PATIENCE:
        u[:] = prices
        direction[:] = 0.0
        return 0, 0.5 * step if 0.5 * step >= LEAST_STEP else 0.0
    square = deflect(short, square, direction)
    if square <= 0.0:
        direction[:] = 0.0
        return stale, step
    move = step * rise / square
    for i in range(len(u)):
        u[i] = min(u[i] + move * direction[i], missed[i])
    return stale, step


@kernel
def ascend(
    lists, missed, fixed, status, least, most, prices, usage, cutoff, target, iterations, step
):
    """Raise the bound by changing prices.

    Parameters
    ----------
    lists, missed, fixed
        `Lists` of the clients, what it costs to miss one ``[I]``, and to open a site ``[J]``.
    status
        What is decided of each site ``[J]``; more is written as the bound allows.
    least, most
        How many sites must and may be open.
    prices
        To begin from; written: those of the best bound ``[I]``.
    usage
        Written: how often each site was chosen, lately more than before ``[J]``.
    cutoff
        Costs of this and more are of no use: once the bound is there, all is proved.
    target
        A guess of the best bound, for the length of steps.
    iterations, step
        At most so many, and the first factor of the step.

    Returns
    -------
    tuple
        The best bound; the sites that its prices choose ``[J]``, and what sites are worth ``[J]``.
    """
    num_sites = len(fixed)
    # Prices above that of missing a client prove nothing, wherever they come from.
    u, rho, best_rho = np.minimum(prices, missed), np.zeros(num_sites), np.zeros(num_sites)
    chosen, best_chosen = np.zeros(num_sites, np.bool_), np.zeros(num_sites, np.bool_)
    order = np.zeros(num_sites, np.int64)
    short, direction = np.zeros(len(u)), np.zeros(len(u))
    best, stale = -np.inf, 0
    for _ in range(iterations):
        worth_of_sites(lists, u, fixed, rho)
        total, num, taken = choose_sites(rho, status, least, most, order, chosen)
        bound = total + u.sum()
        if bound > best:
            if bound > best + 1e-5 * abs(best):
                stale = 0
            best = bound
            prices[:], best_rho[:], best_chosen[:] = u, rho, chosen
            if best >= cutoff:
                break
        stale += 1
        fix_sites(rho, status, least, most, order, num, taken, bound, cutoff)
        for j in range(num_sites):
            usage[j] += 0.1 * ((1.0 if chosen[j] else 0.0) - usage[j])
        square = _served_short(lists, u, missed, chosen, short)
        if square == 0.0:
            break
        rise = max(target - bound, 1e-4 * abs(target))
        stale, step = change_prices(u, prices, missed, short, square, direction, stale, step, rise)
        if step == 0.0:
            break
    return best, best_chosen, best_rho
