"""A day as it unfolds: plan on forecasts that err, execute the first slots, plan again.

What is known at a moment: the vehicles that have arrived, with their true needs and departures,
and what the battery holds. What is forecast: arrivals and needs of vehicles still to come, PV, and
base load; the nearer, the better, and fully known in the slot that is executed next. Contract and
sizes are decided before the day.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.energy.check import check
from bundling.energy.evaluate import evaluate
from bundling.energy.execute import Day
from bundling.energy.problem import EnergyProblem
from bundling.energy.solution import EnergySolution
from bundling.energy.solve import solve
from bundling.errors import Fault, SolverError, raise_if
from bundling.result import Result, Status, Violation
from bundling.units import SECONDS_PER_HOUR

if TYPE_CHECKING:
    import pandas as pd

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ForecastError:
    """How far forecasts are off; standard deviations at a look-ahead of `full_after_h`.

    Attributes
    ----------
    arrival_s
        Of arrival times, s.
    need_share, pv_share, base_share
        Of needs, PV and base load, as a share of the true value.
    full_after_h
        Look-ahead at which an error has its full size, h; it grows in proportion until then.
    seed
        Seed of the errors; each vehicle and slot keeps its own error through the day.
    """

    arrival_s: float = 1800.0
    need_share: float = 0.15
    pv_share: float = 0.25
    base_share: float = 0.10
    full_after_h: float = 6.0
    seed: int = 0


@dataclass(frozen=True, eq=False)
class RollingRun:
    """What a day with forecasts came to.

    Attributes
    ----------
    problem
        The day as it truly was, with contract and sizes decided.
    solution
        What was done, against the true data.
    foresight
        The plan of someone who knew everything from the start.
    violations
        Rules the day broke; empty unless base load alone went over the connection, or the battery
        had to give what it should hold at the end.
    plans
        How often a plan was made.
    plan_s
        Longest time a plan took, s.
    """

    problem: EnergyProblem
    solution: EnergySolution
    foresight: Result
    violations: tuple[Violation, ...]
    plans: int
    plan_s: float

    @property
    def cost_eur(self) -> float:
        """Cost of the day as it went."""
        return evaluate(self.problem, self.solution).objective

    @property
    def regret_eur(self) -> float:
        """What not knowing cost, against perfect foresight."""
        return self.cost_eur - self.foresight.objective

    @property
    def shortfall_kwh(self) -> float:
        """Energy missing at departure over all vehicles."""
        return float(self.solution.shortfall_kwh.sum())

    def table(self) -> pd.DataFrame:
        """Costs by component: component, rolling_eur, foresight_eur, difference_eur."""
        import pandas as pd

        ours = evaluate(self.problem, self.solution).costs_eur
        assert self.foresight.evaluation is not None
        best = self.foresight.evaluation.costs_eur
        return pd.DataFrame(
            {
                "component": list(ours),
                "rolling_eur": list(ours.values()),
                "foresight_eur": [best[name] for name in ours],
                "difference_eur": [ours[name] - best[name] for name in ours],
            }
        )


def decided(problem: EnergyProblem, solution: EnergySolution) -> EnergyProblem:
    """Return `problem` with contract and sizes as `solution` has them; nothing left to size.

    The contract stays as the one offer there is, bought at the size of `solution`, so that costs
    remain comparable.
    """
    plan = solution.site
    if plan is None:
        return problem
    changes: dict[str, object] = {}
    if plan.offer >= 0:
        offer = problem.offers[plan.offer]
        bought = offer.fixed_eur + offer.eur_per_kw * plan.contract_kw
        kept = dataclasses.replace(
            offer,
            min_kw=0.0,
            max_kw=plan.contract_kw * (1 + 1e-9) + 1e-6,
            eur_per_kw=0.0,
            fixed_eur=bought,
        )
        changes["offers"] = (kept,)
    if problem.battery is not None:
        changes["battery"] = dataclasses.replace(
            problem.battery,
            kwh=problem.battery.kwh + plan.more_kwh,
            kw=problem.battery.kw + plan.more_kw,
            max_more_kwh=0.0,
            max_more_kw=0.0,
            start_kwh=min(float(plan.start_kwh[0]), problem.battery.kwh + plan.more_kwh),
        )
    if problem.pv is not None:
        changes["pv"] = dataclasses.replace(
            problem.pv, kwp=problem.pv.kwp + plan.more_kwp, max_more_kwp=0.0
        )
    return problem.replace(**changes)


def roll(
    problem: EnergyProblem,
    *,
    error: ForecastError | None = None,
    every: int = 4,
    time_limit: float = 300.0,
    seed: int = 0,
) -> RollingRun:
    """Live through the day of `problem` with forecasts.

    Parameters
    ----------
    problem
        The true day, with a price for shortfall. What is left to size, and the contract, are
        first decided with perfect foresight and then fixed for both sides of the comparison.
    error
        How far forecasts are off; None takes the defaults.
    every
        Slots between two plans.
    time_limit
        Wall seconds for the whole run.
    seed
        Of the solver.

    Raises
    ------
    bundling.InputError
        With several typical days, shared plugs, or no price for shortfall, all at once.
    bundling.SolverError
        When a plan is not found, within the time or at all.
    """
    raise_if(_faults(problem, every))
    clock, off = Clock(time_limit), error or ForecastError()
    first = solve(problem, time_limit=clock.left, seed=seed)
    if first.solution is None:
        raise SolverError("no plan with perfect foresight: " + " ".join(first.reasons[:2]))
    truth = decided(problem, first.solution)
    foresight = solve(truth, time_limit=max(0.1, clock.left), seed=seed)
    if foresight.solution is None:
        raise SolverError("no plan with perfect foresight: " + " ".join(foresight.reasons[:2]))
    day, forecast = Day(truth), _Forecast(truth, off)
    longest, plans = 0.0, 0
    for now in range(0, truth.num_slots, every):
        guess = forecast.seen_at(now, day, min(every, truth.num_slots - now))
        plan = solve(guess, time_limit=max(0.1, clock.left), seed=seed)
        if plan.status is Status.INFEASIBLE and guess.battery is not None:
            # Surprises took what the battery must hold at the end; the check tells what is short.
            guess = guess.replace(battery=dataclasses.replace(guess.battery, end_kwh=0.0))
            plan = solve(guess, time_limit=max(0.1, clock.left), seed=seed)
        plans, longest = plans + 1, max(longest, plan.run.wall_s)
        if plan.solution is None:
            at = truth.clock(now)
            raise SolverError(f"no plan at {at}: " + " ".join(plan.reasons[:2]))
        for ahead in range(min(every, truth.num_slots - now)):
            day.execute(now + ahead, plan.solution, ahead)
    solution = day.solution()
    return RollingRun(truth, solution, foresight, tuple(check(truth, solution)), plans, longest)


class _Forecast:
    """What is expected at each moment; every vehicle and slot has an error of its own."""

    def __init__(self, truth: EnergyProblem, off: ForecastError) -> None:
        rng = np.random.default_rng(off.seed)
        self.truth, self.off = truth, off
        self.arrival = off.arrival_s * rng.standard_normal(truth.num_vehicles)
        self.need = off.need_share * rng.standard_normal(truth.num_vehicles)
        # Weather and use come in spells, so errors of slots are smoothed over about two hours.
        spell = max(1, round(2 * SECONDS_PER_HOUR / truth.slot_s))
        kernel = np.ones(spell) / np.sqrt(spell)
        noise = rng.standard_normal((2, truth.num_slots + spell - 1))
        self.pv, self.base = (np.convolve(line, kernel, mode="valid") for line in noise)

    def seen_at(self, now: int, day: Day, executed: int) -> EnergyProblem:
        """Return the rest of the day as it is expected before slot `now`."""
        truth, off = self.truth, self.off
        start_s = truth.start_s + now * truth.slot_s
        full_s = off.full_after_h * SECONDS_PER_HOUR
        # The slots until the next plan are as good as known: meters and gates report them.
        ahead = np.maximum(0, np.arange(truth.num_slots - now) - executed + 1)
        grows = np.minimum(1.0, ahead * truth.slot_s / full_s)
        known = truth.arrival_s < start_s + executed * truth.slot_s
        lead_s = np.maximum(0.0, truth.arrival_s - start_s)
        factor = np.where(known, 0.0, np.minimum(1.0, lead_s / full_s))
        arrival = np.where(
            known, truth.arrival_s, np.maximum(start_s, truth.arrival_s + factor * self.arrival)
        )
        need = np.where(
            known, day.open_kwh, np.maximum(0.0, truth.need_kwh * (1 + factor * self.need))
        )
        need = np.where(truth.departure_s <= start_s, 0.0, need)
        changes: dict[str, object] = {
            "start_s": start_s,
            "arrival_s": np.minimum(arrival, truth.departure_s),
            "need_kwh": need,
            "base_load_kw": np.maximum(
                0.0,
                truth.base_load_kw[now:] * (1 + off.base_share * grows * self.base[now:]),
            ),
            "paid_peak_kw": max(truth.paid_peak_kw, day.peak_kw),
        }
        for name in (
            "price_eur_per_kwh", "connection_kw", "feed_in_eur_per_kwh", "feed_in_kw",
        ):  # fmt: skip
            changes[name] = getattr(truth, name)[now:]
        # A forecast base load above what may be drawn would leave no plan at all.
        most = truth.connection_kw[now:]
        if truth.offers:
            offer = truth.offers[0]
            share = offer.availability[now:]
            changes["offers"] = (dataclasses.replace(offer, availability=share),)
            most = np.minimum(most, share * offer.max_kw)
        expected = np.asarray(changes["base_load_kw"])
        changes["base_load_kw"] = np.minimum(expected, np.maximum(most, truth.base_load_kw[now:]))
        if truth.pv is not None:
            sun = truth.pv.profile_kw_per_kwp[now:]
            guess = np.maximum(0.0, sun * (1 + off.pv_share * grows * self.pv[now:]))
            changes["pv"] = dataclasses.replace(truth.pv, profile_kw_per_kwp=guess)
        if truth.battery is not None:
            end = truth.battery.end_kwh
            changes["battery"] = dataclasses.replace(
                truth.battery,
                start_kwh=day.stored_kwh,
                end_kwh=truth.battery.start_kwh if end is None else end,
            )
        return truth.replace(**changes)


def _faults(problem: EnergyProblem, every: int) -> list[Fault]:
    faults = []

    def fault(table: str, column: str, rule: str, remedy: str) -> None:
        faults.append(Fault(table, column, (), rule, remedy))

    if problem.num_days > 1:
        fault("days", "", f"are {problem.num_days}", "A day unfolds: give one day.")
    if problem.plugs is not None:
        fault("plugs", "", "are shared", "Rolling planning takes a charge point per vehicle.")
    if problem.shortfall_eur_per_kwh is None:
        rule = "is missing"
        fault("settings", "shortfall_eur_per_kwh", rule, "Surprises need a price for missing kWh.")
    if every < 1:
        fault("settings", "every", f"is {every}, below 1", "Give the slots between two plans.")
    return faults
