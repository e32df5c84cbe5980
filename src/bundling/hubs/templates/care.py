"""Care logistics: goods groups that come to care sites on fixed days, direct or through a hub.

A template of `bundling.hubs.scheduled`. A supplier's vehicle visits all sites of a town that want
its goods, so that a town is one place, at which the work of all its stops is done. Without a hub
every goods group comes by itself; through a hub they share a vehicle and a visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.hubs.pose import vehicle_fields
from bundling.hubs.problem import HubsProblem
from bundling.hubs.scheduled.clocks import read_clock_s
from bundling.hubs.scheduled.of_hubs import Hours, scheduled_of_hubs
from bundling.hubs.scheduled.week import WEEK, Week, week_of
from bundling.hubs.scheduled.windows import Windows
from bundling.hubs.templates.care_sites import Care, care_figures, care_groups
from bundling.network import PlaneNetwork
from bundling.rules import RuleBook

if TYPE_CHECKING:
    from bundling.region import Region

SLOT_S: Final = 3600.0
_SLOTS = 24


def care_week(
    care: Care, *, hub: bool, direct: bool = True, fixed_days: Sequence[str] | None = None
) -> Week:
    """Pose a week of care logistics.

    Parameters
    ----------
    care
        Sites, suppliers and hub.
    hub
        Whether there is a hub.
    direct
        Whether goods may come without the hub.
    fixed_days
        Days on which all goods come that do not come every day; the same load in as many visits
        as there are days. By default the days of each goods group.

    Raises
    ------
    bundling.InputError
        When a fixed day is none, or goods may come neither way.
    """
    if not hub and not direct:
        rule = "goods may come neither direct nor through a hub"
        raise_if([Fault("care", "hub, direct", (), rule, "Allow one of both.")])
    figure = care_figures(care.figures)
    groups = care_groups(care.groups)
    groups = groups[groups["group"].isin(care.suppliers["group"].astype(str))]
    rows = _shipments(care, groups, figure, fixed_days)
    problem = _hubs_problem(care, rows, hub, figure)
    problem = problem.replace(shipment_direct=np.full(len(rows), direct))
    count = len(rows)
    opens, closes = read_clock_s(care.open_clock), read_clock_s(care.close_clock)
    work_s = 3600.0 * rows["hours"].to_numpy(float)
    zero = np.zeros(problem.num_hubs)
    day = scheduled_of_hubs(
        problem,
        # One vehicle alone would have to begin in time to finish before closing; work for longer
        # than the day is spread over vehicles.
        Windows(
            np.zeros(count), np.full(count, opens), np.maximum(opens + SLOT_S, closes - work_s)
        ),
        Hours(zero, zero + 86_399.0, zero + SLOT_S, zero),
        group=np.zeros(count, dtype=np.int64),
        slot_s=SLOT_S,
        num_slots=_SLOTS,
        max_hubs=int(hub),
    )
    tables = day.to_tables()
    tables["shipments"] = tables["shipments"].assign(
        days=rows["days"].to_numpy(),
        return_share=rows["return_share"].to_numpy(float),
        return_group=rows["returns_apart"].to_numpy(dtype=bool).astype(int),
    )
    tables["hubs"] = tables["hubs"].assign(week_eur=figure["hub_fixed_eur_per_week"])
    return week_of(tables, WEEK)


def _types(care: Care) -> pd.DataFrame:
    """Rows of the vehicle types that drive."""
    table = care.region.table("vehicle_types")
    return table[table["vehicle_type"].isin(care.vehicles)].reset_index(drop=True)


def _shipments(
    care: Care, groups: pd.DataFrame, figure: dict[str, float], fixed_days: Sequence[str] | None
) -> pd.DataFrame:
    """One row a goods group and town: load of a visit, hours at the doors, days."""
    wrong = tuple(day for day in fixed_days or () if day not in WEEK)
    if wrong or (fixed_days is not None and not fixed_days):
        raise_if([Fault("care", "fixed_days", wrong, "is no day", f"Use {' '.join(WEEK)}.")])
    supplier = dict(
        zip(care.suppliers["group"].astype(str), care.suppliers["supplier_id"], strict=True)
    )
    rows: list[dict[str, Any]] = []
    for group in groups.to_dict("records"):
        own = str(group["days"]).lower().replace(",", " ").split()
        moved = fixed_days is not None and len(own) < 5
        days = list(fixed_days) if moved and fixed_days is not None else own
        for town, sites in care.sites.groupby(care.sites["town"].astype(str), sort=False):
            beds = float(sites["beds"].astype(float).sum())
            # What the group brings in a week stays the same, however many visits that takes.
            visit = group["roll_containers_per_100_beds"] * beds / 100.0 * len(own) / len(days)
            at_doors = len(sites) * figure["stop_min"] + visit * figure["min_per_roll_container"]
            rows.append(
                {
                    "shipment_id": f"{group['group']} {town}", "town": town,
                    "supplier": str(supplier[group["group"]]), "roll_containers": visit,
                    "hours": at_doors / 60.0 + _hops_h(care.region, sites),
                    "days": " ".join(days), "return_share": group["return_share"],
                    "returns_apart": group["returns_apart"],
                }
            )  # fmt: skip
    return pd.DataFrame(rows)


def _hops_h(region: Region, sites: pd.DataFrame) -> float:
    """Hours between the sites of a town, each next to its nearest."""
    if len(sites) < 2:
        return 0.0
    xy = sites[["x_m", "y_m"]].to_numpy(float)
    gap = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    np.fill_diagonal(gap, np.inf)
    km = gap.min(axis=1).mean() * (len(sites) - 1) / 1000.0
    detour = region.assumption("detour_factor_urban")
    return float(km * detour / region.assumption("speed_urban_kmh"))


def _hubs_problem(
    care: Care, rows: pd.DataFrame, hub: bool, figure: dict[str, float]
) -> HubsProblem:
    """Places, freight and vehicles as a hubs problem: legs cost what they do in a region."""
    region, book = care.region, RuleBook.default() if care.rules is None else care.rules
    types = _types(care)
    centre = care.sites.astype({"x_m": float, "y_m": float}).groupby(
        care.sites["town"].astype(str), sort=False
    )[["x_m", "y_m"]].mean()  # fmt: skip
    sup = care.suppliers
    ids = [*sup["supplier_id"].astype(str), *(f"sites of {t}" for t in centre.index), "hub"]
    xy = np.concatenate(
        [sup[["x_m", "y_m"]].to_numpy(float), centre.to_numpy(float), [care.hub_xy]]
    )
    network = PlaneNetwork.from_region(region) if care.network is None else care.network
    travel = network.travel(xy)
    number = {name: k for k, name in enumerate(ids)}
    last_mile = types["last_mile"].to_numpy(dtype=bool)
    # Rounds in town are for some types only; between suppliers and the hub the rest may drive too.
    allowed = np.ones((len(types), len(ids)), dtype=bool)
    allowed[~last_mile, len(sup) : -1] = False
    load = rows["roll_containers"].to_numpy(float)
    shippers = tuple(dict.fromkeys(rows["supplier"]))
    keep = slice(0, int(hub))
    return HubsProblem(
        location_ids=tuple(ids),
        location_x_m=xy[:, 0],
        location_y_m=xy[:, 1],
        location_in_zone=np.zeros(len(ids), dtype=bool),
        distance_m=travel.distance_m,
        time_s=travel.time_s,
        levied_m=travel.levied_m,
        shipment_ids=tuple(rows["shipment_id"]),
        shipment_origin=np.array([number[s] for s in rows["supplier"]]),
        shipment_destination=np.array([number[f"sites of {t}"] for t in rows["town"]]),
        shipment_kg=load * figure["kg_per_roll_container"],
        shipment_m3=load * figure["m3_per_roll_container"],
        shipment_service_h=rows["hours"].to_numpy(float),
        shipment_pickup=np.zeros(len(rows), dtype=bool),
        shipment_shipper=np.array([shippers.index(s) for s in rows["supplier"]]),
        shipment_stops=np.ones(len(rows), dtype=np.int64),
        shipment_direct=np.ones(len(rows), dtype=bool),
        shipper_ids=shippers,
        shipper_player=shippers,
        hub_ids=("hub",) if hub else (),
        hub_location=np.array([number["hub"]])[keep],
        hub_rent_eur=np.zeros(1)[keep],
        hub_capacity_kg=np.full(1, 1e9)[keep],
        hub_capacity_m3=np.full(1, 1e9)[keep],
        hub_handling_eur_per_m3=np.full(
            1, figure["hub_handling_eur_per_roll_container"] / figure["m3_per_roll_container"]
        )[keep],
        allowed=allowed,
        turnaround_h=region.assumption("depot_turnaround_min") / 60.0,
        service_eur_per_h=0.0,
        # Small loads go to the hub by van, too, which regions keep for rounds.
        **vehicle_fields(region, types, book, care.day)
        | {"vehicle_linehaul": np.ones(len(types), dtype=bool)},
    )
