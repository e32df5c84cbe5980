"""Flow refuelling: by hand, against the Pyomo twin (which follows the fuel) and all subsets."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from location_cases import best_by_hand, corridor, public_folder

import bundling
from bundling.errors import InputError
from bundling.io.frlm import read_frlm
from bundling.location import RefuellingProblem, RefuellingSolution
from bundling.location.refuelling.check import check
from bundling.location.refuelling.evaluate import served
from bundling.location.refuelling.paths import all_distances, shortest_paths
from bundling.location.refuelling.plot import plot
from bundling.models import refuelling, refuelling_detours
from bundling.models.solve import solve_reference
from bundling.result import Status


def solved(problem: RefuellingProblem) -> bundling.Result:
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL
    return result


@pytest.mark.parametrize(
    ("reach", "stations", "goes"),
    [
        (20, "A", [True, False]),  # there and back is 20; B-C does not pass A
        (20, "D", [True, False]),
        (19, "A", [False, False]),
        (14, "B", [True, True]),  # B to D and back is 14, B to A and back 6
        (13, "B", [False, True]),
        (8, "BC", [True, True]),  # B-C 4, C-D-C 6, B-A-B 6
        (5, "BC", [False, True]),  # C-D-C is 6
        (7, "C", [False, False]),  # C-B-C is 8
        (8, "C", [False, True]),
        (4, "ABCD", [True, True]),
        (3, "ABCD", [False, False]),  # B-C is 4
        (99, "", [False, False]),  # never refuelled, again and again
    ],
)
def test_round_trips_along_a_corridor(reach: float, stations: str, goes: list[bool]) -> None:
    problem = corridor(reach, 4)
    is_open = np.array([node in stations for node in "ABCD"])
    assert served(problem, RefuellingSolution(is_open)).tolist() == goes


@pytest.mark.parametrize(
    ("reach", "start", "end", "stations", "goes"),
    [
        (10, 1.0, 0.0, "", [True, True]),
        (10, 0.5, 0.0, "", [False, True]),  # 5 of the 10 to D, 5 of the 4 to C
        (10, 0.5, 0.0, "B", [True, True]),
        (10, 0.5, 0.5, "B", [False, True]),  # arrives at D with 3 of the 5 asked for
        (10, 0.5, 0.5, "BC", [True, True]),
        (10, 0.2, 0.0, "B", [False, True]),  # 2 do not do to B
        (10, 0.2, 0.0, "A", [True, False]),
        (10, 1.0, 0.7, "C", [True, True]),  # arrives with exactly 7 of 10
        (10, 1.0, 0.8, "C", [False, True]),
        (10, 1.0, 0.8, "D", [True, False]),  # refuels where it ends
    ],
)
def test_one_way_trips_along_a_corridor(
    reach: float, start: float, end: float, stations: str, goes: list[bool]
) -> None:
    problem = corridor(reach, 4, trip="one-way", start_share=start, end_share=end)
    is_open = np.array([node in stations for node in "ABCD"])
    assert served(problem, RefuellingSolution(is_open)).tolist() == goes


def test_one_station_serves_both_flows_or_the_larger_one() -> None:
    result = solved(corridor(14, 1))
    assert result.objective == 0
    assert result.solution.is_open.tolist() in ([False, True, False, False],
                                                [False, False, True, False])  # fmt: skip
    result = solved(corridor(13, 1))
    assert result.objective == 10  # B or C for the small flow; the large one needs two
    assert solved(corridor(13, 2)).objective == 0
    result = solved(corridor(3, 4))
    assert result.objective == 14
    assert result.reasons == ("14 vehicles that no sites serve",)


def random_problem(draw: st.DrawFn) -> RefuellingProblem:
    nodes = draw(st.integers(2, 6))
    lengths = draw(st.lists(st.integers(1, 5), min_size=nodes - 1, max_size=nodes - 1))
    paths, ways = [], []
    for _ in range(draw(st.integers(1, 4))):
        a = draw(st.integers(0, nodes - 1))
        b = draw(st.integers(0, nodes - 1))
        step = 1 if b >= a else -1
        paths.append(list(range(a, b + step, step)))
        ways.append([float(lengths[min(i, i + step)]) for i in range(a, b, step)])
    sites = draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=nodes, unique=True))
    least = draw(st.integers(0, len(sites)))
    return RefuellingProblem.on_paths(
        paths,
        ways,
        volume=draw(st.lists(st.integers(0, 9), min_size=len(paths), max_size=len(paths))),
        reach=float(draw(st.integers(1, 12))),
        trip=draw(st.sampled_from(["round", "one-way"])),
        start_share=draw(st.sampled_from([0.0, 0.5, 1.0])),
        end_share=draw(st.sampled_from([0.0, 0.25, 1.0])),
        site_node=sites,
        fixed_cost=draw(st.lists(st.integers(0, 4), min_size=len(sites), max_size=len(sites))),
        least_open=least,
        most_open=draw(st.integers(least, len(sites))),
    )


@given(data=st.data())
@settings(max_examples=80, deadline=None)
def test_search_twin_and_all_subsets_agree(data: st.DataObject) -> None:
    problem = random_problem(data.draw)
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL
    solution, value = solve_reference(refuelling.build, refuelling.read, problem)
    assert result.objective == pytest.approx(best_by_hand(problem), abs=1e-6)
    assert result.objective == pytest.approx(value, abs=1e-6)
    assert solution is not None
    assert bundling.evaluate(problem, solution).objective == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize("unit", [1e-9, 1e9])
def test_any_unit_of_volume_will_do(unit: float) -> None:
    problem = public_network(8, 6)
    served = solved(problem).evaluation.indicators["served"]
    shares = problem.replace(volume=problem.volume * unit, unit="shares")
    heard: list[float] = []
    result = bundling.solve(shares, gap=0.0, on_event=lambda event: heard.append(event.objective))
    assert result.status is Status.OPTIMAL
    assert result.evaluation.indicators["served"] == pytest.approx(served * unit)
    assert heard[-1] == pytest.approx(result.objective)  # what no sites serve is in it


@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_a_longer_range_never_serves_less(data: st.DataObject) -> None:
    problem = random_problem(data.draw)
    farther = problem.replace(reach=problem.reach * 1.5)
    one, two = (bundling.solve(p, gap=0.0) for p in (problem, farther))
    assert two.objective <= one.objective + 1e-9


def square(reach: float, share: float, p: int = 1, **options) -> RefuellingProblem:
    """A flow of 10 from A to B, 8 apart by C; stations at D (5 and 5 away) and E (6 and 6 away)."""
    arcs = [(0, 2, 4.0), (2, 1, 4.0), (0, 3, 5.0), (3, 1, 5.0), (0, 4, 6.0), (4, 1, 6.0)]
    return RefuellingProblem.on_paths(
        [[0, 2, 1]],
        [[4.0, 4.0]],
        volume=10.0,
        reach=reach,
        site_node=[3, 4],
        most_open=p,
        node_ids="ABCDE",
        detour_share=share,
        distance=all_distances(5, arcs),
        **options,
    )


@pytest.mark.parametrize(
    ("reach", "share", "unserved", "opened"),
    [
        (12, 0.2, 10, None),  # by D it is 10 instead of 8: a quarter more
        (12, 0.25, 0, "D"),  # D is 5 from both ends, half a range is 6
        (9, 0.25, 10, None),  # half a range is 4.5
        (12, 0.5, 0, "DE"),
    ],
)
def test_a_detour_to_a_station(reach: float, share: float, unserved: float, opened: str) -> None:
    result = solved(square(reach, share))
    assert result.objective == unserved
    if opened is not None:
        assert result.tables["sites"]["node"].iloc[0] in opened


def test_one_way_detours_look_at_both_ends() -> None:
    # 5 to D with 0.5 of 10 in the tank, then 5 of 10 to B.
    given = {"trip": "one-way", "start_share": 0.5}
    assert solved(square(10, 0.25, **given)).objective == 0
    assert solved(square(10, 0.25, end_share=0.6, **given)).objective == 10
    assert solved(square(10, 0.25, end_share=0.5, **given)).objective == 0
    assert solved(square(16, 0.25, p=0, **given)).objective == 0  # half of 16 does for all


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_detours_twin_and_all_subsets_agree(data: st.DataObject) -> None:
    nodes = data.draw(st.integers(2, 6))
    pairs = [(i, j) for i in range(nodes) for j in range(i + 1, nodes)]
    lengths = data.draw(st.lists(st.integers(1, 9), min_size=len(pairs), max_size=len(pairs)))
    kept = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    arcs = [
        (i, j, float(way))
        for (i, j), way, stays in zip(pairs, lengths, kept, strict=True)
        if stays or j == i + 1
    ]
    flows = data.draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=3))
    paths, ways = shortest_paths(arcs, flows)
    sites = data.draw(st.lists(st.integers(0, nodes - 1), min_size=1, max_size=5, unique=True))
    least = data.draw(st.integers(0, len(sites)))
    problem = RefuellingProblem.on_paths(
        paths,
        ways,
        volume=data.draw(st.lists(st.integers(0, 9), min_size=len(flows), max_size=len(flows))),
        reach=float(data.draw(st.integers(2, 20))),
        trip=data.draw(st.sampled_from(["round", "one-way"])),
        start_share=data.draw(st.sampled_from([0.0, 0.5, 1.0])),
        end_share=data.draw(st.sampled_from([0.0, 0.25, 1.0])),
        site_node=sites,
        fixed_cost=data.draw(st.lists(st.integers(0, 4), min_size=len(sites), max_size=len(sites))),
        least_open=least,
        most_open=data.draw(st.integers(least, len(sites))),
        detour_share=data.draw(st.sampled_from([0.1, 0.5, 2.0])),
        distance=all_distances(nodes, arcs),
    )
    result = bundling.solve(problem, gap=0.0, time_limit=30)
    assert result.status is Status.OPTIMAL
    _, value = solve_reference(refuelling_detours.build, refuelling_detours.read, problem)
    assert result.objective == pytest.approx(best_by_hand(problem), abs=1e-6)
    assert result.objective == pytest.approx(value, abs=1e-6)


def test_more_detour_never_serves_less_and_faults_are_told() -> None:
    costs = [solved(public_detours(share)).objective for share in (0.05, 0.1, 0.3)]
    assert costs == sorted(costs, reverse=True)
    assert costs[-1] < costs[0]
    with pytest.raises(InputError, match="flows and sites name 5 nodes"):
        square(12, 0.2).replace(distance=np.zeros((2, 2)))
    with pytest.raises(InputError, match="is no share"):
        square(12, 0.2).replace(detour_share=-0.1)


def public_detours(share: float) -> RefuellingProblem:
    network = read_frlm(public_folder("frlm") / "25NODE")
    number = {node: k for k, node in enumerate(network.weight)}
    arcs = [(number[i], number[j], way) for i, j, way in network.arcs]
    problem = public_network(8, 6)
    return problem.replace(detour_share=share, distance=all_distances(len(number), arcs))


BROKEN = {
    "sites open at most": [True, True, True, False],
    "sites open at least": [False, False, False, False],
    "site must be open": [True, False, True, False],
    "site is not forbidden": [False, True, False, True],
    "shape": [True],
}


@pytest.mark.parametrize("rule", BROKEN)
def test_the_checker_finds_every_broken_rule(rule: str) -> None:
    problem = corridor(14, 2).replace(
        least_open=1,
        must_open=np.array([False, True, False, False]),
        forbidden=np.array([False, False, False, True]),
    )
    assert check(problem, RefuellingSolution(np.array([False, True, False, False]))) == []
    broken = RefuellingSolution(np.array(BROKEN[rule]))
    assert rule in {violation.rule for violation in check(problem, broken)}


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputError) as error:
        RefuellingProblem.on_paths(
            [[0, 1]],
            [[-1.0]],
            volume=-1.0,
            reach=0.0,
            trip="there",
            start_share=2.0,
            site_node=[0, 0],
            fixed_cost=[np.inf, 1.0],
            least_open=3,
            must_open=[True, False],
            forbidden=[True, False],
        )
    columns = {(fault.table, fault.column) for fault in error.value.faults}
    assert columns == {
        ("paths", "path_length"), ("flows", "volume"), ("flows", "reach"), ("options", "trip"),
        ("options", "start_share"), ("sites", "node"), ("sites", "fixed_cost"),
        ("options", "least_open"), ("sites", "forbidden"),
    }  # fmt: skip
    with pytest.raises(InputError, match="does not divide"):
        corridor(5, 1).replace(path_start=np.array([0, 0, 6]))
    with pytest.raises(InputError, match="has a node without a name"):
        corridor(5, 1).replace(node_ids=("A",))


def test_a_problem_from_data_frames() -> None:
    arcs = pd.DataFrame(
        {"from": ["A", "B", "C", "A"], "to": ["B", "C", "D", "D"], "length": [3, 4, 3, 11]}
    )
    flows = pd.DataFrame({"origin": ["A", "C"], "destination": ["D", "B"], "volume": [10, 4]})
    sites = pd.DataFrame({"node": ["B", "C"], "fixed_cost": [1, 2]})
    problem = RefuellingProblem.from_tables(arcs, flows, sites, reach=14.0)
    result = solved(problem)
    assert result.objective == 1  # B for both; the arc of 11 is a detour
    assert result.tables["sites"]["node"].tolist() == ["B"]
    assert result.tables["flows"]["length"].tolist() == [10.0, 4.0]
    with pytest.raises(InputError) as error:
        RefuellingProblem.from_tables(
            arcs.assign(length=[-1, 4, 3, 11]),
            flows.assign(origin="X"),
            pd.DataFrame({"node": ["Y"]}),
            reach=1.0,
        )
    assert {(f.table, f.column) for f in error.value.faults} == {
        ("flows", "origin"), ("sites", "node"), ("arcs", "length")
    }  # fmt: skip
    with pytest.raises(InputError, match="no way leads there"):
        RefuellingProblem.from_tables(arcs, flows, reach=1.0, directed=True)
    with pytest.raises(InputError, match=r"flows\.volume: is missing"):
        RefuellingProblem.from_tables(arcs, flows.drop(columns="volume"), reach=1.0)


def test_of_equal_paths_the_one_found_first_counts() -> None:
    arcs = [("a", "b", 1.0), ("a", "c", 1.0), ("b", "d", 1.0), ("c", "d", 1.0), ("a", "b", 9.0)]
    paths, lengths = shortest_paths(arcs, [("a", "d"), ("d", "a"), ("a", "a"), ("a", "x")])
    assert paths == [["a", "b", "d"], ["d", "b", "a"], ["a"], []]
    assert lengths == [[1.0, 1.0], [1.0, 1.0], [], []]


def test_tables_and_plot() -> None:
    result = solved(corridor(13, 2))
    assert result.tables["flows"]["served"].tolist() == [True, True]
    ax = plot(result.solution, result.problem)
    assert "2 open sites serve 100.0%" in ax.get_title()
    again = RefuellingSolution.from_dict(result.solution.to_dict())
    assert bundling.evaluate(result.problem, again).objective == 0


def public_network(reach: float, p: int) -> RefuellingProblem:
    network = read_frlm(public_folder("frlm") / "25NODE")
    paths, lengths = shortest_paths(network.arcs, network.pairs)
    number = {node: k for k, node in enumerate(network.weight)}
    volume = [
        network.volume(pair, sum(ways)) for pair, ways in zip(network.pairs, lengths, strict=True)
    ]
    places = [[number[node] for node in path] for path in paths]
    return RefuellingProblem.on_paths(places, lengths, volume=volume, reach=reach, most_open=p)


@pytest.mark.parametrize(("reach", "p"), [(4, 3), (4, 24), (8, 2), (8, 10), (12, 4), (12, 11)])
def test_the_public_network_is_proved(reach: int, p: int) -> None:
    with (public_folder("frlm") / "frlm_25node_optima.csv").open(newline="") as file:
        known = {(int(r["range"]), int(r["p"])): r for r in csv.DictReader(file)}
    result = solved(public_network(reach, p))
    covered = float(known[reach, p]["covered_volume"])
    assert result.evaluation.indicators["served"] == pytest.approx(covered, abs=1e-3)


def test_broken_network_files_are_refused_in_words(tmp_path) -> None:
    (tmp_path / "ARCS.txt").write_text("1 4 a b\n2 x b c\n")
    (tmp_path / "NODES.txt").write_text("a 5 0 0\nb\n")
    with pytest.raises(InputError) as error:
        read_frlm(tmp_path)
    assert len(error.value.faults) == 2
    assert "'2 x b c' is no line" in str(error.value)
