"""Hubs by hour and floor, own hubs, the cap on CO2e and prices beside cost: by hand and twin."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scheduled_cases import FOREVER, barge, corridor, crowd, limited_day
from test_scheduled_check import by_barge, rules

import bundling
from bundling import InputError, Status
from bundling.hubs.scheduled import ScheduledProblem, check, count_checks
from bundling.hubs.scheduled.bound import shared_bound
from bundling.hubs.scheduled.loads import hub_arrivals
from bundling.hubs.scheduled.shares import cost_shares
from bundling.hubs.scheduled.stock import hub_stock
from bundling.models import scheduled_hubs
from bundling.models.solve import solve_reference


def optimum(problem: ScheduledProblem) -> float:
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.violations == ()
    return result.objective


@pytest.mark.parametrize(
    ("change", "eur"),
    [
        # One van to the hub at 02:00 with 9 kg: 18 + 44 + 4.5 + 5. a1 alone has 6 kg.
        ({"hub_hour_capacity": [[9.0]]}, 71.5),
        # Two vans, an hour apart, one van on: 36 + 44 + 4.5 + 5.
        ({"hub_hour_capacity": [[6.0]]}, 89.5),
        # a1 must go direct, and a2 goes along: as apart, 112.
        ({"hub_hour_capacity": [[5.9]]}, 112.0),
        ({"hub_floor_capacity": [[9.0]]}, 71.5),
        # They may not stand there together, so no van takes both on.
        ({"hub_floor_capacity": [[8.9]]}, 112.0),
        # Without a2 the hub is of no use.
        ({"hub_owner": ["own"], "hub_shippers": [[True, False, True]]}, 112.0),
        # Dee sends from the hub's own town and is not handled there: nothing changes.
        ({"hub_owner": ["own"], "hub_shippers": [[True, True, False]]}, 71.5),
        ({"hub_owner": ["white label"]}, 71.5),
        # 110 km: EUR 0.10 a km; 2 g a km of NOx at EUR 100 a kg; one trip into the zone.
        ({"driven_eur_per_km": 0.1}, 82.5),
        ({"nox_eur_per_kg": 100.0}, 93.5),
        ({"zone_eur_per_trip": 7.0}, 78.5),
    ],
)
def test_what_each_limit_and_price_does(change: dict[str, Any], eur: float) -> None:
    problem = corridor(vehicle_capacity=[[13.0]], **change)
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(eur)
    assert cost_shares(problem, result.solution).sum() == pytest.approx(eur)
    assert shared_bound(problem, lambda: False) <= eur + 1e-6


def test_a_cap_between_the_cheap_and_the_clean_plan() -> None:
    # By barge: 2 x 15 km at 0.5 kg and 9 kg for the vessel, 24 kg; with a charter of 80 EUR the
    # vans are cheaper, 71.5 EUR and 55 kg.
    problem = barge(vehicle_capacity=[[13.0]], sailing_eur=[80.0])
    assert optimum(problem) == pytest.approx(71.5)
    assert optimum(problem.replace(co2e_cap_kg=55.0)) == pytest.approx(71.5)
    assert optimum(problem.replace(co2e_cap_kg=54.9)) == pytest.approx(120.5)
    assert optimum(problem.replace(co2e_cap_kg=24.0)) == pytest.approx(120.5)
    result = bundling.solve(problem.replace(co2e_cap_kg=23.0), time_limit=10.0)
    assert result.status is Status.INFEASIBLE
    assert "the cap is 23.0 kg CO2e" in result.reasons[0]
    assert "the least found for a plan is 24.0 kg, and none has less than 24.0" in result.reasons[0]


def test_the_cap_is_not_blamed_where_there_is_no_plan_at_all() -> None:
    late = barge(shipment_due_slot=[3, 3, 3], co2e_cap_kg=10.0)
    result = bundling.solve(late, time_limit=10.0)
    assert result.status is Status.INFEASIBLE
    assert "cap" not in " ".join(result.reasons)


def test_the_search_alone_keeps_the_cap() -> None:
    """Without HiGHS: the price of CO2e is raised until the barge is taken."""
    from bundling.certify import Clock
    from bundling.hubs.scheduled.capped import CappedSearch

    problem = barge(vehicle_capacity=[[13.0]], sailing_eur=[80.0], co2e_cap_kg=30.0)
    found = CappedSearch(problem, 0).run(Clock(60.0), lambda _: True, by_steps=True)
    assert found.solution is not None
    assert check(problem, found.solution) == []
    assert found.cost_eur == pytest.approx(120.5)


def test_the_search_keeps_hours_and_floors_of_a_crowd() -> None:
    from bundling.certify import Clock
    from bundling.hubs.scheduled.search import Search

    problem = crowd(40).replace(
        hub_hour_capacity=[[12.0]], hub_floor_capacity=[[15.0]], shipment_direct=np.ones(40)
    )
    found = Search(problem, 0).run(Clock(60.0), lambda _: True, by_steps=True)
    assert found.solution is not None
    assert check(problem, found.solution) == []


@pytest.mark.parametrize(
    ("rule", "data"),
    [
        ("hub capacity by hour", {"hub_hour_capacity": [[8.9]]}),
        ("hub floor", {"hub_floor_capacity": [[8.9]]}),
        ("shipper may use the hub", {"hub_owner": ["own"], "hub_shippers": [[True, False, True]]}),
        ("emission cap", {"co2e_cap_kg": 23.9}),
    ],
)
def test_each_broken_limit_is_seen(rule: str, data: dict[str, Any]) -> None:
    assert rules(barge(**data), by_barge()) == [rule]


def test_limits_are_counted() -> None:
    plain = count_checks(barge(), by_barge())
    limited = barge(hub_hour_capacity=[[9.0]], hub_floor_capacity=[[9.0]], co2e_cap_kg=24.0)
    # 12 hours, 12 slots, one cap
    assert count_checks(limited, by_barge()) == plain + 12 + 12 + 1
    assert check(limited, by_barge()) == []


@pytest.mark.parametrize(
    ("table", "column", "change"),
    [
        ("hubs", "hour_capacity", {"hub_hour_capacity": [[-1.0]]}),
        ("hubs", "floor_capacity", {"hub_floor_capacity": [[math.nan]]}),
        ("hubs", "owner", {"hub_owner": ["municipal"]}),
        ("hubs", "shippers", {"hub_shippers": [[True, False, True]]}),
        ("hubs", "shippers", {"hub_owner": ["own"], "hub_shippers": [[False, False, False]]}),
        ("settings", "co2e_cap_kg", {"co2e_cap_kg": -1.0}),
        ("settings", "nox_eur_per_kg", {"nox_eur_per_kg": -1.0}),
        ("settings", "driven_eur_per_km", {"driven_eur_per_km": math.nan}),
        ("settings", "zone_eur_per_trip", {"zone_eur_per_trip": -0.1}),
        ("sailing_locks", "sailing", {"passage_sailing": [1], "passage_lock": ["Eefde"],
                                      "passage_slot": [-1]}),
        ("sailing_locks", "slot", {"passage_sailing": [0], "passage_lock": ["Eefde"],
                                   "passage_slot": [9]}),
        ("sailing_locks", "lock", {"passage_sailing": [0], "passage_slot": [5]}),
    ],
)  # fmt: skip
def test_bad_limits_are_refused(table: str, column: str, change: dict[str, Any]) -> None:
    with pytest.raises(InputError) as error:
        barge(**change)
    assert (table, column) in {(fault.table, fault.column) for fault in error.value.faults}


def test_limits_survive_the_tables() -> None:
    whole = limited_day(3)
    problem = whole.replace(
        shipment_split=np.ones(whole.num_shipments), shipment_whole=whole.shipment_ids
    )
    again = ScheduledProblem.from_tables(problem.to_tables())
    for name in problem.__dataclass_fields__:
        given, back = getattr(problem, name), getattr(again, name)
        assert np.array_equal(given, back) if isinstance(given, np.ndarray) else given == back


def test_link_tables_tell_their_faults() -> None:
    import pandas as pd

    tables = barge().to_tables()
    tables["hub_shippers"] = pd.DataFrame({"hub": ["hub Deventer"], "shipper": ["Zed"]})
    tables["sailing_locks"] = pd.DataFrame({"sailing": ["boat"]})
    with pytest.raises(InputError) as error:
        ScheduledProblem.from_tables(tables)
    told = {(fault.table, fault.column) for fault in error.value.faults}
    assert {("hub_shippers", "shipper"), ("sailing_locks", "lock")} <= told


def squeezed(problem: ScheduledProblem, kind: int) -> ScheduledProblem:
    """Cut off the best plan: by its CO2e, its busiest hour at a hub, or its fullest floor."""
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    assert result.evaluation is not None
    if kind == 0 or not result.evaluation.indicators["hubs_open"]:
        return problem.replace(co2e_cap_kg=result.evaluation.indicators["co2e_kg"] - 0.5)
    if kind == 1:
        busiest = hub_arrivals(problem, result.solution).max(axis=1)
        return problem.replace(hub_hour_capacity=np.where(busiest > 0, busiest - 0.5, FOREVER))
    fullest = hub_stock(problem, result.solution).max(axis=1)
    return problem.replace(hub_floor_capacity=np.where(fullest > 0, fullest - 0.5, FOREVER))


@pytest.mark.parametrize("seed", [0, 2, 4, 9, 11, 14, 15, 16, 20, 22, 25, 30, 44, 47])
def test_same_optimum_with_limits_or_both_infeasible(seed: int) -> None:
    problem = squeezed(limited_day(seed), seed % 3)
    solution, objective = solve_reference(scheduled_hubs.build, scheduled_hubs.read, problem)
    result = bundling.solve(problem, time_limit=60.0, gap=0.0)
    if solution is None:
        assert result.status is Status.INFEASIBLE
        return
    assert check(problem, solution) == []
    assert bundling.evaluate(problem, solution).objective == pytest.approx(objective, abs=1e-6)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(objective, abs=1e-5)
    assert shared_bound(problem, lambda: False) <= objective + 1e-5
