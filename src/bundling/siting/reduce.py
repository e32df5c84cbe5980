"""What can be taken out of a siting problem before it is solved, without changing its optimum.

- Demand points with the same profile, smallest charger, carrier and equal service cost everywhere
  are one.
- A site's hourly load depends on its demand only through the energy per *group* (profile, smallest
  charger, carrier), so hour rows hold a few group energies instead of all demand points.
- An hour in which every group asks for a smaller share than in another hour cannot bind before
  that other hour does; nor at a grid node, if the node has at least as much room then.
- No site can use more power than its reachable demand, its room for chargers and its grid allow.
  These limits replace the size of the connection in the linking rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.siting.flows import efficiency
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
    first
        One demand point of each merged one [M].
    kwh, grid_kwh
        Energy of the mean day of the merged demand points, in the vehicle and from the charger
        [M, Y].
    pair_first
        Position in the problem's pairs of each kept pair, one for all merged points [Q].
    pair_demand, pair_site
        Merged demand point and site of the kept pairs [Q].
    group
        Group of each merged demand point [M].
    group_profile, group_min_kw, group_carrier
        Hourly shares [N, T], smallest charger and carrier [N] of the groups; carrier 0 is
        electricity.
    load_sites, load_groups
        Site and group of the group energies that can be above 0 [L].
    pair_load
        Which group energy a kept pair adds to [Q].
    power_kw
        Largest new power of use to a site, grid included [S, Y].
    demand_power_kw
        The same without the grid [S, Y].
    charge_kw
        Largest power of use at new chargers of each carrier [S, Z, Y].
    """

    merged: IntArray
    first: IntArray
    kwh: FloatArray
    grid_kwh: FloatArray
    pair_first: IntArray
    pair_demand: IntArray
    pair_site: IntArray
    group: IntArray
    group_profile: FloatArray
    group_min_kw: FloatArray
    group_carrier: IntArray
    load_sites: IntArray
    load_groups: IntArray
    pair_load: IntArray
    power_kw: FloatArray
    demand_power_kw: FloatArray
    charge_kw: FloatArray

    @property
    def electric_loads(self) -> BoolArray:
        """Group energies that are electricity [L]."""
        electric: BoolArray = self.group_carrier[self.load_groups] == 0
        return electric


def reduce(problem: SitingProblem) -> Reduced:
    """Merge, group and bound; see the module text."""
    hours = problem.num_hours
    carrier = np.zeros(problem.num_demands)
    if problem.carriers is not None:
        carrier = problem.carriers.demand.astype(np.float64)
    traits = np.column_stack([problem.demand_profile, problem.demand_min_kw, carrier])
    traits, group_of = np.unique(traits, axis=0, return_inverse=True)
    group_of = group_of.reshape(-1)
    merged, first = _merge(problem, group_of)
    kwh = np.zeros((len(first), problem.num_years))
    np.add.at(kwh, merged, problem.demand_kwh)
    grid_kwh = kwh / efficiency(problem)[first][:, None]
    group = group_of[first]

    electric = problem.electric[problem.pair_demand]
    at = problem.pair_site
    usable = problem.buildable[at] | ((problem.existing_kw[at] > 0) & electric)
    kept = np.isin(problem.pair_demand, first) & usable
    pair_first = np.flatnonzero(kept)
    pair_demand = merged[problem.pair_demand[pair_first]]
    pair_site = problem.pair_site[pair_first]
    groups = max(1, len(traits))
    loads, pair_load = np.unique(pair_site * groups + group[pair_demand], return_inverse=True)
    pair_load = pair_load.reshape(-1)
    load_sites, load_groups = loads // groups, loads % groups

    # Most energy of each group within reach, then by hour.
    reach = np.zeros((len(loads), problem.num_years))
    np.add.at(reach, pair_load, grid_kwh[pair_demand])
    carriers = 1 if problem.carriers is None else problem.carriers.size
    reachable = np.zeros((problem.num_sites, carriers, problem.num_years, hours))
    group_carrier = traits[:, hours + 1].astype(np.int64)
    np.add.at(
        reachable,
        (load_sites, group_carrier[load_groups]),
        reach[:, :, None] * traits[load_groups, None, :hours],
    )
    beyond = np.maximum(reachable[:, 0] - problem.existing_kw[:, None, None], 0.0)
    chargers = problem.max_chargers * problem.charger_kw.max() * problem.utilisation_limit
    most = np.where(problem.buildable, chargers, 0.0)
    charge = np.minimum(reachable.max(axis=3), most[:, None, None])
    charge[:, 0] = np.minimum(beyond.max(axis=2), most[:, None])
    largest = np.where(problem.buildable, problem.step_max_kw[-1], 0.0)
    above = ancestry(problem.node_parent)[:, problem.site_node]
    room = np.where(above[:, :, None, None], problem.most_room_kw[:, None], np.inf).min(
        axis=0, initial=np.inf
    )
    battery = np.zeros(problem.num_sites)
    if problem.storage is not None:
        battery = problem.storage.battery_max_kwh / problem.storage.battery_hours
    # A battery moves load to other hours, so only the largest room counts then.
    within = np.where(
        battery[:, None] > 0,
        np.minimum(charge[:, 0] + battery[:, None], room.max(axis=2)),
        np.minimum(beyond, room).max(axis=2),
    )
    demand_power = np.minimum(charge[:, 0] + battery[:, None], largest[:, None])
    power = np.minimum(within, demand_power)
    charge[:, 0] = np.where(battery[:, None] > 0, charge[:, 0], np.minimum(charge[:, 0], power))
    if problem.storage is not None:
        # Panels serve load that the grid has no room for.
        charge[:, 0] = np.where(
            problem.storage.pv_max_kwp[:, None] > 0,
            np.minimum(beyond.max(axis=2), most[:, None]),
            charge[:, 0],
        )
    return Reduced(
        merged=merged,
        first=first,
        kwh=kwh,
        grid_kwh=grid_kwh,
        pair_first=pair_first,
        pair_demand=pair_demand,
        pair_site=pair_site,
        group=group,
        group_profile=traits[:, :hours],
        group_min_kw=traits[:, hours],
        group_carrier=group_carrier,
        load_sites=load_sites,
        load_groups=load_groups,
        pair_load=pair_load,
        power_kw=power,
        demand_power_kw=demand_power,
        charge_kw=charge,
    )


def _merge(problem: SitingProblem, group: IntArray) -> tuple[IntArray, IntArray]:
    """Return the merged point of each demand point, and the first point of each merged one.

    Stops of a flow keep to themselves, and so do points of different areas.
    """
    order = np.lexsort((problem.pair_site, problem.pair_demand))
    ends = np.searchsorted(problem.pair_demand[order], np.arange(problem.num_demands + 1))
    area = np.full(problem.num_demands, -1)
    if problem.coverage is not None:
        area = problem.coverage.demand_area
    seen: dict[tuple[object, ...], int] = {}
    merged = np.zeros(problem.num_demands, dtype=np.int64)
    first: list[int] = []
    for d in range(problem.num_demands):
        mine = order[ends[d] : ends[d + 1]]
        key: tuple[object, ...] = (
            int(group[d]),
            int(area[d]),
            -1 if problem.demand_link[d] < 0 else d,
            problem.pair_site[mine].tobytes(),
            problem.pair_eur_per_kwh[mine].tobytes(),
        )
        if key not in seen:
            seen[key] = len(first)
            first.append(d)
        merged[d] = seen[key]
    return merged, np.array(first, dtype=np.int64)


def binding_hours(shares: FloatArray, limits: FloatArray | None = None) -> IntArray:
    """Hours that can bind: for no other hour are all shares at least as large and room as small.

    Parameters
    ----------
    shares
        Hourly shares of the groups [N, T].
    limits
        Limits by hour [T] or [R, T], each as tight or tighter in an hour that covers another;
        None when they are the same in every hour.
    """
    hours = np.arange(shares.shape[1])
    traits = shares if limits is None else np.vstack([shares, -np.atleast_2d(limits)])
    # Equal hours first, so that the pairwise comparison runs over different ones only.
    traits, first = np.unique(traits, axis=1, return_index=True)
    covers: BoolArray = np.all(traits[:, :, None] >= traits[:, None, :], axis=0)
    np.fill_diagonal(covers, False)
    return np.sort(hours[first[~covers.any(axis=0)]])
