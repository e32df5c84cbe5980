"""Which code, packages and machine gave a row, and the file rows are kept in."""

from __future__ import annotations

import csv
import hashlib
import os
import platform
import resource
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from run import processor

from bundling.certify import versions


def digest_of(folders: Iterable[Path]) -> str:
    """Eight letters that change with any source file below the folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:8]


def stamp(packages: Iterable[str], folders: Iterable[Path]) -> tuple[str, str]:
    """Version of Python, and those of this library (with its digest) and `packages` as one text."""
    found = versions(*packages)
    python = found.pop("python")
    found["bundling"] += f"+{digest_of(folders)}"
    return python, " ".join(f"{name}={number}" for name, number in sorted(found.items()))


def machine_row(packages: Iterable[str], folders: Iterable[Path]) -> dict[str, Any]:
    """Return the columns of a row that say when, where and with what it was measured."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "machine": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "versions": stamp(packages, folders)[1],
    }


def keep_row(
    path: Path, row: Mapping[str, Any], fields: Sequence[str], key: Sequence[str]
) -> dict[str, str]:
    """Put a row into the file at `path`, in the place of one of the same `key`; return it."""
    full = {name: str(row.get(name, "")) for name in fields}
    rows = []
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                old for old in csv.DictReader(file) if any(old[name] != full[name] for name in key)
            ]
    rows.append(full)
    temporary = path.with_suffix(".tmp")
    with temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    temporary.replace(path)
    return full
