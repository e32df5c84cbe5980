"""The checker of the parts: a good plan, and one broken plan per rule that breaks no other."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from siting_hand import two_sites

from bundling.siting import SitingSolution, check, count_checks
from bundling.siting.carriers import Carriers
from bundling.siting.limits import Budget, Coverage, Impacts, PowerRules
from bundling.siting.solution import Dispatch
from bundling.siting.storage import Storage
from bundling.siting.upgrades import Upgrades

FAR = 1
"""The site of `two_sites` where the plan below serves everybody: 100 kW in all hours."""


def two_years(**changes):
    """`two_sites` in 2026 and 2030, with room on the grid."""
    values = {
        "years": (2026, 2030),
        "headroom_kw": np.full((2, 2, 24), 1000.0),
        "base_load_kw": np.zeros((2, 2, 24)),
        "demand_kwh": [[2400.0, 2400.0]],
    }
    return two_sites(**(values | changes))


def plan(**changes):
    """Everything at far, in both years."""
    values = {
        "step": [[-1, -1], [0, 0]],
        "chargers": [[[0, 0]], [[2, 2]]],
        "served": [[0.0, 0.0], [1.0, 1.0]],
    }
    return SitingSolution(**(values | changes))


def rules(problem, solution):
    return {violation.rule for violation in check(problem, solution)}


def only(problem, solution):
    """The one violation of a plan."""
    found = check(problem, solution)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


# --- contracts, links and carriers ---------------------------------------------------------------


def test_hours_of_the_contract():
    hours = np.ones((1, 24))
    hours[0, 5] = 0.0
    found = only(two_sites(step_available=hours), one_year())
    assert (found.rule, found.where) == ("hours of the contract", "far 2030 05:00")
    assert (found.amount, found.unit) == (pytest.approx(100.0), "kW")


def one_year():
    return SitingSolution(step=[[-1], [0]], chargers=[[[0]], [[2]]], served=[[0.0], [1.0]])


def test_connection_power_counts_what_is_contracted():
    """100 kW where the contract gives 40 % of its power: 250 kW contracted, the step has 200."""
    found = only(two_sites(step_available=np.full((1, 24), 0.4)), one_year())
    assert (found.rule, found.amount) == ("connection power", pytest.approx(50.0))


def test_grid_headroom_counts_what_the_contract_keeps_free():
    """At 03:00 nobody charges, but of the 100 kW contracted the grid keeps all of them free."""
    profile = np.full((1, 24), 1 / 24)
    profile[0, 3] = 0.0
    profile[0, 4] = 2 / 24
    headroom = np.full((2, 1, 24), 1000.0)
    headroom[FAR, 0, 3] = 150.0
    problem = two_sites(demand_profile=profile, headroom_kw=headroom, max_chargers=[4, 4])
    solution = dataclasses.replace(one_year(), chargers=[[[0]], [[4]]])
    assert check(problem, solution) == []
    found = only(problem.replace(step_reserved=[1.0]), solution)
    assert (found.rule, found.where) == ("grid headroom", "Far 2030 03:00")
    assert found.amount == pytest.approx(50.0)


def two_demands(**changes):
    """The demand point of `two_sites` twice, each half as large."""
    values = {
        "demand_ids": ("first", "second"),
        "demand_names": ("First", "Second"),
        "demand_kinds": ("estate", "estate"),
        "demand_x_m": [0.0, 0.0],
        "demand_y_m": [0.0, 0.0],
        "demand_kwh": [[1200.0], [1200.0]],
        "demand_profile": np.full((2, 24), 1 / 24),
        "demand_min_kw": [0.0, 0.0],
        "demand_reach_km": [15.0, 15.0],
        "pair_demand": [0, 1],
        "pair_site": [FAR, FAR],
        "pair_km": [1.0, 1.0],
        "pair_eur_per_kwh": [0.0, 0.0],
    }
    return two_sites(**(values | changes))


def test_stops_of_a_flow_served_alike():
    solution = dataclasses.replace(one_year(), served=[[1.0], [0.75]])
    assert check(two_demands(), solution) == []
    found = only(two_demands(demand_link=[4, 4]), solution)
    assert (found.rule, found.amount) == ("stops of a flow served alike", pytest.approx(0.25))
    assert found.where == "first and its other stops 2030"


HYDROGEN = {
    "charger_ids": ("dc50", "h2"),
    "charger_kw": [50.0, 60.0],
    "charger_eur_per_year": [1000.0, 2000.0],
    "carriers": Carriers(("electricity", "hydrogen"), [0.0, 0.3], [0, 1], [0, 1], [1, 1]),
}


def test_charger_power_of_another_carrier():
    """50 kW of hydrogen; two fast chargers do not help, one dispenser does."""
    problem = two_demands(**HYDROGEN)
    solution = dataclasses.replace(
        one_year(), chargers=[[[0], [0]], [[1], [1]]], served=[[1.0], [1.0]]
    )
    assert check(problem, solution) == []
    found = only(problem, dataclasses.replace(solution, chargers=[[[0], [0]], [[4], [0]]]))
    assert (found.rule, found.amount) == ("charger power for hydrogen", pytest.approx(50.0))


def test_carriers_at_a_hub():
    problem = two_demands(**HYDROGEN)
    problem = problem.replace(carriers=dataclasses.replace(problem.carriers, site_min=[1, 2]))
    solution = dataclasses.replace(
        one_year(), chargers=[[[0], [0]], [[1], [0]]], served=[[1.0], [0.0]]
    )
    found = only(problem, solution)
    assert (found.rule, found.where, found.amount) == ("carriers at a hub", "far 2030", 1.0)


def test_existing_chargers_sell_electricity_at_a_hub():
    problem = two_demands(**HYDROGEN, existing_kw=[0.0, 10.0])
    problem = problem.replace(carriers=dataclasses.replace(problem.carriers, site_min=[1, 2]))
    solution = dataclasses.replace(
        one_year(), chargers=[[[0], [0]], [[0], [1]]], served=[[0.0], [1.0]]
    )
    assert check(problem, solution) == []


# --- batteries and PV ----------------------------------------------------------------------------

STORE = Storage(
    battery_max_kwh=[400.0, 400.0],
    battery_eur_per_kwh_year=[10.0, 10.0],
    battery_eur_per_kw_year=[1.0, 1.0],
    pv_max_kwp=[100.0, 100.0],
    pv_eur_per_kwp_year=[50.0, 50.0],
    pv_kw_per_kwp=np.where(np.arange(24) == 10, 0.5, 0.0),
    battery_efficiency=1.0,
)


def dispatch(charge=(), discharge=(), pv=((10, 25.0),), **sizes):
    """At far, in both years: 200 kWh, 100 kW and 50 kWp; 50 kWh a day through the battery."""
    size = {"battery_kwh": 200.0, "battery_kw": 100.0, "pv_kwp": 50.0} | sizes
    values = {name: np.zeros((2, 2)) for name in size}
    for name, number in size.items():
        values[name][FAR] = number
    for name, hours in (
        ("charge_kw", charge or ((2, 50.0),)),
        ("discharge_kw", discharge or ((18, 50.0),)),
        ("pv_kw", pv),
    ):
        values[name] = np.zeros((2, 2, 24))
        for hour, kw in hours:
            values[name][FAR, :, hour] = kw
    return Dispatch(**values)


def at_near(name):
    """The good dispatch, with something standing at near, where no site is open."""
    sizes = getattr(dispatch(), name).copy()
    sizes[0] = 10.0
    return dataclasses.replace(dispatch(), **{name: sizes})


def test_a_good_dispatch_has_no_violations():
    assert check(two_years(storage=STORE), plan(dispatch=dispatch())) == []


@pytest.mark.parametrize(
    ("rule", "own", "amount"),
    [
        ("room for battery", dispatch(battery_kwh=410.0), 10.0),
        ("room for solar", dispatch(pv_kwp=110.0), 10.0),
        ("battery at an open site", at_near("battery_kwh"), 10.0),
        ("solar at an open site", at_near("pv_kwp"), 10.0),
        ("battery stays", dispatch(battery_kwh=[230.0, 200.0]), 30.0),
        ("battery power stays", dispatch(battery_kw=[130.0, 100.0]), 30.0),
        ("solar stays", dispatch(pv_kwp=[70.0, 50.0]), 20.0),
        ("battery power within its energy", dispatch(battery_kw=210.0), 10.0),
        ("battery charge power", dispatch(((2, 50.0),), ((18, 25.0), (19, 25.0)), battery_kw=40.0),
         10.0),
        ("battery discharge power",
         dispatch(((2, 25.0), (3, 25.0)), ((18, 50.0),), battery_kw=40.0), 10.0),
        ("battery as full at the end of the day", dispatch(charge=((2, 60.0),)), 10.0),
        ("battery energy",
         dispatch(((2, 25.0), (3, 25.0)), ((18, 25.0), (19, 25.0)),
                  battery_kwh=40.0, battery_kw=30.0), 50.0 - 40.0),
        ("solar power", dispatch(pv=((10, 30.0),)), 5.0),
        ("nothing fed into the grid",
         dispatch(tuple((hour, 32.0) for hour in range(5)), ((18, 130.0), (19, 30.0)),
                  battery_kw=150.0), 30.0),
        ("charge_kw not negative", dispatch(charge=((2, 51.0), (3, -1.0))), 1.0),
        ("discharge_kw not negative", dispatch(discharge=((18, 51.0), (19, -1.0))), 1.0),
        ("pv_kw not negative", dispatch(pv=((10, 25.0), (12, -1.0))), 1.0),
    ],
)  # fmt: skip
def test_rules_of_batteries_and_panels(rule, own, amount):
    found = check(two_years(storage=STORE), plan(dispatch=own))
    assert {violation.rule for violation in found} == {rule}
    # The rule of energy tells by how much the swing is above the size; all others likewise.
    first = max(violation.amount for violation in found)
    assert first == pytest.approx(amount)


@pytest.mark.parametrize("name", ["battery_kwh", "battery_kw", "pv_kwp"])
def test_sizes_not_negative(name):
    """A negative size also breaks the rules that compare with it."""
    own = dispatch(**{name: -1.0})
    assert f"{name} not negative" in rules(two_years(storage=STORE), plan(dispatch=own))


def test_each_typical_day_ends_as_full_as_it_began():
    """Charged on one day and discharged on the other: wrong on both."""
    problem = two_sites(
        day_ids=("work", "rest"),
        day_share=[0.5, 0.5],
        headroom_kw=np.full((2, 1, 48), 1000.0),
        base_load_kw=np.zeros((2, 1, 48)),
        demand_profile=np.full((1, 48), 1 / 24),
        price_eur_per_kwh=np.full(48, 0.1),
        step_available=np.ones((1, 48)),
        storage=Storage([400.0] * 2, [10.0], [1.0], [0.0] * 2, [50.0], np.zeros(48), 1.0),
    )
    own = {name: [[0.0], [100.0]] for name in ("battery_kwh", "battery_kw")}
    hourly = {name: np.zeros((2, 1, 48)) for name in ("charge_kw", "discharge_kw", "pv_kw")}
    hourly["charge_kw"][FAR, 0, 2] = hourly["discharge_kw"][FAR, 0, 40] = 50.0
    solution = dataclasses.replace(
        one_year(), dispatch=Dispatch(**own, pv_kwp=np.zeros((2, 1)), **hourly)
    )
    assert rules(problem, solution) == {"battery as full at the end of the day"}


# --- reinforcements and limits -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "there", "first_year"),
    [
        ("reinforcement not before its first year", [[1, 1]], 2028),
        ("reinforcement stays", [[1, 0]], 2020),
        ("reinforcement is there or not", [[0, 2]], 2020),
    ],
)
def test_rules_of_reinforcements(rule, there, first_year):
    upgrades = Upgrades(("more",), ("More",), [FAR], [100.0], [first_year], [1000.0])
    found = only(two_years(upgrades=upgrades), plan(upgraded=there))
    assert found.rule == rule


@pytest.mark.parametrize(("there", "short"), [([0, 0], 300.0), ([0, 1], 300.0), ([1, 1], None)])
def test_a_forbidden_overload_lasts_until_its_reinforcement(there, short):
    """Depots at far take 1,300 kW of 1,000 at 17:00 in both years; 500 kW can be added."""
    base = np.zeros((2, 2, 24))
    base[FAR, :, 17] = 1300.0
    upgrades = Upgrades(("more",), ("More",), [FAR], [500.0], [2026], [1000.0])
    problem = two_years(base_load_kw=base, base_overload="forbidden", upgrades=upgrades)
    nothing = plan(
        step=[[-1, -1]] * 2, chargers=[[[0, 0]]] * 2, served=[[0.0, 0.0]] * 2, upgraded=[there]
    )
    found = check(problem, nothing)
    wrong = [(item.rule, item.where) for item in found]
    years = [year for year, up in zip((2026, 2030), there, strict=True) if not up]
    assert wrong == [("base load within headroom", f"Far {year} 17:00") for year in years]
    assert all(item.amount == pytest.approx(short) for item in found)


PRICES = Budget(
    eur=[30_000.0, 0.0], site_eur=[0.0, 20_000.0], charger_eur=[5000.0], step_eur=[2000.0],
    upgrade_eur=[],
)  # fmt: skip


def test_budget():
    """A site of 20,000, two chargers of 5,000 and a connection of 2,000, all in 2026."""
    found = only(two_years(budget=PRICES), plan())
    assert (found.rule, found.where, found.unit) == ("budget", "2026", "EUR")
    assert found.amount == pytest.approx(2000.0)


def test_coverage():
    half = plan(served=[[0.0, 0.0], [1.0, 0.5]])
    problem = two_years(coverage=Coverage(("west",), [0], [[0.6, 0.6]]))
    found = only(problem, half)
    assert (found.rule, found.where, found.unit) == ("coverage", "west 2030", "kWh")
    assert found.amount == pytest.approx(240.0)


def test_power_rule():
    """100 kW of chargers at far, but near counts alone in the first; 150 are asked in 2030."""
    problem = two_years(
        power_rules=PowerRules(
            ("corridor", "fast"), [[False, True], [True, True]], [[100.0, 150.0], [0.0, 10.0]],
            [0.0, 60.0],
        )
    )  # fmt: skip
    found = check(problem, plan())
    assert [(v.rule, v.where, v.amount) for v in found] == [
        ("power rule", "corridor 2030", pytest.approx(50.0)),
        ("power rule", "fast 2030", pytest.approx(10.0)),
    ]


@pytest.mark.parametrize(
    ("name", "most", "amount"),
    [
        # Half of 2,400 kWh x 100 days missed in the 1 year that 2030 stands for.
        ("max_unserved_mwh", 100.0, 20.0),
        ("max_nox_kg", 200.0, 40.0),
        # 4 years of 240 MWh and one of 120 MWh from the grid at 0.2; 120 MWh of diesel at 0.9.
        ("max_co2e_t", 300.0, 0.2 * (4 * 240 + 120) + 0.9 * 120 - 300),
        ("max_capital_eur", 30_000.0, 2000.0),
    ],
)
def test_ceilings(name, most, amount):
    impacts = Impacts(0.2, 0.9, 2.0, **{name: most})
    prices = dataclasses.replace(PRICES, eur=[np.inf, np.inf])
    problem = two_years(impacts=impacts, budget=prices)
    found = only(problem, plan(served=[[0.0, 0.0], [1.0, 0.5]]))
    assert found.rule == f"ceiling on {name.removeprefix('max_')}"
    assert found.amount == pytest.approx(amount)
    assert found.unit == name.rsplit("_", 1)[1]


# --- shapes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("solution", "where"),
    [
        (plan(), "has no dispatch of batteries and PV"),
        (plan(dispatch=dispatch(), upgraded=[[1, 1]]), "upgraded (1, 2) instead of (0, 2)"),
        (
            plan(dispatch=dataclasses.replace(dispatch(), pv_kw=np.zeros((2, 2, 48)))),
            "pv_kw (2, 2, 48) instead of (2, 2, 24)",
        ),
        (plan(dispatch=dispatch(battery_kwh=np.nan)), "battery_kwh is no number"),
    ],
)
def test_shapes(solution, where):
    found = only(two_years(storage=STORE), solution)
    assert (found.rule, found.where) == ("shape", where)


def test_a_dispatch_without_storage_is_refused():
    found = only(two_years(), plan(dispatch=dispatch()))
    assert (found.rule, found.where) == ("shape", "has a dispatch of batteries and PV")


def test_checks_of_parts_are_counted():
    """Two sites and two years; a battery has 8 rules of sizes and 6 of hours."""
    plain = count_checks(two_years(), plan())
    assert count_checks(two_years(storage=STORE), plan()) == plain + 4 * (8 + 6 * 24)
    assert count_checks(two_years(budget=PRICES), plan()) == plain + 2
    assert count_checks(two_years(demand_link=[3]), plan()) == plain + 2
