"""Every fault of an energy problem's data, all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.energy.faults_site import find_site_faults
from bundling.errors import Fault

if TYPE_CHECKING:
    from bundling.energy.problem import EnergyProblem

SLOT_FIELDS = (
    "price_eur_per_kwh",
    "connection_kw",
    "base_load_kw",
    "feed_in_eur_per_kwh",
    "feed_in_kw",
)
_SETTING = "settings"
_VEHICLES = "vehicles"
_SLOTS = "slots"


def find_faults(problem: EnergyProblem) -> list[Fault]:
    """List the faults of `problem`; the shapes first, since other rules need them."""
    faults = _shapes(problem)
    if not faults:
        faults = _vehicles(problem) + _slots(problem)
    return faults + _settings(problem) + find_site_faults(problem)


def _shapes(problem: EnergyProblem) -> list[Fault]:
    vehicles, slots = len(problem.vehicle_ids), problem.price_eur_per_kwh.size
    faults = []
    for table, fields, size in (
        (_VEHICLES, ("arrival_s", "departure_s", "need_kwh", "charge_kw", "charger_kw"), vehicles),
        (_SLOTS, SLOT_FIELDS, slots),
    ):
        for field in fields:
            shape = getattr(problem, field).shape
            if shape != (size,):
                faults.append(
                    Fault(
                        table,
                        field,
                        (),
                        f"has shape {shape}, expected ({size},)",
                        f"Give one number per row of {table}.",
                    )
                )
    if slots == 0:
        faults.append(Fault(_SLOTS, "price_eur_per_kwh", (), "is empty", "Give at least one slot."))
    return faults


def _vehicles(problem: EnergyProblem) -> list[Fault]:
    names = problem.vehicle_ids

    def rows(bad: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(name for name, flag in zip(names, bad, strict=True) if flag)

    faults = []
    seen: set[str] = set()
    twice = tuple(dict.fromkeys(name for name in names if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    if twice:
        faults.append(
            Fault(_VEHICLES, "vehicle", twice, "occurs twice", "Give every vehicle its own name.")
        )
    for field in ("arrival_s", "departure_s", "need_kwh", "charge_kw"):
        faults += _unless(
            _VEHICLES,
            field,
            np.isfinite(getattr(problem, field)),
            rows,
            "is not a finite number",
            "Fill in a number.",
        )
    faults += _unless(
        _VEHICLES,
        "charger_kw",
        ~np.isnan(problem.charger_kw),
        rows,
        "is not a number",
        "Fill in the power of the charge point, or inf for no limit.",
    )
    for field in ("need_kwh", "charge_kw", "charger_kw"):
        faults += _unless(
            _VEHICLES,
            field,
            ~(getattr(problem, field) < 0),
            rows,
            "is negative",
            "Give 0 or more.",
        )
    faults += _unless(
        _VEHICLES,
        "departure_s",
        ~(problem.departure_s < problem.arrival_s),
        rows,
        "lies before arrival_s",
        "Times run on without wrapping: add 86400 to a departure on the next day.",
    )
    return faults


def _slots(problem: EnergyProblem) -> list[Fault]:
    def rows(bad: NDArray[np.bool_]) -> tuple[str, ...]:
        return tuple(str(slot + 1) for slot in np.flatnonzero(bad))

    faults = []
    for field in ("price_eur_per_kwh", "base_load_kw", "feed_in_eur_per_kwh"):
        faults += _unless(
            _SLOTS,
            field,
            np.isfinite(getattr(problem, field)),
            rows,
            "is not a finite number",
            "Fill in a number.",
        )
    for field, what in (("connection_kw", "be drawn"), ("feed_in_kw", "be fed in")):
        faults += _unless(
            _SLOTS,
            field,
            getattr(problem, field) >= 0,
            rows,
            "is not a number of 0 or more",
            f"Fill in the power that may {what}, or inf for no limit.",
        )
    faults += _unless(
        _SLOTS,
        "base_load_kw",
        ~(problem.base_load_kw < 0),
        rows,
        "is negative",
        "Give 0 or more; what is generated is PV.",
    )
    return faults


def _settings(problem: EnergyProblem) -> list[Fault]:
    faults = []

    def need(field: str, good: bool, rule: str, remedy: str) -> None:
        if not good:
            value = getattr(problem, field)
            faults.append(Fault(_SETTING, field, (), f"is {value}, {rule}", remedy))

    need(
        "efficiency",
        0 < problem.efficiency <= 1,
        "not above 0 and at most 1",
        "Give the share of grid energy that reaches the battery, such as 0.9.",
    )
    need(
        "slot_s",
        0 < problem.slot_s < np.inf,
        "not a positive number of seconds",
        "Use 900 for quarter hours.",
    )
    need(
        "start_s", bool(np.isfinite(problem.start_s)), "not finite", "Give seconds since midnight."
    )
    for field in ("transport_eur_per_kwh", "peak_eur_per_kw", "paid_peak_kw", "co2e_kg_per_kwh"):
        need(
            field,
            0 <= getattr(problem, field) < np.inf,
            "not a finite number of 0 or more",
            "Give 0 to leave it out.",
        )
    price = problem.shortfall_eur_per_kwh
    need(
        "shortfall_eur_per_kwh",
        price is None or 0 <= price < np.inf,
        "not a finite number of 0 or more",
        "Leave it out when every need must be met.",
    )
    for field in ("x_m", "y_m"):
        place = getattr(problem, field)
        need(
            field,
            place is None or bool(np.isfinite(place)),
            "not finite",
            "Give RD New metres, or leave it out.",
        )
    return faults


def _unless(
    table: str,
    column: str,
    good: NDArray[np.bool_],
    rows: Callable[[NDArray[np.bool_]], Sequence[str]],
    rule: str,
    remedy: str,
) -> list[Fault]:
    """One fault for all rows where `good` is false; none when it holds everywhere."""
    if good.all():
        return []
    return [Fault(table, column, tuple(rows(~good)), rule, remedy)]
