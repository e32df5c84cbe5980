"""Breaks of drivers: the rules by hand, each broken, breaks put into a fixed round, tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rounds_cases import charging_problem, line_problem
from test_rounds_problem import same

from bundling.errors import InputError
from bundling.rounds import (
    Break,
    Charge,
    RoundsProblem,
    RoundsSolution,
    Route,
    check,
    count_checks,
    evaluate,
    route_figures,
)
from bundling.rounds.breaks import BREAK_RULES, Spell, lacking
from bundling.rounds.duty import spells
from bundling.rounds.schedule import best_timed, route_timing, with_breaks
from bundling.rounds.tables import tables
from bundling.rules import RuleBook

HOUR, MINUTE = 3600.0, 60.0
EIGHT = 8 * HOUR
ROUND = Route("hub/evan", ("near", "far"), EIGHT)


def day(*parts: tuple[str, float]) -> list[Spell]:
    """Spells one after another, from minutes."""
    now, found = EIGHT, []
    for doing, minutes in parts:
        found.append(Spell(doing, now, now + minutes * MINUTE))
        now = found[-1].end_s
    return found


def lacks(rule: str, *parts: tuple[str, float]) -> list[float]:
    """Minutes that are lacking."""
    return [seconds / MINUTE for _, seconds in lacking(BREAK_RULES[rule], day(*parts))]


@pytest.mark.parametrize(
    ("parts", "over"),
    [
        ([("drive", 270)], []),
        ([("drive", 271)], [1]),
        ([("drive", 200), ("work", 100), ("drive", 100)], [30]),  # work is no break
        ([("drive", 200), ("rest", 45), ("drive", 270)], []),
        ([("drive", 200), ("rest", 44), ("drive", 100)], [30]),
        ([("drive", 100), ("rest", 15), ("drive", 170), ("rest", 30), ("drive", 270)], []),
        ([("drive", 100), ("rest", 30), ("drive", 170), ("rest", 15), ("drive", 20)], [20]),
        ([("drive", 100), ("rest", 30), ("drive", 170), ("rest", 30), ("drive", 20)], []),
        ([("drive", 100), ("rest", 14), ("drive", 170), ("rest", 30), ("drive", 20)], [20]),
        # After both parts a new stretch begins, and needs a first part of its own.
        ([("drive", 9), ("rest", 15), ("drive", 9), ("rest", 30), ("drive", 200), ("rest", 30),
          ("drive", 100)], [30]),
        # Two rests without anything between them are one.
        ([("drive", 200), ("rest", 20), ("rest", 25), ("drive", 270)], []),
        ([("drive", 200), ("rest", 20), ("work", 0), ("rest", 25), ("drive", 270)], []),
        ([("rest", 45), ("drive", 271)], [1]),
    ],
)  # fmt: skip
def test_driving_rule_by_hand(parts, over) -> None:
    assert lacks("eu561", *parts) == pytest.approx(over)


@pytest.mark.parametrize(
    ("parts", "short"),
    [
        ([("work", 330)], []),
        ([("work", 331)], [30]),
        ([("work", 200), ("rest", 30), ("drive", 200)], []),
        ([("work", 200), ("rest", 15), ("drive", 100), ("rest", 15), ("work", 100)], []),
        ([("work", 200), ("rest", 20), ("drive", 200)], [10]),
        ([("work", 200), ("rest", 14), ("rest", 0), ("drive", 100), ("rest", 14), ("work", 100)],
         [30]),
        ([("work", 300), ("rest", 30), ("work", 300)], []),
        ([("work", 300), ("rest", 30), ("work", 301)], [15]),
        ([("work", 300), ("rest", 45), ("work", 301)], []),
        ([("work", 331), ("rest", 30)], [30]),  # nothing is interrupted after the last work
    ],
)  # fmt: skip
def test_working_rule_by_hand(parts, short) -> None:
    assert lacks("atw", *parts) == pytest.approx(short)


def test_both_rules_at_once() -> None:
    assert lacks("eu561+atw", ("drive", 271), ("work", 60)) == [1, 30]


def test_the_figures_are_those_of_the_dated_rules() -> None:
    law = RuleBook.default().driving_time(date(2027, 6, 1))
    rule = BREAK_RULES["eu561"].driving
    assert rule is not None
    assert rule.driving_s == law.drive_before_break_h * HOUR
    assert rule.whole_s == law.break_min * MINUTE
    assert rule.first_part_s == law.break_first_part_min * MINUTE
    assert rule.second_part_s == law.break_second_part_min * MINUTE


# -- in a round --------------------------------------------------------------------------------


def slow_problem(**changes) -> RoundsProblem:
    """The line at 5 km/h: two hours a leg of 10 km, eight hours of driving."""
    fields = {
        "speed_factor": [1 / 12],
        "shift_s": [12 * HOUR],
        "tw_early_s": [0.0, 0.0],
        "tw_late_s": [86_400.0, 86_400.0],
        "break_rule": ("eu561",),
    }
    return line_problem(**(fields | changes))


def rules(problem: RoundsProblem, route: Route) -> list[tuple[str, float]]:
    found = check(problem, RoundsSolution((route,)))
    return [(v.rule, pytest.approx(v.amount)) for v in found]


def test_a_break_is_taken_where_the_vehicle_stands() -> None:
    # 08:00 out, near 10:00-10:10, far 12:10-12:20, break to 13:05, home 17:05.
    problem = slow_problem()
    route = replace(ROUND, breaks=(Break(2, 45 * MINUTE),))
    figures = route_figures(problem, route)
    (event,) = figures.breaks
    assert (event.before, event.start_s, event.end_s) == (2, EIGHT + 260 * 60, EIGHT + 305 * 60)
    assert figures.return_s == EIGHT + 545 * 60
    assert figures.break_h == 0.75
    hours = figures.driving_h + figures.service_h + figures.waiting_h + figures.break_h
    assert figures.duration_h == pytest.approx(hours)
    assert rules(problem, route) == []
    assert rules(problem, ROUND) == [("driver breaks (driving without a break)", 3.5 * HOUR)]
    solution = RoundsSolution((route,))
    assert evaluate(problem, solution).indicators["break_h"] == 0.75
    assert count_checks(problem, solution) == count_checks(line_problem(), solution) + 1
    made = tables(problem, solution)["breaks"]
    assert made.iloc[0].tolist()[:5] == [1, 1, "hub/evan", "", "12:20"]
    assert "breaks" not in tables(line_problem(), RoundsSolution((ROUND,)))


def test_where_a_break_comes_among_charges_and_reloads() -> None:
    problem = charging_problem(max_trips=[2], reload_s=[600.0], break_rule=("atw",))
    route = Route(
        "hub/evan", ("near", "far"), EIGHT, (Charge(1, "post", 1.0),), (1,),
        (Break(0, 10.0), Break(1, 20.0), Break(1, 30.0, 1), Break(1, 40.0, 2), Break(2, 50.0)),
    )  # fmt: skip
    figures = route_figures(problem, route)
    reload, charge, visits = figures.reloads[0], figures.charges[0], figures.visits
    starts = [event.start_s for event in figures.breaks]
    assert starts == [EIGHT, visits[0].end_s, reload.end_s, charge.end_s, visits[1].end_s]
    assert [event.before for event in figures.breaks] == [0, 1, 1, 1, 2]
    assert reload.arrival_s == visits[0].end_s + 20.0 + 600.0
    day_of = spells(problem, route, figures)
    assert (day_of[0].start_s, day_of[-1].end_s) == (figures.departure_s, figures.return_s)
    assert all(a.end_s == b.start_s for a, b in pairwise(day_of))


def test_charging_and_waiting_count_when_long_enough() -> None:
    # The charge takes 15 min at 5 min a kWh; waiting 30 min for the post before it makes 45.
    problem = charging_problem(
        kwh_per_km_per_t=[0.0], speed_factor=[1 / 12], shift_s=[16 * HOUR],
        tw_late_s=[86_400.0] * 2, break_rule=("eu561",), station_open_s=[EIGHT + 220 * 60.0],
    )  # fmt: skip
    # Near 10:00-10:10, the post at 11:10 opens 11:40, charged 11:55; far 12:55-13:05, home 17:05.
    route = Route("hub/evan", ("near", "far"), EIGHT, (Charge(1, "post", 3.0),))
    figures = route_figures(problem, route)
    assert (figures.charges[0].start_s, figures.charges[0].end_s) == (
        EIGHT + 220 * 60, EIGHT + 235 * 60,
    )  # fmt: skip
    # 3 h before the charge, 1 + 4 h after it: half an hour too long.
    assert rules(problem, route) == [("driver breaks (driving without a break)", 0.5 * HOUR)]
    # Without the wait the 15 minutes are a first part; 30 min at far make it whole.
    always = problem.replace(station_open_s=[0.0])
    late = replace(route, breaks=(Break(2, 30 * MINUTE),))
    assert rules(always, late) == []
    # At far 4 h are driven; 29 minutes make no second part, so all 8 h count.
    short = replace(route, breaks=(Break(2, 29 * MINUTE),))
    assert rules(always, short) == [("driver breaks (driving without a break)", 3.5 * HOUR)]


@pytest.mark.parametrize(
    ("taken", "words"),
    [
        ((Break(3, 60.0),), "break before stop number 3 of 2"),
        ((Break(1, 60.0, 1),), "break after 1 calls before stop number 1"),
        ((Break(1, -1.0),), "break of -1.0 s"),
        ((Break(2, 60.0), Break(1, 60.0)), "breaks out of order"),
    ],
)
def test_a_break_that_cannot_be(taken, words: str) -> None:
    route = replace(ROUND, breaks=taken)
    (found,) = check(slow_problem(), RoundsSolution((route,)))
    assert words in found.where
    with pytest.raises(ValueError, match=words):
        route_figures(slow_problem(), route)


# -- breaks put in -----------------------------------------------------------------------------


def test_breaks_are_put_into_a_fixed_round() -> None:
    # 8 h 20 min of driving and service need one break of 45 min, at far at the latest.
    problem = slow_problem()
    assert route_timing(problem, ROUND).late_s == float("inf")
    planned = best_timed(problem, ROUND)
    assert rules(problem, planned) == []
    assert sum(rest.seconds for rest in planned.breaks) == pytest.approx(45 * MINUTE)
    figures = route_figures(problem, planned)
    assert figures.return_s - figures.departure_s == pytest.approx(8 * HOUR + 65 * MINUTE)
    assert planned == with_breaks(problem, planned)
    free = problem.replace(break_rule=())
    assert with_breaks(free, planned).breaks == ()


def test_a_wait_that_comes_anyway_is_the_break() -> None:
    # Near closes at 10:00 and far opens at 12:30: 20 min of waiting at least. A break of 45 min is
    # due at far or before; leaving near at 10:10 there is nothing to win by waiting 45 at far, nor
    # by resting 45 before: both end 35 min later than waiting alone. Far opens at 12:55: no cost.
    problem = slow_problem(tw_late_s=[10 * HOUR, 86_400.0], tw_early_s=[0.0, 12 * HOUR + 55 * 60.0])
    timing = route_timing(problem, ROUND)
    assert timing.late_s == 0
    assert best_timed(problem, ROUND).breaks == ()
    assert timing.departure_s == EIGHT  # 08:00, near 10:00, at far 12:10: exactly 45 min
    assert rules(problem, replace(ROUND, departure_s=EIGHT)) == []
    closer = problem.replace(tw_early_s=[0.0, 12 * HOUR + 30 * 60.0])
    planned = best_timed(closer, ROUND)
    assert rules(closer, planned) == []
    figures = route_figures(closer, planned)
    assert figures.return_s - figures.departure_s == pytest.approx(8 * HOUR + 65 * MINUTE)


def test_no_breaks_where_none_help() -> None:
    # One leg takes five hours: no rule on driving can be kept.
    problem = slow_problem(speed_factor=[1 / 30], shift_s=[86_400.0])
    assert with_breaks(problem, ROUND) is None
    assert best_timed(problem, ROUND).breaks == ()


def test_a_work_rule_asks_for_a_break_and_a_later_return() -> None:
    problem = slow_problem(break_rule=("atw",), speed_factor=[1 / 8])
    # 5 h 20 min of driving + 20 min of service: 30 minutes are due.
    planned = best_timed(problem, ROUND)
    figures = route_figures(problem, planned)
    assert figures.return_s - figures.departure_s == pytest.approx(6 * HOUR + 10 * MINUTE)
    assert rules(problem, planned) == []
    assert rules(problem, ROUND) == [("driver breaks (breaks in a day of work)", 30 * MINUTE)]


hours = st.integers(0, 20).map(lambda h: 1800.0 * h)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(hours, min_size=2, max_size=2),
    st.lists(hours, min_size=2, max_size=2),
    st.sampled_from(["eu561", "atw", "eu561+atw"]),
    st.sampled_from([1 / 12, 1 / 10, 1 / 8]),
)
def test_breaks_that_are_put_in_keep_every_rule(early, width, rule, speed) -> None:
    problem = slow_problem(
        tw_early_s=early,
        tw_late_s=[a + b for a, b in zip(early, width, strict=True)],
        break_rule=(rule,),
        speed_factor=[speed],
        shift_s=[86_400.0],
    )
    planned = with_breaks(problem, ROUND)
    if planned is None:
        return
    assert rules(problem, planned) == []
    timing = route_timing(problem, planned)
    figures = route_figures(problem, planned)
    assert timing.return_s == pytest.approx(figures.return_s)
    # No departure on the half hour, with breaks of any part at any place, is shorter.
    lasts = figures.return_s - figures.departure_s
    for taken in product((0.0, 15 * MINUTE, 30 * MINUTE, 45 * MINUTE), repeat=2):
        breaks = tuple(Break(place, rest) for place, rest in enumerate(taken, 1) if rest)
        for half_hour in range(40):
            tried = replace(ROUND, departure_s=1800.0 * half_hour, breaks=breaks)
            found = route_figures(problem, tried)
            if found.return_s - found.departure_s < lasts - 1e-3:
                assert rules(problem, tried)


def test_rules_and_breaks_go_through_tables_and_json() -> None:
    problem = slow_problem()
    again = problem.to_tables()
    assert same(RoundsProblem.from_tables(again), problem)
    again["vehicles"]["break_rule"] = None
    assert RoundsProblem.from_tables(again).break_rule == ()
    assert line_problem(break_rule=("",)).break_rule == ()
    route = replace(ROUND, breaks=(Break(1, 900.0, 0), Break(2, 1800.0)))
    assert RoundsSolution.from_dict(RoundsSolution((route,)).to_dict()).routes == (route,)


@pytest.mark.parametrize(
    ("names", "word"),
    [(("siesta",), "Name one of eu561, atw, eu561"), (("atw", "atw"), "has 2 names for 1")],
)
def test_a_rule_that_is_not_known(names, word: str) -> None:
    with pytest.raises(InputError, match=word):
        line_problem(break_rule=names)
