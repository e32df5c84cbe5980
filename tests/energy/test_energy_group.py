"""A group contract, its saving and its split, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from energy_cases import night, two_vans

from bundling.energy.assets import Pv
from bundling.energy.group import (
    EnergyGroup,
    GroupAnswer,
    GroupPlan,
    check_group,
    evaluate_group,
    solve_group,
)
from bundling.energy.group_share import share_group
from bundling.energy.offers import firm, group_offer
from bundling.errors import InputError
from bundling.result import Status


def company(name: str, base, **changes):
    """No vehicles: a base load over four hours, 1 EUR per contracted kW alone."""
    problem = two_vans(
        vehicle_ids=(), arrival_s=[], departure_s=[], need_kwh=[], charge_kw=[], charger_kw=[],
        base_load_kw=base, connection_kw=np.inf, price_eur_per_kwh=[0.1] * 4, name=name,
    )  # fmt: skip
    return problem.replace(**{"offers": (firm(problem, name="own", eur_per_kw=1.0),)} | changes)


def day_and_night() -> EnergyGroup:
    """Day draws 10 kW by day, Night 8 kW by night, Flat 4 kW always."""
    companies = (
        company("Day", [10, 10, 0, 0]),
        company("Night", [0, 0, 8, 8]),
        company("Flat", [4, 4, 4, 4]),
    )
    return EnergyGroup(companies, (group_offer(companies[0], eur_per_kw=1.0),))


def test_opposite_loads_save_a_contract():
    # Alone 10 + 8 + 4 = 22 kW; together 14 by day, 12 by night: 14 kW.
    shared = share_group(day_and_night())
    assert shared.joint.status is Status.OPTIMAL
    assert shared.joint.plan.contract_kw == pytest.approx(14)
    assert shared.saved_kw == pytest.approx(8)
    assert shared.saved_eur == pytest.approx(8)
    # Day with Night 10, Day with Flat 14, Night with Flat 12: the 8 EUR come from Day and Night,
    # and Flat saves nobody anything: 10 - 4, 8 - 4, 4.
    assert shared.cost_eur.tolist() == pytest.approx([0, 10, 8, 10, 4, 14, 12, 14])
    assert shared.shapley_eur == pytest.approx([6, 4, 4])
    assert shared.nucleolus_eur == pytest.approx([6, 4, 4])
    assert shared.stability()["in_core"].tolist()[:2] == [True, True]
    # In proportion Day pays 10/22 of 14 = 6.36, Night 5.09: 11.45 together, 10 on their own.
    last = shared.stability().iloc[2]
    assert (last["in_core"], last["leaving"]) == (False, "Day + Night")
    assert last["excess_eur"] == pytest.approx(14 * 18 / 22 - 10)
    assert shared.table()["saving_eur"].sum() == pytest.approx(8)


def test_a_dear_group_contract_is_not_taken():
    group = day_and_night()
    dear = EnergyGroup(group.companies, (group_offer(group.companies[0], eur_per_kw=2.0),))
    shared = share_group(dear)
    # Day and Night together would pay 20; apart they pay 18.
    assert shared.cost_eur[-1] == pytest.approx(22.0)
    assert shared.saved_eur == pytest.approx(0.0)
    assert shared.shapley_eur == pytest.approx([10, 8, 4])


def test_peak_of_the_group_and_pv_of_a_neighbour():
    # Sun gives 6 kW behind the connection of Sunny, which feeds in what its neighbour draws.
    sunny = company("Sunny", 0.0, pv=Pv([1, 1, 1, 1], kwp=6), feed_in_kw=6.0, offers=())
    other = company("Other", 10.0, offers=())
    offer = group_offer(other, eur_per_kw=1.0, peak_eur_per_kw=2.0, fixed_eur=3.0)
    group = EnergyGroup((sunny, other), (offer,))
    answer = solve_group(group)
    # The grid sees 4 kW: 4 contract + 8 peak + 3 fixed.
    assert answer.cost_eur == pytest.approx(15.0)
    assert evaluate_group(group, answer.plan)["peak"] == pytest.approx(8.0)


def test_a_broken_group_plan_is_seen():
    group = day_and_night()
    plan = solve_group(group).plan
    small = GroupPlan(plan.solutions, 0, 13.0)
    (rule,) = {found.rule for found in check_group(group, small)}
    assert rule == "group contract"
    limited = EnergyGroup(group.companies, (group_offer(group.companies[0], max_kw=14.0),))
    large = GroupPlan(plan.solutions, 0, 20.0)
    assert {found.rule for found in check_group(limited, large)} == {"size of the group offer"}


def test_vehicles_of_two_depots_share_a_connection():
    companies = tuple(
        night(6, seed=seed, name=f"depot {seed}", connection_kw=np.inf, peak_eur_per_kw=0.0)
        for seed in (1, 2)
    )
    offer = group_offer(companies[0], eur_per_kw=0.2)
    own = tuple(c.replace(offers=(firm(c, eur_per_kw=0.2),)) for c in companies)
    shared = share_group(EnergyGroup(own, (offer,)))
    # Power shared is cheaper power, so the group may contract more of it than the two alone.
    assert shared.saved_eur > 0
    assert shared.cost_eur[3] <= shared.cost_eur[1] + shared.cost_eur[2] + 1e-6
    assert shared.shapley_eur.sum() == pytest.approx(shared.cost_eur[-1])


def test_faults_of_a_group():
    one = company("A", 1.0)
    with pytest.raises(InputError) as caught:
        EnergyGroup((one, one, one.replace(start_s=900.0, name="B")), ())
    assert [fault.rule for fault in caught.value.faults] == [
        "occur twice",
        "has other slots or days than A",
        "are none",
    ]
    with pytest.raises(InputError, match="availability"):
        EnergyGroup((one,), (group_offer(night(1)),))
    poor = company("Poor", 10.0)
    poor = poor.replace(offers=(firm(poor, max_kw=5.0),))
    with pytest.raises(InputError, match="cannot meet its needs alone"):
        share_group(EnergyGroup((poor, one), (group_offer(one),)))


def test_a_coalition_without_a_plan_in_time_shows_in_the_gap(monkeypatch):
    late = GroupAnswer(Status.UNKNOWN, None, np.inf, -np.inf)
    monkeypatch.setattr("bundling.energy.group_share.solve_group", lambda *_, **__: late)
    shared = share_group(day_and_night())
    assert shared.gap == np.inf
    assert shared.saved_eur == pytest.approx(0.0)
