"""Write a file or a folder as a whole or not at all."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it takes the place of `path`.

    When the block raises, `path` is as it was and the temporary file is gone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def write_files(folder: Path, files: Mapping[str, bytes], *, last: str) -> None:
    """Put `files` (name to content) into `folder`.

    A new folder appears by one rename. Into an existing folder every file is moved by a rename
    after all have been written, the file `last` at the end; other files there stay.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = _beside(folder)
    stage.mkdir()
    try:
        for name, content in files.items():
            (stage / name).write_bytes(content)
        if not folder.exists():
            stage.rename(folder)
            return
        for name in sorted(files, key=lambda name: name == last):
            (stage / name).replace(folder / name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _beside(path: Path) -> Path:
    """Name nobody else uses, on the same disk, so that a rename is enough."""
    return path.with_name(f".{path.name}-{uuid.uuid4().hex}.part")
