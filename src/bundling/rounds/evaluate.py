"""What a solution costs and does: the only definition of EUR, km, kWh, kg CO2e and g NOx."""

from __future__ import annotations

import math

from bundling.result import Evaluation
from bundling.rounds.charging import charging_s, price_eur_per_kwh
from bundling.rounds.connection import depot_price_eur, peak_kw
from bundling.rounds.figures import BreakEvent as BreakEvent
from bundling.rounds.figures import ChargeEvent as ChargeEvent
from bundling.rounds.figures import ReloadEvent as ReloadEvent
from bundling.rounds.figures import RouteFigures as RouteFigures
from bundling.rounds.figures import Visit as Visit
from bundling.rounds.itinerary import Call, itinerary
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route
from bundling.rounds.windows import opening_s
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_KG_PER_T = 1000.0


class _Drive:
    """A vehicle under way: clock, load and battery, and what has happened so far."""

    def __init__(self, problem: RoundsProblem, route: Route) -> None:
        self.problem, self.route = problem, route
        self.v = v = problem.vehicle_index[route.vehicle]
        self.here = int(problem.vehicle_depot[v])
        self.ways = problem.ways_of(v)
        self.clock = problem.clock
        self.factor = float(problem.speed_factor[v])
        self.slow = float(problem.service_factor[v])
        self.empty_kwh = float(problem.kwh_per_km[v])
        self.slope_kwh = float(problem.kwh_per_km_per_t[v])
        self.now = self.departed = float(route.departure_s)
        self.metres = self.levied_m = 0.0
        self.driving_s = self.waiting_s = self.service_s = 0.0
        self.charging_s = self.reloading_s = self.break_s = 0.0
        self.used_kwh = self.charged_kwh = 0.0
        self.start_kwh = self.level_kwh = self.lowest_kwh = float(problem.start_kwh[v])
        self.peak_kg = self.peak_m3 = self.peak_rolls = 0.0
        self.visits: list[Visit] = []
        self.charges: list[ChargeEvent] = []
        self.reloads: list[ReloadEvent] = []
        self.breaks: list[BreakEvent] = []
        self.load(0)

    def load(self, trip: int) -> None:
        """Take the deliveries of a trip on board; pickups of the one before stay at the depot."""
        problem = self.problem
        stops = [problem.stop_rows[problem.stop_index[stop]] for stop in self.route.trips[trip]]
        self.trip = trip
        self.kg = math.fsum(stop.from_depot[0] for stop in stops)
        self.m3 = math.fsum(stop.from_depot[1] for stop in stops)
        self.rolls = math.fsum(stop.from_depot[2] for stop in stops)
        self.released_s = max((stop.release_s for stop in stops), default=0.0)
        self.note_load()

    def note_load(self) -> None:
        if self.kg > self.peak_kg:
            self.peak_kg = self.kg
        if self.m3 > self.peak_m3:
            self.peak_m3 = self.m3
        if self.rolls > self.peak_rolls:
            self.peak_rolls = self.rolls

    def go(self, there: int) -> None:
        """Drive to a node."""
        distance_m, time_s, levied_m = self.ways
        leg_m = distance_m.item(self.here, there)
        leg_s = time_s.item(self.here, there) / self.factor
        if self.clock is not None:
            leg_s = self.clock.arrival_s(self.now, leg_s) - self.now
        self.metres += leg_m
        self.levied_m += levied_m.item(self.here, there)
        self.driving_s += leg_s
        rate = self.empty_kwh + self.slope_kwh * self.kg / _KG_PER_T
        self.used_kwh += leg_m / METRES_PER_KM * rate
        self.level_kwh = self.start_kwh + self.charged_kwh - self.used_kwh
        self.lowest_kwh = min(self.lowest_kwh, self.level_kwh)
        self.now += leg_s
        self.here = there

    def stay(self, opens_s: float, lasts_s: float) -> tuple[float, float, float]:
        """Wait until something opens and let it last; return arrival, start and end."""
        arrival = self.now
        start = max(arrival, opens_s)
        self.waiting_s += start - arrival
        self.now = start + lasts_s
        return arrival, start, self.now

    def serve(self, s: int) -> None:
        stop, level = self.problem.stop_rows[s], self.level_kwh
        lasts = stop.service_s * self.slow
        opens = opening_s(stop.windows, self.now) if stop.windows else stop.tw_early_s
        arrival, start, end = self.stay(opens, lasts)
        self.service_s += lasts
        self.kg += stop.change[0]
        self.m3 += stop.change[1]
        self.rolls += stop.change[2]
        self.note_load()
        self.visits.append(
            Visit(
                stop=self.problem.stop_ids[s],
                arrival_s=arrival,
                start_s=start,
                end_s=end,
                load_kg=self.kg,
                load_m3=self.m3,
                used_kwh=self.used_kwh,
                load_rolls=self.rolls,
                level_kwh=level,
                trip=self.trip + 1,
            )
        )

    def charge(self, k: int, kwh: float) -> None:
        problem, level = self.problem, self.level_kwh
        lasts = charging_s(problem, self.v, k, level, kwh)
        arrival, start, end = self.stay(float(problem.station_open_s[k]), lasts)
        self.charging_s += lasts
        self.charged_kwh += kwh
        self.level_kwh = self.start_kwh + self.charged_kwh - self.used_kwh
        self.charges.append(
            ChargeEvent(
                station=problem.station_ids[k],
                before=len(self.visits),
                arrival_s=arrival,
                start_s=start,
                end_s=end,
                level_before_kwh=level,
                level_after_kwh=self.level_kwh,
                kwh=kwh,
                eur=kwh * price_eur_per_kwh(problem, k, start),
            )
        )

    def reload(self, trip: int) -> None:
        problem = self.problem
        self.load(trip)
        lasts = float(problem.reload_s[self.v])
        opens = float(problem.depot_open_s[self.here])
        times = self.stay(max(opens, self.released_s), lasts)
        self.reloading_s += lasts
        self.reloads.append(ReloadEvent(len(self.visits), *times, self.level_kwh))

    def rest(self, seconds: float) -> None:
        start = self.now
        self.now = start + seconds
        self.break_s += seconds
        self.breaks.append(BreakEvent(len(self.visits), start, self.now))

    def costs(self) -> dict[str, float]:
        problem, v = self.problem, self.v
        hours = (self.now - self.departed) / SECONDS_PER_HOUR
        costs = {
            "vehicles": float(problem.fixed_eur[v]),
            "kilometres": self.metres / METRES_PER_KM * float(problem.eur_per_km[v]),
            "hours": hours * float(problem.eur_per_h[v]),
            "energy": (self.used_kwh - self.charged_kwh) * float(problem.eur_per_kwh[v]),
            "levy": self.levied_m / METRES_PER_KM * float(problem.levy_eur_per_km[v]),
        }
        if problem.num_stations:
            costs["charging"] = math.fsum(event.eur for event in self.charges)
        if problem.has_overtime:
            beyond = max(0.0, hours - float(problem.regular_s[v]) / SECONDS_PER_HOUR)
            costs["overtime"] = beyond * float(problem.overtime_eur_per_h[v])
        return costs


def route_figures(problem: RoundsProblem, route: Route) -> RouteFigures:
    """Drive one round and note what it costs and does.

    A vehicle that arrives before the window waits, between two windows for the next; one that
    arrives after the last is served at once (`check` reports it), and so is one at a station that
    has closed. A way that is closed to the vehicle is driven by the base matrices (reported too).
    Driving takes as long as the period of the day says (`bundling.rounds.periods`).

    Consumption of a leg of ``d`` km with ``w`` tonnes on board is ``d (a + b w)`` kWh, linear in
    the load as in Goeke and Schneider, "Routing a mixed fleet of electric and conventional
    vehicles" (EJOR 245, 2015), at fixed speed. What is charged on the way is paid there, the rest
    at the vehicle's own price.

    Raises
    ------
    KeyError
        When the route names a vehicle, stop or station the problem does not have.
    ValueError
        When a charge or reload stands where it cannot be (`itinerary.misplaced` says why).
    """
    steps = itinerary(problem, route)
    drive = _Drive(problem, route)
    for step in steps:
        if step.call is Call.BREAK:
            drive.rest(step.seconds)
            continue
        drive.go(step.node)
        if step.call is Call.STOP:
            drive.serve(step.item)
        elif step.call is Call.CHARGE:
            drive.charge(step.item, step.kwh)
        elif step.call is Call.RELOAD:
            drive.reload(step.item)
    v, km = drive.v, drive.metres / METRES_PER_KM
    return RouteFigures(
        vehicle=route.vehicle,
        vehicle_type=problem.vehicle_types[v],
        depot=problem.depot_ids[problem.vehicle_depot[v]],
        departure_s=float(route.departure_s),
        return_s=drive.now,
        km=km,
        levied_km=drive.levied_m / METRES_PER_KM,
        driving_h=drive.driving_s / SECONDS_PER_HOUR,
        waiting_h=drive.waiting_s / SECONDS_PER_HOUR,
        service_h=drive.service_s / SECONDS_PER_HOUR,
        peak_kg=drive.peak_kg,
        peak_m3=drive.peak_m3,
        kwh=drive.used_kwh,
        usable_kwh=float(problem.usable_kwh[v]),
        charge_kw=float(problem.charge_kw[v]),
        co2e_kg=km * float(problem.co2e_kg_per_km[v])
        + drive.used_kwh * float(problem.co2e_kg_per_kwh[v]),
        nox_g=km * float(problem.nox_g_per_km[v]),
        costs_eur=drive.costs(),
        visits=tuple(drive.visits),
        end_depot=problem.depot_ids[problem.end_depot[v]],
        charging_h=drive.charging_s / SECONDS_PER_HOUR,
        reloading_h=drive.reloading_s / SECONDS_PER_HOUR,
        peak_rolls=drive.peak_rolls,
        charged_kwh=drive.charged_kwh,
        lowest_kwh=drive.lowest_kwh,
        end_kwh=drive.level_kwh,
        charges=tuple(drive.charges),
        reloads=tuple(drive.reloads),
        break_h=drive.break_s / SECONDS_PER_HOUR,
        breaks=tuple(drive.breaks),
    )


def all_figures(problem: RoundsProblem, solution: RoundsSolution) -> tuple[RouteFigures, ...]:
    """Return the figures of every round, in the order of the solution."""
    return tuple(route_figures(problem, route) for route in solution.routes)


def left_out(problem: RoundsProblem, solution: RoundsSolution) -> tuple[int, ...]:
    """Positions of the stops that no route serves."""
    served = {stop for route in solution.routes for stop in route.stops}
    return tuple(s for s, stop in enumerate(problem.stop_ids) if stop not in served)


def evaluate(problem: RoundsProblem, solution: RoundsSolution) -> Evaluation:
    """Recompute cost and indicators of `solution` from the data of `problem` alone.

    Costs and indicators of charging, overtime, several trips, breaks, charging at depots by the
    quarter and stops left out are there when the problem has such a thing. A stop that must be
    served has no price when it is not (`check` reports it).
    """
    rounds = all_figures(problem, solution)
    names = ["vehicles", "kilometres", "hours", "energy", "levy"]
    names += ["charging"] if problem.num_stations else []
    names += ["overtime"] if problem.has_overtime else []
    costs = {name: math.fsum(r.costs_eur[name] for r in rounds) for name in names}
    indicators = {
        "rounds": float(len(rounds)),
        "stops_served": float(sum(len(r.visits) for r in rounds)),
        "vehicle_km": math.fsum(r.km for r in rounds),
        "levied_km": math.fsum(r.levied_km for r in rounds),
        "hours": math.fsum(r.duration_h for r in rounds),
        "waiting_h": math.fsum(r.waiting_h for r in rounds),
        "kwh": math.fsum(r.kwh for r in rounds),
        "co2e_kg": math.fsum(r.co2e_kg for r in rounds),
        "nox_g": math.fsum(r.nox_g for r in rounds),
    }
    if problem.has_optional_stops:
        missing = left_out(problem, solution)
        prizes = [float(problem.prize_eur[s]) for s in missing]
        costs["unserved"] = math.fsum(prize for prize in prizes if math.isfinite(prize))
        indicators["stops_left_out"] = float(len(missing))
    if problem.num_stations:
        indicators["charges"] = float(sum(len(r.charges) for r in rounds))
        indicators["charged_kwh"] = math.fsum(r.charged_kwh for r in rounds)
        indicators["charging_h"] = math.fsum(r.charging_h for r in rounds)
    if (problem.max_trips > 1).any():
        indicators["trips"] = float(sum(1 + len(r.reloads) for r in rounds))
    if problem.break_rule:
        indicators["break_h"] = math.fsum(r.break_h for r in rounds)
    if problem.plans_depot_charging:
        costs["depot_charging"] = depot_price_eur(problem, solution, rounds)
        charged = math.fsum(charge.kwh for charge in solution.depot_charging)
        indicators["depot_charged_kwh"] = charged
        indicators["peak_kw"] = peak_kw(problem, solution, rounds)
    return Evaluation(costs_eur=costs, indicators=indicators)
