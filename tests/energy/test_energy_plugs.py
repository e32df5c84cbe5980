"""Plugs that vehicles share: who sits where, worked out by hand, and the laws."""

from __future__ import annotations

import numpy as np
import pytest
from energy_cases import night, two_vans
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import bundling
from bundling.energy.assets import Plugs
from bundling.energy.check import check
from bundling.energy.plug_model import plugs_bind
from bundling.result import Status


def vans(plugs: Plugs, **changes):
    """Two vans that are both there for all four hours; price 0.10 EUR/kWh, no limit."""
    data = {
        "departure_s": [4 * 3600] * 2,
        "need_kwh": [20, 10],
        "price_eur_per_kwh": [0.1] * 4,
        "connection_kw": np.inf,
        "shortfall_eur_per_kwh": 1.0,
        "plugs": plugs,
    }
    return two_vans(**(data | changes))


def test_one_plug_for_a_whole_stay_serves_the_larger_need():
    # Both stay all night, so one of them has no plug: b's 10 kWh go missing, 20 kWh at 0.10.
    result = bundling.solve(vans(Plugs(("p",), 10.0)))
    assert result.status is Status.OPTIMAL
    assert result.objective == pytest.approx(2.0 + 10.0)
    assert result.solution.seats.plug.tolist() == [0, -1]
    assert result.solution.shortfall_kwh.tolist() == pytest.approx([0, 10])


def test_one_plug_in_sessions_serves_both():
    # 20 kWh and 10 kWh at 10 kW: two hours and one hour.
    result = bundling.solve(vans(Plugs(("p",), 10.0, "session")))
    assert result.objective == pytest.approx(3.0)
    assert check(result.problem, result.solution) == []
    table = result.tables["plugs"]
    assert table["plug"].tolist() == ["p", "p"]
    assert sorted(table["kwh"]) == pytest.approx([10, 20])
    # With 12 hours of need for four hours of plug the cheapest to lose is lost: 8 kWh at 1.00.
    more = bundling.solve(vans(Plugs(("p",), 10.0, "session"), need_kwh=[28, 20]))
    assert more.objective == pytest.approx(40 * 0.1 + 8 * 1.0)


def test_a_session_is_unbroken():
    # Cheap hours 0 and 3 only, one van of 20 kWh. A session over all four hours may pause in
    # between, but then the plug is taken all night: b (10 kWh) goes without.
    problem = vans(
        Plugs(("p",), 10.0, "session"), price_eur_per_kwh=[0.1, 0.5, 0.5, 0.1],
        shortfall_eur_per_kwh=2.0,
    )  # fmt: skip
    result = bundling.solve(problem)
    # a in hours 0 and 1 (1 + 5), b in hour 3 (1): 7.0.
    assert result.objective == pytest.approx(7.0)


def test_the_strong_plug_goes_to_who_needs_it():
    # a needs 20 kWh in its two hours, b 10 in two: 10 kW for a and 5 kW for b will do.
    problem = vans(Plugs(("weak", "strong"), [5.0, 10.0]), departure_s=[7200, 7200])
    result = bundling.solve(problem)
    assert result.objective == pytest.approx(3.0)
    assert result.solution.seats.plug.tolist() == [1, 0]


def test_enough_equal_plugs_are_the_linear_model():
    plugs = Plugs(tuple(f"p{k}" for k in range(30)), 50.0)
    problem = night(30)
    shared = problem.replace(plugs=plugs)
    assert not plugs_bind(shared)
    result = bundling.solve(shared)
    assert result.objective == pytest.approx(bundling.solve(problem).objective)
    assert (result.solution.seats.plug >= 0).all()
    assert "LP" in result.run.method


def test_short_of_plugs_in_words():
    result = bundling.solve(vans(Plugs(("p",), 10.0), shortfall_eur_per_kwh=None))
    assert result.status is Status.INFEASIBLE
    assert "10.0 kWh of 30.0 kWh cannot be charged" in result.reasons[0]
    assert "With a plug for every vehicle it would be 0.0 kWh short." in result.reasons
    assert "Vehicle b: 10.0 of 10.0 kWh missing." in result.reasons


def test_no_plugs_at_all():
    result = bundling.solve(vans(Plugs((), [])))
    assert result.objective == pytest.approx(30.0)
    assert result.solution.seats.plug.tolist() == [-1, -1]


def test_a_night_on_few_plugs_keeps_its_limit():
    plugs = Plugs(tuple("abcdef"), [50.0] * 4 + [22.0] * 2, "session")
    problem = night(14, plugs=plugs, charger_kw=np.inf, shortfall_eur_per_kwh=0.5)
    result = bundling.solve(problem, time_limit=6.0, gap=0.02)
    assert result.solution is not None
    assert result.run.wall_s < 9.0
    assert result.bound > 0
    free = bundling.solve(problem.replace(plugs=None, charger_kw=50.0))
    assert free.objective <= result.objective + 1e-6


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
@given(st.integers(0, 100), st.sampled_from(["stay", "session"]), st.sampled_from([5.0, 10.0]))
def test_one_more_plug_never_costs_more(seed, rule, kw):
    rng = np.random.default_rng(seed)
    arrival = rng.integers(0, 3, 4) * 3600.0
    problem = vans(
        Plugs(("p",), 10.0, rule), vehicle_ids=tuple("abcd"), arrival_s=arrival,
        departure_s=arrival + rng.integers(1, 3, 4) * 3600.0, need_kwh=rng.integers(1, 20, 4),
        charge_kw=10.0, price_eur_per_kwh=rng.random(4),
    )  # fmt: skip
    more = problem.replace(plugs=Plugs(("p", "q"), [10.0, kw], rule))
    assert bundling.solve(more, gap=0.0).objective <= (
        bundling.solve(problem, gap=0.0).objective + 1e-6
    )
