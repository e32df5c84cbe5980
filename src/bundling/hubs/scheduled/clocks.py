"""Clock times at the edge of a day of departures, some of them after midnight."""

from __future__ import annotations

import math
import re
from typing import Any

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$")


def read_clock_s(value: Any) -> float:
    """Seconds since midnight of a clock time; NaN where it is none.

    Hours may go beyond 24: ``"30:00"`` is six in the morning of the next day, for what runs
    overnight.
    """
    found = _CLOCK.match(str(value).strip())
    if found is None:
        return math.nan
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0 + int(found[3] or 0)
