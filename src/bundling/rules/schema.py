"""The shape of every rule table: columns, key, and the ranges that may not overlap."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["text", "number", "integer", "date", "boolean"]
Value = str | float | int | bool | date | None
Row = Mapping[str, Value]


@dataclass(frozen=True)
class Column:
    """One column of a rule table.

    Attributes
    ----------
    name
        Column name, with its unit.
    kind
        Type of the cells.
    nullable
        Whether a cell may be empty. What an empty cell means stands in the table's description.
    minimum, maximum
        Closed bounds of a number, or None.
    choices
        Allowed texts, or empty for any text.
    """

    name: str
    kind: Kind = "text"
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Range:
    """Two columns that bound a quantity; an empty cell leaves that side open.

    Attributes
    ----------
    low, high
        Names of the columns.
    low_open
        True when the low bound itself lies outside ("above 12 t to 18 t").
    """

    low: str
    high: str
    low_open: bool = False


@dataclass(frozen=True)
class RuleTable:
    """Schema of one rule table.

    Attributes
    ----------
    name, title
        File name without ``.csv``, and what the table holds.
    columns
        Its own columns; those of `COMMON` follow them in the file.
    key
        Columns that name a rule. Two rows of one key may not be in force on the same day.
    exact, ranges
        A look-up finds the rows that equal it in `exact` and hold it in all `ranges`. No two rows
        may answer the same look-up on the same day.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    exact: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Own columns, then the common ones."""
        return self.columns + COMMON


VALID_FROM, VALID_TO, SCENARIO, SOURCE, NOTE = (
    "valid_from",
    "valid_to",
    "scenario",
    "source",
    "note",
)
COMMON = (
    Column(VALID_FROM, "date"),  # first day in force
    Column(VALID_TO, "date", nullable=True),  # last day in force; empty: open
    Column(SCENARIO, nullable=True),  # empty: the rule; a name: only when that scenario is on
    Column(SOURCE),
    Column(NOTE, nullable=True),
)

VEHICLE_CLASSES = ("cargo_bike", "van", "rigid", "tractor")
AREAS = ("motorway", "rural", "urban", "centre")
EVERY_ZONE = "*"

_EURO = (
    Column("euro_from", "integer", minimum=0, maximum=7),
    Column("euro_to", "integer", minimum=0, maximum=7),
)

_ALL = (
    RuleTable(
        "zone_access",
        "Access of combustion vehicles to a zero-emission zone that has started",
        (
            Column("zone_id"),
            Column("vehicle_class", choices=VEHICLE_CLASSES),
            Column("band"),
            *_EURO,
            Column("admitted_from", "date", nullable=True),
            Column("admitted_to", "date", nullable=True),
            Column("access", "boolean"),
        ),
        key=("zone_id", "vehicle_class", "band"),
        exact=("zone_id", "vehicle_class"),
        ranges=(Range("euro_from", "euro_to"), Range("admitted_from", "admitted_to")),
    ),
    RuleTable(
        "zone_exemptions",
        "Exemptions and fines of zero-emission zones, for information",
        (Column("exemption"), Column("value", "number", minimum=0), Column("unit")),
        key=("exemption",),
        exact=("exemption",),
    ),
    RuleTable(
        "fuels",
        "Energy carriers: whether they are zero-emission, and their emission factors",
        (
            Column("fuel"),
            Column("unit"),
            Column("zero_emission", "boolean"),
            Column("wtw_factor"),
            Column("ttw_factor"),
            Column("nox_as"),
        ),
        key=("fuel",),
        exact=("fuel",),
    ),
    RuleTable(
        "truck_levy",
        "Truck levy a kilometre by mass of the combination, CO2 class and Euro class",
        (
            Column("mass_class"),
            Column("mass_above_kg", "number", minimum=0),
            Column("mass_to_kg", "number", nullable=True, minimum=0),
            Column("co2_class", "integer", minimum=1, maximum=5),
            Column("euro_class", "integer", nullable=True, minimum=0, maximum=7),
            Column("eur_per_km", "number", minimum=0),
        ),
        key=("mass_class", "co2_class", "euro_class"),
        exact=("co2_class", "euro_class"),
        ranges=(Range("mass_above_kg", "mass_to_kg", low_open=True),),
    ),
    RuleTable(
        "levy_discount",
        "Temporary discounts on the truck levy; shares in force on one day add up",
        (Column("discount"), Column("share", "number", minimum=0, maximum=1)),
        key=("discount",),
        exact=("discount",),
    ),
    RuleTable(
        "levy_terms",
        "Start of the truck levy and masses it holds for",
        (Column("term"), Column("value", "number", minimum=0), Column("unit")),
        key=("term",),
        exact=("term",),
    ),
    RuleTable(
        "driving_time",
        "Driving, rest and working time",
        (Column("rule"), Column("value", "number", minimum=0), Column("unit")),
        key=("rule",),
        exact=("rule",),
    ),
    RuleTable(
        "grid_tariffs",
        "Transport tariffs of grid operators",
        (
            Column("category"),
            Column("operator"),
            Column("voltage"),
            Column("above_kw", "number", nullable=True, minimum=0),
            Column("to_kw", "number", nullable=True, minimum=0),
            Column("kw_contract_eur_per_kw_year", "number", minimum=0),
            Column("kw_max_eur_per_kw_month", "number", minimum=0),
            Column("transport_eur_per_kwh", "number", minimum=0),
            Column("fixed_eur_per_year", "number", minimum=0),
        ),
        key=("category",),
        exact=("category",),
    ),
    RuleTable(
        "contract_forms",
        "Contract forms for transport of electricity",
        (
            Column("form"),
            Column("limit_kind"),
            Column("full_power_share_of_hours", "number", minimum=0, maximum=1),
            Column("window", nullable=True),
            Column("blocked_windows", nullable=True),
            Column("notice_days", "number", nullable=True, minimum=0),
            Column("kw_contract_factor", "number", minimum=0),
            Column("transport_discount", "number", minimum=0, maximum=1),
            Column("grid_level"),
        ),
        key=("form",),
        exact=("form",),
    ),
    RuleTable(
        "emission_factors",
        "Greenhouse gas factors, well to wheel (wtw) and tank to wheel (ttw)",
        (Column("factor"), Column("value", "number", minimum=0), Column("unit"), Column("scope")),
        key=("factor",),
        exact=("factor",),
    ),
    RuleTable(
        "nox_factors",
        "Nitrogen oxides a kilometre by class, Euro class and area",
        (
            Column("vehicle_class", choices=VEHICLE_CLASSES),
            Column("fuel"),
            Column("area", choices=AREAS),
            *_EURO,
            Column("g_per_km", "number", minimum=0),
        ),
        key=("vehicle_class", "fuel", "area", "euro_from", "euro_to"),
        exact=("vehicle_class", "fuel", "area"),
        ranges=(Range("euro_from", "euro_to"),),
    ),
    RuleTable(
        "energy_tax",
        "Energy tax on electricity by bracket of yearly use",
        (
            Column("bracket"),
            Column("above_kwh", "number", minimum=0),
            Column("to_kwh", "number", nullable=True, minimum=0),
            Column("eur_per_kwh", "number", minimum=0),
        ),
        key=("bracket",),
        ranges=(Range("above_kwh", "to_kwh", low_open=True),),
    ),
    RuleTable(
        "afir_pools",
        "Charging pools for trucks that Regulation (EU) 2023/1804 (AFIR) asks for along the TEN-T",
        (
            Column("network", choices=("core", "comprehensive")),
            Column("length_share", "number", minimum=0, maximum=1),
            Column("spacing_km", "number", minimum=0.001),
            Column("pool_kw", "number", minimum=0),
            Column("points_350kw", "integer", minimum=0),
        ),
        key=("network",),
        exact=("network",),
    ),
    RuleTable(
        "afir_places",
        "Chargers that AFIR asks for at safe and secure parkings and in urban nodes",
        (
            Column("place_kind", choices=("safe_parking", "urban_node")),
            Column("stations", "integer", minimum=0),
            Column("station_kw", "number", minimum=0),
            Column("total_kw", "number", minimum=0),
            Column("point_kw", "number", minimum=0),
        ),
        key=("place_kind",),
        exact=("place_kind",),
    ),
    RuleTable(
        "afir_terms",
        "Distances and exceptions of AFIR",
        (Column("term"), Column("value", "number", minimum=0), Column("unit")),
        key=("term",),
        exact=("term",),
    ),
)

RULE_TABLES: dict[str, RuleTable] = {table.name: table for table in _ALL}
