"""Which of several time windows a vehicle is served in."""

from __future__ import annotations

from collections.abc import Sequence

from bundling.rounds.tolerance import exceeds


def opening_s(windows: Sequence[tuple[float, float]], arrival_s: float) -> float:
    """Start of the first window that has not ended at the arrival; of the last when all have.

    A window has ended when the arrival is after it by more than the tolerance of the rules, so that
    a vehicle that is planned to arrive as it closes is not sent to the next by rounding.
    """
    for early, late in windows:
        if not exceeds(arrival_s, late):
            return early
    return windows[-1][0]


def late_by_s(windows: Sequence[tuple[float, float]], start_s: float) -> float:
    """How long after the last window a service starts, s; 0 when it is in one of them.

    A service before a window, or between two, counts as late for the one before: a plan that is
    driven as `route_figures` does never has it.
    """
    for early, late in reversed(windows):
        if not exceeds(early, start_s):
            return max(0.0, start_s - late) if exceeds(start_s, late) else 0.0
    return windows[0][0] - start_s
