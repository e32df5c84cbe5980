"""The region: every table and shape the four families share, validated and frozen."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from bundling.errors import raise_if
from bundling.region.fingerprint import content_hash
from bundling.region.frozen import FrozenJson, FrozenTables
from bundling.region.metadata import metadata_faults, normal, source_table
from bundling.region.schema import schema
from bundling.region.validate import prepare

if TYPE_CHECKING:
    from bundling.energy import EnergyProblem
    from bundling.hubs import HubsProblem
    from bundling.hubs.scheduled import ScheduledProblem
    from bundling.rounds import RoundsProblem
    from bundling.siting import SitingProblem


@dataclass(frozen=True, eq=False, repr=False)
class Region:
    """Places, network, grid, vehicles and freight of one region.

    A region is validated when it is made and cannot be changed afterwards: `tables`, `shapes` and
    `metadata` hand out copies, and `replace` makes a new region. It can be pickled.

    Parameters
    ----------
    name
        Short name, such as ``"zwolle"``.
    title
        Name for people.
    tables
        Data frames by table name, with the columns of `bundling.region.schema`; tables that are
        not required may be left out and are then there without rows.
    shapes
        GeoJSON FeatureCollections in WGS84 by layer name (`bundling.region.SHAPE_LAYERS`).
    metadata
        JSON values that go with the data. ``description``, ``sources`` and ``licenses`` hold for
        the region; ``tables`` and ``shapes`` hold the same per table and layer, as
        ``{"zones": {"sources": [{"title": ..., "path": ...}], "licenses": [{"name": ...}]}}``.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """

    name: str
    title: str
    tables: Mapping[str, pd.DataFrame]
    shapes: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        typed, faults = prepare(self.tables, self.shapes)
        faults += metadata_faults(self.name, self.title, self.metadata)
        raise_if(faults)
        self._freeze(typed)

    @classmethod
    def of_prepared(
        cls,
        name: str,
        title: str,
        typed: Mapping[str, pd.DataFrame],
        shapes: Mapping[str, Any],
        metadata: Mapping[str, Any],
    ) -> Region:
        """Make a region of tables that `prepare` found sound, without checking them again."""
        region = object.__new__(cls)
        for key, value in (("name", name), ("title", title)):
            object.__setattr__(region, key, value)
        for key, mapping in (("shapes", shapes), ("metadata", metadata)):
            object.__setattr__(region, key, mapping)
        region._freeze(typed)
        return region

    def _freeze(self, typed: Mapping[str, pd.DataFrame]) -> None:
        object.__setattr__(self, "tables", FrozenTables(typed))
        object.__setattr__(self, "shapes", FrozenJson(self.shapes))
        object.__setattr__(self, "metadata", FrozenJson(normal(self.metadata)))

    # Looking things up

    def table(self, name: str) -> pd.DataFrame:
        """Return a copy of one table; without rows when the region does not have it.

        Raises
        ------
        KeyError
            When no region can have such a table.
        """
        if name not in self.tables:
            raise KeyError(_unknown("table", name, list(self.tables)))
        return self.tables[name]

    def shape(self, name: str) -> dict[str, Any]:
        """Return a GeoJSON FeatureCollection; without features when there is no such layer."""
        if name not in self.shapes:
            return {"type": "FeatureCollection", "features": []}
        layer: dict[str, Any] = self.shapes[name]
        return layer

    def assumption(self, key: str) -> float:
        """Value of one row of the table ``assumptions``, in the unit stated there.

        Raises
        ------
        KeyError
            When there is no such row; the message names near matches.
        """
        if key not in self._assumptions:
            raise KeyError(_unknown("assumption", key, list(self._assumptions)))
        return self._assumptions[key]

    def places(self) -> pd.DataFrame:
        """Every located thing of the region.

        Returns
        -------
        pandas.DataFrame
            ``place_id``, ``name`` (the id where a table has no name), ``kind`` (the table's name
            in the singular: ``district``, ``business_park``, ``stop`` ...), ``rd_x_m``, ``rd_y_m``.
            Ids are unique.
        """
        parts = []
        for table in schema().values():
            if not table.located:
                continue
            frame = self.tables[table.name]
            ids = frame[table.key[0]]
            names = frame["name"].where(frame["name"].notna(), ids) if "name" in frame else ids
            kind = table.name[:-3] + "y" if table.name.endswith("ies") else table.name[:-1]
            parts.append(
                pd.DataFrame(
                    {
                        "place_id": ids.astype(object),
                        "name": names.astype(object),
                        "kind": pd.Series(kind, index=frame.index, dtype=object),
                        "rd_x_m": frame["rd_x_m"],
                        "rd_y_m": frame["rd_y_m"],
                    }
                )
            )
        return pd.concat(parts, ignore_index=True)

    def sources(self) -> pd.DataFrame:
        """Where the data come from, one row per table or layer and source.

        Returns
        -------
        pandas.DataFrame
            ``table``, ``kind`` (table or shape), ``origin`` (fact, assumption or synthetic),
            ``rows``, ``source``, ``path``, ``licence``. A table that states none has those of the
            region; they are empty where the region states none either.
        """
        return source_table(self.tables, self.shapes, self.metadata)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of tables and shapes; the same after saving and loading in any format."""
        return content_hash(self.tables, self.shapes)

    @cached_property
    def _assumptions(self) -> Mapping[str, float]:
        frame = self.tables["assumptions"]
        return dict(zip(frame["key"], frame["value"].astype(float), strict=True))

    # Making another one, writing

    def replace(
        self,
        tables: Mapping[str, pd.DataFrame] | None = None,
        *,
        name: str | None = None,
        title: str | None = None,
        shapes: Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
    ) -> Region:
        """Return a new region in which these tables and layers stand in for those of this one.

        `metadata` replaces the metadata as a whole.

        Raises
        ------
        bundling.InputError
            When the new region breaks a rule.
        """
        return dataclasses.replace(
            self,
            name=self.name if name is None else name,
            title=self.title if title is None else title,
            tables={**self.tables, **(tables or {})},
            shapes={**self.shapes, **(shapes or {})},
            metadata=self.metadata if metadata is None else metadata,
        )

    def to_folder(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the region as a data package into the folder `path` and return it.

        See `bundling.io.write_folder`.
        """
        room = importlib.import_module("bundling.io.datapackage")
        written: Path = room.write_folder(self, path, overwrite=overwrite)
        return written

    def to_excel(self, path: str | Path, *, overwrite: bool = False) -> Path:
        """Write the region as one Excel workbook and return its path.

        See `bundling.io.write_excel`.
        """
        room = importlib.import_module("bundling.io.excel")
        written: Path = room.write_excel(self, path, overwrite=overwrite)
        return written

    # Posing problems

    def hubs(self, **choices: Any) -> HubsProblem:
        """Pose the bundling problem of one day; arguments as in `bundling.hubs.pose.pose`."""
        problem: HubsProblem = self._pose("hubs", choices)
        return problem

    def scheduled_hubs(self, **choices: Any) -> ScheduledProblem:
        """Pose a day of departures; arguments as in `bundling.hubs.scheduled.pose.pose`."""
        problem: ScheduledProblem = self._pose("hubs.scheduled", choices)
        return problem

    def rounds(self, **choices: Any) -> RoundsProblem:
        """Pose the rounds of one day; arguments as in `bundling.rounds.pose.pose`."""
        problem: RoundsProblem = self._pose("rounds", choices)
        return problem

    def energy(self, **choices: Any) -> EnergyProblem:
        """Pose charging behind one connection; arguments as in `bundling.energy.pose.pose`."""
        problem: EnergyProblem = self._pose("energy", choices)
        return problem

    def siting(self, **choices: Any) -> SitingProblem:
        """Pose the choice of charging sites; arguments as in `bundling.siting.pose.pose`."""
        problem: SitingProblem = self._pose("siting", choices)
        return problem

    def _pose(self, family: str, choices: Mapping[str, Any]) -> Any:
        return importlib.import_module(f"bundling.{family}.pose").pose(self, **choices)

    # Showing

    def _figures(self) -> list[tuple[str, str]]:
        stops = self.tables["stops"]
        return [
            ("municipalities", f"{len(self.tables['municipalities']):,}"),
            ("inhabitants of the districts", f"{self.tables['districts']['population'].sum():,}"),
            ("business parks", f"{len(self.tables['business_parks']):,}"),
            ("shippers", f"{len(self.tables['shippers']):,}"),
            ("shipments", f"{len(self.tables['shipments']):,}"),
            ("stops", f"{len(stops):,}"),
            ("tonnes to and from the stops", f"{np.sum(stops['kg']) / 1000:,.1f}"),
            ("hub candidates", f"{len(self.tables['hub_candidates']):,}"),
            ("site candidates", f"{len(self.tables['site_candidates']):,}"),
            ("grid nodes", f"{len(self.tables['grid_nodes']):,}"),
        ]

    def __repr__(self) -> str:
        figures = ", ".join(f"{value} {what}" for what, value in self._figures()[2:6])
        return f"Region '{self.name}' ({self.title}): {figures}"

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><th style='text-align:left'>{escape(what)}</th>"
            f"<td style='text-align:right'>{escape(value)}</td></tr>"
            for what, value in self._figures()
        )
        synthetic = ", ".join(t.name for t in schema().values() if t.origin == "synthetic")
        return (
            f"<div><strong>{escape(self.title)}</strong> (<code>{escape(self.name)}</code>)"
            f"<table>{rows}</table><small>Synthetic (generated, not measured): "
            f"{escape(synthetic)}. Content {self.content_hash[:12]}.</small></div>"
        )


def _unknown(what: str, name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(str(name), known, n=3, cutoff=0.5)
    if close:
        return f"no {what} '{name}'; did you mean {' or '.join(close)}?"
    return f"no {what} '{name}'; there are: {', '.join(known) or 'none'}"
