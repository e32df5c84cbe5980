"""A building with a hub and without, phase by phase: trips, km, CO2e, cost and floor space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from bundling.certify import Clock
from bundling.errors import Fault, InputError, raise_if
from bundling.hubs.scheduled.solve import solve
from bundling.hubs.scheduled.stock import hub_stock
from bundling.hubs.scheduled.warm_up import warm_up
from bundling.hubs.templates.construction import ConstructionWeek, construction_week
from bundling.hubs.templates.construction_site import (
    Site,
    construction_figures,
    construction_phases,
)
from bundling.result import Result

_MEASURES = ("site_trips", "all_trips", "km", "co2e_kg", "eur")


@dataclass(frozen=True, eq=False)
class ConstructionStudy:
    """A building phase by phase.

    Attributes
    ----------
    phases
        The phases.
    weeks
        Without and with the hub, a phase.
    results
        Likewise.
    m2_per_pallet
        Floor of a pallet place.
    """

    phases: pd.DataFrame
    weeks: tuple[tuple[ConstructionWeek, ConstructionWeek], ...]
    results: tuple[tuple[Result, Result], ...]
    m2_per_pallet: float

    def table(self) -> pd.DataFrame:
        """One row a phase and way of supply, of an average week.

        Columns: ``phase, weeks, hub`` (yes or no), ``status, gap``, ``site_trips`` (vehicles that
        unload at the site), ``late_trips`` (of them, after closing), ``all_trips`` (those to the
        hub besides), ``km``, ``co2e_kg``, ``eur``, ``hub_pallets`` (most at once), ``hub_m2``.
        """
        rows: list[dict[str, Any]] = []
        for k, phase in enumerate(self.phases.to_dict("records")):
            for word, week, result in zip(
                ("no", "yes"), self.weeks[k], self.results[k], strict=True
            ):
                row = {"phase": phase["phase"], "weeks": phase["weeks"], "hub": word}
                row |= {"status": str(result.status), "gap": result.gap}
                rows.append(row | self._measured(week, result))
        return pd.DataFrame(rows)

    def _measured(self, week: ConstructionWeek, result: Result) -> dict[str, float]:
        if result.solution is None or result.evaluation is None:
            return dict.fromkeys(_MEASURES, float("nan"))
        count, told = result.solution.sailing_count, result.evaluation.indicators
        stock = hub_stock(week.problem, result.solution)[:, :, 0]
        pallets = float(stock.max(initial=0.0))
        return {
            "site_trips": float(count.sum()),
            "late_trips": float(count[week.late].sum()),
            "all_trips": float(count.sum()) + told["trips"],
            "km": told["vehicle_km"] + told["sailing_km"],
            "co2e_kg": told["co2e_kg"],
            "eur": result.objective,
            "hub_pallets": pallets,
            "hub_m2": pallets * self.m2_per_pallet,
        }

    def totals(self) -> pd.DataFrame:
        """Return the whole building: ``measure, without, with_hub, saved_share``, all its weeks."""
        table = self.table()
        rows = []
        for measure in _MEASURES:
            whole = (table[measure] * table["weeks"]).groupby(table["hub"]).sum()
            without, served = float(whole["no"]), float(whole["yes"])
            saved = 1.0 - served / without if without else float("nan")
            rows.append((measure, without, served, saved))
        return pd.DataFrame(rows, columns=["measure", "without", "with_hub", "saved_share"])


def construction_hub(
    site: Site,
    phases: pd.DataFrame | None = None,
    *,
    scale: float = 1.0,
    time_limit: float = 120.0,
    gap: float = 0.01,
    seed: int = 0,
) -> ConstructionStudy:
    """Compare a building with a hub and without.

    Whether a phase uses the hub is for the solver to say: where bundling does not pay, it stays
    closed, and both rows of the phase agree. ``hub_m2`` is what the plan of least cost happens to
    store, since storage has no price of its own.

    Parameters
    ----------
    site
        The site.
    phases
        In place of the table ``hubs_construction_phases``.
    scale
        Times the loads of the phases.
    time_limit
        Wall seconds for all solves together.
    gap, seed
        For each solve.

    Raises
    ------
    bundling.InputError
        With the faults of all phases.
    """
    table = construction_phases(phases)
    weeks: list[tuple[ConstructionWeek, ConstructionWeek]] = []
    faults: list[Fault] = []
    for row in table.to_dict("records"):
        loads = {str(key): value for key, value in row.items()}
        pair = []
        for hub in (False, True):
            try:
                pair.append(construction_week(site, loads, hub=hub, scale=scale))
            except InputError as error:
                faults += [fault for fault in error.faults if fault not in faults]
        if len(pair) == 2:
            weeks.append((pair[0], pair[1]))
    raise_if(faults)
    if weeks:
        warm_up(weeks[0][0].problem)
    clock = Clock(time_limit)
    flat: list[Result] = []
    for week in (week for both in weeks for week in both):
        share = max(0.05, clock.left / (2 * len(weeks) - len(flat)))
        flat.append(solve(week.problem, time_limit=share, gap=gap, seed=seed))
    results = tuple(zip(flat[::2], flat[1::2], strict=True))
    figures = construction_figures(site.figures)
    return ConstructionStudy(table, tuple(weeks), results, figures["hub_m2_per_pallet"])
