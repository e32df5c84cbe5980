"""The chain hands over real numbers, and proves it."""

from datetime import date

import numpy as np
import pytest

import bundling
from bundling import Status, handover
from bundling.chain import Study, run
from bundling.region import Region
from bundling.result import Event


@pytest.fixture(scope="module")
def study(tiny_region: Region) -> Study:
    return run(tiny_region, day=date(2030, 6, 4), time_limit=12, seed=1)


def test_every_family_has_a_checked_solution(study: Study) -> None:
    for family in ("hubs", "rounds", "energy", "siting"):
        steps = study.of(family)
        assert steps, f"no {family} step"
        for step in steps:
            assert step.result.status in (Status.OPTIMAL, Status.FEASIBLE), step.result
            assert step.result.violations == ()
            assert step.result.run.checks > 0


def test_the_balances_hold(study: Study) -> None:
    assert list(study.balances["balance"]) == [
        "stops",
        "freight through hubs",
        "energy of vehicles",
        "charging",
        "load of depots",
        "energy the depots miss",
    ]
    assert study.balances["holds"].all(), study.balances.to_string()
    energy = study.balances.set_index("balance").loc["energy of vehicles"]
    assert energy["left_value"] > 0, "the tiny region must drive electrically to prove anything"


def test_the_energy_of_a_round_is_the_need_of_its_vehicle(study: Study) -> None:
    (rounds, *_) = (step.result for step in study.of("rounds"))
    vehicles = handover.vehicles_of_rounds([rounds])
    asked = {
        name: need
        for step in study.of("energy")
        for name, need in zip(
            step.result.problem.vehicle_ids, step.result.problem.need_kwh, strict=True
        )
    }
    for row in vehicles.itertuples():
        if row.depot in handover.grid_node_of_depots(study.region):
            assert asked[row.vehicle] == pytest.approx(row.need_kwh)


def test_the_load_of_a_depot_is_load_on_its_grid_node(study: Study) -> None:
    (siting,) = (step.result.problem for step in study.of("siting"))
    node_of = handover.grid_node_of_depots(study.region)
    expected = np.zeros((siting.num_nodes, 24))
    for step in study.of("energy"):
        depot = step.name.removeprefix("energy ")
        node = siting.node_ids.index(node_of[depot])
        expected[node] += handover.hourly_grid_kw(step.result)
    np.testing.assert_allclose(siting.base_load_kw[:, 0, :], expected, atol=1e-9)


def test_a_broken_hand_over_shows() -> None:
    table = handover.balance_table(
        [
            handover.Balance("kept", "a", 10.0, "b", 10.0, "kWh"),
            handover.Balance("lost", "a", 10.0, "b", 9.0, "kWh"),
        ]
    )
    assert table["holds"].tolist() == [True, False]
    assert table["difference"].tolist() == [0.0, 1.0]


def test_same_seed_same_answer(tiny_region: Region) -> None:
    one, two = (run(tiny_region, day=date(2030, 6, 4), time_limit=12, seed=3) for _ in range(2))
    assert [s.result.objective for s in one.steps] == [s.result.objective for s in two.steps]


def test_progress_is_told_and_a_stop_is_obeyed(tiny_region: Region) -> None:
    events: list[Event] = []

    def stop_at_once(event: Event) -> bool:
        events.append(event)
        return False

    study = run(tiny_region, day=date(2030, 6, 4), time_limit=60, seed=1, on_event=stop_at_once)
    assert events
    assert study.of("siting"), "a stopped study still ends with the best found so far"


def test_freight_through_a_hub_starts_its_rounds_there(tiny_region: Region) -> None:
    # Direct is forbidden for what goes to addresses, so the balance is not 0 = 0.
    day = date(2030, 6, 4)
    problem = tiny_region.hubs(day=day)
    problem = problem.replace(shipment_direct=problem.shipment_stops == 0)
    hubs = bundling.solve(problem, time_limit=10)
    depots = handover.depot_of_shipments(hubs)
    rounds = bundling.solve(
        tiny_region.rounds(day=day, municipality="Tiny", depots=depots), time_limit=5
    )
    table = handover.balance_table(handover.freight_balances(tiny_region, hubs, [rounds]))
    through = table.set_index("balance").loc["freight through hubs"]
    assert through["holds"]
    assert through["left_value"] == pytest.approx(
        problem.shipment_kg[problem.shipment_stops > 0].sum()
    )
    assert set(rounds.problem.depot_ids) <= set(problem.hub_ids)


def test_ctrl_c_between_two_solves_keeps_what_is_there(
    tiny_region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(handover, "vehicles_of_linehaul", interrupted)
    study = run(tiny_region, day=date(2030, 6, 4), time_limit=12, seed=1)
    assert study.of("rounds")
    assert not study.of("energy")
    assert study.balances.empty


def test_without_a_plan_for_the_freight_the_chain_ends_there_and_says_why(
    tiny_region: Region,
) -> None:
    types = tiny_region.table("vehicle_types")
    types["shift_h"] = 0.01  # nobody is back in time from anywhere
    study = run(tiny_region.replace({"vehicle_types": types}), day=date(2030, 6, 4), time_limit=12)
    (step,) = study.steps
    assert step.result.status is Status.INFEASIBLE
    assert step.result.reasons
