"""Which shippers can gain from each other at all, seen from their lanes two by two."""

from __future__ import annotations

import numpy as np

from bundling.hubs.matching.problem import FloatArray, IntArray, MatchingProblem

_ROWS = 256
_SMALL = 1e-9


def interplay_eur(problem: MatchingProblem) -> FloatArray:
    """Score what every two shippers may save, from lanes taken two by two ``[S, S]``.

    For every two lanes of different shippers on a common day the saving of sharing a truck, and of
    driving one after the other, without regard to windows: whichever is more. A shipper's lanes
    each count with their best partner among the other's; the score is the larger of the two sums.
    It orders pairs, and is no bound: 0 means that no two lanes fit, and still trips of several
    lanes may.

    Returns
    -------
    numpy.ndarray
        EUR over all days, symmetric, 0 on the diagonal and for pairs that must stay apart.
    """
    shippers = problem.num_shippers
    score = np.zeros((shippers, shippers))
    lanes = np.flatnonzero((problem.lane_loads > _SMALL) & problem.lane_days.any(axis=1))
    owner = problem.lane_shipper[lanes]
    if not lanes.size:
        return score
    days = problem.lane_days[lanes].astype(np.float64)
    order = np.argsort(owner, kind="stable")
    begins = np.flatnonzero(np.r_[True, np.diff(owner[order]) > 0])
    names = owner[order][begins]
    for at in range(0, lanes.size, _ROWS):
        rows = lanes[at : at + _ROWS]
        best = _two_by_two(problem, rows, lanes) * (days[at : at + _ROWS] @ days.T)
        best[owner[at : at + _ROWS][:, None] == owner] = 0.0
        most = np.maximum.reduceat(best[:, order], begins, axis=1)  # best partner by shipper
        for column, name in enumerate(names.tolist()):
            np.add.at(score[:, name], owner[at : at + _ROWS], most[:, column])
    score = np.maximum(score, score.T)
    score[~problem.may_join()] = 0.0
    return score


def _two_by_two(problem: MatchingProblem, a: IntArray, b: IntArray) -> FloatArray:
    """Save with lanes `a` and `b` on a day: filling, or a loaded return ``[a, b]``."""
    oa, da = problem.lane_origin[a][:, None], problem.lane_destination[a][:, None]
    ob, db = problem.lane_origin[b], problem.lane_destination[b]
    load = problem.lane_loads
    full, rest = np.floor(load + _SMALL), load - np.floor(load + _SMALL)

    def way(start: IntArray, end: IntArray) -> FloatArray:
        """Driving cost from area to area."""
        km, hours = problem.distance_m[start, end] / 1000.0, problem.time_s[start, end] / 3600.0
        eur: FloatArray = problem.eur_per_km * km + problem.eur_per_h * hours
        return eur

    alone = way(oa, da) + way(da, oa) + way(ob, db) + way(db, ob)
    together = np.full(alone.shape, np.inf)
    for first, second in ((oa, ob), (ob, oa)):
        for drop, last in ((da, db), (db, da)):
            ways = way(first, second) + way(second, drop) + way(drop, last) + way(last, first)
            together = np.minimum(together, ways)
    fits = (rest[a][:, None] > _SMALL) & (rest[b] > _SMALL)
    fits &= rest[a][:, None] + rest[b] <= 1.0 + _SMALL
    filling = np.where(fits, problem.fixed_eur + alone - together, 0.0)
    chained = way(oa, da) + way(da, ob) + way(ob, db) + way(db, oa)
    trucks = np.minimum(full[a] + (rest[a] > _SMALL), (full[b] + (rest[b] > _SMALL))[:, None]).T
    shorter = alone - chained > _SMALL
    returns = np.where(shorter, trucks * (problem.fixed_eur + alone - chained), 0.0)
    saving: FloatArray = np.maximum(0.0, np.maximum(filling, returns))
    return saving
