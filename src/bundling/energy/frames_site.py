"""Offers, battery, PV, plugs and typical days from tables and to tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bundling.energy.assets import BATTERY_NUMBERS, PV_NUMBERS, Battery, Plugs, Pv
from bundling.energy.offers import OFFER_NEEDED, OFFER_NUMBERS, ContractOffer
from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.energy.problem import EnergyProblem

SITE_KEYS = (
    *(f"battery_{name}" for name in BATTERY_NUMBERS),
    *(f"pv_{name}" for name in PV_NUMBERS),
)
"""Keys of the table ``settings`` that belong to the battery and to PV."""

_FEED_IN = ("feed_in_eur_per_kwh", "feed_in_kw")
_PV_COLUMN = "pv_kw_per_kwp"
_SHARE = "availability: "

FloatArray = NDArray[np.float64]
Reader = Callable[[str, pd.DataFrame, str, list[Fault]], FloatArray]


def site_from_tables(
    slots: pd.DataFrame,
    settings: dict[str, Any],
    offers: pd.DataFrame | None,
    plugs: pd.DataFrame | None,
    days: pd.DataFrame | None,
    read: Reader,
    faults: list[Fault],
) -> dict[str, Any]:
    """Return the fields of the problem that these tables give; take their keys out of `settings`.

    Parameters
    ----------
    slots, settings, offers, plugs, days
        As `EnergyProblem.from_tables` takes them; `settings` has been read to numbers.
    read
        Reads a column as numbers: table, frame, column, faults.
    faults
        Faults are added here.
    """
    found: dict[str, Any] = {}
    for name in _FEED_IN:
        if name in slots:
            found[name] = read("slots", slots, name, faults)
    battery = {name: settings.pop(f"battery_{name}", None) for name in BATTERY_NUMBERS}
    given = {name: value for name, value in battery.items() if value is not None}
    if given:
        found["battery"] = Battery(**given)
    pv = {name: settings.pop(f"pv_{name}", None) for name in PV_NUMBERS}
    sizes = {name: value for name, value in pv.items() if value is not None}
    if _PV_COLUMN in slots:
        found["pv"] = Pv(read("slots", slots, _PV_COLUMN, faults), **sizes)
    elif sizes:
        rule, remedy = "is missing, while settings has PV", "Add the column."
        faults.append(Fault("slots", _PV_COLUMN, (), rule, remedy))
    rule_of_plugs = settings.pop("plug_rule", "stay")
    if plugs is not None and _has("plugs", plugs, ("plug", "kw"), faults):
        names = tuple(plugs["plug"].astype(str))
        found["plugs"] = Plugs(names, read("plugs", plugs, "kw", faults), rule_of_plugs)
    if days is not None and _has("days", days, ("weight",), faults):
        found["day_weight"] = read("days", days, "weight", faults)
        if "season" in days:
            found["day_season"] = tuple(days["season"].astype(str))
    if offers is not None and _has("offers", offers, ("offer", "form", *OFFER_NEEDED), faults):
        found["offers"] = _offers(offers, slots, read, faults)
    return found


def _has(table: str, frame: pd.DataFrame, columns: tuple[str, ...], faults: list[Fault]) -> bool:
    missing = [name for name in columns if name not in frame]
    faults += [Fault(table, name, (), "is missing", "Add the column.") for name in missing]
    return not missing


def _offers(
    offers: pd.DataFrame, slots: pd.DataFrame, read: Reader, faults: list[Fault]
) -> tuple[ContractOffer, ...]:
    columns = {
        name: read("offers", offers, name, faults) for name in OFFER_NUMBERS if name in offers
    }
    names = list(offers["offer"].astype(str))
    shares = {}
    for column in slots.columns:
        if str(column).startswith(_SHARE):
            name = str(column).removeprefix(_SHARE)
            if name not in names:
                rule, remedy = f"names no offer {name!r}", "Name an offer of the table offers."
                faults.append(Fault("slots", str(column), (), rule, remedy))
            shares[name] = read("slots", slots, str(column), faults)
    return tuple(
        ContractOffer(
            name=name,
            form=str(form),
            **{field: float(column[row]) for field, column in columns.items()},
            availability=shares.get(name, np.ones(len(slots))),
        )
        for row, (name, form) in enumerate(zip(names, offers["form"], strict=True))
    )


def site_slots(problem: EnergyProblem) -> dict[str, FloatArray]:
    """Return the columns of the table ``slots`` that only some problems have."""
    columns: dict[str, FloatArray] = {}
    if problem.feed_in_kw.any() or problem.feed_in_eur_per_kwh.any():
        columns |= {name: getattr(problem, name) for name in _FEED_IN}
    if problem.pv is not None:
        columns[_PV_COLUMN] = problem.pv.profile_kw_per_kwp
    for offer in problem.offers:
        if not (offer.availability == 1).all():
            columns[_SHARE + offer.name] = offer.availability
    return columns


def site_tables(problem: EnergyProblem) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """Return the tables, and the settings, that only some problems have."""
    values: dict[str, Any] = {}
    for prefix, asset, fields in (
        ("battery", problem.battery, BATTERY_NUMBERS),
        ("pv", problem.pv, PV_NUMBERS),
    ):
        if asset is not None:
            numbers = {f"{prefix}_{field}": getattr(asset, field) for field in fields}
            values |= {key: number for key, number in numbers.items() if number is not None}
    frames: dict[str, pd.DataFrame] = {}
    if problem.offers:
        frames["offers"] = pd.DataFrame(
            {
                "offer": [offer.name for offer in problem.offers],
                "form": [offer.form for offer in problem.offers],
                **{
                    field: [getattr(offer, field) for offer in problem.offers]
                    for field in OFFER_NUMBERS
                },
            }
        )
    if problem.plugs is not None:
        frames["plugs"] = pd.DataFrame({"plug": problem.plugs.ids, "kw": problem.plugs.kw})
        values["plug_rule"] = problem.plugs.rule
    if problem.num_days > 1 or problem.day_weight[0] != 1:
        frames["days"] = pd.DataFrame(
            {"weight": problem.day_weight, "season": list(problem.day_season)}
        )
    return frames, values
