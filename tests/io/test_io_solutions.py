"""Solutions as JSON and text: back as they were, published ones as they stand, faults by line."""

from __future__ import annotations

import json
import string
from pathlib import Path

import pytest
from benchmark_cases import EVRPTW, HFVRP, MTVRPTWR, put
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling import api
from bundling.errors import InputError
from bundling.io import read_instance, read_solution, write_solution
from bundling.io.instance_fields import InstanceFields
from bundling.io.rounds_instance import as_problem, read_fields
from bundling.io.rounds_solution import from_json, from_text, to_text
from bundling.rounds import Charge, RoundsProblem, RoundsSolution, Route, route_figures


def renamed(problem: InstanceFields, **ids: tuple[str, ...]) -> RoundsProblem:
    return as_problem(InstanceFields("x", "x", {**problem.fields, **ids}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("solutions")


@pytest.fixture(scope="module")
def electric(folder: Path) -> RoundsProblem:
    return read_instance(put(folder, "e.txt", EVRPTW))


@pytest.fixture(scope="module")
def trips(folder: Path) -> RoundsProblem:
    return read_instance(put(folder, "m.vrp", MTVRPTWR))


@pytest.fixture(scope="module")
def mixed(folder: Path) -> RoundsProblem:
    return read_instance(put(folder, "h.vrp", HFVRP))


ID = st.text(string.ascii_letters + string.digits + "-_.:/#é", min_size=1, max_size=6)
AMOUNT = st.floats(0, 1e6, allow_nan=False)
TIME = st.floats(-1e5, 1e6, allow_nan=False)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[RoundsProblem, RoundsSolution]:
    """Draw a problem with odd ids, and a solution that need not be feasible, with everything."""
    names = draw(st.lists(ID, min_size=6, max_size=6, unique=True))
    stop_ids, station, depot = tuple(names[:4]), names[4], names[5]
    vehicle_ids = tuple(draw(st.lists(ID, min_size=1, max_size=3, unique=True)))
    v = len(vehicle_ids)
    nothing = {"x": [0.0] * 6}
    stops = {
        name: [0.0] * 4
        for name in ("delivery_kg", "delivery_m3", "pickup_kg", "pickup_m3", "service_s")
    }
    per_vehicle = (
        "capacity_kg", "capacity_m3", "fixed_eur", "eur_per_km", "eur_per_h", "levy_eur_per_km",
        "eur_per_kwh", "kwh_per_km", "kwh_per_km_per_t", "charge_kw", "co2e_kg_per_km",
        "co2e_kg_per_kwh", "nox_g_per_km", "vehicle_depot",
    )  # fmt: skip
    zero = [[0.0] * 6] * 6
    problem = RoundsProblem(
        depot_ids=(depot,), depot_x_m=[0.0], depot_y_m=[0.0], depot_open_s=[0.0],
        depot_close_s=[1e6], stop_ids=stop_ids, stop_x_m=nothing["x"][:4],
        stop_y_m=nothing["x"][:4], stop_depot=[-1] * 4, tw_early_s=[0.0] * 4,
        tw_late_s=[1e6] * 4, **stops, vehicle_ids=vehicle_ids, vehicle_types=vehicle_ids,
        **{name: [0.0] * v for name in per_vehicle}, count=[9] * v, shift_s=[1e6] * v,
        usable_kwh=[1.0] * v, speed_factor=[1.0] * v, distance_m=zero, time_s=zero,
        station_ids=(station,), station_x_m=[0.0], station_y_m=[0.0],
        station_eur_per_kwh=[[0.0] * 24], curve_of=[[0]] * v, curve_kwh=[[0.0, 1.0]],
        curve_s=[[0.0, 1.0]],
    )  # type: ignore[arg-type]  # lists become arrays  # fmt: skip
    routes = []
    for _ in range(draw(st.integers(1, 4))):
        served = draw(st.lists(st.sampled_from(stop_ids), max_size=5))
        n = len(served)
        reloads = draw(st.sets(st.integers(1, n - 1))) if n > 1 else set()
        places = sorted(draw(st.lists(st.integers(0, n), max_size=3)))
        charges = tuple(Charge(place, station, draw(AMOUNT)) for place in places)
        routes.append(
            Route(
                draw(st.sampled_from(vehicle_ids)),
                tuple(served),
                draw(TIME),
                charges,
                tuple(sorted(reloads)),
            )
        )
    return problem, RoundsSolution(tuple(routes))


@settings(max_examples=150, deadline=None)
@given(world=worlds(), cost=st.none() | AMOUNT)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory,
    world: tuple[RoundsProblem, RoundsSolution],
    cost: float | None,
) -> None:
    problem, solution = world
    folder = tmp_path_factory.getbasetemp()
    for name in ("plan.json", "plan.sol"):
        path = write_solution(folder / name, solution, problem, cost=cost)
        assert read_solution(path, problem).routes == solution.routes


def test_text_has_one_line_a_route_and_what_it_leaves_out(electric: RoundsProblem) -> None:
    solution = RoundsSolution(
        (
            Route("ev", ("C1",), 0.0),
            Route("ev", ("C2",), 3.5, (Charge(0, "S1", 1.25), Charge(1, "S1", 2.0))),
        )
    )
    assert to_text(solution, electric, cost=12.5) == (
        "Route #1: C1\nDeparture #1: 0.0\n"
        "Route #2: S1 C2 S1\nDeparture #2: 3.5\nCharge #2: 1.25 2.0\nCost 12.5\n"
    )


def test_text_names_the_vehicle_of_a_mixed_fleet(mixed: RoundsProblem) -> None:
    text = to_text(RoundsSolution((Route("vehicle-3", ("1", "2"), 0.0),)), mixed)
    assert text == "Route #1: 1 2\nVehicle #1: vehicle-3\nDeparture #1: 0.0\n"


def test_the_kth_route_of_a_published_solution_belongs_to_the_kth_vehicle(
    mixed: RoundsProblem,
) -> None:
    text = "Route #1: \nRoute #2: 2\nRoute #4: 1\nCost: 24.00\nOptimal: True\n"
    solution = from_text(text, mixed)
    assert [route.vehicle for route in solution.routes] == ["vehicle-1", "vehicle-3"]
    assert api.check(mixed, solution) == []


def test_depots_at_both_ends_are_no_trips(trips: RoundsProblem) -> None:
    one, two = (from_text(f"Route #1: {x}", trips) for x in ("0 1 0 2 3 0", "1 0 2 3"))
    assert one.routes == two.routes
    assert one.routes[0].reloads == (1,)


def test_a_departure_is_put_off_while_nothing_gets_late(trips: RoundsProblem) -> None:
    solution = from_text("Route #1: 3 0 1", trips)
    figures = route_figures(trips, solution.routes[0])
    assert solution.routes[0].departure_s >= 60  # its release
    assert figures.waiting_h == 0


def test_full_recharge_needs_no_amounts_and_partial_does(folder: Path) -> None:
    full = read_instance(folder / "e.txt", recharge="full")
    (route,) = from_text("Route #1: S1 C2 S1 C1", full).routes
    assert [charge.kwh for charge in route.charges] == [6, 6]
    with pytest.raises(InputError, match="nothing says how much"):
        from_text("Route #1: S1 C2", read_instance(folder / "e.txt"))


def test_a_published_departure_keeps_a_window_that_closes(folder: Path) -> None:
    found = read_fields(folder / "e.txt")
    fields = {**found.fields, "tw_early_s": [30.0, 0.0], "tw_late_s": [50.0, 2.0]}
    problem = as_problem(InstanceFields("x", "x", fields))
    solution = from_text("Route #1: C2 S1 C1\nCharge #1: 10", problem)
    # Waiting at C1 would allow more, the window of C2 (at 2, reached at 4.5) allows nothing.
    assert solution.routes[0].departure_s == 0
    assert [violation.rule for violation in api.check(problem, solution)] == ["time window"]


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        ("Cost 3\n", None, "has no routes"),
        ("Route #1: C1 C9", 1, "'C9' is no stop, no station and not the depot"),
        ("Route #1: C1\nRoute #1: C2", 2, "'Route #1' is also at line 1"),
        ("Route #1: C1\nCharge #2: 3", 2, "there is no 'Route #2:'"),
        ("Route #1: C1\nCharge #1: 3", 2, "has 1 amounts for 0 visits"),
        ("Route #1: S1 C1\nCharge #1: lots", 2, "charge 'lots' is no number"),
        ("Route #1: S1 C1\nCharge #1: -3", 2, "charge -3 is below 0"),
        ("Route #1: C1\nDeparture #1: noon", 2, "departure 'noon' is no number"),
        ("Route #1: C1\nVehicle #1: tank", 2, "vehicle 'tank' is not there"),
        ("Route #1: C1\nCharges #1: 3", 2, "is no line of a solution"),
        ("Route #1: C1\n12 13", 2, "is no line of a solution"),
        ("Route #1: C1 D0 D0 C2", 1, "a trip has no stops"),
        ("Route #1: C1 S1 D0 C2\nCharge #1: 2", 1, "on its way back to reload"),
        ("Route #1: C1 D0 S1\nCharge #1: 2", 1, "the last trip has no stops"),
    ],
)
def test_faults_of_text(electric: RoundsProblem, text: str, line: int | None, rule: str) -> None:
    with pytest.raises(InputError) as error:
        from_text(text, electric, "plan.sol")
    found = [fault for fault in error.value.faults if rule in fault.rule]
    assert found, error.value
    assert found[0].rows == (() if line is None else (str(line),))


def test_a_route_beyond_a_mixed_fleet(mixed: RoundsProblem) -> None:
    with pytest.raises(InputError, match="there is no vehicle 5, only 4"):
        from_text("Route #5: 1", mixed)


def test_what_text_cannot_hold_is_refused(folder: Path) -> None:
    found = read_fields(folder / "e.txt")
    spaced = renamed(found, stop_ids=("C 1", "C2"))
    for route, rule in (
        (Route("ev", ("C 1",), 0.0), "calls at 'C 1', which is not one word"),
        (Route("tank", ("C2",), 0.0), "is of vehicle 'tank'"),
        (Route("ev", ("C2",), 0.0, (), (4,)), "reloads that do not begin a next trip"),
    ):
        with pytest.raises(InputError, match=rule):
            to_text(RoundsSolution((route,)), spaced)


GOOD = {"vehicle": "ev", "stops": ["C1"], "departure_s": 0.0}


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        ("{", "is no JSON"),
        ('{"routes": NaN}', "is no JSON"),
        ("{}", "is not a list of routes"),
        ('{"routes": [3]}', "is not a route"),
        (json.dumps({"routes": [{**GOOD, "vehicle": 3}]}), "is not the id of a vehicle"),
        (json.dumps({"routes": [{**GOOD, "stops": "C1"}]}), "is not a list of ids"),
        (json.dumps({"routes": [{**GOOD, "departure_s": True}]}), "is not a number of seconds"),
        ('{"routes": [{"vehicle": "ev", "stops": [], "departure_s": 1' + "0" * 400 + "}]}",
         "is not a number of seconds"),
        (json.dumps({"routes": [{**GOOD, "reloads": [0.5]}]}), "is not a list of positions"),
        (json.dumps({"routes": [{**GOOD, "charges": [{"before": 0}]}]}), "is not a list of charg"),
    ],
)  # fmt: skip
def test_faults_of_json(data: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        from_json(data, "plan.json")


def test_json_of_before_charging_is_read() -> None:
    solution = from_json(json.dumps({"routes": [GOOD], "note": "extra"}))
    assert solution.routes == (Route("ev", ("C1",), 0.0),)
