"""What can be taken out of a siting problem before it is solved, without changing its optimum.

- Demand points with the same profile, smallest charger and equal service cost everywhere are one.
- A site's hourly load depends on its demand only through the energy per *group* (profile and
  smallest charger), so hour rows hold a few group energies instead of all demand points.
- An hour in which every group asks for a smaller share than in another hour cannot bind before
  that other hour does; nor at a grid node, if the node has at least as much room then.
- No site can use more power than its reachable demand, its room for chargers and its grid allow.
  These limits replace the size of the connection in the linking rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.siting.grid import ancestry
from bundling.siting.problem import SitingProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Reduced:
    """The parts of a problem that the model is built from.

    Attributes
    ----------
    merged
        Merged demand point of each demand point [D].
    kwh, grid_kwh
        Energy a day of the merged demand points, in the vehicle and from the grid [M, Y].
    pair_first
        Position in the problem's pairs of each kept pair, one for all merged points [Q].
    pair_demand, pair_site
        Merged demand point and site of the kept pairs [Q].
    group
        Group of each merged demand point [M].
    group_profile, group_min_kw
        Hourly shares [N, 24] and smallest charger [N] of the groups.
    load_sites, load_groups
        Site and group of the group energies that can be above 0 [L].
    pair_load
        Which group energy a kept pair adds to [Q].
    power_kw
        Largest new power of use to a site, grid included [S, Y].
    demand_power_kw
        The same without the grid [S, Y].
    """

    merged: IntArray
    kwh: FloatArray
    grid_kwh: FloatArray
    pair_first: IntArray
    pair_demand: IntArray
    pair_site: IntArray
    group: IntArray
    group_profile: FloatArray
    group_min_kw: FloatArray
    load_sites: IntArray
    load_groups: IntArray
    pair_load: IntArray
    power_kw: FloatArray
    demand_power_kw: FloatArray


def reduce(problem: SitingProblem) -> Reduced:
    """Merge, group and bound; see the module text."""
    traits = np.column_stack([problem.demand_profile, problem.demand_min_kw])
    traits, group_of = np.unique(traits, axis=0, return_inverse=True)
    group_of = group_of.reshape(-1)
    merged, first = _merge(problem, group_of)
    kwh = np.zeros((len(first), problem.num_years))
    np.add.at(kwh, merged, problem.demand_kwh)
    grid_kwh = kwh / problem.charger_efficiency
    group = group_of[first]

    usable = problem.buildable | (problem.existing_kw > 0)
    kept = np.isin(problem.pair_demand, first) & usable[problem.pair_site]
    pair_first = np.flatnonzero(kept)
    pair_demand = merged[problem.pair_demand[pair_first]]
    pair_site = problem.pair_site[pair_first]
    groups = max(1, len(traits))
    loads, pair_load = np.unique(pair_site * groups + group[pair_demand], return_inverse=True)

    reachable = np.zeros((problem.num_sites, problem.num_years, 24))
    shares = traits[:, :24][group[pair_demand]]
    np.add.at(reachable, pair_site, grid_kwh[pair_demand][:, :, None] * shares[:, None, :])
    beyond = np.maximum(reachable - problem.existing_kw[:, None, None], 0.0)
    chargers = problem.max_chargers * problem.charger_kw.max() * problem.utilisation_limit
    most = np.where(problem.buildable, np.minimum(chargers, problem.step_max_kw[-1]), 0.0)
    demand_power = np.minimum(beyond.max(axis=2), most[:, None])
    above = ancestry(problem.node_parent)[:, problem.site_node]
    room = np.where(above[:, :, None, None], problem.room_kw[:, None], np.inf).min(
        axis=0, initial=np.inf
    )
    power = np.minimum(np.minimum(beyond, room).max(axis=2), demand_power)
    return Reduced(
        merged=merged,
        kwh=kwh,
        grid_kwh=grid_kwh,
        pair_first=pair_first,
        pair_demand=pair_demand,
        pair_site=pair_site,
        group=group,
        group_profile=traits[:, :24],
        group_min_kw=traits[:, 24],
        load_sites=loads // groups,
        load_groups=loads % groups,
        pair_load=pair_load.reshape(-1),
        power_kw=power,
        demand_power_kw=demand_power,
    )


def _merge(problem: SitingProblem, group: IntArray) -> tuple[IntArray, IntArray]:
    """Return the merged point of each demand point, and the first point of each merged one."""
    order = np.lexsort((problem.pair_site, problem.pair_demand))
    ends = np.searchsorted(problem.pair_demand[order], np.arange(problem.num_demands + 1))
    seen: dict[tuple[int, bytes, bytes], int] = {}
    merged = np.zeros(problem.num_demands, dtype=np.int64)
    first: list[int] = []
    for d in range(problem.num_demands):
        mine = order[ends[d] : ends[d + 1]]
        key = (
            int(group[d]),
            problem.pair_site[mine].tobytes(),
            problem.pair_eur_per_kwh[mine].tobytes(),
        )
        if key not in seen:
            seen[key] = len(first)
            first.append(d)
        merged[d] = seen[key]
    return merged, np.array(first, dtype=np.int64)


def binding_hours(shares: FloatArray, room: FloatArray | None = None) -> IntArray:
    """Hours that can bind: for no other hour are all shares at least as large and room as small.

    Parameters
    ----------
    shares
        Hourly shares of the groups [N, 24].
    room
        Limit by hour [24]; None when it is the same in every hour.
    """
    hours = np.arange(shares.shape[1])
    limit = np.zeros(len(hours)) if room is None else room
    covers = (shares[:, :, None] >= shares[:, None, :]).all(axis=0)
    covers &= limit[:, None] <= limit[None, :]
    # Of equal hours the first stays: h' removes h when it covers h and is not removed by it.
    strictly = covers & (~covers.T | (hours[:, None] < hours[None, :]))
    return np.flatnonzero(~strictly.any(axis=0))
