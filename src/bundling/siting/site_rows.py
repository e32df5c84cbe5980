"""The rows of the siting model that hold without hours: demand, sites, transport."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.siting.problem import HOURS, SitingProblem

if TYPE_CHECKING:
    from bundling.siting.milp import Built

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def add_site_rows(
    problem: SitingProblem, built: Built, power: FloatArray, most: FloatArray
) -> None:
    """Add the rows of demand, load, sites and transport.

    Parameters
    ----------
    problem, built
        The problem and the model with its columns.
    power
        Largest new power of use by site, up to each year [B, Y], kW.
    most
        Largest number of chargers of use [B, C, Y].
    """
    _demand_rows(problem, built)
    _load_rows(built)
    _site_rows(problem, built, power, most)
    _transport_rows(problem, built)


def _demand_rows(problem: SitingProblem, built: Built) -> None:
    """Let served and unserved shares of each demand point sum to 1."""
    rows = np.arange(built.unserved.size).reshape(built.unserved.shape)
    built.model.add_rows(
        "demand",
        built.unserved.shape,
        (rows, built.unserved, 1.0),
        (rows[built.reduced.pair_demand], built.share, 1.0),
        lower=1.0,
        upper=1.0,
    )
    _flow_rows(problem, built)


def _flow_rows(problem: SitingProblem, built: Built) -> None:
    """Serve all stops of a flow to the same share; a stop that asks nothing in a year is none."""
    small = built.reduced
    link = problem.demand_link[small.first]
    follow: list[IntArray] = []
    lead: list[IntArray] = []
    for flow in np.unique(link[link >= 0]):
        for y in range(problem.num_years):
            stops = np.flatnonzero((link == flow) & (small.kwh[:, y] > 0))
            follow.append(built.unserved[stops[1:], y])
            lead.append(np.repeat(built.unserved[stops[:1], y], max(len(stops) - 1, 0)))
    count = sum(len(columns) for columns in follow)
    if count:
        rows = np.arange(count)
        built.model.add_rows(
            "stops of a flow alike",
            count,
            (rows, np.concatenate(follow), 1.0),
            (rows, np.concatenate(lead), -1.0),
            lower=0.0,
            upper=0.0,
        )


def _load_rows(built: Built) -> None:
    """Grid energy of a site and group is that of what its demand points are served there."""
    small = built.reduced
    rows = np.arange(built.load.size).reshape(built.load.shape)
    built.model.add_rows(
        "load",
        built.load.shape,
        (rows, built.load, 1.0),
        (rows[small.pair_load], built.share, -small.grid_kwh[small.pair_demand]),
        lower=0.0,
        upper=0.0,
    )


def _site_rows(problem: SitingProblem, built: Built, power: FloatArray, most: FloatArray) -> None:
    """One step at a time; chargers only at open sites and within room; peak within both."""
    model, sites = built.model, built.build
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
    each = np.arange(built.chargers.size).reshape(built.chargers.shape)
    model.add_rows(
        "chargers need a connection",
        built.chargers.shape,
        (each, built.chargers, 1.0),
        (each[:, :, None, :], built.step[:, None], -most[:, :, None, :]),
        upper=0.0,
    )
    # A contract that gives part of its power in the hours that count is larger than the load.
    least = np.where(problem.step_available > 0, problem.step_available, 1.0).min(axis=1)
    limit = np.minimum(problem.step_max_kw[None, :, None], power[:, None, :] / least[None, :, None])
    each = np.arange(built.peak.size).reshape(built.peak.shape)
    model.add_rows(
        "connection power",
        built.peak.shape,
        (each, built.peak, 1.0),
        (each, built.step, -limit),
        upper=0.0,
    )
    # New power goes into vehicles, where no battery takes it.
    direct = np.flatnonzero(_no_battery(problem)[sites])
    delivered = np.where(
        _carrier_of_chargers(problem) == 0, problem.utilisation_limit * problem.charger_kw, 0.0
    )
    rows = np.arange(len(direct) * years).reshape(len(direct), 1, years)
    model.add_rows(
        "charger power",
        (len(direct), years),
        (rows, built.peak[direct], least[None, :, None]),
        (rows, built.chargers[direct], -delivered[None, :, None]),
        upper=0.0,
    )
    _linking_rows(problem, built)
    limited = problem.budget is not None and bool(np.isfinite(problem.budget.eur).any())
    if limited and problem.carriers is None:
        # With a budget by year a site may be built a year before its chargers.
        return
    fresh = np.flatnonzero(problem.existing_kw[sites] == 0)
    more = np.arange(len(fresh) * years).reshape(len(fresh), 1, years)
    model.add_rows(
        "an open site has a charger",
        (len(fresh), years),
        (more, built.chargers[fresh], 1.0),
        (more, built.step[fresh], -1.0),
        lower=0.0,
    )


def _no_battery(problem: SitingProblem) -> NDArray[np.bool_]:
    if problem.storage is None:
        return np.ones(problem.num_sites, dtype=bool)
    none: NDArray[np.bool_] = problem.storage.battery_max_kwh == 0
    return none


def _carrier_of_chargers(problem: SitingProblem) -> IntArray:
    if problem.carriers is None:
        return np.zeros(problem.num_chargers, dtype=np.int64)
    return problem.carriers.charger


def _linking_rows(problem: SitingProblem, built: Built) -> None:
    """Strong linking, where nothing is there yet: nobody is served at a site that is not open.

    And nobody who needs a fast charger, or another carrier, where there is none.
    """
    model, small = built.model, built.reduced
    years = problem.num_years
    carrier = small.group_carrier[small.group[small.pair_demand]]
    fresh = (problem.existing_kw[small.pair_site] == 0) | (carrier > 0)
    pairs = np.flatnonzero((built.place[small.pair_site] >= 0) & fresh)
    link = np.arange(len(pairs) * years).reshape(len(pairs), years)
    model.add_rows(
        "served only at open sites",
        link.shape,
        (link, built.share[pairs], 1.0),
        (link[:, None, :], built.step[built.place[small.pair_site[pairs]]], -1.0),
        upper=0.0,
    )
    needs = small.group_min_kw[small.group[small.pair_demand[pairs]]]
    of_charger = _carrier_of_chargers(problem)
    for z in np.unique(carrier[pairs]):
        own = of_charger == z
        slowest = problem.charger_kw[own].min(initial=np.inf)
        mine = carrier[pairs] == z
        for level in np.unique(needs[mine]):
            if z == 0 and level <= slowest and own.all():
                continue
            some = pairs[mine & (needs == level)]
            fit = np.flatnonzero(own & (problem.charger_kw >= level))
            rows = np.arange(len(some) * years).reshape(len(some), years)
            model.add_rows(
                "served only by fitting chargers",
                rows.shape,
                (rows, built.share[some], 1.0),
                (
                    rows[:, None, :],
                    built.chargers[built.place[small.pair_site[some]]][:, fit],
                    -1.0,
                ),
                upper=0.0,
            )


def _transport_rows(problem: SitingProblem, built: Built) -> None:
    """All electricity of a site is transported at the price of its step, or of existing ones."""
    model, small = built.model, built.reduced
    years = problem.num_years
    old = np.flatnonzero(problem.existing_kw > 0)
    at_existing = built.moved_existing
    rows = np.arange(problem.num_sites * years).reshape(problem.num_sites, years)
    electric = np.flatnonzero(small.electric_loads)
    terms = [
        (rows[small.load_sites[electric]], built.load[electric], np.array(1.0)),
        (rows[built.build][:, None, :], built.moved, np.array(-1.0)),
        (rows[old], at_existing, np.array(-1.0)),
    ]
    reachable = np.zeros((problem.num_sites, years))
    is_electric = small.group_carrier[small.group[small.pair_demand]] == 0
    np.add.at(
        reachable, small.pair_site[is_electric], small.grid_kwh[small.pair_demand[is_electric]]
    )
    if built.stored is not None:
        own = built.stored
        here = rows[own.sites][:, :, None]
        weights = problem.hour_weights
        terms += [(here, own.charge, weights)]
        terms += [(here, own.discharge, -weights), (here, own.solar, -weights)]
        # What goes round in a battery is drawn besides the loads.
        reachable = np.where((own.place >= 0)[:, None], np.inf, reachable)
    model.add_rows("transport", rows.shape, *terms, lower=0.0, upper=0.0)
    existing = HOURS * problem.existing_kw
    # Energy through a step: at most its peak in every hour, besides the existing chargers'.
    each = np.arange(built.moved.size).reshape(built.moved.shape)
    hours = _full_hours(problem, built)
    base = np.minimum(existing[built.build, None], reachable[built.build])
    model.add_rows(
        "transport by step",
        each.shape,
        (each, built.moved, 1.0),
        (each, built.peak, -hours[:, :, None]),
        (each, built.step, -base[:, None, :]),
        upper=0.0,
    )
    if len(old):
        both = np.flatnonzero(built.place[old] >= 0)
        here = np.arange(at_existing.size).reshape(at_existing.shape)
        limit = np.minimum(existing[old, None], reachable[old])
        model.add_rows(
            "existing price only without a step",
            at_existing.shape,
            (here, at_existing, 1.0),
            (
                here[both][:, None, :],
                built.step[built.place[old[both]]],
                limit[both][:, None, :],
            ),
            upper=limit,
        )


def _full_hours(problem: SitingProblem, built: Built) -> FloatArray:
    """Most kWh of the mean day per contracted kW at a site under each step [B, K].

    At most the hours in which the contract gives power. With one group and no existing chargers:
    load <= contract x available in every hour, so energy <= contract x the least available/share.
    """
    small = built.reduced
    best = np.tile(problem.step_available @ problem.hour_weights, (len(built.build), 1))
    electric = small.electric_loads
    stored = np.zeros(problem.num_sites, dtype=bool)
    if built.stored is not None:
        stored[built.stored.sites] = True
    alone = np.bincount(small.load_sites[electric], minlength=problem.num_sites) == 1
    for load in np.flatnonzero(electric & alone[small.load_sites]):
        site = int(small.load_sites[load])
        if built.place[site] < 0 or problem.existing_kw[site] > 0 or stored[site]:
            continue
        share = small.group_profile[small.load_groups[load]]
        some = share > 0
        most = (problem.step_available[:, some] / share[some]).min(axis=1)
        best[built.place[site]] = np.minimum(best[built.place[site]], most)
    return best


def row_numbers(shape: tuple[int, ...]) -> IntArray:
    """Numbers of the rows of a block of this shape."""
    return np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
