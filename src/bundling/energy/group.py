"""A Smart Energy Hub: companies with connections of their own under one group contract.

Every company keeps its connection, prices, battery and PV; the contract is over the sum of what
the companies draw less what they feed in, slot by slot, which is what the grid sees. Energy bills
stay with the companies; power is paid for by the group: its offers replace those of the companies
and their `peak_eur_per_kw`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bundling.certify import Clock
from bundling.energy.check import check
from bundling.energy.duals import dual_bound
from bundling.energy.evaluate import evaluate
from bundling.energy.flows import net_kw
from bundling.energy.lp import ChargingModel, build, scale_of
from bundling.energy.offers import ContractOffer
from bundling.energy.problem import EnergyProblem
from bundling.energy.read import read
from bundling.energy.solution import EnergySolution
from bundling.errors import Fault, ModelMismatch, raise_if
from bundling.mip import LinearModel, solve_model
from bundling.result import Status, Violation

FloatArray = NDArray[np.float64]

_TOLERANCE = 1e-6


@dataclass(frozen=True, eq=False)
class EnergyGroup:
    """Companies, and the group contracts they are offered.

    Attributes
    ----------
    companies
        Their problems, with distinct names and the same slots and typical days.
    offers
        Group contracts, of which exactly one is taken.
    """

    companies: tuple[EnergyProblem, ...]
    offers: tuple[ContractOffer, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "companies", tuple(self.companies))
        object.__setattr__(self, "offers", tuple(self.offers))
        raise_if(_faults(self))

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the companies."""
        return tuple(company.name for company in self.companies)

    def members_under(self, offer: int) -> tuple[EnergyProblem, ...]:
        """Return the companies as they are in the group: power is no longer theirs to pay for."""
        more = self.offers[offer].transport_eur_per_kwh
        return tuple(
            company.replace(
                offers=(),
                peak_eur_per_kw=0.0,
                paid_peak_kw=0.0,
                transport_eur_per_kwh=company.transport_eur_per_kwh + more,
            )
            for company in self.companies
        )

    @property
    def paid_peak_kw(self) -> float:
        """Peak that is paid for anyway: the sum over the companies, kW."""
        return math.fsum(company.paid_peak_kw for company in self.companies)


@dataclass(frozen=True, eq=False)
class GroupPlan:
    """What the group decides.

    Attributes
    ----------
    solutions
        Plan of every company.
    offer, contract_kw
        Number of the group contract, and the power contracted, kW.
    """

    solutions: tuple[EnergySolution, ...]
    offer: int
    contract_kw: float


@dataclass(frozen=True, eq=False)
class GroupAnswer:
    """The cheapest plan of a group; `plan` is None when there is none.

    Attributes
    ----------
    status, plan
        What is known.
    cost_eur, bound_eur
        Cost of the plan, and what no plan can be below.
    """

    status: Status
    plan: GroupPlan | None
    cost_eur: float
    bound_eur: float


def group_net_kw(group: EnergyGroup, plan: GroupPlan) -> FloatArray:
    """Power the group draws, feeding in deducted, kW; shape (T,)."""
    net: FloatArray = np.sum(
        [net_kw(p, s) for p, s in zip(group.companies, plan.solutions, strict=True)], axis=0
    )
    return net


def evaluate_group(group: EnergyGroup, plan: GroupPlan) -> dict[str, float]:
    """Cost of the group by component, EUR: energy and assets of each company, contract, peak."""
    costs = {
        f"company {problem.name}": evaluate(problem, solution).objective
        for problem, solution in zip(group.members_under(plan.offer), plan.solutions, strict=True)
    }
    offer, first = group.offers[plan.offer], group.companies[0]
    net, season = group_net_kw(group, plan), first.slot_season
    peaks = np.array([net[season == g].max() for g in range(season.max() + 1)])
    above = np.maximum(0.0, peaks - group.paid_peak_kw)
    costs["contract"] = offer.fixed_eur + offer.eur_per_kw * plan.contract_kw
    costs["peak"] = offer.peak_eur_per_kw * float(first.season_share @ above)
    return costs


def check_group(group: EnergyGroup, plan: GroupPlan) -> list[Violation]:
    """List every rule the plan breaks: those of each company, and the group contract."""
    broken = [
        Violation(found.rule, f"{problem.name}: {found.where}", found.amount, found.unit)
        for problem, solution in zip(group.members_under(plan.offer), plan.solutions, strict=True)
        for found in check(problem, solution)
    ]
    if broken:
        return broken
    offer, first = group.offers[plan.offer], group.companies[0]
    over = max(plan.contract_kw - offer.max_kw, offer.min_kw - plan.contract_kw)
    if over > _TOLERANCE * max(1.0, plan.contract_kw):
        broken.append(Violation("size of the group offer", offer.name, over, "kW"))
    net, limit = group_net_kw(group, plan), offer.availability * plan.contract_kw
    slack = len(group.companies) * _TOLERANCE * np.maximum(1.0, np.minimum(limit, np.abs(net)))
    broken += [
        Violation("group contract", first.clock(int(t)), float(net[t] - limit[t]), "kW")
        for t in np.flatnonzero(net - limit > slack)
    ]
    return broken


def solve_group(
    group: EnergyGroup, *, time_limit: float = 60.0, gap: float = 1e-4, seed: int = 0
) -> GroupAnswer:
    """Plan all companies together under the cheapest group contract.

    Parameters
    ----------
    group
        Companies and offers.
    time_limit, gap, seed
        As in `bundling.solve`.

    Raises
    ------
    bundling.ModelMismatch
        When the solver's answer and our recomputation differ.
    """
    clock = Clock(time_limit)
    best = GroupAnswer(Status.INFEASIBLE, None, math.inf, math.inf)
    bound, known = math.inf, Status.INFEASIBLE
    for number in range(len(group.offers)):
        left = max(0.05, clock.left / (len(group.offers) - number))
        found = _with_offer(group, number, left, gap, seed)
        if found.status is not Status.INFEASIBLE:
            known = Status.FEASIBLE if found.plan is not None else found.status
            bound = min(bound, found.bound_eur)
        if found.cost_eur < best.cost_eur:
            best = found
    if best.plan is None:
        return GroupAnswer(known, None, math.inf, -math.inf if math.isinf(bound) else bound)
    proved = best.cost_eur - bound <= 1e-6 * abs(best.cost_eur) + 1e-6
    status = Status.OPTIMAL if proved else Status.FEASIBLE
    return GroupAnswer(status, best.plan, best.cost_eur, min(bound, best.cost_eur))


def _with_offer(
    group: EnergyGroup, number: int, time_limit: float, gap: float, seed: int
) -> GroupAnswer:
    offer, model = group.offers[number], LinearModel()
    members = group.members_under(number)
    prices = np.concatenate([p.slot_weight * p.slot_h * p.price_eur_per_kwh for p in members])
    scale = scale_of(np.r_[prices, offer.eur_per_kw, offer.peak_eur_per_kw])
    parts = [build(problem, into=model, scale=scale) for problem in members]
    contract, constant = _add_contract(model, group, parts, offer, scale)
    constant += offer.fixed_eur + math.fsum(part.constant_eur for part in parts)
    outcome = solve_model(model, time_limit=time_limit, gap=gap, seed=seed, step="energy group")
    if outcome.values is None:
        return GroupAnswer(outcome.status, None, math.inf, -math.inf)
    lowest = outcome.bound
    if outcome.row_duals is not None:
        lowest = dual_bound(model, outcome.row_duals)
    values = outcome.values
    plan = GroupPlan(
        tuple(read(p, part, values) for p, part in zip(members, parts, strict=True)),
        number,
        max(0.0, float(values[contract])),
    )
    cost = math.fsum(evaluate_group(group, plan).values())
    claimed = outcome.objective / scale + constant
    broken = check_group(group, plan)
    if broken or abs(claimed - cost) > 1e-4 + 1e-5 * abs(cost):
        raise ModelMismatch(
            f"HiGHS claims {claimed:.6f} EUR for a group of {len(members)}, we find {cost:.6f} "
            f"EUR and {len(broken)} broken rules: {'; '.join(map(str, broken[:5]))}. This is a "
            f"bug in bundling or in the solver; please report it with the input."
        )
    return GroupAnswer(Status.FEASIBLE, plan, cost, lowest / scale + constant)


def _add_contract(
    model: LinearModel,
    group: EnergyGroup,
    parts: list[ChargingModel],
    offer: ContractOffer,
    scale: float,
) -> tuple[int, float]:
    """Add the group contract; return its column and the cost the model leaves out."""
    first = group.companies[0]
    slots, every = first.num_slots, np.arange(first.num_slots)
    base, most, terms = np.zeros(slots), np.zeros(slots), []
    for problem, part in zip(group.companies, parts, strict=True):
        if part.site is None:
            terms.append((every, part.draw, 1.0))
            base = base + problem.base_load_kw
            most = most + problem.base_load_kw + model.upper[part.draw]
        else:
            terms += [(every, part.site.drawn, 1.0), (every, part.site.fed, -1.0)]
            most = most + model.upper[part.site.drawn]
    share = offer.availability
    useful = float((most[share > 0] / share[share > 0]).max(initial=0.0))
    largest = offer.max_kw if offer.eur_per_kw < 0 else min(offer.max_kw, useful)
    contract = model.add_columns(
        "contract",
        1,
        lower=offer.min_kw,
        upper=max(offer.min_kw, largest),
        cost=scale * offer.eur_per_kw,
    )
    model.add_rows("contract", slots, *terms, (every, contract[0], -share), upper=-base)
    if offer.peak_eur_per_kw <= 0:
        return int(contract[0]), 0.0
    peak = model.add_columns(
        "peak",
        first.season_share.size,
        lower=group.paid_peak_kw,
        upper=max(group.paid_peak_kw, float(most.max())),
        cost=scale * offer.peak_eur_per_kw * first.season_share,
    )
    model.add_rows("peak", slots, *terms, (every, peak[first.slot_season], -1.0), upper=-base)
    return int(contract[0]), -offer.peak_eur_per_kw * group.paid_peak_kw


def _faults(group: EnergyGroup) -> list[Fault]:
    faults = []

    def fault(table: str, rows: tuple[str, ...], rule: str, remedy: str) -> None:
        faults.append(Fault(table, "", rows, rule, remedy))

    if not group.companies:
        fault("companies", (), "are none", "Give at least one.")
        return faults
    names = group.names
    twice = tuple(dict.fromkeys(name for name in names if names.count(name) > 1))
    if twice:
        fault("companies", twice, "occur twice", "Give every company its own name.")
    first = group.companies[0]
    for company in group.companies[1:]:
        same = (
            company.num_slots == first.num_slots
            and company.start_s == first.start_s
            and company.slot_s == first.slot_s
            and np.array_equal(company.day_weight, first.day_weight)
            and company.day_season == first.day_season
        )
        if not same:
            rule = f"has other slots or days than {first.name}"
            fault("companies", (company.name,), rule, "Give all companies one calendar.")
    if not group.offers:
        fault("offers", (), "are none", "Give at least one group contract.")
    elif not faults:
        try:
            first.replace(offers=group.offers)
        except ValueError as error:
            faults += list(getattr(error, "faults", ()))
    return faults
