"""A two-echelon problem as data frames and back, with every fault found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.rounds.cells import find, lacking, numbers, square, texts
from bundling.rounds.echelons.validate import HUB_DEFAULTS, MATRICES, SCALARS
from bundling.rounds.problem import RoundsProblem

if TYPE_CHECKING:
    from bundling.rounds.echelons.problem import TwoEchelonProblem

_NEEDED = {
    "trucks": ("depot_id", *(name for name in SCALARS if name != "vehicle_count")),
    **dict.fromkeys(MATRICES, ()),
}


def write_tables(problem: TwoEchelonProblem) -> dict[str, pd.DataFrame]:
    """Return the tables that `TwoEchelonProblem.to_tables` describes."""
    trucks = {"depot_id": [problem.depot_id]}
    trucks |= {name: [getattr(problem, name)] for name in SCALARS}
    hubs: dict[str, Any] = {"hub_id": list(problem.hub_ids)}
    hubs |= {name: getattr(problem, name) for name in HUB_DEFAULTS}
    places = [problem.depot_id, *problem.hub_ids]
    return {
        "trucks": pd.DataFrame(trucks),
        "hubs": pd.DataFrame(hubs),
        **{
            name: pd.DataFrame(getattr(problem, name), index=places, columns=places)
            for name in MATRICES
        },
        **problem.second.to_tables(),
    }


def read_tables(tables: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    """Return the keyword arguments of `TwoEchelonProblem` from its tables.

    The table ``hubs`` may be missing, and so may hubs in it; the depots of the rounds are the hubs.

    Raises
    ------
    bundling.InputError
        With every fault of both echelons.
    """
    second, faults = None, list[Fault]()
    try:
        second = RoundsProblem.from_tables(tables)
    except InputError as error:
        faults += error.faults
    faults += lacking(tables, _NEEDED | ({"hubs": ("hub_id",)} if "hubs" in tables else {}))
    raise_if(faults)
    assert second is not None  # else there were faults
    trucks = tables["trucks"]
    if len(trucks) != 1:
        rule = f"has {len(trucks)} rows, and all trucks are alike"
        raise_if([Fault("trucks", "", (), rule, "Give one row.")])
    fields: dict[str, Any] = {"second": second, "depot_id": texts(trucks["depot_id"])[0]}
    for name in SCALARS:
        if name in trucks.columns:
            fields[name] = numbers("trucks", trucks[name], faults)[0]
    if "hubs" in tables:
        hubs = tables["hubs"]
        at = find("hubs", hubs["hub_id"], second.depot_ids, faults, column="hub_id")
        for name, usual in HUB_DEFAULTS.items():
            if name in hubs.columns:
                fields[name] = np.full(second.num_depots, usual)
                fields[name][at] = numbers("hubs", hubs[name], faults, blank=usual)
    places = (fields["depot_id"], *second.depot_ids)
    for name in MATRICES:
        fields[name] = square(name, tables[name], places, faults)
    raise_if(faults)
    return fields
