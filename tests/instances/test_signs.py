"""Times and lengths read off signs; the texts are those that occur in the data."""

from __future__ import annotations

import pytest

from bundling.instances.signs import Window, max_length_m, permissions, windows

H = 3600


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("07.00-12.00h", [(None, 7, 12)]),
        ("uitgezonderd 07.00-12.00h / 07.00-12.00h", [(None, 7, 12)]),
        ("7 00 - 12.00 h / 07.00-12.00h", [(None, 7, 12)]),
        ("ma t/m za 07,00-18,00 h", [("mon-sat", 7, 18)]),
        ("Uitgezonderd ma t/m za 8-19h", [("mon-sat", 8, 19)]),
        ("ma. t/m vrij. 08.00-16.30 h.", [("mon-fri", 8, 16.5)]),
        ("uitgezonderd ma-vr 8-18 h", [("mon-fri", 8, 18)]),
        ("za. 18.00 - ma. 06.00 h", [("sat-mon", 18, 6)]),
        ("za 18h-ma 06h", [("sat-mon", 18, 6)]),
        ('"07,00-09,00 h 16,00-18,00 h"', [(None, 7, 9), (None, 16, 18)]),
        ("ma t/m vr 07- 09 h 16- 18 h", [("mon-fri", 7, 9), ("mon-fri", 16, 18)]),
        ("07.00-09.00 16.00-18.00 h", [(None, 7, 9), (None, 16, 18)]),
        ("zondag 0.00-24.00 h", [("sun", 0, 24)]),
        ("zondag 00.00-24.00 uur", [("sun", 0, 24)]),
        ("toegestaan tussen 18:00-11:00", [(None, 18, 11)]),
        ("toegestaan ma van 6-13 h di t/m za 6-12h", [("mon", 6, 13), ("tue-sat", 6, 12)]),
        (
            "toegestaan -ma van 6-13 h - di t/m zavan 6-12 h - lijnbussen",
            [("mon", 6, 13), ("tue-sat", 6, 12)],
        ),
        (
            "toegestaan: -ma. van 6.00 13.00h. -di. t/m za. van 6.00-12.00h. -max. lengte 9.00 m",
            [("mon", 6, 13), ("tue-sat", 6, 12)],
        ),
        ("fietsen toegestaan tussen 22h - 12h. ma tot 13.00h", []),
        (
            "toegestaan ma van 6-13 h / voertuigen met een gehandicapten-parkeerkaart 9-12h",
            [("mon", 6, 13)],
        ),
        ("uitgezonderd bestemmingsverkeer", []),
        ("", []),
        ("max lengte 12m", []),
        ("25.00-26.00 h", []),
        ("07.75-09.00 h", []),
    ],
)
def test_windows_of_a_sign(text: str, expected: list[tuple[str | None, float, float]]) -> None:
    assert windows(text) == [Window(d, int(a * H), int(b * H)) for d, a, b in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("di t/m za. van 6.00-12.00h. -max. lengte 9.00 meter", 9.0),
        ("di t/m za van 6-12h max lengte 12m / fietsen", 12.0),
        ("lengte 7,5 m", 7.5),
        ("07.00-12.00h", None),
        ("200 m", None),
    ],
)
def test_length_of_a_sign(text: str, expected: float | None) -> None:
    assert max_length_m(text) == expected


@pytest.mark.parametrize(
    ("text", "rvv", "category", "plates", "allowed"),
    [
        # A pedestrian street: its times allow.
        ("07.00-12.00 h", "G7", "bezorgvenster", "07.00-12.00 h", True),
        # A closed road allows where the plate says "except".
        ("07.00-12.00 h", "C1", "bezorgvenster", "uitgezonderd | 07.00-12.00 h", True),
        # Without the word the times may be those of the closure.
        ("ma t/m za 07,00-18,00 h", "C1", "bezorgvenster", "ma t/m za 07,00-18,00 h", False),
        # Except local traffic: still the hours of the closure.
        ("za 18h-ma 06h", "C1", "bezorgvenster", "uitgezonderd bestemmingsverkeer | za 18h", False),
        # A peak-hour closure, and another sign.
        ("ma t/m vr 07-09 h", "C12", "spitsafsluiting", "ma t/m vr 07-09 h", False),
        ("ma. t/m vrij. 08.00-16.30 h.", "G5", "overig", "", False),
        ("uitgezonderd gemotoriseerd verkeer 07.30-08.30h", "C1", "bezorgvenster", "", False),
    ],
)
def test_permissions_are_kept_apart_from_closures(
    text: str, rvv: str, category: str, plates: str, allowed: bool
) -> None:
    assert bool(permissions(text, rvv, category, plates)) is allowed
