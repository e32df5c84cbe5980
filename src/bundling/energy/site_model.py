r"""Contract, battery and PV as columns and rows of the charging model.

With draw of the vehicles ``d[t]``, import ``i[t]``, export ``e[t]``, battery ``c[t]``, ``q[t]``
and stored energy ``E``, PV in use ``v[t]``, contracted power ``k``, added sizes ``+``::

    meter       i[t] - e[t] = base[t] + d[t] + c[t] - q[t] - v[t]
    contract    i[t] <= availability[t] k
    pv          v[t] <= profile[t] (kwp + kwp+)
    power       c[t], q[t] <= kw + kw+
    energy      E[t] <= kwh + kwh+
    stored      E[t+1] = kept E[t] + h in c[t] - h q[t] / out
    end         E[end] >= E[start], or start and end given

Two things a linear model may do that no site can: draw and feed in at once, and charge and
discharge at once. Both cost money unless prices are odd, so integers stand only where they are:

- draw and feed in: only in slots where feeding in brings more than drawing costs;
- charge and discharge: with nothing cheaper than 0 in a day, energy in the battery is never worth
  less than nothing, so that taking both down by the same amount leaves the meter as it is and the
  battery fuller, which never costs more (`bundling.energy.minimise` does so with what the solver
  returns). Integers stand in every slot of a day in which drawing a kWh is paid for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.energy.assets import Battery
from bundling.energy.problem import EnergyProblem
from bundling.mip import LinearModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class SiteColumns:
    """Where the columns of contract, battery and PV stand; empty where there is none.

    Attributes
    ----------
    offer
        Number of the offer this model is for; -1 without.
    drawn, fed, unmet
        Import and export in each slot, and base load that is not served (elastic model only), kW.
    charge, discharge, stored
        Battery; `stored` has shape (D, T / D + 1).
    pv
        PV in use.
    contract, more_kwh, more_kw, more_kwp
        One column each.
    """

    offer: int
    drawn: IntArray
    fed: IntArray
    unmet: IntArray
    charge: IntArray
    discharge: IntArray
    stored: IntArray
    pv: IntArray
    contract: IntArray
    more_kwh: IntArray
    more_kw: IntArray
    more_kwp: IntArray


def most_drawn_kw(problem: EnergyProblem) -> FloatArray:
    """Most that can be drawn in each slot, kW: load and battery together, within the connection."""
    most = problem.base_load_kw + problem.limit_kw.sum(axis=0) / problem.efficiency
    if problem.battery is not None:
        most = most + problem.battery.kw + problem.battery.max_more_kw
    drawn: FloatArray = np.minimum(problem.connection_kw, most)
    return drawn


def add_site(
    model: LinearModel,
    problem: EnergyProblem,
    draw: IntArray,
    *,
    offer: int,
    scale: float,
    elastic: bool,
) -> SiteColumns:
    """Add contract, battery and PV to a model that has the vehicles' `draw`.

    Parameters
    ----------
    model, draw
        The model so far, and its columns for the draw of the vehicles.
    problem
        What is asked.
    offer
        The offer to plan for; -1 for none.
    scale
        Multiplies money.
    elastic
        No prices, and base load may stay unserved at 1 per kWh.
    """
    slots, every = problem.num_slots, np.arange(problem.num_slots)
    hours = problem.slot_h
    weight = 0.0 * problem.slot_weight if elastic else scale * hours * problem.slot_weight
    money = 0.0 if elastic else scale
    most = most_drawn_kw(problem)
    price = problem.grid_price_eur_per_kwh(offer)
    drawn = model.add_columns("drawn", slots, upper=most, cost=weight * price)
    terms = [(every, drawn, 1.0), (every, draw, -1.0)]

    pv, more_kwp, pv_most = _NONE, _NONE, np.zeros(slots)
    if problem.pv is not None:
        panels = problem.pv
        pv_most = panels.profile_kw_per_kwp * (panels.kwp + panels.max_more_kwp)
        pv = model.add_columns("pv", slots, upper=pv_most)
        more_kwp = model.add_columns(
            "more kWp", 1, upper=panels.max_more_kwp, cost=money * panels.eur_per_kwp
        )
        model.add_rows(
            "pv",
            slots,
            (every, pv, 1.0),
            (every, more_kwp[0], -panels.profile_kw_per_kwp),
            upper=panels.profile_kw_per_kwp * panels.kwp,
        )
        terms.append((every, pv, 1.0))

    charge = discharge = stored = more_kwh = more_kw = _NONE
    battery_kw = 0.0
    if problem.battery is not None:
        battery_kw = problem.battery.kw + problem.battery.max_more_kw
        charge, discharge, stored, more_kwh, more_kw = _add_battery(
            model, problem, problem.battery, weight, money, price
        )
        terms += [(every, charge, -1.0), (every, discharge, 1.0)]

    fed_most = np.minimum(problem.feed_in_kw, pv_most + battery_kw)
    fed = model.add_columns(
        "fed in", slots, upper=fed_most, cost=-weight * problem.feed_in_eur_per_kwh
    )
    terms.append((every, fed, -1.0))
    unmet = _NONE
    if elastic:
        unmet = model.add_columns("unmet", slots, upper=problem.base_load_kw, cost=hours)
        terms.append((every, unmet, 1.0))
    model.add_rows("meter", slots, *terms, lower=problem.base_load_kw, upper=problem.base_load_kw)
    if not elastic:
        _one_way(model, drawn, most, fed, fed_most, price < problem.feed_in_eur_per_kwh)

    contract = _NONE
    if offer >= 0:
        taken = problem.offers[offer]
        share = taken.availability
        useful = float((most[share > 0] / share[share > 0]).max(initial=0.0))
        largest = taken.max_kw if taken.eur_per_kw < 0 else min(taken.max_kw, useful)
        contract = model.add_columns(
            "contract",
            1,
            lower=taken.min_kw,
            upper=max(taken.min_kw, largest),
            cost=money * taken.eur_per_kw,
        )
        model.add_rows(
            "contract", slots, (every, drawn, 1.0), (every, contract[0], -share), upper=0.0
        )
    return SiteColumns(
        offer, drawn, fed, unmet, charge, discharge, stored, pv, contract, more_kwh, more_kw,
        more_kwp,
    )  # fmt: skip


def _add_battery(
    model: LinearModel,
    problem: EnergyProblem,
    battery: Battery,
    weight: FloatArray,
    money: float,
    price: FloatArray,
) -> tuple[IntArray, IntArray, IntArray, IntArray, IntArray]:
    """Add the battery.

    `weight` is what a kW during a slot counts in the objective, `price` that of a kWh drawn.
    """
    slots, every = problem.num_slots, np.arange(problem.num_slots)
    days, a_day = problem.num_days, problem.slots_per_day
    largest_kw = battery.kw + battery.max_more_kw
    largest_kwh = battery.kwh + battery.max_more_kwh
    charge = model.add_columns("charge", slots, upper=largest_kw)
    discharge = model.add_columns(
        "discharge", slots, upper=largest_kw, cost=weight * battery.cycle_eur_per_kwh
    )
    lowest, highest = np.zeros((days, a_day + 1)), np.full((days, a_day + 1), largest_kwh)
    if battery.start_kwh is not None:
        lowest[:, 0] = highest[:, 0] = battery.start_kwh
        lowest[:, -1] = battery.start_kwh if battery.end_kwh is None else battery.end_kwh
    stored = model.add_columns("stored", (days, a_day + 1), lower=lowest, upper=highest)
    more_kwh = model.add_columns(
        "more kWh", 1, upper=battery.max_more_kwh, cost=money * battery.eur_per_kwh
    )
    more_kw = model.add_columns(
        "more kW", 1, upper=battery.max_more_kw, cost=money * battery.eur_per_kw
    )
    for way in (charge, discharge):
        model.add_rows(
            "battery power", slots, (every, way, 1.0), (every, more_kw[0], -1.0), upper=battery.kw
        )
    model.add_rows(
        "battery energy",
        stored.size,
        (np.arange(stored.size), stored.ravel(), 1.0),
        (np.arange(stored.size), more_kwh[0], -1.0),
        upper=battery.kwh,
    )
    model.add_rows(
        "stored",
        slots,
        (every, stored[:, 1:].ravel(), 1.0),
        (every, stored[:, :-1].ravel(), -battery.kept(problem.slot_h)),
        (every, charge, -problem.slot_h * battery.charge_efficiency),
        (every, discharge, problem.slot_h / battery.discharge_efficiency),
        lower=0.0,
        upper=0.0,
    )
    if battery.start_kwh is None:
        each = np.arange(days)
        model.add_rows(
            "end", days, (each, stored[:, -1], 1.0), (each, stored[:, 0], -1.0), lower=0.0
        )
    paid_for = (price.reshape(days, -1) < 0).any(axis=1)
    if weight.any():
        most = np.full(slots, largest_kw)
        _one_way(model, charge, most, discharge, most, np.repeat(paid_for, a_day))
    return charge, discharge, stored, more_kwh, more_kw


def _one_way(
    model: LinearModel,
    one: IntArray,
    one_most: FloatArray,
    other: IntArray,
    other_most: FloatArray,
    where: NDArray[np.bool_],
) -> None:
    """Let only one of two columns differ from 0 in the slots `where`; integers do it."""
    at = np.flatnonzero(where & (one_most > 0) & (other_most > 0))
    if at.size == 0:
        return
    rows = np.arange(at.size)
    way = model.add_columns("way", at.size, upper=1.0, integer=True)
    model.add_rows("way", at.size, (rows, one[at], 1.0), (rows, way, -one_most[at]), upper=0.0)
    model.add_rows(
        "way",
        at.size,
        (rows, other[at], 1.0),
        (rows, way, other_most[at]),
        upper=other_most[at],
    )
