"""Whole chargers and connections for one site, given the power it should deliver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.siting.problem import SitingProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_LEAST_KW = 1e-3


@dataclass(frozen=True)
class Level:
    """Demand that needs chargers of a carrier and at least some power."""

    carrier: int
    min_kw: float


@dataclass(frozen=True, eq=False)
class Asked:
    """What a site should deliver.

    Attributes
    ----------
    contract_kw
        Power to contract under each step; ``inf`` where the step cannot give it [K, Y].
    charge_kw
        Power of chargers for each level [L, Y]; levels of a carrier are nested.
    """

    contract_kw: FloatArray
    charge_kw: FloatArray


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


def levels_of(problem: SitingProblem, carrier: IntArray, min_kw: FloatArray) -> list[Level]:
    """Return the levels of demand groups: of each carrier all of it, and what must be fast."""
    of_charger = np.zeros(problem.num_chargers, dtype=np.int64)
    if problem.carriers is not None:
        of_charger = problem.carriers.charger
    found = []
    for z in np.unique(np.append(carrier, 0)):
        slowest = problem.charger_kw[of_charger == z].min(initial=np.inf)
        powers = np.unique(min_kw[carrier == z])
        found += [
            Level(int(z), 0.0),
            *(Level(int(z), float(kw)) for kw in powers[powers > slowest]),
        ]
    return found


def round_site(
    problem: SitingProblem, site: int, asked: Asked, levels: list[Level], kwh: FloatArray
) -> Lumps | None:
    """Cheapest lumps that deliver the given power, made from the last year back.

    Parameters
    ----------
    problem, site
        The problem and the site's index.
    asked, levels
        What it should deliver.
    kwh
        Electricity a day by year, for the transport price [Y].

    Returns
    -------
    Lumps or None
        None when room or connections do not suffice. The chargers are the cheapest mix of two
        types of a carrier, and the connection is chosen by year: a good plan, not a proved one.
    """
    years = kwh.size
    charge = np.maximum.accumulate(asked.charge_kw, axis=1)
    limit = np.full(problem.num_chargers, problem.max_chargers[site], dtype=np.int64)
    chargers = np.zeros((problem.num_chargers, years), dtype=np.int64)
    least = 1 if problem.carriers is None else int(problem.carriers.site_min[site])
    for y in reversed(range(years)):
        if charge[:, y].max(initial=0.0) <= _LEAST_KW:
            break
        mix = _all_carriers(problem, charge[:, y], levels, limit, int(problem.max_chargers[site]))
        mix = None if mix is None else _enough_carriers(problem, mix, limit, site, least)
        if mix is None:
            return None
        chargers[:, y] = limit = mix
    stands: NDArray[np.bool_] = np.any(chargers, axis=0)
    step = _steps(problem, asked.contract_kw, stands, kwh)
    if step is None:
        return None
    is_open = step >= 0
    fixed = problem.fixed_eur_per_year[site] + problem.step_fixed_eur_per_year[step]
    paid = np.zeros(years)
    size = problem.step_size[step]
    for z in set(size[is_open].tolist()):
        once = problem.step_one_off_eur_per_year[int(np.searchsorted(problem.step_size, z))]
        paid[int(((size == z) & is_open).argmax()) :] += once
    lump = np.where(is_open, fixed, 0.0) + paid + problem.charger_eur_per_year @ chargers
    return Lumps(step, chargers, lump)


def _all_carriers(
    problem: SitingProblem, charge_kw: FloatArray, levels: list[Level], limit: IntArray, room: int
) -> IntArray | None:
    """Cheapest mix carrier by carrier; what one takes is no longer room for the next."""
    of_charger = np.zeros(problem.num_chargers, dtype=np.int64)
    if problem.carriers is not None:
        of_charger = problem.carriers.charger
    total = np.zeros(problem.num_chargers, dtype=np.int64)
    for carrier in sorted({level.carrier for level in levels}):
        mine = [i for i, level in enumerate(levels) if level.carrier == carrier]
        need = float(charge_kw[mine[0]])
        if charge_kw[mine].max() <= _LEAST_KW:
            continue
        mix = cheapest_mix(
            problem,
            need,
            charge_kw[mine[1:]],
            np.array([levels[i].min_kw for i in mine[1:]]),
            np.where(of_charger == carrier, limit, 0),
            room - int(total.sum()),
        )
        if mix is None:
            return None
        total += mix
    return total


def _enough_carriers(
    problem: SitingProblem, mix: IntArray, limit: IntArray, site: int, least: int
) -> IntArray | None:
    """Add the cheapest dispensers of other carriers until a hub sells as many as it must."""
    if problem.carriers is None or least <= 1:
        return mix
    mix = mix.copy()
    sold = set(problem.carriers.charger[mix > 0].tolist())
    if problem.existing_kw[site] > 0:
        sold.add(0)
    for c in np.argsort(problem.charger_eur_per_year, kind="stable"):
        carrier = int(problem.carriers.charger[c])
        if len(sold) < least and carrier not in sold and limit[c] > 0:
            mix[c] = 1
            sold.add(carrier)
    return mix if len(sold) >= least and mix.sum() <= problem.max_chargers[site] else None


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
            n_b = np.arange(max(0, min(int(limit[b]), room)) + 1)
            short = need_kw - n_b * each[b]
            for level, part in zip(levels, fast_kw, strict=True):
                helps_b = each[b] if problem.charger_kw[b] >= level else 0.0
                left = part - n_b * helps_b
                if problem.charger_kw[a] >= level:
                    short = np.maximum(short, left)
                else:
                    short = np.where(left > _LEAST_KW, np.inf, short)
            n_a = np.ceil(np.maximum(short, 0.0) / each[a] - 1e-9)
            fits = (n_a <= limit[a]) & (n_a + n_b <= room)
            number = np.where(fits, n_a, 0.0)
            total = np.where(fits, number * price[a] + n_b * price[b], np.inf)
            i = int(total.argmin())
            if total[i] < best_price:
                best_price = float(total[i])
                best = np.zeros(problem.num_chargers, dtype=np.int64)
                best[a], best[b] = int(n_a[i]), int(n_b[i])
    if best is None and problem.num_chargers == 1:
        few = np.ceil(need_kw / each[0] - 1e-9)
        best = np.array([few], dtype=np.int64) if few <= min(limit[0], room) else None
    if best is None and limit.sum() <= room:
        best = limit.copy()
    return best


def _steps(
    problem: SitingProblem, contract_kw: FloatArray, stands: NDArray[np.bool_], kwh: FloatArray
) -> IntArray | None:
    """Choose the last year's cheapest step, and before it a smaller connection if that pays."""
    years = kwh.size
    step = np.full(years, -1, dtype=np.int64)
    weight, size = problem.year_weights, problem.step_size
    need = np.maximum.accumulate(contract_kw, axis=1)
    later = problem.num_steps - 1
    for y in reversed(range(years)):
        if not stands[y]:
            break
        open_size = size <= size[later]
        fits = np.flatnonzero(open_size & (problem.step_max_kw >= need[:, y] * (1 - 1e-12)))
        if not len(fits):
            return None
        running = weight[y] * (
            problem.step_fixed_eur_per_year[fits]
            + problem.step_eur_per_kw_year[fits] * contract_kw[fits, y]
            + problem.step_transport_eur_per_kwh[fits] * kwh[y] * problem.days_per_year
        )
        # The connection of the next year is paid for from now on; a smaller one to the end too.
        already = (size[fits] == size[later]) & (y < years - 1)
        paid_years = np.where(already, weight[y], weight[y:].sum())
        total = running + paid_years * problem.step_one_off_eur_per_year[fits]
        step[y] = later = int(fits[total.argmin()])
    return step
