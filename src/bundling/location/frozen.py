"""Problems of this room hold arrays of their own, which nobody changes."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

_KINDS: dict[str, Any] = {
    "FloatArray": np.float64,
    "IntArray": np.int64,
    "SiteArray": np.int32,
    "BoolArray": np.bool_,
}


def freeze(problem: Any) -> None:
    """Turn the fields of a frozen dataclass into what they are declared as.

    Arrays are copied, unless nobody can change them: a view that may not be written can still show
    an array that may.
    """
    for item in fields(problem):
        value = getattr(problem, item.name)
        if item.type in _KINDS:
            array = np.asarray(value, dtype=_KINDS[str(item.type)])
            if array.flags.writeable or not array.flags.owndata:
                array = array.copy()
                array.setflags(write=False)
            object.__setattr__(problem, item.name, array)
        elif item.type == "tuple[str, ...]":
            object.__setattr__(problem, item.name, tuple(str(name) for name in value))
