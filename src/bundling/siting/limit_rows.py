"""Rows of what a board adds: budgets, coverage, power rules, ceilings, carriers at a hub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bundling.siting.problem import SitingProblem
from bundling.units import KG_PER_T, KWH_PER_MWH

if TYPE_CHECKING:
    from bundling.siting.milp import Built

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Term = tuple[Any, Any, Any]

KEUR = 1000.0
"""Money in rows is thousand EUR, as in the objective."""
_G_PER_KG = 1000.0

BUDGET, COVERAGE, POWER, CEILING = "budget", "coverage", "power rule", "ceiling"
"""Names of the row blocks that can clash."""


def add_limit_rows(problem: SitingProblem, built: Built) -> None:
    """Add the rows of the limits that the problem has."""
    _carriers(problem, built)
    _budget(problem, built)
    _coverage(problem, built)
    _power_rules(problem, built)
    _ceilings(problem, built)


def _carriers(problem: SitingProblem, built: Built) -> None:
    """Ask open hubs for several carriers: each sold where one of its dispensers stands.

    Existing chargers sell electricity.
    """
    if problem.carriers is None:
        return
    hubs = np.flatnonzero(problem.carriers.site_min[built.build] > 1)
    if not len(hubs):
        return
    kinds, years = problem.carriers.size, problem.num_years
    sold = built.model.add_columns("sold", (len(hubs), kinds, years), upper=1.0)
    each = np.arange(sold.size).reshape(sold.shape)
    own = problem.carriers.charger
    already = np.zeros(sold.shape)
    already[:, 0] = (problem.existing_kw[built.build[hubs]] > 0)[:, None]
    built.model.add_rows(
        "sold by a dispenser",
        sold.shape,
        (each, sold, 1.0),
        (each[:, own], built.chargers[hubs], -1.0),
        upper=already,
    )
    steps = built.step[hubs]
    built.model.add_rows(
        "sold at an open site",
        sold.shape,
        (each, sold, 1.0),
        (each[:, :, None, :], steps[:, None], -1.0),
        upper=0.0,
    )
    rows = np.arange(len(hubs) * years).reshape(len(hubs), 1, years)
    least = problem.carriers.site_min[built.build[hubs]]
    built.model.add_rows(
        "carriers at a hub",
        (len(hubs), years),
        (rows, sold, 1.0),
        (rows, steps, -least[:, None, None]),
        lower=0.0,
    )


def _capital_terms(problem: SitingProblem, built: Built) -> list[tuple[IntArray, FloatArray]]:
    """Columns [..., Y] and prices of what stands, thousand EUR."""
    budget = problem.budget
    assert budget is not None
    first = np.searchsorted(problem.step_size, np.arange(problem.step_size.max() + 1))
    terms: list[tuple[IntArray, FloatArray]] = [
        (built.step, budget.site_eur[built.build][:, None, None]),
        (built.chargers, budget.charger_eur[None, :, None]),
        (built.bought, budget.step_eur[first][None, :, None]),
    ]
    if built.stored is not None:
        terms += [
            (built.stored.kwh, np.array([[budget.battery_eur_per_kwh]])),
            (built.stored.kw, np.array([[budget.battery_eur_per_kw]])),
            (built.stored.kwp, np.array([[budget.pv_eur_per_kwp]])),
        ]
    if problem.num_upgrades:
        terms += [(built.upgraded, budget.upgrade_eur[:, None])]
    return [(columns, price / KEUR) for columns, price in terms]


def _budget(problem: SitingProblem, built: Built) -> None:
    """Keep what is new in a year within its budget."""
    if problem.budget is None:
        return
    years = np.arange(problem.num_years)
    terms: list[Term] = []
    for columns, price in _capital_terms(problem, built):
        terms.append((years, columns, price))
        if len(years) > 1:
            terms.append((years[1:], columns[..., :-1], -price))
    built.model.add_rows(BUDGET, len(years), *terms, upper=problem.budget.eur / KEUR)


def _coverage(problem: SitingProblem, built: Built) -> None:
    """Keep what is not served in an area below what may be."""
    if problem.coverage is None:
        return
    small, years = built.reduced, problem.num_years
    areas = len(problem.coverage.area_ids)
    area = problem.coverage.demand_area[small.first]
    some = np.flatnonzero(area >= 0)
    asked = np.zeros((areas, years))
    np.add.at(asked, area[some], small.kwh[some])
    scale = np.maximum(asked, 1.0)
    rows = np.arange(areas * years).reshape(areas, years)
    built.model.add_rows(
        COVERAGE,
        (areas, years),
        (rows[area[some]], built.unserved[some], small.kwh[some] / scale[area[some]]),
        upper=(1.0 - problem.coverage.min_share) * asked / scale,
    )


def _power_rules(problem: SitingProblem, built: Built) -> None:
    """Ask a set of sites for power together, in MW."""
    rules = problem.power_rules
    if rules is None:
        return
    years = problem.num_years
    fit = problem.charger_kw[None, :] >= rules.min_charger_kw[:, None]
    if problem.carriers is not None:
        fit &= problem.carriers.charger == 0
    r, b, c = np.nonzero(rules.member[:, built.build, None] & fit[:, None, :])
    rows = np.arange(len(rules.ids) * years).reshape(len(rules.ids), years)
    there = rules.member @ problem.existing_kw
    built.model.add_rows(
        POWER,
        rows.shape,
        (rows[r], built.chargers[b, c], problem.charger_kw[c][:, None] / KEUR),
        lower=(rules.min_kw - there[:, None]) / KEUR,
    )


def _ceilings(problem: SitingProblem, built: Built) -> None:
    """Keep totals over all years within their ceilings."""
    impact = problem.impacts
    if impact is None:
        return
    days = problem.days_per_year * problem.calendar_years
    missed = built.reduced.kwh * days
    missed_mwh: Term = (0, built.unserved, missed / KWH_PER_MWH)
    diesel_t = impact.diesel_co2e_kg_per_kwh * missed / KG_PER_T
    bought_t = impact.grid_co2e_kg_per_kwh * days / KG_PER_T
    totals: dict[str, tuple[float, list[Term]]] = {
        "unserved_mwh": (impact.max_unserved_mwh, [missed_mwh]),
        "nox_kg": (
            impact.max_nox_kg,
            [(0, built.unserved, impact.diesel_nox_g_per_kwh * missed / _G_PER_KG)],
        ),
        "co2e_t": (
            impact.max_co2e_t,
            [
                (0, built.unserved, diesel_t),
                (0, built.moved, bought_t),
                (0, built.moved_existing, bought_t),
            ],
        ),
    }
    if problem.budget is not None:
        # In a sum over all years, what stands in the last one.
        last = [(0, columns[..., -1:], price) for columns, price in _capital_terms(problem, built)]
        totals["capital_eur"] = (impact.max_capital_eur / KEUR, list(last))
    for name, (most, terms) in totals.items():
        if np.isfinite(most):
            built.model.add_rows(f"{CEILING} on {name}", 1, *terms, upper=most)
