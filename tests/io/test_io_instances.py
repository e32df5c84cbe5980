"""Public instance formats: every number lands where it belongs, in the units of the tables."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from benchmark_cases import (
    AKBAY,
    ALL,
    CVRP,
    EVRP_NL,
    EVRPTW,
    HFVRP,
    MTVRPTWR,
    SDVRPTW,
    SOLOMON,
    public_set,
    put,
)

from bundling import api
from bundling.io import read_instance
from bundling.io.akbay import parse_akbay, read_akbay
from bundling.io.instance_fields import ROUNDINGS, rounded_units
from bundling.io.rounds_instance import read_fields, sniff
from bundling.io.rounds_solution import from_text


def test_formats_are_told_apart_by_what_they_hold() -> None:
    kinds = {name: sniff(text) for name, text in ALL.items()}
    assert kinds == {
        "solomon.txt": "solomon",
        "evrptw.txt": "evrptw",
        "evrp_nl.xml": "evrp-nl",
        "cvrp.vrp": "vrplib",
        "hfvrp.vrp": "vrplib",
        "sdvrptw.vrp": "vrplib",
        "mtvrptwr.vrp": "vrplib",
    }
    assert sniff(AKBAY) == "akbay"
    assert sniff("once upon a time") == ""


@pytest.mark.parametrize("name", ALL)
def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path: Path, name: str) -> None:
    plain = read_instance(put(tmp_path, name, ALL[name]))
    windows = tmp_path / f"windows-{name}"
    windows.write_bytes(b"\xef\xbb\xbf" + ALL[name].replace("\n", "\r\n").encode())
    again = read_instance(windows)
    assert plain.stop_ids == again.stop_ids
    np.testing.assert_array_equal(plain.distance_m, again.distance_m)


def test_solomon_counts_vehicles_first_in_full_precision(tmp_path: Path) -> None:
    problem = read_instance(put(tmp_path, "tiny.txt", SOLOMON))
    assert problem.depot_ids == ("0",)
    assert problem.stop_ids == ("1", "2", "3")
    assert problem.distance_m[0, 3] == math.sqrt(2) * 1000
    assert problem.time_s[0, 1] == 5.0
    assert problem.delivery_kg.tolist() == [6, 4, 5]
    assert problem.tw_early_s.tolist() == [0, 20, 0]
    assert problem.tw_late_s.tolist() == [50, 60, 90]
    assert problem.service_s.tolist() == [5, 5, 0]
    assert (problem.count[0], problem.capacity_kg[0]) == (2, 10)
    assert (problem.depot_close_s[0], problem.shift_s[0]) == (100, 100)
    solution = from_text("Route #1: 1 2\nRoute #2: 3", problem)
    assert api.check(problem, solution) == []
    length = 5 + math.hypot(3, 3) + 7 + 2 * math.sqrt(2)
    assert api.evaluate(problem, solution).objective == pytest.approx(20_000 + length, abs=1e-9)


def test_solomon_of_dimacs_cuts_after_the_first_decimal(tmp_path: Path) -> None:
    found = read_fields(put(tmp_path, "tiny.txt", SOLOMON), rounding="trunc1")
    assert not found.vehicles_first
    problem = read_instance(tmp_path / "tiny.txt", rounding="trunc1")
    assert problem.distance_m[0, 3] == 1400  # 1.41...
    assert problem.time_s[0, 3] == pytest.approx(1.4)
    solution = from_text("Route #1: 1 2\nRoute #2: 3", problem)
    assert api.evaluate(problem, solution).objective == pytest.approx(5 + 4.2 + 7 + 2.8)


@pytest.mark.parametrize(
    ("rounding", "metres"),
    [("none", 2718.281828), ("round", 3000), ("trunc", 2000), ("trunc1", 2700), ("round2", 2720),
     ("round3", 2718)],
)  # fmt: skip
def test_roundings(rounding: str, metres: float) -> None:
    assert rounding in ROUNDINGS
    got, units = rounded_units(np.array([[2.718281828]]), rounding)
    assert got[0, 0] == pytest.approx(metres, abs=1e-9)
    assert units[0, 0] == pytest.approx(metres / 1000, abs=1e-12)


def test_options_that_are_not_known_are_refused(tmp_path: Path) -> None:
    path = put(tmp_path, "tiny.txt", SOLOMON)
    with pytest.raises(ValueError, match="rounding is 'up'"):
        read_instance(path, rounding="up")
    with pytest.raises(ValueError, match="recharge is 'never'"):
        read_instance(path, recharge="never")


def test_evrptw(tmp_path: Path) -> None:
    problem = read_instance(put(tmp_path, "tiny.txt", EVRPTW), recharge="full")
    assert problem.depot_ids + problem.stop_ids + problem.station_ids == ("D0", "C1", "C2", "S1")
    assert problem.recharge == "full"
    assert problem.usable_kwh.tolist() == problem.start_kwh.tolist() == [16]
    assert problem.kwh_per_km.tolist() == [1]
    assert problem.count[0] == 2  # as many as customers
    assert problem.distance_m[0, 2] == 9000
    assert problem.time_s[0, 2] == 4.5  # twice as fast
    assert problem.curve_kwh.tolist() == [[0, 16]]
    assert problem.curve_s.tolist() == [[0, 8]]
    assert problem.curve_of.tolist() == [[0]]
    assert problem.station_close_s.tolist() == [100]
    assert not problem.station_eur_per_kwh.any()
    text = "Route #1: C1\nRoute #2: C2 S1"
    solution = from_text(text, problem)
    assert [charge.kwh for charge in solution.routes[1].charges] == [12]  # 16 - 9 - 3 = 4 left
    assert api.check(problem, solution) == []
    assert api.evaluate(problem, solution).objective == pytest.approx(20_000 + 10 + 18)


def test_evrp_nl_counts_hours_without_service(tmp_path: Path) -> None:
    found = read_fields(put(tmp_path, "tiny.xml", EVRP_NL))
    assert found.offset == 0.75
    problem = read_instance(tmp_path / "tiny.xml")
    assert problem.depot_ids + problem.stop_ids + problem.station_ids == ("0", "1", "2", "3")
    assert problem.distance_m[0, 1] == 50_000
    assert problem.time_s[0, 1] == pytest.approx(50 / 40 * 3600)
    assert problem.kwh_per_km.tolist() == [0.125]
    assert problem.usable_kwh.tolist() == [16]
    assert problem.shift_s.tolist() == [36_000]
    assert problem.curve_kwh.tolist() == [[0, 16, 16], [0, 12, 16]]
    assert problem.curve_s.tolist() == [[0, 7200, 7200], [0, 1800, 3600]]
    assert problem.curve_of.tolist() == [[1]]
    assert problem.charge_kw.tolist() == [24]
    text = "Route #1: 1 3 2\nCharge #1: 2"
    solution = from_text(text, problem)
    assert api.check(problem, solution) == []
    driven = 50 + math.hypot(20, 30) + math.hypot(10, 10) + 20
    level = 16 - 0.125 * (50 + math.hypot(20, 30))
    hours = driven / 40 + np.diff(np.interp([level, level + 2], [0, 12, 16], [0, 0.5, 1]))[0]
    cost = api.evaluate(problem, solution).objective
    assert cost - found.offset == pytest.approx(hours, abs=1e-9)


def test_cvrp_rounds_to_whole_numbers(tmp_path: Path) -> None:
    problem = read_instance(put(tmp_path, "tiny.vrp", CVRP))
    assert problem.depot_ids == ("0",)
    assert problem.stop_ids == ("1", "2", "3")
    assert problem.distance_m[0].tolist() == [0, 1000, 5000, 7000]
    assert problem.capacity_kg.tolist() == [10]
    assert problem.count.tolist() == [3]
    solution = from_text("Route #1: 2 3\nRoute #2: 1\nCost 18", problem)
    assert api.check(problem, solution) == []
    assert api.evaluate(problem, solution).objective == 5 + 4 + 7 + 1 + 1


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [
        ("FULL_MATRIX", "0 1 2\n1 0 3\n4 3 0"),
        ("LOWER_ROW", "1\n2 3"),
        ("LOWER_DIAG_ROW", "0 1 0 2 3 0"),
        ("UPPER_ROW", "1 2\n3"),
        ("UPPER_DIAG_ROW", "0 1 2 0 3 0"),
    ],
)
def test_explicit_distances(tmp_path: Path, shape: str, numbers: str) -> None:
    text = (
        "NAME: m\nTYPE: CVRP\nDIMENSION: 3\nEDGE_WEIGHT_TYPE: EXPLICIT\nCAPACITY: 9\n"
        f"EDGE_WEIGHT_FORMAT: {shape}\nEDGE_WEIGHT_SECTION\n{numbers}\n"
        "DEMAND_SECTION\n1 0\n2 1\n3 1\nEOF\n"
    )
    problem = read_instance(put(tmp_path, "m.vrp", text))
    back = 4000 if shape == "FULL_MATRIX" else 2000
    assert problem.distance_m.tolist() == [[0, 1000, 2000], [1000, 0, 3000], [back, 3000, 0]]


def test_hfvrp_keeps_the_order_of_its_vehicles(tmp_path: Path) -> None:
    problem = read_instance(put(tmp_path, "tiny.vrp", HFVRP))
    assert problem.count.tolist() == [2, 1, 1]  # equal neighbours are one entry
    assert problem.capacity_kg.tolist() == [6, 10, 6]
    assert problem.fixed_eur.tolist() == [10, 25, 10]
    assert problem.eur_per_km.tolist() == [1, 1.2, 1]
    assert problem.barred.sum() == 0
    solution = from_text("Route #1:\nRoute #2:\nRoute #3: 1 2\nRoute #4:\n", problem)
    assert [route.vehicle for route in solution.routes] == ["vehicle-2"]
    assert api.check(problem, solution) == []
    length = 5 + math.hypot(3, 3) + 7
    assert api.evaluate(problem, solution).objective == pytest.approx(25 + 1.2 * length)


def test_sdvrptw_bars_vehicles_from_sites(tmp_path: Path) -> None:
    problem = read_instance(put(tmp_path, "tiny.vrp", SDVRPTW))
    assert problem.allowed.tolist() == [[True, False], [True, True]]
    assert problem.shift_s.tolist() == [40, 40]
    assert problem.service_s.tolist() == [2, 3]
    assert problem.distance_m[0, 1] == 1414
    solution = from_text("Route #2: 2 1", problem)
    # Leaving at once would take until 54: the reader puts the departure off, to wait less.
    assert solution.routes[0].departure_s == pytest.approx(50 - 7 - 3 - 6.083, abs=1e-9)
    assert api.check(problem, solution) == []
    assert api.evaluate(problem, solution).objective == 7000 + 6083 + 1414
    (broken,) = api.check(problem, from_text("Route #1: 2\nRoute #2: 1", problem))
    assert broken.rule == "vehicle may go to the stop"


def test_mtvrptwr_reloads_and_waits_for_release(tmp_path: Path) -> None:
    problem = read_instance(put(tmp_path, "tiny.vrp", MTVRPTWR))
    assert problem.max_trips.tolist() == [3]
    assert problem.release_s.tolist() == [2, 4, 60]
    assert problem.service_s.tolist() == [5, 5, 5]
    solution = from_text("Route #1: 1 2 0 3", problem)
    (route,) = solution.routes
    assert route.reloads == (2,)
    assert route.departure_s > 4
    assert api.check(problem, solution) == []
    assert api.evaluate(problem, solution).objective == 14 + 36 + 50 + 70 + 70


def test_vrplib_with_prizes_pickups_and_two_depots(tmp_path: Path) -> None:
    text = (
        "NAME: mix\nTYPE: PCVRPTW\nDIMENSION: 4\nVEHICLES: 2\nCAPACITY: 9\n"
        "VEHICLES_MAX_DISTANCE: 30\nEDGE_WEIGHT_TYPE: EUC_2D\n"
        "NODE_COORD_SECTION\n1 0 0\n2 9 0\n3 3 4\n4 6 0\n"
        "LINEHAUL_SECTION\n1 0\n2 0\n3 4\n4 0\nBACKHAUL_SECTION\n1 0\n2 0\n3 1\n4 7\n"
        "PRIZE_SECTION\n1 0\n2 0\n3 0\n4 8\n"
        "TIME_WINDOW_SECTION\n1 0 90\n2 0 80\n3 0 90\n4 0 90\n"
        "VEHICLES_DEPOT_SECTION\n1 1\n2 2\nDEPOT_SECTION\n1\n2\n-1\nEOF\n"
    )
    problem = read_instance(put(tmp_path, "mix.vrp", text))
    assert problem.depot_ids == ("0", "1")
    assert problem.stop_ids == ("2", "3")
    assert problem.vehicle_depot.tolist() == [0, 1]
    assert problem.depot_close_s.tolist() == [90, 80]
    assert problem.shift_s.tolist() == [90, 80]
    assert problem.delivery_kg.tolist() == [4, 0]
    assert problem.pickup_kg.tolist() == [1, 7]
    assert problem.prize_eur.tolist() == [math.inf, 80]  # in units of the published costs
    assert problem.max_distance_m.tolist() == [30_000, 30_000]
    solution = from_text("Route #2: 2", problem)
    assert api.check(problem, solution) == []
    cost = api.evaluate(problem, solution).objective
    assert cost == pytest.approx(10 * 2 * 7.2 + 80)


def test_akbay() -> None:
    found = parse_akbay(AKBAY, "C101_C5x.txt")
    assert found.name == "C101_C5"
    assert (len(found.trucks), len(found.evs)) == (1, 2)
    sizes = [len(p) for p in (found.depots, found.satellites, found.stations, found.customers)]
    assert sizes == [1, 1, 1, 2]
    assert found.trucks.capacity.tolist() == [800]
    assert found.evs.battery.tolist() == [77.75, 77.75]
    assert found.evs.inverse_rate.tolist() == [3.47, 3.47]
    assert found.satellites.capacity.tolist() == [500]
    assert found.customers.demand.tolist() == [10, 20]
    assert (found.customers.delivered + found.customers.collected).tolist() == [10, 20]
    assert found.customers.early.tolist() == [456, 277]
    assert found.customers.service.tolist() == [90, 90]
    assert found.left_out == 0
    assert parse_akbay(AKBAY + AKBAY.splitlines()[-1] + "\n", "x.txt").left_out == 1


@pytest.mark.parametrize(
    ("name", "pattern", "stops", "stations"),
    [
        ("solomon", "*.txt", {100}, {0}),
        ("evrptw", "*.txt", {5, 10, 15, 100}, set(range(2, 22))),
        ("evrp_nl", "tc*.xml", {10, 20, 40, 80, 160, 320}, {2, 3, 4, 5, 8, 12, 16, 24, 38}),
        ("sdvrptw_site_dependent", "PR*.vrp", set(range(48, 1009)), {0}),
        ("mtvrptwr_multitrip", "*.vrp", {100, 200}, {0}),
        ("hfvrp_pessoa", "X*.vrp", set(range(100, 1001)), {0}),
    ],
)
def test_public_sets_are_read(name: str, pattern: str, stops: set[int], stations: set[int]) -> None:
    for path in sorted(public_set(name).glob(pattern)):
        problem = read_instance(path)
        assert problem.num_stops in stops
        assert problem.num_stations in stations


def test_public_two_echelon_set_is_read() -> None:
    folder = public_set("2e_evrptw")
    with (folder / "best_known.csv").open(encoding="utf-8") as file:
        known = {record["instance"]: record for record in csv.DictReader(file)}
    found = [read_akbay(path) for path in sorted(folder.glob("*x.txt"))]
    assert {instance.name for instance in found} == set(known)
    for instance in found:
        used = known[instance.name]
        # Two published plans use a truck more than their file has.
        beyond = int(used["first_echelon_vehicles"]) - len(instance.trucks)
        assert beyond <= (1 if instance.name in ("R102_21", "R106_21") else 0)
        assert len(instance.evs) >= int(used["second_echelon_vehicles"])
        assert instance.left_out == (1 if instance.name == "R103_C10" else 0)
        if not instance.left_out:
            parts = instance.customers.delivered + instance.customers.collected
            np.testing.assert_array_equal(parts, instance.customers.demand)
