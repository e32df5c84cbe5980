"""The hubs problem as an integer model that chooses one vehicle combination a leg.

The textbook model (`bundling.models.hubs`) counts vehicles per leg and type. Its linear relaxation
puts a thirtieth of a van under a parcel, so its bound is far away. Here a leg chooses at most one
of its efficient combinations (`bundling.hubs.legs`), which have the same optimum because, given
the load, the cheapest combination that carries it is always among them, and:

* a shipment on a leg needs a combination that carries that shipment alone (``fits``), so a leg
  with freight pays for at least one whole vehicle that is large enough;
* capacities are cut off at the most the leg can be asked for, which tightens ``leg load``;
* a shipment via a hub is linked to that hub one by one (``x <= y``), never through a sum with a
  large constant.

Columns: ``open[h]``, ``choose[option]`` (shipment direct or via a hub), ``mix[leg, combination]``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bundling.hubs.legs import FIT, NO_LEG, Legs
from bundling.hubs.problem import BoolArray, FloatArray, HubsProblem, IntArray
from bundling.mip import LinearModel, MipOutcome, solve_model
from bundling.result import OnEvent


@dataclass(frozen=True)
class HubsModel:
    """The linear model and where its columns stand."""

    linear: LinearModel
    open_columns: IntArray
    choose_columns: IntArray
    mix_columns: IntArray
    mix_start: IntArray
    constant_eur: float

    def mixes(self, values: FloatArray) -> IntArray:
        """Combination chosen on each leg, -1 for none."""
        found = np.full(self.mix_start.size - 1, -1)
        place = np.flatnonzero(values[self.mix_columns] > 0.5)
        leg = np.searchsorted(self.mix_start, place, side="right") - 1
        found[leg] = place - self.mix_start[leg]
        return found


def build(problem: HubsProblem, legs: Legs, *, elastic: bool = False) -> HubsModel:
    """Write the model in arrays.

    Parameters
    ----------
    elastic
        Ask instead for the least shortage: hub capacities and vehicle limits may be exceeded at a
        price, in columns ``short kg``, ``short m3`` (as a share of the capacity) and ``short
        vehicles``, and nothing else costs anything.
    """
    linear = LinearModel()
    money = 0.0 if elastic else 1.0
    sizes = np.array([mix.cost_eur.size for mix in legs.mixes], dtype=np.int64)
    mix_start = np.concatenate([[0], np.cumsum(sizes)])
    mix_leg = np.repeat(np.arange(legs.num_legs), sizes)
    opened = linear.add_columns(
        "open", problem.num_hubs, upper=1.0, cost=money * problem.hub_rent_eur, integer=True
    )
    choose = linear.add_columns(
        "choose", legs.shipment.size, upper=1.0, cost=money * legs.handling_eur, integer=True
    )
    cost = _join([mix.cost_eur for mix in legs.mixes])
    mix = linear.add_columns("mix", int(sizes.sum()), upper=1.0, cost=money * cost, integer=True)

    linear.add_rows("one route", problem.num_shipments, (legs.shipment, choose, 1.0), lower=1, upper=1)
    via = np.flatnonzero(legs.hub >= 0)
    rows = np.arange(via.size)
    linear.add_rows(
        "hub is open",
        via.size,
        (rows, choose[via], 1.0),
        (rows, opened[legs.hub[via]], -1.0),
        upper=0.0,
    )
    linear.add_rows("one combination", legs.num_legs, (mix_leg, mix, 1.0), upper=1.0)
    capacity = np.vstack([m.capacity for m in legs.mixes]) if sizes.size else np.zeros((0, 5))
    option, leg, load = travels(legs)
    _add_fits(linear, choose[option], load, leg, mix, mix_start, sizes, capacity)
    _add_leg_load(linear, choose[option], load, leg, mix, mix_leg, capacity, legs.num_legs)
    _add_hub_capacity(linear, problem, legs, choose, opened, elastic)
    _add_vehicle_limit(linear, problem, legs, mix, elastic)
    constant = float(problem.shipment_service_h.sum()) * problem.service_eur_per_h
    return HubsModel(linear, opened, choose, mix, mix_start, constant)


def travels(legs: Legs) -> tuple[IntArray, IntArray, FloatArray]:
    """Every pair of an option and a leg it uses: option row, leg, load ``[pair, resource]``."""
    hauled = np.flatnonzero(legs.first_leg != NO_LEG)
    option = np.concatenate([hauled, np.arange(legs.shipment.size)])
    leg = np.concatenate([legs.first_leg[hauled], legs.last_leg])
    load = np.vstack([legs.haul_load[legs.shipment[hauled]], legs.load[legs.shipment]])
    return option, leg, load


def _add_fits(
    linear: LinearModel,
    columns: IntArray,
    load: FloatArray,
    leg: IntArray,
    mix: IntArray,
    mix_start: IntArray,
    sizes: IntArray,
    capacity: FloatArray,
) -> None:
    """Add: a shipment on a leg needs a combination that carries it alone."""
    many = sizes[leg]
    row = np.repeat(np.arange(leg.size), many)
    offset = np.arange(row.size) - np.repeat(np.cumsum(many) - many, many)
    place = mix_start[leg[row]] + offset
    fits: BoolArray = (capacity[place] >= load[row] * (1 - FIT) - FIT).all(axis=1)
    linear.add_rows(
        "fits",
        leg.size,
        (row[fits], mix[place[fits]], 1.0),
        (np.arange(leg.size), columns, -1.0),
        lower=0.0,
    )


def _add_leg_load(
    linear: LinearModel,
    columns: IntArray,
    load: FloatArray,
    leg: IntArray,
    mix: IntArray,
    mix_leg: IntArray,
    capacity: FloatArray,
    num_legs: int,
) -> None:
    """Add: the combination on a leg carries the leg's load, where it might not."""
    for resource in range(load.shape[1]):
        most = np.bincount(leg, weights=load[:, resource], minlength=num_legs)
        least = np.full(num_legs, np.inf)
        np.minimum.at(least, mix_leg, capacity[:, resource])
        tight = least < most * (1 - FIT)
        number = np.cumsum(tight) - 1
        scale = np.where(most > 0, most, 1.0)  # rows between 0 and 1, as tolerances are absolute
        offers, asks = tight[mix_leg], tight[leg] & (load[:, resource] > 0)
        linear.add_rows(
            f"leg load {resource}",
            int(tight.sum()),
            (number[mix_leg[offers]], mix[offers], (capacity[:, resource] / scale[mix_leg])[offers]),
            (number[leg[asks]], columns[asks], -(load[:, resource] / scale[leg])[asks]),
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
    via = np.flatnonzero(legs.hub >= 0)
    for unit, amount, limit in (
        ("kg", problem.shipment_kg, problem.hub_capacity_kg),
        ("m3", problem.shipment_m3, problem.hub_capacity_m3),
    ):
        asked = amount[legs.shipment[via]]
        most = np.bincount(legs.hub[via], weights=asked, minlength=problem.num_hubs)
        tight = np.flatnonzero(most > limit)
        number = np.full(problem.num_hubs, -1)
        number[tight] = np.arange(tight.size)
        use = number[legs.hub[via]] >= 0
        scale = np.maximum(limit, 1e-9)  # rows between 0 and 1
        short = linear.add_columns(
            f"short {unit}", problem.num_hubs, upper=np.inf if elastic else 0.0, cost=1.0
        )
        linear.add_rows(
            f"hub capacity {unit}",
            tight.size,
            (
                number[legs.hub[via]][use],
                choose[via][use],
                (asked / scale[legs.hub[via]])[use],
            ),
            (np.arange(tight.size), opened[tight], -1.0),
            (np.arange(tight.size), short[tight], -1.0),
            upper=0.0,
        )


def _add_vehicle_limit(
    linear: LinearModel, problem: HubsProblem, legs: Legs, mix: IntArray, elastic: bool
) -> None:
    limited = np.flatnonzero(np.isfinite(problem.vehicle_limit))
    if not limited.size or not mix.size:
        return
    short = linear.add_columns(
        "short vehicles", limited.size, upper=np.inf if elastic else 0.0, cost=1.0
    )
    counts = np.vstack([m.counts for m in legs.mixes])[:, limited]
    place, row = np.nonzero(counts)
    linear.add_rows(
        "vehicles that exist",
        limited.size,
        (row, mix[place], counts[place, row]),
        (np.arange(limited.size), short, -1.0),
        upper=problem.vehicle_limit[limited],
    )


def start_values(
    model: HubsModel, problem: HubsProblem, legs: Legs, option: IntArray, mixes: IntArray
) -> FloatArray:
    """Values of all columns for a known plan.

    Parameters
    ----------
    option
        Row of the chosen option of each shipment.
    mixes
        Combination on each leg, -1 where nothing travels.
    """
    values = np.zeros(model.linear.num_columns)
    values[model.choose_columns[option]] = 1.0
    hub = legs.hub[option]
    values[model.open_columns[np.unique(hub[hub >= 0])]] = 1.0
    used = np.flatnonzero(mixes >= 0)
    values[model.mix_columns[model.mix_start[used] + mixes[used]]] = 1.0
    return values


def solve_milp(
    model: HubsModel,
    *,
    time_limit: float = math.inf,
    gap: float = 0.0,
    seed: int = 0,
    start: FloatArray | None = None,
    on_event: OnEvent | None = None,
) -> MipOutcome:
    """Solve the model with HiGHS; objective and bound lack `model.constant_eur`."""
    return solve_model(
        model.linear,
        time_limit=time_limit,
        gap=gap,
        seed=seed,
        start=start,
        step="hubs",
        on_event=on_event,
    )


def _join(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.zeros(0)
