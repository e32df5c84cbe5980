"""Which code and which packages gave a row."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

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
