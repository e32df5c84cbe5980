"""Columns and rows of batteries and solar panels.

At a site that may have either, the model knows what it draws from the grid in every hour::

    draw = load + charge - discharge - solar >= 0
    level(t) = level(t - 1) + charge e - discharge / e    round each typical day
    level <= kWh,  charge <= kW,  discharge <= kW,  kW <= kWh / hours,  solar <= kWp x profile

with ``e`` the root of the efficiency once round. Sizes never shrink, and stand at open sites only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.mip import LinearModel
from bundling.siting.problem import HOURS, SitingProblem
from bundling.siting.solution import Dispatch

if TYPE_CHECKING:
    from bundling.siting.milp import Built

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DUST_KW = 1e-7


@dataclass(frozen=True, eq=False)
class Stored:
    """Where the columns of batteries and PV stand, for the sites that may have them.

    Attributes
    ----------
    sites
        Those sites [V].
    place
        Place of each site in `sites`, -1 for none [S].
    kwh, kw, kwp
        Sizes [V, Y].
    charge, discharge, level, solar, draw
        By hour [V, Y, T].
    """

    sites: IntArray
    place: IntArray
    kwh: IntArray
    kw: IntArray
    kwp: IntArray
    charge: IntArray
    discharge: IntArray
    level: IntArray
    solar: IntArray
    draw: IntArray


def add_storage(
    problem: SitingProblem,
    model: LinearModel,
    build: IntArray,
    weight: FloatArray,
) -> Stored | None:
    """Add the columns and the rows that hold at one site; None when no site may have any."""
    store = problem.storage
    if store is None:
        return None
    sites = build[(store.battery_max_kwh[build] > 0) | (store.pv_max_kwp[build] > 0)]
    if not len(sites):
        return None
    place = np.full(problem.num_sites, -1)
    place[sites] = np.arange(len(sites))
    years, hours = problem.num_years, problem.num_hours
    size, hourly = (len(sites), years), (len(sites), years, hours)
    most_kwh = store.battery_max_kwh[sites][:, None]
    most_kw = most_kwh / store.battery_hours
    kwh = model.add_columns(
        "battery kwh", size, upper=most_kwh, cost=store.battery_eur_per_kwh_year * weight
    )
    kw = model.add_columns(
        "battery kw", size, upper=most_kw, cost=store.battery_eur_per_kw_year * weight
    )
    kwp = model.add_columns(
        "solar kwp",
        size,
        upper=store.pv_max_kwp[sites][:, None],
        cost=store.pv_eur_per_kwp_year * weight,
    )
    daily = weight[:, None] * problem.days_per_year * problem.hour_weights
    price = daily * problem.price_eur_per_kwh
    wear = daily * store.battery_eur_per_kwh_cycled / store.one_way
    some = most_kw[:, :, None]
    charge = model.add_columns("charge", hourly, upper=some, cost=price)
    discharge = model.add_columns("discharge", hourly, upper=some, cost=wear - price)
    level = model.add_columns("level", hourly, upper=most_kwh[:, :, None])
    most_solar = store.pv_max_kwp[sites][:, None, None] * store.pv_kw_per_kwp
    solar = model.add_columns("solar", hourly, upper=most_solar, cost=-price)
    draw = model.add_columns("draw", hourly)
    stored = Stored(sites, place, kwh, kw, kwp, charge, discharge, level, solar, draw)
    _rows(problem, model, stored)
    return stored


def _rows(problem: SitingProblem, model: LinearModel, stored: Stored) -> None:
    store = problem.storage
    assert store is not None
    e = store.one_way
    shape = stored.charge.shape
    each = np.arange(stored.charge.size).reshape(shape)
    before = stored.level.reshape(*shape[:2], -1, HOURS)
    before = np.roll(before, 1, axis=3).reshape(shape)
    model.add_rows(
        "battery level",
        shape,
        (each, stored.level, 1.0),
        (each, before, -1.0),
        (each, stored.charge, -e),
        (each, stored.discharge, 1.0 / e),
        lower=0.0,
        upper=0.0,
    )
    for name, columns, size in (
        ("battery energy", stored.level, stored.kwh),
        ("battery charge power", stored.charge, stored.kw),
        ("battery discharge power", stored.discharge, stored.kw),
    ):
        model.add_rows(name, shape, (each, columns, 1.0), (each, size[:, :, None], -1.0), upper=0.0)
    profile = store.pv_kw_per_kwp
    model.add_rows(
        "solar power",
        shape,
        (each, stored.solar, 1.0),
        (each, stored.kwp[:, :, None], -profile),
        upper=0.0,
    )
    flat = np.arange(stored.kwh.size).reshape(stored.kwh.shape)
    model.add_rows(
        "battery power within its energy",
        stored.kw.shape,
        (flat, stored.kw, 1.0),
        (flat, stored.kwh, -1.0 / store.battery_hours),
        upper=0.0,
    )
    if problem.num_years > 1:
        later = np.arange(stored.kwh[:, 1:].size).reshape(stored.kwh[:, 1:].shape)
        for name, size in (("kwh", stored.kwh), ("kw", stored.kw), ("kwp", stored.kwp)):
            model.add_rows(
                f"storage stays {name}",
                later.shape,
                (later, size[:, 1:], 1.0),
                (later, size[:, :-1], -1.0),
                lower=0.0,
            )


def add_storage_links(problem: SitingProblem, built: Built, by_site: list[IntArray]) -> None:
    """Tie what a site draws to its loads, and its sizes to the site being open.

    Parameters
    ----------
    problem, built
        The problem and its model.
    by_site
        Electric group energies of each site.
    """
    stored, store = built.stored, problem.storage
    if stored is None or store is None:
        return
    model, small = built.model, built.reduced
    years, hours = problem.num_years, problem.num_hours
    each = np.arange(stored.draw.size).reshape(stored.draw.shape)
    mine = [by_site[s] for s in stored.sites]
    owner = np.repeat(np.arange(len(mine)), [len(loads) for loads in mine])
    loads = np.concatenate([np.zeros(0, dtype=np.int64), *mine]).astype(np.int64)
    shares = small.group_profile[small.load_groups[loads]]
    model.add_rows(
        "draw",
        (len(stored.sites), years, hours),
        (each, stored.draw, 1.0),
        (each, stored.charge, -1.0),
        (each, stored.discharge, 1.0),
        (each, stored.solar, 1.0),
        (each[owner], built.load[loads][:, :, None], -shares[:, None, :]),
        lower=0.0,
        upper=0.0,
    )
    flat = np.arange(stored.kwh.size).reshape(stored.kwh.shape)
    steps = built.step[built.place[stored.sites]]
    for name, size, most in (
        ("battery at an open site", stored.kwh, store.battery_max_kwh),
        ("solar at an open site", stored.kwp, store.pv_max_kwp),
    ):
        model.add_rows(
            name,
            size.shape,
            (flat, size, 1.0),
            (flat[:, None, :], steps, -most[stored.sites][:, None, None]),
            upper=0.0,
        )


def read_dispatch(
    problem: SitingProblem, stored: Stored | None, values: FloatArray
) -> Dispatch | None:
    """Make the decisions of the values of all columns; None in a problem without storage."""
    if problem.storage is None:
        return None
    size = (problem.num_sites, problem.num_years)
    found = {name: np.zeros(size) for name in ("battery_kwh", "battery_kw", "pv_kwp")}
    hourly = {
        name: np.zeros((*size, problem.num_hours))
        for name in ("charge_kw", "discharge_kw", "pv_kw")
    }
    if stored is not None:
        for name, columns in (
            ("battery_kwh", stored.kwh),
            ("battery_kw", stored.kw),
            ("pv_kwp", stored.kwp),
        ):
            found[name][stored.sites] = np.maximum(values[columns], 0.0)
        for name, columns in (
            ("charge_kw", stored.charge),
            ("discharge_kw", stored.discharge),
            ("pv_kw", stored.solar),
        ):
            amounts = values[columns]
            hourly[name][stored.sites] = np.where(amounts > _DUST_KW, amounts, 0.0)
    return Dispatch(**found, **hourly)
