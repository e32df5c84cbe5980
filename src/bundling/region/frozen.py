"""Mappings that hand out copies, so that nobody can change what a region holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd


class FrozenTables(Mapping[str, pd.DataFrame]):
    """Data frames by name; every access gives a copy."""

    __slots__ = ("_frames",)

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = {name: frame.copy() for name, frame in frames.items()}

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name].copy()

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)

    def count(self, name: str) -> int:
        """Rows of the table `name`, without copying it."""
        return len(self._frames[name])


class FrozenJson(Mapping[str, Any]):
    """JSON values by name, kept as text; every access gives a fresh value.

    Raises
    ------
    TypeError, ValueError
        When a value is not JSON (NaN and infinity are not).
    """

    __slots__ = ("_texts",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._texts = {
            str(name): json.dumps(value, ensure_ascii=False, allow_nan=False)
            for name, value in values.items()
        }

    def __getitem__(self, name: str) -> Any:
        return json.loads(self._texts[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._texts)})"
