"""The four drawings of rounds: what is on them, and how little they need."""

from __future__ import annotations

import numpy as np
import pytest
from rounds_cases import charging_problem, city_problem, line_problem

from bundling.rounds import Charge, RoundsSolution, Route
from bundling.rounds.plot import connection_load, gantt, plot, state_of_charge

EIGHT = 8 * 3600.0
DRAWINGS = (plot, gantt, state_of_charge, connection_load)


@pytest.fixture(name="plan")
def _plan():
    problem = charging_problem(
        station_ids=("post", "pole"), station_x_m=[15_000.0, 15_000.0], station_y_m=[0.0, 500.0],
        station_eur_per_kwh=np.full((2, 24), 0.5), curve_of=[[0, 0]], prize_eur=[99.0, 99.0],
        **_places(0.0, 10_000.0, 20_000.0, 15_000.0, 15_000.0),
    )  # fmt: skip
    route = Route("hub/evan", ("near",), EIGHT - 600.0, (Charge(1, "post", 1.0),))
    return RoundsSolution((route,)), problem


def _places(*x: float):
    distance = np.abs(np.subtract.outer(x, x))
    return {"distance_m": distance, "time_s": distance * 0.06}


def labels(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_the_map_shows_stations_charges_and_stops_left_out(plan) -> None:
    ax = plot(*plan)
    assert labels(ax) == [
        "1  hub/evan", "stop left out", "station, charged", "station", "depot",
    ]  # fmt: skip
    assert [text.get_text() for text in ax.texts] == ["near", "far", "1 charge, 1.0 kWh"]
    # The way goes over the station: hub, near, post, hub.
    assert ax.lines[0].get_xdata() == pytest.approx([0.0, 10.0, 15.0, 0.0])
    assert ax.get_title() == "1 round, 1 stop (1 left out)"


def test_the_gantt_names_rounds_and_what_they_do(plan) -> None:
    ax = gantt(*plan)
    assert labels(ax) == ["driving", "service", "charging"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["1  hub/evan"]
    assert "08:00" in [tick.get_text() for tick in ax.get_xticklabels()]
    bars = [bar.get_width() * 60 for group in ax.containers for bar in group]
    assert bars == pytest.approx([10.0, 5.0, 15.0, 10.0, 5.0])  # three ways, service, charge


def test_the_battery_is_drawn_with_reserve_and_charges(plan) -> None:
    ax = state_of_charge(*plan)
    assert labels(ax) == ["1  hub/evan", "charge on the way", "reserve"]
    # 6 kWh; near after 10 x 0.24, the post after 5 x 0.2 more, 1 kWh charged, 15 x 0.2 home.
    assert ax.lines[0].get_ydata() * 0.06 == pytest.approx([6, 3.6, 3.6, 2.6, 2.6, 3.6, 0.6])


def test_combustion_has_no_battery_to_draw() -> None:
    problem = line_problem(usable_kwh=[0.0], kwh_per_km=[0.0], kwh_per_km_per_t=[0.0])
    ax = state_of_charge(RoundsSolution((Route("hub/evan", ("near",), EIGHT),)), problem)
    assert labels(ax) == ["reserve"]


def test_the_load_stacks_depots_and_stations(plan) -> None:
    ax = connection_load(*plan)
    assert labels(ax) == ["depot hub", "station post"]
    # 1 kWh from 08:15 to 08:20 is a mean of 4 kW; 6.4 kWh are driven, so the hub gives 5.4.
    depot, both = (patch.get_data().values for patch in ax.patches)
    assert (both - depot).max() == pytest.approx(4.0)
    assert depot.sum() / 4 == pytest.approx(5.4)


def test_a_limit_of_the_depot_is_drawn(plan) -> None:
    solution, problem = plan
    ax = connection_load(solution, problem.replace(depot_kw=np.full((1, 96), 22.0)))
    assert labels(ax) == ["depot hub", "station post", "limit of hub"]


def test_many_rounds_and_places_keep_the_legend_short() -> None:
    problem = city_problem(30, seed=4, depots=3, fleet=("evan", "erigid"))
    routes = [
        Route(f"hub-{s % 3}/{'evan' if s % 2 else 'erigid'}", (f"stop-{s}",), EIGHT + 60 * s)
        for s in range(30)
    ]
    solution = RoundsSolution(tuple(routes))
    assert labels(state_of_charge(solution, problem)) == ["erigid", "evan", "reserve"]
    assert labels(plot(solution, problem)) == ["erigid", "evan", "depot"]
    assert len(gantt(solution, problem).get_yticklabels()) == 30


@pytest.mark.parametrize("draw", DRAWINGS)
def test_axes_can_be_given_and_nobody_needs_rounds(draw, plan) -> None:
    solution, problem = plan
    ax = draw(solution, problem)
    assert draw(solution, problem, ax=ax) is ax
    draw(RoundsSolution(()), problem)
