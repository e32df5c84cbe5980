"""Why a stop is left out and what a vehicle is for: sentences worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from rounds_cases import charging_problem, line_problem

from bundling.errors import InputError
from bundling.rounds import Charge, RoundsSolution, Route, all_figures, check
from bundling.rounds.trial import best_insertion, unit_of
from bundling.rounds.why import explain, why_absent, why_left_out, why_vehicle

EIGHT = 8 * 3600.0
NEAR = Route("hub/evan", ("near",), EIGHT - 600.0)
FAR = Route("hub/evan", ("far",), EIGHT - 1200.0)


def left_out(**changes) -> str:
    problem = line_problem(**({"prize_eur": [np.inf, 40.0], "count": [1]} | changes))
    return why_left_out(problem, RoundsSolution((NEAR,)), "far")


def test_a_stop_that_costs_more_than_it_pays() -> None:
    # near alone: 20 km, 30 min, 4.4 kWh: 10 + 18 + 1.32. near-far costs 158.88 - 100 (see
    # test_rounds_check): 29.56 EUR more, above a prize of 25.
    assert left_out(prize_eur=[np.inf, 25.0]) == (
        "stop far is left out, which costs its prize of 25.00 EUR: the cheapest place, in round 1, "
        "costs 29.56 EUR"
    )


def test_a_stop_that_pays_shows_that_the_plan_can_be_better() -> None:
    assert left_out().endswith(
        "yet in round 1 it costs only 29.56 EUR, so a longer search should serve it"
    )


def test_the_freight_that_is_too_much_is_named() -> None:
    assert left_out(capacity_kg=[900.0]) == (
        "stop far is left out, which costs its prize of 40.00 EUR: it fits in no round: in round "
        "1: 100 kg more than the vehicle carries; no vehicle is left: the fleet has 1 x hub/evan"
    )


def test_the_window_that_is_missed_is_named() -> None:
    # near until 08:10, far not before 08:20; the other way round near is later still.
    words = left_out(tw_late_s=[EIGHT, EIGHT])
    assert "in round 1: 20 min after the window of far; no vehicle is left" in words


def test_the_shift_that_is_exceeded_is_named() -> None:
    # Both: 40 min of driving and 20 of service; the shift is 50 min.
    assert "in round 1: 10 min longer than the shift" in left_out(shift_s=[3000.0])


def test_the_battery_that_is_short_is_named_when_no_station_helps() -> None:
    # Both take 3 + 2.6 + 4 = 9.6 kWh in either case more than far alone, 9.2.
    words = left_out(usable_kwh=[9.3])
    assert "in round 1: 0.3 kWh more than the battery gives" in words


def test_a_new_round_is_tried_where_vehicles_are_left() -> None:
    # far alone: 40 km, 50 min, 9.2 kWh: 100 + 20 + 30 + 2.76 EUR.
    words = left_out(count=[2], capacity_kg=[900.0], prize_eur=[np.inf, 150.0])
    assert words.endswith("the cheapest place, in a new round of hub/evan, costs 152.76 EUR")


def test_a_stop_that_nobody_can_serve_is_named_with_the_rule() -> None:
    words = left_out(barred=[[0, 1]], bar_rules=("zone z",))
    assert words.endswith(
        "no vehicle can serve it: no vehicle at its depot hub may go there: zone z bars evan"
    )


def test_a_charge_on_the_way_is_tried() -> None:
    # Without the post far is out of range: 9.6 kWh against 6.
    problem = charging_problem(prize_eur=[np.inf, 400.0])
    trial = best_insertion(problem, NEAR, (1,))
    assert trial.feasible
    assert {charge.station for charge in trial.route.charges} == {"post"}
    assert check(problem, RoundsSolution((trial.route,))) == []
    # Just enough is charged, at 0.50 EUR a kWh instead of the depot's 0.30.
    assert trial.figures.charged_kwh == pytest.approx(3.6)
    assert trial.figures.end_kwh == pytest.approx(0.0, abs=1e-9)


def test_under_full_recharge_charges_are_full() -> None:
    trial = best_insertion(charging_problem(recharge="full"), NEAR, (1,))
    assert trial.feasible
    assert trial.figures.charges[0].level_after_kwh == pytest.approx(6.0)


def test_a_taken_connector_binds() -> None:
    # Stops at 10, 20 and 20 km, the post at 15, one plug. The first van is at near at 08:00 sharp
    # and can only charge on its way to the third stop, at the post from 08:15 on; the second van
    # charges there from 08:10 to 08:25, and is full with the freight of far.
    x = np.array([0.0, 10_000.0, 20_000.0, 20_000.0, 15_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    problem = charging_problem(
        stop_ids=("near", "far", "third"), stop_x_m=x[1:4], stop_y_m=[0.0] * 3, stop_depot=[0] * 3,
        delivery_kg=[0.0, 1e3, 1.0], kwh_per_km_per_t=[0.0],
        delivery_m3=[0.0] * 3, pickup_kg=[0.0] * 3, pickup_m3=[0.0] * 3,
        tw_early_s=[EIGHT, EIGHT, EIGHT], tw_late_s=[EIGHT, EIGHT + 2400.0, EIGHT + 2400.0],
        service_s=[600.0] * 3, distance_m=distance, time_s=distance * 0.06,
        prize_eur=[400.0] * 3, usable_kwh=[4.8], curve_kwh=[[0.0, 4.8]], curve_s=[[0.0, 1440.0]],
        count=[2], capacity_kg=[1e3], shift_s=[5400.0],
    )  # fmt: skip
    second = Route(
        "hub/evan", ("far",), EIGHT - 300.0, (Charge(0, "post", 3.0), Charge(1, "post", 0.5))
    )
    alone = best_insertion(problem, NEAR, (2,))
    assert alone.feasible
    beside = all_figures(problem, RoundsSolution((second,)))
    (busy,) = best_insertion(problem.replace(connectors=[1]), NEAR, (2,), beside).violations
    assert (busy.rule, busy.where) == ("connectors", "post")
    assert best_insertion(problem.replace(connectors=[2]), NEAR, (2,), beside).feasible
    words = why_left_out(problem.replace(connectors=[1]), RoundsSolution((NEAR, second)), "third")
    assert "in round 1: no free connector at post; in round 2: 1 kg more" in words


def test_existing_charges_and_reloads_keep_their_place() -> None:
    problem = charging_problem(max_trips=[2], usable_kwh=[20.0], curve_kwh=[[0.0, 20.0]])
    route = Route("hub/evan", ("near",), EIGHT - 600.0, (Charge(1, "post", 1.0),))
    trial = best_insertion(problem, route, (1,))
    # far comes after the post (15 km) or before it; both are 40 km. Never without the charge.
    assert [charge.station for charge in trial.route.charges] == ["post"]
    assert trial.figures.km == pytest.approx(40.0)
    two = Route("hub/evan", ("near",), EIGHT - 600.0)
    assert best_insertion(problem, two, (1,)).route.reloads == ()


def test_a_pair_is_put_in_together() -> None:
    problem = line_problem(
        pair_of=[-1, 0], delivery_kg=[0.0, 600.0], pickup_kg=[600.0, 0.0],
        delivery_m3=[0.0, 3.0], pickup_m3=[3.0, 0.0],
    )  # fmt: skip
    assert unit_of(problem, 0) == unit_of(problem, 1) == (0, 1)
    trial = best_insertion(problem, Route("hub/evan", (), EIGHT), (0, 1))
    assert trial.route.stops == ("near", "far")


def test_a_vehicle_for_the_freight() -> None:
    problem = line_problem(capacity_kg=[900.0])
    assert why_vehicle(problem, RoundsSolution((NEAR, FAR)), 1) == (
        "round 1 (hub/evan, 1 stop) is needed for the freight: all rounds move 1,000.0 kg, the 1 "
        "other vehicle can carry 900.0 kg"
    )


def test_a_vehicle_for_the_windows() -> None:
    problem = line_problem(tw_late_s=[EIGHT, EIGHT])
    assert why_vehicle(problem, RoundsSolution((NEAR, FAR)), 2) == (
        "round 2 (hub/evan, 1 stop) is needed: far does not: in round 1: 20 min after the window "
        "of far"
    )


def test_a_vehicle_for_the_battery() -> None:
    problem = line_problem(usable_kwh=[9.3])
    words = why_vehicle(problem, RoundsSolution((NEAR, FAR)), 1)
    assert words.endswith("near does not: in round 2: 0.3 kWh more than the battery gives")


def test_a_vehicle_that_saves_money() -> None:
    # far alone costs 2.76 + 20 + 30 + 1 a day; together with near 29.56 more: not worth it. With
    # 0.10 EUR a day and hours that cost 90 EUR beyond 40 minutes it is.
    problem = line_problem(fixed_eur=[0.1], regular_s=[1800.0], overtime_eur_per_h=[500.0])
    words = why_vehicle(problem, RoundsSolution((NEAR, FAR)), 1)
    assert words.startswith("round 1 (hub/evan, 1 stop) is worth its 29.42 EUR: in the other")


def test_a_vehicle_that_is_not_needed() -> None:
    # near in the round of far costs its 10 minutes of service and 10 x 0.04 kWh: 6.12 EUR.
    words = why_vehicle(line_problem(), RoundsSolution((NEAR, FAR)), 1)
    assert words == (
        "round 1 (hub/evan, 1 stop) is not needed: in the other rounds its stops cost 6.12 EUR, "
        "which saves 123.20 EUR, so a longer search should do without it"
    )


def test_explain_asks_all_of_it() -> None:
    problem = line_problem(prize_eur=[25.0, 25.0], capacity_kg=[900.0])
    assert len(explain(problem, RoundsSolution((NEAR,)))) == 1
    assert (
        explain(line_problem(), RoundsSolution((Route("hub/evan", ("near", "far"), EIGHT),))) == []
    )
    words = explain(problem, RoundsSolution(()), most=1)
    assert words[0].startswith("stop near is left out")
    assert words[1] == "and 1 more stops are left out"


def test_without_a_plan_the_reason_is_named_or_the_fleet() -> None:
    problem = line_problem(tw_late_s=[EIGHT, EIGHT], count=[1], usable_kwh=[9.0])
    far, near = why_absent(problem, ("far", "near"))
    assert far.startswith("stop far: out of battery range: there and back takes 9.2 kWh")
    assert near == (
        "stop near: no round was found with room for it; alone it takes hub/evan 0.5 h, so "
        "vehicles are short: the fleet has 1 x hub/evan"
    )


@pytest.mark.parametrize(("stop", "rule"), [("nowhere", "is no stop"), ("near", "is on a round")])
def test_a_wrong_question_is_refused(stop: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        why_left_out(line_problem(), RoundsSolution((NEAR,)), stop)
    with pytest.raises(InputError, match="has no round 2"):
        why_vehicle(line_problem(), RoundsSolution((NEAR,)), 2)
