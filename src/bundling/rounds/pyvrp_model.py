"""A part of a rounds problem as data of PyVRP, and PyVRP's routes as sequences of stops.

What PyVRP states exactly: two depots, windows, release times, prizes, loads in several dimensions,
a longest distance and duration, overtime, and several trips. Three things need a word:

* loading between two trips takes `reload_s` of the vehicle and the first trip takes none, so a
  vehicle reloads at a depot of its own, at the same place;
* service times that differ by vehicle are the shortest one, and the rest on the legs that leave the
  stop: windows are for the start of service, so no time is met otherwise;
* load dimensions, windows and durations that cannot bind are left out, which is faster.

What PyVRP cannot express is approximated here and made exact by the caller: energy is charged per
km at a typical load; the battery is a largest distance; a levy is an extra distance on levied
roads; a stop that a vehicle type may not visit lies far away, in distance and time, for its type,
and so does the other end of a way that is closed to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bundling.rounds.parts import Part
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.pyvrp_inputs import (
    binding_loads,
    closed_ways,
    eur_per_km,
    levy_factor,
    nothing_barred,
    overtime_eur_per_h,
    places_of,
    times_of,
    units_of,
)
from bundling.rounds.sequenced import Sequenced
from bundling.units import METRES_PER_KM, SECONDS_PER_HOUR

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FAR = 100.0
"""Legs that a barred stop lies further away than it may cost to send another vehicle."""


class Model:
    """One part of a problem as PyVRP sees it.

    Parameters
    ----------
    pyvrp
        The module; only one module of this package imports it.
    problem, part
        The part's stops by the part's fleet entries.
    max_distance_m
        Longest route per fleet entry ``[V]``, as PyVRP counts distance; ``inf`` for none.

    Attributes
    ----------
    data
        PyVRP's ``ProblemData``.
    units
        Size of its ticks.
    worst_in_legs
        Most that a solution can be late and too far, in average legs.
    """

    def __init__(
        self, pyvrp: Any, problem: RoundsProblem, part: Part, max_distance_m: FloatArray
    ) -> None:
        self._pyvrp, self._problem, self._part = pyvrp, problem, part
        self._places = places_of(problem, part)
        self._depots = [(place, 0.0) for place in self._places[: -len(part.stops)]]
        self._reload_at = {}
        for v in part.vehicles:
            depot, lasts = int(problem.vehicle_depot[v]), float(problem.reload_s[v])
            opening = float(problem.depot_close_s[depot] - problem.depot_open_s[depot])
            if problem.max_trips[v] > 1 and lasts <= opening:
                self._reload_at[v] = len(self._depots)
                self._depots.append((depot, lasts))
        self._loads = binding_loads(problem, part)
        self._times = times_of(problem, part)
        self._legs_m = self._distances()
        legs_m = list(self._legs_m.values())
        self.units = units_of(problem, part, self._times, legs_m, self._loads)
        self._far_s, self._far_m = self._far_away()
        self.worst_in_legs = self._worst()
        self.data = self._data(max_distance_m)

    # -- routes ----------------------------------------------------------------------------------

    def sequences(self, solution: Any) -> list[Sequenced]:
        """Routes of a PyVRP solution; trips without a stop are left out."""
        found = []
        for route in solution.routes():
            stops: list[int] = []
            reloads: list[int] = []
            for visit in route:
                if visit.is_client():
                    stops.append(self._part.stops[visit.idx])
                elif stops and (not reloads or reloads[-1] < len(stops)):
                    reloads.append(len(stops))
            inner = tuple(at for at in reloads if at < len(stops))
            if stops:
                vehicle = self._part.vehicles[route.vehicle_type()]
                found.append(Sequenced(vehicle, tuple(stops), inner))
        return found

    def solution(self, routes: Iterable[Sequenced]) -> Any:
        """PyVRP solution of these routes."""
        return self._pyvrp.Solution(self.data, [self.route(route) for route in routes])

    def route(self, route: Sequenced) -> Any:
        """PyVRP route of a sequence."""
        pyvrp = self._pyvrp
        kinds = pyvrp.ActivityType
        visits = []
        for i, s in enumerate(route.stops):
            if i in route.reloads:
                visits.append(pyvrp.Activity(kinds.DEPOT, self._reload_at[route.vehicle]))
            visits.append(pyvrp.Activity(kinds.CLIENT, self._stop_at[s]))
        return pyvrp.Route(self.data, visits, self._part.vehicles.index(route.vehicle))

    def cost_eur(self, solution: Any) -> float:
        """Cost of a PyVRP solution as it counts, with the prizes of stops left out."""
        ticks = solution.fixed_vehicle_cost() + solution.distance_cost() + solution.duration_cost()
        return float((ticks + solution.uncollected_prizes()) * self.units.eur)

    def allowed(self, routes: Iterable[Sequenced]) -> bool:
        """Whether no vehicle goes where it may not; PyVRP only finds that dear."""
        rows = {v: i for i, v in enumerate(self._part.vehicles)}
        possible = self._part.possible
        return all(
            possible[rows[r.vehicle], [self._stop_at[s] for s in r.stops]].all()
            and not self._uses_closed_way(r)
            for r in routes
        )

    def _uses_closed_way(self, route: Sequenced) -> bool:
        problem, v = self._problem, route.vehicle
        if not problem.matrix_of[v]:
            return False
        first = int(problem.vehicle_depot[v])
        nodes = [first]
        for i, s in enumerate(route.stops):
            nodes += [first] * (i in route.reloads) + [problem.num_depots + s]
        nodes.append(int(problem.end_depot[v]))
        return not bool(np.isfinite(problem.distance_of(v)[nodes[:-1], nodes[1:]]).all())

    @cached_property
    def _stop_at(self) -> dict[int, int]:
        return {s: i for i, s in enumerate(self._part.stops)}

    # -- data ------------------------------------------------------------------------------------

    def _distances(self) -> dict[tuple[int, float], FloatArray]:
        """Distances between the places, by matrix and by what a levied metre counts extra."""
        problem, places = self._problem, np.ix_(self._places, self._places)
        found = {}
        for v in self._part.vehicles:
            metres, _, levied = problem.ways_of(v)
            factor = levy_factor(problem, self._part, v)
            found[int(problem.matrix_of[v]), factor] = metres[places] + factor * levied[places]
        return found

    def _far_away(self) -> tuple[float, float]:
        """Seconds and metres to a barred stop: too late for every window, and too dear."""
        problem, part = self._problem, self._part
        per_m = min(eur_per_km(problem, part, v) for v in part.vehicles) / METRES_PER_KM
        longest = max(legs.max(initial=1.0) for legs in self._legs_m.values())
        far = 10.0 * longest
        if per_m > 0:
            fixed = 2.0 * float(problem.fixed_eur[list(part.vehicles)].max())
            # Where the cheapest km is next to nothing, windows have to do.
            dear = (fixed + _FAR * self.units.leg * self.units.eur) / per_m
            far = max(far, min(1e6 * longest, dear))
        return 2.0 * self._times.horizon_s + 1.0, far

    def _worst(self) -> tuple[float, float]:
        stops = len(self._part.stops)
        barred = 0.0 if nothing_barred(self._problem, self._part) else 2.0
        late = stops * (self._times.horizon_s + barred * self._far_s) / self.units.s
        longest = max(legs.max(initial=1.0) for legs in self._legs_m.values())
        far = stops * (2.0 * longest + barred * self._far_m) / self.units.m
        units = self.units
        return late * units.late / units.leg, far * units.far / units.leg

    def _data(self, max_distance_m: FloatArray) -> Any:
        pyvrp, problem, part, units = self._pyvrp, self._problem, self._part, self.units
        profiles: dict[tuple[bytes, int, float, float, float], int] = {}
        distances: list[IntArray] = []
        durations: list[IntArray] = []
        types = []
        for position, v in enumerate(part.vehicles):
            mask = part.possible[position]
            key = (
                mask.tobytes(),
                int(problem.matrix_of[v]),
                levy_factor(problem, part, v),
                float(problem.speed_factor[v]),
                float(problem.service_factor[v]),
            )
            if key not in profiles:
                profiles[key] = len(profiles)
                metres, seconds = self._profile(v, mask, key[2])
                distances.append(metres)
                durations.append(seconds)
            types.append(self._type(v, profiles[key], float(max_distance_m[v])))
        at = {place: i for i, place in enumerate(self._places)}
        opens, closes = problem.depot_open_s, problem.depot_close_s
        x = np.r_[problem.depot_x_m, problem.stop_x_m]
        y = np.r_[problem.depot_y_m, problem.stop_y_m]
        reloads = set(self._reload_at.values())
        return pyvrp.ProblemData(
            locations=[pyvrp.Location(float(x[p]), float(y[p])) for p in self._places],
            clients=[self._client(i, s) for i, s in enumerate(part.stops)],
            depots=[
                pyvrp.Depot(
                    at[place],
                    **self._window(float(opens[place]), float(closes[place]) - lasts),
                    service_duration=units.seconds(lasts),
                )
                if i in reloads and self._times.bind
                else pyvrp.Depot(at[place])
                for i, (place, lasts) in enumerate(self._depots)
            ],
            vehicle_types=types,
            distance_matrices=distances,
            duration_matrices=durations,
        )

    def _window(self, early_s: float, late_s: float) -> dict[str, int]:
        late_s = min(late_s, self._times.horizon_s)
        return {"tw_early": self.units.seconds(early_s), "tw_late": self.units.seconds(late_s)}

    def _client(self, i: int, s: int) -> Any:
        problem, units = self._problem, self.units
        ticks = list(zip(self._loads, units.load, strict=True))
        prize = float(problem.prize_eur[s])
        optional: dict[str, Any] = {}
        if np.isfinite(prize):
            optional = {"prize": units.money(prize), "required": False}
        timed: dict[str, int] = {}
        if self._times.bind:
            timed = {
                "service_duration": units.seconds(float(self._times.service_s[i])),
                "release_time": units.seconds(float(problem.release_s[s])),
                **self._window(float(problem.tw_early_s[s]), float(problem.tw_late_s[s])),
            }
        return self._pyvrp.Client(
            location=len(self._places) - len(self._part.stops) + i,
            delivery=[round(float(give[s]) / tick) for (give, _, _), tick in ticks],
            pickup=[round(float(take[s]) / tick) for (_, take, _), tick in ticks],
            **timed,
            **optional,
        )

    def _type(self, v: int, profile: int, max_distance_m: float) -> Any:
        problem, part, units = self._problem, self._part, self.units
        first, last = int(problem.vehicle_depot[v]), int(problem.end_depot[v])
        extra: dict[str, Any] = {}
        if np.isfinite(max_distance_m):
            extra["max_distance"] = int(max_distance_m / units.m * (1 + 1e-12))
        if self._times.bind:
            extra |= self._window(
                float(problem.depot_open_s[first]), float(problem.depot_close_s[last])
            )
            regular = shift = min(float(problem.shift_s[v]), self._times.horizon_s)
            overtime = float(overtime_eur_per_h(problem)[v])
            if overtime > 0:
                regular = min(shift, float(problem.regular_s[v]))
                extra["max_overtime"] = units.seconds(shift) - units.seconds(regular)
                extra["unit_overtime_cost"] = units.money(overtime / SECONDS_PER_HOUR * units.s)
            extra["shift_duration"] = units.seconds(regular)
            extra["unit_duration_cost"] = units.money(
                float(problem.eur_per_h[v]) / SECONDS_PER_HOUR * units.s
            )
        if v in self._reload_at:
            extra["reload_depots"] = [self._reload_at[v]]
            extra["max_reloads"] = min(int(problem.max_trips[v]), len(part.stops)) - 1
        stops = list(part.stops)
        capacity = []
        for (give, take, room), tick in zip(self._loads, units.load, strict=True):
            # No limit is one that all freight together keeps.
            most = 1.0 + float(np.maximum(give[stops].sum(), take[stops].sum())) + tick * len(stops)
            capacity.append(round(min(float(room[v]), most) / tick))
        per_m = eur_per_km(problem, part, v) / METRES_PER_KM
        return self._pyvrp.VehicleType(
            num_available=min(int(problem.count[v]), len(stops)),
            capacity=capacity,
            start_depot=self._depots.index((first, 0.0)),
            end_depot=self._depots.index((last, 0.0)),
            fixed_cost=units.money(float(problem.fixed_eur[v])),
            unit_distance_cost=units.money(per_m * units.m),
            profile=profile,
            **extra,
        )

    def _profile(self, v: int, mask: NDArray[np.bool_], levy: float) -> tuple[IntArray, IntArray]:
        """Distances and times in ticks for entry `v`, which may serve the stops of `mask`."""
        problem, places = self._problem, len(self._places)
        number, speed = int(problem.matrix_of[v]), float(problem.speed_factor[v])
        depots = places - len(mask)
        barred = np.r_[np.zeros(depots, bool), ~mask]
        either = barred[:, None] | barred[None, :] | closed_ways(problem, self._part, v)
        metres = np.where(either, self._far_m, self._legs_m[number, levy])
        seconds = np.zeros((places, places))
        if self._times.bind:
            slower = float(problem.service_factor[v]) - self._times.factor
            longer = slower * problem.service_s[list(self._part.stops)]
            seconds = self._times.legs_s[number, speed] + np.r_[np.zeros(depots), longer][:, None]
            seconds = np.where(either, self._far_s, seconds)
        np.fill_diagonal(metres, 0.0)
        np.fill_diagonal(seconds, 0.0)
        return (
            np.rint(metres / self.units.m).astype(np.int64),
            np.rint(seconds / self.units.s).astype(np.int64),
        )
