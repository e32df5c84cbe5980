"""A region as a folder: a Data Package of CSV tables and GeoJSON layers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from bundling.errors import Fault, InputError
from bundling.io import descriptor
from bundling.io.atomic import write_files
from bundling.io.csvfile import read_csv, write_csv
from bundling.io.geojson import dumps as geojson_text
from bundling.io.jsontext import parse_json
from bundling.io.parts import Parts
from bundling.region import SHAPE_LAYERS, Region, schema
from bundling.region.conform import near

MAX_FILE_BYTES = 256 * 2**20
MAX_FOLDER_BYTES = 1024 * 2**20
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_. -]*")


def write_folder(region: Region, path: str | Path, *, overwrite: bool = False) -> Path:
    """Write `region` as a data package into the folder `path`; reading it back loses nothing.

    Parameters
    ----------
    region
        The region.
    path
        Folder; it may exist when it is empty.
    overwrite
        Replace the files of a data package that is there already. Tables and layers this region
        does not have are removed; other files stay.

    Returns
    -------
    pathlib.Path
        The folder.

    Raises
    ------
    FileExistsError
        When `path` holds anything and `overwrite` is False.
    """
    folder = Path(path)
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is a file; give a folder")
    if not overwrite and folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty; pass overwrite=True to replace its tables")
    files = {
        f"{name}.csv": write_csv(region.tables[name], schema()[name])
        for name in descriptor.written_tables(region)
    }
    for name in descriptor.written_shapes(region):
        files[f"{name}.geojson"] = geojson_text(region.shape(name)).encode()
    package = json.dumps(descriptor.build(region), ensure_ascii=False, indent=1, allow_nan=False)
    files[descriptor.FILE] = (package + "\n").encode()
    write_files(folder, files, last=descriptor.FILE)
    ours = {f"{name}.csv" for name in schema()} | {f"{name}.geojson" for name in SHAPE_LAYERS}
    for stale in ours - files.keys():
        (folder / stale).unlink(missing_ok=True)
    return folder


def read_folder(path: str | Path) -> Region:
    """Read and validate the data package in the folder `path`.

    The files ``<table>.csv`` and ``<layer>.geojson`` are read, or what ``datapackage.json`` names
    as their path. Nothing outside the folder is read: no absolute paths, no ``..``, no links.

    Raises
    ------
    bundling.InputError
        With every fault at once.
    """
    folder = Path(path)
    parts = Parts(fallback=re.sub(r"[^a-z0-9._-]+", "-", folder.resolve().name.lower()).strip("-."))
    package = _json(folder, descriptor.FILE, parts)
    parts.describe(package)
    files = _files(folder, package, parts)
    total = sum((folder / file).stat().st_size for file in files.values())
    if total > MAX_FOLDER_BYTES:
        rule = f"the files take {total / 2**20:,.0f} MiB, more than {MAX_FOLDER_BYTES / 2**20:,.0f}"
        raise InputError([Fault(folder.name, "", (), rule, "Make the region smaller")])
    for name, file in files.items():
        if name.endswith(".geojson"):
            layer = _json(folder, file, parts)
            if layer is not None:
                parts.shapes[name.removesuffix(".geojson")] = layer
            continue
        data = _bytes(folder, file, parts)
        table = schema().get(name)
        if table is None:
            # `prepare` reports the unknown table by name; its cells do not matter.
            parts.tables[name] = pd.DataFrame()
        elif data is not None:
            parts.add(table, read_csv(data, table))
    return parts.region()


def _files(folder: Path, package: Any, parts: Parts) -> dict[str, str]:
    """Files by table name or ``<layer>.geojson``: those the descriptor names, then those found."""
    files: dict[str, str] = {}
    resources = package.get("resources", []) if isinstance(package, Mapping) else []
    for resource in resources if isinstance(resources, list) else []:
        if not isinstance(resource, Mapping):
            continue
        own = resource.get("bundling")
        layer = own.get("shape") if isinstance(own, Mapping) else None
        name = f"{layer}.geojson" if layer else str(resource.get("name"))
        file = resource.get("path")
        if not isinstance(file, str) or not _inside(folder, file):
            rule = f"the path {file!r} is not the name of a plain file in the folder"
            parts.faults.append(Fault(name, "", (), rule, "Name a file beside datapackage.json"))
        elif not (folder / file).is_file():
            rule = f"there is no file {file}"
            remedy = "Add the file, or remove the resource from datapackage.json"
            parts.faults.append(Fault(name, "", (), rule, remedy))
        else:
            files[name] = file
    named = set(files.values())
    for entry in sorted(folder.iterdir()):
        known: Mapping[str, Any] = SHAPE_LAYERS if entry.suffix == ".geojson" else schema()
        if entry.suffix not in (".csv", ".geojson") or entry.name in named:
            continue
        name = entry.name if entry.suffix == ".geojson" else entry.stem
        if entry.stem not in known:
            rule = "the file is no table or layer of a region"
            parts.faults.append(Fault(entry.name, "", (), rule, near(entry.stem, known)))
        elif name in files:
            rule = f"datapackage.json takes {files[name]} for it, but this file is there too"
            parts.faults.append(Fault(entry.name, "", (), rule, "Keep one of the two"))
        elif not _inside(folder, entry.name):
            parts.faults.append(Fault(entry.name, "", (), "the file is a link", "Copy the file"))
        else:
            files[name] = entry.name
    return files


def _inside(folder: Path, file: str) -> bool:
    """Whether `file` is the plain name of something in `folder` itself, and no link elsewhere."""
    if not _PLAIN_NAME.fullmatch(file):
        return False
    path = folder / file
    return not path.is_symlink() and path.resolve().parent == folder.resolve()


def _bytes(folder: Path, file: str, parts: Parts) -> bytes | None:
    path = folder / file
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        rule = f"the file takes {size / 2**20:,.0f} MiB, more than {MAX_FILE_BYTES / 2**20:,.0f}"
        parts.faults.append(Fault(file, "", (), rule, "Make the table smaller"))
        return None
    return path.read_bytes()


def _json(folder: Path, file: str, parts: Parts) -> Any:
    """Return the parsed file; None, with a fault where it is broken, when there is nothing."""
    if not (folder / file).exists():
        return None
    if not _inside(folder, file):
        parts.faults.append(Fault(file, "", (), "the file is a link", "Copy the file"))
        return None
    data = _bytes(folder, file, parts)
    if data is None:
        return None
    found, fault = parse_json(data, file)
    if fault:
        parts.faults.append(fault)
    return found
