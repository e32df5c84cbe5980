"""From a region's tables to what stands behind a connection: contracts, battery, PV, plugs.

Prices a year become prices of one day by `days_per_year`, the days on which the depot works: what
stands there has to be paid on those.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.energy.assets import Battery, PlugRule, Plugs, Pv
from bundling.energy.offers import FORMS, ContractOffer, Windows, within_clock
from bundling.errors import Fault
from bundling.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    from bundling.region import Region

MONTHS = 12

FloatArray = NDArray[np.float64]

_WORDS = {
    "offers": ("region", "steps"),
    "battery": ("region",),
    "pv": ("region",),
    "plugs": ("region",),
}
"""What a caller may give as a word."""

Offers = Sequence[ContractOffer] | Literal["region", "steps"] | None


@dataclass(frozen=True)
class Wanted:
    """What a caller asks for; ``"region"`` takes it from the region's tables."""

    offers: Offers = "region"
    battery: Battery | Literal["region"] | None = "region"
    pv: Pv | Literal["region"] | None = "region"
    plugs: Plugs | Literal["region"] | None = "region"
    plug_rule: PlugRule = "stay"


def site_of(
    region: Region,
    depot: str,
    wanted: Wanted,
    *,
    slot_start_s: FloatArray,
    days_per_year: float,
    faults: list[Fault],
) -> dict[str, Any]:
    """Return the fields `offers`, `battery`, `pv` and `plugs` of an energy problem.

    Parameters
    ----------
    region, depot
        The region and the place in it.
    wanted
        What the caller asks for.
    slot_start_s
        Start of each slot on the running clock, s.
    days_per_year
        Days among which yearly prices are divided.
    faults
        Faults are added here.
    """
    for name, words in _WORDS.items():
        given = getattr(wanted, name)
        if isinstance(given, str) and given not in words:
            remedy = f"Give {', '.join(words)}, None, or your own."
            faults.append(Fault("settings", name, (), f"is '{given}'", remedy))
    offers: tuple[ContractOffer, ...]
    if wanted.offers == "region":
        offers = _offers(_rows(region, "connection_offers", depot), slot_start_s, days_per_year,
                         faults)  # fmt: skip
    elif wanted.offers == "steps":
        offers = _of_steps(region.table("connection_steps"), slot_start_s.size, days_per_year)
    else:
        offers = tuple(wanted.offers or ())
    found: dict[str, Any] = {"offers": offers}
    made: dict[str, Callable[[], Any]] = {
        "battery": lambda: _battery(_rows(region, "batteries", depot), days_per_year),
        "pv": lambda: _pv(region, depot, slot_start_s, days_per_year, faults),
        "plugs": lambda: _plugs(region, depot, wanted.plug_rule),
    }
    for name, make in made.items():
        given = getattr(wanted, name)
        found[name] = make() if isinstance(given, str) else given
    return found


def _rows(region: Region, table: str, depot: str) -> pd.DataFrame:
    frame = region.table(table)
    return frame[frame["place_id"] == depot]


def _offers(
    rows: pd.DataFrame, slot_start_s: FloatArray, days: float, faults: list[Fault]
) -> tuple[ContractOffer, ...]:
    """Offers of the table ``connection_offers``; what is left empty is 0, no limit or all."""
    offers = []
    for row in rows.to_dict("records"):
        name, form = str(row["offer"]), str(row["form"])
        if form not in FORMS:
            remedy = f"Known forms are {', '.join(FORMS)}."
            faults.append(Fault("connection_offers", "form", (name,), f"is '{form}'", remedy))
        windows = _windows(name, row["windows"], faults)
        if form == "time-block" and not windows:
            remedy = "Give the clock spans in which power may be drawn, as 20:00-06:00."
            faults.append(Fault("connection_offers", "windows", (name,), "is empty", remedy))
        within = within_clock(slot_start_s, windows)
        inside = _or(row["share_inside"], 1.0)
        outside = _or(row["share_outside"], 0.0 if form == "time-block" else 1.0)
        offers.append(
            ContractOffer(
                name=name,
                form=form,
                max_kw=_or(row["max_kw"], np.inf),
                min_kw=_or(row["min_kw"], 0.0),
                eur_per_kw=_or(row["eur_per_kw_year"], 0.0) / days,
                fixed_eur=_or(row["fixed_eur_per_year"], 0.0) / days,
                peak_eur_per_kw=_or(row["peak_eur_per_kw_month"], 0.0) * MONTHS / days,
                transport_eur_per_kwh=_or(row["transport_eur_per_kwh"], 0.0),
                availability=outside + within * (inside - outside),
            )
        )
    return tuple(offers)


def _windows(name: str, text: object, faults: list[Fault]) -> Windows:
    """Read clock spans such as ``20:00-06:00;12:00-14:00``."""
    windows = []
    for span in (text or "").split(";") if isinstance(text, str) else ():
        first, _, last = (part.strip() for part in span.partition("-"))
        try:
            within_clock(np.zeros(1), [(first, last)])
        except ValueError:
            rule, remedy = f"'{span}' is no clock span", "Write spans as 20:00-06:00, joined by ;"
            faults.append(Fault("connection_offers", "windows", (name,), rule, remedy))
        else:
            windows.append((first, last))
    return windows


def _of_steps(steps: pd.DataFrame, slots: int, days: float) -> tuple[ContractOffer, ...]:
    """Return a firm offer for each row of ``connection_steps``, from the size of the one below."""
    steps = steps.sort_values("max_kw")
    above = steps["max_kw"].shift(fill_value=0.0)
    return tuple(
        ContractOffer(
            name=str(row["step"]),
            form="firm",
            max_kw=float(row["max_kw"]),
            min_kw=float(least),
            eur_per_kw=float(row["kw_contract_eur_per_kw_year"]) / days,
            fixed_eur=float(row["yearly_eur"]) / days,
            peak_eur_per_kw=float(row["kw_max_eur_per_kw_month"]) * MONTHS / days,
            transport_eur_per_kwh=float(row["transport_eur_per_kwh"]),
            availability=np.ones(slots),
        )
        for row, least in zip(steps.to_dict("records"), above, strict=True)
    )


def _battery(rows: pd.DataFrame, days: float) -> Battery | None:
    if rows.empty:
        return None
    row = rows.iloc[0]
    plain = Battery()
    return Battery(
        **{
            name: _or(row[name], getattr(plain, name))
            for name in (
                "kwh",
                "kw",
                "max_more_kwh",
                "max_more_kw",
                "charge_efficiency",
                "discharge_efficiency",
                "cycle_eur_per_kwh",
            )
        },
        eur_per_kwh=_or(row["eur_per_kwh_year"], 0.0) / days,
        eur_per_kw=_or(row["eur_per_kw_year"], 0.0) / days,
    )


def _pv(
    region: Region, depot: str, slot_start_s: FloatArray, days: float, faults: list[Fault]
) -> Pv | None:
    rows = _rows(region, "solar_panels", depot)
    if rows.empty:
        return None
    sun = region.table("solar_hours").set_index("hour")["kw_per_kwp"]
    lacking = sorted(set(range(24)) - {int(hour) for hour in sun.index})
    if lacking:
        remedy = "Give all hours from 0 to 23."
        faults.append(Fault("solar_hours", "hour", tuple(map(str, lacking)), "is missing", remedy))
        return None
    hours = (slot_start_s // SECONDS_PER_HOUR).astype(int) % 24
    row = rows.iloc[0]
    return Pv(
        sun.sort_index().to_numpy(dtype=np.float64)[hours],
        kwp=_or(row["kwp"], 0.0),
        max_more_kwp=_or(row["max_more_kwp"], 0.0),
        eur_per_kwp=_or(row["eur_per_kwp_year"], 0.0) / days,
    )


def _plugs(region: Region, depot: str, rule: PlugRule) -> Plugs | None:
    rows = _rows(region, "charge_plugs", depot)
    if rows.empty:
        return None
    power = region.table("charger_types").set_index("charger_type")["power_kw"]
    kinds = [
        (str(kind), number)
        for kind, count in zip(rows["charger_type"], rows["plugs"], strict=True)
        for number in range(1, int(count) + 1)
    ]
    return Plugs(
        tuple(f"{kind} {number}" for kind, number in kinds),
        np.array([float(power[kind]) for kind, _ in kinds]),
        rule,
    )


def _or(value: Any, default: float) -> float:
    """Return the number in a cell, or what an empty one means."""
    return default if pd.isna(value) else float(value)
