"""The siting model as arrays for HiGHS; the readable text is `bundling.models.siting`.

Blocks of columns (thousand EUR, kW, kWh): ``share`` of a demand point served at a site,
``unserved`` share, ``load`` (kWh of a site and group), ``step`` (0/1, the connection in force),
``bought``, ``chargers`` (integer), ``peak`` (kW paid for, by step), ``moved`` (kWh transported,
by step, and at the price of existing connections), ``new`` (kW above existing chargers by hour,
only at sites that have some and feed from a limited node). "Open" is the sum of the steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.mip import LinearModel
from bundling.siting.power_rows import add_power_rows
from bundling.siting.problem import HOURS, SitingProblem
from bundling.siting.reduce import Reduced, reduce
from bundling.siting.solution import SitingSolution

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DUST = 1e-9
EUR_PER_UNIT = 1000.0
"""Money in the model is thousand EUR: HiGHS' tolerances are absolute."""


@dataclass(frozen=True, eq=False)
class Built:
    """A model and where its columns stand.

    Attributes
    ----------
    model, reduced
        The model, and the reduced problem it states.
    build
        Sites that may build, and their place in the blocks [B].
    share, unserved, load, step, bought, chargers, peak, moved
        Positions of the columns: [Q, Y], [M, Y], [L, Y], [B, K, Y] x 2, [B, C, Y], [B, K, Y],
        [B, K, Y].
    """

    model: LinearModel
    reduced: Reduced
    build: IntArray
    share: IntArray
    unserved: IntArray
    load: IntArray
    step: IntArray
    bought: IntArray
    chargers: IntArray
    peak: IntArray
    moved: IntArray


def build(problem: SitingProblem) -> Built:
    """State the model."""
    small = reduce(problem)
    model = LinearModel()
    years = problem.num_years
    weight = problem.year_weights / EUR_PER_UNIT
    daily = weight * problem.days_per_year
    sites = np.flatnonzero(problem.buildable & (small.power_kw.max(axis=1, initial=0.0) > 0))
    power = np.maximum.accumulate(small.power_kw[sites], axis=1)
    count = len(sites)

    energy_price = small.group_profile @ problem.price_eur_per_kwh
    kwh = small.kwh[small.pair_demand]
    price = energy_price[small.group[small.pair_demand]]
    price = price + problem.pair_eur_per_kwh[small.pair_first]
    share = model.add_columns(
        "share", kwh.shape, upper=1.0, cost=price[:, None] * kwh * daily[None, :]
    )
    unserved = model.add_columns(
        "unserved",
        small.kwh.shape,
        upper=1.0,
        cost=problem.unserved_eur_per_kwh * small.kwh * daily[None, :],
    )
    load = model.add_columns("load", (len(small.load_sites), years))

    useful = _useful_steps(problem, power)
    shape = (count, problem.num_steps, years)
    fixed = problem.step_fixed_eur_per_year[None, :] + problem.fixed_eur_per_year[sites, None]
    one_off = np.broadcast_to(problem.step_one_off_eur_per_year[None, :, None], shape)
    step = model.add_columns(
        "step", shape, upper=useful[:, :, None], cost=fixed[:, :, None] * weight, integer=True
    )
    bought = model.add_columns("bought", shape, upper=1.0, cost=one_off * weight)
    most = _most_chargers(problem, sites, power)
    chargers = model.add_columns(
        "chargers",
        most.shape,
        upper=most,
        cost=problem.charger_eur_per_year[None, :, None] * weight,
        integer=True,
    )
    peak = model.add_columns(
        "peak", shape, cost=problem.step_eur_per_kw_year[None, :, None] * weight
    )
    moved = model.add_columns(
        "moved", shape, cost=problem.step_transport_eur_per_kwh[None, :, None] * daily
    )
    built = Built(
        model, small, sites, share, unserved, load, step, bought, chargers, peak, moved
    )
    _demand_rows(built)
    _load_rows(built)
    _site_rows(problem, built, power, most)
    _transport_rows(problem, built, power, daily)
    _year_rows(built)
    add_power_rows(problem, built)
    return built


def _useful_steps(problem: SitingProblem, power: FloatArray) -> NDArray[np.bool_]:
    """Steps a site may want [B, K]: not one that is dearer in every way than all that suffice.

    Judged by the power of the last year: a step that is too large for this year alone may be
    bought at once to save a second purchase later.
    """
    prices = np.column_stack(
        [
            problem.step_one_off_eur_per_year,
            problem.step_fixed_eur_per_year,
            problem.step_eur_per_kw_year,
            problem.step_transport_eur_per_kwh,
        ]
    )
    useful = np.ones((len(power), problem.num_steps), dtype=bool)
    for site, need in enumerate(power[:, -1]):
        enough = int(np.searchsorted(problem.step_max_kw, need))
        for k in range(enough + 1, problem.num_steps):
            useful[site, k] = bool((prices[enough:k] > prices[k]).any())
    return useful


def _most_chargers(
    problem: SitingProblem, sites: IntArray, power: FloatArray
) -> FloatArray:
    """Chargers of one type that can be of use: enough for all the site's power, and the room."""
    delivered = problem.utilisation_limit * problem.charger_kw
    # A hair below the whole number, lest rounding asks for one charger too many.
    enough = np.ceil(power[:, None, :] / delivered[None, :, None] - 1e-9)
    return np.minimum(enough, problem.max_chargers[sites][:, None, None].astype(np.float64))


def _demand_rows(built: Built) -> None:
    """Served and unserved shares of each demand point sum to 1."""
    rows = np.arange(built.unserved.size).reshape(built.unserved.shape)
    built.model.add_rows(
        "demand",
        built.unserved.shape,
        (rows, built.unserved, 1.0),
        (rows[built.reduced.pair_demand], built.share, 1.0),
        lower=1.0,
        upper=1.0,
    )


def _load_rows(built: Built) -> None:
    """Energy of a site and group is the sum of what its demand points are served there."""
    small = built.reduced
    rows = np.arange(built.load.size).reshape(built.load.shape)
    built.model.add_rows(
        "load",
        built.load.shape,
        (rows, built.load, 1.0),
        (rows[small.pair_load], built.share, -small.kwh[small.pair_demand]),
        lower=0.0,
        upper=0.0,
    )


def _site_rows(
    problem: SitingProblem, built: Built, power: FloatArray, most: FloatArray
) -> None:
    """One step at a time; chargers only at open sites and within room; peak within both."""
    model, small, sites = built.model, built.reduced, built.build
    count, years = len(sites), problem.num_years
    at = np.arange(count * years).reshape(count, years)
    steps = (at[:, None, :], built.step)
    model.add_rows("one step", (count, years), (*steps, 1.0), upper=1.0)
    room = problem.max_chargers[sites].astype(np.float64)
    model.add_rows(
        "room for chargers",
        (count, years),
        (at[:, None, :], built.chargers, 1.0),
        (*steps, -room[:, None, None]),
        upper=0.0,
    )
    types = built.chargers.shape[1]
    each = np.arange(built.chargers.size).reshape(built.chargers.shape)
    model.add_rows(
        "chargers need a connection",
        built.chargers.shape,
        (each, built.chargers, 1.0),
        (
            np.repeat(each[:, :, None, :], problem.num_steps, axis=2),
            np.repeat(built.step[:, None], types, axis=1),
            -most[:, :, None, :],
        ),
        upper=0.0,
    )
    limit = np.minimum(problem.step_max_kw[None, :, None], power[:, None, :])
    each = np.arange(built.peak.size).reshape(built.peak.shape)
    model.add_rows(
        "connection power",
        built.peak.shape,
        (each, built.peak, 1.0),
        (each, built.step, -limit),
        upper=0.0,
    )
    delivered = problem.utilisation_limit * problem.charger_kw
    model.add_rows(
        "charger power",
        (count, years),
        (at[:, None, :], built.peak, 1.0),
        (at[:, None, :], built.chargers, -delivered[None, :, None]),
        upper=0.0,
    )
    # Strong linking, where nothing is there yet: nobody is served at a site that is not open.
    place = np.full(problem.num_sites, -1)
    place[sites] = np.arange(count)
    pairs = np.flatnonzero((place[small.pair_site] >= 0) & (problem.existing_kw[small.pair_site] == 0))
    link = np.arange(len(pairs) * years).reshape(len(pairs), years)
    model.add_rows(
        "served only at open sites",
        link.shape,
        (link, built.share[pairs], 1.0),
        (link[:, None, :], built.step[place[small.pair_site[pairs]]], -1.0),
        upper=0.0,
    )
    # And nobody who needs a fast charger where there is none.
    needs = small.group_min_kw[small.group[small.pair_demand[pairs]]]
    for level in np.unique(needs[needs > problem.charger_kw.min()]):
        some = pairs[needs == level]
        fit = np.flatnonzero(problem.charger_kw >= level)
        rows = np.arange(len(some) * years).reshape(len(some), years)
        model.add_rows(
            "served only by fitting chargers",
            rows.shape,
            (rows, built.share[some], 1.0),
            (
                rows[:, None, :],
                built.chargers[place[small.pair_site[some]]][:, fit],
                -1.0,
            ),
            upper=0.0,
        )
    fresh = np.flatnonzero(problem.existing_kw[sites] == 0)
    more = np.arange(len(fresh) * years).reshape(len(fresh), 1, years)
    model.add_rows(
        "an open site has a charger",
        (len(fresh), years),
        (more, built.chargers[fresh], 1.0),
        (more, built.step[fresh], -1.0),
        lower=0.0,
    )


def _transport_rows(
    problem: SitingProblem, built: Built, power: FloatArray, daily: FloatArray
) -> None:
    """All energy of a site is transported at the price of its step, or of existing ones."""
    model, small = built.model, built.reduced
    years = problem.num_years
    old = np.flatnonzero(problem.existing_kw > 0)
    at_existing = model.add_columns(
        "moved at existing price",
        (len(old), years),
        cost=problem.existing_transport_eur_per_kwh * daily,
    )
    rows = np.arange(problem.num_sites * years).reshape(problem.num_sites, years)
    model.add_rows(
        "transport",
        rows.shape,
        (rows[small.load_sites], built.load, 1.0),
        (rows[built.build][:, None, :], built.moved, -1.0),
        (rows[old], at_existing, -1.0),
        lower=0.0,
        upper=0.0,
    )
    reachable = np.zeros((problem.num_sites, years))
    np.add.at(reachable, small.pair_site, small.kwh[small.pair_demand])
    existing = HOURS * problem.existing_kw
    # Energy through a step: at most its peak in every hour, besides the existing chargers'.
    each = np.arange(built.moved.size).reshape(built.moved.shape)
    hours = _full_hours(small, built, problem)
    base = np.minimum(existing[built.build, None], reachable[built.build])
    model.add_rows(
        "transport by step",
        each.shape,
        (each, built.moved, 1.0),
        (each, built.peak, -hours[:, None, None]),
        (each, built.step, -base[:, None, :]),
        upper=0.0,
    )
    if len(old):
        place = np.full(problem.num_sites, -1)
        place[built.build] = np.arange(len(built.build))
        both = np.flatnonzero(place[old] >= 0)
        here = np.arange(at_existing.size).reshape(at_existing.shape)
        limit = np.minimum(existing[old, None], reachable[old])
        model.add_rows(
            "existing price only without a step",
            at_existing.shape,
            (here, at_existing, 1.0),
            (here[both][:, None, :], built.step[place[old[both]]], limit[both][:, None, :]),
            upper=limit,
        )


def _full_hours(small: Reduced, built: Built, problem: SitingProblem) -> FloatArray:
    """Most kWh a day per kW of peak that the groups within reach of a site can give [B].

    With no existing chargers: energy <= peak / (least peak share of any group mix). The largest
    share of a mix is at least 1/24; with one group it is that group's largest share.
    """
    best = np.full(len(built.build), float(HOURS))
    for i, site in enumerate(built.build):
        if problem.existing_kw[site] > 0:
            continue
        shares = small.group_profile[small.load_groups[small.load_sites == site]]
        if len(shares) == 1:
            best[i] = 1.0 / shares.max()
    return best


def _year_rows(built: Built) -> None:
    """What is built stays; a connection never gets smaller; a bought step is paid ever after."""
    model = built.model
    count, steps, years = built.step.shape
    model.add_rows(
        "a step in force is bought",
        built.step.shape,
        (_rows(built.step.shape), built.step, 1.0),
        (_rows(built.step.shape), built.bought, -1.0),
        upper=0.0,
    )
    if years == 1:
        return
    shape = (count, steps, years - 1)
    rows = _rows(shape)
    model.add_rows(
        "bought stays bought",
        shape,
        (rows, built.bought[:, :, 1:], 1.0),
        (rows, built.bought[:, :, :-1], -1.0),
        lower=0.0,
    )
    # At least step k this year, if at least step k the year before.
    k, j = np.nonzero(np.arange(steps)[:, None] <= np.arange(steps)[None, :])
    model.add_rows(
        "connection never smaller",
        shape,
        (rows[:, k], built.step[:, j, 1:], 1.0),
        (rows[:, k], built.step[:, j, :-1], -1.0),
        lower=0.0,
    )
    shape = (count, built.chargers.shape[1], years - 1)
    rows = _rows(shape)
    model.add_rows(
        "chargers stay",
        shape,
        (rows, built.chargers[:, :, 1:], 1.0),
        (rows, built.chargers[:, :, :-1], -1.0),
        lower=0.0,
    )


def _rows(shape: tuple[int, ...]) -> IntArray:
    return np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)


def read(problem: SitingProblem, built: Built, values: FloatArray) -> SitingSolution:
    """Make the decisions of the values of all columns."""
    small = built.reduced
    step = np.full((problem.num_sites, problem.num_years), -1, dtype=np.int64)
    chosen = np.round(values[built.step]).astype(np.int64)
    if len(built.build):
        step[built.build] = np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
    chargers = np.zeros((problem.num_sites, problem.num_chargers, problem.num_years), dtype=np.int64)
    chargers[built.build] = np.round(values[built.chargers]).astype(np.int64)
    share = np.where(values[built.share] > _DUST, values[built.share], 0.0)
    # All demand points merged into one are served alike.
    kept = {
        (int(d), int(s)): q
        for q, (d, s) in enumerate(zip(small.pair_demand, small.pair_site, strict=True))
    }
    served = np.zeros((problem.num_pairs, problem.num_years))
    for p, (d, s) in enumerate(zip(problem.pair_demand, problem.pair_site, strict=True)):
        q = kept.get((int(small.merged[d]), int(s)))
        if q is not None:
            served[p] = share[q]
    return SitingSolution(step, chargers, served)
