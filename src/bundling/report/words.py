"""The answers in words: every sentence is filled with numbers of the run, none is invented."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from bundling.report.messages import Messages
from bundling.report.sharing_parts import saved_words
from bundling.result import Bounds, Result, Status

if TYPE_CHECKING:
    from bundling.chain import Step, Study

FAMILIES = ("hubs", "rounds", "energy", "siting")
_WORST = (Status.FAILED, Status.INFEASIBLE, Status.UNKNOWN, Status.FEASIBLE, Status.OPTIMAL)


@dataclass(frozen=True)
class Answer:
    """One family's answer: what was decided, and how good it is.

    Attributes
    ----------
    title, badge, mark
        Heading, status in words, and its colour: ``"good"``, ``"warn"`` or ``"bad"``.
    paragraphs
        Sentences.
    points
        Reasons, each a line.
    """

    title: str
    badge: str
    mark: str
    paragraphs: tuple[str, ...]
    points: tuple[str, ...] = ()


def quality(
    m: Messages, results: Sequence[Result], write: Callable[[float], str] | None = None
) -> tuple[str, str]:
    """Status of `results` taken together, in words, and its colour.

    Objectives and bounds of parts that were solved one by one may be added, so the distance from
    the best possible is that of the sums. It is given over the bound ("at most x % above the best
    possible") and rounded up, never down. `write` writes an amount; euros by default.
    """
    write = m.money if write is None else write
    worst = min((result.status for result in results), key=_WORST.index)
    if worst is Status.OPTIMAL:
        return m("quality.optimal"), "good"
    if worst is not Status.FEASIBLE:
        return m(f"quality.{worst}"), "bad"
    bounds = Bounds(
        math.fsum(result.objective for result in results),
        sum(result.bound for result in results),
    )
    if math.isinf(bounds.bound):
        return m("quality.no_bound"), "warn"
    if bounds.bound <= 0 < bounds.objective:
        return m("quality.weak_bound", bound=write(bounds.bound)), "warn"
    above = (bounds.objective - bounds.bound) / bounds.bound if bounds.bound else 0.0
    decimals = 1 if above >= 0.001 else 3
    rounded_up = math.ceil(above * 100 * 10**decimals - 1e-9) / 10**decimals / 100
    return m("quality.gap", gap=m.percent(rounded_up, decimals)), "warn"


def answers(m: Messages, study: Study, names: Mapping[str, str]) -> list[Answer]:
    """One answer a family that ran, in the order of the chain."""
    found = []
    for family in FAMILIES:
        steps = study.of(family)
        if steps:
            found.append(_answer(m, family, steps, study, names))
    return found


def answer(m: Messages, result: Result) -> Answer:
    """Put the answer of a single result in words."""
    badge, mark = quality(m, [result])
    sentences = _WORDS[result.family](m, [result], {}) if result.solution is not None else []
    title = m(f"family.{result.family}")
    return Answer(title, badge, mark, (*sentences, effort(m, [result])), result.reasons)


def family_words(
    m: Messages, family: str, results: Sequence[Result], names: Mapping[str, str]
) -> list[str]:
    """Put in words what the solved results of one family decide."""
    return _WORDS[family](m, results, names)


def _answer(
    m: Messages, family: str, steps: Sequence[Step], study: Study, names: Mapping[str, str]
) -> Answer:
    results = [step.result for step in steps]
    solved = [result for result in results if result.solution is not None]
    badge, mark = quality(m, results)
    sentences = _WORDS[family](m, solved, names) if solved else [m("answer.nothing")]
    if len(solved) < len(results):
        unsolved = [step.name for step in steps if step.result.solution is None]
        sentences.append(m("answer.unsolved", names=m.names(unsolved)))
    if family == "hubs" and study.sharing is not None and study.sharing.alone_eur.sum() > 0:
        sentences.append(saved_words(m, study.sharing))
    points = [
        reason if len(steps) == 1 else f"{step.name}: {reason}"
        for step in steps
        for reason in step.result.reasons
    ]
    return Answer(
        m(f"family.{family}"), badge, mark, (*sentences, effort(m, results)), tuple(points)
    )


def effort(m: Messages, results: Sequence[Result]) -> str:
    """How hard it was checked and which limit ended the search."""
    text = m(
        "answer.checked",
        checks=m.number(sum(result.run.checks for result in results)),
        violations=m.number(sum(len(result.violations) for result in results)),
        seconds=m.seconds(sum(result.run.wall_s for result in results)),
    )
    limits = sorted({str(result.limit) for result in results} - {"none"})
    if limits:
        text += " " + m("answer.limit", limit=m.names([m(f"limit.{name}") for name in limits]))
    return text


def total(results: Sequence[Result], indicator: str) -> float:
    """Sum of an indicator over results; ``nan`` when none of them has it."""
    found = [
        result.evaluation.indicators[indicator]
        for result in results
        if result.evaluation is not None and indicator in result.evaluation.indicators
    ]
    return math.fsum(found) if found else math.nan


def cost(results: Sequence[Result]) -> float:
    """Sum of the objectives of the results that have a solution."""
    return math.fsum(result.objective for result in results if result.solution is not None)


def _hubs(m: Messages, results: Sequence[Result], names: Mapping[str, str]) -> list[str]:
    problem, solution = results[0].problem, results[0].solution
    opened = [problem.hub_ids[hub] for hub in solution.open_hubs]
    figures = {
        "candidates": m.number(len(problem.hub_ids)),
        "cost": m.money(cost(results)),
        "km": m.number(total(results, "vehicle_km")),
        "trips": m.number(total(results, "vehicles")),
        "co2e": m.number(total(results, "co2e_kg")),
    }
    spent = m("answer.hubs.cost", **figures)
    if not opened:
        return [m("answer.hubs.none", **figures), spent]
    kg = float(problem.shipment_kg.sum())
    via = int((np.asarray(solution.route) >= 0).sum())
    decided = m(
        "answer.hubs" if len(opened) > 1 else "answer.hubs.one",
        open=m.number(len(opened)),
        names=m.names([names.get(hub, hub) for hub in opened], 6),
        via=m.number(via),
        total=m.number(problem.num_shipments),
        share=m.percent(total(results, "kg_via_hub") / kg if kg else 0.0, 0),
        **figures,
    )
    return [decided, spent]


def _rounds(m: Messages, results: Sequence[Result], _names: Mapping[str, str]) -> list[str]:
    depots = {
        problem.depot_ids[problem.vehicle_depot[problem.vehicle_index[route.vehicle]]]
        for problem, solution in ((result.problem, result.solution) for result in results)
        for route in solution.routes
    }
    decided = m(
        "answer.rounds",
        rounds=m.number(total(results, "rounds")),
        stops=m.number(total(results, "stops_served")),
        depots=m.number(len(depots)),
        km=m.number(total(results, "vehicle_km")),
        hours=m.compact(total(results, "hours")),
        cost=m.money(cost(results)),
        co2e=m.number(total(results, "co2e_kg")),
        kwh=m.number(total(results, "kwh")),
    )
    sentences = [decided]
    charges = total(results, "charges")
    if charges > 0:
        kwh = m.compact(total(results, "charged_kwh"))
        sentences.append(m("answer.rounds.charging", charges=m.number(charges), kwh=kwh))
    missing = total(results, "stops_left_out")
    if missing > 0:
        sentences.append(m("answer.rounds.left_out", stops=m.number(missing)))
    return sentences


def _energy(m: Messages, results: Sequence[Result], names: Mapping[str, str]) -> list[str]:
    used = [use_of_connection(result) for result in results]
    tightest = int(np.argmax(used))
    problem = results[tightest].problem
    decided = m(
        "answer.energy",
        depots=m.number(len(results)),
        vehicles=m.number(total(results, "vehicles")),
        kwh=m.number(total(results, "kwh_grid")),
        cost=m.money(cost(results)),
        where=names.get(problem.name, problem.name),
        use=m.percent(used[tightest], 0),
        peak=m.compact(total([results[tightest]], "peak_kw")),
    )
    missing = total(results, "shortfall_kwh")
    if missing > 0.05:
        short = m.number(total(results, "vehicles_short"))
        return [decided, m("answer.energy.short", kwh=m.compact(missing), vehicles=short)]
    return [decided, m("answer.energy.enough")]


def use_of_connection(result: Result) -> float:
    """Largest share of the connection that is in use at any moment."""
    from bundling.energy.evaluate import grid_kw

    problem = result.problem
    draw = grid_kw(problem, result.solution) + problem.base_load_kw
    limit = np.asarray(problem.connection_kw)
    share = np.divide(draw, limit, out=np.zeros_like(draw), where=limit > 0)
    return float(share.max(initial=0.0))


def _siting(m: Messages, results: Sequence[Result], names: Mapping[str, str]) -> list[str]:
    first, last = results[0].problem.years[0], results[0].problem.years[-1]
    chosen = [
        names.get(results[0].problem.site_ids[site], results[0].problem.site_names[site])
        for site in np.flatnonzero(np.asarray(results[0].solution.step)[:, -1] >= 0)
    ]
    asked = total(results, f"asked_kwh_per_day_{last}")
    unserved = total(results, f"unserved_kwh_per_day_{last}")
    values = {
        "first": str(first),
        "last": str(last),
        "sites_first": m.number(total(results, f"sites_opened_{first}")),
        "sites": m.number(total(results, f"sites_opened_{last}")),
        "chargers": m.number(total(results, f"chargers_{last}")),
        "power": m.compact(total(results, f"installed_kw_{last}") / 1000),
        "asked": m.compact(asked / 1000),
        "unserved": m.percent(unserved / asked if asked > 0 else 0.0),
        "names": m.names(chosen, 6),
        "cost": m.money(cost(results)),
    }
    code = "answer.siting" if first != last else "answer.siting.one_year"
    decided = m(code if chosen else "answer.siting.none", **values)
    return [decided, m("answer.siting.cost", **values)]


_WORDS: dict[str, Callable[[Messages, Sequence[Result], Mapping[str, str]], list[str]]] = {
    "hubs": _hubs,
    "rounds": _rounds,
    "energy": _energy,
    "siting": _siting,
}
