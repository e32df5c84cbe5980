"""The tables of a bundling study, with the column names of the library."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bundling.report.rooms.closings import verdict

if TYPE_CHECKING:
    from bundling.result import Result
    from bundling.study.hubs.study import HubsStudy

COMPARED = {
    "vehicle_km": "km",
    "vehicles": "trips",
    "zone_trips": "trips",
    "load_rate": "share",
    "kwh": "kWh",
    "litres": "l",
    "co2e_kg": "kg",
    "nox_g": "g",
}
"""Indicators that are set beside each other, and their units."""


def study_tables(study: HubsStudy) -> dict[str, pd.DataFrame]:
    """Return everything the study found.

    Returns
    -------
    dict of pandas.DataFrame
        ``summary``: the day with and without hubs: status, cost, bound, gap, why there is no plan.
        ``comparison``: figures with and without hubs and their difference. ``costs``: the same by
        component. ``hubs``: every candidate, what it handles, what it is worth a day beyond its
        rent (found, and between what it is proved to lie), the rent up to which it stays worth it.
        ``break_even``: between which values bundling begins to pay. ``break_even_trials``: all
        that were solved for it. ``gains``: each player alone and together, who would leave and
        why. ``splits``, ``stability``: all ways to split. ``emissions``: by vehicle type with and
        without hubs. ``shipments``, ``legs``, ``vehicles``: the plan with hubs. What was left out
        has no table.
    """
    tables = {"summary": _summary(study)}
    result = study.together
    if result.solution is None or result.evaluation is None:
        return tables
    without = study.direct if study.direct and study.direct.solution is not None else None
    if without is not None:
        tables["comparison"] = _comparison(result, without)
        tables["costs"] = _costs(result, without)
    tables["hubs"] = _hubs(study)
    if study.breaks:
        tables["break_even"] = _breaks(study)
        tables["break_even_trials"] = pd.concat(
            [found.table().assign(of=of) for of, found in study.breaks.items()],
            ignore_index=True,
        )
    if study.sharing is not None:
        tables["gains"] = study.sharing.board()
        tables["splits"] = study.sharing.table()
        tables["stability"] = study.sharing.stability()
    tables["emissions"] = _emissions(result, without)
    for name in ("shipments", "legs", "vehicles"):
        tables[name] = result.tables[name]
    return tables


def _summary(study: HubsStudy) -> pd.DataFrame:
    rows = []
    for name, result in (("with hubs", study.together), ("without hubs", study.direct)):
        if result is None:
            continue
        solved = result.solution is not None
        rows.append(
            {
                "plan": name,
                "status": str(result.status),
                "cost_eur": result.objective if solved else None,
                "proved_at_least_eur": result.bound if math.isfinite(result.bound) else None,
                "gap_pct": 100.0 * result.gap if math.isfinite(result.gap) else None,
                "seconds": result.run.wall_s,
                "reason_english": " ".join(result.reasons[:2]),
            }
        )
    return pd.DataFrame(rows)


def _comparison(together: Result, without: Result) -> pd.DataFrame:
    assert together.evaluation is not None
    assert without.evaluation is not None
    one, other = together.evaluation.indicators, without.evaluation.indicators
    rows = [("cost", "EUR", together.objective, without.objective)]
    rows += [(name, unit, one[name], other[name]) for name, unit in COMPARED.items()]
    frame = pd.DataFrame(rows, columns=["figure", "unit", "with_hubs", "without_hubs"])
    frame["difference"] = frame["with_hubs"] - frame["without_hubs"]
    base = frame["without_hubs"].to_numpy(dtype=float)
    more = frame["difference"].to_numpy(dtype=float)
    frame["difference_share"] = np.divide(more, base, out=np.zeros(len(base)), where=base != 0)
    return frame


def _costs(together: Result, without: Result) -> pd.DataFrame:
    assert together.evaluation is not None
    assert without.evaluation is not None
    one, other = together.evaluation.costs_eur, without.evaluation.costs_eur
    rows = [(name, one[name], other.get(name, 0.0)) for name in one]
    rows.append(("total", together.objective, without.objective))
    return pd.DataFrame(rows, columns=["component", "with_hubs_eur", "without_hubs_eur"])


def _hubs(study: HubsStudy) -> pd.DataFrame:
    frame = study.together.tables["hubs"].copy()
    rent = dict(
        zip(study.together.problem.hub_ids, study.together.problem.hub_rent_eur, strict=True)
    )
    frame["rent_eur"] = [float(rent[name]) for name in frame["hub_id"]]
    found = {closing.hub_id: closing for closing in study.closings}
    for column in ("extra_eur", "least_eur", "most_eur"):
        values = [getattr(found[h], column) if h in found else np.nan for h in frame["hub_id"]]
        frame[column] = pd.Series(values, dtype=float).replace([np.inf, -np.inf], np.nan)
    frame["rent_worth_eur"] = frame["rent_eur"] + frame["least_eur"]
    frame["verdict"] = [
        verdict(found[hub]) if hub in found else "not_open" if not is_open else "not_solved"
        for hub, is_open in zip(frame["hub_id"], frame["open"], strict=True)
    ]
    return frame.sort_values(
        ["open", "extra_eur"], ascending=False, kind="stable", ignore_index=True
    )


def _breaks(study: HubsStudy) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "of": of,
                "unit": found.unit,
                "low": found.low if math.isfinite(found.low) else None,
                "high": found.high if math.isfinite(found.high) else None,
                "pays_below": found.pays_below,
                "least_eur": found.least_eur,
                "changes": found.changes,
                "proved": found.proved,
                "tried_from": found.trials[0].value,
                "tried_to": found.trials[-1].value,
            }
            for of, found in study.breaks.items()
        ]
    )


def _emissions(together: Result, without: Result | None) -> pd.DataFrame:
    """Kilometres, kWh and CO2e by vehicle type."""
    columns = ["vehicles", "vehicle_km", "kwh", "co2e_kg"]
    made = together.tables["vehicles"].groupby("vehicle_type")[columns].sum()
    made.columns = pd.Index([f"with_{name}" for name in columns])
    if without is not None:
        other = without.tables["vehicles"].groupby("vehicle_type")[columns].sum()
        other.columns = pd.Index([f"without_{name}" for name in columns])
        made = made.join(other, how="outer").fillna(0.0)
    frame: pd.DataFrame = made.reset_index()
    return frame
