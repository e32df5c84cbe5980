"""A solver made of RoutingBlocks, a toolkit without one: large neighbourhoods and local search.

It follows what the toolkit's authors show for electric rounds with partial recharge: random, worst,
route and nearness removal, best and random insertion chosen by their success, local search over the
toolkit's moves on near arcs, stations placed by its dynamic programme, and penalties that follow
how often a limit is kept. A vehicle costs its fixed price on the way out of the depot, so that one
objective counts both, and some starts are drawn with as many routes as the freight needs.

It can state one vehicle type, one depot, one dimension of load, one linear charger that costs
nothing, and costs of ways only; that is the kind ``plain`` of the city problems, and any other
problem is refused. Its numbers are of single precision. Charges are put in again for its sequences
(`peer_repair`), in double precision.
"""

from __future__ import annotations

import copy
import math
import random
import time
from typing import Any

import numpy as np
from peer_repair import repaired

from bundling.rounds import RoundsProblem, RoundsSolution

NOT_STATED = "nothing of a plain problem; all else"
_NEAR = 30
"""Arcs from each node that local search looks at."""
_REMOVED = (0.05, 0.3)
_LEAST_REMOVED = 5
_PERIOD = 50
"""Iterations between two updates of weights and penalties."""
_AIM, _UP, _DOWN = 0.6, 1.2, 0.85
_PENALTY_RANGE = (0.01, 1e4)
_FEW_LOADS = 2.0
"""With fewer vehicles than this, no whole route is removed."""
_BETTER_START = 1.1
"""A candidate up to this much dearer than the best is bettered by local search."""
_SCORES = {"best feasible": 9.0, "best": 4.0, "better": 1.0, "": 0.0}


def solve(problem: RoundsProblem, time_limit: float, seed: int) -> RoundsSolution | None:
    """Return rounds made with RoutingBlocks; None when no feasible ones were found.

    Raises
    ------
    ValueError
        When the problem is more than the toolkit can state.
    """
    if not stated(problem):
        raise ValueError("RoutingBlocks can state the plain problems only")
    search = _Search(problem, seed)
    sequences = search.run(time_limit)
    if sequences is None:
        return None
    return repaired(problem, [(0, stops) for stops in sequences])


def stated(problem: RoundsProblem) -> bool:
    """Whether the toolkit can state all of a problem."""
    curves = set(problem.curve_of.ravel().tolist()) - {-1}
    return (
        problem.num_vehicles == 1
        and not problem.barred.any()
        and not problem.eur_per_h.any()
        and not problem.eur_per_kwh.any()
        and not problem.station_eur_per_kwh.any()
        and not problem.kwh_per_km_per_t.any()
        and not problem.delivery_kg.any()
        and not problem.pickup_m3.any()
        and len(curves) == 1
        and problem.curve_kwh.shape[1] == 2
    )


class _Search:
    """State of one run."""

    def __init__(self, problem: RoundsProblem, seed: int) -> None:
        import routingblocks as rb

        self.rb, self.problem = rb, problem
        self.random, self.python_random = rb.Random(seed), random.Random(seed)
        full_s = float(problem.curve_s.max())
        self.instance, self.arcs = self._instance(full_s / float(problem.curve_kwh.max()))
        self.evaluation = rb.adptw.Evaluation(full_s, float(problem.capacity_m3[0]))
        self.penalties = [10.0, 1.0, 1.0]  # EUR for m3, for seconds of charge, for seconds late
        self._set_penalties(1.0)
        self.placer = rb.adptw.FacilityPlacementOptimizer(self.instance, full_s)
        rule = rb.BestImprovementPivotingRule()
        self.local = rb.LocalSearch(self.instance, self.evaluation, None, rule)
        operators = rb.operators
        self.moves = [
            *(
                kind(self.instance, self.arcs)
                for kind in (
                    operators.SwapOperator_0_1,
                    operators.SwapOperator_0_2,
                    operators.SwapOperator_0_3,
                    operators.SwapOperator_1_1,
                    operators.InterRouteTwoOptOperator,
                )
            ),
            operators.InsertStationOperator(self.instance),
            operators.RemoveStationOperator(self.instance),
        ]
        self.neighbourhood = self._neighbourhood()
        self.kept: list[list[bool]] = []

    def run(self, time_limit: float) -> list[tuple[int, ...]] | None:
        """Search until the time is over; sequences of the best feasible solution."""
        ends = time.perf_counter() + 0.95 * time_limit
        current = self._start()
        best, best_eur = current, current.cost
        feasible = copy.deepcopy(current) if current.feasible else None
        least, most = _REMOVED
        iteration = 0
        while time.perf_counter() < ends:
            iteration += 1
            candidate = copy.deepcopy(current)
            share = self.python_random.uniform(least, most)
            number = max(_LEAST_REMOVED, int(share * self.problem.num_stops))
            used = self.neighbourhood.generate(self.evaluation, candidate, number)
            if candidate.cost < _BETTER_START * best_eur:
                self.local.optimize(candidate, self.moves)
                candidate = self._placed(candidate)
            else:
                candidate = self._again(candidate)
            self.kept.append([part <= 1e-2 for part in candidate.cost_components[1:]])
            score = ""
            if candidate.cost < current.cost:
                current, score = candidate, "better"
            if candidate.cost < best_eur:
                best, best_eur, score = copy.deepcopy(candidate), candidate.cost, "best"
            if not candidate.feasible and score == "best":
                self._set_penalties(100.0)
                self.local.optimize(candidate, self.moves)
                candidate = self._placed(candidate)
                self._set_penalties(1.0)
            better = feasible is None or candidate.cost_components[0] < feasible.cost_components[0]
            if candidate.feasible and better:
                feasible, score = copy.deepcopy(candidate), "best feasible"
            self.neighbourhood.collect_score(*used, _SCORES[score])
            if iteration % _PERIOD == 0:
                self.neighbourhood.adapt_operator_weights()
                self._follow()
                best, best_eur = (self._again(best), 0.0)
                current = self._again(current)
                best_eur = best.cost
        return None if feasible is None else self._sequences(feasible)

    # -- the instance ----------------------------------------------------------------------------

    def _instance(self, s_per_kwh: float) -> tuple[Any, Any]:
        """Nodes depot, stops, stations; seconds count from when the depot opens."""
        rb, problem = self.rb, self.problem
        opens = float(problem.depot_open_s[0])
        closes = float(problem.depot_close_s[0]) - opens
        places = [(float(problem.depot_x_m[0]), float(problem.depot_y_m[0]), 0.0, 0.0, closes, 0.0)]
        for s in range(problem.num_stops):
            early, late = float(problem.tw_early_s[s]), float(problem.tw_late_s[s])
            places.append(
                (
                    float(problem.stop_x_m[s]),
                    float(problem.stop_y_m[s]),
                    float(problem.delivery_m3[s]),
                    max(0.0, early - opens),
                    late - opens,
                    float(problem.service_s[s]),
                )
            )
        places += [
            (float(x), float(y), 0.0, 0.0, closes, 0.0)
            for x, y in zip(problem.station_x_m, problem.station_y_m, strict=True)
        ]
        first = 1 + problem.num_stops
        vertices = [
            rb.adptw.create_adptw_vertex(
                i, problem.node_ids[i], i >= first, i == 0, rb.adptw.VertexData(*place)
            )
            for i, place in enumerate(places)
        ]
        km = problem.distance_of(0) / 1000.0
        eur = km * float(problem.eur_per_km[0])
        eur[0, 1:] += float(problem.fixed_eur[0])
        charge_s = km * float(problem.kwh_per_km[0]) * s_per_kwh
        drive_s = problem.time_of(0) / float(problem.speed_factor[0])
        arcs = [
            [
                rb.adptw.create_adptw_arc(rb.adptw.ArcData(*map(float, row)))
                for row in zip(eur[i], charge_s[i], drive_s[i], strict=True)
            ]
            for i in range(len(vertices))
        ]
        instance = rb.Instance(vertices, arcs, int(problem.count[0]))
        near = rb.ArcSet(len(vertices))
        order = np.argsort(eur[1:, 1:], axis=1, kind="stable")
        for i, row in enumerate(order.tolist()):
            for j in row[_NEAR + 1 :]:
                near.forbid_arc(1 + i, 1 + j)
        return instance, near

    def _neighbourhood(self) -> Any:
        rb, operators = self.rb, self.rb.operators
        found = rb.AdaptiveLargeNeighborhood(self.random, 0.2)
        metres = self.problem.distance_of(0)
        nearness = (-metres).tolist()
        removals = [
            operators.RandomRemovalOperator(self.random),
            operators.WorstRemovalOperator(
                self.instance, operators.blink_selector_factory(0.05, self.random)
            ),
            operators.RelatedRemovalOperator(
                nearness,
                operators.blink_selector_factory(0.1, self.random),
                operators.random_selector_factory(self.random),
                operators.random_selector_factory(self.random),
            ),
        ]
        if self._loads() > _FEW_LOADS:  # without any route left, the insertions never end
            removals.append(operators.RouteRemovalOperator(self.random))
        for removal in removals:
            found.add_destroy_operator(removal)
        for insert in (
            operators.RandomInsertionOperator(self.random),
            operators.BestInsertionOperator(self.instance, operators.first_move_selector),
            operators.BestInsertionOperator(
                self.instance, operators.blink_selector_factory(0.15, self.random)
            ),
        ):
            found.add_repair_operator(insert)
        return found

    def _loads(self) -> float:
        """Return how many vehicles the freight fills."""
        return float(self.problem.delivery_m3.sum() / self.problem.capacity_m3[0])

    # -- solutions -------------------------------------------------------------------------------

    def _start(self) -> Any:
        """Deal the stops out to enough routes, in the order of their direction from the depot."""
        problem = self.problem
        routes = min(int(problem.count[0]), math.ceil(1.1 * self._loads()) + 1)
        angle = np.arctan2(
            problem.stop_y_m - problem.depot_y_m[0], problem.stop_x_m - problem.depot_x_m[0]
        )
        dealt = np.array_split(1 + np.argsort(angle, kind="stable"), routes)
        start = self._solution([part.tolist() for part in dealt])
        self.local.optimize(start, self.moves)
        return self._placed(start)

    def _solution(self, routes: list[list[int]]) -> Any:
        rb = self.rb
        made = [rb.create_route(self.evaluation, self.instance, route) for route in routes]
        return rb.Solution(self.evaluation, self.instance, made)

    def _placed(self, solution: Any) -> Any:
        """Put stations where the toolkit's programme wants them."""
        routes = []
        for route in solution:
            ids = [node.vertex_id for node in route]
            if any(0 < i <= self.problem.num_stops for i in ids):
                routes.append(list(self.placer.optimize(ids))[1:-1])
        return self._solution(routes)

    def _again(self, solution: Any) -> Any:
        """Count the same routes with the penalties of now; empty ones make removal never end."""
        routes = [[node.vertex_id for node in route][1:-1] for route in solution]
        return self._solution([route for route in routes if route])

    def _sequences(self, solution: Any) -> list[tuple[int, ...]]:
        last = self.problem.num_stops
        found = [
            tuple(node.vertex_id - 1 for node in route if 0 < node.vertex_id <= last)
            for route in solution
        ]
        return [stops for stops in found if stops]

    # -- penalties -------------------------------------------------------------------------------

    def _set_penalties(self, times: float) -> None:
        load, charge, late = (times * value for value in self.penalties)
        self.evaluation.overload_penalty_factor = load
        self.evaluation.resource_penalty_factor = charge
        self.evaluation.time_shift_penalty_factor = late

    def _follow(self) -> None:
        """Raise the penalties of limits that are kept too seldom, and lower the others."""
        ratios = np.mean(self.kept, axis=0)
        # In the order of the toolkit's cost components: load, charge, time.
        self.penalties = [
            float(np.clip(value * (_UP if ratio < _AIM else _DOWN), *_PENALTY_RANGE))
            for value, ratio in zip(self.penalties, ratios, strict=True)
        ]
        self.kept.clear()
        self._set_penalties(1.0)
