"""Which field of a `SitingProblem` stands in which table and column, and its lowest value.

One place for the reader, the writer and the validation, so that they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One field with one value a row.

    Attributes
    ----------
    field, column
        Name in the problem and in the table.
    kind
        ``"text"``, ``"number"``, ``"integer"``, ``"boolean"`` or ``"reference"`` (an index
        inside, an identifier in the table).
    minimum
        Smallest value allowed; None for any.
    """

    field: str
    column: str
    kind: str = "number"
    minimum: float | None = 0.0


ROWS: dict[str, tuple[Column, ...]] = {
    "nodes": (
        Column("node_ids", "node_id", "text"),
        Column("node_names", "name", "text"),
        Column("node_parent", "parent_id", "reference", -1),
        Column("node_x_m", "rd_x_m", minimum=None),
        Column("node_y_m", "rd_y_m", minimum=None),
    ),
    "sites": (
        Column("site_ids", "site_id", "text"),
        Column("site_names", "name", "text"),
        Column("site_kinds", "kind", "text"),
        Column("site_node", "node_id", "reference"),
        Column("site_x_m", "rd_x_m", minimum=None),
        Column("site_y_m", "rd_y_m", minimum=None),
        Column("max_chargers", "max_chargers", "integer"),
        Column("fixed_eur_per_year", "fixed_eur_per_year"),
        Column("existing_kw", "existing_kw"),
        Column("forbidden", "forbidden", "boolean"),
    ),
    "chargers": (
        Column("charger_ids", "charger_type", "text"),
        Column("charger_kw", "power_kw"),
        Column("charger_eur_per_year", "eur_per_year"),
    ),
    "steps": (
        Column("step_ids", "step", "text"),
        Column("step_max_kw", "max_kw"),
        Column("step_one_off_eur_per_year", "one_off_eur_per_year"),
        Column("step_fixed_eur_per_year", "fixed_eur_per_year"),
        Column("step_eur_per_kw_year", "eur_per_kw_year"),
        Column("step_transport_eur_per_kwh", "transport_eur_per_kwh"),
        Column("step_contract", "contract", "text"),
    ),
    "demand": (
        Column("demand_ids", "demand_id", "text"),
        Column("demand_names", "name", "text"),
        Column("demand_kinds", "kind", "text"),
        Column("demand_x_m", "rd_x_m", minimum=None),
        Column("demand_y_m", "rd_y_m", minimum=None),
        Column("demand_min_kw", "min_charger_kw"),
        Column("demand_reach_km", "reach_km"),
    ),
    "pairs": (
        Column("pair_demand", "demand_id", "reference"),
        Column("pair_site", "site_id", "reference"),
        Column("pair_km", "distance_km"),
        Column("pair_eur_per_kwh", "eur_per_kwh"),
    ),
}
"""Tables with one row an item, in the order in which they are read."""

REFERENCES = {
    "node_parent": "node_ids",
    "site_node": "node_ids",
    "pair_demand": "demand_ids",
    "pair_site": "site_ids",
}
"""Index fields and the identifiers they count in."""

SCALARS = {
    "charger_efficiency": 0.0,
    "utilisation_limit": 0.0,
    "existing_transport_eur_per_kwh": 0.0,
    "unserved_eur_per_kwh": 0.0,
    "days_per_year": 0.0,
    "discount_rate": 0.0,
    "tail_years": 1.0,
}
"""Single numbers, table ``parameters``, and their smallest value."""
