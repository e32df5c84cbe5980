"""The tables of the study as people read them: words for codes, names for identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from bundling.report.messages import Messages
from bundling.report.sharing_parts import (
    board_frame,
    emissions_frame,
    splits_frame,
    stability_frame,
)
from bundling.study.hubs.wording import METHOD

if TYPE_CHECKING:
    from bundling.study.hubs.study import HubsStudy


def for_people(m: Messages, study: HubsStudy, names: Mapping[str, str]) -> dict[str, pd.DataFrame]:
    """Every table of the study in the reader's language, in the order of the page."""
    tables = dict(study.tables)
    tables["summary"] = _summary(m, tables["summary"])
    if "comparison" in tables:
        tables["comparison"] = _comparison(m, tables["comparison"])
    if "hubs" in tables:
        tables["hubs"] = _hubs(m, tables["hubs"])
    for name in ("break_even", "break_even_trials"):
        if name in tables:
            tables[name] = _breaks(m, tables[name])
    if study.sharing is not None:
        tables["gains"] = board_frame(m, study.sharing, METHOD, names)
        tables["splits"] = splits_frame(m, study.sharing, names)
        tables["stability"] = stability_frame(m, study.sharing, names)
        co2e = emissions_frame(m, study.sharing, METHOD, names)
        if co2e is not None:
            tables["gains_co2e"] = co2e
    return tables


def _summary(m: Messages, frame: pd.DataFrame) -> pd.DataFrame:
    made = frame.copy()
    made["plan"] = [m(f"hs.plan.{name}") for name in made["plan"]]
    if not made["reason_english"].any():
        made = made.drop(columns="reason_english")
    return made


def _comparison(m: Messages, frame: pd.DataFrame) -> pd.DataFrame:
    """Figures with their units in words; shares of one stay numbers, as in the CSV."""
    made = frame.copy()
    made["figure"] = [
        m("hs.figure.cost") if name == "cost" else m.label(str(name)) for name in made["figure"]
    ]
    shares = made["unit"] == "share"
    for column in ("with_hubs", "without_hubs", "difference"):
        made[column] = made[column].where(~shares, 100.0 * made[column])
    made["unit"] = ["%" if unit == "share" else m.word(unit) for unit in made["unit"]]
    return made


def _hubs(m: Messages, frame: pd.DataFrame) -> pd.DataFrame:
    made = frame.drop(columns=["location_id"])
    made["verdict"] = [m(f"verdict.{word}") for word in made["verdict"]]
    return made


def _breaks(m: Messages, frame: pd.DataFrame) -> pd.DataFrame:
    made = frame.copy()
    made["of"] = [m(f"hs.break.of.{of}") for of in made["of"]]
    if "unit" in made:
        made["unit"] = [m(f"hs.unit.{unit}") for unit in made["unit"]]
    if "verdict" in made:
        made["verdict"] = [m(f"hs.trial.{word}") for word in made["verdict"]]
        made = made[["of", *(c for c in made if c != "of")]]
    return made
