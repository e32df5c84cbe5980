"""The front door dispatches by family and refuses what it does not know."""

import pytest

import bundling


def test_what_is_no_problem_is_refused_in_words() -> None:
    for call in (
        lambda: bundling.solve("zwolle"),
        lambda: bundling.check("zwolle", None),
        lambda: bundling.evaluate(None, None),
    ):
        with pytest.raises(TypeError, match="hubs, rounds, energy, siting"):
            call()


def test_an_unknown_region_names_the_known_ones() -> None:
    with pytest.raises(FileNotFoundError, match="zwolle"):
        bundling.load("zwole")


def test_the_catalogue_lists_the_four_regions() -> None:
    names = set(bundling.catalogue()["name"])
    assert {"zwolle", "deventer", "enschede", "overijssel"} <= names
