"""What routes cost, remembered: the same hash for the same sequence, and the same cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray
from rounds_cases import city_problem

from bundling.rounds.electric.anneal import read_routes, write_routes
from bundling.rounds.electric.arrays import Data, new_state, new_work
from bundling.rounds.electric.build import build
from bundling.rounds.electric.memo import (
    AT_LEAST,
    EXACTLY,
    code_of,
    code_with,
    recall,
    remember,
)
from bundling.rounds.electric.searcher import Searcher


@pytest.fixture
def data() -> Data:
    problem = city_problem(9, seed=1, fleet=("erigid",), zone_share=0.0)
    return build(problem, stations_a_gap=3, chains=False)


def rows(data: Data, *sequences: Sequence[int]) -> NDArray[np.int64]:
    routes = np.zeros((len(sequences), 2 + len(data.stop)), dtype=np.int64)
    for row, sequence in zip(routes, sequences, strict=True):
        row[1] = len(sequence)
        row[2 : 2 + len(sequence)] = sequence
    return routes


def test_hash_of_an_insertion_is_the_hash_of_the_route_it_makes(data: Data) -> None:
    n = len(data.stop)
    work = new_work(data, 8)
    codes = set()
    for at in range(n):
        short = [c for c in range(n) if c != n - 1]
        state = new_state(data, 1, 8)
        read_routes(data, state, work, rows(data, short))
        before = short[at - 1] if at > 0 else -1
        code = code_with(state, work, 0, before, n - 1)
        whole = new_state(data, 1, 8)
        read_routes(data, whole, work, rows(data, [*short[:at], n - 1, *short[at:]]))
        assert code == code_of(whole, work, 0)
        codes.add(code)
    assert len(codes) == n  # the order counts


def test_what_is_remembered_is_recalled(data: Data) -> None:
    work = new_work(data, 8)
    code = 1 << 40
    assert recall(work, code)[0] == -1
    remember(work, code, AT_LEAST, 3.0)
    assert recall(work, code) == (AT_LEAST, 3.0)
    remember(work, code, EXACTLY, 4.0)
    assert recall(work, code) == (EXACTLY, 4.0)
    assert recall(work, code + 2)[0] == -1


def test_costs_after_a_search_are_those_of_the_routes_afresh(data: Data) -> None:
    searcher = Searcher(data, 32, seed=1)
    searcher.begin()
    searcher.run(500, searcher.eur_per_stop, fewer=False)
    state = searcher.current
    kept = state.eur[state.size > 0].copy()
    routes = np.zeros_like(searcher.best)
    write_routes(state, routes)
    assert read_routes(data, state, searcher.work, routes)
    assert state.eur[state.size > 0] == pytest.approx(kept, rel=1e-9)
