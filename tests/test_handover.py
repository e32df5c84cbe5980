"""What rounds that charge on the way hand on, worked out by hand."""

import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from bundling import handover
from bundling.rounds import Charge, RoundsProblem, RoundsSolution, Route, evaluate

sys.path.insert(0, str(Path(__file__).parent / "rounds"))
from rounds_cases import charging_problem

# The line of `rounds_cases`: near at 10 km (400 kg), the post at 15 km, far at 20 km (600 kg).
# Round 1: out to near 10 x (0.2 + 0.1) = 3 kWh, on to the post 5 x (0.2 + 0.06) = 1.3, to far 1.3,
# back 20 x 0.2 = 4: 9.6 kWh, of which 4 from the post. The depot gives back 5.6.
ROUND = Route("hub/evan", ("near", "far"), 8 * 3600.0 - 600.0, (Charge(1, "post", 4.0),))


def solved(problem: RoundsProblem, *routes: Route) -> SimpleNamespace:
    """As much of a `Result` as the hand-over reads."""
    solution = RoundsSolution(routes)
    return SimpleNamespace(
        problem=problem, solution=solution, evaluation=evaluate(problem, solution)
    )


def two_depots(**changes: object) -> RoundsProblem:
    """The same line with a second depot at 30 km, where the vans end their rounds."""
    x = np.array([0.0, 30_000.0, 10_000.0, 20_000.0, 15_000.0])
    distance = np.abs(x[:, None] - x[None, :])
    fields = {
        "depot_ids": ("hub", "yard"), "depot_x_m": [0.0, 30_000.0], "depot_y_m": [0.0, 0.0],
        "depot_open_s": [0.0, 0.0], "depot_close_s": [86_400.0] * 2, "end_depot": [1],
        "distance_m": distance, "time_s": distance * 0.06,
    }  # fmt: skip
    return charging_problem(**(fields | changes))


def test_the_depot_gives_back_only_what_was_not_charged_on_the_way() -> None:
    rounds = solved(charging_problem(), ROUND)
    (vehicle,) = handover.vehicles_of_rounds([rounds]).itertuples()
    assert vehicle.depot == "hub"
    assert vehicle.need_kwh == pytest.approx(5.6)
    # 20 minutes out and 20 back, 2 x 10 at the stops, 20 at the post (5 min a kWh): 80 minutes.
    assert vehicle.arrival_s == pytest.approx(ROUND.departure_s + 80 * 60)
    assert vehicle.departure_s == pytest.approx(ROUND.departure_s + 86_400)


def test_a_round_that_ends_elsewhere_charges_there() -> None:
    # far to yard is 10 km x 0.2 = 2 kWh instead of 4: 7.6 driven, 3.6 from the yard.
    (vehicle,) = handover.vehicles_of_rounds([solved(two_depots(), ROUND)]).itertuples()
    assert vehicle.depot == "yard"
    assert vehicle.need_kwh == pytest.approx(3.6)


def test_charges_on_the_way_are_the_load_of_the_station() -> None:
    (charge,) = handover.charges_of_rounds([solved(charging_problem(), ROUND)]).itertuples()
    assert (charge.station, charge.depot, charge.kwh) == ("post", "", 4.0)
    # Leaves 07:50, at near 08:00-08:10, at the post 08:15 for 20 minutes.
    assert charge.start_s == pytest.approx(8.25 * 3600)
    assert charge.end_s == pytest.approx(8.25 * 3600 + 1200)
    behind = solved(charging_problem(station_depot=[0]), ROUND)
    assert handover.charges_of_rounds([behind])["depot"].tolist() == ["hub"]


def test_the_energy_balance_holds_with_charges_on_the_way() -> None:
    rounds = solved(charging_problem(), ROUND)
    needs = handover.vehicles_of_rounds([rounds])["need_kwh"].to_numpy()
    none = pd.DataFrame({"need_kwh": np.zeros(0)})
    energy = {"hub": SimpleNamespace(problem=SimpleNamespace(need_kwh=needs), solution=None)}
    found = handover.energy_balances([rounds], none, none, energy, None)
    balances = {item.balance: item for item in found}
    driven = balances["energy of vehicles"]
    assert (driven.left_value, driven.right_value) == pytest.approx((5.6, 5.6))
    assert balances["charging on the way"].left_value == pytest.approx(4.0)
    assert balances["charging on the way"].holds


def test_a_vehicle_that_brings_energy_back_needs_nothing() -> None:
    # Out to near 10 x 0.24 = 2.4 kWh, on to the post and back 5 + 15 km x 0.2 = 4: 6.4 driven. With
    # 6.9 from the post it comes back with 0.5 kWh more than it left with.
    problem = charging_problem(
        usable_kwh=[20.0], start_kwh=[5.0], curve_kwh=[[0.0, 20.0]], curve_s=[[0.0, 6000.0]]
    )
    route = replace(ROUND, stops=("near",), charges=(Charge(1, "post", 6.9),))
    rounds = solved(problem, route)
    needs = handover.vehicles_of_rounds([rounds])["need_kwh"]
    assert needs.tolist() == [0.0]
    none = pd.DataFrame({"need_kwh": np.zeros(0)})
    energy = {
        "hub": SimpleNamespace(problem=SimpleNamespace(need_kwh=needs.to_numpy()), solution=None)
    }
    (driven, *_) = handover.energy_balances([rounds], none, none, energy, None)
    assert driven.left_value == pytest.approx(0.0)
    assert driven.holds


def test_without_charges_on_the_way_there_is_no_balance_of_them() -> None:
    rounds = solved(charging_problem(usable_kwh=[60.0], curve_kwh=[[0.0, 60.0]]),
                    replace(ROUND, charges=()))  # fmt: skip
    none = pd.DataFrame({"need_kwh": np.zeros(0)})
    found = handover.energy_balances([rounds], none, none, {}, None)
    assert [item.balance for item in found] == ["energy of vehicles", "charging"]
    assert found[0].left_value == pytest.approx(9.6)
