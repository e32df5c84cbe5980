"""Write a file or a folder as a whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it takes the place of `path`.

    When the block raises, `path` is as it was and the temporary file is gone.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", suffix=".part", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        _open_to_others(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_files(folder: Path, files: Mapping[str, bytes], *, last: str) -> None:
    """Put `files` (name to content) into `folder`.

    A new folder appears by one rename. Into an existing folder every file is moved by a rename
    after all have been written, the file `last` at the end; other files there stay.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", suffix=".part", dir=folder.parent))
    try:
        for name, content in files.items():
            (stage / name).write_bytes(content)
            _open_to_others(stage / name)
        if not folder.exists():
            stage.chmod(0o777 & ~_umask())
            stage.rename(folder)
            return
        for name in sorted(files, key=lambda name: name == last):
            (stage / name).replace(folder / name)
    finally:
        with suppress(FileNotFoundError):
            shutil.rmtree(stage)


def _open_to_others(path: Path) -> None:
    """Give the mode a plainly written file has; temporary files are private to their owner."""
    path.chmod(0o666 & ~_umask())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
