"""The facts the regions are built from, read as they stand."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from bundling.units import rd_from_wgs84


@dataclass(frozen=True)
class Facts:
    """A folder of facts.

    Attributes
    ----------
    folder
        Folder with the tables; its README says who published each and under which licence.
    """

    folder: Path

    def table(self, name: str) -> pd.DataFrame:
        """One CSV table; text columns stay text, empty cells become missing."""
        return pd.read_csv(self.folder / f"{name}.csv")

    def geojson(self, name: str) -> list[dict[str, Any]]:
        """Features of one GeoJSON file."""
        data = json.loads((self.folder / f"{name}.geojson").read_text(encoding="utf-8"))
        features: list[dict[str, Any]] = data["features"]
        return features

    @cached_property
    def _parameters(self) -> pd.DataFrame:
        return self.table("parameters").set_index("key")

    def parameter(self, key: str) -> float:
        """Value of one numeric parameter.

        Raises
        ------
        KeyError
            When the key is not in the table.
        """
        return float(self._parameters.loc[key, "value"])  # type: ignore[arg-type]

    def parameter_range(self, key: str) -> tuple[float | None, float | None]:
        """Low and high value of one parameter, None where the table has none."""
        row = self._parameters.loc[key]
        low, high = row["low"], row["high"]
        return (
            None if pd.isna(low) else float(low),
            None if pd.isna(high) else float(high),
        )

    def parameter_source(self, key: str) -> str:
        """Return publisher and year of one parameter, or words that say there is no source."""
        row = self._parameters.loc[key]
        text = str(row["source"])
        if text.startswith("unsourced"):
            return "own assumption (unsourced, general knowledge)"
        year = row["year"]
        return text if pd.isna(year) else f"{text} ({int(year)})"


def slug(text: str) -> str:
    """Lower-case ASCII identifier of a name: ``"Hengelo (O.)"`` gives ``hengelo-o``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def unique_ids(prefix: str, names: Iterable[str]) -> list[str]:
    """Return ``prefix-slug`` for each name; one that comes again gets ``-2``, ``-3``."""
    seen: dict[str, int] = {}
    ids = []
    for name in names:
        base = f"{prefix}-{slug(name)}"
        seen[base] = seen.get(base, 0) + 1
        ids.append(base if seen[base] == 1 else f"{base}-{seen[base]}")
    return ids


def with_rd(frame: pd.DataFrame, lat: str = "lat", lon: str = "lon") -> pd.DataFrame:
    """Copy of `frame` with rd_x_m and rd_y_m in RD New, rounded to 0.1 m."""
    x_m, y_m = rd_from_wgs84(frame[lat].to_numpy(float), frame[lon].to_numpy(float))
    return frame.assign(rd_x_m=x_m.round(1), rd_y_m=y_m.round(1))


def by_name(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Rows in the order of `columns`, with a stable sort and a fresh index."""
    return frame.sort_values(list(columns), kind="stable").reset_index(drop=True)
