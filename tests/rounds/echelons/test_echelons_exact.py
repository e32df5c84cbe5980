"""Labels and the choice among sets of stops, against every order and every partition."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from echelons_cases import line_echelons, line_rounds, random_echelons
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.rounds import Charge, RoundsProblem, RoundsSolution, Route, check, evaluate
from bundling.rounds.check import route_violations
from bundling.rounds.echelons.exact import beyond_exact, solve_exactly
from bundling.rounds.echelons.labels import beyond_labels, cheapest_rounds, read_round
from bundling.rounds.echelons.partition import cheapest_partition
from bundling.rounds.evaluate import route_figures


def always() -> bool:
    return True


def test_rounds_of_the_line_by_hand() -> None:
    # near: 2 km and back; far: 18 km and back, near on the way. 36 km take 7.2 of 60 kWh.
    rounds = cheapest_rounds(line_rounds(), 0, 600.0, in_time=always)
    assert rounds is not None
    assert rounds.cost == pytest.approx({0b01: 4.0, 0b10: 36.0, 0b11: 36.0})
    route = read_round(line_rounds(), 0, 600.0, rounds.ends[0b11])
    assert set(route.stops) == {"near", "far"}
    assert check(line_rounds(), RoundsSolution((route,))) == []


def test_labels_leave_out_what_is_late_or_too_heavy_or_too_far() -> None:
    for changes, kept in (
        ({"tw_late_s": [86_400.0, 1679.0]}, {0b01}),  # 600 s + 18 km
        ({"tw_late_s": [86_400.0, 1680.0]}, {0b01, 0b10, 0b11}),  # far first
        ({"capacity_kg": [999.0, 999.0]}, {0b01, 0b10}),
        ({"usable_kwh": [7.1, 7.1]}, {0b01}),
        ({"depot_close_s": [2000.0, 9000.0]}, {0b01}),
        ({"barred": [[0, 1], [0, 0]], "bar_rules": ("no",)}, {0b01}),
    ):
        rounds = cheapest_rounds(line_rounds(**changes), 0, 600.0, in_time=always)
        assert rounds is not None
        assert set(rounds.cost) == kept, changes


def test_labels_stop_when_there_is_no_time() -> None:
    problem = random_echelons(1, stops=6).second
    assert cheapest_rounds(problem, 0, 0.0, in_time=lambda: False) is None


def _all_routes(problem: RoundsProblem, v: int, stops: tuple[int, ...]) -> list[Route]:
    """Every order of `stops` with at most one station between two places."""
    routes = []
    for order in itertools.permutations(stops):
        gaps = [(None, *range(problem.num_stations))] * (len(order) + 1)
        for stations in itertools.product(*gaps):
            charges: tuple[Charge, ...] = ()
            names = tuple(problem.stop_ids[s] for s in order)
            for before, k in enumerate(stations):
                if k is None:
                    continue
                blank = Charge(before, problem.station_ids[k], 0.0)
                tried = Route(problem.vehicle_ids[v], names, 0.0, (*charges, blank))
                level = route_figures(problem, tried).charges[-1].level_before_kwh
                filled = float(problem.usable_kwh[v]) - level
                charges = (*charges, Charge(before, blank.station, max(0.0, filled)))
            routes.append(Route(problem.vehicle_ids[v], names, 0.0, charges))
    return routes


@settings(deadline=None, max_examples=8)
@given(st.integers(0, 100_000))
def test_labels_against_every_order(seed: int) -> None:
    problem = random_echelons(seed, stops=3, hubs=1).second
    assert beyond_labels(problem) == ""
    rounds = cheapest_rounds(problem, 0, 0.0, in_time=always)
    assert rounds is not None
    for stops in (s for n in (1, 2, 3) for s in itertools.combinations(range(3), n)):
        best = math.inf
        for route in _all_routes(problem, 0, stops):
            figures = route_figures(problem, route)
            if not list(route_violations(problem, route, figures)):
                best = min(best, figures.cost_eur)
        mask = sum(1 << s for s in stops)
        # Two stations in a row may be cheaper still, never dearer.
        assert rounds.cost.get(mask, math.inf) <= best + 1e-6
        if mask in rounds.cost:
            route = read_round(problem, 0, 0.0, rounds.ends[mask])
            figures = route_figures(problem, route)
            assert list(route_violations(problem, route, figures)) == []
            assert figures.cost_eur == pytest.approx(rounds.cost[mask])
            following = [a.before for a, b in itertools.pairwise(route.charges)
                         if a.before == b.before]  # fmt: skip
            if not following:
                assert rounds.cost[mask] == pytest.approx(best)


def _partitions(stops: tuple[int, ...]) -> list[list[int]]:
    if not stops:
        return [[]]
    first, rest = stops[0], stops[1:]
    found = []
    for n in range(len(rest) + 1):
        for beside in itertools.combinations(rest, n):
            mask = sum(1 << s for s in (first, *beside))
            left = tuple(s for s in rest if s not in beside)
            found += [[mask, *others] for others in _partitions(left)]
    return found


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), st.integers(1, 5), st.data())
def test_partitions_against_all(stops: int, most: int, data: st.DataObject) -> None:
    price = st.one_of(st.just(math.inf), st.integers(1, 50).map(float))
    cost = np.array([math.inf, *(data.draw(price) for _ in range((1 << stops) - 1))])
    found = cheapest_partition(cost, stops, most)
    sums = [
        sum(cost[mask] for mask in sets)
        for sets in _partitions(tuple(range(stops)))
        if len(sets) <= most
    ]
    best = min(sums, default=math.inf)
    assert (math.inf if found is None else found[0]) == pytest.approx(best)
    if found is not None:
        assert sum(found[1]) == (1 << stops) - 1
        assert sum(cost[mask] for mask in found[1]) == pytest.approx(best)
        assert len(found[1]) <= most


def test_the_line_to_optimality() -> None:
    proved = solve_exactly(line_echelons(), in_time=always)
    assert proved is not None
    assert proved.plan is not None
    assert proved.plan.calls == ((0, 1),)
    assert proved.eur == pytest.approx(120.0)
    # One van at all hubs together: from west only, 100 + 4 + 36 EUR.
    one = solve_exactly(line_echelons(vehicle_count=1), in_time=always)
    assert one is not None
    assert one.eur == pytest.approx(140.0)
    dear = solve_exactly(line_echelons(hub_eur=[0.0, 21.0]), in_time=always)
    assert dear is not None
    assert dear.eur == pytest.approx(140.0)
    # East's freight is there at 1800 s: too late for far, which west serves in time.
    late = solve_exactly(line_echelons({"tw_late_s": [86_400.0, 1700.0]}), in_time=always)
    assert late is not None
    assert late.eur == pytest.approx(104.0 + 36.0)
    never = solve_exactly(line_echelons({"tw_late_s": [100.0, 100.0]}), in_time=always)
    assert never is not None
    assert never.plan is None
    assert solve_exactly(line_echelons(), in_time=lambda: False) is None


@pytest.mark.parametrize(
    ("second", "changes", "words"),
    [
        ({}, {"truck_capacity_kg": 999.0}, "one truck cannot"),
        ({}, {"hub_capacity_kg": [999.0, 2000.0]}, "a hub cannot"),
        ({"count": [1, 2]}, {}, "few vehicles"),
        ({"eur_per_h": [1.0, 1.0]}, {}, "hours cost money"),
        ({"kwh_per_km_per_t": [0.1, 0.1]}, {}, "load"),
        ({"shift_s": [7200.0, 7200.0]}, {}, "shifts"),
        ({"max_distance_m": [7200.0, 7200.0]}, {}, "fields"),
        ({"prize_eur": [10.0, np.inf]}, {}, "fields"),
        ({"break_rule": ("eu561", "eu561")}, {}, "breaks"),
    ],
)
def test_what_cannot_be_proved_is_said(
    second: dict[str, object], changes: dict[str, object], words: str
) -> None:
    assert beyond_exact(line_echelons()) == ""
    assert words in beyond_exact(line_echelons(second, **changes))
    assert beyond_exact(line_echelons(second, **changes))


def test_partial_charges_cannot_be_proved() -> None:
    problem = random_echelons(3)
    assert beyond_exact(problem) == ""
    partial = problem.replace(second=problem.second.replace(recharge="partial"))
    assert "charge in part" in beyond_exact(partial)
    plugs = problem.replace(second=problem.second.replace(connectors=[1, 1]))
    assert "connectors" in beyond_exact(plugs)
    priced = problem.second.replace(station_eur_per_kwh=np.ones((2, 24)))
    assert "price" in beyond_exact(problem.replace(second=priced))


def test_the_claim_is_what_the_evaluator_says() -> None:
    found = 0
    for seed in range(8):
        problem = random_echelons(seed, stops=4)
        proved = solve_exactly(problem, in_time=always)
        assert proved is not None
        if proved.plan is None:
            continue
        found += 1
        rounds = RoundsSolution(proved.routes)
        eur = evaluate(problem.second, rounds).objective + proved.plan.eur
        assert eur == pytest.approx(proved.eur)
        assert check(problem.second, rounds) == []
    assert found >= 3
