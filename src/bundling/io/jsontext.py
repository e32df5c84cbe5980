"""Strict JSON in, with a fault that names the line."""

from __future__ import annotations

import json
from typing import Any

from bundling.errors import Fault


def parse_json(data: bytes | str, where: str) -> tuple[Any, Fault | None]:
    """Parse strict JSON (no NaN); the value, or a fault that names the line."""
    try:
        text = data.decode("utf-8-sig") if isinstance(data, bytes) else data
        return json.loads(text, parse_constant=_no_constant), None
    except json.JSONDecodeError as reason:
        rule, row = f"is no JSON ({reason.msg})", (str(reason.lineno),)
        return None, Fault(where, "", row, rule, "Repair it at this line")
    except RecursionError:
        return None, Fault(where, "", (), "is nested too deeply", "Export it again")
    except ValueError as reason:  # not UTF-8, or NaN
        return None, Fault(where, "", (), f"is no JSON ({reason})", "Save it as UTF-8 JSON")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not allowed")
