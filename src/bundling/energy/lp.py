r"""The charge schedule as a linear model by arrays.

With vehicles ``j``, slots ``t`` of ``h`` hours that occur ``w[t]`` times, power ``p[j,t]``, draw
``d[t]``, peak ``P[g]`` of season ``g`` and shortfall ``s[j]`` (`bundling.models.energy` has the
same with one equation a rule)::

    min   sum_t w[t] h (price[t] + transport) d[t] + peak_price sum_g share[g] (P[g] - paid)
          + shortfall_price sum_j w[j] s[j]
    need        h sum_t p[j,t] + s[j] = need[j]                  for every vehicle
    draw        sum_j p[j,t] / efficiency = d[t]                 for every slot
    peak        base[t] + d[t] <= P[season of t]                 for every slot
    bounds      0 <= p[j,t] <= limit[j,t],  0 <= d[t] <= connection[t] - base[t],  P >= paid

The connection stands as a bound on ``d[t]`` instead of a second dense row per slot, and only
slots in which a vehicle is parked have a ``p[j,t]``. With battery, PV or contracts the meter of
`bundling.energy.site_model` takes the place of ``base + d`` in cost, peak and connection; plugs
add the rows of `bundling.energy.plug_model`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.plug_model import PlugColumns, add_plugs, plugs_bind
from bundling.energy.problem import EnergyProblem
from bundling.energy.site_model import SiteColumns, add_site, most_drawn_kw
from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class ChargingModel:
    """The linear model and where its columns stand.

    Attributes
    ----------
    model
        Money in it is multiplied by `scale`.
    vehicle, slot
        Vehicle and slot of each power column.
    power, draw, shortfall, peak
        Positions of the columns; the last two are empty when the problem does not need them.
        One peak a season.
    need, balance
        Positions of the rows need and draw.
    scale
        A power of two, so that scaling is exact.
    constant_eur
        Cost that the model leaves out.
    site, plugs
        Columns of contract, battery and PV, and of plugs; None when the problem has none, or when
        who is on which plug does not matter.
    """

    model: LinearModel
    vehicle: IntArray
    slot: IntArray
    power: IntArray
    draw: IntArray
    shortfall: IntArray
    peak: IntArray
    need: IntArray
    balance: IntArray
    scale: float
    constant_eur: float
    site: SiteColumns | None = None
    plugs: PlugColumns | None = None


def build(
    problem: EnergyProblem,
    *,
    elastic: bool = False,
    offer: int = -1,
    into: LinearModel | None = None,
    scale: float | None = None,
    loose: bool = False,
) -> ChargingModel:
    """Write the model of `problem`.

    Parameters
    ----------
    problem
        What is asked.
    elastic
        Ask for the least total shortfall instead of cost: all prices are ignored, and every need,
        and the base load behind a battery, PV or contract, may fall short, at 1 per kWh.
    offer
        The offer to plan for, when the problem has offers.
    into
        A model to add to; None starts one.
    scale
        Factor on money; None chooses one.
    loose
        As in `bundling.energy.plug_model.add_plugs`.
    """
    limits = problem.limit_kw
    vehicle, slot = np.nonzero(limits)
    pairs, vehicles, slots = vehicle.size, problem.num_vehicles, problem.num_slots
    grid_price = problem.slot_weight * problem.slot_h * problem.grid_price_eur_per_kwh(offer)
    shortfall_price = 1.0 if elastic else problem.shortfall_eur_per_kwh
    peak_price = 0.0 if elastic else problem.peak_eur_per_kw + _peak_price(problem, offer)
    shares = problem.season_share
    if elastic:
        scale = 1.0
    elif scale is None:
        scale = scale_of(np.r_[grid_price, peak_price, shortfall_price or 0.0])

    model = LinearModel() if into is None else into
    power = model.add_columns("power", pairs, upper=limits[vehicle, slot])
    most = limits.sum(axis=0) / problem.efficiency
    if not problem.is_site:
        most = np.minimum(np.maximum(problem.headroom_kw, 0.0), most)
    draw_cost = 0.0 if elastic or problem.is_site else scale * grid_price
    draw = model.add_columns("draw", slots, upper=most, cost=draw_cost)
    shortfall = peak = np.zeros(0, dtype=np.int64)
    terms: list[tuple[IntArray, IntArray, float]] = [(vehicle, power, problem.slot_h)]
    if shortfall_price is not None:
        weight = 1.0 if elastic else scale * problem.vehicle_weight
        shortfall = model.add_columns(
            "shortfall", vehicles, upper=problem.need_kwh, cost=weight * shortfall_price
        )
        terms.append((np.arange(vehicles), shortfall, 1.0))
    need = model.add_rows("need", vehicles, *terms, lower=problem.need_kwh, upper=problem.need_kwh)
    every = np.arange(slots)
    balance = model.add_rows(
        "draw",
        slots,
        (slot, power, 1.0 / problem.efficiency),
        (every, draw, -1.0),
        lower=0,
        upper=0,
    )
    constant, site = 0.0, None
    metered, base, highest = draw, problem.base_load_kw, problem.base_load_kw + most
    if problem.is_site:
        site = add_site(model, problem, draw, offer=offer, scale=scale, elastic=elastic)
        metered, base, highest = site.drawn, np.zeros(slots), most_drawn_kw(problem)
        if not elastic:
            constant -= float(grid_price @ problem.base_load_kw)
            constant += problem.offers[offer].fixed_eur if offer >= 0 else 0.0
    if peak_price > 0:
        peak = model.add_columns(
            "peak",
            shares.size,
            lower=problem.paid_peak_kw,
            upper=max(problem.paid_peak_kw, float(highest.max())),
            cost=scale * peak_price * shares,
        )
        of_slot = peak[problem.slot_season]
        model.add_rows("peak", slots, (every, metered, 1.0), (every, of_slot, -1.0), upper=-base)
        constant -= peak_price * problem.paid_peak_kw
    plugs = None
    if plugs_bind(problem):
        plugs = add_plugs(model, problem, vehicle, slot, power, loose=loose)
    return ChargingModel(
        model, vehicle, slot, power, draw, shortfall, peak, need, balance, scale, constant, site,
        plugs,
    )  # fmt: skip


def _peak_price(problem: EnergyProblem, offer: int) -> float:
    return problem.offers[offer].peak_eur_per_kw if offer >= 0 else 0.0


def scale_of(prices: FloatArray) -> float:
    """Power of two that brings the middle price near 1; HiGHS' tolerances are absolute."""
    known = np.abs(prices[prices != 0])
    return 1.0 if known.size == 0 else 2.0 ** -round(math.log2(float(np.median(known))))
