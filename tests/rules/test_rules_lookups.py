"""Levy, driving time, tariffs, contracts, emissions and tax on the days that matter."""

from __future__ import annotations

from datetime import date
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.errors import InputError
from bundling.rules import RULE_TABLES, RuleBook, RuleNotInForceError

BOOK = RuleBook.default()
NORMAL = date(2026, 7, 1)
# EUR/km, price level 2026: CO2 class 1 by Euro class 0 to 6, then CO2 classes 2 to 5.
TARIFFS = {
    10_000: (0.272, 0.221, 0.211, 0.184, 0.162, 0.131, 0.113, 0.103, 0.092, 0.063, 0.025),
    15_000: (0.392, 0.315, 0.300, 0.266, 0.229, 0.186, 0.160, 0.145, 0.129, 0.088, 0.035),
    25_000: (0.432, 0.364, 0.347, 0.308, 0.264, 0.212, 0.182, 0.165, 0.148, 0.100, 0.037),
    40_000: (0.487, 0.409, 0.392, 0.349, 0.298, 0.236, 0.201, 0.183, 0.165, 0.111, 0.038),
}


def levy(mass_kg: float, co2: int | None, euro: int | None, fuel: str, day: date) -> float:
    return BOOK.levy_eur_per_km(mass_kg, co2, euro, fuel, day)


@pytest.mark.parametrize("mass_kg", TARIFFS)
def test_all_44_tariffs(mass_kg: int) -> None:
    row = TARIFFS[mass_kg]
    diesel = [levy(mass_kg, 1, euro, "diesel", NORMAL) for euro in range(7)]
    diesel += [levy(mass_kg, co2, 6, "diesel", NORMAL) for co2 in (2, 3, 4)]
    assert [*diesel, levy(mass_kg, 5, None, "electric", NORMAL)] == pytest.approx(row)


def test_euro_7_pays_as_euro_6() -> None:
    assert levy(40_000, 1, 7, "diesel", NORMAL) == pytest.approx(0.201)


def test_levy_starts_on_1_july_2026() -> None:
    assert levy(40_000, 1, 6, "diesel", date(2026, 6, 30)) == 0
    assert levy(40_000, 1, 6, "diesel", date(2026, 7, 1)) == pytest.approx(0.201)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 8, 31), 0.201),
        (date(2026, 9, 1), 0.201 * (1 - 0.223)),
        (date(2026, 12, 31), 0.201 * (1 - 0.223)),
        (date(2027, 1, 1), 0.201),
    ],
)
def test_discount_window(day: date, expected: float) -> None:
    assert levy(40_000, 1, 6, "diesel", day) == pytest.approx(expected)


def test_mass_bounds() -> None:
    # The side of a bound is not confirmed; the library puts it in the lower class, and says so.
    assert levy(3_500, 1, 6, "diesel", NORMAL) == 0
    assert levy(3_501, 1, 6, "diesel", NORMAL) == pytest.approx(0.113)
    for bound, below, above in (
        (12_000, 0.113, 0.160),
        (18_000, 0.160, 0.182),
        (32_000, 0.182, 0.201),
    ):
        assert levy(bound, 1, 6, "diesel", NORMAL) == pytest.approx(below)
        assert levy(bound + 1, 1, 6, "diesel", NORMAL) == pytest.approx(above)


def test_light_zero_emission_is_exempt() -> None:
    assert levy(4_250, 5, None, "electric", NORMAL) == 0
    assert levy(4_251, 5, None, "electric", NORMAL) == pytest.approx(0.025)
    assert levy(4_250, 1, 6, "diesel", NORMAL) == pytest.approx(0.113)


def test_levy_asks_for_what_it_needs() -> None:
    with pytest.raises(InputError, match="no CO2 class"):
        levy(18_000, None, 6, "diesel", NORMAL)
    with pytest.raises(InputError, match="no Euro class"):
        levy(18_000, 1, None, "diesel", NORMAL)
    with pytest.raises(InputError, match="does not fit"):
        levy(18_000, 5, 6, "diesel", NORMAL)
    with pytest.raises(InputError, match="does not fit"):
        levy(18_000, 1, 6, "electric", NORMAL)
    # A van under the least mass needs none of it.
    assert levy(3_500, None, None, "diesel", NORMAL) == 0


def test_driving_time() -> None:
    rules = BOOK.driving_time(date(2027, 6, 1))
    assert (rules.drive_before_break_h, rules.break_min) == (4.5, 45)
    assert rules.break_first_part_min + rules.break_second_part_min == rules.break_min
    assert (rules.drive_day_h, rules.drive_week_h, rules.drive_two_weeks_h) == (9, 56, 90)
    assert (rules.rest_day_h, rules.work_shift_h) == (11, 12)
    with pytest.raises(
        RuleNotInForceError, match=r"driving_time.*drive_before_break_h.*2007-04-10"
    ):
        BOOK.driving_time(date(2007, 4, 10))


def test_grid_tariffs() -> None:
    tariff = BOOK.grid_tariff("enexis_ms_d", date(2026, 3, 1))
    assert tariff.kw_contract_eur_per_kw_year == 29.28
    assert tariff.kw_max_eur_per_kw_month == 3.71
    assert tariff.transport_eur_per_kwh == 0.025
    assert tariff.fixed_eur_per_year == 441
    assert [tariff.holds_for(kw) for kw in (125, 126, 1500, 1501)] == [False, True, True, False]
    with pytest.raises(RuleNotInForceError, match=r"grid_tariffs.*enexis_ms_d.*2024-12-31"):
        BOOK.grid_tariff("enexis_ms_d", date(2024, 12, 31))


@pytest.mark.parametrize(
    ("operator", "power_kw", "categories"),
    [
        ("enexis", 40, {"enexis_ls"}),
        ("enexis", 100, {"enexis_ms_ls"}),
        ("enexis", 1400, {"enexis_ms_d"}),
        ("enexis", 3600, {"enexis_ms_t", "enexis_hs_ms", "enexis_ts"}),
        ("liander", 1400, {"liander_ms"}),
        ("liander", 3600, {"liander_ts_ms"}),
        ("nobody", 100, set()),
    ],
)
def test_tariffs_by_power(operator: str, power_kw: float, categories: set[str]) -> None:
    found = BOOK.grid_tariffs_for(operator, power_kw, date(2026, 1, 1))
    assert {tariff.category for tariff in found} == categories


def test_contract_forms_start_in_april_2025() -> None:
    assert BOOK.contract_form("firm", date(2025, 3, 31)).kw_contract_factor == 1
    with pytest.raises(RuleNotInForceError, match="tdtr85"):
        BOOK.contract_form("tdtr85", date(2025, 3, 31))
    form = BOOK.contract_form("tdtr85", date(2025, 4, 1))
    assert (form.full_power_share_of_hours, form.kw_contract_factor) == (0.85, 0)
    for name in ("fully_variable", "time_block", "capacity_limiting", "group"):
        assert BOOK.contract_form(name, date(2025, 4, 1)).form == name


def test_emission_factors() -> None:
    day = date(2026, 1, 1)
    assert BOOK.emission_factor("diesel_b7.wtw", day) == 3.256
    assert BOOK.co2e_kg_per_unit("diesel", day) == 3.256
    assert BOOK.co2e_kg_per_unit("diesel", day, scope="ttw") == 2.6
    assert BOOK.co2e_kg_per_unit("hvo", day) == 0.347
    assert BOOK.co2e_kg_per_unit("electric", day) == 0.374
    assert BOOK.co2e_kg_per_unit("electric", day, scope="ttw") == 0
    direct, chain = (BOOK.emission_factor(f"electricity.{k}", day) for k in ("direct", "chain"))
    assert direct + chain == pytest.approx(BOOK.emission_factor("electricity.wtw", day))
    with pytest.raises(RuleNotInForceError, match=r"emission_factors.*diesel_b7\.wtw.*2023-12-31"):
        BOOK.emission_factor("diesel_b7.wtw", date(2023, 12, 31))
    with pytest.raises(ValueError, match="scope"):
        BOOK.co2e_kg_per_unit("diesel", day, scope="wtt")


def test_nox() -> None:
    day = date(2026, 1, 1)
    assert BOOK.nox_g_per_km("tractor", "diesel", 6, "motorway", day) == 0.3
    assert BOOK.nox_g_per_km("rigid", "diesel", 5, "urban", day) == 6.735
    assert BOOK.nox_g_per_km("van", "hvo", 5, "centre", day) == 1.5
    assert BOOK.nox_g_per_km("van", "electric", None, "centre", day) == 0
    with pytest.raises(RuleNotInForceError, match="nox_factors"):
        BOOK.nox_g_per_km("van", "diesel", 3, "urban", day)  # no value was found, none is made up


def test_every_truck_and_allowed_van_has_nox_everywhere() -> None:
    for area, (kind, euros) in product(
        ("motorway", "rural", "urban", "centre"),
        {"van": (5, 6, 7), "rigid": range(8), "tractor": range(8)}.items(),
    ):
        for euro in euros:
            assert BOOK.nox_g_per_km(kind, "diesel", euro, area, date(2026, 1, 1)) > 0


def test_energy_tax_by_year_and_bracket() -> None:
    assert BOOK.energy_tax_eur_per_kwh(5_000, date(2024, 12, 31)) == 0.1088
    assert BOOK.energy_tax_eur_per_kwh(5_000, date(2025, 1, 1)) == 0.10154
    assert BOOK.energy_tax_eur_per_kwh(0, date(2025, 1, 1)) == 0.10154
    assert BOOK.energy_tax_eur_per_kwh(20e6, date(2025, 1, 1)) == 0.00188
    # 10,000 x 0.10154 + 40,000 x 0.06726 + 50,000 x 0.03814
    assert BOOK.energy_tax_eur(100_000, date(2025, 1, 1)) == pytest.approx(1015.4 + 2690.4 + 1907.0)
    assert BOOK.energy_tax_eur(0, date(2025, 1, 1)) == 0


@settings(max_examples=30, deadline=None)
@given(
    mass_kg=st.floats(0, 60_000),
    co2=st.integers(1, 4),
    euro=st.integers(0, 7),
    day=st.dates(date(2026, 1, 1), date(2035, 1, 1)),
)
def test_levy_always_answers_and_rises_with_mass(
    mass_kg: float, co2: int, euro: int, day: date
) -> None:
    light, heavy = (levy(m, co2, euro, "diesel", day) for m in (mass_kg, mass_kg + 5_000))
    assert 0 <= light <= heavy
    assert levy(mass_kg, 5, None, "electric", day) <= light


@pytest.mark.parametrize("name", RULE_TABLES)
def test_every_row_has_a_source(name: str) -> None:
    frame = BOOK.table(name)
    assert len(frame)
    assert frame["source"].str.len().min() > 0
