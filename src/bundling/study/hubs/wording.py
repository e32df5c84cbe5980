"""The study in sentences: filled with numbers of its results, none is invented."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from bundling.hubs.break_even import BreakEven
from bundling.hubs.trials import NOT, PAYS
from bundling.report.messages import Messages
from bundling.report.proof import proof, small
from bundling.report.rooms.closings import closing_words
from bundling.report.sharing_parts import answer_words
from bundling.report.words import Answer, effort, family_words, quality
from bundling.result import Status

if TYPE_CHECKING:
    from bundling.study.hubs.study import HubsStudy

METHOD = "shapley"
"""Split that the page works out; all others stand in a table."""
_CENT, _HALF_KG = 0.005, 0.5


def answers(m: Messages, study: HubsStudy, names: Mapping[str, str]) -> list[Answer]:
    """One answer a question of a board."""
    badge, mark = quality(m, [study.together])
    if study.together.solution is None:
        said = (m("answer.nothing"), effort(m, [study.together]))
        return [Answer(m("hs.pays"), badge, mark, said, study.together.reasons)]
    found = [
        Answer(
            m("hs.pays"),
            badge,
            mark,
            (*pays_words(m, study, names), proof(m, study.together), effort(m, [study.together])),
            study.direct.reasons if study.direct and study.direct.solution is None else (),
        ),
        _plain(m("hs.worth"), hub_words(m, study, names)),
        _plain(m("hs.break"), break_words(m, study)),
        _plain(m("hs.gains"), gains_words(m, study, names)),
    ]
    if study.direct is not None and study.direct.solution is not None:
        found.append(_plain(m("hs.emissions"), emission_words(m, study)))
    return found


def _plain(title: str, said: Iterator[str]) -> Answer:
    return Answer(title, "", "", tuple(said))


def saving_bracket(study: HubsStudy) -> tuple[float, float, float]:
    """Give the saving of bundling: least proved, of the plans found, most proved (EUR a day)."""
    assert study.direct is not None
    together, direct = study.together, study.direct
    # A plan without hubs is a plan with them, so that saving nothing is always possible.
    low = max(0.0, direct.bound - together.objective)
    return low, direct.objective - together.objective, direct.objective - together.bound


def pays_words(m: Messages, study: HubsStudy, names: Mapping[str, str]) -> Iterator[str]:
    """Say what the plan does, and what it saves against a day without any hub."""
    yield from family_words(m, "hubs", [study.together], names)
    direct = study.direct
    if direct is None:
        yield m("hs.direct.left_out", why=left_out(m, study, "direct"))
    elif direct.status is Status.INFEASIBLE:
        yield m("hs.direct.infeasible")
    elif direct.solution is None:
        yield m("hs.direct.unknown")
    else:
        low, saving, high = saving_bracket(study)
        both = Status.OPTIMAL is direct.status is study.together.status
        code = (
            "worse" if saving < -_CENT else
            "none" if high <= _CENT or (both and saving <= _CENT) else
            "exact" if both else
            "proved" if low > _CENT else
            "open"
        )  # fmt: skip
        if code == "open":
            code += ".unknown" if not math.isfinite(high) else ".equal" if saving <= _CENT else ""
        yield m(
            f"hs.saving.{code}",
            direct=m.money(direct.objective),
            saving=small(m, abs(saving)),
            share=m.percent(abs(saving) / direct.objective if direct.objective > 0 else 0.0),
            low=small(m, low),
            high=small(m, high),
        )


def hub_words(m: Messages, study: HubsStudy, names: Mapping[str, str]) -> Iterator[str]:
    """Say what each open hub is worth, and which stay closed."""
    problem = study.together.problem
    if problem.num_hubs == 0:
        yield m("hs.no_candidates")
        return
    opened = set(study.together.solution.open_hubs.tolist())
    closed = [names.get(h, h) for k, h in enumerate(problem.hub_ids) if k not in opened]
    yield from closing_words(m, study.closings, dict(names))
    if "closing" in study.left_out and study.left_out["closing"] != "no_hub":
        yield left_out(m, study, "closing")
    elif len(study.closings) < len(opened):
        done = {closing.hub_id for closing in study.closings}
        rest = [problem.hub_ids[k] for k in sorted(opened) if problem.hub_ids[k] not in done]
        yield m("hs.closing.rest", hubs=m.names([names.get(h, h) for h in rest], 6))
    if closed:
        yield m("hs.closed" if opened else "hs.closed.all", hubs=m.names(closed, 6))


def break_words(m: Messages, study: HubsStudy) -> Iterator[str]:
    """Say from or up to which price, rent and volume bundling pays."""
    if study.together.problem.num_hubs == 0:
        yield m("hs.no_candidates")
    for of, found in study.breaks.items():
        yield break_word(m, of, found)
    if "break_even" in study.left_out:
        yield left_out(m, study, "break_even")
    if study.breaks:
        least = max(found.least_eur for found in study.breaks.values())
        yield m("hs.break.least", eur=small(m, least), now=_now(m, study))


def _now(m: Messages, study: HubsStudy) -> str:
    problem = study.together.problem
    price, rent = problem.hub_handling_eur_per_m3, problem.hub_rent_eur
    return m(
        "hs.break.now",
        price=_span(m, "handling", float(price.min()), float(price.max())),
        rent=_span(m, "rent", float(rent.min()), float(rent.max())),
    )


def _span(m: Messages, of: str, low: float, high: float) -> str:
    if high - low <= _CENT:
        return amount(m, of, high)
    return m("study.between", low=amount(m, of, low), high=amount(m, of, high))


def break_word(m: Messages, of: str, found: BreakEven) -> str:
    """Say one break-even, or why there is none."""
    what = m(f"hs.break.of.{of}")
    first, last = found.trials[0].value, found.trials[-1].value
    values = {"of": what, "first": amount(m, of, first), "last": amount(m, of, last)}
    low, high = amount(m, of, found.low), amount(m, of, found.high)
    if found.found:
        code = "hs.break.up_to" if found.pays_below else "hs.break.from"
        said = m(code, low=low, high=high, **values)
        return said + (" " + m("hs.break.again") if found.changes > 1 else "")
    verdicts = {trial.verdict for trial in found.trials}
    if verdicts == {PAYS}:
        return m("hs.break.all", **values)
    if verdicts == {NOT}:
        return m("hs.break.none", **values)
    if math.isfinite(found.low):
        return m("hs.break.known_low", low=low, **values)
    if math.isfinite(found.high):
        return m("hs.break.known_high", high=high, **values)
    return m("hs.break.open", **values)


def amount(m: Messages, of: str, value: float) -> str:
    """Write a value of what is varied, with its unit."""
    if not math.isfinite(value):
        return "–"
    if of == "volume":
        return m("hs.amount.volume", times=m.compact(value))
    decimals = 2 if of == "handling" else 0
    return m(f"hs.amount.{of}", eur=m.money(value, decimals))


def gains_words(m: Messages, study: HubsStudy, names: Mapping[str, str]) -> Iterator[str]:
    """Say who gains, and whether anybody would leave."""
    if study.sharing is None:
        yield left_out(m, study, "sharing")
    else:
        yield from answer_words(m, study.sharing, METHOD, names)


def emission_words(m: Messages, study: HubsStudy) -> Iterator[str]:
    """Say what the plan with hubs emits against the one without."""
    rows = {str(row["figure"]): row for row in study.tables["comparison"].to_dict("records")}
    co2e, nox, km, zone = (rows[k] for k in ("co2e_kg", "nox_g", "vehicle_km", "zone_trips"))
    less = co2e["difference"]
    yield m(
        f"hs.emissions.{'equal' if abs(less) < _HALF_KG else 'less' if less < 0 else 'more'}",
        co2e=m.number(abs(co2e["difference"])),
        share=m.percent(abs(co2e["difference_share"])),
        before=m.number(co2e["without_hubs"]),
        now=m.number(co2e["with_hubs"]),
        nox=m.number(nox["without_hubs"]),
        nox_now=m.number(nox["with_hubs"]),
    )
    yield m(
        "hs.emissions.km",
        km=m.number(km["without_hubs"]),
        km_now=m.number(km["with_hubs"]),
        zone=m.number(zone["without_hubs"]),
        zone_now=m.number(zone["with_hubs"]),
    )
    yield m("hs.emissions.caveat")


def left_out(m: Messages, study: HubsStudy, part: str) -> str:
    """Say why a part is missing."""
    why = study.left_out[part]
    players = len(set(np.array(study.together.problem.shipper_player)))
    return m(f"hs.left.{why}", players=m.number(players), fault=study.faults.get(part, ""))
