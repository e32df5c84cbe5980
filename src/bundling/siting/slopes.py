"""A first plan by slope scaling: linear programs whose prices learn the lumps.

A kilowatt at a site costs what its connection, ground and chargers come to divided by the
kilowatts they serve. That price is not known before the plan is, so it is learnt (dynamic slope
scaling: D. Kim, P. M. Pardalos, "A solution approach to the fixed charge network flow problem
using a dynamic slope scaling procedure", Operations Research Letters 24 (1999) 195-203): solve the
linear program with the prices of the last plan, round its powers up to whole chargers and
connections, take the new prices from that, repeat. Every round gives a whole plan; the best stays.
With fixed prices the years do not touch each other, so each has a linear program of its own.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.mip import solve_model
from bundling.result import Limit
from bundling.siting.milp import EUR_PER_UNIT, Built, build
from bundling.siting.problem import SitingProblem
from bundling.siting.rounding import Asked, Level, Lumps, levels_of, round_site

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ROUNDS = 25
_IDLE_ROUNDS = 6
"""Rounds without a better plan after which the search stops."""
_LEAST_KW = 1e-3


def only_year(problem: SitingProblem, y: int) -> SitingProblem:
    """Return the problem of planning year number `y` alone, in EUR of one year.

    Without what ties years or places together (budgets, coverage, rules, ceilings).
    """
    now = slice(y, y + 1)
    storage = problem.storage
    if storage is not None:
        storage = replace(
            storage,
            battery_eur_per_kwh_year=storage.battery_eur_per_kwh_year[now],
            battery_eur_per_kw_year=storage.battery_eur_per_kw_year[now],
            pv_eur_per_kwp_year=storage.pv_eur_per_kwp_year[now],
        )
    return problem.replace(
        years=problem.years[now],
        headroom_kw=problem.headroom_kw[:, now],
        base_load_kw=problem.base_load_kw[:, now],
        demand_kwh=problem.demand_kwh[:, now],
        tail_years=1,
        base_overload="reported",
        storage=storage,
        budget=None,
        coverage=None,
        power_rules=None,
        impacts=None,
    )


def first_plan(
    problem: SitingProblem,
    clock: Clock,
    seed: int,
    tell: Callable[[float], object] | None = None,
    halt: threading.Event | None = None,
) -> tuple[IntArray, IntArray] | None:
    """Return steps [S, Y] and chargers [S, C, Y] of the best plan found; None without any.

    Parameters
    ----------
    problem
        The problem.
    clock
        Time for all rounds.
    seed
        For HiGHS.
    tell
        Called with the cost of each better plan, EUR.
    halt
        Set when the search should end, and set here on Ctrl-C; the best plan until then comes back.
    """
    halt = halt or threading.Event()
    alone = [_OneYear(only_year(problem, y)) for y in range(problem.num_years)]
    levels = alone[0].levels
    shape = (problem.num_sites, problem.num_years)
    prices = _first_prices(problem, alone)
    transport = np.full(shape, problem.step_transport_eur_per_kwh[0])
    best: list[Lumps | None] | None = None
    best_cost, idle = math.inf, 0
    for _ in range(_ROUNDS):
        peak, kwh, flow_eur = np.zeros(shape), np.zeros(shape), np.zeros(problem.num_years)
        fast = np.zeros((problem.num_sites, len(levels), problem.num_years))
        contract = np.zeros((problem.num_sites, problem.num_steps, problem.num_years))
        for y, one in enumerate(alone):
            found = one.flow(prices[:, y], transport[:, y], clock, seed, halt)
            if not found:
                return _arrays(problem, best)
            peak[:, y], fast[:, :, y], kwh[:, y], flow_eur[y] = one.peak, one.fast, one.kwh, one.eur
            contract[:, :, y] = one.contract
        used = np.maximum(peak, fast.max(axis=1, initial=0.0)) > _LEAST_KW
        lumps = [
            round_site(problem, s, Asked(contract[s], fast[s]), levels, kwh[s])
            if used[s].any()
            else None
            for s in range(problem.num_sites)
        ]
        missing = any(lump is None and used[s].any() for s, lump in enumerate(lumps))
        total = flow_eur.copy()
        for s, lump in enumerate(lumps):
            if lump is None:
                continue
            is_open = lump.step >= 0
            taken = contract[s, lump.step, np.arange(problem.num_years)]
            taken = np.where(is_open, np.minimum(taken, problem.step_max_kw[lump.step]), 0.0)
            power_eur = taken * problem.step_eur_per_kw_year[lump.step]
            per_kwh = np.where(
                is_open,
                problem.step_transport_eur_per_kwh[lump.step],
                problem.existing_transport_eur_per_kwh,
            )
            total += lump.lump_eur + power_eur + per_kwh * kwh[s] * problem.days_per_year
            some = peak[s] > _LEAST_KW
            fixed_eur = lump.lump_eur + power_eur
            prices[s, some] = fixed_eur[some] / peak[s, some]
            transport[s] = per_kwh
        for s, lump in enumerate(lumps):
            if lump is None:
                price = problem.existing_transport_eur_per_kwh
                total += price * kwh[s] * problem.days_per_year
        cost = float(total @ problem.year_weights)
        idle += 1
        if cost < best_cost * (1 - 1e-6) and not missing:
            best, best_cost, idle = lumps, cost, 0
            if tell is not None:
                tell(cost)
        if idle >= _IDLE_ROUNDS or clock.left <= 0 or halt.is_set():
            break
    return _arrays(problem, best)


class _OneYear:
    """The linear program of one year, and what its last solution asks of each site.

    Attributes
    ----------
    classes
        Kinds of demand that need chargers of their own: carrier and least power.
    peak
        New power from the grid [S].
    contract
        Power to contract under each step, ``inf`` where the step gives none when it is needed
        [S, K].
    fast
        Power of chargers for each of `classes` [S, L].
    kwh
        Electricity a day [S].
    """

    def __init__(self, problem: SitingProblem) -> None:
        self.problem = problem
        self.built: Built = build(problem)
        small = self.built.reduced
        self.levels: list[Level] = levels_of(problem, small.group_carrier, small.group_min_kw)
        self.peak = np.zeros(problem.num_sites)
        self.contract = np.zeros((problem.num_sites, problem.num_steps))
        self.fast = np.zeros((problem.num_sites, len(self.levels)))
        self.kwh = np.zeros(problem.num_sites)
        self.eur = 0.0

    def flow(
        self,
        prices: FloatArray,
        transport: FloatArray,
        clock: Clock,
        seed: int,
        halt: threading.Event,
    ) -> bool:
        """Serve the demand at these prices per kW and kWh of each site; False out of time."""
        built, problem, model = self.built, self.problem, self.built.model
        cost = model.cost.copy()
        flows_only = cost.copy()
        for columns in (built.step, built.bought, built.chargers, built.peak, built.moved):
            cost[columns] = 0.0
            flows_only[columns] = 0.0
        flows_only[built.moved_existing] = 0.0
        unit = problem.year_weights[0] / EUR_PER_UNIT
        cost[built.peak] = prices[built.build][:, None, None] * unit
        daily = unit * problem.days_per_year
        cost[built.moved] = transport[built.build][:, None, None] * daily
        relaxed = model.with_bounds(
            model.lower, model.upper, integer=np.zeros(model.num_columns, dtype=bool), cost=cost
        )
        outcome = solve_model(
            relaxed, time_limit=max(clock.left, 0.05), seed=seed, cancelled=halt.is_set
        )
        if outcome.limit is Limit.INTERRUPT:
            halt.set()
        if outcome.values is None:
            return False
        self._read(outcome.values)
        self.eur = float(flows_only @ outcome.values) / unit
        return True

    def _read(self, values: FloatArray) -> None:
        built, problem, small = self.built, self.problem, self.built.reduced
        kwh = np.maximum(values[built.load][:, 0], 0.0)
        hours = small.group_profile[small.load_groups] * kwh[:, None]
        shape = (problem.num_sites, problem.num_hours)
        draw = np.zeros(shape)
        electric = small.electric_loads
        np.add.at(draw, small.load_sites[electric], hours[electric])
        for i, level in enumerate(self.levels):
            groups = (small.group_carrier == level.carrier) & (small.group_min_kw >= level.min_kw)
            mine = groups[small.load_groups]
            part = np.zeros(shape)
            np.add.at(part, small.load_sites[mine], hours[mine])
            existing = problem.existing_kw if level.carrier == 0 else 0.0
            self.fast[:, i] = np.maximum(part.max(axis=1) - existing, 0.0)
        if built.stored is not None:
            draw[built.stored.sites] = np.maximum(values[built.stored.draw][:, 0], 0.0)
        self.kwh = draw @ problem.hour_weights
        new = np.maximum(draw - problem.existing_kw[:, None], 0.0)
        self.peak = new.max(axis=1)
        new = np.where(new > _LEAST_KW, new, 0.0)
        available = problem.step_available
        gives = np.where(available > 0, available, 1.0)
        for k in range(problem.num_steps):
            closed = (available[k] == 0) & (new > 0)
            self.contract[:, k] = np.where(closed.any(axis=1), np.inf, (new / gives[k]).max(axis=1))


def _first_prices(problem: SitingProblem, alone: list[_OneYear]) -> FloatArray:
    """EUR a year per kW at each site as if it were used as much as can be [S, Y]."""
    levels = alone[0].levels
    prices = np.zeros((problem.num_sites, problem.num_years))
    for y, one in enumerate(alone):
        for s in one.built.build:
            need = one.built.reduced.power_kw[s]
            if need[0] <= _LEAST_KW:
                continue
            asked = Asked(
                np.full((problem.num_steps, 1), need[0]),
                np.array([[need[0] if level.carrier == 0 else 0.0] for level in levels]),
            )
            lump = round_site(one.problem, int(s), asked, levels, np.zeros(1))
            if lump is not None:
                per_kw = problem.step_eur_per_kw_year[lump.step[0]]
                prices[s, y] = lump.lump_eur[0] / need[0] + per_kw
    return prices


def _arrays(
    problem: SitingProblem, plan: list[Lumps | None] | None
) -> tuple[IntArray, IntArray] | None:
    if plan is None:
        return None
    shape = (problem.num_sites, problem.num_chargers, problem.num_years)
    step = np.full((problem.num_sites, problem.num_years), -1, dtype=np.int64)
    chargers = np.zeros(shape, dtype=np.int64)
    for s, lump in enumerate(plan):
        if lump is not None:
            step[s], chargers[s] = lump.step, lump.chargers
    return step, chargers
