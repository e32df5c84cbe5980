"""What pairs, windows, periods and breaks ask, as columns of the arrays of the kernels."""

from __future__ import annotations

import numpy as np

from bundling.rounds.breaks import BREAK_RULES, BreakRule
from bundling.rounds.electric.arrays import FloatArray
from bundling.rounds.problem import RoundsProblem

NUM_LENGTHS, NUM_LINES = 6, 3
"""Room for lengths of breaks, and for lines of a rule on work."""
LENGTH = 24
"""Column of `Data.fleet` from which the lengths of breaks stand that count for something."""
LINE_OF_WORK = LENGTH + NUM_LENGTHS
"""Column from which the lines stand: the work from which on each holds, and the breaks it asks."""
PERIOD = LINE_OF_WORK + 2 * NUM_LINES
"""Column from which the periods of the day stand: start, and speed relative to the fastest."""


def times_bind(problem: RoundsProblem) -> bool:
    """Whether times of a round are more than sums: windows, periods of the day, or breaks."""
    several = bool((problem.other_tw_early_s < np.inf).any())
    return several or bool(problem.break_rule) or problem.clock is not None


def fastest(problem: RoundsProblem) -> float:
    """Speed in the fastest period of the day."""
    return float(problem.period_speed.max()) if len(problem.period_speed) else 1.0


def stop_columns(problem: RoundsProblem) -> FloatArray:
    """Return `Data.stop`."""
    more_early, more_late = problem.other_tw_early_s, problem.other_tw_late_s
    number = 1 + (more_early <= more_late).sum(axis=1)
    brings = np.full(problem.num_stops, -1)
    paired = np.flatnonzero(problem.pair_of >= 0)
    brings[problem.pair_of[paired]] = paired
    windows = np.stack(
        [
            np.column_stack([problem.tw_early_s, more_early]),
            np.column_stack([problem.tw_late_s, more_late]),
        ],
        axis=2,
    )
    last = windows[np.arange(problem.num_stops), number - 1, 1]
    return np.column_stack(
        [
            problem.tw_early_s,
            last,
            problem.service_s,
            problem.release_s,
            problem.prize_eur,
            problem.pair_of,
            brings,
            number,
            windows.reshape(problem.num_stops, -1),
        ]
    ).astype(np.float64)


def freight_of(problem: RoundsProblem) -> FloatArray:
    """Return `Data.freight`: what a pair brings counts as taken off board where it goes."""
    delivery = np.array([problem.delivery_kg, problem.delivery_m3, problem.delivery_rolls])
    pickup = np.array([problem.pickup_kg, problem.pickup_m3, problem.pickup_rolls])
    paired = problem.pair_of >= 0
    pickup = np.where(paired, pickup - delivery, pickup)
    delivery = np.where(paired, 0.0, delivery)
    return np.ascontiguousarray(np.array([delivery, pickup]).transpose(2, 0, 1))


def fleet_columns(problem: RoundsProblem) -> FloatArray:
    """Return the columns of `Data.fleet` from PERIODS on."""
    rules = [BREAK_RULES.get(name) for name in problem.break_rule or ("",) * problem.num_vehicles]
    day = np.column_stack([problem.period_start_s, problem.period_speed / fastest(problem)])
    return np.array([[len(day), *_breaks(rule), *day.ravel().tolist()] for rule in rules])


def _breaks(rule: BreakRule | None) -> list[float]:
    """Return the columns from LENGTHS up to the periods."""
    driving = rule.driving if rule else None
    lengths = list(rule.parts_s) if rule else []
    lines = [(need.above_s, need.total_s) for need in rule.work] if rule else []
    parts = [need.part_s for need in rule.work] if rule else []
    if len(lengths) > NUM_LENGTHS or len(lines) > NUM_LINES:
        raise ValueError("a rule on breaks has more parts or lines than there is room for")
    return [
        len(lengths),
        len(lines),
        driving.driving_s if driving else np.inf,
        driving.whole_s if driving else np.inf,
        driving.first_part_s if driving else np.inf,
        driving.second_part_s if driving else np.inf,
        min(parts, default=np.inf),
        *lengths,
        *(np.inf,) * (NUM_LENGTHS - len(lengths)),
        *(value for line in lines for value in line),
        *(np.inf,) * (2 * (NUM_LINES - len(lines))),
    ]
