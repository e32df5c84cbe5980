"""Read a region, wherever it is, or a public instance with two echelons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bundling.io.akbay import is_akbay
from bundling.io.benchmark_text import read_text
from bundling.io.catalogue import instance_folders
from bundling.io.datapackage import read_folder
from bundling.io.echelons_instance import read_echelons
from bundling.io.excel import read_excel
from bundling.region import Region

if TYPE_CHECKING:
    from bundling.rounds.echelons import TwoEchelonProblem


def load(source: str | Path) -> Region | TwoEchelonProblem:
    """Read and validate a region, or a file of the 2E-EVRPTW.

    Parameters
    ----------
    source
        A name in the catalogue, a folder that holds a data package, an ``.xlsx`` workbook, or a
        ``.txt`` file of the 2E-EVRPTW (`bundling.io.akbay`). A name in the catalogue comes first;
        write ``./zwolle`` for a folder of that name.

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
    if path.is_file() and path.suffix.lower() == ".txt" and is_akbay(read_text(path)):
        return read_echelons(path)
    if path.is_file():
        return read_excel(path)
    raise FileNotFoundError(
        f"'{source}' is neither a folder nor a workbook, and no name in the catalogue; "
        f"the catalogue has: {', '.join(names) or 'nothing'}"
    )
