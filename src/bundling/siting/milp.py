"""The siting model as arrays for HiGHS; the readable text is `bundling.models.siting`.

Blocks of columns (thousand EUR, kW, kWh): ``share`` of a demand point served at a site,
``unserved`` share, ``load`` (kWh of a site and group), ``step`` (0/1, the step in force),
``bought`` (a connection, which several steps may share), ``chargers`` (integer), ``peak`` (kW
contracted, by step), ``moved`` (kWh transported, by step, and at the price of existing
connections), ``taken`` (kW of the room of the grid by hour, only where loads do not say it),
those of batteries and PV (`storage_rows`), ``upgraded`` (0/1), ``sold`` (a carrier at a site).
"Open" is the sum of the steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.mip import LinearModel
from bundling.siting.flows import energy_price
from bundling.siting.limit_rows import add_limit_rows
from bundling.siting.power_rows import add_power_rows
from bundling.siting.problem import SitingProblem
from bundling.siting.reduce import Reduced, reduce
from bundling.siting.site_rows import add_site_rows
from bundling.siting.solution import SitingSolution
from bundling.siting.storage_rows import Stored, add_storage, read_dispatch
from bundling.siting.year_rows import add_year_rows

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
    place
        Place of each site in `build`, -1 for none [S].
    share, unserved, load, step, bought, chargers, peak, moved, moved_existing, upgraded
        Positions of the columns: [Q, Y], [M, Y], [L, Y], [B, K, Y], [B, Z, Y], [B, C, Y],
        [B, K, Y], [B, K, Y], [O, Y] for the sites with existing chargers, and [U, Y].
    stored
        Columns of batteries and PV; None without.
    """

    model: LinearModel
    reduced: Reduced
    build: IntArray
    place: IntArray
    share: IntArray
    unserved: IntArray
    load: IntArray
    step: IntArray
    bought: IntArray
    chargers: IntArray
    peak: IntArray
    moved: IntArray
    moved_existing: IntArray
    upgraded: IntArray
    stored: Stored | None


def build(problem: SitingProblem) -> Built:
    """State the model."""
    small = reduce(problem)
    model = LinearModel()
    years = problem.num_years
    weight = problem.year_weights / EUR_PER_UNIT
    daily = weight * problem.days_per_year
    sites = np.flatnonzero(problem.buildable & _of_use(problem, small))
    power = np.maximum.accumulate(small.power_kw[sites], axis=1)
    count = len(sites)
    place = np.full(problem.num_sites, -1)
    place[sites] = np.arange(count)

    kwh = small.kwh[small.pair_demand]
    price = energy_price(problem)[small.first][small.pair_demand]
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
    step = model.add_columns(
        "step", shape, upper=useful[:, :, None], cost=fixed[:, :, None] * weight, integer=True
    )
    first = np.searchsorted(problem.step_size, np.arange(problem.step_size.max() + 1))
    once = problem.step_one_off_eur_per_year[first]
    bought = model.add_columns(
        "bought", (count, len(first), years), upper=1.0, cost=once[None, :, None] * weight
    )
    most = _most_chargers(problem, small, sites)
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
    upgraded = _upgrade_columns(problem, model, weight)
    stored = add_storage(problem, model, sites, weight)
    built = Built(
        model=model,
        reduced=small,
        build=sites,
        place=place,
        share=share,
        unserved=unserved,
        load=load,
        step=step,
        bought=bought,
        chargers=chargers,
        peak=peak,
        moved=moved,
        moved_existing=moved_existing,
        upgraded=upgraded,
        stored=stored,
    )
    add_site_rows(problem, built, power, most)
    add_year_rows(problem, built)
    add_power_rows(problem, built)
    add_limit_rows(problem, built)
    return built


def _of_use(problem: SitingProblem, small: Reduced) -> NDArray[np.bool_]:
    """Sites where something new can serve somebody, or helps to keep a rule [S]."""
    use: NDArray[np.bool_] = np.any(small.power_kw > 0, axis=1)
    use |= (small.charge_kw[:, 1:] > 0).any(axis=(1, 2))
    if problem.storage is not None:
        # Panels serve load where the grid has no room at all.
        use |= (problem.storage.pv_max_kwp > 0) & (small.charge_kw[:, 0] > 0).any(axis=1)
    if problem.power_rules is not None:
        use |= problem.power_rules.member.any(axis=0)
    return use


def _upgrade_columns(problem: SitingProblem, model: LinearModel, weight: FloatArray) -> IntArray:
    upgrades = problem.upgrades
    if upgrades is None:
        return np.zeros((0, problem.num_years), dtype=np.int64)
    allowed = np.array(problem.years)[None, :] >= upgrades.first_year[:, None]
    return model.add_columns(
        "upgraded",
        allowed.shape,
        upper=allowed,
        cost=upgrades.eur_per_year[:, None] * weight,
        integer=True,
    )


def _useful_steps(problem: SitingProblem, power: FloatArray) -> NDArray[np.bool_]:
    """Mark the steps a site may want [B, K]: no other that suffices is as good in every way.

    Judged by the power of the last year: a step that is too large for this year alone may be
    bought at once to save a second purchase later.
    """
    capital = np.zeros(problem.num_steps)
    if problem.budget is not None:
        capital = problem.budget.step_eur
    burden = np.column_stack(
        [
            problem.step_one_off_eur_per_year,
            problem.step_fixed_eur_per_year,
            problem.step_eur_per_kw_year,
            problem.step_transport_eur_per_kwh,
            problem.step_reserved,
            capital,
            -problem.step_available,
        ]
    )
    useful = np.ones((len(power), problem.num_steps), dtype=bool)
    # Where a contract gives part of its power only, more may be contracted than is ever drawn.
    least = np.where(problem.step_available > 0, problem.step_available, 1.0).min()
    for site, need in enumerate(power[:, -1] / least):
        enough = int(np.searchsorted(problem.step_max_kw, need))
        for k in range(enough + 1, problem.num_steps):
            useful[site, k] = not (burden[enough:k] <= burden[k]).all(axis=1).any()
    return useful


def _most_chargers(problem: SitingProblem, small: Reduced, sites: IntArray) -> FloatArray:
    """Chargers of one type that can be of use [B, C, Y]: enough for all power, and the room."""
    carrier = np.zeros(problem.num_chargers, dtype=np.int64)
    if problem.carriers is not None:
        carrier = problem.carriers.charger
    power = np.maximum.accumulate(small.charge_kw[sites], axis=2)[:, carrier]
    delivered = problem.utilisation_limit * problem.charger_kw
    # A hair below the whole number, lest rounding asks for one charger too many.
    enough = np.ceil(power / delivered[None, :, None] - 1e-9)
    if problem.carriers is not None:
        enough = np.maximum(enough, (problem.carriers.site_min[sites] > 1)[:, None, None])
    if problem.power_rules is not None:
        rules = problem.power_rules
        for r in range(len(rules.ids)):
            asked = np.ceil(rules.min_kw[r].max() / problem.charger_kw)
            asked = np.where(problem.charger_kw >= rules.min_charger_kw[r], asked, 0.0)
            enough = np.maximum(enough, rules.member[r, sites][:, None, None] * asked[:, None])
    if problem.budget is not None:
        # Where the money of a later year is short, its chargers may be bought before.
        enough = np.maximum(enough, enough[:, :, -1:])
    most: FloatArray = np.minimum(enough, problem.max_chargers[sites][:, None, None])
    return most


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
    width = problem.num_sites
    key = small.pair_demand * width + small.pair_site
    order = np.argsort(key)
    wanted = small.merged[problem.pair_demand] * width + problem.pair_site
    at = np.minimum(np.searchsorted(key, wanted, sorter=order), max(len(key) - 1, 0))
    served = np.zeros((problem.num_pairs, problem.num_years))
    if len(key):
        known = key[order[at]] == wanted
        served[known] = share[order[at[known]]]
    return SitingSolution(
        step,
        chargers,
        served,
        np.round(values[built.upgraded]).astype(np.int64),
        read_dispatch(problem, built.stored, values),
    )
