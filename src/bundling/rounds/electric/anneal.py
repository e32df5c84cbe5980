"""The search: ruin, recreate, and accept as simulated annealing does; or fewer routes first.

With `fewer` the routes are one short, some stops are absent, and a solution is better when the
stops it leaves out have been left out less often so far ("sum of absences", Christiaens and Vanden
Berghe 2020): stops that are hard to place get in, and easy ones wait.

Where few vehicles come first, good solutions lie apart from each other: on the way from one to the
next a stop may be left out at a price, which rises while too few solutions are whole (penalties
that adapt are an idea of Vidal, Crainic, Gendreau, Lahrichi and Rei, "A hybrid genetic algorithm
for multidepot and periodic vehicle routing problems", Operations Research 60, 2012).
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from bundling.rounds.electric.arrays import PRIZE
from bundling.rounds.electric.kernel import kernel
from bundling.rounds.electric.random import uniform
from bundling.rounds.electric.recreate import recreate, sort_absent
from bundling.rounds.electric.routes import (
    CUT,
    copy_route,
    refresh,
    same_route,
    total_eur,
    total_fixed,
    update,
)
from bundling.rounds.electric.ruin import ruin

WHOLE = 0.5
"""Part of the accepted solutions that are to leave nothing out, where that has a price."""
DEARER, CHEAPER = 1.1, 0.95
"""What the price is multiplied by when fewer do, and when more do."""


@kernel
def write_routes(state, routes):
    """Write the sequences into `routes` ``[R, 2 + n]``: fleet entry, number of stops, stops."""
    for r in range(len(state.size)):
        routes[r, 0], routes[r, 1] = state.entry[r], state.size[r]
        c, at = state.first[r], 2
        while c >= 0:
            routes[r, at] = c
            at += 1
            c = state.nxt[c]


@kernel
def read_routes(data, state, work, routes):
    """Make `state` hold the sequences of `routes`; return whether all can be driven."""
    fine = True
    for v in range(len(state.used)):
        state.used[v] = 0
    for c in range(len(state.route)):
        state.route[c] = -1
    for r in range(len(state.size)):
        state.entry[r], state.size[r] = routes[r, 0], routes[r, 1]
        state.first[r], state.last[r], state.eur[r] = -1, -1, 0.0
        state.stale[r, 0], state.stale[r, 1] = 0, -1
        if state.size[r] == 0:
            continue
        state.used[state.entry[r]] += 1
        before = -1
        for at in range(2, 2 + state.size[r]):
            c = routes[r, at]
            state.prv[c], state.nxt[c], state.route[c] = before, -1, r
            if before < 0:
                state.first[r] = c
            else:
                state.nxt[before] = c
            before = c
        state.last[r] = before
        fine = refresh(data, state, work, r) and fine
    return fine


@kernel
def _note(state, touched, num_touched, pool, pool_eur, pooled):
    """Write the touched routes into the ring `pool`; `pooled[0]` counts them."""
    for t in range(num_touched):
        r = touched[t]
        if state.size[r] == 0:
            continue
        row = pooled[0] % pool.shape[0]
        pool[row, 0], pool[row, 1] = state.entry[r], state.size[r]
        pool_eur[row] = state.eur[r]
        c, at = state.first[r], 2
        while c >= 0:
            pool[row, at] = c
            at += 1
            c = state.nxt[c]
        pooled[0] += 1


@njit(cache=True, nogil=True)
def anneal(
    data, current, trial, work, iterations, hot, cold, average, fewer, absences, penalty, best,
    best_eur, pool, pool_eur, pooled, rng,
):  # fmt: skip
    """Run `iterations` of ruin and recreate.

    Parameters
    ----------
    data, work
        The problem, and room for labels.
    current, trial
        The solution to go on from, and a copy of it.
    hot, cold
        Temperatures at the start and the end, in money.
    average
        Stops removed on average.
    fewer
        Look for a solution without absent stops, no new routes; stop at the first.
    absences
        How often each stop was left out ``[n]``.
    penalty
        Price of a stop that must be served and is not, adapted here; infinite where solutions that
        leave one out are of no use. And its limit ``[2]``.
    best, best_eur
        Written: routes and cost ``[1]`` of the best solution that serves all who must be served.
    pool, pool_eur, pooled
        Written: routes of improved solutions, see `_note`.
    rng
        Random numbers.

    Returns
    -------
    int
        Iterations done.
    """
    n, num_routes = len(current.nxt), len(current.size)
    room = np.empty((max(16, n + num_routes), 4))
    key = np.empty(n)
    absent = np.empty(n, dtype=np.int64)
    missing = np.empty(n, dtype=np.int64)
    touched = np.empty(num_routes, dtype=np.int64)
    num_missing = 0
    for c in range(n):
        if current.route[c] < 0:
            missing[num_missing] = c
            num_missing += 1
    now = total_eur(data, current)
    whole, taken = 0, 0
    cooling = (cold / hot) ** (1.0 / max(1, iterations))
    heat = hot
    for iteration in range(iterations):
        heat *= cooling
        absent[:num_missing] = missing[:num_missing]
        num, num_touched = ruin(data, trial, absent, num_missing, touched, 0, average, rng)
        for t in range(num_touched):
            r = touched[t]
            update(data, trial, work, r, CUT)
            if trial.size[r] == 0:
                trial.used[trial.entry[r]] -= 1
        sort_absent(data, absent, num, key, rng)
        left, num_touched = recreate(
            data,
            trial,
            work,
            room,
            absent,
            num,
            touched,
            num_touched,
            -1.0 if fewer else penalty[0],
            rng,
        )
        eur = total_eur(data, trial)
        short, short_now, pain, pain_now = 0, 0, 0.0, 0.0
        for m in range(left):
            if data.stop[absent[m], PRIZE] == np.inf:
                short += 1
                pain += absences[absent[m]]
        for m in range(num_missing):
            if data.stop[missing[m], PRIZE] == np.inf:
                short_now += 1
                pain_now += absences[missing[m]]
        tolerance = -heat * math.log(max(1e-300, uniform(rng)))
        if fewer:
            accept = pain < pain_now or (pain <= pain_now and eur < now + tolerance)
            for m in range(left):
                absences[absent[m]] += 1.0
        else:
            more = penalty[0] * (short - short_now) if short != short_now else 0.0
            accept = eur + more < now + tolerance
            if accept and short > 0 and total_fixed(data, trial) < total_fixed(data, current):
                accept = False  # to leave out a vehicle is another search
        if accept and short == 0 and (eur < best_eur[0] - 1e-9 or fewer):
            # Labels dropped for want of room depend on the way here: a best one starts afresh.
            for r in range(num_routes):
                refresh(data, trial, work, r)
            eur = total_eur(data, trial)
            accept = eur < np.inf
            num_touched = 0
            for r in range(num_routes):
                if trial.size[r] > 0 or current.size[r] > 0:
                    touched[num_touched] = r
                    num_touched += 1
        if accept:
            for t in range(num_touched):
                r = touched[t]
                if trial.size[r] > 0 and same_route(trial, current, r):
                    copy_route(current, trial, r)  # its labels are there already
                    continue
                copy_route(trial, current, r)
            for m in range(left):
                current.route[absent[m]] = -1
            if eur < now - 1e-9:
                _note(trial, touched, num_touched, pool, pool_eur, pooled)
            now = eur
            whole += short == 0
            taken += 1
            num_missing = left
            missing[:left] = absent[:left]
            if short == 0 and (eur < best_eur[0] - 1e-9 or fewer):
                best_eur[0] = eur
                write_routes(current, best)
                if fewer:
                    return iteration + 1
        else:
            for t in range(num_touched):
                copy_route(current, trial, touched[t])
            for m in range(num_missing):
                trial.route[missing[m]] = -1
    if not fewer and taken > 0 and penalty[0] < np.inf:
        factor = DEARER if whole < WHOLE * taken else CHEAPER
        penalty[0] = min(penalty[1], max(2.0 * hot, penalty[0] * factor))
    return iterations


@kernel
def drop_route(state, absences):
    """Empty the route whose stops were absent least often, so that fewer are left."""
    worst, least = -1, np.inf
    for r in range(len(state.size)):
        if state.size[r] == 0:
            continue
        pain = 0.0
        c = state.first[r]
        while c >= 0:
            pain += absences[c]
            c = state.nxt[c]
        if pain < least:
            worst, least = r, pain
    c = state.first[worst]
    while c >= 0:
        following = state.nxt[c]
        state.route[c] = -1
        c = following
    state.used[state.entry[worst]] -= 1
    state.size[worst], state.first[worst], state.last[worst] = 0, -1, -1
    state.eur[worst] = 0.0
    state.stale[worst, 0], state.stale[worst, 1] = 0, -1


@njit(cache=True, nogil=True)
def fill(data, state, work, rng):
    """Build a first solution: insert all stops, opening routes where that is needed or cheaper."""
    n, num_routes = len(state.nxt), len(state.size)
    room = np.empty((max(16, n + num_routes), 4))
    key = np.empty(n)
    touched = np.empty(num_routes, dtype=np.int64)
    absent = np.arange(n)
    sort_absent(data, absent, n, key, rng)
    left, _ = recreate(data, state, work, room, absent, n, touched, 0, np.inf, rng)
    return left
