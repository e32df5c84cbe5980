"""User rows: what they replace, and every fault at once."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bundling.errors import InputError
from bundling.rules import RULE_TABLES, RuleBook, RuleNotInForceError

BOOK = RuleBook.default()


def discount(*rows: tuple[float, str, str | None]) -> dict[str, pd.DataFrame]:
    records = [("temporary_2026", *row) for row in rows]
    columns = ["discount", "share", "valid_from", "valid_to"]
    return {"levy_discount": pd.DataFrame(records, columns=columns)}


def levy(book: RuleBook, day: date) -> float:
    return book.levy_eur_per_km(40_000, 5, None, "electric", day)  # 0.038 without discount


def test_user_row_takes_over_its_days_only() -> None:
    book = BOOK.with_overrides(discount((0.5, "2026-10-01", "2026-10-31")))
    expected = {
        date(2026, 8, 31): 0.038,
        date(2026, 9, 30): 0.038 * 0.777,  # the book's row before
        date(2026, 10, 1): 0.019,
        date(2026, 10, 31): 0.019,
        date(2026, 11, 1): 0.038 * 0.777,  # and after
        date(2027, 1, 1): 0.038,
    }
    for day, value in expected.items():
        assert levy(book, day) == pytest.approx(value), day
    assert levy(BOOK, date(2026, 10, 1)) == pytest.approx(0.038 * 0.777)


def test_open_user_row_holds_for_ever() -> None:
    book = BOOK.with_overrides(discount((0.0, "2026-09-01", None)))
    assert levy(book, date(2026, 9, 1)) == pytest.approx(0.038)
    assert len(book.table("levy_discount")) == 1


def test_row_with_a_new_key_is_added() -> None:
    frame = pd.DataFrame(
        {"factor": ["electricity_green.wtw"], "value": [0.0], "unit": ["kg CO2e/kWh"],
         "scope": ["wtw"], "valid_from": ["2024-01-01"]}
    )  # fmt: skip
    book = BOOK.with_overrides({"emission_factors": frame})
    assert book.emission_factor("electricity_green.wtw", date(2026, 1, 1)) == 0
    assert book.table("emission_factors")["source"].iloc[-1] == "user override"
    with pytest.raises(RuleNotInForceError):
        BOOK.emission_factor("electricity_green.wtw", date(2026, 1, 1))


def test_folder_of_csv_files(tmp_path: Path) -> None:
    (tmp_path / "levy_discount.csv").write_text(
        "discount,share,valid_from,valid_to\ntemporary_2026,0.1,2026-09-01,2026-12-31\n"
    )
    book = BOOK.with_overrides(tmp_path)
    assert levy(book, date(2026, 10, 1)) == pytest.approx(0.0342)
    with pytest.raises(FileNotFoundError):
        BOOK.with_overrides(tmp_path / "absent")


def test_all_faults_at_once() -> None:
    wrong = {
        "levy_discount": pd.DataFrame(
            {
                "discount": ["temporary_2026", "temporary_2026"],
                "share": [0.5, "much"],
                "valid_from": ["1 Oct 2026", "2026-10-01"],
                "colour": ["red", "red"],
            }
        ),
        "truck_leavy": pd.DataFrame({"a": [1]}),
        "grid_tariffs": pd.DataFrame({"category": ["x"], "valid_from": ["2026-01-01"]}),
    }
    with pytest.raises(InputError) as caught:
        BOOK.with_overrides(wrong)
    text = str(caught.value)
    for part in (
        "levy_discount.colour: unknown column",
        "levy_discount.share (row 2): 'much' is not a number",
        "levy_discount.valid_from (row 1): '1 Oct 2026' is not a date",
        "truck_leavy: there is no rule table of this name",
        "grid_tariffs.operator: the column is missing",
    ):
        assert part in text
    assert len(caught.value.faults) >= 10


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ([(0.1, "2026-10-01", "2026-09-30")], "valid_to lies before valid_from"),
        (
            [(0.1, "2026-09-01", "2026-10-15"), (0.2, "2026-10-15", None)],
            "two rows of 'temporary_2026' are in force on 2026-10-15",
        ),
        ([(1.5, "2026-10-01", None)], "1.5 is not within 0 to 1"),
        ([(0.1, "", None)], "the cell is empty"),
    ],
)
def test_faulty_periods(rows: list[tuple[float, str, str | None]], rule: str) -> None:
    with pytest.raises(InputError) as caught:
        BOOK.with_overrides(discount(*rows))
    assert rule in str(caught.value)


def test_ranges_may_not_answer_one_question_twice() -> None:
    frame = pd.DataFrame(
        {"mass_class": ["17-20t"], "mass_above_kg": [17_000], "mass_to_kg": [20_000],
         "co2_class": [5], "euro_class": [None], "eur_per_km": [0.1], "valid_from": ["2027-01-01"]}
    )  # fmt: skip
    with pytest.raises(InputError, match="answer the same question on 2027-01-01"):
        BOOK.with_overrides({"truck_levy": frame})


def test_frames_as_pandas_makes_them() -> None:
    """Timestamps, numpy numbers in object columns, and missing values of every kind."""
    frame = pd.DataFrame(
        {
            "discount": ["temporary_2026"],
            "share": pd.Series([np.float64(0.25)], dtype=object),
            "valid_from": [pd.Timestamp("2026-10-01")],
            "valid_to": [pd.NaT],
            "note": [pd.NA],
        }
    )
    book = BOOK.with_overrides({"levy_discount": frame})
    assert levy(book, date(2030, 1, 1)) == pytest.approx(0.038 * 0.75)
    with pytest.raises(InputError, match="is not a date"):
        BOOK.with_overrides(discount((0.1, "2026-10-01x", None)))


def test_unknown_scenario() -> None:
    with pytest.raises(InputError, match="van_euro6_2029"):
        BOOK.with_scenarios("van_euro6_2030")


def test_users_scenario_waits_until_switched_on() -> None:
    frame = discount((0.4, "2027-01-01", "2027-12-31"))
    frame["levy_discount"]["scenario"] = "longer_discount"
    book = BOOK.with_overrides(frame)
    day = date(2027, 5, 1)
    assert levy(book, day) == pytest.approx(0.038)
    assert "longer_discount" in book.scenarios()
    on = book.with_scenarios("longer_discount")
    assert levy(on, day) == pytest.approx(0.038 * 0.6)
    assert on.scenarios_on == ("longer_discount",)
    # Given after it was switched on, a scenario's row takes part at once.
    again = discount((0.2, "2027-01-01", "2027-12-31"))
    again["levy_discount"]["scenario"] = "longer_discount"
    assert levy(on.with_overrides(again), day) == pytest.approx(0.038 * 0.8)


@pytest.mark.parametrize("name", RULE_TABLES)
def test_tables_come_back_as_they_went_out(name: str, tmp_path: Path) -> None:
    BOOK.table(name).to_csv(tmp_path / f"{name}.csv", index=False)
    again = BOOK.with_overrides(tmp_path)
    assert again.content_hash == BOOK.content_hash
    assert again.scenarios() == BOOK.scenarios()


def test_book_pickles_and_hash_sees_a_change() -> None:
    other = BOOK.with_overrides(discount((0.5, "2026-10-01", "2026-10-31")))
    copy = pickle.loads(pickle.dumps(other))
    assert copy.content_hash == other.content_hash != BOOK.content_hash
    assert copy == other


def test_lookup_error_pickles() -> None:
    error = RuleNotInForceError("fuels", "fuel h2", date(2026, 1, 1), "Give a row")
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


def test_what_changes_when() -> None:
    changes = BOOK.changes(date(2026, 9, 1), date(2028, 1, 1))
    told = list(changes[["day", "key", "change"]].itertuples(index=False, name=None))
    assert told == [
        (date(2026, 9, 1), "temporary_2026", "starts"),
        (date(2027, 1, 1), "temporary_2026", "ends"),
        (date(2027, 1, 1), "*, van, van_euro5", "changes"),
        (date(2027, 12, 31), "safe_parking", "starts"),
        (date(2027, 12, 31), "comprehensive", "changes"),
        (date(2027, 12, 31), "core", "changes"),
        (date(2028, 1, 1), "*, rigid, rigid_euro6_2017_2019", "changes"),
        (date(2028, 1, 1), "*, van, van_euro6", "changes"),
    ]
    assert changes.iloc[2]["before"] == "access=yes"
    assert changes.iloc[2]["after"] == "access=no"
    assert BOOK.changes(date(2031, 1, 1), date(2099, 1, 1)).empty
    assert len(BOOK.changes(date(2026, 7, 1), date(2026, 7, 1))) == 44 + 3


@settings(max_examples=25, deadline=None)
@given(
    start=st.dates(date(2026, 8, 1), date(2027, 1, 31)),
    days=st.integers(0, 120),
    share=st.floats(0, 1),
    day=st.dates(date(2026, 7, 1), date(2027, 6, 30)),
)
def test_law_the_users_row_inside_the_books_outside(
    start: date, days: int, share: float, day: date
) -> None:
    end = start + timedelta(days=days)
    book = BOOK.with_overrides(discount((share, start.isoformat(), end.isoformat())))
    expected = 0.038 * (1 - share) if start <= day <= end else levy(BOOK, day)
    assert levy(book, day) == pytest.approx(expected)
