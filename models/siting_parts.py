r"""What a siting problem may have besides: batteries and PV, reinforcements, limits of a board.

The second half of the specification in `bundling.models.siting`, whose sets, parameters and
variables hold here as well.

Sets
----
``J`` typical days, ``H(j)`` their hours; ``U`` reinforcements, ``U(g)`` those of grid node ``g``;
``B`` areas, ``D(b)`` their demand points; ``R`` power rules, ``S(r)`` the sites that count.

Parameters
----------
- ``bat[s]``, ``sun[s]`` room for a battery, kWh, and for panels, kWp; ``lasts`` least hours a
  full battery gives its full power; ``eps`` root of its efficiency once round; ``pv[h]`` kW of a
  kWp. Prices a year of what stands: ``pkwh[y]``, ``pkw[y]``, ``pkwp[y]``; ``wear`` per kWh taken
  out of the battery.
- ``add[u]`` power of a reinforcement, kW; ``more[u,y,h]`` of it what is left for new load once it
  alone has cured the overload of its node; ``first[u]`` the first year in which it can be there;
  ``grid[u]`` its cost a year.
- ``short[g,y]`` base load above the headroom in the worst hour, kW, where that is forbidden; 0
  where it is only reported.
- ``least[s]`` carriers that an open site must sell; existing chargers sell electricity.
- ``money[y]`` budget for what is new, EUR, and prices of building: ``csite[s]``, ``ccharger[c]``,
  ``cstep[i]``, ``ckwh``, ``ckw``, ``ckwp``, ``cgrid[u]``.
- ``share[b,y]`` least share of the energy of an area that is served.
- ``need[r,y]`` power that the sites of a rule must have, kW; ``fast[r]`` smallest charger that
  counts.
- ``t[y]`` calendar years that ``y`` stands for; emissions ``co2`` per kWh from the grid, ``diesel``
  and ``nox`` per kWh not served; ceilings on totals.

Variables
---------
- ``kwh[s,y]``, ``bkw[s,y]``, ``kwp[s,y] >= 0`` battery and panels that stand.
- ``cha[s,y,h]``, ``dis[s,y,h]``, ``lev[s,y,h]``, ``sol[s,y,h] >= 0`` power into and out of the
  battery on the side of the grid, its content after the hour (kWh), power of the panels in use.
- ``up[u,y]`` in {0, 1} a reinforcement is there; ``sold[s,a,y]`` in {0, 1} a carrier is sold.

Equations
---------
(17) cost, y::                     parts[y] = sum_s (pkwh[y] kwh[s,y] + pkw[y] bkw[s,y]
                                       + pkwp[y] kwp[s,y] + n wear sum_h r[h] dis[s,y,h] / eps)
                                       + sum_u grid[u] up[u,y]
(18) added to the load in (4)::    cha[s,y,h] - dis[s,y,h] - sol[s,y,h];  draw >= 0: no feeding in
(19) sizes at open sites, s, y::   kwh[s,y] <= bat[s] sum_k z[s,k,y],
                                   kwp[s,y] <= sun[s] sum_k z[s,k,y],
                                   bkw[s,y] <= kwh[s,y] / lasts
(20) sizes stay, s, y::            kwh[s,y] >= kwh[s,y-1], and so bkw and kwp
(21) battery power, s, y, h::      cha[s,y,h] <= bkw[s,y],  dis[s,y,h] <= bkw[s,y]
(22) content, s, y, h in H(j)::    lev[s,y,h] = lev[s,y,h-1] + eps cha[s,y,h] - dis[s,y,h] / eps,
                                   lev[s,y,h] <= kwh[s,y];  before the first hour of a day: its last
(23) sun, s, y, h::                sol[s,y,h] <= pv[h] kwp[s,y]
(24) added to the room in (13)::   sum_{u in U(g)} more[u,y,h] up[u,y]
(25) reinforcements, u, y::        up[u,y] >= up[u,y-1];  up[u,y] = 0 before first[u]
(26) carriers at a hub, s, y::     sold[s,a,y] <= sum_{c: car[c] = a} N[s,c,y] + [a = 0, old[s] > 0]
                                   sum_a sold[s,a,y] >= least[s] sum_k z[s,k,y]
(27) what stands cost, y::         built[y] = sum_s (csite[s] sum_k z[s,k,y] + ckwh kwh[s,y]
                                       + ckw bkw[s,y] + ckwp kwp[s,y] + sum_i cstep[i] b[s,i,y]
                                       + sum_c ccharger[c] N[s,c,y]) + sum_u cgrid[u] up[u,y]
(28) budget, y::                   built[y] - built[y-1] <= money[y]
(29) coverage, b, y::              sum_{d in D(b)} E[d,y] v[d,y]
                                       <= (1 - share[b,y]) sum_{d in D(b)} E[d,y]
(30) power rule, r, y::            sum_{s in S(r)} (old[s] + sum_{c electric, pow[c] >= fast[r]}
                                       pow[c] N[s,c,y]) >= need[r,y]
(31) ceilings::                    missed = n sum_{d,y} t[y] E[d,y] v[d,y] / 1000 MWh
                                   nox missed kg;  built[last] EUR
                                   diesel missed + co2 n sum_{s,y,h} t[y] r[h] draw[s,y,h] / 1000 t
     each at most its ceiling
(32) overloads cured, g, y::       sum_{u in U(g)} add[u] up[u,y] >= short[g,y]

A battery may charge and discharge in one hour: with losses that only costs money, unless prices
are negative.

References
----------
- Batteries behind a congested connection: see `bundling.models.energy`.
- Power along corridors: Regulation (EU) 2023/1804 (AFIR), articles 3 and 4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from bundling.models.siting_limits import add_limits
from bundling.siting import SitingProblem
from bundling.siting.overloads import forbidden_overload_kw
from bundling.siting.solution import Dispatch

FloatArray = NDArray[np.float64]

_SIZES = {"battery_kwh": "kwh", "battery_kw": "bkw", "pv_kwp": "kwp"}
_HOURLY = {"charge_kw": "cha", "discharge_kw": "dis", "pv_kw": "sol"}


def add_variables(m: Any, problem: SitingProblem) -> None:
    """Add the variables of the parts that `problem` has."""
    if problem.storage is not None:
        for name in _SIZES.values():
            m.add_component(name, pyo.Var(m.S, m.Y, within=pyo.NonNegativeReals))
        for name in (*_HOURLY.values(), "lev"):
            m.add_component(name, pyo.Var(m.S, m.Y, m.H, within=pyo.NonNegativeReals))
    if problem.upgrades is not None:
        m.U = pyo.RangeSet(0, problem.upgrades.size - 1)
        m.up = pyo.Var(m.U, m.Y, within=pyo.Binary)
    if problem.carriers is not None:
        m.A = pyo.RangeSet(0, problem.carriers.size - 1)
        m.sold = pyo.Var(m.S, m.A, m.Y, within=pyo.Binary)


def yearly_cost(m: Any, problem: SitingProblem, y: int) -> Any:
    """Cost of a year of storage and reinforcements (17), EUR."""
    total: Any = 0.0
    store = problem.storage
    if store is not None:
        wear = problem.days_per_year * store.battery_eur_per_kwh_cycled / store.one_way
        hours = problem.hour_weights
        total += sum(
            float(store.battery_eur_per_kwh_year[y]) * m.kwh[s, y]
            + float(store.battery_eur_per_kw_year[y]) * m.bkw[s, y]
            + float(store.pv_eur_per_kwp_year[y]) * m.kwp[s, y]
            + wear * sum(float(hours[h]) * m.dis[s, y, h] for h in m.H)
            for s in m.S
        )
    if problem.upgrades is not None:
        total += sum(float(problem.upgrades.eur_per_year[u]) * m.up[u, y] for u in m.U)
    return total


def battery_and_sun(m: Any, s: int, y: int, h: int) -> Any:
    """Return what battery and panels add to the power a site draws (18), kW."""
    if not hasattr(m, "cha"):
        return 0.0
    return m.cha[s, y, h] - m.dis[s, y, h] - m.sol[s, y, h]


def most_battery_kw(problem: SitingProblem, s: int) -> float:
    """Largest power of a battery at a site."""
    if problem.storage is None:
        return 0.0
    return float(problem.storage.battery_max_kwh[s] / problem.storage.battery_hours)


def reinforced_kw(m: Any, problem: SitingProblem, more: FloatArray, g: int, y: int, h: int) -> Any:
    """Room that reinforcements add to a node (24), kW; `more` is the problem's `upgrade_kw`."""
    if problem.upgrades is None:
        return 0.0
    return sum(float(more[u, y, h]) * m.up[u, y] for u in m.U if problem.upgrades.node[u] == g)


def add_constraints(m: Any, problem: SitingProblem) -> None:
    """Add the equations of the parts that `problem` has."""
    if problem.storage is not None:
        _sizes(m, problem)
        _battery(m, problem)
    if problem.upgrades is not None:
        _reinforcements(m, problem)
    _overloads(m, problem)
    add_limits(m, problem)


def _is_open(m: Any, s: int, y: int) -> Any:
    return sum(m.z[s, k, y] for k in m.K)


def _sizes(m: Any, problem: SitingProblem) -> None:
    store = problem.storage
    assert store is not None

    @m.Constraint(m.S, m.Y)
    def battery_at_open_site(m: Any, s: int, y: int) -> Any:  # (19)
        return m.kwh[s, y] <= float(store.battery_max_kwh[s]) * _is_open(m, s, y)

    @m.Constraint(m.S, m.Y)
    def panels_at_open_site(m: Any, s: int, y: int) -> Any:  # (19)
        return m.kwp[s, y] <= float(store.pv_max_kwp[s]) * _is_open(m, s, y)

    @m.Constraint(m.S, m.Y)
    def power_within_energy(m: Any, s: int, y: int) -> Any:  # (19)
        return store.battery_hours * m.bkw[s, y] <= m.kwh[s, y]

    @m.Constraint(m.S, m.Y, range(len(_SIZES)))
    def sizes_stay(m: Any, s: int, y: int, i: int) -> Any:  # (20)
        size = m.component(list(_SIZES.values())[i])
        return size[s, y] >= size[s, y - 1] if y else pyo.Constraint.Skip


def _battery(m: Any, problem: SitingProblem) -> None:
    store = problem.storage
    assert store is not None
    eps = store.one_way

    @m.Constraint(m.S, m.Y, m.H)
    def charge_power(m: Any, s: int, y: int, h: int) -> Any:  # (21)
        return m.cha[s, y, h] <= m.bkw[s, y]

    @m.Constraint(m.S, m.Y, m.H)
    def discharge_power(m: Any, s: int, y: int, h: int) -> Any:  # (21)
        return m.dis[s, y, h] <= m.bkw[s, y]

    @m.Constraint(m.S, m.Y, m.H)
    def content(m: Any, s: int, y: int, h: int) -> Any:  # (22)
        before = h - 1 if h % 24 else h + 23
        change = eps * m.cha[s, y, h] - m.dis[s, y, h] / eps
        return m.lev[s, y, h] == m.lev[s, y, before] + change

    @m.Constraint(m.S, m.Y, m.H)
    def never_too_full(m: Any, s: int, y: int, h: int) -> Any:  # (22)
        return m.lev[s, y, h] <= m.kwh[s, y]

    @m.Constraint(m.S, m.Y, m.H)
    def sun(m: Any, s: int, y: int, h: int) -> Any:  # (23)
        return m.sol[s, y, h] <= float(store.pv_kw_per_kwp[h]) * m.kwp[s, y]


def _reinforcements(m: Any, problem: SitingProblem) -> None:
    upgrades = problem.upgrades
    assert upgrades is not None

    @m.Constraint(m.U, m.Y)
    def not_before_its_first_year(m: Any, u: int, y: int) -> Any:  # (25)
        return m.up[u, y] <= int(problem.years[y] >= upgrades.first_year[u])

    @m.Constraint(m.U, m.Y)
    def reinforcement_stays(m: Any, u: int, y: int) -> Any:  # (25)
        return m.up[u, y] >= m.up[u, y - 1] if y else pyo.Constraint.Skip


def _overloads(m: Any, problem: SitingProblem) -> None:
    short = forbidden_overload_kw(problem)

    @m.Constraint(m.G, m.Y)
    def overload_cured(m: Any, g: int, y: int) -> Any:  # (32)
        if short[g, y] == 0:
            return pyo.Constraint.Skip
        upgrades = problem.upgrades
        here = [] if upgrades is None else [u for u in m.U if upgrades.node[u] == g]
        if upgrades is None or not here:
            return pyo.Constraint.Infeasible
        return sum(float(upgrades.kw[u]) * m.up[u, y] for u in here) >= float(short[g, y])


def read_upgraded(m: Any, problem: SitingProblem) -> NDArray[np.int64]:
    """Which reinforcements are there in a solved model [U, Y]."""
    found = np.zeros((problem.num_upgrades, problem.num_years), dtype=np.int64)
    if problem.upgrades is not None:
        for u, y in np.ndindex(found.shape):
            found[u, y] = round(pyo.value(m.up[u, y]))
    return found


def read_dispatch(m: Any, problem: SitingProblem) -> Dispatch | None:
    """Batteries and panels in a solved model; None in a problem without."""
    if problem.storage is None:
        return None
    size = (problem.num_sites, problem.num_years)
    values = {}
    for names, shape in ((_SIZES, size), (_HOURLY, (*size, problem.num_hours))):
        for field, name in names.items():
            variable = m.component(name)
            found = np.zeros(shape)
            for place in np.ndindex(shape):
                found[place] = max(0.0, pyo.value(variable[place]))
            values[field] = found
    return Dispatch(**values)
