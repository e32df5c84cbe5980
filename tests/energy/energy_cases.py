"""Charging problems for the tests of `bundling.energy`: worked by hand, and drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from bundling.energy import EnergyProblem
from bundling.energy.assets import Battery, Plugs, Pv
from bundling.energy.offers import ContractOffer


def two_vans(**changes: Any) -> EnergyProblem:
    """Two vans, four slots of one hour from midnight, a connection of 12 kW, no losses.

    ======  =======  =====  =====  =====
    slot    0        1      2      3
    ======  =======  =====  =====  =====
    price   0.30     0.10   0.20   0.10   EUR/kWh
    a       parked   x      x      x      needs 20 kWh, 10 kW
    b       parked   x                    needs 10 kWh, 10 kW
    ======  =======  =====  =====  =====

    b wants slot 1 (0.10) for all its 10 kWh; so a finds 2 kW left there, takes 10 in slot 3
    (0.10) and the last 8 in slot 2 (0.20). Cost: (12 + 10) x 0.10 + 8 x 0.20 = 3.80 EUR.
    """
    data: dict[str, Any] = {
        "vehicle_ids": ("a", "b"),
        "arrival_s": [0, 0],
        "departure_s": [4 * 3600, 2 * 3600],
        "need_kwh": [20, 10],
        "charge_kw": [10, 10],
        "charger_kw": np.inf,
        "price_eur_per_kwh": [0.30, 0.10, 0.20, 0.10],
        "connection_kw": 12.0,
        "base_load_kw": 0.0,
        "efficiency": 1.0,
        "start_s": 0.0,
        "slot_s": 3600.0,
        "name": "depot",
    }
    return EnergyProblem(**(data | changes))


def night(vehicles: int, *, seed: int = 0, room: float = 1.2, **changes: Any) -> EnergyProblem:
    """Vans and trucks that come home in the afternoon and leave in the morning, 96 quarters.

    `room` is the connection's power above base load, in multiples of the mean power over 14 h.
    """
    rng = np.random.default_rng(seed)
    arrival = 43_200 + rng.uniform(3, 10, vehicles) * 3600
    departure = 129_600 - rng.uniform(4, 8, vehicles) * 3600
    charge = rng.choice([11.0, 22.0, 50.0], vehicles)
    longest = charge * (departure - arrival) / 3600
    need = np.minimum(rng.uniform(20, 150, vehicles), 0.9 * longest)
    hours = (43_200 + 900 * np.arange(96)) // 3600 % 24
    base = 50 + 30 * np.sin(hours / 24 * 2 * np.pi) ** 2
    data: dict[str, Any] = {
        "vehicle_ids": tuple(f"v{j}" for j in range(vehicles)),
        "arrival_s": arrival,
        "departure_s": departure,
        "need_kwh": need,
        "charge_kw": charge,
        "charger_kw": 50.0,
        "price_eur_per_kwh": 0.08 + 0.04 * np.cos((hours - 19) / 24 * 2 * np.pi),
        "connection_kw": base.max() + room * need.sum() / 0.9 / 14,
        "base_load_kw": base,
        "efficiency": 0.9,
        "transport_eur_per_kwh": 0.025,
        "peak_eur_per_kw": 0.18,
        "paid_peak_kw": float(base.max()),
        "co2e_kg_per_kwh": 0.3,
    }
    return EnergyProblem(**(data | changes))


@st.composite
def small_problems(draw: st.DrawFn, *, strict: bool = False) -> EnergyProblem:
    """Up to 4 vehicles and 6 slots of half an hour; shortfall priced unless `strict`."""
    vehicles, slots = draw(st.integers(1, 4)), draw(st.integers(1, 6))

    def numbers(size: int, low: float, high: float) -> list[float]:
        steps = st.integers(0, 20)
        return [low + (high - low) * draw(steps) / 20 for _ in range(size)]

    arrival = np.array(numbers(vehicles, 0, 1800 * slots))
    stay = np.array(numbers(vehicles, 0, 1800 * slots))
    base = np.array(numbers(slots, 0, 10))
    return EnergyProblem(
        vehicle_ids=tuple("abcd"[:vehicles]),
        arrival_s=arrival,
        departure_s=arrival + stay,
        need_kwh=numbers(vehicles, 0, 12),
        charge_kw=numbers(vehicles, 2, 22),
        charger_kw=numbers(vehicles, 2, 22),
        price_eur_per_kwh=numbers(slots, -0.1, 0.4),
        connection_kw=base + numbers(slots, 0, 30),
        base_load_kw=base,
        efficiency=draw(st.sampled_from([0.8, 0.9, 1.0])),
        start_s=0.0,
        slot_s=1800.0,
        transport_eur_per_kwh=draw(st.sampled_from([0.0, 0.03])),
        peak_eur_per_kw=draw(st.sampled_from([0.0, 0.05, 0.5])),
        paid_peak_kw=draw(st.sampled_from([0.0, 8.0])),
        shortfall_eur_per_kwh=None if strict else draw(st.sampled_from([0.2, 2.0])),
    )


@st.composite
def small_sites(draw: st.DrawFn, *, plugs: bool = False, strict: bool = False) -> EnergyProblem:
    """A small problem with some of: battery, PV, offers, feeding in, two days, plugs."""
    problem = draw(small_problems(strict=strict))
    slots = problem.num_slots

    def numbers(size: int, low: float, high: float) -> list[float]:
        return [low + (high - low) * draw(st.integers(0, 10)) / 10 for _ in range(size)]

    changes: dict[str, Any] = {}
    if draw(st.booleans()):
        start = draw(st.sampled_from([None, 0.0, 2.0]))
        changes["battery"] = Battery(
            kwh=draw(st.sampled_from([2.0, 8.0])),
            kw=draw(st.sampled_from([0.0, 5.0])),
            max_more_kwh=draw(st.sampled_from([0.0, 10.0])),
            max_more_kw=draw(st.sampled_from([0.0, 10.0])),
            eur_per_kwh=draw(st.sampled_from([0.01, 0.2])),
            eur_per_kw=draw(st.sampled_from([0.0, 0.1])),
            charge_efficiency=draw(st.sampled_from([1.0, 0.9])),
            discharge_efficiency=draw(st.sampled_from([1.0, 0.8])),
            cycle_eur_per_kwh=draw(st.sampled_from([0.0, 0.02])),
            loss_share_per_h=draw(st.sampled_from([0.0, 0.05])),
            start_kwh=start,
            end_kwh=None if start is None else draw(st.sampled_from([None, 1.0])),
        )
    if draw(st.booleans()):
        changes["pv"] = Pv(
            numbers(slots, 0, 1),
            kwp=draw(st.sampled_from([0.0, 10.0])),
            max_more_kwp=draw(st.sampled_from([0.0, 20.0])),
            eur_per_kwp=draw(st.sampled_from([0.05, 0.5])),
        )
        changes["feed_in_kw"] = draw(st.sampled_from([0.0, 6.0, np.inf]))
        changes["feed_in_eur_per_kwh"] = numbers(slots, -0.05, 0.25)
    if draw(st.booleans()):
        changes["offers"] = tuple(
            ContractOffer(
                name=f"offer {number}",
                form="firm",
                max_kw=draw(st.sampled_from([10.0, 60.0])),
                eur_per_kw=draw(st.sampled_from([0.02, 0.1])),
                fixed_eur=draw(st.sampled_from([0.0, 0.3, -0.2])),
                peak_eur_per_kw=draw(st.sampled_from([0.0, 0.05])),
                availability=np.round(numbers(slots, 0.2, 1), 1),
                min_kw=draw(st.sampled_from([0.0, 8.0])),
                transport_eur_per_kwh=draw(st.sampled_from([0.0, 0.04])),
            )
            for number in range(draw(st.integers(1, 3)))
        )
    if slots % 2 == 0 and draw(st.booleans()):
        half = slots // 2 * problem.slot_s
        changes["day_weight"] = [draw(st.sampled_from([1.0, 5.0])), 2.0]
        changes["day_season"] = draw(st.sampled_from([("a", "a"), ("a", "b")]))
        day = np.floor(problem.arrival_s / half)
        changes["departure_s"] = np.minimum(problem.departure_s, (day + 1) * half)
    if plugs:
        count = draw(st.integers(1, 3))
        changes["plugs"] = Plugs(
            tuple(f"plug {k}" for k in range(count)),
            [draw(st.sampled_from([4.0, 11.0, 22.0])) for _ in range(count)],
            draw(st.sampled_from(["stay", "session"])),
        )
    return problem.replace(**changes)
