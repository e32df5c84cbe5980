"""The rules that the matrices of single fleet entries must keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from bundling.errors import Fault
from bundling.rounds.validate_stations import bad_rows

if TYPE_CHECKING:
    from bundling.rounds.problem import RoundsProblem

OTHER_MATRICES = ("other_distance_m", "other_time_s", "other_levied_m")


def way_shapes(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of shape: three stacks of the same number of square matrices."""
    nodes = len(problem.node_ids)
    number = problem.other_distance_m.shape[:1] or (0,)
    for name in OTHER_MATRICES:
        found, wanted = getattr(problem, name).shape, (*number, nodes, nodes)
        if found != wanted:
            rule = f"has shape {found} where {wanted} is needed"
            yield Fault("problem", name, (), rule, "Give one matrix of all nodes for each number.")


def way_faults(problem: RoundsProblem) -> Iterator[Fault]:
    """List every fault of `matrix_of` and of the cells; the shapes are right."""
    unknown = problem.matrix_of > len(problem.other_distance_m)
    rule = "names a matrix that is not there"
    remedy = "Give 0 for the base matrices, or the number of one of the others, from 1."
    yield from bad_rows("vehicles", "matrix_of", problem.vehicle_ids, unknown, rule, remedy)
    nodes = problem.node_ids
    for number, (distance, time, levied) in enumerate(
        zip(*(getattr(problem, name) for name in OTHER_MATRICES), strict=True), start=1
    ):
        for name, matrix in (("distance_m", distance), ("time_s", time), ("levied_m", levied)):
            wrong = (np.isnan(matrix) | (matrix < 0)).any(axis=1)
            rule = "has cells that are negative or missing"
            yield from bad_rows(f"{name}_{number}", "", nodes, wrong, rule)
        half = (np.isinf(distance) != np.isinf(time)).any(axis=1)
        rule = f"is closed (infinite) in other cells than distance_m_{number}"
        remedy = "Close a way in both, or in neither."
        yield from bad_rows(f"time_s_{number}", "", nodes, half, rule, remedy)
        more = (levied > distance * (1 + 1e-9) + 1e-6).any(axis=1)
        rule = "is longer than the distance"
        yield from bad_rows(f"levied_m_{number}", "", nodes, more, rule)
