"""Public files of hub location: CAB (flights between US cities) and AP (Australian post).

CAB: M. E. O'Kelly, "A quadratic integer program for the location of interacting hub facilities",
European Journal of Operational Research 32 (1987) 393-404; here a line a pair with both nodes
(from 1), flow and distance, below one line of headings. AP: A. T. Ernst, M. Krishnamoorthy,
"Efficient algorithms for the uncapacitated single allocation p-hub median problem", Location
Science 4 (1996) 139-154: numbers in a row, with files of fixed costs and capacities beside them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bundling.errors import Fault, InputError
from bundling.io.benchmark_text import MAX_NODES, Faults, numbered, read_text

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HubFile:
    """Flow and distance between nodes; where the file tells, the rest of the problem.

    Attributes
    ----------
    flow
        ``[n, n]``, as it stands in the file.
    distance
        ``[n, n]``. CAB: miles. AP: a thousandth of that between the coordinates, so that costs are
        in the unit of the published values and of the files of fixed costs.
    p
        Number of hubs, 0: not told.
    chi, alpha, delta
        Factors of distance for collection, transfer and distribution.
    """

    flow: FloatArray
    distance: FloatArray
    p: int = 0
    chi: float = 1.0
    alpha: float = 1.0
    delta: float = 1.0


def read_cab(path: str | Path) -> HubFile:
    """Read a CAB file (``i j flow distance`` a line).

    Raises
    ------
    bundling.InputError
        With every line that is no pair, and when pairs are missing or there twice.
    """
    path = Path(path)
    faults = Faults(path.name)
    rows: list[tuple[int, int, float, float]] = []
    for line, words in numbered(read_text(path)):
        if ":=" in words or words == [";"]:
            continue
        if len(words) != 4:
            faults.add(line, f"has {len(words)} words", "Give i, j, flow and distance")
            continue
        i, j = (faults.number(word, line, "node", least=1, whole=True) for word in words[:2])
        flow, distance = (
            faults.number(word, line, what, least=0)
            for word, what in zip(words[2:], ("flow", "distance"), strict=True)
        )
        if max(i, j) > MAX_NODES:
            faults.add(line, f"names node {max(i, j):g}", f"Give nodes up to {MAX_NODES}")
        rows.append((int(i) - 1, int(j) - 1, flow, distance))
    faults.raise_if_any()
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    ends = table[:, :2].astype(np.int64)
    n = int(ends.max()) + 1 if len(ends) else 0
    there = np.zeros((n, n), dtype=np.int64)
    np.add.at(there, (ends[:, 0], ends[:, 1]), 1)
    if n == 0 or (there != 1).any():
        faults.add(None, f"does not have each pair of {n} nodes once", "Give the whole file")
    faults.raise_if_any()
    flows, distances = np.zeros((n, n)), np.zeros((n, n))
    flows[ends[:, 0], ends[:, 1]] = table[:, 2]
    distances[ends[:, 0], ends[:, 1]] = table[:, 3]
    return HubFile(flows, distances)


def read_ap(path: str | Path) -> HubFile:
    """Read an AP file: n, coordinates, flows, p, collection, transfer and distribution factor.

    Raises
    ------
    bundling.InputError
        When the file is cut off, or has something else than numbers.
    """
    path = Path(path)
    numbers = _numbers(path)
    n = int(numbers[0]) if 1 <= numbers[0] <= MAX_NODES else 0
    if n == 0 or len(numbers) < 1 + 2 * n + n * n:
        rule = "ends before all that its first number announces"
        raise InputError([Fault(path.name, "", (), rule, "Give the whole file.")])
    places = numbers[1 : 1 + 2 * n].reshape(n, 2)
    flow = numbers[1 + 2 * n : 1 + 2 * n + n * n].reshape(n, n)
    difference = places[:, None] - places
    distance = np.hypot(difference[..., 0], difference[..., 1]) / 1000.0
    rest = numbers[1 + 2 * n + n * n :]
    if len(rest) >= 4:
        return HubFile(flow, distance, int(rest[0]), *(float(value) for value in rest[1:4]))
    return HubFile(flow, distance, 0, 3.0, 0.75, 2.0)


def read_node_values(path: str | Path, count: int) -> FloatArray:
    """Read one number a node: AP's ``FcostL.n``, ``FcostT.n``, ``CapL.n`` and ``CapT.n``.

    Parameters
    ----------
    path
        The file.
    count
        Number of nodes.

    Raises
    ------
    bundling.InputError
        When there are more or fewer numbers, or something else.
    """
    path = Path(path)
    numbers = _numbers(path)
    if len(numbers) != count:
        rule = f"has {len(numbers)} numbers for {count} nodes"
        raise InputError([Fault(path.name, "", (), rule, "Give one number a node.")])
    return numbers


def _numbers(path: Path) -> FloatArray:
    try:
        return np.array(read_text(path).split(), dtype=np.float64)
    except ValueError as error:
        rule = f"has something that is no number ({error})"
        raise InputError([Fault(path.name, "", (), rule, "Give numbers.")]) from error
