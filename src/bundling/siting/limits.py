"""What a board adds to the cost: budgets, coverage, power along corridors, emission ceilings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault
from bundling.frozen import own_arrays

if TYPE_CHECKING:
    from bundling.siting.problem import SitingProblem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Budget:
    """What may be spent on building in each planning year; what is left is not carried over.

    Attributes
    ----------
    eur
        Money for what is new since the planning year before [Y]; ``inf`` for no limit.
    site_eur, charger_eur, step_eur
        Building a site [S], one charger [C], a connection [K] (all connections ever bought).
    battery_eur_per_kwh, battery_eur_per_kw, pv_eur_per_kwp
        Per unit of size that is added.
    upgrade_eur
        A reinforcement [U].
    """

    eur: FloatArray
    site_eur: FloatArray
    charger_eur: FloatArray
    step_eur: FloatArray
    upgrade_eur: FloatArray
    battery_eur_per_kwh: float = 0.0
    battery_eur_per_kw: float = 0.0
    pv_eur_per_kwp: float = 0.0

    def __post_init__(self) -> None:
        own_arrays(self)

    def lengths(self, problem: SitingProblem) -> Iterator[Fault]:
        """Arrays that do not fit the problem."""
        upgrades = 0 if problem.upgrades is None else problem.upgrades.size
        for field, table, size in (
            ("eur", "budgets", problem.num_years),
            ("site_eur", "sites", problem.num_sites),
            ("charger_eur", "chargers", problem.num_chargers),
            ("step_eur", "steps", problem.num_steps),
            ("upgrade_eur", "upgrades", upgrades),
        ):
            shape = getattr(self, field).shape
            if shape != (size,):
                rule = f"has shape {shape}, expected ({size},)"
                yield Fault(table, _column(field), (), rule, "Give one value a row.")

    def faults(self) -> Iterator[Fault]:
        """Values that cannot be."""
        for field, table in (
            ("eur", "budgets"),
            ("site_eur", "sites"),
            ("charger_eur", "chargers"),
            ("step_eur", "steps"),
            ("upgrade_eur", "upgrades"),
            ("battery_eur_per_kwh", "parameters"),
            ("battery_eur_per_kw", "parameters"),
            ("pv_eur_per_kwp", "parameters"),
        ):
            values = np.atleast_1d(np.asarray(getattr(self, field), dtype=np.float64))
            bad = np.isnan(values) | (values < 0) | (np.isinf(values) & (field != "eur"))
            if bad.any():
                rows = tuple(str(i + 1) for i in np.flatnonzero(bad))
                yield Fault(table, _column(field), rows, "is negative or no number", "Give EUR.")


def _column(field: str) -> str:
    """Name of a field's column: every table of things that are built has its own price."""
    return "capital_eur" if field.endswith("_eur") else field


@dataclass(frozen=True, eq=False)
class Coverage:
    """The least share of the energy asked for that is served in each area (municipality).

    Attributes
    ----------
    area_ids
        Names of the areas [A].
    demand_area
        Area of each demand point [D], -1 for none.
    min_share
        Share of the area's energy, by planning year [A, Y].
    """

    area_ids: tuple[str, ...]
    demand_area: IntArray
    min_share: FloatArray

    def __post_init__(self) -> None:
        own_arrays(self)

    def lengths(self, problem: SitingProblem) -> Iterator[Fault]:
        """Arrays that do not fit the problem."""
        if self.demand_area.shape != (problem.num_demands,):
            rule = f"has shape {self.demand_area.shape}, expected ({problem.num_demands},)"
            yield Fault("demand", "area", (), rule, "Give one value a row.")
        shape = (len(self.area_ids), problem.num_years)
        if self.min_share.shape != shape:
            rule = f"has shape {self.min_share.shape}, expected {shape}"
            yield Fault("coverage", "min_share", (), rule, "Give each area and year once.")

    def faults(self, problem: SitingProblem) -> Iterator[Fault]:
        """Values that cannot be."""
        bad = (self.demand_area < -1) | (self.demand_area >= len(self.area_ids))
        if bad.any():
            rows = tuple(problem.demand_ids[d] for d in np.flatnonzero(bad))
            yield Fault("demand", "area", rows, "is no area", "Use an area of `coverage`.")
        wrong = ~np.isfinite(self.min_share) | (self.min_share < 0) | (self.min_share > 1)
        if wrong.any():
            rows = tuple(self.area_ids[a] for a in np.flatnonzero(wrong.any(axis=1)))
            yield Fault("coverage", "min_share", rows, "is no share", "Give 0 to 1.")


@dataclass(frozen=True, eq=False)
class PowerRules:
    """Least power of a set of sites together, such as AFIR asks for along a corridor.

    Attributes
    ----------
    ids
        Names of the rules [R].
    member
        Which sites count [R, S].
    min_kw
        Power of their chargers, by planning year [R, Y]; existing power counts.
    min_charger_kw
        Smallest charger that counts [R].
    """

    ids: tuple[str, ...]
    member: BoolArray
    min_kw: FloatArray
    min_charger_kw: FloatArray

    def __post_init__(self) -> None:
        own_arrays(self)

    def lengths(self, problem: SitingProblem) -> Iterator[Fault]:
        """Arrays that do not fit the problem."""
        rules = len(self.ids)
        for field, shape in (
            ("member", (rules, problem.num_sites)),
            ("min_kw", (rules, problem.num_years)),
            ("min_charger_kw", (rules,)),
        ):
            found = getattr(self, field).shape
            if found != shape:
                rule = f"has shape {found}, expected {shape}"
                yield Fault("power_rules", field, (), rule, "Give every rule, site and year once.")

    def faults(self) -> Iterator[Fault]:
        """Values that cannot be."""
        for field in ("min_kw", "min_charger_kw"):
            values = getattr(self, field).reshape(len(self.ids), -1)
            bad = ~np.isfinite(values) | (values < 0)
            if bad.any():
                rows = tuple(self.ids[r] for r in np.flatnonzero(bad.any(axis=1)))
                yield Fault("power_rules", field, rows, "is negative or no number", "Give kW.")


@dataclass(frozen=True)
class Impacts:
    """Emissions of what is served and what is not, and ceilings on totals over all years.

    A total counts each planning year for the calendar years it stands for, undiscounted. Energy
    that is not served is driven on diesel.

    Attributes
    ----------
    grid_co2e_kg_per_kwh
        Of electricity from the grid.
    diesel_co2e_kg_per_kwh, diesel_nox_g_per_kwh
        Of the diesel that does what 1 kWh in a battery does.
    max_co2e_t, max_nox_kg, max_unserved_mwh, max_capital_eur
        Ceilings; ``inf`` for none. The last needs a `Budget` for the prices of building.
    """

    grid_co2e_kg_per_kwh: float = 0.0
    diesel_co2e_kg_per_kwh: float = 0.0
    diesel_nox_g_per_kwh: float = 0.0
    max_co2e_t: float = np.inf
    max_nox_kg: float = np.inf
    max_unserved_mwh: float = np.inf
    max_capital_eur: float = np.inf

    def __post_init__(self) -> None:
        own_arrays(self)

    def faults(self, problem: SitingProblem) -> Iterator[Fault]:
        """Values that cannot be."""
        for name in self.__dataclass_fields__:
            value = float(getattr(self, name))
            if np.isnan(value) or value < 0 or (np.isinf(value) and not name.startswith("max_")):
                rule = f"{value:g} is not a number of at least 0"
                yield Fault("parameters", name, (), rule, "Correct the value.")
        if np.isfinite(self.max_capital_eur) and problem.budget is None:
            rule = "a ceiling on capital without the prices of building"
            yield Fault("parameters", "max_capital_eur", (), rule, "Give the table of budgets.")
