"""What is short, whose, where and by how much: kWh worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from energy_cases import night, two_vans

import bundling
from bundling.energy.shortage import certain_shortages, least_shortages
from bundling.energy.tables import shortages
from bundling.result import Status


def test_a_stay_that_is_too_short_names_the_vehicle():
    # b has two hours at 10 kW: 20 of its 26 kWh, alone already. a: 20 kWh, no trouble: 24 kWh
    # fit through the connection in slots 0 and 1, 20 for b, and a has slots 2 and 3.
    result = bundling.solve(two_vans(need_kwh=[20, 26]))
    assert result.status is Status.INFEASIBLE
    assert result.solution is None
    assert result.bound == -np.inf
    assert any(
        "Vehicle b: 6.0 of 26.0 kWh missing" in reason and "at most 20.0 kWh at 10 kW" in reason
        for reason in result.reasons
    )
    assert not any("Vehicle a" in reason for reason in result.reasons)
    assert not any("connection is short" in reason for reason in result.reasons)


def test_a_short_connection_is_proved_by_a_cut():
    # Needs 35 + 10 = 45 kWh. In slots 2 and 3 only a is there: 20 kWh. In slots 0 and 1 the
    # connection gives 24 kWh. 45 - 20 - 24 = 1 kWh short; 0.5 kW more in two slots mends it.
    # Shared evenly by need: 35/45 and 10/45 kWh.
    problem = two_vans(need_kwh=[35, 10])
    assert not certain_shortages(problem).certain
    least = least_shortages(problem)
    np.testing.assert_allclose(least.missing_kwh, [35 / 45, 10 / 45], atol=1e-6)
    assert least.cut_slots.tolist() == [True, True, False, False]
    assert least.extra_kw == pytest.approx(0.5)
    result = bundling.solve(problem)
    assert result.status is Status.INFEASIBLE
    cut = next(reason for reason in result.reasons if "connection is short at" in reason)
    for part in ("00:00-02:00", "45.0 kWh", "20.0 kWh outside", "24.0 kWh within", "1.0 kWh short"):
        assert part in cut
    assert "0.5 kW larger" in cut


def test_stay_and_connection_together():
    # b can take 20 of 25 in its stay; the connection is short of (35 + 20) - 20 - 24 = 11 kWh.
    # 11 kWh over 35 + 20 kWh within reach is a fifth: 7 kWh of a, 4 + 5 = 9 kWh of b.
    table = shortages(two_vans(need_kwh=[35, 25])).set_index("vehicle")
    assert table["missing_kwh"].to_dict() == pytest.approx({"a": 7.0, "b": 9.0})
    assert table["missing_stay_kwh"].to_dict() == pytest.approx({"a": 0.0, "b": 5.0})
    assert table["missing_connection_kwh"].to_dict() == pytest.approx({"a": 7.0, "b": 4.0})
    result = bundling.solve(two_vans(need_kwh=[35, 25]))
    assert any("Vehicle b: 9.0 of 25.0 kWh" in reason for reason in result.reasons)


def test_base_load_above_the_connection():
    result = bundling.solve(two_vans(base_load_kw=[0, 13, 12, 0]))
    assert result.status is Status.INFEASIBLE
    assert "at 01:00-02:00; at 01:00 by 1.0 kW (13.0 of 12.0 kW)" in result.reasons[0]
    priced = bundling.solve(two_vans(base_load_kw=[0, 13, 0, 0], shortfall_eur_per_kwh=1.0))
    assert priced.status is Status.INFEASIBLE


def test_a_stay_outside_the_horizon_is_said():
    result = bundling.solve(two_vans(arrival_s=[-7200, 0], departure_s=[0, 7200]))
    assert any("of which 00:00 to 04:00 is planned" in reason for reason in result.reasons)


def test_priced_shortfall_is_reported():
    result = bundling.solve(two_vans(need_kwh=[35, 10], shortfall_eur_per_kwh=1.0))
    # 24 kWh in slots 0 and 1 and 20 in slots 2 and 3: 12 x .3 + 12 x .1 + 10 x .2 + 10 x .1
    # = 7.80, and 1 kWh missing at 1.00.
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(8.8)
    assert result.evaluation.indicators["shortfall_kwh"] == pytest.approx(1.0)
    assert "1.0 kWh of 45.0 kWh is not charged here" in result.reasons[0]
    assert "connection is short at 00:00-02:00" in result.reasons[1]


def test_a_cheap_alternative_is_said_to_be_the_cause():
    # At 0.15 EUR/kWh elsewhere only the slots at 0.10 are used: 12 + 10 kWh; 8 kWh missing.
    result = bundling.solve(two_vans(shortfall_eur_per_kwh=0.15))
    assert result.objective == pytest.approx(2.2 + 8 * 0.15)
    assert "8.0 kWh of it because charging here" in result.reasons[-1]


def test_many_vehicles_short_stay_readable_and_proved():
    problem = night(60, room=0.6)
    result = bundling.solve(problem)
    least = least_shortages(problem)
    assert result.status is Status.INFEASIBLE
    assert len(result.reasons) <= 51
    assert least.missing_kwh.sum() > 0
    assert (least.missing_kwh <= problem.need_kwh + 1e-9).all()
    # The cut proves the least shortfall without any solver.
    tight, short = least.cut_slots, least.cut_vehicles
    outside = problem.slot_h * problem.limit_kw[np.ix_(short, ~tight)].sum()
    inside = problem.slot_h * problem.efficiency * problem.headroom_kw[tight].sum()
    proved = problem.need_kwh[short].sum() - outside - inside
    assert proved == pytest.approx(least.missing_kwh.sum(), rel=1e-5)
    # And the larger connection does mend it, a smaller one does not.
    enough = problem.replace(connection_kw=problem.connection_kw + least.extra_kw + 1e-3)
    assert bundling.solve(enough).status is Status.OPTIMAL
    still = problem.replace(connection_kw=problem.connection_kw + least.extra_kw * 0.98)
    assert bundling.solve(still).status is Status.INFEASIBLE
