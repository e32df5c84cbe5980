"""An energy problem from tables and to tables, lossless both ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.energy.frames_site import SITE_KEYS, site_from_tables, site_slots, site_tables
from bundling.energy.problem import EnergyProblem
from bundling.errors import Fault, raise_if

_VEHICLE_COLUMNS = ("arrival_s", "departure_s", "need_kwh", "charge_kw")
_SLOT_COLUMNS = ("price_eur_per_kwh", "connection_kw")
_NUMBERS = (
    "efficiency",
    "start_s",
    "slot_s",
    "transport_eur_per_kwh",
    "peak_eur_per_kw",
    "paid_peak_kw",
    "shortfall_eur_per_kwh",
    "co2e_kg_per_kwh",
    "x_m",
    "y_m",
)

FloatArray = NDArray[np.float64]


def problem_from_tables(
    vehicles: pd.DataFrame,
    slots: pd.DataFrame,
    settings: pd.DataFrame | Mapping[str, Any],
    offers: pd.DataFrame | None = None,
    plugs: pd.DataFrame | None = None,
    days: pd.DataFrame | None = None,
) -> EnergyProblem:
    """See `EnergyProblem.from_tables`."""
    faults: list[Fault] = []
    given = _settings(settings, faults)
    columns: dict[str, Any] = {}
    for table, frame, required, optional in (
        ("vehicles", vehicles, ("vehicle", *_VEHICLE_COLUMNS), ("charger_kw",)),
        ("slots", slots, _SLOT_COLUMNS, ("base_load_kw", "start_s")),
    ):
        missing = [name for name in required if name not in frame]
        faults += [Fault(table, name, (), "is missing", "Add the column.") for name in missing]
        for name in (*required, *optional):
            if name != "vehicle" and name in frame:
                columns[f"{table}.{name}"] = numbers(table, frame, name, faults)
    site = site_from_tables(slots, given, offers, plugs, days, numbers, faults)
    given |= _slot_grid(columns.get("slots.start_s"), given, faults)
    if "efficiency" not in given:
        faults.append(
            Fault("settings", "efficiency", (), "is missing", "Give a number such as 0.9.")
        )
    raise_if(faults)
    return EnergyProblem(
        vehicle_ids=tuple(vehicles["vehicle"].astype(str)),
        **{name: columns[f"vehicles.{name}"] for name in _VEHICLE_COLUMNS},
        charger_kw=columns.get("vehicles.charger_kw", np.full(len(vehicles), np.inf)),
        **{name: columns[f"slots.{name}"] for name in _SLOT_COLUMNS},
        base_load_kw=columns.get("slots.base_load_kw", np.zeros(len(slots))),
        **given,
        **site,
    )


def tables_from_problem(problem: EnergyProblem) -> dict[str, pd.DataFrame]:
    """See `EnergyProblem.to_tables`."""
    vehicles = pd.DataFrame(
        {
            "vehicle": list(problem.vehicle_ids),
            **{name: getattr(problem, name) for name in (*_VEHICLE_COLUMNS, "charger_kw")},
        }
    )
    slots = pd.DataFrame(
        {
            "start_s": problem.slot_start_s,
            **{name: getattr(problem, name) for name in (*_SLOT_COLUMNS, "base_load_kw")},
            **site_slots(problem),
        }
    )
    more, site_values = site_tables(problem)
    values = {"name": problem.name} | {
        name: getattr(problem, name) for name in _NUMBERS if getattr(problem, name) is not None
    }
    values |= site_values
    settings = pd.DataFrame(
        {"key": list(values), "value": pd.Series(list(values.values()), dtype=object)}
    )
    return {"vehicles": vehicles, "slots": slots, "settings": settings} | more


def _settings(settings: pd.DataFrame | Mapping[str, Any], faults: list[Fault]) -> dict[str, Any]:
    """Read the single numbers; unknown keys and texts that are no number are faults."""
    if isinstance(settings, pd.DataFrame):
        lacking = [name for name in ("key", "value") if name not in settings]
        if lacking:
            faults += [
                Fault("settings", name, (), "is missing", "Add the column.") for name in lacking
            ]
            return {}
        pairs = dict(zip(settings["key"].astype(str), settings["value"], strict=True))
    else:
        pairs = dict(settings)
    read: dict[str, Any] = {}
    for key, value in pairs.items():
        if key in ("name", "plug_rule"):
            read[key] = str(value)
        elif key not in _NUMBERS and key not in SITE_KEYS:
            known = ", ".join(("name", *_NUMBERS, *SITE_KEYS, "plug_rule"))
            faults.append(Fault("settings", key, (), "is unknown", f"Known are {known}."))
        elif value is not None and not pd.isna(value):
            try:
                read[key] = float(value)
            except (TypeError, ValueError):
                faults.append(
                    Fault("settings", key, (), f"is {value!r}, not a number", "Fill in a number.")
                )
    return read


def numbers(table: str, frame: pd.DataFrame, name: str, faults: list[Fault]) -> FloatArray:
    """Read a column as floats; NaN stays for `EnergyProblem` to refuse, texts are faults."""
    raw = frame[name]
    if pd.api.types.is_numeric_dtype(raw):
        return raw.to_numpy(dtype=np.float64, na_value=np.nan)
    # Python's float reads a text to the nearest number, so that CSV files lose nothing.
    values = np.array([_number(value) for value in raw], dtype=np.float64)
    text = np.flatnonzero(np.isnan(values) & raw.notna().to_numpy())
    if text.size:
        shown = ", ".join(repr(raw.iloc[row]) for row in text[:3])
        faults.append(
            Fault(
                table,
                name,
                tuple(str(row + 1) for row in text),
                f"holds {shown}, not a number",
                "Fill in numbers with a decimal point.",
            )
        )
    return values


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return np.nan


def _slot_grid(
    starts: FloatArray | None, given: Mapping[str, Any], faults: list[Fault]
) -> dict[str, Any]:
    """Take start and length of the slots from their start_s, and hold them against settings."""
    if starts is None or starts.size < 2 or not np.isfinite(starts).all():
        return {}
    start_s = given.get("start_s", float(starts[0]))
    slot_s = given.get("slot_s", float(starts[1] - starts[0]))
    off = np.flatnonzero(np.abs(starts - (start_s + slot_s * np.arange(starts.size))) > 1e-6)
    if off.size:
        faults.append(
            Fault(
                "slots",
                "start_s",
                tuple(str(row + 1) for row in off),
                f"does not continue slots of {slot_s:g} s from {start_s:g} s",
                "Give every slot of the horizon once, in order, all of one length.",
            )
        )
    return {"start_s": start_s, "slot_s": slot_s}
