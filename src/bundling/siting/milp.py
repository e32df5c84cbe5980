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
from bundling.siting.problem import SitingProblem
from bundling.siting.reduce import Reduced, reduce
from bundling.siting.site_rows import add_site_rows, add_year_rows
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
    share, unserved, load, step, bought, chargers, peak, moved, moved_existing
        Positions of the columns: [Q, Y], [M, Y], [L, Y], [B, K, Y] x 2, [B, C, Y], [B, K, Y],
        [B, K, Y], and [O, Y] for the sites with existing chargers.
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
    moved_existing: IntArray


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

    energy_price = small.group_profile @ problem.price_eur_per_kwh / problem.charger_efficiency
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
    moved_existing = model.add_columns(
        "moved at existing price",
        (int((problem.existing_kw > 0).sum()), years),
        cost=problem.existing_transport_eur_per_kwh * daily,
    )
    built = Built(
        model,
        small,
        sites,
        share,
        unserved,
        load,
        step,
        bought,
        chargers,
        peak,
        moved,
        moved_existing,
    )
    add_site_rows(problem, built, power, most)
    add_year_rows(built)
    add_power_rows(problem, built)
    return built


def _useful_steps(problem: SitingProblem, power: FloatArray) -> NDArray[np.bool_]:
    """Mark the steps a site may want [B, K]: none dearer in every way than all that suffice.

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


def _most_chargers(problem: SitingProblem, sites: IntArray, power: FloatArray) -> FloatArray:
    """Chargers of one type that can be of use: enough for all the site's power, and the room."""
    delivered = problem.utilisation_limit * problem.charger_kw
    # A hair below the whole number, lest rounding asks for one charger too many.
    enough = np.ceil(power[:, None, :] / delivered[None, :, None] - 1e-9)
    return np.minimum(enough, problem.max_chargers[sites][:, None, None].astype(np.float64))


def read(problem: SitingProblem, built: Built, values: FloatArray) -> SitingSolution:
    """Make the decisions of the values of all columns."""
    small = built.reduced
    step = np.full((problem.num_sites, problem.num_years), -1, dtype=np.int64)
    chosen = np.round(values[built.step]).astype(np.int64)
    if len(built.build):
        step[built.build] = np.where(chosen.any(axis=1), chosen.argmax(axis=1), -1)
    chargers = np.zeros(
        (problem.num_sites, problem.num_chargers, problem.num_years), dtype=np.int64
    )
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
