"""Random parts on top of a random siting problem: days, contracts, storage, limits, carriers."""

from __future__ import annotations

import numpy as np

from bundling.siting import SitingProblem
from bundling.siting.carriers import Carriers
from bundling.siting.limits import Budget, Coverage, Impacts, PowerRules
from bundling.siting.storage import Storage
from bundling.siting.upgrades import Upgrades

PARTS = (
    "days",
    "contracts",
    "storage",
    "upgrades",
    "carriers",
    "links",
    "budget",
    "coverage",
    "power_rules",
    "impacts",
)


def two_days(problem: SitingProblem) -> SitingProblem:
    """A working day and a quieter Sunday, with more room on the grid and cheaper noons."""
    week, sunday = 6 / 7, 1 / 7
    profile = problem.demand_profile
    return problem.replace(
        day_ids=("working day", "sunday"),
        day_share=[week, sunday],
        headroom_kw=np.concatenate([problem.headroom_kw, 1.2 * problem.headroom_kw], axis=2),
        base_load_kw=np.concatenate([problem.base_load_kw, 0.5 * problem.base_load_kw], axis=2),
        demand_profile=np.concatenate([profile * 0.95 / week, profile * 0.05 / sunday], axis=1),
        price_eur_per_kwh=np.concatenate(
            [problem.price_eur_per_kwh, problem.price_eur_per_kwh - 0.04]
        ),
        step_available=np.ones((problem.num_steps, 48)),
    )


def with_contracts(problem: SitingProblem) -> SitingProblem:
    """Each connection also with a cheaper contract that closes in the evening peak."""
    hours = np.arange(problem.num_hours) % 24
    open_hours = np.where((hours >= 16) & (hours < 20), 0.0, 1.0)
    open_hours[hours == 7] = 0.5

    def twice(values: object) -> np.ndarray:
        return np.repeat(np.asarray(values, dtype=float), 2)

    count = problem.num_steps
    return problem.replace(
        step_ids=tuple(f"{name}-{form}" for name in problem.step_ids for form in ("fix", "block")),
        step_max_kw=twice(problem.step_max_kw),
        step_one_off_eur_per_year=twice(problem.step_one_off_eur_per_year),
        step_fixed_eur_per_year=twice(problem.step_fixed_eur_per_year),
        step_eur_per_kw_year=twice(problem.step_eur_per_kw_year) * np.tile([1.0, 0.5], count),
        step_transport_eur_per_kwh=twice(problem.step_transport_eur_per_kwh),
        step_contract=("firm", "time-block") * count,
        step_available=np.tile(np.stack([np.ones_like(open_hours), open_hours]), (count, 1)),
        step_reserved=np.tile([1.0, 0.0], count),
    )


def with_parts(problem: SitingProblem, parts: tuple[str, ...], seed: int = 0) -> SitingProblem:
    """Add the named parts, with numbers drawn from the seed."""
    rng = np.random.default_rng(seed)
    if "days" in parts:
        problem = two_days(problem)
    if "contracts" in parts:
        problem = with_contracts(problem)
    sites, years, demands = problem.num_sites, problem.num_years, problem.num_demands
    changes: dict[str, object] = {}
    if "storage" in parts:
        sun = np.maximum(0.0, np.sin((np.arange(problem.num_hours) % 24 - 6) / 12 * np.pi))
        changes["storage"] = Storage(
            battery_max_kwh=rng.choice([0.0, 400.0, 2000.0], sites),
            battery_eur_per_kwh_year=np.full(years, rng.uniform(5, 30)),
            battery_eur_per_kw_year=np.full(years, rng.uniform(5, 30)),
            pv_max_kwp=rng.choice([0.0, 300.0], sites),
            pv_eur_per_kwp_year=np.full(years, rng.uniform(30, 80)),
            pv_kw_per_kwp=0.6 * sun,
            battery_hours=2.0,
            battery_eur_per_kwh_cycled=0.01,
        )
    if "upgrades" in parts:
        changes["upgrades"] = Upgrades(
            ids=("more-1", "more-0"),
            names=("Second transformer", "New feeder"),
            node=[1, 0],
            kw=rng.uniform(500, 3000, 2),
            first_year=[problem.years[0], problem.years[-1]],
            eur_per_year=rng.uniform(1000, 20_000, 2),
        )
    if "carriers" in parts:
        chargers = problem.num_chargers
        carrier = np.zeros(chargers, dtype=int)
        if chargers > 1:
            carrier[0] = 1
        changes["carriers"] = Carriers(
            ids=("electricity", "hydrogen"),
            eur_per_kwh=[0.0, 0.3],
            charger=carrier,
            demand=rng.integers(0, 2, demands) if chargers > 1 else np.zeros(demands, dtype=int),
            site_min=rng.integers(1, 3, sites) if chargers > 1 else np.ones(sites, dtype=int),
        )
    if "links" in parts and demands > 1:
        link = np.full(demands, -1)
        link[:2] = 7
        changes["demand_link"] = link
    if "budget" in parts or "impacts" in parts:
        changes["budget"] = Budget(
            eur=rng.uniform(50_000, 600_000, years) if "budget" in parts else [np.inf] * years,
            site_eur=rng.uniform(10_000, 50_000, sites),
            charger_eur=problem.charger_kw * 300,
            step_eur=problem.step_max_kw * 40,
            upgrade_eur=np.full(2 if "upgrades" in parts else 0, 100_000.0),
            battery_eur_per_kwh=200.0,
            battery_eur_per_kw=100.0,
            pv_eur_per_kwp=700.0,
        )
    if "coverage" in parts:
        changes["coverage"] = Coverage(
            area_ids=("west", "east"),
            demand_area=rng.integers(-1, 2, demands),
            min_share=np.full((2, years), rng.uniform(0.0, 0.3)),
        )
    if "power_rules" in parts:
        changes["power_rules"] = PowerRules(
            ids=("corridor",),
            member=[rng.random(sites) < 0.7],
            min_kw=[np.linspace(0.0, 300.0, years)],
            min_charger_kw=[problem.charger_kw.max()],
        )
    if "impacts" in parts:
        asked = float(problem.demand_kwh.sum(axis=0) @ problem.calendar_years)
        asked_mwh = asked * problem.days_per_year / 1000
        changes["impacts"] = Impacts(
            grid_co2e_kg_per_kwh=0.2,
            diesel_co2e_kg_per_kwh=0.9,
            diesel_nox_g_per_kwh=2.0,
            max_unserved_mwh=rng.uniform(0.7, 1.0) * asked_mwh,
            max_nox_kg=2.0 * asked_mwh,
            max_co2e_t=0.9 * asked_mwh,
            max_capital_eur=rng.uniform(3e5, 3e6),
        )
    return problem.replace(**changes)
