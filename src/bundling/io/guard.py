"""A look at a workbook before it is opened: is it one, and how much does it unpack to."""

from __future__ import annotations

import zipfile
from pathlib import Path

from bundling.errors import Fault

MAX_FILE_BYTES = 256 * 2**20
MAX_MEMBERS = 2_000
MAX_UNPACKED_BYTES = 1024 * 2**20
MAX_RATIO = 200
_SMALL = 2**20
"""Members below this size may have any ratio: a megabyte harms nobody."""


def workbook_faults(path: Path) -> list[Fault]:
    """Find why the file at `path` should not be opened as a workbook.

    The sizes are those the archive states; `zipfile` never unpacks a member beyond them.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        return [_fault(path, f"takes {size / 2**20:,.0f} MiB", "Make the region smaller")]
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError):
        return [_fault(path, "is no workbook", "Save it as .xlsx; .xls and .ods are not read")]
    if "xl/workbook.xml" not in {member.filename for member in members}:
        return [_fault(path, "is no workbook", "Save it as .xlsx; .xls and .ods are not read")]
    if any(member.flag_bits & 0x1 for member in members):
        return [_fault(path, "is locked with a password", "Remove the password")]
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_MEMBERS or unpacked > MAX_UNPACKED_BYTES:
        rule = f"unpacks to {len(members):,} parts and {unpacked / 2**20:,.0f} MiB"
        return [_fault(path, rule, "Make the region smaller")]
    for member in members:
        if member.file_size > max(_SMALL, MAX_RATIO * member.compress_size):
            rule = f"has a part '{member.filename[:60]}' packed more than {MAX_RATIO} times"
            return [_fault(path, rule, "Save it again in Excel or LibreOffice")]
    return []


def _fault(path: Path, rule: str, remedy: str) -> Fault:
    return Fault(path.name, "", (), f"the file {rule}", remedy)
