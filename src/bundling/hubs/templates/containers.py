"""Containers between firms and one seaport: by truck, or by barge or train through a terminal.

A template of `bundling.hubs.scheduled`: trucks drive between firms, terminals and the seaport,
come back empty or with a container of somebody else, and pay the levy of the day; vessels and
trains of the table of services run as wholes (charter) or are paid by the slot.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import pandas as pd

from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.assumption_tables import figures
from bundling.hubs.emissions import factors
from bundling.hubs.scheduled.problem import ScheduledProblem
from bundling.network import Network
from bundling.rules import RuleBook
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

TRUCK: Final = "artic_40t_diesel"
"""Row of ``hubs_transport_factors`` for trucks with containers."""
VESSELS: Final = {"water": "Va_barge", "rail": "container_train"}
"""Rows of ``hubs_transport_factors`` by mode."""
_NEEDED: Final = {
    "firms": ("firm_id", "x_m", "y_m", "teu", "direction"),
    "terminals": ("terminal_id", "x_m", "y_m"),
    "services": (
        "service_id", "mode", "terminal_id", "direction", "depart_h", "arrive_h", "km",
        "capacity_teu",
    ),
}  # fmt: skip


def container_rates(table: pd.DataFrame | None = None) -> dict[str, float]:
    """Prices and weights by key, from the table of assumptions or the user's in its place.

    Raises
    ------
    bundling.InputError
        With every unreadable row, and every key that is missing.
    """
    return figures("hubs_container_rates", table)


def container_day(
    firms: pd.DataFrame,
    terminals: pd.DataFrame,
    services: pd.DataFrame,
    *,
    seaport: tuple[str, float, float],
    network: Network,
    day: date,
    rules: RuleBook | None = None,
    rates: pd.DataFrame | None = None,
    slot_h: float = 2.0,
    horizon_h: int = 72,
) -> ScheduledProblem:
    """Pose how containers go to and from a seaport.

    A truck trip costs the greater of its kilometres and its hours at the whole cost of each, since
    either rate alone holds all cost of a year; and the levy of the day (Euro VI diesel of 40 t).

    Parameters
    ----------
    firms
        ``firm_id, x_m, y_m`` (RD New), ``teu``, ``direction`` (``export`` or ``import``); and, if
        wanted, ``shipper``, ``release_h`` (0) and ``due_h`` (the horizon) from the first midnight.
    terminals
        ``terminal_id, x_m, y_m``; and ``fixed_eur`` a day in use (0), ``handling_eur_teu`` and
        ``dwell_h`` (those of the rates).
    services
        ``service_id, mode`` (``water`` or ``rail``), ``terminal_id, direction, depart_h, arrive_h,
        km, capacity_teu``; and ``charter_eur`` of a whole vessel or train (0), ``slot_eur_teu``
        (0), ``vessels`` (1).
    seaport
        Name and RD New coordinates (m).
    network
        Roads.
    day, rules
        Decide the levy.
    rates
        In place of the table ``hubs_container_rates``.
    slot_h, horizon_h
        Hours of a slot and of the horizon.

    Raises
    ------
    bundling.InputError
        With every fault of the tables.
    """
    tables = {"firms": firms, "terminals": terminals, "services": services}
    faults = _faults(tables)
    try:
        rate = container_rates(rates)
    except InputError as error:
        raise InputError([*faults, *error.faults]) from error
    raise_if(faults)
    levy = (RuleBook.default() if rules is None else rules).levy_eur_per_km(
        40_000.0, 1, 6, "diesel", day
    )
    places = pd.concat(
        [
            firms[["firm_id", "x_m", "y_m"]].rename(columns={"firm_id": "location_id"}),
            terminals[["terminal_id", "x_m", "y_m"]].rename(columns={"terminal_id": "location_id"}),
            pd.DataFrame([seaport], columns=["location_id", "x_m", "y_m"]),
        ],
        ignore_index=True,
    ).drop_duplicates("location_id", ignore_index=True)
    slot_s = slot_h * SECONDS_PER_HOUR
    slots = round(horizon_h / slot_h)

    def at(frame: pd.DataFrame, column: str, default: float, up: bool) -> np.ndarray:
        hours = _given(frame, column, default) / slot_h
        return (np.ceil(hours - 1e-9) if up else np.floor(hours + 1e-9)).astype(np.int64)

    outward = (firms["direction"] == "export").to_numpy(dtype=bool)
    here, port = firms["firm_id"].astype(str).to_numpy(), seaport[0]
    leaves = (services["direction"] == "export").to_numpy(dtype=bool)
    terminal = services["terminal_id"].astype(str).to_numpy()
    made = {
        "locations": places,
        "hubs": pd.DataFrame(
            {
                "hub_id": terminals["terminal_id"].astype(str),
                "location": terminals["terminal_id"].astype(str),
                "fixed_eur": _given(terminals, "fixed_eur", 0.0),
                "handling_eur_teu": _given(
                    terminals, "handling_eur_teu", rate["handling_eur_per_teu"]
                ),
                "dwell_slots": at(terminals, "dwell_h", rate["terminal_dwell_h"], up=True),
            }
        ),
        "vehicles": pd.DataFrame(
            {"vehicle_id": ["truck"], "mode": "road", "capacity_teu": rate["truck_teu"],
             "returns": True}
        ),
        "lanes": _lanes(places, list(terminals["terminal_id"].astype(str)), port, network, rate,
                        levy, slot_s),
        "sailings": pd.DataFrame(
            {
                "sailing_id": services["service_id"],
                "mode": services["mode"],
                "from": np.where(leaves, terminal, port),
                "to": np.where(leaves, port, terminal),
                "depart_slot": at(services, "depart_h", 0.0, up=False),
                "arrive_slot": at(services, "arrive_h", 0.0, up=True),
                "capacity_teu": services["capacity_teu"],
                "eur": _given(services, "charter_eur", 0.0),
                "slot_eur_teu": _given(services, "slot_eur_teu", 0.0),
                "limit": _given(services, "vessels", 1.0).astype(np.int64),
                "km": services["km"],
                **_emissions(services),
            }
        ),
        "shipments": pd.DataFrame(
            {
                "shipment_id": [f"{firm} {way}" for firm, way in zip(
                    here, firms["direction"], strict=True)],
                "shipper": firms.get("shipper", here),
                "origin": np.where(outward, here, port),
                "destination": np.where(outward, port, here),
                "load_teu": firms["teu"],
                "release_slot": at(firms, "release_h", 0.0, up=True),
                "due_slot": np.minimum(slots - 1, at(firms, "due_h", float(horizon_h), up=False)),
            }
        ),
        "settings": pd.DataFrame(
            {"key": ["num_slots", "slot_s", "max_hubs"], "value": [slots, slot_s, 1]}
        ),
    }  # fmt: skip
    return ScheduledProblem.from_tables(made)


def _lanes(
    places: pd.DataFrame,
    terminals: list[str],
    port: str,
    network: Network,
    rate: dict[str, float],
    levy_eur_per_km: float,
    slot_s: float,
) -> pd.DataFrame:
    """Trucks between the port, the terminals and the firms, both ways; none between firms."""
    travel = network.travel(places[["x_m", "y_m"]].to_numpy(float))
    ids = places["location_id"].astype(str).tolist()
    ends = [k for k, name in enumerate(ids) if name in {*terminals, port}]
    a, b = np.array(
        [(i, k) for i in range(len(ids)) for k in range(len(ids)) if i != k and (
            i in ends or k in ends)]
    ).T  # fmt: skip
    km = travel.distance_m[a, b] / METRES_PER_KM
    hours = travel.time_s[a, b] / SECONDS_PER_HOUR / rate["truck_speed_share"]
    work = hours + 2.0 * rate["truck_load_h"]
    eur = np.maximum(rate["truck_eur_per_km"] * km, rate["truck_eur_per_h"] * work)
    eur = eur + levy_eur_per_km * travel.levied_m[a, b] / METRES_PER_KM
    factor: dict[Any, Any] = next(
        row for row in factors().to_dict("records") if row["vehicle"] == TRUCK
    )
    return pd.DataFrame(
        {
            "vehicle": "truck",
            "from": [ids[k] for k in a],
            "to": [ids[k] for k in b],
            "slots": np.ceil(work * SECONDS_PER_HOUR / slot_s - 1e-9).astype(np.int64),
            "eur": eur,
            "km": km,
            # Loaded and empty trips share one factor in the model: that of half a load.
            "co2e_kg": km
            * float(factor["kg_co2e_per_km_empty"] + factor["kg_co2e_per_km_full"])
            / 2.0,
            "nox_g": km * float(factor["g_nox_per_km"]),
        }
    )


def _emissions(services: pd.DataFrame) -> dict[str, Any]:
    by_vehicle = factors().set_index("vehicle")
    rows = by_vehicle.loc[[VESSELS[mode] for mode in services["mode"]]]
    km = services["km"].to_numpy(float)
    both = rows["kg_co2e_per_km_empty"] + rows["kg_co2e_per_km_full"]
    return {
        "co2e_kg": km * both.to_numpy(float) / 2.0,
        "nox_g": km * rows["g_nox_per_km"].to_numpy(float),
    }


def _given(frame: pd.DataFrame, column: str, default: float) -> np.ndarray:
    if column not in frame:
        return np.full(len(frame), default)
    filled = pd.to_numeric(frame[column], errors="coerce").fillna(default)
    return filled.to_numpy(float)


def _faults(tables: dict[str, pd.DataFrame]) -> list[Fault]:
    """List missing columns, and words and numbers that cannot be read."""
    faults = []
    for name, columns in _NEEDED.items():
        frame = tables[name]
        for column in columns:
            if column not in frame:
                faults.append(Fault(name, column, (), "the column is missing", "Add it."))
            elif column.endswith(("_m", "_h", "teu", "km")):
                numbers = pd.to_numeric(frame[column], errors="coerce").to_numpy(float)
                bad = _names(frame, columns[0], ~(np.isfinite(numbers) & (numbers >= 0)))
                if bad:
                    rule = "is no number from 0 up"
                    faults.append(Fault(name, column, bad, rule, "Correct it."))
    known = set(tables["terminals"].get("terminal_id", pd.Series(dtype=object)).astype(str))
    for name, column, words in (
        ("firms", "direction", {"export", "import"}),
        ("services", "direction", {"export", "import"}),
        ("services", "mode", set(VESSELS)),
        ("services", "terminal_id", known),
    ):
        frame = tables[name]
        if column in frame:
            wrong = ~frame[column].astype(str).isin(words).to_numpy(dtype=bool)
            bad = _names(frame, _NEEDED[name][0], wrong)
            if bad:
                rule, remedy = "is none of those known", f"Use one of {', '.join(sorted(words))}."
                faults.append(Fault(name, column, bad, rule, remedy))
    return faults


def _names(frame: pd.DataFrame, key: str, wrong: np.ndarray) -> tuple[str, ...]:
    rows = np.flatnonzero(wrong)
    if key not in frame:
        return tuple(str(row + 1) for row in rows)
    return tuple(str(frame[key].iloc[row]) for row in rows)
