"""Two tables of pairs: who may use an own hub, and which locks a sailing passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bundling.errors import Fault
from bundling.hubs.scheduled.columns import Column, column_of

if TYPE_CHECKING:
    import pandas as pd

    from bundling.hubs.scheduled.problem import ScheduledProblem

UNKNOWN_SLOT = -1


def link_tables(problem: ScheduledProblem) -> dict[str, pd.DataFrame]:
    """Return ``hub_shippers`` (hub, shipper) and ``sailing_locks`` (sailing, lock, slot).

    Hubs that all shippers may use have no rows.
    """
    import pandas as pd

    may = problem.hub_shippers
    hub, shipper = np.nonzero(may & ~np.all(may, axis=1, keepdims=True))
    return {
        "hub_shippers": pd.DataFrame(
            {
                "hub": [problem.hub_ids[h] for h in hub],
                "shipper": [problem.shipper_ids[s] for s in shipper],
            }
        ),
        "sailing_locks": pd.DataFrame(
            {
                "sailing": [problem.sailing_ids[q] for q in problem.passage_sailing],
                "lock": list(problem.passage_lock),
                "slot": problem.passage_slot,
            }
        ),
    }


def read_links(
    tables: Mapping[str, pd.DataFrame],
    ids: Mapping[str, tuple[str, ...]],
    data: Mapping[str, Any],
    faults: list[Fault],
) -> dict[str, Any]:
    """Read the two tables, either of which may be absent.

    Parameters
    ----------
    tables
        ``hub_shippers``: ``hub, shipper``, one row for each shipper that may use an own hub.
        ``sailing_locks``: ``sailing, lock``, and ``slot`` (or clock time) of passage where known.
    ids
        Identifiers of each table.
    data
        What was read so far, for the length of a slot.
    faults
        Takes what is wrong.

    Returns
    -------
    dict
        Fields ``hub_shippers``, ``passage_sailing``, ``passage_lock``, ``passage_slot``.
    """
    found: dict[str, Any] = {}
    pairs = _columns(tables, "hub_shippers", ("hub", "shipper"), faults)
    if pairs:
        hub = pairs["hub"].places(ids["hubs"], "hubs")
        shipper = pairs["shipper"].places(ids["shippers"], "shippers")
        may = np.ones((len(ids["hubs"]), len(ids["shippers"])), dtype=bool)
        right = (hub >= 0) & (shipper >= 0)
        may[hub[right]] = False
        may[hub[right], shipper[right]] = True
        found["hub_shippers"] = may
    locks = _columns(tables, "sailing_locks", ("sailing", "lock"), faults)
    if locks:
        rows = len(locks["lock"].given)
        slots = column_of(
            tables["sailing_locks"], "sailing_locks", "slot", locks["lock"].rows, faults
        )
        sailing = locks["sailing"].places(ids["sailings"], "sailings")
        right = sailing >= 0  # others are told already
        slot = np.full(rows, UNKNOWN_SLOT)
        if slots is not None:
            slot = slots.slots(float(data.get("slot_s", 900.0)), UNKNOWN_SLOT)
        found["passage_sailing"] = sailing[right]
        found["passage_slot"] = slot[right]
        names = [str(name) for name in locks["lock"].given]
        found["passage_lock"] = tuple(names[k] for k in np.flatnonzero(right))
    return found


def _columns(
    tables: Mapping[str, pd.DataFrame], table: str, names: tuple[str, ...], faults: list[Fault]
) -> dict[str, Column]:
    """Return the columns of a table; none where it, or one of them, is absent."""
    if table not in tables:
        return {}
    rows = [str(k + 1) for k in range(len(tables[table]))]
    found = {name: column_of(tables[table], table, name, rows, faults) for name in names}
    missing = [name for name, column in found.items() if column is None]
    faults += [Fault(table, name, (), "the column is missing", "Add it.") for name in missing]
    return {} if missing else {k: c for k, c in found.items() if c is not None}
