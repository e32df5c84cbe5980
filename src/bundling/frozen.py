"""Read-only arrays of the declared type for frozen dataclasses."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

_KINDS: dict[str, type] = {"FloatArray": np.float64, "IntArray": np.int64, "BoolArray": np.bool_}


def own_arrays(thing: Any) -> None:
    """Give a frozen dataclass its own copy of every array field, tuples of texts, plain floats.

    Goes by the annotation: ``FloatArray``, ``IntArray``, ``BoolArray``, ``tuple[str, ...]`` or
    ``float``, so that equal problems have equal fingerprints.
    """
    for field in fields(thing):
        value = getattr(thing, field.name)
        if field.type in _KINDS:
            array: NDArray[Any] = np.array(value, dtype=_KINDS[str(field.type)])
            array.setflags(write=False)
            object.__setattr__(thing, field.name, array)
        elif field.type == "float" and isinstance(value, int | float | np.number):
            object.__setattr__(thing, field.name, float(value))
        elif field.type == "tuple[str, ...]":
            object.__setattr__(thing, field.name, tuple(str(item) for item in value))
