"""Scheduled service network design: departures and waiting, by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import bundling
from bundling.errors import InputError
from bundling.location import service_network_design
from bundling.models import design
from bundling.models.solve import solve_reference
from bundling.result import Status


def services() -> pd.DataFrame:
    """Zwolle to Deventer at slots 1 and 3, Deventer to Enschede at 4: trucks of 10."""
    return pd.DataFrame(
        {
            "service_id": ["early", "late", "on"],
            "from": ["Zwolle", "Zwolle", "Deventer"],
            "to": ["Deventer", "Deventer", "Enschede"],
            "departure_slot": [1, 3, 4],
            "arrival_slot": [2, 4, 6],
            "capacity": 10.0,
            "fixed_cost": [50.0, 60.0, 40.0],
            "most_vehicles": [1, 1, 2],
        }
    )


def goods(**changes: object) -> pd.DataFrame:
    """6 units from Zwolle at 0 and 7 at 2, all due in Enschede at 7."""
    given = {
        "from": ["Zwolle", "Zwolle"],
        "to": ["Enschede", "Enschede"],
        "release_slot": [0, 2],
        "due_slot": [7, 7],
        "quantity": [6.0, 3.0],
    }
    return pd.DataFrame({**given, **changes})


def test_goods_wait_to_travel_together() -> None:
    # 9 units fit one late truck (60) and one onward (40): 100; two departures cost 50 more.
    result = bundling.solve(service_network_design(services(), goods()), gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(100)
    arcs = result.tables["arcs"].set_index("arc_id")
    assert "early" not in arcs.index
    assert arcs.loc["late", "load"] == pytest.approx(9)


def test_waiting_has_its_price() -> None:
    # Waiting costs 10 a unit and slot. Late: first goods wait 3 slots, second 1: 210; both wait one
    # slot in Enschede from 6 to 7: 90. Early for the first: 1 slot and 2 in Deventer, the same 180,
    # and 50 more. So still 100 + 180 + 30 + 90.
    problem = service_network_design(services(), goods(), holding_cost=10.0)
    assert bundling.solve(problem, gap=0.0).objective == pytest.approx(400)
    # With waiting free in Deventer the early truck saves 120 of the 180 for its 50.
    places = {"Zwolle": 10.0, "Enschede": 10.0}
    problem = service_network_design(services(), goods(), holding_cost=places)
    assert bundling.solve(problem, gap=0.0).objective == pytest.approx(150 + 60 + 30 + 90)


def test_more_goods_take_more_vehicles() -> None:
    # 6 early and 7 late: 13 on two trucks onward.
    problem = service_network_design(services(), goods(quantity=[6.0, 7.0]))
    result = bundling.solve(problem, gap=0.0)
    assert result.objective == pytest.approx(50 + 60 + 2 * 40)
    plan, best = solve_reference(design.build, design.read, problem)
    assert plan is not None
    assert best == pytest.approx(result.objective)


def test_goods_released_too_late_are_named() -> None:
    problem = service_network_design(services(), goods(release_slot=[0, 4]))
    result = bundling.solve(problem)
    assert result.status is Status.INFEASIBLE
    assert "no way leads from Zwolle@4 to Enschede@7" in " ".join(result.reasons)


def test_bad_tables_are_refused() -> None:
    with pytest.raises(InputError, match="2 faults"):
        service_network_design(services().drop(columns="capacity"), goods().drop(columns="to"))
    with pytest.raises(InputError, match="2 faults"):
        service_network_design(
            services().assign(departure_slot=[1.5, 3, 4]), goods(due_slot=[0, 7])
        )
