"""What it costs to match shippers on lanes that hide who their customers are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from bundling.hubs.matching.pairs import saving_of, savings_of_pairs
from bundling.hubs.matching.problem import FloatArray, IntArray, MatchingProblem
from bundling.hubs.matching.solve import solve
from bundling.hubs.matching.trips import Planner
from bundling.units import DAY_S

INSIDE = 0.5214
"""Mean distance between two random points of a square, over its side."""
_DETOUR = 1.3
_SPEED_M_PER_S = 30_000 / 3600
"""Inside an area: on small roads."""


@dataclass(frozen=True)
class Blur:
    """How much is hidden.

    Attributes
    ----------
    cell_m
        Side of the grid cells that stand for addresses; 0 keeps the areas.
    load_step
        Amounts are rounded to whole multiples of this part of a truck, at least one; 0 keeps them.
    window_step_s
        Departure windows are widened to whole multiples of this; 0 keeps them.
    """

    cell_m: float = 0.0
    load_step: float = 0.0
    window_step_s: float = 0.0


@dataclass(frozen=True)
class BlurLoss:
    """What is lost when matches are sought in blurred lanes; savings are those of exact lanes.

    Attributes
    ----------
    exact_saving_eur
        Saving of the groups found from exact lanes.
    blurred_saving_eur
        What the groups found from blurred lanes save in truth.
    promised_saving_eur
        What blurred lanes make them seem to save.
    pairs
        Pairs that gain in truth.
    pairs_missed
        Those of them that seem not to.
    pairs_false
        Pairs that seem to gain, and do not.
    missed_eur
        Largest true saving of a pair that was missed.
    top_kept
        Of the ten best pairs in truth, the part that is among the ten best of the blurred.
    """

    exact_saving_eur: float
    blurred_saving_eur: float
    promised_saving_eur: float
    pairs: int
    pairs_missed: int
    pairs_false: int
    missed_eur: float
    top_kept: float

    @property
    def lost(self) -> float:
        """Part of the saving that is lost."""
        if self.exact_saving_eur <= 0:
            return 0.0
        return 1.0 - self.blurred_saving_eur / self.exact_saving_eur


def blur(problem: MatchingProblem, how: Blur) -> MatchingProblem:
    """Return what others get to see: lanes between grid cells, rounded, in wider windows.

    A cell lies where the mean of its areas lies, and the way between two cells is the mean of the
    ways between their areas; within a cell it is that between two random points of a square, on
    small roads.

    Raises
    ------
    ValueError
        When a step is negative or not a number.
    """
    for step in (how.cell_m, how.load_step, how.window_step_s):
        if not (math.isfinite(step) and step >= 0):
            raise ValueError(f"a step is {step}, not a number from 0 up")
    changes: dict[str, object] = {}
    if how.load_step > 0:
        load = problem.lane_loads
        steps = np.maximum(1.0, np.round(load / how.load_step))
        factor = np.where(load > 0, steps * how.load_step / np.where(load > 0, load, 1.0), 0.0)
        for name in ("lane_kg", "lane_m3", "lane_pallets"):
            changes[name] = getattr(problem, name) * factor
    if how.window_step_s > 0:
        step = how.window_step_s
        changes["lane_early_s"] = np.floor(problem.lane_early_s / step) * step
        changes["lane_late_s"] = np.minimum(DAY_S, np.ceil(problem.lane_late_s / step) * step)
    seen = problem.replace(**changes)
    return _onto_cells(seen, how.cell_m) if how.cell_m > 0 else seen


def blur_loss(
    problem: MatchingProblem, how: Blur, *, time_limit: float = 60.0, seed: int = 0
) -> BlurLoss:
    """Match on exact and on blurred lanes, and judge both by the exact ones.

    Parameters
    ----------
    problem
        The exact lanes.
    how
        The blur.
    time_limit
        Wall seconds for each of the two matchings.
    seed
        As in `solve`.
    """
    seen = blur(problem, how)
    exact, blurred = Planner(problem), Planner(seen)
    truth, _ = savings_of_pairs(problem, exact)
    seems, _ = savings_of_pairs(seen, blurred)
    missed = set(truth) - set(seems)
    false = [pair for pair in seems if saving_of(problem, exact, pair) <= 1e-6]
    best = solve(problem, time_limit=time_limit, seed=seed).solution.groups
    found = solve(seen, time_limit=time_limit, seed=seed).solution.groups
    # Who finds out at the table that a group loses leaves it.
    kept = sum(max(0.0, saving_of(problem, exact, group)) for group in found)
    top = _best(truth, 10)
    return BlurLoss(
        exact_saving_eur=sum(saving_of(problem, exact, group) for group in best),
        blurred_saving_eur=kept,
        promised_saving_eur=sum(saving_of(seen, blurred, group) for group in found),
        pairs=len(truth),
        pairs_missed=len(missed),
        pairs_false=len(false),
        missed_eur=max((truth[pair] for pair in missed), default=0.0),
        top_kept=len(top & _best(seems, 10)) / len(top) if top else 1.0,
    )


def _best(savings: dict[tuple[int, ...], float], count: int) -> set[tuple[int, ...]]:
    return set(sorted(savings, key=lambda pair: (-savings[pair], pair))[:count])


def _onto_cells(problem: MatchingProblem, side_m: float) -> MatchingProblem:
    keys = np.stack(
        [np.floor(problem.area_x_m / side_m), np.floor(problem.area_y_m / side_m)], axis=1
    )
    cells, of_area = np.unique(keys, axis=0, return_inverse=True)
    of_area = of_area.ravel()
    count = len(cells)
    size = np.bincount(of_area, minlength=count).astype(np.float64)
    names = tuple(f"cell {int(x)} {int(y)}" for x, y in cells)
    inside_m = _DETOUR * INSIDE * side_m

    def mean(values: FloatArray) -> FloatArray:
        found: FloatArray = np.bincount(of_area, weights=values, minlength=count) / size
        return found

    def between(matrix: FloatArray, inside: float) -> FloatArray:
        total = _sums(matrix, of_area, count) / (size[:, None] * size)
        np.fill_diagonal(total, inside)
        return total

    return problem.replace(
        area_ids=names,
        area_x_m=mean(problem.area_x_m),
        area_y_m=mean(problem.area_y_m),
        distance_m=between(problem.distance_m, inside_m),
        time_s=between(problem.time_s, inside_m / _SPEED_M_PER_S),
        lane_origin=of_area[problem.lane_origin],
        lane_destination=of_area[problem.lane_destination],
    )


def _sums(matrix: FloatArray, of_area: IntArray, count: int) -> FloatArray:
    """Sum a matrix over the areas of every two cells."""
    rows = np.zeros((count, matrix.shape[1]))
    np.add.at(rows, of_area, matrix)
    both = np.zeros((count, count))
    np.add.at(both.T, of_area, rows.T)
    return both
