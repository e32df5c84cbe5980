"""What an inland vessel can carry at a depth of water, and what low water or a lock takes away.

The regressions are those of Van Dorsser, Vinke, Hekkenberg and van Koningsveld (2020), "The effect
of low water on loading capacity of inland ships", European Journal of Transport and Infrastructure
Research, article 3981; coefficients as published in TU Delft's OpenTNSim.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.errors import Fault, raise_if
from bundling.hubs.assumption_tables import assumption_table

FloatArray = NDArray[np.float64]

CONSUMABLES_SHARE: Final = 0.005
"""Fuel, water and stores as a share of the deadweight (DOMAIN's recomputation)."""
UNDER_KEEL_CLEARANCE_M: Final = 0.3
"""Assumption: the middle of 0.2 to 0.4 m, which have no source."""


def vessels(table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Table of vessels: length_m, beam_m, container, double_hull, teu_slots; see `table` rules."""
    return assumption_table(
        "hubs_vessels",
        table,
        key=["vessel"],
        numbers=["length_m", "beam_m", "teu_slots"],
        flags=["container", "double_hull"],
    )


def design_draught_m(fleet: pd.DataFrame) -> FloatArray:
    """Draught (m) of each vessel when full, shape (vessels,)."""
    length, beam = fleet["length_m"].to_numpy(float), fleet["beam_m"].to_numpy(float)
    box = 1.72442 + 0.0629023 * length**0.4 * beam**0.6
    dry = 2.27672 + 7.7399e-5 * length**0.7 * beam**2.6
    return np.where(fleet["container"].to_numpy(bool), box, dry)


def empty_draught_m(fleet: pd.DataFrame) -> FloatArray:
    """Draught (m) of each vessel when empty, shape (vessels,)."""
    length, beam = fleet["length_m"].to_numpy(float), fleet["beam_m"].to_numpy(float)
    full = design_draught_m(fleet)
    heavy = fleet["container"].to_numpy(bool) | fleet["double_hull"].to_numpy(bool)
    return np.asarray(
        0.07574
        + 0.11615 * beam
        + 0.016866 * length * full / beam
        - 0.027491 * np.sqrt(length * beam)
        - 5.150e-5 * length * beam * full
        + 0.10258 * heavy
    )


def deadweight_t(fleet: pd.DataFrame) -> FloatArray:
    """Deadweight (t) of each vessel at its design draught, shape (vessels,)."""
    area = fleet["length_m"].to_numpy(float) * fleet["beam_m"].to_numpy(float)
    return np.asarray(
        -16.687 + 0.97405 * area * design_draught_m(fleet) - 1.10686 * area * empty_draught_m(fleet)
    )


def payload_t(fleet: pd.DataFrame, draught_m: ArrayLike) -> FloatArray:
    """Payload of every vessel at every draught.

    Parameters
    ----------
    fleet
        Rows of `vessels`.
    draught_m
        Draughts available (m), any number; ``inf`` for deep water, 0 where there is no passage.

    Returns
    -------
    numpy.ndarray
        Tonnes, shape (vessels, draughts): never below 0, and at the design draught and beyond the
        deadweight less consumables.

    Raises
    ------
    bundling.InputError
        When a draught is negative or not a number.
    """
    depths = np.atleast_1d(np.asarray(draught_m, float))
    wrong = np.flatnonzero(~(depths >= 0.0))
    if wrong.size:
        rows = tuple(str(row + 1) for row in wrong)
        raise_if([Fault("draughts", "draught_m", rows, "is below 0 or no number", "Give metres")])
    full, empty = design_draught_m(fleet)[:, None], empty_draught_m(fleet)[:, None]
    dwt = deadweight_t(fleet)[:, None]
    deep = np.minimum(depths[None, :], full)
    loaded = dwt * _capacity_index(deep, empty) / _capacity_index(full, empty)
    # The quadratic has no meaning below the empty draught: the vessel does not float there.
    return np.where(deep <= empty, 0.0, np.maximum(0.0, loaded - CONSUMABLES_SHARE * dwt))


def _capacity_index(draught: FloatArray, empty: FloatArray) -> FloatArray:
    return (
        20.3231
        - 78.5780 * empty
        - 7.0672 * empty**2
        + 27.7441 * draught
        + 0.75589 * draught**2
        + 36.5918 * empty * draught
    )


def teu(fleet: pd.DataFrame, draught_m: ArrayLike, container_t: ArrayLike) -> NDArray[np.int64]:
    """Containers a vessel can take, by weight and by slots.

    Parameters
    ----------
    fleet, draught_m
        As in `payload_t`.
    container_t
        Gross weights (t) of one TEU.

    Returns
    -------
    numpy.ndarray
        Whole TEU, shape (vessels, draughts, weights). Stability and bridge height are not asked.
    """
    weights = np.atleast_1d(np.asarray(container_t, float))
    wrong = np.flatnonzero(~((weights > 0.0) & np.isfinite(weights)))
    if wrong.size:
        rows = tuple(str(row + 1) for row in wrong)
        raise_if([Fault("containers", "container_t", rows, "is not above 0", "Give tonnes")])
    by_weight = np.floor(payload_t(fleet, draught_m)[:, :, None] / weights + 1e-9)
    slots = fleet["teu_slots"].to_numpy(float)[:, None, None]
    return np.asarray(np.minimum(by_weight, slots), np.int64)


def scenario_payloads(
    route: Sequence[str],
    *,
    fleet: pd.DataFrame | None = None,
    waterways: pd.DataFrame | None = None,
    scenarios: pd.DataFrame | None = None,
    under_keel_clearance_m: float = UNDER_KEEL_CLEARANCE_M,
    container_t: float = 12.0,
) -> pd.DataFrame:
    """Payload of each vessel over a route in each scenario of water and locks.

    Parameters
    ----------
    route
        Waterways passed; the shallowest one decides.
    fleet, waterways, scenarios
        User tables in place of those shipped. A limit of kind ``depth`` is a least sounded depth,
        from which the clearance is taken; ``draught`` is what the manager allows as it stands.
        A scenario's row with waterway ``*`` speaks of all waterways.
    under_keel_clearance_m
        Metres between keel and bed.
    container_t
        Gross weight (t) of one TEU; 12 t is an assumption.

    Returns
    -------
    pandas.DataFrame
        scenario, season, vessel, draught_m, payload_t, payload_share (of deep water), teu.

    Raises
    ------
    bundling.InputError
        Unknown waterways and bad numbers, all at once.
    """
    ships = vessels(fleet)
    ways = assumption_table(
        "hubs_waterways", waterways, key=["waterway"], numbers=["limit_m"], texts=["limit_kind"]
    )
    water = assumption_table(
        "hubs_water_scenarios",
        scenarios,
        key=["scenario", "waterway"],
        numbers=["drop_m"],
        flags=["closed"],
        texts=["season"],
    )
    _refuse(route, ways, water, under_keel_clearance_m)
    clearance = np.where(ways["limit_kind"] == "depth", under_keel_clearance_m, 0.0)
    limits = dict(zip(ways["waterway"], ways["limit_m"] - clearance, strict=True))
    rows = []
    best = payload_t(ships, np.inf)[:, 0]
    for scenario, group in water.groupby("scenario", sort=False):
        draught = min(_available_m(group, way, limits[way]) for way in route)
        tonnes = payload_t(ships, draught)[:, 0]
        boxes = teu(ships, draught, container_t)[:, 0, 0]
        for index, vessel in enumerate(ships["vessel"]):
            share = tonnes[index] / best[index]
            season = group["season"].iloc[0]
            rows.append((scenario, season, vessel, draught, tonnes[index], share, boxes[index]))
    names = ["scenario", "season", "vessel", "draught_m", "payload_t", "payload_share", "teu"]
    return pd.DataFrame(rows, columns=names)


def _available_m(group: pd.DataFrame, waterway: str, limit_m: float) -> float:
    mine = group[group["waterway"].isin([waterway, "*"])]
    if mine["closed"].any():
        return 0.0
    return max(0.0, limit_m - float(mine["drop_m"].sum()))


def _refuse(
    route: Sequence[str], ways: pd.DataFrame, water: pd.DataFrame, clearance_m: float
) -> None:
    known = set(ways["waterway"])
    remedy = "Known: " + ", ".join(sorted(known))
    faults = [
        Fault("route", "waterway", (way,), "is not in the table of waterways", remedy)
        for way in route
        if way not in known
    ]
    if not route:
        faults.append(Fault("route", "waterway", (), "is empty", remedy))
    lost = sorted(set(water["waterway"]) - known - {"*"})
    if lost:
        rule = "is not in the table of waterways"
        faults.append(Fault("hubs_water_scenarios", "waterway", tuple(lost), rule, remedy))
    odd = sorted(set(ways["limit_kind"]) - {"depth", "draught"})
    if odd:
        rule = "is neither depth nor draught"
        faults.append(Fault("hubs_waterways", "limit_kind", tuple(odd), rule, "Use one of both"))
    if not (clearance_m >= 0.0 and np.isfinite(clearance_m)):
        rule = f"{clearance_m} is no clearance"
        faults.append(Fault("route", "under_keel_clearance_m", (), rule, "Give metres from 0 up"))
    raise_if(faults)
