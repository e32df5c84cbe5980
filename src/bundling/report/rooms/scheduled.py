"""The page of a day of departures: flows, vehicles, hubs by the hour, shippers, emissions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bundling.hubs.scheduled.loads import handled, moves_of
from bundling.report.barchart import Bar, bar_chart
from bundling.report.chart import Chart
from bundling.report.hourchart import Hours, hour_chart
from bundling.report.kpis import Kpi
from bundling.report.proof import proof
from bundling.report.rooms.closings import closing_section
from bundling.report.rooms.parts import MODES, cost_kpi, made, money_and_figures, share_of, shown
from bundling.report.rooms.scheduled_frames import amount_word, full_places, modes_of_plan
from bundling.report.rooms.scheduled_frames import for_people as for_people
from bundling.report.rooms.told import Asked, Told
from bundling.report.section import Section

_HUBS_DRAWN = 6
"""Hubs with a colour of their own in the chart by the hour."""
_VEHICLES_DRAWN = 12


def tell(asked: Asked) -> Told:
    """Tell how the day goes."""
    m = asked.m
    words = {mode: m.word(mode) for mode in MODES}
    return Told(
        kpis=_kpis(asked),
        paragraphs=tuple(_answer(asked, words)),
        points=tuple(full_places(m, asked.result)),
        sections=tuple(_sections(asked)),
        names=words,
    )


def _kpis(asked: Asked) -> tuple[Kpi, ...]:
    m, result = asked.m, asked.result
    figures = result.evaluation.indicators if result.evaluation else {}
    problem = result.problem
    moved = np.bincount(result.solution.move_shipment, minlength=problem.num_shipments) > 1
    load = problem.shipment_load[:, 0]
    return (
        cost_kpi(m, result, "kpi.day_cost"),
        Kpi(
            m("kpi.through_hubs"),
            m.percent(share_of(float(load[moved].sum()), float(load.sum())), 0),
            m(
                "kpi.through_hubs.note",
                open=m.number(figures["hubs_open"]),
                hubs=m.number(problem.num_hubs),
            ),
        ),
        Kpi(
            m("kpi.trips"),
            m.number(figures["trips"]),
            m("kpi.trips.note", rate=m.percent(figures["load_rate"], 0)),
        ),
        Kpi(
            m("kpi.day_co2e"),
            f"{m.number(figures['co2e_kg'])} kg",
            m("kpi.day_co2e.note", nox=m.compact(figures["nox_kg"])),
        ),
    )


def _answer(asked: Asked, words: dict[str, str]) -> list[str]:
    m, result = asked.m, asked.result
    problem, figures = result.problem, result.evaluation.indicators if result.evaluation else {}
    at_hub = handled(problem, result.solution)
    opened = [problem.hub_ids[h] for h in np.flatnonzero(at_hub.any(axis=1))]
    through = int(figures["shipments_through_hubs"])
    said = [
        m(
            "answer.scheduled" if opened else "answer.scheduled.none",
            via=m.number(through),
            total=m.number(problem.num_shipments),
            open=m.number(len(opened)),
            hubs=m.number(problem.num_hubs),
            names=m.names(opened, 6),
        )
    ]
    by_mode = modes_of_plan(problem, result.solution)
    if by_mode:
        parts = [
            m("answer.scheduled.mode", mode=words.get(mode, mode), load=amount_word(m, problem, x))
            for mode, x in sorted(by_mode.items(), key=lambda pair: -pair[1])
        ]
        said.append(m("answer.scheduled.modes", parts=m.names(parts, 6)))
    said.append(
        m(
            "answer.scheduled.cost",
            cost=m.money(result.objective),
            trips=m.number(figures["trips"]),
            km=m.number(figures["vehicle_km"]),
            empty=m.percent(share_of(figures["empty_km"], figures["vehicle_km"]), 0),
            zone=m.number(figures["trips_into_zone"]),
        )
    )
    said.append(proof(m, result))
    return said


def _sections(asked: Asked) -> list[Section]:
    m = asked.m
    found = [
        Section(
            "departures", m("room.departures"), m("room.departures.lead"),
            tables=shown(asked, ("departures", "sailings", "empty_trips")),
        ),
        Section(
            "vehicles", m("room.vehicles"), m("room.vehicles.lead"),
            charts=_load_rates(asked), tables=shown(asked, ("vehicles",)),
        ),
        Section(
            "hubs", m("room.hubs"), m("room.hubs.lead"), charts=_hours(asked),
            tables=(made(asked, "hubs"),), more=shown(asked, ("hub_hours",)),
        ),
    ]  # fmt: skip
    closing = closing_section(asked)
    if closing is not None:
        found.append(closing)
    found += [
        Section(
            "shippers", m("room.shippers"), m("room.shippers.lead", by=_shared_by(asked)),
            tables=shown(asked, ("shippers",)), more=shown(asked, ("flows",)),
        ),
        Section(
            "emissions", m("room.emissions"), m("room.emissions.lead"),
            tables=shown(asked, ("emissions",)),
        ),
        Section("costs", m("room.costs"), m("room.costs.lead"), tables=money_and_figures(asked)),
    ]  # fmt: skip
    return found


def _shared_by(asked: Asked) -> str:
    """Name what emissions are shared by: weight, or the resource that stands for it."""
    resources = asked.result.problem.resource_ids
    return asked.m("room.shippers.weight") if "kg" in resources else str(resources[0])


def _load_rates(asked: Asked) -> Sequence[Chart]:
    m, frame = asked.m, asked.tables["vehicles"]
    used = frame[frame["trips"] > 0].head(_VEHICLES_DRAWN)
    if used.empty:
        return ()
    rows = [
        Bar(
            str(row["vehicle_id"]),
            (float(row["load_rate"]),),
            m("chart.trips", n=m.number(row["trips"])),
        )
        for row in used.to_dict("records")
    ]
    return (bar_chart(m("chart.load_rate"), rows, write=lambda x: m.percent(x, 0)),)


def _hours(asked: Asked) -> Sequence[Chart]:
    """Hub use by the hour; the busiest hubs have a colour of their own, the others one together."""
    m, result = asked.m, asked.result
    problem, solution = result.problem, result.solution
    moves = moves_of(problem, solution)
    before = np.flatnonzero(~moves.is_last)
    if not before.size:
        return ()
    hub = problem.hub_at[moves.end[before]]
    load = problem.shipment_load[solution.move_shipment[before], 0]
    hours = int(np.ceil(problem.num_slots * problem.slot_s / 3600.0))
    amounts = np.zeros((2, problem.num_hubs, hours))
    for way, slot in ((0, moves.arrive_slot[before]), (1, moves.depart_slot[before + 1])):
        hour = np.minimum(hours - 1, (slot * problem.slot_s // 3600.0).astype(np.int64))
        np.add.at(amounts[way], (hub, hour), load)
    order = np.argsort(-amounts.sum(axis=(0, 2)), kind="stable")
    order = order[amounts[:, order].sum(axis=(0, 2)) > 0]
    series = [Hours(problem.hub_ids[h], amounts[0, h], amounts[1, h]) for h in order[:_HUBS_DRAWN]]
    rest = order[_HUBS_DRAWN:]
    if rest.size:
        label = m("chart.other_hubs", n=m.number(rest.size))
        series.append(Hours(label, amounts[0, rest].sum(axis=0), amounts[1, rest].sum(axis=0)))
    unit = problem.resource_ids[0]
    return (
        hour_chart(
            m("chart.hub_hours"), series,
            up=m("chart.arrives", unit=unit), down=m("chart.leaves", unit=unit),
            write=lambda x: m.compact(x),
        ),
    )  # fmt: skip
