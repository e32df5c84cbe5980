"""What a run leaves behind: one HTML page, a workbook, map layers and the run record."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bundling.chain import Study


def write_all(study: Study, folder: str | Path, lang: str = "nl") -> list[Path]:
    """Write everything about `study` into `folder`, which is made when it does not exist.

    Parameters
    ----------
    study
        From `bundling.chain.run`.
    folder
        Where ``report.html``, ``results.xlsx``, ``layers/*.geojson`` and ``run.json`` go. Older
        files of the same names are replaced, each in one step.
    lang
        Language of report and workbook: ``"nl"`` or ``"en"``.

    Returns
    -------
    list of Path
        The files, the report first.

    Raises
    ------
    OSError
        When a file cannot be written, for instance a workbook that is open in Excel.
    """
    from bundling.report import geojson, html, run_record, workbook

    folder = Path(folder)
    return [
        html.write_study(study, folder / "report.html", lang),
        workbook.write_study(study, folder / "results.xlsx", lang),
        run_record.write_study(study, folder / "run.json"),
        *geojson.write_study(study, folder / "layers"),
    ]
