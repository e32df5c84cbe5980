"""Read a region, wherever it is."""

from __future__ import annotations

from pathlib import Path

from bundling.io.catalogue import instance_folders
from bundling.io.datapackage import read_folder
from bundling.io.excel import read_excel
from bundling.region import Region


def load(source: str | Path) -> Region:
    """Read and validate a region.

    Parameters
    ----------
    source
        A name in the catalogue, a folder that holds a data package, or an ``.xlsx`` workbook. A
        name in the catalogue comes first; write ``./zwolle`` for a folder of that name.

    Raises
    ------
    FileNotFoundError
        When there is no such name, folder or workbook; the message lists the names.
    bundling.InputError
        With every fault of the input at once.
    """
    names = instance_folders()
    if isinstance(source, str) and source in names:
        return read_folder(names[source])
    path = Path(source)
    if path.is_dir():
        return read_folder(path)
    if path.is_file() and path.name == "datapackage.json":
        return read_folder(path.parent)
    if path.is_file():
        return read_excel(path)
    raise FileNotFoundError(
        f"'{source}' is neither a folder nor a workbook, and no name in the catalogue; "
        f"the catalogue has: {', '.join(names) or 'nothing'}"
    )
