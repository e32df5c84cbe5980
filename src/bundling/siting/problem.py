"""The question of charging sites: which sites open when, how large, under the grid's headroom.

Hour arrays hold the 24 hours of each typical day, one day after the other: ``T = 24 N`` hours for
N typical days, by default one. A year has `days_per_year` days, of which `day_share` are like each.
Costs of planning year ``y`` hold for every year until the next planning year (the last one for
`tail_years`), discounted to the first planning year; see `year_weights`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bundling.errors import raise_if
from bundling.frozen import own_arrays
from bundling.siting.carriers import Carriers
from bundling.siting.derived import HOURS as HOURS
from bundling.siting.derived import Derived
from bundling.siting.limits import Budget, Coverage, Impacts, PowerRules
from bundling.siting.storage import Storage
from bundling.siting.upgrades import Upgrades

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class SitingProblem(Derived):
    """Sites, chargers, connections, demand and the grid tree, over one or more planning years.

    Counts: Y years, G grid nodes, S sites, C charger types, K connection steps, D demand points,
    P pairs of a demand point and a site within its reach, T hours of all typical days.

    Attributes
    ----------
    years
        Planning years, ascending.
    node_ids, node_names, node_parent, node_x_m, node_y_m
        Grid nodes; `node_parent` [G] is the index of the node that feeds it, -1 for a root.
    headroom_kw
        Free power for new offtake [G, Y, T]; ``inf`` where a node sets no limit.
    base_load_kw
        New load that is not decided here, such as depots [G, Y, T], at the node itself: the
        load of a node includes that of all nodes below it.
    site_ids, site_names, site_kinds, site_node, site_x_m, site_y_m
        Candidate sites; `site_node` [S] is the grid node that feeds them.
    max_chargers
        Room for new chargers [S].
    fixed_eur_per_year
        Cost of a site with new chargers [S].
    existing_kw
        Power that existing chargers can deliver each hour [S]. They cost nothing more, fit every
        vehicle, and their load is already inside the headroom.
    forbidden
        Sites that may not get new chargers, such as inside Natura 2000 [S].
    charger_ids, charger_kw, charger_eur_per_year
        Charger types: power of one charger and its yearly cost (annuity and operation) [C].
    charger_efficiency
        Energy in the vehicle over energy from the grid. Demand and what is served count in the
        vehicle; loads, powers and energy bought count at the grid.
    utilisation_limit
        Largest share of the installed power in use in the busiest hour, so that queues stay short.
    step_ids, step_max_kw, step_one_off_eur_per_year, step_fixed_eur_per_year,
    step_eur_per_kw_year, step_transport_eur_per_kwh, step_contract
        Connection steps [K] by power that never descends: largest new power, annuity of the
        one-off cost (paid until the end once bought, also after an upgrade), yearly cost, cost of
        the contracted power (contract and monthly peak together), transport of energy, name of
        the contract form. Steps of one power are the contract forms of one connection: its
        one-off cost is the same and paid once.
    existing_transport_eur_per_kwh
        Transport price of the energy of a site without a new connection.
    demand_ids, demand_names, demand_kinds, demand_x_m, demand_y_m
        Demand points.
    demand_kwh
        Energy asked for on a day, in the vehicles [D, Y].
    demand_profile
        Energy of each hour as a share of that of the mean day [D, T]: with one typical day rows
        sum to 1; with more, rows weighted with `day_share` do.
    demand_min_kw
        Smallest charger that is of use [D]; 0 when any will do.
    demand_reach_km
        Largest service distance, for the words in reports [D]; the pairs decide.
    pair_demand, pair_site, pair_km, pair_eur_per_kwh
        Pairs within reach [P]: indices, road distance one way, cost of the detour for a kWh in
        the vehicle.
    price_eur_per_kwh
        Price of energy from the grid by hour, tax included, transport not [T].
    unserved_eur_per_kwh
        Price of energy asked for and not served, for a kWh in the vehicle.
    days_per_year, discount_rate, tail_years
        Days like this in a year, yearly discount rate, years the last planning year stands for.
    base_overload
        ``"forbidden"``: a base load above the headroom must be cured by `upgrades`; without one
        that does the problem is infeasible.
        ``"reported"``: it is taken as given and put into words, and nothing new may be added to
        the node in those hours.
    day_ids, day_share
        Names of the typical days, and the share of the days of a year that are like each [N].
    step_available
        Share of the contracted power that may be drawn in each hour [K, T]: 0 in the closed hours
        of a time-block contract, or in the 15 % of hours that the operator of a time-duration
        contract may take. 1 everywhere when None.
    step_reserved
        Share of the contracted power that the grid keeps free whether it is drawn or not [K]: 1
        for a firm contract as a grid operator counts it, 0 when only real loads count. 0 when None.
    demand_link
        Demand points with the same number of at least 0 are served to the same share, each year:
        the stops of one truck flow, which needs all of them [D]. -1 stands alone; None for all.
        A stop that asks for nothing in a year does not count in it.
    storage, upgrades, carriers, budget, coverage, power_rules, impacts
        Batteries and PV, reinforcements to choose, other carriers, and what a board may ask;
        None leaves each out.
    """

    family: ClassVar[str] = "siting"

    years: tuple[int, ...]
    node_ids: tuple[str, ...]
    node_names: tuple[str, ...]
    node_parent: IntArray
    node_x_m: FloatArray
    node_y_m: FloatArray
    headroom_kw: FloatArray
    base_load_kw: FloatArray
    site_ids: tuple[str, ...]
    site_names: tuple[str, ...]
    site_kinds: tuple[str, ...]
    site_node: IntArray
    site_x_m: FloatArray
    site_y_m: FloatArray
    max_chargers: IntArray
    fixed_eur_per_year: FloatArray
    existing_kw: FloatArray
    forbidden: BoolArray
    charger_ids: tuple[str, ...]
    charger_kw: FloatArray
    charger_eur_per_year: FloatArray
    charger_efficiency: float
    utilisation_limit: float
    step_ids: tuple[str, ...]
    step_max_kw: FloatArray
    step_one_off_eur_per_year: FloatArray
    step_fixed_eur_per_year: FloatArray
    step_eur_per_kw_year: FloatArray
    step_transport_eur_per_kwh: FloatArray
    step_contract: tuple[str, ...]
    existing_transport_eur_per_kwh: float
    demand_ids: tuple[str, ...]
    demand_names: tuple[str, ...]
    demand_kinds: tuple[str, ...]
    demand_x_m: FloatArray
    demand_y_m: FloatArray
    demand_kwh: FloatArray
    demand_profile: FloatArray
    demand_min_kw: FloatArray
    demand_reach_km: FloatArray
    pair_demand: IntArray
    pair_site: IntArray
    pair_km: FloatArray
    pair_eur_per_kwh: FloatArray
    price_eur_per_kwh: FloatArray
    unserved_eur_per_kwh: float
    days_per_year: float
    discount_rate: float
    tail_years: int
    base_overload: str = "forbidden"
    day_ids: tuple[str, ...] = ("day",)
    day_share: FloatArray = (1.0,)  # type: ignore[assignment]  # an array from __post_init__ on
    step_available: FloatArray = None  # type: ignore[assignment]
    step_reserved: FloatArray = None  # type: ignore[assignment]
    demand_link: IntArray = None  # type: ignore[assignment]
    storage: Storage | None = None
    upgrades: Upgrades | None = None
    carriers: Carriers | None = None
    budget: Budget | None = None
    coverage: Coverage | None = None
    power_rules: PowerRules | None = None
    impacts: Impacts | None = None

    def __post_init__(self) -> None:
        steps = len(self.step_ids)
        for name, value in (
            ("step_available", np.ones((steps, HOURS * len(self.day_ids)))),
            ("step_reserved", np.zeros(steps)),
            ("demand_link", np.full(len(self.demand_ids), -1)),
        ):
            if getattr(self, name) is None:
                object.__setattr__(self, name, value)
        own_arrays(self)
        object.__setattr__(self, "years", tuple(int(year) for year in self.years))
        from bundling.siting.validate import faults

        raise_if(faults(self))

    def replace(self, **changes: Any) -> SitingProblem:
        """Return a copy with some fields changed; it is validated anew.

        Fields that say nothing (no links, contracts open at all hours) follow the new sizes.
        """
        for name, plain in (("demand_link", -1), ("step_available", 1), ("step_reserved", 0)):
            if name not in changes and (getattr(self, name) == plain).all():
                changes[name] = None
        return replace(self, **changes)

    def to_tables(self) -> dict[str, pd.DataFrame]:
        """Return the problem as data frames, without loss; see `from_tables`."""
        from bundling.siting.frames import to_tables

        return to_tables(self)

    @classmethod
    def from_tables(cls, tables: Mapping[str, pd.DataFrame]) -> SitingProblem:
        """Make a problem of the data frames that `to_tables` gives.

        Raises
        ------
        bundling.InputError
            With every missing table and column, unknown reference and broken rule.
        """
        from bundling.siting.frames import from_tables

        return from_tables(tables)
