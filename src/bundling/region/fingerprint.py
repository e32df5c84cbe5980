"""A hash of what a region says, the same after every save and load that keeps the rows in order."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from bundling.region.schema import schema


def content_hash(tables: Mapping[str, pd.DataFrame], layers: Mapping[str, Any]) -> str:
    """SHA-256 over the typed tables, in the order of the schema, and the shape layers.

    Name, title and metadata are left out: they change no answer. Neither pandas' nor Python's own
    hashes are used, since those differ between versions and runs.
    """
    digest = hashlib.sha256()
    for table in schema().values():
        frame = tables[table.name]
        if frame.empty:
            continue
        digest.update(f"\x1d{table.name}\x1e{len(frame)}".encode())
        for column in table.columns:
            digest.update(f"\x1e{column.name}\x1f".encode())
            digest.update(_column_bytes(frame[column.name], column.type))
    for name in sorted(layers):
        text = json.dumps(layers[name], sort_keys=True, separators=(",", ":"), allow_nan=False)
        digest.update(f"\x1d{name}.geojson\x1e".encode() + text.encode())
    return digest.hexdigest()


def _column_bytes(column: pd.Series[Any], kind: str) -> bytes:
    if kind == "number":
        values = column.to_numpy(dtype="<f8") + 0.0  # -0.0 becomes 0.0
        values[np.isnan(values)] = np.nan  # one bit pattern for null
        return values.tobytes()
    cells = [None if cell is None or cell is pd.NA else cell for cell in column.tolist()]
    return json.dumps(cells, default=str, separators=(",", ":")).encode()
