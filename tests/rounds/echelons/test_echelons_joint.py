"""Trucks and rounds searched together: pieces by hand, a city with vans and bikes, and laws."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from echelons_cases import city_echelons, line_echelons, random_echelons
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.result import Event, Limit, Status
from bundling.rounds.echelons import check
from bundling.rounds.echelons.exact import solve_exactly
from bundling.rounds.echelons.freight import penalty_eur, share_freight, unbrought_kg
from bundling.rounds.echelons.guess import Guess
from bundling.rounds.echelons.known import dearer, judge
from bundling.rounds.echelons.plans import Plan, make_plan
from bundling.rounds.echelons.pool import Pool
from bundling.rounds.echelons.problem import TwoEchelonProblem
from bundling.rounds.echelons.rehub import Rehub
from bundling.rounds.echelons.scout import Scout
from bundling.rounds.echelons.session import Session, build_data, hub_kg
from bundling.rounds.echelons.solve import solve

WEST, EAST = 0, 1
NEAR, FAR = 0, 1
BOTH = np.array([[WEST, 1, NEAR, 0], [EAST, 1, FAR, 0]])
"""A van from each hub to the stop beside it: fleet entry, number of stops, stops."""


def plan_of(problem: TwoEchelonProblem, *calls: tuple[int, ...]) -> Plan:
    plan = make_plan(problem, calls)
    assert plan is not None
    return plan


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_freight_that_trucks_lack_room_for(data: st.DataObject) -> None:
    problem = line_echelons(truck_capacity_kg=8.0)
    some = st.sets(st.sampled_from([0, 1, 2]), min_size=1).map(lambda s: tuple(sorted(s)))
    calls = [data.draw(some) for _ in range(data.draw(st.integers(1, 3)))]
    kg = {h: float(data.draw(st.integers(1, 12))) for h in range(3)}
    short = unbrought_kg(problem, calls, kg)
    assert (short == 0.0) == (share_freight(problem, calls, kg) is not None)
    groups = [g for n in (1, 2, 3) for g in itertools.combinations(kg, n)]
    most = max(
        sum(kg[h] for h in g) - 8.0 * sum(bool(set(g) & set(tour)) for tour in calls)
        for g in groups
    )
    assert short == pytest.approx(max(0.0, most))


def test_a_penalty_by_hand() -> None:
    problem = line_echelons(truck_capacity_kg=600.0, hub_capacity_kg=[300.0, 2000.0])
    kg = {WEST: 400.0, EAST: 600.0}
    # 100 kg too much in west, and 400 kg that one truck cannot bring; 1 EUR for 100 kg, thrice.
    assert penalty_eur(problem, [(WEST, EAST)], kg, 10.0) == pytest.approx(3.0 * 5.0)
    assert penalty_eur(problem, [(WEST,), (EAST,)], kg, 10.0) == pytest.approx(3.0)
    assert penalty_eur(line_echelons(), [(WEST, EAST)], kg, 10.0) == 0.0


def test_rounds_from_other_hubs_by_hand() -> None:
    problem = line_echelons()
    rehub = Rehub(problem, build_data(problem))
    none = np.zeros(2)
    # near and far cost 4 EUR each from the hub beside them, and 36 EUR from the other one.
    assert rehub.estimate(BOTH, plan_of(problem, (WEST, EAST))) == pytest.approx(112.0 + 8.0)
    assert rehub.estimate(BOTH, plan_of(problem, (WEST,))) == pytest.approx(104.0 + 40.0)
    moved = rehub.assign(BOTH, plan_of(problem, (WEST,)), none)
    assert moved[:, 0].tolist() == [WEST, WEST]
    # At 0.1 EUR a kg through east the van to far had better come from west.
    priced = rehub.assign(BOTH, plan_of(problem, (WEST, EAST)), np.array([0.0, 0.1]))
    assert priced[:, 0].tolist() == [WEST, WEST]
    # With one van in west the second round finds none.
    few = line_echelons({"count": [1, 2]})
    left = Rehub(few, build_data(few)).assign(BOTH, plan_of(few, (WEST,)), none)
    assert left[:, 1].tolist() == [1, 0]


def test_a_session_takes_prices_off_again() -> None:
    problem = line_echelons(truck_capacity_kg=600.0)
    session = Session(problem, build_data(problem), 1)
    session.switch(plan_of(problem, (WEST,), (EAST,)), np.array([0.0, 0.01]))
    session.take(BOTH)
    assert session.searcher.eur == pytest.approx(8.0 + 600.0 * 0.01)
    assert session.eur == pytest.approx(8.0)
    assert hub_kg(problem, session.rows).tolist() == [400.0, 600.0]
    rows, eur = session.seen(10)
    assert eur.tolist() == pytest.approx([4.0, 4.0])
    assert rows[:, 2].tolist() == [NEAR, FAR]
    # Where no truck goes no van does.
    session.switch(plan_of(problem, (WEST,)), np.zeros(2))
    session.take(BOTH)
    assert math.isinf(session.eur)


def test_freight_becomes_dearer_where_there_is_no_room() -> None:
    problem = line_echelons(truck_capacity_kg=600.0)
    plan, free = plan_of(problem, (EAST,), (WEST,)), np.zeros(2)
    alone = np.array([[WEST, 2, NEAR, FAR], [WEST, 0, 0, 0]])
    first = dearer(problem, plan, alone, 36.0, free)
    assert first is not None
    assert first[WEST] > 0.0 == first[EAST]
    again = dearer(problem, plan, alone, 36.0, first)
    assert again is not None
    assert again[WEST] > first[WEST]
    known = judge(problem, plan, alone, 36.0)
    assert known is not None
    assert not known.fits
    # Both hubs fit: nothing changes without a price, and a price falls.
    assert dearer(problem, plan, BOTH, 8.0, free) is None
    cheaper = dearer(problem, plan, BOTH, 8.0, first)
    assert cheaper is not None
    assert 0.0 < cheaper[WEST] < first[WEST]
    known = judge(problem, plan, BOTH, 8.0)
    assert known is not None
    assert known.fits
    assert known.eur == pytest.approx(104.0 + 112.0 + 8.0)
    assert judge(problem, plan, BOTH, math.inf) is None


@pytest.mark.parametrize(
    ("changes", "calls", "eur"),
    [
        ({}, [(WEST, EAST)], 8.0),
        ({"hub_capacity_kg": [500.0, 2000.0]}, [(WEST, EAST)], 8.0),
        ({"vehicle_count": 1}, [(WEST, EAST)], 36.0),
        ({"truck_capacity_kg": 999.0}, [(WEST, EAST), (WEST,)], 8.0),
        ({"truck_capacity_kg": 500.0}, [(WEST, EAST), (EAST,)], 8.0),
        ({"hub_capacity_kg": [300.0, 2000.0]}, [(WEST, EAST)], 40.0),
        ({"truck_capacity_kg": 600.0}, [(WEST, EAST)], None),
    ],
)
def test_the_best_choice_among_rounds_seen(
    changes: dict[str, object], calls: list[tuple[int, ...]], eur: float | None
) -> None:
    problem = line_echelons(**changes)
    data = build_data(problem)
    pool, opens = Pool(problem, data), np.array([600.0, 1800.0])
    rows = [[v, 1, c, 0] for v in (WEST, EAST) for c in (NEAR, FAR)] + [[WEST, 2, NEAR, FAR]]
    pool.add([(opens, np.array(rows, dtype=np.int32), np.array([4.0, 36.0, 36.0, 4.0, 36.0]))])
    plan = plan_of(problem, *calls)
    chosen = pool.choose(plan, BOTH, math.inf, time_limit=5.0, seed=1)
    if eur is None:
        assert chosen is None
        return
    assert chosen is not None
    assert chosen[1] == pytest.approx(eur)
    assert pool.choose(plan, BOTH, eur, time_limit=5.0, seed=1) is None  # none that is cheaper


def test_rounds_seen_under_early_trucks_do_not_serve_late_ones() -> None:
    problem = line_echelons()
    pool = Pool(problem, build_data(problem))
    pool.add([(np.array([600.0, 1800.0]), BOTH.astype(np.int32), np.array([4.0, 4.0]))])
    early, late = plan_of(problem, (WEST, EAST)), plan_of(problem, (EAST, WEST))
    assert len(pool.of(early)[0]) == 2
    assert pool.of(late)[0][:, 0].tolist() == [EAST]


def test_the_scout_looks_around_and_beyond() -> None:
    problem = line_echelons()
    rehub = Rehub(problem, build_data(problem))
    known = judge(problem, plan_of(problem, (WEST,)), BOTH[:1], 4.0)
    assert known is not None
    scout = Scout(Guess(problem, 1.0), rehub, 1)
    assert scout.around(known, 2)[0].calls == ((WEST,),)
    scout.tries[((WEST,),)] = 1000
    assert scout.around(known, 2)[0].calls != ((WEST,),)
    assert all(plan.calls != ((WEST,),) for plan in scout.beyond(known, 2))


def test_a_city_with_vans_and_bikes() -> None:
    # Trucks of 500 kg bring 900 kg or so; hubs unload them from six to nine.
    problem = city_echelons()
    result = solve(problem, time_limit=60.0, seed=1, max_iterations=400)
    assert result.status is Status.FEASIBLE
    assert check(problem, result.solution) == []
    calls = result.tables["truck_calls"]
    assert len(result.solution.trucks) >= 2
    assert calls["kg"].sum() == pytest.approx(problem.second.delivery_kg.sum())


def test_a_hub_gets_two_trucks_where_the_others_are_closed() -> None:
    problem = city_echelons(hub_capacity_kg=[2000.0, 0.0, 0.0])
    result = solve(problem, time_limit=60.0, seed=1, max_iterations=400)
    assert result.status is Status.FEASIBLE
    assert {drop.hub for truck in result.solution.trucks for drop in truck.drops} == {"west"}
    assert len(result.solution.trucks) >= 2
    assert {route.vehicle.split("/")[0] for route in result.solution.routes} == {"west"}


def test_trucks_made_anew_for_rounds_by_hand() -> None:
    # One truck brings what two did: the vans can wait for it.
    problem = line_echelons()
    rehub = Rehub(problem, build_data(problem))
    known = judge(problem, plan_of(problem, (WEST,), (EAST,)), BOTH, 8.0)
    assert known is not None
    plan = rehub.repacked(known)
    assert plan is not None
    assert len(plan.calls) == 1
    assert plan.eur == pytest.approx(112.0)
    # The van in west has to leave before the truck could be there by way of east, and reversed.
    early = line_echelons({"tw_late_s": [800.0, 1950.0]})
    known = judge(early, plan_of(early, (WEST,), (EAST,)), BOTH, 8.0)
    assert known is not None
    plan = Rehub(early, build_data(early)).repacked(known)
    assert plan is not None
    assert plan.calls == ((WEST, EAST),)


def test_plans_in_which_trucks_exchange_hubs() -> None:
    guess = Guess(random_echelons(1, hubs=3), 1.0)
    assert set(guess.exchanged(((0,), (1, 2)))) == {
        # all by one truck
        ((0, 1, 2),),
        ((1, 0, 2),),
        ((1, 2, 0),),
        # 1 or 2 goes to the other truck, before or after 0
        ((0, 1), (2,)),
        ((1, 0), (2,)),
        ((0, 2), (1,)),
        ((1,), (2, 0)),
        # 0 for 1, and 0 for 2
        ((0, 2), (1,)),
        ((1, 0), (2,)),
    }
    assert list(guess.exchanged(((0, 1),))) == []


def test_ctrl_c_in_the_search_gives_what_there_is() -> None:
    def interrupt(event: Event) -> None:
        if math.isfinite(event.objective):
            raise KeyboardInterrupt

    problem = city_echelons()
    result = solve(problem, time_limit=60.0, seed=1, on_event=interrupt)
    assert result.limit is Limit.INTERRUPT
    assert result.status is Status.FEASIBLE


def test_iterations_alone_decide_whatever_the_time_limit() -> None:
    problem = city_echelons()
    answers = [
        solve(problem, time_limit=seconds, seed=2, max_iterations=60).solution.to_dict()
        for seconds in (60.0, 90.0)
    ]
    assert answers[0] == answers[1]


def _best(problem: TwoEchelonProblem) -> float:
    proved = solve_exactly(problem, in_time=lambda: True)
    assert proved is not None
    return proved.eur


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 10_000))
def test_one_more_hub_is_never_dearer_and_later_freight_never_cheaper(seed: int) -> None:
    problem = random_echelons(seed, hubs=3)
    eur = _best(problem)
    shut = problem.replace(hub_close_s=[math.inf, math.inf, 0.0])  # no truck is there by then
    assert _best(shut) >= eur - 1e-9
    late = problem.replace(hub_handling_s=[600.0, 900.0, 1200.0])
    assert _best(late) >= eur - 1e-9
    assert _best(problem.replace(hub_open_s=[7200.0] * 3)) >= eur - 1e-9
