"""Zone access: every boundary day, the day before and the day itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import bundling
from bundling.errors import InputError
from bundling.rules import RuleBook, RuleNotInForceError

BOOK = RuleBook.default()
ZWOLLE, ENSCHEDE, DEVENTER = date(2025, 1, 1), date(2025, 7, 1), date(2028, 1, 1)
OLD = date(2015, 6, 1)


def enters(
    vehicle_class: str,
    euro_class: int | None,
    first_admission: date,
    day: date,
    *,
    zone_start: date = ZWOLLE,
    fuel: str = "diesel",
    book: RuleBook = BOOK,
    zone_id: str | None = None,
) -> bool:
    return book.zone_access(
        vehicle_class=vehicle_class,
        fuel=fuel,
        euro_class=euro_class,
        first_admission=first_admission,
        zone_start=zone_start,
        day=day,
        zone_id=zone_id,
    )


@pytest.mark.parametrize(
    ("vehicle_class", "euro_class", "admitted", "last_day"),
    [
        ("van", 5, OLD, date(2026, 12, 31)),
        ("van", 6, date(2019, 5, 1), date(2027, 12, 31)),
        ("van", 6, date(2024, 12, 31), date(2027, 12, 31)),
        ("tractor", 6, date(2017, 1, 1), date(2029, 12, 31)),
        ("tractor", 6, date(2024, 12, 31), date(2029, 12, 31)),
        ("rigid", 6, date(2017, 1, 1), date(2027, 12, 31)),
        ("rigid", 6, date(2019, 12, 31), date(2027, 12, 31)),
        ("rigid", 6, date(2020, 1, 1), date(2029, 12, 31)),
        ("rigid", 6, date(2024, 12, 31), date(2029, 12, 31)),
    ],
)
def test_transition_ends_after_its_last_day(
    vehicle_class: str, euro_class: int, admitted: date, last_day: date
) -> None:
    assert enters(vehicle_class, euro_class, admitted, last_day)
    assert not enters(vehicle_class, euro_class, admitted, last_day + timedelta(days=1))


@pytest.mark.parametrize(
    ("vehicle_class", "euro_class", "admitted"),
    [
        ("van", 4, OLD),
        ("tractor", 5, OLD),
        ("tractor", 6, date(2016, 12, 31)),
        ("rigid", 5, OLD),
        ("rigid", 6, date(2016, 12, 31)),
        ("van", 6, date(2025, 1, 1)),
        ("rigid", 6, date(2025, 1, 1)),
        ("tractor", 6, date(2025, 1, 1)),
    ],
)
def test_no_transition_at_all(vehicle_class: str, euro_class: int, admitted: date) -> None:
    day = max(ZWOLLE, admitted)
    assert not enters(vehicle_class, euro_class, admitted, day)


@pytest.mark.parametrize("start", [ZWOLLE, ENSCHEDE, DEVENTER])
def test_a_zone_that_has_not_started_is_open_to_all(start: date) -> None:
    assert enters("van", 3, OLD, start - timedelta(days=1), zone_start=start)
    assert not enters("van", 3, OLD, start, zone_start=start)


def test_deventer_starts_in_2028_not_with_the_plan_of_2024() -> None:
    # The policy plan of 2024 says 2025-01-01 for all three cities.
    for day in (date(2025, 1, 1), date(2027, 12, 31)):
        assert enters("van", 4, OLD, day, zone_start=DEVENTER)
        assert not enters("van", 4, OLD, day, zone_start=ZWOLLE)
    # From the first day of Deventer's zone the transition of Euro 6 vans is over too.
    assert not enters("van", 6, date(2020, 1, 1), DEVENTER, zone_start=DEVENTER)


def test_zone_dates_of_the_regions() -> None:
    zones = bundling.load("overijssel").table("zones")
    starts = dict(zip(zones["zone_id"], zones["start_date"].astype(str).str[:10], strict=True))
    assert starts == {
        "zone-zwolle": "2025-01-01",
        "zone-enschede": "2025-07-01",
        "zone-deventer": "2028-01-01",
    }


@pytest.mark.parametrize("fuel", ["electric", "none"])
def test_zero_emission_always_enters(fuel: str) -> None:
    for vehicle_class in ("cargo_bike", "van", "rigid", "tractor"):
        assert enters(vehicle_class, None, date(2026, 1, 1), date(2035, 1, 1), fuel=fuel)


def test_hvo_is_combustion() -> None:
    assert not enters("van", 6, date(2020, 1, 1), date(2028, 1, 1), fuel="hvo")


def test_van_euro6_extension_is_a_scenario_not_in_force() -> None:
    day, admitted = date(2028, 6, 1), date(2020, 1, 1)
    assert not enters("van", 6, admitted, day)
    longer = BOOK.with_scenarios("van_euro6_2029")
    assert enters("van", 6, admitted, day, book=longer)
    assert enters("van", 6, admitted, date(2028, 12, 31), book=longer)
    assert not enters("van", 6, admitted, date(2029, 1, 1), book=longer)
    # Nothing else moves, and the first book is untouched.
    assert not enters("van", 5, admitted, day, book=longer)
    assert not enters("van", 6, admitted, day)


def test_decision_says_why_and_until_when() -> None:
    answer = BOOK.zone_decision(
        vehicle_class="van",
        fuel="diesel",
        euro_class=5,
        first_admission=OLD,
        zone_start=ENSCHEDE,
        day=date(2026, 3, 1),
    )
    assert (answer.allowed, answer.until) == (True, date(2026, 12, 31))
    assert "van_euro5" in answer.reason


def test_combustion_without_euro_class_is_an_input_fault() -> None:
    with pytest.raises(InputError, match="no Euro class"):
        enters("van", None, OLD, ZWOLLE)


def test_no_rule_before_the_law() -> None:
    with pytest.raises(RuleNotInForceError, match=r"zone_access.*van.*2024-12-31") as caught:
        enters("van", 5, OLD, date(2024, 12, 31), zone_start=date(2024, 1, 1))
    assert caught.value.table == "zone_access"
    assert isinstance(caught.value, LookupError)


def test_unknown_vehicle_class_is_named() -> None:
    with pytest.raises(RuleNotInForceError, match="moped"):
        enters("moped", 5, OLD, date(2026, 1, 1))


def test_rows_of_one_zone_go_before_those_of_all() -> None:
    frame = BOOK.table("zone_access")
    strict = frame[frame["band"] == "van_euro5"].iloc[[0]].assign(zone_id="zone-x", access="no")
    own = BOOK.with_overrides({"zone_access": strict})
    day = date(2026, 6, 1)
    assert enters("van", 5, OLD, day, book=own, zone_id="zone-y")
    assert not enters("van", 5, OLD, day, book=own, zone_id="zone-x")
    assert enters("van", 6, OLD, day, book=own, zone_id="zone-x")
