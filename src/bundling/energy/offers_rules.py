"""Contract offers from the dated rule tables: the tariffs of a grid operator, in every form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bundling.energy.offers import (
    ContractOffer,
    Windows,
    firm,
    fully_variable,
    group_offer,
    time_block,
    time_duration,
)
from bundling.errors import Fault, InputError

if TYPE_CHECKING:
    from bundling.energy.problem import EnergyProblem
    from bundling.rules import RuleBook

MONTHS = 12


def offers_from_rules(
    problem: EnergyProblem,
    rules: RuleBook,
    day: date,
    *,
    operator: str,
    forms: Iterable[str] = ("firm", "time_block"),
    days_per_year: float = 365.0,
    grid_load: ArrayLike | None = None,
    announced: ArrayLike | None = None,
) -> tuple[ContractOffer, ...]:
    """Return an offer for every tariff of `operator` in each of `forms`, in force on `day`.

    Parameters
    ----------
    problem
        Gives the slots, and with its days the part of a year that costs are for. Its own
        `transport_eur_per_kwh` should leave out the transport tariff, which the offers have.
    rules
        The rule book, with its tables ``grid_tariffs`` and ``contract_forms``.
    day
        Day on which tariffs and forms must be in force.
    operator
        Such as ``"enexis"``.
    forms
        Of ``firm``, ``time_block``, ``tdtr85``, ``fully_variable`` and ``group``. A
        capacity-limiting contract is negotiated: `bundling.energy.offers.capacity_limiting`.
    days_per_year
        Days among which yearly charges are divided.
    grid_load
        Shape (T,): load of the grid, for ``tdtr85``.
    announced
        Shape (T,): share of the contracted power, for ``fully_variable``.

    Raises
    ------
    bundling.InputError
        With every form that is not known or lacks its data, or when the operator has no tariff.
    """
    tariffs = [
        rules.grid_tariff(str(row["category"]), day)
        for row in rules.find_all("grid_tariffs", day, {"operator": operator})
    ]
    faults = []
    if not tariffs:
        rule, remedy = f"has no row of {operator!r} in force on {day}", "Name another operator."
        faults.append(Fault("grid_tariffs", "operator", (), rule, remedy))
    for form, given, what in (
        ("tdtr85", grid_load, "grid_load"), ("fully_variable", announced, "announced"),
    ):  # fmt: skip
        if form in forms and given is None:
            faults.append(Fault("offers", "form", (form,), "lacks its data", f"Give {what}."))
    known = ("firm", "time_block", "tdtr85", "fully_variable", "group")
    for form in forms:
        if form not in known:
            remedy = f"Use {', '.join(known)}."
            faults.append(Fault("offers", "form", (form,), "is not made from the rules", remedy))
    if faults:
        raise InputError(faults)
    part = float(np.sum(problem.day_weight)) / days_per_year
    offers = []
    for form in forms:
        terms = rules.contract_form(form, day)
        for tariff in tariffs:
            other = 1.0 - terms.transport_discount
            prices: dict[str, float | str] = {
                "name": f"{tariff.category} {form}",
                "min_kw": tariff.above_kw or 0.0,
                "max_kw": np.inf if tariff.to_kw is None else tariff.to_kw,
                "eur_per_kw": (
                    part * tariff.kw_contract_eur_per_kw_year * terms.kw_contract_factor
                ),
                "fixed_eur": part * tariff.fixed_eur_per_year,
                "peak_eur_per_kw": part * MONTHS * tariff.kw_max_eur_per_kw_month * other,
                "transport_eur_per_kwh": tariff.transport_eur_per_kwh * other,
            }
            if form == "firm":
                offers.append(firm(problem, **prices))
            elif form == "group":
                offers.append(group_offer(problem, **prices))
            elif form == "time_block":
                offers.append(time_block(problem, _windows(terms.window), **prices))
            elif form == "tdtr85":
                share = terms.full_power_share_of_hours
                offers.append(time_duration(problem, grid_load, share=share, **prices))  # type: ignore[arg-type]
            else:
                offers.append(fully_variable(announced, **prices))  # type: ignore[arg-type]
    return tuple(offers)


def _windows(text: str | None) -> Windows:
    """Read clock windows such as ``23:00-06:00;12:00-14:00``."""
    spans = [span.split("-") for span in (text or "").split(";") if span]
    return [(first.strip(), last.strip()) for first, last in spans]
