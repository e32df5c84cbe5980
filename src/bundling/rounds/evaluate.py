"""What a solution costs and does: the only definition of EUR, km, kWh, kg CO2e and g NOx."""

from __future__ import annotations

import math
from dataclasses import dataclass

from bundling.result import Evaluation
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution, Route
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

_KG_PER_T = 1000.0


@dataclass(frozen=True)
class Visit:
    """One stop on a round, as it happens.

    Attributes
    ----------
    stop
        Id of the stop.
    arrival_s, start_s, end_s
        Arrival, start and end of service, seconds since midnight.
    load_kg, load_m3
        On board when leaving the stop.
    used_kwh
        Drawn from the battery since departure, on arrival.
    """

    stop: str
    arrival_s: float
    start_s: float
    end_s: float
    load_kg: float
    load_m3: float
    used_kwh: float


@dataclass(frozen=True)
class RouteFigures:
    """What one round costs and does; the energy family and the report read these.

    Attributes
    ----------
    vehicle, vehicle_type, depot
        Ids of the fleet entry, its type and its depot.
    departure_s, return_s
        When the vehicle leaves the depot and is back, seconds since midnight.
    km, levied_km, driving_h, waiting_h, service_h
        Driven kilometres, the part on levied roads, and how the hours away are spent.
    peak_kg, peak_m3
        Largest load on board at any moment.
    kwh, usable_kwh, charge_kw
        Energy drawn from the battery, what the battery can give, and the highest charging power.
    co2e_kg, nox_g
        Emissions.
    costs_eur
        ``vehicles``, ``kilometres``, ``hours``, ``energy``, ``levy``.
    visits
        The stops in order.
    """

    vehicle: str
    vehicle_type: str
    depot: str
    departure_s: float
    return_s: float
    km: float
    levied_km: float
    driving_h: float
    waiting_h: float
    service_h: float
    peak_kg: float
    peak_m3: float
    kwh: float
    usable_kwh: float
    charge_kw: float
    co2e_kg: float
    nox_g: float
    costs_eur: dict[str, float]
    visits: tuple[Visit, ...]

    @property
    def duration_h(self) -> float:
        """Hours from departure to return."""
        return (self.return_s - self.departure_s) / SECONDS_PER_HOUR

    @property
    def cost_eur(self) -> float:
        """Cost of the round."""
        return math.fsum(self.costs_eur.values())


def route_figures(problem: RoundsProblem, route: Route) -> RouteFigures:
    """Drive one round and note what it costs and does.

    A vehicle that arrives before the window waits; one that arrives after it is served at once
    (`check` reports it). Consumption of a leg of ``d`` km with ``w`` tonnes on board is
    ``d (a + b w)`` kWh, linear in the load as in Goeke and Schneider, "Routing a mixed fleet of
    electric and conventional vehicles" (EJOR 245, 2015), at fixed speed.

    Raises
    ------
    KeyError
        When the route names a vehicle or stop the problem does not have.
    """
    v = problem.vehicle_index[route.vehicle]
    stops = [problem.stop_index[stop] for stop in route.stops]
    first, factor = problem.num_depots, float(problem.speed_factor[v])
    empty_kwh, slope_kwh = float(problem.kwh_per_km[v]), float(problem.kwh_per_km_per_t[v])
    kg = math.fsum(float(problem.delivery_kg[s]) for s in stops)
    m3 = math.fsum(float(problem.delivery_m3[s]) for s in stops)
    peak_kg, peak_m3 = kg, m3
    metres = levied_m = driving_s = waiting_s = service_s = kwh = 0.0
    now = float(route.departure_s)
    depot = here = int(problem.vehicle_depot[v])
    visits: list[Visit] = []
    for s in [*stops, None]:
        there = depot if s is None else first + s
        leg_m = float(problem.distance_m[here, there])
        leg_s = float(problem.time_s[here, there]) / factor
        metres += leg_m
        levied_m += float(problem.levied_m[here, there])
        driving_s += leg_s
        kwh += leg_m / METRES_PER_KM * (empty_kwh + slope_kwh * kg / _KG_PER_T)
        now += leg_s
        here = there
        if s is None:
            break
        start = max(now, float(problem.tw_early_s[s]))
        end = start + float(problem.service_s[s])
        waiting_s += start - now
        service_s += float(problem.service_s[s])
        kg += float(problem.pickup_kg[s] - problem.delivery_kg[s])
        m3 += float(problem.pickup_m3[s] - problem.delivery_m3[s])
        peak_kg, peak_m3 = max(peak_kg, kg), max(peak_m3, m3)
        visits.append(Visit(route.stops[len(visits)], now, start, end, kg, m3, kwh))
        now = end
    km, levied_km = metres / METRES_PER_KM, levied_m / METRES_PER_KM
    costs = {
        "vehicles": float(problem.fixed_eur[v]),
        "kilometres": km * float(problem.eur_per_km[v]),
        "hours": (now - route.departure_s) / SECONDS_PER_HOUR * float(problem.eur_per_h[v]),
        "energy": kwh * float(problem.eur_per_kwh[v]),
        "levy": levied_km * float(problem.levy_eur_per_km[v]),
    }
    return RouteFigures(
        vehicle=route.vehicle,
        vehicle_type=problem.vehicle_types[v],
        depot=problem.depot_ids[depot],
        departure_s=float(route.departure_s),
        return_s=now,
        km=km,
        levied_km=levied_km,
        driving_h=driving_s / SECONDS_PER_HOUR,
        waiting_h=waiting_s / SECONDS_PER_HOUR,
        service_h=service_s / SECONDS_PER_HOUR,
        peak_kg=peak_kg,
        peak_m3=peak_m3,
        kwh=kwh,
        usable_kwh=float(problem.usable_kwh[v]),
        charge_kw=float(problem.charge_kw[v]),
        co2e_kg=km * float(problem.co2e_kg_per_km[v]) + kwh * float(problem.co2e_kg_per_kwh[v]),
        nox_g=km * float(problem.nox_g_per_km[v]),
        costs_eur=costs,
        visits=tuple(visits),
    )


def all_figures(problem: RoundsProblem, solution: RoundsSolution) -> tuple[RouteFigures, ...]:
    """Return the figures of every round, in the order of the solution."""
    return tuple(route_figures(problem, route) for route in solution.routes)


def evaluate(problem: RoundsProblem, solution: RoundsSolution) -> Evaluation:
    """Recompute cost and indicators of `solution` from the data of `problem` alone."""
    rounds = all_figures(problem, solution)
    names = ("vehicles", "kilometres", "hours", "energy", "levy")
    return Evaluation(
        costs_eur={name: math.fsum(r.costs_eur[name] for r in rounds) for name in names},
        indicators={
            "rounds": float(len(rounds)),
            "stops_served": float(sum(len(r.visits) for r in rounds)),
            "vehicle_km": math.fsum(r.km for r in rounds),
            "levied_km": math.fsum(r.levied_km for r in rounds),
            "hours": math.fsum(r.duration_h for r in rounds),
            "waiting_h": math.fsum(r.waiting_h for r in rounds),
            "kwh": math.fsum(r.kwh for r in rounds),
            "co2e_kg": math.fsum(r.co2e_kg for r in rounds),
            "nox_g": math.fsum(r.nox_g for r in rounds),
        },
    )
