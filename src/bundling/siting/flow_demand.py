"""Truck flows that must charge on their way, as linked demand of a siting problem.

Each window of a group of flows (`bundling.siting.truck_windows`) becomes a demand point of kind
``flow``, and the points of a group are served to one share: a truck that needs two stops is helped
by both or by neither. What is assumed:

- Trucks come at the hours of the profile ``corridor``, and on a weekend day ``weekend_flow`` times
  as much energy is asked for as on a working day.
- The way to a site and back is off the motorway: at ``speed_rural_kmh`` and without levy, with the
  kilometre and hour prices of `bundling.siting.detour`. The energy of that way is not priced again,
  because the windows ask for it.
- A point is drawn in the middle of its sites; only maps and words use that.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.siting.assumed import assumed
from bundling.siting.demand import electric_types, truck_km
from bundling.siting.flow_words import KIND as KIND
from bundling.siting.flow_words import flow_words as flow_words
from bundling.siting.flow_words import flows_served as flows_served
from bundling.siting.flow_words import size_faults
from bundling.siting.problem import HOURS, SitingProblem
from bundling.siting.truck_flows import TruckWindows
from bundling.siting.week import DAYS

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

CORRIDOR = ("keep", "rest", "drop")
_PROFILE = "corridor"
_POINTS = "corridor-"


def with_flows(
    problem: SitingProblem,
    region: Region,
    windows: TruckWindows,
    *,
    corridor: str = "rest",
    min_kw: float = 350.0,
    site_ids: Sequence[str] | None = None,
    day_ratio: ArrayLike | None = None,
) -> SitingProblem:
    """Add the windows of truck flows to a problem as linked demand.

    Parameters
    ----------
    problem
        With one typical day or several; before or after `bundling.siting.week.with_week`.
    region
        Its ``demand_profiles``, ``vehicle_types``, ``truck_flows`` and assumptions.
    windows
        Of the region's flows in the planning years; see `bundling.siting.truck_region`.
    corridor
        What becomes of the demand points of kind ``corridor``, which ask for a share of the energy
        of every truck: ``"rest"`` takes out the trucks that have windows, so that their energy is
        not counted twice; ``"drop"`` takes out all, ``"keep"`` none.
    min_kw
        Smallest charger of use.
    site_ids
        Sites that ``windows.pair_site`` counts; those of ``site_candidates`` when None.
    day_ratio
        Energy of each typical day over that of a working day. When None 1 for a single day, and
        for a working day and a weekend day that of ``weekend_flow``.

    Returns
    -------
    SitingProblem
        Windows belong to no area of a `Coverage`. Without windows, the problem itself.

    Raises
    ------
    bundling.InputError
        When windows, years, sites, days and region do not fit each other.
    """
    names = region.table("site_candidates")["site_id"] if site_ids is None else site_ids
    ids = [str(name) for name in names]
    ratio = _day_ratio(problem, region, day_ratio)
    raise_if(_faults(problem, region, windows, ids, corridor, ratio))
    small = _less_corridor(problem, region, windows, corridor)
    if not len(windows.window_flow):
        return small
    place = {name: s for s, name in enumerate(problem.site_ids)}
    site = np.array([place[ids[row]] for row in windows.pair_site.tolist()], dtype=np.int64)
    count = len(windows.window_flow)
    mean = float(problem.day_share @ ratio)
    day_kwh = windows.trucks_per_day[windows.window_flow] * windows.window_kwh_per_truck[:, None]
    shape = _shape(region)
    profile = np.concatenate([shape * part / mean for part in ratio])
    held = np.maximum(np.bincount(windows.pair_window, minlength=count), 1)
    middle = [
        np.bincount(windows.pair_window, weights=at[site], minlength=count) / held
        for at in (problem.site_x_m, problem.site_y_m)
    ]
    reach = np.zeros(count)
    np.maximum.at(reach, windows.pair_window, windows.pair_detour_km / 2.0)
    per_km = _eur_per_km(region)
    kwh = windows.window_kwh_per_truck[windows.pair_window]
    stop, stops = _numbered(windows.window_flow)
    more: dict[str, Any] = {
        "demand_ids": tuple(
            f"{KIND}-{g}-{k}"
            for g, k in zip(windows.window_flow.tolist(), stop.tolist(), strict=True)
        ),
        "demand_names": _names(region, windows, stop, stops),
        "demand_kinds": (KIND,) * count,
        "demand_x_m": middle[0],
        "demand_y_m": middle[1],
        "demand_kwh": day_kwh * mean,
        "demand_profile": np.tile(profile, (count, 1)),
        "demand_min_kw": np.full(count, min_kw),
        "demand_reach_km": reach,
        "demand_link": windows.window_flow + small.demand_link.max(initial=-1) + 1,
        "pair_demand": windows.pair_window + small.num_demands,
        "pair_site": site,
        "pair_km": windows.pair_detour_km / 2.0,
        # A window in which nothing is taken has no detour either.
        "pair_eur_per_kwh": windows.pair_detour_km * per_km / np.where(kwh > 0, kwh, 1.0),
    }
    fields: dict[str, Any] = {
        name: (*getattr(small, name), *value)
        if isinstance(value, tuple)
        else np.concatenate([getattr(small, name), value])
        for name, value in more.items()
    }
    return small.replace(**fields, **_parts(small, np.arange(small.num_demands), count))


def _day_ratio(problem: SitingProblem, region: Region, given: ArrayLike | None) -> FloatArray:
    if given is not None:
        return np.atleast_1d(np.asarray(given, dtype=np.float64))
    if len(problem.day_ids) == 1:
        return np.ones(1)
    if problem.day_ids == DAYS:
        return np.array([1.0, assumed(region, f"weekend_{KIND}")])
    return np.zeros(0)


def _faults(
    problem: SitingProblem,
    region: Region,
    windows: TruckWindows,
    ids: list[str],
    corridor: str,
    ratio: FloatArray,
) -> list[Fault]:
    faults = size_faults(windows, problem.num_years, len(region.table("truck_flows")))
    if corridor not in CORRIDOR:
        rule = f"'{corridor}' is none of {', '.join(CORRIDOR)}"
        faults.append(Fault("with_flows", "corridor", (), rule, "Use one of them."))
    wide = windows.pair_site[(windows.pair_site < 0) | (windows.pair_site >= len(ids))]
    if len(wide):
        rule = f"has no site {', '.join(map(str, np.unique(wide).tolist()))}"
        faults.append(Fault("windows", "pair_site", (), rule, "Give the sites that it counts."))
    else:
        used = {ids[row] for row in np.unique(windows.pair_site).tolist()}
        lost = tuple(sorted(used - set(problem.site_ids)))
        if lost:
            rule = "is no site of the problem"
            faults.append(Fault("windows", "pair_site", lost, rule, "Pose it with these sites."))
    if len(ratio) != len(problem.day_ids):
        rule = f"no ratio is known for the days {', '.join(problem.day_ids)}"
        faults.append(Fault("with_flows", "day_ratio", (), rule, "Give one a typical day."))
    elif not (np.isfinite(ratio).all() and (ratio >= 0).all() and ratio.any()):
        rule = "has values that are no number of at least 0, or only zeros"
        faults.append(Fault("with_flows", "day_ratio", (), rule, "Correct the values."))
    return faults


def _less_corridor(
    problem: SitingProblem, region: Region, windows: TruckWindows, corridor: str
) -> SitingProblem:
    """Take trucks out of the demand of corridors; points that then ask for nothing go."""
    points = np.array([kind == "corridor" for kind in problem.demand_kinds], dtype=bool)
    if corridor == "keep" or not points.any():
        return problem
    left = np.where(points, 0.0, 1.0)
    if corridor == "rest":
        flows = region.table("truck_flows")
        others = region.replace({"truck_flows": flows[windows.group_of_flow < 0]})
        km, rest = truck_km(region), truck_km(others)
        for d in np.flatnonzero(points).tolist():
            node = problem.demand_ids[d].removeprefix(_POINTS)
            # A corridor point that is not of a motorway node is not of these trucks.
            left[d] = rest.get(node, 0.0) / km[node] if node in km else 1.0
    kept = np.flatnonzero(left > 0)
    if (left == 1.0).all():
        return problem
    number = np.full(problem.num_demands, -1)
    number[kept] = np.arange(len(kept))
    pairs = np.flatnonzero(number[problem.pair_demand] >= 0)
    fields: dict[str, Any] = {
        name: tuple(getattr(problem, name)[d] for d in kept.tolist())
        for name in ("demand_ids", "demand_names", "demand_kinds")
    }
    for name in ("x_m", "y_m", "profile", "min_kw", "reach_km", "link"):
        fields[f"demand_{name}"] = getattr(problem, f"demand_{name}")[kept]
    for name in ("site", "km", "eur_per_kwh"):
        fields[f"pair_{name}"] = getattr(problem, f"pair_{name}")[pairs]
    return problem.replace(
        **fields,
        demand_kwh=(problem.demand_kwh * left[:, None])[kept],
        pair_demand=number[problem.pair_demand[pairs]],
        **_parts(problem, kept, 0),
    )


def _parts(problem: SitingProblem, kept: IntArray, new: int) -> dict[str, Any]:
    """Parts with a value for each demand point: areas, and carriers (new ones are electric)."""
    found: dict[str, Any] = {}
    if problem.coverage is not None:
        area = np.concatenate([problem.coverage.demand_area[kept], np.full(new, -1)])
        found["coverage"] = replace(problem.coverage, demand_area=area)
    if problem.carriers is not None:
        asks = np.concatenate([problem.carriers.demand[kept], np.zeros(new, dtype=np.int64)])
        found["carriers"] = replace(problem.carriers, demand=asks)
    return found


def _shape(region: Region) -> FloatArray:
    rows = region.table("demand_profiles")
    rows = rows[rows["profile"] == _PROFILE].sort_values("hour")
    if len(rows) != HOURS:
        rule = f"{len(rows)} hours of the profile {_PROFILE}"
        raise_if([Fault("demand_profiles", "profile", (), rule, "Give its 24 shares.")])
    return rows["share"].to_numpy(dtype=np.float64)


def _eur_per_km(region: Region) -> float:
    """Cost of a kilometre to a site, of the mean electric tractor, without energy and levy."""
    types = electric_types(region, "tractor")
    hours = 1.0 / region.assumption("speed_rural_kmh")
    return float(types["eur_per_km"].mean()) + float(types["eur_per_h"].mean()) * hours


def _numbered(group: IntArray) -> tuple[IntArray, IntArray]:
    """Return the number of each window in its group, from 1, and how many the group has."""
    _, first, place, count = np.unique(
        group, return_index=True, return_inverse=True, return_counts=True
    )
    place = place.reshape(-1)
    return np.arange(len(group)) - first[place] + 1, count[place]


def _names(
    region: Region, windows: TruckWindows, stop: IntArray, stops: IntArray
) -> tuple[str, ...]:
    """Largest flow of each group, and the number of the stop."""
    flows, nodes = region.table("truck_flows"), region.table("motorway_nodes")
    named = dict(zip(nodes["node_id"].astype(str), nodes["name"].astype(str), strict=True))
    trucks = flows["trucks_per_year"].to_numpy(dtype=np.float64)
    titles = []
    for group in range(len(windows.trucks_per_day)):
        mine = np.flatnonzero(windows.group_of_flow == group)
        largest = flows.iloc[int(mine[trucks[mine].argmax()])]
        title = " to ".join(named[str(largest[end])] for end in ("origin", "destination"))
        titles.append(title + (f" and {len(mine) - 1} more flows" if len(mine) > 1 else ""))
    return tuple(
        f"{titles[g]}, stop {k} of {n}"
        for g, k, n in zip(windows.window_flow.tolist(), stop.tolist(), stops.tolist(), strict=True)
    )
