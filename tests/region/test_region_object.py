"""The region as an object: frozen, hashed, pickled, asked."""

from __future__ import annotations

import dataclasses
import pickle
from datetime import date

import numpy as np
import pytest

from bundling.errors import InputError
from bundling.region import SHAPE_LAYERS, Region, schema
from bundling.region.validate import PREFIXES
from tiny_region import tiny_shapes, tiny_tables


def test_dtypes_are_those_of_the_schema(tiny_region: Region) -> None:
    for table in schema().values():
        frame = tiny_region.table(table.name)
        assert tuple(frame.columns) == tuple(column.name for column in table.columns)
        assert [str(dtype) for dtype in frame.dtypes] == [c.dtype for c in table.columns]
    zones = tiny_region.table("zones")
    assert (zones["start_date"] <= date(2025, 1, 1)).all()
    assert tiny_region.table("grid_nodes")["parent_id"].tolist() == [None, "area-1", "area-1"]


def test_the_schema_hangs_together() -> None:
    for table in schema().values():
        assert table.key
        for column in table.columns:
            assert column.description
            assert not (column.key and column.nullable)
            if column.reference:
                target, name = column.reference
                assert schema()[target].by_name[name].type == column.type
            if column.choices:
                assert column.type == "string"
        assert not table.located or {"rd_x_m", "rd_y_m"} <= set(table.by_name)


def test_prefixes_are_those_of_the_descriptions() -> None:
    for name, prefixes in PREFIXES.items():
        key = schema()[name].by_name[schema()[name].key[0]]
        assert prefixes[0] in key.description


def test_nobody_can_change_a_region(tiny_region: Region) -> None:
    before = tiny_region.content_hash
    for stops in (tiny_region.tables["stops"], tiny_region.table("stops")):
        stops["kg"] = 0.0
        stops.loc[0, "stop_id"] = "gone"
    tiny_region.shapes["zones"]["features"].clear()
    tiny_region.metadata["tables"].clear()
    fresh = dataclasses.replace(tiny_region)
    assert fresh.content_hash == before
    assert len(tiny_region.shape("zones")["features"]) == 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        tiny_region.name = "other"  # type: ignore[misc]
    with pytest.raises(TypeError):
        tiny_region.tables["stops"] = tiny_region.table("stops")  # type: ignore[index]


def test_the_callers_frames_are_not_kept() -> None:
    tables = tiny_tables()
    region = Region("tiny", "Tiny", tables)
    before = region.content_hash
    again = Region("tiny", "Tiny", region.tables)
    tables["assumptions"].loc[0, "value"] = 9.0
    assert region.assumption("detour_factor_urban") == 1.4
    assert Region("tiny", "Tiny", region.tables).content_hash == before == again.content_hash


def test_pickle(tiny_region: Region) -> None:
    data = pickle.dumps(tiny_region)
    again = pickle.loads(data)
    assert again.content_hash == tiny_region.content_hash
    assert dict(again.metadata) == dict(tiny_region.metadata)
    assert len(data) < 200_000


def test_the_hash_sees_every_change(tiny_region: Region) -> None:
    seen = {tiny_region.content_hash}
    stops = tiny_region.table("stops")
    changed = [
        tiny_region.replace({"stops": stops.iloc[::-1]}),
        tiny_region.replace({"stops": stops.assign(kg=np.nextafter(stops["kg"], 0))}),
        tiny_region.replace({"stops": stops.assign(zone_id=None)}),
        tiny_region.replace({"bridges": tiny_region.table("bridges").iloc[:0]}),
        tiny_region.replace(shapes={"zones": {"type": "FeatureCollection", "features": []}}),
    ]
    seen |= {region.content_hash for region in changed}
    assert len(seen) == 6
    assert tiny_region.replace(name="other", title="Other").content_hash == tiny_region.content_hash


def test_the_hash_takes_minus_zero_for_zero(tiny_region: Region) -> None:
    minus = tiny_region.table("shipments").assign(roll_containers=[24.0, 6.0, -0.0, -0.0])
    assert tiny_region.replace({"shipments": minus}).content_hash == tiny_region.content_hash


def test_replace_validates(tiny_region: Region) -> None:
    with pytest.raises(InputError, match="stops"):
        tiny_region.replace({"stops": tiny_region.table("stops").iloc[1:]})


def test_looking_up(tiny_region: Region) -> None:
    assert tiny_region.assumption("detour_factor_urban") == 1.4
    with pytest.raises(KeyError, match="did you mean detour_factor_urban"):
        tiny_region.assumption("detour_factor_urbn")
    with pytest.raises(KeyError, match="did you mean shippers"):
        tiny_region.table("shipper")
    assert tiny_region.table("terminals").empty
    assert tiny_region.shape("districts")["features"] == []


def test_places(tiny_region: Region) -> None:
    places = tiny_region.places().set_index("place_id")
    assert places.index.is_unique
    # 6 stops, 3 parks, 3 grid nodes, twice 2 of districts, hubs, sites, road and waterway nodes,
    # and 1 municipality, sign, bridge, lock and charger.
    assert len(places) == 6 + 3 + 3 + 5 * 2 + 5
    assert places.loc["park-b", ["name", "kind", "rd_x_m"]].tolist() == [
        "Baken",
        "business_park",
        210_000.0,
    ]
    assert places.loc["GM0001", "kind"] == "municipality"
    assert places.loc["win-1", "name"] == "win-1"


def test_sources(tiny_region: Region) -> None:
    sources = tiny_region.sources().set_index(["kind", "table"])
    assert sources.loc[("table", "zones"), "licence"] == "CC-BY-4.0"
    assert sources.loc[("table", "zones"), "origin"] == "fact"
    assert sources.loc[("table", "stops"), "origin"] == "assumption"  # stated; the schema differs
    assert sources.loc[("table", "shippers"), "origin"] == "synthetic"
    assert sources.loc[("table", "shippers"), "licence"] == "MIT"  # of the region as a whole
    assert sources.loc[("shape", "zones"), "origin"] == "assumption"


def test_cards_are_escaped() -> None:
    region = Region("tiny", "<script>alert(1)</script>", tiny_tables(), tiny_shapes())
    card = region._repr_html_()
    assert "<script>" not in card
    assert "&lt;script&gt;" in card
    assert "4 shipments, 6 stops" in repr(region)
    assert set(region.shapes) <= set(SHAPE_LAYERS)


def test_metadata_that_says_nothing_is_dropped(tiny_region: Region) -> None:
    silent = {"stops": {"origin": "synthetic"}, "zones": {"title": schema()["zones"].title}}
    region = tiny_region.replace(metadata={"tables": silent, "shapes": {}, "seed": (1, 2)})
    assert dict(region.metadata) == {"seed": [1, 2]}


@pytest.mark.parametrize(
    "metadata",
    [
        {"tables": {"stopz": {}}},
        {"tables": []},
        {"shapes": {"zones": "CBS"}},
        {"tables": {"stops": {"sources": ["CBS"]}}},
        {"tables": {"stops": {"origin": "rumour"}}},
        {"tables": {"stops": {"path": "elsewhere.csv"}}},
        {"licenses": [{"title": "no name"}]},
        {"score": float("nan")},
    ],
)
def test_metadata_faults(tiny_region: Region, metadata: dict[str, object]) -> None:
    with pytest.raises(InputError, match=r"datapackage\.json"):
        tiny_region.replace(metadata=metadata)
