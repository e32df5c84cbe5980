"""What a reader collects from a file or folder before it can become a region."""

from __future__ import annotations

from typing import Any

import pandas as pd

from bundling.errors import Fault, raise_if
from bundling.io import descriptor
from bundling.io.csvfile import RawTable
from bundling.region import Region, TableSchema
from bundling.region.metadata import metadata_faults
from bundling.region.validate import prepare


class Parts:
    """Raw tables, layers, metadata and faults, in the order in which they were read.

    Parameters
    ----------
    fallback
        Name and title when the input states none.
    """

    def __init__(self, fallback: str) -> None:
        self.name = self.title = fallback or "region"
        self.metadata: dict[str, Any] = {}
        self.tables: dict[str, pd.DataFrame] = {}
        self.shapes: dict[str, Any] = {}
        self.faults: list[Fault] = []
        self._rows: dict[str, list[int]] = {}
        self._decimal_comma: set[str] = set()
        self._broken: set[str] = set()

    def describe(self, package: Any) -> None:
        """Take name, title and metadata from a descriptor; None when there is none."""
        self.name, self.title, self.metadata, faults = descriptor.read(package, self.name)
        self.faults += faults

    def add(self, table: TableSchema, raw: RawTable) -> None:
        """Take the cells of one table."""
        self.tables[table.name] = raw.frame
        self._rows[table.name] = raw.rows
        self.faults += raw.faults
        if raw.broken:
            self._broken.add(table.name)
        if raw.decimal_comma:
            self._decimal_comma.add(table.name)

    def region(self) -> Region:
        """Validate everything and make the region.

        Raises
        ------
        bundling.InputError
            With every fault: those of the files, then those of the tables.
        """
        typed, faults = prepare(
            self.tables,
            self.shapes,
            rows=self._rows,
            decimal_comma=self._decimal_comma,
            broken=self._broken,
        )
        faults = self.faults + faults + metadata_faults(self.name, self.title, self.metadata)
        raise_if(dict.fromkeys(faults))
        return Region.of_prepared(self.name, self.title, typed, self.shapes, self.metadata)
