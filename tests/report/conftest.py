"""Fixtures of the report tests."""

from __future__ import annotations

from typing import Any

import pytest
from report_fakes import make_study

from bundling.chain import Study
from bundling.report import geojson
from bundling.result import Result


@pytest.fixture(autouse=True)
def _fake_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fake results carry their map layers with them; real ones ask their family."""
    real = geojson.layers_of

    def layers_of(result: Result) -> dict[str, Any]:
        fake: dict[str, Any] | None = result.__dict__.get("fake_layers")
        return real(result) if fake is None else fake

    monkeypatch.setattr(geojson, "layers_of", layers_of)


@pytest.fixture
def study() -> Study:
    """A study with plain texts."""
    return make_study("Meyer & Zn")
