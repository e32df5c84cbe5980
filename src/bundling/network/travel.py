"""Distances and times between points, whatever network they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Unreachable:
    """A pair of points without a way between them.

    Attributes
    ----------
    row, column
        Indices of the pair in the matrices; -1 stands for every other point.
    kind
        ``no_bridge``, ``too_far`` (from every road node), ``separate_parts`` or ``one_way``.
    reason
        Why, in words.
    """

    row: int
    column: int
    kind: str
    reason: str


@dataclass(frozen=True, eq=False)
class Travel:
    """Travel between points; matrices of shape ``[n, m]``, rows from, columns to.

    Attributes
    ----------
    distance_m
        Metres along the way; infinite where there is none.
    time_s
        Seconds for a van on that way. A vehicle with another ``speed_factor`` divides it.
    levied_m
        Metres of the way on roads with a truck levy.
    unreachable
        The pairs without a way.
    """

    distance_m: FloatArray
    time_s: FloatArray
    levied_m: FloatArray
    unreachable: tuple[Unreachable, ...] = ()

    def __post_init__(self) -> None:
        shapes = set()
        for name in ("distance_m", "time_s", "levied_m"):
            matrix = np.array(getattr(self, name), dtype=np.float64, order="C")
            matrix.setflags(write=False)
            object.__setattr__(self, name, matrix)
            shapes.add(matrix.shape)
        if len(shapes) != 1 or self.distance_m.ndim != 2:
            raise ValueError(f"travel matrices differ in shape or are no matrices: {shapes}")


class Network(Protocol):
    """What `PlaneNetwork` and `RoadGraph` have in common."""

    def travel(
        self,
        from_xy: ArrayLike,
        to_xy: ArrayLike | None = None,
        *,
        from_area: Sequence[str] | None = None,
        to_area: Sequence[str] | None = None,
    ) -> Travel:
        """Travel from every point of `from_xy` to every point of `to_xy`."""
        ...


def points(xy: ArrayLike, name: str) -> FloatArray:
    """RD New points as an array ``[n, 2]`` of finite metres.

    Raises
    ------
    ValueError
        When the shape is another or a coordinate is not finite.
    """
    array = np.asarray(xy, dtype=np.float64)
    if array.size == 0:
        return np.empty((0, 2))
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"{name} has shape {array.shape}; expected [n, 2] with RD x and y in m")
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if bad.size:
        raise ValueError(f"{name}: points {bad[:5].tolist()} have no finite coordinates")
    return array
