"""The catalogue, and GeoJSON files."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from bundling.errors import InputError
from bundling.io import catalogue, read_geojson, write_geojson
from bundling.io import catalogue as catalogue_function
from bundling.region import Region
from tiny_region import tiny_shapes


def test_the_catalogue_lists_the_regions() -> None:
    frame = catalogue().set_index("name")
    regions = frame[frame["family"] == "region"]
    assert set(regions.index) >= {"zwolle", "deventer", "enschede", "overijssel"}
    assert (regions[["stops", "shippers", "parks"]] > 0).all(axis=None)
    assert regions["licence"].ne("").all()
    problems = frame[frame["family"] != "region"]
    assert set(problems["family"]) <= {"hubs", "rounds", "energy", "siting"}
    assert problems["best_known_eur"].notna().all()


def test_named_problems_and_their_regions(
    tiny_region: Region, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny_region.to_folder(tmp_path / "tiny")
    best = tmp_path / "best_known"
    best.mkdir()
    for name, bound in (("tiny-hubs", 90.0), ("tiny-rounds", None)):
        entry = {"name": name, "family": name[5:], "objective_eur": 100.0, "bound_eur": bound}
        (best / f"{name}.json").write_text(json.dumps(entry))
    room = __import__("bundling.io.catalogue", fromlist=["_root"])
    monkeypatch.setattr(room, "_root", lambda: tmp_path)
    frame = catalogue_function().set_index("name")
    assert frame.index.tolist() == ["tiny", "tiny-hubs", "tiny-rounds"]
    assert frame.loc["tiny", ["stops", "shippers", "parks"]].tolist() == [6, 3, 3]
    assert frame.loc["tiny", "source"] == "tests/tiny_region.py"
    assert math.isnan(frame.loc["tiny", "best_known_eur"])
    assert frame.loc["tiny-hubs", ["family", "stops", "bound_eur"]].tolist() == ["hubs", 6, 90.0]
    assert math.isnan(frame.loc["tiny-rounds", "bound_eur"])


def test_geojson_files(tmp_path: Path) -> None:
    layer = tiny_shapes()["zones"]
    path = write_geojson(layer, tmp_path / "new" / "zones.geojson")
    assert read_geojson(path) == layer
    assert path.read_text(encoding="utf-8").count("\n") == 3
    path.write_text('{"type": "FeatureCollection"}')
    with pytest.raises(InputError, match=r"zones.geojson.features: is not a list"):
        read_geojson(path)
    with pytest.raises(InputError, match="not a GeoJSON FeatureCollection"):
        write_geojson({}, path)
    with pytest.raises(FileNotFoundError):
        read_geojson(tmp_path / "none.geojson")
