"""``run.json``: what ran, on what, and how good and how checked the answers are."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bundling.report.files import write_text
from bundling.report.geojson import plain
from bundling.result import Result

if TYPE_CHECKING:
    import pandas as pd

    from bundling.chain import Study

FORMAT = "bundling run record 1"


def write_study(study: Study, path: str | Path) -> Path:
    """Write the record of `study` as JSON; what is unknown (``inf``, ``nan``) is ``null``."""
    text = json.dumps(study_record(study), ensure_ascii=False, allow_nan=False, indent=2)
    return write_text(Path(path), text + "\n")


def study_record(study: Study) -> dict[str, Any]:
    """Everything `write_study` writes, as plain Python."""
    balances = rows_of(study.balances)
    return {
        "format": FORMAT,
        "region": {"name": study.region.name, "title": study.region.title},
        "day": study.day.isoformat(),
        "year": study.year,
        "seed": study.seed,
        "input_hash": study.input_hash,
        "versions": dict(study.versions),
        "seconds": {name: plain(value) for name, value in study.seconds.items()},
        "peak_memory_mb": plain(study.peak_memory_mb),
        "steps": [
            {"name": step.name, "seconds": plain(step.seconds), **result_record(step.result)}
            for step in study.steps
        ],
        "balances_hold": all(bool(row["holds"]) for row in balances),
        "balances": balances,
        "sharing": None if study.sharing is None else rows_of(study.sharing.table()),
    }


def result_record(result: Result) -> dict[str, Any]:
    """One result: status, limit, objective, bound, gap, checks, violations, costs, reasons."""
    run, evaluation = result.run, result.evaluation
    return {
        "family": result.family,
        "status": str(result.status),
        "limit": str(result.limit),
        "objective_eur": plain(result.objective),
        "bound_eur": plain(result.bound),
        "gap": plain(result.gap),
        "method": run.method,
        "seed": run.seed,
        "time_limit_s": plain(run.time_limit_s),
        "gap_target": plain(run.gap_target),
        "wall_s": plain(run.wall_s),
        "problem_hash": run.problem_hash,
        "versions": dict(run.versions),
        "checks": run.checks,
        "violations": [dataclasses.asdict(violation) for violation in result.violations],
        "reasons": list(result.reasons),
        "costs_eur": plain(dict(evaluation.costs_eur)) if evaluation else None,
        "indicators": plain(dict(evaluation.indicators)) if evaluation else None,
        "improvements": plain(run.improvements),
    }


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a frame as plain dictionaries."""
    return [
        {str(key): plain(value) for key, value in row.items()}
        for row in frame.to_dict(orient="records")
    ]
