"""Rivers that are crossed only at bridges.

Whether the straight segment between two points crosses a river an odd number of times is told from
rays instead of from all segments against all river segments. Close the segment ``ab`` with the
upward rays from ``a`` and ``b``: an open line crosses that closed curve an even number of times
exactly when both or none of its two ends lie inside, which is the half strip above ``ab``. So

    odd(ab) = odd(ray a) xor odd(ray b) xor (end 1 above ab) xor (end 2 above ab),

which costs ``(n + m) P + n m`` instead of ``n m P`` for a river of ``P`` points. Points are taken
an infinitesimal step to the right of where they are, so that vertices of the river cause no ties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bundling.network.travel import BoolArray, FloatArray


@dataclass(frozen=True, eq=False)
class Crossings:
    """Rivers as lines, and the bridges over them.

    Attributes
    ----------
    rivers
        For each river its points in order, ``[P, 2]`` metres. Beyond the ends of the line nothing
        is crossed, so a line must run past the area it is used for.
    bridge_xy
        ``[B, 2]`` metres.
    bridge_river
        Index of the river each bridge crosses, ``[B]``.
    """

    rivers: tuple[FloatArray, ...]
    bridge_xy: FloatArray
    bridge_river: np.ndarray[tuple[int], np.dtype[np.int64]]

    def straight_m(self, a: FloatArray, b: FloatArray) -> FloatArray:
        """Metres in straight lines from every `a` to every `b`, rivers crossed at bridges only.

        A pair on one side of every river (an even number of crossings) gets its straight distance.
        Otherwise the shortest way over one or more bridges, straight in between; a stretch from or
        to a bridge must not cross another river. Infinite when no bridge serves.

        Returns
        -------
        numpy.ndarray
            ``[n, m]`` metres.
        """
        straight = _distance(a, b)
        if not self.rivers:
            return straight
        crosses = np.zeros(straight.shape, dtype=bool)
        for river in self.rivers:
            crosses |= odd_crossings(a, b, river)
        if not crosses.any():
            return straight
        over = np.full(straight.shape, np.inf)
        to_bridge, from_bridge = self._legs(a), self._legs(b)
        between = self._between()
        first = _min_plus(to_bridge, between)
        for k in range(len(self.bridge_xy)):
            np.minimum(over, first[:, k, None] + from_bridge[None, :, k], out=over)
        return np.where(crosses, over, straight)

    def _legs(self, points: FloatArray) -> FloatArray:
        """Metres from points to bridges; infinite when the leg crosses another river."""
        legs = _distance(points, self.bridge_xy)
        for index, river in enumerate(self.rivers):
            others = np.flatnonzero(self.bridge_river != index)
            if others.size:
                crossed = odd_crossings(points, self.bridge_xy[others], river)
                legs[:, others] = np.where(crossed, np.inf, legs[:, others])
        return legs

    def _between(self) -> FloatArray:
        """Shortest metres between bridges, from bridge to bridge (Floyd-Warshall)."""
        metres = _distance(self.bridge_xy, self.bridge_xy)
        for index, river in enumerate(self.rivers):
            other = self.bridge_river != index
            crossed = odd_crossings(self.bridge_xy, self.bridge_xy, river)
            metres[crossed & other[:, None] & other[None, :]] = np.inf
        for k in range(len(metres)):
            np.minimum(metres, metres[:, k, None] + metres[None, k, :], out=metres)
        return metres


def odd_crossings(a: FloatArray, b: FloatArray, river: FloatArray) -> BoolArray:
    """Whether each straight segment crosses a line an odd number of times.

    Parameters
    ----------
    a, b
        ``[n, 2]`` and ``[m, 2]`` points in metres.
    river
        ``[P, 2]`` points of the line.

    Returns
    -------
    numpy.ndarray
        ``[n, m]`` booleans.
    """
    odd = _odd_ray(a, river)[:, None] ^ _odd_ray(b, river)[None, :]
    for end in (river[0], river[-1]):
        odd ^= _in_strip_above(a, b, end)
    return odd


def _odd_ray(points: FloatArray, river: FloatArray) -> BoolArray:
    """Whether the upward ray from each point crosses the line an odd number of times."""
    x, y = points[:, 0, None], points[:, 1, None]
    x1, y1 = river[:-1, 0], river[:-1, 1]
    x2, y2 = river[1:, 0], river[1:, 1]
    spans = (np.minimum(x1, x2) <= x) & (x < np.maximum(x1, x2))
    # Upright pieces span nothing; a divisor of 1 keeps them out of the division.
    rise = (y2 - y1) / np.where(x2 == x1, 1.0, x2 - x1)
    above = y1 + rise * (x - x1) > y
    odd: BoolArray = np.count_nonzero(spans & above, axis=1) % 2 == 1
    return odd


def _in_strip_above(a: FloatArray, b: FloatArray, end: FloatArray) -> BoolArray:
    """Whether a point lies in the half strip above each segment."""
    ax, ay = a[:, 0, None], a[:, 1, None]
    bx, by = b[None, :, 0], b[None, :, 1]
    # Points lie a step to the right of where they are, hence strictly left and not strictly right.
    spans = (np.minimum(ax, bx) < end[0]) & (end[0] <= np.maximum(ax, bx))
    width = np.where(bx == ax, 1.0, bx - ax)
    line_y = ay + (by - ay) * ((end[0] - ax) / width)
    inside: BoolArray = spans & (end[1] > line_y)
    return inside


def _distance(a: FloatArray, b: FloatArray) -> FloatArray:
    metres: FloatArray = np.hypot(
        a[:, 0, None] - b[None, :, 0], a[:, 1, None] - b[None, :, 1], dtype=np.float64
    )
    return metres


def _min_plus(a: FloatArray, b: FloatArray) -> FloatArray:
    """``min_k a[i, k] + b[k, j]``."""
    if b.shape[0] == 0:
        return np.full((a.shape[0], b.shape[1]), np.inf)
    total: FloatArray = (a[:, :, None] + b[None, :, :]).min(axis=1)
    return total
