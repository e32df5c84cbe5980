"""Putting a region together with its sources and licences, and writing it as a Data Package."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bundling.instances.provenance import PROVENANCE, SYNTHETIC, Provenance
from bundling.instances.regions import Spec, Tables
from bundling.io.datapackage import write_folder
from bundling.region import SHAPE_LAYERS, Region, schema

VERSION = "2026.1"


def region(spec: Spec, tables: Tables, shapes: Mapping[str, Any], seed: int) -> Region:
    """Return the validated region; helper columns beside the schema are left out.

    Raises
    ------
    bundling.InputError
        When the facts or the generator broke a rule of the region.
    """
    plain = {
        name: tables[name][[column.name for column in table.columns]]
        for name, table in schema().items()
        if name in tables  # optional tables may be left out
    }
    metadata = {
        "description": (
            f"{spec.title} for the library bundling. Places, networks and grid are facts from open "
            "data; costs, vehicles, hubs and sites are assumptions; demand is synthetic. "
            + SYNTHETIC
        ),
        "version": VERSION,
        "keywords": ["freight", "Overijssel", "synthetic demand"],
        "licenses": [{"name": "other-mixed", "title": "See the licence of each resource"}],
        "generator": {"module": "bundling.instances.generate", "seed": seed},
        "tables": {name: _entry(PROVENANCE[name]) for name in plain if len(plain[name])},
        "shapes": {name: _entry(PROVENANCE[f"shape-{name}"]) for name in SHAPE_LAYERS},
    }
    return Region(spec.name, spec.title, plain, dict(shapes), metadata)


def write(folder: Path, made: Region) -> None:
    """Write a region into `folder`, over what a former run left there."""
    write_folder(made, folder, overwrite=True)


def _entry(provenance: Provenance) -> dict[str, Any]:
    name, address = provenance.licence
    return {
        "description": provenance.description,
        "sources": [{"title": source} for source in provenance.sources],
        "licenses": [{"name": name, "path": address} if address else {"name": name}],
    }
