"""The drawn day of a small square city: every rule of the generator where it can be seen."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bundling.instances.demand import City, city_demand, generator
from bundling.instances.loads import full_loads

SEGMENTS = pd.DataFrame(
    {
        "segment": ["retail_food", "waste_returns"],
        "direction": ["delivery", "pickup"],
        "stops_per_1000_inhabitants": [20.0, 10.0],
        "drop_kg": [900.0, 80.0],
        "drop_m3": [10.0, 0.8],
        "roll_containers": [6.0, 0.5],
        "service_min": [30.0, 3.0],
        "open_clock": ["06:00", "09:00"],
        "close_clock": ["20:00", "16:00"],
        "centre_share": [0.5, 0.5],
    }
)


def square(x: float, y: float, side: float) -> tuple[tuple[np.ndarray, ...], ...]:
    return ((np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]]),),)


def city(windows: pd.DataFrame | None = None) -> City:
    """A centre of 400 m with a zone of 200 m in its corner, beside a suburb without a polygon."""
    columns = ["open_clock", "close_clock", "weekdays", "max_length_m", "rd_x_m", "rd_y_m"]
    return City(
        name="Testum",
        districts=pd.DataFrame(
            {
                "district_id": ["dist-centre", "dist-suburb"],
                "population": [4000, 6000],
                "area_ha": [16.0, 100.0],
                "area_type": ["centre", "urban"],
                "rd_x_m": [200_200.0, 202_000.0],
                "rd_y_m": [500_200.0, 500_200.0],
                "register_id": ["1", "2"],
            }
        ),
        shapes={"1": square(200_000.0, 500_000.0, 400.0)},
        zone_id="zone-testum",
        zone=square(200_000.0, 500_000.0, 200.0),
        windows=pd.DataFrame([], columns=columns) if windows is None else windows,
        parks=pd.DataFrame({"place_id": ["park-a"], "weight": [10.0]}),
        gateways=pd.DataFrame({"place_id": ["mw-1"], "weight": [1.0]}),
    )


def sign(**changes: object) -> pd.DataFrame:
    row = {
        "open_clock": "06:00",
        "close_clock": "12:00",
        "weekdays": "tue-sat",
        "max_length_m": np.nan,
        "rd_x_m": 200_100.0,
        "rd_y_m": 500_100.0,
    }
    return pd.DataFrame([row | changes])


def test_counts_places_and_sums() -> None:
    made = city_demand(city(), SEGMENTS, 1, 0.02)
    stops, shipments = made.stops, made.shipments
    # 10,000 inhabitants: 200 and 100 stops.
    assert stops.groupby("segment").size().to_dict() == {"retail_food": 200, "waste_returns": 100}
    inside = stops["zone_id"] == "zone-testum"
    assert inside.any()
    assert (stops.loc[inside, ["rd_x_m"]] <= 200_200.05).all(axis=None)
    assert set(stops.loc[inside, "district_id"]) == {"dist-centre"}
    # The suburb is a disc of 100 ha: radius 564 m.
    suburb = stops[stops["district_id"] == "dist-suburb"]
    assert np.hypot(suburb["rd_x_m"] - 202_000, suburb["rd_y_m"] - 500_200).max() < 565
    for column in ("kg", "m3", "roll_containers"):
        sums = stops.groupby("shipment_id", sort=False)[column].sum().to_numpy()
        assert shipments[column].to_numpy() == pytest.approx(sums, abs=1e-9)
        assert (stops[column] > 0).all()
    hours = stops.groupby("shipment_id", sort=False)["service_min"].sum().to_numpy() / 60
    between = 0.02 * (shipments["stops"].to_numpy() - 1)
    assert shipments["service_h"].to_numpy() == pytest.approx(hours + between, abs=6e-4)
    # Waste is collected from near: its shippers stand on parks.
    waste = made.shippers[made.shippers["segment"] == "waste_returns"]
    assert set(waste["origin_id"]) == {"park-a"}


def test_the_mean_drop_is_the_segment_s() -> None:
    stops = city_demand(city(), SEGMENTS, 3, 0.02).stops
    food = stops.loc[stops["segment"] == "retail_food", "kg"]
    # Standard deviation 0.6 of the logarithm, so 0.66 of the mean; 200 drops: 4.7 % of error.
    assert food.mean() == pytest.approx(900.0, rel=0.14)
    assert food.max() <= 2700.0


def test_a_window_binds_in_its_reach_only() -> None:
    stops = city_demand(city(sign()), SEGMENTS, 1, 0.02).stops
    reach = np.hypot(stops["rd_x_m"] - 200_100, stops["rd_y_m"] - 500_100) <= 300
    bound = reach & stops["zone_id"].notna()
    food = stops["segment"] == "retail_food"
    late = stops["tw_late_clock"]
    assert (late[bound] <= "12:00").all()
    assert (late[food & ~bound] > "18:00").all()


def test_a_window_of_another_day_does_not_bind() -> None:
    plain = city_demand(city(), SEGMENTS, 1, 0.02).stops
    sunday = city_demand(city(sign(weekdays="sun")), SEGMENTS, 1, 0.02).stops
    pd.testing.assert_frame_equal(plain, sunday)


def test_a_window_over_midnight_ends_in_the_morning() -> None:
    night = sign(open_clock="18:00", close_clock="11:00", weekdays=None)
    stops = city_demand(city(night), SEGMENTS, 1, 0.02).stops
    zone = stops[stops["zone_id"].notna()]
    assert (zone["tw_late_clock"] <= "11:00").all()
    assert (zone["tw_early_clock"] < zone["tw_late_clock"]).all()


def test_a_shop_that_opens_after_the_window_receives_inside_it() -> None:
    stops = city_demand(city(sign(close_clock="09:00")), SEGMENTS, 1, 0.02).stops
    waste = stops[(stops["segment"] == "waste_returns") & stops["zone_id"].notna()]
    # Its own hours begin at 09:00; the window wins: three hours before its close.
    assert set(waste["tw_early_clock"]) == {"06:00"}
    assert (waste["tw_late_clock"] <= "09:00").all()


def test_a_length_limit_keeps_drops_to_a_van() -> None:
    limit = sign(open_clock=None, close_clock=None, max_length_m=9.0)
    stops = city_demand(city(limit), SEGMENTS, 1, 0.02).stops
    short = stops[stops["max_length_m"].notna()]
    assert len(short) > 0
    assert (np.hypot(short["rd_x_m"] - 200_100, short["rd_y_m"] - 500_100) <= 60.1).all()
    assert (short["kg"] <= 850.0).all()
    assert (short["m3"] <= 9.0).all()


def test_the_same_seed_gives_the_same_day_and_another_seed_another() -> None:
    first, again = (city_demand(city(), SEGMENTS, 7, 0.02) for _ in range(2))
    other = city_demand(city(), SEGMENTS, 8, 0.02)
    pd.testing.assert_frame_equal(first.stops, again.stops)
    pd.testing.assert_frame_equal(first.shippers, again.shippers)
    assert not first.stops["rd_x_m"].equals(other.stops["rd_x_m"])


def test_generators_of_two_names_differ() -> None:
    assert generator(1, "a").random() != generator(1, "b").random()
    assert generator(1, "a").random() == generator(1, "a").random()


def test_full_loads_go_between_parks_and_gateways() -> None:
    parks = pd.DataFrame({"place_id": ["park-a", "park-b"], "weight": [1.0, 2.0]})
    gateways = pd.DataFrame({"place_id": ["mw-1", "mw-2"], "weight": [1.0, 1.0]})
    made = full_loads(parks, gateways, 1)
    origin = made.shipments["shipper_id"].map(made.shippers.set_index("shipper_id")["origin_id"])
    destination = made.shipments["destination_id"]
    assert len(made.shipments) == 90
    assert (origin != destination).all()
    # Never gateway to gateway: that would only pass through.
    assert (origin.str.startswith("park") | destination.str.startswith("park")).all()
    assert made.shipments["kg"].between(1_000, 22_000).all()
    assert (made.shipments["m3"] <= 85.0).all()
    assert (made.shipments["stops"] == 0).all()
