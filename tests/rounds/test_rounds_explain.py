"""An infeasible problem says which stop, which rule and how much, for all stops at once."""

from __future__ import annotations

import numpy as np
import pytest
from rounds_cases import city_problem, line_problem

from bundling.result import Status
from bundling.rounds.solve import solve

EIGHT = 8 * 3600.0


def reasons(**changes) -> tuple[str, ...]:
    result = solve(line_problem(**changes))
    assert result.status is Status.INFEASIBLE
    assert result.solution is None
    assert result.bound == -np.inf
    return result.reasons


def test_no_vehicle_allowed_names_the_rules() -> None:
    (reason,) = reasons(
        barred=[[0, 1]], bar_rules=("zero-emission zone zone-zwolle on 2030-03-12",)
    )
    assert reason == (
        "stop far: no vehicle at its depot hub may go there: zero-emission zone zone-zwolle on "
        "2030-03-12 bars evan"
    )


def test_too_heavy_and_too_large_together() -> None:
    heavy, large = reasons(delivery_kg=[1200.0, 0.0], pickup_m3=[0.0, 12.5])
    assert heavy.startswith("stop near: 1,200 kg is too heavy")
    assert "200 kg too much" in heavy
    assert large.startswith("stop far: 12.50 m3 is too large")
    assert "2.50 m3 too much" in large


def test_window_cannot_be_met() -> None:
    # The depot opens at 08:00 and far is 20 min away; its window closes at 08:05: 15 min late.
    (reason,) = reasons(depot_open_s=[EIGHT], tw_late_s=[EIGHT + 3600, EIGHT + 300])
    assert "window 08:00-08:05 cannot be met between 08:00 and 24:00 from depot hub" in reason
    assert "hub/evan is 15 min late" in reason


def test_shift_too_short() -> None:
    # far: 20 min out, 10 min there, 20 min back = 50 min; the shift is 40 min.
    (reason,) = reasons(shift_s=[2400.0])
    assert "there and back takes hub/evan 10 min more than its shift of 0.7 h" in reason


def test_out_of_range_says_the_missing_kwh() -> None:
    # far alone takes 20 x (0.2 + 0.06) + 20 x 0.2 = 9.2 kWh; the battery gives 8.
    (reason,) = reasons(usable_kwh=[8.0])
    assert reason == (
        "stop far: out of battery range: there and back takes 9.2 kWh, the battery of hub/evan "
        "gives 8.0 kWh, 1.2 kWh missing"
    )


def test_no_vehicle_at_the_depot() -> None:
    assert reasons(count=[0]) == (
        "stop near: there is no vehicle at its depot hub",
        "stop far: there is no vehicle at its depot hub",
    )


def test_fleet_too_small_by_weight_is_a_proof() -> None:
    (reason,) = reasons(count=[1], capacity_kg=[900.0])
    assert "2 stops (the first is near) need 1,000.0 kg" in reason
    assert "100.0 kg short: 1 x hub/evan" in reason


def test_fleet_too_small_by_time_says_how_many_more() -> None:
    # Both windows are 08:00 sharp, so each stop needs a vehicle of its own; there is one.
    (reason,) = reasons(count=[1], tw_late_s=[EIGHT, EIGHT])
    assert "1 more vehicles are needed (proved), for instance 1 x hub/evan" in reason


def test_a_larger_part_without_a_plan_is_unknown_not_infeasible() -> None:
    # 12 stops at 08:00 sharp with 3 vans: PyVRP finds nothing, which proves nothing.
    problem = city_problem(12, seed=1, fleet=("evan",), count=3, zone_share=0.0).replace(
        tw_early_s=np.full(12, EIGHT), tw_late_s=np.full(12, EIGHT)
    )
    result = solve(problem, max_iterations=100)
    assert result.status is Status.UNKNOWN
    (reason,) = result.reasons
    assert (
        "9 more vehicles are needed (in the best plan found), for instance 9 x hub-0/evan" in reason
    )


def test_a_way_through_another_node_is_not_called_impossible() -> None:
    # The direct road out to far takes 20 h, through near 20 min: far cannot be served alone, yet
    # near-far is the round of 158.88 EUR of test_rounds_check.
    base = line_problem()
    times = base.time_s.copy()
    times[0, 2] = 20 * 3600.0
    result = solve(base.replace(time_s=times))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(158.88)
    # With no way out of far either, enumeration proves what the domain checks could not.
    times[2, 0] = 20 * 3600.0
    result = solve(base.replace(time_s=times))
    assert result.status is Status.INFEASIBLE
    (reason,) = result.reasons
    assert reason.startswith("2 stops could not all be planned (proved)")
