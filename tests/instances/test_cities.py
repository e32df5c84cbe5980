"""The city problems: a name is always the same problem, it can be solved, and says it is drawn."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import numpy as np
import pytest

from bundling import api
from bundling.certify import fingerprint
from bundling.instances.cities import KINDS, NAMES, pose
from bundling.instances.cities_fleet import curve
from bundling.instances.named import CITIES
from bundling.rounds import RoundsProblem
from bundling.rounds.echelons import TwoEchelonProblem
from bundling.rounds.explain import impossible_stops, short_fleet
from bundling.rounds.reach import find_reach


@pytest.fixture(scope="module", autouse=True)
def _regions_are_read_once() -> Iterator[None]:
    """A region is frozen, and reading it takes longer than all that is drawn from it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api, "load", functools.cache(api.load))
        yield


def rounds_of(problem: RoundsProblem | TwoEchelonProblem) -> RoundsProblem:
    return problem.second if isinstance(problem, TwoEchelonProblem) else problem


def test_names_hold_every_city_size_and_kind() -> None:
    assert len(NAMES) == len(set(NAMES)) == 36
    assert {name.partition("-")[0] for name in NAMES} == set(CITIES)
    assert {name.rpartition("-")[2] for name in NAMES} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_name_and_seed_give_the_same_problem(kind: str) -> None:
    name = f"deventer-20-{kind}"
    one, again, other = pose(name), pose(name), pose(name, seed=1)
    assert fingerprint(one) == fingerprint(again)
    assert fingerprint(one) != fingerprint(other)


@pytest.mark.parametrize("kind", ["electric", "plain", "echelons"])
@pytest.mark.parametrize("city", CITIES)
def test_every_stop_can_be_served(city: str, kind: str) -> None:
    problem = rounds_of(pose(f"{city}-40-{kind}"))
    reach = find_reach(problem)
    assert problem.num_stops == 40
    assert impossible_stops(problem, reach) == []
    assert short_fleet(problem, reach.possible(problem)) == []


def test_stops_say_that_they_are_synthetic() -> None:
    problem = pose("enschede-30-electric")
    assert all(stop.startswith("stop-synthetic-") for stop in problem.stop_ids)


def test_electric_problems_have_what_they_are_for() -> None:
    problem = pose("zwolle-60-electric")
    assert (problem.usable_kwh > 0).all()
    assert problem.num_stations > 0
    # Vans may charge everywhere, bikes nowhere; prices follow the hour and powers fall.
    of_type = dict(zip(problem.vehicle_types, problem.curve_of.tolist(), strict=True))
    assert min(of_type["evan"]) >= 0
    assert max(of_type["cargo_bike"]) == -1
    assert (np.ptp(problem.station_eur_per_kwh, axis=1) > 0).all()
    power = np.diff(problem.curve_kwh[0]) / np.diff(problem.curve_s[0])
    assert (np.diff(power) < 0).all()
    # Some stop is farther from the depot than a van comes back from without charging.
    v = problem.vehicle_types.index("evan")
    stops = slice(1, 1 + problem.num_stops)
    km = (problem.distance_m[0, stops] + problem.distance_m[stops, 0]) / 1000.0
    assert (km * problem.kwh_per_km[v] > 0.9 * problem.usable_kwh[v]).any()


def test_the_zone_keeps_diesel_out_of_mixed_problems() -> None:
    problem = pose("zwolle-60-mixed")
    barred = dict(zip(problem.vehicle_types, problem.barred, strict=True))
    assert barred["dvan"].any()
    rules = {problem.bar_rules[k - 1] for k in barred["dvan"][barred["dvan"] > 0]}
    assert all("zero-emission zone" in rule for rule in rules)
    assert not barred["evan"].any()


def test_plain_problems_hold_nothing_a_toolkit_cannot_state() -> None:
    problem = pose("zwolle-30-plain")
    assert problem.vehicle_types == ("evan",)
    assert not problem.barred.any()
    assert not problem.station_eur_per_kwh.any()
    assert problem.curve_kwh.shape == (1, 2)
    assert not problem.eur_per_h.any()
    assert not problem.pickup_m3.any()


def test_any_hub_may_serve_any_stop_in_two_echelons() -> None:
    problem = pose("deventer-30-echelons")
    assert isinstance(problem, TwoEchelonProblem)
    assert problem.num_hubs == 4
    assert (problem.second.stop_depot == -1).all()
    freight_kg = problem.second.delivery_kg.sum()
    assert problem.truck_count * problem.truck_capacity_kg > freight_kg
    assert (problem.hub_capacity_kg < freight_kg).all()
    assert problem.hub_capacity_kg.sum() > freight_kg


def test_a_curve_slows_down_towards_full() -> None:
    kwh, seconds = curve(10.0, 20.0)
    assert kwh.tolist() == [0.0, 8.0, 9.5, 10.0]
    # 8 kWh at 20 kW, 1.5 at 8 kW, 0.5 at 3 kW.
    assert seconds == pytest.approx([0.0, 1440.0, 2115.0, 2715.0])


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="zwolle-150-electric"):
        pose("atlantis-150-electric")
