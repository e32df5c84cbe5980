"""Five key figures for the top of the page and of the workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bundling.report.messages import Messages
from bundling.report.sharing_parts import saving_is_sure
from bundling.report.words import FAMILIES, cost, quality, total
from bundling.result import Result

if TYPE_CHECKING:
    from bundling.chain import Study


@dataclass(frozen=True)
class Kpi:
    """A key figure: label, value with unit, and what to hold it against."""

    label: str
    value: str
    note: str


def kpis(m: Messages, study: Study) -> list[Kpi]:
    """Five key figures, one a family and the emissions; a family without an answer shows a dash."""
    solved = {
        family: [step.result for step in study.of(family) if step.result.solution is not None]
        for family in FAMILIES
    }
    return [
        _kpi_hubs(m, solved["hubs"], study.sharing),
        _kpi_rounds(m, solved["rounds"]),
        _kpi_emissions(m, solved["rounds"]),
        _kpi_energy(m, solved["energy"]),
        _kpi_siting(m, solved["siting"]),
    ]


def _kpi_hubs(m: Messages, results: Sequence[Result], sharing: Any) -> Kpi:
    label = m("kpi.hubs")
    if not results:
        return Kpi(label, "–", m("kpi.nothing"))
    note = m("kpi.hubs.note", hubs=m.number(total(results, "hubs_open")))
    if sharing is not None and saving_is_sure(sharing):
        share = m.percent(1.0 - sharing.total_eur / float(sharing.alone_eur.sum()))
        note = m("kpi.hubs.saving", share=share, hubs=m.number(total(results, "hubs_open")))
    return Kpi(label, m.money(cost(results)), note)


def _kpi_rounds(m: Messages, results: Sequence[Result]) -> Kpi:
    label = m("kpi.rounds")
    if not results:
        return Kpi(label, "–", m("kpi.nothing"))
    note = m(
        "kpi.rounds.note",
        stops=m.number(total(results, "stops_served")),
        km=m.number(total(results, "vehicle_km")),
    )
    return Kpi(label, m.number(total(results, "rounds")), note)


def _kpi_emissions(m: Messages, results: Sequence[Result]) -> Kpi:
    label = m("kpi.co2e")
    if not results:
        return Kpi(label, "–", m("kpi.nothing"))
    nox = m.compact(total(results, "nox_g"))
    co2e = m.number(total(results, "co2e_kg"))
    return Kpi(label, f"{co2e} kg", m("kpi.co2e.note", nox=nox))


def _kpi_energy(m: Messages, results: Sequence[Result]) -> Kpi:
    label = m("kpi.energy")
    if not results:
        return Kpi(label, "–", m("kpi.nothing"))
    missing = total(results, "shortfall_kwh")
    code = "kpi.energy.short" if missing > 0.05 else "kpi.energy.note"
    note = m(
        code,
        kwh=m.number(total(results, "kwh_grid")),
        depots=m.number(len(results)),
        missing=m.compact(missing),
    )
    peak = max(total([result], "peak_kw") for result in results)
    return Kpi(label, f"{m.compact(peak)} kW", note)


def _kpi_siting(m: Messages, results: Sequence[Result]) -> Kpi:
    if not results:
        return Kpi(m("kpi.siting", year=""), "–", m("kpi.nothing"))
    year = results[0].problem.years[-1]
    asked = total(results, f"asked_kwh_per_day_{year}")
    unserved = total(results, f"unserved_kwh_per_day_{year}")
    note = m(
        "kpi.siting.note",
        power=m.compact(total(results, f"installed_kw_{year}") / 1000),
        sites=m.number(total(results, f"sites_opened_{year}")),
        unserved=m.percent(unserved / asked if asked > 0 else 0.0),
    )
    value = m.number(total(results, f"chargers_{year}"))
    return Kpi(m("kpi.siting", year=str(year)), value, note)


def result_kpis(m: Messages, result: Result) -> list[Kpi]:
    """Cost with its bound, status, and checks of a single result."""
    badge, _ = quality(m, [result])
    bound = m.money(result.bound)
    return [
        Kpi(m("kpi.objective"), m.money(result.objective), m("kpi.bound", bound=bound)),
        Kpi(m("kpi.status"), m.word(result.status), badge),
        Kpi(
            m("kpi.checks"),
            m.number(result.run.checks),
            m("kpi.violations", n=m.number(len(result.violations))),
        ),
    ]
