"""Rules about shippers, shipments, stops and their time windows, one function a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from bundling.errors import Fault
from bundling.region.conform import shown

if TYPE_CHECKING:
    from bundling.region.validate import Checked

_REL_TOLERANCE = 1e-6
_ABS_TOLERANCE = 1e-3
"""Sums of stops agree with their shipment within a gram (or litre) and the rounding of a sum."""


def windows_are_not_reversed(data: Checked) -> Iterator[Fault]:
    """Check that a window ends no earlier than it begins (``HH:MM`` sorts like time)."""
    for table, early, late in (
        ("stops", "tw_early_clock", "tw_late_clock"),
        ("segments", "open_clock", "close_clock"),
    ):
        frame = data[table]
        both = frame[early].notna() & frame[late].notna()
        where = both & (frame[late].fillna("") < frame[early].fillna(""))
        yield from data.fault(
            table, late, where, f"lies before {early}", "Put the later time in the second column"
        )


def shippers_start_somewhere(data: Checked) -> Iterator[Fault]:
    """Check that a shipper's freight comes from a business park or a motorway gateway."""
    values = data["shippers"]["origin_id"]
    where = values.notna() & ~values.isin(_ends(data))
    rule = f"{shown(values[where])} is neither a business park nor a motorway gateway"
    yield from data.fault("shippers", "origin_id", where, rule, "Correct it, or add the place")


def shipments_go_somewhere(data: Checked) -> Iterator[Fault]:
    """Check that a shipment with stops goes to a district, one without to a park or gateway."""
    frame = data["shipments"]
    values, given = frame["destination_id"], frame["destination_id"].notna()
    with_stops = frame["stops"].gt(0).fillna(False).astype(bool)
    astray = given & with_stops & ~values.isin(data["districts"]["district_id"])
    rule = f"the shipment has stops, but {shown(values[astray])} is not a district"
    yield from data.fault("shipments", "destination_id", astray, rule, "Name its district")
    astray = given & ~with_stops & ~values.isin(_ends(data))
    rule = (
        f"the shipment has no stops, and {shown(values[astray])} is neither a business park nor "
        "a motorway gateway"
    )
    yield from data.fault("shipments", "destination_id", astray, rule, "Name a park or gateway")


def stops_sum_to_their_shipment(data: Checked) -> Iterator[Fault]:
    """Check that the stops of a shipment are as many, as heavy and as large as it says."""
    shipments = data["shipments"]
    if data["stops"].empty and not shipments["stops"].gt(0).any():
        return
    by_shipment = data["stops"].groupby("shipment_id")
    count = by_shipment.size().reindex(shipments["shipment_id"]).fillna(0).to_numpy()
    stated = shipments["stops"].astype("Float64").to_numpy(dtype=float, na_value=float("nan"))
    ids = shipments["shipment_id"]
    where = pd.Series(stated != count, index=shipments.index) & shipments["stops"].notna()
    rule = f"the number of stops of {shown(ids[where])} is not that in the table stops"
    yield from data.fault("shipments", "stops", where, rule, "Correct either of the two")
    for column in ("kg", "m3", "roll_containers"):
        total = by_shipment[column].sum().reindex(ids).fillna(0.0).to_numpy()
        own = shipments[column].to_numpy(dtype=float)
        slack = _ABS_TOLERANCE + _REL_TOLERANCE * abs(own)
        where = (stated > 0) & (abs(total - own) > slack)
        rule = (
            f"{shown(shipments.loc[where, column])} is not the sum of its stops, "
            f"{shown(total[where])}"
        )
        yield from data.fault("shipments", column, where, rule, "Correct either of the two")


def stops_match_their_shipment(data: Checked) -> Iterator[Fault]:
    """Check that a stop has the district, segment and direction of its shipment."""
    stops, shipments = data["stops"], data["shipments"].drop_duplicates("shipment_id")
    by_id = shipments.set_index("shipment_id")
    for column, other in (
        ("district_id", "destination_id"),
        ("segment", "segment"),
        ("direction", "direction"),
    ):
        theirs = stops["shipment_id"].map(_lookup(by_id[other]))
        where = stops[column].notna() & theirs.notna() & stops[column].ne(theirs)
        rule = f"{shown(stops.loc[where, column])} differs from the shipment's {other}"
        yield from data.fault("stops", column, where, rule, "Correct either of the two")


def stops_match_their_district(data: Checked) -> Iterator[Fault]:
    """Check that a stop lies in the municipality of its district."""
    stops, districts = data["stops"], data["districts"].drop_duplicates("district_id")
    theirs = stops["district_id"].map(_lookup(districts.set_index("district_id")["municipality"]))
    where = stops["municipality"].notna() & theirs.notna() & stops["municipality"].ne(theirs)
    rule = f"{shown(stops.loc[where, 'municipality'])} is not the municipality of its district"
    yield from data.fault("stops", "municipality", where, rule, "Correct either of the two")


def shipments_match_their_shipper(data: Checked) -> Iterator[Fault]:
    """Check that a shipment without stops does not end where its shipper's freight begins."""
    shipments, shippers = data["shipments"], data["shippers"].drop_duplicates("shipper_id")
    origin = shipments["shipper_id"].map(_lookup(shippers.set_index("shipper_id")["origin_id"]))
    where = origin.notna() & origin.eq(shipments["destination_id"])
    rule = f"{shown(origin[where])} is both origin and destination"
    yield from data.fault("shipments", "destination_id", where, rule, "Name another destination")


def _ends(data: Checked) -> pd.Series[Any]:
    """Parks and motorway gateways: where freight can come from, or go to as a full load."""
    nodes = data["motorway_nodes"]
    gateways = nodes.loc[nodes["gateway"].fillna(False).astype(bool), "node_id"]
    ends: pd.Series[Any] = pd.concat([data["business_parks"]["park_id"], gateways])
    return ends


def _lookup(column: pd.Series[Any]) -> dict[Any, Any]:
    return dict(zip(column.index, column, strict=True))


RULES: tuple[Callable[[Checked], Iterator[Fault]], ...] = (
    windows_are_not_reversed,
    shippers_start_somewhere,
    shipments_go_somewhere,
    stops_sum_to_their_shipment,
    stops_match_their_shipment,
    stops_match_their_district,
    shipments_match_their_shipper,
)
