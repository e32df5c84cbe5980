"""What truck flows ask for, in words, and what a plan serves of them, as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.siting.demand import electric_flow_share
from bundling.siting.problem import SitingProblem
from bundling.siting.solution import SitingSolution
from bundling.siting.truck_flows import TruckWindows

if TYPE_CHECKING:
    from bundling.region import Region

KIND = "flow"
"""Kind of the demand points of truck flows."""


def flow_words(region: Region, windows: TruckWindows, years: Sequence[int]) -> list[str]:
    """Say for each year how many trucks charge on their way, need not, or find no sites.

    Raises
    ------
    bundling.InputError
        When the windows are not of these years or not of the region's flows.
    """
    span = tuple(int(year) for year in years)
    flows = region.table("truck_flows")
    raise_if(size_faults(windows, len(span), len(flows)))
    yearly = flows["trucks_per_year"].to_numpy(dtype=np.float64)
    volume = (yearly / region.assumption("working_days_per_year"))[:, None] * electric_flow_share(
        region, span
    )
    stops = np.bincount(windows.window_flow, minlength=len(windows.trucks_per_day))
    per_truck = np.bincount(
        windows.window_flow,
        weights=windows.window_kwh_per_truck,
        minlength=len(windows.trucks_per_day),
    )
    why: dict[str, list[int]] = {}
    for flow, reason in zip(windows.unserved.tolist(), windows.unserved_reason, strict=True):
        why.setdefault(reason, []).append(flow)
    words = []
    for y, year in enumerate(span):
        trucks = windows.trucks_per_day[:, y]
        mwh = float(trucks @ per_truck) / 1000.0
        text = f"{year}: of {volume[:, y].sum():.0f} electric trucks on a working day, "
        text += f"{trucks.sum():.0f} must charge on their way"
        if trucks.sum() > 0:
            mean = float(trucks @ stops) / float(trucks.sum())
            text += f" ({mean:.1f} stops each, {mwh:.1f} MWh together)"
        text += f", {volume[windows.never_needs, y].sum():.0f} get there without charging"
        lost = [
            f"{volume[mine, y].sum():.0f} are not served because {reason} ({len(mine)} flows)"
            for reason, mine in why.items()
        ]
        words.append(", ".join([text, *(lost or ["and none is left out"])]) + ".")
    return words


def flows_served(problem: SitingProblem, solution: SitingSolution) -> pd.DataFrame:
    """Share of each group of flows that a plan serves.

    Returns
    -------
    pandas.DataFrame
        ``link``, ``name`` of the first window, ``windows``, ``year``, ``kwh`` asked for on a mean
        day, and ``share`` served: that of the window that is served least.
    """
    share = np.zeros((problem.num_demands, problem.num_years))
    np.add.at(share, problem.pair_demand, solution.served)
    mine = np.array([kind == KIND for kind in problem.demand_kinds], dtype=bool)
    rows = []
    for link in np.unique(problem.demand_link[mine]).tolist():
        points = np.flatnonzero(mine & (problem.demand_link == link))
        for y, year in enumerate(problem.years):
            kwh, least = problem.demand_kwh[points, y].sum(), share[points, y].min()
            name = problem.demand_names[int(points[0])]
            rows.append((link, name, len(points), year, float(kwh), float(least)))
    return pd.DataFrame(rows, columns=["link", "name", "windows", "year", "kwh", "share"])


def size_faults(windows: TruckWindows, years: int, flows: int) -> list[Fault]:
    """Windows made for another number of years or flows."""
    faults = []
    if windows.trucks_per_day.shape[1] != years and len(windows.group_of_flow):
        rule = f"{windows.trucks_per_day.shape[1]} years, and {years} planning years"
        faults.append(Fault("windows", "trucks_per_day", (), rule, "Make them for these years."))
    if len(windows.group_of_flow) != flows:
        rule = f"{len(windows.group_of_flow)} flows, and {flows} in the table truck_flows"
        faults.append(Fault("windows", "group_of_flow", (), rule, "Make them of this region."))
    return faults
