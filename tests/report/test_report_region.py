"""The report of a real region: every column, cost and layer has words in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import bundling
from bundling import chain
from bundling.chain import Study
from bundling.report import geojson, sections, write_all
from bundling.report.messages import YEAR, catalogue

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def zwolle() -> Study:
    """One short run of the whole chain."""
    return chain.run(bundling.load("zwolle"), time_limit=25.0)


def codes(study: Study) -> Iterator[str]:
    for family in ("hubs", "rounds", "energy", "siting"):
        steps = study.of(family)
        for name, frame in sections.family_tables(steps).items():
            yield f"table.{family}.{name}"
            yield from (f"col.{column}" for column in frame.columns)
        yield from (f"col.{column}" for column in sections.indicators(steps).columns)
        yield from (f"cost.{component}" for component in sections.costs(steps))
    layers = geojson.collect_layers([(step.name, step.result) for step in study.steps])
    for (_, layer), collection in layers.items():
        yield f"map.layer.{layer}"
        for feature in collection["features"]:
            yield from (f"col.{name}" for name in feature["properties"])
    for balance in study.balances["balance"]:
        yield f"value.{balance}"


def test_everything_a_region_shows_has_words(zwolle: Study) -> None:
    asked = {YEAR.sub("", code) for code in codes(zwolle)}
    assert asked - catalogue()["nl"].keys() == set()


def test_files_of_a_region_are_small_and_complete(zwolle: Study, tmp_path: Path) -> None:
    paths = write_all(zwolle, tmp_path)
    assert all(zwolle.of(family) for family in ("hubs", "rounds", "energy", "siting"))
    assert paths[0].stat().st_size < 2_000_000
    assert {path.suffix for path in paths} == {".html", ".xlsx", ".json", ".geojson"}
