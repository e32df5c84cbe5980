"""Public games with a published or independently computed solution."""

from __future__ import annotations

import numpy as np
import pytest
from public_games import seeded_games, small_games

from bundling.gains import nucleolus, prenucleolus, shapley


def test_all_small_games():
    for game in small_games():
        for name, method in (
            ("shapley", shapley),
            ("prenucleolus", prenucleolus),
            ("nucleolus", nucleolus),
        ):
            if game.get(name) is None:
                continue
            found = game["sign"] * method(game["cost"])
            size = max(1.0, float(np.abs(game["cost"]).max()))
            assert found == pytest.approx(game[name], abs=1e-8 * size), (game["name"], name)
            if (game["published"] or {}).get(name) is not None:
                printed = game["published"][name]
                assert found == pytest.approx(printed, abs=1e-5 * size), (game["name"], name)


@pytest.mark.parametrize("kind", [1, 2, 3, 4])
@pytest.mark.parametrize("players", [5, 10, 15])
def test_seeded_games(kind, players):
    for name, cost, known in seeded_games(f"v{kind}n{players}j*.txt"):
        # The files are printed from a solver: right to some 1e-6 of the largest gain.
        assert nucleolus(cost) == pytest.approx(known, abs=1e-6 * np.abs(cost).max()), name
