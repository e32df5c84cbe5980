"""From a region and the dated rules to an energy problem for one depot and one day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from bundling.energy.pose_site import MONTHS, Offers, Wanted, site_of
from bundling.energy.problem import EnergyProblem
from bundling.errors import Fault, InputError, raise_if
from bundling.units import DAY_S, SECONDS_PER_HOUR, seconds_from_clock

if TYPE_CHECKING:
    from bundling.energy.assets import Battery, PlugRule, Plugs, Pv
    from bundling.region import Region
    from bundling.rules import RuleBook

FloatArray = NDArray[np.float64]


def pose(
    region: Region,
    *,
    day: date,
    depot: str,
    vehicles: pd.DataFrame,
    base_load_kw: ArrayLike | None = None,
    connection_kw: ArrayLike | None = None,
    tariff: str | None = None,
    shortfall_eur_per_kwh: float | None = None,
    all_needs: bool = False,
    start_clock: str = "12:00",
    slot_s: float = 900.0,
    rules: RuleBook | None = None,
    offers: Offers = "region",
    battery: Battery | Literal["region"] | None = "region",
    pv: Pv | Literal["region"] | None = "region",
    plugs: Plugs | Literal["region"] | None = "region",
    plug_rule: PlugRule = "stay",
) -> EnergyProblem:
    """Pose charging at one depot over 24 hours from `start_clock` on `day`.

    Parameters
    ----------
    region
        Gives place and connection of the depot, prices by hour, tariff and assumptions.
    day
        Day on which the horizon starts; decides energy tax, emission factor and `tariff`.
    depot
        A hub_id of ``hub_candidates``, a park_id of ``business_parks``, or any other place of the
        region when `connection_kw` is given.
    vehicles
        Columns vehicle, arrival_s, departure_s, need_kwh, charge_kw and, optionally, charger_kw;
        seconds since midnight of `day`. A departure at or before the arrival is on the next day.
        Of a stay only the part within the 24 hours is used.
    base_load_kw
        kW of everything else behind the connection, a number or one per slot; None is 0, since
        the connections in the region's tables are what is there for charging.
    connection_kw
        kW of the connection, a number or one per slot; None takes ``hub_candidates`` or the
        assumption ``park_connection_kw``.
    tariff
        A category of the rule table ``grid_tariffs``. None takes the smallest row of the
        region's ``connection_steps`` that carries the connection.
    shortfall_eur_per_kwh
        Price of a missing kWh; None takes the assumption of that name.
    all_needs
        True: no shortfall at any price.
    start_clock, slot_s
        Start of the horizon and length of a slot; 24 hours must be a whole number of slots.
    rules
        Rule book; None takes the default one.
    offers
        Contract offers of which one is taken. ``"region"``: those of the depot in the region's
        table ``connection_offers``, if any. ``"steps"``: a firm one for each row of
        ``connection_steps``. Or offers of your own (`bundling.energy.offers`), or None.
    battery, pv, plugs
        ``"region"``: those of the depot in the tables ``batteries``, ``solar_panels`` (with
        ``solar_hours``) and ``charge_plugs``, if any. Or your own, or None for none.
    plug_rule
        How vehicles share the plugs of ``charge_plugs``; see `bundling.energy.Plugs`.

    Notes
    -----
    The peak charge per kW and month is spread over the working days of a month (assumption
    ``working_days_per_year`` / 12), and only the peak above that of the base load counts: it is
    the cost that charging adds. Without offers the contracted power is given, so its charge is no
    decision and is left out. On top of the price come the transport tariff and the energy tax of
    the bracket in which a year of such days ends. Offers carry their own transport tariff and peak
    charge, so with them `tariff` is not used. Yearly prices of offers, battery and panels are
    divided among the working days of a year.

    Raises
    ------
    bundling.InputError
        When the depot, a table or a column is missing, with every fault.
    KeyError
        When an assumption is missing.
    bundling.rules.RuleNotInForceError
        When no tax, factor or tariff is in force on `day`.
    """
    from bundling.rules import RuleBook

    book = RuleBook.default() if rules is None else rules
    start_s = float(seconds_from_clock(start_clock))
    slots = round(DAY_S / slot_s)
    faults: list[Fault] = []
    if abs(slots * slot_s - DAY_S) > 1e-6:
        faults.append(
            Fault(
                "settings", "slot_s", (), f"is {slot_s:g}", "Divide 24 hours evenly, as 900 does."
            )
        )
    place = _place(region, depot, connection_kw is None, faults)
    price = _prices(region, start_s + slot_s * np.arange(slots, dtype=np.float64), faults)
    fleet = _fleet(vehicles, faults)
    days = region.assumption("working_days_per_year")
    site = site_of(
        region,
        depot,
        Wanted(offers, battery, pv, plugs, plug_rule),
        slot_start_s=start_s + slot_s * np.arange(slots, dtype=np.float64),
        days_per_year=days,
        faults=faults,
    )
    raise_if(faults)

    limit = np.broadcast_to(
        np.asarray(place.connection_kw if connection_kw is None else connection_kw, dtype=float),
        (slots,),
    )
    base = np.broadcast_to(
        np.asarray(0.0 if base_load_kw is None else base_load_kw, dtype=float), (slots,)
    )
    efficiency = region.assumption("charger_efficiency")
    peak_month, transport = 0.0, 0.0
    if not site["offers"]:
        peak_month, transport = _tariff(region, book, tariff, float(limit.max()), day)
    year_kwh = float(fleet["need_kwh"].sum()) / efficiency * days
    # A depot without vehicles still falls in the lowest bracket, which is open at 0.
    bracket = {"above_kwh": max(1.0, year_kwh)}
    tax = book.find("energy_tax", day, {}, bracket)["eur_per_kwh"]
    if all_needs:
        missing_price = None
    elif shortfall_eur_per_kwh is None:
        missing_price = region.assumption("shortfall_eur_per_kwh")
    else:
        missing_price = shortfall_eur_per_kwh
    return EnergyProblem(
        vehicle_ids=tuple(fleet["vehicle"].astype(str)),
        arrival_s=fleet["arrival_s"].to_numpy(),
        departure_s=fleet["departure_s"].to_numpy(),
        need_kwh=fleet["need_kwh"].to_numpy(),
        charge_kw=fleet["charge_kw"].to_numpy(),
        charger_kw=fleet["charger_kw"].to_numpy(),
        price_eur_per_kwh=price,
        connection_kw=limit,
        base_load_kw=base,
        efficiency=efficiency,
        start_s=start_s,
        slot_s=slot_s,
        transport_eur_per_kwh=transport + float(str(tax)),
        peak_eur_per_kw=peak_month * MONTHS / days,
        paid_peak_kw=float(base.max()),
        shortfall_eur_per_kwh=missing_price,
        co2e_kg_per_kwh=book.co2e_kg_per_unit("electric", day),
        name=place.name,
        x_m=place.x_m,
        y_m=place.y_m,
        **site,
    )


class _Place:
    """Name, place and connection of a depot."""

    def __init__(self, name: str, x_m: float, y_m: float, connection_kw: float) -> None:
        self.name, self.x_m, self.y_m, self.connection_kw = name, x_m, y_m, connection_kw


def _place(region: Region, depot: str, need_connection: bool, faults: list[Fault]) -> _Place:
    hubs = region.table("hub_candidates")
    hub = hubs[hubs["hub_id"] == depot]
    if len(hub):
        row = hub.iloc[0]
        power = float(row["connection_kw"])
        return _Place(str(row["name"]), float(row["rd_x_m"]), float(row["rd_y_m"]), power)
    places = region.places()
    found = places[places["place_id"] == depot]
    if found.empty:
        faults.append(
            Fault("depot", "", (depot,), "is no place of the region", "See region.places().")
        )
        return _Place(depot, 0.0, 0.0, 0.0)
    row = found.iloc[0]
    power = 0.0
    parks = region.table("business_parks")
    if (parks["park_id"] == depot).any():
        power = region.assumption("park_connection_kw")
    elif need_connection:
        faults.append(
            Fault(
                "depot",
                "connection_kw",
                (depot,),
                "is not known for a place that is neither hub nor business park",
                "Give connection_kw.",
            )
        )
    return _Place(str(row["name"]), float(row["rd_x_m"]), float(row["rd_y_m"]), power)


def _prices(region: Region, starts_s: FloatArray, faults: list[Fault]) -> FloatArray:
    """Price of the hour in which each slot starts."""
    table = region.table("energy_prices").set_index("hour")["eur_per_kwh"]
    lacking = sorted(set(range(24)) - {int(hour) for hour in table.index})
    if lacking:
        faults.append(
            Fault(
                "energy_prices",
                "hour",
                tuple(map(str, lacking)),
                "is missing",
                "Give all hours from 0 to 23.",
            )
        )
        return np.zeros(starts_s.size)
    by_hour = table.sort_index().to_numpy(dtype=np.float64)
    prices: FloatArray = by_hour[(starts_s // SECONDS_PER_HOUR).astype(int) % 24]
    return prices


def _fleet(vehicles: pd.DataFrame, faults: list[Fault]) -> pd.DataFrame:
    """Return the columns the problem needs, departures put on the running clock."""
    columns = ("vehicle", "arrival_s", "departure_s", "need_kwh", "charge_kw")
    lacking = [name for name in columns if name not in vehicles]
    if lacking:
        faults += [Fault("vehicles", name, (), "is missing", "Add the column.") for name in lacking]
        return pd.DataFrame(columns=[*columns, "charger_kw"])
    fleet = vehicles.loc[:, list(columns)].copy()
    fleet["charger_kw"] = vehicles.get("charger_kw", np.inf)
    numbers = list(fleet.columns[1:])
    try:
        fleet[numbers] = fleet[numbers].astype(np.float64)
    except (TypeError, ValueError) as error:
        faults.append(Fault("vehicles", "", (), f"holds no number: {error}", "Fill in numbers."))
        return fleet
    next_day = fleet["departure_s"] <= fleet["arrival_s"]
    fleet.loc[next_day, "departure_s"] += DAY_S
    return fleet


def _tariff(
    region: Region, book: RuleBook, category: str | None, power_kw: float, day: date
) -> tuple[float, float]:
    """EUR per kW of peak and month, and EUR per kWh of transport."""
    if category is not None:
        tariff = book.grid_tariff(category, day)
        return tariff.kw_max_eur_per_kw_month, tariff.transport_eur_per_kwh
    steps = region.table("connection_steps").sort_values("max_kw")
    carries = steps[steps["max_kw"] >= power_kw]
    if carries.empty:
        raise InputError(
            [
                Fault(
                    "connection_steps",
                    "max_kw",
                    (),
                    f"has no step for {power_kw:g} kW",
                    "Add a step, or name a tariff of the rule table grid_tariffs.",
                )
            ]
        )
    step = carries.iloc[0]
    return float(step["kw_max_eur_per_kw_month"]), float(step["transport_eur_per_kwh"])
