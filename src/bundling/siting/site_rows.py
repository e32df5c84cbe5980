"""The rows of the siting model that hold without hours: demand, sites, transport, years."""

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
    _demand_rows(built)
    _load_rows(built)
    _site_rows(problem, built, power, most)
    _transport_rows(problem, built)


def _demand_rows(built: Built) -> None:
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
    pairs = np.flatnonzero(
        (place[small.pair_site] >= 0) & (problem.existing_kw[small.pair_site] == 0)
    )
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


def _transport_rows(problem: SitingProblem, built: Built) -> None:
    """All energy of a site is transported at the price of its step, or of existing ones."""
    model, small = built.model, built.reduced
    years = problem.num_years
    old = np.flatnonzero(problem.existing_kw > 0)
    at_existing = built.moved_existing
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
    np.add.at(reachable, small.pair_site, small.grid_kwh[small.pair_demand])
    existing = HOURS * problem.existing_kw
    # Energy through a step: at most its peak in every hour, besides the existing chargers'.
    each = np.arange(built.moved.size).reshape(built.moved.shape)
    hours = _full_hours(problem, built)
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


def _full_hours(problem: SitingProblem, built: Built) -> FloatArray:
    """Most kWh a day per kW of peak that the groups within reach of a site can give [B].

    With no existing chargers: energy <= peak / (least peak share of any group mix). The largest
    share of a mix is at least 1/24; with one group it is that group's largest share.
    """
    small = built.reduced
    best = np.full(len(built.build), float(HOURS))
    for i, site in enumerate(built.build):
        if problem.existing_kw[site] > 0:
            continue
        shares = small.group_profile[small.load_groups[small.load_sites == site]]
        if len(shares) == 1:
            best[i] = 1.0 / shares.max()
    return best


def add_year_rows(built: Built) -> None:
    """Keep what is built; a connection never gets smaller; a bought step is paid ever after."""
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
