"""Contract forms beside the firm one, for the connections large enough to get them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bundling.siting.assumed import assumed
from bundling.siting.problem import HOURS, SitingProblem

if TYPE_CHECKING:
    from bundling.region import Region

FloatArray = NDArray[np.float64]

LEAST_KW = 150.0
"""Other forms than firm are for users above 3 x 80 A only (DOMAIN 6.3); the next connection."""


@dataclass(frozen=True)
class Form:
    """One contract form.

    Attributes
    ----------
    name
        As in `bundling.siting.validate.FORMS`.
    closed
        Hours of the clock in which it gives nothing.
    reserved
        Share of the contract that the grid keeps free.
    price
        Price per contracted kW over that of the firm form.
    """

    name: str
    closed: tuple[int, ...]
    reserved: float
    price: float


def forms(region: Region) -> tuple[Form, ...]:
    """Return the forms offered: firm; time-block; time-duration; variable.

    - A time-block contract is closed at the peaks of the grid, 06-09 and 16-20 h (stek.com).
    - A time-duration contract (85 % of the hours, ACM 2024, Stcrt. 23594) may be cut for 15 % of
      the hours with a day's notice: planned here as the four hours of the evening peak.
    - A variable contract gives what is free: all hours, nothing reserved, so the room of the grid
      in each hour alone decides; its price is taken as that of the others.
    """
    cheap = assumed(region, "block_price_share")
    return (
        Form("firm", (), assumed(region, "firm_reserved_share"), 1.0),
        Form("time-block", (6, 7, 8, 16, 17, 18, 19), 0.0, cheap),
        Form("time-duration", (16, 17, 18, 19), 0.0, cheap),
        Form("variable", (), 0.0, cheap),
    )


def with_contracts(problem: SitingProblem, offered: tuple[Form, ...]) -> SitingProblem:
    """Return the problem with every connection above `LEAST_KW` in each of the forms offered."""
    clock = np.arange(problem.num_hours) % HOURS
    rows: list[tuple[int, Form]] = []
    for k, kw in enumerate(problem.step_max_kw):
        rows += [(k, form) for form in offered if kw >= LEAST_KW or form.name == "firm"]
    step = np.array([k for k, _ in rows])
    changes: dict[str, Any] = {
        name: getattr(problem, name)[step]
        for name in (
            "step_max_kw",
            "step_one_off_eur_per_year",
            "step_fixed_eur_per_year",
            "step_transport_eur_per_kwh",
        )
    }
    price = np.array([form.price for _, form in rows])
    names = [problem.step_ids[k] for k in step]
    return problem.replace(
        **changes,
        step_ids=tuple(
            name if form.name == "firm" else f"{name} {form.name}"
            for name, (_, form) in zip(names, rows, strict=True)
        ),
        step_eur_per_kw_year=problem.step_eur_per_kw_year[step] * price,
        step_contract=tuple(form.name for _, form in rows),
        step_available=np.array([~np.isin(clock, form.closed) for _, form in rows], dtype=float),
        step_reserved=[form.reserved for _, form in rows],
    )
