"""Charging on a fixed sequence beside frvcpy, the exact labels of Froger et al. (2019)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bundling.io.rounds_instance import read_instance
from bundling.rounds.check import check
from bundling.rounds.electric.anneal import read_routes
from bundling.rounds.electric.arrays import new_state, new_work
from bundling.rounds.electric.build import build
from bundling.rounds.electric.plan import route_of
from bundling.rounds.evaluate import route_figures
from bundling.rounds.problem import RoundsProblem
from bundling.rounds.solution import RoundsSolution

sys.path.insert(0, str(Path(__file__).parents[1] / "io"))

from benchmark_cases import public_set

solver = pytest.importorskip("frvcpy.solver")
LABELS = 256


def as_frvcp(problem: RoundsProblem) -> dict[str, Any]:
    """Put a problem with one vehicle type into frvcpy's form, in hours and kWh.

    frvcpy numbers the types of stations from the fastest to the slowest, and wants a station within
    reach from everywhere, the end too: one at the depot by energy, but two days away by time and so
    never used, gives it one.
    """
    curves = sorted(
        {int(curve) for curve in problem.curve_of[0]},
        key=lambda c: problem.curve_s[c, 1] / problem.curve_kwh[c, 1],
    )
    first = problem.num_depots + problem.num_stops
    size = len(problem.distance_m)
    nodes = [*range(size), 0]
    kwh = problem.distance_m[np.ix_(nodes, nodes)] / 1000 * problem.kwh_per_km[0]
    hours = np.full((size + 1, size + 1), 48.0)
    hours[:size, :size] = problem.time_s / 3600
    hours[size, size] = 0.0
    return {
        "max_q": float(problem.usable_kwh[0]),
        "t_max": float(problem.shift_s[0]) / 3600,
        "css": [
            {"node_id": first + k, "cs_type": curves.index(int(curve))}
            for k, curve in enumerate([*problem.curve_of[0], curves[0]])
        ],
        "process_times": [0.0, *(problem.service_s / 3600), *np.zeros(problem.num_stations + 1)],
        "breakpoints_by_type": [
            {
                "cs_type": rank,
                "time": list(problem.curve_s[c] / 3600),
                "charge": list(problem.curve_kwh[c]),
            }
            for rank, c in enumerate(curves)
        ],
        "energy_matrix": kwh.tolist(),
        "time_matrix": hours.tolist(),
    }


@pytest.mark.parametrize(
    "name", ["tc0c10s2cf1", "tc1c10s3cf4", "tc2c20s3cf0", "tc1c20s4ct3", "tc0c40s8ct0"]
)
def test_charging_of_a_fixed_sequence_beside_frvcpy(name: str) -> None:
    problem = read_instance(public_set("evrp_nl") / f"{name}.xml")
    data = build(problem, stations_a_gap=problem.num_stations, chains=True)
    state, work = new_state(data, 1, LABELS), new_work(data, LABELS)
    frvcp = as_frvcp(problem)
    rng = np.random.default_rng(len(name) + problem.num_stops)
    driven = charged = same = 0
    for _ in range(40):
        stops = rng.permutation(problem.num_stops)[: int(rng.integers(1, 5))]
        routes = np.zeros((1, problem.num_stops + 2), dtype=np.int64)
        routes[0, 1] = len(stops)
        routes[0, 2 : 2 + len(stops)] = stops
        hours, _ = solver.Solver(
            frvcp, [0, *(int(s) + 1 for s in stops), 0], float(problem.start_kwh[0])
        ).solve()
        if not read_routes(data, state, work, routes):
            assert hours > float(problem.shift_s[0]) / 3600
            continue
        route = route_of(problem, data, state, work, 0)
        broken = [v.rule for v in check(problem, RoundsSolution((route,)))]
        assert [rule for rule in broken if not rule.startswith("each stop once")] == []
        own = route_figures(problem, route).cost_eur
        assert own >= hours - 1e-6
        # Ours leaves out some pairs and some stations, so a few sequences cost a little more.
        assert own <= 1.02 * hours
        driven, charged = driven + 1, charged + bool(route.charges)
        same += own <= hours + 1e-6
    assert driven > 0
    assert charged > 0
    assert same >= 0.9 * driven
