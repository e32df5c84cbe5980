"""Halves of a solution: whole routes, the other half untouched, and together no stop lost."""

from __future__ import annotations

import numpy as np
import pytest
from rounds_cases import city_problem

from bundling.rounds.electric.arrays import COUNT, PRIZE, Data
from bundling.rounds.electric.build import build
from bundling.rounds.electric.halves import bring_together, halve, hand_out, worth_halving
from bundling.rounds.electric.searcher import Searcher

STOPS = 160


@pytest.fixture(scope="module")
def data() -> Data:
    problem = city_problem(STOPS, seed=3, fleet=("erigid",), zone_share=0.0)
    return build(problem, stations_a_gap=2, chains=False)


@pytest.fixture(scope="module")
def searchers(data: Data) -> list[Searcher]:
    both = [Searcher(data, 4, seed) for seed in (1, 2)]
    for searcher in both:
        searcher.begin()
    return both


def stops_of(routes: np.ndarray) -> list[int]:
    return sorted(int(c) for row in routes for c in row[2 : 2 + row[1]])


def test_a_half_holds_whole_routes_and_about_half_the_stops(searchers: list[Searcher]) -> None:
    one = searchers[0]
    near = halve(one.data, one.best, np.random.default_rng(1))
    for row in one.best[one.best[:, 1] > 0]:
        assert len(set(near[row[2 : 2 + row[1]]])) == 1
    assert 0.3 < near.mean() < 0.7


def test_each_search_leaves_the_other_half_as_it_was(searchers: list[Searcher]) -> None:
    one, two = searchers
    routes = one.best.copy()
    near = halve(one.data, routes, np.random.default_rng(1))
    eur = hand_out(searchers, routes, near)
    assert eur == pytest.approx(one.now_eur)
    before = {tuple(row[2 : 2 + row[1]]) for row in routes if row[1] > 0}
    for searcher, mine in ((one, near), (two, ~near)):
        searcher.run(200, searcher.eur_per_stop, fewer=False)
        after = {tuple(row[2 : 2 + row[1]]) for row in searcher.now if row[1] > 0}
        assert {row for row in before if not mine[row[0]]} <= after
        assert before != after
    merged, total = bring_together(
        one.data, one.now, two.now, (eur, one.now_eur, two.now_eur), near
    )
    assert stops_of(merged) == list(range(STOPS))
    one.take(merged, np.inf)
    assert one.now_eur == pytest.approx(total)
    for searcher in searchers:
        searcher.freeze(np.zeros(len(routes), dtype=bool))


def test_when_both_take_the_last_vehicle_the_better_one_stays(data: Data) -> None:
    data = data._replace(kind=data.kind.copy())
    data.kind[:, COUNT] = 3
    near = np.array([True, True] + [False] * (STOPS - 2))
    one = np.array([[0, 1, 0], [0, 1, 1], [0, 1, 2]])
    two = np.array([[0, 2, 0], [0, 1, 2], [0, 1, 3]])
    merged, total = bring_together(data, one, two, (10.0, 9.0, 8.0), near)
    assert (merged == two).all()
    assert total == 8.0


def test_few_stops_or_few_routes_are_not_halved(data: Data) -> None:
    served = np.arange(STOPS).reshape(8, -1)
    routes = np.zeros((8, 2 + STOPS), dtype=np.int64)
    routes[:, 1] = served.shape[1]
    routes[:, 2 : 2 + served.shape[1]] = served
    assert worth_halving(data, routes)
    assert not worth_halving(data, routes[:7])
    joined = routes[:4].copy()
    joined[:, 1] *= 2
    joined[:, 2 : 2 + 2 * served.shape[1]] = served.reshape(4, -1)
    assert not worth_halving(data, joined)
    stop = data.stop.copy()
    stop[0, PRIZE] = 1.0  # a stop that may be left out might come back in both halves
    assert not worth_halving(data._replace(stop=stop), routes)
