"""The unit rule, and the converters at the border.

Every name that carries a unit ends in it: ``_m _km _s _h _kg _m3 _kw _mw _kwh _eur``. Inside the
library distances are metres (``_m``), times seconds since midnight (``_s``), powers kilowatt,
energies kilowatt-hour, money euro at the price year its table states. Tables at the edge may use
kilometres, hours, clock times (``"07:30"``) and megawatt, as their column names say.

RD New (EPSG:28992) is the plane for all geometry inside; WGS84 is for GeoJSON and maps. The
conversion is the polynomial of F.H. Schreutelkamp and G.L. Strang van Hees, "Benaderingsformules
voor de transformatie tussen RD- en WGS84-kaartcoordinaten" (2001), good to about 25 cm in the
Netherlands.
"""

from __future__ import annotations

import re
from typing import overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

SECONDS_PER_HOUR = 3600.0
METRES_PER_KM = 1000.0
KW_PER_MW = 1000.0
KWH_PER_MWH = 1000.0
KG_PER_T = 1000.0
GRAMS_PER_KG = 1000.0
DAY_S = 86_400

_CLOCK = re.compile(r"^(\d{1,2}):([0-5]\d)(?::([0-5]\d))?$")

# Terms (p, q, coefficient) of the polynomials in d(phi), d(lambda) or d(x), d(y).
_RD_X = (
    (0, 1, 190094.945), (1, 1, -11832.228), (2, 1, -114.221), (0, 3, -32.391), (1, 0, -0.705),
    (3, 1, -2.340), (1, 3, -0.608), (0, 2, -0.008), (2, 3, 0.148),
)  # fmt: skip
_RD_Y = (
    (1, 0, 309056.544), (0, 2, 3638.893), (2, 0, 73.077), (1, 2, -157.984), (3, 0, 59.788),
    (0, 1, 0.433), (2, 2, -6.439), (1, 1, -0.032), (0, 4, 0.092), (1, 4, -0.054),
)  # fmt: skip
_LAT = (
    (0, 1, 3235.65389), (2, 0, -32.58297), (0, 2, -0.24750), (2, 1, -0.84978), (0, 3, -0.06550),
    (2, 2, -0.01709), (1, 0, -0.00738), (4, 0, 0.00530), (2, 3, -0.00039), (4, 1, 0.00033),
    (1, 1, -0.00012),
)  # fmt: skip
_LON = (
    (1, 0, 5260.52916), (1, 1, 105.94684), (1, 2, 2.45656), (3, 0, -0.81885), (1, 3, 0.05594),
    (3, 1, -0.05607), (0, 1, 0.01199), (3, 2, -0.00256), (1, 4, 0.00128), (0, 2, 0.00022),
    (2, 0, -0.00022), (5, 0, 0.00026),
)  # fmt: skip
_LAT0, _LON0, _X0, _Y0 = 52.15517440, 5.38720621, 155_000.0, 463_000.0
_RD_BOUNDS = (-7_000.0, 300_000.0, 289_000.0, 629_000.0)
"""Least and largest x, least and largest y of RD New on land (Kadaster, RDinfo)."""

FloatArray = NDArray[np.float64]


def _series(terms: tuple[tuple[int, int, float], ...], a: FloatArray, b: FloatArray) -> FloatArray:
    total = np.zeros(np.broadcast(a, b).shape)
    for p, q, coefficient in terms:
        total += coefficient * a**p * b**q
    return total


def rd_from_wgs84(lat: ArrayLike, lon: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """RD New x and y in metres from WGS84 degrees; arrays of one shape, or scalars."""
    d_lat = 0.36 * (np.asarray(lat, dtype=float) - _LAT0)
    d_lon = 0.36 * (np.asarray(lon, dtype=float) - _LON0)
    return _X0 + _series(_RD_X, d_lat, d_lon), _Y0 + _series(_RD_Y, d_lat, d_lon)


def wgs84_from_rd(x_m: ArrayLike, y_m: ArrayLike) -> tuple[FloatArray, FloatArray]:
    """WGS84 latitude and longitude in degrees from RD New metres."""
    dx = (np.asarray(x_m, dtype=float) - _X0) * 1e-5
    dy = (np.asarray(y_m, dtype=float) - _Y0) * 1e-5
    return _LAT0 + _series(_LAT, dx, dy) / 3600.0, _LON0 + _series(_LON, dx, dy) / 3600.0


def is_rd(x_m: ArrayLike, y_m: ArrayLike) -> NDArray[np.bool_]:
    """Whether positions can be RD New: they lie within the bounds of the system on land."""
    x, y = np.asarray(x_m, dtype=float), np.asarray(y_m, dtype=float)
    west, east, south, north = _RD_BOUNDS
    inside: NDArray[np.bool_] = (west <= x) & (x <= east) & (south <= y) & (y <= north)
    return inside


@overload
def seconds_from_clock(clock: str) -> int: ...
@overload
def seconds_from_clock(clock: None) -> None: ...
def seconds_from_clock(clock: str | None) -> int | None:
    """Seconds since midnight from ``"HH:MM"`` or ``"HH:MM:SS"``; 24:00 is the end of the day.

    Raises
    ------
    ValueError
        When the text is not a clock time between 00:00 and 24:00.
    """
    if clock is None:
        return None
    match = _CLOCK.match(clock.strip())
    if match is None:
        raise ValueError(f"'{clock}' is not a clock time like 07:30")
    hours, minutes, seconds = int(match[1]), int(match[2]), int(match[3] or 0)
    total = 3600 * hours + 60 * minutes + seconds
    if total > DAY_S:
        raise ValueError(f"'{clock}' is later than 24:00")
    return total


def clock_from_seconds(seconds: float) -> str:
    """``"HH:MM"`` from seconds since midnight, rounded to the minute; later than 24:00 is kept."""
    minutes = round(seconds / 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
