"""How far a plan may be from the best possible one, in a sentence."""

from __future__ import annotations

import math
from collections.abc import Callable

from bundling.report.messages import Messages
from bundling.result import Result, Status


def proof(m: Messages, result: Result, write: Callable[[float], str] | None = None) -> str:
    """Say how far the plan may be from the best possible one; an open gap is said in words.

    Parameters
    ----------
    m
        Language.
    result
        A result with a solution.
    write
        Writes an amount; euros by default.
    """
    write = m.money if write is None else write
    if result.status is Status.OPTIMAL:
        return m("study.proof.optimal")
    limit = m(f"limit.{result.limit}") if result.limit != "none" else m("limit.gap")
    if not math.isfinite(result.bound):
        return m("study.proof.none", limit=limit)
    if result.bound <= 0:
        # Every plan costs something, so such a bound says nothing of how good this one is.
        return m("study.proof.weak", bound=write(result.bound), limit=limit)
    return m(
        "study.proof.gap",
        bound=write(result.bound),
        eur=small(m, result.objective - result.bound)
        if write == m.money
        else write(result.objective - result.bound),
        limit=limit,
    )


def small(m: Messages, eur: float) -> str:
    """Write euros, with cents below a hundred: no gap is rounded to nothing."""
    return m.money(eur, 2 if abs(eur) < 100 else 0)


def writer(m: Messages, unit: str) -> Callable[[float], str]:
    """Write amounts in the unit of a problem: euros as money, others with the unit behind."""
    if unit == "EUR":
        return m.money

    def write(amount: float) -> str:
        return f"{m.compact(amount)} {unit}".strip()

    return write
