r"""The hubs problem as an integer model that chooses one vehicle combination a leg.

The textbook model (`bundling.models.hubs`) counts vehicles per leg and type. Its linear relaxation
puts a thirtieth of a van under a parcel, so its bound is far away. Here a leg chooses at most one
of its efficient combinations (`bundling.hubs.mixes`), which have the same optimum because, given
the load, the cheapest combination that carries it is always among them, and:

* ``fits``: a shipment on a leg needs a combination that carries that shipment alone, so a leg with
  freight pays for at least one whole vehicle that is large enough;
* ``leg load``: capacities are cut off at the most the leg can be asked for, which tightens it;
* ``hub is open``: a shipment is linked to its hub one by one, :math:`x_{ih} \le y_h`.

A leg that may need dozens of vehicles has thousands of combinations and a relaxation that is tight
anyway; there the model counts vehicles per type (``count``), as the textbook does, with ``fits``
in the form :math:`\sum_v \min(1, k_{vq} / w_{iq})\, n_v \ge x_i` for the resource *q* the shipment
asks most of. That is valid: one vehicle that carries the shipment's *q* alone gives a term of 1,
and without such a vehicle no term is cut off, so it is the load row of this shipment by itself.

Columns: ``open[h]``, ``choose[option]`` (a shipment direct or via a hub), ``mix[leg,
combination]``, ``count[leg, vehicle type]``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundling.hubs.legs import NO_LEG, Legs
from bundling.hubs.mixes import FIT
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem, IntArray
from bundling.mip import LinearModel


@dataclass(frozen=True)
class _Supply:
    """Columns that put vehicles on legs: combinations on listed legs, single types on the others.

    Attributes
    ----------
    column, leg, capacity, counts
        One row a column; capacity ``[column, resource]``, counts ``[column, vehicle type]``.
    listed
        Per leg, whether it chooses among combinations.
    start
        First row of each leg, and one past the last: the rows are in order of leg.
    """

    column: IntArray
    leg: IntArray
    capacity: FloatArray
    counts: IntArray
    listed: BoolArray
    start: IntArray


@dataclass(frozen=True)
class HubsModel:
    """The linear model and where its columns stand."""

    linear: LinearModel
    open_columns: IntArray
    choose_columns: IntArray
    supply: _Supply

    def options(self, values: FloatArray, legs: Legs) -> IntArray:
        """Read the chosen option row of each shipment."""
        chosen = np.flatnonzero(values[self.choose_columns] > 0.5)
        option = np.zeros(len(legs.options), dtype=np.int64)
        option[legs.shipment[chosen]] = chosen
        return option

    def counts(self, values: FloatArray, legs: Legs) -> IntArray:
        """Read the vehicles on each leg, ``[leg, vehicle type]``."""
        found = np.zeros(legs.cost_eur.shape, dtype=np.int64)
        number = np.round(values[self.supply.column]).astype(np.int64)
        np.add.at(found, self.supply.leg, number[:, None] * self.supply.counts)
        return found

    def values(self, legs: Legs, option: IntArray, mixes: IntArray) -> FloatArray:
        """Values of all columns for a plan.

        Parameters
        ----------
        option
            Option row of each shipment.
        mixes
            Combination on each leg, -1 where nothing travels.
        """
        values = np.zeros(self.linear.num_columns)
        values[self.choose_columns[option]] = 1.0
        hub = legs.hub[option]
        values[self.open_columns[np.unique(hub[hub >= 0])]] = 1.0
        for k in np.flatnonzero(mixes >= 0):
            rows = np.arange(self.supply.start[k], self.supply.start[k + 1])
            if self.supply.listed[k]:
                values[self.supply.column[rows[mixes[k]]]] = 1.0
            else:
                counts = legs.mixes[k].counts[mixes[k]]
                values[self.supply.column[rows]] = counts[list(legs.mixes[k].types)]
        return values


def build(problem: HubsProblem, legs: Legs, *, elastic: bool = False) -> HubsModel:
    """Write the model in arrays; its objective lacks the service hours, a constant.

    Parameters
    ----------
    elastic
        Ask instead for the least shortage: hub capacities and vehicle limits may be exceeded at a
        price, in columns ``short kg``, ``short m3`` (as a share of the capacity) and ``short
        vehicles``, and nothing else costs anything.
    """
    linear = LinearModel()
    money = 0.0 if elastic else 1.0
    opened = linear.add_columns(
        "open", problem.num_hubs, upper=1.0, cost=money * problem.hub_rent_eur, integer=True
    )
    choose = linear.add_columns(
        "choose", legs.shipment.size, upper=1.0, cost=money * legs.handling_eur, integer=True
    )
    supply = _add_supply(linear, legs, money)
    linear.add_rows(
        "one route", problem.num_shipments, (legs.shipment, choose, 1.0), lower=1.0, upper=1.0
    )
    via = np.flatnonzero(legs.hub >= 0)
    rows = np.arange(via.size)
    linear.add_rows(
        "hub is open",
        via.size,
        (rows, choose[via], 1.0),
        (rows, opened[legs.hub[via]], -1.0),
        upper=0.0,
    )
    listed = supply.listed[supply.leg]
    number = np.cumsum(supply.listed) - 1
    linear.add_rows(
        "one combination",
        int(supply.listed.sum()),
        (number[supply.leg[listed]], supply.column[listed], 1.0),
        upper=1.0,
    )
    option, leg, load = travels(legs)
    _add_fits(linear, supply, choose[option], leg, load)
    _add_leg_load(linear, supply, choose[option], leg, load)
    _add_hub_capacity(linear, problem, legs, choose, opened, elastic)
    _add_vehicle_limit(linear, problem, supply, elastic)
    return HubsModel(linear, opened, choose, supply)


def travels(legs: Legs) -> tuple[IntArray, IntArray, FloatArray]:
    """Every pair of an option and a leg it uses: option row, leg, load ``[pair, resource]``."""
    hauled = np.flatnonzero(legs.first_leg != NO_LEG)
    option = np.concatenate([hauled, np.arange(legs.shipment.size)])
    leg = np.concatenate([legs.first_leg[hauled], legs.last_leg])
    load = np.vstack([legs.haul_load[legs.shipment[hauled]], legs.load[legs.shipment]])
    return option, leg, load


def _add_supply(linear: LinearModel, legs: Legs, money: float) -> _Supply:
    listed = np.array([mix.complete for mix in legs.mixes], dtype=bool)
    vehicles, resources = legs.cost_eur.shape[1], legs.load.shape[1]
    cost, capacity, counts = [np.zeros(0)], [np.zeros((0, resources))], []
    counts.append(np.zeros((0, vehicles), dtype=np.int64))
    for k, mix in enumerate(legs.mixes):
        if mix.complete:
            cost.append(mix.cost_eur)
            capacity.append(mix.capacity)
            counts.append(mix.counts)
        else:
            types = list(mix.types)
            cost.append(legs.cost_eur[k, types])
            capacity.append(np.minimum(legs.offer[k, types], legs.most[k]))
            counts.append(np.eye(vehicles, dtype=np.int64)[types])
    sizes = np.array([part.size for part in cost[1:]], dtype=np.int64)
    leg = np.repeat(np.arange(sizes.size), sizes)
    eur = money * np.concatenate(cost)
    column = np.zeros(leg.size, dtype=np.int64)
    for name, mask, upper in (("mix", listed[leg], 1.0), ("count", ~listed[leg], np.inf)):
        column[mask] = linear.add_columns(
            name, int(mask.sum()), upper=upper, cost=eur[mask], integer=True
        )
    start = np.concatenate([[0], np.cumsum(sizes)])
    return _Supply(column, leg, np.vstack(capacity), np.vstack(counts), listed, start)


def _add_fits(
    linear: LinearModel, supply: _Supply, columns: IntArray, leg: IntArray, load: FloatArray
) -> None:
    """Add: a shipment on a leg needs vehicles that carry it alone."""
    many = np.diff(supply.start)[leg]
    row = np.repeat(np.arange(leg.size), many)
    offset = np.arange(row.size) - np.repeat(np.cumsum(many) - many, many)
    place = supply.start[leg[row]] + offset
    fits = (supply.capacity[place] >= load[row] * (1 - FIT) - FIT).all(axis=1).astype(np.float64)

    counted = np.flatnonzero(~supply.listed[leg[row]])
    if counted.size:
        # The resource of which the shipment asks most, compared with the best single vehicle.
        best = np.zeros((supply.listed.size, load.shape[1]))
        np.maximum.at(best, supply.leg, supply.capacity)
        hardest = np.argmax(load / np.maximum(best[leg], 1e-9), axis=1)
        asked = load[np.arange(leg.size), hardest]
        offered = supply.capacity[place[counted], hardest[row[counted]]]
        with np.errstate(divide="ignore", invalid="ignore"):
            share = offered / asked[row[counted]]
        fits[counted] = np.where(asked[row[counted]] > 0, np.minimum(1.0, share), 1.0)
    use = fits > 0
    linear.add_rows(
        "fits",
        leg.size,
        (row[use], supply.column[place[use]], fits[use]),
        (np.arange(leg.size), columns, -1.0),
        lower=0.0,
    )


def _add_leg_load(
    linear: LinearModel, supply: _Supply, columns: IntArray, leg: IntArray, load: FloatArray
) -> None:
    """Add: the vehicles on a leg carry the leg's load, where they might not."""
    num_legs = supply.listed.size
    for resource in range(load.shape[1]):
        most = np.bincount(leg, weights=load[:, resource], minlength=num_legs)
        least = np.full(num_legs, np.inf)
        np.minimum.at(least, supply.leg, supply.capacity[:, resource])
        tight = least < most * (1 - FIT)
        number = np.cumsum(tight) - 1
        scale = np.where(most > 0, most, 1.0)  # rows between 0 and 1, as tolerances are absolute
        offers, asks = tight[supply.leg], tight[leg] & (load[:, resource] > 0)
        offered = supply.capacity[offers, resource] / scale[supply.leg[offers]]
        linear.add_rows(
            f"leg load {resource}",
            int(tight.sum()),
            (number[supply.leg[offers]], supply.column[offers], offered),
            (number[leg[asks]], columns[asks], -load[asks, resource] / scale[leg[asks]]),
            lower=0.0,
        )


def _add_hub_capacity(
    linear: LinearModel,
    problem: HubsProblem,
    legs: Legs,
    choose: IntArray,
    opened: IntArray,
    elastic: bool,
) -> None:
    """Add: a hub handles no more than it can, and nothing when closed."""
    via = np.flatnonzero(legs.hub >= 0)
    hub = legs.hub[via]
    for unit, amount, limit in (
        ("kg", problem.shipment_kg, problem.hub_capacity_kg),
        ("m3", problem.shipment_m3, problem.hub_capacity_m3),
    ):
        asked = amount[legs.shipment[via]]
        most = np.bincount(hub, weights=asked, minlength=problem.num_hubs)
        tight = np.flatnonzero(most > limit)
        number = np.full(problem.num_hubs, -1)
        number[tight] = np.arange(tight.size)
        use = number[hub] >= 0
        share = asked[use] / np.maximum(limit[hub[use]], 1e-9)  # rows between 0 and 1
        short = linear.add_columns(
            f"short {unit}", problem.num_hubs, upper=np.inf if elastic else 0.0, cost=1.0
        )
        linear.add_rows(
            f"hub capacity {unit}",
            tight.size,
            (number[hub[use]], choose[via[use]], share),
            (np.arange(tight.size), opened[tight], -1.0),
            (np.arange(tight.size), short[tight], -1.0),
            upper=0.0,
        )


def _add_vehicle_limit(
    linear: LinearModel, problem: HubsProblem, supply: _Supply, elastic: bool
) -> None:
    """Add: no more vehicles of a type than exist."""
    limited = np.flatnonzero(np.isfinite(problem.vehicle_limit))
    if not limited.size:
        return
    short = linear.add_columns(
        "short vehicles", limited.size, upper=np.inf if elastic else 0.0, cost=1.0
    )
    place, row = np.nonzero(supply.counts[:, limited])
    linear.add_rows(
        "vehicles that exist",
        limited.size,
        (row, supply.column[place], supply.counts[:, limited][place, row]),
        (np.arange(limited.size), short, -1.0),
        upper=problem.vehicle_limit[limited],
    )
