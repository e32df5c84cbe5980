"""Rules about the grid, hours, vehicles and places, one function a rule.

The rules about freight (shippers, shipments, stops) stand in `bundling.region.freight`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.errors import Fault
from bundling.region.conform import shown
from bundling.region.schema import schema

if TYPE_CHECKING:
    from bundling.region.validate import Checked

_HOURS = frozenset(range(24))
_SHARE_TOLERANCE = 1e-6
"""Shares typed with six decimals, 24 of them, still sum to 1 within this."""


def grid_is_a_tree(data: Checked) -> Iterator[Fault]:
    """Check that no grid node feeds itself, directly or through others."""
    yield from _no_cycle(data, "grid_nodes", "node_id", "parent_id", "feeds itself")


def parks_do_not_contain_themselves(data: Checked) -> Iterator[Fault]:
    """Check that no business park is part of itself, directly or through others."""
    yield from _no_cycle(data, "business_parks", "park_id", "part_of", "is part of itself")


def headroom_years_ascend(data: Checked) -> Iterator[Fault]:
    """Check that the years of a node ascend, since a value holds until the next one."""
    frame = data["grid_headroom"]
    step = frame["year"].astype("Int64").groupby(frame["node_id"], sort=False).diff()
    where = step < 0
    rule = f"the years of {shown(frame.loc[where.fillna(False), 'node_id'])} do not ascend"
    remedy = "Sort the rows of each node by year"
    yield from data.fault("grid_headroom", "year", where, rule, remedy)


def prices_cover_the_day(data: Checked) -> Iterator[Fault]:
    """Check that there is a price for each of the 24 hours."""
    hours = set(data["energy_prices"]["hour"].dropna())
    missing = sorted(_HOURS - hours)
    if hours and missing:
        rule = "no price for hour " + ", ".join(map(str, missing))
        yield Fault("energy_prices", "hour", (), rule, "Give all hours 0 to 23")


def profiles_cover_the_day(data: Checked) -> Iterator[Fault]:
    """Check that every demand profile has a share for each of the 24 hours."""
    for profile, part in data["demand_profiles"].groupby("profile", sort=False):
        missing = sorted(_HOURS - set(part["hour"].dropna()))
        if missing:
            rule = f"profile '{profile}' has no share for hour " + ", ".join(map(str, missing))
            yield Fault("demand_profiles", "hour", (), rule, "Give all hours 0 to 23")


def profiles_sum_to_one(data: Checked) -> Iterator[Fault]:
    """Check that the shares of a demand profile sum to 1."""
    frame = data["demand_profiles"]
    for profile, share in frame["share"].groupby(frame["profile"], sort=False):
        total = float(share.sum())
        if share.notna().all() and abs(total - 1.0) > _SHARE_TOLERANCE:
            rule = f"the shares of profile '{profile}' sum to {total:.8g}, not 1"
            yield Fault("demand_profiles", "share", (), rule, f"Divide each by {total:.8g}")


def electric_vehicles_have_a_battery(data: Checked) -> Iterator[Fault]:
    """Check that an electric vehicle has a battery, charges and consumes; no other vehicle does."""
    frame = data["vehicle_types"]
    electric = frame["fuel"].eq("electric")
    for column, thing in (
        ("battery_kwh", "battery"),
        ("charge_kw", "charging power"),
        ("kwh_per_km", "consumption"),
    ):
        names = frame["vehicle_type"]
        without = electric & frame[column].le(0)
        rule = f"electric {shown(names[without])} has no {thing}"
        yield from data.fault("vehicle_types", column, without, rule, "Give one above 0")
        needless = frame["fuel"].notna() & ~electric & frame[column].gt(0)
        rule = f"{shown(names[needless])} has a {thing} but is not electric"
        yield from data.fault("vehicle_types", column, needless, rule, "Set it to 0")


def combustion_vehicles_burn_fuel(data: Checked) -> Iterator[Fault]:
    """Check that combustion vehicles, and no others, use litres and have a Euro class."""
    frame = data["vehicle_types"]
    burns = frame["fuel"].isin(["diesel", "hvo"])
    names = frame["vehicle_type"]
    without = burns & frame["litre_per_km"].le(0)
    rule = f"{shown(names[without])} burns fuel but uses none"
    yield from data.fault("vehicle_types", "litre_per_km", without, rule, "Give one above 0")
    needless = frame["fuel"].notna() & ~burns & frame["litre_per_km"].gt(0)
    rule = f"{shown(names[needless])} uses litres but burns no fuel"
    yield from data.fault("vehicle_types", "litre_per_km", needless, rule, "Set it to 0")
    classless = burns & frame["euro_class"].isna()
    rule = f"{shown(names[classless])} burns fuel but has no Euro class"
    yield from data.fault(
        "vehicle_types", "euro_class", classless, rule, "Give it; zones and levy ask for it"
    )


def sizes_are_above_zero(data: Checked) -> Iterator[Fault]:
    """Check that what divides, and what gives a row its meaning, exceeds 0."""
    for table, columns in (
        ("vehicle_types", ("payload_kg", "volume_m3", "shift_h", "speed_factor", "gross_mass_kg")),
        ("charger_types", ("power_kw",)),
        ("connection_steps", ("max_kw",)),
        ("waterway_edges", ("speed_kmh",)),
    ):
        for column in columns:
            where = data[table][column].le(0)
            yield from data.fault(table, column, where, "is not above 0", "Give one above 0")


def assumptions_lie_in_their_range(data: Checked) -> Iterator[Fault]:
    """Check that low <= value <= high in the assumptions, where they are given."""
    frame = data["assumptions"]
    for column, where in (
        ("low", frame["low"] > frame["value"]),
        ("high", frame["high"] < frame["value"]),
    ):
        side = "above" if column == "low" else "below"
        rule = f"{column} lies {side} the value of {shown(frame.loc[where, 'key'])}"
        yield from data.fault("assumptions", column, where, rule, "Keep low <= value <= high")


def hubs_stand_on_a_place(data: Checked) -> Iterator[Fault]:
    """Check that the place of a hub candidate is a business park or a terminal."""
    values = data["hub_candidates"]["place_id"]
    pool = pd.concat([data["business_parks"]["park_id"], data["terminals"]["terminal_id"]])
    where = values.notna() & ~values.isin(pool)
    rule = f"{shown(values[where])} is neither a business park nor a terminal"
    yield from data.fault("hub_candidates", "place_id", where, rule, "Correct it or leave it empty")


def what_stands_behind_a_connection_has_a_place(data: Checked) -> Iterator[Fault]:
    """Check that contracts, batteries, panels and plugs name a place of the region."""
    located = [table for table in schema().values() if table.located]
    known = pd.concat([data[table.name][table.key[0]] for table in located])
    for table in ("connection_offers", "batteries", "solar_panels", "charge_plugs"):
        values = data[table]["place_id"]
        where = values.notna() & ~values.isin(known)
        rule = f"{shown(values[where])} is no place of the region"
        yield from data.fault(table, "place_id", where, rule, "See region.places()")


def _no_cycle(data: Checked, table: str, key: str, parent: str, says: str) -> Iterator[Fault]:
    """Find rows that reach themselves by following `parent`: pointer jumping, log2(n) steps."""
    frame = data[table]
    # Row n stands for "no parent" and points at itself; broken references are reported elsewhere.
    count = len(frame)
    position = {value: i for i, value in enumerate(frame[key]) if value is not None}
    up = np.array([*(position.get(value, count) for value in frame[parent]), count])
    ahead = up
    for _ in range(max(1, count).bit_length()):
        ahead = ahead[ahead]
    # After >= n steps only walks that entered a cycle are still on a row: these lie on cycles.
    where = np.isin(np.arange(count), _cycle_members(up, ahead[:count], count))
    rule = f"{shown(frame.loc[where, key])} {says}"
    yield from data.fault(table, parent, where, rule, "Break the circle")


def _cycle_members(up: np.ndarray, reached: np.ndarray, count: int) -> list[int]:
    members: set[int] = set()
    for start in np.unique(reached[reached < count]):
        node = int(start)
        while node not in members:
            members.add(node)
            node = int(up[node])
    return sorted(members)


RULES: tuple[Callable[[Checked], Iterator[Fault]], ...] = (
    grid_is_a_tree,
    parks_do_not_contain_themselves,
    headroom_years_ascend,
    prices_cover_the_day,
    profiles_cover_the_day,
    profiles_sum_to_one,
    electric_vehicles_have_a_battery,
    combustion_vehicles_burn_fuel,
    sizes_are_above_zero,
    assumptions_lie_in_their_range,
    hubs_stand_on_a_place,
    what_stands_behind_a_connection_has_a_place,
)
