"""Tables as CSV files, for machines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from bundling.report.files import replacing, slug


def write_csv(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write each table as ``TABLE.csv`` into `folder`, with the column names of the library."""
    paths = []
    for title, frame in tables.items():
        path = folder / f"{slug(title)}.csv"
        with replacing(path) as temporary:
            frame.to_csv(temporary, index=False, lineterminator="\n")
        paths.append(path)
    return paths
