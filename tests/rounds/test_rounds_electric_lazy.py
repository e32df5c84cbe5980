"""Labels and rests are kept up only where somebody asks; what routes cost does not depend on it."""

from __future__ import annotations

import numpy as np
import pytest
from rounds_cases import electric_city, one_rate_city

from bundling.rounds.electric.anneal import read_routes, write_routes
from bundling.rounds.electric.arrays import COUNT, EXACT, Data
from bundling.rounds.electric.build import build
from bundling.rounds.electric.searcher import Searcher
from bundling.rounds.electric.start import rounds_without_battery

STOPS, ROOM = 24, 48


def one_rate(seed: int) -> Data:
    """Build a city where joins are exact."""
    data = build(one_rate_city(STOPS, seed), stations_a_gap=3, chains=False)
    assert (data.kind[:, EXACT] == 1).all()
    return data


def costs_kept_and_afresh(searcher: Searcher) -> tuple[np.ndarray, np.ndarray]:
    state = searcher.current
    kept = state.eur[state.size > 0].copy()
    routes = np.zeros_like(searcher.best)
    write_routes(state, routes)
    assert read_routes(searcher.data, state, searcher.work, routes)
    return kept, state.eur[state.size > 0]


def by_hours(seed: int, *, chains: bool = False) -> Data:
    """Build a city where only hours cost money, as in the instances of Montoya and others."""
    problem = electric_city(STOPS, seed)
    free = dict.fromkeys(
        ("eur_per_km", "levy_eur_per_km", "eur_per_kwh", "overtime_eur_per_h", "fixed_eur"),
        np.zeros(problem.num_vehicles),
    )
    prices = np.zeros_like(problem.station_eur_per_kwh)
    problem = problem.replace(**free, station_eur_per_kwh=prices)
    data = build(problem, stations_a_gap=3, chains=chains)
    assert data.margin_eur > 0.0  # a detour to a station takes time
    return data


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["exact", "estimated", "by hours", "in chains"])
def test_costs_kept_are_those_found_afresh(seed: int, kind: str) -> None:
    data = one_rate(seed)
    if kind == "estimated":
        data = build(electric_city(STOPS, seed), stations_a_gap=3, chains=False)
    elif kind in ("by hours", "in chains"):
        data = by_hours(seed, chains=kind == "in chains")
    searcher = Searcher(data, ROOM, seed)
    searcher.begin()
    for heat in (3.0, 0.3):
        searcher.run(300, heat * searcher.eur_per_stop, fewer=False)
        kept, afresh = costs_kept_and_afresh(searcher)
        assert kept == pytest.approx(afresh, rel=1e-9)
        searcher.take(searcher.best.copy(), searcher.eur)


def test_a_stop_may_be_left_out_at_a_price_but_never_in_the_best_solution() -> None:
    data = one_rate(1)
    data.kind[:, COUNT] = 2, 0
    data.capacity[0, 0] = 1.03 * data.freight[:, 0, 0].sum() / 2  # two vans, with hardly any room
    searcher = Searcher(data, ROOM, seed=1)
    searcher.begin()
    while searcher.eur == np.inf:
        searcher.run(50, searcher.eur_per_stop, fewer=False)
    first = searcher.eur
    searcher.penalty[:] = 1e-3, 0.01  # cheaper than any stop
    left_out = 0
    for _ in range(20):
        searcher.run(50, 3.0 * searcher.eur_per_stop, fewer=False)
        left_out += int((searcher.current.route < 0).sum())
    assert left_out > 0
    assert searcher.penalty[0] == 0.01  # rose to its limit, as too few were whole
    assert searcher.eur <= first
    served = [int(c) for row in searcher.best for c in row[2 : 2 + row[1]]]
    assert sorted(served) == list(range(STOPS))


def test_rounds_of_pyvrp_are_gone_on_from_when_they_come_to_less() -> None:
    problem = electric_city(STOPS, 2)
    searcher = Searcher(build(problem, stations_a_gap=3, chains=False), ROOM, seed=1)
    searcher.begin()
    first = searcher.eur
    routes = rounds_without_battery(
        problem, len(searcher.best), seed=1, stop=lambda done, _: done >= 200
    )
    assert routes is not None
    assert sorted(int(c) for row in routes for c in row[2 : 2 + row[1]]) == list(range(STOPS))
    searcher.begin_from(routes)
    assert searcher.eur <= first
    nothing = np.zeros_like(searcher.best)
    kept = searcher.eur
    searcher.begin_from(nothing)  # all stops have to be put in
    assert searcher.eur <= kept
    served = [int(c) for row in searcher.best for c in row[2 : 2 + row[1]]]
    assert sorted(served) == list(range(STOPS))
