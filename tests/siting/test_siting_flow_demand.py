"""Truck flows as linked demand: by hand, and in Overijssel."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from siting_hand import two_sites
from truck_cases import line

import bundling
from bundling import InputError
from bundling.result import Status
from bundling.siting.flow_demand import flow_words, flows_served, with_flows
from bundling.siting.limits import Coverage
from bundling.siting.long_term import pose_long_term
from bundling.siting.milp import build
from bundling.siting.pose import pose
from bundling.siting.problem import SitingProblem
from bundling.siting.solve import solve
from bundling.siting.truck_flows import truck_windows
from bundling.siting.truck_inputs import Truck
from bundling.siting.week import with_week

# 300 kWh at 1 kWh/km, full at the start, empty allowed: kilometres are kWh.
SMALL = Truck(300.0, 1.0, 1.0, 0.0, 0.0, 1000.0)
SITES = ("near", "far")


@pytest.fixture
def region(tiny_region):
    """The tiny region with one flow."""
    flows = pd.DataFrame(
        {"origin": ["mw-in"], "destination": ["mw-out"], "trucks_per_year": [25_500.0]}
    )
    return tiny_region.replace({"truck_flows": flows})


@pytest.fixture
def windows():
    """600 km over four nodes 200 km apart: 300 kWh are missing, and no site lies at km 300.

    So 150 kWh at km 150 to 300 (site near, km 200) and 150 at km 300 to 450 (site far, km 400).
    """
    return truck_windows(line(4, 200.0), [0], [3], [10.0], [1, 2], truck=SMALL, detour_km=0.0)


def roomy(**changes):
    """Grid and chargers for everything; no demand but that of flows."""
    values = {"headroom_kw": np.full((2, 1, 24), 5000.0), "max_chargers": [20, 20],
              "step_max_kw": [5000.0], "demand_kwh": [[0.0]]}  # fmt: skip
    return two_sites(**(values | changes))


def test_windows_become_linked_points_by_hand(region, windows):
    problem = with_flows(roomy(), region, windows, site_ids=SITES)
    assert problem.demand_ids == ("demand", "flow-0-1", "flow-0-2")
    assert problem.demand_names[1:] == (
        "Tiny to Elders, stop 1 of 2",
        "Tiny to Elders, stop 2 of 2",
    )
    assert problem.demand_kinds[1:] == ("flow", "flow")
    assert problem.demand_link.tolist() == [-1, 0, 0]
    assert problem.demand_kwh[1:, 0].tolist() == [1500.0, 1500.0]
    assert problem.demand_min_kw.tolist() == [0.0, 350.0, 350.0]
    assert problem.pair_demand[2:].tolist() == [1, 2]
    assert problem.pair_site[2:].tolist() == [0, 1]
    assert problem.demand_x_m[1:].tolist() == [200_100.0, 210_100.0]
    assert problem.demand_profile[1:].sum(axis=1) == pytest.approx([1.0, 1.0])


def test_a_flow_needs_a_site_in_both_windows(region, windows):
    def share(**changes):
        problem = with_flows(roomy(**changes), region, windows, site_ids=SITES, min_kw=0.0)
        result = solve(problem, gap=0.0)
        assert result.status is Status.OPTIMAL
        served = flows_served(problem, result.solution)
        each = np.bincount(problem.pair_demand, weights=result.solution.served[:, 0])[1:]
        return served["share"].tolist(), each.tolist()

    assert share() == ([pytest.approx(1.0)], pytest.approx([1.0, 1.0]))
    # Either site alone is of no use to these trucks, however much room it has.
    assert share(max_chargers=[20, 0]) == ([0.0], [0.0, 0.0])
    assert share(max_chargers=[0, 20]) == ([0.0], [0.0, 0.0])
    # Half of the power at one site is half of the trucks at both.
    peak = 1500.0 * with_flows(roomy(), region, windows, site_ids=SITES).demand_profile[1].max()
    tight = np.full((2, 1, 24), 5000.0)
    tight[0] = peak / 2
    assert share(headroom_kw=tight)[1] == pytest.approx([0.5, 0.5])


def test_two_flows_share_the_room_of_a_site(tiny_region):
    # 400 km with 300 kWh: 100 kWh for each truck at the site at km 100, 1,000 and 3,000 kWh a day.
    found = truck_windows(
        line(5, 100.0), [0, 0], [4, 4], [10.0, 30.0], [1], truck=SMALL, detour_km=0.0, merge=False
    )
    problem = with_flows(
        roomy(max_chargers=[4, 0]), tiny_region, found, site_ids=("near",), min_kw=0.0
    )
    assert problem.demand_link.tolist() == [-1, 0, 1]
    assert problem.demand_kwh[1:, 0].tolist() == [1000.0, 3000.0]
    result = solve(problem, gap=0.0)
    served = flows_served(problem, result.solution)
    # Four chargers of 50 kW, all in use at the busiest hour.
    most = 200.0 / problem.demand_profile[1].max()
    assert most < 4000.0
    assert (served["share"] * served["kwh"]).sum() == pytest.approx(most)


def test_the_way_to_a_site_is_priced(region):
    # The site lies 4 km off the road: 8 km there and back, whose 8 kWh the window asks for.
    found = truck_windows(
        line(5, 100.0), [0], [4], [10.0], [2], site_access_km=4.0, truck=SMALL, detour_km=10.0
    )
    assert found.window_kwh_per_truck == pytest.approx([108.0])
    problem = with_flows(roomy(), region, found, site_ids=("near",))
    types = region.table("vehicle_types")
    tractors = types[
        (types["fuel"] == "electric") & types["vehicle_class"].isin(["rigid", "tractor"])
    ]
    speed = region.assumption("speed_rural_kmh")
    per_km = tractors["eur_per_km"].mean() + tractors["eur_per_h"].mean() / speed
    assert problem.pair_km[-1] == pytest.approx(4.0)
    assert problem.pair_eur_per_kwh[-1] == pytest.approx(8.0 * per_km / 108.0)


def test_a_week_before_or_after_is_the_same(region, windows):
    one = with_week(with_flows(roomy(), region, windows, site_ids=SITES), region)
    two = with_flows(with_week(roomy(), region), region, windows, site_ids=SITES)
    for name in ("demand_kwh", "demand_profile", "demand_link", "pair_site", "pair_eur_per_kwh"):
        assert getattr(one, name) == pytest.approx(getattr(two, name)), name
    # 70 % working days at 1, 30 % weekend days at 0.3.
    assert two.demand_kwh[1, 0] == pytest.approx(1500.0 * 0.79)
    days = roomy().replace(
        day_ids=("a", "b"), day_share=[0.5, 0.5], headroom_kw=np.full((2, 1, 48), 5000.0),
        base_load_kw=np.zeros((2, 1, 48)), price_eur_per_kwh=np.full(48, 0.1),
        demand_profile=np.full((1, 48), 1 / 24),
    )  # fmt: skip
    with pytest.raises(InputError, match="no ratio is known for the days a, b"):
        with_flows(days, region, windows, site_ids=SITES)
    given = with_flows(days, region, windows, site_ids=SITES, day_ratio=[1.0, 0.0])
    assert given.demand_kwh[1, 0] == pytest.approx(750.0)
    assert given.demand_profile[1, 24:].sum() == 0


def test_trucks_with_windows_leave_the_corridor(tiny_region):
    # 50,000 trucks a year have a window, the 40,000 the other way (no volume) have none.
    posed = pose(tiny_region, years=(2026, 2030))
    old = posed.demand_kinds.index("corridor")
    found = truck_windows(
        line(5, 100.0), [0, 4], [4, 0], [[1.0, 2.0], [0.0, 0.0]], [1], truck=SMALL, detour_km=0.0
    )
    names = ("site-m",)
    kept = with_flows(posed, tiny_region, found, site_ids=names, corridor="keep")
    assert kept.num_demands == posed.num_demands + 1
    rest = with_flows(posed, tiny_region, found, site_ids=names)
    assert rest.demand_ids == kept.demand_ids
    assert rest.demand_kwh[old] == pytest.approx(posed.demand_kwh[old] * 40 / 90)
    assert np.delete(rest.demand_kwh, old, 0) == pytest.approx(np.delete(kept.demand_kwh, old, 0))
    none = with_flows(posed, tiny_region, found, site_ids=names, corridor="drop")
    assert "corridor" not in none.demand_kinds
    assert none.demand_kinds[-1] == "flow"

    # Pairs follow their points.
    def by_name(problem):
        return {
            (problem.demand_ids[d], problem.site_ids[s]): km
            for d, s, km in zip(
                problem.pair_demand, problem.pair_site, problem.pair_km, strict=True
            )
            if problem.demand_kinds[d] != "corridor"
        }

    assert by_name(none) == by_name(kept)


def test_parts_and_tables_follow(region, windows):
    area = Coverage(("Tiny",), np.array([0]), np.zeros((1, 1)))
    problem = with_flows(roomy(coverage=area), region, windows, site_ids=SITES)
    assert problem.coverage.demand_area.tolist() == [0, -1, -1]
    again = SitingProblem.from_tables(problem.to_tables())
    assert again.demand_link.tolist() == problem.demand_link.tolist()
    twice = problem.replace(demand_ids=("demand", "a", "b"))
    assert with_flows(twice, region, windows, site_ids=SITES).demand_link.tolist() == [
        -1, 0, 0, 1, 1,
    ]  # fmt: skip


def test_faults_come_at_once(tiny_region, windows):
    with pytest.raises(InputError) as caught:
        with_flows(roomy(), tiny_region, windows, site_ids=("near", "x"), corridor="all")
    places = [(fault.table, fault.column) for fault in caught.value.faults]
    assert places == [
        ("windows", "group_of_flow"), ("with_flows", "corridor"), ("windows", "pair_site"),
    ]  # fmt: skip
    with pytest.raises(InputError, match="has no site 1"):
        with_flows(roomy(), tiny_region, windows, site_ids=("near",))


def test_words_by_hand(region):
    share = region.assumption("electric_flow_share_2030")
    days = region.assumption("working_days_per_year")
    trucks = 25_500.0 / days * share
    far = truck_windows(line(4, 200.0), [0], [3], [trucks], [1, 2], truck=SMALL, detour_km=0.0)
    count, mwh = f"{trucks:.0f}", f"{trucks * 0.3:.1f}"
    assert flow_words(region, far, (2030,))[0] == (
        f"2030: of {count} electric trucks on a working day, {count} must charge on their way "
        f"(2.0 stops each, {mwh} MWh together), 0 get there without charging, and none is left out."
    )
    near = truck_windows(line(2, 200.0), [0], [1], [trucks], [1], truck=SMALL)
    assert (
        f"0 must charge on their way, {trucks:.0f} get there"
        in flow_words(region, near, (2030,))[0]
    )
    lost = truck_windows(line(4, 200.0), [0], [3], [trucks], [0], truck=SMALL, detour_km=0.0)
    assert f"{trucks:.0f} are not served because" in flow_words(region, lost, (2030,))[0]
    with pytest.raises(InputError, match="1 years, and 2 planning years"):
        flow_words(region, far, (2030, 2035))


def test_overijssel_poses_and_builds():
    region = bundling.load("overijssel")
    plain = pose_long_term(region, years=(2026, 2030))
    truck = Truck(start_share=0.5)
    problem = pose_long_term(region, years=(2026, 2030), flows=truck)
    flow = np.array(problem.demand_kinds) == "flow"
    assert flow.sum() >= 8
    assert (problem.demand_link[flow] >= 0).all()
    assert (problem.demand_link[~flow] == -1).all()
    old = np.array(plain.demand_kinds) == "corridor"
    new = np.array(problem.demand_kinds) == "corridor"
    assert 0 < problem.demand_kwh[new].sum() < plain.demand_kwh[old].sum()
    assert not any("flow" in kind for kind in plain.demand_kinds)
    built = build(problem)
    assert built.model is not None
    # A nearly full battery needs nothing here, so nothing changes.
    full = pose_long_term(region, years=(2026, 2030), flows=Truck())
    assert full.demand_ids == plain.demand_ids
    assert (full.demand_kwh == plain.demand_kwh).all()
