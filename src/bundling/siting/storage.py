"""Batteries and solar panels that may stand at a site."""

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


@dataclass(frozen=True, eq=False)
class Storage:
    """How much battery and PV each site may have, and what they cost.

    Counts as in `SitingProblem`: S sites, Y years, T hours of all typical days.

    Attributes
    ----------
    battery_max_kwh
        Largest battery [S]; 0 for none.
    battery_hours
        Least hours a full battery lasts at its full power: its power is at most energy over this.
    battery_eur_per_kwh_year, battery_eur_per_kw_year
        Yearly cost (annuity and operation) of what stands, by planning year [Y].
    battery_efficiency
        Energy out over energy in, once round.
    battery_eur_per_kwh_cycled
        Wear, EUR per kWh taken out of the battery.
    pv_max_kwp
        Room for solar panels [S].
    pv_eur_per_kwp_year
        Yearly cost of what stands, by planning year [Y].
    pv_kw_per_kwp
        What a kWp gives in each hour [T]. What is not used is curtailed: nothing is fed in.
    """

    battery_max_kwh: FloatArray
    battery_eur_per_kwh_year: FloatArray
    battery_eur_per_kw_year: FloatArray
    pv_max_kwp: FloatArray
    pv_eur_per_kwp_year: FloatArray
    pv_kw_per_kwp: FloatArray
    battery_efficiency: float = 0.88
    battery_hours: float = 1.0
    battery_eur_per_kwh_cycled: float = 0.0

    def __post_init__(self) -> None:
        own_arrays(self)

    @property
    def one_way(self) -> float:
        """Efficiency of charging, and of discharging: half of the way round each."""
        return float(np.sqrt(self.battery_efficiency))

    def lengths(self, problem: SitingProblem) -> Iterator[Fault]:
        """Arrays that do not fit the problem."""
        sites, years, hours = problem.num_sites, problem.num_years, problem.num_hours
        for field, table, size in (
            ("battery_max_kwh", "site_storage", sites),
            ("pv_max_kwp", "site_storage", sites),
            ("battery_eur_per_kwh_year", "storage_costs", years),
            ("battery_eur_per_kw_year", "storage_costs", years),
            ("pv_eur_per_kwp_year", "storage_costs", years),
            ("pv_kw_per_kwp", "pv_profile", hours),
        ):
            shape = getattr(self, field).shape
            if shape != (size,):
                rule = f"has shape {shape}, expected ({size},)"
                yield Fault(table, field, (), rule, "Give one value a row.")

    def faults(self, problem: SitingProblem) -> Iterator[Fault]:
        """Values that cannot be."""
        labels = {
            "battery_max_kwh": ("site_storage", problem.site_ids),
            "pv_max_kwp": ("site_storage", problem.site_ids),
            "battery_eur_per_kwh_year": ("storage_costs", tuple(map(str, problem.years))),
            "battery_eur_per_kw_year": ("storage_costs", tuple(map(str, problem.years))),
            "pv_eur_per_kwp_year": ("storage_costs", tuple(map(str, problem.years))),
            "pv_kw_per_kwp": ("pv_profile", tuple(map(str, range(problem.num_hours)))),
        }
        for field, (table, names) in labels.items():
            values = getattr(self, field)
            bad = ~np.isfinite(values) | (values < 0)
            if bad.any():
                rows = tuple(names[i] for i in np.flatnonzero(bad))
                yield Fault(
                    table, field, rows, "is negative or no number", "Give a number of at least 0."
                )
        if not 0 < self.battery_efficiency <= 1:
            rule = f"{self.battery_efficiency:g} is not a share above 0 and up to 1"
            yield Fault("parameters", "battery_efficiency", (), rule, "Give a share such as 0.88.")
        for name in ("battery_hours", "battery_eur_per_kwh_cycled"):
            value = float(getattr(self, name))
            if not np.isfinite(value) or value < 0 or (name == "battery_hours" and value == 0):
                rule = f"{value:g} is not allowed"
                yield Fault("parameters", name, (), rule, "Give a positive number.")
