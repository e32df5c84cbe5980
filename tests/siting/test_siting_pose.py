"""From the hand-made region of `tests/tiny_region.py` to a siting problem."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from bundling.errors import InputError
from bundling.network import Travel
from bundling.result import Status
from bundling.siting import solve
from bundling.siting.demand import truck_km
from bundling.siting.pose import annuity, pose

DAY = date(2028, 6, 1)


@pytest.fixture(scope="module")
def problem(tiny_region):
    return pose(tiny_region, day=DAY, years=(2028, 2030))


def kwh(problem):
    return dict(zip(problem.demand_ids, problem.demand_kwh.tolist(), strict=True))


def test_demand_by_hand(problem):
    """Corridor: half of 13 km at mw-in x 90,000 trucks = 585,000 km; x 0.08 and 0.2 electric
    x 1.2 kWh/km x 0.1 charged here / 255 days.

    park-a: 20 rigids, 25 % (halfway 2026 and 2030) and 40 % electric, 120 km, 1 + 0.03 x 4.5
    kWh/km, 25 % public. park-b: 10 tractors, 10 % and 20 %, 250 km, no electric type so 1.2.
    park-c lies inside park-b.
    """
    assert kwh(problem) == {
        "corridor-mw-in": pytest.approx([585_000 * 0.12 * share / 255 for share in (0.08, 0.2)]),
        "estate-park-a-depot": pytest.approx([170.25, 272.4]),
        "estate-park-b-depot": pytest.approx([75.0, 150.0]),
    }
    assert problem.demand_kinds == ("corridor", "estate", "estate")
    assert problem.demand_min_kw.tolist() == [350.0, 0.0, 0.0]


def test_headroom_is_the_value_in_force(problem):
    """The rows of 2026 hold in 2028, those of 2030 in 2030; MW become kW."""
    assert problem.node_ids == ("area-1", "sub-west", "sub-east")
    assert problem.headroom_kw[:, 0, 0].tolist() == [3000.0, 2000.0, 1000.0]
    assert problem.headroom_kw[:, 1, 23].tolist() == [8000.0, 4000.0, 6000.0]
    assert problem.node_parent.tolist() == [-1, 0, 0]


def test_equipment_and_sites_by_hand(problem):
    """4 % over 10 and 30 years; 12 months of 2 EUR on top of 30 EUR per kW."""
    over_ten = 0.04 / (1 - 1.04**-10)
    assert problem.charger_eur_per_year == pytest.approx(
        [30_000 * (over_ten + 0.05), 150_000 * (over_ten + 0.05)]
    )
    over_thirty = 0.04 / (1 - 1.04**-30)
    assert problem.step_one_off_eur_per_year == pytest.approx(
        [10_000 * over_thirty, 60_000 * over_thirty]
    )
    assert problem.step_eur_per_kw_year.tolist() == [54.0, 54.0]
    assert problem.existing_kw.tolist() == [0.0, 350.0]
    assert problem.site_node.tolist() == [1, 2]


def test_detours_by_hand(tiny_region):
    """10 km and half an hour there: 2 x (10 x (0.2 + 1.135 x price) + 0.5 x 32) / 136.2 kWh.

    park-a's rigids drive 120 km at 1.135 kWh/km a day between visits.
    """

    class TenKilometres:
        def travel(self, here, there):
            shape = (len(here), len(there))
            nothing = np.zeros(shape)
            return Travel(np.full(shape, 10_000.0), np.full(shape, 1800.0), nothing)

    posed = pose(tiny_region, day=DAY, year=2030, network=TenKilometres())
    mine = posed.pair_demand == posed.demand_ids.index("estate-park-a-depot")
    mean_price = posed.price_eur_per_kwh.mean()
    expected = 2 * (10 * (0.2 + 1.135 * mean_price) + 0.5 * 32) / (120 * 1.135)
    assert posed.pair_eur_per_kwh[mine] == pytest.approx([expected, expected])
    assert posed.pair_km.tolist() == [10.0] * 6


def test_reach_limits_the_pairs(tiny_region):
    """site-a is 1 km from park-a, all others are farther than 2 km from their sites or on the
    other side: the node mw-in and site-m are 1 km apart."""
    posed = pose(tiny_region, day=DAY, year=2030, reach_km=2.0)
    found = {
        (posed.demand_ids[d], posed.site_ids[s])
        for d, s in zip(posed.pair_demand, posed.pair_site, strict=True)
    }
    assert found == {("estate-park-a-depot", "site-a"), ("corridor-mw-in", "site-m")}


def test_energy_price_includes_tax(problem, tiny_region):
    from bundling.rules import RuleBook

    tax = RuleBook.default().energy_tax_eur_per_kwh(1e6, DAY)
    assert tax > 0
    assert problem.price_eur_per_kwh[:2] == pytest.approx([0.08 + tax, 0.08 + tax])
    assert problem.price_eur_per_kwh[12] == pytest.approx(0.12 + tax)


def test_the_chain_hands_over_loads_and_shortfalls(tiny_region):
    load = np.arange(24.0)
    shortfall = pd.DataFrame(
        {
            "demand_id": ["shortfall-hub-a"],
            "name": ["Hub Anker"],
            "kind": ["shortfall"],
            "rd_x_m": [202_000.0],
            "rd_y_m": [500_000.0],
            "kwh": [40.0],
            "profile": ["depot"],
        }
    )
    posed = pose(
        tiny_region,
        day=DAY,
        years=(2028, 2030),
        base_load_kw={"sub-west": load},
        extra_demand=shortfall,
    )
    assert posed.base_load_kw[1].tolist() == [load.tolist()] * 2
    assert posed.base_load_kw.sum() == 2 * load.sum()
    assert kwh(posed)["shortfall-hub-a"] == [40.0, 40.0]
    assert posed.base_overload == "reported"


def test_faults_of_the_hand_over_come_at_once(tiny_region):
    with pytest.raises(InputError) as caught:
        pose(tiny_region, year=2030, base_load_kw={"sub-x": np.zeros(24), "sub-west": [1.0]})
    assert [fault.rows for fault in caught.value.faults] == [("sub-x",), ("sub-west",)]
    with pytest.raises(InputError, match="profile"):
        pose(tiny_region, year=2030, extra_demand=pd.DataFrame({"demand_id": ["x"]}))


def test_a_year_before_the_headroom_starts_is_a_fault(tiny_region):
    with pytest.raises(InputError, match="starts in 2026, after the planning year 2025"):
        pose(tiny_region, year=2025)


def test_a_way_between_motorway_nodes_is_needed(tiny_region):
    edges = tiny_region.table("motorway_edges")
    cut = tiny_region.replace({"motorway_edges": edges[edges["source"] == "mw-in"]})
    with pytest.raises(InputError, match="no motorway leads from origin to destination"):
        truck_km(cut)


def test_flows_of_far_nodes_enter_at_the_nearest_gateway(tiny_region):
    """mw-far has no edges, so its trucks come in over mw-out: 6.5 km at mw-in each."""
    nodes, flows = tiny_region.table("motorway_nodes"), tiny_region.table("truck_flows")
    far = nodes.iloc[[1]].assign(node_id="mw-far", rd_x_m=250_000.0)
    more = pd.DataFrame(
        {"origin": ["mw-far"], "destination": ["mw-in"], "trucks_per_year": [10_000]}
    )
    wider = tiny_region.replace(
        {
            "motorway_nodes": pd.concat([nodes, far], ignore_index=True),
            "truck_flows": pd.concat([flows, more], ignore_index=True),
        }
    )
    assert truck_km(wider) == {"mw-in": pytest.approx(6.5 * 100_000)}


def test_flows_within_one_node_take_the_assumed_distance(tiny_region):
    flows = pd.DataFrame({"origin": ["mw-in"], "destination": ["mw-in"], "trucks_per_year": [100]})
    assert truck_km(tiny_region.replace({"truck_flows": flows})) == {"mw-in": 4000.0}


def test_annuity():
    assert annuity(0.0, 10) == 0.1
    # Ten payments at 4 % are worth 1 today.
    assert sum(annuity(0.04, 10) / 1.04**t for t in range(1, 11)) == pytest.approx(1.0)


def test_the_tiny_region_solves(problem):
    """Within reach of everything is site-m with its 350 kW, so nothing needs to be built."""
    result = solve(problem, gap=0.0)
    assert result.status is Status.OPTIMAL
    assert result.evaluation.indicators["unserved_kwh_per_day_2030"] == pytest.approx(0.0)
