"""The data of a rounds problem: what each field means, and nothing else.

Nodes are numbered depots first, then stops, then charging stations: node ``d`` is depot ``d``, node
``D + s`` is stop ``s``, node ``D + S + k`` is station ``k``; ``N = D + S + K``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class RoundsFields:
    """The fields of a `bundling.rounds.RoundsProblem`.

    Attributes
    ----------
    depot_ids, depot_x_m, depot_y_m
        Depots ``[D]`` with RD New coordinates.
    depot_open_s, depot_close_s
        Earliest departure and latest return, seconds since midnight.
    stop_ids, stop_x_m, stop_y_m
        Stops ``[S]`` with RD New coordinates.
    stop_depot
        Depot a stop is bound to ``[S]``; -1 when any depot may serve it.
    delivery_kg, delivery_m3, pickup_kg, pickup_m3
        Freight of each stop ``[S]``.
    tw_early_s, tw_late_s
        Earliest and latest start of service ``[S]``; an earlier vehicle waits (paid).
    service_s
        Duration of the service ``[S]``.
    vehicle_ids
        Unique names of the fleet entries ``[V]``, such as ``"hub-a/evan"``.
    vehicle_types
        Name of the vehicle type of each entry ``[V]``; the same name may stand at several depots.
    vehicle_depot, count
        Depot and number of vehicles of each entry ``[V]``.
    capacity_kg, capacity_m3, shift_s
        Load limits at every moment of the route, and longest time from departure to return ``[V]``.
    fixed_eur, eur_per_km, eur_per_h, levy_eur_per_km, eur_per_kwh
        Costs per vehicle used, km, hour away, km on levied road, and kWh drawn from the battery.
    usable_kwh
        Energy a full battery gives before the reserve is touched ``[V]``; 0 for combustion.
    kwh_per_km, kwh_per_km_per_t
        Consumption empty, and extra per tonne on board ``[V]``; both 0 for combustion.
    charge_kw
        Highest charging power ``[V]``; not used here, handed on to the energy family.
    co2e_kg_per_km, co2e_kg_per_kwh, nox_g_per_km
        Emission factors ``[V]``.
    speed_factor
        Speed relative to the one `time_s` is for ``[V]``; a cargo bike is below 1.
    distance_m, time_s
        Distances and driving times between nodes ``[N, N]``, at speed factor 1.
    levied_m
        Part of `distance_m` on levied roads; zeros when not given.
    barred
        ``[V, S]``: 0 when fleet entry ``v`` may serve stop ``s``, else ``k`` when rule
        ``bar_rules[k - 1]`` forbids it. All 0 when not given.
    bar_rules
        Rules in words, such as ``"zero-emission zone zone-zwolle on 2030-03-12"``.
    delivery_rolls, pickup_rolls, capacity_rolls
        Third load dimension, such as roll containers: of each stop ``[S]`` (0 when not given), and
        the limit ``[V]`` (none when not given).
    release_s
        The freight of the stop leaves the depot not before ``[S]``; binds the departure of the
        trip that carries it, and a reload does not begin before it.
    prize_eur
        Cost of leaving the stop out ``[S]``; infinite when it must be served.
    max_distance_m
        Longest route, all its trips together ``[V]``; none when not given.
    max_trips, reload_s
        Most trips of one vehicle a day ``[V]``, 1 when not given, and the seconds it stands at its
        depot between two of them.
    service_factor
        Times `service_s` for this fleet entry ``[V]``; 1 when not given.
    regular_s, overtime_eur_per_h
        Time away beyond `regular_s` costs this much extra per hour ``[V]``; `shift_s` stays the
        hard limit.
    start_kwh
        Energy above the reserve at departure ``[V]``; `usable_kwh` when not given.
    end_depot
        Depot where the route ends ``[V]``; `vehicle_depot` when not given.
    recharge
        ``"partial"``: a vehicle charges as much as the plan says. ``"full"``: every charge ends
        with `usable_kwh`.
    station_ids, station_x_m, station_y_m
        Charging stations ``[K]`` with RD New coordinates.
    station_open_s, station_close_s
        A charge starts and ends between these ``[K]``; always open when not given.
    connectors
        How many vehicles can charge at the same time ``[K]``; no limit when not given.
    station_eur_per_kwh
        Price by the hour of the day in which the charge starts ``[K, 24]``.
    curve_of
        ``[V, K]``: row of the charging curve of fleet entry ``v`` at station ``k``; -1 when it may
        not charge there.
    curve_kwh, curve_s
        Charging curves ``[C, P]``, linear between the points: seconds it takes to charge from empty
        (the reserve) to a level. Both start at 0 and increase; shorter curves repeat their last
        point.
    matrix_of, other_distance_m, other_time_s, other_levied_m
        Fleet entry ``v`` drives by `distance_m`, `time_s` and `levied_m` when ``matrix_of[v]`` is 0
        (for all when not given), else by number ``matrix_of[v] - 1`` of these ``[A, N, N]``. Where
        distance and time are infinite the way is closed: no round of this entry may use it.
    other_tw_early_s, other_tw_late_s
        More windows of each stop ``[S, W]``, in order and after the first; rows with fewer end in
        ``inf`` and ``-inf`` (NaN is read as that). A vehicle that arrives between two windows waits
        for the next.
    pair_of
        Paired pickup and delivery ``[S]``: the position of the stop where the delivery of this stop
        is picked up; -1 when it comes from the depot. Both are in one trip, pickup first. The whole
        pickup of the one is the whole delivery of the other: it is on board between the two only.
    depot_kw
        Highest power for charging at each depot by quarter hour of the day ``[D, 96]``, a mean over
        the quarter, as it is metered; no limit when not given.
    depot_eur_per_kwh
        Price by quarter of a kWh charged at the depot, on top of the vehicle's `eur_per_kwh`
        ``[D, 96]``; 0 when not given. May be negative.
    ready_by_s
        When a vehicle must have got back at its end depot what it drew ``[V]``, seconds since
        midnight of the day of the rounds; when that depot opens on the next day when not given.
    station_depot
        Depot behind whose connection the station stands ``[K]``; -1 when it has its own.
    docks, loading_s
        How many vehicles can be loaded at once at each depot ``[D]``, no limit when not given, and
        how long a vehicle stands at a dock before its first departure ``[V]``, 0 when not given;
        between trips it stands there for `reload_s`. Freight is loaded after its release. Loading
        before the first departure is not part of the time away.
    break_rule
        Name in `bundling.rounds.breaks.BREAK_RULES` of the rule on breaks that the driver of each
        entry is under ``[V]``; empty when none.
    period_start_s, period_speed
        Driving speed by period of the day ``[P]``: a period lasts to the start of the next, the
        last one to midnight, and the first starts at 0. Times are divided by the speed, 1 when not
        given; a way that is driven in two periods is driven at both speeds.
    """

    depot_ids: tuple[str, ...]
    depot_x_m: FloatArray
    depot_y_m: FloatArray
    depot_open_s: FloatArray
    depot_close_s: FloatArray
    stop_ids: tuple[str, ...]
    stop_x_m: FloatArray
    stop_y_m: FloatArray
    stop_depot: IntArray
    delivery_kg: FloatArray
    delivery_m3: FloatArray
    pickup_kg: FloatArray
    pickup_m3: FloatArray
    tw_early_s: FloatArray
    tw_late_s: FloatArray
    service_s: FloatArray
    vehicle_ids: tuple[str, ...]
    vehicle_types: tuple[str, ...]
    vehicle_depot: IntArray
    count: IntArray
    capacity_kg: FloatArray
    capacity_m3: FloatArray
    shift_s: FloatArray
    fixed_eur: FloatArray
    eur_per_km: FloatArray
    eur_per_h: FloatArray
    levy_eur_per_km: FloatArray
    eur_per_kwh: FloatArray
    usable_kwh: FloatArray
    kwh_per_km: FloatArray
    kwh_per_km_per_t: FloatArray
    charge_kw: FloatArray
    co2e_kg_per_km: FloatArray
    co2e_kg_per_kwh: FloatArray
    nox_g_per_km: FloatArray
    speed_factor: FloatArray
    distance_m: FloatArray
    time_s: FloatArray
    levied_m: FloatArray = None  # type: ignore[assignment]  # zeros when omitted
    barred: IntArray = None  # type: ignore[assignment]  # zeros when omitted
    bar_rules: tuple[str, ...] = ()
    # `defaults.py` says what these hold when omitted.
    delivery_rolls: FloatArray = None  # type: ignore[assignment]
    pickup_rolls: FloatArray = None  # type: ignore[assignment]
    capacity_rolls: FloatArray = None  # type: ignore[assignment]
    release_s: FloatArray = None  # type: ignore[assignment]
    prize_eur: FloatArray = None  # type: ignore[assignment]
    max_distance_m: FloatArray = None  # type: ignore[assignment]
    max_trips: IntArray = None  # type: ignore[assignment]
    reload_s: FloatArray = None  # type: ignore[assignment]
    service_factor: FloatArray = None  # type: ignore[assignment]
    regular_s: FloatArray = None  # type: ignore[assignment]
    overtime_eur_per_h: FloatArray = None  # type: ignore[assignment]
    start_kwh: FloatArray = None  # type: ignore[assignment]
    end_depot: IntArray = None  # type: ignore[assignment]
    recharge: str = "partial"
    station_ids: tuple[str, ...] = ()
    station_x_m: FloatArray = None  # type: ignore[assignment]
    station_y_m: FloatArray = None  # type: ignore[assignment]
    station_open_s: FloatArray = None  # type: ignore[assignment]
    station_close_s: FloatArray = None  # type: ignore[assignment]
    connectors: IntArray = None  # type: ignore[assignment]
    station_eur_per_kwh: FloatArray = None  # type: ignore[assignment]
    curve_of: IntArray = None  # type: ignore[assignment]
    curve_kwh: FloatArray = None  # type: ignore[assignment]
    curve_s: FloatArray = None  # type: ignore[assignment]
    matrix_of: IntArray = None  # type: ignore[assignment]
    other_distance_m: FloatArray = None  # type: ignore[assignment]
    other_time_s: FloatArray = None  # type: ignore[assignment]
    other_levied_m: FloatArray = None  # type: ignore[assignment]
    other_tw_early_s: FloatArray = None  # type: ignore[assignment]
    other_tw_late_s: FloatArray = None  # type: ignore[assignment]
    pair_of: IntArray = None  # type: ignore[assignment]
    depot_kw: FloatArray = None  # type: ignore[assignment]
    depot_eur_per_kwh: FloatArray = None  # type: ignore[assignment]
    ready_by_s: FloatArray = None  # type: ignore[assignment]
    station_depot: IntArray = None  # type: ignore[assignment]
    docks: IntArray = None  # type: ignore[assignment]
    loading_s: FloatArray = None  # type: ignore[assignment]
    break_rule: tuple[str, ...] = ()
    period_start_s: FloatArray = None  # type: ignore[assignment]
    period_speed: FloatArray = None  # type: ignore[assignment]
