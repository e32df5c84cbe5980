"""Where the nodes of a problem without coordinates lie: a table of the user, read once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault, raise_if
from bundling.units import is_rd, wgs84_from_rd

if TYPE_CHECKING:
    import pandas as pd

Position = tuple[float, float]

_PAIRS = (("lon", "lat"), ("x_m", "y_m"))


def positions(places: pd.DataFrame, names: Sequence[str]) -> dict[str, Position]:
    """Longitude and latitude by name.

    Parameters
    ----------
    places
        ``id``, and ``lon``, ``lat`` (WGS84 degrees) or ``x_m``, ``y_m`` (RD New metres).
    names
        Those that must be there.

    Raises
    ------
    bundling.InputError
        With every missing column, name and position, at once.
    """
    pair = next((pair for pair in _PAIRS if set(pair) <= set(places)), None)
    faults = []
    if "id" not in places:
        faults.append(Fault("places", "id", (), "the column is missing", "Add it."))
    if pair is None:
        rule = "has neither lon, lat nor x_m, y_m"
        faults.append(Fault("places", "", (), rule, "Add one of the two pairs of columns."))
    raise_if(faults)
    assert pair is not None
    found = places.drop_duplicates("id").set_index(places.drop_duplicates("id")["id"].astype(str))
    double = places["id"].astype(str)
    double = double[double.duplicated()]
    if len(double):
        remedy = "Keep one row of each."
        faults.append(Fault("places", "id", tuple(double), "stands there twice", remedy))
    missing = [name for name in names if name not in found.index]
    if missing:
        faults.append(Fault("places", "id", tuple(missing), "has no row", "Add its position."))
    here = found.loc[[name for name in names if name in found.index]]
    one = _numbers(here[pair[0]])
    other = _numbers(here[pair[1]])
    if pair == ("x_m", "y_m"):
        good = is_rd(one, other)
        other, one = wgs84_from_rd(one, other)
        rule = "lies outside RD New"
    else:
        good = (np.abs(one) <= 180) & (np.abs(other) <= 90)  # false for NaN too
        rule = "is no longitude and latitude in degrees"
    if not good.all():
        bad = tuple(str(name) for name in here.index[~good])
        faults.append(Fault("places", ", ".join(pair), bad, rule, "Correct it."))
    raise_if(faults)
    return {
        str(name): (round(float(lon), 6), round(float(lat), 6))
        for name, lon, lat in zip(here.index, one, other, strict=True)
    }


def _numbers(column: pd.Series) -> np.ndarray:
    import pandas as pd

    return pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
