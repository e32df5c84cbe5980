"""Reasons for energy that stays unserved, in problems with parts."""

from __future__ import annotations

import numpy as np
from siting_hand import two_sites

from bundling.siting import solve
from bundling.siting.carriers import Carriers
from bundling.siting.explain import FLOW, GRID_FULL, NO_ROOM, NO_SITE, PRICE, unserved
from bundling.siting.upgrades import Upgrades

NEAR = {"pair_demand": [0], "pair_site": [0], "pair_km": [0.2], "pair_eur_per_kwh": [0.0]}
TWO = {
    "demand_ids": ("a", "b"), "demand_names": ("A", "B"), "demand_kinds": ("estate",) * 2,
    "demand_x_m": [0.0] * 2, "demand_y_m": [0.0] * 2, "demand_kwh": [[1200.0], [1200.0]],
    "demand_profile": np.full((2, 24), 1 / 24), "demand_min_kw": [0.0] * 2,
    "demand_reach_km": [15.0] * 2,
}  # fmt: skip


def reasons(problem):
    plan = solve(problem, gap=0.0).solution
    return {problem.demand_ids[item.demand]: item.reason for item in unserved(problem, plan)}


def test_a_flow_waits_for_its_stop_without_a_site():
    problem = two_sites(**TWO, **NEAR)
    assert reasons(problem) == {"b": NO_SITE}
    assert reasons(problem.replace(demand_link=[1, 1])) == {"a": FLOW, "b": NO_SITE}


def test_hydrogen_needs_no_room_on_the_grid():
    """The substation is full of A; hydrogen of B has one dispenser too few, or is too dear."""
    values = {
        **TWO, "pair_demand": [0, 1], "pair_site": [0, 0], "pair_km": [0.2] * 2,
        "pair_eur_per_kwh": [0.0] * 2, "demand_kwh": [[2400.0], [1200.0]],
        "charger_ids": ("dc50", "h2"), "charger_kw": [50.0, 40.0],
        "charger_eur_per_year": [1000.0, 1000.0],
    }  # fmt: skip

    def carriers(price):
        return Carriers(("electricity", "hydrogen"), [0.0, price], [0, 1], [0, 1], [1, 1])

    room = two_sites(**values, carriers=carriers(0.3), max_chargers=[2, 0])
    assert reasons(room) == {"a": GRID_FULL, "b": NO_ROOM}
    dear = two_sites(**values, carriers=carriers(1.3))
    assert reasons(dear) == {"a": GRID_FULL, "b": PRICE}


def test_a_chosen_reinforcement_is_room():
    """50 kW and 30 more: 80 kW are taken, and these are what is full; 150 more leave room."""

    def with_cable(kw):
        return two_sites(**NEAR, upgrades=Upgrades(("u",), ("U",), [0], [kw], [2030], [10.0]))

    assert reasons(with_cable(30.0)) == {"demand": GRID_FULL}
    assert reasons(with_cable(150.0)) == {}
    short = with_cable(150.0).replace(charger_kw=[80.0], max_chargers=[1, 0])
    assert reasons(short) == {"demand": NO_ROOM}


def test_hours_of_several_days_are_named():
    busy = np.concatenate([np.zeros(24), np.ones(24)])
    problem = two_sites(
        **NEAR,
        day_ids=("quiet", "busy"),
        day_share=[0.5, 0.5],
        headroom_kw=np.full((2, 1, 48), 50.0),
        base_load_kw=np.zeros((2, 1, 48)),
        demand_profile=busy[None, :] / 12,
        price_eur_per_kwh=np.full(48, 0.1),
        step_available=np.ones((1, 48)),
    )
    [reason] = solve(problem, gap=0.0).reasons
    assert reason.endswith("Near is full, 0.15 MW short at busy 00:00.")
    base = problem.base_load_kw.copy()
    base[1, 0, 30] = 60.0
    [overload] = solve(problem.replace(base_load_kw=base)).reasons
    assert "at busy 06:00 where" in overload
