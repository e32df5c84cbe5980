"""Key figures for the top of the study's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bundling.report.kpis import Kpi
from bundling.report.messages import Messages
from bundling.report.words import quality
from bundling.study.hubs.wording import amount, saving_bracket

if TYPE_CHECKING:
    from bundling.hubs.break_even import BreakEven
    from bundling.study.hubs.study import HubsStudy

_CENT, _HALF_KG = 0.005, 0.5
_CLOSE = 0.05
"""Part of the prices looked at within which a break-even price is given as one number."""


def kpis(m: Messages, study: HubsStudy) -> list[Kpi]:
    """Cost, saving, hubs, CO2e and break-even price; a dash for what is not there."""
    result = study.together
    if result.solution is None or result.evaluation is None:
        return [Kpi(m("kpi.day_cost"), "–", m("kpi.nothing"))]
    figures = result.evaluation.indicators
    found = [
        Kpi(m("kpi.day_cost"), m.money(result.objective), quality(m, [result])[0]),
        _saving(m, study),
        Kpi(
            m("hs.kpi.hubs"),
            m.number(figures["hubs_open"]),
            m("hs.kpi.hubs.note", hubs=m.number(result.problem.num_hubs)),
        ),
        _co2e(m, study),
    ]
    price = study.breaks.get("handling")
    if price is not None:
        found.append(_price(m, price))
    return found


def _price(m: Messages, found: BreakEven) -> Kpi:
    """Give the break-even price: its middle where it is known closely, else what is known of it."""
    label = m("hs.kpi.price")
    if not found.found:
        return Kpi(label, "–", m("hs.kpi.price.none"))
    low, high = (amount(m, "handling", value) for value in (found.low, found.high))
    note = m("hs.kpi.price.note", low=low, high=high)
    if found.high - found.low > _CLOSE * found.trials[-1].value:
        return Kpi(label, m("leaves.open"), note)
    return Kpi(label, m.money((found.low + found.high) / 2.0, 2), note)


def _saving(m: Messages, study: HubsStudy) -> Kpi:
    label = m("hs.kpi.saving")
    if study.direct is None or study.direct.solution is None:
        return Kpi(label, "–", m("hs.kpi.saving.nothing"))
    low, saving, high = saving_bracket(study)
    share = saving / study.direct.objective if study.direct.objective > 0 else 0.0
    code = "hs.kpi.saving.note" if low > _CENT or high <= _CENT else "hs.kpi.saving.open"
    return Kpi(label, m.money(saving), m(code, share=m.percent(share)))


def _co2e(m: Messages, study: HubsStudy) -> Kpi:
    assert study.together.evaluation is not None
    kg = study.together.evaluation.indicators["co2e_kg"]
    value = f"{m.number(kg)} kg"
    if study.direct is None or study.direct.evaluation is None:
        return Kpi(m("kpi.day_co2e"), value, "")
    before = study.direct.evaluation.indicators["co2e_kg"]
    code = "hs.kpi.co2e.less" if kg < before else "hs.kpi.co2e.more"
    if abs(kg - before) < _HALF_KG:
        code = "hs.kpi.co2e.equal"
    part = abs(before - kg) / before if before > 0 else 0.0
    return Kpi(m("kpi.day_co2e"), value, m(code, share=m.percent(part)))
