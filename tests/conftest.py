"""Fixtures that several rooms share."""

from __future__ import annotations

import pytest

from bundling.region import Region
from tiny_region import tiny_metadata, tiny_shapes, tiny_tables


@pytest.fixture(scope="session")
def tiny_region() -> Region:
    """Return the hand-made region of `tests/tiny_region.py`; frozen, so tests share it."""
    return Region("tiny", "Tiny, made by hand", tiny_tables(), tiny_shapes(), tiny_metadata())


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switch that rewrites what golden runs are compared with."""
    parser.addoption("--regenerate", action="store_true", help="rewrite expected golden results")
