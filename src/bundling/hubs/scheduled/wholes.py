"""The parts of divided shipments put together again, for the tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundling.hubs.scheduled.problem import ScheduledProblem

if TYPE_CHECKING:
    import pandas as pd


def wholes(problem: ScheduledProblem, flows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a shipment as it was before it was divided.

    Parameters
    ----------
    problem
        The problem of the parts.
    flows
        The table of that name, one row a part.

    Returns
    -------
    pandas.DataFrame
        ``shipment_id, shipper_id, origin_id, destination_id, parts``, ``moves`` of all parts (those
        that go alike once), ``departure`` of the first and ``arrival`` of the last, load by
        resource, ``eur, co2e_kg``.
    """
    names = list(problem.shipment_whole or problem.shipment_ids)
    by = flows.assign(shipment_id=names).groupby("shipment_id", sort=False)
    total = {name: (name, "sum") for name in (*problem.resource_ids, "eur", "co2e_kg")}
    first = {name: (name, "first") for name in ("shipper_id", "origin_id", "destination_id")}
    return by.agg(
        **first,
        parts=("moves", "size"),
        moves=("moves", lambda ways: " | ".join(dict.fromkeys(ways))),
        departure=("departure", "min"),
        arrival=("arrival", "max"),
        **total,
    ).reset_index()
