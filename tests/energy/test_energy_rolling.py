"""A day with forecasts: without errors it is the plan with foresight, with errors it costs more."""

from __future__ import annotations

import numpy as np
import pytest
from energy_cases import night, two_vans

from bundling.energy.assets import Battery, Plugs, Pv
from bundling.energy.check import check
from bundling.energy.offers import firm
from bundling.energy.rolling import ForecastError, roll
from bundling.errors import InputError, SolverError

NO_ERROR = ForecastError(arrival_s=0.0, need_share=0.0, pv_share=0.0, base_share=0.0)


def depot(**changes):
    problem = night(8, shortfall_eur_per_kwh=0.6, peak_eur_per_kw=0.0)
    sun = np.maximum(0.0, np.sin((problem.slot_start_s / 3600 % 24 - 6) / 12 * np.pi))
    return problem.replace(
        offers=(firm(problem, eur_per_kw=0.1, peak_eur_per_kw=0.1),),
        battery=Battery(max_more_kwh=60, max_more_kw=30, eur_per_kwh=0.01, eur_per_kw=0.01),
        pv=Pv(sun, kwp=40),
        feed_in_kw=20.0,
        feed_in_eur_per_kwh=0.02,
        **changes,
    )


def test_without_errors_nothing_is_lost():
    run = roll(two_vans(shortfall_eur_per_kwh=1.0), error=NO_ERROR, every=1)
    assert run.regret_eur == pytest.approx(0.0, abs=1e-6)
    assert run.plans == 4
    site = roll(depot(), error=NO_ERROR, every=16)
    assert site.violations == ()
    assert site.regret_eur == pytest.approx(0.0, abs=2e-3)
    assert site.table()["difference_eur"].sum() == pytest.approx(site.regret_eur)


@pytest.mark.parametrize("seed", [1, 2])
def test_errors_cost_money_but_break_no_rule(seed):
    run = roll(depot(), error=ForecastError(seed=seed), every=8)
    assert run.violations == ()
    assert check(run.problem, run.solution) == []
    assert run.regret_eur >= -1e-4
    assert run.shortfall_kwh >= 0.0
    assert run.plans == 12
    again = roll(depot(), error=ForecastError(seed=seed), every=8)
    assert again.cost_eur == pytest.approx(run.cost_eur)


def test_a_surprise_that_nobody_could_serve():
    # Planned once for the whole day; b comes an hour earlier than it was seen to.
    problem = two_vans(shortfall_eur_per_kwh=1.0)
    run = roll(problem, error=ForecastError(need_share=0.9, seed=4), every=4)
    assert run.shortfall_kwh >= 0
    assert check(problem, run.solution) == []


def test_what_rolling_does_not_take_is_told_at_once():
    problem = two_vans(plugs=Plugs(("p",), 10.0), day_weight=[1, 1], departure_s=[7200, 7200])
    with pytest.raises(InputError) as caught:
        roll(problem, every=0)
    assert [fault.table for fault in caught.value.faults] == [
        "days", "plugs", "settings", "settings",
    ]  # fmt: skip
    with pytest.raises(SolverError, match="no plan with perfect foresight"):
        roll(two_vans(shortfall_eur_per_kwh=1.0, base_load_kw=20.0))
