"""The regions and named problems that come with the library, as a table."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import pandas as pd

from bundling.io.descriptor import FILE

_MAX_SHOWN = 3
COLUMNS = (
    "name",
    "family",
    "title",
    "stops",
    "shippers",
    "parks",
    "best_known_eur",
    "bound_eur",
    "source",
    "licence",
)


def catalogue() -> pd.DataFrame:
    """Table of what comes with the library.

    Returns
    -------
    pandas.DataFrame
        One row for each region (family ``region``; `bundling.load` takes its name) and for each
        named problem with a best-known solution: ``name``, ``family``, ``title``, ``stops``,
        ``shippers``, ``parks``, ``best_known_eur`` and ``bound_eur`` (NaN where nothing is known),
        ``source``, ``licence``.
    """
    regions = [_region(name, folder) for name, folder in instance_folders().items()]
    by_name = {str(row["name"]): row for row in regions}
    problems = [_problem(entry, by_name) for entry in _best_known()]
    frame = pd.DataFrame([*regions, *problems], columns=list(COLUMNS))
    counts = ["stops", "shippers", "parks"]
    euros = ["best_known_eur", "bound_eur"]
    return frame.astype(dict.fromkeys(counts, "Int64") | dict.fromkeys(euros, "float64"))


def instance_folders() -> dict[str, Path]:
    """Folders of the regions that come with the library, by name."""
    root = _root()
    found = sorted(root.glob(f"*/{FILE}")) if root else []
    return {file.parent.name: file.parent for file in found}


def _root() -> Path | None:
    root = resources.files("bundling.instances")
    path = Path(str(root))
    return path if path.is_dir() else None


def _region(name: str, folder: Path) -> dict[str, Any]:
    package = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return {
        "name": name,
        "family": "region",
        "title": package.get("title", name),
        "stops": _count(folder / "stops.csv"),
        "shippers": _count(folder / "shippers.csv"),
        "parks": _count(folder / "business_parks.csv"),
        "source": _joined(package, "sources", "title"),
        "licence": _joined(package, "licenses", "name"),
    }


def _problem(entry: Mapping[str, Any], regions: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Row of a best-known file; what it does not state comes from the region it is named after."""
    name = str(entry["name"])
    region = regions.get(str(entry.get("region", name.rpartition("-")[0])), {})
    title = entry.get("title") or f"{entry['family']} of {region.get('title', name)}"
    shared = ("stops", "shippers", "parks", "source", "licence")
    return {
        "name": name,
        "family": str(entry["family"]),
        "title": title,
        **{key: region.get(key) for key in shared},
        "best_known_eur": entry.get("objective_eur"),
        "bound_eur": entry.get("bound_eur"),
    }


def _best_known() -> Iterator[Mapping[str, Any]]:
    root = _root()
    for file in sorted(root.glob("best_known/*.json")) if root else []:
        yield json.loads(file.read_text(encoding="utf-8"))


def _count(file: Path) -> int | None:
    if not file.is_file():
        return None
    with file.open(encoding="utf-8", newline="") as stream:
        return sum(any(record) for record in csv.reader(stream)) - 1


def _joined(package: Mapping[str, Any], key: str, label: str) -> str:
    """Join the sources or licences of a package; where it states none, those of its resources."""
    resources = package.get("resources", ())
    entries = package.get(key) or [e for resource in resources for e in resource.get(key, ())]
    labels = list(dict.fromkeys(str(e.get(label) or e.get("title") or "") for e in entries))
    more = len(labels) - _MAX_SHOWN
    return "; ".join(labels[:_MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")
