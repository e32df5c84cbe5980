"""Matching: estimates worked out by hand, the rules of partitions, and laws."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_cases import on_a_line, random_lanes, there_and_back, two_halves

import bundling
from bundling import InputError
from bundling.hubs.matching import MatchingProblem, MatchingSolution, pair_savings
from bundling.hubs.matching.all_groups import listed, useful_groups
from bundling.hubs.matching.bounds import ideal_eur
from bundling.hubs.matching.check import check
from bundling.hubs.matching.evaluate import evaluate
from bundling.hubs.matching.pairs import saving_of
from bundling.hubs.matching.screen import interplay_eur
from bundling.hubs.matching.trips import Planner
from bundling.result import Limit, Status


def saving(problem: MatchingProblem, *group: int) -> float:
    return saving_of(problem, Planner(problem), group)


def test_two_halves_fill_a_truck() -> None:
    # 50 + 2 * 100 each alone; one truck does both.
    problem = two_halves()
    assert saving(problem, 0, 1) == pytest.approx(250.0)
    result = bundling.solve(problem)
    assert result.objective == pytest.approx(250.0)
    assert result.status is Status.OPTIMAL
    assert result.solution.groups == ((0, 1),)
    assert result.evaluation.indicators["load_rate"] == pytest.approx(0.9)
    assert result.evaluation.indicators["empty_km"] == pytest.approx(100.0)
    tour = result.tables["tours"].iloc[0]
    assert (tour["shippers"], tour["trip"]) == ("a + b", "km 0 > km 0 > km 100 > km 100")


def test_too_much_for_one_truck_saves_nothing() -> None:
    assert saving(on_a_line([0, 100], [(0, 0, 1, 0.6), (1, 0, 1, 0.5)]), 0, 1) == 0.0


def test_full_trucks_go_first_and_the_rest_is_shared() -> None:
    # 2.3 and 1.4: three full trucks and 0.7 in a fourth, against 3 + 2 alone.
    problem = on_a_line([0, 100], [(0, 0, 1, 2.3), (1, 0, 1, 1.4)])
    planner = Planner(problem)
    assert planner.cost_eur((0,)) == pytest.approx(750.0)
    assert planner.cost_eur((0, 1)) == pytest.approx(1000.0)


def test_a_detour_is_weighed() -> None:
    # The second loads at km 10 on the way: only its 240 are saved, no km are added.
    problem = on_a_line([0, 10, 110], [(0, 0, 2, 0.5), (1, 1, 2, 0.5)])
    # Alone 50 + 220 and 50 + 200; together 0 > 10 > 110 > 0 = 50 + 220.
    assert saving(problem, 0, 1) == pytest.approx(250.0)
    # Off the road: 40 km back first. 0 > -40? From -40 by 0 to 110: 50 + 300; alone 270 + 350.
    aside = on_a_line([0, -40, 110], [(0, 0, 2, 0.5), (1, 1, 2, 0.5)])
    assert saving(aside, 0, 1) == pytest.approx(270 + 350 - 350)


def test_opposite_lanes_share_a_truck() -> None:
    problem = there_and_back()
    assert saving(problem, 0, 1) == pytest.approx(250.0)
    found = evaluate(problem, MatchingSolution(np.array([0, 0])))
    assert found.indicators["empty_km"] == 0.0
    assert found.indicators["trips"] == 2.0
    assert found.indicators["tours"] == 1.0


def test_the_return_may_start_elsewhere() -> None:
    # To km 100, empty to 120, back with freight to 20, empty to 0: 100 + 20 + 100 + 20 + 50.
    problem = on_a_line([0, 100, 120, 20], [(0, 0, 1, 1.0), (1, 2, 3, 1.0)])
    assert saving(problem, 0, 1) == pytest.approx(250 + 250 - 290)


def test_windows_shift_and_waiting() -> None:
    # An hour and 40 minutes away: the return may leave at 8:40 at the earliest, or be back at 9:52.
    late = there_and_back(windows_h=[(7, 8), (8.2, 8.5)])
    assert saving(late, 0, 1) == 0.0
    # Leaving at 8 at the latest it waits from 9:40 till 12 when hours are paid.
    waits = there_and_back(windows_h=[(7, 8), (12, 13)], eur_per_h=30.0)
    alone = 2 * (250 + 30 * 200 / 60)
    together = 250 + 30 * (200 / 60 + 12 - 8 - 100 / 60)
    assert saving(waits, 0, 1) == pytest.approx(alone - together)
    assert saving(waits.replace(shift_h=5.0), 0, 1) == 0.0
    # Half loads that never stand ready together.
    assert saving(two_halves(windows_h=[(6, 8), (9, 12)]), 0, 1) == 0.0


def test_other_days_do_not_meet() -> None:
    problem = two_halves(days=[[True, False], [False, True]])
    assert saving(problem, 0, 1) == 0.0


def test_stops_and_hours_are_paid() -> None:
    # 2 x (load + unload) of half an hour at 30 EUR, and 200 km in 10 / 3 h: 250 + 60 + 100.
    problem = two_halves(eur_per_h=30.0, stop_h=0.5)
    assert Planner(problem).cost_eur((0, 1)) == pytest.approx(410.0)
    assert saving(problem.replace(most_stops=1), 0, 1) == 0.0


def test_cooperation_has_a_price() -> None:
    assert saving(two_halves(member_eur=100.0), 0, 1) == pytest.approx(50.0)
    result = bundling.solve(two_halves(member_eur=126.0))
    assert result.solution.groups == ((0,), (1,))
    assert result.objective == pytest.approx(500.0)


def test_three_share_what_two_cannot() -> None:
    # 0.4 + 0.3 + 0.3 in one truck: 250 against 750.
    problem = on_a_line([0, 100], [(0, 0, 1, 0.4), (1, 0, 1, 0.3), (2, 0, 1, 0.3)])
    assert bundling.solve(problem).objective == pytest.approx(500.0)
    result = bundling.solve(problem.replace(most_members=3))
    assert result.objective == pytest.approx(250.0)
    assert result.status is Status.OPTIMAL  # the one group of three was planned
    assert result.bound == pytest.approx(250.0)
    hurried = bundling.solve(problem.replace(most_members=3), time_limit=1e-3)
    assert "not all 1 tried" in hurried.reasons[0]
    # 1.0 trucks' worth: 25 of fixed cost and 100 km.
    assert hurried.bound == pytest.approx(125.0)


def test_groups_that_can_not_gain_are_not_planned() -> None:
    # a ships on the first day, b and c on both, d on neither; c and e stay apart.
    lanes = [(k, 0, 1, 0.2) for k in range(5)]
    days = [[True, False], [True, True], [True, True], [False, False], [True, True]]
    problem = on_a_line([0, 100], lanes, days=days, most_members=4, apart=np.array([[2, 4]]))
    assert list(useful_groups(problem)) == [(0, 1, 2), (0, 1, 4)]
    assert listed(problem, 1) is None


def test_who_must_stay_apart_does() -> None:
    problem = two_halves(apart=np.array([[1, 0]]))
    assert bundling.solve(problem).solution.groups == ((0,), (1,))
    assert len(pair_savings(problem)) == 0


def test_the_checker_names_every_rule() -> None:
    problem = on_a_line([0, 100], [(k, 0, 1, 0.3) for k in range(3)], apart=np.array([[0, 1]]))
    assert check(problem, MatchingSolution(np.array([0, 1, 1]))) == []
    broken = check(problem, MatchingSolution(np.array([0, 0, 0])))
    assert [item.rule for item in broken] == ["most members", "stay apart"]
    assert broken[1].where == "a and b"
    assert [v.rule for v in check(problem, MatchingSolution(np.array([0, 1])))] == [
        "one group a shipper"
    ]


def test_pairs_are_sorted() -> None:
    lanes = [(0, 0, 1, 0.5), (1, 0, 1, 0.5), (2, 0, 2, 0.5)]
    frame = pair_savings(on_a_line([0, 100, 50], lanes))
    # a + b save 250; c goes to km 50 on the way: 150 saved with either.
    assert frame["saving_eur"].tolist() == pytest.approx([250.0, 150.0, 150.0])
    assert frame.iloc[0][["shipper_id", "other_id"]].tolist() == ["a", "b"]
    assert frame["saving_pct"][0] == pytest.approx(50.0)


def test_pairs_of_everybody_are_the_best_partition() -> None:
    for seed in range(4):
        problem = random_lanes(seed, shippers=4)
        result = bundling.solve(problem, gap=0.0)
        pairings = [[(0, 1), (2, 3)], [(0, 2), (1, 3)], [(0, 3), (1, 2)]]
        pairings += [[pair] for pair in itertools.combinations(range(4), 2)] + [[]]
        best = min(
            evaluate(problem, MatchingSolution.of(4, pairing)).objective for pairing in pairings
        )
        assert result.objective == pytest.approx(best)
        assert result.status is Status.OPTIMAL


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_laws_of_the_estimate(seed: int) -> None:
    problem = random_lanes(seed, shippers=3)
    planner = Planner(problem)
    alone = [planner.cost_eur((s,)) for s in range(3)]
    for group in ((0, 1), (0, 2), (1, 2), (0, 1, 2)):
        # Never dearer than apart; the same in any order; all freight is carried.
        assert planner.cost_eur(group) <= sum(alone[s] for s in group) + 1e-9
        assert planner.cost_eur(group[::-1]) == planner.cost_eur(group)
        for day in range(problem.num_days):
            carried = np.zeros(problem.num_lanes)
            for tour in planner.tours(group, day):
                for trip in (tour.first, tour.second):
                    if trip is not None:
                        whole = len(trip.lanes) == 1 and trip.load
                        loads = problem.lane_loads[list(trip.lanes)]
                        carried[list(trip.lanes)] += tour.count * (whole or loads % 1)
                        assert trip.load <= 1 + 1e-9
                        assert sorted(trip.lanes) == sorted(trip.drops)
            mine = np.isin(problem.lane_shipper, group) & problem.lane_days[:, day]
            assert carried == pytest.approx(np.where(mine, problem.lane_loads, 0.0))
    assert ideal_eur(problem) <= planner.cost_eur((0, 1, 2)) + 1e-6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_single_lanes_that_gain_are_scored(seed: int) -> None:
    rng = np.random.default_rng(seed)
    lanes = [(k, *rng.permutation(4)[:2].tolist(), float(rng.uniform(0.1, 1.5))) for k in (0, 1)]
    problem = on_a_line(rng.choice(100, 4, replace=False).tolist(), lanes)
    assert interplay_eur(problem)[0, 1] >= saving(problem, 0, 1) - 1e-6 or (
        # Full trucks and rests of the same two lanes may gain twice.
        problem.lane_loads.max() > 1
    )


def test_all_faults_at_once() -> None:
    with pytest.raises(InputError) as caught:
        two_halves(
            lane_kg=np.array([-1.0, np.nan]),
            lane_origin=np.array([0, 9]),
            lane_late_s=np.array([-5.0, 9.0]),
            apart=np.array([[0, 0]]),
            capacity_kg=0.0,
            most_members=0,
        )
    places = {(fault.table, fault.column) for fault in caught.value.faults}
    assert places >= {
        ("lanes", "kg"),
        ("lanes", "origin"),
        ("lanes", "late_s"),
        ("apart", ""),
        ("settings", "capacity_kg"),
        ("settings", "most_members"),
    }
    with pytest.raises(InputError, match="has shape"):
        two_halves(lane_kg=np.ones(3))


def test_tables_there_and_back() -> None:
    problem = random_lanes(3)
    problem = problem.replace(
        lane_days=np.ones((problem.num_lanes, 7), dtype=bool), apart=np.array([[0, 2]])
    )
    kept = {"capacity_kg": 10_000.0, "fixed_eur": 50.0, "eur_per_km": 1.0, "eur_per_h": 30.0,
            "stop_h": 0.25, "most_members": 2}  # fmt: skip
    again = MatchingProblem.from_tables(problem.to_tables(), **kept)
    assert again.shipper_ids == problem.shipper_ids
    assert bundling.solve(again).objective == pytest.approx(bundling.solve(problem).objective)


def test_tables_with_little() -> None:
    import pandas as pd

    areas = pd.DataFrame({"area_id": [7411, 8011], "x_m": [0, 3000], "y_m": [0, 4000]})
    lanes = pd.DataFrame({"shipper_id": ["a"], "origin": [7411], "destination": [8011],
                          "pallets": [33]})  # fmt: skip
    problem = MatchingProblem.from_tables({"areas": areas, "lanes": lanes})
    assert problem.distance_m[0, 1] == pytest.approx(6500.0)
    assert problem.lane_loads.tolist() == [1.0]
    assert problem.num_days == 7


def test_tables_tell_all_faults() -> None:
    import pandas as pd

    areas = pd.DataFrame({"area_id": ["x"], "x_m": ["east"], "y_m": [0.0]})
    lanes = pd.DataFrame({"shipper_id": ["a"], "origin": ["y"], "destination": ["x"], "kg": ["?"],
                          "days": ["someday"], "early": ["noon"]})  # fmt: skip
    with pytest.raises(InputError) as caught:
        MatchingProblem.from_tables({"areas": areas, "lanes": lanes})
    columns = {fault.column for fault in caught.value.faults}
    assert columns == {"x_m", "origin", "kg", "days", "early"}
    with pytest.raises(InputError) as caught:
        MatchingProblem.from_tables({"lanes": lanes[["origin"]]})
    assert len(caught.value.faults) == 4  # no areas, shipper, destination, amount


def test_stopping_keeps_what_there_is() -> None:
    result = bundling.solve(random_lanes(1, shippers=6), time_limit=1e-3)
    assert result.limit is Limit.TIME
    assert result.bound <= result.objective


def test_solution_as_json_and_drawn() -> None:
    result = bundling.solve(two_halves())
    again = MatchingSolution.from_dict(result.solution.to_dict())
    assert again.groups == result.solution.groups
    axes = result.plot()
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([250.0])
    assert axes.get_yticklabels()[0].get_text() == "a + b"


def test_ctrl_c_keeps_the_pairs_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    from bundling.hubs.matching import pairs

    plan, seen = pairs.saving_of, []

    def interrupted(problem, planner, group):
        if len(seen) == 2:
            raise KeyboardInterrupt
        seen.append(group)
        return plan(problem, planner, group)

    monkeypatch.setattr(pairs, "saving_of", interrupted)
    lanes = [(0, 0, 1, 0.5), (1, 0, 1, 0.5), (2, 0, 2, 0.5)]
    result = bundling.solve(on_a_line([0, 100, 50], lanes, most_members=3))
    assert result.limit is Limit.INTERRUPT
    assert result.limit is Limit.INTERRUPT
    assert result.objective < 650.0  # of 250 + 250 + 150 alone
