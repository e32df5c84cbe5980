"""Whole chargers and connections for one site, given the power it should deliver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.siting.problem import SitingProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LEAST_KW = 1e-6


@dataclass(frozen=True, eq=False)
class Lumps:
    """What stands at a site.

    Attributes
    ----------
    step
        Connection step by year, -1 for none [Y].
    chargers
        Chargers by type and year [C, Y].
    lump_eur
        Yearly cost that does not change with the load: site, connection, chargers [Y].
    """

    step: IntArray
    chargers: IntArray
    lump_eur: FloatArray


def round_site(
    problem: SitingProblem,
    site: int,
    peak_kw: FloatArray,
    fast_kw: FloatArray,
    levels: FloatArray,
    kwh: FloatArray,
) -> Lumps | None:
    """Cheapest lumps that deliver the given power, made from the last year back.

    Parameters
    ----------
    problem, site
        The problem and the site's index.
    peak_kw
        New peak by year [Y].
    fast_kw, levels
        Part of it that needs chargers of at least `levels` kW [L, Y], [L].
    kwh
        Energy a day by year, for the transport price [Y].

    Returns
    -------
    Lumps or None
        None when room or connections do not suffice. The chargers are the cheapest mix of two
        types, and the connection is chosen by year: a good plan, not a proved one.
    """
    years = len(peak_kw)
    need = np.maximum.accumulate(peak_kw)
    fast = np.maximum.accumulate(fast_kw, axis=1)
    limit = np.full(problem.num_chargers, problem.max_chargers[site], dtype=np.int64)
    chargers = np.zeros((problem.num_chargers, years), dtype=np.int64)
    for y in reversed(range(years)):
        if need[y] <= _LEAST_KW:
            break
        mix = cheapest_mix(
            problem, need[y], fast[:, y], levels, limit, int(problem.max_chargers[site])
        )
        if mix is None:
            return None
        chargers[:, y] = limit = mix
    step = _steps(problem, need, peak_kw, kwh)
    if step is None:
        return None
    is_open = step >= 0
    fixed = problem.fixed_eur_per_year[site] + problem.step_fixed_eur_per_year[step]
    paid = np.zeros(years)
    for k in set(step[is_open].tolist()):
        paid[int((step == k).argmax()) :] += problem.step_one_off_eur_per_year[k]
    lump = np.where(is_open, fixed, 0.0) + paid + problem.charger_eur_per_year @ chargers
    return Lumps(step, chargers, lump)


def cheapest_mix(
    problem: SitingProblem,
    need_kw: float,
    fast_kw: FloatArray,
    levels: FloatArray,
    limit: IntArray,
    room: int,
) -> IntArray | None:
    """Cheapest numbers of at most two charger types that deliver `need_kw`, or all of `limit`.

    `fast_kw` [L] is the part that must come from chargers of at least `levels` [L] kW; `limit`
    [C] is the largest number of each type. None when nothing suffices.
    """
    each = problem.utilisation_limit * problem.charger_kw
    price = problem.charger_eur_per_year
    best: IntArray | None = None
    best_price = np.inf
    for a in range(problem.num_chargers):
        for b in range(problem.num_chargers):
            if a == b:
                continue
            n_b = np.arange(min(int(limit[b]), room) + 1)
            short = need_kw - n_b * each[b]
            for level, part in zip(levels, fast_kw, strict=True):
                helps_b = each[b] if problem.charger_kw[b] >= level else 0.0
                left = part - n_b * helps_b
                if problem.charger_kw[a] >= level:
                    short = np.maximum(short, left)
                else:
                    short = np.where(left > _LEAST_KW, np.inf, short)
            n_a = np.ceil(np.maximum(short, 0.0) / each[a] - 1e-9)
            total = np.where(
                (n_a <= limit[a]) & (n_a + n_b <= room), n_a * price[a] + n_b * price[b], np.inf
            )
            i = int(total.argmin())
            if total[i] < best_price:
                best_price = float(total[i])
                best = np.zeros(problem.num_chargers, dtype=np.int64)
                best[a], best[b] = int(n_a[i]), int(n_b[i])
    if best is None and problem.num_chargers == 1:
        number = np.ceil(need_kw / each[0] - 1e-9)
        best = np.array([number], dtype=np.int64) if number <= min(limit[0], room) else None
    if best is None and limit.sum() <= room:
        best = limit.copy()
    return best


def _steps(
    problem: SitingProblem, need: FloatArray, peak_kw: FloatArray, kwh: FloatArray
) -> IntArray | None:
    """Choose the last year's cheapest connection, and before it a smaller one if that pays."""
    years = len(need)
    step = np.full(years, -1, dtype=np.int64)
    weight = problem.year_weights
    later = problem.num_steps - 1
    for y in reversed(range(years)):
        if need[y] <= _LEAST_KW:
            break
        fits = np.flatnonzero(problem.step_max_kw[: later + 1] >= need[y] * (1 - 1e-12))
        if not len(fits):
            return None
        running = weight[y] * (
            problem.step_fixed_eur_per_year[fits]
            + problem.step_eur_per_kw_year[fits] * peak_kw[y]
            + problem.step_transport_eur_per_kwh[fits] * kwh[y] * problem.days_per_year
        )
        # The step of the next year is paid for from now on; a smaller one until the end as well.
        already = (fits == later) & (y < years - 1)
        paid_years = np.where(already, weight[y], weight[y:].sum())
        total = running + paid_years * problem.step_one_off_eur_per_year[fits]
        step[y] = later = int(fits[total.argmin()])
    return step
