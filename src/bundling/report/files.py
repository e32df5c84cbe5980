"""Write whole files or nothing: to a temporary name in the same folder, then `os.replace`."""

from __future__ import annotations

import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_NOT_NAME = re.compile(r"[^a-z0-9]+")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; move it onto `path` when the block ends well.

    A reader never sees half a file, and a failed write leaves an older file untouched. The folder
    is made when it does not exist.

    Raises
    ------
    OSError
        When the folder cannot be made or written, or another program holds the file open (on
        Windows a workbook that is open in Excel).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp makes private files; these are meant to be shared
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> Path:
    """Write `text` as UTF-8 with line feeds; return `path`."""
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
    return path


def slug(text: str) -> str:
    """Lower-case ASCII letters, digits and hyphens of `text`: safe in every file system."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return _NOT_NAME.sub("-", plain.lower()).strip("-")[:60] or "x"
