"""GeoJSON FeatureCollections (RFC 7946, WGS84) as files."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from bundling.errors import InputError, raise_if
from bundling.io.atomic import replacing
from bundling.io.jsontext import parse_json
from bundling.region.shapes import collection_faults


def feature_collection(features: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a FeatureCollection of `features`."""
    return {"type": "FeatureCollection", "features": [dict(feature) for feature in features]}


def feature(geometry: Mapping[str, Any] | None, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return one Feature."""
    return {"type": "Feature", "properties": dict(properties), "geometry": geometry}


def dumps(layer: Mapping[str, Any]) -> str:
    """Text of a FeatureCollection with one feature a line, so that changes can be compared.

    Raises
    ------
    bundling.InputError
        When `layer` is not a FeatureCollection in WGS84.
    """
    raise_if(collection_faults(layer, "layer"))

    def text(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    head = [f"{text(key)}:{text(value)}" for key, value in layer.items() if key != "features"]
    body = ",\n".join(text(feature) for feature in layer["features"])
    return "{" + ",".join([*head, f'"features":[\n{body}\n]']) + "}\n"


def write_geojson(layer: Mapping[str, Any], path: str | Path) -> Path:
    """Write a FeatureCollection to `path`, as a whole or not at all, and return the path.

    Raises
    ------
    bundling.InputError
        When `layer` is not a FeatureCollection in WGS84.
    """
    text = dumps(layer)
    with replacing(Path(path)) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    return Path(path)


def read_geojson(path: str | Path) -> dict[str, Any]:
    """Read and validate a FeatureCollection.

    Raises
    ------
    FileNotFoundError
        When there is no such file.
    bundling.InputError
        When it is not a FeatureCollection in WGS84.
    """
    file = Path(path)
    layer, fault = parse_json(file.read_bytes(), file.name)
    if fault:
        raise InputError([fault])
    raise_if(collection_faults(layer, file.name))
    found: dict[str, Any] = layer
    return found
