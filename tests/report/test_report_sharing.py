"""The page of a split: amounts, who would leave and why, in both languages."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from report_fakes import PAYLOADS
from test_report_html import Page

from bundling import InputError
from bundling.gains import all_splits
from bundling.hubs.coalition import CoalitionCosts
from bundling.hubs.leaving import about_all, leaving
from bundling.hubs.sharing import Sharing
from bundling.report.messages import LANGUAGES, Messages
from bundling.report.sharing_parts import (
    answer_words,
    board_frame,
    emissions_frame,
    method_word,
    splits_frame,
    stability_frame,
)

sys.path.insert(0, str(Path(__file__).parents[1] / "hubs"))

THREE = [0.0, 10.0, 10.0, 12.0, 10.0, 12.0, 12.0, 18.0]
"""Two of three are better off together than the third lets them: no split keeps all in.

Alone 10 each, any two 12, all three 18: by symmetry 6 each, so two are asked 12, as they would pay
by themselves: the core is that one point.
"""


def sharing(
    cost: list[float], bound: list[float] | None = None, names: tuple[str, ...] = ()
) -> Sharing:
    """Return a split of a game given by its coalition costs."""
    values = np.array(cost)
    low = values if bound is None else np.array(bound)
    players = names or tuple("abcdefgh"[: int(np.log2(len(cost)))])
    kg = np.ones(len(players))
    weights = {"by_weight": kg, "by_tonne_km": kg}
    return Sharing(
        CoalitionCosts(players, values, low, len(cost) - 1, 2.0 * values),
        kg,
        kg,
        all_splits(values, low, weights=weights),
        all_splits(2.0 * values, weights=weights),
    )


def text_of(found: Sharing, folder: Path, **options: str) -> str:
    text = found.report(folder / "x.html", **options).read_text(encoding="utf-8")
    page = Page(text)
    assert page.open == []
    assert "map-section" not in {attrs.get("id") for _, attrs in page.elements}
    return page.text.replace("\u00a0", " ")


def test_a_split_in_the_core_keeps_all(tmp_path: Path) -> None:
    text = text_of(sharing(THREE), tmp_path)
    for said in ("€ 30", "€ 18", "€ 12", "40,0 %", "is niemand beter af door weg te lopen",
                 "Er is een verdeling waarbij niemand beter af is", "Ja, dat kan",
                 "optimaal bewezen"):  # fmt: skip
        assert said in text, said


def test_who_leaves_is_named_with_the_amount(tmp_path: Path) -> None:
    """Two pay 11 by themselves and are asked 12: any two leave, and no split keeps all in."""
    cost = list(THREE)
    for pair in (3, 5, 6):
        cost[pair] = 11.0
    found = sharing(cost)
    assert leaving(found, found.shapley_eur, 0).leaves == "yes"
    assert about_all(found).core == "no"
    text = text_of(found, tmp_path, lang="en")
    assert "Under this split (Shapley) these would leave: a, b and c." in text
    assert (
        "Cheaper off with b: that costs €11.00, and here €1.00 more is asked.".replace("€", "€ ")
        in text
    )
    assert "No split keeps all in" in text


def test_a_gap_leaves_it_open(tmp_path: Path) -> None:
    bound = [0.0, *(0.5 * c for c in THREE[1:])]
    text = text_of(sharing(THREE, bound), tmp_path)
    for said in ("De kosten van de groepen zijn niet exact.", "nog open", "Nog open",
                 "maar ruw bekend", "zou het misschien voor"):  # fmt: skip
        assert said in text, said
    nothing = [0.0] * 8
    assert "is niet bewezen" in text_of(sharing(THREE, nothing), tmp_path)


def test_dearer_together_is_told(tmp_path: Path) -> None:
    found = sharing([0.0, 10.0, 10.0, 25.0])
    text = text_of(found, tmp_path, lang="en")
    assert "b and a cost € 5.00 more together than apart (proved)." in text
    assert "€ 5 a day more (25.0%)" in text


def test_one_player_has_nobody_to_leave() -> None:
    found = sharing([0.0, 10.0])
    frame = board_frame(Messages("nl"), found, "shapley", {})
    assert frame["why"].tolist()[0] == "Er is niemand om bij weg te lopen."
    assert about_all(found).core == "one"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_split_and_column_has_words(lang: str) -> None:
    m, found = Messages(lang), sharing(THREE)
    for name in (*found.splits.pays, *found.splits.missing):
        assert m.has(f"method.{name}")
        assert method_word(m, name)
    frames = [board_frame(m, found, "shapley", {}), splits_frame(m, found, {}),
              stability_frame(m, found, {}), emissions_frame(m, found, "shapley", {})]  # fmt: skip
    for frame in frames:
        assert frame is not None
        assert [c for c in frame if not m.has(f"col.{c}")] == []


def test_words_and_table_of_the_library_agree() -> None:
    """The board's English table and the page come from the same facts."""
    cost = list(THREE)
    cost[3] = 11.0
    found = sharing(cost)
    board = found.board()
    page = board_frame(Messages("en"), found, "shapley", {})
    assert page["leaves"].tolist()[:-1] == board["leaves"].tolist()[:-1]
    assert page["saving_eur"].tolist() == pytest.approx(board["saving_eur"].tolist())


def test_names_are_translated_and_hostile_ones_stay_text(tmp_path: Path) -> None:
    names = ("retail food", " ".join(PAYLOADS[:3]), '=HYPERLINK("x")')
    text = text_of(sharing(THREE, names=names), tmp_path)
    assert "levensmiddelen" in text
    assert "retail food" not in text
    assert " ".join(names[1].split()) in text
    assert "</script><script>document" not in (tmp_path / "x.html").read_text(encoding="utf-8")


def test_an_unknown_split_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a split"):
        sharing(THREE).report(tmp_path / "x.html", method="fair")


def test_saving_below_the_gap_is_not_called_a_saving() -> None:
    found = sharing([0.0, 10.0, 10.0, 19.0], [0.0, 8.0, 8.0, 15.0])
    said = answer_words(Messages("en"), dataclasses.replace(found), "shapley", {})[0]
    assert "not conclusive" in said
